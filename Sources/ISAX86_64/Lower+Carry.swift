import PrecastIR
import PrecastMachineCode

/// Carries and borrows between words: `x + y + (p < q)` is `adc`, `x - y - (p < q)` is `sbb`, where the flags come from the addition or
/// subtraction of the word below if that is near, or else from a comparison. And products of twice the width.
extension Lowering {
    /// The sum of `data` with a carry among its terms. Returns false where there is none.
    mutating func lowerAddWithCarry(_ inst: Inst, _ data: InstructionData) -> Bool {
        for (rest, carry) in [(data.valueA, data.valueB), (data.valueB, data.valueA)] {
            guard let carry = borrow(carry, data.type) else { continue }
            emitWithCarry(carry.isInverted ? .sbb : .adc, inst, data.type, addends(rest, .iadd), carry)
            return true
        }
        // The carry is a term of a term: (x + carry) + y.
        for (sum, other) in [(data.valueA, data.valueB), (data.valueB, data.valueA)] {
            guard let terms = addends(sum, .iadd).inner else { continue }
            for (rest, carry) in [(terms.0, terms.1), (terms.1, terms.0)] {
                guard let carry = borrow(carry, data.type), !carry.isInverted else { continue }
                emitWithCarry(.adc, inst, data.type, Terms(whole: other, inner: (other, rest)), carry)
                return true
            }
        }
        return false
    }

    /// The difference of `data` with a borrow to take off. Returns false where there is none.
    mutating func lowerSubtractWithBorrow(_ inst: Inst, _ data: InstructionData) -> Bool {
        guard let borrow = borrow(data.valueB, data.type) else { return false }
        emitWithCarry(borrow.isInverted ? .adc : .sbb, inst, data.type, addends(data.valueA, .isub), borrow)
        return true
    }

    /// A value as it is, and as two terms if nobody wants the whole.
    private struct Terms {
        var whole: Value
        var inner: (Value, Value)?
    }
    private func addends(_ value: Value, _ opcode: PrecastIR.Opcode) -> Terms {
        guard let terms = definition(value, opcode), isOnlyHere(value) else { return Terms(whole: value) }
        return Terms(whole: value, inner: (terms.valueA, terms.valueB))
    }
    private func isOnlyHere(_ value: Value) -> Bool { analysis.useCount(dfg.resolve(value)) == 1 && !hasOwnRegister(value) }

    /// The number that a carry is, 1 or 0.
    private func borrow(_ value: Value, _ type: Type) -> Borrow? {
        if !options.optimizations.contains(.carryChains) { return nil }
        var flag = value
        if type == .i64 {
            guard let extended = definition(value, .uextend), isOnlyHere(value) else { return nil }
            flag = extended.valueA
        }
        guard isOnlyHere(flag), let inst = dfg.definition(flag) else { return nil }
        return borrow(inst)
    }

    private mutating func emitWithCarry(_ op: ALUOperation, _ inst: Inst, _ type: Type, _ terms: Terms, _ borrow: Borrow) {
        let dst = result(inst)
        let constant: Int32 = borrow.isInverted ? -1 : 0
        let usesBoth = !borrow.isInverted && terms.inner != nil
        let (x, y): (Register, Source)
        if usesBoth, let (a, b) = terms.inner {
            // No load is taken in: it would have to move over what sets the flags.
            x = operand(a, type)
            y = immediate(b).map { .immediate($0) } ?? .register(operand(b, type))
        } else {
            (x, y) = (operand(terms.whole, type), .immediate(constant))
        }
        emitCarry(borrow)
        code.emit(.alu(op, size(type), dst, x, y))
    }

    /// Sets the carry flag to `less < limit`.
    private mutating func emitCarry(_ borrow: Borrow) {
        if emitLowerWord(borrow) { return }
        let type = dfg.type(borrow.less)
        let right: Source = immediate(borrow.limit).map { .immediate($0) } ?? .register(operand(borrow.limit, type))
        code.emit(.cmp(size(type), operand(borrow.less, type), right))
    }

    /// Emits the addition or subtraction that sets the carry flag to `less < limit`, if it may stand here. Returns false if not.
    private mutating func emitLowerWord(_ borrow: Borrow) -> Bool {
        guard let lower = lowerWord(borrow) else { return false }
        let data = dfg.instructions[lower]
        let dst = result(lower)
        swallowed.insert(lower)
        var (a, b) = (data.valueA, data.valueB)
        if data.opcode == .iadd && immediate(b) == nil && isLiveAfter(a) && !isLiveAfter(b) { swap(&a, &b) }
        let right: Source = immediate(b).map { .immediate($0) } ?? .register(operand(b, data.type))
        code.emit(.alu(data.opcode == .iadd ? .add : .sub, size(data.type), dst, operand(a, data.type), right))
        return true
    }

    /// The flags of the addition or subtraction whose carry the comparison `inst` is, if that may stand here and nothing else wants the comparison.
    mutating func emitCarryTest(_ inst: Inst) -> FlagCondition? {
        guard options.optimizations.contains(.carryChains), analysis.useCount(dfg.result(inst)) == 1 || inst == current, let borrow = borrow(inst), emitLowerWord(borrow) else { return nil }
        return .one(borrow.isInverted ? .ae : .b)
    }

    // MARK: Products

    mutating func lowerMultiplyHigh(signed: Bool, _ inst: Inst, _ data: InstructionData) {
        if let low = lowerHalf(of: data) { return state.wideProducts[low] = inst }
        emitProduct(signed: signed, low: .none, high: result(inst), data, reads: 1)
    }
    /// Computes the upper half too, if it was left to this instruction. Returns false if not.
    mutating func lowerWideProduct(_ inst: Inst, _ data: InstructionData) -> Bool {
        guard let upper = state.wideProducts[inst] else { return false }
        emitProduct(signed: dfg.instructions[upper].opcode == .smulhi, low: registers[dfg.result(inst).index], high: result(upper), data, reads: 2)
        return true
    }

    /// `reads`: how many instructions read the factors, all of which this one stands for.
    private mutating func emitProduct(signed: Bool, low: Register, high: Register, _ data: InstructionData, reads: Int) {
        var (a, b) = (data.valueA, data.valueB)
        if foldableLoad(b, uses: reads) == nil && foldableLoad(a, uses: reads) != nil { swap(&a, &b) }
        let right: RegisterOrMemory = if let load = foldableLoad(b, uses: reads) { .memory(swallow(load)) } else { .register(operand(b, data.type)) }
        let left = operand(a, data.type)
        if !signed && low.isSome && uses(.bmi2) {
            code.emit(.mulx(size(data.type), low: low, high: high, left, right))
        } else {
            code.emit(.mulWide(signed: signed, size(data.type), low: low, high: high, left, right))
        }
    }

    /// The product of the same factors, near above in the block and wanted itself.
    private func lowerHalf(of data: InstructionData) -> Inst? {
        if !options.optimizations.contains(.wideProducts) { return nil }
        let factors = (dfg.resolve(data.valueA), dfg.resolve(data.valueB))
        var inst = layout.previous(current), steps = 0
        while inst.isSome, steps < 12 {
            let other = dfg.instructions[inst]
            if other.opcode == .imul, other.type == data.type, !swallowed.contains(inst), state.wideProducts[inst] == nil {
                let found = (dfg.resolve(other.valueA), dfg.resolve(other.valueB))
                if found == factors || found == (factors.1, factors.0) { return inst }
            }
            inst = layout.previous(inst)
            steps += 1
        }
        return nil
    }
}
