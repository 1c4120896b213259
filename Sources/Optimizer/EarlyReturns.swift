import PrecastEntities
import PrecastIR

/// Gives returns of their own to the ways through a function on which nothing calls or traps.
///
/// Where such a way meets others in a block that only returns, it returns by itself: then it needs no frame, and the back end sets up the
/// function's frame on the other ways alone. O(instructions + edges).
///
/// Source: Mueller and Whalley, "Avoiding unconditional jumps by code replication" (1992).
/// - Returns: whether blocks or edges changed.
func separateEarlyReturns(_ function: inout Function, _ cfg: ControlFlowGraph) -> Bool {
    if needsFrame(function.entry, function) { return false }
    let late = lateBlocks(function, cfg)
    if late.isEmpty { return false }
    var changed = false
    var block = function.layout.firstBlock
    while block.isSome {
        let next = function.layout.next(block)
        if !late.contains(block.index) && returnEarly(block, &function, late) { changed = true }
        block = next
    }
    return changed
}

private func needsFrame(_ block: Block, _ function: borrowing Function) -> Bool {
    var inst = function.layout.first(block)
    while inst.isSome {
        let data = function.dfg.instructions[inst]
        if data.opcode.isCall || data.canTrap { return true }
        inst = function.layout.next(inst)
    }
    return false
}

/// The blocks that a call or a trap can come before, or is in.
private func lateBlocks(_ function: borrowing Function, _ cfg: ControlFlowGraph) -> DenseBitSet {
    var late = DenseBitSet(capacity: function.dfg.blocks.count)
    var worklist: [Block] = []
    for block in cfg.reversePostorder where !late.contains(block.index) && needsFrame(block, function) {
        late.insert(block.index)
        worklist.append(block)
        while let reached = worklist.popLast() {
            for edge in cfg.successors(reached) where late.insert(edge.block.index) { worklist.append(edge.block) }
        }
    }
    return late
}

/// Replaces the edges of an early block that lead to a shared return.
private func returnEarly(_ block: Block, _ function: inout Function, _ late: DenseBitSet) -> Bool {
    let last = function.terminator(block)
    var data = function.dfg.instructions[last]
    switch data.opcode {
    case .jump:
        guard let copy = earlyReturn(BlockCall(rawValue: data.a), function, late) else { return false }
        data = InstructionData(.return, a: function.dfg.lists.make(copy.values).position)
    case .branch:
        let then = branchEarly(BlockCall(rawValue: data.b), behind: block, &function, late)
        let otherwise = branchEarly(BlockCall(rawValue: data.c), behind: block, &function, late)
        if then == nil && otherwise == nil { return false }
        data.b = then?.rawValue ?? data.b
        data.c = otherwise?.rawValue ?? data.c
    default: return false
    }
    function.dfg.rewrite(last, data)
    return true
}
private func branchEarly(_ call: BlockCall, behind block: Block, _ function: inout Function, _ late: DenseBitSet) -> BlockCall? {
    guard let copy = earlyReturn(call, function, late) else { return nil }
    let new = function.dfg.makeBlock()
    function.layout.insert(new, after: block)
    let list = function.dfg.lists.make(copy.values)
    function.layout.append(function.dfg.makeEffect(InstructionData(.return, a: list.position), at: copy.location), to: new)
    return function.dfg.makeBlockCall(new, [])
}

/// What is returned by way of `call`, if that leads to a late block that only returns.
private func earlyReturn(_ call: BlockCall, _ function: borrowing Function, _ late: DenseBitSet) -> (values: [Value], location: SourceLocation)? {
    let target = function.dfg.blockCalls[call].block
    let inst = function.layout.first(target)
    if !late.contains(target.index) || function.dfg.instructions[inst].opcode != .return { return nil }
    let arguments = function.dfg.arguments(call)
    var values: [Value] = []
    function.dfg.forEachOperand(inst) { operand in
        let value = function.dfg.resolve(operand)
        let source = function.dfg.values[value]
        values.append(source.kind == .parameter && source.owner == target.rawValue ? function.dfg.resolve(arguments[Int(source.number)]) : value)
    }
    return (values, function.dfg.locations[inst.index])
}
