import PrecastIR
import PrecastMachineCode

extension Lowering {
    mutating func lowerFloatInstruction(_ inst: Inst, _ data: InstructionData) {
        switch data.opcode {
        case .f32const, .f64const: code.emit(.loadFloat(floatSize(data.type), result(inst), pool(floatSize(data.type), UInt64(bitPattern: data.immediate)), avx: avx))
        case .fadd: lowerArithmetic(.add, inst, data)
        case .fsub: lowerArithmetic(.sub, inst, data)
        case .fmul: lowerArithmetic(.mul, inst, data)
        case .fdiv: lowerArithmetic(.div, inst, data)
        case .fsqrt: code.emit(.sqrt(floatSize(data.type), result(inst), .register(use(data.valueA)), avx: avx))
        case .fmin: lowerExtreme(.min, inst, data)
        case .fmax: lowerExtreme(.max, inst, data)
        case .fabs: lowerWithMask(.and, absoluteMask(data.type), inst, data)
        case .fneg: lowerWithMask(.xor, signBit(data.type), inst, data)
        case .fcopysign: lowerCopySign(inst, data)
        case .fceil: lowerRounding(.up, inst, data)
        case .ffloor: lowerRounding(.down, inst, data)
        case .ftrunc: lowerRounding(.towardZero, inst, data)
        case .fnearest: lowerRounding(.nearestEven, inst, data)
        case .fpromote: code.emit(.promote(result(inst), .register(use(data.valueA)), avx: avx))
        case .fdemote: code.emit(.demote(result(inst), .register(use(data.valueA)), avx: avx))
        case .bitcast: lowerBitcast(inst, data)
        case .fcvtFromSigned: lowerFromSigned(inst, data)
        case .fcvtFromUnsigned: lowerFromUnsigned(inst, data)
        case .fcvtToSigned, .fcvtToUnsigned: lowerToInteger(inst, data)
        case .fcvtToSignedSaturating: lowerToSignedSaturating(inst, data)
        case .fcvtToUnsignedSaturating: lowerToUnsignedSaturating(inst, data)
        default: preconditionFailure("no lowering of \(data.opcode.name)")
        }
    }

    private func signBit(_ type: Type) -> UInt64 { type == .f32 ? 1 << 31 : 1 << 63 }
    private func absoluteMask(_ type: Type) -> UInt64 { type == .f32 ? 0x7fff_ffff : UInt64.max >> 1 }

    // MARK: Arithmetic

    private mutating func lowerArithmetic(_ op: FloatOperation, _ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        var (a, b) = (data.valueA, data.valueB)
        if data.opcode.isCommutative, foldableLoad(b) == nil, foldableLoad(a) != nil || !avx && isLiveAfter(a) && !isLiveAfter(b) { swap(&a, &b) }
        let right = floatSource(b)
        code.emit(.float(op, floatSize(data.type), dst, use(a), right, avx: avx))
    }

    private mutating func binary(_ op: FloatOperation, _ type: Type, _ a: Register, _ b: Register) -> Register {
        let r = floatTemporary()
        code.emit(.float(op, floatSize(type), r, a, .register(b), avx: avx))
        return r
    }
    private mutating func logic(_ op: FloatLogic, _ a: Register, _ b: RegisterOrMemory) -> Register {
        let r = floatTemporary()
        code.emit(.logic(op, r, a, b, avx: avx))
        return r
    }

    /// `minss` and `maxss` return their second operand when the operands are equal or unordered. Both orders together, or-ed, give -0 for
    /// mixed zeros of a minimum, and-ed +0 of a maximum. The sum of the operands is the NaN, where one is.
    private mutating func lowerExtreme(_ op: FloatOperation, _ inst: Inst, _ data: InstructionData) {
        let (size, type) = (floatSize(data.type), data.type)
        if let bound = scalarBound(data.valueB, op) { return lowerBounded(op, bound, inst, data) }
        let (a, b) = (use(data.valueA), use(data.valueB))
        guard avx else { return op == .min ? emitMinimum(a, b, inst, type) : emitMaximum(a, b, inst, type) }
        let extreme: Register
        if uses(.avx512vl) && uses(.avx512dq) {
            extreme = floatTemporary()
            code.emit(.shuffle(size == .single ? .rangeps : .rangepd, extreme, a, .register(b), control: op == .min ? 4 : 5, avx: true))
        } else {
            extreme = logic(op == .min ? .or : .and, binary(op, type, a, b), .register(binary(op, type, b, a)))
        }
        let (sum, unordered) = (binary(.add, type, a, b), floatTemporary())
        code.emit(.compareMask(.unord, size, unordered, a, .register(b), avx: true))
        code.emit(.blend(size == .single ? .blendvps : .blendvpd, result(inst), extreme, .register(sum), mask: unordered, avx: true))
    }
    private mutating func emitMinimum(_ a: Register, _ b: Register, _ inst: Inst, _ type: Type) {
        quietNaN(logic(.or, binary(.min, type, a, b), .register(binary(.min, type, b, a))), inst, type)
    }
    /// Mixed zeros differ in the sign only, and subtracting that difference leaves +0.
    private mutating func emitMaximum(_ a: Register, _ b: Register, _ inst: Inst, _ type: Type) {
        let forth = binary(.max, type, a, b)
        let back = binary(.max, type, b, a)
        let difference = logic(.xor, forth, .register(back))
        let either = logic(.or, back, .register(difference))
        quietNaN(binary(.sub, type, either, difference), inst, type)
    }

    /// What is left to do for `op(bound, x)`, whose second operand is the result for NaNs and equal numbers.
    enum Bound {
        /// A NaN may be a signalling one still.
        case quiet
        /// And the result may be -0 for +0.
        case addZero

        /// Nil where more is to do.
        init?(_ constant: Double, _ op: FloatOperation) {
            if constant.isNaN { return nil }
            self = .quiet
            guard constant == 0 else { return }
            if op == .max && constant.sign == .plus { self = .addZero }
            if op == .min && constant.sign == .minus { return nil }
        }
    }
    private func scalarBound(_ value: Value, _ op: FloatOperation) -> Bound? {
        guard let inst = dfg.definition(value) else { return nil }
        let data = dfg.instructions[inst]
        switch data.opcode {
        case .f32const: return Bound(Double(Float(bitPattern: data.a)), op)
        case .f64const: return Bound(Double(bitPattern: UInt64(bitPattern: data.immediate)), op)
        default: return nil
        }
    }
    /// Adding a zero makes a signalling NaN quiet; -0 changes nothing else.
    private mutating func lowerBounded(_ op: FloatOperation, _ bound: Bound, _ inst: Inst, _ data: InstructionData) {
        let size = floatSize(data.type)
        let x = use(data.valueA), constant = use(data.valueB)
        if bound == .quiet && isQuiet(data.valueA) { return code.emit(.float(op, size, result(inst), constant, .register(x), avx: avx)) }
        let extreme = binary(op, data.type, constant, x)
        let zero = bound == .addZero ? 0 : signBit(data.type)
        code.emit(.float(.add, size, result(inst), extreme, .memory(pool(size, zero)), avx: avx))
    }
    /// Whether a value is computed by an operation that gives no signalling NaN.
    private func isQuiet(_ value: Value) -> Bool {
        guard let inst = dfg.definition(value) else { return false }
        switch dfg.instructions[inst].opcode {
        case .fadd, .fsub, .fmul, .fdiv, .fmin, .fmax, .fsqrt, .fceil, .ffloor, .ftrunc, .fnearest, .fpromote, .fdemote, .fcvtFromSigned, .fcvtFromUnsigned:
            return true
        default: return false
        }
    }
    /// The result is `x`, or the canonical NaN when `x` is a NaN with whatever payload: `x` with all bits set, less those of the payload.
    private mutating func quietNaN(_ x: Register, _ inst: Inst, _ type: Type) {
        let unordered = floatTemporary()
        code.emit(.compareMask(.unord, floatSize(type), unordered, x, .register(x), avx: avx))
        let filled = logic(.or, x, .register(unordered))
        let payload = logic(.and, unordered, .memory(poolLanes(floatSize(type), type == .f32 ? 0x003f_ffff : 0x0007_ffff_ffff_ffff)))
        code.emit(.logic(.andNot, result(inst), payload, .register(filled), avx: avx))
    }

    private mutating func lowerWithMask(_ op: FloatLogic, _ mask: UInt64, _ inst: Inst, _ data: InstructionData) {
        code.emit(.logic(op, result(inst), use(data.valueA), .memory(poolLanes(floatSize(data.type), mask)), avx: avx))
    }
    private mutating func lowerCopySign(_ inst: Inst, _ data: InstructionData) {
        let magnitude = logic(.and, use(data.valueA), .memory(poolLanes(floatSize(data.type), absoluteMask(data.type))))
        let sign = logic(.and, use(data.valueB), .memory(poolLanes(floatSize(data.type), signBit(data.type))))
        code.emit(.logic(.or, result(inst), magnitude, .register(sign), avx: avx))
    }

    // MARK: Rounding

    private mutating func lowerRounding(_ mode: RoundingMode, _ inst: Inst, _ data: InstructionData) {
        if uses(.sse41) {
            return code.emit(.round(mode, floatSize(data.type), result(inst), .register(use(data.valueA)), avx: avx))
        }
        let x = use(data.valueA)
        let rounded = roundBelowLimit(x, data.type)
        switch mode {
        case .nearestEven: select(rounded, x, inst, data.type)
        case .down: select(corrected(rounded, x, data.type, .sub, greater: rounded, than: x), x, inst, data.type)
        case .up: select(corrected(rounded, x, data.type, .add, greater: x, than: rounded), x, inst, data.type)
        case .towardZero:
            // Toward zero is down of the magnitude.
            let magnitude = logic(.and, x, .memory(poolLanes(floatSize(data.type), absoluteMask(data.type))))
            let near = roundBelowLimit(magnitude, data.type)
            select(corrected(near, magnitude, data.type, .sub, greater: near, than: magnitude), x, inst, data.type)
        }
    }
    /// Adding and taking away 2^(mantissa bits) rounds a smaller magnitude to the nearest even integer.
    private mutating func roundBelowLimit(_ x: Register, _ type: Type) -> Register {
        let size = floatSize(type)
        let limit = type == .f32 ? UInt64(Float(1 << 23).bitPattern) : Double(1 << 52).bitPattern
        let sign = logic(.and, x, .memory(poolLanes(size, signBit(type))))
        let signedLimit = logic(.or, sign, .memory(poolLanes(size, limit)))
        return binary(.sub, type, binary(.add, type, x, signedLimit), signedLimit)
    }
    /// `rounded op 1.0` where `greater > than`, else `rounded`.
    private mutating func corrected(_ rounded: Register, _ x: Register, _ type: Type, _ op: FloatOperation, greater: Register, than: Register) -> Register {
        let mask = floatTemporary()
        code.emit(.compareMask(.lt, floatSize(type), mask, than, .register(greater), avx: avx))
        let one = type == .f32 ? UInt64(Float(1).bitPattern) : Double(1).bitPattern
        return binary(op, type, rounded, logic(.and, mask, .memory(poolLanes(floatSize(type), one))))
    }
    /// `rounded` with the sign of `x` where the magnitude of `x` is below the limit; else `x` (made quiet).
    private mutating func select(_ rounded: Register, _ x: Register, _ inst: Inst, _ type: Type) {
        let size = floatSize(type)
        let limit = type == .f32 ? UInt64(Float(1 << 23).bitPattern) : Double(1 << 52).bitPattern
        let magnitude = logic(.and, x, .memory(poolLanes(size, absoluteMask(type))))
        let isSmall = floatTemporary()
        code.emit(.compareMask(.lt, size, isSmall, magnitude, .memory(pool(size, limit)), avx: avx))
        let sign = logic(.and, x, .memory(poolLanes(size, signBit(type))))
        let unsigned = logic(.and, rounded, .memory(poolLanes(size, absoluteMask(type))))
        let small = logic(.and, isSmall, .register(logic(.or, unsigned, .register(sign))))
        let zero = floatTemporary()
        code.emit(.zeroFloat(zero, avx: avx))
        let minusZero = logic(.or, zero, .memory(poolLanes(size, signBit(type))))
        let quiet = binary(.add, type, x, minusZero)
        code.emit(.logic(.or, result(inst), small, .register(logic(.andNot, isSmall, .register(quiet))), avx: avx))
    }

    // MARK: Conversions

    private mutating func lowerBitcast(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        if data.type.isFloat {
            let x = operand(data.valueA, dfg.type(data.valueA))
            return code.emit(.moveToFloat(size(data.type), dst, .register(x), avx: avx))
        }
        code.emit(.moveFromFloat(size(data.type), dst, use(data.valueA), avx: avx))
    }

    private mutating func lowerFromSigned(_ inst: Inst, _ data: InstructionData) {
        let from = dfg.type(data.valueA)
        code.emit(.fromInteger(size(from), to: floatSize(data.type), result(inst), .register(operand(data.valueA, from)), avx: avx))
    }
    /// An unsigned i32 is a nonnegative i64. An i64 with its top bit set is halved (keeping a sticky last bit, so that it rounds as the
    /// whole would), converted, and doubled: the factor comes from a table of 1 and 2.
    private mutating func lowerFromUnsigned(_ inst: Inst, _ data: InstructionData) {
        let to = floatSize(data.type)
        let dst = result(inst)
        let x = use(data.valueA)
        if dfg.type(data.valueA) == .i32 { return code.emit(.fromInteger(.q, to: to, dst, .register(x), avx: avx)) }
        let (half, last, sticky, chosen) = (temporary(), temporary(), temporary(), temporary())
        code.emit(.shift(.shr, .q, half, x, .immediate(1)))
        code.emit(.alu(.and, .l, last, x, .immediate(1)))
        code.emit(.alu(.or, .q, sticky, half, .register(last)))
        code.emit(.test(.q, x, .register(x)))
        code.emit(.cmov(.s, .q, chosen, otherwise: x, .register(sticky)))
        let (converted, top, table) = (floatTemporary(), temporary(), temporary())
        code.emit(.fromInteger(.q, to: to, converted, .register(chosen), avx: avx))
        code.emit(.shift(.shr, .q, top, x, .immediate(63)))
        let factors = to == .single
            ? PoolConstant(low: UInt64(Float(1).bitPattern) | UInt64(Float(2).bitPattern) << 32, size: 8)
            : PoolConstant(low: Double(1).bitPattern, high: Double(2).bitPattern, size: 16)
        code.emit(.lea(.q, table, .constant(code.constant(factors))))
        code.emit(.float(.mul, to, dst, converted, .memory(.indexed(table, top, scale: to == .single ? 2 : 3)), avx: avx))
    }

    /// Bounds of what converts without a trap: `low < x < high`, or `low <= x < high` where `low - 1` is not a float.
    private func bounds(_ data: InstructionData, from: Type) -> (low: Double, includesLow: Bool, high: Double) {
        let isSigned = data.opcode == .fcvtToSigned
        switch (data.type, isSigned) {
        case (.i32, true): return from == .f32 ? (-2147483648, true, 2147483648) : (-2147483649, false, 2147483648)
        case (.i32, false): return (-1, false, 4294967296)
        case (_, true): return (-9223372036854775808, true, 9223372036854775808)
        default: return (-1, false, 18446744073709551616)
        }
    }
    private func bits(_ value: Double, _ type: Type) -> UInt64 { type == .f32 ? UInt64(Float(value).bitPattern) : value.bitPattern }

    private mutating func lowerToInteger(_ inst: Inst, _ data: InstructionData) {
        let from = dfg.type(data.valueA)
        let size = floatSize(from)
        let x = use(data.valueA)
        let (low, includesLow, high) = bounds(data, from: from)
        code.emit(.ucomis(size, x, .register(x), avx: avx))
        emitTrap(.one(.p), options.traps.invalidConversion)
        code.emit(.ucomis(size, x, .memory(pool(size, bits(high, from))), avx: avx))
        emitTrap(.one(.ae), options.traps.integerOverflow)
        code.emit(.ucomis(size, x, .memory(pool(size, bits(low, from))), avx: avx))
        emitTrap(.one(includesLow ? .b : .be), options.traps.integerOverflow)
        let dst = result(inst)
        switch (data.type, data.opcode) {
        case (.i32, .fcvtToSigned): code.emit(.toInteger(.l, from: size, dst, .register(x), avx: avx))
        case (.i32, _), (_, .fcvtToSigned): code.emit(.toInteger(.q, from: size, dst, .register(x), avx: avx))
        default: emitToUnsigned64(x, from, dst)
        }
    }
    /// For `0 <= x < 2^64`: a direct conversion is right below 2^63 and gives 2^63 above, where the conversion of `x - 2^63` supplies the other bits.
    private mutating func emitToUnsigned64(_ x: Register, _ type: Type, _ dst: Register) {
        let size = floatSize(type)
        let (direct, sign, reduced, upper) = (temporary(), temporary(), floatTemporary(), temporary())
        code.emit(.toInteger(.q, from: size, direct, .register(x), avx: avx))
        code.emit(.float(.sub, size, reduced, x, .memory(pool(size, bits(9223372036854775808, type))), avx: avx))
        code.emit(.toInteger(.q, from: size, upper, .register(reduced), avx: avx))
        code.emit(.shift(.sar, .q, sign, direct, .immediate(63)))
        let masked = arithmetic(.and, .q, sign, upper)
        code.emit(.alu(.or, .q, dst, masked, .register(direct)))
    }

    /// `x`, or +0 for a NaN.
    private mutating func withoutNaN(_ x: Register, _ type: Type) -> Register {
        let ordered = floatTemporary()
        code.emit(.compareMask(.ord, floatSize(type), ordered, x, .register(x), avx: avx))
        return logic(.and, ordered, .register(x))
    }
    /// All ones if `x >= limit`, else 0.
    private mutating func isAtLeast(_ limit: Double, _ x: Register, _ type: Type) -> Register {
        let (flag, mask) = (temporary(), temporary())
        code.emit(.ucomis(floatSize(type), x, .memory(pool(floatSize(type), bits(limit, type))), avx: avx))
        code.emit(.setcc(.ae, flag))
        code.emit(.neg(.q, mask, flag))
        return mask
    }

    /// The instruction gives the smallest integer for what does not fit: right below, and the complement of what is right above.
    private mutating func lowerToSignedSaturating(_ inst: Inst, _ data: InstructionData) {
        let from = dfg.type(data.valueA)
        let x = withoutNaN(use(data.valueA), from)
        let width = size(data.type)
        let converted = temporary()
        code.emit(.toInteger(width, from: floatSize(from), converted, .register(x), avx: avx))
        let mask = isAtLeast(data.type == .i32 ? 2147483648 : 9223372036854775808, x, from)
        code.emit(.alu(.xor, width, result(inst), converted, .register(mask)))
    }
    private mutating func lowerToUnsignedSaturating(_ inst: Inst, _ data: InstructionData) {
        let from = dfg.type(data.valueA)
        let zero = floatTemporary()
        code.emit(.zeroFloat(zero, avx: avx))
        // `maxss` returns its second operand for a NaN.
        let x = binary(.max, from, use(data.valueA), zero)
        let converted = temporary()
        if data.type == .i32 {
            code.emit(.toInteger(.q, from: floatSize(from), converted, .register(x), avx: avx))
        } else {
            emitToUnsigned64(x, from, converted)
        }
        let mask = isAtLeast(data.type == .i32 ? 4294967296 : 18446744073709551616, x, from)
        code.emit(.alu(.or, size(data.type), result(inst), converted, .register(mask)))
    }
}
