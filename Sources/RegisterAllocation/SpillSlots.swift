import PrecastEntities

/// Gives each spilled value its slot. Values that a branch argument, a move or a tie connects and that are never live at once share
/// one, so that memory-to-memory moves between them vanish; of the rest those share whose lives do not overlap. O(n log n).
struct SpillSlots {
    /// Per virtual register: byte offset, or -1.
    private(set) var offsets: [Int32]
    private(set) var areaSize = 0

    private var bundleOf: [Int32]
    private var bundles: [Bundle] = []
    private var budget: Int

    private struct Bundle {
        var ranges: [LiveRange]
        var members: [UInt32]
        var size: UInt8
    }

    init(_ problem: Problem, _ live: LiveRanges, needsSlot: [Bool]) {
        offsets = Array(repeating: -1, count: problem.registerCount)
        bundleOf = offsets
        budget = 64 * (problem.registerCount + problem.instructionCount)
        for v in 0..<problem.registerCount where needsSlot[v] {
            bundleOf[v] = Int32(bundles.count)
            bundles.append(Bundle(ranges: Array(live.ranges[live.rangeRun(v)]), members: [UInt32(v)], size: problem.spillSizes[v]))
        }
        if bundles.isEmpty { return }
        for tie in live.ties { join(problem.operands[Int(tie.use)].register.index, problem.operands[Int(tie.def)].register.index) }
        joinBranchArguments(problem)
        assignOffsets()
    }

    private mutating func joinBranchArguments(_ problem: Problem) {
        for block in problem.blocks where !block.arguments.isEmpty {
            guard let s = block.successors.first else { continue }
            let parameters = problem.blocks[problem.blockPool[Int(s)].index].parameters
            for (a, p) in zip(block.arguments, parameters) { join(problem.registerPool[Int(a)].index, problem.registerPool[Int(p)].index) }
        }
    }

    private mutating func join(_ v: Int, _ w: Int) {
        let (a, b) = (Int(bundleOf[v]), Int(bundleOf[w]))
        if a < 0 || b < 0 || a == b || bundles[a].size != bundles[b].size || budget <= 0 { return }
        budget -= bundles[a].ranges.count + bundles[b].ranges.count
        guard let merged = Self.disjointUnion(bundles[a].ranges, bundles[b].ranges) else { return }
        let (into, from) = bundles[a].members.count >= bundles[b].members.count ? (a, b) : (b, a)
        bundles[into].ranges = merged
        for m in bundles[from].members { bundleOf[Int(m)] = Int32(into) }
        bundles[into].members += bundles[from].members
        bundles[from].members = []
        bundles[from].ranges = []
    }

    private static func disjointUnion(_ a: [LiveRange], _ b: [LiveRange]) -> [LiveRange]? {
        var result: [LiveRange] = []
        result.reserveCapacity(a.count + b.count)
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            let next: LiveRange
            if j == b.count || (i < a.count && a[i].from < b[j].from) {
                next = a[i]
                i += 1
            } else {
                next = b[j]
                j += 1
            }
            if let last = result.last, last.to > next.from { return nil }
            if let last = result.last, last.to == next.from {
                result[result.count - 1].to = next.to
            } else {
                result.append(next)
            }
        }
        return result
    }

    /// Linear scan over the hulls of the bundles, with free lists by size.
    private mutating func assignOffsets() {
        let order = bundles.indices.filter { !bundles[$0].members.isEmpty }
            .sorted { (bundles[$0].ranges[0].from, $0) < (bundles[$1].ranges[0].from, $1) }
        var ending: [(to: ProgramPoint, offset: Int32, size: UInt8)] = []
        var free8: [Int32] = []
        var free16: [Int32] = []
        for b in order {
            let start = bundles[b].ranges[0].from
            while let first = ending.first, first.to <= start {
                Self.pop(&ending)
                if first.size == 16 { free16.append(first.offset) } else { free8.append(first.offset) }
            }
            if bundles[b].size == 16 && free16.isEmpty && areaSize % 16 != 0 { free8.append(grow(8)) }
            let offset = (bundles[b].size == 16 ? free16.popLast() : free8.popLast()) ?? grow(Int(bundles[b].size))
            for m in bundles[b].members { offsets[Int(m)] = offset }
            Self.push(&ending, (bundles[b].ranges[bundles[b].ranges.count - 1].to, offset, bundles[b].size))
        }
    }
    private mutating func grow(_ size: Int) -> Int32 {
        areaSize += size
        return Int32(areaSize - size)
    }

    private static func push(_ heap: inout [(to: ProgramPoint, offset: Int32, size: UInt8)], _ element: (ProgramPoint, Int32, UInt8)) {
        heap.append((element.0, element.1, element.2))
        var i = heap.count - 1
        while i > 0, heap[(i - 1) / 2].to > heap[i].to {
            heap.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }
    private static func pop(_ heap: inout [(to: ProgramPoint, offset: Int32, size: UInt8)]) {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var i = 0
        while 2 * i + 1 < heap.count {
            var child = 2 * i + 1
            if child + 1 < heap.count && heap[child + 1].to < heap[child].to { child += 1 }
            if heap[i].to <= heap[child].to { break }
            heap.swapAt(i, child)
            i = child
        }
    }
}
