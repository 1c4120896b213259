import PrecastWasmModel
import PrecastWasmTypes

extension Generator {
    mutating func statements(_ count: Int, depth: Int) -> [Node] {
        (0..<count).map { _ in statement(depth) }
    }

    /// Code that leaves nothing.
    mutating func statement(_ depth: Int) -> Node {
        budget -= 1
        if depth <= 0 || budget <= 0 { return assignment(depth: 1) }
        switch random.below(100) {
        case 0..<27: return assignment(depth: 3)
        case 27..<45: return store()
        case 45..<56: return conditional(depth)
        case 56..<68: return loopDepth < 3 ? loop(depth) : assignment(depth: 3)
        case 68..<74: return block(depth)
        case 74..<79: return branchTable(depth)
        case 79..<82: return branch()
        case 82..<86: return bulkMemory()
        case 86..<90: return tableOperation()
        case 90..<94: return callStatement()
        case 94..<96: return features.contains(.exceptions) ? exceptionStatement(depth) : wideArithmetic()
        case 96..<97: return wideArithmetic()
        default: return Node(nil, [0x1a], [expression(anyType(), depth: 4)])
        }
    }

    // MARK: Variables and memory

    private mutating func assignment(depth: Int) -> Node {
        let type = anyType()
        if random.chance(75), let local = anyLocal(type, written: true) { return Node(nil, [0x21] + Bytes.unsigned(local), [expression(type, depth: depth)]) }
        if let global = global(type, mutable: true) { return Node(nil, [0x24] + Bytes.unsigned(global), [expression(type, depth: depth)]) }
        return Node(nil, [0x1a], [expression(type, depth: depth)])
    }

    private mutating func store() -> Node {
        if random.chance(20), let node = update() { return node }
        return operation(random.pick(catalog.effects), 4)
    }

    /// A load, an operation and a store at one address: what a machine may do in one instruction.
    private mutating func update() -> Node? {
        guard !module.memories[0].is64, let address = anyLocal(.i32, written: false) else { return nil }
        let place = [0x20] + Bytes.unsigned(address) + [0x41, 0xfc, 0, 0x71]
        let is64 = random.chance(40), type: ValueType = is64 ? .i64 : .i32
        let (load, store): (UInt8, UInt8) = random.pick(is64 ? [(0x29, 0x37), (0x35, 0x3e), (0x31, 0x3c)] : [(0x28, 0x36), (0x2d, 0x3a), (0x2f, 0x3b)])
        let operation = (is64 ? 0x7c : 0x6a) + random.pick([0, 1, 7, 8, 9] as [UInt8])
        return Node(nil, pieces: [place + place + [load, 0, 16], [operation, store, 0, 16]], [expression(type, depth: 3)])
    }

    private mutating func bulkMemory() -> Node {
        guard features.contains(.bulkMemory) else { return store() }
        let to = random.below(module.memories.count), from = random.below(module.memories.count)
        let count = { (generator: inout Generator, is64: Bool) in generator.masked(generator.expression(is64 ? .i64 : .i32, depth: 2), 63) }
        let (to64, from64) = (module.memories[to].is64, module.memories[from].is64)
        switch random.below(5) {
        case 0, 1: return Node(nil, [0xfc, 11] + Bytes.unsigned(to), [address(to, depth: 2), expression(.i32, depth: 2), count(&self, to64)])
        case 2, 3:
            let children = [address(to, depth: 2), address(from, depth: 2), count(&self, to64 && from64)]
            return Node(nil, [0xfc, 10] + Bytes.unsigned(to) + Bytes.unsigned(from), children)
        default:
            guard module.data.count > 1 else { return store() }
            let segment = 1 + random.below(module.data.count - 1)
            if random.chance(20) { return Node(nil, [0xfc, 9] + Bytes.unsigned(segment)) }
            let source = masked(expression(.i32, depth: 2), 15), length = masked(expression(.i32, depth: 2), 7)
            return Node(nil, [0xfc, 8] + Bytes.unsigned(segment) + Bytes.unsigned(to), [address(to, depth: 2), source, length])
        }
    }

    private mutating func tableOperation() -> Node {
        guard features.contains(.referenceTypes), features.contains(.bulkMemory) else { return assignment(depth: 3) }
        // Most calls should find their callee: the table of the functions is left alone mostly.
        let table = random.chance(85) ? module.tables.count - 1 : random.below(module.tables.count)
        if table == 0, random.chance(70) { return assignment(depth: 3) }
        let element = module.tables[table].element, is64 = module.tables[table].is64
        let small = { (is64: Bool, value: Int) in Node(is64 ? .i64 : .i32, [is64 ? 0x42 : 0x41] + Bytes.signed(Int64(value))) }
        switch random.below(12) {
        case 0...3: return Node(nil, [0x26] + Bytes.unsigned(table), [tableIndex(table, 2), expression(element, depth: 2)])
        case 4, 5: return Node(nil, [0xfc, 17] + Bytes.unsigned(table), [tableIndex(table, 2), expression(element, depth: 2), small(is64, random.below(3))])
        case 6, 7: return Node(nil, [0xfc, 15] + Bytes.unsigned(table) + [0x1a], [expression(element, depth: 2), small(is64, random.pick([0, 1, 2]))])
        case 8, 9:
            let others = module.tables.indices.filter { module.tables[$0].element == element }
            let from = random.pick(others), count = small(is64 && module.tables[from].is64, random.below(3))
            return Node(nil, [0xfc, 14] + Bytes.unsigned(table) + Bytes.unsigned(from), [tableIndex(table, 2), tableIndex(from, 2), count])
        default:
            guard element == .funcref, !module.elements.isEmpty else { return assignment(depth: 3) }
            let segment = random.below(module.elements.count)
            if random.chance(30) { return Node(nil, [0xfc, 13] + Bytes.unsigned(segment)) }
            let children = [tableIndex(table, 2), small(false, random.below(2)), small(false, random.below(3))]
            return Node(nil, [0xfc, 12] + Bytes.unsigned(segment) + Bytes.unsigned(table), children)
        }
    }

    /// 128-bit sums and products: two results each.
    private mutating func wideArithmetic() -> Node {
        guard features.contains(.wideArithmetic) else { return assignment(depth: 3) }
        let operation = UInt8(19 + random.below(4)), operands = operation < 21 ? 4 : 2
        var code: [UInt8] = [0xfc, operation]
        for _ in 0..<2 { code += keep(.i64) }
        return Node(nil, code, (0..<operands).map { _ in expression(.i64, depth: 3) })
    }
    /// Code that puts the value on the stack somewhere.
    mutating func keep(_ type: ValueType) -> [UInt8] {
        anyLocal(type, written: true).map { [0x21] + Bytes.unsigned($0) } ?? [0x1a]
    }

    // MARK: Control

    private mutating func conditional(_ depth: Int) -> Node {
        let condition = expression(.i32, depth: 3)
        labels.append(Label(types: []))
        defer { labels.removeLast() }
        let arms = [Node.sequence(statements(random.within(1...3), depth: depth - 1)), Node.sequence(statements(random.below(3), depth: depth - 1))]
        return Node(nil, pieces: [[], [0x04, 0x40], [0x05], [0x0b]], [condition] + arms)
    }

    private mutating func block(_ depth: Int) -> Node {
        labels.append(Label(types: []))
        defer { labels.removeLast() }
        let body = [Node(nil, [0x0d, 0], [expression(.i32, depth: 3)])] + statements(random.within(1...2), depth: depth - 1)
        return Node(nil, pieces: [[0x02, 0x40], [0x0b]], [Node.sequence(body)])
    }

    /// A loop that counts a local of its own down, or goes on while there is fuel.
    private mutating func loop(_ depth: Int) -> Node {
        loopDepth += 1
        labels.append(Label(types: []))
        labels.append(Label(types: [], isLoop: true))
        defer {
            loopDepth -= 1
            labels.removeLast(2)
        }
        if random.chance(35) || loopDepth > 2 {
            let body = statements(random.within(1...3), depth: depth - 1), condition = expression(.i32, depth: 3)
            return Node(nil, pieces: [[0x02, 0x40, 0x03, 0x40], [], Self.decrementFuel + [0x0d, 0, 0x0b, 0x0b]], [Node.sequence(body), condition])
        }
        let counter = locals.count
        locals.append(.i32)
        hiddenLocals.insert(counter)
        let index = Bytes.unsigned(counter), isUp = random.chance(40), count = Int64(random.within(1...9)), step = Int64(isUp ? random.pick([1, 1, 4]) : 1)
        let body = statements(random.within(1...3), depth: depth - 1)
        let head = [0x41] + Bytes.signed(isUp ? 0 : count) + [0x21] + index + [0x02, 0x40, 0x03, 0x40]
        let exit: [UInt8] = random.chance(40) ? [0x0d, 1] : [0x1a]
        let next = [0x20] + index + [0x41] + Bytes.signed(step) + [isUp ? 0x6a : 0x6b, 0x22] + index
        let test: [UInt8] = isUp ? [0x41] + Bytes.signed(count * step) + [random.pick([0x48, 0x49, 0x47])] : []
        return Node(nil, pieces: [head, [], exit + next + test + [0x0d, 0, 0x0b, 0x0b]], [Node.sequence(body), expression(.i32, depth: 3)])
    }

    private mutating func branchTable(_ depth: Int) -> Node {
        for _ in 0..<3 { labels.append(Label(types: [])) }
        defer { labels.removeLast(3) }
        let targets = random.pick([[0, 1, 2], [2, 1, 0, 1], [1, 1, 0], [0, 2, 2, 1, 0, 1, 2], [1, 0, 2, 0, 1, 2, 0, 1, 2, 2, 1, 0, 1]] as [[UInt8]])
        let index = random.chance(60) ? masked(expression(.i32, depth: 3), random.pick([3, 7, 15])) : expression(.i32, depth: 3)
        labels.removeLast()
        let first = statement(depth - 1)
        labels.removeLast()
        let second = statement(depth - 1)
        labels += [Label(types: []), Label(types: [])]
        let table = [0x0e] + Bytes.vector(targets.dropLast().map { [$0] }) + [targets.last ?? 0, 0x0b]
        return Node(nil, pieces: [[0x02, 0x40, 0x02, 0x40, 0x02, 0x40], table, [0x0b], [0x0b]], [index, first, second])
    }

    /// A branch to any label out of here; to a loop's only with fuel.
    private mutating func branch() -> Node {
        let depth = random.below(labels.count), label = labels[labels.count - 1 - depth]
        let operands = label.types.map { expression($0, depth: 2) }
        let drops = Array(repeating: UInt8(0x1a), count: label.types.count)
        if label.isLoop { return Node(nil, Self.decrementFuel + [0x0d] + Bytes.unsigned(depth) + drops, operands + [expression(.i32, depth: 3)]) }
        if random.chance(70) { return Node(nil, [0x0d] + Bytes.unsigned(depth) + drops, operands + [expression(.i32, depth: 3)]) }
        if random.chance(90) {
            // Unlikely to be taken: what follows gets its turn.
            let condition = Node(.i32, [0x41, 0xcd, 0, 0x46], [expression(.i32, depth: 2)])
            labels.append(Label(types: []))
            defer { labels.removeLast() }
            let inner = label.types.map { expression($0, depth: 1) }
            let code: [UInt8] = depth == labels.count - 2 && random.chance(50) ? [0x0f] : [0x0c] + Bytes.unsigned(depth + 1)
            return Node(nil, pieces: [[], [0x04, 0x40], code + [0x0b]], [condition, Node.sequence(inner)])
        }
        return Node(nil, random.chance(10) ? [0x00] : [0x0c] + Bytes.unsigned(depth), operands)
    }

    // MARK: Calls

    private mutating func callStatement() -> Node {
        if features.contains(.tailCalls), random.chance(30) {
            let candidates = module.functions.indices.filter { module.type(of: $0).results == results }
            if !candidates.isEmpty {
                let condition = Node(.i32, [0x41, 3, 0x71, 0x45], [expression(.i32, depth: 2)])
                labels.append(Label(types: []))
                defer { labels.removeLast() }
                let tail = call(random.pick(candidates), 3, indirect: random.chance(30), isTail: true, suffix: [], result: nil)
                return Node(nil, pieces: [[], [0x04, 0x40], [0x0b]], [condition, tail])
            }
        }
        let callee = random.below(module.functions.count)
        let suffix = module.type(of: callee).results.reversed().flatMap { keep($0) }
        return call(callee, 3, indirect: callee < module.tables[0].functions.count && random.chance(30), isTail: false, suffix: suffix, result: nil)
    }
}
