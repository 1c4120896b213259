public import PrecastMachineCode

/// Instructions as text, in the assembler's syntax with its usual aliases: virtual registers as `v7w`, blocks as `block3`.
/// Encodable instructions over machine registers are what assemblers accept.
public struct InstructionPrinter {
    public init() {}

    /// One instruction, without a line end.
    public func text(_ i: MachineInstruction) -> String {
        let (name, operands) = alias(i) ?? (mnemonic(i), self.operands(i))
        return operands.isEmpty ? name : name + " " + operands.joined(separator: ", ")
    }

    // MARK: Names

    func name(_ register: Register, _ size: OperandSize) -> String {
        if register.isNone { return "none" }
        if register.isVirtual { return "%\(register.bits)" }
        let n = Int(register.bits & 31), isWide = size != .w
        if register.physical.registerClass == .integer {
            if register == .sp { return isWide ? "sp" : "wsp" }
            return n == 31 ? (isWide ? "xzr" : "wzr") : (isWide ? "x" : "w") + String(n)
        }
        switch size {
        case .b, .h, .s, .d, .q: return "\(size)\(n)"
        case .b8: return "v\(n).8b"
        case .b16: return "v\(n).16b"
        case .h4: return "v\(n).4h"
        case .h8: return "v\(n).8h"
        case .s2: return "v\(n).2s"
        case .s4: return "v\(n).4s"
        case .d1: return "v\(n).1d"
        case .d2: return "v\(n).2d"
        case .w, .x: return "d\(n)"
        }
    }
    func address(_ i: MachineInstruction) -> String {
        let offset = i.displacement == 0 ? "" : ", #\(i.displacement)"
        switch i.memoryKind {
        case .registers: break
        case .preIndexed: return "[\(name(i.base, .x)), #\(i.displacement)]!"
        case .postIndexed: return "[\(name(i.base, .x))], #\(i.displacement)"
        case .constant: return "constant\(i.base.bits)"
        case .stackSlot: return "[slot\(i.base.bits)\(offset)]"
        case .incomingArgument: return "[incoming\(offset)]"
        case .outgoingArgument: return "[outgoing\(offset)]"
        case .spill: return "[spill\(offset)]"
        }
        if i.index.isNone { return "[\(name(i.base, .x))\(offset)]" }
        let extend = ExtendKind(rawValue: i.modifier) ?? .uxtx
        let amount = i.isScaled ? " #\(i.opcode.accessBytes(i.size).trailingZeroBitCount)" : ""
        let index = name(i.index, extend == .uxtw || extend == .sxtw ? .w : .x)
        if extend == .uxtx { return "[\(name(i.base, .x)), \(index)" + (i.isScaled ? ", lsl\(amount)]" : "]") }
        return "[\(name(i.base, .x)), \(index), \(extend)\(amount)]"
    }

    // MARK: Aliases

    /// What programmers write for special operands of general instructions.
    private func alias(_ i: MachineInstruction) -> (String, [String])? {
        func r(_ register: Register) -> String { name(register, i.size) }
        switch i.opcode {
        case .subs where i.dst == .zr: return ("cmp", [r(i.src1)] + source(i))
        case .adds where i.dst == .zr: return ("cmn", [r(i.src1)] + source(i))
        case .ands where i.dst == .zr: return ("tst", [r(i.src1)] + source(i))
        case .add where i.mode == .immediate && i.immediate == 0 && (i.dst == .sp || i.src1 == .sp): return ("mov", [r(i.dst), r(i.src1)])
        case .orr where i.src1 == .zr && i.mode == .register: return ("mov", [r(i.dst), r(i.src2)])
        case .orn where i.src1 == .zr && i.mode != .immediate: return ("mvn", [r(i.dst)] + source(i))
        case .sub where i.src1 == .zr && (i.mode == .register || i.mode == .shifted): return ("neg", [r(i.dst)] + source(i))
        case .madd where i.src3 == .zr: return ("mul", [r(i.dst), r(i.src1), r(i.src2)])
        case .msub where i.src3 == .zr: return ("mneg", [r(i.dst), r(i.src1), r(i.src2)])
        case .smaddl where i.src3 == .zr: return ("smull", [r(i.dst), name(i.src1, .w), name(i.src2, .w)])
        case .umaddl where i.src3 == .zr: return ("umull", [r(i.dst), name(i.src1, .w), name(i.src2, .w)])
        case .lslv, .lsrv, .asrv, .rorv: return (String("\(i.opcode)".dropLast()), [r(i.dst), r(i.src1), r(i.src2)])
        case .extr where i.src1 == i.src2: return ("ror", [r(i.dst), r(i.src1), "#\(i.immediate)"])
        case .csinc where i.src1 == .zr && i.src2 == .zr: return ("cset", [r(i.dst), "\(i.condition.inverted)"])
        case .csinv where i.src1 == .zr && i.src2 == .zr: return ("csetm", [r(i.dst), "\(i.condition.inverted)"])
        case .vector: return vector(i)
        case .ldar, .stlr, .ldaxr, .stlxr, .ldadd, .ldclr, .ldset, .ldeor, .swp, .cas, .updateLoop, .compareExchangeLoop: return atomic(i)
        case .ubfm, .sbfm: return bitfieldAlias(i)
        default: return nil
        }
    }
    private func bitfieldAlias(_ i: MachineInstruction) -> (String, [String]) {
        let rotation = Int(i.immediate & 63), last = Int(i.immediate >> 8 & 63), width = i.size.bits
        let prefix = i.opcode == .sbfm ? "s" : "u"
        let registers = [name(i.dst, i.size), name(i.src1, i.size)]
        if last == width - 1 { return (i.opcode == .sbfm ? "asr" : "lsr", registers + ["#\(rotation)"]) }
        if i.opcode == .ubfm, last + 1 == rotation { return ("lsl", registers + ["#\(width - rotation)"]) }
        if rotation == 0, i.opcode == .sbfm || i.size == .w, let part = [7: "b", 15: "h", 31: "w"][last] {
            return (prefix + "xt" + part, [registers[0], name(i.src1, .w)])
        }
        if last < rotation { return (prefix + "bfiz", registers + ["#\(width - rotation)", "#\(last + 1)"]) }
        return (prefix + "bfx", registers + ["#\(rotation)", "#\(last - rotation + 1)"])
    }

    // MARK: Mnemonics and operands

    private func mnemonic(_ i: MachineInstruction) -> String {
        switch i.opcode {
        case .lslv, .lsrv, .asrv, .rorv: return String("\(i.opcode)".dropLast())
        case .ldr, .ldrb, .ldrh, .ldrsb, .ldrsh, .ldrsw, .str, .strb, .strh: return accessMnemonic(i)
        case .fmovImmediate, .fmovToFloat, .fmovFromFloat: return "fmov"
        case .loadImmediate: return "mov"
        case .loadFloat: return "fmov"
        case .frameAddress, .symbolAddress: return "adr"
        case .jumpTableAddress: return "table"
        case .jump: return "b"
        case .branch: return "b.\(i.condition)"
        case .branchZero: return "cbz"
        case .branchNonzero: return "cbnz"
        case .branchBitClear: return "tbz"
        case .branchBitSet: return "tbnz"
        case .branchTable: return "br"
        case .call: return "bl"
        case .callIndirect: return "blr"
        case .tailCall: return "b"
        case .tailCallIndirect: return "br"
        case .functionReturn: return "ret"
        case .trapIf: return "trap.\(i.condition)"
        case .trapZero: return "trapz"
        case .trapNonzero: return "trapnz"
        case .trapBitClear: return "trapbz"
        case .trapBitSet: return "trapbnz"
        default: return "\(i.opcode)"
        }
    }
    /// `ldur` and the like where the displacement is no multiple of the width.
    private func accessMnemonic(_ i: MachineInstruction) -> String {
        let name = "\(i.opcode)"
        let isPlain = i.memoryKind != .registers || i.index.isSome || i.displacement >= 0 && Int(i.displacement) % i.opcode.accessBytes(i.size) == 0
        return isPlain ? name : name.prefix(2) + "u" + name.dropFirst(2)
    }

    private func source(_ i: MachineInstruction) -> [String] {
        switch i.mode {
        case .none: return []
        case .register: return [name(i.src2, i.size)]
        case .shifted:
            let kind = ShiftKind(rawValue: i.modifier) ?? .lsl
            return [name(i.src2, i.size)] + (i.amount == 0 && kind == .lsl ? [] : ["\(kind) #\(i.amount)"])
        case .extended:
            let kind = ExtendKind(rawValue: i.modifier) ?? .uxtx
            let register = name(i.src2, i.size == .x && (kind == .uxtx || kind == .sxtx) ? .x : .w)
            return [register, "\(kind)" + (i.amount == 0 ? "" : " #\(i.amount)")]
        case .immediate:
            let isLogic = i.opcode.rawValue >= Opcode.and.rawValue
            return ["#" + (isLogic ? String(i.size == .w ? i.immediate & 0xffff_ffff : i.immediate) : "\(i.immediate)")]
        }
    }

    private func operands(_ i: MachineInstruction) -> [String] {
        func r(_ register: Register) -> String { name(register, i.size) }
        switch i.opcode {
        case .add, .adds, .sub, .subs, .and, .ands, .orr, .eor, .bic, .bics, .orn, .eon: return [r(i.dst), r(i.src1)] + source(i)
        case .lslv, .lsrv, .asrv, .rorv, .udiv, .sdiv, .adc, .adcs, .sbc, .sbcs, .smulh, .umulh: return [r(i.dst), r(i.src1), r(i.src2)]
        case .ubfm, .sbfm: return [r(i.dst), r(i.src1), "#\(i.immediate & 63)", "#\(i.immediate >> 8)"]
        case .bfm: return [r(i.dst)] + tied(i) + [r(i.src1), "#\(i.immediate & 63)", "#\(i.immediate >> 8)"]
        case .extr: return [r(i.dst), r(i.src1), r(i.src2), "#\(i.immediate)"]
        case .madd, .msub: return [r(i.dst), r(i.src1), r(i.src2), r(i.src3)]
        case .smaddl, .umaddl, .smsubl, .umsubl: return [r(i.dst), name(i.src1, .w), name(i.src2, .w), r(i.src3)]
        case .clz, .cls, .rbit, .rev, .rev16, .rev32: return [r(i.dst), r(i.src1)]
        case .csel, .csinc, .csinv, .csneg, .fcsel: return [r(i.dst), r(i.src1), r(i.src2), "\(i.condition)"]
        case .ccmp, .ccmn: return [r(i.src1)] + source(i) + ["#\(i.amount)", "\(i.condition)"]
        case .movz, .movn, .movk: return [r(i.dst)] + tied(i) + ["#\(i.immediate)"] + (i.amount == 0 ? [] : ["lsl #\(i.amount)"])
        case .ldr, .ldrb, .ldrh, .ldrsb, .ldrsh, .ldrsw: return [r(i.dst), address(i)]
        case .str, .strb, .strh: return [r(i.src1), address(i)]
        case .ldp: return [r(i.dst), r(i.dst2), address(i)]
        case .stp: return [r(i.src1), r(i.src2), address(i)]
        case .fadd, .fsub, .fmul, .fdiv, .fmax, .fmin, .fmaxnm, .fminnm, .fnmul: return [r(i.dst), r(i.src1), r(i.src2)]
        case .fmadd, .fmsub, .fnmadd, .fnmsub: return [r(i.dst), r(i.src1), r(i.src2), r(i.src3)]
        case .fmov, .fabs, .fneg, .fsqrt, .frintn, .frintp, .frintm, .frintz, .frinta, .frintx, .frinti: return [r(i.dst), r(i.src1)]
        case .fcvt: return [r(i.dst), name(i.src1, i.size2)]
        case .fcmp: return [r(i.src1), i.src2.isNone ? "#0.0" : r(i.src2)]
        case .fmovImmediate: return [r(i.dst), "#\(floatConstant(UInt8(truncatingIfNeeded: i.immediate)))"]
        case .fmovToFloat, .scvtf, .ucvtf: return [r(i.dst), name(i.src1, i.size2)]
        case .fmovFromFloat, .fcvtzs, .fcvtzu: return [name(i.dst, i.size2), r(i.src1)]
        case .udf, .trap: return ["#\(i.trap)"]
        case .br, .blr, .callIndirect, .tailCallIndirect, .branchTable: return [name(i.src1, .x)]
        case .bti: return [i.amount == BranchTarget.call.rawValue ? "c" : "j"]
        case .nop, .paciasp, .autiasp, .autia1716, .ret, .arguments, .landingPad, .functionReturn: return []
        case .loadImmediate: return [r(i.dst), "#\(i.immediate)"]
        case .loadFloat:
            let bits = UInt64(bitPattern: i.immediate)
            return [r(i.dst), i.size == .s ? "#\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))" : "#\(Double(bitPattern: bits))"]
        case .frameAddress: return [r(i.dst), address(i)]
        case .symbolAddress: return [r(i.dst), (i.highWord == UInt32(RelocationTarget.Kind.function.rawValue) ? "function" : "data") + "\(i.lowWord)"]
        case .jumpTableAddress: return [r(i.dst), name(i.src1, .x), "table\(i.lowWord)"]
        case .jump: return ["block\(i.lowWord)"]
        case .branch: return ["block\(i.lowWord)", "block\(i.highWord)"]
        case .branchZero, .branchNonzero: return [r(i.src1), "block\(i.lowWord)", "block\(i.highWord)"]
        case .branchBitClear, .branchBitSet: return [name(i.src1, .x), "#\(i.amount)", "block\(i.lowWord)", "block\(i.highWord)"]
        case .call, .tailCall: return ["function\(i.highWord)"]
        case .trapIf: return ["#\(i.trap)"]
        case .trapZero, .trapNonzero: return [r(i.src1), "#\(i.trap)"]
        case .trapBitClear, .trapBitSet: return [name(i.src1, .x), "#\(i.amount)", "#\(i.trap)"]
        case .ld1r, .ld1, .st1: return laneAccess(i)
        case .dmb: return ["ish"]
        case .vector, .ldar, .stlr, .ldaxr, .stlxr, .ldadd, .ldclr, .ldset, .ldeor, .swp, .cas, .updateLoop, .compareExchangeLoop: return []
        }
    }
    /// Shown before allocation only: afterwards it is dst.
    func tied(_ i: MachineInstruction) -> [String] { i.src3 == i.dst || i.src3.isNone ? [] : [name(i.src3, i.size)] }
    /// The number that eight bits of `fmov` stand for.
    private func floatConstant(_ bits: UInt8) -> Double {
        let exponent = Int(bits >> 4 & 7 ^ 4) - 3
        let value = (1 + Double(bits & 15) / 16) * Double(sign: .plus, exponent: exponent, significand: 1)
        return bits & 0x80 != 0 ? -value : value
    }
}

extension InstructionPrinter {
    /// A whole function before allocation: blocks with their parameters, instructions, and where each block leads.
    public func text(_ vcode: borrowing VCode<MachineInstruction>) -> String {
        let calls = vcode.callInfos.map { info in
            vcode.describe(info) { name($0, $0.isPhysical && $0.physical.registerClass == .float ? .q : .x) }
        }
        return vcode.listing(name: { name($0, .x) }) { text($0) + ($0.opcode.hasCallInfo ? calls[$0.callInfo] : "") }
    }
}

extension Opcode {
    fileprivate var hasCallInfo: Bool {
        switch self {
        case .call, .callIndirect, .tailCall, .tailCallIndirect, .functionReturn, .arguments, .landingPad: true
        default: false
        }
    }
}
