public import PrecastMachineCode

/// Factories of scalar floating-point instructions of `size` `s` or `d`.
extension MachineInstruction {
    public static func float(_ op: FloatOperation, _ size: OperandSize, _ dst: Register, _ a: Register, _ b: Register) -> Self {
        Self(.row(.fadd, op.rawValue), size, dst: dst, a, b)
    }
    /// dst = ±addend ± a * b, rounded once.
    public static func floatMultiplyAdd(_ op: FloatMultiplyAdd, _ size: OperandSize, _ dst: Register, _ a: Register, _ b: Register, addend: Register) -> Self {
        Self(.row(.fmadd, op.rawValue), size, dst: dst, a, b).with { $0.src3 = addend }
    }
    public static func floatUnary(_ op: FloatUnary, _ size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        Self(.row(.fmov, op.rawValue), size, dst: dst, src)
    }
    /// A copy the allocator tries to make disappear; of `q` a whole vector.
    public static func moveFloat(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        size == .q ? vector(.orr, .b16, dst, src, src) : floatUnary(.mov, size, dst, src)
    }
    /// Flags of a and b, or of a and 0.0 where b is none.
    public static func fcmp(_ size: OperandSize, _ a: Register, _ b: Register = .none) -> Self { Self(.fcmp, size, a, b) }
    public static func floatSelect(_ cc: Condition, _ size: OperandSize, _ dst: Register, _ yes: Register, _ no: Register) -> Self {
        Self(.fcsel, size, dst: dst, yes, no).with { $0.condition = cc }
    }
    /// dst = a constant that ``Immediates/float(_:_:)`` encodes.
    public static func floatImmediate(_ size: OperandSize, _ dst: Register, _ encoded: UInt8) -> Self {
        Self(.fmovImmediate, size, dst: dst).with { $0.immediate = Int64(encoded) }
    }
    /// dst = the number with these bits: by `fmov`, through an integer register or from the literal pool. Made anew instead of spilled.
    public static func loadFloat(_ size: OperandSize, _ dst: Register, bits: UInt64) -> Self {
        Self(.loadFloat, size, dst: dst).with { $0.immediate = Int64(bitPattern: bits) }
    }

    // MARK: Conversions

    /// Bits of an integer register into a float register of the same width.
    public static func moveToFloat(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        Self(.fmovToFloat, size, dst: dst, src).with { $0.size2 = size == .s ? .w : .x }
    }
    public static func moveFromFloat(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        Self(.fmovFromFloat, size, dst: dst, src).with { $0.size2 = size == .s ? .w : .x }
    }
    public static func convert(from: OperandSize, to size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        Self(.fcvt, size, dst: dst, src).with { $0.size2 = from }
    }
    public static func fromInteger(signed: Bool, _ integer: OperandSize, to size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        Self(signed ? .scvtf : .ucvtf, size, dst: dst, src).with { $0.size2 = integer }
    }
    /// Toward zero; the nearest integer there is for what does not fit, 0 for a NaN.
    public static func toInteger(signed: Bool, _ integer: OperandSize, from size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        Self(signed ? .fcvtzs : .fcvtzu, size, dst: dst, src).with { $0.size2 = integer }
    }
}
