/// The table that owns the entities of one kind: pushing an element creates its handle.
@frozen public struct PrimaryMap<Key: EntityReference, Element> {
    public var storage: [Element]

    @inlinable public init() { storage = [] }
    @inlinable public init(_ elements: [Element]) { storage = elements }

    @inlinable public var count: Int { storage.count }
    @inlinable public var isEmpty: Bool { storage.isEmpty }
    /// The handle that the next ``push(_:)`` will return.
    @inlinable public var nextKey: Key { Key(index: storage.count) }
    /// All handles, in order of creation.
    @inlinable public var keys: EntityRange<Key> { EntityRange(0..<storage.count) }

    /// Adds an element and returns its new handle. Amortized O(1).
    @inlinable @discardableResult public mutating func push(_ element: Element) -> Key {
        let key = Key(index: storage.count)
        storage.append(element)
        return key
    }

    @inlinable public subscript(key: Key) -> Element {
        get { storage[key.index] }
        _modify { yield &storage[key.index] }
    }

    @inlinable public func contains(_ key: Key) -> Bool { key.index < storage.count }
    @inlinable public mutating func reserveCapacity(_ n: Int) { storage.reserveCapacity(n) }
    @inlinable public mutating func removeAll(keepingCapacity: Bool = true) {
        storage.removeAll(keepingCapacity: keepingCapacity)
    }
}

extension PrimaryMap: Sendable where Element: Sendable {}
extension PrimaryMap: Equatable where Element: Equatable {}

/// A contiguous run of handles.
@frozen public struct EntityRange<Key: EntityReference>: RandomAccessCollection {
    public var range: Range<Int>
    @inlinable public init(_ range: Range<Int>) { self.range = range }
    @inlinable public var startIndex: Int { range.lowerBound }
    @inlinable public var endIndex: Int { range.upperBound }
    @inlinable public subscript(position: Int) -> Key { Key(index: position) }
}
