import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel

extension FunctionTranslator {
    mutating func translateTable(_ op: Operator) {
        switch op.opcode {
        case .tableGet:
            let to = elementAddress(environment.tables[Int(op.index)], index: pop(), trap: .tableOutOfBounds)
            push(builder.load(.i64, to.base, offset: to.offset, to.flags))
        case .tableSet:
            let value = pop()
            let to = elementAddress(environment.tables[Int(op.index)], index: pop(), trap: .tableOutOfBounds)
            builder.store(value, to.base, offset: to.offset, to.flags)
        case .tableSize:
            let table = environment.tables[Int(op.index)]
            push(narrow(tableLength(table), is64: table.is64))
        case .tableGrow:
            let delta = widen(pop()), initial = pop()
            let call = callBuiltin(.tableGrow, context: context, constant64(op.index), initial, delta)
            push(narrow(builder.function.dfg.result(call), is64: environment.tables[Int(op.index)].is64))
        case .tableFill:
            let (destination, value, length) = popThree()
            callFailing(callBuiltin(.tableFill, context: context, constant64(op.index), destination, value, length))
        case .tableCopy:
            let (destination, source, length) = popThree()
            let to = constant64(op.index), from = constant64(op.secondIndex)
            callFailing(callBuiltin(.tableCopy, context: context, to, from, destination, source, length))
        case .tableInit:
            let (destination, source, length) = popThree()
            let table = constant64(op.secondIndex), segment = constant64(op.index)
            callFailing(callBuiltin(.tableInit, context: context, table, segment, destination, source, length))
        case .elemDrop: callBuiltin(.elementDrop, context: context, constant64(op.index))
        default: break
        }
    }
}
