import PrecastIR
import PrecastIRInterpreter
import PrecastIRTestSupport
import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

#if arch(x86_64)
/// Machine code of vector functions against the interpreter, for every operation and on every CPU level.
@Suite struct VectorDifferentialTests {
    private static let levels: [CPUFeatures] = [[.sse3, .ssse3, .sse41], .v2, .v3.removing(.avx2), .v3, .v4, .native]

    @Test(arguments: levels, TestFunction.algorithms)
    func machineAndInterpreterAgree(_ features: CPUFeatures, _ algorithm: AllocationAlgorithm) throws {
        guard CPUFeatures.native.isSuperset(of: features) else { return }
        for (i, op) in RandomVectorFunction.operations.enumerated() {
            for round in 0..<2 as Range<UInt64> {
                let seed = UInt64(i) * 1000 + round
                try compare(RandomVectorFunction.make(seed: seed, first: op, size: round == 0 ? 0 : 30), seed, features, algorithm, op.name)
            }
        }
    }

    private func compare(
        _ function: consuming Function, _ seed: UInt64, _ features: CPUFeatures, _ algorithm: AllocationAlgorithm, _ name: String
    ) throws {
        try verify(function)
        let code = Executable([compile(function, features, algorithm)])
        let text = print(function)
        let machine = Machine()
        machine.define(function)
        let output = [UInt8](repeating: 0, count: RandomVectorFunction.outputBytes)
        for round in 0..<3 as Range<UInt64> {
            var input = RandomVectorFunction.input(seed: seed &* 7 &+ round), found = output
            input.withUnsafeMutableBytes { from in
                found.withUnsafeMutableBytes { to in
                    _ = code.call(0, 0, Int(bitPattern: from.baseAddress), Int(bitPattern: to.baseAddress))
                }
            }
            let (from, to) = (machine.memory.map(input), machine.memory.map(output))
            _ = try machine.call(0, [0, from, to])
            guard machine.memory.bytes(to, output.count) == found else {
                Issue.record("\(name), seed \(seed), features \(features.names): machine and interpreter differ\n\(text)")
                return
            }
        }
    }

    private func compile(_ function: borrowing Function, _ features: CPUFeatures, _ algorithm: AllocationAlgorithm) -> CompiledFunction {
        let code = X86_64.lower(function, LoweringOptions<X86_64>(features: features, traps: .init(divideByZero: 1, integerOverflow: 2, invalidConversion: 3)))
        var options = EmitOptions(stackOverflowTrap: 10, storeOffset: 8, stackLimitOffset: 0)
        options.checksStack = false
        options.usesAVX = features.contains(.avx)
        #expect(features.isSuperset(of: CPUFeatures(bits: code.features)))
        let problem = X86_64.makeProblem(code)
        return X86_64.emit(code, problem, allocateRegisters(problem, algorithm: algorithm), options)
    }

    @Test func codeNamesTheFeaturesThatItNeeds() {
        func features(_ op: VectorOperation, _ target: CPUFeatures) -> [String] {
            CPUFeatures(bits: compileFeatures(RandomVectorFunction.make(seed: 1, first: op, size: 0), target)).names
        }
        #expect(features(.i32x4Add, .v2) == ["sse3", "ssse3", "sse4.1"])
        #expect(features(.i64x2GtS, .v2) == ["sse3", "ssse3", "sse4.1", "sse4.2"])
        #expect(features(.i32x4Add, .v4) == ["sse3", "ssse3", "sse4.1", "avx"])
        #expect(features(.i64x2Abs, .v4) == ["sse3", "ssse3", "sse4.1", "avx", "avx512vl"])
    }
    private func compileFeatures(_ function: consuming Function, _ target: CPUFeatures) -> UInt64 {
        X86_64.lower(function, LoweringOptions<X86_64>(features: target, traps: .init(divideByZero: 1, integerOverflow: 2, invalidConversion: 3))).features
    }
}

extension CPUFeatures {
    fileprivate func removing(_ feature: CPUFeature) -> CPUFeatures {
        var result = self
        result.remove(feature)
        return result
    }
}
#endif
