import PrecastEntities
import Testing

private struct Thing: EntityReference {
    let rawValue: UInt32
    init(rawValue: UInt32) { self.rawValue = rawValue }
}

@Suite struct EntitiesTests {
    @Test func partitionPoints() {
        let numbers = [1, 3, 3, 3, 8]
        #expect((0...9).map { bound in numbers.partitionPoint { $0 < bound } } == [0, 0, 1, 1, 4, 4, 4, 4, 4, 5])
        #expect([Int]().partitionPoint { _ in true } == 0)
        #expect(partitionPoint(of: UInt8(0)..<255) { $0 < 200 } == 200)
        #expect(partitionPoint(of: 3..<3) { _ in true } == 3)
    }

    /// Lists against arrays, under every operation.
    @Test func listsBehaveLikeArrays() {
        var pool = EntityListPool<Thing>()
        var lists: [(EntityList<Thing>, [UInt32])] = []
        var state: UInt32 = 1
        func random(_ n: Int) -> Int {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 8) % n
        }
        for step in 0..<20_000 {
            switch lists.isEmpty ? 0 : random(7) {
            case 0:
                let elements = (0..<random(20)).map { UInt32($0 + step) }
                lists.append((pool.make(elements.map { Thing(rawValue: $0) }), elements))
            case 1, 2:
                let i = random(lists.count)
                pool.append(Thing(rawValue: UInt32(step)), to: &lists[i].0)
                lists[i].1.append(UInt32(step))
            case 3:
                let i = random(lists.count)
                if lists[i].1.isEmpty { continue }
                let at = random(lists[i].1.count)
                pool.remove(at: at, from: &lists[i].0)
                lists[i].1.remove(at: at)
            case 4:
                let i = random(lists.count)
                pool.release(lists[i].0)
                lists.remove(at: i)
            case 5:
                let i = random(lists.count)
                lists.append((pool.copy(lists[i].0), lists[i].1))
            default:
                let i = random(lists.count)
                if lists[i].1.isEmpty { continue }
                let at = random(lists[i].1.count)
                pool.set(lists[i].0, at, Thing(rawValue: 7))
                lists[i].1[at] = 7
            }
            if step % 500 == 0 {
                for (list, elements) in lists {
                    #expect(pool.array(list).map(\.rawValue) == elements)
                    #expect(pool.count(list) == elements.count && list.isEmpty == elements.isEmpty)
                }
            }
        }
    }

    @Test func bitSets() {
        var set = DenseBitSet(capacity: 10)
        #expect(set.insert(3) && !set.insert(3) && set.insert(200))
        #expect(set.contains(3) && set.contains(200) && !set.contains(4) && !set.contains(100_000))
        var members: [Int] = []
        set.forEach { members.append($0) }
        #expect(members == [3, 200] && set.count == 2)
        var other = DenseBitSet()
        #expect(other.formUnion(set) && !other.formUnion(set))
        set.remove(3)
        set.remove(5000)
        #expect(!set.contains(3) && other.contains(3))
        other.removeAll()
        #expect(other.isEmpty)
    }

    @Test func mapsGrowOnWrite() {
        var things = PrimaryMap<Thing, String>()
        let a = things.push("a"), b = things.push("b")
        #expect(things[a] == "a" && things[b] == "b" && things.keys.map { $0 } == [a, b] && Thing.none.isNone && a.isSome)
        var sizes = SecondaryMap<Thing, Int>(default: -1)
        #expect(sizes[b] == -1)
        sizes[b] = 5
        #expect(sizes[a] == -1 && sizes[b] == 5)
    }

    @Test func scopesAreUndone() {
        var table = ScopedTable<Int, String>()
        table.enterScope()
        table.insert(1, "outer")
        table.enterScope()
        table.insert(1, "inner")
        table.insert(2, "two")
        #expect(table[1] == "inner" && table[2] == "two")
        table.leaveScope()
        #expect(table[1] == "outer" && table[2] == nil)
        table.leaveScope()
        #expect(table[1] == nil && table.depth == 0)
    }
}
