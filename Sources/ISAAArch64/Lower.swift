/// Lowering: IR to AArch64 instructions over virtual registers. The walk over blocks and instructions, calls and edges are ``FunctionLowering``'s;
/// here is what AArch64 has of its own: the patterns, and how their operands are given.
import PrecastEntities
import PrecastIR
import PrecastMachineCode
import PrecastRegisterAllocation

typealias Lowering = FunctionLowering<AArch64>

/// What lowering to AArch64 keeps from instruction to instruction.
public struct LoweringState {
    /// Constants of a loop that are made before it: at the end of these blocks.
    fileprivate var hoisted: [Block: [Inst]] = [:]
}

extension Lowering {
    // MARK: Registers of values

    /// The register to read a constant from. What takes several instructions is made once, others anew at each use.
    mutating func useConstant(_ value: Value, _ data: InstructionData) -> Register {
        switch data.opcode {
        case .iconst:
            if Immediates.moveCount(data.immediate, integerSize(data.type)) > 1 { return register(defining: value) }
            let r = temporary()
            code.emit(.loadImmediate(integerSize(data.type), r, data.immediate))
            return r
        case .vconst: return useVectorConstant(value, dfg.vectorConstants[VectorConstant(rawValue: data.a)])
        default:
            if isInLoop || !isCheap(data) { return register(defining: value) }
            let r = floatTemporary()
            code.emit(.loadFloat(size(data.type), r, bits: floatBits(data)))
            return r
        }
    }
    func floatBits(_ data: InstructionData) -> UInt64 {
        let bits = UInt64(bitPattern: data.immediate)
        return data.type == .f32 ? bits & 0xffff_ffff : bits
    }
    private func isCheap(_ data: InstructionData) -> Bool {
        let bits = floatBits(data)
        return bits == 0 || Immediates.float(bits, size(data.type)) != nil
    }
    /// The register to read an integer from, or the one that is always zero: for fields that may name that.
    mutating func useOrZero(_ value: Value) -> Register { dfg.integerConstant(value) == 0 ? .zr : operand(value) }

    /// The register for an operation of the value's own width: a 32-bit one does not care for upper halves.
    mutating func operand(_ value: Value) -> Register {
        if isInLoop, dfg.integerConstant(value) != nil { return register(defining: dfg.resolve(value)) }
        return dfg.type(value) == .i32 ? useLow(value) : use(value)
    }
    private var isInLoop: Bool { current.isSome && loops.loop(of: layout.block(of: current)).isSome }

    /// The constant `inst`, which somebody wants in a register: here, or before the loop that it is in.
    mutating func lowerConstant(_ inst: Inst) {
        let loop = loops.loop(of: layout.block(of: inst))
        if loop.isSome {
            let before = tree.immediateDominator(loops.loops[loop].header)
            if before.isSome {
                state.hoisted[before, default: []].append(inst)
                return
            }
        }
        emitConstant(inst)
    }
    /// Makes those that belong at the end of `block`: from there they come for a debugger, too, and not from the loop.
    mutating func lowerHoistedConstants(of block: Block) {
        for constant in state.hoisted.removeValue(forKey: block) ?? [] {
            emitConstant(constant)
            code.endGroup()
        }
    }
    private mutating func emitConstant(_ inst: Inst) {
        let data = dfg.instructions[inst], dst = register(defining: dfg.result(inst))
        code.emit(data.opcode == .iconst
            ? .loadImmediate(integerSize(data.type), dst, data.immediate) : .loadFloat(size(data.type), dst, bits: floatBits(data)))
    }

    // MARK: Operands

    /// Width of the registers of a scalar type.
    func size(_ type: Type) -> OperandSize {
        switch type {
        case .i32: .w
        case .f32: .s
        case .f64: .d
        case .v128: .q
        default: .x
        }
    }
    func integerSize(_ type: Type) -> OperandSize { type == .i32 ? .w : .x }
    func width(_ type: Type) -> UInt8 { type == .i32 ? 32 : 64 }

    /// The instruction with `opcode` that defines `value` in this block, if nothing but the current instruction wants that.
    func only(_ value: Value, _ opcode: PrecastIR.Opcode) -> InstructionData? {
        guard !hasOwnRegister(value), analysis.useCount(dfg.resolve(value)) == 1, let inst = dfg.definition(value),
            dfg.instructions[inst].opcode == opcode, layout.block(of: inst) == layout.block(of: current)
        else { return nil }
        return dfg.instructions[inst]
    }
    /// The constant amount of a shift, less than the width.
    func shiftAmount(_ data: InstructionData) -> UInt8? {
        guard let count = dfg.integerConstant(data.valueB) else { return nil }
        return UInt8(truncatingIfNeeded: count) & (width(data.type) - 1)
    }
    /// A constant as a 32-bit operation sees it, or as it is.
    func bits(_ constant: Int64, _ size: OperandSize) -> Int64 { size == .w ? constant & 0xffff_ffff : constant }
}
