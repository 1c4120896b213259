import PrecastIR
import PrecastMachineCode

/// Floating-point lanes, beyond what one instruction does.
extension Lowering {
    mutating func lowerFloatLanes(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        switch data.vectorOperation {
        case .f32x4Abs: packed(.andps, use(data.valueA), .memory(poolLanes(.l, 0x7fff_ffff)), into: dst)
        case .f64x2Abs: packed(.andps, use(data.valueA), .memory(poolLanes(.q, UInt64.max >> 1)), into: dst)
        case .f32x4Neg: packed(.xorps, use(data.valueA), .memory(poolLanes(.l, 1 << 31)), into: dst)
        case .f64x2Neg: packed(.xorps, use(data.valueA), .memory(poolLanes(.q, 1 << 63)), into: dst)
        case .f32x4Min: lowerLanesExtreme(.min, .single, inst, data)
        case .f64x2Min: lowerLanesExtreme(.min, .double, inst, data)
        case .f32x4Max: lowerLanesExtreme(.max, .single, inst, data)
        case .f64x2Max: lowerLanesExtreme(.max, .double, inst, data)
        case .i32x4TruncSatF32x4S: lowerTruncateSigned(inst, data)
        case .i32x4TruncSatF32x4U: lowerTruncateUnsigned(inst, data)
        case .i32x4TruncSatF64x2SZero: lowerTruncateDoubleSigned(inst, data)
        case .i32x4TruncSatF64x2UZero: lowerTruncateDoubleUnsigned(inst, data)
        case .i32x4RelaxedTruncF32x4U: lowerRelaxedTruncate(.cvttps2udq, inst, data)
        case .i32x4RelaxedTruncF64x2UZero: lowerRelaxedTruncate(.cvttpd2udq, inst, data)
        case .f32x4ConvertI32x4U: lowerConvertUnsigned(inst, data)
        case .f64x2ConvertLowI32x4U: lowerConvertLowUnsigned(inst, data)
        case .f32x4RelaxedMadd: lowerMultiplyAdd(.ps, .mulps, .addps, inst, data)
        case .f64x2RelaxedMadd: lowerMultiplyAdd(.pd, .mulpd, .addpd, inst, data)
        case .f32x4RelaxedNmadd: lowerMultiplyAdd(.ps, .mulps, .subps, negated: true, inst, data)
        case .f64x2RelaxedNmadd: lowerMultiplyAdd(.pd, .mulpd, .subpd, negated: true, inst, data)
        case .i32x4RelaxedDotI8x16I7x16AddS:
            let words = vectorTemporary()
            packed(.pmaddubsw, use(data.valueB), vectorSource(data.valueA), into: words)
            packed(.paddd, packed(.pmaddwd, words, poolLanes(.w, 1)), vectorSource(data.valueC), into: dst)
        default: preconditionFailure("no lowering of \(data.vectorOperation.name)")
        }
    }

    /// Fused where the CPU can: a relaxed operator leaves it open. `negated`: the product is.
    private mutating func lowerMultiplyAdd(
        _ format: FusedFormat, _ multiply: PackedOperation, _ add: PackedOperation, negated: Bool = false, _ inst: Inst, _ data: InstructionData
    ) {
        let dst = result(inst)
        if uses(.fma) {
            let factor = vectorSource(data.valueB)
            return code.emit(.fusedAccumulate(format, dst, accumulator: use(data.valueC), use(data.valueA), factor, negated: negated))
        }
        let product = packed(multiply, use(data.valueA), use(data.valueB))
        if negated { return packed(add, use(data.valueC), .register(product), into: dst) }
        packed(add, product, vectorSource(data.valueC), into: dst)
    }
    private mutating func comparison(_ p: ComparePredicate, _ size: FloatSize, _ a: Register, _ b: RegisterOrMemory) -> Register {
        let r = vectorTemporary()
        code.emit(.packedCompare(p, size, r, a, b, avx: avx))
        return r
    }
    mutating func lowerFloatLanesComparison(_ p: ComparePredicate, _ size: FloatSize, _ reversed: Bool, _ inst: Inst, _ data: InstructionData) {
        let (a, b) = reversed ? (data.valueB, data.valueA) : (data.valueA, data.valueB)
        let right = vectorSource(b)
        code.emit(.packedCompare(p, size, result(inst), use(a), right, avx: avx))
    }

    // MARK: Minimum and maximum

    /// As of scalars (``Lowering/lowerExtreme``).
    private mutating func lowerLanesExtreme(_ op: FloatOperation, _ size: FloatSize, _ inst: Inst, _ data: InstructionData) {
        let isSingle = size == .single, dst = result(inst)
        let packedOp: PackedOperation = op == .min ? isSingle ? .minps : .minpd : isSingle ? .maxps : .maxpd
        if let bound = laneBound(data.valueB, op, size) { return lowerLanesBounded(packedOp, bound, size, inst, data) }
        let (a, b) = (use(data.valueA), use(data.valueB))
        guard avx else { return op == .min ? emitLanesMinimum(packedOp, a, b, size, inst) : emitLanesMaximum(packedOp, a, b, size, inst) }
        let extreme = vectorTemporary()
        if uses(.avx512vl) && uses(.avx512dq) {
            code.emit(.shuffle(isSingle ? .rangeps : .rangepd, extreme, a, .register(b), control: op == .min ? 4 : 5, avx: true))
        } else {
            packed(op == .min ? .orps : .andps, packed(packedOp, a, b), packed(packedOp, b, a), into: extreme)
        }
        let sum = packed(isSingle ? .addps : .addpd, a, b), unordered = comparison(.unord, size, a, .register(b))
        code.emit(.blend(isSingle ? .blendvps : .blendvpd, dst, extreme, .register(sum), mask: unordered, avx: true))
    }
    private mutating func emitLanesMinimum(_ op: PackedOperation, _ a: Register, _ b: Register, _ size: FloatSize, _ inst: Inst) {
        quietLanes(packed(.orps, packed(op, a, b), packed(op, b, a)), size, inst)
    }
    private mutating func emitLanesMaximum(_ op: PackedOperation, _ a: Register, _ b: Register, _ size: FloatSize, _ inst: Inst) {
        let (forth, back) = (packed(op, a, b), packed(op, b, a))
        let difference = packed(.xorps, forth, back)
        quietLanes(packed(size == .single ? .subps : .subpd, packed(.orps, back, difference), difference), size, inst)
    }

    /// What all lanes of a constant have in common as bounds.
    private func laneBound(_ value: Value, _ op: FloatOperation, _ size: FloatSize) -> Bound? {
        guard let constant = vectorConstant(value) else { return nil }
        var lanes = [constant.low, constant.high].map { Double(bitPattern: $0) }
        if size == .single {
            lanes = [constant.low, constant.low >> 32, constant.high, constant.high >> 32].map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
        }
        guard let first = Bound(lanes[0], op), lanes.allSatisfy({ Bound($0, op) == first }) else { return nil }
        return first
    }
    private mutating func lowerLanesBounded(_ op: PackedOperation, _ bound: Bound, _ size: FloatSize, _ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        let x = vectorSource(data.valueA), constant = use(data.valueB)
        if bound == .quiet && areLanesQuiet(data.valueA) { return packed(op, constant, x, into: dst) }
        let extreme = vectorTemporary()
        packed(op, constant, x, into: extreme)
        let zero: UInt64 = bound == .addZero ? 0 : size == .single ? 1 << 31 : 1 << 63
        packed(size == .single ? .addps : .addpd, extreme, .memory(poolLanes(size == .single ? .l : .q, zero)), into: dst)
    }
    /// Whether a vector is computed by an operation that gives no signalling NaN.
    private func areLanesQuiet(_ value: Value) -> Bool {
        guard let inst = dfg.definition(value), dfg.instructions[inst].opcode == .vunary || dfg.instructions[inst].opcode == .vbinary else { return false }
        switch dfg.instructions[inst].vectorOperation {
        case .f32x4Add, .f32x4Sub, .f32x4Mul, .f32x4Div, .f32x4Min, .f32x4Max, .f32x4Sqrt, .f32x4Ceil, .f32x4Floor, .f32x4Trunc, .f32x4Nearest,
            .f32x4ConvertI32x4S, .f32x4ConvertI32x4U, .f64x2Add, .f64x2Sub, .f64x2Mul, .f64x2Div, .f64x2Min, .f64x2Max, .f64x2Sqrt, .f64x2Ceil,
            .f64x2Floor, .f64x2Trunc, .f64x2Nearest, .f64x2ConvertLowI32x4S, .f64x2ConvertLowI32x4U: return true
        default: return false
        }
    }
    /// Lanes of `x`, the canonical NaN where `x` is a NaN with whatever payload.
    private mutating func quietLanes(_ x: Register, _ size: FloatSize, _ inst: Inst) {
        let unordered = comparison(.unord, size, x, .register(x))
        let payload = size == .single ? shift(.psrld, unordered, .immediate(10)) : shift(.psrlq, unordered, .immediate(13))
        packed(.andnps, payload, packed(.orps, x, unordered), into: result(inst))
    }

    // MARK: To integers

    /// The conversion gives the smallest integer for what does not fit: right below, and the complement of what is right above.
    private mutating func lowerTruncateSigned(_ inst: Inst, _ data: InstructionData) {
        let x = use(data.valueA)
        let number = packed(.andps, comparison(.eq, .single, x, .register(x)), x)
        let above = comparison(.nlt, .single, number, .memory(poolLanes(.l, UInt64(Float(2147483648).bitPattern))))
        packed(.pxor, unary(.cvttps2dq, number), above, into: result(inst))
    }
    /// `x`, or +0 for what is negative or a NaN: the instruction returns its second operand then.
    private mutating func clampedToZero(_ op: PackedOperation, _ value: Value) -> Register { packed(op, use(value), zeroVector()) }

    /// Below 2^31 the first conversion is right and the second adds nothing; above, the first gives 2^31 and the second the rest, at most 2^31 - 1.
    private mutating func lowerTruncateUnsigned(_ inst: Inst, _ data: InstructionData) {
        let x = clampedToZero(.maxps, data.valueA)
        if uses(.avx512vl) { return code.emit(.packedUnary(.cvttps2udq, result(inst), .register(x), avx: true)) }
        let half = poolLanes(.l, UInt64(Float(2147483648).bitPattern))
        let rest = packed(.subps, x, half)
        let above = comparison(.nlt, .single, rest, .memory(half))
        let upper = packed(.pxor, unary(.cvttps2dq, rest), above)
        packed(.paddd, unary(.cvttps2dq, x), packed(.pmaxsd, upper, zeroVector()), into: result(inst))
    }
    /// The instruction's own result for what does not fit; without it, the exact one.
    private mutating func lowerRelaxedTruncate(_ op: PackedUnaryOperation, _ inst: Inst, _ data: InstructionData) {
        if uses(.avx512vl) { return code.emit(.packedUnary(op, result(inst), vectorSource(data.valueA), avx: true)) }
        op == .cvttps2udq ? lowerTruncateUnsigned(inst, data) : lowerTruncateDoubleUnsigned(inst, data)
    }
    /// The smaller of `x` and the greatest integer, or 0 for a NaN: the instruction returns its second operand then.
    private mutating func lowerTruncateDoubleSigned(_ inst: Inst, _ data: InstructionData) {
        let x = use(data.valueA)
        let limit = packed(.andps, comparison(.eq, .double, x, .register(x)), poolLanes(.q, Double(2147483647).bitPattern))
        code.emit(.packedUnary(.cvttpd2dq, result(inst), .register(packed(.minpd, x, limit)), avx: avx))
    }
    /// Added to 2^52, an integer is the low word.
    private mutating func lowerTruncateDoubleUnsigned(_ inst: Inst, _ data: InstructionData) {
        let x = clampedToZero(.maxpd, data.valueA)
        if uses(.avx512vl) { return code.emit(.packedUnary(.cvttpd2udq, result(inst), .register(x), avx: true)) }
        let clamped = packed(.minpd, x, poolLanes(.q, Double(4294967295).bitPattern))
        let whole = vectorTemporary()
        code.emit(.packedRound(.towardZero, .double, whole, .register(clamped), avx: avx))
        let words = packed(.addpd, whole, poolLanes(.q, Double(1 << 52).bitPattern))
        code.emit(.shuffle(.shufps, result(inst), words, .register(zeroVector()), control: 0x88, avx: avx))
    }

    // MARK: From integers

    /// The lower 16 bits under the exponent of 2^23, the upper ones under that of 2^39: both exact, so that only their sum is rounded.
    private mutating func lowerConvertUnsigned(_ inst: Inst, _ data: InstructionData) {
        if uses(.avx512vl) {
            return code.emit(.packedUnary(.cvtudq2ps, result(inst), vectorSource(data.valueA), avx: true))
        }
        let x = use(data.valueA)
        let (low, high) = (vectorTemporary(), vectorTemporary())
        code.emit(.shuffle(.pblendw, low, x, .memory(poolLanes(.l, UInt64(Float(1 << 23).bitPattern))), control: 0xaa, avx: avx))
        let upper = shift(.psrld, x, .immediate(16))
        code.emit(.shuffle(.pblendw, high, upper, .memory(poolLanes(.l, UInt64(Float(1 << 39).bitPattern))), control: 0xaa, avx: avx))
        let exact = packed(.subps, high, poolLanes(.l, UInt64(Float((1 << 39) + (1 << 23)).bitPattern)))
        packed(.addps, exact, low, into: result(inst))
    }
    /// Below the exponent of 2^52.
    private mutating func lowerConvertLowUnsigned(_ inst: Inst, _ data: InstructionData) {
        if uses(.avx512vl) {
            return code.emit(.packedUnary(.cvtudq2pd, result(inst), .register(use(data.valueA)), avx: true))
        }
        let limit = Double(1 << 52).bitPattern
        let sum = packed(.punpckldq, use(data.valueA), poolLanes(.l, limit >> 32))
        packed(.subpd, sum, .memory(poolLanes(.q, limit)), into: result(inst))
    }
}
