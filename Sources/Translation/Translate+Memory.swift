import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel

extension FunctionTranslator {
    /// Loads and stores.
    mutating func translateAccess(_ op: Operator) {
        switch op.opcode {
        case .i32Load: load(.load, .i32, op)
        case .i64Load: load(.load, .i64, op)
        case .f32Load: load(.load, .f32, op)
        case .f64Load: load(.load, .f64, op)
        case .i32Load8S: load(.sload8, .i32, op)
        case .i32Load8U: load(.uload8, .i32, op)
        case .i32Load16S: load(.sload16, .i32, op)
        case .i32Load16U: load(.uload16, .i32, op)
        case .i64Load8S: load(.sload8, .i64, op)
        case .i64Load8U: load(.uload8, .i64, op)
        case .i64Load16S: load(.sload16, .i64, op)
        case .i64Load16U: load(.uload16, .i64, op)
        case .i64Load32S: load(.sload32, .i64, op)
        case .i64Load32U: load(.uload32, .i64, op)
        case .i32Store, .i64Store, .f32Store, .f64Store: store(.store, op)
        case .i32Store8, .i64Store8: store(.store8, op)
        case .i32Store16, .i64Store16: store(.store16, op)
        case .i64Store32: store(.store32, op)
        default: preconditionFailure("no memory access: \(op.opcode.mnemonic)")
        }
    }

    mutating func load(_ opcode: IROpcode, _ type: Type, _ op: Operator) {
        let memory = environment.memories[Int(op.index)]
        let to = address(memory, index: pop(), offset: op.memoryOffset, size: opcode.narrowAccess ?? type.byteCount)
        push(builder.load(opcode, type, to.base, offset: to.offset, to.flags))
    }
    mutating func store(_ opcode: IROpcode, _ op: Operator) {
        let memory = environment.memories[Int(op.index)]
        let value = pop()
        let to = address(memory, index: pop(), offset: op.memoryOffset, size: opcode.narrowAccess ?? type(value).byteCount)
        builder.store(opcode, value, to.base, offset: to.offset, to.flags)
    }

    /// What concerns a memory as a whole. All but its size is the loader's work.
    mutating func translateBulkMemory(_ op: Operator) {
        switch op.opcode {
        case .memorySize: translateMemorySize(environment.memories[Int(op.index)])
        case .memoryGrow: translateMemoryGrow(op.index)
        case .memoryFill:
            if translateSmallFill(environment.memories[Int(op.index)]) { return }
            let (destination, value, length) = popThree()
            callFailing(callBuiltin(.memoryFill, context: context, constant64(op.index), destination, value, length))
        case .memoryCopy:
            if translateSmallCopy(to: environment.memories[Int(op.index)], from: environment.memories[Int(op.secondIndex)]) { return }
            let (destination, source, length) = popThree()
            let to = constant64(op.index), from = constant64(op.secondIndex)
            callFailing(callBuiltin(.memoryCopy, context: context, to, from, destination, source, length))
        case .memoryInit:
            let (destination, source, length) = popThree()
            let memory = constant64(op.secondIndex), segment = constant64(op.index)
            callFailing(callBuiltin(.memoryInit, context: context, memory, segment, destination, source, length))
        case .dataDrop: callBuiltin(.dataDrop, context: context, constant64(op.index))
        default: break
        }
    }

    private mutating func translateMemorySize(_ memory: MemoryPlan) {
        let shift = builder.constant(.i64, Int64(memory.pageSizeLog2))
        let pages = builder.binary(.ushr, .i64, memoryLength(memory), shift)
        push(narrow(pages, is64: memory.is64))
    }
    private mutating func translateMemoryGrow(_ index: UInt32) {
        let delta = widen(pop())
        let call = callBuiltin(.memoryGrow, context: context, constant64(index), delta)
        push(narrow(builder.function.dfg.result(call), is64: environment.memories[Int(index)].is64))
    }

    /// The three operands of a bulk operation, in order, as the loader takes them.
    mutating func popThree() -> (Value, Value, Value) {
        let c = pop(), b = pop(), a = pop()
        return (widen(a), widen(b), widen(c))
    }
}
