import PrecastEntities
import PrecastIR
import PrecastIRInterpreter
import PrecastIRTestSupport
@testable import PrecastOptimizer
import Testing

@Suite struct InlinerTests {
    /// Inlines everything inlinable, bottom up, as the driver does.
    private func program(seed: UInt64, optimizes: Bool) throws -> (Outcome, inlined: Int) {
        var inlined = 0
        let sizes = [40, 12, 8]
        let outcome = try execute2(seed: seed) { machine in
            var bodies: [UInt32: FunctionBody] = [:]
            for number in [2, 1, 0] as [UInt32] {
                var function = RandomFunction.make(seed: seed &* 31 &+ UInt64(number), number: number, of: 3, size: sizes[Int(number)])
                var policy = InliningPolicy()
                policy.leafLimit = 500
                policy.callerLimit = 500
                inlined += inlineCalls(&function, policy) { bodies[$0] }
                try verify(function)
                if optimizes {
                    try optimize(&function, OptimizationOptions())
                    try verify(function)
                }
                bodies[number] = FunctionBody(function.clone())
                machine.define(function)
            }
        }
        return (outcome, inlined)
    }
    private func execute2(seed: UInt64, _ define: (Machine) throws -> Void) throws -> Outcome {
        var failure: (any Error)?
        let outcome = execute({ machine in
            do { try define(machine) } catch { failure = error }
        }, arguments: seed)
        if let failure { throw failure }
        return outcome
    }

    @Test(arguments: [false, true]) func inliningKeepsMeaning(optimizes: Bool) throws {
        var total = 0
        for seed in 1...RandomProgramTests.count {
            let expected = execute({ machine in
                for (number, size) in [40, 12, 8].enumerated() {
                    machine.define(RandomFunction.make(seed: seed &* 31 &+ UInt64(number), number: UInt32(number), of: 3, size: size))
                }
            }, arguments: seed)
            if expected.error == .outOfFuel { continue }
            let (found, inlined) = try program(seed: seed, optimizes: optimizes)
            total += inlined
            #expect(found == expected, "seed \(seed)")
            if found != expected { return }
        }
        #expect(total > Int(RandomProgramTests.count / 4))
    }

    /// A tower of functions that all come to a constant: each says where it came from, but not from how deep without bound.
    @Test func depthIsBounded() throws {
        let policy = InliningPolicy()
        var bodies: [UInt32: FunctionBody] = [:]
        var depths: [Int] = []
        for number in (0..<60 as Range<UInt32>).reversed() {
            let body = number == 59 ? "v1 = iconst.i32 1  @7" : "v2 = call fn0(v0)  @8\n v1 = iadd.i32 v2, v2  @9"
            var function = try parseFunction("""
                function \(number)(i32) -> i32 precast {
                    sig0 = (i32) -> i32 precast
                    fn0 = function \(number + 1) sig0
                block0(v0: i32):
                    \(body)
                    return v1  @10
                }
                """)
            inlineCalls(&function, policy) { bodies[$0] }
            try optimize(&function, OptimizationOptions())
            bodies[number] = FunctionBody(function.clone())
            depths.append(FunctionSummary(function).depth)
        }
        #expect(depths.max() == policy.depthLimit)
    }

    @Test func locationsSayWhereTheyWereInlined() throws {
        var caller = try parseFunction("""
            function 0(i32) -> i32 precast {
                sig0 = (i32) -> i32 precast
                fn0 = function 1 sig0
            block0(v0: i32):
                v1 = call fn0(v0)  @10
                return v1  @11
            }
            """)
        let callee = try parseFunction("""
            function 1(i32) -> i32 precast {
                sig0 = (i32) -> i32 precast
                fn0 = function 2 sig0
            block0(v0: i32):
                v1 = iadd.i32 v0, v0  @20
                v2 = imul.i32 v1, v0  @30:2<21
                return_call fn0(v2)  @22
            }
            """)
        inline(callee, into: &caller, at: caller.layout.first(caller.entry))
        try verify(caller)
        #expect(PrecastIR.print(caller) == """
            function 0(i32) -> i32 precast {
                sig0 = (i32) -> i32 precast
                fn0 = function 1 sig0
                fn1 = function 2 sig0
            block0(v0: i32):
                v3 = iadd.i32 v0, v0  @20:1<10:0
                v4 = imul.i32 v3, v0  @30:2<21:1<10:0
                v5 = call fn1(v4)  @10
                jump block1(v5)  @22:1<10:0
            block1(v2: i32):
                return v2  @11
            }

            """)
    }

    @Test func componentsComeBottomUp() {
        // 0 calls 1 and 2; 1 and 2 call each other; 2 calls 3; 3 calls itself; 4 stands alone and calls what is not there.
        let graph = CallGraph(callees: [[1, 2], [2], [1, 3], [3], [9]])
        #expect(graph.components == [[3], [1, 2], [0], [4]])
        #expect(graph.levels == [[0, 3], [1], [2]])
        #expect([0, 1, 2, 3, 4].map { graph.isRecursive($0) } == [false, true, true, true, false])
    }

    @Test func aDeepChainOfCallsDoesNotRecurse() {
        let count: UInt32 = 200_000
        let graph = CallGraph(callees: (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] })
        #expect(graph.components.count == Int(count))
        #expect(graph.components.first == [count - 1])
    }
}
