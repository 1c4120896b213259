import PrecastArtifactFormat
import PrecastIR
public import PrecastWasmModel
public import PrecastWasmValidation

extension FunctionTranslator {
    mutating func translateReference(_ op: Operator) {
        switch op.opcode {
        case .refNull: push(builder.constant(.i64, 0))
        case .refIsNull: push(isNull(pop()))
        case .refFunc: push(reference(to: op.functionIndex))
        case .refAsNonNull:
            if mayBeNull(peek(0)) {
                builder.trapIf(zero: true, peek(0), code: TrapCode.nullReference.rawValue)
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
    func mayBeNull(_ reference: Value) -> Bool { validator.testedType.isDefaultable && functionOf[reference] == nil }

    /// An i32 of 1 where a reference is null.
    mutating func isNull(_ reference: Value) -> Value {
        if !mayBeNull(reference) { return builder.constant(.i32, 0) }
        return builder.compare(IntegerCondition.equal, reference, builder.constant(.i64, 0))
    }
    /// An i32 of 1 where a reference is not null.
    mutating func isNotNull(_ reference: Value) -> Value {
        if !mayBeNull(reference) { return builder.constant(.i32, 1) }
        return builder.compare(IntegerCondition.notEqual, reference, builder.constant(.i64, 0))
    }
}

/// References of the `any` hierarchy. The two lowest bits tell what they are (docs/abi.md); a conversion to or from `extern` changes nothing.
extension FunctionTranslator {
    mutating func translateAny(_ op: Operator) {
        switch op.opcode {
        case .refI31:
            let shifted = builder.binary(.ishl, .i32, pop(), builder.constant(.i32, 1))
            push(builder.unary(.uextend, .i64, builder.binary(.bor, .i32, shifted, builder.constant(.i32, 1))))
        case .i31GetS: push(number(.sshr))
        case .i31GetU: push(number(.ushr))
        default: break
        }
    }

    /// The number that an `i31` on the stack is, shifted down by `shift`.
    private mutating func number(_ shift: IROpcode) -> Value {
        let reference = pop()
        if mayBeNull(reference) { builder.trapIf(zero: true, reference, code: TrapCode.nullI31Reference.rawValue) }
        return builder.binary(shift, .i32, builder.unary(.ireduce, .i32, reference), builder.constant(.i32, 1))
    }
}

extension WasmOpcode {
    /// Whether it makes or uses structures or arrays, which need a garbage collector.
    public var needsCollector: Bool { rawValue >= WasmOpcode.structNew.rawValue && rawValue <= WasmOpcode.arrayInitElem.rawValue }
}

/// The error for an operator that needs a garbage collector.
public func untranslatable(_ op: Operator, in function: FunctionIndex?) -> ValidationError {
    ValidationError(
        "\(op.opcode.mnemonic): feature not supported yet: gc", at: Int(op.offset), kind: .featureUnsupported(.gc), function: function)
}
