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
    /// - Precondition: `divisor` is neither 0 nor a power of two.
    static func unsigned<U: FixedWidthInteger & UnsignedInteger>(_ divisor: U) -> Unsigned<U> {
        let log = U.bitWidth - (divisor - 1).leadingZeroBitCount
        // With m = floor(2^(W+s) / d) + 1 the quotient is right for all n < 2^W if m × d - 2^(W+s) <= 2^s.
        for shift in 0..<log {
            let power = U(1) << U(shift)
            let (quotient, remainder) = divisor.dividingFullWidth((power, 0))
            if divisor - remainder <= power { return Unsigned(multiplier: quotient + 1, adds: false, shift: shift) }
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
        let (multiplier, adds, shift): (Int64, Bool, Int)
        if type == .i32 {
            let way = DivisionByConstant.unsigned(UInt32(truncatingIfNeeded: bits))
            (multiplier, adds, shift) = (Int64(way.multiplier), way.adds, way.shift)
        } else {
            let way = DivisionByConstant.unsigned(bits)
            (multiplier, adds, shift) = (Int64(bitPattern: way.multiplier), way.adds, way.shift)
        }
        let high = emit(.binary(.umulhi, type, n, constant(type, multiplier, &function)), &function)
        if !adds { return .data(.binary(.ushr, type, high, constant(type, Int64(shift), &function))) }
        let rest = emit(.binary(.isub, type, n, high), &function)
        let half = emit(.binary(.ushr, type, rest, constant(type, 1, &function)), &function)
        let sum = emit(.binary(.iadd, type, half, high), &function)
        return .data(.binary(.ushr, type, sum, constant(type, Int64(shift - 1), &function)))
    }

    mutating func signedQuotient(_ type: Type, _ n: Value, _ divisor: Int64, _ function: inout Function) -> Simplified? {
        let width = Int64(type.bitCount)
        // Division by -1 may overflow and trap.
        if divisor == -1 { return nil }
        if divisor == 1 { return .value(n) }
        let magnitude = divisor.magnitude
        let sign = emit(.binary(.sshr, type, n, constant(type, width - 1, &function)), &function)
        if magnitude & (magnitude - 1) == 0 {
            let log = Int64(magnitude.trailingZeroBitCount)
            // Negative dividends round up: add 2^log - 1 to them.
            let bias = emit(.binary(.ushr, type, sign, constant(type, width - log, &function)), &function)
            let sum = emit(.binary(.iadd, type, n, bias), &function)
            let quotient = InstructionData.binary(.sshr, type, sum, constant(type, log, &function))
            if divisor > 0 { return .data(quotient) }
            return .data(.binary(.isub, type, constant(type, 0, &function), emit(quotient, &function)))
        }
        let (multiplier, shift): (Int64, Int)
        if type == .i32 {
            let way = DivisionByConstant.signed(UInt32(magnitude), Int32.self)
            (multiplier, shift) = (Int64(way.multiplier), way.shift)
        } else {
            let way = DivisionByConstant.signed(magnitude, Int64.self)
            (multiplier, shift) = (way.multiplier, way.shift)
        }
        var high = emit(.binary(.smulhi, type, n, constant(type, multiplier, &function)), &function)
        if multiplier < 0 { high = emit(.binary(.iadd, type, high, n), &function) }
        if shift > 0 { high = emit(.binary(.sshr, type, high, constant(type, Int64(shift), &function)), &function) }
        return .data(divisor > 0 ? .binary(.isub, type, high, sign) : .binary(.isub, type, sign, high))
    }

    /// The remainder by a constant, or nil. - Precondition: `divisor` is not 0.
    mutating func remainder(_ opcode: Opcode, _ type: Type, _ n: Value, _ divisor: Int64, _ function: inout Function) -> Simplified? {
        if divisor == 1 || (opcode == .srem && divisor == -1) { return .data(.constant(type, 0)) }
        if opcode == .urem {
            let bits = type == .i32 ? UInt64(UInt32(truncatingIfNeeded: divisor)) : UInt64(bitPattern: divisor)
            if bits & (bits - 1) == 0 { return .data(.binary(.band, type, n, constant(type, Int64(bitPattern: bits - 1), &function))) }
        }
        let simplified = opcode == .urem ? unsignedQuotient(type, n, divisor, &function) : signedQuotient(type, n, divisor, &function)
        guard case .data(let data)? = simplified else { return nil }
        let quotient = emit(data, &function)
        let product = emit(.binary(.imul, type, quotient, constant(type, divisor, &function)), &function)
        return .data(.binary(.isub, type, n, product))
    }
}
