import PrecastEntities
import PrecastMachineCode
import PrecastRegisterAllocation

/// Which blocks run before the frame is set up.
///
/// A function that often returns at once (the end of a recursion) needs no frame for that. Its prologue moves down, to the edges that lead to the first
/// blocks which need one ("shrink-wrapping": Chow, "Minimizing register usage penalty at procedure calls", 1988). The early blocks are
/// closed under predecessors, so no way through the function passes two prologues, and none is in a loop. Nothing in them traps or
/// calls: wherever a frame is looked for there is one.
struct FrameRegion {
    /// Blocks that run without the frame. None: the function's start sets it up, or there is none.
    private(set) var early = DenseBitSet()
    /// Blocks with the prologue at their head.
    private(set) var heads = DenseBitSet()
    /// Early blocks with the prologue before their jump, and before the edits of that.
    private(set) var ends = DenseBitSet()

    var isEmpty: Bool { early.isEmpty }
    func hasPrologue(_ b: Int) -> Bool { heads.contains(b) || ends.contains(b) }

    /// Every prologue is a copy.
    private static var mostPrologues: Int { 2 }

    /// No early block.
    init() {}

    /// - Parameter needsFrame: whether the block, or the edits of its plain jump, need the frame for another reason than their instructions.
    init(_ vcode: borrowing VCode<MachineInstruction>, needsFrame: (_ block: Int, _ atJump: Bool) -> Bool = { _, _ in false }) {
        if vcode.incomingArgumentBytes > 0 || !vcode.callHandlers.isEmpty || Self.blockNeedsFrame(0, vcode) { return }
        var late = DenseBitSet(capacity: vcode.blocks.count)
        for b in vcode.blocks.indices where !late.contains(b) && (Self.blockNeedsFrame(b, vcode) || needsFrame(b, false)) {
            Self.insert(b, vcode, &late)
        }
        for b in vcode.blocks.indices where !late.contains(b) && needsFrame(b, true) {
            if !Self.isPlainJump(b, vcode) || !late.contains(Self.successor(b, vcode)) { Self.insert(b, vcode, &late) }
        }
        if late.contains(0) { return }
        place(vcode, late)
    }

    /// A block and all that it leads to.
    private static func insert(_ block: Int, _ vcode: borrowing VCode<MachineInstruction>, _ late: inout DenseBitSet) {
        var worklist = [block]
        late.insert(block)
        while let b = worklist.popLast() {
            for s in vcode.blocks[b].successors where late.insert(vcode.blockPool[Int(s)].index) { worklist.append(vcode.blockPool[Int(s)].index) }
        }
    }

    private mutating func place(_ vcode: borrowing VCode<MachineInstruction>, _ late: DenseBitSet) {
        var returnsEarly = false
        var count = 0
        var heads = DenseBitSet(capacity: vcode.blocks.count), ends = heads, early = heads
        for b in vcode.blocks.indices where !late.contains(b) {
            early.insert(b)
            let block = vcode.blocks[b]
            if Self.terminator(b, vcode).opcode == .ret && !block.isCold { returnsEarly = true }
            for s in block.successors where late.contains(vcode.blockPool[Int(s)].index) {
                // There are no critical edges: one end of the edge has no other.
                let isNew = Self.isPlainJump(b, vcode) ? ends.insert(b) : heads.insert(vcode.blockPool[Int(s)].index)
                if isNew { count += 1 }
            }
        }
        if !returnsEarly || count == 0 || count > Self.mostPrologues { return }
        (self.early, self.heads, self.ends) = (early, heads, ends)
    }

    private static func terminator(_ b: Int, _ vcode: borrowing VCode<MachineInstruction>) -> MachineInstruction {
        vcode.instructions[Int(vcode.blocks[b].instructions.upperBound) - 1]
    }
    private static func isPlainJump(_ b: Int, _ vcode: borrowing VCode<MachineInstruction>) -> Bool { terminator(b, vcode).opcode == .jmp }
    private static func successor(_ b: Int, _ vcode: borrowing VCode<MachineInstruction>) -> Int {
        vcode.blockPool[Int(vcode.blocks[b].successors.lowerBound)].index
    }

    private static func blockNeedsFrame(_ b: Int, _ vcode: borrowing VCode<MachineInstruction>) -> Bool {
        for n in vcode.blocks[b].instructions {
            let i = vcode.instructions[Int(n)]
            if i.trap != 0 || i.opcode.isCall || i.base == .rbp || i.src1 == .rbp || i.src2 == .rbp { return true }
            switch i.opcode {
            case .tailCall, .tailCallIndirect, .landingPad, .ud2, .trapIf: return true
            default: break
            }
            switch i.memoryKind {
            case .stackSlot, .spill, .incomingArgument, .outgoingArgument: return true
            default: break
            }
        }
        return false
    }
}

extension FrameRegion {
    /// As allocated: early blocks also leave alone what the prologue saves, and the instance context, which it reads.
    init(_ vcode: borrowing VCode<MachineInstruction>, _ problem: Problem, _ solution: Solution) {
        let candidates = FrameRegion(vcode).early
        if candidates.isEmpty {
            self.init()
            return
        }
        let blocks = vcode.blocks
        let instructions = vcode.instructions
        self.init(vcode) { b, atJump in
            // What needs the frame anyway is not looked at.
            if !candidates.contains(b) { return false }
            let run = blocks[b].instructions
            let jump = run.upperBound - 1
            let first = solution.edits.partitionPoint { $0.point.rawValue < (atJump ? jump : run.lowerBound) }
            for edit in solution.edits[first...].prefix(while: { $0.point.rawValue < run.upperBound }) {
                if edit.point.rawValue == jump, !atJump, instructions[Int(jump)].opcode == .jmp { continue }
                if Self.needsFrame(edit.source, isWritten: false) || Self.needsFrame(edit.destination, isWritten: true) { return true }
            }
            if atJump { return false }
            for n in run where instructions[Int(n)].opcode != .arguments {
                for o in problem.operandRange(InstructionIndex(rawValue: n)) {
                    if Self.needsFrame(solution.allocations[o], isWritten: problem.operands[o].kind == .def) { return true }
                }
            }
            return false
        }
    }
    private static func needsFrame(_ place: Allocation, isWritten: Bool) -> Bool {
        if let r = place.asRegister { return X86ABI.calleeSaved.contains(r) || isWritten && r == .rdi }
        return place.asSlot != nil
    }
}
