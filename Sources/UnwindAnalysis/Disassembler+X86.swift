import CCapstone

extension Disassembler {
    /// Number and width of a register by its name.
    static func registerX86(_ name: String) -> (RegisterNumber, Int)? {
        // In the order of DWARF.
        let stems = ["ax", "dx", "cx", "bx", "si", "di", "bp", "sp"]
        for (n, stem) in stems.enumerated() {
            switch name {
            case "r" + stem: return (RegisterNumber(n), 8)
            case "e" + stem: return (RegisterNumber(n), 4)
            case stem: return (RegisterNumber(n), 2)
            case stem + "l", String(stem.prefix(1)) + "l", String(stem.prefix(1)) + "h":
                if name.count == 3 || n < 4 { return (RegisterNumber(n), 1) }
            default: break
            }
        }
        let digits = name.filter(\.isNumber)
        guard let number = UInt8(digits) else { return nil }
        if name.hasPrefix("xmm") || name.hasPrefix("ymm"), number < 16 { return (17 + number, 16) }
        guard name.hasPrefix("r"), (8...15).contains(number) else { return nil }
        switch name.last {
        case "d": return (number, 4)
        case "w": return (number, 2)
        case "b": return (number, 1)
        default: return (number, 8)
        }
    }

    /// - Parameter end: of the instruction.
    func operandsX86(end: Int64) -> [Operand] {
        let x86 = detail.pointee.x86
        return withUnsafeBytes(of: x86.operands) { bytes in
            bytes.bindMemory(to: cs_x86_op.self).prefix(Int(x86.op_count)).map { operand in
                Operand(place: place(operand, end), size: Int(operand.size), isWritten: UInt32(operand.access) & CS_AC_WRITE.rawValue != 0)
            }
        }
    }
    private func place(_ operand: cs_x86_op, _ end: Int64) -> Operand.Place {
        switch operand.type {
        case X86_OP_REG:
            guard let known = register(operand.reg.rawValue) else { return .other }
            return .register(known.number, width: known.width)
        case X86_OP_IMM: return .immediate(operand.imm)
        case X86_OP_MEM:
            let memory = operand.mem
            if memory.base == X86_REG_RIP { return .text(end &+ memory.disp) }
            if memory.segment != X86_REG_INVALID { return .other }
            return .memory(
                base: register(memory.base.rawValue)?.number, index: memory.index == X86_REG_INVALID ? nil : register(memory.index.rawValue)?.number,
                scale: Int(memory.scale), memory.disp)
        default: return .other
        }
    }

    /// Appends what the instruction does, and says where it goes on.
    mutating func decodeX86(_ operands: [Operand]) -> (Flow, isPadding: Bool) {
        let sp = convention.stackPointer
        let first = operands.first
        switch x86_insn(rawValue: id) {
        case X86_INS_NOP, X86_INS_INT3: return (id == X86_INS_NOP.rawValue ? .next : .stop, true)
        case X86_INS_UD2, X86_INS_HLT: return (.stop, false)
        case X86_INS_CALL: return (.call(first?.immediate), false)
        case X86_INS_JMP: return (first?.immediate.map { .jump($0) } ?? .indirect(first?.wide), false)
        case X86_INS_RET: return (.leave(pops: first?.immediate ?? 0), false)
        case X86_INS_ENDBR64, X86_INS_CMP, X86_INS_TEST, X86_INS_BT, X86_INS_MFENCE, X86_INS_PAUSE: break
        case X86_INS_PUSH: push(first)
        case X86_INS_POP:
            guard let register = first?.wide else { doesAnything(operands); break }
            does(.load(register, base: sp, 0))
            does(.add(sp, sp, 8))
        case X86_INS_LEAVE:
            does(.add(sp, convention.framePointer, 0))
            does(.load(convention.framePointer, base: sp, 0))
            does(.add(sp, sp, 8))
        case X86_INS_MOV, X86_INS_MOVABS: move(operands)
        case X86_INS_MOVSD, X86_INS_VMOVSD, X86_INS_MOVQ, X86_INS_VMOVQ: moveHalf(operands)
        case X86_INS_MOVSXD:
            if let destination = first?.wide, case .memory(let base?, let index?, 4, 0)? = operands.last?.place {
                does(.loadTable(destination, base: base, index: index))
            } else { doesAnything(operands) }
        case X86_INS_LEA: loadAddress(operands)
        case X86_INS_ADD, X86_INS_SUB: addOrSubtract(operands)
        case X86_INS_XOR:
            if case .register(let a, 4...)? = first?.place, a == operands.last?.register { does(.constant(a, 0)) } else { doesAnything(operands) }
        default:
            if mnemonic(hasPrefix: "j"), let target = first?.immediate { return (.branch(target), false) }
            if mnemonic(hasPrefix: "cmov"), let a = first?.register, let b = operands.last?.register {
                does(.select(a, b, a))
            } else {
                doesAnything(operands)
            }
        }
        return (.next, false)
    }

    private mutating func push(_ operand: Operand?) {
        let sp = convention.stackPointer
        var source = operand?.wide
        if let slot = operand?.slot {
            source = convention.temporary
            does(.load(convention.temporary, base: slot.base, slot.displacement))
        }
        does(.add(sp, sp, -8))
        does(.store(source, base: sp, 0, bytes: 8))
    }

    private mutating func move(_ operands: [Operand]) {
        guard operands.count == 2 else { return doesAnything(operands) }
        let (to, from) = (operands[0], operands[1])
        if let slot = to.slot {
            does(.store(to.size == 8 ? from.wide : nil, base: slot.base, slot.displacement, bytes: Int64(to.size)))
        } else if case .register(let destination, let width) = to.place, width >= 4 {
            if let value = from.immediate { return does(.constant(destination, width == 4 ? value & 0xffff_ffff : value)) }
            if let source = from.register { return does(width == 8 ? .add(destination, source, 0) : .copy32(destination, source)) }
            if let slot = from.slot, width == 8 { return does(.load(destination, base: slot.base, slot.displacement)) }
            does(.clobber(destination))
        } else {
            doesAnything(operands)
        }
    }

    /// Eight bytes between memory and a vector register.
    private mutating func moveHalf(_ operands: [Operand]) {
        if operands.count == 2, let destination = operands[0].register, let slot = operands[1].slot {
            does(.load(destination, base: slot.base, slot.displacement))
        } else if operands.count == 2, let slot = operands[0].slot, let source = operands[1].register {
            does(.store(source, base: slot.base, slot.displacement, bytes: 8))
        } else {
            doesAnything(operands)
        }
    }

    private mutating func loadAddress(_ operands: [Operand]) {
        guard operands.count == 2, let destination = operands[0].wide else { return doesAnything(operands) }
        if case .text(let place) = operands[1].place { return does(.address(destination, place)) }
        if let slot = operands[1].slot { return does(.add(destination, slot.base, slot.displacement)) }
        does(.clobber(destination))
    }

    private mutating func addOrSubtract(_ operands: [Operand]) {
        guard operands.count == 2, let destination = operands[0].wide else { return doesAnything(operands) }
        let subtracts = id == X86_INS_SUB.rawValue
        if let value = operands[1].immediate { return does(.add(destination, destination, subtracts ? 0 &- value : value)) }
        if let source = operands[1].wide { return does(.combine(destination, destination, source, subtracts: subtracts)) }
        does(.clobber(destination))
    }
}
