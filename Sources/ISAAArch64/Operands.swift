public import PrecastMachineCode

/// Width of an instruction's operation, or arrangement of its vectors: what the assembler writes in a register's name.
@frozen public enum OperandSize: UInt8, Sendable, CaseIterable {
    /// Integer registers of 32 and 64 bits.
    case w = 0, x
    /// Float registers of 8 to 128 bits.
    case b, h, s, d, q
    /// Vectors: the lanes' width, and how many of them.
    case b8, b16, h4, h8, s2, s4, d1, d2

    @inlinable public var isFloat: Bool { rawValue >= OperandSize.b.rawValue }
    @inlinable public var isVector: Bool { rawValue >= OperandSize.b8.rawValue }
    /// Bytes of an integer or scalar register.
    @inlinable public var bytes: Int {
        switch self {
        case .b: 1
        case .h: 2
        case .w, .s: 4
        case .x, .d, .b8, .h4, .s2, .d1: 8
        default: 16
        }
    }
    /// Bits of an integer.
    @inlinable var bits: Int { self == .w ? 32 : 64 }
    /// The logarithm of a lane's bytes.
    var laneLog2: UInt32 {
        switch self {
        case .b, .b8, .b16: 0
        case .h, .h4, .h8: 1
        case .s, .s2, .s4, .w: 2
        default: 3
        }
    }
}

/// A condition, as the four bits of `b.cond`, `csel` and the like. After `fcmp` of a NaN, `ne`, `hs`, `pl`, `vs`, `hi`, `lt` and `le` hold.
@frozen public enum Condition: UInt8, Sendable, CaseIterable {
    case eq, ne, hs, lo, mi, pl, vs, vc, hi, ls, ge, lt, gt, le, al
    /// - Precondition: not `al`.
    @inlinable public var inverted: Condition { Condition(rawValue: rawValue ^ 1).unsafelyUnwrapped }
}

/// Shifts of a register operand. `ror` is for logic only.
@frozen public enum ShiftKind: UInt8, Sendable, CaseIterable { case lsl = 0, lsr, asr, ror }
/// Extensions of a register operand.
@frozen public enum ExtendKind: UInt8, Sendable, CaseIterable { case uxtb = 0, uxth, uxtw, uxtx, sxtb, sxth, sxtw, sxtx }

/// The second source of arithmetic and logic.
@frozen public enum Source: Sendable, BitwiseCopyable, Hashable {
    case register(Register)
    case shifted(Register, ShiftKind, UInt8)
    /// Arithmetic only; shifted left by 0…4.
    case extended(Register, ExtendKind, UInt8)
    /// ``Immediates`` tells which are encodable.
    case immediate(Int64)
}

/// Where a memory operand is. Trivial.
@frozen public struct MemoryOperand: FramePlace, Hashable, Sendable, BitwiseCopyable {
    @frozen public enum Kind: UInt8, Sendable {
        /// `[base, displacement]`, or `[base, index, extend]`.
        case registers = 0
        /// The base becomes the address before the access, or base plus displacement after it. Frames only.
        case preIndexed, postIndexed
        /// `entity` is the number in the literal pool.
        case constant
        /// `entity` is a stack slot.
        case stackSlot
        /// `displacement` from the function's first incoming stack argument.
        case incomingArgument
        /// `displacement` from the first outgoing stack argument.
        case outgoingArgument
        /// `displacement` from the start of the spill area; made by allocation.
        case spill
    }
    public var kind: Kind
    /// How the index is extended: `uxtx` where it is not.
    public var extend: ExtendKind = .uxtx
    /// The index is multiplied by the access's bytes.
    public var isScaled = false
    /// Trap code if the access faults; 0: it does not.
    public var trap: UInt8
    public var base: Register
    public var index: Register
    public var displacement: Int32

    @inlinable public init(_ kind: Kind, entity: UInt32 = .max, displacement: Int32 = 0, trap: UInt8 = 0) {
        self.kind = kind
        self.trap = trap
        base = Register(bits: entity)
        index = .none
        self.displacement = displacement
    }
    /// ``Immediates/isOffset(_:bytes:)`` tells which displacements are encodable.
    @inlinable public static func base(_ r: Register, _ displacement: Int32 = 0, trap: UInt8 = 0) -> Self {
        var m = Self(.registers, displacement: displacement, trap: trap)
        m.base = r
        return m
    }
    @inlinable public static func indexed(_ base: Register, _ index: Register, extend: ExtendKind = .uxtx, isScaled: Bool = false, trap: UInt8 = 0) -> Self {
        var m = Self.base(base, trap: trap)
        m.index = index
        m.extend = extend
        m.isScaled = isScaled
        return m
    }
    /// Number of the constant or slot.
    @inlinable public var entity: UInt32 { base.bits }
    @inlinable public static func constant(_ number: UInt32) -> Self { Self(.constant, entity: number) }
    @inlinable public static func stackSlot(_ number: UInt32, _ displacement: Int32 = 0) -> Self {
        Self(.stackSlot, entity: number, displacement: displacement)
    }
    @inlinable public static func incomingArgument(_ offset: Int32) -> Self { Self(.incomingArgument, displacement: offset) }
    @inlinable public static func outgoingArgument(_ offset: Int32) -> Self { Self(.outgoingArgument, displacement: offset) }
}
