import PrecastIR
import PrecastISAX86_64
import PrecastMachineCode
import Testing

/// The features that a function's code is said to need are all that it can execute: a loader compares them with its CPU.
@Suite struct UsedFeaturesTests {
    private func features(_ cpu: CPUFeatures, _ text: String) throws -> [String] {
        let function = try parseFunction(text)
        try verify(function)
        let code = X86_64.lower(function, LoweringOptions<X86_64>(features: cpu, traps: .init(divideByZero: 1, integerOverflow: 2, invalidConversion: 3)))
        return CPUFeatures(bits: code.features).names
    }
    private let vectors = ["sse3", "ssse3", "sse4.1"]

    @Test func productOfBothHalves() throws {
        let product = """
            function 0(i64, i64) -> i64, i64 precast {
            block0(v0: i64, v1: i64):
                v2 = imul.i64 v0, v1
                v3 = umulhi.i64 v0, v1
                return v2, v3
            }
            """
        #expect(try features(.v3, product) == ["bmi2"])
        #expect(try features(.v2, product) == [])
    }

    /// A test of lanes that is part of a branch.
    @Test func testedLanes() throws {
        #expect(try features(.v2, """
            function 0(i64) -> i32 precast {
            block0(v0: i64):
                v1 = load.v128 v0
                v2 = vunary.v128_any_true v1
                br_if v2, block1, block2
            block1:
                v3 = iconst.i32 1
                return v3
            block2:
                v4 = iconst.i32 2
                return v4
            }
            """) == vectors)
    }

    /// A lane that goes to memory from the vector.
    @Test func storedLane() throws {
        #expect(try features(.v2, """
            function 0(i64) precast {
            block0(v0: i64):
                v1 = load.v128 v0
                v2 = vunary.i16x8_extract_lane_u v1, 3
                store16.i32 v2, v0+16
                return
            }
            """) == vectors)
    }

    @Test func wholeVectorsNeedNothing() throws {
        #expect(try features(.v2, """
            function 0(i64) precast {
            block0(v0: i64):
                v1 = load.v128 v0
                store.v128 v1, v0+16
                return
            }
            """) == [])
    }
}
