import PrecastIR
import PrecastMachineCode

/// Vectors of 128 bits. SSE4.1 is assumed; AVX, AVX2 and AVX-512VL forms are taken where the features have them.
extension Lowering {
    mutating func lowerVector(_ inst: Inst, _ data: InstructionData) {
        let op = data.vectorOperation
        if let packed = op.packed { return lowerPacked(packed, inst, data.valueA, data.valueB) }
        if let packed = op.packedReversed { return lowerPacked(packed, inst, data.valueB, data.valueA) }
        if let unary = op.packedUnary { return code.emit(.packedUnary(unary, result(inst), vectorSource(data.valueA), avx: avx)) }
        if let unary = op.packedUnaryLow { return code.emit(.packedUnary(unary, result(inst), lowHalfSource(data.valueA), avx: avx)) }
        if let (mode, size) = op.rounding { return code.emit(.packedRound(mode, size, result(inst), vectorSource(data.valueA), avx: avx)) }
        if let (predicate, size, reversed) = op.floatComparison { return lowerFloatLanesComparison(predicate, size, reversed, inst, data) }
        if let row = op.boundComparison { return lowerBoundComparison(row.bound, row.equality, inverted: row.inverted, inst, data) }
        if let equality = op.inequality { return lowerInequality(equality, inst, data) }
        if let difference = op.negation { return packed(difference, zeroVector(), vectorSource(data.valueA), into: result(inst)) }
        if let (shift, width) = op.packedShift { return lowerPackedShift(shift, width, inst, data) }
        if op == .v128AnyTrue || op.allTrue != nil { return code.emit(.setcc(emitLanesTest(data), result(inst))) }
        switch op {
        case .v128Not: packed(.pxor, onesVector(), vectorSource(data.valueA), into: result(inst))
        case .v128Bitselect: lowerBitselect(inst, data)
        case .i8x16RelaxedLaneselect, .i32x4RelaxedLaneselect, .i64x2RelaxedLaneselect: lowerLaneSelect(inst, data)
        case .i8x16Swizzle: lowerSwizzle(inst, data)
        case .i8x16Shuffle: lowerShuffle(inst, data)
        case .i8x16Bitmask, .i16x8Bitmask, .i32x4Bitmask, .i64x2Bitmask: lowerBitmask(inst, data)
        case .i8x16Splat, .i16x8Splat, .i32x4Splat, .i64x2Splat, .f32x4Splat, .f64x2Splat: lowerSplat(inst, data)
        case .i32x4Scalar: code.emit(.moveToFloat(.l, result(inst), registerOrMemory(data.valueA), avx: avx))
        case .i64x2Scalar: code.emit(.moveToFloat(.q, result(inst), registerOrMemory(data.valueA), avx: avx))
        case .i8x16ExtractLaneS, .i8x16ExtractLaneU, .i16x8ExtractLaneS, .i16x8ExtractLaneU, .i32x4ExtractLane, .i64x2ExtractLane:
            lowerExtractLane(inst, data)
        case .f32x4ExtractLane, .f64x2ExtractLane: lowerExtractFloatLane(inst, data)
        case .i8x16ReplaceLane, .i16x8ReplaceLane, .i32x4ReplaceLane, .i64x2ReplaceLane: lowerReplaceLane(inst, data)
        case .f32x4ReplaceLane, .f64x2ReplaceLane: lowerReplaceFloatLane(inst, data)
        default:
            if data.opcode == .vternary || isFloatOperation(op) { return lowerFloatLanes(inst, data) }
            lowerIntegerLanes(inst, data)
        }
    }
    private func isFloatOperation(_ op: VectorOperation) -> Bool {
        switch op {
        case .f32x4Abs, .f32x4Neg, .f32x4Min, .f32x4Max, .f64x2Abs, .f64x2Neg, .f64x2Min, .f64x2Max: true
        case .i32x4TruncSatF32x4S, .i32x4TruncSatF32x4U, .i32x4TruncSatF64x2SZero, .i32x4TruncSatF64x2UZero: true
        case .f32x4ConvertI32x4U, .f64x2ConvertLowI32x4U, .i32x4RelaxedTruncF32x4U, .i32x4RelaxedTruncF64x2UZero: true
        default: false
        }
    }

    // MARK: Operands

    mutating func vectorTemporary() -> Register { code.makeRegister(.float, spillSize: 16) }
    mutating func zeroVector() -> Register {
        let r = vectorTemporary()
        code.emit(.zeroFloat(r, avx: avx))
        return r
    }
    mutating func onesVector() -> Register {
        let r = vectorTemporary()
        code.emit(.onesFloat(r, avx: avx))
        return r
    }
    func vectorConstant(_ value: Value) -> VectorConstantData? {
        guard let data = definition(value, .vconst) else { return nil }
        return dfg.vectorConstants[VectorConstant(rawValue: data.a)]
    }
    func isZeroVector(_ value: Value) -> Bool { vectorConstant(value) == VectorConstantData(low: 0, high: 0) }

    /// A register with the constant; zeros and ones are made anew at each use.
    mutating func useVectorConstant(_ root: Value, _ constant: VectorConstantData) -> Register {
        switch constant {
        case VectorConstantData(low: 0, high: 0): zeroVector()
        case VectorConstantData(low: .max, high: .max): onesVector()
        default: register(defining: root)
        }
    }
    mutating func lowerVectorConstant(_ inst: Inst, _ data: InstructionData) {
        let constant = dfg.vectorConstants[VectorConstant(rawValue: data.a)]
        code.emit(.loadVector(result(inst), pool(constant), avx: avx))
    }
    mutating func pool(_ constant: VectorConstantData) -> MemoryOperand {
        .constant(code.constant(PoolConstant(low: constant.low, high: constant.high, size: 16)))
    }
    /// A 16-byte constant with `bits` in every lane of 8, 16, 32 or 64 bits.
    mutating func poolLanes(_ size: OperandSize, _ bits: UInt64) -> MemoryOperand {
        let lane: UInt64 = switch size {
        case .b: (bits & 0xff) &* 0x0101_0101_0101_0101
        case .w: (bits & 0xffff) &* 0x0001_0001_0001_0001
        case .l: (bits & 0xffff_ffff) &* 0x0000_0001_0000_0001
        default: bits
        }
        return pool(VectorConstantData(low: lane, high: lane))
    }
    mutating func loadLanes(_ size: OperandSize, _ bits: UInt64) -> Register {
        let r = vectorTemporary()
        code.emit(.loadVector(r, poolLanes(size, bits), avx: avx))
        return r
    }

    /// Whether ``vectorSource(_:)`` is memory. Without AVX only constants are: what a load reads may be unaligned.
    private func isVectorMemory(_ value: Value) -> Bool {
        if let constant = vectorConstant(value) { return constant.low != constant.high || constant.low != 0 && constant.low != .max }
        return avx && foldableLoad(value) != nil
    }
    /// A vector operand: register, folded load, or constant in the pool.
    mutating func vectorSource(_ value: Value) -> RegisterOrMemory {
        guard isVectorMemory(value) else { return .register(use(value)) }
        if let constant = vectorConstant(value) { return .memory(pool(constant)) }
        guard let load = foldableLoad(value) else { return .register(use(value)) }
        return .memory(swallow(load))
    }
    /// An operand of which the low 64 bits are read: those of a loaded scalar come from where it lies.
    private mutating func lowHalfSource(_ value: Value) -> RegisterOrMemory {
        if let scalar = definition(value, .vunary), scalar.vectorOperation == .i64x2Scalar, !hasOwnRegister(value),
            let inst = dfg.definition(value), analysis.useCount(dfg.result(inst)) == 1, let load = foldableLoad(scalar.valueA) {
            return .memory(swallow(load))
        }
        return .register(use(value))
    }

    // MARK: Emission

    /// a op b in a register of its own, or in `dst`.
    @discardableResult
    mutating func packed(_ op: PackedOperation, _ a: Register, _ b: Register, into dst: Register? = nil) -> Register {
        let r = dst ?? vectorTemporary()
        code.emit(.packed(op, r, a, .register(b), avx: avx))
        return r
    }
    mutating func packed(_ op: PackedOperation, _ a: Register, _ b: MemoryOperand) -> Register {
        let r = vectorTemporary()
        code.emit(.packed(op, r, a, .memory(b), avx: avx))
        return r
    }
    mutating func packed(_ op: PackedOperation, _ a: Register, _ b: RegisterOrMemory, into dst: Register) {
        code.emit(.packed(op, dst, a, b, avx: avx))
    }
    mutating func unary(_ op: PackedUnaryOperation, _ x: Register) -> Register {
        let r = vectorTemporary()
        code.emit(.packedUnary(op, r, .register(x), avx: avx))
        return r
    }
    mutating func shift(_ op: PackedShift, _ x: Register, _ count: PackedShiftCount) -> Register {
        let r = vectorTemporary()
        code.emit(.packedShift(op, r, x, count, avx: avx))
        return r
    }
    /// 32-bit lanes of `x`, two bits of `control` each.
    mutating func lanes(_ x: Register, _ control: UInt8) -> Register {
        let r = vectorTemporary()
        code.emit(.shuffle(.pshufd, r, .register(x), control: control, avx: avx))
        return r
    }

    /// One instruction. The memory operand goes last, and so does without AVX the one that is still wanted.
    private mutating func lowerPacked(_ op: PackedOperation, _ inst: Inst, _ first: Value, _ second: Value) {
        let dst = result(inst)
        var (a, b) = (first, second)
        if op.isCommutative, !isVectorMemory(b), isVectorMemory(a) || !avx && isLiveAfter(a) && !isLiveAfter(b) { swap(&a, &b) }
        let right = vectorSource(b)
        packed(op, use(a), right, into: dst)
    }

    // MARK: Bits and choice

    private mutating func lowerBitselect(_ inst: Inst, _ data: InstructionData) {
        if avx, !options.features.contains(.avx512vl), isLaneMask(data.valueC) {
            let yes = vectorSource(data.valueA)
            return code.emit(.blend(.pblendvb, result(inst), use(data.valueB), yes, mask: use(data.valueC), avx: true))
        }
        emitBitselect(result(inst), use(data.valueA), use(data.valueB), mask: use(data.valueC))
    }
    /// Whether a comparison computes a vector: all bits of a byte are its sign.
    private func isLaneMask(_ value: Value) -> Bool {
        guard let data = definition(value, .vbinary) else { return false }
        let op = data.vectorOperation
        if op.floatComparison != nil || op.boundComparison != nil || op.inequality != nil { return true }
        switch op {
        case .i8x16Eq, .i16x8Eq, .i32x4Eq, .i64x2Eq, .i8x16GtS, .i16x8GtS, .i32x4GtS, .i64x2GtS, .i8x16LtS, .i16x8LtS, .i32x4LtS, .i64x2LtS,
            .i64x2LeS, .i64x2GeS: return true
        default: return false
        }
    }
    /// Bits of `yes` where the mask's are set, else of `no`.
    private mutating func emitBitselect(_ dst: Register, _ yes: Register, _ no: Register, mask: Register) {
        if uses(.avx512vl) { return code.emit(.ternaryLogic(dst, mask, yes, .register(no), table: 0b1100_1010)) }
        let chosen = packed(.pand, yes, mask)
        packed(.por, chosen, packed(.pandn, mask, no), into: dst)
    }
    /// By the masks' sign bits, or by all their bits where that is one instruction.
    private mutating func lowerLaneSelect(_ inst: Inst, _ data: InstructionData) {
        if !avx || uses(.avx512vl) { return lowerBitselect(inst, data) }
        let blend: VariableBlend = switch data.vectorOperation {
        case .i8x16RelaxedLaneselect: .pblendvb
        case .i32x4RelaxedLaneselect: .blendvps
        default: .blendvpd
        }
        let yes = vectorSource(data.valueA)
        code.emit(.blend(blend, result(inst), use(data.valueB), yes, mask: use(data.valueC), avx: true))
    }
    /// The condition in every bit of a vector, then a choice by bits.
    mutating func lowerVectorSelect(_ inst: Inst, _ data: InstructionData) {
        let (yes, no) = (use(data.valueB), use(data.valueC))
        let (flag, bits, low) = (temporary(), temporary(), vectorTemporary())
        emitFlag(emitTest(data.valueA), flag)
        code.emit(.neg(.l, bits, flag))
        code.emit(.moveToFloat(.l, low, .register(bits), avx: avx))
        let mask = lanes(low, 0)
        if avx { return code.emit(.blend(.pblendvb, result(inst), no, .register(yes), mask: mask, avx: true)) }
        emitBitselect(result(inst), yes, no, mask: mask)
    }

    /// Emits what sets the flags for `any_true` or `all_true`; the condition under which it holds.
    mutating func emitLanesTest(_ data: InstructionData) -> Condition {
        guard let equality = data.vectorOperation.allTrue else {
            let x = use(data.valueA)
            code.emit(.ptest(x, .register(x), avx: avx))
            return .ne
        }
        let zeros = vectorTemporary()
        packed(equality, zeroVector(), vectorSource(data.valueA), into: zeros)
        code.emit(.ptest(zeros, .register(zeros), avx: avx))
        return .e
    }
    private mutating func lowerBitmask(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        let x = use(data.valueA)
        switch data.vectorOperation {
        case .i8x16Bitmask: code.emit(.byteMask(dst, x, avx: avx))
        case .i16x8Bitmask: code.emit(.byteMask(dst, packed(.packsswb, x, zeroVector()), avx: avx))
        case .i32x4Bitmask: code.emit(.signMask(.single, dst, x, avx: avx))
        default: code.emit(.signMask(.double, dst, x, avx: avx))
        }
    }
}
