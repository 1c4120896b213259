import PrecastIR
import PrecastMachineCode

extension Condition {
    init(_ c: IntegerCondition) {
        self = switch c {
        case .equal: .eq
        case .notEqual: .ne
        case .signedLess: .lt
        case .signedLessOrEqual: .le
        case .signedGreater: .gt
        case .signedGreaterOrEqual: .ge
        case .unsignedLess: .lo
        case .unsignedLessOrEqual: .ls
        case .unsignedGreater: .hi
        case .unsignedGreaterOrEqual: .hs
        }
    }
    /// After `fcmp`: each is false for a NaN, but for `notEqual`.
    init(_ c: FloatCondition) {
        self = switch c {
        case .equal: .eq
        case .notEqual: .ne
        case .less: .mi
        case .lessOrEqual: .ls
        case .greater: .gt
        case .greaterOrEqual: .ge
        }
    }
    /// Flags (N, Z, C, V from bit 3 down) under which the condition holds, or not.
    func flags(holding: Bool) -> UInt8 {
        let (yes, no): (UInt8, UInt8) = switch self {
        case .eq, .le: (4, 0)
        case .ne, .gt: (0, 4)
        case .hs, .hi: (2, 0)
        case .lo, .ls: (0, 2)
        case .mi, .lt: (8, 0)
        case .pl, .ge: (0, 8)
        case .vs: (1, 0)
        case .vc: (0, 1)
        case .al: (0, 0)
        }
        return holding ? yes : no
    }
}

extension Lowering {
    // MARK: Tests

    /// What a branch or trap asks so that it holds exactly when `value` is not zero: the flags, which this sets, or a register.
    /// A comparison is computed here again if it is in this block or used once.
    mutating func emitTest(_ value: Value) -> Test {
        if let inst = near(value) {
            let data = dfg.instructions[inst]
            switch data.opcode {
            case .icmp:
                if let test = registerTest(data) { return test }
                return .flags(emitComparison(inst, data))
            case .fcmp: return .flags(emitFloatComparison(data))
            case .band:
                if let test = bitTest(data, isSet: true) { return test }
                if let condition = emitConjunction(data) { return .flags(condition) }
                if isOnlyHere(inst) {
                    emitMaskTest(data)
                    return .flags(.ne)
                }
            case .bor: if let condition = emitConjunction(data) { return .flags(condition) }
            case .vunary: if isOnlyHere(inst), let test = emitLanesTest(data) { return test }
            default: break
            }
        }
        return .nonzero(operand(value), integerSize(dfg.type(value)))
    }
    /// The condition of the flags, which this sets, under which `value` is not zero.
    mutating func emitFlags(_ value: Value) -> Condition {
        if let inst = near(value) {
            let data = dfg.instructions[inst]
            switch data.opcode {
            case .icmp: return emitComparison(inst, data)
            case .fcmp: return emitFloatComparison(data)
            case .band, .bor: if let condition = emitConjunction(data) { return condition }
            default: break
            }
            if data.opcode == .band, isOnlyHere(inst) {
                emitMaskTest(data)
                return .ne
            }
        }
        return flags(of: emitTest(value))
    }
    mutating func flags(of test: Test) -> Condition {
        switch test {
        case .flags(let c): return c
        case .zero(let r, let size), .nonzero(let r, let size): code.emit(.cmp(size, r, .immediate(0)))
        case .bitClear(let r, let n), .bitSet(let r, let n): code.emit(.tst(.x, r, .immediate(1 << Int64(n))))
        }
        return switch test {
        case .zero, .bitClear: .eq
        default: .ne
        }
    }

    /// The instruction that defines `value`, if it may be computed here: in this block, or nowhere else, and not in a register anyway.
    private func near(_ value: Value) -> Inst? {
        guard !hasOwnRegister(value), let inst = dfg.definition(value),
            layout.block(of: inst) == layout.block(of: current) || analysis.useCount(dfg.result(inst)) == 1
        else { return nil }
        return inst
    }
    private func isOnlyHere(_ inst: Inst) -> Bool { analysis.useCount(dfg.result(inst)) == 1 }

    // MARK: Registers

    /// A comparison that a register, or one bit of it, answers.
    private mutating func registerTest(_ data: InstructionData) -> Test? {
        guard let constant = dfg.integerConstant(data.valueB) else { return nil }
        let type = dfg.type(data.valueA), size = integerSize(type), sign = width(type) - 1
        switch (data.integerCondition, constant) {
        case (.equal, 0), (.notEqual, 0):
            let isEqual = data.integerCondition == .equal
            if let inner = near(data.valueA) {
                let tested = dfg.instructions[inner]
                switch tested.opcode {
                case .icmp, .fcmp:
                    let test = emitTest(data.valueA)
                    return isEqual ? test.inverted : test
                case .band:
                    if let test = bitTest(tested, isSet: !isEqual) { return test }
                    if isOnlyHere(inner) {
                        let test = emitTest(data.valueA)
                        return isEqual ? test.inverted : test
                    }
                default: break
                }
            }
            let x = operand(data.valueA)
            return isEqual ? .zero(x, size) : .nonzero(x, size)
        case (.signedLess, 0), (.signedLessOrEqual, -1): return .bitSet(operand(data.valueA), sign)
        case (.signedGreaterOrEqual, 0), (.signedGreater, -1): return .bitClear(operand(data.valueA), sign)
        default: return nil
        }
    }
    /// `x & (1 << n)`.
    private mutating func bitTest(_ data: InstructionData, isSet: Bool) -> Test? {
        guard let constant = dfg.integerConstant(data.valueB) else { return nil }
        let mask = UInt64(bitPattern: bits(constant, size(data.type)))
        guard mask != 0, mask & (mask - 1) == 0 else { return nil }
        var n = UInt8(mask.trailingZeroBitCount), tested = data.valueA
        // The bit of a shifted value is another bit of the value.
        if let shift = only(tested, .ushr), let amount = shiftAmount(shift), n + amount < width(data.type) {
            n += amount
            tested = shift.valueA
        }
        let x = operand(tested)
        return isSet ? .bitSet(x, n) : .bitClear(x, n)
    }
    private mutating func emitMaskTest(_ data: InstructionData) {
        let size = size(data.type), x = operand(data.valueA)
        if let constant = dfg.integerConstant(data.valueB), Immediates.isLogical(bits(constant, size), size) {
            return code.emit(.tst(size, x, .immediate(bits(constant, size))))
        }
        code.emit(.tst(size, x, shiftedSource(data.valueB, rotates: true)))
    }

    // MARK: Flags

    private mutating func emitComparison(_ inst: Inst, _ data: InstructionData) -> Condition {
        let constant = dfg.integerConstant(data.valueB)
        if constant == 0, data.integerCondition == .equal || data.integerCondition == .notEqual, let inner = near(data.valueA) {
            let opcode = dfg.instructions[inner].opcode
            if opcode == .icmp || opcode == .fcmp || opcode == .band && isOnlyHere(inner) {
                let condition = emitFlags(data.valueA)
                return data.integerCondition == .equal ? condition.inverted : condition
            }
        }
        if isOnlyHere(inst) || inst == current, let condition = emitCarryTest(inst) { return condition }
        var condition = data.integerCondition
        var (a, b) = (data.valueA, data.valueB)
        if dfg.integerConstant(a) != nil && constant == nil {
            swap(&a, &b)
            condition = condition.swapped
        }
        let x = operand(a)
        emitCompare(integerSize(dfg.type(a)), x, b)
        return Condition(condition)
    }
    private mutating func emitCompare(_ size: OperandSize, _ a: Register, _ b: Value) {
        if let constant = dfg.integerConstant(b) {
            if Immediates.isArithmetic(constant) { return code.emit(.cmp(size, a, .immediate(constant))) }
            // The flags of adding the opposite are the same but for 0 and the least number.
            if constant > .min, Immediates.isArithmetic(-constant) { return code.emit(.cmn(size, a, .immediate(-constant))) }
        }
        code.emit(.cmp(size, a, arithmeticSource(b)))
    }

    private mutating func emitFloatComparison(_ data: InstructionData) -> Condition {
        let size = size(dfg.type(data.valueA)), x = use(data.valueA)
        code.emit(isZero(data.valueB) ? .fcmp(size, x) : .fcmp(size, x, use(data.valueB)))
        return Condition(data.floatCondition)
    }
    private func isZero(_ value: Value) -> Bool {
        guard let inst = dfg.definition(value) else { return false }
        let data = dfg.instructions[inst]
        return (data.opcode == .f32const || data.opcode == .f64const) && floatBits(data) == 0
    }

    /// Two comparisons, both or either of which must hold: the second one is made only where the first leaves it open.
    private mutating func emitConjunction(_ data: InstructionData) -> Condition? {
        guard data.type == .i32, let first = near(data.valueA), let second = near(data.valueB) else { return nil }
        let (a, b) = (dfg.instructions[first], dfg.instructions[second])
        if isComparison(a), isChainable(b) { return emitChain(first, second, data.opcode == .band) }
        if isComparison(b), isChainable(a) { return emitChain(second, first, data.opcode == .band) }
        return nil
    }
    private func isComparison(_ data: InstructionData) -> Bool { data.opcode == .icmp || data.opcode == .fcmp }
    /// Compares registers, or with what five bits hold.
    private func isChainable(_ data: InstructionData) -> Bool {
        guard data.opcode == .icmp else { return false }
        guard let constant = dfg.integerConstant(data.valueB) else { return dfg.integerConstant(data.valueA) == nil }
        guard (-31...31).contains(constant) else { return false }
        // Comparisons of comparisons are better undone.
        return constant != 0 || near(data.valueA).map { !isComparison(dfg.instructions[$0]) && dfg.instructions[$0].opcode != .band } ?? true
    }
    private mutating func emitChain(_ first: Inst, _ second: Inst, _ isConjunction: Bool) -> Condition {
        let data = dfg.instructions[second], size = integerSize(dfg.type(data.valueA)), condition = Condition(data.integerCondition)
        let head = emitFlags(dfg.result(first))
        let x = operand(data.valueA), gate = isConjunction ? head : head.inverted
        let otherwise = condition.flags(holding: !isConjunction)
        if let constant = dfg.integerConstant(data.valueB) {
            code.emit(constant >= 0
                ? .conditionalCompare(gate, size, x, .immediate(constant), otherwise: otherwise)
                : .conditionalCompareNegative(gate, size, x, .immediate(-constant), otherwise: otherwise))
        } else {
            code.emit(.conditionalCompare(gate, size, x, .register(operand(data.valueB)), otherwise: otherwise))
        }
        return condition
    }

    // MARK: Users of conditions

    mutating func lowerComparison(_ inst: Inst) {
        let dst = result(inst), data = dfg.instructions[inst]
        // The sign is a shift away.
        if data.opcode == .icmp, data.integerCondition == .signedLess, dfg.integerConstant(data.valueB) == 0 {
            let type = dfg.type(data.valueA)
            return code.emit(.shift(.lsr, integerSize(type), dst, operand(data.valueA), width(type) - 1))
        }
        code.emit(.set(data.opcode == .icmp ? emitComparison(inst, data) : emitFloatComparison(data), dst))
    }

    mutating func lowerSelect(_ inst: Inst, _ data: InstructionData) {
        if data.type.isVector { return lowerVectorSelect(inst, data) }
        let dst = result(inst), size = size(data.type)
        if size.isFloat {
            let yes = use(data.valueB), no = use(data.valueC)
            return code.emit(.floatSelect(emitFlags(data.valueA), size, dst, yes, no))
        }
        if let (op, x) = alteredSource(data.valueC) {
            let yes = useOrZero(data.valueB)
            return code.emit(.select(op, emitFlags(data.valueA), size, dst, yes, x))
        }
        if let (op, x) = alteredSource(data.valueB) {
            let no = useOrZero(data.valueC)
            return code.emit(.select(op, emitFlags(data.valueA).inverted, size, dst, no, x))
        }
        let yes = useOrZero(data.valueB), no = useOrZero(data.valueC)
        code.emit(.select(.csel, emitFlags(data.valueA), size, dst, yes, no))
    }
    /// `x + 1`, `~x`, `-x`, 1 and -1 as what a conditional instruction makes of its second source.
    private mutating func alteredSource(_ value: Value) -> (SelectOperation, Register)? {
        if let constant = dfg.integerConstant(value) { return constant == 1 ? (.csinc, .zr) : constant == -1 ? (.csinv, .zr) : nil }
        if let sum = only(value, .iadd), dfg.integerConstant(sum.valueB) == 1 { return (.csinc, operand(sum.valueA)) }
        if let not = only(value, .bxor), dfg.integerConstant(not.valueB) == -1 { return (.csinv, operand(not.valueA)) }
        if let negative = only(value, .isub), dfg.integerConstant(negative.valueA) == 0 { return (.csneg, operand(negative.valueB)) }
        return nil
    }

    mutating func lowerConditionalTrap(_ data: InstructionData) {
        let test = emitTest(data.valueA)
        code.emit(.trapIf(data.opcode == .trapIfNonzero ? test : test.inverted, data.trapCode))
    }
}
