import PrecastEntities
import PrecastIR

/// Division by constants, without dividing.
///
/// Source: Granlund, Montgomery, "Division by Invariant Integers using Multiplication" (PLDI 1994); Warren, "Hacker's Delight", chapter 10.
/// 32-bit quotients are taken from a 64-bit product. Division by 0, and of signed integers by -1, is left alone: it may trap.
extension Simplifier {
    mutating func divideUnsigned(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldDivision(data, f) { return folded }
        guard let c = f.dfg.constant(data.valueB), c != 0 else { return .keep }
        let (x, type) = (data.valueA, data.type)
        let d = UInt64(bitPattern: c) & typeMask(type)
        let isRemainder = data.opcode == .urem
        if d.nonzeroBitCount == 1 {
            if isRemainder { return with(.band, type, x, Int64(bitPattern: d - 1), &f) }
            return with(.ushr, type, x, Int64(d.trailingZeroBitCount), &f)
        }
        let quotient = type == .i32 ? quotient32(x, d, &f) : quotient64(x, d, &f)
        return isRemainder ? remainder(x, quotient, c, type, &f) : .value(quotient)
    }

    private mutating func remainder(_ x: Value, _ quotient: Value, _ divisor: Int64, _ type: Type, _ f: inout Function) -> Rewrite {
        .instruction(.binary(.isub, type, x, binary(.imul, type, quotient, divisor, &f)))
    }

    /// `m` and `s` such that `x * m >> width + s` is `x / d` for all `x` of `bits` bits: the smallest `s` with
    /// `m = ceil(2^(width + s) / d)` and `m * d - 2^(width + s) <= 2^(width + s - bits)`. Nil if no `m` of `width` bits exists.
    private func reciprocal(_ d: UInt64, width: Int, bits: Int) -> (m: UInt64, s: Int)? {
        for s in 0..<width {
            let power = UInt128(1) << UInt128(width + s)
            let m = (power + UInt128(d) - 1) / UInt128(d)
            if m >> UInt128(width) != 0 { return nil }
            if m * UInt128(d) - power <= UInt128(1) << UInt128(width + s - bits) { return (UInt64(m), s) }
        }
        return nil
    }

    private mutating func quotient32(_ x: Value, _ d: UInt64, _ f: inout Function) -> Value {
        if d > 1 << 31 { return isAtLeast(x, d, .i32, &f) }
        let bits = 64 - possibleBits(x, f).leadingZeroBitCount
        if let (m, s) = reciprocal(d, width: 32, bits: bits) { return product32(x, m, 32 + s, &f) }
        let twos = d.trailingZeroBitCount
        if twos > 0, let (m, s) = reciprocal(d >> UInt64(twos), width: 32, bits: 32 - twos) {
            return product32(binary(.ushr, .i32, x, Int64(twos), &f), m, 32 + s, &f)
        }
        // ceil(2^64 / d): exact for all 32-bit x.
        let wide = unary(.uextend, .i64, x, &f)
        let high = binary(.umulhi, .i64, wide, Int64(bitPattern: UInt64.max / d + 1), &f)
        return unary(.ireduce, .i32, high, &f)
    }
    /// `x * m >> shift` of 64 bits.
    private mutating func product32(_ x: Value, _ m: UInt64, _ shift: Int, _ f: inout Function) -> Value {
        let wide = unary(.uextend, .i64, x, &f)
        let product = binary(.imul, .i64, wide, Int64(bitPattern: m), &f)
        return unary(.ireduce, .i32, binary(.ushr, .i64, product, Int64(shift), &f), &f)
    }
    /// The quotient where it can only be 0 or 1.
    private mutating func isAtLeast(_ x: Value, _ d: UInt64, _ type: Type, _ f: inout Function) -> Value {
        let bound = constant(type, Int64(bitPattern: d), &f)
        let isAtLeast = make(.compare(.unsignedGreaterOrEqual, x, bound), &f)
        return type == .i32 ? isAtLeast : unary(.uextend, .i64, isAtLeast, &f)
    }

    private mutating func quotient64(_ x: Value, _ d: UInt64, _ f: inout Function) -> Value {
        if d > 1 << 63 { return isAtLeast(x, d, .i64, &f) }
        let bits = 64 - possibleBits(x, f).leadingZeroBitCount
        if let (m, s) = reciprocal(d, width: 64, bits: bits) { return high64(x, m, s, &f) }
        let twos = d.trailingZeroBitCount
        if twos > 0, let (m, s) = reciprocal(d >> UInt64(twos), width: 64, bits: 64 - twos) {
            return high64(binary(.ushr, .i64, x, Int64(twos), &f), m, s, &f)
        }
        // m has 65 bits: with t = x * (m - 2^64) >> 64, the sum x + t is halved before it can overflow.
        let s = 64 - (d - 1).leadingZeroBitCount
        let m = ((UInt128(1) << UInt128(64 + s)) + UInt128(d) - 1) / UInt128(d)
        let t = binary(.umulhi, .i64, x, Int64(bitPattern: UInt64(truncatingIfNeeded: m)), &f)
        let half = binary(.ushr, .i64, binary(.isub, .i64, x, t, &f), 1, &f)
        return binary(.ushr, .i64, binary(.iadd, .i64, half, t, &f), Int64(s - 1), &f)
    }
    private mutating func high64(_ x: Value, _ m: UInt64, _ s: Int, _ f: inout Function) -> Value {
        let high = binary(.umulhi, .i64, x, Int64(bitPattern: m), &f)
        return binary(.ushr, .i64, high, Int64(s), &f)
    }

    // MARK: Signed

    mutating func divideSigned(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldDivision(data, f) { return folded }
        guard let c = f.dfg.constant(data.valueB), c != 0 else { return .keep }
        let (x, type) = (data.valueA, data.type)
        let isRemainder = data.opcode == .srem
        if c == 1 || c == -1 {
            if isRemainder { return number(type, 0) }
            return c == 1 ? .value(x) : .keep
        }
        if c > 0 && isNonNegative(x, type, f) { return .instruction(.binary(isRemainder ? .urem : .udiv, type, x, data.valueB)) }
        let magnitude = c.magnitude & typeMask(type)
        if magnitude.nonzeroBitCount == 1 { return dividePowerOfTwo(x, magnitude.trailingZeroBitCount, isNegative: c < 0, isRemainder, type, &f) }
        let (rounded, sign) = type == .i32 ? signedParts32(x, magnitude, &f) : signedParts64(x, magnitude, &f)
        // The sign is -1 where the quotient was rounded down instead of towards 0.
        if isRemainder { return remainder(x, binary(.isub, type, rounded, sign, &f), Int64(bitPattern: magnitude), type, &f) }
        return .instruction(c < 0 ? .binary(.isub, type, sign, rounded) : .binary(.isub, type, rounded, sign))
    }

    /// A bias of `2^k - 1` for negative `x` makes the shift round towards 0.
    private mutating func dividePowerOfTwo(
        _ x: Value, _ k: Int, isNegative: Bool, _ isRemainder: Bool, _ type: Type, _ f: inout Function
    ) -> Rewrite {
        let width = Int64(type.bitCount)
        let sign = k == 1 ? x : binary(.sshr, type, x, width - 1, &f)
        let bias = binary(.ushr, type, sign, width - Int64(k), &f)
        let biased = binary(.iadd, type, x, bias, &f)
        if isRemainder {
            let low = binary(.band, type, biased, Int64(bitPattern: UInt64(1) << UInt64(k) - 1), &f)
            return .instruction(.binary(.isub, type, low, bias))
        }
        if !isNegative { return with(.sshr, type, biased, Int64(k), &f) }
        let zero = constant(type, 0, &f)
        return .instruction(.binary(.isub, type, zero, binary(.sshr, type, biased, Int64(k), &f)))
    }

    /// `m = floor(2^(width + s) / d) + 1` with the smallest `s` for which `m * d - 2^(width + s) <= 2^(s + 1)`.
    private func signedReciprocal(_ d: UInt64, width: Int) -> (m: UInt64, s: Int) {
        var s = 0
        while true {
            let power = UInt128(1) << UInt128(width + s)
            let m = power / UInt128(d) + 1
            if m * UInt128(d) - power <= UInt128(1) << UInt128(s + 1) { return (UInt64(truncatingIfNeeded: m), s) }
            s += 1
        }
    }
    /// `floor(x / d)`, or nearly: one too small exactly where `x` is negative; and the sign of `x` as 0 or -1.
    private mutating func signedParts32(_ x: Value, _ d: UInt64, _ f: inout Function) -> (Value, Value) {
        let (m, s) = signedReciprocal(d, width: 32)
        let wide = unary(.sextend, .i64, x, &f)
        let product = binary(.imul, .i64, wide, Int64(bitPattern: m), &f)
        let rounded = unary(.ireduce, .i32, binary(.sshr, .i64, product, Int64(32 + s), &f), &f)
        return (rounded, binary(.sshr, .i32, x, 31, &f))
    }
    private mutating func signedParts64(_ x: Value, _ d: UInt64, _ f: inout Function) -> (Value, Value) {
        let (m, s) = signedReciprocal(d, width: 64)
        var high = binary(.smulhi, .i64, x, Int64(bitPattern: m), &f)
        // Read as signed, m lacks 2^64.
        if m >> 63 != 0 { high = binary(.iadd, .i64, high, x, &f) }
        let rounded = binary(.sshr, .i64, high, Int64(s), &f)
        return (rounded, binary(.sshr, .i64, x, 63, &f))
    }
}
