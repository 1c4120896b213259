import PrecastEntities
import PrecastRegisterAllocation
import Testing

/// The allocator's work must grow with the size of the function. Counted, not timed: pieces made, edits, and the live-range table.
@Suite struct ScalingTests {
    /// A function of `count` diamonds in a row with values that cross many of them, and a loop around every tenth.
    static func longFunction(_ count: Int) -> Problem {
        var builder = ProblemBuilder(environment: .x86)
        var block = builder.makeBlock(loopDepth: 0)
        func add(_ operands: [Operand]) { builder.blocks[block].instructions.append(.init(operands)) }
        let context = builder.makeRegister(.integer)
        add([.def(context, .fixed(PhysicalRegister(.integer, 7)))])
        var recent = [context, context, context]
        for i in 0..<count {
            let (a, b) = (builder.makeRegister(.integer), builder.makeRegister(.integer))
            add([.use(context), .def(a)])
            add([.use(recent[i % 3]), .use(a, .any), .def(b, .tied(0))])
            let (then, otherwise, join) = (builder.makeBlock(loopDepth: 0), builder.makeBlock(loopDepth: 0, isCold: i % 7 == 0), builder.makeBlock(loopDepth: 0))
            add([.use(b)])
            builder.blocks[block].successors = [then, otherwise]
            let parameter = builder.makeRegister(.integer)
            block = then
            let c = builder.makeRegister(.integer)
            add([.use(a), .use(recent[(i + 1) % 3], .any), .def(c, .tied(0))])
            add([])
            builder.blocks[block].successors = [join]
            builder.blocks[block].arguments = [c]
            block = otherwise
            if i % 7 == 0 { builder.blocks[block].instructions.append(.init([.use(a, .fixed(PhysicalRegister(.integer, 6)))], clobbers: RegisterEnvironment.x86.callerSavedSet)) }
            add([])
            builder.blocks[block].successors = [join]
            builder.blocks[block].arguments = [b]
            block = join
            builder.blocks[block].parameters = [parameter]
            recent[i % 3] = parameter
        }
        add([.use(recent[0], .fixed(PhysicalRegister(.integer, 0)))])
        return builder.build()
    }

    @Test func workGrowsWithSize() {
        var allocator = RegisterAllocator()
        let small = allocator.allocate(Self.longFunction(1000)).edits.count
        let smallWork = allocator.statistics
        let large = allocator.allocate(Self.longFunction(16_000)).edits.count
        let largeWork = allocator.statistics
        let pairs = [(small, large), (smallWork.uses, largeWork.uses), (smallWork.liveRanges, largeWork.liveRanges), (smallWork.pieces, largeWork.pieces)]
        for (a, b) in pairs { #expect(Double(b) < 16 * 1.3 * Double(a) + 100, "\(pairs)") }
    }
    /// 100,000 values in 50,000 blocks: done at all is the point; a quadratic step would take minutes.
    @Test(arguments: [AllocationAlgorithm.linearScan, .singlePass]) func hugeFunction(_ algorithm: AllocationAlgorithm) {
        let problem = Self.longFunction(25_000)
        let solution = allocateRegisters(problem, algorithm: algorithm)
        #expect(solution.allocations.count == problem.operands.count)
    }
    /// One block with 3,000 parameters, rotated on the back edge.
    @Test(arguments: [AllocationAlgorithm.linearScan, .singlePass]) func manyParameters(_ algorithm: AllocationAlgorithm) throws {
        var builder = ProblemBuilder(environment: .tiny)
        let (entry, loop, back, exit) = (builder.makeBlock(loopDepth: 0), builder.makeBlock(loopDepth: 1), builder.makeBlock(loopDepth: 1), builder.makeBlock(loopDepth: 0))
        let parameters = (0..<3000).map { _ in builder.makeRegister(.integer) }
        let arguments = parameters.map { _ in builder.makeRegister(.integer) }
        for a in arguments { builder.blocks[entry].instructions.append(.init([.def(a)])) }
        builder.blocks[entry].instructions.append(.init([]))
        builder.blocks[entry].successors = [loop]
        builder.blocks[entry].arguments = arguments
        builder.blocks[loop].parameters = parameters
        builder.blocks[loop].instructions.append(.init([.use(parameters[0])]))
        builder.blocks[loop].successors = [back, exit]
        builder.blocks[back].instructions.append(.init([]))
        builder.blocks[back].successors = [loop]
        builder.blocks[back].arguments = Array(parameters[1...]) + [parameters[0]]
        builder.blocks[exit].instructions.append(.init([.use(parameters[2999])]))
        let problem = builder.build()
        try checkAllocation(problem, allocateRegisters(problem, algorithm: algorithm))
    }
}
