import PrecastEntities
import PrecastIR

extension Simplifier {
    private func boolean(_ value: Bool) -> Simplified { .data(.constant(.i32, value ? 1 : 0)) }

    mutating func comparison(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        let condition = data.integerCondition
        if data.a == data.b { return boolean(ConstantFolding.compare(condition, 0, 0)) }
        let left = function.dfg.definingData(data.valueA)
        if let c = function.dfg.constant(data.valueB) {
            if let x = function.dfg.constant(data.valueA) { return boolean(ConstantFolding.compare(condition, x, c)) }
            return compareConstant(data, left, c, &function)
        }
        return compareExtended(data, left, function.dfg.definingData(data.valueB))
    }

    /// Both operands extended the same way: the comparison before extension, where the order is the same.
    private func compareExtended(_ data: InstructionData, _ left: InstructionData, _ right: InstructionData) -> Simplified? {
        if left.opcode != right.opcode { return nil }
        switch left.opcode {
        case .sextend: return .data(.compare(data.integerCondition, left.valueA, right.valueA))
        case .uextend: return .data(.compare(data.integerCondition.unsigned, left.valueA, right.valueA))
        default: return nil
        }
    }

    private mutating func compareConstant(_ data: InstructionData, _ left: InstructionData, _ c: Int64, _ function: inout Function) -> Simplified? {
        let type = function.dfg.type(data.valueA)
        if type == .reference { return nil }
        if let known = alwaysOrNever(data, type, c, function) { return boolean(known) }
        switch data.integerCondition {
        case .signedLess, .signedLessOrEqual, .signedGreater, .signedGreaterOrEqual:
            // Of what is not negative (negative constants were decided above), in the form that narrow loads can be compared in.
            if isNonNegative(data.valueA, type, function) { return .data(.compare(data.integerCondition.unsigned, data.valueA, data.valueB)) }
            return left.opcode == .sextend ? narrowedSigned(data, left, c, &function) : withZero(data, type, c, &function)
        case .unsignedLess where c == 1: return .data(.compare(.equal, data.valueA, constant(type, 0, &function)))
        case .unsignedGreater where c == 0: return .data(.compare(.notEqual, data.valueA, data.valueB))
        case .unsignedLessOrEqual where c == 0: return .data(.compare(.equal, data.valueA, data.valueB))
        case .unsignedGreaterOrEqual where c == 1: return .data(.compare(.notEqual, data.valueA, constant(type, 0, &function)))
        case .equal, .notEqual: return equality(data, left, c, type, &function)
        default: return left.opcode == .uextend ? narrowed(data, left, c, &function) : nil
        }
    }

    /// The result where the range of the left side decides it.
    private func alwaysOrNever(_ data: InstructionData, _ type: Type, _ c: Int64, _ function: borrowing Function) -> Bool? {
        let possible = possibleBits(data.valueA, function)
        let all: UInt64 = type == .i32 ? 0xffff_ffff : .max
        let bound = UInt64(bitPattern: c) & all
        switch data.integerCondition {
        case .unsignedLess: return bound == 0 ? false : possible < bound ? true : nil
        case .unsignedGreaterOrEqual: return bound == 0 ? true : possible < bound ? false : nil
        case .unsignedLessOrEqual: return possible <= bound ? true : nil
        case .unsignedGreater: return possible <= bound ? false : nil
        case .equal: return bound & ~possible != 0 ? false : nil
        case .notEqual: return bound & ~possible != 0 ? true : nil
        case .signedLess where c <= 0: return possible <= all >> 1 ? false : nil
        case .signedGreaterOrEqual where c <= 0: return possible <= all >> 1 ? true : nil
        case .signedGreater where c < 0: return possible <= all >> 1 ? true : nil
        case .signedLessOrEqual where c < 0: return possible <= all >> 1 ? false : nil
        default: return nil
        }
    }

    private mutating func equality(_ data: InstructionData, _ left: InstructionData, _ c: Int64, _ type: Type, _ function: inout Function) -> Simplified? {
        let isEqual = data.integerCondition == .equal
        // A boolean: itself or its opposite.
        if c == 0 || c == 1, type == .i32, isBoolean(data.valueA, function) {
            if isEqual == (c == 1) { return .value(data.valueA) }
            if left.opcode == .icmp { return .data(.compare(left.integerCondition.inverted, left.valueA, left.valueB)) }
            if left.opcode == .fcmp, left.floatCondition == .equal || left.floatCondition == .notEqual {
                var opposite = left
                opposite.flags = UInt16((left.floatCondition == .equal ? FloatCondition.notEqual : .equal).rawValue)
                return .data(opposite)
            }
            return c == 1 ? .data(.compare(.equal, data.valueA, constant(type, 0, &function))) : nil
        }
        switch left.opcode {
        case .iadd, .bxor:
            guard let c1 = function.dfg.constant(left.valueB) else {
                return c == 0 && left.opcode == .bxor ? .data(.compare(data.integerCondition, left.valueA, left.valueB)) : nil
            }
            let moved = left.opcode == .iadd ? c &- c1 : c ^ c1
            return .data(.compare(data.integerCondition, left.valueA, constant(type, moved, &function)))
        case .isub:
            if c == 0 { return .data(.compare(data.integerCondition, left.valueA, left.valueB)) }
            guard let c1 = function.dfg.constant(left.valueA) else { return nil }
            return .data(.compare(data.integerCondition, left.valueB, constant(type, c1 &- c, &function)))
        case .select:
            guard let x = function.dfg.constant(left.valueB), let y = function.dfg.constant(left.valueC) else { return nil }
            let (ifNonzero, ifZero) = ((x == c) == isEqual, (y == c) == isEqual)
            if ifNonzero == ifZero { return boolean(ifNonzero) }
            return .data(.compare(ifNonzero ? .notEqual : .equal, left.valueA, constant(.i32, 0, &function)))
        case .uextend: return narrowed(data, left, c, &function)
        case .sextend:
            if Int64(Int32(truncatingIfNeeded: c)) != c { return boolean(!isEqual) }
            return .data(.compare(data.integerCondition, left.valueA, constant(.i32, c, &function)))
        default: return nil
        }
    }

    private mutating func narrowedSigned(_ data: InstructionData, _ left: InstructionData, _ c: Int64, _ function: inout Function) -> Simplified? {
        guard Int32(exactly: c) != nil else { return nil }
        return .data(.compare(data.integerCondition, left.valueA, constant(.i32, c, &function)))
    }
    /// Comparisons with 1 and -1 that are comparisons with 0.
    private mutating func withZero(_ data: InstructionData, _ type: Type, _ c: Int64, _ function: inout Function) -> Simplified? {
        let condition: IntegerCondition
        switch (data.integerCondition, c) {
        case (.signedGreater, -1): condition = .signedGreaterOrEqual
        case (.signedLess, 1): condition = .signedLessOrEqual
        case (.signedGreaterOrEqual, 1): condition = .signedGreater
        case (.signedLessOrEqual, -1): condition = .signedLess
        default: return nil
        }
        return .data(.compare(condition, data.valueA, constant(type, 0, &function)))
    }

    /// A comparison of a zero-extended i32 with a constant, as one of the i32.
    private mutating func narrowed(_ data: InstructionData, _ left: InstructionData, _ c: Int64, _ function: inout Function) -> Simplified? {
        guard c >= 0 && c <= 0xffff_ffff else { return nil }
        return .data(.compare(data.integerCondition.unsigned, left.valueA, constant(.i32, c, &function)))
    }

    // MARK: Choice

    mutating func choice(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        if data.b == data.c { return .value(data.valueB) }
        // What a check implies must not remove the guard that repeats the check for mispredicted paths.
        let known = data.opcode == .selectGuard ? function.dfg.constant(data.valueA).map { $0 != 0 } : isNonzero(data.valueA, function)
        if let known { return .value(known ? data.valueB : data.valueC) }
        let condition = function.dfg.definingData(data.valueA)
        if condition.opcode == .icmp, function.dfg.constant(condition.valueB) == 0, function.dfg.type(condition.valueA) == .i32 {
            var stripped = data
            stripped.a = condition.a
            if condition.integerCondition == .notEqual { return .data(stripped) }
            if condition.integerCondition == .equal {
                swap(&stripped.b, &stripped.c)
                return .data(stripped)
            }
        }
        if data.opcode == .select, data.type == .i32 || data.type == .i64, let nested = choiceOfTwo(data, condition, &function) { return nested }
        guard data.opcode == .select, data.type.isInteger, data.type != .i128, let x = function.dfg.constant(data.valueB), let y = function.dfg.constant(data.valueC) else { return nil }
        if data.type != .i32 {
            guard data.type == .i64, x | y == 1, x & y == 0 else { return nil }
            let bit = simplified(.compare(x == 1 ? .notEqual : .equal, data.valueA, constant(.i32, 0, &function)), &function)
            return .data(.unary(.uextend, .i64, bit))
        }
        if x == 1 && y == 0 {
            if isBoolean(data.valueA, function) { return .value(data.valueA) }
            return .data(.compare(.notEqual, data.valueA, data.valueC))
        }
        return x == 0 && y == 1 ? .data(.compare(.equal, data.valueA, data.valueB)) : nil
    }
}

extension Simplifier {
    /// A choice by two comparisons, joined by `band` or `bor`, as two choices: their conditions need not become numbers.
    private mutating func choiceOfTwo(_ data: InstructionData, _ condition: InstructionData, _ function: inout Function) -> Simplified? {
        guard condition.opcode == .band || condition.opcode == .bor, isComparison(condition.valueA, function), isComparison(condition.valueB, function) else { return nil }
        var (inner, outer) = (data, data)
        inner.a = condition.b
        outer.a = condition.a
        if condition.opcode == .band { outer.b = emit(inner, &function).rawValue } else { outer.c = emit(inner, &function).rawValue }
        return .data(outer)
    }
    private func isComparison(_ value: Value, _ function: borrowing Function) -> Bool { function.dfg.definingData(value).opcode == .icmp }
}

extension IntegerCondition {
    /// The condition on the same bits taken as unsigned numbers.
    var unsigned: IntegerCondition {
        switch self {
        case .signedLess: .unsignedLess
        case .signedLessOrEqual: .unsignedLessOrEqual
        case .signedGreater: .unsignedGreater
        case .signedGreaterOrEqual: .unsignedGreaterOrEqual
        default: self
        }
    }
}
