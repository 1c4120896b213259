public import PrecastEntities
public import PrecastRegisterAllocation

/// What allocation must know of each instruction, and how its answer goes back in.
///
/// One walk over an instruction's fields serves both, so operands are collected and assigned in the same order.
public protocol OperandVisitor {
    mutating func use(_ register: inout Register, _ constraint: Operand.Constraint)
    /// A use that must outlive the writing of the results.
    mutating func lateUse(_ register: inout Register)
    mutating func def(_ register: inout Register, _ constraint: Operand.Constraint)
    /// A result that is written before all inputs were read.
    mutating func earlyDef(_ register: inout Register)
    mutating func call(_ info: Int, uses: Bool)
}

/// What allocation asks of an instruction set's instructions.
public protocol AllocatableInstruction: BitwiseCopyable, Sendable {
    mutating func collectOperands(_ collector: inout OperandCollector)
    mutating func assignOperands(_ assigner: inout OperandAssigner)
    var dst: Register { get set }
    /// A copy from register to register of the same type that allocation may remove.
    var isMove: Bool { get }
    /// The result is a constant that can be made anew anywhere.
    var isRematerializable: Bool { get }
    /// Registers destroyed besides the results: a number of a clobber set; of a call those of its call info.
    func clobbers(_ infos: [CallInfo]) -> UInt8
    /// Number of the call info of a call that exceptions may leave; nil for other instructions.
    var unwindingCall: Int? { get }
}

/// Appends operands to a problem. Machine registers are not operands.
@frozen public struct OperandCollector: OperandVisitor {
    public var operands: [Operand] = []
    @usableFromInline let aliases: [UInt32]
    @usableFromInline let infos: [CallInfo]
    @usableFromInline let callOperands: [CallOperand]
    public let spillSizes: [UInt8]

    @inlinable init<Instruction>(_ vcode: borrowing VCode<Instruction>) {
        aliases = vcode.aliases
        infos = vcode.callInfos
        callOperands = vcode.callOperands
        spillSizes = vcode.spillSizes
        operands.reserveCapacity(vcode.instructions.count * 3)
    }

    @inlinable @inline(__always) public func resolve(_ register: Register) -> VirtualRegister {
        var bits = register.bits
        while Int(bits) < aliases.count, aliases[Int(bits)] != bits { bits = aliases[Int(bits)] }
        return VirtualRegister(rawValue: bits)
    }
    @inlinable @inline(__always) public mutating func use(_ register: inout Register, _ constraint: Operand.Constraint) {
        if register.isVirtual { operands.append(.use(resolve(register), constraint)) }
    }
    @inlinable @inline(__always) public mutating func lateUse(_ register: inout Register) {
        if register.isVirtual { operands.append(.lateUse(resolve(register))) }
    }
    @inlinable @inline(__always) public mutating func def(_ register: inout Register, _ constraint: Operand.Constraint) {
        if register.isVirtual { operands.append(.def(resolve(register), constraint)) }
    }
    @inlinable @inline(__always) public mutating func earlyDef(_ register: inout Register) {
        if register.isVirtual { operands.append(.earlyDef(resolve(register))) }
    }
    @inlinable public mutating func call(_ info: Int, uses: Bool) {
        let run = uses ? infos[info].uses : infos[info].defs
        for n in run {
            let operand = callOperands[Int(n)]
            let v = resolve(operand.register)
            operands.append(uses ? .use(v, .fixed(operand.fixed)) : .def(v, .fixed(operand.fixed)))
        }
    }
}

/// Puts a solution's allocations into an instruction.
@frozen public struct OperandAssigner: OperandVisitor {
    @usableFromInline let allocations: UnsafeBufferPointer<Allocation>
    /// The next allocation.
    public var cursor = 0
    @usableFromInline let infos: [CallInfo]

    @inlinable public init(allocations: UnsafeBufferPointer<Allocation>, infos: [CallInfo]) {
        self.allocations = allocations
        self.infos = infos
    }
    @inlinable @inline(__always) public mutating func next() -> Allocation {
        defer { cursor += 1 }
        return allocations[cursor]
    }
    @inlinable @inline(__always) public mutating func use(_ register: inout Register, _ constraint: Operand.Constraint) {
        guard register.isVirtual else { return }
        guard let r = next().asRegister else { preconditionFailure("a use that needs a register has none") }
        register = Register(r)
    }
    @inlinable @inline(__always) public mutating func lateUse(_ register: inout Register) { use(&register, .register) }
    @inlinable @inline(__always) public mutating func def(_ register: inout Register, _ constraint: Operand.Constraint) {
        guard register.isVirtual else { return }
        register = next().asRegister.map { Register($0) } ?? .none
    }
    @inlinable @inline(__always) public mutating func earlyDef(_ register: inout Register) { def(&register, .register) }
    @inlinable @inline(__always) public mutating func call(_ info: Int, uses: Bool) { cursor += uses ? infos[info].uses.count : infos[info].defs.count }

    /// The places of a move's source and destination.
    @inlinable @inline(__always) public mutating func nextMove() -> (source: Allocation, destination: Allocation) {
        defer { cursor += 2 }
        return (allocations[cursor], allocations[cursor + 1])
    }
}

/// States a function's allocation problem. O(size). Recipes of constants are instruction numbers.
@inlinable public func makeProblem<Target: InstructionSet>(_ vcode: borrowing VCode<Target.Instruction>, for target: Target.Type) -> Problem {
    var problem = makeProblem(vcode, Target.registerEnvironment, clobberSets: Target.clobberSets)
    FrameRegion(vcode).early.forEach { problem.blocks[$0].isEarly = true }
    return problem
}

@inlinable func makeProblem<Instruction: AllocatableInstruction>(
    _ vcode: borrowing VCode<Instruction>, _ environment: RegisterEnvironment, clobberSets: [PhysicalRegisterSet]
) -> Problem {
    var problem = Problem(environment: environment)
    problem.clobberSets = clobberSets
    problem.registerClasses = vcode.registerClasses
    problem.spillSizes = vcode.spillSizes
    problem.rematerialization = Array(repeating: 0, count: vcode.registerClasses.count)
    problem.blockPool = vcode.blockPool
    for r in vcode.references { problem.isReference.insert(r.index) }
    problem.moves.reset(capacity: vcode.instructions.count)
    var collector = OperandCollector(vcode)
    problem.operandEnds.reserveCapacity(vcode.instructions.count)
    problem.clobbers.reserveCapacity(vcode.instructions.count)
    for n in vcode.instructions.indices {
        var i = vcode.instructions[n]
        i.collectOperands(&collector)
        problem.operandEnds.append(UInt32(collector.operands.count))
        problem.clobbers.append(i.clobbers(vcode.callInfos))
        if i.isMove { problem.moves.insert(InstructionIndex(index: n)) }
        if i.isRematerializable { problem.rematerialization[Int(i.dst.bits)] = UInt32(n) + 1 }
    }
    problem.registerPool = vcode.registerPool.map { collector.resolve(Register($0)) }
    problem.operands = collector.operands
    problem.blocks = vcode.blocks.map {
        Problem.Block(
            instructions: $0.instructions, successors: $0.successors, predecessors: $0.predecessors, parameters: $0.parameters,
            arguments: $0.arguments, loopDepth: $0.loopDepth, isCold: $0.isCold, isLandingPad: $0.isLandingPad)
    }
    if vcode.callHandlers.isEmpty { return problem }
    // The calls that landing pads are entered from.
    for b in vcode.blocks.indices {
        for n in vcode.blocks[b].instructions {
            guard let info = vcode.instructions[Int(n)].unwindingCall, !vcode.callInfos[info].handlers.isEmpty else { continue }
            problem.blocks[b].unwinds = InstructionIndex(rawValue: n)
        }
    }
    return problem
}
