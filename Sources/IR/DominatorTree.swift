public import PrecastEntities

/// Immediate dominators of the reachable blocks, with constant-time dominance queries.
///
/// Algorithm: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm" (2001), over reverse postorder; then one
/// depth-first walk numbers the tree so that `a` dominates `b` exactly if `b`'s interval lies in `a`'s.
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
        let order = cfg.reversePostorder
        var idom = [UInt32](repeating: .max, count: order.count)
        idom[0] = 0
        var changed = true
        while changed {
            changed = false
            for i in 1..<max(order.count, 1) {
                var new = UInt32.max
                for edge in cfg.predecessors(order[i]) {
                    var p = cfg.order[edge.block.index]
                    if p == .max || idom[Int(p)] == .max { continue }
                    if new == .max {
                        new = p
                        continue
                    }
                    while p != new {
                        while p > new { p = idom[Int(p)] }
                        while new > p { new = idom[Int(new)] }
                    }
                }
                if idom[i] != new {
                    idom[i] = new
                    changed = true
                }
            }
        }
        for i in 1..<max(order.count, 1) { parents[order[i].index] = order[Int(idom[i])] }
        number(entry: entry, order: order, idom: idom)
    }

    /// The closest block that dominates `block` strictly; none for the entry and for unreachable blocks.
    @inlinable public func immediateDominator(_ block: Block) -> Block { parents[block.index] }
    /// Whether every way to `b` passes `a` (a block dominates itself). False when either is unreachable. O(1).
    @inlinable public func dominates(_ a: Block, _ b: Block) -> Bool {
        entered[a.index] != .max && entered[b.index] != .max
            && entered[a.index] <= entered[b.index] && left[b.index] <= left[a.index]
    }
    @inlinable public func isReachable(_ block: Block) -> Bool { entered[block.index] != .max }

    private mutating func number(entry: Block, order: [Block], idom: [UInt32]) {
        // Children as linked lists in reverse postorder.
        var firstChild = [UInt32](repeating: .max, count: order.count)
        var sibling = [UInt32](repeating: .max, count: order.count)
        for i in stride(from: order.count - 1, to: 0, by: -1) {
            sibling[i] = firstChild[Int(idom[i])]
            firstChild[Int(idom[i])] = UInt32(i)
        }
        var clock: UInt32 = 0
        var stack: [UInt32] = [0]
        entered[entry.index] = 0
        preorder.append(entry)
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
