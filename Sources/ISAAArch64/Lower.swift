/// Lowering: IR to AArch64 instructions over virtual registers.
///
/// Input: a function in the IR. Output: `VCode`.
/// Algorithm: blocks from the last to the first, instructions from the last to the first, so that every use of a value is seen before its
/// definition. A pure instruction whose result nobody asked for is skipped; a pattern may therefore swallow what only it uses (an address
/// computation, a comparison, a shift, a constant) without any bookkeeping of "dead" instructions.
/// Invariant: a register that holds an i32 has its upper half zero, because every 32-bit operation leaves it so; widening
/// an unsigned i32 is free. Values from elsewhere (narrowing, system results) are widened where they come in.
import PrecastEntities
public import PrecastIR
public import PrecastMachineCode
import PrecastRegisterAllocation

/// What code may assume of the machine, and numbers that it needs.
public struct LoweringOptions: Sendable {
    public var features: CPUFeatures
    public var traps: TrapCodes
    /// Those that this instruction set's lowering can leave out.
    public var optimizations: CodeOptimizations = .addressFolding

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
    let tree: DominatorTree
    let loops: LoopForest
    let analysis: LoweringAnalysis
    let options: LoweringOptions

    var code: VCode<MachineInstruction>
    /// Register of each value that somebody asked for.
    var registers: [Register]
    /// What an already lowered instruction contains.
    var swallowed: EntitySet<Inst>
    /// Constants of a loop that are made before it: at the end of these blocks.
    private var hoisted: [Block: [Inst]] = [:]
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
        tree = DominatorTree(cfg)
        loops = LoopForest(cfg, tree)
        order = LoweredBlockOrder(function, cfg, tree, loops)
        analysis = LoweringAnalysis(function)
        self.options = options
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
        for constant in hoisted.removeValue(forKey: block) ?? [] {
            begin(constant)
            emitConstant(constant)
            code.endGroup()
        }
        var inst = layout.previous(terminator)
        while inst.isSome {
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
            code.emit(.landingPad(callInfo: code.makeCall(uses: EmptyCollection(), defs: [CallOperand(exception, .x(0))])))
        }
        let passed = dfg.arguments(call).map { block.isLandingPad && dfg.isCaughtException($0) ? exception : use($0) }
        let target = BlockNumber(rawValue: order.numbers[dfg.blockCalls[call].block.index])
        code.emit(.jump(target))
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
        if dfg.instructions[inst].hasEffect { return true }
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
    mutating func vectorTemporary() -> Register { code.makeRegister(.float, spillSize: 16) }

    /// The register to read `value` from. Constants are made anew at each use.
    mutating func use(_ value: Value) -> Register {
        let root = free(value)
        guard let inst = dfg.definition(root) else { return register(defining: root) }
        let data = dfg.instructions[inst]
        switch data.opcode {
        case .iconst:
            // What takes several instructions is made once.
            if Immediates.moveCount(data.immediate, integerSize(data.type)) > 1 { return register(defining: root) }
            let r = temporary()
            code.emit(.loadImmediate(integerSize(data.type), r, data.immediate))
            return r
        case .f32const, .f64const:
            if isInLoop || !isCheap(data) { return register(defining: root) }
            let r = floatTemporary()
            code.emit(.loadFloat(size(data.type), r, bits: floatBits(data)))
            return r
        case .vconst: return useVectorConstant(root, dfg.vectorConstants[VectorConstant(rawValue: data.a)])
        default: return register(defining: root)
        }
    }
    func floatBits(_ data: InstructionData) -> UInt64 {
        let bits = UInt64(bitPattern: data.immediate)
        return data.type == .f32 ? bits & 0xffff_ffff : bits
    }
    private func isCheap(_ data: InstructionData) -> Bool {
        let bits = floatBits(data)
        return bits == 0 || Immediates.float(bits, size(data.type)) != nil
    }
    /// The register to read an integer from, or the one that is always zero: for fields that may name that.
    mutating func useOrZero(_ value: Value) -> Register { dfg.integerConstant(value) == 0 ? .zr : operand(value) }

    /// A register whose low 32 bits are `value`'s; the upper half is anything.
    mutating func useLow(_ value: Value) -> Register {
        var root = free(value)
        while let inst = dfg.definition(root), dfg.instructions[inst].opcode == .ireduce {
            root = free(dfg.instructions[inst].valueA)
        }
        return use(root)
    }
    /// The register for an operation of the value's own width: a 32-bit one does not care for upper halves.
    mutating func operand(_ value: Value) -> Register {
        if isInLoop, dfg.integerConstant(value) != nil { return register(defining: dfg.resolve(value)) }
        return dfg.type(value) == .i32 ? useLow(value) : use(value)
    }
    private var isInLoop: Bool { current.isSome && loops.loop(of: layout.block(of: current)).isSome }

    /// The constant `inst`, which somebody wants in a register: here, or before the loop that it is in.
    mutating func lowerConstant(_ inst: Inst) {
        let loop = loops.loop(of: layout.block(of: inst))
        if loop.isSome {
            let before = tree.immediateDominator(loops.loops[loop].header)
            if before.isSome {
                hoisted[before, default: []].append(inst)
                return
            }
        }
        emitConstant(inst)
    }
    private mutating func emitConstant(_ inst: Inst) {
        let data = dfg.instructions[inst], dst = register(defining: dfg.result(inst))
        code.emit(data.opcode == .iconst
            ? .loadImmediate(integerSize(data.type), dst, data.immediate) : .loadFloat(size(data.type), dst, bits: floatBits(data)))
    }

    /// The value whose register also holds `value`: an unsigned i32 is its own widening.
    func free(_ value: Value) -> Value {
        var root = dfg.resolve(value)
        while let inst = dfg.definition(root), dfg.instructions[inst].opcode == .uextend {
            root = dfg.resolve(dfg.instructions[inst].valueA)
        }
        return root
    }

    // MARK: Operands

    func definition(_ value: Value, _ opcode: PrecastIR.Opcode) -> InstructionData? {
        guard let inst = dfg.definition(value) else { return nil }
        let data = dfg.instructions[inst]
        return data.opcode == opcode ? data : nil
    }
    /// Width of the registers of a scalar type.
    func size(_ type: Type) -> OperandSize {
        switch type {
        case .i32: .w
        case .f32: .s
        case .f64: .d
        case .v128: .q
        default: .x
        }
    }
    func integerSize(_ type: Type) -> OperandSize { type == .i32 ? .w : .x }
    func width(_ type: Type) -> UInt8 { type == .i32 ? 32 : 64 }

    /// Whether the value is computed into a register anyway.
    func hasOwnRegister(_ value: Value) -> Bool { registers[dfg.resolve(value).index].isSome }
    /// The instruction with `opcode` that defines `value` in this block, if nothing but the current instruction wants that.
    func only(_ value: Value, _ opcode: PrecastIR.Opcode) -> InstructionData? {
        guard !hasOwnRegister(value), analysis.useCount(dfg.resolve(value)) == 1, let inst = dfg.definition(value),
            dfg.instructions[inst].opcode == opcode, layout.block(of: inst) == layout.block(of: current)
        else { return nil }
        return dfg.instructions[inst]
    }
    /// The constant amount of a shift, less than the width.
    func shiftAmount(_ data: InstructionData) -> UInt8? {
        guard let count = dfg.integerConstant(data.valueB) else { return nil }
        return UInt8(truncatingIfNeeded: count) & (width(data.type) - 1)
    }
    /// A constant as a 32-bit operation sees it, or as it is.
    func bits(_ constant: Int64, _ size: OperandSize) -> Int64 { size == .w ? constant & 0xffff_ffff : constant }
}
