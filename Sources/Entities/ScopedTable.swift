/// A hash table whose insertions are undone when their scope ends: the symbol table of a walk over the dominator tree.
///
/// A log of overwritten bindings restores the outer scope in reverse order.
/// Lookup and insertion are O(1) expected; leaving a scope is O(insertions in it).
@frozen public struct ScopedTable<Key: Hashable, Value> {
    @usableFromInline var entries: [Key: Value]
    @usableFromInline var log: [(key: Key, previous: Value?)] = []
    @usableFromInline var scopes: [Int] = []

    @inlinable public init() { entries = [:] }

    @inlinable public var depth: Int { scopes.count }
    @inlinable public mutating func enterScope() { scopes.append(log.count) }
    /// Undoes what was inserted since the matching ``enterScope()``.
    @inlinable public mutating func leaveScope() {
        let mark = scopes.removeLast()
        while log.count > mark {
            let (key, previous) = log.removeLast()
            entries[key] = previous
        }
    }
    @inlinable public subscript(key: Key) -> Value? { entries[key] }
    /// Binds `key` in the innermost scope.
    @inlinable public mutating func insert(_ key: Key, _ value: Value) {
        log.append((key, entries.updateValue(value, forKey: key)))
    }
}
