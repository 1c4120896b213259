/// A short list of handles that lives in an ``EntityListPool``: one 32-bit word where it is stored.
///
/// The empty list is 0. Any other list is the position after its length word in the pool.
@frozen public struct EntityList<Element: EntityReference>: Hashable, Sendable, BitwiseCopyable {
    public var position: UInt32
    @inlinable public init(position: UInt32) { self.position = position }
    /// The empty list.
    @inlinable public init() { position = 0 }
    @inlinable public var isEmpty: Bool { position == 0 }
}

/// The store behind many ``EntityList``s: `[capacity word, length word, elements…]` runs in one array, freed runs kept by size class.
@frozen public struct EntityListPool<Element: EntityReference> {
    @usableFromInline var words: [UInt32] = [0, 0]
    @usableFromInline var free: [UInt32] = Array(repeating: 0, count: 32)

    @inlinable public init() {}

    @inlinable public mutating func removeAll() {
        words.removeAll(keepingCapacity: true)
        words.append(0)
        words.append(0)
        for i in free.indices { free[i] = 0 }
    }

    @inlinable public func count(_ list: EntityList<Element>) -> Int {
        list.position == 0 ? 0 : Int(words[Int(list.position) - 1])
    }
    @inlinable public func get(_ list: EntityList<Element>, _ i: Int) -> Element {
        precondition(i < count(list))
        return Element(rawValue: words[Int(list.position) + i])
    }
    @inlinable public mutating func set(_ list: EntityList<Element>, _ i: Int, _ element: Element) {
        precondition(i < count(list))
        words[Int(list.position) + i] = element.rawValue
    }
    /// Makes a list of `elements`. O(count).
    @inlinable public mutating func make(_ elements: some Collection<Element>) -> EntityList<Element> {
        if elements.isEmpty { return EntityList() }
        let list = allocate(count: elements.count)
        var at = Int(list.position)
        for e in elements {
            words[at] = e.rawValue
            at += 1
        }
        return list
    }
    /// Appends to a list in place; may move it. Amortized O(1).
    @inlinable public mutating func append(_ element: Element, to list: inout EntityList<Element>) {
        let n = count(list)
        if list.position == 0 {
            list = allocate(count: 1)
        } else if n == 4 << Int(words[Int(list.position) - 2]) {
            let bigger = allocate(count: n + 1)
            for i in 0..<n { words[Int(bigger.position) + i] = words[Int(list.position) + i] }
            release(list)
            list = bigger
        } else {
            words[Int(list.position) - 1] = UInt32(n + 1)
        }
        words[Int(list.position) + n] = element.rawValue
    }
    /// Removes the element at `i`, keeping the order of the rest. O(count).
    @inlinable public mutating func remove(at i: Int, from list: inout EntityList<Element>) {
        let n = count(list)
        precondition(i < n)
        let base = Int(list.position)
        var j = i
        while j + 1 < n {
            words[base + j] = words[base + j + 1]
            j += 1
        }
        if n == 1 {
            release(list)
            list = EntityList()
        } else {
            words[base - 1] = UInt32(n - 1)
        }
    }
    /// Makes an own copy of a list.
    @inlinable public mutating func copy(_ list: EntityList<Element>) -> EntityList<Element> {
        let n = count(list)
        if n == 0 { return EntityList() }
        let other = allocate(count: n)
        for i in 0..<n { words[Int(other.position) + i] = words[Int(list.position) + i] }
        return other
    }
    /// Gives a list's memory back. The handle must not be used again.
    @inlinable public mutating func release(_ list: EntityList<Element>) {
        if list.position == 0 { return }
        let sizeClass = Int(words[Int(list.position) - 2])
        words[Int(list.position)] = free[sizeClass]
        free[sizeClass] = list.position
    }
    @inlinable public func array(_ list: EntityList<Element>) -> [Element] {
        let n = count(list)
        return [Element](unsafeUninitializedCapacity: n) { buffer, filled in
            for i in 0..<n { (buffer.baseAddress! + i).initialize(to: Element(rawValue: words[Int(list.position) + i])) }
            filled = n
        }
    }

    /// A run of `4 << sizeClass` elements, after its two header words.
    @inlinable mutating func allocate(count: Int) -> EntityList<Element> {
        var sizeClass = 0
        while 4 << sizeClass < count { sizeClass += 1 }
        let reused = free[sizeClass]
        if reused != 0 {
            free[sizeClass] = words[Int(reused)]
            words[Int(reused) - 1] = UInt32(count)
            return EntityList(position: reused)
        }
        words.append(UInt32(sizeClass))
        words.append(UInt32(count))
        let position = UInt32(words.count)
        words.append(contentsOf: repeatElement(0, count: 4 << sizeClass))
        return EntityList(position: position)
    }
}

extension EntityListPool: Sendable {}
