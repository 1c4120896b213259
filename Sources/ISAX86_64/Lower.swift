/// Lowering: IR to x86-64 instructions over virtual registers.
///
/// Input: a function in the IR. Output: `VCode`.
/// Algorithm: blocks from the last to the first, instructions from the last to the first, so that every use of a value is seen before its
/// definition. A pure instruction whose result nobody asked for is skipped; a pattern may therefore swallow what only it uses (an address
/// computation, a comparison, a constant, a load of the same colour) without any bookkeeping of "dead" instructions.
/// Invariant: a register that holds an i32 has its upper half zero, because every 32-bit operation leaves it so; widening
/// an unsigned i32 is free. Values from elsewhere (narrowing, System V results) are widened where they come in.
import PrecastEntities
public import PrecastIR
public import PrecastMachineCode
import PrecastRegisterAllocation

/// What code may assume of the machine, and numbers that it needs.
public struct LoweringOptions: Sendable {
    public var features: CPUFeatures
    /// Trap codes that lowering itself needs.
    public var traps: TrapCodes
    public var optimizations = CodeOptimizations.all

    public init(features: CPUFeatures, traps: TrapCodes) {
        self.features = features
        self.traps = traps
    }
}

/// Lowers a function. Near linear in its size.
public func lower(_ function: borrowing Function, _ options: LoweringOptions) -> VCode<MachineInstruction> {
    var lowering = Lowering(function, options)
    lowering.lowerBlocks()
    return lowering.finish()
}

struct Lowering: ~Copyable {
    let dfg: DataFlowGraph
    let layout: Layout
    let signature: Signature
    let cfg: ControlFlowGraph
    let order: LoweredBlockOrder
    let loops: LoopForest
    let analysis: LoweringAnalysis
    let options: LoweringOptions
    let avx: Bool

    var code: VCode<MachineInstruction>
    /// Register of each value that somebody asked for.
    var registers: [Register]
    /// Loads (and what else) that an already lowered instruction contains.
    var swallowed: EntitySet<Inst>
    /// Products that compute an upper half along with their own result, and the instruction whose result that is.
    var wideProducts: [Inst: Inst] = [:]
    /// The instruction being lowered.
    var current = Inst.none
    /// Hidden argument: address of the return area.
    var returnArea = Register.none
    /// Those of the target's features that instructions need so far.
    private var usedFeatures: CPUFeatures = []
    /// Frame slots of the IR have the first numbers; return areas of calls follow.
    let arguments: ArgumentAssignment

    init(_ function: borrowing Function, _ options: LoweringOptions) {
        dfg = function.dfg
        layout = function.layout
        signature = function.signature
        cfg = ControlFlowGraph(function)
        let tree = DominatorTree(cfg)
        loops = LoopForest(cfg, tree)
        order = LoweredBlockOrder(function, cfg, tree, loops)
        analysis = LoweringAnalysis(function)
        self.options = options
        avx = options.features.contains(.avx)
        code = VCode(blockCount: order.order.count)
        registers = Array(repeating: .none, count: function.dfg.values.count)
        swallowed = EntitySet(capacity: function.dfg.instructions.count)
        arguments = assignArguments(ABISignature(function.signature))
        code.functionNumber = function.number
        code.incomingArgumentBytes = UInt32(arguments.stackBytes)
        code.popsIncomingArguments = function.signature.convention == .precast
        for slot in function.dfg.stackSlots.storage { _ = code.makeStackSlot(size: Int(slot.size), alignment: Int(slot.alignment)) }
    }

    consuming func finish() -> VCode<MachineInstruction> {
        if avx && code.registerClasses.contains(.float) { usedFeatures.insert(.avx) }
        code.features = usedFeatures.bits
        code.valueRegisters = registers
        code.finish()
        return code
    }

    /// Whether the target has `feature`; whoever asks is about to use it.
    mutating func uses(_ feature: CPUFeature) -> Bool {
        guard options.features.contains(feature) else { return false }
        usedFeatures.insert(feature)
        return true
    }

    /// Vector operations may become instructions up to SSE4.1, also where they are part of a branch or a store and not lowered themselves.
    private mutating func noteFeatures(_ inst: Inst) {
        switch dfg.instructions[inst].opcode {
        case .vunary, .vbinary, .vternary: usedFeatures = usedFeatures.union(CPUFeatures(bits: options.features.bits & Self.vectorFeatures.bits))
        default: break
        }
    }
    private static let vectorFeatures: CPUFeatures = [.sse3, .ssse3, .sse41]

    mutating func lowerBlocks() {
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

    private mutating func lowerBlock(_ block: Block, _ number: Int) {
        let terminator = layout.last(block)
        begin(terminator)
        let (successors, passed) = lowerTerminator(terminator)
        code.endGroup()
        var inst = layout.previous(terminator)
        while inst.isSome {
            noteFeatures(inst)
            if isNeeded(inst) {
                begin(inst)
                lowerInstruction(inst)
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
    private mutating func lowerEdge(_ block: LoweredBlock, _ number: Int) {
        let call = block.edge
        var exception = Register.none
        if block.isLandingPad {
            exception = temporary()
            code.emit(.landingPad(callInfo: code.makeCall(uses: EmptyCollection(), defs: [CallOperand(exception, .rax)])))
        }
        let passed = dfg.arguments(call).map { block.isLandingPad && dfg.isCaughtException($0) ? exception : use($0) }
        let target = BlockNumber(rawValue: order.numbers[dfg.blockCalls[call].block.index])
        code.emit(.jmp(target))
        code.endBlock(BlockNumber(index: number), successors: CollectionOfOne(target), arguments: passed, parameters: EmptyCollection())
    }

    /// Whether a block's parameters are bound by moves. Not when its only predecessor branches to several blocks and the edge has no block of its own: then
    /// they are names for the arguments.
    func bindsParameters(_ block: Block) -> Bool {
        guard let edge = cfg.predecessors(block).first else { return true }
        return cfg.predecessors(block).count > 1 || cfg.successors(edge.block).count == 1 || order.edgeNumbers[edge.call.index] != .max
    }

    private mutating func begin(_ inst: Inst) {
        current = inst
        code.location = dfg.locations[inst.index].rawValue
    }

    private func isNeeded(_ inst: Inst) -> Bool {
        if swallowed.contains(inst) { return false }
        if dfg.instructions[inst].hasEffect || dfg.instructions[inst].opcode == .imul && wideProducts[inst] != nil { return true }
        return dfg.results(inst).contains { registers[$0.index].isSome }
    }

    // MARK: Registers of values

    /// The register that `value`'s definition writes.
    mutating func register(defining value: Value) -> Register {
        if registers[value.index].isNone { registers[value.index] = makeRegister(dfg.type(value)) }
        return registers[value.index]
    }
    mutating func makeRegister(_ type: Type) -> Register {
        code.makeRegister(type.isInteger ? .integer : .float, spillSize: type.isVector ? 16 : 8, isReference: type == .reference)
    }
    mutating func temporary() -> Register { code.makeRegister(.integer) }
    mutating func floatTemporary() -> Register { code.makeRegister(.float) }

    /// The register to read `value` from. Constants are made anew at each use.
    mutating func use(_ value: Value) -> Register {
        let root = free(value)
        guard let inst = dfg.definition(root) else { return register(defining: root) }
        let data = dfg.instructions[inst]
        switch data.opcode {
        case .iconst:
            let r = temporary()
            code.emit(.loadImmediate(data.type == .i32 ? .l : .q, r, data.immediate))
            return r
        case .f32const, .f64const:
            return data.immediate == 0 ? zero() : register(defining: root)
        case .vconst: return useVectorConstant(root, dfg.vectorConstants[VectorConstant(rawValue: data.a)])
        default: return register(defining: root)
        }
    }
    private mutating func zero() -> Register {
        let r = floatTemporary()
        code.emit(.zeroFloat(r, avx: avx))
        return r
    }
    /// A register whose low 32 bits are `value`'s; the upper half is anything.
    mutating func useLow(_ value: Value) -> Register {
        var root = free(value)
        while let inst = dfg.definition(root), dfg.instructions[inst].opcode == .ireduce {
            root = free(dfg.instructions[inst].valueA)
        }
        return use(root)
    }
    /// The value whose register also holds `value`: an unsigned i32 is its own widening.
    private func free(_ value: Value) -> Value {
        var root = dfg.resolve(value)
        while let inst = dfg.definition(root), dfg.instructions[inst].opcode == .uextend {
            root = dfg.resolve(dfg.instructions[inst].valueA)
        }
        return root
    }
    /// Whether `value` is still wanted behind the current instruction, so that overwriting its register would cost a copy: a later
    /// instruction (in emission order) asked for it, or it comes from outside the loop and the next round reads it again.
    func isLiveAfter(_ value: Value) -> Bool {
        let root = free(value)
        if registers[root.index].isSome { return true }
        let loop = loops.loop(of: layout.block(of: current))
        if loop.isNone { return false }
        let data = dfg.values[root]
        let home = data.kind == .parameter ? Block(rawValue: data.owner) : layout.block(of: Inst(rawValue: data.owner))
        return !loops.contains(loop, home)
    }

    // MARK: Operands

    func definition(_ value: Value, _ opcode: PrecastIR.Opcode) -> InstructionData? {
        guard let inst = dfg.definition(value) else { return nil }
        let data = dfg.instructions[inst]
        return data.opcode == opcode ? data : nil
    }
    func size(_ type: Type) -> OperandSize { type == .i32 || type == .f32 ? .l : .q }
    func floatSize(_ type: Type) -> FloatSize { type == .f32 ? .single : .double }

    /// A constant that fits a sign-extended 32-bit immediate.
    func immediate(_ value: Value) -> Int32? {
        guard let constant = dfg.integerConstant(value) else { return nil }
        return Int32(exactly: constant)
    }
    /// The load that defines `value`, if the current instruction may contain it. `uses`: how often it reads the value.
    func foldableLoad(_ value: Value, _ opcode: PrecastIR.Opcode = .load, uses: Int = 1) -> Inst? {
        guard options.optimizations.contains(.loadFolding), let inst = dfg.definition(value), dfg.instructions[inst].opcode == opcode, !swallowed.contains(inst),
            layout.block(of: inst) == layout.block(of: current), analysis.colours[inst.index] == analysis.colours[current.index],
            analysis.useCount(dfg.result(inst)) == uses, registers[dfg.result(inst).index].isNone
        else { return nil }
        return inst
    }
    mutating func swallow(_ load: Inst) -> MemoryOperand {
        swallowed.insert(load)
        // A fault is the load's.
        code.location = dfg.locations[load.index].rawValue
        return address(load)
    }
    /// `value` of the full width as a register, immediate or folded load.
    mutating func source(_ value: Value) -> Source {
        if let i = immediate(value) { return .immediate(i) }
        return Source(registerOrMemory(value))
    }
    mutating func registerOrMemory(_ value: Value) -> RegisterOrMemory {
        if let load = foldableLoad(value) { return .memory(swallow(load)) }
        if let bits = wideConstant(value) { return .memory(pool(.double, bits)) }
        return .register(dfg.type(value) == .i32 ? useLow(value) : use(value))
    }
    /// An integer constant that no immediate holds, besides that of a move of ten bytes: in the literal pool an instruction reads it as it is.
    func wideConstant(_ value: Value) -> UInt64? {
        guard dfg.type(value) == .i64, let constant = dfg.integerConstant(value), Int32(exactly: constant) == nil, UInt32(exactly: constant) == nil else { return nil }
        return UInt64(bitPattern: constant)
    }
    /// Whether an instruction reads `value` from memory.
    func isInMemory(_ value: Value) -> Bool { foldableLoad(value) != nil || wideConstant(value) != nil }
    /// A float operand: register, folded load, or constant in the pool.
    mutating func floatSource(_ value: Value) -> RegisterOrMemory {
        if let load = foldableLoad(value) { return .memory(swallow(load)) }
        if let inst = dfg.definition(value) {
            let data = dfg.instructions[inst]
            if data.immediate != 0, data.opcode == .f64const || data.opcode == .f32const {
                return .memory(pool(data.opcode == .f64const ? .double : .single, UInt64(bitPattern: data.immediate)))
            }
        }
        return .register(use(value))
    }
    /// A scalar constant of the literal pool.
    mutating func pool(_ size: FloatSize, _ bits: UInt64) -> MemoryOperand {
        .constant(code.constant(PoolConstant(low: size == .single ? bits & 0xffff_ffff : bits, size: size == .single ? 4 : 8)))
    }
    /// A 16-byte constant with `bits` in every lane.
    mutating func poolLanes(_ size: FloatSize, _ bits: UInt64) -> MemoryOperand {
        let lane = size == .single ? bits | bits << 32 : bits
        return .constant(code.constant(PoolConstant(low: lane, high: lane, size: 16)))
    }
}
