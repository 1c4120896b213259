import PrecastIR

/// WebAssembly's numeric operations on 64-bit registers. An i32 or f32 is in the low half; the upper half is zero.
enum Arithmetic {
    static let canonicalNaN32: UInt64 = 0x7fc0_0000
    static let canonicalNaN64: UInt64 = 0x7ff8_0000_0000_0000

    // MARK: Integers

    static func binary(_ opcode: Opcode, _ type: Type, _ a: UInt64, _ b: UInt64) throws(MachineError) -> UInt64 {
        switch type {
        case .i32: UInt64(try integer(opcode, UInt32(truncatingIfNeeded: a), UInt32(truncatingIfNeeded: b), Int32.self))
        case .i64: try integer(opcode, a, b, Int64.self)
        case .f32: UInt64(try float(opcode, Float(bitPattern: UInt32(truncatingIfNeeded: a)), Float(bitPattern: UInt32(truncatingIfNeeded: b))).bitPattern)
        case .f64: try float(opcode, Double(bitPattern: a), Double(bitPattern: b)).bitPattern
        default: throw .unsupported("\(opcode.name).\(type.name)")
        }
    }

    private static func integer<U: FixedWidthInteger & UnsignedInteger, S: FixedWidthInteger & SignedInteger>(
        _ opcode: Opcode, _ a: U, _ b: U, _ signed: S.Type
    ) throws(MachineError) -> U {
        let (x, y) = (S(truncatingIfNeeded: a), S(truncatingIfNeeded: b))
        let amount = b & U(U.bitWidth - 1)
        switch opcode {
        case .iadd: return a &+ b
        case .isub: return a &- b
        case .imul: return a &* b
        case .umulhi: return a.multipliedFullWidth(by: b).high
        case .smulhi: return U(truncatingIfNeeded: x.multipliedFullWidth(by: y).high)
        case .udiv, .urem:
            if b == 0 { throw .trap(ArithmeticTrap.divideByZero) }
            return opcode == .udiv ? a / b : a % b
        case .sdiv:
            if b == 0 { throw .trap(ArithmeticTrap.divideByZero) }
            if x == S.min && y == -1 { throw .trap(ArithmeticTrap.overflow) }
            return U(truncatingIfNeeded: x / y)
        case .srem:
            if b == 0 { throw .trap(ArithmeticTrap.divideByZero) }
            return y == -1 ? 0 : U(truncatingIfNeeded: x % y)
        case .band: return a & b
        case .bor: return a | b
        case .bxor: return a ^ b
        case .ishl: return a << amount
        case .ushr: return a >> amount
        case .sshr: return U(truncatingIfNeeded: x >> S(truncatingIfNeeded: amount))
        case .rotl: return amount == 0 ? a : a << amount | a >> (U(U.bitWidth) - amount)
        case .rotr: return amount == 0 ? a : a >> amount | a << (U(U.bitWidth) - amount)
        default: throw .unsupported(opcode.name)
        }
    }

    static func compare(_ condition: IntegerCondition, _ type: Type, _ a: UInt64, _ b: UInt64) -> Bool {
        let x = type == .i32 ? Int64(Int32(truncatingIfNeeded: a)) : Int64(bitPattern: a)
        let y = type == .i32 ? Int64(Int32(truncatingIfNeeded: b)) : Int64(bitPattern: b)
        return switch condition {
        case .equal: a == b
        case .notEqual: a != b
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

    // MARK: Floats

    private static func float<F: BinaryFloatingPoint>(_ opcode: Opcode, _ a: F, _ b: F) throws(MachineError) -> F {
        switch opcode {
        case .fadd: canonical(a + b)
        case .fsub: canonical(a - b)
        case .fmul: canonical(a * b)
        case .fdiv: canonical(a / b)
        case .fmin: a.isNaN || b.isNaN ? F.nan : a == b ? (a.sign == .minus ? a : b) : a < b ? a : b
        case .fmax: a.isNaN || b.isNaN ? F.nan : a == b ? (a.sign == .plus ? a : b) : a > b ? a : b
        case .fcopysign: a.sign == b.sign ? a : -a
        default: throw .unsupported(opcode.name)
        }
    }
    private static func canonical<F: BinaryFloatingPoint>(_ x: F) -> F { x.isNaN ? F.nan : x }

    static func compare(_ condition: FloatCondition, _ type: Type, _ a: UInt64, _ b: UInt64) -> Bool {
        // Every f32 is exactly an f64.
        let x = type == .f32 ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: a))) : Double(bitPattern: a)
        let y = type == .f32 ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: b))) : Double(bitPattern: b)
        return switch condition {
        case .equal: x == y
        case .notEqual: x != y
        case .less: x < y
        case .lessOrEqual: x <= y
        case .greater: x > y
        case .greaterOrEqual: x >= y
        }
    }

    // MARK: One operand

    static func unary(_ opcode: Opcode, _ type: Type, _ a: UInt64, _ operandType: Type) throws(MachineError) -> UInt64 {
        let low = UInt32(truncatingIfNeeded: a)
        switch opcode {
        case .clz: return UInt64(type == .i32 ? low.leadingZeroBitCount : a.leadingZeroBitCount)
        case .ctz: return UInt64(type == .i32 ? low.trailingZeroBitCount : a.trailingZeroBitCount)
        case .popcnt: return UInt64(a.nonzeroBitCount)
        case .sextend8: return narrow(Int64(Int8(truncatingIfNeeded: a)), type)
        case .sextend16: return narrow(Int64(Int16(truncatingIfNeeded: a)), type)
        case .sextend: return narrow(Int64(Int32(truncatingIfNeeded: a)), type)
        case .uextend, .ireduce: return UInt64(low)
        case .bitcast: return a
        case .fpromote:
            let x = Float(bitPattern: low)
            return x.isNaN ? canonicalNaN64 : Double(x).bitPattern
        case .fdemote:
            let x = Double(bitPattern: a)
            return x.isNaN ? canonicalNaN32 : UInt64(Float(x).bitPattern)
        case .fcvtToSigned, .fcvtToUnsigned, .fcvtToSignedSaturating, .fcvtToUnsignedSaturating:
            let x = operandType == .f32 ? Double(Float(bitPattern: low)) : Double(bitPattern: a)
            return try toInteger(opcode, type, x)
        case .fcvtFromSigned, .fcvtFromUnsigned: return fromInteger(opcode, type, a, operandType)
        default:
            return type == .f32
                ? UInt64(try float(opcode, Float(bitPattern: low)).bitPattern) : try float(opcode, Double(bitPattern: a)).bitPattern
        }
    }
    private static func narrow(_ x: Int64, _ type: Type) -> UInt64 {
        type == .i32 ? UInt64(UInt32(truncatingIfNeeded: x)) : UInt64(bitPattern: x)
    }

    private static func float<F: BinaryFloatingPoint>(_ opcode: Opcode, _ a: F) throws(MachineError) -> F {
        switch opcode {
        case .fabs: a.sign == .minus ? -a : a
        case .fneg: -a
        case .fsqrt: canonical(a.squareRoot())
        case .fceil: canonical(a.rounded(.up))
        case .ffloor: canonical(a.rounded(.down))
        case .ftrunc: canonical(a.rounded(.towardZero))
        case .fnearest: canonical(a.rounded(.toNearestOrEven))
        default: throw .unsupported(opcode.name)
        }
    }

    private static func toInteger(_ opcode: Opcode, _ type: Type, _ x: Double) throws(MachineError) -> UInt64 {
        let saturates = opcode == .fcvtToSignedSaturating || opcode == .fcvtToUnsignedSaturating
        let signed = opcode == .fcvtToSigned || opcode == .fcvtToSignedSaturating
        if x.isNaN {
            if saturates { return 0 }
            throw .trap(ArithmeticTrap.invalidConversion)
        }
        let bits = type == .i32 ? 32 : 64
        // Both bounds are powers of two or zero, so exact: the result fits when low <= trunc(x) < high.
        let low = signed ? -exp2(bits - 1) : 0
        let high = signed ? exp2(bits - 1) : exp2(bits)
        let truncated = x.rounded(.towardZero)
        if truncated >= low && truncated < high {
            return signed ? narrow(Int64(truncated), type) : UInt64(truncated)
        }
        if !saturates { throw .trap(ArithmeticTrap.overflow) }
        if truncated < low { return signed ? narrow(type == .i32 ? Int64(Int32.min) : Int64.min, type) : 0 }
        let greatest: UInt64 = signed ? UInt64(Int64.max) : UInt64.max
        return type == .i32 ? greatest >> 32 & (signed ? 0x7fff_ffff : 0xffff_ffff) : greatest
    }
    private static func exp2(_ n: Int) -> Double { Double(sign: .plus, exponent: n, significand: 1) }

    private static func fromInteger(_ opcode: Opcode, _ type: Type, _ a: UInt64, _ operandType: Type) -> UInt64 {
        if opcode == .fcvtFromSigned {
            let x = operandType == .i32 ? Int64(Int32(truncatingIfNeeded: a)) : Int64(bitPattern: a)
            return type == .f32 ? UInt64(Float(x).bitPattern) : Double(x).bitPattern
        }
        return type == .f32 ? UInt64(Float(a).bitPattern) : Double(a).bitPattern
    }
}
