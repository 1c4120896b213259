import PrecastIR
import PrecastMachineCode

/// Carries and borrows between words: `x + y + (p < q)` is `adc` where the addition of the word below is near and sets the flag,
/// `x - y - (p < q)` is `sbc` after that subtraction or a comparison. Any other condition is added by `cinc`.
extension Lowering {
    /// The sum of `data` with a condition among its terms. Returns false where there is none.
    mutating func lowerAddWithCarry(_ inst: Inst, _ data: InstructionData) -> Bool {
        for (rest, flag) in [(data.valueA, data.valueB), (data.valueB, data.valueA)] {
            guard let comparison = condition(flag, data.type) else { continue }
            emitSum(inst, data.type, (rest, nil), comparison)
            return true
        }
        // The condition is a term of a term: (x + flag) + y.
        for (sum, other) in [(data.valueA, data.valueB), (data.valueB, data.valueA)] {
            guard let terms = only(sum, .iadd) else { continue }
            for (rest, flag) in [(terms.valueA, terms.valueB), (terms.valueB, terms.valueA)] {
                guard let comparison = condition(flag, data.type), let borrow = borrow(comparison), lowerWord(borrow, .iadd) != nil else { continue }
                emitSum(inst, data.type, (other, rest), comparison)
                return true
            }
        }
        return false
    }

    /// The difference of `data` with a borrow to take off. Returns false where there is none.
    mutating func lowerSubtractWithBorrow(_ inst: Inst, _ data: InstructionData) -> Bool {
        guard let comparison = condition(data.valueB, data.type), let borrow = borrow(comparison), !borrow.isInverted else { return false }
        let dst = result(inst)
        var (x, y) = (Register.none, Register.zr)
        if let terms = only(data.valueA, .isub) {
            x = useOrZero(terms.valueA)
            y = useOrZero(terms.valueB)
        } else {
            x = useOrZero(data.valueA)
        }
        if !emitLowerWord(borrow, .isub) {
            let (a, b) = (useOrZero(borrow.less), operand(borrow.limit))
            code.emit(.cmp(integerSize(dfg.type(borrow.less)), a, .register(b)))
        }
        code.emit(.carry(.sbc, size(data.type), dst, x, y))
        return true
    }

    /// The comparison that `value` is as a number, if nothing else wants it.
    private func condition(_ value: Value, _ type: Type) -> Inst? {
        var flag = value
        if type == .i64 {
            guard let extended = only(value, .uextend) else { return nil }
            flag = extended.valueA
            guard analysis.useCount(dfg.resolve(flag)) == 1, !hasOwnRegister(flag) else { return nil }
        } else if only(flag, .icmp) == nil, only(flag, .fcmp) == nil {
            return nil
        }
        guard let inst = dfg.definition(flag), layout.block(of: inst) == layout.block(of: current) else { return nil }
        let opcode = dfg.instructions[inst].opcode
        return opcode == .icmp || opcode == .fcmp ? inst : nil
    }

    private mutating func emitSum(_ inst: Inst, _ type: Type, _ terms: (Value, Value?), _ comparison: Inst) {
        let dst = result(inst), size = size(type)
        if let borrow = borrow(comparison), !borrow.isInverted, lowerWord(borrow, .iadd) != nil {
            var (x, y) = (Register.none, Register.zr)
            if let second = terms.1 {
                x = useOrZero(terms.0)
                y = useOrZero(second)
            } else if let inner = only(terms.0, .iadd) {
                x = useOrZero(inner.valueA)
                y = useOrZero(inner.valueB)
            } else {
                x = useOrZero(terms.0)
            }
            _ = emitLowerWord(borrow, .iadd)
            return code.emit(.carry(.adc, size, dst, x, y))
        }
        let x = useOrZero(terms.0)
        code.emit(.select(.csinc, emitFlags(dfg.result(comparison)).inverted, size, dst, x, x))
    }

    // MARK: The word below

    /// Emits the addition or subtraction whose carry flag the borrow is, if it may stand here. Returns false if not.
    private mutating func emitLowerWord(_ borrow: Borrow, _ opcode: PrecastIR.Opcode) -> Bool {
        guard let lower = lowerWord(borrow, opcode) else { return false }
        let data = dfg.instructions[lower], dst = result(lower), size = size(data.type)
        swallowed.insert(lower)
        let x = operand(data.valueA)
        if let constant = dfg.integerConstant(data.valueB), Immediates.isArithmetic(constant) {
            code.emit(.arithmetic(opcode == .iadd ? .adds : .subs, size, dst, x, .immediate(constant)))
        } else {
            code.emit(.arithmetic(opcode == .iadd ? .adds : .subs, size, dst, x, .register(operand(data.valueB))))
        }
        return true
    }

    /// The condition that the addition or subtraction whose carry the comparison `inst` is leaves in the flags, if that may stand here.
    mutating func emitCarryTest(_ inst: Inst) -> Condition? {
        guard let borrow = borrow(inst) else { return nil }
        if emitLowerWord(borrow, .iadd) { return borrow.isInverted ? .lo : .hs }
        // After a subtraction the flag is set where nothing was borrowed.
        if emitLowerWord(borrow, .isub) { return borrow.isInverted ? .hs : .lo }
        return nil
    }

    /// The sum, or difference, whose carry the borrow is, if it may be computed here.
    private func lowerWord(_ borrow: Borrow, _ opcode: PrecastIR.Opcode) -> Inst? {
        guard let lower = lowerWord(borrow), dfg.instructions[lower].opcode == opcode else { return nil }
        return lower
    }
}
