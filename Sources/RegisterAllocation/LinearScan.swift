import PrecastEntities

/// A stretch of a value's live ranges that has one place. A value starts as one piece; splitting cuts pieces at a point.
struct Piece {
    /// The value.
    var register: UInt32
    var start: ProgramPoint
    var end: ProgramPoint
    /// Runs of the value's `ranges` and `uses`; the first and the last range are cut off at `start` and `end`.
    var ranges: Range<UInt32>
    var uses: Range<UInt32>
    /// Dense register number, or one of the below.
    var place: Int16
    /// The value's pieces before and after, or -1.
    var previous: Int32
    var next: Int32

    static let pending: Int16 = -1
    /// In the value's slot, or, for a value that is remade, nowhere.
    static let inMemory: Int16 = -2
}

/// Linear scan over SSA live ranges with holes.
///
/// Pieces are taken in order of their first point. Each gets a register that is free over all its ranges; hints choose among several.
/// When none is, three ways are weighed by the estimated number of loads and stores each costs at run time: cut the piece where the
/// most durable register becomes unfree; cut another piece, that has a register, out of it from here on; leave this piece in memory.
/// What is cut off and used again comes back as a new piece that starts at a good place before that use (out of loops it
/// is not used in), so every value gets its second chance.
///
/// After Poletto and Sarkar 1999; Traub et al. 1998 (holes, second chance); Wimmer and Mössenböck 2005 (split positions);
/// Wimmer and Franz 2010 (SSA form). Conflicts with fixed registers and other pieces are looked up in ``RegisterTimelines``.
struct LinearScan: ~Copyable {
    let problem: Problem
    let points: ProgramPoints
    let live: LiveRanges
    let table: RegisterTable
    var timelines = RegisterTimelines()

    var pieces: [Piece] = []
    /// Per virtual register: its first piece, or -1.
    var firstPiece: [Int32] = []
    var lastPiece: [Int32] = []
    /// Per virtual register: whether some piece of it is in memory, so that it was or must be stored.
    var isSpilled: [Bool] = []
    /// Per dense register: pieces that hold it and may not have ended.
    var holders: [[Int32]] = []
    var isUsed: [Bool] = []
    /// Safepoints as points of their clobbers, ascending.
    var safepoints: [ProgramPoint] = []
    /// Per value: the register that it and the values it is moved from and to should share. See `Hints.swift`.
    var webs: [UInt32] = []
    var webRegister: [Int16] = []
    var hintScores: [Float] = []
    /// Per dense register: its first conflict with the piece at hand, as far as looked up.
    var conflicts: [ProgramPoint?] = []

    private var initial: [UInt64] = []
    private var nextInitial = 0
    private var later: [UInt64] = []

    init(_ problem: Problem, _ points: ProgramPoints, _ live: LiveRanges, _ table: RegisterTable) {
        self.problem = problem
        self.points = points
        self.live = live
        self.table = table
    }

    mutating func run() {
        prepare()
        while let piece = nextPiece() { allocate(piece) }
        dropIdlePieces()
    }
}

// MARK: - Order

extension LinearScan {
    private mutating func prepare() {
        timelines.reset(registerCount: table.registers.count, slotCount: points.slotCount)
        reserveFixedRegisters()
        holders = Array(repeating: [], count: table.registers.count)
        // A function with landing pads saves all registers for its caller anyway.
        let savesAll = problem.blocks.contains { $0.isLandingPad }
        isUsed = table.isCalleeSaved.map { $0 && savesAll }
        hintScores = Array(repeating: 0, count: table.registers.count)
        conflicts = Array(repeating: nil, count: table.registers.count)
        isSpilled = Array(repeating: false, count: problem.registerCount)
        firstPiece = Array(repeating: -1, count: problem.registerCount)
        lastPiece = firstPiece
        pieces.reserveCapacity(problem.registerCount + problem.registerCount / 2)
        for v in 0..<problem.registerCount {
            let ranges = live.rangeRun(v)
            if ranges.isEmpty { continue }
            firstPiece[v] = Int32(pieces.count)
            lastPiece[v] = Int32(pieces.count)
            let start = live.ranges[ranges.lowerBound].from
            initial.append(UInt64(start) << 32 | UInt64(pieces.count))
            pieces.append(Piece(register: UInt32(v), start: start, end: live.ranges[ranges.upperBound - 1].to,
                                ranges: UInt32(ranges.lowerBound)..<UInt32(ranges.upperBound),
                                uses: live.useStarts[v]..<live.useStarts[v + 1], place: Piece.pending, previous: -1, next: -1))
        }
        initial.sort()
        uniteWebs()
        cutWhereFrameBegins()
    }

    /// Cuts values that live across calls where early blocks and others meet: there they move to registers that must be saved, or to memory, and not before.
    private mutating func cutWhereFrameBegins() {
        let borders = problem.blocks.indices.dropFirst().filter { problem.blocks[$0].isEarly != problem.blocks[$0 - 1].isEarly }
        guard !borders.isEmpty, borders.count < 16, let lost = problem.environment.callerSaved.first?.last.map({ table.number(of: $0) }), lost >= 0 else { return }
        for c in pieces.indices where problem.registerClasses[Int(pieces[c].register)] == .integer {
            // Only calls take the last of the caller-saved registers.
            if firstReservation(pieces[c], lost) == .never { continue }
            var last = c
            for b in borders where points.heads[b] > pieces[last].start && points.heads[b] < pieces[last].end {
                last = split(last, at: points.heads[b])
                enqueue(last)
            }
        }
    }

    private mutating func nextPiece() -> Int? {
        if nextInitial < initial.count, later.isEmpty || initial[nextInitial] < later[0] {
            nextInitial += 1
            return Int(initial[nextInitial - 1] & 0xffff_ffff)
        }
        return popLater()
    }

    /// Puts a piece made by a split in its place of the order: a binary heap.
    mutating func enqueue(_ piece: Int) {
        later.append(UInt64(pieces[piece].start) << 32 | UInt64(piece))
        var i = later.count - 1
        while i > 0 {
            let parent = (i - 1) / 2
            if later[parent] <= later[i] { break }
            later.swapAt(i, parent)
            i = parent
        }
    }
    private mutating func popLater() -> Int? {
        guard let top = later.first, let last = later.popLast() else { return nil }
        if later.isEmpty { return Int(top & 0xffff_ffff) }
        later[0] = last
        var i = 0
        while true {
            var child = 2 * i + 1
            if child >= later.count { break }
            if child + 1 < later.count && later[child + 1] < later[child] { child += 1 }
            if later[i] <= later[child] { break }
            later.swapAt(i, child)
            i = child
        }
        return Int(top & 0xffff_ffff)
    }

    /// Marks what the code itself demands: clobbers, fixed operands, safepoints.
    private mutating func reserveFixedRegisters() {
        let clobberLists = problem.clobberSets.map { set in set.members.map { table.number(of: $0) }.filter { $0 >= 0 } }
        safepoints = points.safepointClobbers(problem)
        for b in problem.blocks.indices {
            for i in problem.blocks[b].instructions {
                let i = Int(i)
                let point = points.point(of: i, in: b)
                // A landing pad finds nothing in registers from its head on.
                let isLanding = problem.blocks[b].isLandingPad && UInt32(i) == problem.blocks[b].instructions.lowerBound
                for r in clobberLists[Int(problem.clobbers[i])] { timelines.reserve(r, isLanding ? points.heads[b] : point + 1, point + 2) }
                for o in problem.operandRange(InstructionIndex(index: i)) {
                    if case .fixed(let r) = problem.operands[o].constraint { reserve(r, o, i, point) }
                }
            }
        }
    }
    private mutating func reserve(_ register: PhysicalRegister, _ o: Int, _ i: Int, _ point: ProgramPoint) {
        let r = table.number(of: register)
        if r < 0 { return }
        let operand = problem.operands[o]
        switch (operand.kind, operand.position) {
        case (.use, .early): timelines.reserve(r, point, isTiedTo(o, i) ? point + 4 : point + 1)
        case (.def, .late): timelines.reserve(r, point + 2, point + 4)
        case (.use, .late), (.def, .early): timelines.reserve(r, point, point + 4)
        }
    }
    private func isTiedTo(_ o: Int, _ i: Int) -> Bool {
        let run = problem.operandRange(InstructionIndex(index: i))
        return run.contains { problem.operands[$0].constraint == .tied(o - run.lowerBound) }
    }
}

// MARK: - One piece

extension LinearScan {
    private mutating func allocate(_ c: Int) {
        let piece = pieces[c]
        let demand = demandAtStart(piece)
        if demand.isStack { return spill(c, from: piece.start, after: piece.start) }
        let run = table.run(problem.registerClasses[Int(piece.register)])
        scoreHints(piece)
        let free = freeRegister(piece, run)
        if free >= 0 && !isFreshCalleeSaved(free) { return assign(c, free) }
        allocateContended(c, run, demand, free)
    }

    /// Puts back to memory what got a register and lost it again before any use.
    private mutating func dropIdlePieces() {
        for p in pieces.indices where pieces[p].place >= 0 && pieces[p].uses.isEmpty {
            let v = Int(pieces[p].register)
            if !isSpilled[v] && problem.rematerialization[v] == 0 { continue }
            let (previous, next) = (Int(pieces[p].previous), Int(pieces[p].next))
            let followsRegister = previous >= 0 && pieces[previous].place >= 0
            let leadsToRegister = next >= 0 && pieces[next].place >= 0 && pieces[next].start == pieces[p].end
            if followsRegister || leadsToRegister { continue }
            let b = points.block(at: pieces[p].start)
            if points.heads[b] == pieces[p].start && arrivesInRegister(pieces[p].register, b, before: pieces[p].start) { continue }
            pieces[p].place = Piece.inMemory
        }
    }

    struct Demand {
        /// A register is needed at the piece's first instruction, at least until `until`.
        var isRegister = false
        var isStack = false
        var until: ProgramPoint
    }

    func demandAtStart(_ piece: Piece) -> Demand {
        var demand = Demand(until: piece.start &+ 1)
        let limit = piece.start.nextSlotStart
        for u in piece.uses {
            let use = live.uses[Int(u)]
            if use.point >= limit { break }
            if use.need == .register {
                demand.isRegister = true
                demand.until = max(demand.until, use.end)
            } else if use.need == .stack && use.kind == .def {
                demand.isStack = true
            }
        }
        return demand
    }

    /// The best register that is free over the whole piece, or -1.
    private mutating func freeRegister(_ piece: Piece, _ run: Range<Int>) -> Int {
        for r in run { conflicts[r] = nil }
        var best = -1
        var bestScore = -Float.infinity
        for r in run {
            let score = hintScores[r] - (isFreshCalleeSaved(r) ? calleeSavedCost : 0)
            if score <= bestScore { continue }
            let conflict = firstConflict(piece, r)
            conflicts[r] = conflict
            if conflict == .never {
                best = r
                bestScore = score
            }
        }
        return best
    }
    /// Whether the first use of `r` would cost a save and a restore.
    @inline(__always) func isFreshCalleeSaved(_ r: Int) -> Bool { table.isCalleeSaved[r] && !isUsed[r] }
    var calleeSavedCost: Float { 1.8 }

    /// What it costs to have all of a piece in memory.
    func memoryCost(_ piece: Piece) -> Float {
        let v = Int(piece.register)
        let uses = live.weight(Int(piece.uses.lowerBound), Int(piece.uses.upperBound))
        if problem.rematerialization[v] != 0 { return 0.6 * uses }
        return uses + storeCost(v, piece.start)
    }

    /// What the first store of the value to its slot costs, at its definition or at `point`.
    func storeCost(_ v: Int, _ point: ProgramPoint) -> Float {
        if isSpilled[v] || problem.rematerialization[v] != 0 { return 0 }
        return min(points.moveFrequency(at: point), definitionFrequency(v))
    }
    func definitionFrequency(_ v: Int) -> Float { points.frequency(at: live.ranges[Int(live.rangeStarts[v])].from) }
    /// A value that is defined outside the loop in which it loses its register has to be back in it for the next round.
    func returnCost(_ v: Int, _ cut: ProgramPoint) -> Float {
        let frequency = points.moveFrequency(at: cut)
        return definitionFrequency(v) < frequency ? frequency : 0
    }

    mutating func assign(_ c: Int, _ r: Int) {
        if pieces[c].previous >= 0 { cutWhereControlArrives(c, r) }
        let piece = pieces[c]
        pieces[c].place = Int16(r)
        isUsed[r] = true
        take(piece, r)
        holders[r].append(Int32(c))
        webRegister[Int(webs[Int(piece.register)])] = Int16(r)
    }

    /// Cuts a piece that is about to get `r` before the first block at which control arrives, from all sides, with the value in another register.
    ///
    /// A piece goes on through whatever follows in emission order. What made it leave its register, a call on one way of many, does not
    /// concern the ways beside that one.
    private mutating func cutWhereControlArrives(_ c: Int, _ r: Int) {
        let piece = pieces[c]
        let first = points.block(at: piece.start), last = points.block(at: piece.end &- 1)
        for b in (first + 1)..<max(first + 1, min(last + 1, first + 33)) {
            let head = points.heads[b]
            let arrival = commonPlace(of: piece.register, atHeadOf: b, before: piece.start)
            if arrival < 0 || arrival == r || !covers(piece, head) { continue }
            return enqueue(split(c, at: head))
        }
    }
    /// The register in which all predecessors of `b` leave a value, if all end by `point`; or -1.
    private func commonPlace(of v: UInt32, atHeadOf b: Int, before point: ProgramPoint) -> Int {
        let predecessors = problem.blocks[b].predecessors
        if predecessors.count > 4 { return -1 }
        var found = -1
        for p in predecessors {
            let end = points.ends[problem.blockPool[Int(p)].index]
            if end > point { return -1 }
            let place = place(of: v, at: end &- 1)
            if place < 0 || found >= 0 && place != found { return -1 }
            found = place
        }
        return found
    }

    /// The pieces that hold `r` at `point`; forgets those that ended.
    mutating func holder(of r: Int, at point: ProgramPoint) -> Int? {
        var kept = 0
        var found: Int?
        for i in holders[r].indices {
            let h = holders[r][i]
            let piece = pieces[Int(h)]
            if piece.end <= point || piece.place != Int16(r) { continue }
            holders[r][kept] = h
            kept += 1
            if found == nil && covers(piece, point) { found = Int(h) }
        }
        holders[r].removeLast(holders[r].count - kept)
        return found
    }
}

// MARK: - Ranges of a piece

extension LinearScan {
    mutating func take(_ piece: Piece, _ r: Int) {
        for i in piece.ranges {
            let range = live.ranges[Int(i)]
            timelines.take(r, max(range.from, piece.start), min(range.to, piece.end))
        }
    }
    mutating func release(_ piece: Piece, _ r: Int) {
        for i in piece.ranges {
            let range = live.ranges[Int(i)]
            timelines.release(r, max(range.from, piece.start), min(range.to, piece.end))
        }
    }

    func covers(_ piece: Piece, _ point: ProgramPoint) -> Bool {
        if point < piece.start || point >= piece.end { return false }
        let i = rangeIndex(piece.ranges, endingAfter: point)
        return i < piece.ranges.upperBound && live.ranges[Int(i)].from <= point
    }

    /// The first range of the run that ends after `point`.
    func rangeIndex(_ run: Range<UInt32>, endingAfter point: ProgramPoint) -> UInt32 {
        partitionPoint(of: run) { live.ranges[Int($0)].to <= point }
    }
    /// The first use of the run at or after `point`.
    func useIndex(_ run: Range<UInt32>, atOrAfter point: ProgramPoint) -> UInt32 {
        partitionPoint(of: run) { live.uses[Int($0)].point < point }
    }

    /// The first point of the piece at which `r` is not to be had; `.never` when it is free over all of it.
    func firstConflict(_ piece: Piece, _ r: Int) -> ProgramPoint {
        let limit = safepointLimit(piece)
        for i in piece.ranges {
            let range = live.ranges[Int(i)]
            var from = max(range.from, piece.start)
            let to = min(range.to, piece.end)
            while let hit = timelines.firstConflict(r, from, to) {
                if timelines.isTaken(r, hit) || !isOwnReservation(piece.register, r, hit) { return min(hit, limit) }
                from = hit + 1
            }
            if from > limit { break }
        }
        return limit
    }
    /// The same from `point` on.
    func firstConflict(_ piece: Piece, _ r: Int, from point: ProgramPoint) -> ProgramPoint {
        var rest = piece
        let range = rangeIndex(piece.ranges, endingAfter: point)
        if range >= piece.ranges.upperBound { return .never }
        rest.ranges = range..<piece.ranges.upperBound
        rest.start = max(point, live.ranges[Int(range)].from)
        return rest.start < rest.end ? firstConflict(rest, r) : .never
    }
    /// As `firstConflict`, looking at reservations only.
    func firstReservation(_ piece: Piece, _ r: Int) -> ProgramPoint {
        let limit = safepointLimit(piece)
        for i in piece.ranges {
            let range = live.ranges[Int(i)]
            var from = max(range.from, piece.start)
            let to = min(range.to, piece.end)
            while let hit = timelines.firstReservation(r, from, to) {
                if !isOwnReservation(piece.register, r, hit) { return min(hit, limit) }
                from = hit + 1
            }
            if from > limit { break }
        }
        return limit
    }

    /// The first safepoint across which a reference lives in this piece.
    private func safepointLimit(_ piece: Piece) -> ProgramPoint {
        if safepoints.isEmpty || !problem.isReference.contains(Int(piece.register)) { return .never }
        var i = safepoints.partitionPoint { $0 < piece.start }
        while i < safepoints.count && safepoints[i] < piece.end {
            if covers(piece, safepoints[i]) { return safepoints[i] }
            i += 1
        }
        return .never
    }

    /// Whether the reservation of `r` at `point` is by an operand of this very value.
    private func isOwnReservation(_ v: UInt32, _ r: Int, _ point: ProgramPoint) -> Bool {
        if !live.hasFixedPlace[Int(v)] { return false }
        let register = table.registers[r]
        let i = InstructionIndex(index: points.instruction(at: point))
        if point & 3 == 1 && problem.clobberSets[Int(problem.clobbers[i.index])].contains(register) { return false }
        let run = problem.operandRange(i)
        let phase = Int(point & 3)
        for o in run where problem.operands[o].constraint == .fixed(register) {
            let operand = problem.operands[o]
            switch (operand.kind, operand.position) {
            case (.use, .early):
                if phase == 0 { return operand.register.rawValue == v }
                if phase == 1 || !isTiedTo(o, i.index) { continue }
                return run.contains { problem.operands[$0].constraint == .tied(o - run.lowerBound) && problem.operands[$0].register.rawValue == v }
            case (.def, .late):
                if phase >= 2 { return operand.register.rawValue == v }
            case (.use, .late), (.def, .early):
                return operand.register.rawValue == v
            }
        }
        return false
    }
}
