/// The size range of a memory (in pages) or a table (in elements).
public struct Limits: Hashable, Sendable, BitwiseCopyable {
    public var minimum: UInt64
    public var maximum: UInt64?

    @inlinable public init(minimum: UInt64, maximum: UInt64? = nil) {
        self.minimum = minimum
        self.maximum = maximum
    }
}

/// A linear memory's type. The limits count pages of `1 << pageSizeLog2` bytes.
public struct MemoryType: Hashable, Sendable, BitwiseCopyable {
    public var limits: Limits
    /// Whether addresses are 64 bits wide.
    public var is64: Bool
    /// Whether threads may share it.
    public var isShared: Bool
    public var pageSizeLog2: UInt8

    @inlinable public init(limits: Limits, is64: Bool = false, isShared: Bool = false, pageSizeLog2: UInt8 = 16) {
        self.limits = limits
        self.is64 = is64
        self.isShared = isShared
        self.pageSizeLog2 = pageSizeLog2
    }

    /// The type of an address, a size in pages and a length.
    @inlinable public var addressType: ValueType { is64 ? .i64 : .i32 }
    @inlinable public var pageSize: UInt64 { 1 << UInt64(pageSizeLog2) }
}

/// A table's type.
public struct TableType: Hashable, Sendable, BitwiseCopyable {
    public var element: ReferenceType
    public var limits: Limits
    /// Whether indices are 64 bits wide.
    public var is64: Bool

    @inlinable public init(element: ReferenceType, limits: Limits, is64: Bool = false) {
        self.element = element
        self.limits = limits
        self.is64 = is64
    }

    /// The type of an index, a size and a length.
    @inlinable public var addressType: ValueType { is64 ? .i64 : .i32 }
}

/// A global's type.
public struct GlobalType: Hashable, Sendable, BitwiseCopyable {
    public var valueType: ValueType
    public var isMutable: Bool

    @inlinable public init(_ valueType: ValueType, isMutable: Bool) {
        self.valueType = valueType
        self.isMutable = isMutable
    }
}
