import PrecastEntities

/// Proves that a solution is right for its problem, or says where it is not.
///
/// Forward data flow over the blocks: the state says for each register and each 8 bytes of the spill area which values it certainly holds;
/// states meet by intersection. Edits copy sets; a definition removes its value from everywhere but its place; clobbers
/// empty; a landing pad finds what slots hold at the call that it is entered from, and nothing in registers; a branch binds parameters to what holds their arguments. At the fixed point every operand must find its value in a place of the kind
/// demanded; places that an instruction touches at once must not conflict; callee-saved, scratch and safepoint rules must hold.
///
/// - Complexity: O(blocks × places) memory, a few passes over the code: for tests and fuzzing.
public func checkAllocation(_ problem: Problem, _ solution: Solution) throws(AllocationError) {
    try problem.validate()
    var checker = try Checker(problem, solution)
    try checker.run()
}

/// Which values each place holds. Places: 128 registers, then 8-byte granules of the spill area. A value of 16 bytes holds two granules,
/// the second marked as its upper half.
private struct HeldValues: Equatable {
    /// Per place: `2 * value + isUpperHalf`, ascending.
    var places: [[UInt32]]

    mutating func meet(_ other: HeldValues) -> Bool {
        var changed = false
        for p in places.indices where !places[p].isEmpty && places[p] != other.places[p] {
            let kept = places[p].filter { other.places[p].contains($0) }
            if kept.count != places[p].count {
                places[p] = kept
                changed = true
            }
        }
        return changed
    }
    mutating func forget(_ value: UInt32) {
        for p in places.indices where !places[p].isEmpty { places[p].removeAll { $0 >> 1 == value } }
    }
}

private struct Checker {
    let problem: Problem
    let solution: Solution
    let allocatable: PhysicalRegisterSet
    let calleeSaved: PhysicalRegisterSet
    var entries: [HeldValues?]
    /// Per block: its run of edits begins at the first edit of each instruction.
    var editStarts: [UInt32]
    var valuesOfRecipe: [UInt32: [UInt32]] = [:]
    var liveAtSafepoints: [Set<UInt32>] = []
    /// By label; by runs of ``stride`` instructions that they reach into.
    var debugValues: [UInt32: [DebugValue]] = [:]
    var debugLocations: [[DebugLocation]] = []
    static let stride = 16
    /// What the landing pads of the block that was walked last find.
    private var unwound: HeldValues?

    init(_ problem: Problem, _ solution: Solution) throws(AllocationError) {
        self.problem = problem
        self.solution = solution
        var all = PhysicalRegisterSet()
        var saved = PhysicalRegisterSet()
        for list in problem.environment.callerSaved { for r in list { all.insert(r) } }
        for list in problem.environment.calleeSaved { for r in list { saved.insert(r) } }
        allocatable = all.union(saved)
        calleeSaved = saved
        entries = Array(repeating: nil, count: problem.blocks.count)
        editStarts = Array(repeating: 0, count: problem.instructionCount + 1)
        for (v, recipe) in problem.rematerialization.enumerated() where recipe != 0 { valuesOfRecipe[recipe - 1, default: []].append(UInt32(v)) }
        try checkShape()
        for value in problem.debugValues { debugValues[value.label, default: []].append(value) }
        debugLocations = Array(repeating: [], count: problem.instructionCount / Self.stride + 1)
        for location in solution.debugLocations {
            for run in location.from.index / Self.stride...location.to.index / Self.stride { debugLocations[run].append(location) }
        }
        if !problem.safepoints.isEmpty { findLiveReferences() }
    }

    private mutating func checkShape() throws(AllocationError) {
        guard solution.allocations.count == problem.operands.count else {
            throw AllocationError("one allocation per operand expected, found \(solution.allocations.count) for \(problem.operands.count)")
        }
        guard solution.spillAreaSize % 16 == 0, solution.spillAreaSize >= 0 else { throw AllocationError("spill area of \(solution.spillAreaSize) bytes") }
        guard solution.safepointEnds.count == problem.safepoints.count else { throw AllocationError("\(solution.safepointEnds.count) safepoint lists for \(problem.safepoints.count) safepoints") }
        for (previous, edit) in zip(solution.edits, solution.edits.dropFirst()) where previous.point > edit.point {
            throw AllocationError("edits out of order", at: edit.point)
        }
        var e = 0
        for i in 0..<problem.instructionCount {
            editStarts[i] = UInt32(e)
            while e < solution.edits.count && solution.edits[e].point.index == i { e += 1 }
        }
        editStarts[problem.instructionCount] = UInt32(e)
        guard e == solution.edits.count else { throw AllocationError("an edit behind the last instruction") }
    }

    mutating func run() throws(AllocationError) {
        if problem.blocks.isEmpty { return }
        let empty = HeldValues(places: Array(repeating: [], count: 128 + solution.spillAreaSize / 8))
        entries[0] = empty
        var worklist = [0]
        while let b = worklist.popLast() {
            guard var state = entries[b] else { continue }
            try walk(b, &state, isFinal: false)
            for s in problem.blocks[b].successors {
                let successor = problem.blockPool[Int(s)].index
                let isLanding = problem.blocks[successor].isLandingPad
                let bound = bind(isLanding ? unwound ?? state : state, from: b, to: successor)
                if entries[successor] == nil {
                    entries[successor] = bound
                    worklist.append(successor)
                } else if entries[successor]?.meet(bound) == true {
                    worklist.append(successor)
                }
            }
        }
        for b in problem.blocks.indices {
            guard var state = entries[b] else { continue }
            try walk(b, &state, isFinal: true)
        }
    }

    /// The state at the head of `successor`: parameters are wherever their arguments were.
    private func bind(_ state: HeldValues, from b: Int, to successor: Int) -> HeldValues {
        let parameters = problem.blocks[successor].parameters
        if parameters.isEmpty { return state }
        var result = state
        let names = Set(parameters.map { problem.registerPool[Int($0)].rawValue })
        for p in result.places.indices where !result.places[p].isEmpty { result.places[p].removeAll { names.contains($0 >> 1) } }
        for (a, p) in zip(problem.blocks[b].arguments, parameters) {
            let argument = problem.registerPool[Int(a)].rawValue
            let parameter = problem.registerPool[Int(p)].rawValue
            for place in state.places.indices {
                for held in state.places[place] where held >> 1 == argument { insert(parameter << 1 | held & 1, &result.places[place]) }
            }
        }
        return result
    }
    private func insert(_ value: UInt32, _ set: inout [UInt32]) {
        if set.contains(value) { return }
        set.append(value)
        set.sort()
    }

    private mutating func walk(_ b: Int, _ state: inout HeldValues, isFinal: Bool) throws(AllocationError) {
        for i in problem.blocks[b].instructions {
            let instruction = InstructionIndex(rawValue: i)
            for e in editStarts[Int(i)]..<editStarts[Int(i) + 1] { try apply(solution.edits[Int(e)], &state, isFinal: isFinal) }
            if isFinal {
                try checkUses(instruction, state)
                try checkConflicts(instruction)
                try checkDebugLocations(instruction, state)
            }
            if instruction == problem.blocks[b].unwinds {
                var reached = state
                if let s = safepointIndex(instruction) { try passSafepoint(s, instruction, &reached, isFinal: false) }
                for r in 0..<128 { reached.places[r] = [] }
                unwound = reached
            }
            try execute(instruction, &state, isFinal: isFinal)
        }
    }
}

// MARK: - Transfer

extension Checker {
    private func granules(_ slot: Int, size: Int, _ point: InstructionIndex) throws(AllocationError) -> Range<Int> {
        guard slot % size == 0, slot + size <= solution.spillAreaSize else {
            throw AllocationError("slot \(slot) of \(size) bytes is misaligned or outside the spill area of \(solution.spillAreaSize)", at: point)
        }
        return 128 + slot / 8..<128 + (slot + size) / 8
    }

    private func apply(_ edit: Edit, _ state: inout HeldValues, isFinal: Bool) throws(AllocationError) {
        guard edit.size == 8 || edit.size == 16 else { throw AllocationError("edit of \(edit.size) bytes", at: edit.point) }
        var moved: [UInt32]
        if let r = edit.source.asRegister {
            moved = state.places[Int(r.rawValue)]
        } else if let slot = edit.source.asSlot {
            let run = try granules(slot, size: Int(edit.size), edit.point)
            moved = state.places[run.lowerBound].filter { $0 & 1 == 0 }
            if edit.size == 16 { moved = moved.filter { state.places[run.lowerBound + 1].contains($0 | 1) || problem.spillSizes[Int($0 >> 1)] == 8 } }
        } else if let recipe = edit.source.asRecipe {
            moved = (valuesOfRecipe[recipe] ?? []).map { $0 << 1 }
        } else {
            throw AllocationError("an edit from nowhere", at: edit.point)
        }
        if edit.size == 8 { moved = moved.filter { problem.spillSizes[Int($0 >> 1)] == 8 } }
        if let r = edit.destination.asRegister {
            try checkWritten(r, edit.point)
            state.places[Int(r.rawValue)] = moved.filter { problem.registerClasses[Int($0 >> 1)] == r.registerClass }
        } else if let slot = edit.destination.asSlot {
            guard edit.source.asRegister != nil else { throw AllocationError("an edit from memory or a recipe to memory", at: edit.point) }
            let run = try granules(slot, size: Int(edit.size), edit.point)
            state.places[run.lowerBound] = moved
            if edit.size == 16 { state.places[run.lowerBound + 1] = moved.filter { problem.spillSizes[Int($0 >> 1)] == 16 }.map { $0 | 1 } }
        } else {
            throw AllocationError("an edit to nowhere", at: edit.point)
        }
    }

    private func checkWritten(_ r: PhysicalRegister, _ point: InstructionIndex) throws(AllocationError) {
        if calleeSaved.contains(r) && !solution.usedCalleeSaved.contains(r) {
            throw AllocationError("callee-saved \(describe(r)) is written but not listed as used", at: point)
        }
    }

    private func execute(_ i: InstructionIndex, _ state: inout HeldValues, isFinal: Bool) throws(AllocationError) {
        let run = problem.operandRange(i)
        var copies: [UInt32] = []
        if problem.moves.contains(i) { copies = try values(in: solution.allocations[run.lowerBound], of: problem.operands[run.lowerBound].register, state, i) }
        if let s = safepointIndex(i) { try passSafepoint(s, i, &state, isFinal: isFinal) }
        for r in problem.clobberSets[Int(problem.clobbers[i.index])].members { state.places[Int(r.rawValue)] = [] }
        for r in problem.environment.scratch { state.places[Int(r.rawValue)] = [] }
        for o in run where problem.operands[o].kind == .def { state.forget(problem.operands[o].register.rawValue) }
        for o in run where problem.operands[o].kind == .def {
            try write(problem.operands[o].register.rawValue, to: solution.allocations[o], alongside: copies, &state, i)
        }
    }
    private func values(in place: Allocation, of register: VirtualRegister, _ state: HeldValues, _ i: InstructionIndex) throws(AllocationError) -> [UInt32] {
        if let r = place.asRegister { return state.places[Int(r.rawValue)] }
        if let slot = place.asSlot { return state.places[try granules(slot, size: Int(problem.spillSizes[register.index]), i).lowerBound].filter { $0 & 1 == 0 } }
        return []
    }
    private func write(_ v: UInt32, to place: Allocation, alongside copies: [UInt32], _ state: inout HeldValues, _ i: InstructionIndex) throws(AllocationError) {
        var held = copies.filter { $0 >> 1 != v && problem.spillSizes[Int($0 >> 1)] == problem.spillSizes[Int(v)] }
        insert(v << 1, &held)
        if let r = place.asRegister {
            try checkWritten(r, i)
            state.places[Int(r.rawValue)] = held
        } else if let slot = place.asSlot {
            let run = try granules(slot, size: Int(problem.spillSizes[Int(v)]), i)
            state.places[run.lowerBound] = held
            if run.count == 2 { state.places[run.lowerBound + 1] = held.map { $0 | 1 } }
        }
    }
}

// MARK: - Demands

extension Checker {
    private func holds(_ place: Allocation, _ v: VirtualRegister, _ state: HeldValues, _ i: InstructionIndex) throws(AllocationError) -> Bool {
        let value = v.rawValue << 1
        if let r = place.asRegister { return state.places[Int(r.rawValue)].contains(value) }
        guard let slot = place.asSlot else { return false }
        let run = try granules(slot, size: Int(problem.spillSizes[v.index]), i)
        return state.places[run.lowerBound].contains(value) && (run.count == 1 || state.places[run.lowerBound + 1].contains(value | 1))
    }

    private func checkUses(_ i: InstructionIndex, _ state: HeldValues) throws(AllocationError) {
        let run = problem.operandRange(i)
        for o in run {
            let operand = problem.operands[o]
            let place = solution.allocations[o]
            try checkConstraint(operand, place, run, i, o)
            if operand.kind == .use, try !holds(place, operand.register, state, i) {
                throw AllocationError("\(describe(place)) does not hold v\(operand.register.rawValue)", at: i, operand: o)
            }
        }
    }

    private func checkConstraint(_ operand: Operand, _ place: Allocation, _ run: Range<Int>, _ i: InstructionIndex, _ o: Int) throws(AllocationError) {
        func refuse(_ expected: String) -> AllocationError { AllocationError("expected \(expected), found \(describe(place))", at: i, operand: o) }
        let registerClass = problem.registerClasses[operand.register.index]
        if let r = place.asRegister {
            guard r.registerClass == registerClass else { throw refuse("a register of the other class") }
            if case .fixed = operand.constraint {} else if case .tied = operand.constraint {} else if !allocatable.contains(r) { throw refuse("an allocatable register") }
        } else if place.asSlot == nil {
            throw refuse("a register or a slot")
        }
        switch operand.constraint {
        case .any: break
        case .register: if place.asRegister == nil { throw refuse("a register") }
        case .stack: if place.asSlot == nil { throw refuse("a slot") }
        case .fixed(let r): if place.asRegister != r { throw refuse(describe(r)) }
        case .tied(let n):
            if place != solution.allocations[run.lowerBound + n] { throw refuse("the place of operand \(n), \(describe(solution.allocations[run.lowerBound + n]))") }
        }
        if problem.moves.contains(i) && solution.allocations[run.lowerBound] != solution.allocations[run.lowerBound + 1] {
            throw refuse("both sides of the move in one place")
        }
    }

    /// Early defs and late uses hold their place during the whole instruction; late defs meet late uses and other defs only.
    private func checkConflicts(_ i: InstructionIndex) throws(AllocationError) {
        let run = problem.operandRange(i)
        let clobbers = problem.clobberSets[Int(problem.clobbers[i.index])]
        for o in run {
            let a = problem.operands[o]
            let spansClobbers = a.kind == .def ? a.position == .early : a.position == .late
            if spansClobbers, let r = solution.allocations[o].asRegister, clobbers.contains(r) {
                throw AllocationError("\(describe(r)) is clobbered while it is needed", at: i, operand: o)
            }
            if a.kind == .use { continue }
            for p in run where p != o {
                let b = problem.operands[p]
                guard try overlap(solution.allocations[o], problem.spillSizes[a.register.index], solution.allocations[p], problem.spillSizes[b.register.index], i) else { continue }
                let isConflict = b.kind == .def || a.position == .early || b.position == .late
                if isConflict { throw AllocationError("shares \(describe(solution.allocations[o])) with operand \(p - run.lowerBound)", at: i, operand: o) }
            }
        }
    }
    private func overlap(_ a: Allocation, _ sizeA: UInt8, _ b: Allocation, _ sizeB: UInt8, _ i: InstructionIndex) throws(AllocationError) -> Bool {
        if let r = a.asRegister { return b.asRegister == r }
        guard let s = a.asSlot, let t = b.asSlot else { return false }
        return s < t + Int(sizeB) && t < s + Int(sizeA)
    }

    private func checkDebugLocations(_ i: InstructionIndex, _ state: HeldValues) throws(AllocationError) {
        for location in debugLocations[i.index / Self.stride] where location.from <= i && i < location.to {
            let candidates = debugValues[location.label, default: []].filter { $0.from <= i && i < $0.to }
            var isRight = false
            for value in candidates {
                if let recipe = location.location.asRecipe {
                    if problem.rematerialization[value.register.index] == recipe + 1 { isRight = true }
                } else if try holds(location.location, value.register, state, i) {
                    isRight = true
                }
            }
            if !isRight { throw AllocationError("debug variable \(location.label) is not in \(describe(location.location))", at: i) }
        }
    }
}

// MARK: - Safepoints

extension Checker {
    private func safepointIndex(_ i: InstructionIndex) -> Int? {
        let at = problem.safepoints.partitionPoint { $0 < i }
        return at < problem.safepoints.count && problem.safepoints[at] == i ? at : nil
    }

    /// The references live across each safepoint, by backward iteration to a fixed point.
    private mutating func findLiveReferences() {
        liveAtSafepoints = Array(repeating: [], count: problem.safepoints.count)
        var liveIn: [Set<UInt32>] = Array(repeating: [], count: problem.blocks.count)
        var changed = true
        while changed {
            changed = false
            for b in problem.blocks.indices.reversed() {
                var live = Set<UInt32>()
                for s in problem.blocks[b].successors { live.formUnion(liveIn[problem.blockPool[Int(s)].index]) }
                for a in problem.blocks[b].arguments { noteUse(problem.registerPool[Int(a)], &live) }
                for i in problem.blocks[b].instructions.reversed() { stepBack(InstructionIndex(rawValue: i), &live) }
                for p in problem.blocks[b].parameters { live.remove(problem.registerPool[Int(p)].rawValue) }
                if live != liveIn[b] {
                    liveIn[b] = live
                    changed = true
                }
            }
        }
    }
    private func noteUse(_ v: VirtualRegister, _ live: inout Set<UInt32>) {
        if problem.isReference.contains(v.index) && problem.rematerialization[v.index] == 0 { live.insert(v.rawValue) }
    }
    private mutating func stepBack(_ i: InstructionIndex, _ live: inout Set<UInt32>) {
        let run = problem.operandRange(i)
        for o in run where problem.operands[o].kind == .def { live.remove(problem.operands[o].register.rawValue) }
        for o in run where problem.operands[o].kind == .use && problem.operands[o].position == .late { noteUse(problem.operands[o].register, &live) }
        if let s = safepointIndex(i) { liveAtSafepoints[s] = live }
        for o in run where problem.operands[o].kind == .use { noteUse(problem.operands[o].register, &live) }
    }

    /// Live references must be in listed slots, and those hold nothing else; all other copies are stale afterwards.
    private func passSafepoint(_ s: Int, _ i: InstructionIndex, _ state: inout HeldValues, isFinal: Bool) throws(AllocationError) {
        let start = s == 0 ? 0 : Int(solution.safepointEnds[s - 1])
        let slots = solution.safepointSlots[start..<Int(solution.safepointEnds[s])]
        var isListed = Set<Int>()
        for slot in slots {
            let place = try granules(Int(slot), size: 8, i).lowerBound
            isListed.insert(place)
            if isFinal && !state.places[place].contains(where: { liveAtSafepoints[s].contains($0 >> 1) }) {
                throw AllocationError("slot \(slot) is listed but holds no live reference", at: i)
            }
        }
        if isFinal {
            for (a, b) in zip(slots, slots.dropFirst()) where a >= b { throw AllocationError("safepoint slots out of order", at: i) }
            for v in liveAtSafepoints[s] where !isListed.contains(where: { state.places[$0].contains(v << 1) }) {
                throw AllocationError("reference v\(v) is in no listed slot", at: i)
            }
        }
        for p in state.places.indices where !isListed.contains(p) && !state.places[p].isEmpty {
            state.places[p].removeAll { problem.isReference.contains(Int($0 >> 1)) && problem.rematerialization[Int($0 >> 1)] == 0 }
        }
    }
}
