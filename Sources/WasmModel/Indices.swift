public import PrecastEntities

/// The index of a type.
public struct TypeIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The index of a function: imports first, then those the module defines.
public struct FunctionIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The index of a table: imports first.
public struct TableIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The index of a memory: imports first.
public struct MemoryIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The index of a global: imports first.
public struct GlobalIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The index of an exception tag: imports first.
public struct TagIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The index of an element segment.
public struct ElementSegmentIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The index of a data segment.
public struct DataSegmentIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}
