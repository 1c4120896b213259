import PrecastMachineCode
import PrecastRegisterAllocation

/// Which blocks have code, and where branches to the others lead: a block that only jumps is skipped, and branches go on to its target.
struct BlockTargets {
    /// Per block: where a branch to it leads (itself unless skipped).
    private var targets: [UInt32]
    /// Per block: the next block with code; all ones after the last.
    private var following: [UInt32]

    /// - Parameter edits: sorted by point.
    init(_ vcode: borrowing VCode<MachineInstruction>, _ edits: [Edit]) {
        let count = vcode.blocks.count
        targets = (0..<UInt32(count)).map { $0 }
        var edit = 0
        for b in 0..<count {
            let run = vcode.blocks[b].instructions
            while edit < edits.count, edits[edit].point.rawValue < run.lowerBound { edit += 1 }
            let hasEdits = edit < edits.count && edits[edit].point.rawValue < run.upperBound
            let last = vcode.instructions[Int(run.upperBound) - 1]
            // The entry has the prologue before it.
            if b > 0, !hasEdits, run.count == 1, last.opcode == .jmp { targets[b] = last.lowWord }
        }
        following = Array(repeating: .max, count: count)
        for b in 0..<count { follow(UInt32(b)) }
        var next: UInt32 = .max
        for b in stride(from: count - 1, through: 0, by: -1) {
            following[b] = next
            if targets[b] == UInt32(b) { next = UInt32(b) }
        }
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

    func isSkipped(_ block: Int) -> Bool { targets[block] != UInt32(block) }
    @inline(__always) func target(_ block: UInt32) -> UInt32 { targets[Int(block)] }
    @inline(__always) func next(_ block: Int) -> UInt32 { following[block] }
}
