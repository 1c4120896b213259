import PrecastEntities

/// The quick allocator: one walk over the code, block by block.
///
/// A value that leaves its block, and every block parameter, lives in a slot: it is stored once, right after its definition, and loaded
/// where a block first wants it in a register. A value of one block alone is stored only when its register is taken away. Registers
/// hold nothing at a block's head. Within an instruction, places are settled in this order: fixed registers, then what must stay during the
/// whole instruction (late uses, tied and early defs), then early uses, then late defs.
struct SinglePass: ~Copyable {
    let problem: Problem
    let points: ProgramPoints
    let live: LiveRanges
    let table: RegisterTable

    /// Per dense register: the value it holds, or -1. Per value: its register, or -1.
    var held: [Int32]
    var registerOf: [Int16]
    var isStored: [Bool]
    var crossesBlocks: [Bool]
    /// Per value: the end of its last use, within the instruction that reads it.
    var lastNeeds: [ProgramPoint]
    /// Values whose slot some edit or operand names.
    var needsSlot: [Bool]

    var solution = Solution()
    /// While the walk goes on a slot is named by its value.
    var edits: [Edit] = []
    /// Moves along an edge, before the edit at `position`; put in order when slots are known.
    private var edgeMoves: [EdgeMove] = []
    var turn = 0
    var clobberMasks: [UInt64] = []
    var homes: [(register: UInt32, from: Int, to: Int, place: Allocation)] = []
    var heldSince: [Int]
    let tracksHomes: Bool

    // The instruction at hand.
    var instruction = InstructionIndex(rawValue: 0)
    var operands: Range<Int> = 0..<0
    var nextSlot: ProgramPoint = 0
    var demands = Demands()
    /// Registers settled for its early and its late half.
    var busyEarly: UInt64 = 0
    var busyLate: UInt64 = 0
    var tied: [(use: UInt32, register: Int, def: Int)] = []

    struct Demands {
        var early: UInt64 = 0
        var late: UInt64 = 0
        var both: UInt64 = 0
        var clobbers: UInt64 = 0
        var tiedUses: UInt64 = 0
    }
    private struct EdgeMove {
        var position: Int
        var point: InstructionIndex
        var move: ValueMove
    }

    init(_ problem: Problem, _ points: ProgramPoints, _ live: LiveRanges, _ table: RegisterTable) {
        self.problem = problem
        self.points = points
        self.live = live
        self.table = table
        precondition(table.registers.count <= 64, "more than 64 allocatable registers")
        held = Array(repeating: -1, count: table.registers.count)
        registerOf = Array(repeating: -1, count: problem.registerCount)
        isStored = Array(repeating: false, count: problem.registerCount)
        needsSlot = isStored
        crossesBlocks = isStored
        lastNeeds = Array(repeating: 0, count: problem.registerCount)
        tracksHomes = !problem.debugValues.isEmpty
        heldSince = Array(repeating: 0, count: tracksHomes ? problem.registerCount : 0)
    }

    mutating func run() -> Solution {
        findCrossingValues()
        clobberMasks = problem.clobberSets.map { set in
            set.members.reduce(0) { table.number(of: $1) < 0 ? $0 : $0 | 1 << UInt64(table.number(of: $1)) }
        }
        solution.allocations = Array(repeating: .none, count: problem.operands.count)
        var nextSafepoint = 0
        for b in problem.blocks.indices {
            enter(b)
            for i in problem.blocks[b].instructions {
                if i + 1 == problem.blocks[b].instructions.upperBound { passArguments(b) }
                let isSafepoint = nextSafepoint < problem.safepoints.count && problem.safepoints[nextSafepoint].rawValue == i
                if isSafepoint { nextSafepoint += 1 }
                allocate(InstructionIndex(rawValue: i), b, isSafepoint: isSafepoint)
            }
            for r in held.indices where held[r] >= 0 { drop(r, after: true) }
        }
        return finish()
    }

    private mutating func findCrossingValues() {
        for v in 0..<problem.registerCount {
            let run = live.rangeRun(v)
            guard let first = run.first else { continue }
            let range = live.ranges[first]
            crossesBlocks[v] = run.count > 1 || points.block(at: range.from) != points.block(at: range.to - 1)
            for u in live.useRun(v) {
                let use = live.uses[u]
                // Copied just before its instruction, for the scan; read by it, here.
                let isCopied = use.kind == .fixedUse || use.kind == .tiedUse || use.kind == .moveUse || use.kind == .besideTied
                lastNeeds[v] = max(lastNeeds[v], isCopied ? use.point + 2 : use.end)
            }
        }
        for block in problem.blocks {
            for p in block.parameters { crossesBlocks[problem.registerPool[Int(p)].index] = true }
        }
        // Blocks may come before the definitions of what they use: all but the defining block find it stored.
        isStored = crossesBlocks
    }
}

// MARK: - Blocks

extension SinglePass {
    private mutating func enter(_ b: Int) {
        let block = problem.blocks[b]
        // The only predecessor may have left the moves on its edge to this head.
        guard block.predecessors.count == 1, let p = block.predecessors.first else { return }
        let predecessor = problem.blockPool[Int(p)].index
        if !problem.blocks[predecessor].arguments.isEmpty && !isPlainJump(predecessor) {
            moveArguments(predecessor, before: InstructionIndex(rawValue: block.instructions.lowerBound))
        }
    }
    private func isPlainJump(_ b: Int) -> Bool {
        let terminator = InstructionIndex(rawValue: problem.blocks[b].instructions.upperBound - 1)
        return problem.operandRange(terminator).isEmpty && problem.clobbers[terminator.index] == 0
    }

    /// Before the terminator of `b`.
    private mutating func passArguments(_ b: Int) {
        let block = problem.blocks[b]
        if block.arguments.isEmpty { return }
        let terminator = InstructionIndex(rawValue: block.instructions.upperBound - 1)
        if isPlainJump(b) { return moveArguments(b, before: terminator) }
        instruction = terminator
        for a in block.arguments { store(problem.registerPool[Int(a)].index) }
        for a in block.arguments { forget(problem.registerPool[Int(a)].index) }
    }
    private mutating func forget(_ v: Int) {
        if registerOf[v] >= 0 { drop(Int(registerOf[v]), after: false) }
    }
    private mutating func moveArguments(_ b: Int, before point: InstructionIndex) {
        guard let s = problem.blocks[b].successors.first else { return }
        let parameters = problem.blocks[problem.blockPool[Int(s)].index].parameters
        for (a, p) in zip(problem.blocks[b].arguments, parameters) {
            let parameter = problem.registerPool[Int(p)].index
            if live.rangeRun(parameter).isEmpty { continue }
            needsSlot[parameter] = true
            let argument = problem.registerPool[Int(a)].index
            let move = ValueMove(source: place(of: argument), destination: .slot(parameter), size: problem.spillSizes[parameter], registerClass: problem.registerClasses[parameter])
            edgeMoves.append(EdgeMove(position: edits.count, point: point, move: move))
        }
    }
}

// MARK: - Slots

extension SinglePass {
    private mutating func finish() -> Solution {
        let slots = SpillSlots(problem, live, needsSlot: needsSlot)
        for o in solution.allocations.indices { solution.allocations[o] = settled(solution.allocations[o], slots) }
        solution.spillAreaSize = slots.areaSize
        let spare = (slots.areaSize + 15) / 16 * 16
        var parallel = ParallelMove(scratch: problem.environment.scratch, spareSlot: .slot(spare))
        var result: [Edit] = []
        result.reserveCapacity(edits.count + 2 * edgeMoves.count)
        var next = 0
        for e in 0...edits.count {
            while next < edgeMoves.count && edgeMoves[next].position == e { next = appendEdge(next, slots, &parallel, &result) }
            if e == edits.count { break }
            let edit = edits[e]
            let (source, destination) = (settled(edit.source, slots), settled(edit.destination, slots))
            result.append(Edit(point: edit.point, source: source, destination: destination, size: edit.size))
        }
        if parallel.needsSpareSlot { solution.spillAreaSize = spare + 16 }
        solution.spillAreaSize = (solution.spillAreaSize + 15) / 16 * 16
        solution.edits = result
        solution.noteCalleeSaved(table)
        listSafepointSlots(slots)
        locateDebugValues(slots)
        return solution
    }
    private func settled(_ a: Allocation, _ slots: SpillSlots) -> Allocation {
        if let v = a.asSlot { return .slot(Int(slots.offsets[v])) }
        return a
    }
    /// The moves of one edge; returns the index after them.
    private func appendEdge(_ first: Int, _ slots: SpillSlots, _ parallel: inout ParallelMove, _ result: inout [Edit]) -> Int {
        let (position, point) = (edgeMoves[first].position, edgeMoves[first].point)
        var moves: [ValueMove] = []
        var i = first
        while i < edgeMoves.count && edgeMoves[i].position == position && edgeMoves[i].point == point {
            var move = edgeMoves[i].move
            move.source = settled(move.source, slots)
            move.destination = settled(move.destination, slots)
            moves.append(move)
            i += 1
        }
        parallel.resolve(moves[...], at: point, into: &result)
        return i
    }
    private mutating func listSafepointSlots(_ slots: SpillSlots) {
        let found = points.referencesAcross(problem, live, slots)
        if !problem.safepoints.isEmpty { solution.listSafepoints(count: problem.safepoints.count, found) }
    }

    /// Values in slots are there from their definition on; others where their register was theirs.
    private mutating func locateDebugValues(_ slots: SpillSlots) {
        if !tracksHomes { return }
        var claims: [Claim] = []
        var isWanted = [Bool](repeating: false, count: problem.registerCount)
        for v in problem.debugRegisters {
            isWanted[v] = true
            claimSlot(v, slots, &claims)
        }
        for home in homes where isWanted[Int(home.register)] {
            claims.append(Claim(value: home.register, from: UInt32(home.from), place: home.place))
        }
        solution.locateDebugValues(problem, claims)
    }
    private func claimSlot(_ v: Int, _ slots: SpillSlots, _ claims: inout [Claim]) {
        if !crossesBlocks[v] || problem.rematerialization[v] != 0 || slots.offsets[v] < 0 { return }
        for r in live.rangeRun(v) {
            let range = live.ranges[r]
            let isDefinition = range.from & 3 != 0 || live.uses[live.useRun(v)].contains { $0.point == range.from && $0.kind.isDef && $0.kind != .parameter }
            let instructions = points.instructions(from: isDefinition ? range.from.nextSlotStart : range.from, to: range.to)
            if instructions.isEmpty { continue }
            claims.append(Claim(value: UInt32(v), from: UInt32(instructions.lowerBound), place: .slot(Int(slots.offsets[v]))))
        }
    }
}
