import PrecastEntities

/// What the name section says. Names are ranges of the module's bytes, so that reading a large section allocates little.
public struct NameSection: Sendable {
    public var module: ByteRange?
    public var functions = NameMap()
    /// By function, then local.
    public var locals = IndirectNameMap()
    /// By function, then label.
    public var labels = IndirectNameMap()
    public var types = NameMap()
    public var tables = NameMap()
    public var memories = NameMap()
    public var globals = NameMap()
    public var elements = NameMap()
    public var data = NameMap()
    /// By type, then field.
    public var fields = IndirectNameMap()
    public var tags = NameMap()

    public init() {}
}

/// Names by index, sorted by index.
public struct NameMap: Sendable {
    public struct Entry: Sendable, BitwiseCopyable {
        public var index: UInt32
        public var name: ByteRange

        @inlinable public init(index: UInt32, name: ByteRange) {
            self.index = index
            self.name = name
        }
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    /// Appends an entry, or does nothing if `index` is not above the last one's.
    public mutating func append(index: UInt32, name: ByteRange) {
        if let last = entries.last, last.index >= index { return }
        entries.append(Entry(index: index, name: name))
    }

    /// The name of `index`, or nil. Logarithmic.
    public subscript(index: UInt32) -> ByteRange? {
        let position = entries.partitionPoint { $0.index < index }
        return position < entries.count && entries[position].index == index ? entries[position].name : nil
    }
}

/// Names by a pair of indices, sorted.
public struct IndirectNameMap: Sendable {
    public struct Entry: Sendable, BitwiseCopyable {
        /// The outer index in the upper half, the inner in the lower.
        public var key: UInt64
        public var name: ByteRange

        public var outer: UInt32 { UInt32(truncatingIfNeeded: key >> 32) }
        public var inner: UInt32 { UInt32(truncatingIfNeeded: key) }
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    /// Appends an entry, or does nothing if the pair is not above the last one's.
    public mutating func append(outer: UInt32, inner: UInt32, name: ByteRange) {
        let key = UInt64(outer) << 32 | UInt64(inner)
        if let last = entries.last, last.key >= key { return }
        entries.append(Entry(key: key, name: name))
    }

    /// The name of the pair, or nil. Logarithmic.
    public subscript(outer: UInt32, inner: UInt32) -> ByteRange? {
        let key = UInt64(outer) << 32 | UInt64(inner)
        let position = entries.partitionPoint { $0.key < key }
        return position < entries.count && entries[position].key == key ? entries[position].name : nil
    }
}
