import PrecastIR
import PrecastWasmModel

extension FunctionTranslator {
    mutating func translateReference(_ op: Operator) {
        switch op.opcode {
        case .refNull: push(builder.constant(.i64, 0))
        case .refIsNull:
            let reference = pop(), null = builder.constant(.i64, 0)
            push(builder.compare(IntegerCondition.equal, reference, null))
        case .refFunc:
            // The plan gives a reference to every function that a body names.
            let offset = environment.functionReferenceOffsets[Int(op.index)]
            precondition(offset != .max, "function \(op.index) has no reference")
            push(builder.binary(.iadd, .i64, context, builder.constant(.i64, Int64(offset))))
        default: break
        }
    }
}
