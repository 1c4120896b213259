public import PrecastMachineCode

extension MachineInstruction: EmittableInstruction {
    public var blockExit: BlockExit {
        switch opcode {
        case .jump: .jump(lowWord)
        case .branch, .branchZero, .branchNonzero, .branchBitClear, .branchBitSet: .branch(lowWord, highWord)
        case .functionReturn: .functionReturn
        default: .other
        }
    }
    public var needsFrame: Bool {
        if trap != 0 || opcode.isCall || namesFramePointer { return true }
        switch opcode {
        case .tailCall, .tailCallIndirect, .landingPad: return true
        default: break
        }
        switch memoryKind {
        case .stackSlot, .spill, .incomingArgument, .outgoingArgument: return true
        default: return false
        }
    }
    public var definesArguments: Bool { opcode == .arguments }
    public var namesFramePointer: Bool { base == .fp || src1 == .fp || src2 == .fp }
    public var tailCall: Int? { opcode == .tailCall || opcode == .tailCallIndirect ? callInfo : nil }
}
