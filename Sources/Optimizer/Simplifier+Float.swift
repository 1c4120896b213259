import PrecastEntities
import PrecastIR

/// Float rules. Only exact ones: no rule changes a rounding, a signed zero, or whether a NaN is quiet.
extension Simplifier {
    mutating func float(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        switch data.opcode.format {
        case .binary: binary(data, function) ?? withConstant(data, &function)
        case .compareFloat: compare(data, function)
        case .unary: unary(data, function)
        default: nil
        }
    }

    private func float32(_ value: Value, _ function: borrowing Function) -> Float? {
        let data = function.dfg.definingData(value)
        return data.opcode == .f32const ? Float(bitPattern: data.a) : nil
    }
    private func float64(_ value: Value, _ function: borrowing Function) -> Double? {
        let data = function.dfg.definingData(value)
        return data.opcode == .f64const ? Double(bitPattern: UInt64(bitPattern: data.immediate)) : nil
    }

    private func binary(_ data: InstructionData, _ function: borrowing Function) -> Simplified? {
        if data.type == .f32 {
            guard let x = float32(data.valueA, function), let y = float32(data.valueB, function) else { return nil }
            return ConstantFolding.binary(data.opcode, x, y).map { .data(.constant($0)) }
        }
        guard let x = float64(data.valueA, function), let y = float64(data.valueB, function) else { return nil }
        return ConstantFolding.binary(data.opcode, x, y).map { .data(.constant($0)) }
    }

    /// Rules for a constant on the right that hold for every left operand.
    private mutating func withConstant(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        guard let c = float32(data.valueB, function).map(Double.init) ?? float64(data.valueB, function), !c.isNaN else { return nil }
        switch data.opcode {
        case .fmul where c == 2: return .data(.binary(.fadd, data.type, data.valueA, data.valueA))
        case .fdiv:
            // The reciprocal of a power of two is exact, unless it leaves the range of normal numbers.
            guard c.isNormal, c.significand == 1, abs(c.exponent) <= (data.type == .f32 ? 126 : 1022) else { return nil }
            return .data(.binary(.fmul, data.type, data.valueA, emit(data.type == .f32 ? .constant(Float(1 / c)) : .constant(1 / c), &function)))
        case .fcopysign:
            let magnitude = InstructionData.unary(.fabs, data.type, data.valueA)
            return .data(c.sign == .plus ? magnitude : .unary(.fneg, data.type, emit(magnitude, &function)))
        default: return nil
        }
    }

    private func compare(_ data: InstructionData, _ function: borrowing Function) -> Simplified? {
        let result: Bool
        if let x = float32(data.valueA, function), let y = float32(data.valueB, function) {
            result = ConstantFolding.compare(data.floatCondition, x, y)
        } else if let x = float64(data.valueA, function), let y = float64(data.valueB, function) {
            result = ConstantFolding.compare(data.floatCondition, x, y)
        } else {
            return nil
        }
        return .data(.constant(.i32, result ? 1 : 0))
    }

    private func unary(_ data: InstructionData, _ function: borrowing Function) -> Simplified? {
        let inner = function.dfg.definingData(data.valueA)
        switch (data.opcode, inner.opcode) {
        case (.fneg, .fneg): return .value(inner.valueA)
        case (.fabs, .fabs): return .value(data.valueA)
        case (.fabs, .fneg), (.fabs, .fcopysign): return .data(.unary(.fabs, data.type, inner.valueA))
        case (.bitcast, .bitcast) where function.dfg.type(inner.valueA) == data.type: return .value(inner.valueA)
        case (_, .iconst): return convert(data, inner, function)
        case (.fcvtFromUnsigned, _) where isNonNegative(data.valueA, function.dfg.type(data.valueA), function):
            return .data(.unary(.fcvtFromSigned, data.type, data.valueA))
        case (_, .f32const): return convert(data, Float(bitPattern: inner.a))
        case (_, .f64const): return convert(data, Double(bitPattern: UInt64(bitPattern: inner.immediate)))
        default: return nil
        }
    }

    private func convert(_ data: InstructionData, _ x: Float) -> Simplified? {
        switch data.opcode {
        case .bitcast: return .data(.constant(.i32, Int64(Int32(bitPattern: x.bitPattern))))
        case .fpromote: return x.isNaN ? nil : .data(.constant(Double(x)))
        case .fcvtToSigned, .fcvtToUnsigned, .fcvtToSignedSaturating, .fcvtToUnsignedSaturating:
            return ConstantFolding.toInteger(data.opcode, data.type, Double(x)).map { .data(.constant(data.type, $0)) }
        default: return ConstantFolding.unary(data.opcode, x).map { .data(.constant($0)) }
        }
    }
    private func convert(_ data: InstructionData, _ x: Double) -> Simplified? {
        switch data.opcode {
        case .bitcast: return data.type == .i64 ? .data(.constant(.i64, Int64(bitPattern: x.bitPattern))) : nil
        case .fdemote: return x.isNaN ? nil : .data(.constant(Float(x)))
        case .fcvtToSigned, .fcvtToUnsigned, .fcvtToSignedSaturating, .fcvtToUnsignedSaturating:
            return ConstantFolding.toInteger(data.opcode, data.type, x).map { .data(.constant(data.type, $0)) }
        default: return ConstantFolding.unary(data.opcode, x).map { .data(.constant($0)) }
        }
    }
    private func convert(_ data: InstructionData, _ integer: InstructionData, _ function: borrowing Function) -> Simplified? {
        let x = integer.immediate
        // An i32 is kept sign-extended; unsigned conversions want it zero-extended.
        let unsigned = integer.type == .i32 ? UInt64(UInt32(truncatingIfNeeded: x)) : UInt64(bitPattern: x)
        switch (data.opcode, data.type) {
        case (.bitcast, .f32): return .data(.constant(Float(bitPattern: UInt32(truncatingIfNeeded: x))))
        case (.bitcast, .f64): return .data(.constant(Double(bitPattern: UInt64(bitPattern: x))))
        case (.fcvtFromSigned, .f32): return .data(.constant(Float(x)))
        case (.fcvtFromSigned, .f64): return .data(.constant(Double(x)))
        case (.fcvtFromUnsigned, .f32): return .data(.constant(Float(unsigned)))
        case (.fcvtFromUnsigned, .f64): return .data(.constant(Double(unsigned)))
        default: return nil
        }
    }
}
