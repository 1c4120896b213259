import PrecastEntities
import PrecastIR

/// Division by a constant as a multiplication by a scaled reciprocal.
///
/// Source: Granlund and Montgomery, "Division by Invariant Integers using Multiplication" (PLDI 1994).
enum DivisionByConstant {
    /// `n / d` is `umulhi(n, multiplier) >> shift`; where `adds`, the multiplier has one bit more, and with `h = umulhi(n, multiplier)`
    /// the quotient is `(((n - h) >> 1) + h) >> (shift - 1)`.
    struct Unsigned<U: FixedWidthInteger & UnsignedInteger> {
        var multiplier: U
        var adds: Bool
        var shift: Int
    }
    /// For dividends of `bits` bits. - Precondition: `divisor` is neither 0 nor a power of two.
    static func unsigned<U: FixedWidthInteger & UnsignedInteger>(_ divisor: U, bits: Int = U.bitWidth) -> Unsigned<U> {
        let log = U.bitWidth - (divisor - 1).leadingZeroBitCount
        // With m = floor(2^(W+s) / d) + 1 the quotient is right for all n < 2^bits if m × d - 2^(W+s) <= 2^(W+s-bits).
        for shift in 0..<log {
            let power = U(1) << U(shift)
            let (quotient, remainder) = divisor.dividingFullWidth((power, 0))
            let slack = shift + U.bitWidth - bits
            if slack >= U.bitWidth || divisor - remainder <= U(1) << U(slack) { return Unsigned(multiplier: quotient + 1, adds: false, shift: shift) }
        }
        // s = log is always right; the multiplier is then 2^W + this.
        let high = log == U.bitWidth ? 0 &- divisor : U(1) << U(log) - divisor
        return Unsigned(multiplier: divisor.dividingFullWidth((high, 0)).quotient + 1, adds: true, shift: log)
    }

    /// For `h = smulhi(n, multiplier)`, plus `n` if the multiplier is negative, the quotient by the divisor's magnitude is
    /// `(h >> shift) - (n >> W-1)`, shifts arithmetic.
    struct Signed<S: FixedWidthInteger & SignedInteger> {
        var multiplier: S
        var shift: Int
    }
    /// - Precondition: `magnitude` is at least 3 and no power of two.
    static func signed<S: FixedWidthInteger & SignedInteger>(_ magnitude: S.Magnitude, _ type: S.Type) -> Signed<S> where S.Magnitude: FixedWidthInteger & UnsignedInteger {
        let log = S.bitWidth - (magnitude - 1).leadingZeroBitCount
        // As above, with |n| <= 2^(W-1): m × d - 2^(W+s) <= 2^(s+1) is enough, and s = log - 1 always is.
        for shift in 0..<log {
            let power = S.Magnitude(1) << S.Magnitude(shift)
            let (quotient, remainder) = magnitude.dividingFullWidth((power, 0))
            if magnitude - remainder <= power << 1 { return Signed(multiplier: S(truncatingIfNeeded: quotient + 1), shift: shift) }
        }
        preconditionFailure("no multiplier")
    }
}

extension Simplifier {
    /// The quotient by a constant, or nil to leave the division. - Precondition: `divisor` is not 0.
    mutating func unsignedQuotient(_ type: Type, _ n: Value, _ divisor: Int64, _ function: inout Function) -> Simplified? {
        let bits = type == .i32 ? UInt64(UInt32(truncatingIfNeeded: divisor)) : UInt64(bitPattern: divisor)
        if bits == 1 { return .value(n) }
        if bits & (bits - 1) == 0 {
            return .data(.binary(.ushr, type, n, constant(type, Int64(bits.trailingZeroBitCount), &function)))
        }
        let length = 64 - possibleBits(n, function).leadingZeroBitCount
        if type == .i32 { return unsignedQuotient32(n, UInt32(truncatingIfNeeded: bits), length, &function) }
        var way = DivisionByConstant.unsigned(bits, bits: length)
        var dividend = n
        let twos = bits.trailingZeroBitCount
        if way.adds && twos > 0 {
            way = DivisionByConstant.unsigned(bits >> UInt64(twos), bits: length - twos)
            dividend = emit(.binary(.ushr, type, n, constant(type, Int64(twos), &function)), &function)
        }
        let shift = way.shift
        let high = emit(.binary(.umulhi, type, dividend, constant(type, Int64(bitPattern: way.multiplier), &function)), &function)
        if !way.adds { return .data(.binary(.ushr, type, high, constant(type, Int64(shift), &function))) }
        let rest = emit(.binary(.isub, type, n, high), &function)
        let half = emit(.binary(.ushr, type, rest, constant(type, 1, &function)), &function)
        let sum = emit(.binary(.iadd, type, half, high), &function)
        return .data(.binary(.ushr, type, sum, constant(type, Int64(shift - 1), &function)))
    }

    /// The quotient of 32 bits from a product of 64, which needs no certain registers.
    private mutating func unsignedQuotient32(_ n: Value, _ divisor: UInt32, _ length: Int, _ function: inout Function) -> Simplified {
        var way = DivisionByConstant.unsigned(divisor, bits: length)
        var dividend = n
        let twos = divisor.trailingZeroBitCount
        if way.adds && twos > 0 {
            way = DivisionByConstant.unsigned(divisor >> UInt32(twos), bits: length - twos)
            dividend = emit(.binary(.ushr, .i32, n, constant(.i32, Int64(twos), &function)), &function)
        }
        let wide = emit(.unary(.uextend, .i64, dividend), &function)
        if way.adds {
            // Any 32-bit dividend times the reciprocal in 64 bits, rounded up.
            let reciprocal = constant(.i64, Int64(bitPattern: UInt64.max / UInt64(divisor) + 1), &function)
            return .data(.unary(.ireduce, .i32, emit(.binary(.umulhi, .i64, wide, reciprocal), &function)))
        }
        let product = emit(.binary(.imul, .i64, wide, constant(.i64, Int64(way.multiplier), &function)), &function)
        let quotient = emit(.binary(.ushr, .i64, product, constant(.i64, Int64(32 + way.shift), &function)), &function)
        return .data(.unary(.ireduce, .i32, quotient))
    }

    /// The amount that makes an arithmetic shift by `log` of negative numbers round up: `2^log - 1`, 0 for others.
    private mutating func roundingBias(_ type: Type, _ n: Value, _ log: Int64, _ function: inout Function) -> Value {
        let width = Int64(type.bitCount)
        let sign = log == 1 ? n : emit(.binary(.sshr, type, n, constant(type, width - 1, &function)), &function)
        return emit(.binary(.ushr, type, sign, constant(type, width - log, &function)), &function)
    }

    mutating func signedQuotient(_ type: Type, _ n: Value, _ divisor: Int64, _ function: inout Function) -> Simplified? {
        let width = Int64(type.bitCount)
        // Division by -1 may overflow and trap.
        if divisor == -1 { return nil }
        if divisor == 1 { return .value(n) }
        let magnitude = divisor.magnitude
        if magnitude & (magnitude - 1) == 0 {
            let log = Int64(magnitude.trailingZeroBitCount)
            let sum = emit(.binary(.iadd, type, n, roundingBias(type, n, log, &function)), &function)
            let quotient = InstructionData.binary(.sshr, type, sum, constant(type, log, &function))
            if divisor > 0 { return .data(quotient) }
            return .data(.binary(.isub, type, constant(type, 0, &function), emit(quotient, &function)))
        }
        let sign = emit(.binary(.sshr, type, n, constant(type, width - 1, &function)), &function)
        var high: Value
        if type == .i32 {
            // The product of 64 bits holds the multiplier unsigned: nothing to add.
            let way = DivisionByConstant.signed(UInt32(magnitude), Int32.self)
            let multiplier = constant(.i64, Int64(UInt32(bitPattern: way.multiplier)), &function)
            let product = emit(.binary(.imul, .i64, emit(.unary(.sextend, .i64, n), &function), multiplier), &function)
            let shifted = emit(.binary(.sshr, .i64, product, constant(.i64, Int64(32 + way.shift), &function)), &function)
            high = emit(.unary(.ireduce, .i32, shifted), &function)
        } else {
            let way = DivisionByConstant.signed(magnitude, Int64.self)
            high = emit(.binary(.smulhi, type, n, constant(type, way.multiplier, &function)), &function)
            if way.multiplier < 0 { high = emit(.binary(.iadd, type, high, n), &function) }
            if way.shift > 0 { high = emit(.binary(.sshr, type, high, constant(type, Int64(way.shift), &function)), &function) }
        }
        return .data(divisor > 0 ? .binary(.isub, type, high, sign) : .binary(.isub, type, sign, high))
    }

    /// The remainder by a constant, or nil. - Precondition: `divisor` is not 0.
    mutating func remainder(_ opcode: Opcode, _ type: Type, _ n: Value, _ divisor: Int64, _ function: inout Function) -> Simplified? {
        if divisor == 1 || (opcode == .srem && divisor == -1) { return .data(.constant(type, 0)) }
        if opcode == .urem {
            let bits = type == .i32 ? UInt64(UInt32(truncatingIfNeeded: divisor)) : UInt64(bitPattern: divisor)
            if bits & (bits - 1) == 0 { return .data(.binary(.band, type, n, constant(type, Int64(bitPattern: bits - 1), &function))) }
        }
        if opcode == .srem && divisor.magnitude.nonzeroBitCount == 1 {
            let log = Int64(divisor.magnitude.trailingZeroBitCount)
            let bias = roundingBias(type, n, log, &function)
            let sum = emit(.binary(.iadd, type, n, bias), &function)
            let low = constant(type, Int64(bitPattern: 1 << UInt64(log) - 1), &function)
            return .data(.binary(.isub, type, emit(.binary(.band, type, sum, low), &function), bias))
        }
        let simplified = opcode == .urem ? unsignedQuotient(type, n, divisor, &function) : signedQuotient(type, n, divisor, &function)
        guard case .data(let data)? = simplified else { return nil }
        let quotient = emit(data, &function)
        let product = emit(.binary(.imul, type, quotient, constant(type, divisor, &function)), &function)
        return .data(.binary(.isub, type, n, product))
    }
}
