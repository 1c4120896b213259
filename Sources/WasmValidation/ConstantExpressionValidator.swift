internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

/// Validates constant expressions. WebAssembly core specification, section 3.4.15.
///
/// Where extended constant expressions are enabled, `global.get` may also name an immutable global that the module itself defines, as
/// WebAssembly 3.0 has it; otherwise only an imported one.
struct ConstantExpressionValidator {
    let module: Module
    /// The functions that `ref.func` has named.
    private(set) var isDeclared: [Bool]
    private var operands: [ValueType] = []

    init(_ module: Module) {
        self.module = module
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
        guard operands.count == 1, operands[0].matches(expected) else {
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
        case .refNull: operands.append(.reference(ReferenceType(op.heapType, isNullable: true)))
        case .refFunc:
            try declare(op.functionIndex, at: op.offset)
            operands.append(.funcref)
        case .globalGet: operands.append(try globalType(op, globalCount))
        case .i32Add, .i32Sub, .i32Mul: try stepBinary(op, .i32)
        case .i64Add, .i64Sub, .i64Mul: try stepBinary(op, .i64)
        default: throw ValidationError("constant expression required: \(op.opcode.mnemonic) is not constant", at: Int(op.offset))
        }
    }

    private func globalType(_ op: Operator, _ globalCount: Int) throws(ValidationError) -> ValueType {
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
        guard operands.count >= 2, operands.suffix(2).allSatisfy({ $0 == type }) else {
            throw ValidationError("type mismatch: \(op.opcode.mnemonic) expects two operands of type \(type)", at: Int(op.offset))
        }
        operands.removeLast()
    }
}

extension ValidationError {
    static func unknown(_ what: String, _ index: UInt32, at offset: UInt32) -> ValidationError {
        ValidationError("unknown \(what) \(index)", at: Int(offset))
    }
}
