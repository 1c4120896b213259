/// Extra data about entities that another table owns: grows on write, reads a default where nothing was written.
@frozen public struct SecondaryMap<Key: EntityReference, Element> {
    public var storage: [Element]
    public let defaultElement: Element

    @inlinable public init(default defaultElement: Element) {
        storage = []
        self.defaultElement = defaultElement
    }
    /// Makes a map whose first `count` entries are already in place.
    @inlinable public init(count: Int, default defaultElement: Element) {
        storage = Array(repeating: defaultElement, count: count)
        self.defaultElement = defaultElement
    }

    @inlinable public subscript(key: Key) -> Element {
        get { key.index < storage.count ? storage[key.index] : defaultElement }
        _modify {
            let index = key.index
            if index >= storage.count { grow(to: index + 1) }
            yield &storage[index]
        }
    }

    /// Makes the entries below `count` exist.
    @inlinable public mutating func grow(to count: Int) {
        if storage.count < count {
            storage.append(contentsOf: repeatElement(defaultElement, count: count - storage.count))
        }
    }

    /// Forgets all entries but keeps their memory.
    @inlinable public mutating func reset(count: Int = 0) {
        storage.removeAll(keepingCapacity: true)
        grow(to: count)
    }
}

extension SecondaryMap: Sendable where Element: Sendable {}
