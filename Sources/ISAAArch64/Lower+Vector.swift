import PrecastIR
import PrecastMachineCode

/// Vectors of 128 bits: Advanced SIMD.
extension Lowering {
    mutating func lowerVector(_ inst: Inst, _ data: InstructionData) {
        let op = data.vectorOperation
        if lowerAccumulation(inst, data) || lowerInvertedLogic(inst, data) { return }
        if let row = op.instruction { return vector(row, use(data.valueA), use(data.valueB), into: result(inst)) }
        if let row = op.unary { return vector(row, use(data.valueA), into: result(inst)) }
        if let (row, reversed) = op.comparison { return emitComparison(row, reversed: reversed, data, into: result(inst)) }
        if let equality = op.inequality { return lowerInequality(equality, inst, data) }
        if let (first, second) = op.twoUnary { return vector(second, vector(first, use(data.valueA)), into: result(inst)) }
        if let (low, high) = op.narrowing {
            let lower = vector(low, use(data.valueA))
            return vector(high, old: lower, use(data.valueB), into: result(inst))
        }
        if let shift = op.shift { return lowerLanesShift(shift, inst, data) }
        if let splat = op.splat { return lowerSplat(splat.opcode, splat.size, inst, data) }
        if let lane = op.extraction { return lowerExtraction(lane.opcode, lane.size, inst, data) }
        if let lane = op.replacement { return lowerReplacement(lane.opcode, lane.size, inst, data) }
        if let test = emitLanesTest(data) { return code.emit(.set(flags(of: test), result(inst))) }
        if let size = op.bitmask { return lowerBitmask(size, inst, data) }
        lowerOtherVector(inst, data)
    }
    private mutating func lowerOtherVector(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        switch data.vectorOperation {
        case .v128Bitselect, .i8x16RelaxedLaneselect, .i32x4RelaxedLaneselect, .i64x2RelaxedLaneselect:
            emitBitselect(dst, data.valueA, data.valueB, mask: data.valueC)
        // One operand where the other is greater (less), and the first where neither is.
        case .f32x4Pmin: lowerPseudoExtreme(.s4, greater: data.valueA, less: data.valueB, inst, data)
        case .f64x2Pmin: lowerPseudoExtreme(.d2, greater: data.valueA, less: data.valueB, inst, data)
        case .f32x4Pmax: lowerPseudoExtreme(.s4, greater: data.valueB, less: data.valueA, inst, data)
        case .f64x2Pmax: lowerPseudoExtreme(.d2, greater: data.valueB, less: data.valueA, inst, data)
        case .f32x4RelaxedMadd: lowerMultiplyAdd(.fmla, .s4, inst, data)
        case .f64x2RelaxedMadd: lowerMultiplyAdd(.fmla, .d2, inst, data)
        case .f32x4RelaxedNmadd: lowerMultiplyAdd(.fmls, .s4, inst, data)
        case .f64x2RelaxedNmadd: lowerMultiplyAdd(.fmls, .d2, inst, data)
        case .i64x2Mul: lowerMultiply64(inst, data)
        case .i32x4DotI16x8S: emitDotProduct(.h8, sums: .s4, data, into: dst)
        case .i16x8RelaxedDotI8x16I7x16S: emitDotProduct(.b16, sums: .h8, data, into: dst)
        case .i32x4RelaxedDotI8x16I7x16AddS: lowerDotProductAdd(inst, data)
        case .i8x16Shuffle: lowerShuffle(inst, data)
        case .i32x4Scalar: lowerScalar(.s, inst, data)
        case .i64x2Scalar: lowerScalar(.d, inst, data)
        default: preconditionFailure("no lowering of \(data.vectorOperation.name)")
        }
    }

    // MARK: Operands

    func vectorConstant(_ value: Value) -> VectorConstantData? {
        guard let data = definition(value, .vconst) else { return nil }
        return dfg.vectorConstants[VectorConstant(rawValue: data.a)]
    }
    func isZeroVector(_ value: Value) -> Bool { vectorConstant(value) == VectorConstantData(low: 0, high: 0) }

    /// A register with the constant; one that an instruction makes is made anew at each use.
    mutating func useVectorConstant(_ root: Value, _ constant: VectorConstantData) -> Register {
        guard let immediate = ModifiedImmediate(constant) else { return register(defining: root) }
        let r = vectorTemporary()
        code.emit(.vectorImmediate(r, immediate))
        return r
    }
    mutating func lowerVectorConstant(_ inst: Inst, _ data: InstructionData) {
        emitConstant(result(inst), dfg.vectorConstants[VectorConstant(rawValue: data.a)])
    }
    mutating func emitConstant(_ dst: Register, _ constant: VectorConstantData) {
        if let immediate = ModifiedImmediate(constant) { return code.emit(.vectorImmediate(dst, immediate)) }
        let number = code.constant(PoolConstant(low: constant.low, high: constant.high, size: 16))
        code.emit(.load(.q, dst, .constant(number)))
    }
    mutating func loadConstant(_ constant: VectorConstantData) -> Register {
        let r = vectorTemporary()
        emitConstant(r, constant)
        return r
    }

    /// A vector instruction that computes `value` for nobody but the current one, which may do its work.
    func vectorDefinition(_ value: Value) -> InstructionData? {
        guard let inst = dfg.definition(value), analysis.useCount(dfg.result(inst)) == 1, !hasOwnRegister(value) else { return nil }
        switch dfg.instructions[inst].opcode {
        case .vunary, .vbinary, .vternary: return dfg.instructions[inst]
        default: return nil
        }
    }

    /// The load that defines `value`, if the current instruction may contain it.
    func foldableLoad(_ value: Value, _ opcode: PrecastIR.Opcode = .load) -> Inst? {
        guard let inst = dfg.definition(value), dfg.instructions[inst].opcode == opcode, !swallowed.contains(inst),
            layout.block(of: inst) == layout.block(of: current), analysis.colours[inst.index] == analysis.colours[current.index],
            analysis.useCount(dfg.result(inst)) == 1, !hasOwnRegister(value)
        else { return nil }
        return inst
    }
    mutating func swallow(_ load: Inst) -> MemoryOperand {
        swallowed.insert(load)
        return address(load)
    }
    /// Whether `value` may still be wanted behind the current instruction, so that overwriting its register would cost a copy. A constant that
    /// each use makes anew is not.
    private func isLiveAfter(_ value: Value) -> Bool {
        if let constant = vectorConstant(value), ModifiedImmediate(constant) != nil { return false }
        if hasOwnRegister(value) { return true }
        guard let inst = dfg.definition(value) else { return true }
        return layout.block(of: inst) != layout.block(of: current)
    }

    // MARK: Emission

    /// The result of an instruction, in a register of its own.
    mutating func vector(
        _ opcode: VectorOpcode, _ size: OperandSize, old: Register = .none, _ a: Register, _ b: Register = .none, amount: UInt8 = 0
    ) -> Register {
        let r = vectorTemporary()
        code.emit(.vector(opcode, size, r, old: old, a, b, amount: amount))
        return r
    }
    mutating func vector(_ row: LaneInstruction, _ a: Register) -> Register { vector(row.opcode, row.size, a) }
    mutating func vector(_ row: LaneInstruction, old: Register = .none, _ a: Register, _ b: Register = .none, into dst: Register) {
        code.emit(.vector(row.opcode, row.size, dst, old: old, a, b))
    }

    // MARK: Comparisons

    private mutating func emitComparison(_ row: LaneInstruction, reversed: Bool, _ data: InstructionData, into dst: Register) {
        if isZeroVector(data.valueB), let opcode = row.opcode.withZero(reversed: reversed) {
            return code.emit(.vector(opcode, row.size, dst, use(data.valueA)))
        }
        if isZeroVector(data.valueA), let opcode = row.opcode.withZero(reversed: !reversed) {
            return code.emit(.vector(opcode, row.size, dst, use(data.valueB)))
        }
        let (a, b) = reversed ? (data.valueB, data.valueA) : (data.valueA, data.valueB)
        code.emit(.vector(row.opcode, row.size, dst, use(a), use(b)))
    }
    private mutating func lowerInequality(_ equality: LaneInstruction, _ inst: Inst, _ data: InstructionData) {
        if equality.opcode == .cmeq, isZeroVector(data.valueB) {
            let x = use(data.valueA)
            return code.emit(.vector(.cmtst, equality.size, result(inst), x, x))
        }
        let equal = vectorTemporary()
        emitComparison(equality, reversed: false, data, into: equal)
        code.emit(.vector(.not, .b16, result(inst), equal))
    }

    // MARK: Choice

    /// Bits of `yes` where the mask's are set, else of `no`. The one of the three is overwritten that nobody wants any more.
    private mutating func emitBitselect(_ dst: Register, _ yes: Value, _ no: Value, mask: Value) {
        if let data = vectorDefinition(mask), let equality = data.vectorOperation.inequality {
            let equal = vectorTemporary()
            emitComparison(equality, reversed: false, data, into: equal)
            return code.emit(.vector(.bsl, .b16, dst, old: equal, use(no), use(yes)))
        }
        let (overwritesMask, overwritesNo) = (!isLiveAfter(mask), !isLiveAfter(no)), overwritesYes = !isLiveAfter(yes)
        let (a, b, m) = (use(yes), use(no), use(mask))
        if overwritesMask || !overwritesNo && !overwritesYes {
            code.emit(.vector(.bsl, .b16, dst, old: m, a, b))
        } else if overwritesNo {
            code.emit(.vector(.bit, .b16, dst, old: b, a, m))
        } else {
            code.emit(.vector(.bif, .b16, dst, old: a, b, m))
        }
    }
    /// `and` and `or` with the complement of what is given.
    private mutating func lowerInvertedLogic(_ inst: Inst, _ data: InstructionData) -> Bool {
        let op = data.vectorOperation
        guard op == .v128And || op == .v128Or else { return false }
        for (a, b) in [(data.valueA, data.valueB), (data.valueB, data.valueA)] {
            guard let inverse = vectorDefinition(b), inverse.vectorOperation == .v128Not else { continue }
            code.emit(.vector(op == .v128And ? .bic : .orn, .b16, result(inst), use(a), use(inverse.valueA)))
            return true
        }
        return false
    }
    /// The condition in every bit of a vector, then a choice by bits.
    mutating func lowerVectorSelect(_ inst: Inst, _ data: InstructionData) {
        let (yes, no) = (use(data.valueB), use(data.valueC))
        let bits = temporary()
        code.emit(.select(.csinv, emitFlags(data.valueA).inverted, .x, bits, .zr, .zr))
        let mask = vector(.dupGeneral, .d2, bits)
        code.emit(.vector(.bsl, .b16, result(inst), old: mask, yes, no))
    }
    private mutating func lowerPseudoExtreme(_ size: OperandSize, greater: Value, less: Value, _ inst: Inst, _ data: InstructionData) {
        let takesSecond = vector(.fcmgt, size, use(greater), use(less))
        code.emit(.vector(.bsl, .b16, result(inst), old: takesSecond, use(data.valueB), use(data.valueA)))
    }

    // MARK: Tests

    /// The test that tells whether `any_true` or `all_true` holds; nil for other operations.
    mutating func emitLanesTest(_ data: InstructionData) -> Test? {
        let allTrue = data.vectorOperation.allTrue
        guard allTrue != nil || data.vectorOperation == .v128AnyTrue else { return nil }
        var x = use(data.valueA)
        if let allTrue { x = vector(.cmeqZero, allTrue, x) }
        let bits = temporary()
        code.emit(.vector(.umov, .d2, bits, vector(.umaxp, .s4, x, x)))
        return allTrue == nil ? .nonzero(bits, .x) : .zero(bits, .x)
    }

    /// A bit of its own in each lane whose sign is set, and their sum.
    private mutating func lowerBitmask(_ size: OperandSize, _ inst: Inst, _ data: InstructionData) {
        let x = use(data.valueA), dst = result(inst)
        if size == .d2 { return emitBitmask64(dst, x) }
        let signs = isMask(data.valueA, size) ? x : vector(.cmltZero, size, x)
        switch size {
        case .b16:
            // Neighbours are added three times: a byte of each half is left.
            var bits = vector(.and, .b16, signs, loadConstant(VectorConstantData(low: 0x8040_2010_0804_0201, high: 0x8040_2010_0804_0201)))
            for _ in 0..<3 { bits = vector(.addp, .b16, bits, bits) }
            code.emit(.vector(.umov, .h8, dst, bits))
        case .h8:
            let bits = vector(.and, .b16, signs, loadConstant(VectorConstantData(low: 0x0008_0004_0002_0001, high: 0x0080_0040_0020_0010)))
            code.emit(.vector(.umov, .h8, dst, vector(.addv, .h8, bits)))
        default:
            let bits = vector(.and, .b16, signs, loadConstant(VectorConstantData(low: 0x0000_0002_0000_0001, high: 0x0000_0008_0000_0004)))
            code.emit(.vector(.umov, .s4, dst, vector(.addv, .s4, bits)))
        }
    }
    /// Whether a comparison of such lanes computes a vector: all bits of a lane are its sign.
    private func isMask(_ value: Value, _ size: OperandSize) -> Bool {
        guard let op = definition(value, .vbinary)?.vectorOperation else { return false }
        return op.comparison?.instruction.size == size || op.inequality?.size == size
    }
    private mutating func emitBitmask64(_ dst: Register, _ x: Register) {
        let signs = vector(.ushr, .d2, x, amount: 63)
        let (low, high) = (temporary(), temporary())
        code.emit(.vector(.umov, .d2, low, signs))
        code.emit(.vector(.umov, .d2, high, signs, amount: 1))
        code.emit(.add(.w, dst, low, .shifted(high, .lsl, 1)))
    }

    // MARK: Shifts

    /// By a constant, or by a register whose lanes count to the left.
    private mutating func lowerLanesShift(
        _ shift: (immediate: VectorOpcode, variable: VectorOpcode, size: OperandSize, right: Bool), _ inst: Inst, _ data: InstructionData
    ) {
        let x = use(data.valueA), last = Int64(8) << Int64(shift.size.laneLog2) - 1
        if let constant = dfg.integerConstant(data.valueB) {
            let n = UInt8(truncatingIfNeeded: constant & last)
            // There is no shift to the right by nothing.
            return code.emit(.vector(n == 0 ? .shl : shift.immediate, shift.size, result(inst), x, amount: n))
        }
        var count = temporary()
        code.emit(.logic(.and, .w, count, useLow(data.valueB), .immediate(last)))
        if shift.right {
            let negative = temporary()
            code.emit(.sub(.w, negative, .zr, .register(count)))
            count = negative
        }
        code.emit(.vector(shift.variable, shift.size, result(inst), x, vector(.dupGeneral, shift.size, count)))
    }
}
