import PrecastEntities
import PrecastRegisterAllocation
import Testing

/// The checker must catch what goes wrong. A fault may by chance be harmless (a dropped move whose value was there anyway), so each is made
/// so that it must matter, or counted: most of its kind must be caught, of structural faults all.
@Suite struct FaultInjectionTests {
    static func isAccepted(_ problem: Problem, _ solution: Solution) -> Bool {
        do { try checkAllocation(problem, solution) } catch { return false }
        return true
    }
    /// Applies `fault` to the solutions of many problems; returns how many were made and how many of those the checker accepted.
    static func inject(_ algorithm: AllocationAlgorithm, _ fault: (Problem, inout Solution, inout SeededGenerator) -> Bool) -> (made: Int, accepted: Int) {
        var (made, accepted) = (0, 0)
        for seed in 0..<200 {
            let problem = RandomProblem.make(seed: seed)
            var solution = allocateRegisters(problem, algorithm: algorithm)
            var random = SeededGenerator(seed: seed + 77)
            guard fault(problem, &solution, &random) else { continue }
            made += 1
            if isAccepted(problem, solution) { accepted += 1 }
        }
        return (made, accepted)
    }
    static let both: [AllocationAlgorithm] = [.linearScan, .singlePass]

    private static func block(of i: InstructionIndex, _ problem: Problem) -> Int {
        problem.blocks.firstIndex { $0.instructions.contains(i.rawValue) } ?? 0
    }
    private static func operandIndices(_ problem: Problem, where predicate: (Operand) -> Bool) -> [Int] {
        problem.operands.indices.filter { predicate(problem.operands[$0]) }
    }
    private static func instruction(ofOperand o: Int, _ problem: Problem) -> InstructionIndex {
        InstructionIndex(index: problem.operandEnds.firstIndex { Int($0) > o } ?? 0)
    }

    @Test(arguments: both) func droppedMove(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { _, solution, random in
            // A load or a remade value is there for a use; a store may be there in case.
            let loads = solution.edits.indices.filter { solution.edits[$0].destination.asRegister != nil }
            if loads.isEmpty { return false }
            solution.edits.remove(at: loads[random.below(loads.count)])
            return true
        }
        #expect(result.made > 100)
        #expect(result.accepted * 6 <= result.made, "\(result)")
    }
    @Test(arguments: both) func swappedRegister(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { problem, solution, random in
            let uses = Self.operandIndices(problem) { $0.kind == .use && $0.constraint == .register }.filter { problem.registerClasses[problem.operands[$0].register.index] == .integer }
            if uses.isEmpty { return false }
            let o = uses[random.below(uses.count)]
            guard let r = solution.allocations[o].asRegister else { return false }
            let others = problem.environment.callerSaved[0].filter { $0 != r }
            solution.allocations[o] = .register(others[random.below(others.count)])
            return true
        }
        #expect(result.made > 100)
        #expect(result.accepted * 10 <= result.made, "\(result)")
    }
    @Test(arguments: both) func staleSlot(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { _, solution, random in
            let loads = solution.edits.indices.filter { solution.edits[$0].source.asSlot != nil }
            if loads.isEmpty || solution.spillAreaSize <= 16 { return false }
            let e = loads[random.below(loads.count)]
            let edit = solution.edits[e]
            let offset = ((edit.source.asSlot ?? 0) + 16) % solution.spillAreaSize
            solution.edits[e] = Edit(point: edit.point, source: .slot(offset), destination: edit.destination, size: edit.size)
            return true
        }
        #expect(result.made > 60)
        // The register may still hold the value from before it was stored.
        #expect(result.accepted * 6 <= result.made, "\(result)")
    }
    /// Removes the store to one of `slots` that is written once. - Returns: whether there was one.
    private static func dropOnlyStore(_ problem: Problem, _ solution: inout Solution, _ random: inout SeededGenerator, toSlots slots: Set<Int>) -> Bool {
        var writes: [Int: [Int]] = [:]
        for (i, e) in solution.edits.enumerated() { if let slot = e.destination.asSlot { writes[slot, default: []].append(i) } }
        for (o, a) in solution.allocations.enumerated() {
            if let slot = a.asSlot, problem.operands[o].kind == .def { writes[slot, default: []] += [-1, -1] }
        }
        let single = writes.filter { $0.value.count == 1 && slots.contains($0.key) }.values.compactMap(\.first).sorted()
        if single.isEmpty { return false }
        solution.edits.remove(at: single[random.below(single.count)])
        return true
    }
    @Test(arguments: both) func droppedStore(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { problem, solution, random in
            let reads = Set(solution.edits.compactMap { $0.source.asSlot })
            return Self.dropOnlyStore(problem, &solution, &random, toSlots: reads)
        }
        #expect(result.made > 30)
        #expect(result.accepted * 10 <= result.made, "\(result)")
    }
    @Test(arguments: both) func wrongTied(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { problem, solution, random in
            let defs = Self.operandIndices(problem) { if case .tied = $0.constraint { true } else { false } }
            if defs.isEmpty { return false }
            let o = defs[random.below(defs.count)]
            guard let r = solution.allocations[o].asRegister, let other = problem.environment.callerSaved[Int(r.registerClass.rawValue)].first(where: { $0 != r }) else { return false }
            solution.allocations[o] = .register(other)
            return true
        }
        #expect(result.made > 60)
        #expect(result.accepted == 0, "\(result)")
    }
    @Test(arguments: both) func wrongFixed(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { problem, solution, random in
            let fixed = Self.operandIndices(problem) { if case .fixed = $0.constraint { true } else { false } }
            if fixed.isEmpty { return false }
            let o = fixed[random.below(fixed.count)]
            guard let r = solution.allocations[o].asRegister, let other = problem.environment.callerSaved[Int(r.registerClass.rawValue)].first(where: { $0 != r }) else { return false }
            solution.allocations[o] = .register(other)
            return true
        }
        #expect(result.made > 60)
        #expect(result.accepted == 0, "\(result)")
    }
    @Test(arguments: both) func slotWhereRegisterIsNeeded(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { problem, solution, random in
            let uses = Self.operandIndices(problem) { $0.constraint == .register }
            if uses.isEmpty || solution.spillAreaSize == 0 { return false }
            solution.allocations[uses[random.below(uses.count)]] = .slot(0)
            return true
        }
        #expect(result.made > 60)
        #expect(result.accepted == 0, "\(result)")
    }
    @Test(arguments: both) func unlistedCalleeSaved(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { _, solution, _ in
            guard let r = solution.usedCalleeSaved.members.first else { return false }
            solution.usedCalleeSaved.remove(r)
            return true
        }
        #expect(result.made > 30)
        #expect(result.accepted == 0, "\(result)")
    }
    @Test(arguments: both) func forgottenReference(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { problem, solution, random in
            if solution.safepointSlots.isEmpty { return false }
            let at = random.below(solution.safepointSlots.count)
            solution.safepointSlots.remove(at: at)
            for i in solution.safepointEnds.indices where solution.safepointEnds[i] > UInt32(at) { solution.safepointEnds[i] -= 1 }
            return true
        }
        #expect(result.made > 10)
        // A reference may be in two listed slots.
        #expect(result.accepted * 20 <= result.made, "\(result)")
    }
    @Test(arguments: both) func slotOutsideTheArea(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { _, solution, _ in
            if !solution.edits.contains(where: { ($0.source.asSlot ?? -1) >= solution.spillAreaSize - 16 || ($0.destination.asSlot ?? -1) >= solution.spillAreaSize - 16 }) { return false }
            solution.spillAreaSize -= 16
            return true
        }
        #expect(result.made > 60)
        #expect(result.accepted == 0, "\(result)")
    }
    @Test(arguments: both) func editsOutOfOrder(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { _, solution, _ in
            guard let first = solution.edits.first, let last = solution.edits.last, first.point != last.point else { return false }
            solution.edits.swapAt(0, solution.edits.count - 1)
            return true
        }
        #expect(result.made > 60)
        #expect(result.accepted == 0, "\(result)")
    }

    /// Values live across a call in a register that it overwrites; a cycle done without its temporary; memory to memory.
    @Test func knownMistakes() throws {
        let text = """
            int r0 r1 | r3 scratch r11
            float f0 | scratch f15
            clobber 1 r0 r1
            value v0 int
            value v1 int
            value v2 int
            value v3 int
            block 0 depth 0
              op def v0, def v1
              op -> 1(v0, v1)
            block 1 depth 1 (v2, v3)
              op use v2, use v3 -> 2, 3
            block 2 depth 1
              op -> 1(v3, v2)
            block 3 depth 0
              op use v2
            """
        let problem = try Problem(text: text)
        let (r0, r1, scratch) = (Allocation.register(PhysicalRegister(.integer, 0)), Allocation.register(PhysicalRegister(.integer, 1)), Allocation.register(PhysicalRegister(.integer, 11)))
        var solution = Solution()
        solution.allocations = [r0, r1, r0, r1, r0]
        let jump = InstructionIndex(rawValue: 3)
        func edit(_ s: Allocation, _ d: Allocation) -> Edit { Edit(point: jump, source: s, destination: d, size: 8) }
        solution.edits = [edit(r0, scratch), edit(r1, r0), edit(scratch, r1)]
        #expect(Self.isAccepted(problem, solution))
        solution.edits = [edit(r1, r0), edit(r0, r1)]
        #expect(!Self.isAccepted(problem, solution))
        solution.edits = []
        #expect(!Self.isAccepted(problem, solution))
        solution.spillAreaSize = 16
        solution.edits = [edit(r0, .slot(0)), edit(r1, r0), edit(.slot(0), r1)]
        #expect(Self.isAccepted(problem, solution))
        solution.edits = [edit(r0, .slot(0)), edit(.slot(0), .slot(8)), edit(r1, r0), edit(.slot(8), r1)]
        #expect(!Self.isAccepted(problem, solution))
    }

    /// A landing pad finds nothing in registers, callee-saved ones included, and nothing that was moved after the call.
    @Test func landingPads() throws {
        let text = """
            int r0 r1 | r3 scratch r11
            float f0 | scratch f15
            clobber 1 r0 r1
            clobber 2 r0 r1 r3 f0
            value v0 int
            value v1 int
            value v2 int
            block 0 depth 0
              op def v0
              op def v1:=r0 clobber 1 unwinds
              op -> 1, 2
            block 1 depth 0
              op use v0, use v1
            block 2 depth 0 cold landing
              op def v2:=r0 clobber 2
              op use v0, use v2
            """
        let problem = try Problem(text: text)
        #expect(dumpAllocation(problem).contains("block 2 depth 0 cold landing") && dumpAllocation(problem).contains("clobber 1 unwinds"))
        for algorithm in Self.both { #expect(Self.isAccepted(problem, allocateRegisters(problem, algorithm: algorithm))) }
        let (r0, r1, r3) = (Allocation.register(PhysicalRegister(.integer, 0)), Allocation.register(PhysicalRegister(.integer, 1)), Allocation.register(PhysicalRegister(.integer, 3)))
        func edit(_ at: Int, _ s: Allocation, _ d: Allocation) -> Edit { Edit(point: InstructionIndex(index: at), source: s, destination: d, size: 8) }
        var solution = Solution()
        solution.spillAreaSize = 16
        solution.usedCalleeSaved = [PhysicalRegister(.integer, 3)]
        solution.allocations = [r3, r0, r3, r0, r0, r1, r0]
        // Stored before the call, loaded behind the landing pad's clobber.
        solution.edits = [edit(1, r3, .slot(0)), edit(5, .slot(0), r1)]
        #expect(Self.isAccepted(problem, solution))
        // Stored between the call and the block's end: the exception passes that by.
        solution.edits = [edit(2, r3, .slot(0)), edit(5, .slot(0), r1)]
        #expect(!Self.isAccepted(problem, solution))
        // Stored at the landing pad, when the register is gone.
        solution.edits = [edit(4, r3, .slot(0)), edit(5, .slot(0), r1)]
        #expect(!Self.isAccepted(problem, solution))
        // Expected in a callee-saved register.
        solution.edits = [edit(4, r3, r1)]
        #expect(!Self.isAccepted(problem, solution))
        solution.edits = []
        solution.allocations = [r3, r0, r3, r0, r0, r3, r0]
        #expect(!Self.isAccepted(problem, solution))
    }
    @Test(arguments: [
        ("clobber 1 unwinds", "clobber 1"), ("clobber 2\n", "clobber 1\n"), (" landing", ""), ("-> 1, 2", "-> 1"),
    ])
    func badLandingPads(_ change: (String, String)) throws {
        let text = """
            int r0 r1 | r3 scratch r11
            float f0 | scratch f15
            clobber 1 r0 r1
            clobber 2 r0 r1 r3 f0
            value v0 int
            value v1 int
            block 0 depth 0
              op def v0
              op clobber 1 unwinds
              op -> 1, 2
            block 1 depth 0
              op use v0
            block 2 depth 0 cold landing
              op def v1:=r0 clobber 2
              op use v0
            """
        _ = try Problem(text: text)
        let parts = text.split(separator: change.0, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        #expect(throws: AllocationError.self) { try Problem(text: parts.joined(separator: change.1)) }
    }
    /// A value that a landing pad reads is stored once, before the call; without that store it is not there.
    @Test(arguments: both) func droppedStoreBeforeLanding(_ algorithm: AllocationAlgorithm) {
        let result = Self.inject(algorithm) { problem, solution, random in
            var loaded = Set<Int>()
            for edit in solution.edits {
                guard let slot = edit.source.asSlot else { continue }
                let block = problem.blocks[Self.block(of: edit.point, problem)]
                if block.isLandingPad && edit.point.rawValue > block.instructions.lowerBound { loaded.insert(slot) }
            }
            return Self.dropOnlyStore(problem, &solution, &random, toSlots: loaded)
        }
        #expect(result.made > 50)
        // What is loaded may be a value that nothing reads in the end.
        #expect(result.accepted * 20 <= result.made, "\(result)")
    }

    @Test func clobberedValue() throws {
        let text = """
            int r0 r1 | r3 scratch r11
            float f0 | scratch f15
            clobber 1 r0 r1
            value v0 int
            block 0 depth 0
              op def v0
              op clobber 1
              op use v0
            """
        let problem = try Problem(text: text)
        var solution = Solution()
        let (r0, r3) = (Allocation.register(PhysicalRegister(.integer, 0)), Allocation.register(PhysicalRegister(.integer, 3)))
        solution.allocations = [r0, r0]
        #expect(!Self.isAccepted(problem, solution))
        solution.allocations = [r3, r3]
        #expect(!Self.isAccepted(problem, solution))
        solution.usedCalleeSaved = [PhysicalRegister(.integer, 3)]
        #expect(Self.isAccepted(problem, solution))
    }
}
