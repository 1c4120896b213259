/// Makes a module smaller while something stays true of it.
public struct Minimizer {
    /// Whether a candidate, which may be invalid, still shows it.
    let holds: (FuzzModule) -> Bool
    /// Candidates that may still be tried.
    var attempts: Int

    public init(attempts: Int = 3000, holds: @escaping (FuzzModule) -> Bool) {
        self.holds = holds
        self.attempts = attempts
    }

    /// - Precondition: it holds of `module`.
    public mutating func minimize(_ module: FuzzModule) -> FuzzModule {
        var best = module
        reduceCalls(&best)
        var size = Int.max
        while size > best.size, attempts > 0 {
            size = best.size
            for function in best.functions.indices { reduceFunction(&best, function) }
            reduceParts(&best)
            reduceCalls(&best)
        }
        return best
    }

    private mutating func accept(_ candidate: FuzzModule, _ best: inout FuzzModule) -> Bool {
        if attempts <= 0 { return false }
        attempts -= 1
        guard holds(candidate) else { return false }
        best = candidate
        return true
    }

    /// Halves, then single calls.
    private mutating func reduceCalls(_ best: inout FuzzModule) {
        var count = best.calls.count
        while count >= 1 {
            var start = 0
            while start < best.calls.count, best.calls.count > 1 {
                var candidate = best
                candidate.calls.removeSubrange(start..<min(start + count, best.calls.count))
                if candidate.calls.isEmpty || !accept(candidate, &best) { start += count }
            }
            count /= 2
        }
    }

    private mutating func reduceParts(_ best: inout FuzzModule) {
        for i in best.memories.indices where best.memories[i].isExported { tryChange(&best) { $0.memories[i].isExported = false } }
        for i in best.tables.indices where best.tables[i].isExported { tryChange(&best) { $0.tables[i].isExported = false } }
        for i in best.globals.indices where best.globals[i].isExported && i != FuzzModule.fuelGlobal { tryChange(&best) { $0.globals[i].isExported = false } }
        for i in best.data.indices { tryChange(&best) { $0.data[i] = [] } }
        for i in best.functions.indices { tryChange(&best) { $0.functions[i].locals = [] } }
        while let last = best.tables.indices.last, tryChange(&best, { $0.tables.remove(at: last) }) {}
        while let last = best.memories.indices.last, last > 0, tryChange(&best, { $0.memories.remove(at: last) }) {}
        while let last = best.globals.indices.last, last > 0, tryChange(&best, { $0.globals.remove(at: last) }) {}
    }
    @discardableResult private mutating func tryChange(_ best: inout FuzzModule, _ change: (inout FuzzModule) -> Void) -> Bool {
        var candidate = best
        change(&candidate)
        return accept(candidate, &best)
    }

    /// From the largest subtrees to the smallest: nothing or a default in its place, or one of its own subtrees of the same type.
    private mutating func reduceFunction(_ best: inout FuzzModule, _ function: Int) {
        let results = best.type(of: function).results
        let defaults = Node.sequence(results.map(Generator.defaultValue))
        if best.functions[function].body.size > defaults.size, tryChange(&best, { $0.functions[function].body = defaults }) { return }
        var position = 1
        while position < best.functions[function].body.size, attempts > 0 {
            let node = best.functions[function].body.node(at: position)
            var isReduced = false
            for replacement in node.replacements {
                if tryChange(&best, { $0.functions[function].body.replace(at: position, with: replacement) }) {
                    isReduced = true
                    break
                }
            }
            if !isReduced { position += 1 }
        }
    }
}

extension FuzzModule {
    /// Nodes, calls and parts: what a smaller module has less of.
    public var size: Int { functions.reduce(calls.count + memories.count + tables.count + globals.count) { $0 + $1.body.size + $1.locals.count } }
}

extension Node {
    /// The node at a position in preorder, itself at 0.
    func node(at position: Int) -> Node {
        var rest = position
        return find(&rest) ?? self
    }
    private func find(_ rest: inout Int) -> Node? {
        if rest == 0 { return self }
        rest -= 1
        for child in children {
            if let found = child.find(&rest) { return found }
        }
        return nil
    }
    mutating func replace(at position: Int, with node: Node) {
        var rest = position
        _ = replace(&rest, node)
    }
    private mutating func replace(_ rest: inout Int, _ node: Node) -> Bool {
        if rest == 0 {
            self = node
            return true
        }
        rest -= 1
        for i in children.indices where children[i].replace(&rest, node) { return true }
        return false
    }

    /// What may stand in its place, the smallest first. The checks that end recursion stay.
    var replacements: [Node] {
        let isFuelCheck = children.isEmpty && pieces[0].starts(with: [0x23, 0, 0x41, 1, 0x6b, 0x24])
        if isFuelCheck { return [] }
        guard let result else {
            if children.isEmpty, pieces[0].isEmpty { return [] }
            return [Node(nil, [])] + children.filter { $0.result == nil && $0.size > 1 } + (children.count > 1 && pieces.allSatisfy(\.isEmpty) ? halves : [])
        }
        let simplest = Generator.defaultValue(result)
        if children.isEmpty { return pieces[0] == simplest.pieces[0] || pieces[0].first == 0x20 ? [] : [simplest] }
        return [simplest] + descendants.filter { $0.result == result }
    }
    /// A sequence without its first or second half.
    private var halves: [Node] {
        let middle = children.count / 2
        return children.count < 3 ? [] : [Node.sequence(Array(children[..<middle])), Node.sequence(Array(children[middle...]))]
    }
    /// Children and theirs, two levels down.
    private var descendants: [Node] { children + children.flatMap(\.children) }
}
