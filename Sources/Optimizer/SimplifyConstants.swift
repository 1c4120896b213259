import PrecastEntities
import PrecastIR

/// Operations on constants, with WebAssembly's results. What would trap is left alone, and so is a NaN that arithmetic makes: its bits are the machine's choice.
extension Simplifier {
    // MARK: Integers

    private func truncated(_ bits: UInt64, _ type: Type) -> Rewrite { number(type, Int64(bitPattern: bits)) }

    /// A pure operation on two integer constants.
    func foldInteger(_ data: InstructionData, _ f: borrowing Function) -> Rewrite? {
        guard let b = f.dfg.constant(data.valueB), let a = f.dfg.constant(data.valueA) else { return nil }
        let width = UInt64(data.type.bitCount)
        let (x, y) = (UInt64(bitPattern: a) & typeMask(data.type), UInt64(bitPattern: b) & typeMask(data.type))
        let amount = y & (width - 1)
        switch data.opcode {
        case .iadd: return truncated(x &+ y, data.type)
        case .isub: return truncated(x &- y, data.type)
        case .imul: return truncated(x &* y, data.type)
        case .umulhi: return truncated(data.type == .i32 ? x &* y >> 32 : x.multipliedFullWidth(by: y).high, data.type)
        case .smulhi: return number(data.type, data.type == .i32 ? a &* b >> 32 : a.multipliedFullWidth(by: b).high)
        case .band: return truncated(x & y, data.type)
        case .bor: return truncated(x | y, data.type)
        case .bxor: return truncated(x ^ y, data.type)
        case .ishl: return truncated(x << amount, data.type)
        case .ushr: return truncated(x >> amount, data.type)
        case .sshr: return number(data.type, a >> Int64(amount))
        case .rotl: return truncated(x << amount | (amount == 0 ? 0 : x >> (width - amount)), data.type)
        case .rotr: return truncated(x >> amount | (amount == 0 ? 0 : x << (width - amount)), data.type)
        default: return nil
        }
    }

    func foldDivision(_ data: InstructionData, _ f: borrowing Function) -> Rewrite? {
        guard let b = f.dfg.constant(data.valueB), let a = f.dfg.constant(data.valueA), b != 0 else { return nil }
        let (x, y) = (UInt64(bitPattern: a) & typeMask(data.type), UInt64(bitPattern: b) & typeMask(data.type))
        switch data.opcode {
        case .udiv: return truncated(x / y, data.type)
        case .urem: return truncated(x % y, data.type)
        case .sdiv:
            let least = data.type == .i32 ? Int64(Int32.min) : .min
            return a == least && b == -1 ? nil : number(data.type, a / b)
        default: return number(data.type, b == -1 ? 0 : a % b)
        }
    }

    func foldUnary(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        guard let c = f.dfg.constant(data.valueA) else { return .keep }
        let bits = UInt64(bitPattern: c) & typeMask(data.type)
        switch data.opcode {
        case .clz: return number(data.type, Int64(bits.leadingZeroBitCount - (64 - data.type.bitCount)))
        case .ctz: return number(data.type, Int64(min(bits.trailingZeroBitCount, data.type.bitCount)))
        case .popcnt: return number(data.type, Int64(bits.nonzeroBitCount))
        case .sextend8: return number(data.type, Int64(Int8(truncatingIfNeeded: c)))
        case .sextend16: return number(data.type, Int64(Int16(truncatingIfNeeded: c)))
        default: return .keep
        }
    }

    // MARK: Floats

    /// A float constant, as the f64 of the same value. Nil for a NaN too.
    func floatConstant(_ value: Value, _ f: borrowing Function) -> Double? {
        let data = f.dfg.definingData(value)
        let constant: Double
        switch data.opcode {
        case .f32const: constant = Double(Float(bitPattern: data.a))
        case .f64const: constant = Double(bitPattern: UInt64(bitPattern: data.immediate))
        default: return nil
        }
        return constant.isNaN ? nil : constant
    }

    func foldFloatUnary(_ data: InstructionData, _ f: borrowing Function) -> Rewrite? {
        let operand = f.dfg.definingData(data.valueA)
        switch (operand.opcode, data.opcode) {
        // Bits, NaN or not.
        case (.f32const, .fneg): return bits32(operand.a ^ 0x8000_0000)
        case (.f32const, .fabs): return bits32(operand.a & 0x7fff_ffff)
        case (.f64const, .fneg): return .instruction(.constant(Double(bitPattern: UInt64(bitPattern: operand.immediate) ^ 1 << 63)))
        case (.f64const, .fabs): return .instruction(.constant(Double(bitPattern: UInt64(bitPattern: operand.immediate) & ~(1 << 63))))
        default: break
        }
        guard let c = floatConstant(data.valueA, f) else { return nil }
        switch data.opcode {
        case .fpromote: return .instruction(.constant(c))
        case .fdemote: return .instruction(.constant(Float(c)))
        case .fsqrt:
            if c < 0 { return nil }
            return .instruction(data.type == .f32 ? .constant(Float(c).squareRoot()) : .constant(c.squareRoot()))
        // An f32 rounded to an integer is the same f32 or one of fewer bits.
        case .fceil: return .instruction(.float(data.type, c.rounded(.up)))
        case .ffloor: return .instruction(.float(data.type, c.rounded(.down)))
        case .ftrunc: return .instruction(.float(data.type, c.rounded(.towardZero)))
        case .fnearest: return .instruction(.float(data.type, c.rounded(.toNearestOrEven)))
        default: return nil
        }
    }
    private func bits32(_ bits: UInt32) -> Rewrite { .instruction(InstructionData(.f32const, .f32, a: bits)) }

    func foldFloatBinary(_ data: InstructionData, _ f: borrowing Function) -> Rewrite? {
        guard let b = floatConstant(data.valueB, f), let a = floatConstant(data.valueA, f) else { return nil }
        switch data.opcode {
        case .fcmp: return number(.i32, holds(data.floatCondition, a, b) ? 1 : 0)
        case .fcopysign: return .instruction(.float(data.type, Double(signOf: b, magnitudeOf: a)))
        case .fmin: return .instruction(.float(data.type, a == b ? (a.sign == .minus ? a : b) : a < b ? a : b))
        case .fmax: return .instruction(.float(data.type, a == b ? (a.sign == .plus ? a : b) : a > b ? a : b))
        default: break
        }
        if data.type == .f32 {
            guard let result = arithmetic(data.opcode, Float(a), Float(b)) else { return nil }
            return .instruction(.constant(result))
        }
        guard let result = arithmetic(data.opcode, a, b) else { return nil }
        return .instruction(.constant(result))
    }
    private func arithmetic<F: BinaryFloatingPoint>(_ opcode: Opcode, _ a: F, _ b: F) -> F? {
        let result: F
        switch opcode {
        case .fadd: result = a + b
        case .fsub: result = a - b
        case .fmul: result = a * b
        case .fdiv: result = a / b
        default: return nil
        }
        return result.isNaN ? nil : result
    }
    private func holds(_ condition: FloatCondition, _ a: Double, _ b: Double) -> Bool {
        switch condition {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }

    // MARK: Conversions

    func foldToInteger(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        guard let c = floatConstant(data.valueA, f) else { return .keep }
        let isSigned = data.opcode == .fcvtToSigned || data.opcode == .fcvtToSignedSaturating
        let saturates = data.opcode == .fcvtToSignedSaturating || data.opcode == .fcvtToUnsignedSaturating
        let whole = c.rounded(.towardZero)
        switch (isSigned, data.type == .i32) {
        case (true, true): return folded(Int32(exactly: whole), saturates, whole < 0 ? .min : .max, data.type)
        case (true, false): return folded(Int64(exactly: whole), saturates, whole < 0 ? .min : .max, data.type)
        case (false, true): return folded(UInt32(exactly: whole), saturates, whole < 0 ? 0 : .max, data.type)
        case (false, false): return folded(UInt64(exactly: whole), saturates, whole < 0 ? 0 : .max, data.type)
        }
    }
    private func folded<I: FixedWidthInteger>(_ exact: I?, _ saturates: Bool, _ limit: I, _ type: Type) -> Rewrite {
        if let exact { return number(type, Int64(truncatingIfNeeded: exact)) }
        return saturates ? number(type, Int64(truncatingIfNeeded: limit)) : .keep
    }

    func foldFromInteger(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        guard let c = f.dfg.constant(data.valueA) else { return .keep }
        if data.opcode == .fcvtFromSigned { return .instruction(data.type == .f32 ? .constant(Float(c)) : .constant(Double(c))) }
        let unsigned = UInt64(bitPattern: c) & typeMask(f.dfg.type(data.valueA))
        return .instruction(data.type == .f32 ? .constant(Float(unsigned)) : .constant(Double(unsigned)))
    }
}

extension InstructionData {
    /// A constant whose value is exact in `type`.
    static func float(_ type: Type, _ value: Double) -> InstructionData { type == .f32 ? .constant(Float(value)) : .constant(value) }
}
