import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel

extension FunctionTranslator {
    /// Operators on numbers alone: each is one IR instruction, or a short fixed sequence.
    mutating func translateNumeric(_ op: Operator) {
        switch op.opcode {
        case .i32Const: push(builder.constant(.i32, Int64(op.i32)))
        case .i64Const: push(builder.constant(.i64, op.i64))
        case .f32Const: push(builder.constant(.f32, Int64(op.f32Bits)))
        case .f64Const: push(builder.constant(.f64, Int64(bitPattern: op.f64Bits)))
        case .i32Eqz, .i64Eqz: compareWithZero()
        case .i32Eq, .i64Eq: compare(IntegerCondition.equal)
        case .i32Ne, .i64Ne: compare(IntegerCondition.notEqual)
        case .i32LtS, .i64LtS: compare(.signedLess)
        case .i32LtU, .i64LtU: compare(.unsignedLess)
        case .i32GtS, .i64GtS: compare(.signedGreater)
        case .i32GtU, .i64GtU: compare(.unsignedGreater)
        case .i32LeS, .i64LeS: compare(.signedLessOrEqual)
        case .i32LeU, .i64LeU: compare(.unsignedLessOrEqual)
        case .i32GeS, .i64GeS: compare(.signedGreaterOrEqual)
        case .i32GeU, .i64GeU: compare(.unsignedGreaterOrEqual)
        case .f32Eq, .f64Eq: compare(FloatCondition.equal)
        case .f32Ne, .f64Ne: compare(FloatCondition.notEqual)
        case .f32Lt, .f64Lt: compare(FloatCondition.less)
        case .f32Gt, .f64Gt: compare(FloatCondition.greater)
        case .f32Le, .f64Le: compare(FloatCondition.lessOrEqual)
        case .f32Ge, .f64Ge: compare(FloatCondition.greaterOrEqual)
        default: translateArithmetic(op.opcode)
        }
    }

    private mutating func translateArithmetic(_ opcode: WasmOpcode) {
        switch opcode {
        case .i32Clz, .i64Clz: unary(.clz)
        case .i32Ctz, .i64Ctz: unary(.ctz)
        case .i32Popcnt, .i64Popcnt: unary(.popcnt)
        case .i32Add, .i64Add: binary(.iadd)
        case .i32Sub, .i64Sub: binary(.isub)
        case .i32Mul, .i64Mul: binary(.imul)
        case .i32DivS, .i64DivS: divide(.sdiv)
        case .i32DivU, .i64DivU: divide(.udiv)
        case .i32RemS, .i64RemS: divide(.srem)
        case .i32RemU, .i64RemU: divide(.urem)
        case .i32And, .i64And: binary(.band)
        case .i32Or, .i64Or: binary(.bor)
        case .i32Xor, .i64Xor: binary(.bxor)
        case .i32Shl, .i64Shl: binary(.ishl)
        case .i32ShrS, .i64ShrS: binary(.sshr)
        case .i32ShrU, .i64ShrU: binary(.ushr)
        case .i32Rotl, .i64Rotl: binary(.rotl)
        case .i32Rotr, .i64Rotr: binary(.rotr)
        case .f32Abs, .f64Abs: unary(.fabs)
        case .f32Neg, .f64Neg: unary(.fneg)
        case .f32Ceil, .f64Ceil: unary(.fceil)
        case .f32Floor, .f64Floor: unary(.ffloor)
        case .f32Trunc, .f64Trunc: unary(.ftrunc)
        case .f32Nearest, .f64Nearest: unary(.fnearest)
        case .f32Sqrt, .f64Sqrt: unary(.fsqrt)
        case .f32Add, .f64Add: binary(.fadd)
        case .f32Sub, .f64Sub: binary(.fsub)
        case .f32Mul, .f64Mul: binary(.fmul)
        case .f32Div, .f64Div: binary(.fdiv)
        case .f32Min, .f64Min: binary(.fmin)
        case .f32Max, .f64Max: binary(.fmax)
        case .f32Copysign, .f64Copysign: binary(.fcopysign)
        default: translateConversion(opcode)
        }
    }

    private mutating func translateConversion(_ opcode: WasmOpcode) {
        switch opcode {
        case .i32WrapI64: convert(.ireduce, to: .i32)
        case .i64ExtendI32S: convert(.sextend, to: .i64)
        case .i64ExtendI32U: convert(.uextend, to: .i64)
        case .i32Extend8S, .i64Extend8S: unary(.sextend8)
        case .i32Extend16S, .i64Extend16S: unary(.sextend16)
        case .i64Extend32S:
            convert(.ireduce, to: .i32)
            convert(.sextend, to: .i64)
        case .i32TruncF32S, .i32TruncF64S: truncate(.fcvtToSigned, to: .i32)
        case .i32TruncF32U, .i32TruncF64U: truncate(.fcvtToUnsigned, to: .i32)
        case .i64TruncF32S, .i64TruncF64S: truncate(.fcvtToSigned, to: .i64)
        case .i64TruncF32U, .i64TruncF64U: truncate(.fcvtToUnsigned, to: .i64)
        case .i32TruncSatF32S, .i32TruncSatF64S: convert(.fcvtToSignedSaturating, to: .i32)
        case .i32TruncSatF32U, .i32TruncSatF64U: convert(.fcvtToUnsignedSaturating, to: .i32)
        case .i64TruncSatF32S, .i64TruncSatF64S: convert(.fcvtToSignedSaturating, to: .i64)
        case .i64TruncSatF32U, .i64TruncSatF64U: convert(.fcvtToUnsignedSaturating, to: .i64)
        case .f32ConvertI32S, .f32ConvertI64S: convert(.fcvtFromSigned, to: .f32)
        case .f32ConvertI32U, .f32ConvertI64U: convert(.fcvtFromUnsigned, to: .f32)
        case .f64ConvertI32S, .f64ConvertI64S: convert(.fcvtFromSigned, to: .f64)
        case .f64ConvertI32U, .f64ConvertI64U: convert(.fcvtFromUnsigned, to: .f64)
        case .f32DemoteF64: convert(.fdemote, to: .f32)
        case .f64PromoteF32: convert(.fpromote, to: .f64)
        case .i32ReinterpretF32: convert(.bitcast, to: .i32)
        case .i64ReinterpretF64: convert(.bitcast, to: .i64)
        case .f32ReinterpretI32: convert(.bitcast, to: .f32)
        case .f64ReinterpretI64: convert(.bitcast, to: .f64)
        default: preconditionFailure("operator without translation: \(opcode.mnemonic)")
        }
    }

    // MARK: Shapes

    private mutating func unary(_ opcode: IROpcode) {
        let a = pop()
        push(canonical(builder.unary(opcode, type(a), a), of: opcode))
    }
    private mutating func binary(_ opcode: IROpcode) {
        let b = pop(), a = pop()
        push(canonical(builder.binary(opcode, type(a), a, b), of: opcode))
    }
    private mutating func convert(_ opcode: IROpcode, to type: Type) { push(canonical(builder.unary(opcode, type, pop()), of: opcode)) }
    private mutating func compare(_ condition: IntegerCondition) {
        let b = pop(), a = pop()
        push(builder.compare(condition, a, b))
    }
    private mutating func compare(_ condition: FloatCondition) {
        let b = pop(), a = pop()
        push(builder.compare(condition, a, b))
    }
    private mutating func compareWithZero() {
        let a = pop(), zero = builder.constant(type(a), 0)
        push(builder.compare(IntegerCondition.equal, a, zero))
    }

    // MARK: NaNs

    /// `value`, computed by `opcode`, with a NaN replaced by the positive canonical one if that is asked for.
    private mutating func canonical(_ value: Value, of opcode: IROpcode) -> Value {
        guard environment.tunables.flags.contains(.canonicalNaNs), opcode.choosesNaN else { return value }
        let type = type(value)
        let nan = builder.constant(type, type == .f32 ? 0x7fc0_0000 : 0x7ff8_0000_0000_0000)
        let isNaN = builder.compare(FloatCondition.notEqual, value, value)
        return builder.emit(InstructionData(.select, type, a: isNaN.rawValue, b: nan.rawValue, c: value.rawValue))
    }

    // MARK: What may trap

    private mutating func divide(_ opcode: IROpcode) {
        if !usesSignals { checkDivision(opcode) }
        binary(opcode)
    }

    /// Makes the traps of a division explicit.
    private mutating func checkDivision(_ opcode: IROpcode) {
        let divisor = peek(0), dividend = peek(1), type = type(divisor)
        let known = builder.function.dfg.integerConstant(divisor)
        if known == nil || known == 0 { builder.trapIf(zero: true, divisor, code: TrapCode.integerDivideByZero.rawValue) }
        guard opcode == .sdiv, known == nil || known == -1 else { return }
        let least = builder.constant(type, type == .i32 ? Int64(Int32.min) : .min), minusOne = builder.constant(type, -1)
        let isLeast = builder.compare(IntegerCondition.equal, dividend, least), isMinusOne = builder.compare(IntegerCondition.equal, divisor, minusOne)
        let overflows = builder.binary(.band, .i32, isLeast, isMinusOne)
        builder.trapIf(zero: false, overflows, code: TrapCode.integerOverflow.rawValue)
    }

    private mutating func truncate(_ opcode: IROpcode, to type: Type) {
        if usesSignals {
            convert(opcode, to: type)
        } else {
            checkTruncation(opcode, to: type)
            convert(opcode == .fcvtToSigned ? .fcvtToSignedSaturating : .fcvtToUnsignedSaturating, to: type)
        }
    }

    /// Makes the traps of a truncation explicit: the operand is no number, or its integral part does not fit.
    private mutating func checkTruncation(_ opcode: IROpcode, to type: Type) {
        let a = peek(0), source = self.type(a)
        let isNaN = builder.compare(FloatCondition.notEqual, a, a)
        builder.trapIf(zero: false, isNaN, code: TrapCode.invalidConversionToInteger.rawValue)
        let whole = builder.unary(.ftrunc, source, a)
        let isSigned = opcode == .fcvtToSigned
        // Both bounds are powers of two, and so exact in either float type.
        let low = float(source, isSigned ? -powerOfTwo(type.bitCount - 1) : 0)
        let high = float(source, powerOfTwo(isSigned ? type.bitCount - 1 : type.bitCount))
        let fitsBelow = builder.compare(FloatCondition.greaterOrEqual, whole, low), fitsAbove = builder.compare(FloatCondition.less, whole, high)
        let fits = builder.binary(.band, .i32, fitsBelow, fitsAbove)
        builder.trapIf(zero: true, fits, code: TrapCode.integerOverflow.rawValue)
    }
    private func powerOfTwo(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
    private mutating func float(_ type: Type, _ value: Double) -> Value {
        builder.constant(type, type == .f32 ? Int64(Float(value).bitPattern) : Int64(bitPattern: value.bitPattern))
    }
}

extension IROpcode {
    /// Whether WebAssembly leaves open which NaN the result is.
    fileprivate var choosesNaN: Bool {
        switch self {
        case .fadd, .fsub, .fmul, .fdiv, .fmin, .fmax, .fsqrt, .fceil, .ffloor, .ftrunc, .fnearest, .fpromote, .fdemote: true
        default: false
        }
    }
}
