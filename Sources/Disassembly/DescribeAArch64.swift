import CCapstone

// What AArch64 instructions do, from Capstone's details.

extension Register {
    /// The 64-bit register that AArch64's register `number` is part of.
    init(aarch64 number: UInt32) {
        switch number {
        case ARM64_REG_W0.rawValue...ARM64_REG_W28.rawValue: self.init(ARM64_REG_X0.rawValue + number - ARM64_REG_W0.rawValue)
        case ARM64_REG_W29.rawValue: self.init(ARM64_REG_X29.rawValue)
        case ARM64_REG_W30.rawValue: self.init(ARM64_REG_X30.rawValue)
        case ARM64_REG_WSP.rawValue: self.init(ARM64_REG_SP.rawValue)
        default: self.init(number)
        }
    }
}

extension MachineInstruction {
    mutating func describeAArch64(_ id: UInt32, _ detail: cs_arm64) {
        let operands = withUnsafeBytes(of: detail.operands) { bytes in
            Array(bytes.bindMemory(to: cs_arm64_op.self).prefix(Int(detail.op_count)))
        }
        for operand in operands where operand.type == ARM64_OP_MEM {
            let base = Register(aarch64: operand.mem.base.rawValue)
            place = Place(base: base, displacement: Int64(operand.mem.disp), isIndexed: operand.mem.index != ARM64_REG_INVALID)
            if detail.writeback { written.append(base) }
        }
        writesMemory = place != nil && !mnemonic.hasPrefix("ld")
        written += writtenAArch64(operands)
        flow = Self.flowAArch64(arm64_insn(id), detail)
        switch flow {
        case .jump, .branch, .call:
            if let last = operands.last, last.type == ARM64_OP_IMM { target = UInt64(bitPattern: last.imm) }
        default: break
        }
        effect = effectAArch64(arm64_insn(id), detail, operands)
    }

    /// Registers that Capstone may leave out: it lists what loads and atomic operations write incompletely.
    private func writtenAArch64(_ operands: [cs_arm64_op]) -> [Register] {
        let registers = operands.filter { $0.type == ARM64_OP_REG }.map { Register(aarch64: $0.reg.rawValue) }
        if ["ld", "cas", "swp", "stx", "stlx"].contains(where: mnemonic.hasPrefix) { return registers }
        if ["st", "b", "cb", "tb", "cm", "ccm", "tst", "fcm", "fccm", "prf", "ret", "msr"].contains(where: mnemonic.hasPrefix) { return [] }
        return Array(registers.prefix(1))
    }

    private static func flowAArch64(_ id: arm64_insn, _ detail: cs_arm64) -> Flow {
        switch id {
        case ARM64_INS_B: detail.cc == ARM64_CC_INVALID || detail.cc == ARM64_CC_AL ? .jump : .branch
        case ARM64_INS_CBZ, ARM64_INS_CBNZ, ARM64_INS_TBZ, ARM64_INS_TBNZ: .branch
        case ARM64_INS_BR: .jump
        case ARM64_INS_BL, ARM64_INS_BLR: .call
        case ARM64_INS_RET: .return
        case ARM64_INS_BRK, ARM64_INS_HLT: .trap
        default: .next
        }
    }

    private mutating func effectAArch64(_ id: arm64_insn, _ detail: cs_arm64, _ operands: [cs_arm64_op]) -> Effect {
        func register(_ n: Int) -> Register? {
            guard n < operands.count, operands[n].type == ARM64_OP_REG, Self.isWhole(operands[n].reg) else { return nil }
            return Register(aarch64: operands[n].reg.rawValue)
        }
        func immediate(_ n: Int) -> Int64? { n < operands.count && operands[n].type == ARM64_OP_IMM ? operands[n].imm : nil }
        let direct = detail.writeback ? nil : place.flatMap { $0.isIndexed ? nil : $0 }
        switch id {
        case ARM64_INS_BLR, ARM64_INS_BR: return .call(register(0), nil)
        case ARM64_INS_BL: return .call(nil, nil)
        case ARM64_INS_MOV:
            if let to = register(0), let from = register(1) { return .copy(to: to, from: from, addend: 0) }
        case ARM64_INS_ADD:
            if let to = register(0), let from = register(1), let addend = immediate(2) {
                let shift = operands[2].shift.type == ARM64_SFT_LSL ? Int64(operands[2].shift.value) : 0
                return .copy(to: to, from: from, addend: addend << shift)
            }
        case ARM64_INS_ADR, ARM64_INS_ADRP:
            if let to = register(0), let address = immediate(1) {
                if id == ARM64_INS_ADR { reference = Reference(address: UInt64(bitPattern: address), byteCount: 0) }
                return .address(to: to, UInt64(bitPattern: address))
            }
        case ARM64_INS_LDR, ARM64_INS_LDUR:
            if let address = immediate(1), operands[0].type == ARM64_OP_REG {
                reference = Reference(address: UInt64(bitPattern: address), byteCount: Self.byteCount(self.operands))
            } else if let to = register(0), let direct {
                return .load(to: [to], direct)
            }
        case ARM64_INS_LDP:
            if let first = register(0), let second = register(1), let direct { return .load(to: [first, second], direct) }
        case ARM64_INS_STR, ARM64_INS_STUR:
            if let from = register(0), let direct { return .store([from], direct) }
        case ARM64_INS_STP:
            if let first = register(0), let second = register(1), let direct { return .store([first, second], direct) }
        default: break
        }
        return .other
    }

    private static func isWhole(_ register: arm64_reg) -> Bool {
        switch register {
        case ARM64_REG_SP, ARM64_REG_X29, ARM64_REG_X30: true
        default: (ARM64_REG_X0.rawValue...ARM64_REG_X28.rawValue).contains(register.rawValue)
        }
    }

    /// Bytes of the register that operands start with.
    private static func byteCount(_ operands: String) -> Int {
        switch operands.first {
        case "q": 16
        case "d", "x": 8
        default: 4
        }
    }
}
