public import PrecastEntities

/// Predecessors and successors of every block in the layout, as runs of two flat arrays. Computed in O(blocks + edges).
///
/// An edge is listed once per block call: a block that branches twice to the same target is twice its predecessor.
public struct ControlFlowGraph: Sendable {
    @frozen public struct Edge: Sendable, BitwiseCopyable, Hashable {
        public var block: Block
        public var call: BlockCall
        @inlinable public init(block: Block, call: BlockCall) {
            self.block = block
            self.call = call
        }
    }
    @usableFromInline var successorBounds: [(UInt32, UInt32)]
    @usableFromInline var predecessorEnds: [UInt32] = []
    @usableFromInline var successorEdges: [Edge] = []
    @usableFromInline var predecessorEdges: [Edge] = []
    /// Reachable blocks in reverse postorder; the entry first.
    public private(set) var reversePostorder: [Block] = []
    /// Position in `reversePostorder`; `UInt32.max` where unreachable.
    public private(set) var order: [UInt32] = []

    public init(_ function: borrowing Function) {
        let blockCount = function.dfg.blocks.count
        successorBounds = []
        var edges: [Edge] = []
        var counts = [UInt32](repeating: 0, count: blockCount)
        edges.reserveCapacity(blockCount * 2)
        var bounds = [(UInt32, UInt32)](repeating: (0, 0), count: blockCount)
        var block = function.layout.firstBlock
        while block.isSome {
            let start = UInt32(edges.count)
            let last = function.layout.last(block)
            if last.isSome {
                function.dfg.forEachBlockCall(last) { call in
                    let target = function.dfg.blockCalls[call].block
                    edges.append(Edge(block: target, call: call))
                    counts[target.index] += 1
                }
            }
            bounds[block.index] = (start, UInt32(edges.count))
            block = function.layout.next(block)
        }
        successorBounds = bounds
        successorEdges = edges
        var sum: UInt32 = 0
        predecessorEnds = counts.map { n in
            sum += n
            return sum
        }
        predecessorEdges = Array(repeating: Edge(block: .none, call: .none), count: Int(sum))
        var fill = predecessorEnds
        for i in stride(from: blockCount - 1, through: 0, by: -1) {
            let (from, to) = bounds[i]
            for e in stride(from: Int(to) - 1, through: Int(from), by: -1) {
                let edge = successorEdges[e]
                fill[edge.block.index] -= 1
                predecessorEdges[Int(fill[edge.block.index])] = Edge(block: Block(index: i), call: edge.call)
            }
        }
        computeOrder(entry: function.layout.firstBlock, blockCount: blockCount)
    }

    @inlinable public func successors(_ block: Block) -> ArraySlice<Edge> {
        let (from, to) = successorBounds[block.index]
        return successorEdges[Int(from)..<Int(to)]
    }
    @inlinable public func predecessors(_ block: Block) -> ArraySlice<Edge> {
        let from = block.index == 0 ? 0 : Int(predecessorEnds[block.index - 1])
        return predecessorEdges[from..<Int(predecessorEnds[block.index])]
    }
    @inlinable public func isReachable(_ block: Block) -> Bool { order[block.index] != .max }

    private mutating func computeOrder(entry: Block, blockCount: Int) {
        order = Array(repeating: .max, count: blockCount)
        guard entry.isSome else { return }
        var visited = DenseBitSet(capacity: blockCount)
        var postorder: [Block] = []
        var stack: [(block: Block, next: UInt32)] = [(entry, successorBounds[entry.index].0)]
        visited.insert(entry.index)
        while let top = stack.last {
            if top.next < successorBounds[top.block.index].1 {
                stack[stack.count - 1].next += 1
                let target = successorEdges[Int(top.next)].block
                if visited.insert(target.index) { stack.append((target, successorBounds[target.index].0)) }
            } else {
                postorder.append(top.block)
                stack.removeLast()
            }
        }
        reversePostorder = postorder.reversed()
        for (i, block) in reversePostorder.enumerated() { order[block.index] = UInt32(i) }
    }
}
