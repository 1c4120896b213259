internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

// Structures and arrays. WebAssembly core specification, sections 3.4.6 and 3.4.7.
extension FunctionValidator {
    mutating func stepAggregate(_ op: Operator) throws(ValidationError) {
        switch op.opcode {
        case .structNew, .structNewDefault: try stepStructNew(op)
        case .structGet, .structGetS, .structGetU: try stepStructGet(op)
        case .structSet: try stepStructSet(op)
        case .arrayNew, .arrayNewDefault: try stepArrayNew(op)
        case .arrayNewFixed: try stepArrayNewFixed(op)
        case .arrayNewData, .arrayNewElem: try stepArrayNewSegment(op)
        case .arrayGet, .arrayGetS, .arrayGetU: try stepArrayGet(op)
        case .arraySet: try stepArraySet(op)
        case .arrayLen:
            try popReference(.array)
            pushOperand(.i32)
        case .arrayFill: try stepArrayFill(op)
        case .arrayCopy: try stepArrayCopy(op)
        case .arrayInitData, .arrayInitElem: try stepArrayInit(op)
        default: preconditionFailure("\(op.opcode.mnemonic) has a signature in its row")
        }
    }

    /// The range in ``fields`` of a structure's fields.
    private mutating func structure(_ index: UInt32) throws(ValidationError) -> Range<Int> {
        guard Int(index) < types.count else { throw unknown("type", index) }
        guard types.kinds[Int(index)] == .structure else {
            throw error("type mismatch: type \(index) is not a structure type", expected: "a structure type", found: "type \(index)")
        }
        return Int(fieldStarts[Int(index)])..<Int(fieldStarts[Int(index) + 1])
    }

    /// What an array holds.
    private mutating func element(ofArray index: UInt32) throws(ValidationError) -> FieldType {
        guard Int(index) < types.count else { throw unknown("type", index) }
        guard types.kinds[Int(index)] == .array else {
            throw error("type mismatch: type \(index) is not an array type", expected: "an array type", found: "type \(index)")
        }
        return fields[Int(fieldStarts[Int(index)])]
    }

    private mutating func checkDefaultable(_ field: FieldType) throws(ValidationError) {
        if !field.storage.unpacked.isDefaultable {
            throw error("type mismatch: field type is not defaultable: \(field.storage)", expected: "a type with a default")
        }
    }

    /// `get` is for fields that hold values, `get_s` and `get_u` are for packed ones.
    private mutating func checkPacking(_ field: FieldType, isExtending: Bool, _ op: Operator) throws(ValidationError) {
        if field.storage.isPacked != isExtending {
            throw error("type mismatch: \(op.opcode.mnemonic) of a field of type \(field.storage)")
        }
    }

    // MARK: Structures

    private mutating func stepStructNew(_ op: Operator) throws(ValidationError) {
        for position in try structure(op.index).reversed() {
            if op.opcode == .structNew {
                try popOperand(fields[position].storage.unpacked)
            } else {
                try checkDefaultable(fields[position])
            }
        }
        pushReference(.concrete(op.index), isNullable: false)
    }

    private mutating func field(of op: Operator) throws(ValidationError) -> FieldType {
        let range = try structure(op.index)
        guard Int(op.secondIndex) < range.count else { throw unknown("field", op.secondIndex) }
        return fields[range.lowerBound + Int(op.secondIndex)]
    }

    private mutating func stepStructGet(_ op: Operator) throws(ValidationError) {
        let field = try field(of: op)
        try checkPacking(field, isExtending: op.opcode != .structGet, op)
        try popReference(.concrete(op.index))
        pushOperand(field.storage.unpacked)
    }

    private mutating func stepStructSet(_ op: Operator) throws(ValidationError) {
        let field = try field(of: op)
        if !field.isMutable { throw error("immutable field: field \(op.secondIndex) of type \(op.index) cannot be set") }
        try popOperand(field.storage.unpacked)
        try popReference(.concrete(op.index))
    }

    // MARK: Arrays

    private mutating func mutableElement(ofArray index: UInt32) throws(ValidationError) -> FieldType {
        let element = try element(ofArray: index)
        if !element.isMutable { throw error("immutable array: elements of type \(index) cannot be set") }
        return element
    }

    private mutating func stepArrayNew(_ op: Operator) throws(ValidationError) {
        let element = try element(ofArray: op.index)
        try popOperand(.i32)
        if op.opcode == .arrayNew {
            try popOperand(element.storage.unpacked)
        } else {
            try checkDefaultable(element)
        }
        pushReference(.concrete(op.index), isNullable: false)
    }

    private mutating func stepArrayNewFixed(_ op: Operator) throws(ValidationError) {
        let element = try element(ofArray: op.index)
        let maximum = context.module.limits.fixedArrayElements
        if Int(op.count) > maximum {
            throw error("too many elements of array.new_fixed: \(op.count), and the limit is \(maximum)", kind: .limitExceeded)
        }
        for _ in 0..<op.count { try popOperand(element.storage.unpacked) }
        pushReference(.concrete(op.index), isNullable: false)
    }

    /// Checks that a segment may fill an array.
    private mutating func checkSegment(_ op: Operator, _ element: FieldType) throws(ValidationError) {
        if op.opcode == .arrayNewData || op.opcode == .arrayInitData {
            if element.storage.unpacked.isReference {
                throw error("type mismatch: array type is not numeric or vector: \(element.storage)")
            }
            try checkData(op.secondIndex)
        } else {
            let found = ValueType.reference(try elementType(op.secondIndex))
            if element.storage.isPacked || !types.matches(found, element.storage.unpacked) {
                throw typeMismatch(expected: element.storage.unpacked, found: found)
            }
        }
    }

    private mutating func stepArrayNewSegment(_ op: Operator) throws(ValidationError) {
        try checkSegment(op, try element(ofArray: op.index))
        try popOperand(.i32)
        try popOperand(.i32)
        pushReference(.concrete(op.index), isNullable: false)
    }

    private mutating func stepArrayInit(_ op: Operator) throws(ValidationError) {
        try checkSegment(op, try mutableElement(ofArray: op.index))
        for _ in 0..<3 { try popOperand(.i32) }
        try popReference(.concrete(op.index))
    }

    private mutating func stepArrayGet(_ op: Operator) throws(ValidationError) {
        let element = try element(ofArray: op.index)
        try checkPacking(element, isExtending: op.opcode != .arrayGet, op)
        try popOperand(.i32)
        try popReference(.concrete(op.index))
        pushOperand(element.storage.unpacked)
    }

    private mutating func stepArraySet(_ op: Operator) throws(ValidationError) {
        let element = try mutableElement(ofArray: op.index)
        try popOperand(element.storage.unpacked)
        try popOperand(.i32)
        try popReference(.concrete(op.index))
    }

    private mutating func stepArrayFill(_ op: Operator) throws(ValidationError) {
        let element = try mutableElement(ofArray: op.index)
        try popOperand(.i32)
        try popOperand(element.storage.unpacked)
        try popOperand(.i32)
        try popReference(.concrete(op.index))
    }

    private mutating func stepArrayCopy(_ op: Operator) throws(ValidationError) {
        let destination = try mutableElement(ofArray: op.index)
        let source = try element(ofArray: op.secondIndex)
        guard types.matches(source.storage, destination.storage) else {
            throw error(
                "array types do not match: elements of type \(source.storage) in an array of \(destination.storage)",
                expected: destination.storage.description, found: source.storage.description)
        }
        try popOperand(.i32)
        try popOperand(.i32)
        try popReference(.concrete(op.secondIndex))
        try popOperand(.i32)
        try popReference(.concrete(op.index))
    }
}
