import PrecastEntities
import PrecastIR

extension Simplifier {
    private func folded(_ data: InstructionData, _ function: borrowing Function) -> Simplified? {
        guard let x = function.dfg.constant(data.valueA), let y = function.dfg.constant(data.valueB) else { return nil }
        return ConstantFolding.binary(data.opcode, data.type, x, y).map { .data(.constant(data.type, $0)) }
    }
    /// `(x op c1) op c2` as `x op (c1 op c2)`, for an associative operation.
    private mutating func reassociated(_ data: InstructionData, _ c: Int64, _ function: inout Function) -> Simplified? {
        let inner = function.dfg.definingData(data.valueA)
        guard inner.opcode == data.opcode, let c1 = function.dfg.constant(inner.valueB),
            let sum = ConstantFolding.binary(data.opcode, data.type, c1, c) else { return nil }
        return .data(.binary(data.opcode, data.type, inner.valueA, constant(data.type, sum, &function)))
    }

    // MARK: Sums and products

    mutating func arithmetic(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        if let folded = folded(data, function) { return folded }
        switch data.opcode {
        case .iadd: return sum(data, &function)
        case .isub: return difference(data, &function)
        default: return product(data, &function)
        }
    }

    private mutating func sum(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        let left = function.dfg.definingData(data.valueA)
        if let c = function.dfg.constant(data.valueB) {
            if c == 0 { return .value(data.valueA) }
            // c1 - x + c
            if left.opcode == .isub, let c1 = function.dfg.constant(left.valueA) {
                return .data(.binary(.isub, data.type, constant(data.type, c1 &+ c, &function), left.valueB))
            }
            return reassociated(data, c, &function)
        }
        let right = function.dfg.definingData(data.valueB)
        if right.opcode == .isub {
            if right.b == data.a { return .value(right.valueA) }
            if function.dfg.constant(right.valueA) == 0 { return .data(.binary(.isub, data.type, data.valueA, right.valueB)) }
        }
        if left.opcode == .isub {
            if left.b == data.b { return .value(left.valueA) }
            if function.dfg.constant(left.valueA) == 0 { return .data(.binary(.isub, data.type, data.valueB, left.valueB)) }
        }
        if data.a == data.b { return .data(.binary(.ishl, data.type, data.valueA, constant(data.type, 1, &function))) }
        if let rotation = rotation(data, &function) { return rotation }
        // Constants outwards, so that they meet each other and the offsets of loads and stores (which are of 64 bits). Where the sum with the
        // constant is needed anyway, having it without the constant too would take one more register.
        if left.opcode == .iadd, function.dfg.constant(left.valueB) != nil, movesOutward(data.valueA, data.type) {
            return .data(.binary(.iadd, data.type, emit(ordered(.iadd, data.type, left.valueA, data.valueB), &function), left.valueB))
        }
        if right.opcode == .iadd, function.dfg.constant(right.valueB) != nil, movesOutward(data.valueB, data.type) {
            return .data(.binary(.iadd, data.type, emit(ordered(.iadd, data.type, data.valueA, right.valueA), &function), right.valueB))
        }
        return nil
    }
    private func movesOutward(_ sum: Value, _ type: Type) -> Bool { type == .i64 || isUsedOnce(sum) }
    private func ordered(_ opcode: Opcode, _ type: Type, _ a: Value, _ b: Value) -> InstructionData {
        a.rawValue <= b.rawValue ? .binary(opcode, type, a, b) : .binary(opcode, type, b, a)
    }

    private mutating func difference(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        if data.a == data.b { return .data(.constant(data.type, 0)) }
        if let c = function.dfg.constant(data.valueB) {
            return .data(.binary(.iadd, data.type, data.valueA, constant(data.type, 0 &- c, &function)))
        }
        let left = function.dfg.definingData(data.valueA)
        let right = function.dfg.definingData(data.valueB)
        if left.opcode == .iadd {
            if left.a == data.b { return .value(left.valueB) }
            if left.b == data.b { return .value(left.valueA) }
        }
        if right.opcode == .isub, function.dfg.constant(right.valueA) == 0 {
            return .data(.binary(.iadd, data.type, data.valueA, right.valueB))
        }
        if right.opcode == .isub, right.a == data.a { return .value(right.valueB) }
        if let c = function.dfg.constant(data.valueA) {
            // c - (c1 - x), c - (x + c1)
            if right.opcode == .isub, let c1 = function.dfg.constant(right.valueA) {
                return .data(.binary(.iadd, data.type, right.valueB, constant(data.type, c &- c1, &function)))
            }
            if right.opcode == .iadd, let c1 = function.dfg.constant(right.valueB) {
                return .data(.binary(.isub, data.type, constant(data.type, c &- c1, &function), right.valueA))
            }
        }
        // x - (y + c)
        if right.opcode == .iadd, let c = function.dfg.constant(right.valueB), movesOutward(data.valueB, data.type) {
            let rest = emit(.binary(.isub, data.type, data.valueA, right.valueA), &function)
            return .data(.binary(.iadd, data.type, rest, constant(data.type, 0 &- c, &function)))
        }
        return nil
    }

    private mutating func product(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        guard let c = function.dfg.constant(data.valueB) else { return nil }
        switch c {
        case 0: return .value(data.valueB)
        case 1: return .value(data.valueA)
        case -1: return .data(.binary(.isub, data.type, constant(data.type, 0, &function), data.valueA))
        default: break
        }
        let bits = data.type == .i32 ? UInt64(UInt32(truncatingIfNeeded: c)) : UInt64(bitPattern: c)
        if bits & (bits - 1) == 0 { return .data(.binary(.ishl, data.type, data.valueA, constant(data.type, Int64(bits.trailingZeroBitCount), &function))) }
        let inner = function.dfg.definingData(data.valueA)
        if inner.opcode == .ishl, let amount = function.dfg.constant(inner.valueB),
            let factor = ConstantFolding.binary(.ishl, data.type, c, amount) {
            return .data(.binary(.imul, data.type, inner.valueA, constant(data.type, factor, &function)))
        }
        return reassociated(data, c, &function)
    }

    mutating func division(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        if let folded = folded(data, function) { return folded }
        guard let c = function.dfg.constant(data.valueB) else { return nil }
        switch data.opcode {
        case .umulhi, .smulhi: return highProduct(data, c, &function)
        case _ where c == 0: return nil
        case .sdiv where c > 0 && isNonNegative(data.valueA, data.type, function): return .data(.binary(.udiv, data.type, data.valueA, data.valueB))
        case .srem where c > 0 && isNonNegative(data.valueA, data.type, function): return .data(.binary(.urem, data.type, data.valueA, data.valueB))
        case .udiv: return unsignedQuotient(data.type, data.valueA, c, &function)
        case .sdiv: return signedQuotient(data.type, data.valueA, c, &function)
        case .urem, .srem: return remainder(data.opcode, data.type, data.valueA, c, &function)
        default: return nil
        }
    }

    /// The upper half of a product with a constant.
    private mutating func highProduct(_ data: InstructionData, _ c: Int64, _ function: inout Function) -> Simplified? {
        if c == 0 { return .value(data.valueB) }
        guard data.opcode == .umulhi else { return nil }
        let bits = data.type == .i32 ? UInt64(UInt32(truncatingIfNeeded: c)) : UInt64(bitPattern: c)
        if bits == 1 { return .data(.constant(data.type, 0)) }
        guard bits.nonzeroBitCount == 1 else { return nil }
        let amount = constant(data.type, Int64(data.type.bitCount - bits.trailingZeroBitCount), &function)
        return .data(.binary(.ushr, data.type, data.valueA, amount))
    }

    // MARK: Bits

    mutating func logic(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        if let folded = folded(data, function) { return folded }
        if data.a == data.b { return data.opcode == .bxor ? .data(.constant(data.type, 0)) : .value(data.valueA) }
        guard let c = function.dfg.constant(data.valueB) else {
            if data.opcode == .band { return nil }
            return rotation(data, &function) ?? (data.opcode == .bor ? variableRotation(data, function) : nil)
        }
        if c == 0 { return .value(data.opcode == .band ? data.valueB : data.valueA) }
        if c == -1 && data.opcode != .bxor { return .value(data.opcode == .band ? data.valueA : data.valueB) }
        switch data.opcode {
        case .band:
            let possible = possibleBits(data.valueA, function)
            if possible & ~UInt64(bitPattern: c) == 0 { return .value(data.valueA) }
            if possible & UInt64(bitPattern: c) == 0 { return .data(.constant(data.type, 0)) }
            let inner = function.dfg.definingData(data.valueA)
            if inner.opcode == .uextend { return .data(.unary(.uextend, .i64, simplified(.binary(.band, .i32, inner.valueA, constant(.i32, c, &function)), &function))) }
        case .bxor where c == 1:
            let inner = function.dfg.definingData(data.valueA)
            if data.type == .i32 && inner.opcode == .icmp { return .data(.compare(inner.integerCondition.inverted, inner.valueA, inner.valueB)) }
        default: break
        }
        return reassociated(data, c, &function)
    }

    /// `x << c | x >>> W-c`, or with `+` or `^`: no bits meet.
    private mutating func rotation(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        var (up, down) = (function.dfg.definingData(data.valueA), function.dfg.definingData(data.valueB))
        if up.opcode == .ushr { swap(&up, &down) }
        guard up.opcode == .ishl, down.opcode == .ushr, up.a == down.a,
            let left = function.dfg.constant(up.valueB), let right = function.dfg.constant(down.valueB) else { return nil }
        let mask = Int64(data.type.bitCount - 1)
        guard left & mask != 0, (left & mask) + (right & mask) == mask + 1 else { return nil }
        return .data(.binary(.rotl, data.type, up.valueA, up.valueB))
    }

    /// `x << y | x >>> -y`, or the other way round.
    private func variableRotation(_ data: InstructionData, _ function: borrowing Function) -> Simplified? {
        var (up, down) = (function.dfg.definingData(data.valueA), function.dfg.definingData(data.valueB))
        if up.opcode == .ushr { swap(&up, &down) }
        guard up.opcode == .ishl, down.opcode == .ushr, up.a == down.a else { return nil }
        if isNegation(down.valueB, of: up.valueB, data.type, function) { return .data(.binary(.rotl, data.type, up.valueA, up.valueB)) }
        if isNegation(up.valueB, of: down.valueB, data.type, function) { return .data(.binary(.rotr, data.type, up.valueA, down.valueB)) }
        return nil
    }
    /// Whether `y` is `-x` modulo the width.
    private func isNegation(_ y: Value, of x: Value, _ type: Type, _ function: borrowing Function) -> Bool {
        let data = function.dfg.definingData(y)
        guard data.opcode == .isub, data.valueB == x, let c = function.dfg.constant(data.valueA) else { return false }
        return c & Int64(type.bitCount - 1) == 0
    }

    mutating func shift(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        if let folded = folded(data, function) { return folded }
        let mask = Int64(data.type.bitCount - 1)
        guard let c = function.dfg.constant(data.valueB) else {
            if function.dfg.constant(data.valueA) == 0 { return .value(data.valueA) }
            // Only the low bits of the amount count.
            let amount = function.dfg.definingData(data.valueB)
            guard amount.opcode == .band, let kept = function.dfg.constant(amount.valueB), kept & mask == mask else { return nil }
            return .data(.binary(data.opcode, data.type, data.valueA, amount.valueA))
        }
        let count = c & mask
        if count == 0 { return .value(data.valueA) }
        if data.opcode == .ushr && possibleBits(data.valueA, function) >> UInt64(count) == 0 { return .data(.constant(data.type, 0)) }
        if data.opcode == .sshr && isNonNegative(data.valueA, data.type, function) { return .data(.binary(.ushr, data.type, data.valueA, data.valueB)) }
        if count != c { return .data(.binary(data.opcode, data.type, data.valueA, constant(data.type, count, &function))) }
        if data.opcode == .rotr { return .data(.binary(.rotl, data.type, data.valueA, constant(data.type, mask + 1 - count, &function))) }
        let inner = function.dfg.definingData(data.valueA)
        if data.opcode == .ushr && inner.opcode == .uextend {
            let narrow = simplified(.binary(.ushr, .i32, inner.valueA, constant(.i32, count, &function)), &function)
            return .data(.unary(.uextend, .i64, narrow))
        }
        guard inner.opcode.format == .binary, let first = function.dfg.constant(inner.valueB) else { return nil }
        if inner.opcode == data.opcode { return repeated(data, inner.valueA, first & mask, count, &function) }
        return first & mask == count ? roundTrip(data, inner, count, &function) : nil
    }

    private mutating func repeated(_ data: InstructionData, _ x: Value, _ first: Int64, _ second: Int64, _ function: inout Function) -> Simplified? {
        let mask = Int64(data.type.bitCount - 1)
        let sum = first + second
        switch data.opcode {
        case .rotl: return .data(.binary(.rotl, data.type, x, constant(data.type, sum & mask, &function)))
        case .sshr: return .data(.binary(.sshr, data.type, x, constant(data.type, min(sum, mask), &function)))
        default: return sum > mask ? .data(.constant(data.type, 0)) : .data(.binary(data.opcode, data.type, x, constant(data.type, sum, &function)))
        }
    }

    /// Shifts there and back by the same count: masks and sign extensions.
    private mutating func roundTrip(_ data: InstructionData, _ inner: InstructionData, _ count: Int64, _ function: inout Function) -> Simplified? {
        let width = Int64(data.type.bitCount)
        let all: UInt64 = data.type == .i32 ? 0xffff_ffff : .max
        switch (data.opcode, inner.opcode) {
        case (.ushr, .ishl):
            return .data(.binary(.band, data.type, inner.valueA, constant(data.type, Int64(bitPattern: all >> UInt64(count)), &function)))
        case (.ishl, .ushr), (.ishl, .sshr):
            return .data(.binary(.band, data.type, inner.valueA, constant(data.type, Int64(bitPattern: all << UInt64(count)), &function)))
        case (.sshr, .ishl):
            switch width - count {
            case 8: return .data(.unary(.sextend8, data.type, inner.valueA))
            case 16: return .data(.unary(.sextend16, data.type, inner.valueA))
            case 32: return .data(.unary(.sextend, .i64, emit(.unary(.ireduce, .i32, inner.valueA), &function)))
            default: return nil
            }
        default: return nil
        }
    }

    // MARK: Widths

    mutating func extension_(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        if let x = function.dfg.constant(data.valueA) {
            return ConstantFolding.unary(data.opcode, data.type, x).map { .data(.constant(data.type, $0)) }
        }
        let inner = function.dfg.definingData(data.valueA)
        switch data.opcode {
        case .ireduce:
            if inner.opcode == .uextend || inner.opcode == .sextend { return .value(inner.valueA) }
            if inner.opcode == .band, let mask = function.dfg.constant(inner.valueB), UInt32(truncatingIfNeeded: mask) == .max {
                return .data(.unary(.ireduce, .i32, inner.valueA))
            }
            return reducedOperation(inner, &function)
        case .uextend:
            if inner.opcode == .ireduce, possibleBits(inner.valueA, function) >> 32 == 0 { return .value(inner.valueA) }
            return extendedOperation(inner, &function)
        case .sextend:
            if inner.opcode == .ireduce, isSignExtended(inner.valueA, 32, function) { return .value(inner.valueA) }
            if possibleBits(data.valueA, function) < 1 << 31 { return .data(.unary(.uextend, .i64, data.valueA)) }
        case .sextend8:
            if isSignExtended(data.valueA, 8, function) || possibleBits(data.valueA, function) < 0x80 { return .value(data.valueA) }
            if inner.opcode == .sextend16 { return .data(.unary(.sextend8, data.type, inner.valueA)) }
            if inner.opcode == .band, let mask = function.dfg.constant(inner.valueB), mask & 0xff == 0xff { return .data(.unary(.sextend8, data.type, inner.valueA)) }
        case .sextend16:
            if isSignExtended(data.valueA, 16, function) || possibleBits(data.valueA, function) < 0x8000 { return .value(data.valueA) }
            if inner.opcode == .band, let mask = function.dfg.constant(inner.valueB), mask & 0xffff == 0xffff { return .data(.unary(.sextend16, data.type, inner.valueA)) }
        default: break
        }
        return nil
    }
    /// The extension of `x + c` or `x << 1…3` that does not wrap around, with the operation after the extension: part of an address then.
    private mutating func extendedOperation(_ inner: InstructionData, _ function: inout Function) -> Simplified? {
        guard inner.opcode == .iadd || inner.opcode == .ishl, let c = function.dfg.constant(inner.valueB), c > 0 else { return nil }
        let possible = possibleBits(inner.valueA, function)
        if inner.opcode == .ishl && c > 3 { return nil }
        let greatest = inner.opcode == .iadd ? possible + UInt64(c) : possible << UInt64(c)
        if greatest > 0xffff_ffff { return nil }
        let wide = simplified(.unary(.uextend, .i64, inner.valueA), &function)
        return .data(.binary(inner.opcode, .i64, wide, constant(.i64, c, &function)))
    }
    /// The low half of an operation on extended values: the operation on the values.
    private mutating func reducedOperation(_ inner: InstructionData, _ function: inout Function) -> Simplified? {
        switch inner.opcode {
        case .iadd, .isub, .imul, .band, .bor, .bxor: break
        default: return nil
        }
        guard let left = lowHalf(inner.valueA, function), let right = lowHalf(inner.valueB, function) else {
            guard let left = lowHalf(inner.valueA, function), let c = function.dfg.constant(inner.valueB) else { return nil }
            return .data(.binary(inner.opcode, .i32, left, constant(.i32, c, &function)))
        }
        return .data(.binary(inner.opcode, .i32, left, right))
    }
    private func lowHalf(_ value: Value, _ function: borrowing Function) -> Value? {
        let data = function.dfg.definingData(value)
        return data.opcode == .uextend || data.opcode == .sextend ? data.valueA : nil
    }
    /// Whether a value is equal to the sign extension of its low `bits` bits.
    private func isSignExtended(_ value: Value, _ bits: Int, _ function: borrowing Function) -> Bool {
        switch function.dfg.definingData(value).opcode {
        case .sload8, .sextend8: true
        case .sload16, .sextend16: bits >= 16
        case .sload32, .sextend: bits >= 32
        default: false
        }
    }
}
