import PrecastEntities
import PrecastIR

/// Addition, subtraction, multiplication.
extension Simplifier {
    mutating func add(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        if let moved = constantRight(data, f) { return moved }
        let (x, y, type) = (data.valueA, data.valueB, data.type)
        let left = f.dfg.definingData(x)
        if let c = f.dfg.constant(y) {
            if c == 0 { return .value(x) }
            if left.opcode == .iadd, let c1 = f.dfg.constant(left.valueB) { return with(.iadd, type, left.valueA, c1 &+ c, &f) }
            if left.opcode == .isub, let c1 = f.dfg.constant(left.valueA) {
                return .instruction(.binary(.isub, type, constant(type, c1 &+ c, &f), left.valueB))
            }
            return .keep
        }
        if x == y { return with(.ishl, type, x, 1, &f) }
        let right = f.dfg.definingData(y)
        if right.opcode == .isub, let sum = sum(x, right, f) { return sum }
        if left.opcode == .isub, let sum = sum(y, left, f) { return sum }
        return rotation(data, left, right, &f) ?? ordered(data, f)
    }

    /// `x + (p - q)` where `q` is `x` or `p` is 0.
    private func sum(_ x: Value, _ difference: InstructionData, _ f: borrowing Function) -> Rewrite? {
        if difference.valueB == x { return .value(difference.valueA) }
        return f.dfg.constant(difference.valueA) == 0 ? .instruction(.binary(.isub, difference.type, x, difference.valueB)) : nil
    }

    mutating func subtract(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        let (x, y, type) = (data.valueA, data.valueB, data.type)
        if x == y { return number(type, 0) }
        if let c = f.dfg.constant(y) { return c == 0 ? .value(x) : with(.iadd, type, x, 0 &- c, &f) }
        let (left, right) = (f.dfg.definingData(x), f.dfg.definingData(y))
        if let c = f.dfg.constant(x) {
            if right.opcode == .isub {
                // c - (p - q), where p is 0 or constant too
                if let p = f.dfg.constant(right.valueA) { return with(.iadd, type, right.valueB, c &- p, &f) }
            }
            if right.opcode == .iadd, let p = f.dfg.constant(right.valueB) {
                return .instruction(.binary(.isub, type, constant(type, c &- p, &f), right.valueA))
            }
            return .keep
        }
        if left.opcode == .iadd {
            if left.valueA == y { return .value(left.valueB) }
            if left.valueB == y { return .value(left.valueA) }
        }
        if right.opcode == .isub && f.dfg.constant(right.valueA) == 0 { return .instruction(.binary(.iadd, type, x, right.valueB)) }
        if right.opcode == .isub && right.valueA == x { return .value(right.valueB) }
        return .keep
    }

    mutating func multiply(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        if let moved = constantRight(data, f) { return moved }
        guard let c = f.dfg.constant(data.valueB) else { return ordered(data, f) }
        let (x, type) = (data.valueA, data.type)
        if c == 0 { return .value(data.valueB) }
        if c == 1 { return .value(x) }
        if c == -1 { return .instruction(.binary(.isub, type, constant(type, 0, &f), x)) }
        let bits = UInt64(bitPattern: c) & typeMask(type)
        if bits.nonzeroBitCount == 1 { return with(.ishl, type, x, Int64(bits.trailingZeroBitCount), &f) }
        let left = f.dfg.definingData(x)
        if left.opcode == .imul, let c1 = f.dfg.constant(left.valueB) { return with(.imul, type, left.valueA, c1 &* c, &f) }
        if left.opcode == .ishl, let n = f.dfg.constant(left.valueB) {
            return with(.imul, type, left.valueA, c << (n & Int64(type.bitCount - 1)), &f)
        }
        return .keep
    }

    mutating func multiplyHigh(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        if let moved = constantRight(data, f) { return moved }
        guard let c = f.dfg.constant(data.valueB) else { return ordered(data, f) }
        if c == 0 { return .value(data.valueB) }
        let bits = UInt64(bitPattern: c) & typeMask(data.type)
        if data.opcode == .umulhi && bits.nonzeroBitCount == 1 {
            return bits == 1 ? number(data.type, 0) : with(.ushr, data.type, data.valueA, Int64(data.type.bitCount - bits.trailingZeroBitCount), &f)
        }
        return .keep
    }
}
