import PrecastEntities
import PrecastIR

/// Marks cold blocks and puts them behind all others.
///
/// A block is cold if it ends in a trap, if all its successors are cold, or if all its predecessors are. The rest keeps its order,
/// which follows the source: loops are contiguous there. O(blocks + edges).
func placeBlocks(_ function: inout Function, _ cfg: ControlFlowGraph) {
    markCold(&function, cfg)
    var block = function.layout.next(function.entry)
    let last = function.layout.lastBlock
    while block.isSome {
        let next = function.layout.next(block)
        let isLast = block == last
        if function.dfg.blocks[block].isCold && block != function.layout.lastBlock {
            function.layout.remove(block)
            function.layout.append(block)
        }
        if isLast { break }
        block = next
    }
}

/// The marking alone, which other passes heed.
func markCold(_ function: inout Function, _ cfg: ControlFlowGraph) {
    for block in cfg.reversePostorder.reversed() where block != function.entry {
        let opcode = function.dfg.instructions[function.terminator(block)].opcode
        let successors = cfg.successors(block)
        if opcode == .trap || (!successors.isEmpty && successors.allSatisfy { function.dfg.blocks[$0.block].isCold }) {
            function.dfg.blocks[block].isCold = true
        }
    }
    for block in cfg.reversePostorder where block != function.entry {
        if cfg.predecessors(block).allSatisfy({ function.dfg.blocks[$0.block].isCold || !cfg.isReachable($0.block) }) {
            function.dfg.blocks[block].isCold = true
        }
    }
}
