/// Replaces block parameters that can only be one value.
///
/// Input: a function in SSA form. Output: the same without parameters whose arguments are all one value or the parameter itself.
/// Algorithm: a work list. Each parameter is looked at once, and again whenever one of its arguments became another value. Control flow of
/// WebAssembly is reducible, and then nothing redundant is left (Braun et al. 2013, section 3.2). Near linear in the arguments.
import PrecastEntities
import PrecastIR

func eliminateRedundantParameters(_ function: inout Function, _ context: inout PassContext) -> Bool {
    let cfg = context.controlFlow(function)
    if !cfg.reversePostorder.dropFirst().contains(where: { function.dfg.parameterCount($0) != 0 }) { return false }
    var pass = RedundantParameters(function, cfg)
    return pass.run(&function, &context)
}

private struct RedundantParameters {
    /// A parameter that takes some value as argument; one chain for each parameter that is an argument.
    private struct Use {
        var parameter: Value
        var next: Int32
    }
    private let cfg: ControlFlowGraph
    private var uses: [Use] = []
    /// First and last use of each value.
    private var chains: [(first: Int32, last: Int32)]
    private var work: [Value] = []
    private var isWaiting: DenseBitSet
    private var changedBlocks: [Block] = []

    init(_ function: borrowing Function, _ cfg: ControlFlowGraph) {
        self.cfg = cfg
        chains = Array(repeating: (-1, -1), count: function.dfg.values.count)
        isWaiting = DenseBitSet(capacity: function.dfg.values.count)
        for block in cfg.reversePostorder.dropFirst() {
            let parameters = function.dfg.blocks[block].parameters
            for i in 0..<function.dfg.lists.count(parameters) { addUses(function, block, i) }
        }
        // The last comes off the list first: enclosing loops before inner ones.
        work.reverse()
    }

    private mutating func addUses(_ function: borrowing Function, _ block: Block, _ i: Int) {
        let parameter = function.dfg.parameter(block, i)
        work.append(parameter)
        isWaiting.insert(parameter.index)
        for edge in cfg.predecessors(block) {
            let argument = function.dfg.resolve(function.dfg.lists.get(function.dfg.blockCalls[edge.call].arguments, i))
            if argument == parameter || function.dfg.values[argument].kind != .parameter { continue }
            uses.append(Use(parameter: parameter, next: chains[argument.index].first))
            let at = Int32(uses.count - 1)
            if chains[argument.index].last < 0 { chains[argument.index].last = at }
            chains[argument.index].first = at
        }
    }

    mutating func run(_ function: inout Function, _ context: inout PassContext) -> Bool {
        while let parameter = work.popLast() {
            isWaiting.remove(parameter.index)
            let data = function.dfg.values[parameter]
            if data.kind != .parameter { continue }
            let block = Block(rawValue: data.owner)
            guard let only = singleArgument(function, block, data.number, parameter), context.spend() else { continue }
            function.dfg.replace(parameter, with: only)
            changedBlocks.append(block)
            moveUses(of: parameter, to: only)
        }
        removeReplaced(&function)
        return !changedBlocks.isEmpty
    }

    private func singleArgument(_ function: borrowing Function, _ block: Block, _ i: Int, _ parameter: Value) -> Value? {
        var only = Value.none
        for edge in cfg.predecessors(block) where cfg.isReachable(edge.block) {
            let argument = function.dfg.resolve(function.dfg.lists.get(function.dfg.blockCalls[edge.call].arguments, i))
            if argument == parameter || argument == only { continue }
            if only.isSome { return nil }
            only = argument
        }
        return only.isSome ? only : nil
    }

    /// The users of `parameter` are now users of `value`; all of them are looked at again.
    private mutating func moveUses(of parameter: Value, to value: Value) {
        let chain = chains[parameter.index]
        if chain.first < 0 { return }
        var at = chain.first
        while at >= 0 {
            let user = uses[Int(at)].parameter
            if isWaiting.insert(user.index) { work.append(user) }
            at = uses[Int(at)].next
        }
        uses[Int(chain.last)].next = chains[value.index].first
        if chains[value.index].last < 0 { chains[value.index].last = chain.last }
        chains[value.index].first = chain.first
    }

    /// Takes the replaced parameters out of their blocks, and their arguments out of the branches.
    private func removeReplaced(_ function: inout Function) {
        var done = EntitySet<Block>(capacity: function.dfg.blocks.count)
        for block in changedBlocks where done.insert(block) {
            let keep = function.dfg.parameters(block).map { function.dfg.values[$0].kind == .parameter }
            function.dfg.keepParameters(block, keep, cfg.predecessors(block))
        }
    }
}
