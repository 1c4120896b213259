import PrecastIR
import PrecastMachineCode

extension Lowering {
    mutating func lowerInstruction(_ inst: Inst) {
        let data = dfg.instructions[inst]
        switch data.opcode {
        case .nop, .iconst, .uextend: break
        case .iadd: lowerAdd(inst, data)
        case .isub: lowerSub(inst, data)
        case .band: lowerAnd(inst, data)
        case .bor: lowerCommutative(.or, inst, data)
        case .bxor: lowerXor(inst, data)
        case .imul: lowerMultiply(inst, data)
        case .umulhi: lowerMultiplyHigh(signed: false, inst, data)
        case .smulhi: lowerMultiplyHigh(signed: true, inst, data)
        case .udiv, .urem: lowerUnsignedDivision(inst, data)
        case .sdiv, .srem: lowerSignedDivision(inst, data)
        case .ishl: lowerShift(.shl, .shlx, inst, data)
        case .ushr: lowerShift(.shr, .shrx, inst, data)
        case .sshr: lowerShift(.sar, .sarx, inst, data)
        case .rotl: lowerRotate(.rol, inst, data)
        case .rotr: lowerRotate(.ror, inst, data)
        case .clz: lowerLeadingZeros(inst, data)
        case .ctz: lowerTrailingZeros(inst, data)
        case .popcnt: lowerPopulationCount(inst, data)
        case .sextend8: lowerExtension(.b, inst, data)
        case .sextend16: lowerExtension(.w, inst, data)
        case .sextend: lowerSignExtension(inst, data)
        case .ireduce: code.emit(.move(.l, result(inst), use(data.valueA)))
        case .icmp, .fcmp: lowerComparison(inst)
        case .select, .selectGuard: lowerSelect(inst, data)
        case .load, .uload8, .sload8, .uload16, .sload16, .uload32, .sload32: lowerLoad(inst, data)
        case .store, .store8, .store16, .store32: lowerStore(inst, data)
        case .atomicLoad, .atomicStore, .atomicUpdate, .atomicCompareExchange, .fence: lowerAtomic(inst, data)
        case .stackAddress: code.emit(.lea(.q, result(inst), .stackSlot(data.a, Int32(bitPattern: data.b))))
        case .functionAddress: code.emit(.lea(.q, result(inst), .function(dfg.functions[FunctionReference(rawValue: data.a)].number)))
        case .dataAddress: code.emit(.lea(.q, result(inst), .readOnlyData(data.a)))
        case .framePointer: code.emit(.move(.q, result(inst), .rbp))
        case .call, .callIndirect: lowerCall(inst, data)
        case .trapIfZero, .trapIfNonzero: lowerConditionalTrap(data)
        case .vconst: lowerVectorConstant(inst, data)
        case .vunary, .vbinary, .vternary: lowerVector(inst, data)
        default: lowerFloatInstruction(inst, data)
        }
    }

    /// A register operand of an operation of `type`: a 32-bit one does not care for upper halves.
    mutating func operand(_ value: Value, _ type: Type) -> Register { type == .i32 ? useLow(value) : use(value) }

    // MARK: Addition and logic

    private mutating func lowerAdd(_ inst: Inst, _ data: InstructionData) {
        if lowerAddWithCarry(inst, data) { return }
        let size = size(data.type)
        let dst = result(inst)
        let (a, b) = (data.valueA, data.valueB)
        if let i = immediate(b) {
            if isLiveAfter(a) || definition(a, .iadd) != nil && data.type == .i64 && !hasOwnRegister(a) {
                return code.emit(.lea(size, dst, data.type == .i64 ? address(base: a, Int64(i)) : .base(useLow(a), i)))
            }
            let x = operand(a, data.type)
            return code.emit(.alu(.add, size, dst, x, .immediate(i)))
        }
        if let m = scaledAddress(a, b, data.type) ?? scaledAddress(b, a, data.type) { return code.emit(.lea(size, dst, m)) }
        if !isInMemory(b) && !isInMemory(a) && isLiveAfter(a) && isLiveAfter(b) {
            let x = operand(a, data.type)
            return code.emit(.lea(size, dst, .indexed(x, operand(b, data.type))))
        }
        lowerCommutative(.add, inst, data)
    }
    /// `base + (scaled << 1…3)`.
    private mutating func scaledAddress(_ base: Value, _ scaled: Value, _ type: Type) -> MemoryOperand? {
        guard let shift = definition(scaled, .ishl), !hasOwnRegister(scaled), let amount = dfg.integerConstant(shift.valueB), (1...3).contains(amount) else { return nil }
        let x = operand(base, type)
        return .indexed(x, operand(shift.valueA, type), scale: UInt8(amount))
    }

    mutating func lowerCommutative(_ op: ALUOperation, _ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        var (a, b) = (data.valueA, data.valueB)
        if immediate(b) == nil {
            if immediate(a) != nil || !isInMemory(b) && (isInMemory(a) || isLiveAfter(a) && !isLiveAfter(b)) { swap(&a, &b) }
        }
        let right = source(b)
        code.emit(.alu(op, size(data.type), dst, operand(a, data.type), right))
    }

    private mutating func lowerSub(_ inst: Inst, _ data: InstructionData) {
        if lowerSubtractWithBorrow(inst, data) { return }
        let size = size(data.type)
        let dst = result(inst)
        if dfg.integerConstant(data.valueA) == 0 { return code.emit(.neg(size, dst, operand(data.valueB, data.type))) }
        if let i = immediate(data.valueB), i != .min, isLiveAfter(data.valueA) {
            return code.emit(.lea(size, dst, .base(operand(data.valueA, data.type), -i)))
        }
        let right = source(data.valueB)
        code.emit(.alu(.sub, size, dst, operand(data.valueA, data.type), right))
    }

    private mutating func lowerAnd(_ inst: Inst, _ data: InstructionData) {
        if let mask = dfg.integerConstant(data.valueB) {
            let dst = result(inst)
            if mask == 0xff { return code.emit(.movzx(from: .b, dst, .register(operand(data.valueA, data.type)))) }
            if mask == 0xffff { return code.emit(.movzx(from: .w, dst, .register(operand(data.valueA, data.type)))) }
            if mask == 0xffff_ffff && data.type == .i64 { return code.emit(.move(.l, dst, use(data.valueA))) }
            // A mask of the low half clears the upper one anyway.
            if data.type == .i64, let low = UInt32(exactly: mask) {
                return code.emit(.alu(.and, .l, dst, use(data.valueA), .immediate(Int32(bitPattern: low))))
            }
        }
        if uses(.bmi1) {
            for (x, y) in [(data.valueA, data.valueB), (data.valueB, data.valueA)] {
                if let not = definition(x, .bxor), !hasOwnRegister(x), dfg.integerConstant(not.valueB) == -1 {
                    let inverted = operand(not.valueA, data.type)
                    let right = registerOrMemory(y)
                    return code.emit(.andn(size(data.type), result(inst), inverted, right))
                }
            }
        }
        lowerCommutative(.and, inst, data)
    }

    private mutating func lowerXor(_ inst: Inst, _ data: InstructionData) {
        if dfg.integerConstant(data.valueB) == -1 {
            return code.emit(.not(size(data.type), result(inst), operand(data.valueA, data.type)))
        }
        lowerCommutative(.xor, inst, data)
    }

    // MARK: Multiplication and division

    private mutating func lowerMultiply(_ inst: Inst, _ data: InstructionData) {
        if lowerWideProduct(inst, data) { return }
        let size = size(data.type)
        let dst = result(inst)
        if let i = immediate(data.valueB) {
            switch i {
            case 3, 5, 9:
                let x = operand(data.valueA, data.type)
                return code.emit(.lea(size, dst, .indexed(x, x, scale: i == 3 ? 1 : i == 5 ? 2 : 3)))
            default: return code.emit(.imul3(size, dst, registerOrMemory(data.valueA), i))
            }
        }
        var (a, b) = (data.valueA, data.valueB)
        if !isInMemory(b) && (isInMemory(a) || isLiveAfter(a) && !isLiveAfter(b)) { swap(&a, &b) }
        let right = registerOrMemory(b)
        code.emit(.imul(size, dst, operand(a, data.type), right))
    }

    private mutating func lowerUnsignedDivision(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        let high = temporary()
        let divisor = operand(data.valueB, data.type)
        let low = operand(data.valueA, data.type)
        code.emit(.loadImmediate(.l, high, 0))
        let isDivision = data.opcode == .udiv
        code.emit(.div(
            size(data.type), quotient: isDivision ? dst : .none, remainder: isDivision ? .none : dst, low: low, high: high,
            .register(divisor), trap: options.traps.divideByZero))
    }

    private mutating func lowerSignedDivision(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type)
        let dst = result(inst)
        var divisor = operand(data.valueB, data.type)
        let low = operand(data.valueA, data.type)
        let high = temporary()
        let constant = dfg.integerConstant(data.valueB)
        let isDivision = data.opcode == .sdiv
        if constant == nil || constant == -1 {
            if isDivision {
                trapOnQuotientOverflow(low, divisor, size)
            } else {
                // x % -1 is 0 as x % 1 is, without the overflow that the instruction would fault on.
                let (one, safe) = (temporary(), temporary())
                code.emit(.loadImmediate(.l, one, 1))
                code.emit(.cmp(size, divisor, .immediate(-1)))
                code.emit(.cmov(.e, size, safe, otherwise: divisor, .register(one)))
                divisor = safe
            }
        }
        code.emit(.cqo(size, high, low))
        code.emit(.idiv(
            size, quotient: isDivision ? dst : .none, remainder: isDivision ? .none : dst, low: low, high: high,
            .register(divisor), trap: options.traps.divideByZero))
    }
    /// Traps if the smallest integer is divided by -1: then, and only then, `(dividend ^ min) | (divisor + 1)` is zero.
    private mutating func trapOnQuotientOverflow(_ dividend: Register, _ divisor: Register, _ size: OperandSize) {
        let (minimum, difference, successor, both) = (temporary(), temporary(), temporary(), temporary())
        code.emit(.loadImmediate(size, minimum, size == .l ? Int64(Int32.min) : .min))
        code.emit(.alu(.xor, size, difference, minimum, .register(dividend)))
        code.emit(.lea(size, successor, .base(divisor, 1)))
        code.emit(.alu(.or, size, both, difference, .register(successor)))
        emitTrap(.one(.e), options.traps.integerOverflow)
    }

    // MARK: Shifts

    private mutating func lowerShift(_ op: ShiftOperation, _ bmi2: ControlledOperation, _ inst: Inst, _ data: InstructionData) {
        let size = size(data.type)
        let dst = result(inst)
        if let count = dfg.integerConstant(data.valueB) {
            let n = UInt8(truncatingIfNeeded: count) & (data.type == .i32 ? 31 : 63)
            let x = operand(data.valueA, data.type)
            if op == .shl, n >= 1, n <= 3, isLiveAfter(data.valueA) {
                return code.emit(n == 1 ? .lea(size, dst, .indexed(x, x)) : .lea(size, dst, MemoryOperand(base: .none, index: x, scale: n)))
            }
            return code.emit(.shift(op, size, dst, x, .immediate(n)))
        }
        let count = useLow(data.valueB)
        if uses(.bmi2) {
            return code.emit(.controlled(bmi2, size, dst, registerOrMemory(data.valueA), count))
        }
        code.emit(.shift(op, size, dst, operand(data.valueA, data.type), .register(count)))
    }

    private mutating func lowerRotate(_ op: ShiftOperation, _ inst: Inst, _ data: InstructionData) {
        let size = size(data.type)
        let dst = result(inst)
        let width: UInt8 = data.type == .i32 ? 32 : 64
        if let count = dfg.integerConstant(data.valueB) {
            let n = UInt8(truncatingIfNeeded: count) & (width - 1)
            if uses(.bmi2) {
                return code.emit(.rorx(size, dst, registerOrMemory(data.valueA), op == .ror ? n : (width - n) & (width - 1)))
            }
            return code.emit(.shift(op, size, dst, operand(data.valueA, data.type), .immediate(n)))
        }
        let count = useLow(data.valueB)
        code.emit(.shift(op, size, dst, operand(data.valueA, data.type), .register(count)))
    }

    // MARK: Bits

    private mutating func lowerLeadingZeros(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type)
        let dst = result(inst)
        if uses(.lzcnt) {
            return code.emit(.bitCount(.lzcnt, size, dst, registerOrMemory(data.valueA)))
        }
        // bsr leaves its result undefined and sets ZF for 0: take 2 * width - 1 then, which the final xor turns into the width.
        let width: Int64 = data.type == .i32 ? 32 : 64
        let x = operand(data.valueA, data.type)
        let (found, none, position) = (temporary(), temporary(), temporary())
        code.emit(.loadImmediate(.l, none, 2 * width - 1))
        code.emit(.bitCount(.bsr, size, found, .register(x)))
        code.emit(.cmov(.e, size, position, otherwise: found, .register(none)))
        code.emit(.alu(.xor, size, dst, position, .immediate(Int32(width - 1))))
    }

    private mutating func lowerTrailingZeros(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type)
        let dst = result(inst)
        if uses(.bmi1) {
            return code.emit(.bitCount(.tzcnt, size, dst, registerOrMemory(data.valueA)))
        }
        let x = operand(data.valueA, data.type)
        let (found, none) = (temporary(), temporary())
        code.emit(.loadImmediate(.l, none, data.type == .i32 ? 32 : 64))
        code.emit(.bitCount(.bsf, size, found, .register(x)))
        code.emit(.cmov(.e, size, dst, otherwise: found, .register(none)))
    }

    /// Without the instruction: the sums of neighbouring 1-, 2- and 4-bit fields, then all bytes by one multiplication.
    private mutating func lowerPopulationCount(_ inst: Inst, _ data: InstructionData) {
        let size = size(data.type)
        let dst = result(inst)
        if uses(.popcnt) {
            return code.emit(.bitCount(.popcnt, size, dst, registerOrMemory(data.valueA)))
        }
        let x = operand(data.valueA, data.type)
        func lanes(_ byte: Int64) -> Int64 { data.type == .i32 ? byte &* 0x0101_0101 : byte &* 0x0101_0101_0101_0101 }
        let pairs = arithmetic(.sub, size, x, masked(shifted(x, 1, size), lanes(0x55), size))
        let nibbles = arithmetic(.add, size, masked(pairs, lanes(0x33), size), masked(shifted(pairs, 2, size), lanes(0x33), size))
        let bytes = masked(arithmetic(.add, size, nibbles, shifted(nibbles, 4, size)), lanes(0x0f), size)
        let (ones, sum) = (temporary(), temporary())
        code.emit(.loadImmediate(size, ones, lanes(1)))
        code.emit(.imul(size, sum, bytes, .register(ones)))
        code.emit(.shift(.shr, size, dst, sum, .immediate(data.type == .i32 ? 24 : 56)))
    }
    private mutating func shifted(_ x: Register, _ n: UInt8, _ size: OperandSize) -> Register {
        let r = temporary()
        code.emit(.shift(.shr, size, r, x, .immediate(n)))
        return r
    }
    private mutating func masked(_ x: Register, _ mask: Int64, _ size: OperandSize) -> Register {
        let m = temporary()
        code.emit(.loadImmediate(size, m, mask))
        return arithmetic(.and, size, m, x)
    }
    mutating func arithmetic(_ op: ALUOperation, _ size: OperandSize, _ a: Register, _ b: Register) -> Register {
        let r = temporary()
        code.emit(.alu(op, size, r, a, .register(b)))
        return r
    }

    // MARK: Widths

    private mutating func lowerExtension(_ from: OperandSize, _ inst: Inst, _ data: InstructionData) {
        code.emit(.movsx(from: from, to: size(data.type), result(inst), .register(operand(data.valueA, data.type))))
    }
    private mutating func lowerSignExtension(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        let source: RegisterOrMemory = if let load = foldableLoad(data.valueA) { .memory(swallow(load)) } else { .register(useLow(data.valueA)) }
        code.emit(.movsx(from: .l, to: .q, dst, source))
    }
}
