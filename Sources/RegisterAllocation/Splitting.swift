import PrecastEntities

/// What to do when no register is free for all of a piece, and where to cut.
extension LinearScan {
    /// A way to go on, with its estimated cost in loads and stores executed.
    private enum Choice {
        /// Take the register, free over the whole piece, though saving it for the caller costs something.
        case wholly(Int)
        /// Take the register until `until`, then cut.
        case partly(Int, until: ProgramPoint)
        /// Take the register from the piece that holds it.
        case evict(Int, holder: Int)
        case memory
        case none
    }

    mutating func allocateContended(_ c: Int, _ run: Range<Int>, _ demand: Demand, _ free: Int) {
        let piece = pieces[c]
        var choice = Choice.none
        var cost = Float.infinity
        if free >= 0 {
            choice = .wholly(free)
            cost = calleeSavedCost - hintScores[free]
        }
        if !demand.isRegister {
            let memory = memoryCost(piece)
            if memory < cost {
                choice = .memory
                cost = memory
            }
        }
        considerPartial(piece, run, demand, &choice, &cost)
        if free < 0 { considerEviction(piece, run, demand, &choice, &cost) }
        if case .none = choice { lastResort(piece, run, demand, &choice) }
        switch choice {
        case .wholly(let r):
            assign(c, r)
        case .partly(let r, let until):
            cutBeforeConflict(c, until)
            assign(c, r)
        case .evict(let r, let holder):
            evict(holder, at: piece.start)
            let conflict = firstConflict(piece, r)
            if conflict != .never { cutBeforeConflict(c, conflict) }
            assign(c, r)
        case .memory:
            spill(c, from: piece.start, after: piece.start)
        case .none:
            preconditionFailure("instruction \(points.instruction(at: piece.start)) demands more registers than there are, for v\(piece.register)")
        }
    }

    // MARK: Costs

    private func considerPartial(_ piece: Piece, _ run: Range<Int>, _ demand: Demand, _ choice: inout Choice, _ cost: inout Float) {
        var best = -1
        var bestUntil: ProgramPoint = 0
        for r in run {
            var until = conflicts[r] ?? firstConflict(piece, r)
            if until == .never {
                // Free, but saving it for the caller may not be worth the whole piece.
                if demand.isRegister && best < 0 { until = demand.until } else { continue }
            }
            guard isEnough(piece, until, demand) else { continue }
            if until > bestUntil || (until == bestUntil && best >= 0 && preference(r) > preference(best)) {
                best = r
                bestUntil = until
            }
        }
        if best < 0 { return }
        let total = costOfCut(piece, bestUntil, best) + (isFreshCalleeSaved(best) ? calleeSavedCost : 0)
        if total < cost {
            cost = total
            choice = .partly(best, until: bestUntil)
        }
    }
    private func preference(_ r: Int) -> Float { hintScores[r] - (isFreshCalleeSaved(r) ? calleeSavedCost : 0) }

    /// Whether a register that is free until `until` serves the piece's first instruction and allows a cut after it.
    private func isEnough(_ piece: Piece, _ until: ProgramPoint, _ demand: Demand) -> Bool {
        if until < demand.until || until <= piece.start { return false }
        // A register that is lost before the first use is no gain.
        if piece.uses.isEmpty || live.uses[Int(piece.uses.lowerBound)].point >= until { return false }
        return latestCut(piece, until) != nil
    }

    /// What the piece costs from the cut before `until` on: the way to memory, and back to register `r` (as far as that is free)
    /// or to another before later uses.
    private func costOfCut(_ piece: Piece, _ until: ProgramPoint, _ r: Int?) -> Float {
        let v = Int(piece.register)
        let cut = bestCut(piece, until) ?? until
        let factor: Float = problem.rematerialization[v] != 0 ? 0.6 : 1
        var total: Float = 0
        var conflict = until
        var next = useIndex(piece.uses, atOrAfter: conflict)
        for _ in 0..<3 {
            if next >= piece.uses.upperBound { break }
            let later = live.weight(Int(next), Int(piece.uses.upperBound))
            let reload = bestPoint(piece, conflict.nextSlotStart, live.uses[Int(next)].point.slotStart)
            let cost = points.moveFrequency(at: reload)
            guard let r, later > cost, reload < piece.end else {
                next = piece.uses.upperBound
                total += min(later, 0.5 * later + cost)
                break
            }
            total += cost
            conflict = firstConflict(piece, r, from: reload)
            if conflict == .never { break }
            next = useIndex(piece.uses, atOrAfter: conflict)
        }
        if conflict != .never { total += 0.7 * live.weight(Int(next), Int(piece.uses.upperBound)) }
        return factor * max(total, returnCost(v, cut)) + storeCost(v, cut)
    }

    private mutating func considerEviction(_ piece: Piece, _ run: Range<Int>, _ demand: Demand, _ choice: inout Choice, _ cost: inout Float) {
        for r in run {
            guard let h = holder(of: r, at: piece.start) else { continue }
            var until = firstReservation(piece, r)
            guard until == .never || isEnough(piece, until, demand), var total = costOfEviction(piece, h, r, until), total < cost else { continue }
            // Worth a closer look: others may hold the register later.
            release(pieces[h], r)
            until = firstConflict(piece, r)
            take(pieces[h], r)
            guard until == .never || isEnough(piece, until, demand) else { continue }
            total = costOfEviction(piece, h, r, until) ?? .infinity
            if total < cost {
                cost = total
                choice = .evict(r, holder: h)
            }
        }
    }
    private func costOfEviction(_ piece: Piece, _ h: Int, _ r: Int, _ until: ProgramPoint) -> Float? {
        guard let total = evictionCost(h, from: piece.start, until: min(until, piece.end)) else { return nil }
        return total + (until == .never ? 0 : costOfCut(piece, until, nil)) - 0.1 * hintScores[r]
    }

    /// What it costs to have piece `h` in memory from `from` until `until`; nil if it must have its register at `from`.
    private func evictionCost(_ h: Int, from: ProgramPoint, until: ProgramPoint) -> Float? {
        let piece = pieces[h]
        guard let cut = evictionCut(piece, from) else { return nil }
        let v = Int(piece.register)
        let first = useIndex(piece.uses, atOrAfter: max(cut, piece.start))
        let next = useIndex(first..<piece.uses.upperBound, atOrAfter: until)
        var total = live.weight(Int(first), Int(next))
        let isIdle = first == next
        if next < piece.uses.upperBound {
            let use = live.uses[Int(next)]
            let reload = bestPoint(piece, max(until.nextSlotStart, cut), use.point.slotStart)
            total += min(points.moveFrequency(at: reload), max(use.weight, 0.01))
        }
        total = max(total, returnCost(v, cut))
        total = problem.rematerialization[v] != 0 ? 0.6 * total : total + storeCost(v, cut) + 0.1 * points.moveFrequency(at: cut)
        return isIdle ? total * share(piece, next, from, until) : total
    }

    /// The part of an eviction's cost that one piece has to bear: the register that a value with a distant next use gives up serves others too,
    /// after the piece that it is taken for (Belady, "A study of replacement algorithms", 1966).
    private func share(_ holder: Piece, _ next: UInt32, _ from: ProgramPoint, _ until: ProgramPoint) -> Float {
        let back = next < holder.uses.upperBound ? live.uses[Int(next)].point : holder.end
        if back <= until { return 1 }
        return max(0.1, Float(until &- from) / Float(back &- from))
    }

    /// When all holders are needed by this very instruction: take one that could as well have another register for it.
    private mutating func lastResort(_ piece: Piece, _ run: Range<Int>, _ demand: Demand, _ choice: inout Choice) {
        let slot = piece.start.slotStart
        for r in run {
            guard let h = holder(of: r, at: piece.start) else { continue }
            release(pieces[h], r)
            let until = firstConflict(piece, r)
            take(pieces[h], r)
            guard until == .never || isEnough(piece, until, demand) else { continue }
            if pieces[h].start < slot {
                let rest = split(h, at: slot)
                releaseTail(h, rest)
                enqueue(rest)
            } else if pieces[h].end > slot + 4 && piece.end <= slot + 4 {
                release(pieces[h], r)
                pieces[h].place = Piece.pending
                enqueue(split(h, at: slot + 4))
                enqueue(h)
            } else {
                continue
            }
            choice = .partly(r, until: until)
            return
        }
    }

    // MARK: Where to cut

    /// The last point at which the piece may be cut so that it does not hold its register at `conflict`.
    private func latestCut(_ piece: Piece, _ conflict: ProgramPoint) -> ProgramPoint? {
        let slot = conflict.slotStart
        if conflict & 3 != 0 {
            // Within an instruction: after its early uses the piece can go on in memory.
            var i = useIndex(piece.uses, atOrAfter: slot)
            var hasEarlyUse = false
            var hasOther = false
            while i < piece.uses.upperBound && live.uses[Int(i)].point < slot + 4 {
                let use = live.uses[Int(i)]
                if use.point == slot && !use.kind.isDef {
                    hasEarlyUse = true
                } else if use.need == .register || use.kind.isDef {
                    hasOther = true
                }
                i += 1
            }
            if hasEarlyUse && !hasOther { return slot + 1 > piece.start ? slot + 1 : nil }
        }
        return slot > piece.start ? slot : nil
    }

    /// A good point to cut before `conflict`: after the last use before it, in the block that runs most seldom, as late as possible.
    private func bestCut(_ piece: Piece, _ conflict: ProgramPoint) -> ProgramPoint? {
        guard let latest = latestCut(piece, conflict) else { return nil }
        if latest & 3 != 0 { return latest }
        let next = useIndex(piece.uses, atOrAfter: latest)
        var earliest = piece.start.nextSlotStart
        if next > piece.uses.lowerBound { earliest = max(earliest, (live.uses[Int(next) - 1].end &+ 3) & ~3) }
        return earliest >= latest ? latest : bestPoint(piece, earliest, latest)
    }

    /// Where to cut a piece that loses its register at `from`: nil if an instruction there needs it; at or before the piece's start if
    /// none of it can stay.
    private func evictionCut(_ piece: Piece, _ from: ProgramPoint) -> ProgramPoint? {
        let slot = from.slotStart
        var i = useIndex(piece.uses, atOrAfter: slot)
        var readsEarly = false
        while i < piece.uses.upperBound && live.uses[Int(i)].point < slot + 4 {
            let use = live.uses[Int(i)]
            i += 1
            if use.need != .register { continue }
            if use.kind.isDef || use.point >= from || use.point != slot { return nil }
            readsEarly = true
        }
        if readsEarly { return slot + 1 }
        if slot <= piece.start { return piece.start }
        let next = useIndex(piece.uses, atOrAfter: slot)
        var earliest = piece.start
        if next > piece.uses.lowerBound { earliest = max(earliest, (live.uses[Int(next) - 1].end &+ 3) & ~3) }
        if earliest >= slot { return slot }
        // A piece whose start no instruction needs may lose it all.
        let best = bestPoint(piece, (earliest &+ 3) & ~3, slot)
        return best
    }

    /// The point of `low ... high` (slot starts) whose block runs most seldom, the last of several: `high`, or the end of an earlier block.
    func bestPoint(_ piece: Piece, _ low: ProgramPoint, _ high: ProgramPoint) -> ProgramPoint {
        if low >= high { return high }
        var b = points.block(at: high)
        var best = high
        while true {
            let candidate = points.shallower[b]
            if candidate < 0 || points.ends[Int(candidate)] < low { return best }
            b = Int(candidate)
            if covers(piece, points.ends[b] &- 1) && covers(piece, points.ends[b]) { best = points.ends[b] }
        }
    }

    // MARK: Cutting

    /// Cuts piece `c` before `conflict`; the rest waits for its turn, or for its next use in memory.
    private mutating func cutBeforeConflict(_ c: Int, _ conflict: ProgramPoint) {
        if conflict == .never || conflict >= pieces[c].end { return }
        guard let cut = bestCut(pieces[c], conflict) else { return }
        let rest = split(c, at: cut)
        if cut & 3 != 0 {
            spill(rest, from: cut, after: conflict)
        } else {
            enqueue(rest)
        }
    }

    /// Takes the register from piece `h` at `point` on.
    private mutating func evict(_ h: Int, at point: ProgramPoint) {
        guard let cut = evictionCut(pieces[h], point) else { preconditionFailure("not evictable") }
        if cut <= pieces[h].start {
            release(pieces[h], Int(pieces[h].place))
            pieces[h].place = Piece.pending
            return spill(h, from: cut, after: point)
        }
        let rest = split(h, at: cut)
        releaseTail(h, rest)
        spill(rest, from: cut, after: point)
    }

    private mutating func releaseTail(_ h: Int, _ rest: Int) {
        release(pieces[rest], Int(pieces[h].place))
    }

    /// Leaves piece `c`, which begins at `from`, in memory until a good place before its next use beyond `after`'s instruction that wants
    /// a register.
    mutating func spill(_ c: Int, from: ProgramPoint, after: ProgramPoint) {
        let piece = pieces[c]
        let low = max(after.nextSlotStart, piece.start)
        var point = ProgramPoint.never
        if let use = nextWish(piece, after.nextSlotStart) {
            point = inheritedPoint(piece, low, bestPoint(piece, low, live.uses[Int(use)].point.slotStart))
            if point <= piece.start { return enqueue(c) }
        }
        point = arrivalInRegister(piece, low, point) ?? point
        if point < piece.end { enqueue(split(c, at: point)) }
        pieces[c].place = Piece.inMemory
        if problem.rematerialization[Int(piece.register)] == 0 { isSpilled[Int(piece.register)] = true }
    }

    /// The first block head between `low` and `high` at which the value arrives in a register from most sides, and has to be in one for the loop's next round.
    private func arrivalInRegister(_ piece: Piece, _ low: ProgramPoint, _ high: ProgramPoint) -> ProgramPoint? {
        if low >= piece.end { return nil }
        let first = points.block(at: low) + 1, last = points.block(at: piece.end &- 1)
        let definition = definitionFrequency(Int(piece.register))
        for b in first..<max(first, min(last + 1, first + 32)) {
            let head = points.heads[b]
            if head >= high { return nil }
            if definition < points.frequencies[b] && head > piece.start && covers(piece, head) && arrivesInRegister(piece.register, b, before: low) { return head }
        }
        return nil
    }
    /// Whether most of the blocks that lead to `b` end by `point` with the value in a register.
    func arrivesInRegister(_ v: UInt32, _ b: Int, before point: ProgramPoint) -> Bool {
        var balance = 0
        for p in problem.blocks[b].predecessors.prefix(16) {
            let end = points.ends[problem.blockPool[Int(p)].index]
            balance += end <= point && place(of: v, at: end &- 1) >= 0 ? 1 : -1
        }
        return balance > 0
    }

    /// The head of the block of `point`, if the value arrives there in a register from a block that was allocated already; else `point`.
    /// Emission order says only what was before in the text: control may come from where the value never left its register.
    private func inheritedPoint(_ piece: Piece, _ low: ProgramPoint, _ point: ProgramPoint) -> ProgramPoint {
        let b = points.block(at: point)
        let head = points.heads[b]
        if head == point || head < low || !covers(piece, head) { return point }
        for p in problem.blocks[b].predecessors.prefix(4) {
            let predecessor = problem.blockPool[Int(p)].index
            if predecessor < b && points.ends[predecessor] <= low && place(of: piece.register, at: points.ends[predecessor] &- 1) >= 0 { return head }
        }
        return point
    }

    /// Whether a use that could as well read memory had better load the value for the next one too: that is near, or runs more often.
    private func isWorthRegister(_ use: UsePosition, _ next: UsePosition) -> Bool {
        if next.need == .stack { return false }
        return next.point - use.point <= 4 * 24 || points.frequency(at: next.point) > points.frequency(at: use.point)
    }

    /// The next use at or after `point` that wants a register: one that needs it, or one of several that would profit.
    private func nextWish(_ piece: Piece, _ point: ProgramPoint) -> UInt32? {
        var i = useIndex(piece.uses, atOrAfter: point)
        while i < piece.uses.upperBound {
            let use = live.uses[Int(i)]
            if use.need == .register { return i }
            if use.need == .preferRegister && i + 1 < piece.uses.upperBound && isWorthRegister(use, live.uses[Int(i) + 1]) { return i }
            i += 1
        }
        return nil
    }

    /// Cuts piece `c` at `point`; returns the new piece that holds the rest.
    mutating func split(_ c: Int, at point: ProgramPoint) -> Int {
        let piece = pieces[c]
        let range = rangeIndex(piece.ranges, endingAfter: point)
        let straddles = live.ranges[Int(range)].from < point
        let use = useIndex(piece.uses, atOrAfter: point)
        let rest = pieces.count
        precondition(range < piece.ranges.upperBound && (straddles || range > piece.ranges.lowerBound))
        pieces.append(Piece(register: piece.register, start: straddles ? point : live.ranges[Int(range)].from, end: piece.end,
                            ranges: range..<piece.ranges.upperBound, uses: use..<piece.uses.upperBound,
                            place: Piece.pending, previous: Int32(c), next: piece.next))
        if piece.next >= 0 { pieces[Int(piece.next)].previous = Int32(rest) } else { lastPiece[Int(piece.register)] = Int32(rest) }
        pieces[c].ranges = piece.ranges.lowerBound..<(straddles ? range + 1 : range)
        pieces[c].uses = piece.uses.lowerBound..<use
        pieces[c].end = straddles ? point : live.ranges[Int(range) - 1].to
        pieces[c].next = Int32(rest)
        return rest
    }
}
