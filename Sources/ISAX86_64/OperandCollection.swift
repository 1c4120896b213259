public import PrecastMachineCode
import PrecastRegisterAllocation

/// Visits the operands of one instruction in their order.
protocol SourceVisitor: OperandVisitor {
    /// `src2` of a register-mode instruction that could take memory instead.
    mutating func source(_ i: inout MachineInstruction)
    /// … which would be 16 bytes: no memory for a value spilled to less.
    mutating func vectorSource(_ i: inout MachineInstruction)
}

/// Operand patterns.
enum OperandShape: UInt8 {
    case none
    /// dst tied to src1; src2 anything.
    case tied
    /// … but src2 only a register.
    case tiedRegister
    /// dst = f(src1, src2) with a register of its own.
    case untied
    /// … src2 only a register.
    case untiedRegister
    /// Only uses: src1, src2 or memory.
    case uses
    case usesRegister
    /// `tied`, `untied` and `uses` where src2 in memory is 16 bytes.
    case packed
    case packedUnary
    case packedUses
    /// dst tied to src1; src3 a register; src2 anything, for `packedTernary` of 16 bytes.
    case ternary
    case packedTernary
    /// `packed`, with a mask in src3.
    case blend
    case move
    case shift
    case multiply
    case multiplyExtended
    case division
    case signOfAccumulator
    case compareExchange
    case call
    case arguments
    case ret
}

extension Opcode {
    var shape: OperandShape {
        switch self {
        case .add, .or, .adc, .sbb, .and, .sub, .xor, .imul, .cmov, .cmovss, .cmovsd: .tied
        case .addss, .addsd, .mulss, .mulsd, .subss, .subsd, .minss, .minsd, .divss, .divsd, .maxss, .maxsd, .cmpss, .cmpsd: .tied
        case .pinsrb, .pinsrw, .pinsrd, .pinsrq, .movlpsLoad, .movhpsLoad: .tied
        case .neg, .not, .bswap, .bts, .btr, .btc, .xchgMemory, .xaddMemory: .tiedRegister
        case .insertps, .movssMerge, .movsdMerge, .movhlps, .movlhps, .retypeFloat: .tiedRegister
        case .cmp, .test, .ucomiss, .ucomisd: .uses
        case .addMemory, .orMemory, .adcMemory, .sbbMemory, .andMemory, .subMemory, .xorMemory, .cmpMemory, .testMemory: .uses
        case .movStore, .movStoreImmediate, .movssStore, .movsdStore, .movupsStore, .jmpTable: .uses
        case .movlpsStore, .movhpsStore, .pextrbStore, .pextrwStore, .pextrdStore, .pextrqStore: .uses
        case .bt: .usesRegister
        case .rol, .ror, .shl, .shr, .sar, .shld, .shrd: .shift
        case .mulWide, .imulWide: .multiply
        case .mulx: .multiplyExtended
        case .div, .idiv: .division
        case .cqo: .signOfAccumulator
        case .cmpxchgMemory, .updateMemory: .compareExchange
        case .imulImmediate, .movzx8, .movzx16, .movsx8, .movsx16, .movsxd, .lea: .untied
        case .bsf, .bsr, .lzcnt, .tzcnt, .popcnt: .untied
        case .andn, .pdep, .pext, .blsr, .blsmsk, .blsi, .bzhi, .bextr, .shlx, .shrx, .sarx, .rorx: .untied
        case .movss, .movsd, .sqrtss, .sqrtsd, .cvtss2sd, .cvtsd2ss, .cvtsi2ss, .cvtsi2sd, .cvttss2si, .cvttsd2si: .untied
        case .roundss, .roundsd, .movdToFloat: .untied
        case .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq: .untied
        case .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq: .untied
        case .cvtdq2pd, .cvtps2pd, .cvtudq2pd, .movddup, .movqLow: .untied
        case .pbroadcastb, .pbroadcastw, .pbroadcastd, .pbroadcastq, .broadcastss: .untied
        case .movups, .movdFromFloat, .movmskps, .movmskpd: .untiedRegister
        case .pmovmskb, .pextrb, .pextrw, .pextrd, .pextrq: .untiedRegister
        case .setcc, .setccWide, .loadImmediate, .zeroFloat, .onesFloat, .jumpTableAddress: .untiedRegister
        case .paddb, .paddw, .paddd, .paddq, .psubb, .psubw, .psubd, .psubq, .paddsb, .paddsw, .paddusb, .paddusw, .psubsb, .psubsw, .psubusb,
            .psubusw: .packed
        case .pmullw, .pmulld, .pmullq, .pmuludq, .pmuldq, .pmulhw, .pmulhuw, .pmulhrsw, .pmaddwd, .pmaddubsw, .psadbw: .packed
        case .pand, .pandn, .por, .pxor, .andps, .andnps, .orps, .xorps: .packed
        case .pcmpeqb, .pcmpeqw, .pcmpeqd, .pcmpeqq, .pcmpgtb, .pcmpgtw, .pcmpgtd, .pcmpgtq, .cmpps, .cmppd: .packed
        case .pminsb, .pminsw, .pminsd, .pminsq, .pminub, .pminuw, .pminud, .pminuq: .packed
        case .pmaxsb, .pmaxsw, .pmaxsd, .pmaxsq, .pmaxub, .pmaxuw, .pmaxud, .pmaxuq, .pavgb, .pavgw: .packed
        case .packsswb, .packssdw, .packuswb, .packusdw, .unpcklps, .unpckhps, .unpcklpd, .unpckhpd: .packed
        case .punpcklbw, .punpcklwd, .punpckldq, .punpcklqdq, .punpckhbw, .punpckhwd, .punpckhdq, .punpckhqdq: .packed
        case .pshufb, .shufps, .shufpd, .palignr, .pblendw, .blendps, .blendpd, .rangeps, .rangepd: .packed
        case .addps, .addpd, .mulps, .mulpd, .subps, .subpd, .minps, .minpd, .divps, .divpd, .maxps, .maxpd: .packed
        case .psllw, .pslld, .psllq, .psrlw, .psrld, .psrlq, .psraw, .psrad, .psraq, .pslldq, .psrldq: .packed
        case .pabsb, .pabsw, .pabsd, .pabsq, .popcntb, .sqrtps, .sqrtpd, .roundps, .roundpd, .pshufd, .pshuflw, .pshufhw: .packedUnary
        case .cvtdq2ps, .cvttps2dq, .cvttpd2dq, .cvtpd2ps, .cvttps2udq, .cvttpd2udq, .cvtudq2ps: .packedUnary
        case .ptest: .packedUses
        case .blendvps, .blendvpd, .pblendvb: .blend
        case .fmadd213ss, .fmadd213sd, .fnmadd213ss, .fnmadd213sd, .fmadd231ss, .fmadd231sd, .fnmadd231ss, .fnmadd231sd: .ternary
        case .fmadd213ps, .fmadd213pd, .fnmadd213ps, .fnmadd213pd, .fmadd231ps, .fmadd231pd, .fnmadd231ps, .fnmadd231pd: .packedTernary
        case .permi2b, .pternlogd: .packedTernary
        case .mov, .movaps: .move
        case .call, .callIndirect, .tailCall, .tailCallIndirect: .call
        case .arguments, .landingPad: .arguments
        case .ret: .ret
        case .jmp, .jcc, .jccAnd, .jccOr, .ud2, .trapIf, .mfence, .pause, .nop: .none
        }
    }

    /// Whether the operation sets or destroys the flags.
    var writesFlags: Bool {
        switch self {
        case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .addMemory, .orMemory, .adcMemory, .sbbMemory, .andMemory, .subMemory,
            .xorMemory, .cmpMemory, .testMemory, .neg, .rol, .ror, .shl, .shr, .sar, .shld, .shrd, .imul, .imulImmediate, .mulWide,
            .imulWide, .div, .idiv, .bsf, .bsr, .lzcnt, .tzcnt, .popcnt, .bt, .bts, .btr, .btc, .andn, .blsr, .blsmsk, .blsi, .bzhi, .bextr,
            .xaddMemory, .cmpxchgMemory, .updateMemory, .ucomiss, .ucomisd, .ptest, .jumpTableAddress, .call, .callIndirect: true
        default: false
        }
    }
    var readsFlags: Bool {
        switch self {
        case .adc, .sbb, .adcMemory, .sbbMemory, .setcc, .setccWide, .cmov, .cmovss, .cmovsd, .jcc, .jccAnd, .jccOr, .trapIf: true
        default: false
        }
    }
    var isCall: Bool { self == .call || self == .callIndirect }
}

extension MachineInstruction: AllocatableInstruction {
    /// A copy from register to register of the same type that allocation may remove. A 32-bit `mov` zero-extends, so it is none.
    public var isMove: Bool {
        mode == .register && src2.isVirtual && dst.isVirtual && (opcode == .mov && size == .q || opcode == .movaps)
    }
    /// The result is a constant that can be made anew anywhere.
    public var isRematerializable: Bool {
        switch opcode {
        case .loadImmediate, .zeroFloat, .onesFloat: true
        case .lea: memoryKind != .registers && memoryKind != .spill
        case .movss, .movsd, .movups: memoryKind == .constant
        default: false
        }
    }
    public func clobbers(_ infos: [CallInfo]) -> UInt8 {
        switch opcode {
        case .call, .callIndirect: infos[callInfo].clobbers
        case .mulWide, .imulWide, .div, .idiv: dst.isNone ? ClobberSet.rax : dst2.isNone ? ClobberSet.rdx : 0
        case .landingPad: ClobberSet.everything
        default: 0
        }
    }
    public var unwindingCall: Int? { opcode.isCall ? callInfo : nil }
    public mutating func collectOperands(_ collector: inout OperandCollector) { visitOperands(&collector) }
    @inline(__always) public mutating func assignOperands(_ assigner: inout OperandAssigner) { visitOperands(&assigner) }

    @inline(__always)
    mutating func visitOperands<V: SourceVisitor>(_ v: inout V) {
        switch opcode.shape {
        case .none: break
        case .tied:
            use1(&v, .register)
            if mode == .register { v.source(&self) }
            visitMemory(&v)
            v.def(&dst, isVEX ? .register : .tied(0))
        case .tiedRegister:
            use1(&v, .register)
            if mode == .register { v.use(&src2, .register) }
            visitMemory(&v)
            v.def(&dst, isVEX ? .register : .tied(0))
        case .untied:
            use1(&v, .register)
            if mode == .register { v.source(&self) }
            visitMemory(&v)
            v.def(&dst, .register)
        case .untiedRegister:
            use1(&v, .register)
            if mode == .register { v.use(&src2, .register) }
            visitMemory(&v)
            v.def(&dst, .register)
        case .uses:
            use1(&v, .register)
            if mode == .register { v.source(&self) }
            visitMemory(&v)
        case .usesRegister:
            use1(&v, .register)
            if mode == .register { v.use(&src2, .register) }
        case .packed:
            use1(&v, .register)
            if mode == .register { v.vectorSource(&self) }
            visitMemory(&v)
            v.def(&dst, isVEX ? .register : .tied(0))
        case .packedUnary:
            if mode == .register { v.vectorSource(&self) }
            visitMemory(&v)
            v.def(&dst, .register)
        case .packedUses:
            use1(&v, .register)
            if mode == .register { v.vectorSource(&self) }
            visitMemory(&v)
        case .ternary, .packedTernary:
            use1(&v, .register)
            v.use(&src3, .register)
            if mode == .register { opcode.shape == .ternary ? v.source(&self) : v.vectorSource(&self) }
            visitMemory(&v)
            v.def(&dst, .tied(0))
        case .blend:
            use1(&v, .register)
            if mode == .register { v.vectorSource(&self) }
            visitMemory(&v)
            v.use(&src3, isVEX ? .register : .fixed(.xmm(0)))
            v.def(&dst, isVEX ? .register : .tied(0))
        case .move:
            if isMove {
                v.source(&self)
                v.def(&dst, .any)
            } else {
                if mode == .register { v.source(&self) }
                visitMemory(&v)
                v.def(&dst, .register)
            }
        case .shift:
            use1(&v, .register)
            if mode == .register { v.use(&src2, .register) }
            if src3.isSome { v.use(&src3, .fixed(.rcx)) }
            v.def(&dst, .tied(0))
        case .multiply:
            use1(&v, .fixed(.rax))
            if mode == .register { v.source(&self) }
            visitMemory(&v)
            if dst.isSome { v.def(&dst, .fixed(.rax)) }
            if dst2.isSome { v.def(&dst2, .fixed(.rdx)) }
        case .multiplyExtended:
            use1(&v, .fixed(.rdx))
            if mode == .register { v.source(&self) }
            visitMemory(&v)
            v.def(&dst, .register)
            v.def(&dst2, .register)
        case .division:
            use1(&v, .fixed(.rax))
            v.use(&src3, .fixed(.rdx))
            if mode == .register { v.source(&self) }
            visitMemory(&v)
            if dst.isSome { v.def(&dst, .fixed(.rax)) }
            if dst2.isSome { v.def(&dst2, .fixed(.rdx)) }
        case .signOfAccumulator:
            use1(&v, .fixed(.rax))
            v.def(&dst, .fixed(.rdx))
        case .compareExchange:
            use1(&v, .fixed(.rax))
            v.use(&src3, .register)
            visitMemory(&v)
            v.def(&dst, .fixed(.rax))
        case .call:
            v.call(callInfo, uses: true)
            if mode == .register { v.source(&self) }
            visitMemory(&v)
            v.call(callInfo, uses: false)
        case .arguments: v.call(callInfo, uses: false)
        case .ret: v.call(callInfo, uses: true)
        }
    }

    @inline(__always) private mutating func use1<V: SourceVisitor>(_ v: inout V, _ constraint: Operand.Constraint) {
        if src1.isSome { v.use(&src1, constraint) }
    }
    @inline(__always) private mutating func visitMemory<V: SourceVisitor>(_ v: inout V) {
        guard mode == .memory, memoryKind == .registers else { return }
        if base.isSome { v.use(&base, .register) }
        if index.isSome { v.use(&index, .register) }
    }
}

extension OperandCollector: SourceVisitor {
    @inline(__always) mutating func source(_ i: inout MachineInstruction) { use(&i.src2, .any) }
    mutating func vectorSource(_ i: inout MachineInstruction) {
        guard i.src2.isVirtual else { return }
        use(&i.src2, spillSizes[resolve(i.src2).index] == 16 ? .any : .register)
    }
}

extension OperandAssigner: SourceVisitor {
    @inline(__always) mutating func source(_ i: inout MachineInstruction) {
        guard i.src2.isVirtual else { return }
        let place = next()
        if let r = place.asRegister {
            i.src2 = Register(r)
        } else if let slot = place.asSlot {
            i.mode = .memory
            i.memoryKind = .spill
            i.src2 = .none
            i.base = .none
            i.index = .none
            i.displacement = Int32(slot)
        } else {
            preconditionFailure("a source without a place")
        }
    }
    @inline(__always) mutating func vectorSource(_ i: inout MachineInstruction) { source(&i) }
}
