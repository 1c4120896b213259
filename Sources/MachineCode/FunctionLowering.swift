/// Lowering: IR to instructions over virtual registers, as far as instruction sets share it.
///
/// Input: a function in the IR. Output: `VCode`.
/// Algorithm: blocks from the last to the first, instructions from the last to the first, so that every use of a value is seen before its
/// definition. A pure instruction whose result nobody asked for is skipped; a pattern may therefore swallow what only it uses (an address
/// computation, a comparison, a constant, a load of the same colour) without any bookkeeping of "dead" instructions.
/// Invariant: a register that holds an i32 has its upper half zero, because every 32-bit operation leaves it so; widening
/// an unsigned i32 is free. Values from elsewhere (narrowing, the platform's results) are widened where they come in.
public import PrecastEntities
public import PrecastIR
public import PrecastRegisterAllocation

/// What code may assume of the machine, and numbers that it needs.
public struct LoweringOptions<Target: InstructionSet>: Sendable {
    public var features: Target.Features
    /// Trap codes that lowering itself needs.
    public var traps: TrapCodes
    public var optimizations = Target.loweringOptimizations

    public init(features: Target.Features, traps: TrapCodes) {
        self.features = features
        self.traps = traps
    }
}

@frozen public struct FunctionLowering<Target: InstructionSet>: ~Copyable {
    public let dfg: DataFlowGraph
    public let layout: Layout
    public let signature: Signature
    public let cfg: ControlFlowGraph
    public let order: LoweredBlockOrder
    public let tree: DominatorTree
    public let loops: LoopForest
    public let analysis: LoweringAnalysis
    public let options: LoweringOptions<Target>
    /// Frame slots of the IR have the first numbers; return areas of calls follow.
    public let arguments: ArgumentAssignment

    public var code: VCode<Target.Instruction>
    /// Register of each value that somebody asked for.
    public var registers: [Register]
    /// What an already lowered instruction contains.
    public var swallowed: EntitySet<Inst>
    /// The instruction being lowered.
    public var current = Inst.none
    /// Hidden argument: address of the return area.
    public var returnArea = Register.none
    /// Those of the target's features that instructions need so far.
    public var usedFeatures: Target.Features = []
    public var state: Target.LoweringState

    @inlinable public init(_ function: borrowing Function, _ options: LoweringOptions<Target>) {
        let cfg = ControlFlowGraph(function)
        let tree = DominatorTree(cfg)
        let loops = LoopForest(cfg, tree)
        let order = LoweredBlockOrder(function, cfg, tree, loops)
        let arguments = Target.assignArguments(ABISignature(function.signature))
        var code = VCode<Target.Instruction>(blockCount: order.order.count)
        code.functionNumber = function.number
        code.incomingArgumentBytes = UInt32(arguments.stackBytes)
        code.popsIncomingArguments = function.signature.convention == .precast
        for slot in function.dfg.stackSlots.storage { _ = code.makeStackSlot(size: Int(slot.size), alignment: Int(slot.alignment)) }
        dfg = function.dfg
        layout = function.layout
        signature = function.signature
        self.cfg = cfg
        self.tree = tree
        self.loops = loops
        self.order = order
        analysis = LoweringAnalysis(function)
        self.options = options
        self.arguments = arguments
        self.code = code
        registers = Array(repeating: .none, count: function.dfg.values.count)
        swallowed = EntitySet(capacity: function.dfg.instructions.count)
        state = Target.makeLoweringState(options)
    }

    /// Lowers the whole function. Near linear in its size.
    @inlinable public consuming func run() -> VCode<Target.Instruction> {
        lowerBlocks()
        Target.lowerEnd(&self)
        code.features = usedFeatures.bits
        code.valueRegisters = registers
        code.finish()
        return code
    }

    /// Whether the target has `feature`; whoever asks is about to use it.
    @inlinable public mutating func uses(_ feature: Target.Features.Feature) -> Bool {
        guard options.features.contains(feature) else { return false }
        usedFeatures.insert(feature)
        return true
    }

    // MARK: The walk

    @inlinable mutating func lowerBlocks() {
        for number in stride(from: order.order.count - 1, through: 0, by: -1) {
            let block = order.order[number]
            code.beginBlock(BlockNumber(index: number), loopDepth: Int(block.loopDepth), isCold: block.isCold, isLandingPad: block.isLandingPad)
            if block.block.isSome {
                lowerBlock(block.block, number)
            } else {
                lowerEdge(block, number)
            }
        }
    }

    @inlinable mutating func lowerBlock(_ block: Block, _ number: Int) {
        let terminator = layout.last(block)
        begin(terminator)
        let (successors, passed) = lowerTerminator(terminator)
        code.endGroup()
        Target.lowerEnd(of: block, &self)
        var inst = layout.previous(terminator)
        while inst.isSome {
            let data = dfg.instructions[inst]
            Target.visit(data, &self)
            if isNeeded(inst, data) {
                begin(inst)
                Target.lower(inst, &self)
                code.endGroup()
            }
            inst = layout.previous(inst)
        }
        code.location = .max
        var parameters: [Register] = []
        if number == 0 {
            lowerEntry(block)
            code.endGroup()
        } else if bindsParameters(block) {
            parameters = dfg.parameters(block).map { register(defining: $0) }
        }
        code.endBlock(BlockNumber(index: number), successors: successors, arguments: passed, parameters: parameters)
    }

    /// A block of its own on a split edge: nothing but the binding of the target's parameters, and where an exception arrives its address.
    @inlinable mutating func lowerEdge(_ block: LoweredBlock, _ number: Int) {
        let call = block.edge
        var exception = Register.none
        if block.isLandingPad {
            exception = temporary()
            let arrival = CallOperand(exception, Target.precast.integerResults[0])
            code.emit(.landingPad(callInfo: code.makeCall(uses: EmptyCollection(), defs: CollectionOfOne(arrival))))
        }
        let passed = dfg.arguments(call).map { block.isLandingPad && dfg.isCaughtException($0) ? exception : use($0) }
        let target = BlockNumber(rawValue: order.numbers[dfg.blockCalls[call].block.index])
        code.emit(.jump(target))
        code.endBlock(BlockNumber(index: number), successors: CollectionOfOne(target), arguments: passed, parameters: EmptyCollection())
    }

    /// Whether a block's parameters are bound by moves. Not when its only predecessor branches to several blocks and the edge has no block of its own: then
    /// they are names for the arguments.
    @inlinable func bindsParameters(_ block: Block) -> Bool {
        guard let edge = cfg.predecessors(block).first else { return true }
        return cfg.predecessors(block).count > 1 || cfg.successors(edge.block).count == 1 || order.edgeNumbers[edge.call.index] != .max
    }

    @inlinable public mutating func begin(_ inst: Inst) {
        current = inst
        code.location = dfg.locations[inst.index].rawValue
    }

    @inlinable func isNeeded(_ inst: Inst, _ data: InstructionData) -> Bool {
        if swallowed.contains(inst) { return false }
        if data.hasEffect || Target.isNeeded(inst, data, self) { return true }
        return dfg.results(inst).contains { registers[$0.index].isSome }
    }

    // MARK: Registers of values

    /// The register that `value`'s definition writes.
    @inlinable public mutating func register(defining value: Value) -> Register {
        if registers[value.index].isNone { registers[value.index] = makeRegister(dfg.type(value)) }
        return registers[value.index]
    }
    @inlinable public mutating func makeRegister(_ type: Type) -> Register {
        code.makeRegister(type.isInteger ? .integer : .float, spillSize: type.isVector ? 16 : 8, isReference: type == .reference)
    }
    @inlinable public mutating func temporary() -> Register { code.makeRegister(.integer) }
    @inlinable public mutating func floatTemporary() -> Register { code.makeRegister(.float) }
    @inlinable public mutating func vectorTemporary() -> Register { code.makeRegister(.float, spillSize: 16) }
    @inlinable public mutating func result(_ inst: Inst) -> Register { register(defining: dfg.result(inst)) }

    /// The register to read `value` from.
    @inlinable public mutating func use(_ value: Value) -> Register {
        let root = free(value)
        guard let inst = dfg.definition(root) else { return register(defining: root) }
        let data = dfg.instructions[inst]
        switch data.opcode {
        case .iconst, .f32const, .f64const, .vconst: return Target.useConstant(root, data, &self)
        default: return register(defining: root)
        }
    }
    /// A register whose low 32 bits are `value`'s; the upper half is anything.
    @inlinable public mutating func useLow(_ value: Value) -> Register {
        var root = free(value)
        while let inst = dfg.definition(root), dfg.instructions[inst].opcode == .ireduce {
            root = free(dfg.instructions[inst].valueA)
        }
        return use(root)
    }
    /// The value whose register also holds `value`: an unsigned i32 is its own widening.
    @inlinable public func free(_ value: Value) -> Value {
        var root = dfg.resolve(value)
        while let inst = dfg.definition(root), dfg.instructions[inst].opcode == .uextend {
            root = dfg.resolve(dfg.instructions[inst].valueA)
        }
        return root
    }
    /// Whether the value is computed into a register anyway.
    @inlinable public func hasOwnRegister(_ value: Value) -> Bool { registers[dfg.resolve(value).index].isSome }

    /// The instruction with `opcode` that defines `value`.
    @inlinable public func definition(_ value: Value, _ opcode: Opcode) -> InstructionData? {
        guard let inst = dfg.definition(value) else { return nil }
        let data = dfg.instructions[inst]
        return data.opcode == opcode ? data : nil
    }
}
