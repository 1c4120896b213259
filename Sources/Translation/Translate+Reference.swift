import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel
import PrecastWasmValidation

extension FunctionTranslator {
    mutating func translateReference(_ op: Operator) {
        switch op.opcode {
        case .refNull: push(builder.constant(.i64, 0))
        case .refIsNull: push(isNull(pop()))
        case .refFunc: push(reference(to: op.functionIndex))
        case .refAsNonNull:
            if mayBeNull(stack[stack.count - 1]) {
                builder.trapIf(zero: true, stack[stack.count - 1], code: TrapCode.nullReference.rawValue)
            }
        case .refEq:
            let second = pop(), first = pop()
            push(builder.compare(IntegerCondition.equal, first, second))
        default: break
        }
    }

    /// The address of a function's reference, which the plan gives to every function that the module may refer to.
    mutating func reference(to function: FunctionIndex) -> Value {
        let offset = environment.functionReferenceOffsets[function.index]
        precondition(offset != .max, "function \(function.index) has no reference")
        let value = builder.binary(.iadd, .i64, context, builder.constant(.i64, Int64(offset)))
        functionOf[value] = function
        return value
    }

    /// Whether the reference that the validator has just seen tested may be null.
    func mayBeNull(_ reference: Value) -> Bool { validator.testedMayBeNull && functionOf[reference] == nil }

    /// An i32 of 1 where a reference is null.
    mutating func isNull(_ reference: Value) -> Value {
        if !mayBeNull(reference) { return builder.constant(.i32, 0) }
        return builder.compare(IntegerCondition.equal, reference, builder.constant(.i64, 0))
    }
}

/// The error for an operator that needs a garbage collector.
func untranslatable(_ op: Operator, in function: FunctionIndex?) -> ValidationError {
    ValidationError(
        "\(op.opcode.mnemonic): feature not supported yet: gc", at: Int(op.offset), kind: .featureUnsupported(.gc), function: function)
}
