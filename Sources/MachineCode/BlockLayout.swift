public import PrecastEntities
public import PrecastRegisterAllocation

/// Where a block's last instruction leads.
@frozen public enum BlockExit: Sendable, BitwiseCopyable {
    case jump(UInt32)
    /// To one of two blocks, by a condition.
    case branch(UInt32, UInt32)
    case functionReturn
    case other
}

/// What laying out and emitting code asks of an instruction set's instructions.
public protocol EmittableInstruction: AllocatableInstruction {
    /// Where the instruction leads as the last one of a block.
    var blockExit: BlockExit { get }
    /// It traps, calls, or reads or writes the frame.
    var needsFrame: Bool { get }
    /// It stands for what the caller passed.
    var definesArguments: Bool { get }
    /// It reads or writes the frame pointer.
    var namesFramePointer: Bool { get }
    /// Number of a tail call's call info; nil for other instructions.
    var tailCall: Int? { get }
}

/// Which blocks have code, in which order, and where branches to the others lead: a block that only jumps is skipped, and branches go on to its target.
///
/// The order is that of the allocation, blocks before the frame is set up first, but for loops that end in a jump back to their head: they are turned
/// until a block that can leave the loop comes last. Its conditional branch then leads back, and an iteration takes one branch instead of two. (The allocator wants each block after its
/// dominator, so it cannot have this order.) O(blocks) but for deep nests, whose turning is bounded.
public struct BlockLayout: Sendable {
    /// Per block: where a branch to it leads (itself unless skipped).
    private var targets: [UInt32]
    /// Blocks with code as they are emitted.
    public private(set) var order: [UInt32] = []
    /// Per block: its place in ``order``; all ones for a skipped one.
    public private(set) var positions: [UInt32]
    /// Per block: where its edits begin.
    public let firstEdits: [Int]
    /// Per block: the place of the last block that branches back to it, or -1.
    public private(set) var latches: [Int32] = []
    private let exits: [BlockExit]
    private let loopDepths: [UInt16]

    /// - Parameters:
    ///   - edits: sorted by point.
    ///   - early: blocks that run before the frame is set up.
    ///   - keeping: whether a block has code even if it only jumps.
    @inlinable public init<Instruction: EmittableInstruction>(
        _ vcode: borrowing VCode<Instruction>, _ edits: [Edit], _ optimizations: CodeOptimizations, early: DenseBitSet = DenseBitSet(),
        keeping: (Int) -> Bool = { _ in false }
    ) {
        let count = vcode.blocks.count
        var targets = (0..<UInt32(count)).map { $0 }
        var exits: [BlockExit] = []
        exits.reserveCapacity(count)
        var firstEdits: [Int] = []
        firstEdits.reserveCapacity(count)
        var edit = 0
        for b in 0..<count {
            let run = vcode.blocks[b].instructions
            while edit < edits.count, edits[edit].point.rawValue < run.lowerBound { edit += 1 }
            firstEdits.append(edit)
            let hasEdits = edit < edits.count && edits[edit].point.rawValue < run.upperBound
            exits.append(vcode.instructions[Int(run.upperBound) - 1].blockExit)
            if !optimizations.contains(.jumpSkipping) { continue }
            // The entry has the prologue before it.
            if b > 0, !hasEdits, run.count == 1, case .jump(let target) = exits[b], !keeping(b) { targets[b] = target }
        }
        self.init(targets: targets, firstEdits: firstEdits, exits: exits, loopDepths: vcode.blocks.map(\.loopDepth), early, turnsLoops: optimizations.contains(.loopTurning))
    }

    @usableFromInline init(targets: [UInt32], firstEdits: [Int], exits: [BlockExit], loopDepths: [UInt16], _ early: DenseBitSet, turnsLoops: Bool) {
        self.targets = targets
        self.firstEdits = firstEdits
        self.exits = exits
        self.loopDepths = loopDepths
        positions = Array(repeating: .max, count: targets.count)
        for b in targets.indices { follow(UInt32(b)) }
        for isEarly in [true, false] {
            for b in targets.indices where self.targets[b] == UInt32(b) && early.contains(b) == isEarly {
                positions[b] = UInt32(order.count)
                order.append(UInt32(b))
            }
        }
        if turnsLoops { turnLoops() }
        findLatches()
    }

    /// Makes all blocks of a chain point to its end; a chain that bites its tail keeps one block.
    private mutating func follow(_ start: UInt32) {
        var end = start
        var steps = 0
        while targets[Int(end)] != end {
            end = targets[Int(end)]
            steps += 1
            if steps > targets.count { targets[Int(end)] = end }
        }
        var b = start
        while targets[Int(b)] != end, b != end {
            let next = targets[Int(b)]
            targets[Int(b)] = end
            b = next
        }
    }

    public func target(_ block: UInt32) -> UInt32 { targets[Int(block)] }
    /// The blocks that jump tables and exceptions lead to.
    public func indirectTargets<Instruction: EmittableInstruction>(_ vcode: borrowing VCode<Instruction>) -> Set<UInt32> {
        var found = Set<UInt32>()
        for run in vcode.jumpTables { for t in run { found.insert(target(vcode.tableTargets[Int(t)].rawValue)) } }
        for handler in vcode.callHandlers { found.insert(handler.block.rawValue) }
        return found
    }
    /// The block emitted after `block`; all ones after the last.
    public func next(_ block: Int) -> UInt32 {
        let position = Int(positions[block]) + 1
        return position < order.count ? order[position] : .max
    }

    // MARK: Loops

    private mutating func turnLoops() {
        // Per block: the last block that jumps back to it.
        var latches = [UInt32](repeating: .max, count: targets.count)
        for b in order {
            guard case .jump(let to) = exits[Int(b)] else { continue }
            if positions[Int(target(to))] < positions[Int(b)] { latches[Int(target(to))] = b }
        }
        var budget = 16 * order.count
        for head in order.reversed() where latches[Int(head)] != .max {
            let first = Int(positions[Int(head)]), end = Int(positions[Int(latches[Int(head)])]) + 1
            budget -= end - first
            if budget < 0 { return }
            if first > 0 { turnLoop(first..<end) }
        }
    }

    private mutating func findLatches() {
        latches = Array(repeating: -1, count: targets.count)
        for (position, b) in order.enumerated() {
            switch exits[Int(b)] {
            case .jump(let to): note(to, position)
            case .branch(let then, let other):
                note(then, position)
                note(other, position)
            case .functionReturn, .other: break
            }
        }
    }
    private mutating func note(_ block: UInt32, _ position: Int) {
        let head = Int(target(block))
        if positions[head] <= UInt32(position) { latches[head] = Int32(position) }
    }

    /// Turns the loop whose head is the first and whose latch is the last of `region`; what is no part of it (ways out, mostly) goes behind.
    private mutating func turnLoop(_ region: Range<Int>) {
        let depth = loopDepths[Int(order[region.lowerBound])]
        func isInside(_ b: UInt32) -> Bool {
            let position = positions[Int(b)]
            return region.contains(Int(position)) && loopDepths[Int(b)] >= depth
        }
        let inside = order[region].filter(isInside), outside = order[region].filter { !isInside($0) }
        let after = outside.first ?? (region.upperBound < order.count ? order[region.upperBound] : .max)
        // Best a block whose way out is the block behind the loop; else the last one with any way out.
        var turn = -1
        for (index, b) in inside.enumerated().dropLast() {
            guard case .branch(let then, let other) = exits[Int(b)] else { continue }
            let ways = [target(then), target(other)].filter { !isInside($0) }
            guard ways.count == 1, let way = ways.first else { continue }
            if way == after || turn < 0 || !leads(inside[turn], to: after) { turn = index }
        }
        guard turn >= 0, let last = inside.last, case .jump = exits[Int(last)] else { return }
        order.replaceSubrange(region, with: inside[(turn + 1)...] + inside[...turn] + outside)
        for position in region { positions[Int(order[position])] = UInt32(position) }
    }
    private func leads(_ block: UInt32, to other: UInt32) -> Bool {
        guard case .branch(let then, let otherwise) = exits[Int(block)] else { return false }
        return target(then) == other || target(otherwise) == other
    }
}
