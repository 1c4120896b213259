import PrecastIR
import PrecastIRInterpreter
import PrecastIRTestSupport
import PrecastISAAArch64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

/// Machine code of vector functions, run by QEMU, against the interpreter, for every operation.
@Suite struct VectorDifferentialTests {
    private static let features: [CPUFeatures] = [[], [.lse, .dotprod]]

    @Test(.enabled(if: GuestProgram.isPossible, "needs binutils-aarch64-linux-gnu and qemu-user-static"), arguments: features, TestFunctions.algorithms)
    func machineAndInterpreterAgree(_ features: CPUFeatures, _ algorithm: AllocationAlgorithm) throws {
        var program = GuestProgram(), expected: [(bytes: [UInt8]?, text: String)] = []
        for (i, op) in RandomVectorFunction.operations.enumerated() {
            for round in 0..<2 as Range<UInt64> {
                let seed = UInt64(i) * 1000 + round
                let function = RandomVectorFunction.make(seed: seed, first: op, size: round == 0 ? 0 : 30)
                try add(function, "\(op.name), seed \(seed)", seed, features, algorithm, &program, &expected)
            }
        }
        for (found, (bytes, text)) in zip(try program.run(), expected) where found != bytes {
            Issue.record("machine and interpreter differ: \(text)")
            return
        }
    }

    private func add(
        _ function: consuming Function, _ name: String, _ seed: UInt64, _ features: CPUFeatures, _ algorithm: AllocationAlgorithm,
        _ program: inout GuestProgram, _ expected: inout [(bytes: [UInt8]?, text: String)]
    ) throws {
        try verify(function)
        let number = program.add(try TestFunctions.compile(function, features, algorithm))
        let text = print(function)
        let machine = Machine()
        machine.define(function)
        let empty = [UInt8](repeating: 0, count: RandomVectorFunction.outputBytes)
        for round in 0..<3 as Range<UInt64> {
            let input = RandomVectorFunction.input(seed: seed &* 7 &+ round)
            let (from, to) = (machine.memory.map(input), machine.memory.map(empty))
            _ = try machine.call(0, [0, from, to])
            program.call(number, input: input, outputBytes: empty.count)
            expected.append((machine.memory.bytes(to, empty.count), "\(name)\n\(text)"))
        }
    }
}
