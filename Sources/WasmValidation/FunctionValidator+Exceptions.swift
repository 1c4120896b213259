internal import PrecastEntities
public import PrecastWasmModel
internal import PrecastWasmTypes

// Exceptions. WebAssembly core specification, section 3.4.8.
extension FunctionValidator {
    /// What an exception of a tag carries.
    private mutating func parameters(ofTag tag: TagIndex) throws(ValidationError) -> TypeList {
        guard tag.isSome, tag.index < tags.count else { throw unknown("tag", tag.rawValue) }
        return signatures[tags[tag.index].type.index].parameters
    }

    mutating func stepThrow(_ op: Operator) throws(ValidationError) {
        guard Int(op.index) < tags.count else { throw unknown("tag", op.index) }
        try popOperands(try parameters(ofTag: TagIndex(rawValue: op.index)))
        markUnreachable()
    }

    mutating func stepThrowRef() throws(ValidationError) {
        try popReference(.exception)
        markUnreachable()
    }

    /// The clauses' labels are counted outside the block that they guard.
    @usableFromInline
    mutating func stepTryTable(_ op: Operator, _ clauses: [CatchClause]) throws(ValidationError) {
        try start(op)
        let signature = try signature(ofBlock: op.blockType)
        for clause in clauses { try check(clause) }
        try popOperands(signature.parameters)
        try pushControl(.tryTable, signature)
    }

    private mutating func check(_ clause: CatchClause) throws(ValidationError) {
        let label = try labelTypes(clause.label)
        var carried = TypeList.empty
        if clause.kind == .tag || clause.kind == .tagReference { carried = try parameters(ofTag: clause.tag) }
        let hasReference = clause.kind == .tagReference || clause.kind == .allReference
        let count = carried.count + (hasReference ? 1 : 0)
        var isFitting = label.count == count
        if isFitting {
            for position in 0..<carried.count where !types.matches(self[carried, position], self[label, position]) { isFitting = false }
            let reference = ValueType.reference(ReferenceType(.exception, isNullable: false))
            if hasReference && !types.matches(reference, self[label, count - 1]) { isFitting = false }
        }
        guard isFitting else {
            let found = context.describe(carried) + (hasReference ? " and (ref exn)" : "")
            throw error(
                "type mismatch: a catch clause gives \(found), and its label takes \(context.describe(label))",
                expected: context.describe(label), found: found)
        }
    }
}
