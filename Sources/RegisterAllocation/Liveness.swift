import PrecastEntities

/// Computes live ranges value by value: from each block that uses a value but does not define it, backward over predecessors to the
/// definition. Costs the number of blocks at whose ends the value is live; needs no iteration and no bit set per block, because in
/// SSA form the first visit of a block settles it (Boissinot et al., "Computing liveness sets for SSA-form programs", 2011).
struct Liveness {
    /// Per block, stamped with the value: live at its head, at its end; and where the value's last use in it ends.
    private var liveIn: [UInt32] = []
    private var liveOut: [UInt32] = []
    private var mentioned: [UInt32] = []
    private var lastUseEnds: [ProgramPoint] = []
    private var touched: [UInt32] = []
    private var worklist: [UInt32] = []

    mutating func compute(_ problem: Problem, _ points: ProgramPoints, into live: inout LiveRanges) {
        let blockCount = problem.blocks.count
        for stamps in [\Liveness.liveIn, \.liveOut, \.mentioned] {
            self[keyPath: stamps].removeAll(keepingCapacity: true)
            self[keyPath: stamps].append(contentsOf: repeatElement(UInt32.max, count: blockCount))
        }
        if lastUseEnds.count < blockCount { lastUseEnds.append(contentsOf: repeatElement(0, count: blockCount - lastUseEnds.count)) }
        live.ranges.removeAll(keepingCapacity: true)
        live.rangeStarts.removeAll(keepingCapacity: true)
        for v in 0..<problem.registerCount {
            live.rangeStarts.append(UInt32(live.ranges.count))
            addRanges(problem, points, UInt32(v), &live)
        }
        live.rangeStarts.append(UInt32(live.ranges.count))
    }

    private mutating func addRanges(_ problem: Problem, _ points: ProgramPoints, _ v: UInt32, _ live: inout LiveRanges) {
        let run = live.useRun(Int(v))
        guard let last = run.last else { return }
        let firstBlock = points.block(at: live.uses[run.lowerBound].point)
        if live.uses[run.lowerBound].kind.isDef && points.ends[firstBlock] > live.uses[last].point {
            addLocalRange(run, &live)
            return
        }
        guard let def = run.first(where: { live.uses[$0].kind.isDef }) else { return }
        let defPoint = live.uses[def].point
        let defBlock = UInt32(points.block(at: defPoint))
        touched.removeAll(keepingCapacity: true)
        worklist.removeAll(keepingCapacity: true)
        for u in run {
            let b = UInt32(points.block(at: live.uses[u].point))
            let end = live.uses[u].end
            if mentioned[Int(b)] != v {
                mentioned[Int(b)] = v
                lastUseEnds[Int(b)] = end
                if b != defBlock {
                    liveIn[Int(b)] = v
                    worklist.append(b)
                }
                touched.append(b)
            } else {
                lastUseEnds[Int(b)] = max(lastUseEnds[Int(b)], end)
            }
        }
        walkToDefinition(problem, v, defBlock)
        if touched.count > 1 { sortTouched() }
        for t in touched {
            let b = Int(t)
            let from = liveIn[b] == v ? points.heads[b] : defPoint
            let to = liveOut[b] == v ? points.ends[b] : lastUseEnds[b]
            if let previous = live.ranges.last, live.ranges.count > Int(live.rangeStarts[Int(v)]), previous.to == from {
                live.ranges[live.ranges.count - 1].to = to
            } else {
                live.ranges.append(LiveRange(from: from, to: to))
            }
        }
    }

    /// A value that lives in one block.
    private func addLocalRange(_ run: Range<Int>, _ live: inout LiveRanges) {
        var end: ProgramPoint = 0
        for u in run { end = max(end, live.uses[u].end) }
        let first = live.uses[run.lowerBound]
        if run.count == 1 && first.kind == .parameter { return }
        live.ranges.append(LiveRange(from: first.point, to: end))
    }

    private mutating func walkToDefinition(_ problem: Problem, _ v: UInt32, _ defBlock: UInt32) {
        while let b = worklist.popLast() {
            for p in problem.blocks[Int(b)].predecessors {
                let predecessor = problem.blockPool[Int(p)].rawValue
                let q = Int(predecessor)
                if liveOut[q] == v { continue }
                liveOut[q] = v
                if predecessor == defBlock || liveIn[q] == v { continue }
                liveIn[q] = v
                if mentioned[q] != v { touched.append(predecessor) }
                worklist.append(predecessor)
            }
        }
    }

    private mutating func sortTouched() {
        var isSorted = true
        for i in 1..<touched.count where touched[i &- 1] > touched[i] { isSorted = false }
        if !isSorted { touched.sort() }
    }
}
