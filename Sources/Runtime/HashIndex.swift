import CLoaderSupport
import PrecastArtifactFormat

/// Places of rows of a list, found by the rows' hashes: open addressing, a word a slot. The list, and what makes rows equal, are the caller's.
///
/// One for all kinds of keys, where each key type of a `Dictionary` has a copy of its code in the loader.
struct HashIndex {
    /// Low half: the row's place plus one, or zero where the slot is free; high half: its hash. A power of two of them, a quarter free at least.
    private var slots: [UInt64] = []
    private var count = 0

    /// The place of the row with this hash for which `matches` holds. O(1) expected.
    func place(_ hash: UInt32, where matches: (Int) -> Bool) -> Int? {
        guard !slots.isEmpty else { return nil }
        var at = Int(hash) & (slots.count - 1)
        while slots[at] != 0 {
            if UInt32(slots[at] >> 32) == hash {
                let place = Int(UInt32(truncatingIfNeeded: slots[at])) - 1
                if matches(place) { return place }
            }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds a row that is not there. - Precondition: `place` is less than 2^32 - 1.
    mutating func insert(_ hash: UInt32, place: Int) {
        count += 1
        if count * 4 > slots.count * 3 {
            let former = slots
            slots = [UInt64](repeating: 0, count: max(64, former.count * 2))
            for slot in former where slot != 0 { put(slot) }
        }
        put(UInt64(hash) << 32 | UInt64(place + 1))
    }

    private mutating func put(_ slot: UInt64) {
        var at = Int(slot >> 32) & (slots.count - 1)
        while slots[at] != 0 { at = (at + 1) & (slots.count - 1) }
        slots[at] = slot
    }
}

/// A hash of words, with a key that is different in every process: what is hashed comes from guests, which must not be able to choose collisions.
struct KeyedHash {
    private static let key = precast_random_word() | 1
    private var state = key

    mutating func add(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: Self.key)
        state = (product.high ^ product.low) &+ word
    }

    /// Adds the bytes and how many there are.
    mutating func add(_ text: String) {
        let bytes = text.bytes
        for byte in bytes { add(UInt64(byte)) }
        add(UInt64(bytes.count))
    }

    var value: UInt32 { UInt32(truncatingIfNeeded: state ^ state >> 32) }
}

/// Pairs of a module's and an item's name, each once and compared by their bytes, numbered in the order in which they came.
struct ImportNames {
    private(set) var names: [(module: String, name: String)] = []
    private var index = HashIndex()

    private static func hash(_ module: String, _ name: String) -> UInt32 {
        var hash = KeyedHash()
        hash.add(module)
        hash.add(name)
        return hash.value
    }

    func number(of module: String, _ name: String) -> Int? {
        index.place(Self.hash(module, name)) { names[$0].name.isSame(name) && names[$0].module.isSame(module) }
    }

    /// The number of a pair that is not there yet.
    mutating func add(_ module: String, _ name: String) -> Int {
        index.insert(Self.hash(module, name), place: names.count)
        names.append((module, name))
        return names.count - 1
    }
}
