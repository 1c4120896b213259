/// Computes each value once, and in its simplest form.
///
/// Input: a valid function. Output: the same function in which operands name values and no aliases, constants stand on the right, algebraic
/// rules have been applied (``Simplifier``), and no instruction repeats one that dominates it.
/// Algorithm: one walk over the dominator tree in preorder with a scoped hash table of instructions (Briggs, Cooper, Simpson, "Value Numbering",
/// 1997, the dominator-based technique). Every operand is in its final form before the instruction that reads it, except parameters of loops.
/// Divisions and checked conversions are shared too: where the first one traps, the second is not reached. So are loads of what never changes.
/// Comparisons are not shared between blocks: a branch on one near it costs less than keeping the result. Near linear.
import PrecastEntities
import PrecastIR

func valueNumbering(_ function: inout Function, _ context: inout PassContext) -> Bool {
    let cfg = context.controlFlow(function)
    let tree = context.dominators(function)
    var pass = ValueNumbering(swapping: &context.numbering)
    pass.walk(&function, &context, cfg, tree)
    pass.giveBack(&context.numbering)
    return pass.changed
}

private struct ValueNumbering {
    private var simplifier: Simplifier
    /// The blocks whose scopes are open: the way from the root of the dominator tree.
    private var path: [Block] = []
    private(set) var changed = false

    init(swapping table: inout NumberingTable) {
        simplifier = Simplifier()
        swap(&simplifier.table, &table)
    }
    mutating func giveBack(_ table: inout NumberingTable) {
        for _ in path { simplifier.table.leaveScope() }
        swap(&simplifier.table, &table)
    }

    mutating func walk(_ function: inout Function, _ context: inout PassContext, _ cfg: ControlFlowGraph, _ tree: DominatorTree) {
        for block in tree.preorder {
            let parent = tree.immediateDominator(block)
            while let open = path.last, open != parent {
                simplifier.table.leaveScope()
                path.removeLast()
            }
            simplifier.table.enterScope()
            path.append(block)
            learnFromBranch(into: block, &function, cfg)
            var inst = function.layout.first(block)
            while inst.isSome {
                let next = function.layout.next(inst)
                visit(inst, block, &function, &context)
                if context.fuel == 0 { return }
                inst = next
            }
        }
    }

    /// In a block with one predecessor, the condition of the branch there is known.
    private mutating func learnFromBranch(into block: Block, _ function: inout Function, _ cfg: ControlFlowGraph) {
        let edges = cfg.predecessors(block)
        guard edges.count == 1, let edge = edges.first else { return }
        let data = function.dfg.instructions[function.terminator(edge.block)]
        guard data.opcode == .branch else { return }
        simplifier.learn(data.valueA, isTrue: data.b == edge.call.rawValue, function)
    }

    private mutating func visit(_ inst: Inst, _ block: Block, _ function: inout Function, _ context: inout PassContext) {
        function.dfg.resolveOperands(inst)
        var data = function.dfg.instructions[inst]
        simplifier.begin(inst, function)
        switch simplifier.simplified(data, &function) {
        case .keep: break
        case .value(let value): return replace(inst, with: value, &function, &context)
        case .remove:
            function.layout.remove(inst)
            return change(&context)
        case .instruction(let new):
            data = new
            function.dfg.rewrite(inst, new)
            change(&context)
        }
        if data.isNumbered {
            share(inst, data, block, &function, &context)
        } else if data.opcode == .trapIfZero || data.opcode == .trapIfNonzero {
            simplifier.learn(data.valueA, isTrue: data.opcode == .trapIfZero, function)
        }
    }

    /// Replaces `inst` by an earlier instruction that computes the same, or makes it known to later ones.
    private mutating func share(_ inst: Inst, _ data: InstructionData, _ block: Block, _ function: inout Function, _ context: inout PassContext) {
        let result = function.dfg.result(inst)
        guard let known = simplifier.table.find(data) else { return simplifier.table.insert(data, result) }
        if data.opcode == .icmp || data.opcode == .fcmp {
            guard let earlier = function.dfg.definition(known), function.layout.block(of: earlier) == block else { return }
        }
        replace(inst, with: known, &function, &context)
    }

    private mutating func replace(_ inst: Inst, with value: Value, _ function: inout Function, _ context: inout PassContext) {
        function.dfg.replace(function.dfg.result(inst), with: value)
        function.layout.remove(inst)
        change(&context)
    }
    private mutating func change(_ context: inout PassContext) {
        changed = true
        _ = context.spend()
    }
}

extension InstructionData {
    /// Whether the same instruction with the same operands, where it dominates this one, has the same result.
    var isNumbered: Bool {
        switch opcode {
        case .udiv, .sdiv, .urem, .srem, .fcvtToSigned, .fcvtToUnsigned: true
        case .load, .uload8, .sload8, .uload16, .sload16, .uload32, .sload32: memoryFlags.isReadOnly && memoryFlags.trap == 0
        default: opcode.isPure
        }
    }
}
