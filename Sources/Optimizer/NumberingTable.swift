import PrecastEntities
import PrecastIR

/// The expressions known at a point of a walk over the dominator tree: a hash table whose insertions are undone when their scope ends.
///
/// Entries are a stack, chained by bucket; leaving a scope pops them, which uncovers what they shadowed. A key is an instruction with
/// resolved operands, so 16 bytes compared as two words. Look-up and insertion O(1) expected; no allocation but growth.
struct NumberingTable {
    private struct Entry {
        var low: UInt64
        var high: UInt64
        var value: Value
        var next: Int32
    }
    private var buckets: [Int32] = Array(repeating: -1, count: 256)
    private var entries: [Entry] = []
    private var scopes: [Int] = []

    private static func words(_ key: InstructionData) -> (UInt64, UInt64) {
        let head = UInt64(key.opcode.rawValue) | UInt64(key.type.rawValue) << 8 | UInt64(key.flags) << 16
        return (head | UInt64(key.a) << 32, UInt64(key.b) | UInt64(key.c) << 32)
    }
    private func bucket(_ low: UInt64, _ high: UInt64) -> Int {
        let mixed = (low &* 0x9e37_79b9_7f4a_7c15) ^ (high &* 0xc2b2_ae3d_27d4_eb4f)
        return Int(truncatingIfNeeded: (mixed ^ mixed >> 29) &* 0xbf58_476d_1ce4_e5b9 >> 32) & (buckets.count - 1)
    }

    func find(_ key: InstructionData) -> Value? {
        let (low, high) = Self.words(key)
        var at = buckets[bucket(low, high)]
        while at >= 0 {
            let entry = entries[Int(at)]
            if entry.low == low && entry.high == high { return entry.value }
            at = entry.next
        }
        return nil
    }
    mutating func insert(_ key: InstructionData, _ value: Value) {
        if entries.count >= buckets.count { grow() }
        let (low, high) = Self.words(key)
        let at = bucket(low, high)
        entries.append(Entry(low: low, high: high, value: value, next: buckets[at]))
        buckets[at] = Int32(entries.count - 1)
    }
    mutating func enterScope() { scopes.append(entries.count) }
    mutating func leaveScope() {
        let mark = scopes.removeLast()
        while entries.count > mark {
            let entry = entries.removeLast()
            buckets[bucket(entry.low, entry.high)] = entry.next
        }
    }
    private mutating func grow() {
        buckets = Array(repeating: -1, count: buckets.count * 4)
        for i in entries.indices {
            let at = bucket(entries[i].low, entries[i].high)
            entries[i].next = buckets[at]
            buckets[at] = Int32(i)
        }
    }
}
