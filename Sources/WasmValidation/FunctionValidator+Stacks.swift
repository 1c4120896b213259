internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

// The two stacks' operations, named as in the specification's appendix, and the errors that they give.
extension FunctionValidator {
    @inline(__always)
    mutating func pushOperand(_ type: ValueType) { operands.push(type) }

    @inline(__always)
    mutating func popOperand(_ expected: ValueType) throws(ValidationError) {
        if operands.count > base {
            let found = operands.pop()
            if found != expected { try checkSubtype(found, expected) }
        } else if isReachable {
            throw typeMismatch(expected: expected, found: nil)
        }
    }

    /// Checks that one type matches another. (A method that does not mutate would get a copy of `self`.)
    @inline(never)
    private mutating func checkSubtype(_ found: ValueType, _ expected: ValueType) throws(ValidationError) {
        if !types.matches(found, expected) { throw typeMismatch(expected: expected, found: found) }
    }

    /// Pops an operand of any type.
    @inline(__always)
    mutating func popOperand() throws(ValidationError) -> ValueType {
        if operands.count > base { return operands.pop() }
        if isReachable { throw underflow() }
        return .bottom
    }

    @inline(__always)
    mutating func pushOperands(_ list: TypeList) {
        for position in 0..<list.count { operands.push(self[list, position]) }
    }

    @inline(__always)
    mutating func popOperands(_ list: TypeList) throws(ValidationError) {
        var position = list.count
        while position > 0 {
            position &-= 1
            try popOperand(self[list, position])
        }
    }

    @inline(__always)
    mutating func apply(_ signature: Signature, address: ValueType) throws(ValidationError) {
        var codes = signature.rawValue >> 8
        for _ in 0..<signature.operandCount {
            let code = codes & 0xF
            try popOperand(code == Signature.addressCode ? address : Signature.type(ofCode: code))
            codes >>= 4
        }
        if signature.resultCode != 0 { pushOperand(Signature.type(ofCode: signature.resultCode)) }
    }

    mutating func pushControl(_ kind: ControlFrame.Kind, _ signature: TypeListPair) throws(ValidationError) {
        let maximum = nestingLimit
        if control.count >= maximum { throw error("nesting too deep: the limit is \(maximum)", kind: .limitExceeded) }
        base = operands.count
        isReachable = true
        control.push(ControlFrame(
            kind: kind, initializedHeight: initialized.count, height: base, startTypes: signature.parameters, endTypes: signature.results))
        pushOperands(signature.parameters)
    }

    /// Closes the innermost block, whose results must be all that is left of its operands; they are popped.
    mutating func popControl() throws(ValidationError) -> ControlFrame {
        let frame = control[control.count - 1]
        try popOperands(frame.endTypes)
        if operands.count != frame.height {
            throw error(
                "type mismatch: \(operands.count - frame.height) values remain on the stack at the end of the block",
                expected: context.describe(frame.endTypes), found: nil)
        }
        if initialized.count != frame.initializedHeight { forgetInitialized(downTo: Int(frame.initializedHeight)) }
        control.count &-= 1
        if control.count > 0 {
            let outer = control[control.count - 1]
            base = outer.height
            isReachable = !outer.isUnreachable
        } else {
            base = 0
            isReachable = false
        }
        return frame
    }

    /// Pops a reference to anything, and returns its type; the bottom type's is a non-null reference to nothing.
    mutating func popReference() throws(ValidationError) -> ReferenceType {
        let type = try popOperand()
        if type.isBottom { return ReferenceType(.bottom, isNullable: false) }
        guard let reference = type.referenceType else {
            throw error("type mismatch: expected a reference, found \(type)", expected: "a reference", found: type.description)
        }
        return reference
    }

    /// Keeps the type of the reference on top for the translator.
    mutating func noteTestedReference() { testedType = operandType(depth: 0) }

    mutating func pushReference(_ heapType: HeapType, isNullable: Bool) {
        pushOperand(.reference(ReferenceType(heapType, isNullable: isNullable)))
    }

    mutating func popReference(_ heapType: HeapType, isNullable: Bool = true) throws(ValidationError) {
        try popOperand(.reference(ReferenceType(heapType, isNullable: isNullable)))
    }

    /// Marks the rest of the innermost block as unreachable: its operands are dropped, and the stack becomes polymorphic.
    mutating func markUnreachable() {
        operands.count = base
        isReachable = false
        control[control.count - 1].isUnreachable = true
    }

    /// The types that a branch to the label carries.
    mutating func labelTypes(_ label: UInt32) throws(ValidationError) -> TypeList {
        guard Int(label) < control.count else { throw unknown("label", label) }
        return frame(depth: Int(label)).labelTypes
    }

    // MARK: Errors

    @inline(never)
    func error(
        _ message: String, kind: ValidationError.Kind = .invalid, expected: String? = nil, found: String? = nil
    ) -> ValidationError {
        ValidationError(message, at: Int(offset), kind: kind, expected: expected, found: found, function: function)
    }

    @inline(never)
    func typeMismatch(expected: ValueType, found: ValueType?) -> ValidationError {
        let found = found?.description ?? ""
        return error(
            "type mismatch: instruction requires [\(expected)] but stack has [\(found)]", expected: expected.description,
            found: found.isEmpty ? "nothing" : found)
    }

    @inline(never)
    func underflow() -> ValidationError {
        error("type mismatch: expected a value, found nothing", expected: "a value", found: "nothing")
    }

    @inline(never)
    func unknown(_ what: String, _ index: UInt32) -> ValidationError { error("unknown \(what) \(index)") }
}
