import PrecastEntities

/// What is wrong with a problem or a solution, and where.
public struct AllocationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The instruction, if it is at one.
    public var instruction: InstructionIndex?
    /// The operand (index into `Problem.operands`), if it is one.
    public var operand: Int?
    public var message: String

    public init(_ message: String, at instruction: InstructionIndex? = nil, operand: Int? = nil) {
        self.message = message
        self.instruction = instruction
        self.operand = operand
    }
    public var description: String {
        var place = ""
        if let instruction { place += "i\(instruction.rawValue): " }
        if let operand { place += "operand \(operand): " }
        return place + message
    }
}

extension Problem {
    /// Throws if the problem breaks one of its invariants, dominance apart (a use that a definition does not reach shows up in the checker).
    public func validate() throws(AllocationError) {
        guard operandEnds.isEmpty || Int(operandEnds[operandEnds.count - 1]) == operands.count else { throw AllocationError("operandEnds do not cover the operands") }
        guard clobbers.count == instructionCount else { throw AllocationError("one clobber set per instruction expected, found \(clobbers.count) for \(instructionCount)") }
        guard spillSizes.count == registerCount, rematerialization.count == registerCount else { throw AllocationError("register tables differ in size") }
        try validateBlocks()
        for v in registerPool where v.index >= registerCount { throw AllocationError("no value v\(v.rawValue)") }
        for d in debugValues where d.register.index >= registerCount { throw AllocationError("no value v\(d.register.rawValue)") }
        var definitions = Array(repeating: 0, count: registerCount)
        for b in blocks.indices {
            for p in blocks[b].parameters { definitions[registerPool[Int(p)].index] += 1 }
            for i in blocks[b].instructions {
                try validateInstruction(InstructionIndex(rawValue: i), isTerminator: i + 1 == blocks[b].instructions.upperBound, &definitions)
            }
        }
        for (v, n) in definitions.enumerated() where n > 1 { throw AllocationError("v\(v) has \(n) definitions") }
    }

    private func validateBlocks() throws(AllocationError) {
        var next: UInt32 = 0
        for (b, block) in blocks.enumerated() {
            guard block.instructions.lowerBound == next, !block.instructions.isEmpty else { throw AllocationError("block \(b) is empty or out of order") }
            next = block.instructions.upperBound
            let successors = block.successors.map { blockPool[Int($0)].index }
            for s in successors {
                guard s < blocks.count else { throw AllocationError("block \(b) leads to block \(s), which is not") }
                guard successors.count == 1 || blocks[s].predecessors.count == 1 else { throw AllocationError("critical edge from block \(b) to block \(s)") }
                let isListed = blocks[s].predecessors.contains { blockPool[Int($0)].index == b }
                guard isListed else { throw AllocationError("block \(s) does not list its predecessor \(b)") }
                guard successors.count == 1 || blocks[s].parameters.isEmpty else { throw AllocationError("block \(s) has parameters, but its predecessor \(b) several successors") }
            }
            let parameters = successors.count == 1 ? blocks[successors[0]].parameters.count : 0
            guard block.arguments.count == parameters else { throw AllocationError("block \(b) passes \(block.arguments.count) arguments for \(parameters) parameters") }
            let last = InstructionIndex(rawValue: block.instructions.upperBound - 1)
            if successors.count == 1, blocks[successors[0]].predecessors.count > 1 {
                guard operandRange(last).isEmpty, clobbers[last.index] == 0 else {
                    throw AllocationError("the terminator of block \(b), a jump to a block with several predecessors, has operands or clobbers", at: last)
                }
            }
        }
        try validateLandingPads()
        guard next == UInt32(instructionCount) else { throw AllocationError("blocks cover \(next) of \(instructionCount) instructions") }
        if let entry = blocks.first {
            guard entry.predecessors.isEmpty, entry.parameters.isEmpty else { throw AllocationError("the entry block has predecessors or parameters") }
        }
    }

    private func validateLandingPads() throws(AllocationError) {
        var allocatable = PhysicalRegisterSet()
        for list in environment.callerSaved + environment.calleeSaved { for r in list { allocatable.insert(r) } }
        for (b, block) in blocks.enumerated() {
            if block.unwinds.isSome {
                guard block.instructions.contains(block.unwinds.rawValue), block.unwinds.rawValue + 1 < block.instructions.upperBound else {
                    throw AllocationError("block \(b) unwinds from its terminator or from outside", at: block.unwinds)
                }
                guard block.successors.contains(where: { blocks[blockPool[Int($0)].index].isLandingPad }) else {
                    throw AllocationError("block \(b) unwinds, but leads to no landing pad", at: block.unwinds)
                }
            }
            if !block.isLandingPad { continue }
            let first = InstructionIndex(rawValue: block.instructions.lowerBound)
            guard b > 0, block.predecessors.count == 1, block.parameters.isEmpty,
                  blocks[blockPool[Int(block.predecessors.lowerBound)].index].unwinds.isSome
            else { throw AllocationError("landing pad \(b) has parameters, or not one predecessor that unwinds") }
            guard operandRange(first).allSatisfy({ operands[$0].kind == .def }), allocatable.subtracting(clobberSets[Int(clobbers[first.index])]).isEmpty else {
                throw AllocationError("landing pad \(b) does not begin with a clobber of every register", at: first)
            }
        }
    }

    private func validateInstruction(_ i: InstructionIndex, isTerminator: Bool, _ definitions: inout [Int]) throws(AllocationError) {
        let run = operandRange(i)
        for o in run {
            let operand = operands[o]
            guard operand.register.index < registerCount else { throw AllocationError("no such register", at: i, operand: o) }
            if operand.kind == .def {
                definitions[operand.register.index] += 1
                guard !isTerminator else { throw AllocationError("a terminator defines a value", at: i, operand: o) }
            }
            switch operand.constraint {
            case .fixed(let r):
                guard r.registerClass == registerClasses[operand.register.index] else { throw AllocationError("fixed to a register of the other class", at: i, operand: o) }
            case .tied(let n):
                guard operand.kind == .def, operand.position == .late, n < run.count, operands[run.lowerBound + n].kind == .use,
                      operands[run.lowerBound + n].position == .early
                else { throw AllocationError("tied to something that is no early use", at: i, operand: o) }
                switch operands[run.lowerBound + n].constraint {
                case .register, .fixed: break
                default: throw AllocationError("tied to a use that need not be in a register", at: i, operand: o)
                }
            default: break
            }
        }
        if moves.contains(i) {
            guard run.count == 2, operands[run.lowerBound].kind == .use, operands[run.lowerBound + 1].kind == .def
            else { throw AllocationError("a move needs one use and one def", at: i) }
        }
    }
}
