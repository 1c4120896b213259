/// Operations. Names are the assembler's where an encoding row exists; `EncodingRow` has the rows, `shape` the operands.
@frozen public enum Opcode: UInt16, Sendable, CaseIterable {
    // dst = src1 op src2 (register, shifted or extended register, immediate). The `s` forms set the flags.
    case add, adds, sub, subs
    // … (register, shifted register, and for the first four an immediate).
    case and, ands, orr, eor, bic, bics, orn, eon
    case lslv, lsrv, asrv, rorv
    // dst = bits of src1; `immediate` is `rotation | last bit << 8`. bfm: the others of src2.
    case ubfm, sbfm, bfm
    // dst = src1:src2 shifted right.
    case extr
    // dst = src3 ± src1 * src2; of the long ones the factors are 32 bits.
    case madd, msub, smaddl, umaddl, smsubl, umsubl
    case smulh, umulh
    case udiv, sdiv
    case adc, adcs, sbc, sbcs
    case clz, cls, rbit, rev, rev16, rev32
    // dst = condition ? src1 : op src2.
    case csel, csinc, csinv, csneg
    // flags = condition ? src1 op src2 (register, immediate 0…31) : `nzcv`.
    case ccmp, ccmn
    // `immediate` 16 bits shifted by `amount`.
    case movz, movn, movk

    // Memory. `size` is the register's; a float register's is its width.
    case ldr, ldrb, ldrh, ldrsb, ldrsh, ldrsw
    case str, strb, strh
    // dst and dst2, src1 and src2.
    case ldp, stp

    // Scalar floating point, of `size`.
    case fadd, fsub, fmul, fdiv, fmax, fmin, fmaxnm, fminnm, fnmul
    // dst = ±src3 ± src1 * src2.
    case fmadd, fmsub, fnmadd, fnmsub
    case fmov, fabs, fneg, fsqrt
    case frintn, frintp, frintm, frintz, frinta, frintx, frinti
    // From `size2` to `size`.
    case fcvt
    case fcmp
    case fcsel
    case fmovImmediate
    // Between an integer register of `size2` and a float register of `size`.
    case fmovToFloat, fmovFromFloat
    case scvtf, ucvtf, fcvtzs, fcvtzu

    /// Advanced SIMD on registers: a ``VectorOpcode``.
    case vector
    // All lanes of dst, or one of src3's or src1's, and memory.
    case ld1r, ld1, st1

    // Memory, acquired or released; `amount` is an ``AtomicAccess``.
    case ldar, stlr, ldaxr, stlxr
    // dst = memory, which becomes `dst op src1`; src1 if it is src3.
    case ldadd, ldclr, ldset, ldeor, swp, cas
    case dmb

    // Control.
    case udf, nop, ret, br, blr
    // No-operations without the features that they are of. A landing pad of indirect branches, `amount` a ``BranchTarget``.
    case bti
    // The return address, signed and authenticated with the stack pointer; x17 authenticated with x16.
    case paciasp, autiasp, autia1716

    // Of several instructions, or none: expanded by emission.
    /// As `ldadd` and the like, and `cas`, by exclusive accesses.
    case updateLoop, compareExchangeLoop
    case loadImmediate
    /// dst = a float constant, its bits in `immediate`.
    case loadFloat
    /// dst = address of a stack slot, incoming or outgoing argument.
    case frameAddress
    /// dst = address of a function or of read-only data.
    case symbolAddress
    /// dst = address of entry `src1` of a jump table.
    case jumpTableAddress
    /// Defines the function's arguments; no code.
    case arguments
    case landingPad
    case jump
    /// By the flags, by a register (`src1`) or a bit of it (`amount`).
    case branch, branchZero, branchNonzero, branchBitClear, branchBitSet
    case branchTable
    case call, callIndirect
    case tailCall, tailCallIndirect
    case functionReturn
    case trap
    case trapIf, trapZero, trapNonzero, trapBitClear, trapBitSet
}

/// Operations of ``MachineInstruction/arithmetic(_:_:_:_:_:)``, in the order of their opcodes.
@frozen public enum ArithmeticOperation: UInt8, Sendable, CaseIterable { case add = 0, adds, sub, subs }
@frozen public enum LogicOperation: UInt8, Sendable, CaseIterable {
    case and = 0, ands, orr, eor, bic, bics, orn, eon
    /// The forms that take an immediate.
    @inlinable public var takesImmediate: Bool { rawValue < LogicOperation.bic.rawValue }
    /// With the second source inverted.
    var inverted: LogicOperation? {
        switch self {
        case .and: .bic
        case .ands: .bics
        case .orr: .orn
        case .eor: .eon
        default: nil
        }
    }
}
@frozen public enum ShiftOperation: UInt8, Sendable, CaseIterable { case lsl = 0, lsr, asr, ror }
@frozen public enum BitfieldMove: UInt8, Sendable, CaseIterable { case unsigned = 0, signed }
@frozen public enum MultiplyAdd: UInt8, Sendable, CaseIterable { case madd = 0, msub, smaddl, umaddl, smsubl, umsubl }
@frozen public enum CarryOperation: UInt8, Sendable, CaseIterable { case adc = 0, adcs, sbc, sbcs }
@frozen public enum UnaryOperation: UInt8, Sendable, CaseIterable { case clz = 0, cls, rbit, rev, rev16, rev32 }
@frozen public enum SelectOperation: UInt8, Sendable, CaseIterable { case csel = 0, csinc, csinv, csneg }
@frozen public enum MoveWide: UInt8, Sendable, CaseIterable { case zero = 0, inverted, keep }
@frozen public enum LoadKind: UInt8, Sendable, CaseIterable { case full = 0, unsigned8, unsigned16, signed8, signed16, signed32 }
/// What may come to a `bti`: calls, and branches by x16 and x17; any branches.
@frozen public enum BranchTarget: UInt8, Sendable { case call = 1, jump }
@frozen public enum StoreKind: UInt8, Sendable, CaseIterable { case full = 0, low8, low16 }
@frozen public enum FloatOperation: UInt8, Sendable, CaseIterable { case add = 0, sub, mul, div, max, min, maxnm, minnm, nmul }
@frozen public enum FloatMultiplyAdd: UInt8, Sendable, CaseIterable { case fmadd = 0, fmsub, fnmadd, fnmsub }
@frozen public enum FloatUnary: UInt8, Sendable, CaseIterable {
    case mov = 0, abs, neg, sqrt
    case rintn, rintp, rintm, rintz, rinta, rintx, rinti
}
