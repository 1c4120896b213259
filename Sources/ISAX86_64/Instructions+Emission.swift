public import PrecastMachineCode

extension MachineInstruction: EmittableInstruction {
    public var blockExit: BlockExit {
        switch opcode {
        case .jmp: .jump(lowWord)
        case .jcc, .jccAnd, .jccOr: .branch(lowWord, highWord)
        case .ret: .functionReturn
        default: .other
        }
    }
    public var needsFrame: Bool {
        if trap != 0 || opcode.isCall || namesFramePointer { return true }
        switch opcode {
        case .tailCall, .tailCallIndirect, .landingPad, .ud2, .trapIf: return true
        default: break
        }
        switch memoryKind {
        case .stackSlot, .spill, .incomingArgument, .outgoingArgument: return true
        default: return false
        }
    }
    public var definesArguments: Bool { opcode == .arguments }
    public var namesFramePointer: Bool { base == .rbp || src1 == .rbp || src2 == .rbp }
    public var tailCall: Int? { opcode == .tailCall || opcode == .tailCallIndirect ? callInfo : nil }
}
