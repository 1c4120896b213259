import PrecastEntities
public import PrecastIR

/// A finished function, shared by the callers that may inline it.
public final class FunctionBody: Sendable {
    public let function: Function
    public let summary: FunctionSummary
    public init(_ function: consuming Function) {
        summary = FunctionSummary(function)
        self.function = function
    }
}

/// Which calls are worth inlining.
public struct InliningPolicy: Sendable {
    /// Largest leaf, in instructions that become code.
    public var leafLimit = 40
    /// Largest function that calls others.
    public var callerLimit = 12
    /// How much a function may grow: to this many times its size, but at least by ``minimumGrowth``.
    public var growthFactor = 2
    public var minimumGrowth = 200
    /// How many calls deep code is inlined. Each costs a row of the tables that backtraces read, also where nothing else is left of the call.
    public var depthLimit = 16

    public init(level: OptimizationLevel = .O2) {
        if level == .Os {
            leafLimit = 8
            callerLimit = 4
        }
        if level == .O0 || level == .O1 {
            leafLimit = 0
            callerLimit = 0
        }
    }

    /// Whether anything is inlined at all.
    public var isEnabled: Bool { leafLimit > 0 || callerLimit > 0 }

    public func wants(_ callee: FunctionSummary) -> Bool {
        callee.isInlinable && callee.depth < depthLimit && callee.size <= (callee.isLeaf ? leafLimit : callerLimit)
    }
}

/// Inlines direct calls that the policy wants. Calls in the code brought in are left alone.
///
/// `body` looks up a callee by its number; it must answer nil for functions of other modules, for what may recurse into the
/// caller, and for the caller itself. Run before ``optimize(_:_:observer:)``. O(size before + size after).
/// - Returns: how many calls were inlined.
@discardableResult public func inlineCalls(_ function: inout Function, _ policy: InliningPolicy, body: (UInt32) -> FunctionBody?) -> Int {
    var calls: [(Inst, FunctionBody)] = []
    var size = 0
    var block = function.layout.firstBlock
    while block.isSome {
        var inst = function.layout.first(block)
        while inst.isSome {
            let data = function.dfg.instructions[inst]
            size += 1
            if data.opcode == .call || data.opcode == .tryCall, !function.dfg.blocks[block].isCold {
                let number = function.dfg.functions[FunctionReference(rawValue: data.a)].number
                if let callee = body(number), policy.wants(callee.summary) { calls.append((inst, callee)) }
            }
            inst = function.layout.next(inst)
        }
        block = function.layout.next(block)
    }
    let limit = max(size * policy.growthFactor, size + policy.minimumGrowth)
    var chosen: [(Inst, FunctionBody)] = []
    for (call, callee) in calls where size + callee.summary.size <= limit {
        size += callee.summary.size
        chosen.append((call, callee))
    }
    // The last first: what follows a call moves to another block, and is short then.
    for (call, callee) in chosen.reversed() { inline(callee.function, into: &function, at: call) }
    return chosen.count
}

/// Replaces a direct call by the body of the function called.
///
/// The block of the call is split behind it; the callee's entry continues the first half, its returns jump to the second with
/// their results as arguments. Where the call has handlers, so have the calls that it brings in: theirs first. Locations of the code brought in say that it was inlined at the call's location.
/// - Precondition: `call` is a `call` or `try_call` in `caller`'s layout, whose callee's signature is that of `callee`. O(callee + rest of the block).
public func inline(_ callee: borrowing Function, into caller: inout Function, at call: Inst) {
    precondition([.call, .tryCall].contains(caller.dfg.instructions[call].opcode))
    var inliner = Inliner(callee, caller, call)
    inliner.split(&caller, callee)
    inliner.copyEntities(callee, &caller)
    inliner.copyCode(callee, &caller)
    inliner.copyVariables(callee, &caller)
}

private struct Inliner {
    private let call: Inst
    private let callLocation: SourceLocation
    /// The block of the call, which the callee's entry continues, and what follows the call.
    private var first: Block
    private var rest = Block.none
    private var arguments: [Value] = []
    private var values: [Value]
    private var blocks: [Block]
    private var locations: [SourceLocation]
    /// Made when they are first met: a callee may have more than its code still names.
    private var signatures: [SignatureReference]
    private var functions: [FunctionReference]
    private var slots: [StackSlot] = []
    private var vectorConstants: [VectorConstant] = []
    /// The handlers of the call, and the exception that their arguments name.
    private var handlers: [ExceptionHandler] = []
    private var exception = Value.none

    init(_ callee: borrowing Function, _ caller: borrowing Function, _ call: Inst) {
        self.call = call
        callLocation = caller.dfg.locations[call.index]
        first = caller.layout.block(of: call)
        values = Array(repeating: .none, count: callee.dfg.values.count)
        blocks = Array(repeating: .none, count: callee.dfg.blocks.count)
        locations = Array(repeating: .none, count: callee.sourceLocations.count)
        signatures = Array(repeating: .none, count: callee.dfg.signatures.count)
        functions = Array(repeating: .none, count: callee.dfg.functions.count)
    }

    mutating func split(_ caller: inout Function, _ callee: borrowing Function) {
        arguments = caller.dfg.lists.array(caller.dfg.instructions[call].list)
        if caller.dfg.instructions[call].opcode == .tryCall { return takeOver(&caller) }
        rest = caller.dfg.makeBlock()
        caller.dfg.blocks[rest].isCold = caller.dfg.blocks[first].isCold
        for result in caller.dfg.results(call) {
            let parameter = caller.dfg.appendParameter(rest, caller.dfg.type(result))
            caller.dfg.replace(result, with: parameter)
        }
        caller.layout.insert(rest, after: first)
        caller.layout.moveTail(from: caller.layout.next(call), to: rest)
        caller.layout.remove(call)
    }

    /// A call with handlers ends its block: the rest is there already.
    private mutating func takeOver(_ caller: inout Function) {
        let table = caller.dfg.exceptionTables[caller.dfg.instructions[call].exceptionTable]
        handlers = table.handlers
        rest = caller.dfg.blockCalls[table.normal].block
        let results = caller.dfg.results(call)
        for result in results.dropLast() {
            let parameter = caller.dfg.appendParameter(rest, caller.dfg.type(result))
            caller.dfg.replace(result, with: parameter)
        }
        exception = caller.dfg.result(call, results.count - 1)
        caller.layout.remove(call)
    }

    mutating func copyEntities(_ callee: borrowing Function, _ caller: inout Function) {
        for constant in callee.dfg.vectorConstants.storage { vectorConstants.append(caller.dfg.vectorConstant(constant)) }
        for slot in callee.dfg.stackSlots.storage { slots.append(caller.dfg.stackSlots.push(slot)) }
        let entry = callee.entry
        blocks[entry.index] = first
        for i in 0..<callee.dfg.parameterCount(entry) { values[callee.dfg.parameter(entry, i).index] = arguments[i] }
        var previous = first
        var block = callee.layout.next(entry)
        while block.isSome {
            let copy = caller.dfg.makeBlock()
            blocks[block.index] = copy
            caller.dfg.blocks[copy].isCold = callee.dfg.blocks[block].isCold || caller.dfg.blocks[first].isCold
            for i in 0..<callee.dfg.parameterCount(block) {
                let parameter = callee.dfg.parameter(block, i)
                values[parameter.index] = caller.dfg.appendParameter(copy, callee.dfg.type(parameter))
            }
            caller.layout.insert(copy, after: previous)
            previous = copy
            block = callee.layout.next(block)
        }
    }

    /// Makes all instructions first, so that every result has its copy before any operand is translated.
    mutating func copyCode(_ callee: borrowing Function, _ caller: inout Function) {
        var copies: [(original: Inst, copy: Inst)] = []
        var block = callee.layout.firstBlock
        while block.isSome {
            var inst = callee.layout.first(block)
            while inst.isSome {
                let types = callee.dfg.results(inst).map { callee.dfg.type($0) }
                let location = location(callee.dfg.locations[inst.index], callee, &caller)
                let copy = caller.dfg.make(callee.dfg.instructions[inst], results: types, at: location)
                for i in types.indices { values[callee.dfg.result(inst, i).index] = caller.dfg.result(copy, i) }
                caller.layout.append(copy, to: blocks[block.index])
                copies.append((inst, copy))
                inst = callee.layout.next(inst)
            }
            block = callee.layout.next(block)
        }
        for (original, copy) in copies { translate(callee.dfg.instructions[original], copy, callee, &caller) }
    }

    /// Tells where the callee's variables are, and those of what it has inlined.
    mutating func copyVariables(_ callee: borrowing Function, _ caller: inout Function) {
        for base in callee.variables.memoryBases {
            let copy = value(base, callee)
            if copy.isSome { caller.variables.memoryBases.append(copy) }
        }
        for omitted in callee.variables.omittedStores {
            let store = location(omitted.store, callee, &caller), overwriter = location(omitted.overwriter, callee, &caller)
            caller.variables.omittedStores.append(VariableTable.OmittedStore(store: store, overwriter: overwriter))
        }
        for scope in callee.variables.scopes {
            var copy = VariableTable.Scope(inlinedAt: location(scope.inlinedAt, callee, &caller), changes: scope.changes)
            for i in copy.changes.indices where copy.changes[i].value.isSome && copy.changes[i].value != VariableTable.zero {
                copy.changes[i].value = value(copy.changes[i].value, callee)
            }
            caller.variables.scopes.append(copy)
        }
    }

    private func value(_ value: Value, _ callee: borrowing Function) -> Value { values[callee.dfg.resolve(value).index] }
    private func list(_ list: EntityList<Value>, _ callee: borrowing Function, _ caller: inout Function) -> EntityList<Value> {
        caller.dfg.lists.make(callee.dfg.lists.array(list).map { value($0, callee) })
    }
    private func blockCall(_ word: UInt32, _ callee: borrowing Function, _ caller: inout Function) -> BlockCall {
        let data = callee.dfg.blockCalls[BlockCall(rawValue: word)]
        return caller.dfg.blockCalls.push(BlockCallData(block: blocks[data.block.index], arguments: list(data.arguments, callee, &caller)))
    }

    private mutating func signature(_ word: UInt32, _ callee: borrowing Function, _ caller: inout Function) -> SignatureReference {
        let reference = SignatureReference(rawValue: word)
        if signatures[reference.index].isNone { signatures[reference.index] = caller.dfg.signature(callee.dfg.signatures[reference]) }
        return signatures[reference.index]
    }
    private mutating func function(_ word: UInt32, _ callee: borrowing Function, _ caller: inout Function) -> FunctionReference {
        let reference = FunctionReference(rawValue: word)
        if functions[reference.index].isNone {
            let data = callee.dfg.functions[reference]
            let signature = signature(data.signature.rawValue, callee, &caller)
            functions[reference.index] = caller.dfg.function(ExternalFunction(number: data.number, signature: signature))
        }
        return functions[reference.index]
    }

    /// Gives `copy` the operands of the callee's instruction.
    private mutating func translate(_ data: InstructionData, _ copy: Inst, _ callee: borrowing Function, _ caller: inout Function) {
        var new = data
        switch data.opcode.format {
        case .nullary, .immediate, .dataAddress, .trap: return
        case .vectorConstant: new.a = vectorConstants[Int(data.a)].rawValue
        case .vectorBinary:
            new.a = value(data.valueA, callee).rawValue
            new.b = value(data.valueB, callee).rawValue
            if data.vectorOperation == .i8x16Shuffle { new.c = vectorConstants[Int(data.c)].rawValue }
        case .unary, .vectorUnary, .load, .atomicLoad, .conditionalTrap: new.a = value(data.valueA, callee).rawValue
        case .binary, .compareInteger, .compareFloat, .store, .atomicStore, .atomicUpdate:
            new.a = value(data.valueA, callee).rawValue
            new.b = value(data.valueB, callee).rawValue
        case .ternary, .vectorTernary, .atomicCompareExchange:
            new.a = value(data.valueA, callee).rawValue
            new.b = value(data.valueB, callee).rawValue
            new.c = value(data.valueC, callee).rawValue
        case .stackAddress: new.a = slots[Int(data.a)].rawValue
        case .functionAddress: new.a = function(data.a, callee, &caller).rawValue
        case .call:
            new.a = function(data.a, callee, &caller).rawValue
            new.b = list(data.list, callee, &caller).position
        case .callIndirect:
            new.a = signature(data.a, callee, &caller).rawValue
            new.b = value(data.valueB, callee).rawValue
            new.c = list(data.list, callee, &caller).position
        case .tryCall:
            new.a = function(data.a, callee, &caller).rawValue
            new.b = list(data.list, callee, &caller).position
            new.c = exceptionTable(data.exceptionTable, copy, callee, &caller).rawValue
        case .tryCallIndirect:
            new.a = exceptionTable(data.exceptionTable, copy, callee, &caller).rawValue
            new.b = value(data.valueB, callee).rawValue
            new.c = list(data.list, callee, &caller).position
        case .jump: new.a = blockCall(data.a, callee, &caller).rawValue
        case .branch:
            new.a = value(data.valueA, callee).rawValue
            new.b = blockCall(data.b, callee, &caller).rawValue
            new.c = blockCall(data.c, callee, &caller).rawValue
        case .branchTable:
            new.a = value(data.valueA, callee).rawValue
            let calls = callee.dfg.jumpTables[JumpTable(rawValue: data.b)].map { blockCall($0.rawValue, callee, &caller) }
            new.b = caller.dfg.jumpTables.push(calls).rawValue
        case .return:
            let results = callee.dfg.lists.array(data.list).map { value($0, callee) }
            new = InstructionData(.jump, a: caller.dfg.makeBlockCall(rest, results).rawValue)
        }
        caller.dfg.rewrite(copy, new)
        if data.opcode == .returnCall || data.opcode == .returnCallIndirect {
            unwindTailCall(copy, new, callee, &caller)
        } else if data.opcode == .call || data.opcode == .callIndirect {
            addHandlers(copy, &caller)
        }
    }

    /// The callee's handlers, then those of the call that is replaced.
    private mutating func exceptionTable(_ table: ExceptionTable, _ copy: Inst, _ callee: borrowing Function, _ caller: inout Function) -> ExceptionTable {
        let data = callee.dfg.exceptionTables[table]
        let normal = blockCall(data.normal.rawValue, callee, &caller)
        var new = ExceptionTableData(signature: signature(data.signature.rawValue, callee, &caller), normal: normal, handlers: [])
        for handler in data.handlers {
            let call = blockCall(handler.call.rawValue, callee, &caller)
            new.handlers.append(ExceptionHandler(tag: handler.tag, retention: handler.retention, call: call))
        }
        let exception = caller.dfg.result(copy, caller.dfg.resultCount(copy) - 1)
        new.handlers += outerHandlers(for: exception, &caller)
        return caller.dfg.exceptionTables.push(new)
    }

    /// The handlers of the call that is replaced, for another call, which throws `thrown`.
    private func outerHandlers(for thrown: Value, _ caller: inout Function) -> [ExceptionHandler] {
        var copies: [ExceptionHandler] = []
        for var handler in handlers {
            let data = caller.dfg.blockCalls[handler.call]
            let arguments = caller.dfg.lists.array(data.arguments).map { caller.dfg.resolve($0) == exception ? thrown : $0 }
            handler.call = caller.dfg.makeBlockCall(data.block, arguments)
            copies.append(handler)
        }
        return copies
    }

    /// Makes a call that may throw end its block, with the handlers of the call that is replaced.
    private func addHandlers(_ plain: Inst, _ caller: inout Function) {
        let signature = caller.dfg.callSignature(plain)
        let data = caller.dfg.instructions[plain]
        // Of the system's functions only those that never return throw.
        let convention = caller.dfg.signatures[signature].convention
        guard !handlers.isEmpty, convention == .precast || caller.dfg.signatures[signature].results.isEmpty else { return }
        let block = caller.layout.block(of: plain), next = caller.dfg.makeBlock()
        caller.dfg.blocks[next].isCold = caller.dfg.blocks[block].isCold
        caller.layout.insert(next, after: block)
        caller.layout.moveTail(from: caller.layout.next(plain), to: next)
        caller.layout.remove(plain)
        let types = caller.dfg.signatures[signature].results.map(\.type) + [.i64]
        let opcode: PrecastIR.Opcode = data.opcode == .call ? .tryCall : .tryCallIndirect
        var new = InstructionData(opcode, a: data.a, b: data.b, c: data.c)
        let call = caller.dfg.make(new, results: types, at: caller.dfg.locations[plain.index])
        for (i, result) in caller.dfg.results(plain).enumerated() { caller.dfg.replace(result, with: caller.dfg.result(call, i)) }
        var table = ExceptionTableData(signature: signature, normal: caller.dfg.makeBlockCall(next, EmptyCollection()), handlers: [])
        table.handlers = outerHandlers(for: caller.dfg.result(call, types.count - 1), &caller)
        let number = caller.dfg.exceptionTables.push(table).rawValue
        if opcode == .tryCall { new.c = number } else { new.a = number }
        caller.dfg.rewrite(call, new)
        caller.layout.append(call, to: block)
    }

    /// A tail call of the callee is an ordinary call here, whose results go to the rest of the caller.
    private func unwindTailCall(_ copy: Inst, _ data: InstructionData, _ callee: borrowing Function, _ caller: inout Function) {
        var data = data
        data.opcode = data.opcode == .returnCall ? .call : .callIndirect
        let types = callee.signature.results.map(\.type)
        data.type = types.first ?? .none
        // The callee's frame is gone when what it calls runs.
        let plain = caller.dfg.make(data, results: types, at: callLocation)
        caller.layout.insert(plain, before: copy)
        let results = caller.dfg.results(plain).map { $0 }
        caller.dfg.rewrite(copy, InstructionData(.jump, a: caller.dfg.makeBlockCall(rest, results).rawValue))
        addHandlers(plain, &caller)
    }

    /// The caller's row for a location of the callee: the same place, inlined at the call.
    private mutating func location(_ location: SourceLocation, _ callee: borrowing Function, _ caller: inout Function) -> SourceLocation {
        if location.isNone { return callLocation }
        var chain: [SourceLocation] = []
        var at = location
        while at.isSome && locations[at.index].isNone {
            chain.append(at)
            at = callee.sourceLocations[at].inlinedAt
        }
        var outer = at.isSome ? locations[at.index] : callLocation
        for link in chain.reversed() {
            var data = callee.sourceLocations[link]
            data.inlinedAt = outer
            outer = caller.sourceLocations.push(data)
            locations[link.index] = outer
        }
        return outer
    }
}
