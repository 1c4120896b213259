public import PrecastEntities
public import PrecastIR

/// A block of machine code: a block of the function, or one that splits a critical edge to hold its moves.
@frozen public struct LoweredBlock: Sendable, BitwiseCopyable {
    /// The function's block; none for an edge block.
    public var block: Block
    /// For an edge block: the block call whose edge it stands on.
    public var edge: BlockCall
    public var loopDepth: Int32
    public var isCold: Bool
    /// An edge block that a call leads to when an exception leaves it.
    public var isLandingPad = false
}

/// The order in which a function's blocks become machine code, critical edges and those to exception handlers split.
///
/// Input: a function and its analyses. Output: emission order and the number of each block.
/// Invariants: the entry is first; every block follows its immediate dominator, so that a backward walk sees uses before definitions;
/// cold blocks, and blocks that only cold ones reach, come after all others; unreachable blocks are left out.
/// The function's own layout is kept where it has these properties, reverse postorder is used where it does not.
public struct LoweredBlockOrder: Sendable {
    public private(set) var order: [LoweredBlock] = []
    /// Number of the edge block of a split edge, by block call; `UInt32.max`: not split.
    public private(set) var edgeNumbers: [UInt32]
    /// Number of each block of the function; `UInt32.max`: unreachable.
    public private(set) var numbers: [UInt32]

    public init(_ function: borrowing Function, _ cfg: ControlFlowGraph, _ tree: DominatorTree, _ loops: LoopForest) {
        let blockCount = function.dfg.blocks.count
        edgeNumbers = Array(repeating: .max, count: function.dfg.blockCalls.count)
        numbers = Array(repeating: .max, count: blockCount)
        let cold = Self.coldBlocks(function, cfg)
        let sequence = Self.sequence(function, cfg, tree)
        order.reserveCapacity(sequence.count * 2)
        var landingPads: [LoweredBlock] = []
        for coldPass in [false, true] {
            for block in sequence where cold.contains(block) == coldPass {
                numbers[block.index] = UInt32(order.count)
                order.append(LoweredBlock(block: block, edge: .none, loopDepth: Int32(loops.depth(block)), isCold: coldPass))
                let edges = cfg.successors(block)
                if edges.count < 2 { continue }
                let landing = function.dfg.instructions[function.terminator(block)].opcode.isTryCall
                // The many edges of a table to one target share a block when they bind nothing.
                var shared: [Block: UInt32] = [:]
                for (i, edge) in edges.enumerated() where landing ? i > 0 : cfg.predecessors(edge.block).count > 1 {
                    let isPlain = function.dfg.blockCalls[edge.call].arguments.isEmpty
                    if edges.count > 2, isPlain, let number = shared[edge.block] {
                        edgeNumbers[edge.call.index] = number
                        continue
                    }
                    let depth = min(loops.depth(block), loops.depth(edge.block))
                    let split = LoweredBlock(
                        block: .none, edge: edge.call, loopDepth: Int32(depth), isCold: coldPass || cold.contains(edge.block), isLandingPad: landing)
                    if landing && !coldPass && split.isCold {
                        landingPads.append(split)
                        continue
                    }
                    if edges.count > 2, isPlain { shared[edge.block] = UInt32(order.count) }
                    edgeNumbers[edge.call.index] = UInt32(order.count)
                    order.append(split)
                }
            }
            // Behind all that is not cold, before the handlers, which are.
            for pad in landingPads {
                edgeNumbers[pad.edge.index] = UInt32(order.count)
                order.append(pad)
            }
            landingPads.removeAll()
        }
    }

    /// Number of the machine block that a branch along `call` leads to.
    @inlinable public func target(_ call: BlockCall, _ dfg: borrowing DataFlowGraph) -> UInt32 {
        let edge = edgeNumbers[call.index]
        return edge != .max ? edge : numbers[dfg.blockCalls[call].block.index]
    }

    /// Blocks marked cold, and those whose forward predecessors are all cold.
    private static func coldBlocks(_ function: borrowing Function, _ cfg: ControlFlowGraph) -> EntitySet<Block> {
        var cold = EntitySet<Block>(capacity: function.dfg.blocks.count)
        for (position, block) in cfg.reversePostorder.enumerated() {
            if function.dfg.blocks[block].isCold {
                cold.insert(block)
                continue
            }
            var anyForward = false
            var allCold = true
            for edge in cfg.predecessors(block) where cfg.order[edge.block.index] < UInt32(position) {
                anyForward = true
                if !cold.contains(edge.block) { allCold = false }
            }
            if anyForward && allCold { cold.insert(block) }
        }
        if let entry = cfg.reversePostorder.first { cold.remove(entry) }
        return cold
    }

    private static func sequence(_ function: borrowing Function, _ cfg: ControlFlowGraph, _ tree: DominatorTree) -> [Block] {
        var result: [Block] = []
        result.reserveCapacity(cfg.reversePostorder.count)
        var placed = EntitySet<Block>(capacity: function.dfg.blocks.count)
        var block = function.layout.firstBlock
        while block.isSome {
            if cfg.isReachable(block) {
                let dominator = tree.immediateDominator(block)
                if dominator.isSome && !placed.contains(dominator) { return cfg.reversePostorder }
                placed.insert(block)
                result.append(block)
            }
            block = function.layout.next(block)
        }
        return result
    }
}
