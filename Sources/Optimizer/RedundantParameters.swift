import PrecastEntities
import PrecastIR

/// Removes block parameters whose arguments are all one value (or the parameter itself): they become aliases of it.
///
/// Sweeps in reverse postorder until nothing changes. O(arguments) a sweep; a second sweep is needed only where loops nest.
func removeRedundantParameters(_ function: inout Function, _ cfg: ControlFlowGraph) {
    var keep: [Bool] = []
    var changed = true
    while changed {
        changed = false
        for block in cfg.reversePostorder.dropFirst() {
            let count = function.dfg.parameterCount(block)
            if count == 0 { continue }
            keep.removeAll(keepingCapacity: true)
            for i in 0..<count {
                let parameter = function.dfg.parameter(block, i)
                let only = singleArgument(i, parameter, function, cfg.predecessors(block))
                keep.append(only == nil)
                if let only { function.dfg.replace(parameter, with: only) }
            }
            if keep.contains(false) {
                function.dfg.keepParameters(block, keep, cfg.predecessors(block))
                changed = true
            }
        }
    }
}

private func singleArgument(_ i: Int, _ parameter: Value, _ function: borrowing Function, _ edges: ArraySlice<ControlFlowGraph.Edge>) -> Value? {
    var only = Value.none
    for edge in edges {
        let argument = function.dfg.resolve(function.dfg.lists.get(function.dfg.blockCalls[edge.call].arguments, i))
        if argument == parameter || argument == only { continue }
        // The exception that a call throws has no other name than its handler's parameter.
        if only.isSome || function.dfg.isCaughtException(argument) { return nil }
        only = argument
    }
    return only.isSome ? only : nil
}
