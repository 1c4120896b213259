/// Operations. Names are the assembler's where an encoding row exists; `Encode` has the rows, `Shape` the operands.
@frozen public enum Opcode: UInt16, Sendable, CaseIterable {
    // Two-address arithmetic: dst = src1 op src2 (register, memory, immediate).
    case add, or, adc, sbb, and, sub, xor
    // Flags only.
    case cmp, test
    // Read-modify-write of memory by register or immediate; `lock` flag allowed.
    case addMemory, orMemory, adcMemory, sbbMemory, andMemory, subMemory, xorMemory
    case cmpMemory, testMemory
    // dst = op src1.
    case neg, not, bswap
    // dst = src1 shifted by immediate or cl.
    case rol, ror, shl, shr, sar
    // dst = src1 with bits of src2 shifted in, by immediate or cl.
    case shld, shrd
    case imul, imulImmediate
    // rdx:rax = rax * src2.
    case mulWide, imulWide
    // dst (high), dst2 (low) = rdx * src2; flags untouched.
    case mulx
    // rax, rdx = quotient, remainder of rdx:rax by src2.
    case div, idiv
    // rdx = sign of rax (cdq, cqo by size).
    case cqo
    case mov, movzx8, movzx16, movsx8, movsx16, movsxd
    case lea
    case movStore, movStoreImmediate
    case setcc
    case cmov
    case bsf, bsr, lzcnt, tzcnt, popcnt
    case bt, bts, btr, btc
    case andn, pdep, pext
    case blsr, blsmsk, blsi
    case bzhi, bextr, shlx, shrx, sarx
    case rorx
    // Exchange with memory; xadd and cmpxchg take the `lock` flag.
    case xchgMemory, xaddMemory, cmpxchgMemory
    case mfence, pause, nop

    // Scalar floating point: register from register or memory.
    case movss, movsd, movups, movaps
    case movssStore, movsdStore, movupsStore
    case movdToFloat, movdFromFloat
    case addss, addsd, mulss, mulsd, subss, subsd, minss, minsd, divss, divsd, maxss, maxsd
    case sqrtss, sqrtsd
    case cvtss2sd, cvtsd2ss
    case cvtsi2ss, cvtsi2sd, cvttss2si, cvttsd2si
    case ucomiss, ucomisd
    case roundss, roundsd
    case cmpss, cmpsd
    case movmskps, movmskpd

    // Vectors of 128 bits. Names are the assembler's without the `v` of VEX and EVEX forms.
    // Two sources, in the order of `PackedOperation`.
    case paddb, paddw, paddd, paddq, psubb, psubw, psubd, psubq
    case paddsb, paddsw, paddusb, paddusw, psubsb, psubsw, psubusb, psubusw
    case pmullw, pmulld, pmuludq, pmuldq, pmulhw, pmulhuw, pmulhrsw, pmaddwd, pmaddubsw, psadbw
    case pand, pandn, por, pxor
    case pcmpeqb, pcmpeqw, pcmpeqd, pcmpeqq, pcmpgtb, pcmpgtw, pcmpgtd, pcmpgtq
    case pminsb, pminsw, pminsd, pminub, pminuw, pminud, pmaxsb, pmaxsw, pmaxsd, pmaxub, pmaxuw, pmaxud
    case pavgb, pavgw
    case packsswb, packssdw, packuswb, packusdw
    case punpcklbw, punpcklwd, punpckldq, punpcklqdq, punpckhbw, punpckhwd, punpckhdq, punpckhqdq
    case pshufb
    case addps, addpd, mulps, mulpd, subps, subpd, minps, minpd, divps, divpd, maxps, maxpd
    case andps, andnps, orps, xorps
    case unpcklps, unpckhps, unpcklpd, unpckhpd
    case pmullq, pminsq, pminuq, pmaxsq, pmaxuq
    // One source, in the order of `PackedUnaryOperation`.
    case pabsb, pabsw, pabsd, sqrtps, sqrtpd
    case cvtdq2ps, cvttps2dq, cvttpd2dq, cvtpd2ps
    case pabsq, popcntb, cvttps2udq, cvttpd2udq, cvtudq2ps
    // … that read less than 16 bytes.
    case pmovsxbw, pmovsxbd, pmovsxbq, pmovsxwd, pmovsxwq, pmovsxdq
    case pmovzxbw, pmovzxbd, pmovzxbq, pmovzxwd, pmovzxwq, pmovzxdq
    case cvtdq2pd, cvtps2pd, movddup, movqLow
    case pbroadcastb, pbroadcastw, pbroadcastd, pbroadcastq, broadcastss
    case cvtudq2pd
    // By an immediate, or by the low 64 bits of a vector.
    case psllw, pslld, psllq, psrlw, psrld, psrlq, psraw, psrad, psraq
    // By bytes.
    case pslldq, psrldq
    // One source and an immediate.
    case roundps, roundpd, pshufd, pshuflw, pshufhw
    // Two sources and an immediate.
    case cmpps, cmppd
    case shufps, shufpd, palignr, pblendw, blendps, blendpd, rangeps, rangepd
    case insertps
    /// dst = lanes of src2 where the sign bit of src3 is set, else of src1. SSE: src3 is xmm0.
    case blendvps, blendvpd, pblendvb
    // dst = src1 with a lane from an integer register or memory.
    case pinsrb, pinsrw, pinsrd, pinsrq
    case pextrb, pextrw, pextrd, pextrq
    case pextrbStore, pextrwStore, pextrdStore, pextrqStore
    // dst = the low lane of src2, the others of src1.
    case movssMerge, movsdMerge
    case movhlps, movlhps
    // 64-bit halves from and to memory.
    case movlpsLoad, movhpsLoad, movlpsStore, movhpsStore
    case pmovmskb
    case ptest
    /// dst = src1 * src3 + src2.
    case fmadd213ps, fmadd213pd, fmadd213ss, fmadd213sd, fnmadd213ps, fnmadd213pd, fnmadd213ss, fnmadd213sd
    /// dst = src3 * src2 + src1.
    case fmadd231ps, fmadd231pd, fmadd231ss, fmadd231sd, fnmadd231ps, fnmadd231pd, fnmadd231ss, fnmadd231sd
    /// dst = bytes of src2:src3 (src2 above) that the bytes of src1 number.
    case permi2b
    /// Bit by bit: the bit of the immediate that src1, src3, src2 number.
    case pternlogd

    // Of several instructions, or none: expanded by emission.
    case loadImmediate
    case zeroFloat, onesFloat
    /// dst = src1 as a float register of another type.
    case retypeFloat
    /// dst = setcc, zero-extended.
    case setccWide
    /// dst = source if the condition holds, else src1: by a branch around a move.
    case cmovss, cmovsd
    case jumpTableAddress
    /// dst (rax) = old [m], last seen as src1 (rax); [m] = old op src3 (an `ALUOperation` in `immediate`), atomically: a loop.
    case updateMemory
    /// Defines the function's arguments; no code.
    case arguments
    case jmp, jcc
    /// Then if both (either) of two conditions hold.
    case jccAnd, jccOr
    case jmpTable
    case landingPad, call, callIndirect
    case tailCall, tailCallIndirect
    case ret
    case ud2
    case trapIf
}

/// The operations of ``MachineInstruction/alu(_:_:_:_:_:)``.
@frozen public enum ALUOperation: UInt8, Sendable, CaseIterable { case add = 0, or, adc, sbb, and, sub, xor }
@frozen public enum ShiftOperation: UInt8, Sendable, CaseIterable { case rol = 0, ror, shl, shr, sar }
@frozen public enum UnaryOperation: UInt8, Sendable, CaseIterable { case neg = 0, not, bswap }
@frozen public enum BitCount: UInt8, Sendable, CaseIterable { case bsf = 0, bsr, lzcnt, tzcnt, popcnt }
@frozen public enum BitTest: UInt8, Sendable, CaseIterable { case set = 0, reset, complement }
/// BMI operations of one source.
@frozen public enum LowestBit: UInt8, Sendable, CaseIterable { case blsr = 0, blsmsk, blsi }
/// BMI operations that take the controlling register last.
@frozen public enum ControlledOperation: UInt8, Sendable, CaseIterable { case bzhi = 0, bextr, shlx, shrx, sarx }
/// BMI operations of register and register-or-memory.
@frozen public enum MaskOperation: UInt8, Sendable, CaseIterable { case andn = 0, pdep, pext }
@frozen public enum Extension: UInt8, Sendable, CaseIterable {
    case zero8 = 0, zero16, sign8, sign16, sign32
}
@frozen public enum FloatOperation: UInt8, Sendable, CaseIterable { case add = 0, mul, sub, min, div, max }
@frozen public enum FloatLogic: UInt8, Sendable, CaseIterable { case and = 0, andNot, or, xor }
/// Rounding of `roundss`, `roundps` and the like; inexact is not signalled.
@frozen public enum RoundingMode: UInt8, Sendable, CaseIterable { case nearestEven = 8, down, up, towardZero }
/// Predicates of `cmpss`, `cmpps` and the like.
@frozen public enum ComparePredicate: UInt8, Sendable, CaseIterable { case eq = 0, lt, le, unord, neq, nlt, nle, ord }

/// Operations of two vectors, in the order of their opcodes.
@frozen public enum PackedOperation: UInt8, Sendable, CaseIterable {
    case paddb = 0, paddw, paddd, paddq, psubb, psubw, psubd, psubq
    case paddsb, paddsw, paddusb, paddusw, psubsb, psubsw, psubusb, psubusw
    case pmullw, pmulld, pmuludq, pmuldq, pmulhw, pmulhuw, pmulhrsw, pmaddwd, pmaddubsw, psadbw
    /// `pandn` is ~src1 & source.
    case pand, pandn, por, pxor
    /// `pcmpgtq`: SSE4.2.
    case pcmpeqb, pcmpeqw, pcmpeqd, pcmpeqq, pcmpgtb, pcmpgtw, pcmpgtd, pcmpgtq
    case pminsb, pminsw, pminsd, pminub, pminuw, pminud, pmaxsb, pmaxsw, pmaxsd, pmaxub, pmaxuw, pmaxud
    case pavgb, pavgw
    /// The low half of the result from src1.
    case packsswb, packssdw, packuswb, packusdw
    case punpcklbw, punpcklwd, punpckldq, punpcklqdq, punpckhbw, punpckhwd, punpckhdq, punpckhqdq
    /// Bytes of src1 chosen by source; 0 where its sign bit is set.
    case pshufb
    case addps, addpd, mulps, mulpd, subps, subpd, minps, minpd, divps, divpd, maxps, maxpd
    case andps, andnps, orps, xorps
    case unpcklps, unpckhps, unpcklpd, unpckhpd
    /// AVX-512VL, `pmullq` with AVX-512DQ: always `avx`.
    case pmullq, pminsq, pminuq, pmaxsq, pmaxuq
}

/// Operations of one vector, in the order of their opcodes.
@frozen public enum PackedUnaryOperation: UInt8, Sendable, CaseIterable {
    case pabsb = 0, pabsw, pabsd, sqrtps, sqrtpd
    case cvtdq2ps, cvttps2dq, cvttpd2dq, cvtpd2ps
    /// AVX-512VL, `popcntb` with AVX-512BITALG: always `avx`.
    case pabsq, popcntb, cvttps2udq, cvttpd2udq, cvtudq2ps
    case pmovsxbw, pmovsxbd, pmovsxbq, pmovsxwd, pmovsxwq, pmovsxdq
    case pmovzxbw, pmovzxbd, pmovzxbq, pmovzxwd, pmovzxwq, pmovzxdq
    /// `movqLow`: the low 64 bits, zero above.
    case cvtdq2pd, cvtps2pd, movddup, movqLow
    /// AVX2, `broadcastss` from memory AVX: always `avx`.
    case pbroadcastb, pbroadcastw, pbroadcastd, pbroadcastq, broadcastss
    /// AVX-512VL: always `avx`.
    case cvtudq2pd
}

/// Shifts of lanes; `psraq` needs AVX-512VL and `avx`. A count of the lane's width or more gives 0, or all sign bits.
@frozen public enum PackedShift: UInt8, Sendable, CaseIterable {
    case psllw = 0, pslld, psllq, psrlw, psrld, psrlq, psraw, psrad, psraq
}
/// Shuffles of one vector by an immediate.
@frozen public enum PackedShuffle: UInt8, Sendable, CaseIterable { case pshufd = 0, pshuflw, pshufhw }
/// Shuffles and blends of two vectors by an immediate.
@frozen public enum PackedMix: UInt8, Sendable, CaseIterable {
    case shufps = 0, shufpd, palignr, pblendw, blendps, blendpd
    /// AVX-512VL and AVX-512DQ: always `avx`. `control` 4: the smaller number, 5: the greater.
    case rangeps, rangepd
}
@frozen public enum VariableBlend: UInt8, Sendable, CaseIterable { case blendvps = 0, blendvpd, pblendvb }
/// Halves of a vector.
@frozen public enum VectorHalf: UInt8, Sendable, CaseIterable { case low = 0, high }
/// Formats of fused multiply-add.
@frozen public enum FusedFormat: UInt8, Sendable, CaseIterable { case ps = 0, pd, ss, sd }
