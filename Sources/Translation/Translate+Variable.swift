import PrecastIR
import PrecastWasmModel

extension FunctionTranslator {
    mutating func translateVariable(_ op: Operator) {
        switch op.opcode {
        case .drop: _ = pop()
        case .select, .selectTyped: translateSelect()
        case .localGet: push(readLocal(Int(op.index)))
        case .localSet: writeLocal(Int(op.index), pop())
        case .localTee: writeLocal(Int(op.index), peek(0))
        case .globalGet: translateGlobalGet(Int(op.index))
        case .globalSet: translateGlobalSet(Int(op.index))
        default: break
        }
    }

    private mutating func translateSelect() {
        let condition = pop(), b = pop(), a = pop()
        push(builder.select(type(a), condition, a, b))
    }

    // MARK: Locals

    /// Makes the locals that ``locals`` lists: parameters from the entry block, the rest zero.
    mutating func defineLocals(parameterCount: Int, inFrame: Bool) {
        if inFrame { placeLocals() }
        let entry = builder.function.entry
        offset = 0
        for i in 0..<parameterCount { writeLocal(i, builder.function.dfg.parameter(entry, i + 1)) }
        // A variable that was never written is zero by itself; a slot is not.
        if inFrame { clearLocals(from: parameterCount) }
    }
    private mutating func placeLocals() {
        localStride = locals.hasVectors ? 16 : 8
        firstLocalOffset = hasHomes ? localStride : 0
        let size = firstLocalOffset + localStride * UInt32(max(locals.count, 1))
        localSlot = builder.function.dfg.stackSlots.push(StackSlotData(size: size, alignment: localStride))
        knownLocals.removeAll(keepingCapacity: true)
        knownLocals.append(contentsOf: repeatElement(KnownLocal(), count: min(locals.count, 1024)))
        if !hasHomes { return }
        builder.store(contextParameter, slotAddress(localSlot, 0), offset: 0, MemoryFlags(region: AliasRegions.frame))
        contextRead = KnownLocal(value: contextParameter, block: builder.block, calls: builder.callCount)
        builder.function.variables.homes = VariableTable.Homes(slot: localSlot, stride: localStride, localCount: UInt32(locals.count))
    }
    private mutating func clearLocals(from first: Int) {
        var offset = firstLocalOffset + UInt32(first) * localStride
        let end = firstLocalOffset + UInt32(locals.count) * localStride
        let flags = MemoryFlags(region: AliasRegions.frame)
        while offset < end {
            let isPair = end - offset >= 16
            builder.store(builder.zero(isPair ? .v128 : .i64), slotAddress(localSlot, offset), offset: 0, flags)
            offset += isPair ? 16 : 8
        }
    }

    /// The instance context. Where it has a home it is read from there, once in a block and once behind each call.
    var context: Value {
        mutating get {
            if !hasHomes { return contextParameter }
            if !isKnown(contextRead) {
                let value = builder.load(.i64, slotAddress(localSlot, 0), offset: 0, MemoryFlags(region: AliasRegions.frame, readOnly: true))
                contextRead = KnownLocal(value: value, block: builder.block, calls: builder.callCount)
            }
            return contextRead.value
        }
    }
    /// Whether a value read from the frame is at hand: a call would make the allocator save it once more.
    private func isKnown(_ local: KnownLocal) -> Bool { local.block == builder.block && local.calls == builder.callCount }
    private mutating func readLocal(_ i: Int) -> Value {
        if localSlot.isNone { return builder.read(locals.variable(i, &builder)) }
        if i < knownLocals.count, isKnown(knownLocals[i]) { return knownLocals[i].value }
        let value = builder.load(locals.type(i), localAddress(i), offset: 0, MemoryFlags(region: AliasRegions.frame))
        noteLocal(i, value)
        return value
    }
    private mutating func writeLocal(_ i: Int, _ value: Value) {
        if localSlot.isNone {
            history?.set(i, value, behind: offset)
            return builder.write(locals.variable(i, &builder), value)
        }
        builder.store(value, localAddress(i), offset: 0, MemoryFlags(region: AliasRegions.frame))
        noteLocal(i, value)
    }
    private mutating func noteLocal(_ i: Int, _ value: Value) {
        if hasHomes, i < knownLocals.count { knownLocals[i] = KnownLocal(value: value, block: builder.block, calls: builder.callCount) }
    }
    private mutating func localAddress(_ i: Int) -> Value { slotAddress(localSlot, firstLocalOffset + UInt32(i) * localStride) }
    mutating func slotAddress(_ slot: StackSlot, _ offset: UInt32) -> Value {
        builder.emit(InstructionData(.stackAddress, .i64, a: slot.rawValue, b: offset))
    }

    // MARK: Globals

    private mutating func translateGlobalGet(_ i: Int) {
        let global = environment.globals[i]
        if let known = global.constant { return push(builder.constant(global.type, known)) }
        if let function = global.function { return push(reference(to: function)) }
        let (address, offset) = globalAddress(global)
        push(builder.load(global.type, address, offset: offset, global.flags))
    }
    private mutating func translateGlobalSet(_ i: Int) {
        let global = environment.globals[i]
        let (address, offset) = globalAddress(global)
        builder.store(pop(), address, offset: offset, global.flags)
    }
}
