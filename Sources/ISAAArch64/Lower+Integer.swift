import PrecastIR
import PrecastMachineCode

extension Lowering {
    mutating func lowerInstruction(_ inst: Inst) {
        let data = dfg.instructions[inst]
        switch data.opcode {
        case .nop, .uextend: break
        case .iconst, .f32const, .f64const: lowerConstant(inst)
        case .iadd: lowerAdd(inst, data)
        case .isub: lowerSub(inst, data)
        case .band: lowerAnd(inst, data)
        case .bor: lowerOr(inst, data)
        case .bxor: lowerXor(inst, data)
        case .imul: lowerMultiply(inst, data)
        case .umulhi: lowerMultiplyHigh(signed: false, inst, data)
        case .smulhi: lowerMultiplyHigh(signed: true, inst, data)
        case .udiv, .urem, .sdiv, .srem: lowerDivision(inst, data)
        case .ishl: lowerShift(.lsl, inst, data)
        case .ushr: lowerShift(.lsr, inst, data)
        case .sshr: lowerShift(.asr, inst, data)
        case .rotl, .rotr: lowerRotate(inst, data)
        case .clz: code.emit(.unary(.clz, size(data.type), result(inst), operand(data.valueA)))
        case .ctz: lowerTrailingZeros(inst, data)
        case .popcnt: lowerPopulationCount(inst, data)
        case .sextend8: code.emit(.signExtend(8, size(data.type), result(inst), operand(data.valueA)))
        case .sextend16: code.emit(.signExtend(16, size(data.type), result(inst), operand(data.valueA)))
        case .sextend: lowerSignExtension(inst, data)
        case .ireduce: code.emit(.move(.w, result(inst), use(data.valueA)))
        case .icmp, .fcmp: lowerComparison(inst)
        case .select, .selectGuard: lowerSelect(inst, data)
        case .load, .uload8, .sload8, .uload16, .sload16, .uload32, .sload32: lowerLoad(inst, data)
        case .store, .store8, .store16, .store32: lowerStore(inst, data)
        case .atomicLoad, .atomicStore, .atomicUpdate, .atomicCompareExchange, .fence: lowerAtomic(inst, data)
        case .stackAddress: code.emit(.frameAddress(result(inst), .stackSlot(data.a, Int32(bitPattern: data.b))))
        case .functionAddress:
            code.emit(.symbolAddress(result(inst), RelocationTarget(.function, dfg.functions[FunctionReference(rawValue: data.a)].number)))
        case .dataAddress: code.emit(.symbolAddress(result(inst), RelocationTarget(.readOnlyData, data.a)))
        case .framePointer: code.emit(.move(.x, result(inst), .fp))
        case .call, .callIndirect: lowerCall(inst, data)
        case .trapIfZero, .trapIfNonzero: lowerConditionalTrap(data)
        case .vconst: lowerVectorConstant(inst, data)
        case .vunary, .vbinary, .vternary: lowerVector(inst, data)
        default: lowerFloatInstruction(inst, data)
        }
    }

    // MARK: Second sources

    /// A register, shifted by what only this instruction asks for.
    mutating func shiftedSource(_ value: Value, rotates: Bool = false) -> Source {
        if let field = shiftedField(value) { return source(field) }
        let shifts: [(PrecastIR.Opcode, ShiftKind)] = [(.ishl, .lsl), (.ushr, .lsr), (.sshr, .asr)] + (rotates ? [(.rotr, .ror)] : [])
        for (opcode, kind) in shifts {
            guard let shift = only(value, opcode), let n = shiftAmount(shift) else { continue }
            return n == 0 ? .register(operand(shift.valueA)) : .shifted(operand(shift.valueA), kind, n)
        }
        if rotates, let rotation = only(value, .rotl), let n = shiftAmount(rotation), n > 0 {
            return .shifted(operand(rotation.valueA), .ror, width(rotation.type) - n)
        }
        return .register(operand(value))
    }
    /// Whether ``shiftedSource(_:rotates:)`` or ``arithmeticSource(_:)`` takes more in than a register.
    private func isShifted(_ value: Value) -> Bool {
        [PrecastIR.Opcode.ishl, .ushr, .sshr].contains { opcode in only(value, opcode).map { shiftAmount($0) != nil } ?? false }
            || only(value, .sextend) != nil || shiftedField(value) != nil
    }
    /// … or widened or masked so.
    mutating func arithmeticSource(_ value: Value) -> Source {
        if let extended = only(value, .sextend) { return .extended(useLow(extended.valueA), .sxtw, 0) }
        if let shift = only(value, .ishl), let n = shiftAmount(shift), n <= 4, let extended = only(shift.valueA, .sextend) {
            return .extended(useLow(extended.valueA), .sxtw, n)
        }
        if let byte = only(value, .sextend8) { return .extended(operand(byte.valueA), .sxtb, 0) }
        if let half = only(value, .sextend16) { return .extended(operand(half.valueA), .sxth, 0) }
        if let field = extendedField(value) { return field }
        if let masked = onlyUnwidened(value, .band), let mask = dfg.integerConstant(masked.valueB) {
            if mask == 0xff { return .extended(operand(masked.valueA), .uxtb, 0) }
            if mask == 0xffff { return .extended(operand(masked.valueA), .uxth, 0) }
        }
        return shiftedSource(value)
    }

    // MARK: Addition

    private mutating func lowerAdd(_ inst: Inst, _ data: InstructionData) {
        if lowerAddWithCarry(inst, data) { return }
        let size = size(data.type), dst = result(inst)
        if let constant = dfg.integerConstant(data.valueB) { return emitAdd(size, dst, operand(data.valueA), constant) }
        for (product, addend) in [(data.valueB, data.valueA), (data.valueA, data.valueB)] {
            guard let factors = only(product, .imul), multiplyByShift(factors) == nil else { continue }
            return emitMultiplyAdd(subtracts: false, factors, addend, dst)
        }
        var (a, b) = (data.valueA, data.valueB)
        if isShifted(a) && !isShifted(b) { swap(&a, &b) }
        let x = operand(a)
        code.emit(.add(size, dst, x, arithmeticSource(b)))
    }
    /// dst = src + constant.
    mutating func emitAdd(_ size: OperandSize, _ dst: Register, _ src: Register, _ constant: Int64) {
        let negative = 0 &- constant
        if Immediates.isArithmetic(constant) { return code.emit(.add(size, dst, src, .immediate(constant))) }
        if Immediates.isArithmetic(negative) { return code.emit(.sub(size, dst, src, .immediate(negative))) }
        if Immediates.moveCount(constant, size) > 1 {
            // Two additions take no more than two moves and one.
            if constant > 0, constant < 1 << 24 { return emitAddParts(.add, size, dst, src, constant) }
            if negative > 0, negative < 1 << 24 { return emitAddParts(.sub, size, dst, src, negative) }
        }
        let r = temporary()
        code.emit(.loadImmediate(size, r, constant))
        code.emit(.add(size, dst, src, .register(r)))
    }
    private mutating func emitAddParts(_ op: ArithmeticOperation, _ size: OperandSize, _ dst: Register, _ src: Register, _ constant: Int64) {
        let r = temporary()
        code.emit(.arithmetic(op, size, r, src, .immediate(constant & ~0xfff)))
        code.emit(.arithmetic(op, size, dst, r, .immediate(constant & 0xfff)))
    }

    private mutating func lowerSub(_ inst: Inst, _ data: InstructionData) {
        if lowerSubtractWithBorrow(inst, data) { return }
        let size = size(data.type), dst = result(inst)
        if let constant = dfg.integerConstant(data.valueB), constant != .min { return emitAdd(size, dst, operand(data.valueA), 0 &- constant) }
        if let factors = only(data.valueB, .imul), multiplyByShift(factors) == nil, dfg.integerConstant(data.valueA) != 0 {
            return emitMultiplyAdd(subtracts: true, factors, data.valueA, dst)
        }
        if dfg.integerConstant(data.valueA) == 0 { return code.emit(.sub(size, dst, .zr, shiftedSource(data.valueB))) }
        let x = operand(data.valueA)
        code.emit(.sub(size, dst, x, arithmeticSource(data.valueB)))
    }

    // MARK: Logic

    private mutating func lowerAnd(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type)
        if let mask = dfg.integerConstant(data.valueB) {
            if let bits = fieldLength(mask, data.type) { return lowerField(bits, inst, data) }
        }
        lowerLogic(.and, inst, data, size)
    }
    /// The length of a mask of low bits.
    private func fieldLength(_ mask: Int64, _ type: Type) -> UInt8? {
        let bits = bits(mask, size(type))
        guard bits != 0, bits & (bits &+ 1) == 0, bits != -1 else { return nil }
        let length = UInt8((~bits).trailingZeroBitCount)
        return length < width(type) ? length : nil
    }
    /// The low `bits` of a value, shifted right or left by what only this instruction asks for.
    private mutating func lowerField(_ bits: UInt8, _ inst: Inst, _ data: InstructionData) {
        let size = size(data.type), dst = result(inst)
        for opcode in [PrecastIR.Opcode.ushr, .sshr] {
            guard let shift = only(data.valueA, opcode), let n = shiftAmount(shift), n + bits <= width(data.type) else { continue }
            return code.emit(.bitfield(.unsigned, size, dst, operand(shift.valueA), rotation: n, last: n + bits - 1))
        }
        let x = operand(data.valueA)
        // A field of the low half clears the upper one anyway.
        code.emit(.bitfield(.unsigned, bits <= 32 ? .w : .x, dst, x, rotation: 0, last: bits - 1))
    }

    private mutating func lowerOr(_ inst: Inst, _ data: InstructionData) {
        // Halves of two values: one extraction.
        for (high, low) in [(data.valueA, data.valueB), (data.valueB, data.valueA)] {
            guard let up = only(high, .ishl), let down = only(low, .ushr), let left = shiftAmount(up), let right = shiftAmount(down),
                right > 0, left + right == width(data.type)
            else { continue }
            let top = operand(up.valueA)
            return code.emit(.extract(size(data.type), result(inst), top, operand(down.valueA), right))
        }
        lowerLogic(.orr, inst, data, size(data.type))
    }
    private mutating func lowerXor(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type)
        if dfg.integerConstant(data.valueB) == -1 { return code.emit(.logic(.orn, size, result(inst), .zr, shiftedSource(data.valueA, rotates: true))) }
        lowerLogic(.eor, inst, data, size)
    }
    private mutating func lowerLogic(_ op: LogicOperation, _ inst: Inst, _ data: InstructionData, _ size: OperandSize) {
        let dst = result(inst)
        var (a, b) = (data.valueA, data.valueB)
        if let constant = dfg.integerConstant(b) {
            if Immediates.isLogical(bits(constant, size), size) { return code.emit(.logic(op, size, dst, operand(a), .immediate(bits(constant, size)))) }
            if let inverted = op.inverted, Immediates.moveCount(~constant, size) < Immediates.moveCount(constant, size) {
                let (x, r) = (operand(a), temporary())
                code.emit(.loadImmediate(size, r, ~constant))
                return code.emit(.logic(inverted, size, dst, x, .register(r)))
            }
        }
        if let inverted = op.inverted {
            for (x, y) in [(a, b), (b, a)] {
                guard let not = only(y, .bxor), dfg.integerConstant(not.valueB) == -1 else { continue }
                let left = operand(x)
                return code.emit(.logic(inverted, size, dst, left, shiftedSource(not.valueA, rotates: true)))
            }
        }
        if isShifted(a) && !isShifted(b) { swap(&a, &b) }
        let x = operand(a)
        code.emit(.logic(op, size, dst, x, shiftedSource(b, rotates: true)))
    }

    // MARK: Multiplication and division

    /// The shift of `x + (x << n)` or `(x << n) - x` that a product by a constant is.
    private func multiplyByShift(_ data: InstructionData) -> (n: UInt8, isSum: Bool)? {
        guard let factor = dfg.integerConstant(data.valueB), factor > 2 else { return nil }
        if (factor - 1) & (factor - 2) == 0 { return (UInt8((factor - 1).trailingZeroBitCount), true) }
        return nil
    }
    private mutating func lowerMultiply(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type), dst = result(inst)
        if let (n, _) = multiplyByShift(data) {
            let x = operand(data.valueA)
            return code.emit(.add(size, dst, x, .shifted(x, .lsl, n)))
        }
        if let (a, b) = signedFactors(data) { return code.emit(.multiplyAdd(.smaddl, .x, dst, a, b, addend: .zr)) }
        let a = operand(data.valueA)
        code.emit(.mul(size, dst, a, operand(data.valueB)))
    }
    private mutating func emitMultiplyAdd(subtracts: Bool, _ factors: InstructionData, _ addend: Value, _ dst: Register) {
        if let (a, b) = signedFactors(factors) {
            return code.emit(.multiplyAdd(subtracts ? .smsubl : .smaddl, .x, dst, a, b, addend: operand(addend)))
        }
        let (a, b) = (operand(factors.valueA), operand(factors.valueB))
        code.emit(.multiplyAdd(subtracts ? .msub : .madd, size(factors.type), dst, a, b, addend: operand(addend)))
    }
    /// The 32-bit factors of a 64-bit product of sign-extended ones.
    private mutating func signedFactors(_ data: InstructionData) -> (Register, Register)? {
        guard data.type == .i64, let a = definition(data.valueA, .sextend), let b = definition(data.valueB, .sextend),
            !hasOwnRegister(data.valueA), !hasOwnRegister(data.valueB)
        else { return nil }
        let x = useLow(a.valueA)
        return (x, useLow(b.valueA))
    }
    private mutating func lowerMultiplyHigh(signed: Bool, _ inst: Inst, _ data: InstructionData) {
        let (a, b) = (operand(data.valueA), operand(data.valueB))
        if data.type != .i32 { return code.emit(.mulHigh(signed: signed, result(inst), a, b)) }
        let product = temporary()
        code.emit(.multiplyAdd(signed ? .smaddl : .umaddl, .x, product, a, b, addend: .zr))
        code.emit(.shift(.lsr, .x, result(inst), product, 32))
    }

    /// The machine traps for nothing: a quotient by 0 is 0, the least number by -1 itself.
    private mutating func lowerDivision(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type), constant = dfg.integerConstant(data.valueB)
        let signed = data.opcode == .sdiv || data.opcode == .srem
        let dividend = operand(data.valueA), divisor = operand(data.valueB)
        if constant == nil || constant == 0 { code.emit(.trapIf(.zero(divisor, size), options.traps.divideByZero)) }
        if data.opcode == .sdiv, constant == nil || constant == -1 {
            // Overflow of `dividend - 1`, looked at where the divisor is -1.
            code.emit(.cmn(size, divisor, .immediate(1)))
            code.emit(.conditionalCompare(.eq, size, dividend, .immediate(1), otherwise: 0))
            code.emit(.trapIf(.flags(.vs), options.traps.integerOverflow))
        }
        if data.opcode == .udiv || data.opcode == .sdiv { return code.emit(.div(signed: signed, size, result(inst), dividend, divisor)) }
        let quotient = temporary()
        code.emit(.div(signed: signed, size, quotient, dividend, divisor))
        code.emit(.multiplyAdd(.msub, size, result(inst), quotient, divisor, addend: dividend))
    }

    // MARK: Shifts

    private mutating func lowerShift(_ op: ShiftOperation, _ inst: Inst, _ data: InstructionData) {
        let size = size(data.type), dst = result(inst), width = width(data.type)
        guard let n = shiftAmount(data) else {
            let x = operand(data.valueA)
            return code.emit(.shift(op, size, dst, x, by: useLow(data.valueB)))
        }
        if n > 0, let shifted = only(data.valueA, .ishl), let up = shiftAmount(shifted), up > 0, op != .lsl {
            // Up and down again: a field from the middle, moved to its place.
            return code.emit(.bitfield(op == .asr ? .signed : .unsigned, size, dst, operand(shifted.valueA), rotation: (n &- up) & (width - 1), last: width - 1 - up))
        }
        if op == .lsl, n > 0, let masked = only(data.valueA, .band), let mask = dfg.integerConstant(masked.valueB), let length = fieldLength(mask, data.type) {
            return code.emit(.bitfield(.unsigned, size, dst, operand(masked.valueA), rotation: width - n, last: min(length, width - n) - 1))
        }
        if op == .lsl, n > 0, data.type == .i64, let extended = only(data.valueA, .sextend) {
            return code.emit(.bitfield(.signed, .x, dst, useLow(extended.valueA), rotation: 64 - n, last: min(32, 64 - n) - 1))
        }
        code.emit(.shift(op, size, dst, operand(data.valueA), n))
    }

    private mutating func lowerRotate(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type), dst = result(inst), width = width(data.type)
        if let n = shiftAmount(data) {
            return code.emit(.shift(.ror, size, dst, operand(data.valueA), data.opcode == .rotr ? n : (width - n) & (width - 1)))
        }
        let x = operand(data.valueA)
        var count = useLow(data.valueB)
        if data.opcode == .rotl {
            let negative = temporary()
            code.emit(.sub(.w, negative, .zr, .register(count)))
            count = negative
        }
        code.emit(.shift(.ror, size, dst, x, by: count))
    }

    // MARK: Bits

    private mutating func lowerTrailingZeros(_ inst: Inst, _ data: InstructionData) {
        let turned = temporary()
        code.emit(.unary(.rbit, size(data.type), turned, operand(data.valueA)))
        code.emit(.unary(.clz, size(data.type), result(inst), turned))
    }
    /// Counted byte by byte in a vector, then summed. A sum of at most 64 fits a byte.
    private mutating func lowerPopulationCount(_ inst: Inst, _ data: InstructionData) {
        let (bits, counts, sum) = (floatTemporary(), floatTemporary(), floatTemporary())
        let isNarrow = data.type == .i32
        code.emit(.moveToFloat(isNarrow ? .s : .d, bits, operand(data.valueA)))
        code.emit(.countBits(.b8, counts, bits))
        code.emit(.sumLanes(.b8, sum, counts))
        code.emit(.moveFromFloat(.s, result(inst), sum))
    }

    private mutating func lowerSignExtension(_ inst: Inst, _ data: InstructionData) {
        code.emit(.signExtend(32, .x, result(inst), useLow(data.valueA)))
    }
}
