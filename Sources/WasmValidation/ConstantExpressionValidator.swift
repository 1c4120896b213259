internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

/// Validates constant expressions. WebAssembly core specification, section 3.4.15.
///
/// Where extended constant expressions are enabled, `global.get` may also name an immutable global that the module itself defines, as
/// WebAssembly 3.0 has it; otherwise only an imported one.
struct ConstantExpressionValidator {
    let module: Module
    let types: TypeRelations
    /// The functions that `ref.func` has named.
    private(set) var isDeclared: [Bool]
    /// The features that expressions use, those apart that their operators' rows name.
    private(set) var usedFeatures = FeatureSet()
    private let hasTypedFunctionReferences: Bool
    private var operands: [ValueType] = []

    init(_ module: Module, _ types: TypeRelations) {
        self.module = module
        self.types = types
        hasTypedFunctionReferences = module.features.contains(.functionReferences)
        isDeclared = Array(repeating: false, count: module.functions.count)
    }

    /// Notes that a function is named outside bodies.
    mutating func declare(_ function: FunctionIndex, at offset: UInt32) throws(ValidationError) {
        guard function.index < isDeclared.count else { throw .unknown("function", function.rawValue, at: offset) }
        isDeclared[function.index] = true
    }

    /// Checks that an expression is constant and gives one value of type `expected`. The first `globalCount` globals are visible.
    mutating func validate(_ expression: ConstantExpression, _ expected: ValueType, globalCount: Int) throws(ValidationError) {
        operands.removeAll(keepingCapacity: true)
        for position in Int(expression.start)..<Int(expression.end) {
            try step(module.constantOperators[position], globalCount)
        }
        guard operands.count == 1, types.matches(operands[0], expected) else {
            let found = "[" + operands.map(\.description).joined(separator: " ") + "]"
            throw ValidationError(
                "type mismatch: expected [\(expected)], found \(found)", at: Int(expression.offset),
                expected: "[\(expected)]", found: found)
        }
    }

    private mutating func step(_ op: Operator, _ globalCount: Int) throws(ValidationError) {
        switch op.opcode {
        case .i32Const: operands.append(.i32)
        case .i64Const: operands.append(.i64)
        case .f32Const: operands.append(.f32)
        case .f64Const: operands.append(.f64)
        case .v128Const: operands.append(.v128)
        case .refNull:
            try check(op.heapType, op)
            push(op.heapType, isNullable: true)
        case .refFunc:
            try declare(op.functionIndex, at: op.offset)
            if hasTypedFunctionReferences {
                push(.concrete(module.functions[op.functionIndex.index].rawValue), isNullable: false)
            } else {
                operands.append(.funcref)
            }
        case .globalGet: operands.append(try globalType(op, globalCount))
        case .i32Add, .i32Sub, .i32Mul: try stepBinary(op, .i32)
        case .i64Add, .i64Sub, .i64Mul: try stepBinary(op, .i64)
        case .refI31:
            try pop(.i32, op)
            push(.i31, isNullable: false)
        case .anyConvertExtern: try stepConvert(op, .extern, .any)
        case .externConvertAny: try stepConvert(op, .any, .extern)
        case .structNew, .structNewDefault: try stepStruct(op)
        case .arrayNew, .arrayNewDefault, .arrayNewFixed: try stepArray(op)
        default: throw ValidationError("constant expression required: \(op.opcode.mnemonic) is not constant", at: Int(op.offset))
        }
    }

    private mutating func globalType(_ op: Operator, _ globalCount: Int) throws(ValidationError) -> ValueType {
        if Int(op.index) >= module.importedGlobalCount { usedFeatures.insert(.extendedConst) }
        let visible = module.features.contains(.extendedConst) ? globalCount : min(globalCount, module.importedGlobalCount)
        guard Int(op.index) < visible else { throw .unknown("global", op.index, at: op.offset) }
        let type = module.globals[Int(op.index)].type
        if type.isMutable {
            throw ValidationError("constant expression required: global \(op.index) is mutable", at: Int(op.offset))
        }
        return type.valueType
    }

    private mutating func stepBinary(_ op: Operator, _ type: ValueType) throws(ValidationError) {
        guard module.features.contains(.extendedConst) else {
            throw ValidationError(
                "constant expression required: the feature extended-const is not enabled", at: Int(op.offset),
                kind: .featureDisabled(.extendedConst))
        }
        usedFeatures.insert(.extendedConst)
        guard operands.count >= 2, operands.suffix(2).allSatisfy({ $0 == type }) else {
            throw ValidationError("type mismatch: \(op.opcode.mnemonic) expects two operands of type \(type)", at: Int(op.offset))
        }
        operands.removeLast()
    }
}

// References, structures and arrays.
extension ConstantExpressionValidator {
    private mutating func push(_ heapType: HeapType, isNullable: Bool) {
        operands.append(.reference(ReferenceType(heapType, isNullable: isNullable)))
    }

    @discardableResult
    private mutating func pop(_ expected: ValueType, _ op: Operator) throws(ValidationError) -> ValueType {
        guard let found = operands.popLast(), types.matches(found, expected) else {
            throw ValidationError(
                "type mismatch: \(op.opcode.mnemonic) expects an operand of type \(expected)", at: Int(op.offset), expected: "\(expected)")
        }
        return found
    }

    private func check(_ type: HeapType, _ op: Operator) throws(ValidationError) {
        if let index = type.typeIndex, Int(index) >= types.count { throw .unknown("type", index, at: op.offset) }
    }

    private mutating func stepConvert(_ op: Operator, _ source: HeapType, _ target: HeapType) throws(ValidationError) {
        let type = try pop(.reference(ReferenceType(source, isNullable: true)), op)
        push(target, isNullable: type.referenceType?.isNullable ?? false)
    }

    private mutating func stepStruct(_ op: Operator) throws(ValidationError) {
        try check(.concrete(min(op.index, HeapType.maximumTypeIndex)), op)
        guard let type = module.types[Int(op.index)].structure else {
            throw ValidationError("type mismatch: type \(op.index) is not a structure type", at: Int(op.offset))
        }
        for field in type.fields.reversed() {
            if op.opcode == .structNew { try pop(field.storage.unpacked, op) } else { try checkDefaultable(field, op) }
        }
        push(.concrete(op.index), isNullable: false)
    }

    private mutating func stepArray(_ op: Operator) throws(ValidationError) {
        try check(.concrete(min(op.index, HeapType.maximumTypeIndex)), op)
        guard let element = module.types[Int(op.index)].array?.element else {
            throw ValidationError("type mismatch: type \(op.index) is not an array type", at: Int(op.offset))
        }
        if op.opcode == .arrayNewFixed {
            guard Int(op.count) <= operands.count else {
                throw ValidationError("type mismatch: array.new_fixed expects \(op.count) operands", at: Int(op.offset))
            }
            for _ in 0..<op.count { try pop(element.storage.unpacked, op) }
        } else {
            try pop(.i32, op)
            if op.opcode == .arrayNew { try pop(element.storage.unpacked, op) } else { try checkDefaultable(element, op) }
        }
        push(.concrete(op.index), isNullable: false)
    }

    private func checkDefaultable(_ field: FieldType, _ op: Operator) throws(ValidationError) {
        if !field.storage.unpacked.isDefaultable {
            throw ValidationError("type mismatch: field type is not defaultable: \(field.storage)", at: Int(op.offset))
        }
    }
}

extension ValidationError {
    static func unknown(_ what: String, _ index: UInt32, at offset: UInt32) -> ValidationError {
        ValidationError("unknown \(what) \(index)", at: Int(offset))
    }
}
