import PrecastEntities
import PrecastIR

/// Logic and shifts. Shift amounts count modulo the width.
extension Simplifier {
    // MARK: Logic

    mutating func and(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        if let moved = constantRight(data, f) { return moved }
        let (x, y, type) = (data.valueA, data.valueB, data.type)
        if x == y { return .value(x) }
        guard let c = f.dfg.constant(y) else { return ordered(data, f) }
        if c == -1 { return .value(x) }
        let mask = UInt64(bitPattern: c) & typeMask(type)
        let possible = possibleBits(x, f)
        if possible & mask == 0 { return number(type, 0) }
        if possible & ~mask == 0 { return .value(x) }
        let left = f.dfg.definingData(x)
        if left.opcode == .band, let c1 = f.dfg.constant(left.valueB) { return with(.band, type, left.valueA, c1 & c, &f) }
        if left.opcode == .uextend && mask >> 32 == 0 && possible >> 32 == 0 {
            return .instruction(.unary(.uextend, .i64, binary(.band, .i32, left.valueA, c, &f)))
        }
        return .keep
    }

    mutating func or(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        if let moved = constantRight(data, f) { return moved }
        let (x, y, type) = (data.valueA, data.valueB, data.type)
        if x == y { return .value(x) }
        let left = f.dfg.definingData(x)
        if let c = f.dfg.constant(y) {
            if c == 0 { return .value(x) }
            if c == -1 { return .value(y) }
            if left.opcode == .bor, let c1 = f.dfg.constant(left.valueB) { return with(.bor, type, left.valueA, c1 | c, &f) }
            return .keep
        }
        let right = f.dfg.definingData(y)
        return rotation(data, left, right, &f) ?? variableRotation(data, left, right, f) ?? ordered(data, f)
    }

    mutating func xor(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        if let moved = constantRight(data, f) { return moved }
        let (x, y, type) = (data.valueA, data.valueB, data.type)
        if x == y { return number(type, 0) }
        let left = f.dfg.definingData(x)
        if let c = f.dfg.constant(y) {
            if c == 0 { return .value(x) }
            if left.opcode == .bxor, let c1 = f.dfg.constant(left.valueB) { return with(.bxor, type, left.valueA, c1 ^ c, &f) }
            if c == 1 && type == .i32 && (left.opcode == .icmp || left.opcode == .fcmp) {
                return .instruction(.compare(.equal, x, constant(.i32, 0, &f)))
            }
            return .keep
        }
        return rotation(data, left, f.dfg.definingData(y), &f) ?? ordered(data, f)
    }

    // MARK: Shifts

    /// The constant amount of a shift.
    private func amount(_ data: InstructionData, _ f: borrowing Function) -> Int? {
        guard let c = f.dfg.constant(data.valueB) else { return nil }
        return Int(c) & (data.type.bitCount - 1)
    }
    /// A shift by `x & mask` where the mask keeps all bits that count.
    private func withoutMask(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        let right = f.dfg.definingData(data.valueB)
        let counted = Int64(data.type.bitCount - 1)
        guard right.opcode == .band, let mask = f.dfg.constant(right.valueB), mask & counted == counted else { return .keep }
        return .instruction(.binary(data.opcode, data.type, data.valueA, right.valueA))
    }

    mutating func shiftLeft(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        guard let n = amount(data, f) else { return withoutMask(data, f) }
        let (x, type) = (data.valueA, data.type)
        if n == 0 { return .value(x) }
        let left = f.dfg.definingData(x)
        if left.opcode == .ishl, let n1 = amount(left, f) {
            return n + n1 < type.bitCount ? with(.ishl, type, left.valueA, Int64(n + n1), &f) : number(type, 0)
        }
        if left.opcode == .ushr || left.opcode == .sshr, amount(left, f) == n { return with(.band, type, left.valueA, -1 << Int64(n), &f) }
        return .keep
    }

    mutating func shiftRightUnsigned(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        guard let n = amount(data, f) else { return withoutMask(data, f) }
        let (x, type) = (data.valueA, data.type)
        if n == 0 { return .value(x) }
        if possibleBits(x, f) >> UInt64(n) == 0 { return number(type, 0) }
        let left = f.dfg.definingData(x)
        switch left.opcode {
        case .ushr:
            guard let n1 = amount(left, f) else { return .keep }
            return n + n1 < type.bitCount ? with(.ushr, type, left.valueA, Int64(n + n1), &f) : number(type, 0)
        case .ishl where amount(left, f) == n:
            return with(.band, type, left.valueA, Int64(bitPattern: typeMask(type) >> UInt64(n)), &f)
        case .uextend:
            // In 32 bits the constant is shorter, and what follows may be.
            let narrow = binary(.ushr, .i32, left.valueA, Int64(n), &f)
            return .instruction(.unary(.uextend, .i64, narrow))
        default: return .keep
        }
    }

    mutating func shiftRightSigned(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        guard let n = amount(data, f) else { return withoutMask(data, f) }
        let (x, type) = (data.valueA, data.type)
        if n == 0 { return .value(x) }
        if isNonNegative(x, type, f) { return with(.ushr, type, x, Int64(n), &f) }
        let left = f.dfg.definingData(x)
        switch left.opcode {
        case .sshr:
            guard let n1 = amount(left, f) else { return .keep }
            return with(.sshr, type, left.valueA, Int64(min(n + n1, type.bitCount - 1)), &f)
        case .ishl where amount(left, f) == n:
            switch type.bitCount - n {
            case 8: return .instruction(.unary(.sextend8, type, left.valueA))
            case 16: return .instruction(.unary(.sextend16, type, left.valueA))
            case 32: return .instruction(.unary(.sextend, .i64, unary(.ireduce, .i32, left.valueA, &f)))
            default: return .keep
            }
        default: return .keep
        }
    }

    // MARK: Rotations

    mutating func rotate(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldInteger(data, f) { return folded }
        guard let n = amount(data, f) else { return withoutMask(data, f) }
        if n == 0 { return .value(data.valueA) }
        if data.opcode == .rotr { return with(.rotl, data.type, data.valueA, Int64(data.type.bitCount - n), &f) }
        let left = f.dfg.definingData(data.valueA)
        if left.opcode == .rotl, let n1 = amount(left, f) { return with(.rotl, data.type, left.valueA, Int64(n + n1), &f) }
        return .keep
    }

    /// `(x << n) op (x >> width - n)` for constant `n`; `op` adds, ors or exclusive-ors, which is one where no bits meet.
    mutating func rotation(_ data: InstructionData, _ left: InstructionData, _ right: InstructionData, _ f: inout Function) -> Rewrite? {
        let up: InstructionData, down: InstructionData
        if left.opcode == .ishl && right.opcode == .ushr {
            (up, down) = (left, right)
        } else if left.opcode == .ushr && right.opcode == .ishl {
            (up, down) = (right, left)
        } else {
            return nil
        }
        guard up.a == down.a, let n = amount(up, f), let m = amount(down, f), n > 0, n + m == data.type.bitCount else { return nil }
        return .instruction(.binary(.rotl, data.type, up.valueA, up.valueB))
    }
    /// `(x << y) | (x >> -y)`, or the other way round.
    private func variableRotation(_ data: InstructionData, _ left: InstructionData, _ right: InstructionData, _ f: borrowing Function) -> Rewrite? {
        let isLeft = left.opcode == .ishl && right.opcode == .ushr
        guard isLeft || left.opcode == .ushr && right.opcode == .ishl, left.a == right.a else { return nil }
        if isNegation(right.valueB, of: left.valueB, data.type, f) {
            return .instruction(.binary(isLeft ? .rotl : .rotr, data.type, left.valueA, left.valueB))
        }
        if isNegation(left.valueB, of: right.valueB, data.type, f) {
            return .instruction(.binary(isLeft ? .rotr : .rotl, data.type, left.valueA, right.valueB))
        }
        return nil
    }
    /// Whether `y` is `-x` modulo the width.
    private func isNegation(_ y: Value, of x: Value, _ type: Type, _ f: borrowing Function) -> Bool {
        let data = f.dfg.definingData(y)
        guard data.opcode == .isub, data.valueB == x, let c = f.dfg.constant(data.valueA) else { return false }
        return c & Int64(type.bitCount - 1) == 0
    }

    // MARK: Known bits

    /// The bits that may be 1 in an integer. Looks `depth` definitions deep.
    func possibleBits(_ value: Value, _ f: borrowing Function, depth: Int = 4) -> UInt64 {
        let data = f.dfg.definingData(value)
        let all = typeMask(f.dfg.type(value))
        if depth == 0 { return data.opcode == .iconst ? UInt64(bitPattern: data.immediate) & all : all }
        let deeper = depth - 1
        switch data.opcode {
        case .iconst: return UInt64(bitPattern: data.immediate) & all
        case .icmp, .fcmp: return 1
        case .uload8: return 0xff
        case .uload16: return 0xffff
        case .uload32: return 0xffff_ffff
        case .clz, .ctz, .popcnt: return UInt64(2 * data.type.bitCount - 1)
        case .uextend: return possibleBits(data.valueA, f, depth: deeper)
        case .ireduce: return possibleBits(data.valueA, f, depth: deeper) & all
        case .band: return possibleBits(data.valueB, f, depth: deeper) & possibleBits(data.valueA, f, depth: deeper)
        case .bor, .bxor: return possibleBits(data.valueB, f, depth: deeper) | possibleBits(data.valueA, f, depth: deeper)
        case .select: return possibleBits(data.valueB, f, depth: deeper) | possibleBits(data.valueC, f, depth: deeper)
        case .iadd:
            // One bit more than the longer one.
            let bits = possibleBits(data.valueA, f, depth: deeper) | possibleBits(data.valueB, f, depth: deeper)
            return upTo(bits) & all == all ? all : (upTo(bits) << 1 | 1) & all
        case .imul:
            let (a, b) = (possibleBits(data.valueA, f, depth: deeper), possibleBits(data.valueB, f, depth: deeper))
            let length = 128 - a.leadingZeroBitCount - b.leadingZeroBitCount
            return length >= 64 ? all : (1 << UInt64(length) - 1) & all
        case .ushr:
            guard let n = amount(data, f) else { return upTo(possibleBits(data.valueA, f, depth: deeper)) }
            return possibleBits(data.valueA, f, depth: deeper) >> UInt64(n)
        case .ishl:
            guard let n = amount(data, f) else { return all }
            return possibleBits(data.valueA, f, depth: deeper) << UInt64(n) & all
        case .urem:
            guard let c = f.dfg.constant(data.valueB), c != 0 else { return upTo(possibleBits(data.valueA, f, depth: deeper)) }
            return upTo(UInt64(bitPattern: c) & all)
        case .udiv: return upTo(possibleBits(data.valueA, f, depth: deeper))
        default: return all
        }
    }
    /// All bits up to the highest one.
    private func upTo(_ bits: UInt64) -> UInt64 { bits == 0 ? 0 : .max >> UInt64(bits.leadingZeroBitCount) }

    func isNonNegative(_ value: Value, _ type: Type, _ f: borrowing Function) -> Bool {
        possibleBits(value, f) & 1 << UInt64(type.bitCount - 1) == 0
    }
    func isBoolean(_ value: Value, _ f: borrowing Function) -> Bool { possibleBits(value, f) <= 1 }
}
