public import PrecastMachineCode

/// Factories of 128-bit vector instructions. `avx` chooses the VEX form, which ties nothing and takes memory of any alignment.
///
/// Without it the result is tied to the first source, and a memory source of 16 bytes must be 16-byte aligned, as constants of
/// the pool and spilled vectors are; shorter ones (`pmovsxbw`, `pinsrb`, `movddup`, …) take any address. A register source that
/// is spilled is read where it lies, unless it is a scalar and the instruction reads 16 bytes.
///
/// Features: SSE4.1 and below, except where an operation says otherwise.
extension MachineInstruction {
    // MARK: Two sources

    /// dst = src1 op source.
    public static func packed(_ op: PackedOperation, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        float(.row(.paddb, op.rawValue), avx: avx, dst: dst, src1: src1, source)
    }
    /// Each lane all ones where `src1 p source`, else all zeros.
    public static func packedCompare(_ p: ComparePredicate, _ size: FloatSize, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        controlled(.row(.cmpps, size.rawValue), dst, src1, source, p.rawValue, avx: avx)
    }
    /// dst = lanes of src1 and source as `control` says. `palignr`: the bytes of src1:source (src1 above) from byte `control`. Blends: source where the lane's bit is set.
    public static func shuffle(_ op: PackedMix, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, control: UInt8, avx: Bool) -> Self {
        controlled(.row(.shufps, op.rawValue), dst, src1, source, control, avx: avx)
    }
    /// dst = lanes of source where the sign bit of the mask's lane is set, else of src1. Without `avx` the mask goes to xmm0.
    public static func blend(_ op: VariableBlend, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, mask: Register, avx: Bool) -> Self {
        var i = float(.row(.blendvps, op.rawValue), avx: avx, dst: dst, src1: src1, source)
        i.src3 = mask
        return i
    }
    /// dst = the low lane of src, the others of src1.
    public static func mergeLow(_ size: FloatSize, _ dst: Register, _ src1: Register, _ src: Register, avx: Bool) -> Self {
        float(.row(.movssMerge, size.rawValue), avx: avx, dst: dst, src1: src1, .register(src))
    }
    /// `movhlps`: dst = upper half of src1, below it the upper half of src.
    public static func moveHighToLow(_ dst: Register, _ src1: Register, _ src: Register, avx: Bool) -> Self {
        float(.movhlps, avx: avx, dst: dst, src1: src1, .register(src))
    }
    /// `movlhps`: dst = lower half of src1, above it the lower half of src.
    public static func moveLowToHigh(_ dst: Register, _ src1: Register, _ src: Register, avx: Bool) -> Self {
        float(.movlhps, avx: avx, dst: dst, src1: src1, .register(src))
    }
    private static func controlled(_ opcode: Opcode, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, _ control: UInt8, avx: Bool) -> Self {
        var i = float(opcode, avx: avx, dst: dst, src1: src1, source)
        i.immediate = Int64(control)
        return i
    }

    // MARK: One source

    public static func packedUnary(_ op: PackedUnaryOperation, _ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        float(.row(.pabsb, op.rawValue), avx: avx, dst: dst, source)
    }
    public static func packedRound(_ mode: RoundingMode, _ size: FloatSize, _ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        controlled(.row(.roundps, size.rawValue), dst, .none, source, mode.rawValue, avx: avx)
    }
    /// dst = lanes of source, two bits of `control` each. `pshuflw` and `pshufhw` leave the other half.
    public static func shuffle(_ op: PackedShuffle, _ dst: Register, _ source: RegisterOrMemory, control: UInt8, avx: Bool) -> Self {
        controlled(.row(.pshufd, op.rawValue), dst, .none, source, control, avx: avx)
    }
    /// dst = src1 with each lane shifted by `count`.
    public static func packedShift(_ op: PackedShift, _ dst: Register, _ src1: Register, _ count: PackedShiftCount, avx: Bool) -> Self {
        let opcode = Opcode.row(.psllw, op.rawValue)
        return switch count {
        case .register(let r): float(opcode, avx: avx, dst: dst, src1: src1, .register(r))
        case .immediate(let n): shifted(opcode, dst, src1, n, avx: avx)
        }
    }
    /// dst = src1 moved up by whole bytes, zero below.
    public static func shiftBytesLeft(_ dst: Register, _ src1: Register, _ count: UInt8, avx: Bool) -> Self { shifted(.pslldq, dst, src1, count, avx: avx) }
    /// dst = src1 moved down by whole bytes, zero above.
    public static func shiftBytesRight(_ dst: Register, _ src1: Register, _ count: UInt8, avx: Bool) -> Self { shifted(.psrldq, dst, src1, count, avx: avx) }
    private static func shifted(_ opcode: Opcode, _ dst: Register, _ src1: Register, _ count: UInt8, avx: Bool) -> Self {
        var i = Self(opcode, .x)
        i.dst = dst
        i.src1 = src1
        i.mode = .immediate
        i.immediate = Int64(count)
        if avx { i.flags.insert(.vex) }
        return i
    }
    /// dst = all bits set. Made anew instead of spilled.
    public static func onesFloat(_ dst: Register, avx: Bool) -> Self {
        var i = Self(.onesFloat, .x)
        i.dst = dst
        if avx { i.flags.insert(.vex) }
        return i
    }

    // MARK: To integers and flags

    /// dst (32 bits) = sign bits of the bytes. Those of floating-point lanes: ``signMask(_:_:_:avx:)``.
    public static func byteMask(_ dst: Register, _ src: Register, avx: Bool) -> Self { float(.pmovmskb, avx: avx, dst: dst, .register(src)) }
    /// ZF = (a & b == 0), CF = (~a & b == 0); the others are clear.
    public static func ptest(_ a: Register, _ b: RegisterOrMemory, avx: Bool) -> Self { float(.ptest, avx: avx, src1: a, b) }

    // MARK: Lanes

    /// dst = src1 with lane `lane` of `size` (8 to 64 bits) from an integer register or memory of that size.
    public static func insert(_ size: OperandSize, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, lane: UInt8, avx: Bool) -> Self {
        var i = controlled(.row(.pinsrb, size.rawValue), dst, src1, source, lane, avx: avx)
        i.size = size
        return i
    }
    /// Integer register dst = lane `lane` of `size` (8 to 64 bits), zero-extended.
    public static func extract(_ size: OperandSize, _ dst: Register, _ src: Register, lane: UInt8, avx: Bool) -> Self {
        var i = controlled(.row(.pextrb, size.rawValue), dst, .none, .register(src), lane, avx: avx)
        i.size = size
        return i
    }
    /// [m] = lane `lane` of `size` (8 to 64 bits).
    public static func storeLane(_ size: OperandSize, _ m: MemoryOperand, _ src: Register, lane: UInt8, avx: Bool) -> Self {
        var i = controlled(.row(.pextrbStore, size.rawValue), .none, src, .memory(m), lane, avx: avx)
        i.size = size
        return i
    }
    /// `insertps`: dst = src1 with lane `lane` from lane `from` of a register, or from memory of 32 bits; lanes in `zero` (a bit each) are 0.
    public static func insertFloat(_ dst: Register, _ src1: Register, _ source: RegisterOrMemory, lane: UInt8, from: UInt8 = 0, zero: UInt8 = 0, avx: Bool) -> Self {
        controlled(.insertps, dst, src1, source, from << 6 | lane << 4 | zero, avx: avx)
    }
    /// dst = src1 with one half from 64 bits of memory.
    public static func loadHalf(_ half: VectorHalf, _ dst: Register, _ src1: Register, _ m: MemoryOperand, avx: Bool) -> Self {
        float(.row(.movlpsLoad, half.rawValue), avx: avx, dst: dst, src1: src1, .memory(m))
    }
    /// 64 bits of memory = one half of src.
    public static func storeHalf(_ half: VectorHalf, _ m: MemoryOperand, _ src: Register, avx: Bool) -> Self {
        float(.row(.movlpsStore, half.rawValue), avx: avx, src1: src, .memory(m))
    }

    // MARK: Fused and ternary

    /// dst = ±(src1 * multiplier) + addend, rounded once; dst is tied to src1. FMA. `negated`: the product is.
    public static func fusedMultiplyAdd(
        _ format: FusedFormat, _ dst: Register, _ src1: Register, multiplier: Register, addend: RegisterOrMemory, negated: Bool = false
    ) -> Self {
        ternary(.row(negated ? .fnmadd213ps : .fmadd213ps, format.rawValue), dst, src1, multiplier, addend)
    }
    /// dst = accumulator ± (a * b), rounded once; dst is tied to the accumulator. FMA. `negated`: the product is.
    public static func fusedAccumulate(
        _ format: FusedFormat, _ dst: Register, accumulator: Register, _ a: Register, _ b: RegisterOrMemory, negated: Bool = false
    ) -> Self {
        ternary(.row(negated ? .fnmadd231ps : .fmadd231ps, format.rawValue), dst, accumulator, a, b)
    }
    /// Each bit of dst = bit `a << 2 | b << 1 | c` of `table`; dst is tied to a. AVX-512VL.
    public static func ternaryLogic(_ dst: Register, _ a: Register, _ b: Register, _ c: RegisterOrMemory, table: UInt8) -> Self {
        var i = ternary(.pternlogd, dst, a, b, c)
        i.immediate = Int64(table)
        return i
    }
    /// dst = bytes of the 32 of `high`:`low` that the low five bits of the bytes of `indices` number; dst is tied to the indices. AVX-512VBMI.
    public static func permuteBytes(_ dst: Register, indices: Register, low: Register, high: RegisterOrMemory) -> Self {
        ternary(.permi2b, dst, indices, low, high)
    }
    private static func ternary(_ opcode: Opcode, _ dst: Register, _ src1: Register, _ src3: Register, _ source: RegisterOrMemory) -> Self {
        var i = float(opcode, avx: true, dst: dst, src1: src1, source)
        i.src3 = src3
        return i
    }
}
