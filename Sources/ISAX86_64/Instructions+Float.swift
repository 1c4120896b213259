public import PrecastMachineCode

/// Factories of scalar floating-point instructions. `avx` chooses the three-operand VEX form, which ties nothing.
extension MachineInstruction {
    @inlinable static func float(_ opcode: Opcode, avx: Bool, dst: Register = .none, src1: Register = .none, _ source: RegisterOrMemory) -> Self {
        var i = Self(opcode, .x)
        i.dst = dst
        i.src1 = src1
        i.set(source)
        if avx { i.flags.insert(.vex) }
        return i
    }

    /// dst = src of the same type: a copy the allocator tries to make disappear.
    public static func moveFloat(_ dst: Register, _ src: Register, avx: Bool) -> Self { float(.movaps, avx: avx, dst: dst, .register(src)) }
    /// The rest of the register is zero.
    public static func loadFloat(_ size: FloatSize, _ dst: Register, _ m: MemoryOperand, avx: Bool) -> Self {
        float(.row(.movss, size.rawValue), avx: avx, dst: dst, .memory(m))
    }
    public static func storeFloat(_ size: FloatSize, _ m: MemoryOperand, _ src: Register, avx: Bool) -> Self {
        float(.row(.movssStore, size.rawValue), avx: avx, src1: src, .memory(m))
    }
    /// 16 bytes, any alignment.
    public static func loadVector(_ dst: Register, _ m: MemoryOperand, avx: Bool) -> Self { float(.movups, avx: avx, dst: dst, .memory(m)) }
    public static func storeVector(_ m: MemoryOperand, _ src: Register, avx: Bool) -> Self { float(.movupsStore, avx: avx, src1: src, .memory(m)) }
    /// dst = +0.0. Made anew instead of spilled.
    public static func zeroFloat(_ dst: Register, avx: Bool) -> Self {
        var i = Self(.zeroFloat, .x)
        i.dst = dst
        if avx { i.flags.insert(.vex) }
        return i
    }
    /// dst = src as another type: the scalar in the low lane of a vector, or a vector with undefined lanes above a scalar. No code.
    public static func retypeFloat(_ dst: Register, _ src: Register) -> Self {
        var i = Self(.retypeFloat, .x)
        i.dst = dst
        i.src1 = src
        return i
    }
    /// dst = cc ? source : otherwise, by a branch: for what the processor can predict. The source may be read only if the condition holds.
    public static func cmovFloat(_ cc: Condition, _ size: FloatSize, _ dst: Register, otherwise: Register, _ source: RegisterOrMemory) -> Self {
        var i = float(.row(.cmovss, size.rawValue), avx: false, dst: dst, src1: otherwise, source)
        i.condition = cc
        return i
    }
    /// Bits of an integer register or memory (32 or 64) into a float register.
    public static func moveToFloat(_ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        var i = float(.movdToFloat, avx: avx, dst: dst, source)
        i.size = size
        return i
    }
    public static func moveFromFloat(_ size: OperandSize, _ dst: Register, _ src: Register, avx: Bool) -> Self {
        var i = float(.movdFromFloat, avx: avx, dst: dst, .register(src))
        i.size = size
        return i
    }

    public static func float(_ op: FloatOperation, _ size: FloatSize, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        float(.row(.addss, op.rawValue * 2 + size.rawValue), avx: avx, dst: dst, src1: src1, source)
    }
    public static func sqrt(_ size: FloatSize, _ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        float(.row(.sqrtss, size.rawValue), avx: avx, dst: dst, source)
    }
    /// SSE4.1.
    public static func round(_ mode: RoundingMode, _ size: FloatSize, _ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        var i = float(.row(.roundss, size.rawValue), avx: avx, dst: dst, source)
        i.immediate = Int64(mode.rawValue)
        return i
    }
    /// dst = all ones or all zeros in the low lane.
    public static func compareMask(_ p: ComparePredicate, _ size: FloatSize, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        var i = float(.row(.cmpss, size.rawValue), avx: avx, dst: dst, src1: src1, source)
        i.immediate = Int64(p.rawValue)
        return i
    }
    /// Sets ZF, PF, CF. Unordered: all three.
    public static func ucomis(_ size: FloatSize, _ a: Register, _ b: RegisterOrMemory, avx: Bool) -> Self {
        float(.row(.ucomiss, size.rawValue), avx: avx, src1: a, b)
    }
    /// dst = src1 op source over 16 bytes; without `avx` a memory source is 16-byte aligned (pool constants of 16 bytes are). `andNot`: ~src1 & source.
    public static func logic(_ op: FloatLogic, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        float(.row(.andps, op.rawValue), avx: avx, dst: dst, src1: src1, source)
    }
    /// Interleaves the low two 32-bit lanes.
    public static func unpackLow(_ dst: Register, _ src1: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        float(.unpcklps, avx: avx, dst: dst, src1: src1, source)
    }
    /// Sign bits of the lanes.
    public static func signMask(_ size: FloatSize, _ dst: Register, _ src: Register, avx: Bool) -> Self {
        float(.row(.movmskps, size.rawValue), avx: avx, dst: dst, .register(src))
    }

    /// float64 from float32.
    public static func promote(_ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self { float(.cvtss2sd, avx: avx, dst: dst, source) }
    /// float32 from float64.
    public static func demote(_ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self { float(.cvtsd2ss, avx: avx, dst: dst, source) }
    /// From a signed integer of `size` (32 or 64 bits).
    public static func fromInteger(_ size: OperandSize, to float: FloatSize, _ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        var i = Self.float(.row(.cvtsi2ss, float.rawValue), avx: avx, dst: dst, source)
        i.size = size
        return i
    }
    /// To a signed integer of `size`, toward zero; the smallest integer when it does not fit.
    public static func toInteger(_ size: OperandSize, from float: FloatSize, _ dst: Register, _ source: RegisterOrMemory, avx: Bool) -> Self {
        var i = Self.float(.row(.cvttss2si, float.rawValue), avx: avx, dst: dst, source)
        i.size = size
        return i
    }
}
