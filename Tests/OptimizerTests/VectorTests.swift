import PrecastIR
import PrecastIRInterpreter
import PrecastIRTestSupport
@testable import PrecastOptimizer
import Testing

@Suite struct VectorTests {
    @Test func lanesTellValuesApart() throws {
        var function = try parseFunction("""
            function 0(i64 context, v128) -> i32, i32, i32 precast {
            block0(v0: i64, v1: v128):
                v2 = vunary.i8x16_extract_lane_u v1, 1
                v3 = vunary.i8x16_extract_lane_u v1, 0
                v4 = vunary.i8x16_extract_lane_u v1, 1
                return v2, v3, v4
            }
            """)
        try optimize(&function, OptimizationOptions())
        try verify(function)
        let text = print(function)
        #expect(text.contains("return v2, v3, v2"))
    }

    @Test func constantsOfTheCalleeAreRenumbered() throws {
        let callee = try parseFunction("""
            function 1(i64 context, v128) -> v128 precast {
                vc0 = vector 1 2
                vc1 = vector 3 4
            block0(v0: i64, v1: v128):
                v2 = vconst.v128 vc0
                v3 = vbinary.i8x16_shuffle v1, v2, vc1
                return v3
            }
            """)
        var caller = try parseFunction("""
            function 0(i64 context, v128) -> v128 precast {
                sig0 = (i64 context, v128) -> v128 precast
                fn0 = function 1 sig0
                vc0 = vector 3 4
            block0(v0: i64, v1: v128):
                v2 = vconst.v128 vc0
                v3 = call fn0(v0, v2)
                return v3
            }
            """)
        let body = FunctionBody(callee.clone())
        let inlined = inlineCalls(&caller, InliningPolicy()) { $0 == 1 ? body : nil }
        try #require(inlined == 1)
        try verify(caller)
        let text = print(caller)
        #expect(text.contains("vc1 = vector 1 2"))
        #expect(text.contains("vconst.v128 vc1"))
        #expect(text.contains(", vc0\n"))
    }

    @Test func optimizedFunctionsDoTheSame() throws {
        for (i, op) in RandomVectorFunction.operations.enumerated() {
            for round in 0..<4 as Range<UInt64> {
                let seed = UInt64(i) * 100 + round
                let function = RandomVectorFunction.make(seed: seed, first: op, size: round == 0 ? 0 : 25)
                var optimized = function.clone()
                try optimize(&optimized, OptimizationOptions())
                try verify(optimized)
                let expected = try output(function, seed), found = try output(optimized, seed)
                #expect(found == expected, "\(op.name), seed \(seed)")
            }
        }
    }
    private func output(_ function: borrowing Function, _ seed: UInt64) throws -> [UInt8]? {
        let machine = Machine()
        machine.define(function.clone())
        let from = machine.memory.map(RandomVectorFunction.input(seed: seed)), count = RandomVectorFunction.outputBytes
        let to = machine.memory.map(Array(repeating: 0, count: count))
        _ = try machine.call(0, [0, from, to])
        return machine.memory.bytes(to, count)
    }
}
