import PrecastEntities
public import PrecastRegisterAllocation

/// The order in which lowering lays out a function's blocks, with a block for each critical edge.
///
/// Input: the control-flow graph as plain numbers. Output: places in emission order, the entry first, cold blocks last.
/// Algorithm: reverse postorder, visiting the successor that should come last first (cold ones, then those of lower
/// loop depth), which keeps loops contiguous and makes the likely way fall through. Unreachable blocks are left out. O(blocks + edges).
public struct BlockOrder: Sendable {
    @frozen public struct Place: Sendable, Hashable, BitwiseCopyable {
        /// The graph's block; for an edge block the one the edge leaves.
        public var block: UInt32
        /// Number of the edge among the successors of `block`, or all ones for the block itself.
        public var edge: UInt32
        @inlinable public var isEdge: Bool { edge != .max }
    }
    /// In emission order.
    public private(set) var places: [Place] = []
    /// Per block of the graph: its place (none: unreachable).
    public private(set) var number: [BlockNumber] = []
    /// Per place: where its edges lead. Run `successorEnds[i - 1] ..< successorEnds[i]`, as many as the graph's block has edges (1 for an edge block).
    public private(set) var successors: [BlockNumber] = []
    public private(set) var successorEnds: [UInt32] = []
    public private(set) var loopDepth: [UInt16] = []
    public private(set) var isCold: [Bool] = []

    public func successors(of place: Int) -> ArraySlice<BlockNumber> {
        successors[(place == 0 ? 0 : Int(successorEnds[place - 1]))..<Int(successorEnds[place])]
    }

    /// A control-flow graph; block 0 is the entry.
    public struct Graph: Sendable {
        /// Run of block `b`: `ends[b - 1] ..< ends[b]` in `targets`. Parallel edges are listed as often as they exist.
        public var targets: [UInt32] = []
        public var ends: [UInt32] = []
        public var loopDepth: [UInt16] = []
        public var isCold: [Bool] = []
        public init() {}
        @inlinable public mutating func append(_ successors: some Sequence<UInt32>, loopDepth depth: Int, isCold cold: Bool) {
            targets.append(contentsOf: successors)
            ends.append(UInt32(targets.count))
            loopDepth.append(UInt16(clamping: depth))
            isCold.append(cold)
        }
        @inlinable public var count: Int { ends.count }
        @inlinable public func edges(_ block: Int) -> Range<Int> { (block == 0 ? 0 : Int(ends[block - 1]))..<Int(ends[block]) }
    }

    public init(_ graph: Graph) {
        let order = Self.reversePostorder(graph)
        var incoming = [UInt32](repeating: 0, count: graph.count)
        for b in order { for e in graph.edges(Int(b)) { incoming[Int(graph.targets[e])] += 1 } }
        // An edge block goes right after the block it leaves, so that it falls through to a likely place.
        var warm: [Place] = []
        var cold: [Place] = []
        for b in order {
            let edges = graph.edges(Int(b))
            if graph.isCold[Int(b)] { cold.append(Place(block: b, edge: .max)) } else { warm.append(Place(block: b, edge: .max)) }
            if edges.count < 2 { continue }
            for e in edges where incoming[Int(graph.targets[e])] > 1 {
                let place = Place(block: b, edge: UInt32(e - edges.lowerBound))
                if graph.isCold[Int(b)] || graph.isCold[Int(graph.targets[e])] { cold.append(place) } else { warm.append(place) }
            }
        }
        places = warm + cold
        resolve(graph)
    }

    private mutating func resolve(_ graph: Graph) {
        number = Array(repeating: .none, count: graph.count)
        var edgeBlocks: [BlockNumber] = Array(repeating: .none, count: graph.targets.count)
        for (i, place) in places.enumerated() {
            if place.isEdge {
                edgeBlocks[graph.edges(Int(place.block)).lowerBound + Int(place.edge)] = BlockNumber(index: i)
            } else {
                number[Int(place.block)] = BlockNumber(index: i)
            }
        }
        for place in places {
            let edges = graph.edges(Int(place.block))
            if place.isEdge {
                let target = Int(graph.targets[edges.lowerBound + Int(place.edge)])
                successors.append(number[target])
                loopDepth.append(min(graph.loopDepth[Int(place.block)], graph.loopDepth[target]))
                isCold.append(graph.isCold[Int(place.block)] || graph.isCold[target])
            } else {
                for e in edges { successors.append(edgeBlocks[e].isSome ? edgeBlocks[e] : number[Int(graph.targets[e])]) }
                loopDepth.append(graph.loopDepth[Int(place.block)])
                isCold.append(graph.isCold[Int(place.block)])
            }
            successorEnds.append(UInt32(successors.count))
        }
    }

    private static func reversePostorder(_ graph: Graph) -> [UInt32] {
        if graph.count == 0 { return [] }
        var postorder: [UInt32] = []
        var seen = DenseBitSet(capacity: graph.count)
        // Blocks entered, each with the run of its not yet visited successors in `pending`.
        var stack: [(block: UInt32, from: Int)] = []
        var pending: [UInt32] = []
        func enter(_ b: UInt32) {
            stack.append((b, pending.count))
            let edges = graph.edges(Int(b))
            // Popped from the end: what should come last in the order is pushed last.
            for rank in [0, 1] {
                for e in edges where (isLate(graph, graph.targets[e], from: b) ? 1 : 0) == rank { pending.append(graph.targets[e]) }
            }
        }
        seen.insert(0)
        enter(0)
        while let (block, from) = stack.last {
            if pending.count == from {
                postorder.append(block)
                stack.removeLast()
                continue
            }
            let next = pending.removeLast()
            if seen.insert(Int(next)) { enter(next) }
        }
        return postorder.reversed()
    }

    private static func isLate(_ graph: Graph, _ target: UInt32, from block: UInt32) -> Bool {
        graph.isCold[Int(target)] || graph.loopDepth[Int(target)] < graph.loopDepth[Int(block)]
    }
}
