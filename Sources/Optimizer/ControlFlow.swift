import PrecastEntities
import PrecastIR

/// Simplifies control flow: folds branches on constants, threads jumps, removes unreachable blocks, merges blocks.
///
/// Requires nothing (`known` is the graph as it is now, if somebody has it); leaves every block in the layout reachable. O(instructions + edges).
/// - Returns: whether blocks or edges changed.
func simplifyControlFlow(_ function: inout Function, known: ControlFlowGraph? = nil) -> Bool {
    var changed = foldBranches(&function)
    var cfg = changed ? ControlFlowGraph(function) : known ?? ControlFlowGraph(function)
    var removed = removeUnreachable(&function, cfg)
    if threadJumps(&function, cfg) {
        changed = true
        foldBranches(&function)
        cfg = ControlFlowGraph(function)
        removed = removeUnreachable(&function, cfg)
    }
    if removed { cfg = ControlFlowGraph(function) }
    return mergeBlocks(&function, cfg) || changed || removed
}

// MARK: Branch folding

/// Turns branches whose way is known, or whose ways are one, into jumps.
@discardableResult func foldBranches(_ function: inout Function) -> Bool {
    var changed = false
    var block = function.layout.firstBlock
    while block.isSome {
        let inst = function.terminator(block)
        if let folded = foldedBranch(function.dfg.instructions[inst], function) {
            function.dfg.rewrite(inst, folded)
            changed = true
        }
        block = function.layout.next(block)
    }
    return changed
}

private func foldedBranch(_ data: InstructionData, _ function: borrowing Function) -> InstructionData? {
    switch data.opcode {
    case .branch:
        if let condition = function.dfg.integerConstant(data.valueA) { return InstructionData(.jump, a: condition != 0 ? data.b : data.c) }
        return function.dfg.isSame(BlockCall(rawValue: data.b), BlockCall(rawValue: data.c)) ? InstructionData(.jump, a: data.b) : nil
    case .branchTable:
        let calls = function.dfg.jumpTables[JumpTable(rawValue: data.b)]
        if let index = function.dfg.integerConstant(data.valueA) {
            let position = Int(UInt32(truncatingIfNeeded: index))
            return InstructionData(.jump, a: calls[position < calls.count - 1 ? position + 1 : 0].rawValue)
        }
        if calls.dropFirst().allSatisfy({ function.dfg.isSame($0, calls[0]) }) { return InstructionData(.jump, a: calls[0].rawValue) }
        // One case, 0: any other index is the default.
        return calls.count == 2 ? InstructionData(.branch, a: data.a, b: calls[0].rawValue, c: calls[1].rawValue) : nil
    default: return nil
    }
}

// MARK: Unreachable blocks

@discardableResult func removeUnreachable(_ function: inout Function, _ cfg: ControlFlowGraph) -> Bool {
    var removed = false
    var block = function.layout.firstBlock
    while block.isSome {
        let next = function.layout.next(block)
        if !cfg.isReachable(block) {
            function.layout.remove(block)
            removed = true
        }
        block = next
    }
    return removed
}

// MARK: Jump threading

/// Sends edges past blocks that only jump on, and past blocks that only branch on a parameter whose argument is constant on that edge.
/// Returns whether there were any.
private func threadJumps(_ function: inout Function, _ cfg: ControlFlowGraph) -> Bool {
    let empty = emptyBlocks(function, cfg)
    if empty.isEmpty { return false }
    var threaded = false
    var block = function.layout.firstBlock
    var calls: [BlockCall] = []
    while block.isSome {
        calls.removeAll(keepingCapacity: true)
        // Taken out of the call: with another access to the function in its arguments, the whole graph would be copied.
        let last = function.terminator(block)
        function.dfg.forEachBlockCall(last) { calls.append($0) }
        // Behind a call with handlers comes a block that nothing else leads to.
        if function.dfg.instructions[last].opcode.isTryCall { calls.removeFirst() }
        for call in calls {
            // Chains of empty blocks are short; a cycle of them is an endless loop that stays.
            for _ in 0..<8 {
                if !thread(call, &function, empty) { break }
                threaded = true
            }
        }
        block = function.layout.next(block)
    }
    return threaded
}

/// Blocks that hold nothing but a jump or branch, and whose parameters are read only there. A loop header that branches is not
/// among them: an edge sent past it into the loop would give the loop a second entry.
private func emptyBlocks(_ function: borrowing Function, _ cfg: ControlFlowGraph) -> DenseBitSet {
    var candidates = DenseBitSet(capacity: function.dfg.blocks.count)
    var haveParameters = false
    var block = function.layout.next(function.entry)
    while block.isSome {
        let inst = function.layout.first(block)
        let opcode = function.dfg.instructions[inst].opcode
        if opcode == .jump || (opcode == .branch && !cfg.predecessors(block).contains { cfg.order[$0.block.index] >= cfg.order[block.index] }) {
            candidates.insert(block.index)
            if function.dfg.parameterCount(block) != 0 { haveParameters = true }
        }
        block = function.layout.next(block)
    }
    if !haveParameters { return candidates }
    // A parameter read by another block's instruction must stay.
    block = function.layout.firstBlock
    while block.isSome {
        var inst = function.layout.first(block)
        while inst.isSome {
            function.dfg.forEachOperand(inst) { value in
                let data = function.dfg.values[value]
                if data.kind == .parameter && data.owner != block.rawValue { candidates.remove(Int(data.owner)) }
            }
            inst = function.layout.next(inst)
        }
        block = function.layout.next(block)
    }
    return candidates
}

/// Sends one edge one block further. - Returns: whether it did.
private func thread(_ call: BlockCall, _ function: inout Function, _ empty: DenseBitSet) -> Bool {
    let target = function.dfg.blockCalls[call].block
    if !empty.contains(target.index) { return false }
    let data = function.dfg.instructions[function.layout.first(target)]
    let next: BlockCall
    if data.opcode == .jump {
        next = BlockCall(rawValue: data.a)
    } else {
        let condition = argument(for: function.dfg.resolve(data.valueA), call, target, function)
        guard let known = function.dfg.integerConstant(condition) else { return false }
        next = BlockCall(rawValue: known != 0 ? data.b : data.c)
    }
    if function.dfg.blockCalls[next].block == target { return false }
    let arguments = function.dfg.arguments(next).map { argument(for: function.dfg.resolve($0), call, target, function) }
    function.dfg.lists.release(function.dfg.blockCalls[call].arguments)
    function.dfg.blockCalls[call] = BlockCallData(block: function.dfg.blockCalls[next].block, arguments: function.dfg.lists.make(arguments))
    return true
}
/// What `value` is where `call` enters `target`.
private func argument(for value: Value, _ call: BlockCall, _ target: Block, _ function: borrowing Function) -> Value {
    let data = function.dfg.values[value]
    if data.kind != .parameter || data.owner != target.rawValue { return value }
    return function.dfg.resolve(function.dfg.lists.get(function.dfg.blockCalls[call].arguments, data.number))
}

// MARK: Block merging

/// Appends each block that has one predecessor, which jumps to it, to that predecessor.
private func mergeBlocks(_ function: inout Function, _ cfg: ControlFlowGraph) -> Bool {
    var merged = false
    for block in cfg.reversePostorder where function.layout.isInserted(block) {
        while true {
            let last = function.terminator(block)
            let data = function.dfg.instructions[last]
            if data.opcode != .jump { break }
            let call = function.dfg.blockCalls[BlockCall(rawValue: data.a)]
            if call.block == block || cfg.predecessors(call.block).count != 1 { break }
            for i in 0..<function.dfg.parameterCount(call.block) {
                function.dfg.replace(function.dfg.parameter(call.block, i), with: function.dfg.lists.get(call.arguments, i))
            }
            function.layout.remove(last)
            function.layout.moveTail(from: function.layout.first(call.block), to: block)
            function.layout.remove(call.block)
            merged = true
        }
    }
    return merged
}
