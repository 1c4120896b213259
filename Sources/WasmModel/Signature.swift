public import PrecastWasmTypes

/// What follows an operator's code in the binary format, and how ``Operator`` holds it.
public enum Immediates: UInt8, Sendable, BitwiseCopyable {
    case none
    /// ``Operator/blockType``
    case blockType
    /// ``Operator/blockType``, and ``Operator/count`` catch clauses, which the reader lists.
    case tryTable
    /// ``Operator/index`` is a relative depth.
    case label
    /// ``Operator/index`` is the default label, ``Operator/count`` the number of the others, which the reader lists.
    case labelTable
    /// ``Operator/index`` is an index of that kind.
    case function, local, global, table, memory, data, element, type, tag
    /// ``Operator/index`` is a type, ``Operator/secondIndex`` a table, field, number of elements, segment or source type.
    case typeAndTable, typeAndField, typeAndCount, typeAndData, typeAndElement, typeAndType
    /// ``Operator/count`` types, of which ``Operator/valueType`` is the first.
    case valueTypes
    /// ``Operator/heapType``
    case heapType
    /// ``Operator/castTarget``: a heap type, whose nullability is the opcode's.
    case castType
    /// ``Operator/index`` is a relative depth; ``Operator/branchCastSource`` and ``Operator/branchCastTarget`` are reference types.
    case castBranch
    /// ``Operator/alignment``, ``Operator/memoryOffset``, ``Operator/index`` (the memory).
    case memoryArgument
    /// The same, and ``Operator/lane``.
    case memoryArgumentAndLane
    /// ``Operator/lane``
    case lane
    /// ``Operator/i32``, ``Operator/i64``, ``Operator/f32Bits``, ``Operator/f64Bits``, ``Operator/v128``
    case i32, i64, f32, f64, v128
    /// ``Operator/v128`` is sixteen lane numbers.
    case shuffle
    /// ``Operator/index`` is the segment, ``Operator/secondIndex`` the memory or table.
    case dataAndMemory, elementAndTable
    /// ``Operator/index`` is the destination, ``Operator/secondIndex`` the source.
    case memoryAndMemory, tableAndTable
    /// A byte that is zero and means nothing.
    case zeroByte
}

/// The fixed operand and result types of an operator: at most five operands and one result.
///
/// Bits 0–3 count the operands, bits 4–7 are the result's code, then follow the operands' codes, the last operand's lowest: the
/// order in which a validator pops them. Bit 28 says that one of them is an address.
public struct Signature: Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The mark of operators whose types depend on more than the opcode.
    @inlinable public static var special: Signature { Signature(rawValue: .max) }
    /// The code that stands for the address type of the memory that the operator names.
    @inlinable public static var addressCode: UInt32 { 6 }

    @inlinable public var isSpecial: Bool { rawValue == .max }
    /// Whether an operand is an address of the memory that the operator names; of no special signature.
    @inlinable public var hasAddress: Bool { rawValue >> 28 & 1 != 0 }
    @inlinable public var operandCount: Int { Int(rawValue & 0xF) }
    @inlinable public var resultCode: UInt32 { rawValue >> 4 & 0xF }
    /// The code of the operand `depth` below the top of the stack.
    @inlinable public func operandCode(depth: Int) -> UInt32 { rawValue >> UInt32(8 + 4 * depth) & 0xF }

    /// The type that a code stands for. - Precondition: 1...5
    @inlinable public static func type(ofCode code: UInt32) -> ValueType { ValueType(rawValue: 0x80 - code) }
}
