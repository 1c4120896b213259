import PrecastEntities

/// That a value is in a place from instruction `from` on, before it executes, and certainly nowhere less before `to` unless something is written there.
struct Claim: BitwiseCopyable {
    var value: UInt32
    var from: UInt32
    var to: UInt32
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
        var value: UInt32
        var from: UInt32
        var to: UInt32
        var place: Allocation
    }
    private let problem: Problem
    private let solution: Solution
    private let claims: [Claim]

    private var places: [Allocation] = []
    private var placeNumbers: [Allocation: Int32] = [:]
    private var registerPlaces = [Int32](repeating: -1, count: 256)
    /// Per 8 bytes of the spill area: the places that overlap them.
    private var granulePlaces: [[Int32]] = []
    private var clobberPlaces: [[Int32]] = []

    /// At the instruction at hand: the value in each place, and since when.
    private var held: [Int32] = []
    private var since: [UInt32] = []
    private var stays: [Stay] = []
    private var records = false

    private static let nothing: Int32 = -1
    /// Not known yet: whatever the other ways say.
    private static let anything: Int32 = -2
    /// What it was at the head.
    private static let unchanged: Int32 = -3
    /// Beyond so many words of state nothing is followed from block to block.
    private static let mostState = 1 << 22

    /// - Parameter claims: in registers and slots, of values of interest alone.
    init(_ problem: Problem, _ solution: Solution, _ claims: [Claim]) {
        self.problem = problem
        self.solution = solution
        self.claims = claims.sorted { $0.from < $1.from }
        granulePlaces = Array(repeating: [], count: solution.spillAreaSize / 8)
        for claim in claims where placeNumbers[claim.place] == nil { add(claim.place, size: problem.spillSizes[Int(claim.value)]) }
        clobberPlaces = problem.clobberSets.map { set in set.members.compactMap { registerPlaces[Int($0.rawValue)] >= 0 ? registerPlaces[Int($0.rawValue)] : nil } }
        since = Array(repeating: 0, count: places.count)
    }
    private mutating func add(_ place: Allocation, size: UInt8) {
        let number = Int32(places.count)
        places.append(place)
        placeNumbers[place] = number
        if let register = place.asRegister { registerPlaces[Int(register.rawValue)] = number }
        if let slot = place.asSlot {
            for granule in slot / 8..<(slot + Int(size) + 7) / 8 where granule < granulePlaces.count { granulePlaces[granule].append(number) }
        }
    }

    /// All stays, by value and first instruction; those of one value do not overlap.
    consuming func find() -> [Stay] {
        if places.isEmpty { return [] }
        let heads = findHeads()
        records = true
        held = Array(repeating: Self.nothing, count: places.count)
        for b in problem.blocks.indices {
            let head = problem.blocks[b].instructions.lowerBound
            for p in places.indices { put(heads.isEmpty ? Self.nothing : heads[b * places.count + p], p, at: head) }
            walk(b)
        }
        for p in places.indices { put(Self.nothing, p, at: UInt32(problem.instructionCount)) }
        return separate()
    }

    // MARK: Data flow

    /// What each place holds at the head of each block.
    private mutating func findHeads() -> [Int32] {
        let count = places.count, blockCount = problem.blocks.count
        if count * blockCount > Self.mostState { return [] }
        var effects: [Int32] = []
        effects.reserveCapacity(count * blockCount)
        for b in 0..<blockCount {
            held = Array(repeating: Self.unchanged, count: count)
            walk(b)
            effects += held
        }
        var heads = [Int32](repeating: Self.anything, count: count * blockCount)
        var ends = heads
        var changed = true
        while changed {
            changed = false
            for b in 0..<blockCount {
                let block = problem.blocks[b], base = b * count
                let isFresh = block.predecessors.isEmpty || block.isLandingPad
                for p in 0..<count {
                    var value = isFresh ? Self.nothing : Self.anything
                    if !isFresh {
                        for q in block.predecessors { value = Self.meet(value, ends[problem.blockPool[Int(q)].index * count + p]) }
                    }
                    heads[base + p] = value
                    let end = effects[base + p] == Self.unchanged ? value : effects[base + p]
                    if ends[base + p] != end {
                        ends[base + p] = end
                        changed = true
                    }
                }
            }
        }
        return heads
    }
    private static func meet(_ a: Int32, _ b: Int32) -> Int32 { a == anything || a == b ? b : b == anything ? a : nothing }

    // MARK: One block

    private mutating func walk(_ b: Int) {
        let run = problem.blocks[b].instructions
        var claim = claims.partitionPoint { $0.from < run.lowerBound }
        var edit = solution.edits.partitionPoint { $0.point.rawValue < run.lowerBound }
        // Before a jump come the moves of its edge, after which a value that goes along it may no longer be where it was.
        let jump = problem.blocks[b].successors.count == 1 ? run.upperBound - 1 : .max
        for n in run {
            if n == jump { assertClaims(at: n, &claim) }
            while edit < solution.edits.count, solution.edits[edit].point.rawValue == n {
                overwrite(solution.edits[edit].destination, size: solution.edits[edit].size, at: n)
                edit += 1
            }
            assertClaims(at: n, &claim)
            execute(InstructionIndex(rawValue: n))
        }
    }
    private mutating func assertClaims(at n: UInt32, _ claim: inout Int) {
        while claim < claims.count, claims[claim].from == n {
            if let p = placeNumbers[claims[claim].place] {
                overwrite(claims[claim].place, size: problem.spillSizes[Int(claims[claim].value)], at: n)
                put(Int32(bitPattern: claims[claim].value), Int(p), at: n)
            }
            claim += 1
        }
    }
    private mutating func execute(_ i: InstructionIndex) {
        // Both sides of a move are one place: it does nothing.
        if !problem.moves.contains(i) {
            for o in problem.operandRange(i) where problem.operands[o].kind == .def {
                overwrite(solution.allocations[o], size: problem.spillSizes[problem.operands[o].register.index], at: i.rawValue + 1)
            }
        }
        for p in clobberPlaces[Int(problem.clobbers[i.index])] { put(Self.nothing, Int(p), at: i.rawValue + 1) }
    }
    private mutating func overwrite(_ place: Allocation, size: UInt8, at n: UInt32) {
        if let register = place.asRegister {
            let p = registerPlaces[Int(register.rawValue)]
            if p >= 0 { put(Self.nothing, Int(p), at: n) }
        } else if let slot = place.asSlot {
            for granule in slot / 8..<(slot + Int(size) + 7) / 8 where granule < granulePlaces.count {
                for p in granulePlaces[granule] { put(Self.nothing, Int(p), at: n) }
            }
        }
    }
    private mutating func put(_ value: Int32, _ p: Int, at n: UInt32) {
        if held[p] == value { return }
        if records, held[p] >= 0, since[p] < n { stays.append(Stay(value: UInt32(bitPattern: held[p]), from: since[p], to: n, place: places[p])) }
        held[p] = value
        since[p] = n
    }

    // MARK: Result

    /// One place at a time for each value: the one it is in longer where it is in two.
    private consuming func separate() -> [Stay] {
        stays.sort { ($0.value, $0.from, $1.to) < ($1.value, $1.from, $0.to) }
        var result: [Stay] = []
        result.reserveCapacity(stays.count)
        for var stay in stays {
            if let last = result.last, last.value == stay.value {
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
        return result
    }
}

extension Solution {
    /// Fills ``debugLocations`` from claims about the registers of `problem.debugValues`; a recipe is where it is claimed.
    mutating func locateDebugValues(_ problem: Problem, _ claims: [Claim]) {
        let stays = HeldPlaces(problem, self, claims.filter { $0.place.asRecipe == nil }).find()
            + claims.filter { $0.place.asRecipe != nil }.map { HeldPlaces.Stay(value: $0.value, from: $0.from, to: $0.to, place: $0.place) }
        var starts = [Int32](repeating: -1, count: problem.registerCount)
        let sorted = stays.sorted { ($0.value, $0.from) < ($1.value, $1.from) }
        for (i, stay) in sorted.enumerated() where starts[Int(stay.value)] < 0 { starts[Int(stay.value)] = Int32(i) }
        for value in problem.debugValues {
            let start = starts[value.register.index]
            if start < 0 { continue }
            var end = Int(start)
            while end < sorted.count, sorted[end].value == value.register.rawValue { end += 1 }
            var i = Int(start) + partitionPoint(of: 0..<end - Int(start)) { sorted[Int(start) + $0].to <= value.from.rawValue }
            while i < end, sorted[i].from < value.to.rawValue {
                locate(value, Int(sorted[i].from)..<Int(sorted[i].to), sorted[i].place)
                i += 1
            }
        }
    }
}
