import PrecastIR
import PrecastMachineCode

/// The flags condition under which an IR condition holds. Float equality needs two.
enum FlagCondition {
    case one(Condition)
    case both(Condition, Condition)
    case either(Condition, Condition)

    var inverted: FlagCondition {
        switch self {
        case .one(let a): .one(a.inverted)
        case .both(let a, let b): .either(a.inverted, b.inverted)
        case .either(let a, let b): .both(a.inverted, b.inverted)
        }
    }
}

extension Lowering {
    func condition(_ c: IntegerCondition) -> Condition {
        switch c {
        case .equal: .e
        case .notEqual: .ne
        case .signedLess: .l
        case .signedLessOrEqual: .le
        case .signedGreater: .g
        case .signedGreaterOrEqual: .ge
        case .unsignedLess: .b
        case .unsignedLessOrEqual: .be
        case .unsignedGreater: .a
        case .unsignedGreaterOrEqual: .ae
        }
    }

    /// Emits what sets the flags so that the returned condition holds exactly when `value` is not zero.
    /// A comparison is computed here again if it is in this block or used once; nothing between here and the flags' reader writes flags.
    mutating func emitTest(_ value: Value) -> FlagCondition { emitTest(value, onlyUse: true) }

    /// `onlyUse`: nothing else computes what the test is made of, so that loads may be taken in.
    private mutating func emitTest(_ value: Value, onlyUse outer: Bool) -> FlagCondition {
        if let inst = dfg.definition(value) {
            let data = dfg.instructions[inst]
            let onlyUse = outer && analysis.useCount(dfg.result(inst)) == 1
            let isNear = layout.block(of: inst) == layout.block(of: current) || onlyUse
            if data.opcode == .icmp && isNear && !hasOwnRegister(value) {
                // `x == 0` of a comparison is the opposite comparison.
                if dfg.integerConstant(data.valueB) == 0, data.integerCondition == .equal || data.integerCondition == .notEqual,
                    let inner = dfg.definition(data.valueA), dfg.instructions[inner].opcode == .icmp || dfg.instructions[inner].opcode == .fcmp {
                    let test = emitTest(data.valueA, onlyUse: onlyUse)
                    return data.integerCondition == .equal ? test.inverted : test
                }
                if onlyUse, let test = emitCarryTest(inst) { return test }
                return emitIntegerComparison(data, onlyUse: onlyUse)
            }
            if data.opcode == .fcmp && isNear && !hasOwnRegister(value) { return emitFloatComparison(data) }
            if data.opcode == .vunary && onlyUse && !hasOwnRegister(value), data.vectorOperation == .v128AnyTrue || data.vectorOperation.allTrue != nil {
                return .one(emitLanesTest(data))
            }
            if data.opcode == .band && onlyUse && !hasOwnRegister(value) {
                emitBitTest(data)
                return .one(.ne)
            }
        }
        let x = operand(value, dfg.type(value))
        code.emit(.test(size(dfg.type(value)), x, .register(x)))
        return .one(.ne)
    }

    /// `test` of the operands of a `band`.
    private mutating func emitBitTest(_ data: InstructionData) {
        let x = operand(data.valueA, data.type)
        let right: Source = if let i = immediate(data.valueB) { .immediate(i) } else { .register(operand(data.valueB, data.type)) }
        code.emit(.test(size(data.type), x, right))
    }

    private mutating func emitIntegerComparison(_ data: InstructionData, onlyUse: Bool) -> FlagCondition {
        var condition = data.integerCondition
        var (a, b) = (data.valueA, data.valueB)
        let type = dfg.type(a)
        let size = size(type)
        if dfg.integerConstant(a) != nil && dfg.integerConstant(b) == nil {
            swap(&a, &b)
            condition = condition.swapped
        }
        if dfg.integerConstant(b) == 0 {
            if let and = dfg.definition(a), dfg.instructions[and].opcode == .band, analysis.useCount(dfg.result(and)) == 1, !hasOwnRegister(a), onlyUse {
                emitBitTest(dfg.instructions[and])
            } else if onlyUse, let load = foldableLoad(a) {
                code.emit(.cmpMemory(size, swallow(load), .immediate(0)))
            } else {
                let x = operand(a, type)
                code.emit(.test(size, x, .register(x)))
            }
            return .one(self.condition(condition))
        }
        if let i = immediate(b) {
            if onlyUse, let load = foldableLoad(a) {
                code.emit(.cmpMemory(size, swallow(load), .immediate(i)))
            } else if onlyUse, i >= 0, i < 256, let load = foldableLoad(a, .uload8), isUnsignedOrEquality(condition) {
                code.emit(.cmpMemory(.b, swallow(load), .immediate(Int32(Int8(truncatingIfNeeded: i)))))
            } else {
                code.emit(.cmp(size, operand(a, type), .immediate(i)))
            }
            return .one(self.condition(condition))
        }
        if onlyUse, foldableLoad(b) == nil, let load = foldableLoad(a) {
            let right = operand(b, type)
            code.emit(.cmpMemory(size, swallow(load), .register(right)))
            return .one(self.condition(condition))
        }
        let right: Source = onlyUse ? source(b) : .register(operand(b, type))
        code.emit(.cmp(size, operand(a, type), right))
        return .one(self.condition(condition))
    }
    private func isUnsignedOrEquality(_ condition: IntegerCondition) -> Bool {
        switch condition {
        case .equal, .notEqual, .unsignedLess, .unsignedLessOrEqual, .unsignedGreater, .unsignedGreaterOrEqual: true
        default: false
        }
    }

    /// After `ucomis`, "above" is false when unordered: order comparisons are turned so that they ask for it.
    private mutating func emitFloatComparison(_ data: InstructionData) -> FlagCondition {
        var condition = data.floatCondition
        var (a, b) = (data.valueA, data.valueB)
        if condition == .less || condition == .lessOrEqual {
            swap(&a, &b)
            condition = condition.swapped
        }
        let x = use(a)
        if dfg.resolve(a) == dfg.resolve(b), condition == .equal || condition == .notEqual {
            // A value differs from itself only if it is no number.
            code.emit(.ucomis(floatSize(dfg.type(a)), x, .register(x), avx: avx))
            return .one(condition == .equal ? .np : .p)
        }
        code.emit(.ucomis(floatSize(dfg.type(a)), x, .register(use(b)), avx: avx))
        return switch condition {
        case .equal: .both(.e, .np)
        case .notEqual: .either(.ne, .p)
        case .greater: .one(.a)
        default: .one(.ae)
        }
    }

    // MARK: Users of conditions

    mutating func lowerComparison(_ inst: Inst) {
        let dst = result(inst)
        let data = dfg.instructions[inst]
        if let test = emitCarryTest(inst) { return emitFlag(test, dst) }
        emitFlag(data.opcode == .icmp ? emitIntegerComparison(data, onlyUse: true) : emitFloatComparison(data), dst)
    }
    /// dst = 1 if the condition holds, else 0.
    mutating func emitFlag(_ test: FlagCondition, _ dst: Register) {
        switch test {
        case .one(let c): code.emit(.setcc(c, dst))
        case .both(let a, let b): emitPair(a, b, .and, dst)
        case .either(let a, let b): emitPair(a, b, .or, dst)
        }
    }
    private mutating func emitPair(_ a: Condition, _ b: Condition, _ op: ALUOperation, _ dst: Register) {
        let (x, y) = (temporary(), temporary())
        code.emit(.setcc(a, x))
        code.emit(.setcc(b, y))
        code.emit(.alu(op, .l, dst, x, .register(y)))
    }

    mutating func lowerSelect(_ inst: Inst, _ data: InstructionData) {
        if data.type.isVector { return lowerVectorSelect(inst, data) }
        if !data.type.isInteger { return lowerFloatSelect(inst, data) }
        let dst = result(inst)
        let yes = operand(data.valueB, data.type)
        let no = operand(data.valueC, data.type)
        emitSelect(data.type, emitTest(data.valueA), dst, yes, no)
    }
    private mutating func emitSelect(_ type: Type, _ test: FlagCondition, _ dst: Register, _ yes: Register, _ no: Register) {
        let size = size(type)
        switch test {
        case .one(let c): code.emit(.cmov(c, size, dst, otherwise: no, .register(yes)))
        case .both(let a, let b):
            let first = temporary()
            code.emit(.cmov(a.inverted, size, first, otherwise: yes, .register(no)))
            code.emit(.cmov(b.inverted, size, dst, otherwise: first, .register(no)))
        case .either(let a, let b):
            let first = temporary()
            code.emit(.cmov(a, size, first, otherwise: no, .register(yes)))
            code.emit(.cmov(b, size, dst, otherwise: first, .register(yes)))
        }
    }
    /// There is no conditional move of float registers: the bits pass through integer registers. What replaces a NaN does so by a branch: it hardly ever
    /// has to, and nothing waits for it.
    private mutating func lowerFloatSelect(_ inst: Inst, _ data: InstructionData) {
        if replacesNaN(data) {
            let (nan, x) = (floatSource(data.valueB), use(data.valueC))
            if case .one(let condition) = emitTest(data.valueA) {
                return code.emit(.cmovFloat(condition, floatSize(data.type), result(inst), otherwise: x, nan))
            }
        }
        let size = size(data.type)
        let (yes, no, chosen) = (temporary(), temporary(), temporary())
        code.emit(.moveFromFloat(size, yes, use(data.valueB), avx: avx))
        code.emit(.moveFromFloat(size, no, use(data.valueC), avx: avx))
        emitSelect(data.type == .f32 ? .i32 : .i64, emitTest(data.valueA), chosen, yes, no)
        code.emit(.moveToFloat(size, result(inst), .register(chosen), avx: avx))
    }

    /// `x != x ? constant : x`
    private func replacesNaN(_ data: InstructionData) -> Bool {
        guard let comparison = definition(data.valueA, .fcmp), comparison.floatCondition == .notEqual, !hasOwnRegister(data.valueA),
            let inst = dfg.definition(data.valueA), layout.block(of: inst) == layout.block(of: current),
            let constant = dfg.definition(data.valueB), dfg.instructions[constant].opcode.format == .immediate
        else { return false }
        let x = dfg.resolve(data.valueC)
        return dfg.resolve(comparison.valueA) == x && dfg.resolve(comparison.valueB) == x
    }

    mutating func lowerConditionalTrap(_ data: InstructionData) {
        let test = emitTest(data.valueA)
        emitTrap(data.opcode == .trapIfNonzero ? test : test.inverted, data.trapCode)
    }
    /// Traps if the condition holds.
    mutating func emitTrap(_ test: FlagCondition, _ code: UInt8) {
        switch test {
        case .one(let c): self.code.emit(.trapIf(c, trap: code))
        case .either(let a, let b):
            self.code.emit(.trapIf(a, trap: code))
            self.code.emit(.trapIf(b, trap: code))
        case .both(let a, let b):
            let (x, y) = (temporary(), temporary())
            self.code.emit(.setcc(a, x))
            self.code.emit(.setcc(b, y))
            self.code.emit(.test(.l, x, .register(y)))
            self.code.emit(.trapIf(.ne, trap: code))
        }
    }
}
