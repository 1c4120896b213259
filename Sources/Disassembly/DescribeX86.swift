import CCapstone

// What x86-64 instructions do, from Capstone's details in the order of Intel's syntax.

extension Register {
    /// The 64-bit register that x86-64's register `number` is part of.
    init(x86 number: UInt32) { self.init(Self.wholeX86[number] ?? number) }

    private static let wholeX86: [UInt32: UInt32] = {
        let families: [(x86_reg, [x86_reg])] = [
            (X86_REG_RAX, [X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH]), (X86_REG_RBX, [X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH]),
            (X86_REG_RCX, [X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH]), (X86_REG_RDX, [X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH]),
            (X86_REG_RSI, [X86_REG_ESI, X86_REG_SI, X86_REG_SIL]), (X86_REG_RDI, [X86_REG_EDI, X86_REG_DI, X86_REG_DIL]),
            (X86_REG_RBP, [X86_REG_EBP, X86_REG_BP, X86_REG_BPL]), (X86_REG_RSP, [X86_REG_ESP, X86_REG_SP, X86_REG_SPL]),
            (X86_REG_R8, [X86_REG_R8D, X86_REG_R8W, X86_REG_R8B]), (X86_REG_R9, [X86_REG_R9D, X86_REG_R9W, X86_REG_R9B]),
            (X86_REG_R10, [X86_REG_R10D, X86_REG_R10W, X86_REG_R10B]), (X86_REG_R11, [X86_REG_R11D, X86_REG_R11W, X86_REG_R11B]),
            (X86_REG_R12, [X86_REG_R12D, X86_REG_R12W, X86_REG_R12B]), (X86_REG_R13, [X86_REG_R13D, X86_REG_R13W, X86_REG_R13B]),
            (X86_REG_R14, [X86_REG_R14D, X86_REG_R14W, X86_REG_R14B]), (X86_REG_R15, [X86_REG_R15D, X86_REG_R15W, X86_REG_R15B]),
        ]
        var whole: [UInt32: UInt32] = [:]
        for (register, parts) in families {
            for part in parts { whole[part.rawValue] = register.rawValue }
        }
        return whole
    }()
}

extension MachineInstruction {
    mutating func describeX86(_ id: UInt32, _ detail: cs_x86) {
        let operands = withUnsafeBytes(of: detail.operands) { bytes in
            Array(bytes.bindMemory(to: cs_x86_op.self).prefix(Int(detail.op_count)))
        }
        for operand in operands where operand.type == X86_OP_MEM {
            if operand.mem.base == X86_REG_RIP {
                reference = Reference(address: end &+ UInt64(bitPattern: operand.mem.disp), byteCount: Int(operand.size))
            } else if operand.mem.base != X86_REG_INVALID {
                place = Place(
                    base: Register(x86: operand.mem.base.rawValue), displacement: operand.mem.disp,
                    isIndexed: operand.mem.index != X86_REG_INVALID)
            }
            if operand.access & UInt8(CS_AC_WRITE.rawValue) != 0 { writesMemory = true }
        }
        flow = Self.flowX86(x86_insn(id), detail, operands)
        if flow == .jump || flow == .branch || flow == .call, let first = operands.first, first.type == X86_OP_IMM {
            target = UInt64(bitPattern: first.imm)
        }
        effect = effectX86(x86_insn(id), operands)
    }

    private static func flowX86(_ id: x86_insn, _ detail: cs_x86, _ operands: [cs_x86_op]) -> Flow {
        switch id {
        case X86_INS_JMP: .jump
        case X86_INS_CALL: .call
        case X86_INS_RET: .return
        case X86_INS_UD2, X86_INS_INT3, X86_INS_HLT: .trap
        default:
            // Conditional jumps: 70–7F, 0F 80–8F.
            detail.opcode.0 & 0xf0 == 0x70 && operands.count == 1 || detail.opcode.0 == 0x0f && detail.opcode.1 & 0xf0 == 0x80 ? .branch : .next
        }
    }

    private mutating func effectX86(_ id: x86_insn, _ operands: [cs_x86_op]) -> Effect {
        func register(_ n: Int) -> Register? {
            guard n < operands.count, operands[n].type == X86_OP_REG, operands[n].size == 8 else { return nil }
            return Register(x86: operands[n].reg.rawValue)
        }
        func isMemory(_ n: Int) -> Bool { n < operands.count && operands[n].type == X86_OP_MEM && operands[n].size == 8 }
        let direct = place.flatMap { $0.isIndexed ? nil : $0 }
        switch id {
        case X86_INS_CALL, X86_INS_JMP:
            return flow == .call || target == nil ? .call(register(0), isMemory(0) ? direct : nil) : .other
        case X86_INS_MOV:
            if let to = register(0), let from = register(1) { return .copy(to: to, from: from, addend: 0) }
            if let to = register(0), isMemory(1), let direct { return .load(to: [to], direct) }
            if isMemory(0), let from = register(1), let direct { return .store([from], direct) }
        case X86_INS_LEA:
            reference?.byteCount = 0
            guard let to = register(0) else { return .other }
            if let reference { return .address(to: to, reference.address) }
            if let direct {
                place = nil
                return .copy(to: to, from: direct.base, addend: direct.displacement)
            }
            place = nil
        case X86_INS_ADD:
            if let to = register(0), operands.count == 2, operands[1].type == X86_OP_IMM { return .copy(to: to, from: to, addend: operands[1].imm) }
        default: break
        }
        return .other
    }
}
