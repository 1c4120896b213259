import PrecastWasmTypes

extension Generator {
    private func tagType(_ tag: Int) -> [ValueType] { module.types[module.tags[tag]].parameters }

    /// Throws, mostly under a condition; or catches what a few statements throw.
    mutating func exceptionStatement(_ depth: Int) -> Node {
        if random.chance(60) { return tryStatement(depth) }
        let condition = Node(.i32, [0x41, 7, 0x71, 0x45], [expression(.i32, depth: 2)])
        labels.append(Label(types: []))
        defer { labels.removeLast() }
        hasCalls = true
        if random.chance(20) { return Node(nil, pieces: [[], [0x04, 0x40], [0x0a, 0x0b]], [condition, expression(.exnref, depth: 2)]) }
        let tag = random.below(module.tags.count)
        return Node(nil, pieces: [[], [0x04, 0x40], [0x08] + Bytes.unsigned(tag) + [0x0b]], [condition, Node.sequence(tagType(tag).map { expression($0, depth: 2) })])
    }

    /// `block (result tag's) block … try_table (catch tag 0) … end … end`, and what is caught goes to locals.
    private mutating func tryStatement(_ depth: Int) -> Node {
        let tag = random.below(module.tags.count), types = tagType(tag), hasReference = random.chance(30), catchesAll = random.chance(40)
        let caught = types + (hasReference ? [.exnref] : [])
        // Outside: a block that what is caught is dropped in; inside: the block that the clause branches to.
        labels.append(Label(types: []))
        labels.append(Label(types: caught))
        labels.append(Label(types: []))
        let body = statements(random.within(1...3), depth: depth - 1)
        labels.removeLast(3)
        let blockType = resultType(caught)
        var clauses: [[UInt8]] = [[hasReference ? 1 : 0] + Bytes.unsigned(tag) + [0]]
        if catchesAll { clauses.append([2, 1]) }
        let head = [0x02, 0x40, 0x02] + blockType + [0x1f, 0x40] + Bytes.vector(clauses)
        let keeps = caught.reversed().flatMap { keep($0) }
        return Node(nil, pieces: [head, [0x0b, 0x0c, 1, 0x0b] + keeps + [0x0b]], [Node.sequence(body)])
    }

    /// The value of the body, or of another expression if it throws.
    mutating func tryExpression(_ type: ValueType, _ depth: Int) -> Node {
        labels.append(Label(types: [type]))
        labels.append(Label(types: []))
        labels.append(Label(types: [type]))
        let body = expression(type, depth: depth - 1)
        labels.removeLast(2)
        let other = expression(type, depth: depth - 1)
        labels.removeLast()
        let clause: [UInt8] = random.chance(50) || module.tags.allSatisfy { !module.types[$0].parameters.isEmpty } ? [2, 0] : [0] + emptyTag() + [0]
        let head = [0x02] + Bytes.type(type) + [0x02, 0x40, 0x1f] + Bytes.type(type) + [1] + clause
        return Node(type, pieces: [head, [0x0b, 0x0c, 1, 0x0b], [0x0b]], [body, other])
    }
    private func emptyTag() -> [UInt8] { Bytes.unsigned(module.tags.indices.first { tagType($0).isEmpty } ?? 0) }

    /// A block type that leaves `types`; makes the function type if there is none.
    private mutating func resultType(_ types: [ValueType]) -> [UInt8] {
        if types.isEmpty { return [0x40] }
        if types.count == 1 { return Bytes.type(types[0]) }
        let type = FunctionType(parameters: [], results: types)
        let index = module.types.firstIndex(of: type) ?? module.types.count
        if index == module.types.count { module.types.append(type) }
        return Bytes.signed(Int64(index))
    }
}
