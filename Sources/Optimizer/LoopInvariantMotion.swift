import PrecastEntities
import PrecastIR

/// Moves computations out of loops in which their operands do not change, each as far out as it may go.
///
/// What moves: pure operations (constants only along with an instruction that needs them: they are immediates mostly), and loads
/// whose region neither a store, call or atomic operation in the loop nor another thread changes. A load that may trap, and any other trapping operation, moves only out of
/// the loop header and only if nothing before it there has an effect: it would have been the first thing to happen anyway.
/// Nothing moves out of cold blocks. Loops get a preheader when something moves to it.
/// One walk in reverse postorder. O(instructions × loop depth).
///
/// - Returns: whether control flow changed.
func moveLoopInvariants(_ function: inout Function, _ cfg: ControlFlowGraph, _ tree: DominatorTree, _ loops: LoopForest) -> Bool {
    if loops.loops.isEmpty { return false }
    var motion = LoopInvariantMotion(function, cfg, loops)
    for block in cfg.reversePostorder where loops.loop(of: block).isSome && !function.dfg.blocks[block].isCold {
        motion.visit(block, &function, cfg, tree, loops)
    }
    return motion.madePreheaders
}

private struct LoopInvariantMotion {
    private let memory: MemoryVersions
    /// Memory slots that a loop changes, inner loops included.
    private var clobbers: [UInt64]
    private var preheaders: [Block]
    /// The loop that an added block lies in, for blocks that the forest does not know.
    private var loopOfAdded: [Block: Loop] = [:]
    private(set) var madePreheaders = false

    init(_ function: borrowing Function, _ cfg: ControlFlowGraph, _ loops: LoopForest) {
        memory = MemoryVersions(regionsOf: function)
        clobbers = Array(repeating: 0, count: loops.loops.count)
        preheaders = Array(repeating: .none, count: loops.loops.count)
        for block in cfg.reversePostorder {
            var loop = loops.loop(of: block)
            while loop.isSome {
                clobbers[loop.index] |= memory.clobbers[block.index]
                loop = loops.loops[loop].parent
            }
        }
    }

    mutating func visit(_ block: Block, _ function: inout Function, _ cfg: ControlFlowGraph, _ tree: DominatorTree, _ loops: LoopForest) {
        let home = loops.loop(of: block)
        var effectSeen = loops.loops[home].header != block
        var inst = function.layout.first(block)
        while inst.isSome {
            let next = function.layout.next(inst)
            let data = function.dfg.instructions[inst]
            if data.opcode.format != .immediate && canMove(data, effectSeen) {
                let target = destination(inst, data, home, function, loops)
                if target.isSome {
                    move(inst, before: target, &function, cfg, tree, loops)
                } else if data.hasEffect {
                    effectSeen = true
                }
            } else if data.hasEffect {
                effectSeen = true
            }
            inst = next
        }
    }

    private func canMove(_ data: InstructionData, _ effectSeen: Bool) -> Bool {
        if data.opcode.isPure { return true }
        if data.opcode.isTerminator || data.opcode.isCall || data.opcode.isStore || data.opcode.isAtomic || data.opcode == .nop { return false }
        if data.opcode.format == .conditionalTrap || data.opcode.isLoad && data.memoryFlags.isShared { return false }
        return !data.canTrap || !effectSeen
    }

    /// The outermost loop that `inst` may leave; none if it must stay. A trapping instruction leaves one loop at most:
    /// in the preheader others may come before it.
    private func destination(_ inst: Inst, _ data: InstructionData, _ home: Loop, _ function: borrowing Function, _ loops: LoopForest) -> Loop {
        var found = Loop.none
        var loop = home
        while loop.isSome && isInvariant(inst, data, in: loop, function, loops) {
            found = loop
            if data.canTrap { break }
            loop = loops.loops[loop].parent
        }
        return found
    }
    private func isInvariant(_ inst: Inst, _ data: InstructionData, in loop: Loop, _ function: borrowing Function, _ loops: LoopForest) -> Bool {
        if data.opcode.isLoad && !data.memoryFlags.isReadOnly && clobbers[loop.index] & 1 << UInt64(memory.slot(data.memoryFlags.region)) != 0 { return false }
        var invariant = true
        function.dfg.forEachOperand(inst) { value in
            if invariant && function.dfg.definingData(value).opcode.format != .immediate && contains(loop, definingBlock(value, function), loops) {
                invariant = false
            }
        }
        return invariant
    }
    private func definingBlock(_ value: Value, _ function: borrowing Function) -> Block {
        let data = function.dfg.values[value]
        return data.kind == .parameter ? Block(rawValue: data.owner) : function.layout.block(of: Inst(rawValue: data.owner))
    }
    private func innermost(_ block: Block, _ loops: LoopForest) -> Loop {
        loops.knows(block) ? loops.loop(of: block) : loopOfAdded[block] ?? .none
    }
    private func contains(_ loop: Loop, _ block: Block, _ loops: LoopForest) -> Bool { loops.isIn(innermost(block, loops), loop) }

    private mutating func move(
        _ inst: Inst, before loop: Loop, _ function: inout Function, _ cfg: ControlFlowGraph, _ tree: DominatorTree, _ loops: LoopForest
    ) {
        let place = function.terminator(preheader(loop, &function, cfg, loops))
        var constants: [Inst] = []
        function.dfg.forEachOperand(inst) { value in
            if let definition = function.dfg.definition(value), function.dfg.instructions[definition].opcode.format == .immediate,
                contains(loop, function.layout.block(of: definition), loops) { constants.append(definition) }
        }
        for constant in constants where constants.first == constant || contains(loop, function.layout.block(of: constant), loops) {
            function.layout.remove(constant)
            function.layout.insert(constant, before: place)
        }
        function.layout.remove(inst)
        function.layout.insert(inst, before: place)
        function.markMoved(inst)
    }

    // MARK: Preheaders

    /// The block that ends in a jump to the loop's header and is its only way in.
    private mutating func preheader(_ loop: Loop, _ function: inout Function, _ cfg: ControlFlowGraph, _ loops: LoopForest) -> Block {
        if preheaders[loop.index].isSome { return preheaders[loop.index] }
        let header = loops.loops[loop].header
        let entries = cfg.predecessors(header).filter { cfg.isReachable($0.block) && !loops.contains(loop, $0.block) }
        if entries.count == 1, function.dfg.instructions[function.terminator(entries[0].block)].opcode == .jump,
            function.dfg.blockCalls[entries[0].call].block == header {
            preheaders[loop.index] = entries[0].block
        } else {
            preheaders[loop.index] = makePreheader(header, entries.map(\.call), &function)
            loopOfAdded[preheaders[loop.index]] = loops.loops[loop].parent
            madePreheaders = true
        }
        return preheaders[loop.index]
    }
    private func makePreheader(_ header: Block, _ calls: [BlockCall], _ function: inout Function) -> Block {
        let block = function.dfg.makeBlock()
        let arguments = function.dfg.parameters(header).map { function.dfg.appendParameter(block, function.dfg.type($0)) }
        for call in calls { function.dfg.blockCalls[call].block = block }
        let previous = function.layout.previous(header)
        function.layout.insert(block, after: previous.isSome ? previous : function.layout.lastBlock)
        let call = function.dfg.makeBlockCall(header, arguments)
        let location = function.dfg.locations[function.layout.first(header).index]
        function.layout.append(function.dfg.makeEffect(InstructionData(.jump, a: call.rawValue), at: location), to: block)
        return block
    }
}

extension LoopForest {
    /// Whether the forest was computed when `block` was there already.
    func knows(_ block: Block) -> Bool { block.index < blockCount }
}
