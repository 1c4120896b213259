public import PrecastMachineCode

/// Factories of integer instructions of `size` `w` or `x`. `dst` is defined; all other registers are used. ``Register/zr`` may stand for
/// any source but that of an extended or immediate form, where it would be the stack pointer.
extension MachineInstruction {
    // MARK: Arithmetic and logic

    public static func arithmetic(_ op: ArithmeticOperation, _ size: OperandSize, _ dst: Register, _ src1: Register, _ source: Source) -> Self {
        Self(.row(.add, op.rawValue), size, dst: dst, src1).with { $0.set(source) }
    }
    public static func logic(_ op: LogicOperation, _ size: OperandSize, _ dst: Register, _ src1: Register, _ source: Source) -> Self {
        Self(.row(.and, op.rawValue), size, dst: dst, src1).with { $0.set(source) }
    }
    public static func add(_ size: OperandSize, _ dst: Register, _ src1: Register, _ source: Source) -> Self { arithmetic(.add, size, dst, src1, source) }
    public static func sub(_ size: OperandSize, _ dst: Register, _ src1: Register, _ source: Source) -> Self { arithmetic(.sub, size, dst, src1, source) }
    /// Flags of `a - b`.
    public static func cmp(_ size: OperandSize, _ a: Register, _ b: Source) -> Self { arithmetic(.subs, size, .zr, a, b) }
    /// Flags of `a + b`.
    public static func cmn(_ size: OperandSize, _ a: Register, _ b: Source) -> Self { arithmetic(.adds, size, .zr, a, b) }
    /// Flags of `a & b`.
    public static func tst(_ size: OperandSize, _ a: Register, _ b: Source) -> Self { logic(.ands, size, .zr, a, b) }
    /// A copy that the allocator tries to make disappear, of 64 bits; of 32 bits the upper half becomes zero.
    public static func move(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { logic(.orr, size, dst, .zr, .register(src)) }

    public static func shift(_ op: ShiftOperation, _ size: OperandSize, _ dst: Register, _ src: Register, by count: Register) -> Self {
        Self(.row(.lslv, op.rawValue), size, dst: dst, src, count)
    }
    /// By less than the width.
    public static func shift(_ op: ShiftOperation, _ size: OperandSize, _ dst: Register, _ src: Register, _ n: UInt8) -> Self {
        let last = UInt8(size.bits - 1)
        return switch op {
        case .lsl: bitfield(.unsigned, size, dst, src, rotation: (last + 1 - n) & last, last: last - n)
        case .lsr: bitfield(.unsigned, size, dst, src, rotation: n, last: last)
        case .asr: bitfield(.signed, size, dst, src, rotation: n, last: last)
        case .ror: extract(size, dst, src, src, n)
        }
    }

    // MARK: Bits

    /// `ubfm`, `sbfm`: bits `rotation ... last` of src at bit 0, or, where `last < rotation`, bits `0 ... last` at bit `width - rotation`.
    public static func bitfield(_ op: BitfieldMove, _ size: OperandSize, _ dst: Register, _ src: Register, rotation: UInt8, last: UInt8) -> Self {
        Self(op == .signed ? .sbfm : .ubfm, size, dst: dst, src).with { $0.immediate = Int64(rotation) | Int64(last) << 8 }
    }
    /// `bfi`, `bfxil`: the same bits of src, the others of `old`, to which dst is tied.
    public static func insertBits(_ size: OperandSize, _ dst: Register, old: Register, _ src: Register, rotation: UInt8, last: UInt8) -> Self {
        Self(.bfm, size, dst: dst, src).with {
            $0.src3 = old
            $0.immediate = Int64(rotation) | Int64(last) << 8
        }
    }
    public static func zeroExtend(_ bits: UInt8, _ dst: Register, _ src: Register) -> Self { bitfield(.unsigned, .w, dst, src, rotation: 0, last: bits - 1) }
    public static func signExtend(_ bits: UInt8, _ size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        bitfield(.signed, size, dst, src, rotation: 0, last: bits - 1)
    }
    /// dst = the low `size` bits of `high:low >> n`.
    public static func extract(_ size: OperandSize, _ dst: Register, _ high: Register, _ low: Register, _ n: UInt8) -> Self {
        Self(.extr, size, dst: dst, high, low).with { $0.immediate = Int64(n) }
    }
    public static func unary(_ op: UnaryOperation, _ size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        Self(.row(.clz, op.rawValue), size, dst: dst, src)
    }

    // MARK: Products, quotients, carries

    /// dst = addend ± a * b.
    public static func multiplyAdd(_ op: MultiplyAdd, _ size: OperandSize, _ dst: Register, _ a: Register, _ b: Register, addend: Register) -> Self {
        Self(.row(.madd, op.rawValue), size, dst: dst, a, b).with { $0.src3 = addend }
    }
    public static func mul(_ size: OperandSize, _ dst: Register, _ a: Register, _ b: Register) -> Self {
        multiplyAdd(.madd, size, dst, a, b, addend: .zr)
    }
    /// The upper 64 bits of a product of 128.
    public static func mulHigh(signed: Bool, _ dst: Register, _ a: Register, _ b: Register) -> Self { Self(signed ? .smulh : .umulh, .x, dst: dst, a, b) }
    /// 0 for a divisor of 0.
    public static func div(signed: Bool, _ size: OperandSize, _ dst: Register, _ a: Register, _ b: Register) -> Self {
        Self(signed ? .sdiv : .udiv, size, dst: dst, a, b)
    }
    /// dst = a + b + C, or a - b - !C.
    public static func carry(_ op: CarryOperation, _ size: OperandSize, _ dst: Register, _ a: Register, _ b: Register) -> Self {
        Self(.row(.adc, op.rawValue), size, dst: dst, a, b)
    }

    // MARK: Conditions

    /// dst = cc ? yes : op no.
    public static func select(_ op: SelectOperation, _ cc: Condition, _ size: OperandSize, _ dst: Register, _ yes: Register, _ no: Register) -> Self {
        Self(.row(.csel, op.rawValue), size, dst: dst, yes, no).with { $0.condition = cc }
    }
    /// dst = cc ? 1 : 0.
    public static func set(_ cc: Condition, _ dst: Register) -> Self { select(.csinc, cc.inverted, .w, dst, .zr, .zr) }
    /// Flags of `a - b` if cc holds, else `otherwise` (N, Z, C, V from bit 3 down). An immediate is 0…31.
    public static func conditionalCompare(_ cc: Condition, _ size: OperandSize, _ a: Register, _ b: Source, otherwise: UInt8) -> Self {
        Self(.ccmp, size, a).with {
            $0.set(b)
            $0.condition = cc
            $0.amount = otherwise
        }
    }
    /// … of `a + b`.
    public static func conditionalCompareNegative(_ cc: Condition, _ size: OperandSize, _ a: Register, _ b: Source, otherwise: UInt8) -> Self {
        conditionalCompare(cc, size, a, b, otherwise: otherwise).with { $0.opcode = .ccmn }
    }

    // MARK: Constants

    /// One of several moves that make up a constant: 16 bits at bit `shift`. `keep` is tied to `old`.
    public static func moveWide(_ op: MoveWide, _ size: OperandSize, _ dst: Register, old: Register = .none, _ bits: UInt16, shift: UInt8) -> Self {
        Self(.row(.movz, op.rawValue), size, dst: dst).with {
            $0.src3 = old
            $0.immediate = Int64(bits)
            $0.amount = shift
        }
    }
    /// dst = value, by as few instructions as it takes. Made anew instead of spilled.
    public static func loadImmediate(_ size: OperandSize, _ dst: Register, _ value: Int64) -> Self {
        Self(.loadImmediate, size, dst: dst).with { $0.immediate = value }
    }
}
