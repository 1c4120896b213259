import PrecastMachineCode
import PrecastRegisterAllocation

/// Which blocks have code, in which order, and where branches to the others lead: a block that only jumps is skipped, and branches go on to its target.
///
/// The order is that of the allocation, blocks before the frame is set up first, but for loops that end in a jump back to their head: they are turned until a block that can leave the loop comes
/// last. Its conditional branch then leads back, and an iteration takes one branch instead of two. (The allocator wants each block after its
/// dominator, so it cannot have this order.) O(blocks) but for deep nests, whose turning is bounded.
struct BlockLayout {
    /// Per block: where a branch to it leads (itself unless skipped).
    private var targets: [UInt32]
    /// Blocks with code as they are emitted.
    private(set) var order: [UInt32] = []
    /// Per block: its place in ``order``; all ones for a skipped one.
    private(set) var positions: [UInt32]
    /// Per block: where its edits begin.
    private(set) var firstEdits: [Int] = []
    /// Per block: the place of the last block that branches back to it, or -1.
    private(set) var latches: [Int32] = []

    /// - Parameter edits: sorted by point.
    init(_ vcode: borrowing VCode<MachineInstruction>, _ edits: [Edit], turnsLoops: Bool, region: FrameRegion = FrameRegion()) {
        let count = vcode.blocks.count
        targets = (0..<UInt32(count)).map { $0 }
        positions = Array(repeating: .max, count: count)
        firstEdits.reserveCapacity(count)
        var edit = 0
        for b in 0..<count {
            let run = vcode.blocks[b].instructions
            while edit < edits.count, edits[edit].point.rawValue < run.lowerBound { edit += 1 }
            firstEdits.append(edit)
            let hasEdits = edit < edits.count && edits[edit].point.rawValue < run.upperBound
            let last = vcode.instructions[Int(run.upperBound) - 1]
            // The entry has the prologue before it.
            if b > 0, !hasEdits, run.count == 1, last.opcode == .jmp, !region.hasPrologue(b) { targets[b] = last.lowWord }
        }
        for b in 0..<count { follow(UInt32(b)) }
        for isEarly in [true, false] {
            for b in 0..<count where targets[b] == UInt32(b) && region.early.contains(b) == isEarly {
                positions[b] = UInt32(order.count)
                order.append(UInt32(b))
            }
        }
        if turnsLoops { turnLoops(vcode) }
        findLatches(vcode)
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

    @inline(__always) func target(_ block: UInt32) -> UInt32 { targets[Int(block)] }
    /// The block emitted after `block`; all ones after the last.
    @inline(__always) func next(_ block: Int) -> UInt32 {
        let position = Int(positions[block]) + 1
        return position < order.count ? order[position] : .max
    }

    // MARK: Loops

    private mutating func turnLoops(_ vcode: borrowing VCode<MachineInstruction>) {
        // Per block: the last block that jumps back to it.
        var latches = [UInt32](repeating: .max, count: targets.count)
        for b in order {
            let last = Self.terminator(b, vcode)
            if last.opcode == .jmp, positions[Int(target(last.lowWord))] < positions[Int(b)] { latches[Int(target(last.lowWord))] = b }
        }
        var budget = 16 * order.count
        for head in order.reversed() where latches[Int(head)] != .max {
            let first = Int(positions[Int(head)]), end = Int(positions[Int(latches[Int(head)])]) + 1
            budget -= end - first
            if budget < 0 { return }
            if first > 0 { turnLoop(first..<end, vcode) }
        }
    }

    private mutating func findLatches(_ vcode: borrowing VCode<MachineInstruction>) {
        latches = Array(repeating: -1, count: targets.count)
        for (position, b) in order.enumerated() {
            let last = Self.terminator(b, vcode)
            switch last.opcode {
            case .jmp: note(last.lowWord, position)
            case .jcc, .jccAnd, .jccOr:
                note(last.lowWord, position)
                note(last.highWord, position)
            default: break
            }
        }
    }
    private mutating func note(_ block: UInt32, _ position: Int) {
        let head = Int(target(block))
        if positions[head] <= UInt32(position) { latches[head] = Int32(position) }
    }

    private static func terminator(_ block: UInt32, _ vcode: borrowing VCode<MachineInstruction>) -> MachineInstruction {
        vcode.instructions[Int(vcode.blocks[Int(block)].instructions.upperBound) - 1]
    }

    /// Turns the loop whose head is the first and whose latch is the last of `region`; what is no part of it (ways out, mostly) goes behind.
    private mutating func turnLoop(_ region: Range<Int>, _ vcode: borrowing VCode<MachineInstruction>) {
        let depth = vcode.blocks[Int(order[region.lowerBound])].loopDepth
        func isInside(_ b: UInt32) -> Bool {
            let position = positions[Int(b)]
            return region.contains(Int(position)) && vcode.blocks[Int(b)].loopDepth >= depth
        }
        let inside = order[region].filter(isInside), outside = order[region].filter { !isInside($0) }
        let after = outside.first ?? (region.upperBound < order.count ? order[region.upperBound] : .max)
        // Best a block whose way out is the block behind the loop; else the last one with any way out.
        var turn = -1
        for (index, b) in inside.enumerated().dropLast() {
            let last = Self.terminator(b, vcode)
            guard last.opcode == .jcc || last.opcode == .jccAnd || last.opcode == .jccOr else { continue }
            let exits = [target(last.lowWord), target(last.highWord)].filter { !isInside($0) }
            guard exits.count == 1, let exit = exits.first else { continue }
            if exit == after || turn < 0 || !leads(inside[turn], to: after, vcode) { turn = index }
        }
        guard turn >= 0, inside.last.map({ Self.terminator($0, vcode).opcode == .jmp }) == true else { return }
        order.replaceSubrange(region, with: inside[(turn + 1)...] + inside[...turn] + outside)
        for position in region { positions[Int(order[position])] = UInt32(position) }
    }
    private func leads(_ block: UInt32, to other: UInt32, _ vcode: borrowing VCode<MachineInstruction>) -> Bool {
        let last = Self.terminator(block, vcode)
        return target(last.lowWord) == other || target(last.highWord) == other
    }
}
