import PrecastEntities
import PrecastIR

/// Global value numbering with algebraic simplification, constant folding, and elimination of redundant loads, in one walk.
///
/// Walks the dominator tree in preorder with a scoped table of known expressions. Each instruction is simplified (`Simplifier+*.swift`)
/// until no rule applies, then looked up: what a dominating instruction computed already becomes an alias of it. Trapping operations
/// take part: the dominating one did not trap on the same operands. On the way the walk learns
/// - what memory holds: a load is keyed with the version of its region (``MemoryVersions``), and a store makes its value known;
///   what is known of disjoint bytes at the same base survives a store;
/// - what branches and traps imply: past them their condition is known.
/// Comparisons are not shared between blocks: one that stands near the branch on it costs less than a result kept in a register.
///
/// Source: Briggs, Cooper, Simpson, "Value Numbering" (1997), dominator-based. O(instructions) expected.
/// - Returns: whether edges changed, because a branch's condition turned out to be known.
func numberValues(_ function: inout Function, _ cfg: ControlFlowGraph, _ tree: DominatorTree) -> Bool {
    var walk = ValueNumbering(function, cfg)
    var scopes: [Block] = []
    for block in tree.preorder {
        while let top = scopes.last, top != tree.immediateDominator(block) {
            walk.simplifier.table.leaveScope()
            scopes.removeLast()
        }
        walk.simplifier.table.enterScope()
        scopes.append(block)
        walk.number(block, &function, cfg)
    }
    return walk.simplifier.foldedBranch
}

private struct ValueNumbering {
    /// A value known to be in memory.
    struct Known {
        var key: InstructionData
        var slot: Int
        var size: Int
        var value: Value
    }
    static let knownLimit = 12

    var simplifier: Simplifier
    private let versions: MemoryVersions
    private var current: [UInt32]
    private var known: [Known] = []

    init(_ function: borrowing Function, _ cfg: ControlFlowGraph) {
        simplifier = Simplifier(function)
        versions = MemoryVersions(function, cfg)
        current = Array(repeating: 0, count: versions.slotCount)
    }

    mutating func number(_ block: Block, _ function: inout Function, _ cfg: ControlFlowGraph) {
        for slot in 0..<versions.slotCount { current[slot] = versions.version(slot, atEntryOf: block) }
        known.removeAll(keepingCapacity: true)
        learnFromBranch(into: block, function, cfg)
        var inst = function.layout.first(block)
        while inst.isSome {
            let next = function.layout.next(inst)
            visit(inst, &function)
            inst = next
        }
    }

    private mutating func visit(_ inst: Inst, _ function: inout Function) {
        function.dfg.resolveOperands(inst)
        simplifier.position = inst
        let opcode = function.dfg.instructions[inst].opcode
        if opcode.isLoad {
            simplifier.foldAddress(inst, &function)
            load(inst, &function)
        } else if opcode.isStore {
            simplifier.foldAddress(inst, &function)
            simplifier.narrowStoredValue(inst, &function)
            store(inst, function)
        } else if opcode.isCall || opcode.isAtomic {
            write(.max, inst)
        } else if opcode.format == .conditionalTrap {
            conditionalTrap(inst, &function)
        } else if opcode == .branch {
            simplifier.simplifyBranch(inst, &function)
        } else if !opcode.isTerminator && opcode != .nop {
            compute(inst, &function)
        }
    }

    private mutating func compute(_ inst: Inst, _ function: inout Function) {
        let result = function.dfg.result(inst)
        if let same = simplifier.simplify(inst, &function) {
            function.dfg.replace(result, with: same)
            function.layout.remove(inst)
            return
        }
        let data = function.dfg.instructions[inst]
        var key = data
        // Blocks have comparisons of their own: a mask is known by the first of several equal ones.
        if data.opcode == .selectGuard { key.a = simplifier.representative(data.valueA, function).rawValue }
        guard let same = simplifier.table.find(key) else { return simplifier.table.insert(key, result) }
        if (data.opcode == .icmp || data.opcode == .fcmp) && !isInSameBlock(same, inst, function) { return }
        function.dfg.replace(result, with: same)
        function.layout.remove(inst)
    }
    private func isInSameBlock(_ value: Value, _ inst: Inst, _ function: borrowing Function) -> Bool {
        function.dfg.definition(value).map { function.layout.block(of: $0) == function.layout.block(of: inst) } ?? false
    }

    // MARK: Conditions

    /// In a block that only one edge of a branch leads to, the branch's condition is known.
    private mutating func learnFromBranch(into block: Block, _ function: borrowing Function, _ cfg: ControlFlowGraph) {
        let edges = cfg.predecessors(block)
        guard edges.count == 1, let edge = edges.first else { return }
        let data = function.dfg.instructions[function.terminator(edge.block)]
        if data.opcode == .branch { simplifier.learn(function.dfg.resolve(data.valueA), isNonzero: edge.call.rawValue == data.b, function) }
    }

    private mutating func conditionalTrap(_ inst: Inst, _ function: inout Function) {
        simplifier.simplifyCondition(inst, &function)
        let data = function.dfg.instructions[inst]
        let trapsIfZero = data.opcode == .trapIfZero
        if simplifier.isNonzero(data.valueA, function) == trapsIfZero {
            function.layout.remove(inst)
        } else {
            simplifier.learn(data.valueA, isNonzero: trapsIfZero, function)
        }
    }

    // MARK: Memory

    private func key(_ data: InstructionData, _ version: UInt32) -> InstructionData {
        var key = data
        key.flags = data.memoryFlags.isReadOnly ? 256 : UInt16(data.memoryFlags.region.rawValue)
        key.c = data.memoryFlags.isReadOnly ? 0 : version
        return key
    }

    private mutating func load(_ inst: Inst, _ function: inout Function) {
        let data = function.dfg.instructions[inst]
        let slot = versions.slot(data.memoryFlags.region)
        let key = key(data, current[slot])
        if let value = simplifier.table.find(key) {
            function.dfg.replace(function.dfg.result(inst), with: value)
            function.layout.remove(inst)
        } else {
            remember(key, slot, data.accessSize, function.dfg.result(inst))
        }
    }

    private mutating func store(_ inst: Inst, _ function: borrowing Function) {
        let data = function.dfg.instructions[inst]
        let slot = versions.slot(data.memoryFlags.region)
        let survivors = data.memoryFlags.region == .any ? [] : known.filter {
            $0.slot == slot && $0.key.c == current[slot] && $0.key.a == data.b && isDisjoint(Int($0.key.offset), $0.size, Int(data.offset), data.accessSize)
        }
        write(versions.clobbered(by: data), inst)
        for entry in survivors { remember(key(entry.key, withVersion: current[slot]), slot, entry.size, entry.value) }
        if data.opcode != .store { return }
        let load = InstructionData(.load, data.type, flags: data.flags, a: data.b, b: data.c)
        remember(key(load, current[slot]), slot, data.accessSize, data.valueA)
    }
    private func key(_ key: InstructionData, withVersion version: UInt32) -> InstructionData {
        var key = key
        key.c = version
        return key
    }
    private func isDisjoint(_ a: Int, _ aSize: Int, _ b: Int, _ bSize: Int) -> Bool { a + aSize <= b || b + bSize <= a }

    private mutating func remember(_ key: InstructionData, _ slot: Int, _ size: Int, _ value: Value) {
        simplifier.table.insert(key, value)
        if key.flags > 255 || slot == 0 { return }
        if known.count == Self.knownLimit { known.removeFirst(Self.knownLimit / 2) }
        known.append(Known(key: key, slot: slot, size: size, value: value))
    }

    /// Notes that `inst` changes the slots of `mask`.
    private mutating func write(_ mask: UInt64, _ inst: Inst) {
        for slot in 0..<versions.slotCount where mask & 1 << UInt64(slot) != 0 { current[slot] = MemoryVersions.version(after: inst) }
    }
}
