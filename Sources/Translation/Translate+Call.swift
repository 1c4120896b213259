import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel

/// Calls. A function of the module itself is called by number with the same context; an import or reference by address, with
/// its own context and the caller's.
extension FunctionTranslator {
    mutating func translateCall(_ op: Operator) {
        switch op.opcode {
        case .call, .returnCall: callFunction(op.functionIndex, isTail: op.opcode == .returnCall)
        case .callIndirect, .returnCallIndirect: callElement(op, isTail: op.opcode == .returnCallIndirect)
        case .callRef, .returnCallRef: callReference(op, isTail: op.opcode == .returnCallRef)
        default: break
        }
    }

    private mutating func callReference(_ op: Operator, isTail: Bool) {
        let reference = pop(), type = TypeIndex(rawValue: op.index)
        if let function = functionOf[reference] { return callFunction(function, isTail: isTail) }
        let trap = TrapCode.nullFunctionReference
        if !usesSignals && mayBeNull(reference) { builder.trapIf(zero: true, reference, code: trap.rawValue) }
        enterReference(reference, type, trap: trap, isTail: isTail)
    }

    private mutating func callFunction(_ function: FunctionIndex, isTail: Bool) {
        let type = environment.module.functions[function.index]
        guard environment.module.isImported(function) else { return callDefined(function, type, isTail: isTail) }
        let slot = Int32(environment.layout.importedFunction(function.rawValue))
        let code = loadContext(slot + RuntimeOffsets.importCode), callee = loadContext(slot + RuntimeOffsets.importContext)
        callAddress(code, callee: callee, type, isTail: isTail)
    }

    private mutating func callDefined(_ function: FunctionIndex, _ type: TypeIndex, isTail: Bool) {
        let callee = functionReference(function)
        popArguments(type, callee: context)
        let list = builder.function.dfg.lists.make(arguments)
        if isTail {
            builder.emitEffect(InstructionData(.returnCall, a: callee.rawValue, b: list.position))
        } else {
            let data = InstructionData(.call, a: callee.rawValue, b: list.position)
            pushResults(emitThrowingCall(data, signature: directSignature(type)), type)
        }
    }

    // MARK: Through a table

    private mutating func callElement(_ op: Operator, isTail: Bool) {
        let type = TypeIndex(rawValue: op.index), table = environment.tables[Int(op.secondIndex)]
        let index = pop()
        if let offset = table.readOnlyOffset {
            callReadOnlyElement(table, offset, index, type, isTail: isTail)
        } else {
            callElement(loadElement(table, index), of: table, type, isTail: isTail)
        }
    }

    private mutating func loadElement(_ table: TablePlan, _ index: Value) -> Value {
        let to = elementAddress(table, index: index, trap: .undefinedElement)
        return builder.load(.i64, to.base, offset: to.offset, to.flags)
    }

    /// Calls what a reference in a table leads to. A null one faults when something is loaded through it.
    private mutating func callElement(_ reference: Value, of table: TablePlan, _ type: TypeIndex, isTail: Bool) {
        let trap = TrapCode.uninitializedElement
        if !usesSignals { builder.trapIf(zero: true, reference, code: trap.rawValue) }
        if !environment.relations.matches(table.element, .concrete(type.rawValue)) { checkType(of: reference, type, trap: trap) }
        enterReference(reference, type, trap: trap, isTail: isTail)
    }

    /// Traps unless the function behind a reference is of `type` or one that extends it.
    private mutating func checkType(of reference: Value, _ type: TypeIndex, trap: TrapCode) {
        let (found, wanted) = typeIDs(of: reference, type, trap: trap)
        let differs = builder.compare(IntegerCondition.notEqual, found, wanted)
        if environment.types[type.index].isFinal {
            builder.trapIf(zero: false, differs, code: TrapCode.indirectCallTypeMismatch.rawValue)
        } else {
            trapUnlessSubtype(if: differs, found, wanted)
        }
    }

    /// Where `differs`: asks the loader, which knows how all types relate.
    private mutating func trapUnlessSubtype(if differs: Value, _ found: Value, _ wanted: Value) {
        let cold = builder.makeBlock(), next = builder.makeBlock()
        let coldEdge = builder.makeCall(cold), nextEdge = builder.makeCall(next)
        builder.branch(differs, coldEdge, nextEdge)
        start(cold)
        markCold()
        let matches = typeMatches(found, wanted)
        builder.trapIf(zero: true, matches, code: TrapCode.indirectCallTypeMismatch.rawValue)
        builder.jump(next, [])
        start(next)
    }

    /// The canonical ids of the type of the function behind a reference, and of `type`.
    mutating func typeIDs(of reference: Value, _ type: TypeIndex, trap: TrapCode) -> (found: Value, wanted: Value) {
        let found = builder.load(.i32, reference, offset: RuntimeOffsets.referenceType, Self.referenceFlags(trap))
        return (found, loadContext(.i32, Int32(environment.layout.typeID(type.rawValue))))
    }

    /// An i64 of 1 where the type with one canonical id is the other or extends it, otherwise of 0.
    mutating func typeMatches(_ found: Value, _ wanted: Value) -> Value {
        let call = callBuiltin(.typeMatches, context: context, widen(found), widen(wanted))
        return builder.function.dfg.result(call)
    }

    /// Calls the function behind a reference that is of `type`. A null one faults.
    private mutating func enterReference(_ reference: Value, _ type: TypeIndex, trap: TrapCode, isTail: Bool) {
        let flags = Self.referenceFlags(trap)
        let code = builder.load(.i64, reference, offset: RuntimeOffsets.referenceCode, flags)
        let callee = builder.load(.i64, reference, offset: RuntimeOffsets.referenceContext, flags)
        callAddress(code, callee: callee, type, isTail: isTail)
    }

    /// All loads through a reference may fault by their flags: without, later ones could move above the first, and above a test for null.
    private static func referenceFlags(_ trap: TrapCode) -> MemoryFlags {
        MemoryFlags(region: AliasRegions.functionReferences, trap: trap.rawValue, readOnly: true)
    }

    /// Calls an entry of a table in the read-only data (``ReadOnlyTable``): one comparison with a constant on the common way.
    private mutating func callReadOnlyElement(_ table: TablePlan, _ offset: UInt32, _ index: Value, _ type: TypeIndex, isTail: Bool) {
        let index = checkedIndex(widen(index), length: tableLength(table), trap: .undefinedElement)
        let start = builder.emit(InstructionData(.dataAddress, .i64, a: offset))
        let distance = builder.binary(.ishl, .i64, index, builder.constant(.i64, 3))
        let entry = builder.binary(.iadd, .i64, start, distance)
        let flags = MemoryFlags(region: AliasRegions.readOnlyData, trap: TrapCode.undefinedElement.rawValue, readOnly: true)
        let found = builder.load(.i32, entry, offset: 4, flags)
        let wanted = environment.types[type.index].canonical.rawValue + 1
        let differs = builder.compare(IntegerCondition.notEqual, found, builder.constant(.i32, Int64(wanted)))
        trapWrongEntry(if: differs, found)
        let codeDistance = builder.load(.sload32, .i64, entry, offset: 0, flags)
        let code = builder.binary(.iadd, .i64, start, codeDistance)
        popArguments(type, callee: context)
        finishIndirect(directSignature(type), code, type, isTail: isTail)
    }

    /// Where `differs`: the entry whose type word is `found` is null, or a function of another type.
    private mutating func trapWrongEntry(if differs: Value, _ found: Value) {
        let cold = builder.makeBlock(), next = builder.makeBlock()
        let coldEdge = builder.makeCall(cold), nextEdge = builder.makeCall(next)
        builder.branch(differs, coldEdge, nextEdge)
        start(cold)
        markCold()
        builder.trapIf(zero: true, found, code: TrapCode.uninitializedElement.rawValue)
        builder.trap(code: TrapCode.indirectCallTypeMismatch.rawValue)
        start(next)
    }

    // MARK: Shared

    private mutating func callAddress(_ code: Value, callee: Value, _ type: TypeIndex, isTail: Bool) {
        popArguments(type, callee: callee)
        arguments.append(context)
        finishIndirect(indirectSignature(type), code, type, isTail: isTail)
    }

    private mutating func finishIndirect(_ signature: SignatureReference, _ code: Value, _ type: TypeIndex, isTail: Bool) {
        if isTail {
            let list = builder.function.dfg.lists.make(arguments)
            builder.emitEffect(InstructionData(.returnCallIndirect, a: signature.rawValue, b: code.rawValue, c: list.position))
        } else {
            pushResults(callIndirect(signature, code, mayThrow: true), type)
        }
    }

    /// Moves the operands of a call to ``arguments``, behind the callee's context.
    private mutating func popArguments(_ type: TypeIndex, callee: Value) {
        let count = environment.types[type.index].shape.parameters.count
        arguments.removeAll(keepingCapacity: true)
        arguments.append(callee)
        arguments.append(contentsOf: top(count))
        stack.removeLast(count)
    }
    private mutating func pushResults(_ call: Inst, _ type: TypeIndex) {
        stack.append(contentsOf: builder.function.dfg.results(call).prefix(environment.types[type.index].shape.results.count))
    }
}
