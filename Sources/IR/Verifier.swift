import PrecastEntities

/// Why a function is not valid.
public struct VerifierError: Error, Equatable, CustomStringConvertible {
    /// What is wrong: what was expected and what was found.
    public var message: String
    public var block: Block
    public var inst: Inst
    /// The instruction's text; empty where the error is not about one.
    public var text: String
    public var description: String {
        var place = block.isSome ? "block\(block.rawValue): " : ""
        if !text.isEmpty { place += "`\(text)`: " }
        return place + message
    }
}

/// Checks every invariant of a function; throws the first violation.
///
/// - layout: lists are consistent, no instruction stands twice, each block ends in its only terminator;
/// - calls with handlers: go on in a block of their own, which alone sees their results;
/// - entry: has the signature's parameters and no predecessor;
/// - handles: every value, block, signature, function, slot and location exists; block calls and lists have one owner;
/// - types of operands and results are what the opcode wants; arguments match parameters;
/// - every use is dominated by its definition, which is itself in the layout (not asked of unreachable blocks).
///
/// O(instructions + operands) plus the dominator tree.
public func verify(_ function: borrowing Function) throws(VerifierError) {
    var verifier = Verifier(function)
    try verifier.layout(function)
    let cfg = ControlFlowGraph(function)
    verifier.tree = DominatorTree(cfg)
    try verifier.entry(function, cfg)
    var block = function.layout.firstBlock
    while block.isSome {
        verifier.block = block
        try verifier.parameters(function)
        try verifier.normalSuccessors(function, cfg)
        var inst = function.layout.first(block)
        while inst.isSome {
            verifier.inst = inst
            try verifier.instruction(function)
            inst = function.layout.next(inst)
        }
        verifier.inst = .none
        block = function.layout.next(block)
    }
}

struct Verifier {
    var tree: DominatorTree?
    var block = Block.none
    var inst = Inst.none
    /// Position of each instruction in the layout; 0 where it is in none.
    private var positions: [UInt32]
    private var blockCallsSeen = DenseBitSet()
    private var listsSeen = DenseBitSet()

    init(_ function: borrowing Function) {
        positions = Array(repeating: 0, count: function.dfg.instructions.count)
    }

    func error(_ message: String) -> VerifierError {
        VerifierError(message: message, block: block, inst: inst, text: "")
    }
    /// An error whose instruction is sound enough to be printed.
    func error(printing message: String, _ function: borrowing Function) -> VerifierError {
        VerifierError(message: message, block: block, inst: inst, text: inst.isSome ? print(inst, of: function) : "")
    }

    // MARK: Layout

    mutating func layout(_ function: borrowing Function) throws(VerifierError) {
        if function.layout.firstBlock.isNone { throw error("the function has no block") }
        var position: UInt32 = 0
        var blockCount = 0
        var previous = Block.none
        var at = function.layout.firstBlock
        while at.isSome {
            block = at
            blockCount += 1
            guard function.dfg.blocks.contains(at), blockCount <= function.dfg.blocks.count else {
                throw error("the block list is broken")
            }
            guard function.layout.isInserted(at), function.layout.previous(at) == previous else {
                throw error("the block list is inconsistent")
            }
            try instructions(of: at, &position, function)
            previous = at
            at = function.layout.next(at)
        }
        if function.layout.lastBlock != previous { throw error("lastBlock is not the last block") }
        block = .none
        inst = .none
    }

    private mutating func instructions(of block: Block, _ position: inout UInt32, _ function: borrowing Function) throws(VerifierError) {
        var previous = Inst.none
        inst = function.layout.first(block)
        if inst.isNone { throw error("the block is empty") }
        while inst.isSome {
            guard function.dfg.instructions.contains(inst) else { throw error("instruction \(inst.rawValue) does not exist") }
            if positions[inst.index] != 0 { throw error("instruction \(inst.rawValue) stands in the layout twice") }
            if function.layout.block(of: inst) != block { throw error("instruction \(inst.rawValue) says that it is in another block") }
            if function.layout.previous(inst) != previous { throw error("the instruction list is inconsistent") }
            position += 1
            positions[inst.index] = position
            previous = inst
            inst = function.layout.next(inst)
            let opcode = function.dfg.instructions[previous].opcode
            if opcode.isTerminator != inst.isNone {
                inst = previous
                throw error(opcode.isTerminator ? "terminator \(opcode.name) is not last in its block" : "the block does not end in a terminator")
            }
            if let broken = brokenHandle(previous, function) {
                inst = previous
                throw error(broken)
            }
        }
        if function.layout.last(block) != previous { throw error("the block's last instruction is not its last") }
    }

    /// Checks that what the words of an instruction name exists, so that the rest may follow them.
    private mutating func brokenHandle(_ inst: Inst, _ function: borrowing Function) -> String? {
        let data = function.dfg.instructions[inst]
        var broken: String?
        switch data.opcode.format {
        case .call, .functionAddress:
            let callee = FunctionReference(rawValue: data.a)
            guard function.dfg.functions.contains(callee) else { return "there is no fn\(data.a)" }
            let signature = function.dfg.functions[callee].signature
            if !function.dfg.signatures.contains(signature) { return "there is no sig\(signature.rawValue)" }
        case .callIndirect:
            if !function.dfg.signatures.contains(SignatureReference(rawValue: data.a)) { return "there is no sig\(data.a)" }
        case .stackAddress:
            let slot = StackSlot(rawValue: data.a)
            guard function.dfg.stackSlots.contains(slot) else { return "there is no ss\(data.a)" }
            if data.b > function.dfg.stackSlots[slot].size { return "offset \(data.b) is outside ss\(data.a)" }
        case .jump, .branch:
            for word in data.opcode == .jump ? [data.a] : [data.b, data.c] where broken == nil {
                broken = brokenCall(BlockCall(rawValue: word), function)
            }
        case .branchTable:
            let table = JumpTable(rawValue: data.b)
            guard function.dfg.jumpTables.contains(table), !function.dfg.jumpTables[table].isEmpty else { return "there is no jump table \(data.b)" }
            for call in function.dfg.jumpTables[table] where broken == nil { broken = brokenCall(call, function) }
        case .tryCall, .tryCallIndirect: broken = brokenExceptionTable(data, function)
        default: break
        }
        if broken == nil && !data.list.isEmpty && !listsSeen.insert(Int(data.list.position)) { return "the list of values has two owners" }
        return broken ?? brokenOperand(inst, function)
    }
    private mutating func brokenExceptionTable(_ data: InstructionData, _ function: borrowing Function) -> String? {
        guard function.dfg.exceptionTables.contains(data.exceptionTable) else { return "there is no exception table \(data.exceptionTable.rawValue)" }
        let table = function.dfg.exceptionTables[data.exceptionTable]
        if !function.dfg.signatures.contains(table.signature) { return "there is no sig\(table.signature.rawValue)" }
        if data.opcode == .tryCall {
            let callee = FunctionReference(rawValue: data.a)
            guard function.dfg.functions.contains(callee) else { return "there is no fn\(data.a)" }
            if function.dfg.functions[callee].signature != table.signature { return "fn\(data.a) and the exception table differ in signature" }
        }
        if table.handlers.isEmpty { return "the exception table has no handler" }
        var broken = brokenCall(table.normal, function)
        for handler in table.handlers where broken == nil { broken = brokenCall(handler.call, function) }
        return broken
    }
    private mutating func brokenCall(_ call: BlockCall, _ function: borrowing Function) -> String? {
        guard function.dfg.blockCalls.contains(call) else { return "there is no block call \(call.rawValue)" }
        let data = function.dfg.blockCalls[call]
        guard function.dfg.blocks.contains(data.block), function.layout.isInserted(data.block) else {
            return "target block\(data.block.rawValue) is not in the layout"
        }
        if !blockCallsSeen.insert(call.index) { return "the call of block\(data.block.rawValue) has two owners" }
        if !data.arguments.isEmpty && !listsSeen.insert(Int(data.arguments.position)) { return "the list of arguments has two owners" }
        return nil
    }
    private func brokenOperand(_ inst: Inst, _ function: borrowing Function) -> String? {
        let location = function.dfg.locations[inst.index]
        if location.isSome && !function.sourceLocations.contains(location) { return "there is no source location \(location.rawValue)" }
        let data = function.dfg.instructions[inst]
        var broken: String?
        func check(_ value: Value, _ function: borrowing Function) {
            if !function.dfg.values.contains(value) {
                broken = "there is no v\(value.rawValue)"
                return
            }
            var at = value
            var steps = 0
            while function.dfg.values[at].kind == .alias {
                at = Value(rawValue: function.dfg.values[at].owner)
                steps += 1
                if !function.dfg.values.contains(at) || steps > function.dfg.values.count {
                    broken = "v\(value.rawValue) is an alias of nothing"
                    return
                }
            }
        }
        func check(_ list: EntityList<Value>, _ function: borrowing Function) {
            for i in 0..<function.dfg.lists.count(list) { check(function.dfg.lists.get(list, i), function) }
        }
        for i in 0..<data.opcode.format.valueWords {
            check(Value(rawValue: i == 0 ? data.a : i == 1 ? data.b : data.c), function)
        }
        if data.opcode.format == .callIndirect || data.opcode.format == .tryCallIndirect { check(data.valueB, function) }
        check(data.list, function)
        function.dfg.forEachBlockCall(inst) { call in
            for value in function.dfg.arguments(call) where !function.dfg.values.contains(value) { broken = "there is no v\(value.rawValue)" }
        }
        if broken == nil { function.dfg.forEachBlockCall(inst) { call in check(function.dfg.blockCalls[call].arguments, function) } }
        return broken
    }

    // MARK: Blocks

    mutating func entry(_ function: borrowing Function, _ cfg: ControlFlowGraph) throws(VerifierError) {
        block = function.entry
        if !cfg.predecessors(block).isEmpty { throw error("the entry block has a predecessor") }
        let found = function.dfg.parameters(block).map { function.dfg.type($0) }
        let wanted = function.signature.parameters.map(\.type)
        if found != wanted {
            throw error("the entry block's parameters are (\(names(found))), the signature's are (\(names(wanted)))")
        }
    }
    /// Where a call with handlers goes on, nothing else leads, and nothing is passed.
    func normalSuccessors(_ function: borrowing Function, _ cfg: ControlFlowGraph) throws(VerifierError) {
        let terminator = function.terminator(block)
        let data = function.dfg.instructions[terminator]
        guard data.opcode.isTryCall else { return }
        let normal = function.dfg.blockCalls[function.dfg.exceptionTables[data.exceptionTable].normal]
        if cfg.predecessors(normal.block).count != 1 || function.dfg.parameterCount(normal.block) != 0 {
            throw error("block\(normal.block.rawValue), behind a call with handlers, has other predecessors or parameters")
        }
    }
    func parameters(_ function: borrowing Function) throws(VerifierError) {
        for (i, value) in function.dfg.parameters(block).enumerated() {
            let data = function.dfg.values[value]
            if data.kind != .parameter || data.owner != block.rawValue || data.number != i {
                throw error("v\(value.rawValue) is listed as parameter \(i) but is not")
            }
        }
    }

    // MARK: Instructions

    mutating func instruction(_ function: borrowing Function) throws(VerifierError) {
        let resultCount = function.dfg.resultCount(inst)
        for i in 0..<resultCount {
            let data = function.dfg.values[function.dfg.result(inst, i)]
            if data.kind == .result && (data.owner != inst.rawValue || data.number != i) {
                throw error("result \(i) belongs to another instruction")
            }
            if data.kind == .parameter { throw error("result \(i) is a block parameter") }
        }
        try types(function)
        if tree?.isReachable(block) == true { try uses(function) }
    }

    private func uses(_ function: borrowing Function) throws(VerifierError) {
        var undefined = Value.none
        let data = function.dfg.instructions[inst]
        let results = data.opcode.isTryCall ? function.dfg.resultCount(inst) : 0
        // The exception of this very call: its handlers may name it.
        let exception = results > 0 ? function.dfg.result(inst, results - 1) : Value.none
        function.dfg.forEachOperand(inst) { value in
            if value != exception && !isDefined(value, function) { undefined = value }
        }
        if results > 0 {
            function.dfg.forEach(data.list) { if $0 == exception { undefined = exception } }
            if data.opcode == .tryCallIndirect && function.dfg.resolve(data.valueB) == exception { undefined = exception }
        }
        if undefined.isSome { throw error(printing: "v\(undefined.rawValue) is not defined on every way here", function) }
    }

    /// Whether the definition of a resolved value is in the layout and dominates the current instruction.
    private func isDefined(_ value: Value, _ function: borrowing Function) -> Bool {
        let data = function.dfg.values[value]
        if data.kind == .parameter {
            let owner = Block(rawValue: data.owner)
            guard function.dfg.blocks.contains(owner), data.number < function.dfg.parameterCount(owner) else { return false }
            return function.dfg.parameter(owner, data.number) == value && tree?.dominates(owner, block) == true
        }
        let definition = Inst(rawValue: data.owner)
        guard function.dfg.instructions.contains(definition), positions[definition.index] != 0,
            data.number < function.dfg.resultCount(definition), function.dfg.result(definition, data.number) == value
        else { return false }
        let owner = function.layout.block(of: definition)
        if function.dfg.instructions[definition].opcode.isTryCall {
            let table = function.dfg.exceptionTables[function.dfg.instructions[definition].exceptionTable]
            return data.number < function.dfg.resultCount(definition) - 1
                && tree?.dominates(function.dfg.blockCalls[table.normal].block, block) == true
        }
        return owner == block ? positions[definition.index] < positions[inst.index] : tree?.dominates(owner, block) == true
    }

    func names(_ types: [Type]) -> String { types.map(\.name).joined(separator: ", ") }
}

extension Opcode.Format {
    /// How many of the words `a b c`, from the first on, are values.
    var valueWords: Int {
        switch self {
        case .unary, .vectorUnary, .load, .atomicLoad, .conditionalTrap, .branch, .branchTable: 1
        case .binary, .vectorBinary, .compareInteger, .compareFloat, .store, .atomicStore, .atomicUpdate: 2
        case .ternary, .vectorTernary, .atomicCompareExchange: 3
        default: 0
        }
    }
}
