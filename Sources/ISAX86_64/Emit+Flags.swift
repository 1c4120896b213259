import PrecastMachineCode

/// What the flags show of a register, so that a comparison of it with zero need not be made again.
///
/// Arithmetic sets the zero and sign flags as such a comparison would; logic sets carry and overflow so too (Intel manual, volume 1, appendix A).
struct ShownRegister {
    private var register = Register.none
    private var size = OperandSize.l
    private var isLogic = false

    mutating func forget() { register = .none }

    /// Takes note of an instruction with machine registers.
    mutating func update(after i: MachineInstruction) {
        switch i.opcode {
        case .add, .sub, .neg: show(i, isLogic: false)
        case .and, .or, .xor: show(i, isLogic: true)
        default: if i.opcode.writesFlags || i.dst == register || i.dst2 == register { forget() }
        }
    }
    private mutating func show(_ i: MachineInstruction, isLogic: Bool) {
        register = i.dst
        size = i.size
        self.isLogic = isLogic
    }

    /// Whether instruction `n`, with machine registers `i`, compares with zero what the flags show already, as far as its readers look.
    func answers(_ i: MachineInstruction, _ n: Int, _ instructions: [MachineInstruction]) -> Bool {
        guard register.isSome, i.src1 == register, i.size == size else { return false }
        switch i.opcode {
        case .test where i.mode == .register && i.src2 == register: break
        case .cmp where i.mode == .immediate && i.immediate == 0: break
        default: return false
        }
        for reader in instructions[(n + 1)...] {
            switch reader.opcode {
            case .jcc, .setcc, .setccWide, .cmov, .trapIf:
                if !isLogic, ![.e, .ne, .s, .ns].contains(reader.condition) { return false }
                if reader.opcode == .jcc { return true }
            case _ where reader.opcode.readsFlags: return false
            case _ where reader.opcode.writesFlags: return true
            // The end of the block: flags do not live on.
            case .jmp, .ret, .jmpTable, .tailCall, .tailCallIndirect: return true
            default: break
            }
        }
        return true
    }
}
