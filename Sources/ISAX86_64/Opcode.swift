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
    case andps, andnps, orps, xorps
    case movmskps, movmskpd
    case unpcklps

    // Of several instructions, or none: expanded by emission.
    case loadImmediate
    case zeroFloat
    /// dst = setcc, zero-extended.
    case setccWide
    case jumpTableAddress
    /// Defines the function's arguments; no code.
    case arguments
    case jmp, jcc
    /// Then if both (either) of two conditions hold.
    case jccAnd, jccOr
    case jmpTable
    case call, callIndirect
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
/// Rounding of `roundss` and `roundsd`; inexact is not signalled.
@frozen public enum RoundingMode: UInt8, Sendable, CaseIterable { case nearestEven = 8, down, up, towardZero }
/// Predicates of `cmpss` and `cmpsd`.
@frozen public enum ComparePredicate: UInt8, Sendable, CaseIterable { case eq = 0, lt, le, unord, neq, nlt, nle, ord }
