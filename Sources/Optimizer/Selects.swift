import PrecastEntities
import PrecastIR

/// Turns small diamonds and triangles into selects: two ways that compute a little and meet again with different values.
///
/// Taken only where both arms together are at most ``armLimit`` cheap pure instructions and one integer differs at the join,
/// so that a conditional move costs no more than the branch it replaces. O(blocks + instructions in arms).
///
/// - Returns: whether control flow changed.
func formSelects(_ function: inout Function, _ cfg: ControlFlowGraph) -> Bool {
    var changed = false
    // Inner diamonds first, so that outer ones may see them as straight code.
    for block in cfg.reversePostorder.reversed() {
        let data = function.dfg.instructions[function.terminator(block)]
        if data.opcode == .branch, let diamond = Diamond(data, function, cfg) {
            flatten(diamond, in: block, &function)
            changed = true
        }
    }
    return changed
}

private let armLimit = 2

/// A branch whose ways meet at once. An arm is none where the way goes to the join directly.
private struct Diamond {
    var condition: Value
    var arms: [Block] = []
    var join = Block.none
    /// What each way passes to the join.
    var nonzero: [Value] = []
    var zero: [Value] = []

    init?(_ branch: InstructionData, _ function: borrowing Function, _ cfg: ControlFlowGraph) {
        condition = branch.valueA
        let (first, second) = (BlockCall(rawValue: branch.b), BlockCall(rawValue: branch.c))
        let ends = (Self.end(first, function, cfg), Self.end(second, function, cfg))
        let direct = (function.dfg.blockCalls[first].block, function.dfg.blockCalls[second].block)
        // Both through arms; or one through an arm to where the other goes directly.
        if let a = ends.0, let b = ends.1, target(a, function) == target(b, function), direct.0 != direct.1 {
            arms = [direct.0, direct.1]
            (nonzero, zero) = (function.dfg.arguments(a), function.dfg.arguments(b))
            join = target(a, function)
        } else if let a = ends.0, target(a, function) == direct.1 {
            arms = [direct.0]
            (nonzero, zero) = (function.dfg.arguments(a), function.dfg.arguments(second))
            join = direct.1
        } else if let b = ends.1, target(b, function) == direct.0 {
            arms = [direct.1]
            (nonzero, zero) = (function.dfg.arguments(first), function.dfg.arguments(b))
            join = direct.0
        } else {
            return nil
        }
        if arms.contains(join) || arms.contains(where: { function.dfg.blocks[$0].isCold }) { return nil }
        if arms.reduce(0, { $0 + cost($1, function) }) > armLimit { return nil }
        var differing = 0
        for (x, y) in zip(nonzero, zero) where function.dfg.resolve(x) != function.dfg.resolve(y) {
            differing += 1
            if !function.dfg.type(x).isInteger { return nil }
        }
        if differing > 1 { return nil }
    }

    private func target(_ call: BlockCall, _ function: borrowing Function) -> Block { function.dfg.blockCalls[call].block }

    /// The jump out of an arm: a block that only this edge enters, without parameters, of cheap pure code.
    private static func end(_ call: BlockCall, _ function: borrowing Function, _ cfg: ControlFlowGraph) -> BlockCall? {
        let block = function.dfg.blockCalls[call].block
        guard cfg.predecessors(block).count == 1, function.dfg.parameterCount(block) == 0 else { return nil }
        let last = function.dfg.instructions[function.terminator(block)]
        return last.opcode == .jump ? BlockCall(rawValue: last.a) : nil
    }
    private func cost(_ block: Block, _ function: borrowing Function) -> Int {
        var cost = 0
        var inst = function.layout.first(block)
        while function.layout.next(inst).isSome {
            let data = function.dfg.instructions[inst]
            if !isCheap(data) { return armLimit + 1 }
            if data.opcode.format != .immediate { cost += 1 }
            if cost > armLimit { return cost }
            inst = function.layout.next(inst)
        }
        return cost
    }
    private func isCheap(_ data: InstructionData) -> Bool {
        switch data.opcode {
        case .iconst, .iadd, .isub, .band, .bor, .bxor, .ishl, .ushr, .sshr, .uextend, .sextend, .ireduce, .sextend8, .sextend16: true
        default: false
        }
    }
}

private func flatten(_ diamond: Diamond, in block: Block, _ function: inout Function) {
    let branch = function.terminator(block)
    let location = function.dfg.locations[branch.index]
    for arm in diamond.arms {
        function.layout.remove(function.terminator(arm))
        var inst = function.layout.first(arm)
        while inst.isSome {
            let next = function.layout.next(inst)
            function.layout.remove(inst)
            function.layout.insert(inst, before: branch)
            function.markMoved(inst)
            inst = next
        }
        function.layout.remove(arm)
    }
    var arguments: [Value] = []
    for (x, y) in zip(diamond.nonzero, diamond.zero) {
        if function.dfg.resolve(x) == function.dfg.resolve(y) {
            arguments.append(x)
            continue
        }
        let data = InstructionData(.select, function.dfg.type(x), a: diamond.condition.rawValue, b: x.rawValue, c: y.rawValue)
        let select = function.dfg.makeSingle(data, at: location)
        function.layout.insert(select, before: branch)
        arguments.append(function.dfg.result(select))
    }
    let call = function.dfg.makeBlockCall(diamond.join, arguments)
    function.dfg.rewrite(branch, InstructionData(.jump, a: call.rawValue))
}
