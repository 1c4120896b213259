import PrecastEntities

/// After the scan: blocks through which a spilled value passes in a register without need.
///
/// A piece spans whatever blocks follow in emission order, also on paths on which the value is not used before it is in memory again;
/// each edge into such a block would load it for nothing. A block that does not mention the value gives the register up when the value is
/// in memory at all of its successors (the register is of no use), or at the ends of all its predecessors and at most one successor wants
/// the register (the load moves down that edge, which runs no more often).
struct IdleStretches: ~Copyable {
    /// Per block, stamped with the value: mentions it.
    private var mentioned: [UInt32]
    /// Per block: number of the candidate it is, or -1.
    private var candidateOf: [Int32]
    private var candidates: [Candidate] = []

    private struct Candidate {
        var block: Int32
        var isInMemory: Bool
    }

    init(blockCount: Int) {
        mentioned = Array(repeating: .max, count: blockCount)
        candidateOf = Array(repeating: -1, count: blockCount)
    }

    /// The blocks, ascending, that give up their register. `chain` is the value's; O(blocks at which it is live × log).
    mutating func find(_ v: Int, _ chain: [Stretch], _ problem: Problem, _ points: ProgramPoints, _ live: LiveRanges) -> [Int] {
        for u in live.useRun(v) { mentioned[points.block(at: live.uses[u].point)] = UInt32(v) }
        collectCandidates(v, chain, points, live)
        if candidates.isEmpty { return [] }
        var changed = true
        var passes = 0
        while changed && passes < 4 {
            changed = false
            passes += 1
            for i in candidates.indices.reversed() where !candidates[i].isInMemory {
                let b = Int(candidates[i].block)
                if isIdle(b, v, chain, problem, points, live) {
                    candidates[i].isInMemory = true
                    changed = true
                }
            }
        }
        var result: [Int] = []
        for c in candidates {
            candidateOf[Int(c.block)] = -1
            if c.isInMemory { result.append(Int(c.block)) }
        }
        candidates.removeAll(keepingCapacity: true)
        return result
    }

    private mutating func collectCandidates(_ v: Int, _ chain: [Stretch], _ points: ProgramPoints, _ live: LiveRanges) {
        var s = 0
        for r in live.rangeRun(v) {
            let range = live.ranges[r]
            for b in points.block(at: range.from)...points.block(at: range.to - 1) {
                let (head, end) = (points.heads[b], points.ends[b])
                if head < range.from || end > range.to || mentioned[b] == UInt32(v) { continue }
                while chain[s].end <= head { s += 1 }
                if chain[s].place.asRegister == nil || chain[s].start > head || chain[s].end < end { continue }
                candidateOf[b] = Int32(candidates.count)
                candidates.append(Candidate(block: Int32(b), isInMemory: false))
            }
        }
    }

    private func isIdle(_ b: Int, _ v: Int, _ chain: [Stretch], _ problem: Problem, _ points: ProgramPoints, _ live: LiveRanges) -> Bool {
        var wanting = 0
        for s in problem.blocks[b].successors {
            let successor = problem.blockPool[Int(s)].index
            if isInRegister(successor, points.heads[successor], chain, v, live) { wanting += 1 }
        }
        if wanting == 0 { return true }
        if wanting > 1 { return false }
        for p in problem.blocks[b].predecessors {
            let predecessor = problem.blockPool[Int(p)].index
            if isInRegister(predecessor, points.ends[predecessor] - 1, chain, v, live) { return false }
        }
        return true
    }
    /// Whether the value is live and in a register at `point`, the head or the last point of block `b`.
    private func isInRegister(_ b: Int, _ point: ProgramPoint, _ chain: [Stretch], _ v: Int, _ live: LiveRanges) -> Bool {
        let c = candidateOf[b]
        if c >= 0 { return !candidates[Int(c)].isInMemory }
        let s = chain.stretchIndex(at: point)
        if chain[s].start > point || chain[s].end <= point || chain[s].place.asRegister == nil { return false }
        let run = live.rangeRun(v)
        let range = partitionPoint(of: run) { live.ranges[$0].to <= point }
        return range < run.upperBound && live.ranges[range].from <= point
    }
}

/// A part of a value's life that has one place.
struct Stretch: BitwiseCopyable {
    var start: ProgramPoint
    var end: ProgramPoint
    var place: Allocation
    /// Run of `LiveRanges.uses`.
    var firstUse: UInt32
    var lastUse: UInt32
}

extension Array where Element == Stretch {
    /// The stretch that covers `point`, if one does; else one near it.
    func stretchIndex(at point: ProgramPoint) -> Int {
        PrecastEntities.partitionPoint(of: 0..<count - 1) { self[$0].end <= point }
    }
}
