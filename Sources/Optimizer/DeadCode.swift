import PrecastEntities
import PrecastIR

/// Removes instructions whose results nobody needs, and block parameters that only feed themselves or such instructions.
///
/// Mark and sweep: what has an effect is needed; so are the operands of what is needed; an argument is needed if its parameter is.
/// O(instructions + operands).
func eliminateDeadCode(_ function: inout Function, _ cfg: ControlFlowGraph) {
    var marker = LiveMarker(function)
    marker.markEffects(function)
    marker.propagate(function, cfg)
    for block in cfg.reversePostorder { sweep(block, &function, cfg, marker.live) }
}

private func sweep(_ block: Block, _ function: inout Function, _ cfg: ControlFlowGraph, _ live: DenseBitSet) {
    var inst = function.layout.first(block)
    while inst.isSome {
        let next = function.layout.next(inst)
        if !function.dfg.instructions[inst].hasEffect && !function.dfg.results(inst).contains(where: { live.contains($0.index) }) {
            function.layout.remove(inst)
        }
        inst = next
    }
    if block == function.entry || function.dfg.parameterCount(block) == 0 { return }
    let keep = function.dfg.parameters(block).map { live.contains($0.index) }
    if keep.contains(false) { function.dfg.keepParameters(block, keep, cfg.predecessors(block)) }
}

private struct LiveMarker {
    var live: DenseBitSet
    private var work: [Value] = []

    init(_ function: borrowing Function) { live = DenseBitSet(capacity: function.dfg.values.count) }

    private mutating func mark(_ value: Value) {
        if live.insert(value.index) { work.append(value) }
    }
    private mutating func markPlainOperands(_ inst: Inst, _ function: borrowing Function) {
        let data = function.dfg.instructions[inst]
        switch data.opcode.format {
        case .jump: return
        case .branch, .branchTable: mark(function.dfg.resolve(data.valueA))
        case .tryCall, .tryCallIndirect:
            if data.opcode == .tryCallIndirect { mark(function.dfg.resolve(data.valueB)) }
            for i in 0..<function.dfg.lists.count(data.list) { mark(function.dfg.resolve(function.dfg.lists.get(data.list, i))) }
        default: function.dfg.forEachOperand(inst) { mark($0) }
        }
    }
    mutating func markEffects(_ function: borrowing Function) {
        var block = function.layout.firstBlock
        while block.isSome {
            var inst = function.layout.first(block)
            while inst.isSome {
                if function.dfg.instructions[inst].hasEffect { markPlainOperands(inst, function) }
                inst = function.layout.next(inst)
            }
            block = function.layout.next(block)
        }
    }
    mutating func propagate(_ function: borrowing Function, _ cfg: ControlFlowGraph) {
        while let value = work.popLast() {
            let data = function.dfg.values[value]
            if data.kind == .result {
                markPlainOperands(Inst(rawValue: data.owner), function)
                continue
            }
            for edge in cfg.predecessors(Block(rawValue: data.owner)) {
                mark(function.dfg.resolve(function.dfg.lists.get(function.dfg.blockCalls[edge.call].arguments, data.number)))
            }
        }
    }
}
