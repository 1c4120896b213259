public import PrecastMachineCode

/// Instructions as text, in Intel syntax: virtual registers as `v7`, blocks as `block3`. Encodable instructions over machine
/// registers are what assemblers accept under `.intel_syntax noprefix`.
public struct InstructionPrinter {
    public init() {}

    /// One instruction, without a line end.
    public func text(_ i: MachineInstruction) -> String {
        let operands = self.operands(i)
        let name = mnemonic(i)
        return operands.isEmpty ? name : name + " " + operands.joined(separator: ", ")
    }

    // MARK: Names

    private static let integerNames = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"]
    func name(_ register: Register, _ size: OperandSize) -> String {
        if register.isNone { return "none" }
        if register.isVirtual { return "v\(register.bits)" }
        let n = Int(register.number)
        if register.physical.registerClass == .float {
            return (size == .z ? "zmm" : size == .y ? "ymm" : "xmm") + String(n)
        }
        if n >= 8 { return "r\(n)" + (size == .b ? "b" : size == .w ? "w" : size == .l ? "d" : "") }
        let base = Self.integerNames[n]
        switch size {
        case .b: return n < 4 ? String(base.prefix(1)) + "l" : base + "l"
        case .w: return base
        case .l: return "e" + base
        default: return "r" + base
        }
    }
    private func pointer(_ size: OperandSize) -> String {
        switch size {
        case .b: "byte ptr "
        case .w: "word ptr "
        case .l: "dword ptr "
        case .q: "qword ptr "
        case .x: "xmmword ptr "
        case .y: "ymmword ptr "
        case .z: "zmmword ptr "
        }
    }
    func address(_ i: MachineInstruction) -> String {
        let offset = i.displacement == 0 ? "" : i.displacement > 0 ? " + \(i.displacement)" : " - \(i.displacement.magnitude)"
        switch i.memoryKind {
        case .registers: break
        case .constant: return "[rip + constant\(i.base.bits)\(offset)]"
        case .readOnlyData: return "[rip + data\(i.base.bits)\(offset)]"
        case .function: return "[rip + function\(i.base.bits)\(offset)]"
        case .jumpTable: return "[rip + table\(i.base.bits)\(offset)]"
        case .stackSlot: return "[slot\(i.base.bits)\(offset)]"
        case .incomingArgument: return "[incoming\(offset)]"
        case .outgoingArgument: return "[outgoing\(offset)]"
        case .spill: return "[spill\(offset)]"
        }
        var parts: [String] = []
        if i.base.isSome { parts.append(name(i.base, .q)) }
        if i.index.isSome { parts.append(name(i.index, .q) + "*\(1 << Int(i.scale))") }
        if parts.isEmpty { return "ds:[\(i.displacement)]" }
        return "[" + parts.joined(separator: " + ") + offset + "]"
    }

    /// The assembler's mnemonic.
    func mnemonic(_ i: MachineInstruction) -> String {
        let lock = i.flags.contains(.lock) ? "lock " : ""
        switch i.opcode {
        case .addMemory: return lock + "add"
        case .orMemory: return lock + "or"
        case .adcMemory: return lock + "adc"
        case .sbbMemory: return lock + "sbb"
        case .andMemory: return lock + "and"
        case .subMemory: return lock + "sub"
        case .xorMemory: return lock + "xor"
        case .cmpMemory: return "cmp"
        case .testMemory: return "test"
        case .mulWide: return "mul"
        case .imulWide, .imulImmediate: return "imul"
        case .cqo: return i.size == .q ? "cqo" : "cdq"
        case .movzx8, .movzx16: return "movzx"
        case .movsx8, .movsx16: return "movsx"
        case .movStore, .movStoreImmediate: return "mov"
        case .setcc, .setccWide: return "set\(i.condition)"
        case .cmov: return "cmov\(i.condition)"
        case .cmovss: return "cmov\(i.condition)ss"
        case .cmovsd: return "cmov\(i.condition)sd"
        case .jcc: return "j\(i.condition)"
        case .jccAnd: return "j\(i.condition).and.\(i.condition2)"
        case .jccOr: return "j\(i.condition).or.\(i.condition2)"
        case .trapIf: return "trap\(i.condition)"
        case .xchgMemory: return "xchg"
        case .xaddMemory: return lock + "xadd"
        case .cmpxchgMemory: return lock + "cmpxchg"
        case .movssStore, .movssMerge: return vector("movss", i)
        case .movsdStore, .movsdMerge: return vector("movsd", i)
        case .movupsStore: return vector("movups", i)
        case .movdToFloat, .movdFromFloat: return vector(i.size == .q ? "movq" : "movd", i)
        case .movqLow: return vector("movq", i)
        case .movlpsLoad, .movlpsStore: return vector("movlps", i)
        case .movhpsLoad, .movhpsStore: return vector("movhps", i)
        case .pextrbStore: return vector("pextrb", i)
        case .pextrwStore: return vector("pextrw", i)
        case .pextrdStore: return vector("pextrd", i)
        case .pextrqStore: return vector("pextrq", i)
        case .onesFloat: return "ones"
        case .retypeFloat: return "retype"
        case .callIndirect: return "call"
        case .tailCallIndirect: return "jmp"
        case .loadImmediate: return i.size == .q && !fitsMove(i.immediate) ? "movabs" : "mov"
        case .updateMemory: return "update." + (ALUOperation(rawValue: UInt8(truncatingIfNeeded: i.immediate)).map { "\($0)" } ?? "?")
        case .jumpTableAddress: return "table"
        case .jmpTable: return "jmp"
        case .tailCall: return "jmp"
        case .zeroFloat: return "zero"
        default: return vector("\(i.opcode)", i)
        }
    }
    private func vector(_ name: String, _ i: MachineInstruction) -> String { i.isVEX ? "v" + name : name }
    private func fitsMove(_ value: Int64) -> Bool { value >= Int64(Int32.min) && value <= Int64(UInt32.max) }

    // MARK: Operands

    /// Size of what a memory source holds.
    private func memorySize(_ i: MachineInstruction) -> OperandSize {
        switch i.opcode {
        case .movzx8, .movsx8: .b
        case .movzx16, .movsx16: .w
        case .movsxd: .l
        case .callIndirect, .tailCallIndirect: .q
        case .movss, .movssStore, .addss, .mulss, .subss, .minss, .divss, .maxss, .sqrtss, .cvtss2sd, .cvttss2si, .ucomiss, .roundss, .cmpss, .cmovss: .l
        case .movsd, .movsdStore, .addsd, .mulsd, .subsd, .minsd, .divsd, .maxsd, .sqrtsd, .cvtsd2ss, .cvttsd2si, .ucomisd, .roundsd, .cmpsd, .cmovsd: .q
        case .pbroadcastb: .b
        case .pmovsxbq, .pmovzxbq, .pbroadcastw: .w
        case .pmovsxbd, .pmovzxbd, .pmovsxwq, .pmovzxwq, .pbroadcastd, .broadcastss, .insertps, .fmadd213ss, .fnmadd213ss, .fmadd231ss,
            .fnmadd231ss: .l
        case .pmovsxbw, .pmovzxbw, .pmovsxwd, .pmovzxwd, .pmovsxdq, .pmovzxdq, .cvtdq2pd, .cvtps2pd, .cvtudq2pd, .movddup, .movqLow, .pbroadcastq,
            .movlpsLoad, .movhpsLoad, .movlpsStore, .movhpsStore, .fmadd213sd, .fnmadd213sd, .fmadd231sd, .fnmadd231sd: .q
        default: i.size
        }
    }
    private func source(_ i: MachineInstruction, _ size: OperandSize? = nil) -> String {
        switch i.mode {
        case .none: "none"
        case .register: name(i.src2, size ?? i.size)
        case .memory: i.opcode == .lea ? address(i) : pointer(size ?? memorySize(i)) + address(i)
        case .immediate: immediate(i)
        }
    }
    private func immediate(_ i: MachineInstruction) -> String { String(i.immediate) }
    private func count(_ i: MachineInstruction) -> String { i.flags.contains(.countInCL) ? name(i.src3, .b) : immediate(i) }

    /// dst, and src1 too where it differs: before allocation, or in three-operand forms.
    private func tied(_ i: MachineInstruction) -> [String] {
        i.dst == i.src1 && !i.isVEX ? [name(i.dst, i.size)] : [name(i.dst, i.size), name(i.src1, i.size)]
    }

    private func operands(_ i: MachineInstruction) -> [String] {
        switch i.opcode {
        case .add, .or, .adc, .sbb, .and, .sub, .xor, .imul, .cmov, .cmovss, .cmovsd: return tied(i) + [source(i)]
        case .cmp, .test, .ucomiss, .ucomisd, .bt: return [name(i.src1, i.size), source(i)]
        case .addMemory, .orMemory, .adcMemory, .sbbMemory, .andMemory, .subMemory, .xorMemory, .cmpMemory, .testMemory,
            .movStore, .movStoreImmediate, .movssStore, .movsdStore, .movupsStore:
            return [pointer(memorySize(i)) + address(i), i.src1.isSome ? name(i.src1, i.size) : immediate(i)]
        case .neg, .not, .bswap: return tied(i)
        case .rol, .ror, .shl, .shr, .sar: return tied(i) + [count(i)]
        case .shld, .shrd: return tied(i) + [name(i.src2, i.size), count(i)]
        case .imulImmediate, .rorx: return [name(i.dst, i.size), source(i), immediate(i)]
        case .mulWide, .imulWide, .div, .idiv: return implicit(i) + [source(i)]
        case .mulx: return [name(i.dst, i.size), name(i.dst2, i.size), source(i)]
        case .cqo: return i.dst.isVirtual ? [name(i.dst, .q), name(i.src1, .q)] : []
        case .mov, .lea, .bsf, .bsr, .lzcnt, .tzcnt, .popcnt, .blsr, .blsmsk, .blsi, .movss, .movsd, .movups, .movaps:
            return [name(i.dst, i.size), source(i)]
        case .movzx8, .movsx8, .movzx16, .movsx16, .movsxd: return [name(i.dst, i.size), source(i, memorySize(i))]
        case .setcc: return [name(i.dst, .b)]
        case .setccWide: return [name(i.dst, .l)]
        case .bts, .btr, .btc: return tied(i) + [source(i)]
        case .andn, .pdep, .pext: return [name(i.dst, i.size), name(i.src1, i.size), source(i)]
        case .bzhi, .bextr, .shlx, .shrx, .sarx: return [name(i.dst, i.size), source(i), name(i.src1, i.size)]
        case .xchgMemory, .xaddMemory: return [pointer(i.size) + address(i)] + tied(i)
        case .cmpxchgMemory, .updateMemory: return [pointer(i.size) + address(i), name(i.src3, i.size)]
        case .movdToFloat: return [name(i.dst, .x), source(i)]
        case .movdFromFloat: return [name(i.dst, i.size), name(i.src2, .x)]
        case .addss, .addsd, .mulss, .mulsd, .subss, .subsd, .minss, .minsd, .divss, .divsd, .maxss, .maxsd:
            return tied(i) + [source(i)]
        case .cmpss, .cmpsd: return tied(i) + [source(i), immediate(i)]
        case .sqrtss, .sqrtsd, .cvtss2sd, .cvtsd2ss: return merged(i) + [source(i)]
        case .cvtsi2ss, .cvtsi2sd: return [name(i.dst, .x)] + (i.isVEX ? [name(i.dst, .x)] : []) + [source(i)]
        case .roundss, .roundsd: return merged(i) + [source(i), immediate(i)]
        case .cvttss2si, .cvttsd2si: return [name(i.dst, i.size), i.mode == .register ? name(i.src2, .x) : source(i)]
        case .movmskps, .movmskpd: return [name(i.dst, .l), name(i.src2, .x)]
        case .loadImmediate: return [name(i.dst, i.size == .q && i.immediate >= 0 && i.immediate <= Int64(UInt32.max) ? .l : i.size), immediate(i)]
        case .zeroFloat, .onesFloat: return [name(i.dst, .x)]
        case .retypeFloat: return tied(i)
        case .jumpTableAddress: return [name(i.dst, .q), name(i.src1, .q), "table\(i.lowWord)"]
        case .jmp: return ["block\(i.lowWord)"]
        case .jcc, .jccAnd, .jccOr: return ["block\(i.lowWord)", "block\(i.highWord)"]
        case .jmpTable: return [name(i.src1, .q)]
        case .call, .tailCall: return ["function\(i.highWord)"]
        case .callIndirect, .tailCallIndirect: return [source(i, .q)]
        case .ud2, .trapIf: return i.trap == 0 ? [] : ["trap\(i.trap)"]
        case .arguments, .landingPad, .ret, .mfence, .pause, .nop: return []
        default: return vectorOperands(i)
        }
    }
    /// Vector operations are told apart by their encoding's form.
    private func vectorOperands(_ i: MachineInstruction) -> [String] {
        let isByRegister = i.mode == .register
        let dst = name(i.dst, .x)
        let sources = i.dst == i.src1 && !i.isVEX ? [dst] : [dst, name(i.src1, .x)]
        /// Integer registers of lanes are 32 bits wide, or 64.
        let integer: OperandSize = i.size == .q ? .q : .l
        switch i.opcode {
        case .pinsrb, .pinsrw, .pinsrd, .pinsrq: return sources + [isByRegister ? name(i.src2, integer) : source(i), immediate(i)]
        case .pextrb, .pextrw, .pextrd, .pextrq: return [name(i.dst, integer), name(i.src2, .x), immediate(i)]
        case .pmovmskb: return [name(i.dst, .l), source(i)]
        default: break
        }
        switch EncodingRow.of(i.opcode).form {
        case .sse: return [dst, source(i)]
        case .sseImmediate: return [dst, source(i), immediate(i)]
        case .sseTwoSources, .sseShift, .sseLowMerge: return sources + [source(i)]
        case .sseTwoSourcesImmediate: return sources + [source(i), immediate(i)]
        case .sseBlend: return sources + [source(i), name(i.src3, .x)]
        case .sseCompare: return [name(i.src1, .x), source(i)]
        case .sseStore: return [pointer(memorySize(i)) + address(i), name(i.src1, .x)]
        case .sseStoreImmediate: return [pointer(i.size) + address(i), name(i.src1, .x), immediate(i)]
        case .vexTernary, .vexTernaryImmediate:
            let first = i.dst == i.src1 ? [dst] : sources
            return first + [name(i.src3, .x), source(i)] + (i.opcode == .pternlogd ? [immediate(i)] : [])
        default: preconditionFailure("\(i.opcode) is not printed")
        }
    }
    private func merged(_ i: MachineInstruction) -> [String] {
        i.isVEX ? [name(i.dst, .x), i.mode == .register ? name(i.src2, .x) : name(i.dst, .x)] : [name(i.dst, .x)]
    }
    /// Results and inputs in fixed registers, shown only before allocation.
    private func implicit(_ i: MachineInstruction) -> [String] {
        if !i.src1.isVirtual { return [] }
        return [i.dst, i.dst2, i.src1, i.src3].filter(\.isSome).map { name($0, i.size) }
    }
}

extension InstructionPrinter {
    /// A whole function before allocation: blocks with their parameters, instructions, and where each block leads.
    public func text(_ vcode: borrowing VCode<MachineInstruction>) -> String {
        let calls = vcode.callInfos.map { info in
            vcode.describe(info) { name($0, $0.isPhysical && $0.physical.registerClass == .float ? .x : .q) }
        }
        return vcode.listing(name: { name($0, .q) }) { text($0) + ($0.opcode.hasCallInfo ? calls[$0.callInfo] : "") }
    }
}

extension Opcode {
    fileprivate var hasCallInfo: Bool {
        switch self {
        case .call, .callIndirect, .tailCall, .tailCallIndirect, .ret, .arguments, .landingPad: true
        default: false
        }
    }
}
