import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel

/// An open `try_table`: its clauses, and the handlers around it.
struct TryScope {
    /// A clause: where it goes, and the block that the exceptions it catches come to.
    struct Clause {
        var kind: CatchClause.Kind
        var tag: TagIndex
        /// Index of the frame that it branches to.
        var target: Int
        var block: Block
    }
    var clauses: [Clause]
    var outerHandlers: [ActiveHandler]
}

/// A handler that a call at hand may reach.
struct ActiveHandler: BitwiseCopyable {
    /// The tag, none for all.
    var tag: TagIndex
    var keepsReference: Bool
    /// Index of the frame that its clause branches to.
    var target: Int
    var block: Block
}

/// Exceptions (docs/abi.md, "Exceptions"). Calls within a `try_table` end their block and name the handlers around them; what is thrown
/// is an object of the store whose address the handlers get.
extension FunctionTranslator {
    mutating func translateException(_ op: Operator) {
        switch op.opcode {
        case .tryTable: openTry(op)
        case .throw: translateThrow(TagIndex(rawValue: op.index))
        case .throwRef:
            let exception = pop()
            builder.trapIf(zero: true, exception, code: TrapCode.nullExceptionReference.rawValue)
            throwException(exception)
        default: break
        }
    }

    // MARK: try_table

    private mutating func openTry(_ op: Operator) {
        var scope = TryScope(clauses: [], outerHandlers: activeHandlers)
        for clause in reader.catchClauses {
            let block = builder.makeBlock()
            builder.function.dfg.appendParameter(block, .i64)
            builder.function.dfg.blocks[block].isCold = true
            let target = frames.count - 1 - Int(clause.label)
            scope.clauses.append(TryScope.Clause(kind: clause.kind, tag: clause.tag, target: target, block: block))
        }
        tryScopes.append(scope)
        activeHandlers = handlers(of: scope)
        openFrame(.tryTable, op)
    }

    /// The scope's handlers before those around it; without those behind another that takes the same exceptions.
    private func handlers(of scope: TryScope) -> [ActiveHandler] {
        var handlers: [ActiveHandler] = []
        var seen = Set<TagIndex>()
        let inner = scope.clauses.lazy.map { clause in
            let keepsReference = clause.kind == .tagReference || clause.kind == .allReference
            return ActiveHandler(tag: clause.tag, keepsReference: keepsReference, target: clause.target, block: clause.block)
        }
        for list in [Array(inner), scope.outerHandlers] {
            for handler in list where seen.insert(handler.tag).inserted {
                handlers.append(handler)
                if handler.tag.isNone { return handlers }
            }
        }
        return handlers
    }

    /// Ends the innermost `try_table`, whose frame is the innermost: what falls through goes to its label, then come the handlers.
    mutating func closeTry() {
        guard let scope = tryScopes.popLast() else { return }
        activeHandlers = scope.outerHandlers
        guard scope.clauses.contains(where: { builder.predecessorCount($0.block) > 0 }) else { return }
        if builder.block.isSome {
            let results = frames[frames.count - 1].shape.results.count
            builder.jump(label(frames.count - 1), top(results))
        }
        history?.enterHandlers(at: offset)
        for clause in scope.clauses where builder.predecessorCount(clause.block) > 0 {
            start(clause.block)
            let exception = builder.function.dfg.parameter(clause.block, 0)
            var values: [Value] = []
            if clause.tag.isSome {
                let types = environment.typePool[environment.tags[clause.tag.index].parameters]
                for (i, type) in types.enumerated() { values.append(builder.load(type, exception, offset: payloadOffset(i), Self.payloadFlags)) }
            }
            if clause.kind == .tagReference || clause.kind == .allReference { values.append(exception) }
            branch(to: clause.target, values)
        }
    }

    private mutating func branch(to frame: Int, _ values: [Value]) {
        if frames[frame].kind == .function { return builder.return(values) }
        builder.jump(label(frame), values)
    }

    // MARK: Throwing

    private mutating func translateThrow(_ tag: TagIndex) {
        let plan = environment.tags[tag.index]
        let values = Array(top(plan.parameters.count))
        stack.removeLast(values.count)
        if let handler = localHandler(tag) { return branch(to: handler.target, handler.tag.isSome ? values : []) }
        let address = tagAddress(plan)
        let call = callBuiltin(.makeException, context: context, address)
        callFailing(call)
        let exception = builder.function.dfg.result(call)
        for (i, value) in values.enumerated() { builder.store(value, exception, offset: payloadOffset(i), Self.payloadFlags) }
        throwException(exception)
    }

    /// The handler of this function that is certain to take exceptions of `tag`, if it does not want their address: throwing is branching then.
    private func localHandler(_ tag: TagIndex) -> ActiveHandler? {
        for handler in activeHandlers {
            if handler.tag == tag || handler.tag.isNone { return handler.keepsReference ? nil : handler }
            // Two imports may be one tag.
            if environment.tags[tag.index].isImported && environment.tags[handler.tag.index].isImported { return nil }
        }
        return nil
    }

    private mutating func throwException(_ exception: Value) {
        throwCalls.insert(callBuiltin(.throwException, context: context, exception, mayThrow: true))
        markCold()
        builder.trap(code: TrapCode.unreachable.rawValue)
    }

    private mutating func tagAddress(_ tag: TagPlan) -> Value {
        tag.isImported ? loadContext(tag.offset) : builder.binary(.iadd, .i64, context, builder.constant(.i64, Int64(tag.offset)))
    }
    private func payloadOffset(_ i: Int) -> Int32 { RuntimeOffsets.exceptionPayload + Int32(i) * Int32(RuntimeOffsets.slotSize) }
    private static var payloadFlags: MemoryFlags { MemoryFlags(region: AliasRegions.slots) }

    // MARK: Calls that exceptions may leave

    /// Emits a `call` or `call_indirect`, or its form with the handlers around it.
    mutating func emitThrowingCall(_ data: InstructionData, signature: SignatureReference) -> Inst {
        if activeHandlers.isEmpty { return builder.emitCall(data, signature: signature) }
        var data = data
        data.opcode = data.opcode == .call ? .tryCall : .tryCallIndirect
        let handlers = activeHandlers.map { (tag: $0.tag.isSome ? $0.tag.rawValue : nil, retention: $0.keepsReference ? ExceptionHandler.Retention.kept : .read, block: $0.block) }
        return builder.emitTryCall(data, signature: signature, handlers: handlers)
    }
}
