public import PrecastEntities

/// Immediate dominators of the reachable blocks, with constant-time dominance queries.
///
/// Algorithm: Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005): semidominators by path
/// compression over a depth-first tree, then the nearest common ancestor of parent and semidominator. O(edges · log blocks), whatever the shape of the graph.
/// One more walk numbers the dominator tree so that `a` dominates `b` exactly if `b`'s interval lies in `a`'s.
public struct DominatorTree: Sendable {
    @usableFromInline var parents: [Block]
    @usableFromInline var entered: [UInt32]
    @usableFromInline var left: [UInt32]
    /// Reachable blocks so that each follows its immediate dominator (depth first, children in reverse postorder).
    public private(set) var preorder: [Block] = []

    public init(_ cfg: ControlFlowGraph) {
        let count = cfg.order.count
        parents = Array(repeating: .none, count: count)
        entered = Array(repeating: .max, count: count)
        left = Array(repeating: 0, count: count)
        guard let entry = cfg.reversePostorder.first else { return }
        let tree = DepthFirstTree(cfg, entry)
        let idom = Self.immediateDominators(cfg, tree)
        for i in 1..<max(tree.vertices.count, 1) { parents[tree.vertices[i].index] = tree.vertices[Int(idom[i])] }
        number(cfg)
    }

    /// By number in the depth-first tree; the entry is 0.
    private static func immediateDominators(_ cfg: ControlFlowGraph, _ tree: DepthFirstTree) -> [UInt32] {
        let count = tree.vertices.count
        // Vertices above `w` are linked to their ancestors; `best` is the least semidominator on the compressed path.
        var best = (0..<UInt32(count)).map { $0 }
        var semidominators = best
        var ancestor = tree.parents
        var path: [UInt32] = []
        func evaluate(_ v: UInt32, above w: UInt32) -> UInt32 {
            if v <= w { return v }
            var x = v
            while ancestor[Int(x)] > w {
                path.append(x)
                x = ancestor[Int(x)]
            }
            while let y = path.popLast() {
                let a = Int(ancestor[Int(y)])
                best[Int(y)] = min(best[Int(y)], best[a])
                ancestor[Int(y)] = ancestor[a]
            }
            return best[Int(v)]
        }
        for w in stride(from: count - 1, to: 0, by: -1) {
            var semidominator = tree.parents[w]
            for edge in cfg.predecessors(tree.vertices[w]) {
                let v = tree.numbers[edge.block.index]
                if v != .max { semidominator = min(semidominator, evaluate(v, above: UInt32(w))) }
            }
            best[w] = semidominator
            semidominators[w] = semidominator
        }
        var idom = tree.parents
        for w in 1..<max(count, 1) {
            while idom[w] > semidominators[w] { idom[w] = idom[Int(idom[w])] }
        }
        return idom
    }

    /// The closest block that dominates `block` strictly; none for the entry and for unreachable blocks.
    @inlinable public func immediateDominator(_ block: Block) -> Block { parents[block.index] }
    /// Whether every way to `b` passes `a` (a block dominates itself). False when either is unreachable. O(1).
    @inlinable public func dominates(_ a: Block, _ b: Block) -> Bool {
        entered[a.index] != .max && entered[b.index] != .max
            && entered[a.index] <= entered[b.index] && left[b.index] <= left[a.index]
    }
    @inlinable public func isReachable(_ block: Block) -> Bool { entered[block.index] != .max }

    private mutating func number(_ cfg: ControlFlowGraph) {
        // Children as linked lists in reverse postorder.
        let order = cfg.reversePostorder
        var firstChild = [UInt32](repeating: .max, count: order.count)
        var sibling = [UInt32](repeating: .max, count: order.count)
        for i in stride(from: order.count - 1, to: 0, by: -1) {
            let parent = Int(cfg.order[parents[order[i].index].index])
            sibling[i] = firstChild[parent]
            firstChild[parent] = UInt32(i)
        }
        var clock: UInt32 = 0
        var stack: [UInt32] = [0]
        entered[order[0].index] = 0
        preorder.append(order[0])
        while let top = stack.last {
            let child = firstChild[Int(top)]
            if child != .max {
                firstChild[Int(top)] = sibling[Int(child)]
                clock += 1
                entered[order[Int(child)].index] = clock
                preorder.append(order[Int(child)])
                stack.append(child)
            } else {
                clock += 1
                left[order[Int(top)].index] = clock
                stack.removeLast()
            }
        }
    }
}

/// A depth-first spanning tree of the reachable blocks, numbered in preorder.
private struct DepthFirstTree {
    private(set) var vertices: [Block] = []
    /// Number of each vertex's parent.
    private(set) var parents: [UInt32] = []
    /// Number of each block; `UInt32.max`: unreachable.
    private(set) var numbers: [UInt32]

    init(_ cfg: ControlFlowGraph, _ entry: Block) {
        numbers = Array(repeating: .max, count: cfg.order.count)
        vertices.reserveCapacity(cfg.reversePostorder.count)
        parents.reserveCapacity(cfg.reversePostorder.count)
        var stack: [(block: Block, next: Int)] = []
        func enter(_ block: Block, _ parent: UInt32) {
            numbers[block.index] = UInt32(vertices.count)
            vertices.append(block)
            parents.append(parent)
            stack.append((block, cfg.successors(block).startIndex))
        }
        enter(entry, 0)
        while let (block, next) = stack.last {
            let edges = cfg.successors(block)
            if next == edges.endIndex {
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next = next + 1
            let target = edges[next].block
            if numbers[target.index] == .max { enter(target, numbers[block.index]) }
        }
    }
}
