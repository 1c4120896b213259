import PrecastEntities

/// That a value is in a place from instruction `from` on, before it executes.
struct Claim: BitwiseCopyable {
    var value: UInt32
    var from: UInt32
    var place: Allocation
}

/// Where values are, and still are when nobody needs them any more: until something else is written to the place.
///
/// Input: a problem, its solution, and claims of where the allocation put values. Output: the instructions before which a place certainly holds a value.
/// Algorithm: forward data flow. A claim begins to hold at its first instruction; edits, definitions and clobbers end what their places hold; where ways
/// meet, a place holds what it holds on all of them; a landing pad finds nothing. Since a definition dominates whatever its value can be found at, what is found is the
/// value's last instance. O(operands + edits + blocks × places), with few rounds.
struct HeldPlaces: ~Copyable {
    struct Stay: BitwiseCopyable {
        var from: UInt32
        var to: UInt32
        var place: Allocation
        fileprivate var value: UInt32
    }
    /// From instruction `at` on, before it executes, a place holds a value, or nothing.
    private struct Event: BitwiseCopyable {
        var at: UInt32
        var place: Int32
        var value: Int32
    }
    private let problem: Problem
    private let claims: [Claim]

    private var places: [Allocation] = []
    private var registerPlaces = [Int32](repeating: -1, count: 256)
    /// Per 8 bytes of the spill area: the place of 8 bytes there, that of 16 bytes, and the places that overlap it.
    private var narrowPlaces: [Int32]
    private var widePlaces: [Int32]
    private var overlaps: [[Int32]]
    private var clobberPlaces: [[Int32]] = []
    /// Those that hold references somewhere.
    private var referencePlaces = Set<Int32>()
    /// All that happens, block after block; per block: where its events end.
    private var events: [Event] = []
    private var eventEnds: [Int] = []

    private static let nothing: Int32 = -1
    /// Not known yet: whatever the other ways say.
    private static let anything: Int32 = -2
    /// What it was at the head.
    private static let unchanged: Int32 = -3
    /// Beyond so many words of state nothing is followed from block to block.
    private static let mostState = 1 << 22

    /// - Parameter claims: in registers and slots, of values of interest alone.
    init(_ problem: Problem, _ solution: borrowing Solution, _ claims: [Claim]) {
        self.problem = problem
        self.claims = claims
        narrowPlaces = Array(repeating: -1, count: solution.spillAreaSize / 8)
        widePlaces = narrowPlaces
        overlaps = Array(repeating: [], count: narrowPlaces.count)
        for claim in claims {
            makePlace(claim)
            if problem.isReference.contains(Int(claim.value)) { referencePlaces.insert(place(of: claim)) }
        }
        clobberPlaces = problem.clobberSets.map { set in set.members.compactMap { registerPlaces[Int($0.rawValue)] >= 0 ? registerPlaces[Int($0.rawValue)] : nil } }
        collectEvents(solution)
    }
    private func place(of claim: Claim) -> Int32 {
        if let register = claim.place.asRegister { return registerPlaces[Int(register.rawValue)] }
        guard let slot = claim.place.asSlot else { return -1 }
        return problem.spillSizes[Int(claim.value)] == 16 ? widePlaces[slot / 8] : narrowPlaces[slot / 8]
    }
    private mutating func makePlace(_ claim: Claim) {
        if place(of: claim) >= 0 { return }
        let number = Int32(places.count)
        places.append(claim.place)
        if let register = claim.place.asRegister { registerPlaces[Int(register.rawValue)] = number }
        guard let slot = claim.place.asSlot else { return }
        if problem.spillSizes[Int(claim.value)] == 16 {
            widePlaces[slot / 8] = number
            overlaps[slot / 8 + 1].append(number)
        } else {
            narrowPlaces[slot / 8] = number
        }
        overlaps[slot / 8].append(number)
    }

    // MARK: Events

    private mutating func collectEvents(_ solution: borrowing Solution) {
        // Claims by their first instruction.
        var starts = [UInt32](repeating: 0, count: problem.instructionCount + 1)
        for claim in claims { starts[Int(claim.from) + 1] += 1 }
        for i in 0..<problem.instructionCount { starts[i + 1] += starts[i] }
        var order = [UInt32](repeating: 0, count: claims.count), cursor = starts
        for (number, claim) in claims.enumerated() {
            order[Int(cursor[Int(claim.from)])] = UInt32(number)
            cursor[Int(claim.from)] += 1
        }
        var edit = 0, safepoint = 0
        for block in problem.blocks {
            // Before a jump come the moves of its edge, after which a value that goes along it may no longer be where it was.
            let jump = block.successors.count == 1 ? block.instructions.upperBound - 1 : .max
            for n in block.instructions {
                let begun = order[Int(starts[Int(n)])..<Int(starts[Int(n) + 1])]
                if n == jump { for number in begun { add(claims[Int(number)]) } }
                while edit < solution.edits.count, solution.edits[edit].point.rawValue == n {
                    overwrite(solution.edits[edit].destination, size: solution.edits[edit].size, at: n)
                    edit += 1
                }
                if n != jump { for number in begun { add(claims[Int(number)]) } }
                execute(InstructionIndex(rawValue: n), solution)
                if safepoint < problem.safepoints.count, problem.safepoints[safepoint].rawValue == n {
                    forgetReferences(safepoint, solution)
                    safepoint += 1
                }
            }
            eventEnds.append(events.count)
        }
    }
    private mutating func add(_ claim: Claim) {
        overwrite(claim.place, size: problem.spillSizes[Int(claim.value)], at: claim.from)
        events.append(Event(at: claim.from, place: place(of: claim), value: Int32(bitPattern: claim.value)))
    }
    private mutating func execute(_ i: InstructionIndex, _ solution: borrowing Solution) {
        // Both sides of a move are one place: it does nothing.
        if !problem.moves.contains(i) {
            for o in problem.operandRange(i) where problem.operands[o].kind == .def {
                overwrite(solution.allocations[o], size: problem.spillSizes[problem.operands[o].register.index], at: i.rawValue + 1)
            }
        }
        let clobbers = Int(problem.clobbers[i.index])
        if clobbers == 0 { return }
        for p in clobberPlaces[clobbers] { events.append(Event(at: i.rawValue + 1, place: p, value: Self.nothing)) }
    }
    /// The collector changes references where it is told of them; elsewhere they are no longer right.
    private mutating func forgetReferences(_ safepoint: Int, _ solution: borrowing Solution) {
        if referencePlaces.isEmpty { return }
        let start = safepoint == 0 ? 0 : Int(solution.safepointEnds[safepoint - 1]), end = Int(solution.safepointEnds[safepoint])
        let told = solution.safepointSlots[start..<end]
        for p in referencePlaces.sorted() {
            if let slot = places[Int(p)].asSlot, told.contains(UInt32(slot)) { continue }
            events.append(Event(at: problem.safepoints[safepoint].rawValue + 1, place: p, value: Self.nothing))
        }
    }
    private mutating func overwrite(_ place: Allocation, size: UInt8, at n: UInt32) {
        if let register = place.asRegister {
            let p = registerPlaces[Int(register.rawValue)]
            if p >= 0 { events.append(Event(at: n, place: p, value: Self.nothing)) }
        } else if let slot = place.asSlot {
            for granule in slot / 8..<(slot + Int(size) + 7) / 8 where granule < overlaps.count {
                for p in overlaps[granule] { events.append(Event(at: n, place: p, value: Self.nothing)) }
            }
        }
    }

    // MARK: Data flow

    /// What each place holds at the head of each block; empty if that is too much.
    private func findHeads() -> [Int32] {
        let count = places.count, blockCount = problem.blocks.count
        if count * blockCount > Self.mostState { return [] }
        var effects = [Int32](repeating: Self.unchanged, count: count * blockCount)
        var first = 0
        for b in 0..<blockCount {
            for event in events[first..<eventEnds[b]] { effects[b * count + Int(event.place)] = event.value }
            first = eventEnds[b]
        }
        var heads = [Int32](repeating: Self.anything, count: count * blockCount)
        var ends = heads
        effects.withUnsafeBufferPointer { effects in
            heads.withUnsafeMutableBufferPointer { heads in
                ends.withUnsafeMutableBufferPointer { ends in
                    // Blocks at whose predecessors something changed.
                    var pending = [Bool](repeating: true, count: blockCount), isDone = false
                    while !isDone {
                        isDone = true
                        for b in 0..<blockCount where pending[b] {
                            pending[b] = false
                            if !update(b, count, effects, heads, ends) { continue }
                            for q in problem.blocks[b].successors {
                                let successor = problem.blockPool[Int(q)].index
                                pending[successor] = true
                                if successor <= b { isDone = false }
                            }
                        }
                    }
                }
            }
        }
        return heads
    }
    /// Returns whether the block's end is another.
    private func update(
        _ b: Int, _ count: Int, _ effects: UnsafeBufferPointer<Int32>, _ heads: UnsafeMutableBufferPointer<Int32>, _ ends: UnsafeMutableBufferPointer<Int32>
    ) -> Bool {
        let block = problem.blocks[b], base = b &* count
        let isFresh = block.predecessors.isEmpty || block.isLandingPad
        for p in 0..<count { heads[base &+ p] = isFresh ? Self.nothing : Self.anything }
        if !isFresh {
            for q in block.predecessors {
                let from = problem.blockPool[Int(q)].index &* count
                for p in 0..<count {
                    let a = heads[base &+ p], b = ends[from &+ p]
                    heads[base &+ p] = a == Self.anything || a == b ? b : b == Self.anything ? a : Self.nothing
                }
            }
        }
        var changed = false
        for p in 0..<count {
            let effect = effects[base &+ p], end = effect == Self.unchanged ? heads[base &+ p] : effect
            if ends[base &+ p] != end {
                ends[base &+ p] = end
                changed = true
            }
        }
        return changed
    }

    // MARK: Result

    /// Where each value stays: by value, `starts[v]..<starts[v + 1]`, ascending, without overlaps.
    consuming func find() -> (stays: [Stay], starts: [Int]) {
        var stays: [Stay] = []
        let heads = places.isEmpty ? [] : findHeads()
        var held = [Int32](repeating: Self.nothing, count: places.count)
        var since = [UInt32](repeating: 0, count: places.count)
        func put(_ value: Int32, _ p: Int, _ n: UInt32) {
            if held[p] == value { return }
            if held[p] >= 0, since[p] < n { stays.append(Stay(from: since[p], to: n, place: places[p], value: UInt32(bitPattern: held[p]))) }
            held[p] = value
            since[p] = n
        }
        var first = 0
        for b in problem.blocks.indices {
            let head = problem.blocks[b].instructions.lowerBound
            for p in places.indices { put(heads.isEmpty ? Self.nothing : heads[b * places.count + p], p, head) }
            for event in events[first..<eventEnds[b]] { put(event.value, Int(event.place), event.at) }
            first = eventEnds[b]
        }
        for p in places.indices { put(Self.nothing, p, UInt32(problem.instructionCount)) }
        return separate(stays)
    }
    /// One place at a time for each value: the one it is in longer where it is in two.
    private func separate(_ stays: [Stay]) -> ([Stay], [Int]) {
        var counts = [Int](repeating: 0, count: problem.registerCount + 1)
        for stay in stays { counts[Int(stay.value) + 1] += 1 }
        for v in 0..<problem.registerCount { counts[v + 1] += counts[v] }
        var sorted = stays, cursor = counts
        for stay in stays {
            sorted[cursor[Int(stay.value)]] = stay
            cursor[Int(stay.value)] += 1
        }
        var result: [Stay] = []
        result.reserveCapacity(sorted.count)
        var starts: [Int] = []
        starts.reserveCapacity(counts.count)
        for v in 0..<problem.registerCount {
            let start = result.count
            starts.append(start)
            let run = counts[v]..<counts[v + 1]
            if run.count > 1 { sorted[run].sort { $0.from != $1.from ? $0.from < $1.from : $0.to > $1.to } }
            for var stay in sorted[run] {
                if result.count > start {
                    let last = result[result.count - 1]
                    if stay.to <= last.to { continue }
                    if stay.from <= last.to {
                        if stay.place == last.place {
                            result[result.count - 1].to = stay.to
                            continue
                        }
                        stay.from = last.to
                    }
                }
                result.append(stay)
            }
        }
        starts.append(result.count)
        return (result, starts)
    }
}

extension Problem {
    /// The registers of debug values, each once.
    var debugRegisters: [Int] {
        var seen = [Bool](repeating: false, count: registerCount)
        var result: [Int] = []
        for value in debugValues where !seen[value.register.index] {
            seen[value.register.index] = true
            result.append(value.register.index)
        }
        return result
    }
}

extension Solution {
    /// Fills ``debugLocations`` from claims about the registers of `problem.debugValues`.
    mutating func locateDebugValues(_ problem: Problem, _ claims: [Claim]) {
        let (stays, starts) = HeldPlaces(problem, self, claims).find()
        for value in problem.debugValues {
            let end = starts[value.register.index + 1]
            var i = partitionPoint(of: starts[value.register.index]..<end) { stays[$0].to <= value.from.rawValue }
            while i < end, stays[i].from < value.to.rawValue {
                debugLocations.append(DebugLocation(
                    label: value.label, from: InstructionIndex(rawValue: max(stays[i].from, value.from.rawValue)),
                    to: InstructionIndex(rawValue: min(stays[i].to, value.to.rawValue)), location: stays[i].place))
                i += 1
            }
        }
    }
}
