public import PrecastEntities

/// A natural loop: its header dominates all its blocks.
@frozen public struct Loop: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The natural loops of a function and how they nest. Irreducible cycles (WebAssembly makes none) are not loops here.
///
/// Headers are taken from the innermost outwards (reverse of reverse postorder); each collects backwards from its back edges the blocks
/// that are in no inner loop yet, stepping over inner loops as a whole. O(edges × nesting) at worst, near linear in practice.
public struct LoopForest: Sendable {
    public struct LoopData: Sendable {
        public var header: Block
        public var parent: Loop
        /// 1 for an outermost loop.
        public var depth: Int
    }
    public private(set) var loops = PrimaryMap<Loop, LoopData>()
    @usableFromInline var innermost: [Loop]

    public init(_ cfg: ControlFlowGraph, _ tree: DominatorTree) {
        innermost = Array(repeating: .none, count: cfg.order.count)
        for header in cfg.reversePostorder.reversed() {
            var work: [Block] = []
            for edge in cfg.predecessors(header) where tree.dominates(header, edge.block) { work.append(edge.block) }
            if work.isEmpty { continue }
            let loop = loops.push(LoopData(header: header, parent: .none, depth: 0))
            while let block = work.popLast() {
                var outer = innermost[block.index]
                if outer.isNone {
                    innermost[block.index] = loop
                    if block != header {
                        for edge in cfg.predecessors(block) where cfg.isReachable(edge.block) { work.append(edge.block) }
                    }
                    continue
                }
                while loops[outer].parent.isSome { outer = loops[outer].parent }
                if outer == loop { continue }
                loops[outer].parent = loop
                for edge in cfg.predecessors(loops[outer].header) where cfg.isReachable(edge.block) { work.append(edge.block) }
            }
            if innermost[header.index].isNone { innermost[header.index] = loop }
        }
        for i in stride(from: loops.count - 1, through: 0, by: -1) {
            let loop = Loop(index: i)
            loops[loop].depth = loops[loop].parent.isSome ? loops[loops[loop].parent].depth + 1 : 1
        }
    }

    /// Blocks with a number below this were there when the forest was computed.
    @inlinable public var blockCount: Int { innermost.count }
    /// The innermost loop around `block`; none outside loops.
    @inlinable public func loop(of block: Block) -> Loop { innermost[block.index] }
    /// Number of loops around `block`.
    @inlinable public func depth(_ block: Block) -> Int {
        innermost[block.index].isNone ? 0 : loops[innermost[block.index]].depth
    }
    /// Whether `loop` is `outer` or nested in it.
    @inlinable public func isIn(_ loop: Loop, _ outer: Loop) -> Bool {
        var at = loop
        while at.isSome {
            if at == outer { return true }
            at = loops[at].parent
        }
        return false
    }
    @inlinable public func contains(_ loop: Loop, _ block: Block) -> Bool { isIn(innermost[block.index], loop) }
}
