public import PrecastWasmTypes

/// A decoded operator: its opcode, where it stands in the module, and its immediates in fixed fields.
///
/// A trivial value. Which fields mean something is told by ``Opcode/immediates``; the targets of `br_table` do not fit and stay with
/// the reader.
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
    /// How many targets a `br_table` lists before its default, or types a typed `select`.
    @inlinable public var count: UInt32 { secondIndex }
    /// The first type of a typed `select`.
    @inlinable public var valueType: ValueType { ValueType(rawValue: index) }
    /// The type of `ref.null`.
    @inlinable public var heapType: HeapType { HeapType(rawValue: index) }
    /// The type of `block`, `loop` and `if`.
    @inlinable public var blockType: BlockType { BlockType(rawValue: bits) }
    @inlinable public var functionIndex: FunctionIndex { FunctionIndex(rawValue: index) }
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
