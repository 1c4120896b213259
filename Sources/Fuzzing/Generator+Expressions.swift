import PrecastWasmModel
import PrecastWasmTypes

extension Generator {
    /// Code that leaves a value of `type`.
    mutating func expression(_ type: ValueType, depth: Int) -> Node {
        budget -= 1
        if depth <= 0 || budget <= 0 || random.chance(12) { return leaf(type) }
        if random.chance(30), let node = structured(type, depth) { return node }
        guard let entries = catalog.producing[type], !entries.isEmpty else {
            return structured(type, depth) ?? leaf(type)
        }
        return operation(random.pick(entries), depth)
    }

    // MARK: Leaves

    private mutating func leaf(_ type: ValueType) -> Node {
        if random.chance(70), let node = local(type) { return node }
        if random.chance(20), let global = global(type, mutable: false) { return Node(type, [0x23] + Bytes.unsigned(global)) }
        return constant(type)
    }
    mutating func local(_ type: ValueType) -> Node? {
        anyLocal(type, written: false).map { Node(type, [0x20] + Bytes.unsigned($0)) }
    }
    mutating func anyLocal(_ type: ValueType, written: Bool) -> Int? {
        let candidates = locals.indices.filter { locals[$0] == type && !(written && hiddenLocals.contains($0)) }
        return candidates.isEmpty ? nil : random.pick(candidates)
    }
    mutating func global(_ type: ValueType, mutable: Bool) -> Int? {
        let candidates = module.globals.indices.filter { $0 != FuzzModule.fuelGlobal && module.globals[$0].type == type && (!mutable || module.globals[$0].isMutable) }
        return candidates.isEmpty ? nil : random.pick(candidates)
    }

    func defaultValue(_ type: ValueType) -> Node { Self.defaultValue(type) }
    /// Zero, or null. One piece without children.
    static func defaultValue(_ type: ValueType) -> Node {
        switch type {
        case .i32: Node(type, [0x41, 0])
        case .i64: Node(type, [0x42, 0])
        case .f32: Node(type, [0x43, 0, 0, 0, 0])
        case .f64: Node(type, [0x44, 0, 0, 0, 0, 0, 0, 0, 0])
        case .v128: Node(type, [0xfd, 12] + Array(repeating: 0, count: 16))
        default: Node(type, [0xd0] + Bytes.heapType(type.referenceType?.heapType ?? .function))
        }
    }

    /// One piece without children.
    mutating func constant(_ type: ValueType) -> Node {
        switch type {
        case .i32: Node(type, [0x41] + Bytes.signed(Int64(Int32(truncatingIfNeeded: integer()))))
        case .i64: Node(type, [0x42] + Bytes.signed(integer()))
        case .f32: Node(type, [0x43] + Bytes.little(Float(double()).bitPattern))
        case .f64: Node(type, [0x44] + Bytes.little(double().bitPattern))
        case .v128: Node(type, [0xfd, 12] + vector())
        case .funcref where !module.functions.isEmpty && random.chance(80): Node(type, [0xd2] + Bytes.unsigned(random.below(module.functions.count)))
        default: reference(type) ?? defaultValue(type)
        }
    }
    /// A reference to a function of exactly the type that `type` names.
    private mutating func reference(_ type: ValueType) -> Node? {
        guard let index = type.referenceType?.heapType.typeIndex, random.chance(85) else { return nil }
        let candidates = module.functions.indices.filter { module.functions[$0].type == Int(index) }
        return candidates.isEmpty ? nil : Node(type, [0xd2] + Bytes.unsigned(random.pick(candidates)))
    }
    private mutating func integer() -> Int64 {
        switch random.below(10) {
        case 0...4: random.pick([0, 1, 2, 3, 4, 7, 8, -1, -2, 31, 32, 63, 64, 255, 256, 65535, 0x7fff_ffff, -0x8000_0000, 0xffff_ffff, 1 << 32, .min, .max, -128, 127])
        case 5...7: Int64(random.within(-100...100))
        case 8: 1 << Int64(random.below(64))
        default: Int64(bitPattern: random.next())
        }
    }
    private mutating func double() -> Double {
        switch random.below(10) {
        case 0...6: random.pick([0, -0.0, 1, -1, 0.5, 1.5, -2.5, 3e9, -3e9, 1e19, 1e30, .infinity, -.infinity, .nan, 2_147_483_647, -2_147_483_648.5, 9.2e18, 1e-40, 255, 16_777_216])
        default: Double(random.within(-2_000_000...2_000_000)) / 1024
        }
    }
    private mutating func vector() -> [UInt8] {
        switch random.below(5) {
        case 0: Array(repeating: UInt8(truncatingIfNeeded: random.next()), count: 16)
        case 1: (0..<4).flatMap { _ in Bytes.little(Float(double()).bitPattern) }
        case 2: (0..<2).flatMap { _ in Bytes.little(double().bitPattern) }
        case 3: (0..<2).flatMap { _ in Bytes.little(integer()) }
        default: (0..<2).flatMap { _ in Bytes.little(random.next()) }
        }
    }

    // MARK: Operators of the catalog

    mutating func operation(_ entry: CatalogEntry, _ depth: Int) -> Node {
        let memory = random.below(module.memories.count)
        let is64 = module.memories[memory].is64
        let tame = entry.traps && random.chance(98)
        var children: [Node] = []
        for (i, type) in entry.operands.enumerated() {
            guard let type else {
                children.append(address(memory, aligned: entry.isAtomic ? Int(entry.opcode.naturalAlignment) : nil, depth: depth - 1))
                continue
            }
            var child = expression(type, depth: depth - 1)
            if entry.needsCanonicalOperands, type == .f32 || type == .f64 { child = canonical(child) }
            if tame { child = tamed(child, type, isLast: i == entry.operands.count - 1) }
            children.append(child)
        }
        var code = entry.code
        switch entry.immediates {
        case .lane: code.append(UInt8(random.below(entry.lanes)))
        case .shuffle: code += (0..<16).map { _ in UInt8(random.below(32)) }
        case .memoryArgument: code += memoryArgument(entry, memory, is64)
        case .memoryArgumentAndLane: code += memoryArgument(entry, memory, is64) + [UInt8(random.below(entry.lanes))]
        case .zeroByte: code.append(0)
        default: break
        }
        let node = Node(entry.result, code, children)
        return entry.needsCanonicalResult ? canonical(node, doubles: entry.opcode.mnemonic.hasPrefix("f64x2")) : node
    }

    /// A divisor that is not zero, a float that fits: mostly, an operator that can trap does not.
    private func tamed(_ node: Node, _ type: ValueType, isLast: Bool) -> Node {
        switch type {
        case .i32: isLast ? Node(type, [0x41, 7, 0x71, 0x41, 1, 0x72], [node]) : node
        case .i64: isLast ? Node(type, [0x42, 7, 0x83, 0x42, 1, 0x84], [node]) : node
        // Between 0 and 255, for NaN too: max(min(x, 255), 0) of the integer that the saturating conversion gives.
        case .f32: Node(type, [0xfc, 0, 0x41, 0xff, 1, 0x71, 0xb2], [node])
        default: Node(type, [0xfc, 2, 0x41, 0xff, 1, 0x71, 0xb7], [node])
        }
    }

    mutating func memoryArgument(_ entry: CatalogEntry, _ memory: Int, _ is64: Bool) -> [UInt8] {
        let natural = Int(entry.opcode.naturalAlignment)
        let alignment = UInt8(entry.isAtomic ? natural : random.below(natural + 1))
        var offset: UInt64 = random.chance(70) ? 0 : UInt64(random.pick(random.chance(90) ? [1, 4, 8, 16, 100, 255, 256, 4096] : [60_000, 65_528, 65_535]))
        if entry.isAtomic { offset &= ~15 }
        if random.below(300) == 0 { offset = random.pick([0xffff_ffff, 0x7fff_ffff, 1 << 25, is64 ? .max : 0xffff_fff8]) }
        return (memory == 0 ? [alignment] : [alignment | 0x40] + Bytes.unsigned(memory)) + Bytes.unsigned(offset)
    }

    /// An address, mostly below 64 KiB.
    mutating func address(_ memory: Int, aligned: Int? = nil, depth: Int) -> Node {
        let type: ValueType = module.memories[memory].is64 ? .i64 : .i32
        if random.chance(1) { return expression(type, depth: depth - 1) }
        if random.chance(3) { return edge(memory, type) }
        if random.chance(20) { return Node(type, (type == .i32 ? [0x41] : [0x42]) + Bytes.signed(Int64(random.below(64) * 16))) }
        return masked(expression(type, depth: depth - 1), random.pick(aligned.map { [0xff << $0, 0x1f0] } ?? [0xeff8, 0xff, 0x3f, 0x7ffc, 0xf0]))
    }
    /// The memory's end, less a little: where a check lets through what it should not.
    private mutating func edge(_ memory: Int, _ type: ValueType) -> Node {
        let shift = Int64(module.memories[memory].pageSizeLog2), back = Int64(random.pick([16, 8, 8, 4, 2, 1, 0, 7, 17, 65_536]))
        let code: [UInt8] = type == .i32
            ? [0x41] + Bytes.signed(shift) + [0x74, 0x41] + Bytes.signed(back) + [0x6b] : [0x42] + Bytes.signed(shift) + [0x86, 0x42] + Bytes.signed(back) + [0x7d]
        return Node(type, code, [Node(type, [0x3f] + Bytes.unsigned(memory))])
    }
    func masked(_ node: Node, _ mask: Int64) -> Node {
        node.result == .i32 ? Node(.i32, [0x41] + Bytes.signed(mask) + [0x71], [node]) : Node(.i64, [0x42] + Bytes.signed(mask) + [0x83], [node])
    }

    // MARK: Control and references

    /// A way to make the value that is no operator of the catalog, or nil if the first try finds none.
    private mutating func structured(_ type: ValueType, _ depth: Int) -> Node? {
        switch random.below(16) {
        case 0, 1:
            let operands = [expression(type, depth: depth - 1), expression(type, depth: depth - 1), expression(.i32, depth: depth - 1)]
            return Node(type, type.isReference ? [0x1c, 1] + Bytes.type(type) : random.chance(80) || type == .v128 ? [0x1b] : [0x1c, 1] + Bytes.type(type), operands)
        case 2: return conditional(type, depth)
        case 3, 4: return call(type, depth, indirect: false)
        case 5: return call(type, depth, indirect: true)
        case 6:
            guard let local = anyLocal(type, written: true) else { return nil }
            return Node(type, [0x22] + Bytes.unsigned(local), [expression(type, depth: depth - 1)])
        case 7: return global(type, mutable: false).map { Node(type, [0x23] + Bytes.unsigned($0)) }
        case 8, 9: return block(type, depth)
        case 10: return size(type, depth)
        case 11, 12: return referenceOperation(type, depth)
        case 13: return features.contains(.exceptions) ? tryExpression(type, depth) : nil
        case 14: return loopExpression(type, depth)
        default: return nil
        }
    }

    private mutating func conditional(_ type: ValueType, _ depth: Int) -> Node {
        let condition = expression(.i32, depth: depth - 1)
        labels.append(Label(types: [type]))
        defer { labels.removeLast() }
        let arms = (0..<2).map { _ in
            Node.sequence((random.chance(25) ? statements(1, depth: depth - 2) : []) + [expression(type, depth: depth - 1)])
        }
        return Node(type, pieces: [[], [0x04] + Bytes.type(type), [0x05], [0x0b]], [condition] + arms)
    }

    private mutating func block(_ type: ValueType, _ depth: Int) -> Node {
        labels.append(Label(types: [type]))
        defer { labels.removeLast() }
        var body: [Node] = random.chance(40) ? statements(random.within(1...2), depth: depth - 2) : []
        if random.chance(70) {
            body.append(Node(nil, [0x0d, 0, 0x1a], [expression(type, depth: depth - 1), expression(.i32, depth: depth - 1)]))
        }
        body.append(expression(type, depth: depth - 1))
        return Node(type, pieces: [[0x02] + Bytes.type(type), [0x0b]], [Node.sequence(body)])
    }

    /// A loop that takes a value and goes round with another while there is fuel.
    private mutating func loopExpression(_ type: ValueType, _ depth: Int) -> Node? {
        guard features.contains(.multiValue), loopDepth < 2, !type.isReference else { return nil }
        loopDepth += 1
        defer { loopDepth -= 1 }
        let initial = expression(type, depth: depth - 1)
        guard let index = module.types.firstIndex(where: { $0.parameters == [type] && $0.results == [type] }) else { return nil }
        labels.append(Label(types: [type], isLoop: true))
        defer { labels.removeLast() }
        guard let local = anyLocal(type, written: true) else { return nil }
        let next = expression(type, depth: depth - 1), condition = expression(.i32, depth: depth - 2)
        let head = [0x03] + Bytes.signed(Int64(index)) + [0x21] + Bytes.unsigned(local)
        return Node(type, pieces: [[], head, [], Self.decrementFuel + [0x0d, 0, 0x0b]], [initial, next, condition])
    }
    /// Takes one from the fuel; combines the condition below with whether there was any.
    static let decrementFuel: [UInt8] = [0x23, 0, 0x41, 1, 0x6b, 0x24, 0, 0x23, 0, 0x41, 0, 0x4a, 0x71, 0x41, 0, 0x47]

    private mutating func size(_ type: ValueType, _ depth: Int) -> Node? {
        if random.chance(25), features.contains(.referenceTypes) {
            let tables = module.tables.indices.filter { (module.tables[$0].is64 ? .i64 : .i32) == type }
            return tables.isEmpty ? nil : Node(type, [0xfc, 16] + Bytes.unsigned(random.pick(tables)))
        }
        let memories = module.memories.indices.filter { (module.memories[$0].is64 ? .i64 : .i32) == type }
        guard !memories.isEmpty else { return nil }
        let memory = random.pick(memories)
        if random.chance(60) { return Node(type, [0x3f] + Bytes.unsigned(memory)) }
        let delta: Int64 = random.pick([0, 0, 0, 1, 1, 70_000])
        return Node(type, (type == .i32 ? [0x41] : [0x42]) + Bytes.signed(delta) + [0x40] + Bytes.unsigned(memory))
    }

    // MARK: Calls

    mutating func call(_ type: ValueType, _ depth: Int, indirect: Bool) -> Node? {
        let candidates = module.functions.indices.filter { module.type(of: $0).results == [type] && (!indirect || module.tables[0].functions.contains($0)) }
        guard !candidates.isEmpty else { return nil }
        return call(random.pick(candidates), depth, indirect: indirect, isTail: false, suffix: [], result: type)
    }

    /// `suffix` is what comes of the results.
    mutating func call(_ callee: Int, _ depth: Int, indirect: Bool, isTail: Bool, suffix: [UInt8], result: ValueType?) -> Node {
        hasCalls = true
        let type = module.functions[callee].type
        var children = module.types[type].parameters.map { expression($0, depth: depth - 2) }
        if !indirect { return Node(result, [isTail ? 0x12 : 0x10] + Bytes.unsigned(callee) + suffix, children) }
        if features.contains(.functionReferences), random.chance(50) {
            let reference = ValueType.reference(ReferenceType(.concrete(UInt32(type)), isNullable: true))
            children.append(random.chance(90) ? Node(reference, [0xd2] + Bytes.unsigned(callee)) : expression(reference, depth: depth - 2))
            return Node(result, [isTail ? 0x15 : 0x14] + Bytes.unsigned(type) + suffix, children)
        }
        let is64 = module.tables[0].is64, indexType: ValueType = is64 ? .i64 : .i32
        if random.chance(7) {
            children.append(tableIndex(0, depth))
        } else if callee < module.tables[0].functions.count, random.chance(96) {
            children.append(Node(indexType, (is64 ? [0x42] : [0x41]) + Bytes.signed(Int64(callee))))
        } else {
            children.append(masked(expression(indexType, depth: depth - 1), random.pick([1, 3, 7])))
        }
        return Node(result, [isTail ? 0x13 : 0x11] + Bytes.unsigned(type) + [0] + suffix, children)
    }

    // MARK: References

    private mutating func referenceOperation(_ type: ValueType, _ depth: Int) -> Node? {
        guard features.contains(.referenceTypes) else { return nil }
        if type == .i32 {
            let operand = anyType()
            return operand.isReference ? Node(.i32, [0xd1], [expression(operand, depth: depth - 1)]) : nil
        }
        let tables = module.tables.indices.filter { module.tables[$0].element == type }
        guard type.isReference, !tables.isEmpty else { return nil }
        let table = random.pick(tables)
        return Node(type, [0x25] + Bytes.unsigned(table), [tableIndex(table, depth)])
    }
    /// An index into a table, mostly within it.
    mutating func tableIndex(_ table: Int, _ depth: Int) -> Node {
        let is64 = module.tables[table].is64, type: ValueType = is64 ? .i64 : .i32
        if random.chance(25), features.contains(.referenceTypes) {
            // The last element, or the first that is not there.
            let less: [UInt8] = random.chance(50) ? (is64 ? [0x42, 1, 0x7d] : [0x41, 1, 0x6b]) : []
            return Node(type, [0xfc, 16] + Bytes.unsigned(table) + less)
        }
        if random.chance(70) { return Node(type, (is64 ? [0x42] : [0x41]) + Bytes.signed(Int64(random.below(module.tables[table].minimum + 1)))) }
        return masked(expression(type, depth: depth - 1), random.pick([1, 3]))
    }
}
