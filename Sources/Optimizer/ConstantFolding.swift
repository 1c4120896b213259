import PrecastEntities
import PrecastIR

/// Results of operations on constants. Nil where the result is not known, would be a trap, or is a NaN (whose bits only the machine knows).
enum ConstantFolding {
    /// Of two i32 (sign-extended) or i64 constants.
    static func binary(_ opcode: Opcode, _ type: Type, _ x: Int64, _ y: Int64) -> Int64? {
        if type == .i32 {
            return fold(opcode, Int32(truncatingIfNeeded: x), Int32(truncatingIfNeeded: y)).map { Int64($0) }
        }
        return type == .i64 ? fold(opcode, x, y) : nil
    }

    private static func fold<S: FixedWidthInteger & SignedInteger>(_ opcode: Opcode, _ x: S, _ y: S) -> S? where S.Magnitude: FixedWidthInteger {
        let (a, b) = (S.Magnitude(truncatingIfNeeded: x), S.Magnitude(truncatingIfNeeded: y))
        let amount = y & S(S.bitWidth - 1)
        switch opcode {
        case .iadd: return x &+ y
        case .isub: return x &- y
        case .imul: return x &* y
        case .umulhi: return S(truncatingIfNeeded: a.multipliedFullWidth(by: b).high)
        case .smulhi: return x.multipliedFullWidth(by: y).high
        case .udiv: return b == 0 ? nil : S(truncatingIfNeeded: a / b)
        case .urem: return b == 0 ? nil : S(truncatingIfNeeded: a % b)
        case .sdiv: return y == 0 || (x == S.min && y == -1) ? nil : x / y
        case .srem: return y == 0 ? nil : y == -1 ? 0 : x % y
        case .band: return x & y
        case .bor: return x | y
        case .bxor: return x ^ y
        case .ishl: return x << amount
        case .ushr: return S(truncatingIfNeeded: a >> S.Magnitude(truncatingIfNeeded: amount))
        case .sshr: return x >> amount
        case .rotl, .rotr:
            let left = opcode == .rotl ? amount : (S(S.bitWidth) - amount) & S(S.bitWidth - 1)
            if left == 0 { return x }
            let up = S.Magnitude(truncatingIfNeeded: left)
            return S(truncatingIfNeeded: a << up | a >> (S.Magnitude(S.bitWidth) - up))
        default: return nil
        }
    }

    static func compare(_ condition: IntegerCondition, _ x: Int64, _ y: Int64) -> Bool {
        // A sign-extended i32 compares like the i32, unsigned too.
        let (a, b) = (UInt64(bitPattern: x), UInt64(bitPattern: y))
        return switch condition {
        case .equal: x == y
        case .notEqual: x != y
        case .signedLess: x < y
        case .signedLessOrEqual: x <= y
        case .signedGreater: x > y
        case .signedGreaterOrEqual: x >= y
        case .unsignedLess: a < b
        case .unsignedLessOrEqual: a <= b
        case .unsignedGreater: a > b
        case .unsignedGreaterOrEqual: a >= b
        }
    }

    /// Of an integer constant to an integer.
    static func unary(_ opcode: Opcode, _ type: Type, _ x: Int64) -> Int64? {
        let low = UInt32(truncatingIfNeeded: x)
        let bits = UInt64(bitPattern: x)
        switch opcode {
        case .clz: return Int64(type == .i32 ? low.leadingZeroBitCount : bits.leadingZeroBitCount)
        case .ctz: return Int64(type == .i32 ? low.trailingZeroBitCount : bits.trailingZeroBitCount)
        case .popcnt: return Int64(type == .i32 ? low.nonzeroBitCount : bits.nonzeroBitCount)
        case .sextend8: return Int64(Int8(truncatingIfNeeded: x))
        case .sextend16: return Int64(Int16(truncatingIfNeeded: x))
        case .sextend, .ireduce: return Int64(Int32(truncatingIfNeeded: x))
        case .uextend: return Int64(low)
        default: return nil
        }
    }

    // MARK: Floats

    static func binary<F: BinaryFloatingPoint>(_ opcode: Opcode, _ x: F, _ y: F) -> F? {
        if x.isNaN || y.isNaN { return nil }
        let result: F
        switch opcode {
        case .fadd: result = x + y
        case .fsub: result = x - y
        case .fmul: result = x * y
        case .fdiv: result = x / y
        case .fmin: result = x == y ? (x.sign == .minus ? x : y) : x < y ? x : y
        case .fmax: result = x == y ? (x.sign == .plus ? x : y) : x > y ? x : y
        case .fcopysign: result = x.sign == y.sign ? x : -x
        default: return nil
        }
        return result.isNaN ? nil : result
    }
    static func unary<F: BinaryFloatingPoint>(_ opcode: Opcode, _ x: F) -> F? {
        if x.isNaN { return nil }
        let result: F
        switch opcode {
        case .fabs: result = x.sign == .minus ? -x : x
        case .fneg: result = -x
        case .fsqrt: result = x.squareRoot()
        case .fceil: result = x.rounded(.up)
        case .ffloor: result = x.rounded(.down)
        case .ftrunc: result = x.rounded(.towardZero)
        case .fnearest: result = x.rounded(.toNearestOrEven)
        default: return nil
        }
        return result.isNaN ? nil : result
    }
    static func compare<F: BinaryFloatingPoint>(_ condition: FloatCondition, _ x: F, _ y: F) -> Bool {
        switch condition {
        case .equal: x == y
        case .notEqual: x != y
        case .less: x < y
        case .lessOrEqual: x <= y
        case .greater: x > y
        case .greaterOrEqual: x >= y
        }
    }

    /// Of a float constant to an integer. Nil where the conversion traps.
    static func toInteger(_ opcode: Opcode, _ type: Type, _ x: Double) -> Int64? {
        let signed = opcode == .fcvtToSigned || opcode == .fcvtToSignedSaturating
        let saturates = opcode == .fcvtToSignedSaturating || opcode == .fcvtToUnsignedSaturating
        if x.isNaN { return saturates ? 0 : nil }
        let t = x.rounded(.towardZero)
        switch (type, signed) {
        case (.i32, true):
            if t < -2_147_483_648 { return saturates ? Int64(Int32.min) : nil }
            if t > 2_147_483_647 { return saturates ? Int64(Int32.max) : nil }
            return Int64(t)
        case (.i32, false):
            if t < 0 { return saturates ? 0 : nil }
            if t > 4_294_967_295 { return saturates ? -1 : nil }
            return Int64(Int32(truncatingIfNeeded: Int64(t)))
        case (.i64, true):
            if t < -0x1p63 { return saturates ? Int64.min : nil }
            if t >= 0x1p63 { return saturates ? Int64.max : nil }
            return Int64(t)
        default:
            if t < 0 { return saturates ? 0 : nil }
            if t >= 0x1p64 { return saturates ? -1 : nil }
            return Int64(bitPattern: UInt64(t))
        }
    }
}
