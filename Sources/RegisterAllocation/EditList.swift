import PrecastEntities

/// Collects the moves of a solution by where they happen, then orders them.
struct EditList: ~Copyable {
    /// Moves of one point that belong to one phase happen at once; phases follow one another.
    enum Phase: UInt64 {
        /// On the edge into a block, at its head.
        case blockHead = 0
        /// From the fixed register of a result to the place of the value.
        case afterDefinition = 1
        /// From places before an instruction to places at it, to fixed registers and to tied places.
        case beforeInstruction = 2
        /// On the edge out of a block, before its terminator.
        case blockEnd = 3
    }
    private var keys: [UInt64] = []
    private var moves: [ValueMove] = []

    mutating func add(_ move: ValueMove, before instruction: Int, _ phase: Phase) {
        if move.source == move.destination { return }
        keys.append((UInt64(instruction) << 2 | phase.rawValue) << 32 | UInt64(moves.count))
        moves.append(move)
    }

    /// Adds a move on the edge between two blocks: before the terminator of the first if that leads nowhere else, else at the head of
    /// the second, which then has no other predecessor. Returns the block in which it is.
    @discardableResult
    mutating func add(_ move: ValueMove, from predecessor: Int, to successor: Int, in problem: Problem) -> Int {
        let terminator = Int(problem.blocks[predecessor].instructions.upperBound) - 1
        let isPlainJump = problem.blocks[predecessor].successors.count == 1 && problem.operandRange(InstructionIndex(index: terminator)).isEmpty
            && problem.clobbers[terminator] == 0
        if isPlainJump || problem.blocks[successor].predecessors.count > 1 {
            add(move, before: terminator, .blockEnd)
            return predecessor
        }
        add(move, before: Int(problem.blocks[successor].instructions.lowerBound), .blockHead)
        return successor
    }

    /// The edits in order, one after the other. O(n log n).
    mutating func sequence(scratch: [PhysicalRegister], spillAreaSize: inout Int) -> [Edit] {
        keys.sort()
        let spare = (spillAreaSize + 15) / 16 * 16
        var parallel = ParallelMove(scratch: scratch, spareSlot: .slot(spare))
        var edits: [Edit] = []
        edits.reserveCapacity(keys.count + keys.count / 4)
        var group: [ValueMove] = []
        var i = 0
        while i < keys.count {
            let key = keys[i] >> 32
            group.removeAll(keepingCapacity: true)
            while i < keys.count && keys[i] >> 32 == key {
                group.append(moves[Int(keys[i] & 0xffff_ffff)])
                i += 1
            }
            parallel.resolve(group[...], at: InstructionIndex(rawValue: UInt32(key >> 2)), into: &edits)
        }
        if parallel.needsSpareSlot { spillAreaSize = spare + 16 }
        spillAreaSize = (spillAreaSize + 15) / 16 * 16
        return edits
    }
}
