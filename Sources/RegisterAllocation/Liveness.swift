import PrecastEntities

/// Computes live ranges value by value: from each block that uses a value but does not define it, backward over predecessors to the
/// definition. Costs the number of blocks at whose ends the value is live; needs no iteration and no bit set per block, because in
/// SSA form the first visit of a block settles it (Boissinot et al., "Computing liveness sets for SSA-form programs", 2011).
struct Liveness {
    /// What is known of a block for the value at hand: each field counts only when it is stamped with the value.
    private struct BlockState {
        var liveIn = UInt32.max
        var liveOut = UInt32.max
        var mentioned = UInt32.max
        var lastUseEnd: ProgramPoint = 0
    }
    private var states: [BlockState] = []
    private var touched: [UInt32] = []
    private var worklist: [UInt32] = []
    private var isTouched: [UInt64] = []

    mutating func compute(_ problem: Problem, _ points: ProgramPoints, into live: inout LiveRanges) {
        states.removeAll(keepingCapacity: true)
        states.append(contentsOf: repeatElement(BlockState(), count: problem.blocks.count))
        isTouched.removeAll(keepingCapacity: true)
        isTouched.append(contentsOf: repeatElement(0, count: (problem.blocks.count + 63) / 64))
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
        let first = live.uses[run.lowerBound]
        if first.kind.isDef && points.ends[points.block(at: first.point)] > live.uses[last].point {
            return addLocalRange(run, &live)
        }
        guard let def = run.first(where: { live.uses[$0].kind.isDef }) else { return }
        let defPoint = live.uses[def].point
        let defBlock = UInt32(points.block(at: defPoint))
        touched.removeAll(keepingCapacity: true)
        worklist.removeAll(keepingCapacity: true)
        for u in run { mention(points.block(at: live.uses[u].point), live.uses[u].end, v, defBlock) }
        walkToDefinition(problem, v, defBlock)
        sortTouched()
        for t in touched {
            let state = states[Int(t)]
            let from = state.liveIn == v ? points.heads[Int(t)] : defPoint
            let to = state.liveOut == v ? points.ends[Int(t)] : state.lastUseEnd
            if let previous = live.ranges.last, live.ranges.count > Int(live.rangeStarts[Int(v)]), previous.to == from {
                live.ranges[live.ranges.count - 1].to = to
            } else {
                live.ranges.append(LiveRange(from: from, to: to))
            }
        }
    }

    private mutating func mention(_ b: Int, _ end: ProgramPoint, _ v: UInt32, _ defBlock: UInt32) {
        if states[b].mentioned == v {
            states[b].lastUseEnd = max(states[b].lastUseEnd, end)
            return
        }
        states[b].mentioned = v
        states[b].lastUseEnd = end
        touched.append(UInt32(b))
        if UInt32(b) != defBlock {
            states[b].liveIn = v
            worklist.append(UInt32(b))
        }
    }

    /// A value that lives in one block. A parameter, or a result in a fixed register, that is never used needs no place.
    private func addLocalRange(_ run: Range<Int>, _ live: inout LiveRanges) {
        let first = live.uses[run.lowerBound]
        if run.count == 1 && (first.kind == .parameter || first.kind == .fixedDef) { return }
        var end: ProgramPoint = 0
        for u in run { end = max(end, live.uses[u].end) }
        live.ranges.append(LiveRange(from: first.point, to: end))
    }

    private mutating func walkToDefinition(_ problem: Problem, _ v: UInt32, _ defBlock: UInt32) {
        while let b = worklist.popLast() {
            for p in problem.blocks[Int(b)].predecessors {
                let predecessor = problem.blockPool[Int(p)].rawValue
                let q = Int(predecessor)
                if states[q].liveOut == v { continue }
                states[q].liveOut = v
                if predecessor == defBlock || states[q].liveIn == v { continue }
                states[q].liveIn = v
                if states[q].mentioned != v { touched.append(predecessor) }
                worklist.append(predecessor)
            }
        }
    }

    /// Many blocks are sorted by marking their bits.
    private mutating func sortTouched() {
        if touched.count < 32 {
            for i in 1..<max(touched.count, 1) {
                let t = touched[i]
                var j = i
                while j > 0 && touched[j &- 1] > t {
                    touched[j] = touched[j &- 1]
                    j &-= 1
                }
                touched[j] = t
            }
            return
        }
        var (low, high) = (Int.max, 0)
        for t in touched {
            let w = Int(t >> 6)
            isTouched[w] |= 1 << UInt64(t & 63)
            low = min(low, w)
            high = max(high, w)
        }
        touched.removeAll(keepingCapacity: true)
        for w in low...high {
            var word = isTouched[w]
            isTouched[w] = 0
            while word != 0 {
                touched.append(UInt32(w &* 64 &+ word.trailingZeroBitCount))
                word &= word &- 1
            }
        }
    }
}
