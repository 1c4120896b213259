/// A set of small integers, one bit each.
@frozen public struct DenseBitSet: Sendable, Equatable {
    public var words: [UInt64]

    @inlinable public init(capacity: Int = 0) { words = Array(repeating: 0, count: (capacity + 63) >> 6) }

    @inlinable public func contains(_ i: Int) -> Bool {
        let w = i >> 6
        return w < words.count && words[w] & (1 << UInt64(i & 63)) != 0
    }
    /// Adds `i`; returns whether it was new.
    @inlinable @discardableResult public mutating func insert(_ i: Int) -> Bool {
        let w = i >> 6
        if w >= words.count { words.append(contentsOf: repeatElement(0, count: w + 1 - words.count)) }
        let bit: UInt64 = 1 << UInt64(i & 63)
        if words[w] & bit != 0 { return false }
        words[w] |= bit
        return true
    }
    @inlinable public mutating func remove(_ i: Int) {
        let w = i >> 6
        if w < words.count { words[w] &= ~(1 << UInt64(i & 63)) }
    }
    @inlinable public mutating func removeAll() {
        for i in words.indices { words[i] = 0 }
    }
    @inlinable public mutating func reset(capacity: Int) {
        words.removeAll(keepingCapacity: true)
        words.append(contentsOf: repeatElement(0, count: (capacity + 63) >> 6))
    }
    /// Adds all of `other`; returns whether anything was new. O(capacity / 64).
    @inlinable @discardableResult public mutating func formUnion(_ other: DenseBitSet) -> Bool {
        if words.count < other.words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        var changed: UInt64 = 0
        for i in other.words.indices {
            changed |= other.words[i] & ~words[i]
            words[i] |= other.words[i]
        }
        return changed != 0
    }
    @inlinable public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    @inlinable public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
    /// Calls `body` with each member, ascending.
    @inlinable public func forEach(_ body: (Int) -> Void) {
        for w in words.indices {
            var word = words[w]
            while word != 0 {
                body(w << 6 + word.trailingZeroBitCount)
                word &= word - 1
            }
        }
    }
}

/// A set of handles of one kind.
@frozen public struct EntitySet<Key: EntityReference>: Sendable {
    public var bits: DenseBitSet
    @inlinable public init(capacity: Int = 0) { bits = DenseBitSet(capacity: capacity) }
    @inlinable public func contains(_ key: Key) -> Bool { bits.contains(key.index) }
    @inlinable @discardableResult public mutating func insert(_ key: Key) -> Bool { bits.insert(key.index) }
    @inlinable public mutating func remove(_ key: Key) { bits.remove(key.index) }
    @inlinable public mutating func removeAll() { bits.removeAll() }
    @inlinable public mutating func reset(capacity: Int) { bits.reset(capacity: capacity) }
}
