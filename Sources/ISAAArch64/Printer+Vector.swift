extension InstructionPrinter {
    /// The operands of Advanced SIMD operations.
    func vectorOperands(_ i: MachineInstruction) -> [String] {
        let (dst, first) = (name(i.dst, i.size), name(i.src1, i.size))
        switch i.opcode {
        case .addv: return [name(i.dst, lane(i.size)), first]
        case .ushr: return [dst, first, "#\(i.amount)"]
        case .sli: return [dst] + tied(i) + [first, "#\(i.amount)"]
        default: return [dst, first] + (i.src2.isSome ? [name(i.src2, i.size)] : [])
        }
    }
    /// The scalar register of an arrangement's lanes.
    private func lane(_ size: OperandSize) -> OperandSize { [OperandSize.b, .h, .s, .d][Int(size.laneLog2)] }
}
