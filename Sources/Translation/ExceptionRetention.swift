import PrecastEntities
import PrecastIR

/// Finds out how long exceptions last that handlers take with their reference.
///
/// - Input: a translated function, and the calls in it that throw. Output: the retention of each handler (``ExceptionHandler/retention``).
/// - What compilers write for clean-ups and for `catch` in C++ takes a reference only to throw it again, or to drop it. The address of such an exception
///   is in values of this function alone: the parameter of the handler's block and parameters that are given nothing else. If these are only compared, and
///   thrown where none of them is read again before the handler is entered anew, then the exception ends with the throw, at the latest
///   with the frame, or when this handler takes the next one.
/// - Complexity: O(instructions + handlers × blocks), and nothing where no reference is taken.
func settleRetention(_ function: inout Function, throws throwCalls: Set<Inst>) {
    var blocks: [Block] = []
    forEachKeepingHandler(function) { handler in
        let block = function.dfg.blockCalls[handler.call].block
        if !blocks.contains(block) { blocks.append(block) }
    }
    if blocks.isEmpty { return }
    let analysis = RetentionAnalysis(function, throwCalls)
    var found: [Block: ExceptionHandler.Retention] = [:]
    for block in blocks { found[block] = analysis.retention(block, function) }
    for table in function.dfg.exceptionTables.keys {
        for i in function.dfg.exceptionTables[table].handlers.indices where function.dfg.exceptionTables[table].handlers[i].retention == .kept {
            let block = function.dfg.blockCalls[function.dfg.exceptionTables[table].handlers[i].call].block
            if let retention = found[block] { function.dfg.exceptionTables[table].handlers[i].retention = retention }
        }
    }
}

private func forEachKeepingHandler(_ function: borrowing Function, _ body: (ExceptionHandler) -> Void) {
    for table in function.dfg.exceptionTables.keys {
        for handler in function.dfg.exceptionTables[table].handlers where handler.retention == .kept { body(handler) }
    }
}

private struct RetentionAnalysis {
    private let throwCalls: Set<Inst>
    private let cfg: ControlFlowGraph
    /// The instructions that read each value.
    private var users: [Value: [Inst]] = [:]

    init(_ function: borrowing Function, _ throwCalls: Set<Inst>) {
        self.throwCalls = throwCalls
        cfg = ControlFlowGraph(function)
        var users: [Value: [Inst]] = [:]
        for block in cfg.reversePostorder {
            var inst = function.layout.first(block)
            while inst.isSome {
                function.dfg.forEachOperand(inst) { users[$0, default: []].append(inst) }
                inst = function.layout.next(inst)
            }
        }
        self.users = users
    }

    /// What becomes of the first parameter of `handler`.
    func retention(_ handler: Block, _ function: borrowing Function) -> ExceptionHandler.Retention {
        guard cfg.isReachable(handler), function.dfg.parameterCount(handler) > 0 else { return .kept }
        var names = [function.dfg.parameter(handler, 0)]
        var readers: [Inst] = [], thrown: [Inst] = []
        var next = 0
        while next < names.count {
            let value = names[next]
            next += 1
            for inst in users[value] ?? [] {
                let data = function.dfg.instructions[inst]
                readers.append(inst)
                if throwCalls.contains(inst) {
                    thrown.append(inst)
                } else if data.opcode.isCall || !(data.opcode.isTerminator || data.opcode == .icmp || data.opcode.format == .conditionalTrap) {
                    return .kept
                } else if data.opcode == .return {
                    return .kept
                }
                addParameters(given: value, by: inst, &names, function)
            }
        }
        for name in names.dropFirst() where !isGiven(only: names, name, function) { return .kept }
        if thrown.isEmpty { return .read }
        let readingBlocks = Set(readers.map { function.layout.block(of: $0) })
        for inst in thrown where isReadAgain(after: inst, readingBlocks, handler, function) { return .kept }
        return .rethrown
    }

    /// The parameters that `inst` gives `value` to.
    private func addParameters(given value: Value, by inst: Inst, _ names: inout [Value], _ function: borrowing Function) {
        function.dfg.forEachBlockCall(inst) { call in
            for (i, argument) in function.dfg.arguments(call).enumerated() where function.dfg.resolve(argument) == value {
                let parameter = function.dfg.parameter(function.dfg.blockCalls[call].block, i)
                if !names.contains(parameter) { names.append(parameter) }
            }
        }
    }

    private func isGiven(only names: [Value], _ parameter: Value, _ function: borrowing Function) -> Bool {
        let data = function.dfg.values[parameter]
        return cfg.predecessors(Block(rawValue: data.owner)).allSatisfy { edge in
            names.contains(function.dfg.resolve(function.dfg.lists.get(function.dfg.blockCalls[edge.call].arguments, data.number)))
        }
    }

    /// Whether a way from the handlers of a throw leads to a reader, other than through `handler`.
    private func isReadAgain(after inst: Inst, _ readers: Set<Block>, _ handler: Block, _ function: borrowing Function) -> Bool {
        var seen: Set<Block> = [handler]
        var work = [Block]()
        function.dfg.forEachBlockCall(inst) { work.append(function.dfg.blockCalls[$0].block) }
        while let block = work.popLast() {
            if !seen.insert(block).inserted { continue }
            if readers.contains(block) { return true }
            for edge in cfg.successors(block) { work.append(edge.block) }
        }
        return false
    }
}
