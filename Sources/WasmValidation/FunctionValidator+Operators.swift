internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

// The operators whose types depend on more than the opcode. WebAssembly core specification, section 3.4.
extension FunctionValidator {
    mutating func stepSpecial(_ op: Operator) throws(ValidationError) {
        switch op.opcode {
        case .localGet: try stepLocalGet(op)
        case .localSet: try stepLocalSet(op)
        case .localTee: try stepLocalTee(op)
        case .globalGet: pushOperand(try globalType(of: op).valueType)
        case .globalSet: try stepGlobalSet(op)
        case .block: try stepBlock(.block, op)
        case .loop: try stepBlock(.loop, op)
        case .if: try stepBlock(.if, op)
        case .else: try stepElse()
        case .end: try stepEnd()
        case .br: try stepBranch(op)
        case .brIf: try stepBranchIf(op)
        case .return: try stepReturn()
        case .unreachable: markUnreachable()
        case .call: try stepCall(try signature(ofFunction: op.index))
        case .callIndirect: try stepCall(try signatureOfIndirectCall(op))
        case .returnCall: try stepTailCall(try signature(ofFunction: op.index))
        case .returnCallIndirect: try stepTailCall(try signatureOfIndirectCall(op))
        case .callRef: try stepCall(try signatureOfReferenceCall(op))
        case .returnCallRef: try stepTailCall(try signatureOfReferenceCall(op))
        case .throw: try stepThrow(op)
        case .throwRef: try stepThrowRef()
        case .drop: _ = try popOperand()
        case .select: try stepSelect()
        case .selectTyped: try stepTypedSelect(op)
        case .refNull: try stepRefNull(op)
        case .refIsNull: try stepRefIsNull()
        case .refFunc: try stepRefFunc(op)
        case .memorySize: pushOperand(try memory(op.index).addressType)
        case .memoryGrow: try stepMemoryGrow(op)
        case .memoryFill: try stepMemoryFill(op)
        case .memoryCopy: try stepMemoryCopy(op)
        case .memoryInit: try stepMemoryInit(op)
        case .dataDrop: try checkData(op.index)
        case .tableGet: try stepTableGet(op)
        case .tableSet: try stepTableSet(op)
        case .tableSize: pushOperand(try table(op.index).addressType)
        case .tableGrow: try stepTableGrow(op)
        case .tableFill: try stepTableFill(op)
        case .tableCopy: try stepTableCopy(op)
        case .tableInit: try stepTableInit(op)
        case .elemDrop: _ = try elementType(op.index)
        default: try stepExtended(op)
        }
    }

    // MARK: Variables

    private mutating func globalType(of op: Operator) throws(ValidationError) -> GlobalType {
        let index = Int(op.index)
        guard index < globals.count else { throw unknown("global", op.index) }
        return globals[index].type
    }

    private mutating func stepGlobalSet(_ op: Operator) throws(ValidationError) {
        let type = try globalType(of: op)
        if !type.isMutable { throw error("immutable global: global \(op.index) cannot be set") }
        try popOperand(type.valueType)
    }

    // MARK: Parametric

    private mutating func stepSelect() throws(ValidationError) {
        try popOperand(.i32)
        let second = try popOperand()
        let first = try popOperand()
        if first.isReference || second.isReference {
            let found = first.isReference ? first : second
            throw error("type mismatch: select of a reference must name its type", expected: "a number", found: found.description)
        }
        if !first.isBottom && !second.isBottom && first != second { throw typeMismatch(expected: first, found: second) }
        pushOperand(first.isBottom ? second : first)
    }

    private mutating func stepTypedSelect(_ op: Operator) throws(ValidationError) {
        guard op.count == 1 else { throw error("invalid result arity: select of \(op.count) types", expected: "1", found: "\(op.count)") }
        try check(op.valueType)
        try popOperand(.i32)
        try popOperand(op.valueType)
        try popOperand(op.valueType)
        pushOperand(op.valueType)
    }

    // MARK: References

    private mutating func stepRefNull(_ op: Operator) throws(ValidationError) {
        let type = ValueType.reference(ReferenceType(op.heapType, isNullable: true))
        try check(type)
        pushOperand(type)
    }

    private mutating func stepRefIsNull() throws(ValidationError) {
        noteTestedReference()
        _ = try popReference()
        pushOperand(.i32)
    }

    private mutating func stepRefFunc(_ op: Operator) throws(ValidationError) {
        let index = Int(op.index)
        guard index < isDeclared.count else { throw unknown("function", op.index) }
        guard isDeclared[index] else { throw error("undeclared function reference: function \(op.index)") }
        if hasTypedFunctionReferences {
            pushReference(.concrete(functions[index].rawValue), isNullable: false)
        } else {
            pushOperand(.funcref)
        }
    }

    /// Checks that a type names no type that does not exist.
    mutating func check(_ type: ValueType) throws(ValidationError) {
        if let index = types.unknownIndex(in: type) { throw unknown("type", index) }
    }

    // MARK: Memories

    mutating func memory(_ index: UInt32) throws(ValidationError) -> MemoryType {
        guard Int(index) < memories.count else { throw unknown("memory", index) }
        return memories[Int(index)]
    }

    /// Checks a load's or store's immediates and returns its address type.
    @inline(__always)
    mutating func addressType(of op: Operator) throws(ValidationError) -> ValueType {
        let type = try memory(op.index)
        let natural = op.opcode.naturalAlignment
        if op.alignment != natural { try checkAlignment(op) }
        if !type.is64 && op.memoryOffset > UInt64(UInt32.max) { throw error("offset out of range: \(op.memoryOffset)") }
        return type.addressType
    }

    /// An access may promise less alignment than its width, unless it is atomic.
    @inline(never)
    private mutating func checkAlignment(_ op: Operator) throws(ValidationError) {
        let natural = op.opcode.naturalAlignment
        if op.alignment > natural {
            throw error(
                "alignment must not be larger than natural: 2**\(op.alignment), and \(op.opcode.mnemonic) accesses 2**\(natural) bytes",
                expected: "at most \(natural)", found: "\(op.alignment)")
        }
        if op.opcode.prefix == 0xFE {
            throw error(
                "atomic alignment must be natural: 2**\(op.alignment), and \(op.opcode.mnemonic) accesses 2**\(natural) bytes",
                expected: "\(natural)", found: "\(op.alignment)")
        }
    }

    private mutating func stepMemoryGrow(_ op: Operator) throws(ValidationError) {
        let address = try memory(op.index).addressType
        try popOperand(address)
        pushOperand(address)
    }

    private mutating func stepMemoryFill(_ op: Operator) throws(ValidationError) {
        let address = try memory(op.index).addressType
        try popOperand(address)
        try popOperand(.i32)
        try popOperand(address)
    }

    private mutating func stepMemoryCopy(_ op: Operator) throws(ValidationError) {
        let destination = try memory(op.index).addressType
        let source = try memory(op.secondIndex).addressType
        try popOperand(destination == source ? destination : .i32)
        try popOperand(source)
        try popOperand(destination)
    }

    private mutating func stepMemoryInit(_ op: Operator) throws(ValidationError) {
        let address = try memory(op.secondIndex).addressType
        try checkData(op.index)
        try popOperand(.i32)
        try popOperand(.i32)
        try popOperand(address)
    }

    mutating func checkData(_ index: UInt32) throws(ValidationError) {
        guard Int(index) < context.module.data.count else { throw unknown("data segment", index) }
    }

    // MARK: Tables

    private mutating func table(_ index: UInt32) throws(ValidationError) -> TableType {
        guard Int(index) < tables.count else { throw unknown("table", index) }
        return tables[Int(index)].type
    }

    mutating func elementType(_ index: UInt32) throws(ValidationError) -> ReferenceType {
        guard Int(index) < context.module.elements.count else { throw unknown("elem segment", index) }
        return context.module.elements[Int(index)].type
    }

    private mutating func stepTableGet(_ op: Operator) throws(ValidationError) {
        let type = try table(op.index)
        try popOperand(type.addressType)
        pushOperand(.reference(type.element))
    }

    private mutating func stepTableSet(_ op: Operator) throws(ValidationError) {
        let type = try table(op.index)
        try popOperand(.reference(type.element))
        try popOperand(type.addressType)
    }

    private mutating func stepTableGrow(_ op: Operator) throws(ValidationError) {
        let type = try table(op.index)
        try popOperand(type.addressType)
        try popOperand(.reference(type.element))
        pushOperand(type.addressType)
    }

    private mutating func stepTableFill(_ op: Operator) throws(ValidationError) {
        let type = try table(op.index)
        try popOperand(type.addressType)
        try popOperand(.reference(type.element))
        try popOperand(type.addressType)
    }

    private mutating func stepTableCopy(_ op: Operator) throws(ValidationError) {
        let destination = try table(op.index)
        let source = try table(op.secondIndex)
        if !types.matches(source.element, destination.element) {
            throw typeMismatch(expected: .reference(destination.element), found: .reference(source.element))
        }
        try popOperand(destination.is64 && source.is64 ? .i64 : .i32)
        try popOperand(source.addressType)
        try popOperand(destination.addressType)
    }

    private mutating func stepTableInit(_ op: Operator) throws(ValidationError) {
        let type = try table(op.secondIndex)
        let element = try elementType(op.index)
        if !types.matches(element, type.element) { throw typeMismatch(expected: .reference(type.element), found: .reference(element)) }
        try popOperand(.i32)
        try popOperand(.i32)
        try popOperand(type.addressType)
    }
}
