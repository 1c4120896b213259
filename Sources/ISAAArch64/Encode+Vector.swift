import PrecastMachineCode

extension Encoder {
    static func vector(_ i: MachineInstruction) -> UInt32 {
        let row = VectorRow.of(i.vectorOpcode)
        return row.word | arrangement(i, row) | field(i, row.field) | rd(i.dst) | (i.src1.isSome ? rn(i.src1) : 0) | (i.src2.isSome ? rm(i.src2) : 0)
    }

    /// Bit 30 for whole vectors and for general registers of 64 bits; 28 and 30 for scalars.
    private static func arrangement(_ i: MachineInstruction, _ row: VectorRow) -> UInt32 {
        switch row.operands {
        case .toGeneral: i.size == .d2 ? 1 << 30 : 0
        case .scalar: 0
        default: i.size == .d ? 0x5000_0000 : i.size.bytes == 16 ? 1 << 30 : 0
        }
    }
    private static func field(_ i: MachineInstruction, _ field: VectorRow.Field) -> UInt32 {
        let size = i.size.laneLog2, amount = UInt32(i.amount), immediate = UInt32(truncatingIfNeeded: i.immediate)
        return switch field {
        case .none: 0
        case .integer: size << 22
        case .float: (size & 1) << 22
        case .leftShift: (8 << size + amount) << 16
        case .rightShift: (16 << size - amount) << 16
        case .lane: (amount << 1 | 1) << (16 + size)
        case .twoLanes: (amount << 1 | 1) << (16 + size) | immediate << (11 + size)
        case .byte: amount << 11
        case .modified: (immediate >> 12) << 29 | (immediate >> 8 & 15) << 12 | (immediate >> 5 & 7) << 16 | (immediate & 31) << 5
        }
    }
    /// `ld1r`, `ld1` and `st1` of one lane: its number is spread over Q, S and size.
    static func laneAccess(_ i: MachineInstruction, _ base: UInt32) -> UInt32 {
        let size = i.size.laneLog2, register = i.opcode == .st1 ? i.src1 : i.dst
        let common = base | rn(i.base) | rd(register)
        if i.opcode == .ld1r { return common | 1 << 30 | size << 10 }
        let byte = UInt32(i.amount) << size
        let width: UInt32 = [0, 2, 4, 4][Int(size)] << 13 | (size == 3 ? 1 << 10 : 0)
        return common | width | (byte >> 3) << 30 | (byte & 7) << 10
    }
}
