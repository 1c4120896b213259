import PrecastEntities

/// Builds a ``Problem`` block by block, in any order of filling; `build()` lays it out flat. For tests, tools and the text form.
public struct ProblemBuilder: Sendable {
    public struct Instruction: Sendable {
        public var operands: [Operand]
        public var clobbers: PhysicalRegisterSet
        public var isMove: Bool
        public var isSafepoint: Bool
        /// May leave the block for the landing pads among its successors.
        public var unwinds = false
        public init(_ operands: [Operand], clobbers: PhysicalRegisterSet = PhysicalRegisterSet(), isMove: Bool = false, isSafepoint: Bool = false) {
            self.operands = operands
            self.clobbers = clobbers
            self.isMove = isMove
            self.isSafepoint = isSafepoint
        }
    }
    public struct Block: Sendable {
        public var parameters: [VirtualRegister] = []
        public var instructions: [Instruction] = []
        public var successors: [Int] = []
        public var arguments: [VirtualRegister] = []
        public var loopDepth = 0
        public var isCold = false
        public var isLandingPad = false
        public var isEarly = false
        public init() {}
    }
    public var blocks: [Block] = []
    public var registerClasses: [RegisterClass] = []
    public var spillSizes: [UInt8] = []
    public var rematerialization: [UInt32] = []
    public var references: [VirtualRegister] = []
    public var environment: RegisterEnvironment
    public var debugValues: [DebugValue] = []

    public init(environment: RegisterEnvironment) { self.environment = environment }

    public mutating func makeRegister(_ registerClass: RegisterClass, size: UInt8 = 8, recipe: UInt32? = nil) -> VirtualRegister {
        registerClasses.append(registerClass)
        spillSizes.append(size)
        rematerialization.append(recipe.map { $0 + 1 } ?? 0)
        return VirtualRegister(index: registerClasses.count - 1)
    }
    public mutating func makeBlock(loopDepth: Int, isCold: Bool = false) -> Int {
        var block = Block()
        block.loopDepth = loopDepth
        block.isCold = isCold
        blocks.append(block)
        return blocks.count - 1
    }

    /// The problem with its blocks in the order given (all of them; block 0 first).
    public func build(order: [Int]? = nil) -> Problem {
        var problem = Problem(environment: environment)
        problem.registerClasses = registerClasses
        problem.spillSizes = spillSizes
        problem.rematerialization = rematerialization
        for r in references { problem.isReference.insert(r.index) }
        problem.debugValues = debugValues
        let order = order ?? Array(blocks.indices)
        var position = Array(repeating: 0, count: blocks.count)
        for (at, b) in order.enumerated() { position[b] = at }
        var predecessors = Array(repeating: [Int](), count: blocks.count)
        for b in order { for s in blocks[b].successors { predecessors[position[s]].append(position[b]) } }
        var clobberIndex: [PhysicalRegisterSet: UInt8] = [PhysicalRegisterSet(): 0]
        for (at, b) in order.enumerated() {
            let block = blocks[b]
            let first = UInt32(problem.instructionCount)
            for instruction in block.instructions { append(instruction, to: &problem, &clobberIndex) }
            problem.blocks.append(Problem.Block(
                instructions: first..<UInt32(problem.instructionCount),
                successors: pool(block.successors.map { BlockIndex(index: position[$0]) }, &problem.blockPool),
                predecessors: pool(predecessors[at].map { BlockIndex(index: $0) }, &problem.blockPool),
                parameters: pool(block.parameters, &problem.registerPool),
                arguments: pool(block.arguments, &problem.registerPool),
                loopDepth: UInt16(block.loopDepth), isCold: block.isCold, isLandingPad: block.isLandingPad))
            problem.blocks[at].isEarly = block.isEarly
            if let call = block.instructions.firstIndex(where: \.unwinds) {
                problem.blocks[at].unwinds = InstructionIndex(rawValue: first + UInt32(call))
            }
        }
        return problem
    }
    private func pool<T>(_ elements: [T], _ storage: inout [T]) -> Range<UInt32> {
        let start = UInt32(storage.count)
        storage += elements
        return start..<UInt32(storage.count)
    }
    private func append(_ instruction: Instruction, to problem: inout Problem, _ clobberIndex: inout [PhysicalRegisterSet: UInt8]) {
        let i = InstructionIndex(index: problem.instructionCount)
        problem.operands += instruction.operands
        problem.operandEnds.append(UInt32(problem.operands.count))
        if let known = clobberIndex[instruction.clobbers] {
            problem.clobbers.append(known)
        } else {
            let index = UInt8(problem.clobberSets.count)
            problem.clobberSets.append(instruction.clobbers)
            clobberIndex[instruction.clobbers] = index
            problem.clobbers.append(index)
        }
        if instruction.isMove { problem.moves.insert(i) }
        if instruction.isSafepoint { problem.safepoints.append(i) }
    }
}
