internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

// References and casts, and operators of features after WebAssembly 2.0. WebAssembly core specification, sections 3.4.4 and 3.4.5.
extension FunctionValidator {
    mutating func stepExtended(_ op: Operator) throws(ValidationError) {
        switch op.opcode {
        case .refEq:
            try popReference(.eq)
            try popReference(.eq)
            pushOperand(.i32)
        case .refAsNonNull: pushReference(try popTestedReference().heapType, isNullable: false)
        case .brOnNull: try stepBranchOnNull(op)
        case .brOnNonNull: try stepBranchOnNonNull(op)
        case .refTest, .refTestNull:
            try popCastOperand(op.castTarget)
            pushOperand(.i32)
        case .refCast, .refCastNull:
            try popCastOperand(op.castTarget)
            pushOperand(.reference(op.castTarget))
        case .brOnCast, .brOnCastFail: try stepBranchOnCast(op)
        case .anyConvertExtern: try stepConvert(.extern, .any)
        case .externConvertAny: try stepConvert(.any, .extern)
        case .refI31:
            try popOperand(.i32)
            pushReference(.i31, isNullable: false)
        case .i31GetS, .i31GetU:
            noteTestedReference()
            try popReference(.i31)
            pushOperand(.i32)
        case .i64Add128, .i64Sub128: try stepWide(operands: 4)
        case .i64MulWideS, .i64MulWideU: try stepWide(operands: 2)
        default:
            if op.opcode.prefix == 0xFD { try stepLane(op) } else { try stepAggregate(op) }
        }
    }

    // MARK: Branches

    private mutating func stepBranchOnNull(_ op: Operator) throws(ValidationError) {
        let types = try labelTypes(op.index)
        let reference = try popTestedReference()
        try popOperands(types)
        pushOperands(types)
        pushReference(reference.heapType, isNullable: false)
    }

    private mutating func stepBranchOnNonNull(_ op: Operator) throws(ValidationError) {
        let types = try labelTypes(op.index)
        guard let last = try lastReference(types) else {
            throw error("type mismatch: br_on_non_null to a label that takes \(context.describe(types)), expected a reference last")
        }
        noteTestedReference()
        try popReference(last.heapType)
        try popAllButLast(types)
        pushAllButLast(types)
    }

    private mutating func popTestedReference() throws(ValidationError) -> ReferenceType {
        noteTestedReference()
        return try popReference()
    }

    /// The target must be a subtype of the source; a branch carries the one that its name says, and what is left goes on.
    private mutating func stepBranchOnCast(_ op: Operator) throws(ValidationError) {
        let source = op.branchCastSource, target = op.branchCastTarget
        try check(.reference(source))
        try check(.reference(target))
        guard types.matches(target, source) else { throw typeMismatch(expected: .reference(source), found: .reference(target)) }
        let rest = ReferenceType(source.heapType, isNullable: source.isNullable && !target.isNullable)
        let (carried, left) = op.opcode == .brOnCast ? (target, rest) : (rest, target)
        let label = try labelTypes(op.index)
        guard let last = try lastReference(label), types.matches(carried, last) else {
            throw error(
                "type mismatch: \(op.opcode.mnemonic) carries \(carried) to a label that takes \(context.describe(label))",
                expected: context.describe(label), found: carried.description)
        }
        noteTestedReference()
        try popOperand(.reference(source))
        try popAllButLast(label)
        pushAllButLast(label)
        pushOperand(.reference(left))
    }

    private mutating func lastReference(_ list: TypeList) throws(ValidationError) -> ReferenceType? {
        list.isEmpty ? nil : self[list, list.count - 1].referenceType
    }

    private mutating func popAllButLast(_ list: TypeList) throws(ValidationError) {
        var position = list.count - 1
        while position > 0 {
            position -= 1
            try popOperand(self[list, position])
        }
    }

    private mutating func pushAllButLast(_ list: TypeList) {
        for position in 0..<list.count - 1 { pushOperand(self[list, position]) }
    }

    // MARK: Casts

    /// A cast takes any reference of the target's hierarchy.
    private mutating func popCastOperand(_ target: ReferenceType) throws(ValidationError) {
        try check(.reference(target))
        noteTestedReference()
        try popReference(types.top(target.heapType))
    }

    private mutating func stepConvert(_ source: HeapType, _ target: HeapType) throws(ValidationError) {
        let type = operandType(depth: 0)
        try popReference(source)
        pushReference(target, isNullable: type.referenceType?.isNullable ?? false)
    }

    // MARK: Wide arithmetic

    private mutating func stepWide(operands: Int) throws(ValidationError) {
        for _ in 0..<operands { try popOperand(.i64) }
        pushOperand(.i64)
        pushOperand(.i64)
    }
}
