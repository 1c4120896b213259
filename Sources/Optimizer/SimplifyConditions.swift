import PrecastEntities
import PrecastIR

/// Comparisons, and what depends on conditions; and the conditions known at this point of the walk.
extension Simplifier {
    // MARK: Comparisons

    mutating func compare(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        let (x, y, condition) = (data.valueA, data.valueB, data.integerCondition)
        let type = f.dfg.type(x)
        let known = f.dfg.constant(y)
        if let a = f.dfg.constant(x) {
            if let b = known { return number(.i32, holds(condition, a, b, type) ? 1 : 0) }
            return .instruction(.compare(condition.swapped, y, x))
        }
        if x == y { return number(.i32, holds(condition, 0, 0, type) ? 1 : 0) }
        if type == .reference { return .keep }
        guard let c = known else { return compareVariables(data, &f) }
        if let form = preferredCondition(condition, c, type) {
            return .instruction(.compare(form.condition, x, constant(type, form.constant, &f)))
        }
        let left = f.dfg.definingData(x)
        if let result = compareRange(condition, x, y, c, type, f) { return result }
        if left.opcode == .uextend || left.opcode == .sextend, let narrow = narrowed(condition, left, c, &f) { return narrow }
        return condition == .equal || condition == .notEqual ? compareEquality(condition, x, left, c, type, &f) : .keep
    }

    private func holds(_ condition: IntegerCondition, _ a: Int64, _ b: Int64, _ type: Type) -> Bool {
        // Sign extension keeps the unsigned order too.
        let (x, y) = (UInt64(bitPattern: a), UInt64(bitPattern: b))
        return switch condition {
        case .equal: a == b
        case .notEqual: a != b
        case .signedLess: a < b
        case .signedLessOrEqual: a <= b
        case .signedGreater: a > b
        case .signedGreaterOrEqual: a >= b
        case .unsignedLess: x < y
        case .unsignedLessOrEqual: x <= y
        case .unsignedGreater: x > y
        case .unsignedGreaterOrEqual: x >= y
        }
    }

    /// The form in which a comparison with a constant is written: strict, but for those with 0.
    private func preferredCondition(_ condition: IntegerCondition, _ c: Int64, _ type: Type) -> (condition: IntegerCondition, constant: Int64)? {
        let least = type == .i32 ? Int64(Int32.min) : .min
        let greatest = type == .i32 ? Int64(Int32.max) : .max
        // A constant that is an immediate is not changed into one that is none.
        func isShort(_ c: Int64) -> Bool { Int32(exactly: c) != nil }
        switch condition {
        case .unsignedGreaterOrEqual where c != 0 && (isShort(c &- 1) || !isShort(c)): return (.unsignedGreater, c &- 1)
        case .unsignedLessOrEqual where c != -1 && (isShort(c &+ 1) || !isShort(c)) && !(type == .i32 && c == greatest): return (.unsignedLess, c &+ 1)
        case .unsignedGreater where c == 0: return (.notEqual, 0)
        case .unsignedLess where c == 1: return (.equal, 0)
        case .signedGreaterOrEqual where c == 1: return (.signedGreater, 0)
        case .signedLessOrEqual where c == -1: return (.signedLess, 0)
        case .signedGreater where c == -1: return (.signedGreaterOrEqual, 0)
        case .signedLess where c == 1: return (.signedLessOrEqual, 0)
        case .signedGreaterOrEqual where c != 0 && c != least && (isShort(c - 1) || !isShort(c)): return (.signedGreater, c - 1)
        case .signedLessOrEqual where c != 0 && c != greatest && (isShort(c + 1) || !isShort(c)): return (.signedLess, c + 1)
        default: return nil
        }
    }

    /// What the range of `x` decides, or says about the kind of comparison.
    private func compareRange(_ condition: IntegerCondition, _ x: Value, _ y: Value, _ c: Int64, _ type: Type, _ f: borrowing Function) -> Rewrite? {
        let greatest = type == .i32 ? Int64(Int32.max) : .max
        let unsigned = UInt64(bitPattern: c) & typeMask(type)
        switch condition {
        case .unsignedLess, .unsignedGreaterOrEqual:
            if unsigned == 0 { return number(.i32, condition == .unsignedLess ? 0 : 1) }
            return possibleBits(x, f) < unsigned ? number(.i32, condition == .unsignedLess ? 1 : 0) : nil
        case .unsignedGreater, .unsignedLessOrEqual:
            return possibleBits(x, f) <= unsigned ? number(.i32, condition == .unsignedGreater ? 0 : 1) : nil
        case .equal, .notEqual:
            return unsigned & ~possibleBits(x, f) != 0 ? number(.i32, condition == .equal ? 0 : 1) : nil
        case .signedLess, .signedLessOrEqual, .signedGreater, .signedGreaterOrEqual:
            guard isNonNegative(x, type, f) else {
                if c == greatest && condition == .signedGreater { return number(.i32, 0) }
                return nil
            }
            let isLess = condition == .signedLess || condition == .signedLessOrEqual
            if c < 0 { return number(.i32, isLess ? 0 : 1) }
            return .instruction(.compare(condition.unsigned, x, y))
        }
    }

    /// A comparison of an extended i32 with a constant, in 32 bits.
    private mutating func narrowed(_ condition: IntegerCondition, _ extension: InstructionData, _ c: Int64, _ f: inout Function) -> Rewrite? {
        let isEquality = condition == .equal || condition == .notEqual
        if `extension`.opcode == .uextend {
            // Ranges were decided before: signed comparisons are unsigned by now.
            guard isEquality || condition.isUnsigned, c >= 0, c <= 0xffff_ffff else { return nil }
        } else {
            guard isEquality || !condition.isUnsigned, Int32(exactly: c) != nil else {
                return isEquality ? number(.i32, condition == .equal ? 0 : 1) : nil
            }
        }
        return .instruction(.compare(condition, `extension`.valueA, constant(.i32, c, &f)))
    }

    private mutating func compareEquality(
        _ condition: IntegerCondition, _ x: Value, _ left: InstructionData, _ c: Int64, _ type: Type, _ f: inout Function
    ) -> Rewrite {
        switch left.opcode {
        case .icmp:
            // c is 0 or 1: anything else was out of range.
            let inner = left.integerCondition
            return .instruction(.compare((c == 0) == (condition == .equal) ? inner.inverted : inner, left.valueA, left.valueB))
        case .fcmp:
            if (c == 0) == (condition == .equal) {
                // Only equality has an opposite.
                if left.floatCondition == .equal || left.floatCondition == .notEqual {
                    var inverse = left
                    inverse.flags = UInt16((left.floatCondition == .equal ? FloatCondition.notEqual : .equal).rawValue)
                    return .instruction(inverse)
                }
                return c == 0 && condition == .equal ? .keep : .instruction(.compare(.equal, x, constant(.i32, 0, &f)))
            }
            return .instruction(left)
        case .iadd:
            guard let c1 = f.dfg.constant(left.valueB) else { return .keep }
            return .instruction(.compare(condition, left.valueA, constant(type, c &- c1, &f)))
        case .isub:
            if c == 0 { return .instruction(.compare(condition, left.valueA, left.valueB)) }
            guard let c1 = f.dfg.constant(left.valueA) else { return .keep }
            return .instruction(.compare(condition, left.valueB, constant(type, c1 &- c, &f)))
        case .bxor:
            if c == 0 { return .instruction(.compare(condition, left.valueA, left.valueB)) }
            guard let c1 = f.dfg.constant(left.valueB) else { return .keep }
            return .instruction(.compare(condition, left.valueA, constant(type, c1 ^ c, &f)))
        case .select:
            guard let a = f.dfg.constant(left.valueB), let b = f.dfg.constant(left.valueC) else { return .keep }
            let (ifTrue, ifFalse) = ((a == c) == (condition == .equal), (b == c) == (condition == .equal))
            if ifTrue == ifFalse { return number(.i32, ifTrue ? 1 : 0) }
            return .instruction(.compare(ifTrue ? .notEqual : .equal, left.valueA, constant(.i32, 0, &f)))
        default: return .keep
        }
    }

    private mutating func compareVariables(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        let (x, y, condition) = (data.valueA, data.valueB, data.integerCondition)
        let (left, right) = (f.dfg.definingData(x), f.dfg.definingData(y))
        let isEquality = condition == .equal || condition == .notEqual
        if left.opcode == .uextend && right.opcode == .uextend {
            return .instruction(.compare(isEquality || condition.isUnsigned ? condition : condition.unsigned, left.valueA, right.valueA))
        }
        if left.opcode == .sextend && right.opcode == .sextend { return .instruction(.compare(condition, left.valueA, right.valueA)) }
        return y < x ? .instruction(.compare(condition.swapped, y, x)) : .keep
    }

    // MARK: Conditions

    /// A condition that is not zero exactly when `value` is (or, inverted, is not), with comparisons to 0 taken off.
    private func stripped(_ value: Value, _ f: borrowing Function) -> (condition: Value, isInverted: Bool) {
        var condition = value
        var isInverted = false
        while true {
            let data = f.dfg.definingData(condition)
            switch data.opcode {
            case .icmp where f.dfg.constant(data.valueB) == 0 && f.dfg.type(data.valueA) == .i32
                && (data.integerCondition == .equal || data.integerCondition == .notEqual):
                if data.integerCondition == .equal { isInverted.toggle() }
                condition = data.valueA
            case .uextend, .sextend: condition = data.valueA
            default: return (condition, isInverted)
            }
        }
    }

    mutating func select(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if data.b == data.c { return .value(data.valueB) }
        if let known = isKnown(data.valueA, f) { return .value(known ? data.valueB : data.valueC) }
        let (condition, isInverted) = stripped(data.valueA, f)
        if condition != data.valueA {
            let (yes, no) = isInverted ? (data.c, data.b) : (data.b, data.c)
            return .instruction(InstructionData(.select, data.type, a: condition.rawValue, b: yes, c: no))
        }
        guard data.type == .i32 || data.type == .i64, let yes = f.dfg.constant(data.valueB), let no = f.dfg.constant(data.valueC),
            (yes == 1 && no == 0) || (yes == 0 && no == 1)
        else { return .keep }
        let zero = constant(.i32, 0, &f)
        if data.type == .i64 {
            return .instruction(.unary(.uextend, .i64, make(.compare(yes == 1 ? .notEqual : .equal, condition, zero), &f)))
        }
        if yes == 1 && isBoolean(condition, f) { return .value(condition) }
        return .instruction(.compare(yes == 1 ? .notEqual : .equal, condition, zero))
    }

    /// Only a constant decides a guard: what branches have decided is not known to a processor that speculates.
    func selectGuard(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        if data.b == data.c { return .value(data.valueB) }
        guard let known = f.dfg.constant(data.valueA) else { return .keep }
        return .value(known != 0 ? data.valueB : data.valueC)
    }

    /// A known condition becomes a constant; branch folding does the rest.
    mutating func branch(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        var new = data
        if let known = isKnown(data.valueA, f) {
            new.a = constant(.i32, known ? 1 : 0, &f).rawValue
            return new.a == data.a ? .keep : .instruction(new)
        }
        let (condition, isInverted) = stripped(data.valueA, f)
        if condition == data.valueA { return .keep }
        new.a = condition.rawValue
        if isInverted { (new.b, new.c) = (data.c, data.b) }
        return .instruction(new)
    }

    func conditionalTrap(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        let trapsIf = data.opcode == .trapIfNonzero
        if let known = isKnown(data.valueA, f), known != trapsIf { return .remove }
        let (condition, isInverted) = stripped(data.valueA, f)
        if condition == data.valueA { return .keep }
        return .instruction(InstructionData(trapsIf != isInverted ? .trapIfNonzero : .trapIfZero, flags: data.flags, a: condition.rawValue))
    }

    // MARK: Facts

    private func key(_ condition: Value) -> InstructionData { InstructionData(.nop, flags: 1, a: condition.rawValue) }

    /// Whether `condition` itself was found to be nonzero or zero.
    func fact(_ condition: Value) -> Bool? {
        guard let known = table.find(key(condition)) else { return nil }
        return known.rawValue != 0
    }

    /// The value that stands for all equal comparisons, which are not shared between blocks.
    private func representative(_ condition: Value, _ f: borrowing Function) -> Value {
        let data = f.dfg.definingData(condition)
        return data.opcode == .icmp || data.opcode == .fcmp ? table.find(data) ?? condition : condition
    }

    /// Whether the condition is nonzero, if that is known here.
    func isKnown(_ condition: Value, _ f: borrowing Function) -> Bool? {
        let data = f.dfg.definingData(condition)
        if data.opcode == .iconst { return data.immediate != 0 }
        if let known = fact(representative(condition, f)) { return known }
        guard data.opcode == .icmp else { return nil }
        let inverse = InstructionData.compare(data.integerCondition.inverted, data.valueA, data.valueB)
        guard let opposite = table.find(inverse), let known = fact(opposite) else { return nil }
        return !known
    }

    /// Notes what a branch or trap has decided; it holds in this scope.
    mutating func learn(_ condition: Value, isTrue: Bool, _ f: borrowing Function) {
        let data = f.dfg.definingData(f.dfg.resolve(condition))
        if data.opcode == .iconst { return }
        table.insert(key(representative(f.dfg.resolve(condition), f)), Value(rawValue: isTrue ? 1 : 0))
        let isConjunction = data.opcode == .band && isBoolean(data.valueA, f) && isBoolean(data.valueB, f)
        guard isTrue ? isConjunction : data.opcode == .bor else { return }
        for part in [data.valueA, data.valueB] { table.insert(key(representative(part, f)), Value(rawValue: isTrue ? 1 : 0)) }
    }
}

extension IntegerCondition {
    var isUnsigned: Bool { rawValue >= IntegerCondition.unsignedLess.rawValue }
    /// The comparison of the same kind for unsigned integers.
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
