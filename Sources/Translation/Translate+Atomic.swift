import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel

/// Atomic operators. Each traps on an address that is no multiple of its bytes, which makes it a single access of the machine.
extension FunctionTranslator {
    mutating func translateAtomic(_ op: Operator) {
        switch op.opcode {
        case .atomicFence: builder.emitEffect(InstructionData(.fence))
        case .memoryAtomicNotify: translateNotify(op)
        case .memoryAtomicWait32: translateWait(.memoryWait32, op)
        case .memoryAtomicWait64: translateWait(.memoryWait64, op)
        case .i32AtomicLoad, .i32AtomicLoad8U, .i32AtomicLoad16U: atomicLoad(.i32, op)
        case .i64AtomicLoad, .i64AtomicLoad8U, .i64AtomicLoad16U, .i64AtomicLoad32U: atomicLoad(.i64, op)
        case .i32AtomicStore, .i32AtomicStore8, .i32AtomicStore16, .i64AtomicStore, .i64AtomicStore8, .i64AtomicStore16, .i64AtomicStore32:
            atomicStore(op)
        case .i32AtomicRmwCmpxchg, .i32AtomicRmw8CmpxchgU, .i32AtomicRmw16CmpxchgU, .i64AtomicRmwCmpxchg, .i64AtomicRmw8CmpxchgU,
            .i64AtomicRmw16CmpxchgU, .i64AtomicRmw32CmpxchgU:
            atomicCompareExchange(op)
        default: translateUpdate(op)
        }
    }

    private mutating func translateUpdate(_ op: Operator) {
        switch op.opcode {
        case .i32AtomicRmwAdd, .i32AtomicRmw8AddU, .i32AtomicRmw16AddU, .i64AtomicRmwAdd, .i64AtomicRmw8AddU, .i64AtomicRmw16AddU, .i64AtomicRmw32AddU:
            atomicUpdate(.add, op)
        case .i32AtomicRmwSub, .i32AtomicRmw8SubU, .i32AtomicRmw16SubU, .i64AtomicRmwSub, .i64AtomicRmw8SubU, .i64AtomicRmw16SubU, .i64AtomicRmw32SubU:
            atomicUpdate(.subtract, op)
        case .i32AtomicRmwAnd, .i32AtomicRmw8AndU, .i32AtomicRmw16AndU, .i64AtomicRmwAnd, .i64AtomicRmw8AndU, .i64AtomicRmw16AndU, .i64AtomicRmw32AndU:
            atomicUpdate(.and, op)
        case .i32AtomicRmwOr, .i32AtomicRmw8OrU, .i32AtomicRmw16OrU, .i64AtomicRmwOr, .i64AtomicRmw8OrU, .i64AtomicRmw16OrU, .i64AtomicRmw32OrU:
            atomicUpdate(.or, op)
        case .i32AtomicRmwXor, .i32AtomicRmw8XorU, .i32AtomicRmw16XorU, .i64AtomicRmwXor, .i64AtomicRmw8XorU, .i64AtomicRmw16XorU, .i64AtomicRmw32XorU:
            atomicUpdate(.xor, op)
        case .i32AtomicRmwXchg, .i32AtomicRmw8XchgU, .i32AtomicRmw16XchgU, .i64AtomicRmwXchg, .i64AtomicRmw8XchgU, .i64AtomicRmw16XchgU, .i64AtomicRmw32XchgU:
            atomicUpdate(.exchange, op)
        default: preconditionFailure("no atomic operator: \(op.opcode.mnemonic)")
        }
    }

    // MARK: Accesses

    private mutating func atomicLoad(_ type: Type, _ op: Operator) {
        let to = atomicAddress(op, index: pop())
        push(builder.emit(InstructionData(.atomicLoad, type, flags: to.flags.rawValue, a: to.address.rawValue)))
    }
    private mutating func atomicStore(_ op: Operator) {
        let value = pop(), to = atomicAddress(op, index: pop())
        builder.emitEffect(InstructionData(.atomicStore, type(value), flags: to.flags.rawValue, a: value.rawValue, b: to.address.rawValue))
    }
    private mutating func atomicUpdate(_ operation: AtomicOperation, _ op: Operator) {
        let value = pop(), to = atomicAddress(op, index: pop())
        push(builder.emit(InstructionData(
            .atomicUpdate, type(value), flags: to.flags.rawValue, a: value.rawValue, b: to.address.rawValue, c: UInt32(operation.rawValue))))
    }
    private mutating func atomicCompareExchange(_ op: Operator) {
        let replacement = pop(), expected = pop(), to = atomicAddress(op, index: pop())
        push(builder.emit(InstructionData(
            .atomicCompareExchange, type(expected), flags: to.flags.rawValue, a: expected.rawValue, b: replacement.rawValue, c: to.address.rawValue)))
    }

    /// The checked address of an atomic access: all of it, since atomic operations have no offset.
    private mutating func atomicAddress(_ op: Operator, index: Value) -> (address: Value, flags: MemoryFlags) {
        let memory = environment.memories[Int(op.index)], sizeLog2 = op.opcode.naturalAlignment
        checkAlignment(op, index: index, sizeLog2)
        let to = address(memory, index: index, offset: op.memoryOffset, size: 1 << Int(sizeLog2))
        let flags = MemoryFlags(region: memory.region, trap: to.flags.trap, atomicSizeLog2: sizeLog2)
        return (to.offset == 0 ? to.base : builder.binary(.iadd, .i64, to.base, builder.constant(.i64, Int64(to.offset))), flags)
    }

    /// Traps unless index and offset together are a multiple of `1 << sizeLog2`. The memory's base is one.
    private mutating func checkAlignment(_ op: Operator, index: Value, _ sizeLog2: UInt8) {
        let type = type(index), mask = Int64(1) << Int64(sizeLog2) - 1, misaligned = Int64(bitPattern: op.memoryOffset) & mask
        if mask == 0 { return }
        let unsafe: Value
        if let known = builder.function.dfg.integerConstant(index) {
            if (known &+ misaligned) & mask == 0 { return }
            unsafe = builder.constant(type, 1)
        } else {
            let sum = misaligned == 0 ? index : builder.binary(.iadd, type, index, builder.constant(type, misaligned))
            unsafe = builder.binary(.band, type, sum, builder.constant(type, mask))
        }
        builder.trapIf(zero: false, unsafe, code: TrapCode.unalignedAtomic.rawValue)
    }

    // MARK: Waiting and waking

    /// The loader checks alignment, bounds and whether the memory is shared.
    private mutating func translateNotify(_ op: Operator) {
        let count = widen(pop()), address = effectiveAddress(op, pop())
        let call = callBuiltin(.memoryNotify, context: context, constant64(op.index), address, count)
        callFailing(call)
        push(builder.unary(.ireduce, .i32, builder.function.dfg.result(call)))
    }
    private mutating func translateWait(_ builtin: Builtin, _ op: Operator) {
        let timeout = pop(), expected = widen(pop()), address = effectiveAddress(op, pop())
        let call = callBuiltin(builtin, context: context, constant64(op.index), address, expected, timeout)
        callFailing(call)
        push(builder.unary(.ireduce, .i32, builder.function.dfg.result(call)))
    }

    /// Index plus offset in 64 bits; traps where that is no address.
    private mutating func effectiveAddress(_ op: Operator, _ index: Value) -> Value {
        let wide = widen(index)
        if op.memoryOffset == 0 { return wide }
        let sum = builder.binary(.iadd, .i64, wide, builder.constant(.i64, Int64(bitPattern: op.memoryOffset)))
        if environment.memories[Int(op.index)].is64 {
            builder.trapIf(zero: false, builder.compare(.unsignedLess, sum, wide), code: TrapCode.memoryOutOfBounds.rawValue)
        }
        return sum
    }
}

extension WasmOpcode {
    /// Whether this is an operator of the threads proposal.
    var isAtomic: Bool { rawValue >= WasmOpcode.memoryAtomicNotify.rawValue && rawValue <= WasmOpcode.i64AtomicRmw32CmpxchgU.rawValue }
}
