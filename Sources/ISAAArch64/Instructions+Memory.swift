public import PrecastMachineCode

/// Factories of memory accesses.
extension MachineInstruction {
    /// `size` is the register's: `w` or `x`, and for `full` loads a float register's width too.
    public static func load(_ kind: LoadKind, _ size: OperandSize, _ dst: Register, _ m: MemoryOperand) -> Self {
        Self(.row(.ldr, kind.rawValue), size, dst: dst).with { $0.memory = m }
    }
    public static func store(_ kind: StoreKind, _ size: OperandSize, _ m: MemoryOperand, _ src: Register) -> Self {
        Self(.row(.str, kind.rawValue), size, src).with { $0.memory = m }
    }
    public static func load(_ size: OperandSize, _ dst: Register, _ m: MemoryOperand) -> Self { load(.full, size, dst, m) }
    public static func store(_ size: OperandSize, _ m: MemoryOperand, _ src: Register) -> Self { store(.full, size, m, src) }
    /// Two registers from consecutive places. Displacements are multiples of the width, 7 bits with sign.
    public static func loadPair(_ size: OperandSize, _ dst: Register, _ dst2: Register, _ m: MemoryOperand) -> Self {
        Self(.ldp, size, dst: dst).with {
            $0.dst2 = dst2
            $0.memory = m
        }
    }
    public static func storePair(_ size: OperandSize, _ m: MemoryOperand, _ src1: Register, _ src2: Register) -> Self {
        Self(.stp, size, src1, src2).with { $0.memory = m }
    }
    /// dst = address of a place in the frame. Made anew instead of spilled.
    public static func frameAddress(_ dst: Register, _ m: MemoryOperand) -> Self {
        Self(.frameAddress, .x, dst: dst).with { $0.memory = m }
    }
    /// dst = address of a function of the module, or a byte of its read-only data. Made anew instead of spilled.
    public static func symbolAddress(_ dst: Register, _ target: RelocationTarget) -> Self {
        Self(.symbolAddress, .x, dst: dst).with { $0.setWords(low: target.index, high: UInt32(target.kind.rawValue)) }
    }
}

extension Opcode {
    /// Bytes of an access of a register of `size`.
    func accessBytes(_ size: OperandSize) -> Int {
        switch self {
        case .ldrb, .ldrsb, .strb: 1
        case .ldrh, .ldrsh, .strh: 2
        case .ldrsw: 4
        default: size.bytes
        }
    }
}
