public import PrecastWasmTypes

/// A decoded operator: its opcode, where it stands in the module, and its immediates in fixed fields.
///
/// A trivial value. Which fields mean something is told by ``Opcode/immediates``; the targets of `br_table` and the clauses of
/// `try_table` do not fit and stay with the reader.
public struct Operator: Sendable, BitwiseCopyable {
    public var opcode: Opcode
    /// The base-two logarithm of a memory access's promised alignment.
    public var alignment: UInt8
    /// The byte offset of the opcode in the module.
    public var offset: UInt32
    /// The first index, of whatever kind the opcode's immediates say.
    public var index: UInt32
    /// The second index.
    public var secondIndex: UInt32
    /// The 64-bit field that ``i64``, ``memoryOffset``, … interpret.
    public var bits: UInt64

    @inlinable public init(
        _ opcode: Opcode, offset: UInt32, index: UInt32 = 0, secondIndex: UInt32 = 0, alignment: UInt8 = 0, bits: UInt64 = 0
    ) {
        self.opcode = opcode
        self.alignment = alignment
        self.offset = offset
        self.index = index
        self.secondIndex = secondIndex
        self.bits = bits
    }

    /// The value of `i32.const`.
    @inlinable public var i32: Int32 { Int32(truncatingIfNeeded: bits) }
    /// The value of `i64.const`.
    @inlinable public var i64: Int64 { Int64(bitPattern: bits) }
    /// The bit pattern of `f32.const`.
    @inlinable public var f32Bits: UInt32 { UInt32(truncatingIfNeeded: bits) }
    /// The bit pattern of `f64.const`.
    @inlinable public var f64Bits: UInt64 { bits }
    /// The constant offset of a memory access, in bytes.
    @inlinable public var memoryOffset: UInt64 { bits }
    /// How many targets a `br_table` lists before its default, clauses a `try_table`, types a typed `select`, elements an `array.new_fixed`.
    @inlinable public var count: UInt32 { secondIndex }
    /// The first type of a typed `select`.
    @inlinable public var valueType: ValueType { ValueType(rawValue: index) }
    /// The type of `ref.null`.
    @inlinable public var heapType: HeapType { HeapType(rawValue: index) }
    /// The lane that a vector operator extracts, replaces, loads or stores.
    @inlinable public var lane: UInt8 { UInt8(truncatingIfNeeded: secondIndex) }
    /// The value of `v128.const` or the lane numbers of `i8x16.shuffle`, lane 0 in the lowest byte of `low`.
    @inlinable public var v128: (low: UInt64, high: UInt64) { (bits, UInt64(secondIndex) << 32 | UInt64(index)) }
    /// The lane number at `position` of `i8x16.shuffle`. - Precondition: `position < 16`
    @inlinable public func shuffleLane(_ position: Int) -> UInt8 {
        let half = position < 8 ? v128.low : v128.high
        return UInt8(truncatingIfNeeded: half >> UInt64(8 * (position & 7)))
    }
    /// The type that `ref.test` and `ref.cast` ask for.
    @inlinable public var castTarget: ReferenceType {
        ReferenceType(heapType, isNullable: opcode == .refTestNull || opcode == .refCastNull)
    }
    /// The type that the operand of `br_on_cast` and `br_on_cast_fail` has.
    @inlinable public var branchCastSource: ReferenceType { ReferenceType(rawValue: UInt32(truncatingIfNeeded: bits)) }
    /// The type that `br_on_cast` and `br_on_cast_fail` ask for.
    @inlinable public var branchCastTarget: ReferenceType { ReferenceType(rawValue: UInt32(truncatingIfNeeded: bits >> 32)) }
    /// The type of `block`, `loop`, `if` and `try_table`.
    @inlinable public var blockType: BlockType { BlockType(rawValue: bits) }
    @inlinable public var functionIndex: FunctionIndex { FunctionIndex(rawValue: index) }
}

/// A clause of `try_table`: which exceptions it catches, and where it branches to.
public struct CatchClause: Hashable, Sendable, BitwiseCopyable {
    /// The raw value is the binary format's.
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// `catch`: those of one tag, with their values.
        case tag
        /// `catch_ref`: the same, with the exception itself behind them.
        case tagReference
        /// `catch_all`: every one, with nothing.
        case all
        /// `catch_all_ref`: every one, with the exception itself.
        case allReference
    }

    public var kind: Kind
    /// The tag, or ``TagIndex/none`` where the kind has none.
    public var tag: TagIndex
    /// A relative depth, counted outside the `try_table`.
    public var label: UInt32

    @inlinable public init(_ kind: Kind, tag: TagIndex, label: UInt32) {
        self.kind = kind
        self.tag = tag
        self.label = label
    }
}

/// The type of a block: nothing, one result, or a function type.
public struct BlockType: Hashable, Sendable, BitwiseCopyable {
    /// Zero, a value type's bits, or bit 32 and a type index.
    public let rawValue: UInt64

    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
    @inlinable public static var empty: BlockType { BlockType(rawValue: 0) }
    @inlinable public static func value(_ type: ValueType) -> BlockType { BlockType(rawValue: UInt64(type.rawValue)) }
    @inlinable public static func function(_ type: TypeIndex) -> BlockType { BlockType(rawValue: 1 << 32 | UInt64(type.rawValue)) }

    public enum Kind: Hashable, Sendable, BitwiseCopyable {
        case empty
        case value(ValueType)
        case function(TypeIndex)
    }

    @inlinable public var kind: Kind {
        if rawValue == 0 { return .empty }
        let low = UInt32(truncatingIfNeeded: rawValue)
        return rawValue >> 32 == 0 ? .value(ValueType(rawValue: low)) : .function(TypeIndex(rawValue: low))
    }
}
