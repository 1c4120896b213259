import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel
import PrecastWasmTypes

/// Tests of a reference's type. What static types decide needs no code; a function's type id is compared as for an indirect call.
///
/// No structure or array exists as long as the operators that make them are not translated: a test for one fails.
extension FunctionTranslator {
    mutating func translateCast(_ op: Operator) {
        switch op.opcode {
        case .refTest, .refTestNull:
            let reference = pop()
            push(isReference(reference, op.castTarget))
        case .refCast, .refCastNull:
            let matches = isReference(peek(0), op.castTarget)
            if builder.function.dfg.integerConstant(matches) != 1 {
                builder.trapIf(zero: true, matches, code: TrapCode.castFailure.rawValue)
            }
        case .brOnCast:
            let matches = isReference(peek(0), op.branchCastTarget)
            branch(if: matches, depth: op.index)
        case .brOnCastFail:
            let matches = isReference(peek(0), op.branchCastTarget)
            let fails = builder.compare(IntegerCondition.equal, matches, builder.constant(.i32, 0))
            branch(if: fails, depth: op.index)
        default: break
        }
    }

    /// An i32 of 1 where `reference`, which the validator has just seen tested, is of `type`, otherwise of 0.
    private mutating func isReference(_ reference: Value, _ type: ReferenceType) -> Value {
        let source = validator.testedType.referenceType?.heapType ?? type.heapType
        if environment.relations.matches(source, type.heapType) {
            return type.isNullable ? builder.constant(.i32, 1) : isNotNull(reference)
        }
        switch type.heapType {
        case .noFunction, .noExtern, .noException, .none: return type.isNullable ? isNull(reference) : builder.constant(.i32, 0)
        case .i31: return isTagged(reference, mask: 1, tag: 1, type)
        // An `any` that is no `eq` is a host's.
        case .eq: return isTagged(reference, mask: 3, tag: 2, type, isInverted: true)
        case let heapType:
            guard let index = heapType.typeIndex, environment.module.types[Int(index)].function != nil else {
                return type.isNullable ? isNull(reference) : builder.constant(.i32, 0)
            }
            return isFunction(reference, TypeIndex(rawValue: index), nullable: type.isNullable)
        }
    }

    /// Compares the bits of a reference in `mask` with `tag`. Null has no bit set.
    private mutating func isTagged(_ reference: Value, mask: Int64, tag: Int64, _ type: ReferenceType, isInverted: Bool = false) -> Value {
        let bits = builder.binary(.band, .i64, reference, builder.constant(.i64, mask))
        let matches = builder.compare(isInverted ? IntegerCondition.notEqual : .equal, bits, builder.constant(.i64, tag))
        if !mayBeNull(reference) || type.isNullable == isInverted { return matches }
        return type.isNullable
            ? builder.binary(.bor, .i32, matches, isNull(reference)) : builder.binary(.band, .i32, matches, isNotNull(reference))
    }

    private mutating func isFunction(_ reference: Value, _ type: TypeIndex, nullable: Bool) -> Value {
        let join = builder.makeBlock()
        builder.function.dfg.appendParameter(join, .i32)
        if mayBeNull(reference) {
            let test = builder.makeBlock(), null = isNull(reference)
            let nullEdge = builder.makeCall(join, [builder.constant(.i32, nullable ? 1 : 0)])
            let testEdge = builder.makeCall(test)
            builder.branch(null, nullEdge, testEdge)
            start(test)
        }
        let (found, wanted) = typeIDs(of: reference, type, trap: .castFailure)
        let same = builder.compare(IntegerCondition.equal, found, wanted)
        if environment.types[type.index].isFinal {
            builder.jump(join, [same])
        } else {
            let cold = builder.makeBlock()
            let sameEdge = builder.makeCall(join, [builder.constant(.i32, 1)]), coldEdge = builder.makeCall(cold)
            builder.branch(same, sameEdge, coldEdge)
            start(cold)
            markCold()
            let matches = builder.unary(.ireduce, .i32, typeMatches(found, wanted))
            builder.jump(join, [matches])
        }
        start(join)
        return builder.function.dfg.parameter(join, 0)
    }
}
