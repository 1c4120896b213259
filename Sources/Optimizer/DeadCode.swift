/// Removes what nobody needs: instructions without effect whose results are unused, and block parameters that only feed themselves or such instructions.
///
/// Input: a valid function. Output: the same without dead values.
/// Algorithm: mark and sweep. Instructions with an effect are needed; so are the operands of what is needed, and an argument if its parameter is.
/// O(instructions + operands).
import PrecastEntities
import PrecastIR

func deadCodeElimination(_ function: inout Function, _ context: inout PassContext) -> Bool {
    let cfg = context.controlFlow(function)
    var marker = LiveMarker(function)
    for block in cfg.reversePostorder { marker.markEffects(block, function) }
    marker.propagate(function, cfg)
    var changed = false
    for block in cfg.reversePostorder where sweep(block, &function, &context, cfg, marker.live) { changed = true }
    return changed
}

private func sweep(_ block: Block, _ function: inout Function, _ context: inout PassContext, _ cfg: ControlFlowGraph, _ live: DenseBitSet) -> Bool {
    var changed = false
    var inst = function.layout.first(block)
    while inst.isSome {
        let next = function.layout.next(inst)
        if !function.dfg.instructions[inst].hasEffect && !function.dfg.results(inst).contains(where: { live.contains($0.index) }) && context.spend() {
            function.layout.remove(inst)
            changed = true
        }
        inst = next
    }
    let count = function.dfg.parameterCount(block)
    if block == function.entry || (0..<count).allSatisfy({ live.contains(function.dfg.parameter(block, $0).index) }) { return changed }
    guard context.spend() else { return changed }
    let keep = function.dfg.parameters(block).map { live.contains($0.index) }
    function.dfg.keepParameters(block, keep, cfg.predecessors(block))
    return true
}

/// Which values are needed.
private struct LiveMarker {
    private(set) var live: DenseBitSet
    private var work: [Value] = []

    init(_ function: borrowing Function) { live = DenseBitSet(capacity: function.dfg.values.count) }

    private mutating func mark(_ value: Value) {
        if live.insert(value.index) { work.append(value) }
    }
    /// The operands but for arguments of block calls, which wait for their parameters.
    private mutating func markOperands(_ inst: Inst, _ function: borrowing Function) {
        let data = function.dfg.instructions[inst]
        switch data.opcode.format {
        case .jump: return
        case .branch, .branchTable: mark(function.dfg.resolve(data.valueA))
        default: function.dfg.forEachOperand(inst) { mark($0) }
        }
    }
    mutating func markEffects(_ block: Block, _ function: borrowing Function) {
        var inst = function.layout.first(block)
        while inst.isSome {
            if function.dfg.instructions[inst].hasEffect { markOperands(inst, function) }
            inst = function.layout.next(inst)
        }
    }
    mutating func propagate(_ function: borrowing Function, _ cfg: ControlFlowGraph) {
        while let value = work.popLast() {
            let data = function.dfg.values[value]
            if data.kind == .result {
                markOperands(Inst(rawValue: data.owner), function)
                continue
            }
            for edge in cfg.predecessors(Block(rawValue: data.owner)) {
                let arguments = function.dfg.blockCalls[edge.call].arguments
                if data.number < function.dfg.lists.count(arguments) { mark(function.dfg.resolve(function.dfg.lists.get(arguments, data.number))) }
            }
        }
    }
}
