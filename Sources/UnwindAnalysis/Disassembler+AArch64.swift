import CCapstone

extension Disassembler {
    /// Number and width of a register by its name.
    static func registerAArch64(_ name: String) -> (RegisterNumber, Int)? {
        switch name {
        case "sp": return (31, 8)
        case "wsp": return (31, 4)
        case "fp": return (29, 8)
        case "lr": return (30, 8)
        default: break
        }
        guard let number = UInt8(name.dropFirst()), number < 32 else { return nil }
        switch name.first {
        case "x" where number < 31: return (number, 8)
        case "w" where number < 31: return (number, 4)
        case "b": return (33 + number, 1)
        case "h": return (33 + number, 2)
        case "s": return (33 + number, 4)
        case "d": return (33 + number, 8)
        case "q", "v": return (33 + number, 16)
        default: return nil
        }
    }

    func operandsAArch64() -> [Operand] {
        let arm = detail.pointee.arm64
        return withUnsafeBytes(of: arm.operands) { bytes in
            bytes.bindMemory(to: cs_arm64_op.self).prefix(Int(arm.op_count)).map { operand in
                Operand(place: place(operand), size: zeroSize(operand), isWritten: UInt32(operand.access) & CS_AC_WRITE.rawValue != 0)
            }
        }
    }
    /// Bytes of the zero register, which stores name and which has no number here.
    private func zeroSize(_ operand: cs_arm64_op) -> Int {
        guard operand.type == ARM64_OP_REG else { return 0 }
        return operand.reg == ARM64_REG_XZR ? 8 : operand.reg == ARM64_REG_WZR ? 4 : 0
    }
    private func place(_ operand: cs_arm64_op) -> Operand.Place {
        switch operand.type {
        case ARM64_OP_REG:
            guard let known = register(operand.reg.rawValue) else { return .other }
            // Shifted or extended: another value.
            let isPlain = operand.shift.type == ARM64_SFT_INVALID && (operand.ext == ARM64_EXT_INVALID || operand.ext == ARM64_EXT_UXTX)
            return isPlain ? .register(known.number, width: known.width) : .other
        case ARM64_OP_IMM:
            let shift = operand.shift.type == ARM64_SFT_LSL ? operand.shift.value : 0
            return .immediate(operand.imm << Int64(min(shift, 63)))
        case ARM64_OP_MEM:
            let memory = operand.mem
            return .memory(
                base: register(memory.base.rawValue)?.number, index: memory.index == ARM64_REG_INVALID ? nil : register(memory.index.rawValue)?.number,
                scale: operand.shift.type == ARM64_SFT_LSL ? 1 << Int(min(operand.shift.value, 4)) : 1, Int64(memory.disp))
        default: return .other
        }
    }

    /// Appends what the instruction does, and says where it goes on.
    mutating func decodeAArch64(_ operands: [Operand]) -> (Flow, isPadding: Bool) {
        let first = operands.first
        switch arm64_insn(rawValue: id) {
        case ARM64_INS_NOP: return (.next, true)
        case ARM64_INS_BRK: return (.stop, false)
        case ARM64_INS_B:
            guard let target = first?.immediate else { return (.stop, false) }
            let cc = detail.pointee.arm64.cc
            return (cc == ARM64_CC_INVALID || cc == ARM64_CC_AL || cc == ARM64_CC_NV ? .jump(target) : .branch(target), false)
        case ARM64_INS_CBZ, ARM64_INS_CBNZ, ARM64_INS_TBZ, ARM64_INS_TBNZ: return (operands.last?.immediate.map { .branch($0) } ?? .stop, false)
        case ARM64_INS_BL: return (.call(first?.immediate), false)
        case ARM64_INS_BLR: return (.call(nil), false)
        case ARM64_INS_BR: return (.indirect(first?.wide), false)
        case ARM64_INS_RET: return (.leave(pops: 0), false)
        case ARM64_INS_CMP, ARM64_INS_CMN, ARM64_INS_TST, ARM64_INS_CCMP, ARM64_INS_CCMN, ARM64_INS_FCMP, ARM64_INS_DMB: break
        case ARM64_INS_HINT: hint(first?.immediate)
        case ARM64_INS_MOV, ARM64_INS_MOVZ: moveAArch64(operands)
        case ARM64_INS_MOVK:
            if let to = first?.wide, let bits = operands.last?.immediate {
                let shift = Int64(bits.trailingZeroBitCount / 16 * 16)
                does(.insert(to, bits: bits, shift: bits == 0 ? 0 : shift))
                if bits == 0 { does(.clobber(to)) }
            } else { doesAnything(operands) }
        case ARM64_INS_ADR:
            if let to = first?.wide, let place = operands.last?.immediate {
                note(reference: place)
                does(.address(to, place))
            } else { doesAnything(operands) }
        case ARM64_INS_ADD, ARM64_INS_SUB: addOrSubtractAArch64(operands)
        case ARM64_INS_CSEL:
            if operands.count >= 3, let to = first?.register, let a = operands[1].register, let b = operands[2].register {
                does(.select(to, a, b))
            } else { doesAnything(operands) }
        case ARM64_INS_LDRSW:
            if operands.count == 2, let to = first?.wide, case .memory(let base?, let index?, 4, 0) = operands[1].place {
                does(.loadTable(to, base: base, index: index))
            } else { access(operands, loads: true, count: 1) }
        case ARM64_INS_LDR, ARM64_INS_LDUR: access(operands, loads: true, count: 1)
        case ARM64_INS_LDP: access(operands, loads: true, count: 2)
        case ARM64_INS_STR, ARM64_INS_STUR, ARM64_INS_STRB, ARM64_INS_STRH, ARM64_INS_STURB, ARM64_INS_STURH: access(operands, loads: false, count: 1)
        case ARM64_INS_STP: access(operands, loads: false, count: 2)
        default: doesAnything(operands)
        }
        return (.next, false)
    }

    /// Signatures; landing pads and other hints do nothing.
    private mutating func hint(_ number: Int64?) {
        switch number {
        case 25: does(.sign(convention.returnAddress, with: convention.stackPointer))         // paciasp
        case 29: does(.authenticate(convention.returnAddress, with: convention.stackPointer)) // autiasp
        case 12: does(.authenticate(17, with: 16))                                            // autia1716
        default: break
        }
    }

    private mutating func moveAArch64(_ operands: [Operand]) {
        guard operands.count == 2, case .register(let to, let width) = operands[0].place, width == 4 || width == 8 else { return doesAnything(operands) }
        if let value = operands[1].immediate {
            does(.constant(to, width == 4 ? value & 0xffff_ffff : value))
        } else if case .register(let from, let fromWidth) = operands[1].place, fromWidth == width, from < convention.firstVector {
            does(width == 8 ? .add(to, from, 0) : .copy32(to, from))
        } else {
            does(.clobber(to))
        }
    }

    private mutating func addOrSubtractAArch64(_ operands: [Operand]) {
        guard operands.count == 3, let to = operands[0].wide else { return doesAnything(operands) }
        guard let from = operands[1].wide else { return does(.clobber(to)) }
        let subtracts = id == ARM64_INS_SUB.rawValue
        if let value = operands[2].immediate { return does(.add(to, from, subtracts ? 0 &- value : value)) }
        if let other = operands[2].wide { return does(.combine(to, from, other, subtracts: subtracts)) }
        does(.clobber(to))
    }

    /// A load or store of `count` registers, with what it does to its base.
    private mutating func access(_ operands: [Operand], loads: Bool, count: Int) {
        guard operands.count > count, case .memory(let base?, let index, _, let displacement) = operands[count].place else {
            // A constant: its place is an immediate operand.
            if let place = operands.last?.immediate { note(reference: place) }
            return doesAnything(operands, firstIsWritten: loads)
        }
        let writesBack = detail.pointee.arm64.writeback
        let after = writesBack && operands.count > count + 1 ? operands[count + 1].immediate : nil
        let first = after == nil ? displacement : 0
        if writesBack, after == nil { does(.add(base, base, displacement)) }
        let start = writesBack ? 0 : first
        var bytes: Int64 = 8
        // The base last, if it is among those loaded.
        for n in operands.first?.register == base ? (0..<count).reversed() : Array(0..<count) {
            var width = operands[n].size, register: RegisterNumber?
            if case .register(let number, let size) = operands[n].place { (register, width) = (number, size) }
            bytes = id == ARM64_INS_STRB.rawValue || id == ARM64_INS_STURB.rawValue ? 1
                : id == ARM64_INS_STRH.rawValue || id == ARM64_INS_STURH.rawValue ? 2 : Int64(width > 0 ? width : 16)
            let place = start &+ Int64(n) &* bytes
            if loads {
                if let register { does(width == 8 && index == nil ? .load(register, base: base, place) : .clobber(register)) }
            } else if index == nil {
                does(.store(bytes == 8 ? register : nil, base: base, place, bytes: bytes))
            }
        }
        if let after { does(.add(base, base, after)) }
    }
}
