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
        if inFrame {
            localStride = locals.hasVectors ? 16 : 8
            let slot = StackSlotData(size: localStride * UInt32(max(locals.count, 1)), alignment: localStride)
            localSlot = builder.function.dfg.stackSlots.push(slot)
        }
        let entry = builder.function.entry
        for i in 0..<parameterCount { writeLocal(i, builder.function.dfg.parameter(entry, i + 1)) }
        if inFrame {
            // A variable that was never written is zero by itself; a slot is not.
            for i in parameterCount..<locals.count { writeLocal(i, builder.zero(locals.type(i))) }
        }
    }
    private mutating func readLocal(_ i: Int) -> Value {
        if localSlot.isNone { return builder.read(locals.variable(i, &builder)) }
        return builder.load(locals.type(i), localAddress(i), offset: 0, MemoryFlags(region: AliasRegions.frame))
    }
    private mutating func writeLocal(_ i: Int, _ value: Value) {
        if localSlot.isNone { return builder.write(locals.variable(i, &builder), value) }
        builder.store(value, localAddress(i), offset: 0, MemoryFlags(region: AliasRegions.frame))
    }
    private mutating func localAddress(_ i: Int) -> Value { slotAddress(localSlot, UInt32(i) * localStride) }
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
