public import PrecastEntities
public import PrecastRegisterAllocation

/// Which blocks run before the frame is set up.
///
/// A function that often returns at once (the end of a recursion) needs no frame for that. Its prologue moves down, to the edges that lead to the first
/// blocks which need one ("shrink-wrapping": Chow, "Minimizing register usage penalty at procedure calls", 1988). The early blocks are
/// closed under predecessors, so no way through the function passes two prologues, and none is in a loop. Nothing in them traps or
/// calls: wherever a frame is looked for there is one.
public struct FrameRegion: Sendable {
    /// Blocks that run without the frame. None: the function's start sets it up, or there is none.
    public private(set) var early = DenseBitSet()
    /// Blocks with the prologue at their head.
    public private(set) var heads = DenseBitSet()
    /// Early blocks with the prologue before their jump, and before the edits of that.
    public private(set) var ends = DenseBitSet()

    public var isEmpty: Bool { early.isEmpty }
    public func hasPrologue(_ b: Int) -> Bool { heads.contains(b) || ends.contains(b) }

    /// Every prologue is a copy.
    private static var mostPrologues: Int { 2 }

    /// No early block.
    public init() {}

    /// - Parameter needsFrame: whether the block, or the edits of its plain jump, need the frame for another reason than their instructions.
    @inlinable public init<Instruction: EmittableInstruction>(
        _ vcode: borrowing VCode<Instruction>, needsFrame: (_ block: Int, _ atJump: Bool) -> Bool = { _, _ in false }
    ) {
        if vcode.incomingArgumentBytes > 0 || !vcode.callHandlers.isEmpty || Self.blockNeedsFrame(0, vcode) {
            self.init()
            return
        }
        var needing = DenseBitSet(capacity: vcode.blocks.count)
        for b in vcode.blocks.indices where Self.blockNeedsFrame(b, vcode) { needing.insert(b) }
        let exits = vcode.blocks.map { vcode.instructions[Int($0.instructions.upperBound) - 1].blockExit }
        let graph = Graph(
            exits: exits, successors: vcode.blocks.map(\.successors), pool: vcode.blockPool, isCold: vcode.blocks.map(\.isCold))
        self.init(graph, needing, needsFrame)
    }
    @inlinable static func blockNeedsFrame<Instruction: EmittableInstruction>(_ b: Int, _ vcode: borrowing VCode<Instruction>) -> Bool {
        for n in vcode.blocks[b].instructions where vcode.instructions[Int(n)].needsFrame { return true }
        return false
    }

    /// The blocks as far as they matter here.
    @usableFromInline struct Graph {
        let exits: [BlockExit]
        let successors: [Range<UInt32>]
        let pool: [BlockNumber]
        let isCold: [Bool]
        @usableFromInline init(exits: [BlockExit], successors: [Range<UInt32>], pool: [BlockNumber], isCold: [Bool]) {
            self.exits = exits
            self.successors = successors
            self.pool = pool
            self.isCold = isCold
        }
        func successors(_ b: Int) -> some Sequence<Int> { pool[Int(successors[b].lowerBound)..<Int(successors[b].upperBound)].lazy.map(\.index) }
        func isPlainJump(_ b: Int) -> Bool {
            if case .jump = exits[b] { true } else { false }
        }
    }

    @usableFromInline init(_ graph: Graph, _ needing: DenseBitSet, _ needsFrame: (_ block: Int, _ atJump: Bool) -> Bool) {
        let blocks = graph.exits.indices
        var late = DenseBitSet(capacity: blocks.count)
        for b in blocks where !late.contains(b) && (needing.contains(b) || needsFrame(b, false)) { Self.insert(b, graph, &late) }
        for b in blocks where !late.contains(b) && needsFrame(b, true) {
            if !graph.isPlainJump(b) || !graph.successors(b).contains(where: late.contains) { Self.insert(b, graph, &late) }
        }
        if late.contains(0) { return }
        place(graph, late)
    }

    /// A block and all that it leads to.
    private static func insert(_ block: Int, _ graph: Graph, _ late: inout DenseBitSet) {
        var worklist = [block]
        late.insert(block)
        while let b = worklist.popLast() {
            for s in graph.successors(b) where late.insert(s) { worklist.append(s) }
        }
    }

    private mutating func place(_ graph: Graph, _ late: DenseBitSet) {
        var returnsEarly = false
        var count = 0
        var heads = DenseBitSet(capacity: graph.exits.count), ends = heads, early = heads
        for b in graph.exits.indices where !late.contains(b) {
            early.insert(b)
            if case .functionReturn = graph.exits[b], !graph.isCold[b] { returnsEarly = true }
            for s in graph.successors(b) where late.contains(s) {
                // There are no critical edges: one end of the edge has no other.
                let isNew = graph.isPlainJump(b) ? ends.insert(b) : heads.insert(s)
                if isNew { count += 1 }
            }
        }
        if !returnsEarly || count == 0 || count > Self.mostPrologues { return }
        (self.early, self.heads, self.ends) = (early, heads, ends)
    }
}

extension FrameRegion {
    /// As allocated: early blocks also leave alone what the prologue saves, and the instance context, which it reads.
    @inlinable public init<Instruction: EmittableInstruction>(
        _ vcode: borrowing VCode<Instruction>, _ problem: Problem, _ solution: Solution, saved: PhysicalRegisterSet, context: PhysicalRegister
    ) {
        let candidates = FrameRegion(vcode).early
        if candidates.isEmpty {
            self.init()
            return
        }
        let blocks = vcode.blocks
        let instructions = vcode.instructions
        func needsFrame(_ place: Allocation, isWritten: Bool) -> Bool {
            if let r = place.asRegister { return saved.contains(r) || isWritten && r == context }
            return place.asSlot != nil
        }
        self.init(vcode) { b, atJump in
            // What needs the frame anyway is not looked at.
            if !candidates.contains(b) { return false }
            let run = blocks[b].instructions
            let jump = run.upperBound - 1
            let first = solution.edits.partitionPoint { $0.point.rawValue < (atJump ? jump : run.lowerBound) }
            for edit in solution.edits[first...].prefix(while: { $0.point.rawValue < run.upperBound }) {
                if edit.point.rawValue == jump, !atJump, case .jump = instructions[Int(jump)].blockExit { continue }
                if needsFrame(edit.source, isWritten: false) || needsFrame(edit.destination, isWritten: true) { return true }
            }
            if atJump { return false }
            for n in run where !instructions[Int(n)].definesArguments {
                for o in problem.operandRange(InstructionIndex(rawValue: n)) {
                    if needsFrame(solution.allocations[o], isWritten: problem.operands[o].kind == .def) { return true }
                }
            }
            return false
        }
    }
}
