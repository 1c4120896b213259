internal import PrecastEntities
public import PrecastWasmModel
internal import PrecastWasmTypes

// Blocks, branches and calls. WebAssembly core specification, section 3.4.8.
extension FunctionValidator {
    mutating func signature(ofBlock block: BlockType) throws(ValidationError) -> TypeListPair {
        switch block.kind {
        case .empty: return TypeListPair(parameters: .empty, results: .empty)
        case .value(let type):
            if type.isReference { try check(type) }
            return TypeListPair(parameters: .empty, results: TypeList(type))
        case .function(let type):
            return try signature(ofType: type.rawValue)
        }
    }

    mutating func stepBlock(_ kind: ControlFrame.Kind, _ op: Operator) throws(ValidationError) {
        let signature = try signature(ofBlock: op.blockType)
        if kind == .if { try popOperand(.i32) }
        try popOperands(signature.parameters)
        try pushControl(kind, signature)
    }

    /// The signature of type `index`, which must be a function type.
    mutating func signature(ofType index: UInt32) throws(ValidationError) -> TypeListPair {
        guard Int(index) < signatures.count else { throw unknown("type", index) }
        let signature = signatures[Int(index)]
        guard signature.isFunction else {
            throw error("type mismatch: type \(index) is not a function type", expected: "a function type", found: "type \(index)")
        }
        return signature
    }

    mutating func stepElse() throws(ValidationError) {
        guard frame(depth: 0).kind == .if else { throw error("else without if: END opcode expected", kind: .malformed) }
        let frame = try popControl()
        try pushControl(.else, TypeListPair(parameters: frame.startTypes, results: frame.endTypes))
    }

    mutating func stepEnd() throws(ValidationError) {
        let frame = try popControl()
        if frame.kind == .if && !isIdentity(frame) {
            throw error(
                "type mismatch: an if without else must leave its parameters, \(context.describe(frame.startTypes)), "
                    + "and its type says \(context.describe(frame.endTypes))",
                expected: context.describe(frame.endTypes), found: context.describe(frame.startTypes))
        }
        pushOperands(frame.endTypes)
    }

    /// Whether the parameters of a block may stand as its results.
    private mutating func isIdentity(_ frame: ControlFrame) -> Bool {
        frame.startTypes.count == frame.endTypes.count
            && (0..<frame.startTypes.count).allSatisfy { types.matches(self[frame.startTypes, $0], self[frame.endTypes, $0]) }
    }

    mutating func stepBranch(_ op: Operator) throws(ValidationError) {
        try popOperands(try labelTypes(op.index))
        markUnreachable()
    }

    mutating func stepBranchIf(_ op: Operator) throws(ValidationError) {
        let types = try labelTypes(op.index)
        try popOperand(.i32)
        try popOperands(types)
        pushOperands(types)
    }

    /// Every target must take what the default takes; in unreachable code the operands may fit several types at once.
    @usableFromInline
    mutating func stepBranchTable(_ op: Operator, _ targets: [UInt32]) throws(ValidationError) {
        try start(op)
        try popOperand(.i32)
        let types = try labelTypes(op.index)
        var checked = types
        for target in targets {
            let other = try labelTypes(target)
            if other == checked { continue }
            guard other.count == types.count else {
                throw error(
                    "type mismatch: the targets of br_table take \(types.count) and \(other.count) values",
                    expected: context.describe(types), found: context.describe(other))
            }
            try checkOperands(other)
            checked = other
        }
        try popOperands(types)
        markUnreachable()
    }

    /// Checks that operands of the types are on top of the stack, and leaves them.
    private mutating func checkOperands(_ list: TypeList) throws(ValidationError) {
        for depth in 0..<list.count {
            let expected = self[list, list.count - 1 - depth]
            guard depth < operands.count - base else {
                if isReachable { throw typeMismatch(expected: expected, found: nil) }
                return
            }
            let found = operandType(depth: depth)
            if !types.matches(found, expected) { throw typeMismatch(expected: expected, found: found) }
        }
    }

    mutating func stepReturn() throws(ValidationError) {
        try popOperands(control[0].endTypes)
        markUnreachable()
    }

    // MARK: Calls

    mutating func signature(ofFunction index: UInt32) throws(ValidationError) -> TypeListPair {
        guard Int(index) < functions.count else { throw unknown("function", index) }
        return signatures[functions[Int(index)].index]
    }

    /// Checks the table and type of an indirect call and pops the table index.
    mutating func signatureOfIndirectCall(_ op: Operator) throws(ValidationError) -> TypeListPair {
        guard Int(op.secondIndex) < tables.count else { throw unknown("table", op.secondIndex) }
        let signature = try signature(ofType: op.index)
        let table = tables[Int(op.secondIndex)].type
        if !types.matches(table.element, .function) { throw typeMismatch(expected: .funcref, found: .reference(table.element)) }
        try popOperand(table.addressType)
        return signature
    }

    /// Checks the type of a call through a reference and pops the reference.
    mutating func signatureOfReferenceCall(_ op: Operator) throws(ValidationError) -> TypeListPair {
        let signature = try signature(ofType: op.index)
        noteTestedReference()
        try popReference(.concrete(op.index))
        return signature
    }

    mutating func stepCall(_ signature: TypeListPair) throws(ValidationError) {
        try popOperands(signature.parameters)
        pushOperands(signature.results)
    }

    mutating func stepTailCall(_ signature: TypeListPair) throws(ValidationError) {
        let results = control[0].endTypes
        let isFitting =
            signature.results.count == results.count
            && (0..<results.count).allSatisfy { types.matches(self[signature.results, $0], self[results, $0]) }
        guard isFitting else {
            throw error(
                "type mismatch: a tail call returns \(context.describe(signature.results)), "
                    + "and the function returns \(context.describe(results))",
                expected: context.describe(results), found: context.describe(signature.results))
        }
        try popOperands(signature.parameters)
        markUnreachable()
    }
}
