import PrecastEntities

/// A position in the function. Each instruction, and the head of each block, has one slot of four points:
/// `4s` early (edits come before it), `4s + 1` clobbers, `4s + 2` late, `4s + 3` the last moment before the next slot.
typealias ProgramPoint = UInt32

extension ProgramPoint {
    @inline(__always) init(slot: Int) { self = UInt32(truncatingIfNeeded: slot &* 4) }
    @inline(__always) var slot: Int { Int(self >> 2) }
    /// The early point of this slot.
    @inline(__always) var slotStart: ProgramPoint { self & ~3 }
    @inline(__always) var nextSlotStart: ProgramPoint { (self & ~3) &+ 4 }
    static let never = ProgramPoint.max
}

/// The numbering of program points, and how often each block runs.
struct ProgramPoints {
    /// Per slot: its block.
    private(set) var blockOfSlot: [UInt32] = []
    /// Per block: first point (its head slot) and the point after its last.
    private(set) var heads: [ProgramPoint] = []
    private(set) var ends: [ProgramPoint] = []
    /// Per block: estimated executions for one of the function.
    private(set) var frequencies: [Float] = []
    /// Per block: the nearest block before it, in emission order, that runs more seldom; or -1.
    private(set) var shallower: [Int32] = []

    var slotCount: Int { blockOfSlot.count }

    mutating func number(_ problem: Problem) {
        let blockCount = problem.blocks.count
        blockOfSlot.removeAll(keepingCapacity: true)
        blockOfSlot.reserveCapacity(problem.instructionCount + blockCount)
        heads.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        frequencies.removeAll(keepingCapacity: true)
        shallower.removeAll(keepingCapacity: true)
        for b in 0..<blockCount {
            let block = problem.blocks[b]
            heads.append(ProgramPoint(slot: blockOfSlot.count))
            blockOfSlot.append(contentsOf: repeatElement(UInt32(b), count: block.instructions.count + 1))
            ends.append(ProgramPoint(slot: blockOfSlot.count))
            let frequency = Self.frequency(loopDepth: Int(block.loopDepth), isCold: block.isCold)
            frequencies.append(frequency)
            var candidate = Int32(b) - 1
            while candidate >= 0 && frequencies[Int(candidate)] >= frequency { candidate = shallower[Int(candidate)] }
            shallower.append(candidate)
        }
    }

    static func frequency(loopDepth: Int, isCold: Bool) -> Float {
        var result: Float = isCold ? 0.01 : 1
        for _ in 0..<min(loopDepth, 8) { result *= 10 }
        return result
    }

    @inline(__always) func block(at point: ProgramPoint) -> Int { Int(blockOfSlot[point.slot]) }
    @inline(__always) func frequency(at point: ProgramPoint) -> Float { frequencies[block(at: point)] }
    /// How often a move at `point` runs: at a block's head it is on the edges into the block, mostly from the block before.
    @inline(__always) func moveFrequency(at point: ProgramPoint) -> Float {
        let b = block(at: point)
        return heads[b] == point && b > 0 ? min(frequencies[b], frequencies[b &- 1]) : frequencies[b]
    }
    /// The slot of instruction `i` of block `b`.
    @inline(__always) func slot(of i: Int, in b: Int) -> Int { i &+ b &+ 1 }
    @inline(__always) func point(of i: Int, in b: Int) -> ProgramPoint { ProgramPoint(slot: i &+ b &+ 1) }
    /// The instruction at `point`; for the head slot of a block, its first instruction.
    @inline(__always) func instruction(at point: ProgramPoint) -> Int {
        let b = block(at: point)
        return max(point.slot &- b &- 1, Int(heads[b] >> 2) &- b)
    }
    /// The first instruction of a block.
    @inline(__always) func firstInstruction(of b: Int) -> Int { Int(heads[b] >> 2) &- b }

    /// The instructions whose early point lies in `start ..< end`.
    func instructions(from start: ProgramPoint, to end: ProgramPoint) -> Range<Int> {
        let (first, last) = (count(ofInstructionsBefore: start), count(ofInstructionsBefore: end))
        return first..<max(first, last)
    }
    /// How many instructions have their early point before `point`.
    private func count(ofInstructionsBefore point: ProgramPoint) -> Int {
        let slot = Int((point &+ 3) >> 2)
        if slot >= slotCount { return slotCount - heads.count }
        let b = Int(blockOfSlot[slot])
        let head = Int(heads[b] >> 2)
        return slot == head ? slot - b : slot - b - 1
    }
}

extension ProgramPoints {
    /// Pairs of a safepoint's number (upper half) and the slot of a reference that lives across it.
    func referencesAcross(_ problem: Problem, _ live: LiveRanges, _ slots: SpillSlots) -> [UInt64] {
        if problem.safepoints.isEmpty { return [] }
        let at = safepointClobbers(problem)
        var found: [UInt64] = []
        for v in 0..<problem.registerCount where slots.offsets[v] >= 0 && problem.isReference.contains(v) {
            for r in live.rangeRun(v) {
                let range = live.ranges[r]
                // Live across: also before the instruction.
                var i = at.partitionPoint { $0 <= range.from }
                while i < at.count && at[i] < range.to {
                    found.append(UInt64(i) << 32 | UInt64(slots.offsets[v]))
                    i += 1
                }
            }
        }
        return found
    }
    /// The clobber points of the safepoints.
    func safepointClobbers(_ problem: Problem) -> [ProgramPoint] {
        var result: [ProgramPoint] = []
        var b = 0
        for s in problem.safepoints {
            while problem.blocks[b].instructions.upperBound <= s.rawValue { b += 1 }
            result.append(point(of: s.index, in: b) + 1)
        }
        return result
    }
}
