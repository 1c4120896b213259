import PrecastIR
import PrecastMachineCode

extension Lowering {
    mutating func lowerFloatInstruction(_ inst: Inst, _ data: InstructionData) {
        switch data.opcode {
        case .fadd: lowerArithmetic(.add, inst, data)
        case .fsub: lowerArithmetic(.sub, inst, data)
        case .fmul: lowerArithmetic(.mul, inst, data)
        case .fdiv: lowerArithmetic(.div, inst, data)
        // A NaN if either is, -0 less than +0: just what the machine does.
        case .fmin: lowerArithmetic(.min, inst, data)
        case .fmax: lowerArithmetic(.max, inst, data)
        case .fsqrt: lowerUnary(.sqrt, inst, data)
        case .fabs: lowerUnary(.abs, inst, data)
        case .fneg: lowerNegation(inst, data)
        case .fceil: lowerUnary(.rintp, inst, data)
        case .ffloor: lowerUnary(.rintm, inst, data)
        case .ftrunc: lowerUnary(.rintz, inst, data)
        case .fnearest: lowerUnary(.rintn, inst, data)
        case .fcopysign: lowerCopySign(inst, data)
        case .fpromote: code.emit(.convert(from: .s, to: .d, result(inst), use(data.valueA)))
        case .fdemote: code.emit(.convert(from: .d, to: .s, result(inst), use(data.valueA)))
        case .bitcast: lowerBitcast(inst, data)
        case .fcvtFromSigned, .fcvtFromUnsigned: lowerFromInteger(inst, data)
        case .fcvtToSigned, .fcvtToUnsigned: lowerToInteger(inst, data)
        case .fcvtToSignedSaturating, .fcvtToUnsignedSaturating:
            // Saturation, and 0 for a NaN, are the machine's own.
            let from = size(dfg.type(data.valueA))
            code.emit(.toInteger(signed: data.opcode == .fcvtToSignedSaturating, integerSize(data.type), from: from, result(inst), use(data.valueA)))
        default: preconditionFailure("no lowering of \(data.opcode.name)")
        }
    }

    private mutating func lowerArithmetic(_ op: FloatOperation, _ inst: Inst, _ data: InstructionData) {
        let (a, b) = (use(data.valueA), use(data.valueB))
        code.emit(.float(op, size(data.type), result(inst), a, b))
    }
    private mutating func lowerUnary(_ op: FloatUnary, _ inst: Inst, _ data: InstructionData) {
        code.emit(.floatUnary(op, size(data.type), result(inst), use(data.valueA)))
    }
    /// `-(a * b)` rounds as `a * b` does.
    private mutating func lowerNegation(_ inst: Inst, _ data: InstructionData) {
        guard let product = only(data.valueA, .fmul) else { return lowerUnary(.neg, inst, data) }
        let (a, b) = (use(product.valueA), use(product.valueB))
        code.emit(.float(.nmul, size(data.type), result(inst), a, b))
    }
    /// The sign at bit 0, shifted into its place above the bits of the magnitude.
    private mutating func lowerCopySign(_ inst: Inst, _ data: InstructionData) {
        let (size, bits): (OperandSize, UInt8) = data.type == .f32 ? (.s2, 32) : (.d, 64)
        let (magnitude, sign) = (use(data.valueA), floatTemporary())
        code.emit(.shiftLanesRight(size, sign, use(data.valueB), bits - 1))
        code.emit(.insertShiftedLeft(size, result(inst), old: magnitude, sign, bits - 1))
    }

    // MARK: Conversions

    private mutating func lowerBitcast(_ inst: Inst, _ data: InstructionData) {
        if data.type.isFloat { return code.emit(.moveToFloat(size(data.type), result(inst), useOrZero(data.valueA))) }
        let from = dfg.type(data.valueA)
        if from.isFloat { return code.emit(.moveFromFloat(size(from), result(inst), use(data.valueA))) }
        code.emit(.move(.x, result(inst), use(data.valueA)))
    }
    private mutating func lowerFromInteger(_ inst: Inst, _ data: InstructionData) {
        let x = operand(data.valueA)
        code.emit(.fromInteger(
            signed: data.opcode == .fcvtFromSigned, integerSize(dfg.type(data.valueA)), to: size(data.type), result(inst), x))
    }

    /// The machine saturates, so what does not fit shows in the result: a 32-bit integer in the upper half of one of 64 bits, the greatest
    /// of 64 bits in itself, as no float has that value. What is below is compared with the bound.
    private mutating func lowerToInteger(_ inst: Inst, _ data: InstructionData) {
        let from = size(dfg.type(data.valueA)), x = use(data.valueA), dst = result(inst)
        let signed = data.opcode == .fcvtToSigned
        if data.type == .i32 {
            code.emit(.fcmp(from, x, x))
            code.emit(.trapIf(.flags(.vs), options.traps.invalidConversion))
            let wide = temporary()
            code.emit(.toInteger(signed: true, .x, from: from, wide, x))
            // Equal to its low half, widened.
            code.emit(.cmp(.x, wide, .extended(wide, signed ? .sxtw : .uxtw, 0)))
            code.emit(.trapIf(.flags(.ne), options.traps.integerOverflow))
            return code.emit(.move(.w, dst, wide))
        }
        let bound = floatTemporary()
        let low = signed ? -9223372036854775808.0 : -1
        code.emit(.loadFloat(from, bound, bits: from == .s ? UInt64(Float(low).bitPattern) : low.bitPattern))
        code.emit(.fcmp(from, x, bound))
        code.emit(.trapIf(.flags(.vs), options.traps.invalidConversion))
        code.emit(.trapIf(.flags(signed ? .mi : .ls), options.traps.integerOverflow))
        code.emit(.toInteger(signed: signed, .x, from: from, dst, x))
        // One more overflows.
        code.emit(.cmn(.x, dst, .immediate(1)))
        code.emit(.trapIf(.flags(signed ? .vs : .eq), options.traps.integerOverflow))
    }
}
