public import PrecastMachineCode

/// Width of an instruction's operation.
@frozen public enum OperandSize: UInt8, Sendable, CaseIterable {
    /// 8, 16, 32, 64 bits.
    case b = 0, w, l, q
    /// 128, 256, 512 bits.
    case x, y, z
    @inlinable public var bytes: Int { 1 << Int(rawValue) }
}

/// Scalar floating-point formats.
@frozen public enum FloatSize: UInt8, Sendable, CaseIterable { case single = 0, double = 1 }

/// A condition, as the low four bits of `jcc`, `setcc`, `cmovcc`.
@frozen public enum Condition: UInt8, InvertibleTest, Sendable, CaseIterable {
    case o, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g
    @inlinable public var inverted: Condition { Condition(rawValue: rawValue ^ 1).unsafelyUnwrapped }
    /// The condition with the compared operands exchanged. - Precondition: it is about an order or equality.
    public var swapped: Condition {
        switch self {
        case .b: .a
        case .a: .b
        case .ae: .be
        case .be: .ae
        case .l: .g
        case .g: .l
        case .ge: .le
        case .le: .ge
        default: self
        }
    }
}

/// Where a memory operand is. 16 bytes, trivial.
@frozen public struct MemoryOperand: FramePlace, Hashable, Sendable, BitwiseCopyable {
    @frozen public enum Kind: UInt8, Sendable {
        /// `[base + index << scale + displacement]`; base or index may be none.
        case registers = 0
        /// rip-relative; `entity` is the number in the literal pool.
        case constant
        /// rip-relative; `entity` is the byte offset in the module's read-only data.
        case readOnlyData
        /// rip-relative; `entity` is a function number (for `lea`).
        case function
        /// rip-relative; `entity` is the number of a jump table.
        case jumpTable
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
    /// 0…3.
    public var scale: UInt8
    /// Trap code if the access faults; 0: it does not.
    public var trap: UInt8
    public var base: Register
    public var index: Register
    public var displacement: Int32

    @inlinable public init(kind: Kind, entity: UInt32 = .max, displacement: Int32 = 0, trap: UInt8 = 0) {
        self.kind = kind
        scale = 0
        self.trap = trap
        base = Register(bits: entity)
        index = .none
        self.displacement = displacement
    }
    @inlinable public init(base: Register, index: Register = .none, scale: UInt8 = 0, displacement: Int32 = 0, trap: UInt8 = 0) {
        kind = .registers
        self.scale = scale
        self.trap = trap
        self.base = base
        self.index = index
        self.displacement = displacement
    }
    /// Number of the constant, function, table or slot.
    @inlinable public var entity: UInt32 { base.bits }

    @inlinable public static func base(_ r: Register, _ displacement: Int32 = 0, trap: UInt8 = 0) -> Self {
        Self(base: r, displacement: displacement, trap: trap)
    }
    @inlinable public static func indexed(_ base: Register, _ index: Register, scale: UInt8 = 0, _ displacement: Int32 = 0, trap: UInt8 = 0) -> Self {
        Self(base: base, index: index, scale: scale, displacement: displacement, trap: trap)
    }
    @inlinable public static func constant(_ number: UInt32) -> Self { Self(kind: .constant, entity: number) }
    @inlinable public static func readOnlyData(_ offset: UInt32, _ displacement: Int32 = 0) -> Self {
        Self(kind: .readOnlyData, entity: offset, displacement: displacement)
    }
    @inlinable public static func function(_ number: UInt32) -> Self { Self(kind: .function, entity: number) }
    @inlinable public static func stackSlot(_ number: UInt32, _ displacement: Int32 = 0) -> Self {
        Self(kind: .stackSlot, entity: number, displacement: displacement)
    }
    @inlinable public static func incomingArgument(_ offset: Int32) -> Self { Self(kind: .incomingArgument, displacement: offset) }
    @inlinable public static func outgoingArgument(_ offset: Int32) -> Self { Self(kind: .outgoingArgument, displacement: offset) }
}

/// A register or memory source.
@frozen public enum RegisterOrMemory: Sendable, BitwiseCopyable {
    case register(Register)
    case memory(MemoryOperand)
}

/// A register, memory or immediate source. Immediates are sign-extended from 32 bits.
@frozen public enum Source: Sendable, BitwiseCopyable {
    case register(Register)
    case memory(MemoryOperand)
    case immediate(Int32)
    @inlinable public init(_ rm: RegisterOrMemory) {
        switch rm {
        case .register(let r): self = .register(r)
        case .memory(let m): self = .memory(m)
        }
    }
}

/// What a store or a read-modify-write of memory takes.
@frozen public enum RegisterOrImmediate: Sendable, BitwiseCopyable {
    case register(Register)
    case immediate(Int32)
}

/// A shift's count.
@frozen public enum ShiftCount: Sendable, BitwiseCopyable {
    case immediate(UInt8)
    /// A register, which allocation puts in `cl`.
    case register(Register)
}

/// A packed shift's count.
@frozen public enum PackedShiftCount: Sendable, BitwiseCopyable {
    case immediate(UInt8)
    /// The low 64 bits of a vector.
    case register(Register)
}
