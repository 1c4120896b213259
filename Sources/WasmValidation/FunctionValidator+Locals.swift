internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

// Locals, and which of them hold a value yet: a local of a non-null reference type has none until it is set, and what a block sets is
// forgotten at its end. WebAssembly core specification, section 3.4.12 and appendix 7.3.
extension FunctionValidator {
    @inline(__always)
    mutating func localType(of op: Operator) throws(ValidationError) -> ValueType {
        guard let type = locals[op.index] else { throw unknown("local", op.index) }
        return type
    }

    @inline(__always)
    mutating func stepLocalGet(_ op: Operator) throws(ValidationError) {
        let type = try localType(of: op)
        if !type.isDefaultable { try checkInitialized(op.index) }
        pushOperand(type)
    }

    @inline(__always)
    mutating func stepLocalSet(_ op: Operator) throws(ValidationError) {
        let type = try localType(of: op)
        try popOperand(type)
        if !type.isDefaultable { noteInitialized(op.index) }
    }

    mutating func stepLocalTee(_ op: Operator) throws(ValidationError) {
        let type = try localType(of: op)
        try popOperand(type)
        if !type.isDefaultable { noteInitialized(op.index) }
        pushOperand(type)
    }

    private mutating func isInitialized(_ local: UInt32) -> Bool {
        let index = Int(local)
        return index < locals.parameterCount || index < initializedIn.count && initializedIn[index] == bodyNumber
    }

    @inline(never)
    private mutating func checkInitialized(_ local: UInt32) throws(ValidationError) {
        if !isInitialized(local) { throw error("uninitialized local: local \(local)") }
    }

    @inline(never)
    private mutating func noteInitialized(_ local: UInt32) {
        if isInitialized(local) { return }
        let missing = Int(local) + 1 - initializedIn.count
        if missing > 0 { initializedIn.append(contentsOf: repeatElement(0, count: missing)) }
        initializedIn[Int(local)] = bodyNumber
        initialized.push(local)
    }

    @inline(never)
    mutating func forgetInitialized(downTo height: Int) {
        while initialized.count > height { initializedIn[Int(initialized.pop())] = 0 }
    }
}
