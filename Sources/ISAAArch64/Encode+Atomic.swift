import PrecastMachineCode

extension Encoder {
    /// The size in the uppermost bits; registers by what the operation does with them.
    static func atomic(_ i: MachineInstruction, _ base: UInt32) -> UInt32 {
        let common = base | UInt32(i.amount) << 30 | rn(i.base)
        return switch i.opcode {
        case .ldar, .ldaxr: common | rd(i.dst)
        case .stlr: common | rd(i.src1)
        case .stlxr, .cas: common | rm(i.dst) | rd(i.src1)
        default: common | rm(i.src1) | rd(i.dst)
        }
    }
}
