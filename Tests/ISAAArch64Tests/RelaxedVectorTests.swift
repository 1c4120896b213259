import PrecastIR
import PrecastIRInterpreter
import PrecastIRTestSupport
import PrecastISAAArch64
import PrecastRegisterAllocation
import Testing

/// Relaxed operations, run by QEMU, on operands for which all that they may do is the same: then they agree with the interpreter.
@Suite struct RelaxedVectorTests {
    @Test(.enabled(if: GuestProgram.isPossible, "needs binutils-aarch64-linux-gnu and qemu-user-static"), arguments: [[], [.dotprod]] as [CPUFeatures], TestFunctions.algorithms)
    func machineAndInterpreterAgree(_ features: CPUFeatures, _ algorithm: AllocationAlgorithm) throws {
        var program = GuestProgram(), expected: [(bytes: [UInt8]?, op: VectorOperation)] = []
        for op in VectorOperation.allCases where op.name.contains("relaxed") {
            let function = function(op), machine = Machine()
            try verify(function)
            let number = program.add(try TestFunctions.compile(function, features, algorithm))
            machine.define(function)
            for seed in 0..<8 as Range<UInt64> {
                let input = RandomVectorFunction.input(seed: seed)
                let (from, to) = (machine.memory.map(input), machine.memory.map([UInt8](repeating: 0, count: 16)))
                _ = try machine.call(0, [0, from, to])
                program.call(number, input: input, outputBytes: 16)
                expected.append((machine.memory.bytes(to, 16), op))
            }
        }
        #expect(!expected.isEmpty)
        for (found, (bytes, op)) in zip(try program.run(), expected) where found != bytes { Issue.record("\(op.name): \(found), not \(bytes ?? [])") }
    }

    private func function(_ op: VectorOperation) -> Function {
        let parameters = [ABIParameter(.i64, .context), ABIParameter(.i64), ABIParameter(.i64)]
        var b = FunctionBuilder(number: 0, signature: Signature(parameters: parameters))
        let entry = b.makeBlock()
        for parameter in parameters { b.function.dfg.appendParameter(entry, parameter.type) }
        b.startBlock(entry)
        b.seal(entry)
        let (input, output) = (b.function.dfg.parameter(entry, 1), b.function.dfg.parameter(entry, 2))
        let x = (0..<3).map { b.load(.v128, input, offset: Int32($0 * 16), MemoryFlags(rawValue: 0)) }
        let operands = plain(op, x, &b)
        let result = switch op.signature.opcode {
        case .vunary: b.vector(op, operands[0])
        case .vbinary: b.vector(op, operands[0], operands[1])
        default: b.vector(op, operands[0], operands[1], operands[2])
        }
        b.store(result, output, offset: 0, MemoryFlags(rawValue: 0))
        b.return([])
        return b.takeFunction()
    }
    /// Operands without a choice, from any.
    private func plain(_ op: VectorOperation, _ x: [Value], _ b: inout FunctionBuilder) -> [Value] {
        func masked(_ v: Value, _ bits: UInt64) -> Value { b.vector(.v128And, v, b.constant(VectorConstantData(low: bits, high: bits))) }
        func small(_ v: Value, _ shift: Int64, _ convert: VectorOperation) -> Value { b.vector(convert, b.vector(.i32x4ShrS, v, b.constant(.i32, shift))) }
        switch op {
        case .i8x16RelaxedSwizzle: return [x[0], masked(x[1], 0x8f8f_8f8f_8f8f_8f8f)]
        case .i16x8RelaxedQ15mulrS: return [masked(x[0], 0x7fff_7fff_7fff_7fff), x[1]]
        // The second operand has seven bits.
        case .i16x8RelaxedDotI8x16I7x16S, .i32x4RelaxedDotI8x16I7x16AddS: return [x[0], masked(x[1], 0x7f7f_7f7f_7f7f_7f7f), x[2]]
        // Masks are all ones or all zeros.
        case .i8x16RelaxedLaneselect: return [x[0], x[1], b.vector(.i8x16GtS, x[2], x[0])]
        case .i32x4RelaxedLaneselect: return [x[0], x[1], b.vector(.i32x4GtS, x[2], x[0])]
        case .i64x2RelaxedLaneselect: return [x[0], x[1], b.vector(.i64x2GtS, x[2], x[0])]
        // Integers whose product is exact.
        case .f32x4RelaxedMadd, .f32x4RelaxedNmadd: return x.map { small($0, 22, .f32x4ConvertI32x4S) }
        case .f64x2RelaxedMadd, .f64x2RelaxedNmadd: return x.map { small($0, 8, .f64x2ConvertLowI32x4S) }
        // Numbers in range.
        case .i32x4RelaxedTruncF32x4S: return [small(x[0], 1, .f32x4ConvertI32x4S)]
        case .i32x4RelaxedTruncF32x4U: return [b.vector(.f32x4Abs, small(x[0], 1, .f32x4ConvertI32x4S))]
        case .i32x4RelaxedTruncF64x2SZero: return [small(x[0], 0, .f64x2ConvertLowI32x4S)]
        default: return [b.vector(.f64x2Abs, small(x[0], 0, .f64x2ConvertLowI32x4S))]
        }
    }
}
