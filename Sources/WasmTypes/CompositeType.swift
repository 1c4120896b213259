/// A type that a module defines: of functions, structures or arrays. Type indices in it are the module's.
public enum CompositeType: Hashable, Sendable {
    case function(FunctionType)
    case structure(StructType)
    case array(ArrayType)

    /// The function type, or nil of any other kind of type.
    @inlinable public var function: FunctionType? { if case .function(let type) = self { type } else { nil } }
    /// The structure type, or nil of any other kind of type.
    @inlinable public var structure: StructType? { if case .structure(let type) = self { type } else { nil } }
    /// The array type, or nil of any other kind of type.
    @inlinable public var array: ArrayType? { if case .array(let type) = self { type } else { nil } }
}

/// The fields of a structure.
public struct StructType: Hashable, Sendable {
    public var fields: [FieldType]

    @inlinable public init(fields: [FieldType]) { self.fields = fields }
}

/// An array: any number of one field.
public struct ArrayType: Hashable, Sendable, BitwiseCopyable {
    public var element: FieldType

    @inlinable public init(element: FieldType) { self.element = element }
}

/// A field of a structure, or what an array holds.
public struct FieldType: Hashable, Sendable, BitwiseCopyable {
    public var storage: StorageType
    public var isMutable: Bool

    @inlinable public init(_ storage: StorageType, isMutable: Bool) {
        self.storage = storage
        self.isMutable = isMutable
    }
}

/// How a field is stored: a value, or the low 8 or 16 bits of an `i32`.
///
/// A trivial value: that of the ``ValueType``, or the binary format's code of the packed types.
public struct StorageType: Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    @inlinable public init(_ type: ValueType) { rawValue = type.rawValue }

    @inlinable public static var i8: StorageType { StorageType(rawValue: 0x78) }
    @inlinable public static var i16: StorageType { StorageType(rawValue: 0x77) }

    @inlinable public var isPacked: Bool { rawValue == 0x78 || rawValue == 0x77 }
    /// The type of a value read from it or written to it.
    @inlinable public var unpacked: ValueType { isPacked ? .i32 : ValueType(rawValue: rawValue) }
}

extension StorageType: CustomStringConvertible {
    /// The text format's spelling.
    public var description: String { self == .i8 ? "i8" : self == .i16 ? "i16" : unpacked.description }
}
