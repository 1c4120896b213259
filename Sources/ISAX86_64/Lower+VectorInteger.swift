import PrecastIR
import PrecastMachineCode

/// Integer lanes, beyond what one instruction does.
extension Lowering {
    mutating func lowerIntegerLanes(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        switch data.vectorOperation {
        case .i64x2GtS: emitGreater64(dst, use(data.valueA), use(data.valueB))
        case .i64x2LtS: emitGreater64(dst, use(data.valueB), use(data.valueA))
        case .i64x2LeS: emitNotGreater64(dst, use(data.valueA), use(data.valueB))
        case .i64x2GeS: emitNotGreater64(dst, use(data.valueB), use(data.valueA))
        case .i64x2Abs: lowerAbsolute64(inst, data)
        case .i64x2Mul: lowerMultiply64(inst, data)
        case .i64x2ShrS: lowerShiftRightSigned64(inst, data)
        case .i8x16Shl, .i8x16ShrU: lowerByteShift(inst, data)
        case .i8x16ShrS: lowerByteShiftRightSigned(inst, data)
        case .i8x16Popcnt: lowerBytePopulationCount(inst, data)
        case .i16x8Q15mulrSatS: lowerRoundingMultiply(inst, data)
        case .i16x8ExtaddPairwiseI8x16S: packed(.pmaddubsw, loadLanes(.b, 1), vectorSource(data.valueA), into: dst)
        case .i16x8ExtaddPairwiseI8x16U: packed(.pmaddubsw, use(data.valueA), .memory(poolLanes(.b, 1)), into: dst)
        case .i32x4ExtaddPairwiseI16x8S: packed(.pmaddwd, use(data.valueA), .memory(poolLanes(.w, 1)), into: dst)
        case .i32x4ExtaddPairwiseI16x8U:
            // As signed words each is 2^15 less.
            let signed = packed(.pxor, use(data.valueA), poolLanes(.w, 0x8000))
            packed(.paddd, packed(.pmaddwd, signed, poolLanes(.w, 1)), .memory(poolLanes(.l, 0x10000)), into: dst)
        case .i16x8ExtendHighI8x16S: emitExtendHigh(.pmovsxbw, dst, use(data.valueA))
        case .i32x4ExtendHighI16x8S: emitExtendHigh(.pmovsxwd, dst, use(data.valueA))
        case .i64x2ExtendHighI32x4S: emitExtendHigh(.pmovsxdq, dst, use(data.valueA))
        case .i16x8ExtendHighI8x16U: packed(.punpckhbw, use(data.valueA), zeroVector(), into: dst)
        case .i32x4ExtendHighI16x8U: packed(.punpckhwd, use(data.valueA), zeroVector(), into: dst)
        case .i64x2ExtendHighI32x4U: packed(.punpckhdq, use(data.valueA), zeroVector(), into: dst)
        case .i16x8ExtmulLowI8x16S: emitMultiplyBytes(dst, unary(.pmovsxbw, use(data.valueA)), unary(.pmovsxbw, use(data.valueB)))
        case .i16x8ExtmulLowI8x16U: emitMultiplyBytes(dst, unary(.pmovzxbw, use(data.valueA)), unary(.pmovzxbw, use(data.valueB)))
        case .i16x8ExtmulHighI8x16S: emitMultiplyBytes(dst, extendedHigh(.pmovsxbw, data.valueA), extendedHigh(.pmovsxbw, data.valueB))
        case .i16x8ExtmulHighI8x16U: lowerMultiplyHighBytes(inst, data)
        case .i32x4ExtmulLowI16x8S: lowerMultiplyWords(.pmulhw, .punpcklwd, inst, data)
        case .i32x4ExtmulHighI16x8S: lowerMultiplyWords(.pmulhw, .punpckhwd, inst, data)
        case .i32x4ExtmulLowI16x8U: lowerMultiplyWords(.pmulhuw, .punpcklwd, inst, data)
        case .i32x4ExtmulHighI16x8U: lowerMultiplyWords(.pmulhuw, .punpckhwd, inst, data)
        case .i64x2ExtmulLowI32x4S: packed(.pmuldq, lanes(use(data.valueA), 0x50), lanes(use(data.valueB), 0x50), into: dst)
        case .i64x2ExtmulHighI32x4S: packed(.pmuldq, lanes(use(data.valueA), 0xfa), lanes(use(data.valueB), 0xfa), into: dst)
        case .i64x2ExtmulLowI32x4U: packed(.pmuludq, lanes(use(data.valueA), 0x50), lanes(use(data.valueB), 0x50), into: dst)
        case .i64x2ExtmulHighI32x4U: packed(.pmuludq, lanes(use(data.valueA), 0xfa), lanes(use(data.valueB), 0xfa), into: dst)
        default: preconditionFailure("no lowering of \(data.vectorOperation.name)")
        }
    }

    // MARK: Comparisons

    mutating func lowerBoundComparison(_ bound: PackedOperation, _ equality: PackedOperation, inverted: Bool, _ inst: Inst, _ data: InstructionData) {
        let a = use(data.valueA)
        let nearer = vectorTemporary()
        packed(bound, a, vectorSource(data.valueB), into: nearer)
        if !inverted { return packed(equality, nearer, .register(a), into: result(inst)) }
        packed(.pxor, packed(equality, nearer, a), onesVector(), into: result(inst))
    }
    mutating func lowerInequality(_ equality: PackedOperation, _ inst: Inst, _ data: InstructionData) {
        let equal = vectorTemporary()
        packed(equality, use(data.valueA), vectorSource(data.valueB), into: equal)
        packed(.pxor, equal, onesVector(), into: result(inst))
    }
    /// Without SSE4.2: the upper halves decide, and where they are equal the borrow of `b - a` does.
    private mutating func emitGreater64(_ dst: Register, _ a: Register, _ b: Register) {
        if uses(.sse42) {
            packed(.pcmpgtq, a, b, into: dst)
            return
        }
        let borrow = packed(.pand, packed(.psubq, b, a), packed(.pcmpeqd, a, b))
        let greater = packed(.por, borrow, packed(.pcmpgtd, a, b))
        code.emit(.shuffle(.pshufd, dst, .register(greater), control: 0xf5, avx: avx))
    }
    private mutating func emitNotGreater64(_ dst: Register, _ a: Register, _ b: Register) {
        let greater = vectorTemporary()
        emitGreater64(greater, a, b)
        packed(.pxor, greater, onesVector(), into: dst)
    }

    // MARK: Shifts

    /// A count below `width` in the low bits of a vector, `bias` added.
    private mutating func shiftCount(_ value: Value, width: UInt8, bias: Int32 = 0) -> Register {
        let masked = temporary()
        code.emit(.alu(.and, .l, masked, useLow(value), .immediate(Int32(width) - 1)))
        var count = masked
        if bias != 0 {
            count = temporary()
            code.emit(.lea(.l, count, .base(masked, bias)))
        }
        let r = vectorTemporary()
        code.emit(.moveToFloat(.l, r, .register(count), avx: avx))
        return r
    }
    private func constantCount(_ value: Value, width: UInt8) -> UInt8? {
        dfg.integerConstant(value).map { UInt8(truncatingIfNeeded: $0) & (width - 1) }
    }

    mutating func lowerPackedShift(_ op: PackedShift, _ width: UInt8, _ inst: Inst, _ data: InstructionData) {
        let x = use(data.valueA)
        if let n = constantCount(data.valueB, width: width) {
            return code.emit(.packedShift(op, result(inst), x, .immediate(n), avx: avx))
        }
        code.emit(.packedShift(op, result(inst), x, .register(shiftCount(data.valueB, width: width)), avx: avx))
    }
    /// Words are shifted, and the bits that came from the neighbour cleared.
    private mutating func lowerByteShift(_ inst: Inst, _ data: InstructionData) {
        let isLeft = data.vectorOperation == .i8x16Shl
        let op: PackedShift = isLeft ? .psllw : .psrlw
        let x = use(data.valueA)
        if let n = constantCount(data.valueB, width: 8) {
            let mask: UInt64 = isLeft ? 0xff << UInt64(n) & 0xff : 0xff >> UInt64(n)
            return packed(.pand, shift(op, x, .immediate(n)), .memory(poolLanes(.b, mask)), into: result(inst))
        }
        let count = shiftCount(data.valueB, width: 8)
        let shifted = shift(op, x, .register(count))
        let ones = shift(op, onesVector(), .register(count))
        // The byte at the end that bits leave is the mask of all bytes.
        let mask = isLeft ? packed(.pshufb, ones, zeroVector()) : packed(.pshufb, ones, poolLanes(.b, 1))
        packed(.pand, shifted, mask, into: result(inst))
    }
    /// Each byte as the upper one of a word.
    private mutating func lowerByteShiftRightSigned(_ inst: Inst, _ data: InstructionData) {
        let x = use(data.valueA)
        let count: PackedShiftCount
        if let n = constantCount(data.valueB, width: 8) {
            count = .immediate(n + 8)
        } else {
            count = .register(shiftCount(data.valueB, width: 8, bias: 8))
        }
        let low = shift(.psraw, packed(.punpcklbw, x, x), count)
        let high = shift(.psraw, packed(.punpckhbw, x, x), count)
        packed(.packsswb, low, high, into: result(inst))
    }
    /// `(logical ^ m) - m` extends the sign from where `m`, the shifted sign bit, is.
    private mutating func lowerShiftRightSigned64(_ inst: Inst, _ data: InstructionData) {
        let x = use(data.valueA)
        let constant = constantCount(data.valueB, width: 64)
        let count: PackedShiftCount = if let constant { .immediate(constant) } else { .register(shiftCount(data.valueB, width: 64)) }
        if uses(.avx512vl) { return code.emit(.packedShift(.psraq, result(inst), x, count, avx: true)) }
        if constant == 63 {
            return code.emit(.shuffle(.pshufd, result(inst), .register(shift(.psrad, x, .immediate(31))), control: 0xf5, avx: avx))
        }
        let logical = shift(.psrlq, x, count)
        let sign: Register = if let constant { loadLanes(.q, 1 << (63 - UInt64(constant))) } else { shift(.psrlq, loadLanes(.q, 1 << 63), count) }
        packed(.psubq, packed(.pxor, logical, sign), sign, into: result(inst))
    }

    // MARK: Arithmetic

    private mutating func lowerAbsolute64(_ inst: Inst, _ data: InstructionData) {
        if uses(.avx512vl) {
            return code.emit(.packedUnary(.pabsq, result(inst), vectorSource(data.valueA), avx: true))
        }
        let x = use(data.valueA)
        let sign = lanes(shift(.psrad, x, .immediate(31)), 0xf5)
        packed(.psubq, packed(.pxor, x, sign), sign, into: result(inst))
    }
    /// Of the four products of halves the upper one is beyond the result.
    private mutating func lowerMultiply64(_ inst: Inst, _ data: InstructionData) {
        if uses(.avx512vl) && uses(.avx512dq) {
            return packed(.pmullq, use(data.valueA), vectorSource(data.valueB), into: result(inst))
        }
        let (a, b) = (use(data.valueA), use(data.valueB))
        let left = packed(.pmuludq, shift(.psrlq, a, .immediate(32)), b)
        let right = packed(.pmuludq, shift(.psrlq, b, .immediate(32)), a)
        let crossed = shift(.psllq, packed(.paddq, left, right), .immediate(32))
        packed(.paddq, packed(.pmuludq, a, b), crossed, into: result(inst))
    }
    private mutating func lowerBytePopulationCount(_ inst: Inst, _ data: InstructionData) {
        if uses(.avx512bitalg) && uses(.avx512vl) {
            return code.emit(.packedUnary(.popcntb, result(inst), vectorSource(data.valueA), avx: true))
        }
        let x = use(data.valueA)
        let table = vectorTemporary()
        code.emit(.loadVector(table, pool(VectorConstantData(low: 0x0302_0201_0201_0100, high: 0x0403_0302_0302_0201)), avx: avx))
        let low = packed(.pand, x, poolLanes(.b, 15))
        let high = packed(.pand, shift(.psrlw, x, .immediate(4)), poolLanes(.b, 15))
        packed(.paddb, packed(.pshufb, table, low), packed(.pshufb, table, high), into: result(inst))
    }
    /// The instruction overflows for the product of the two smallest only, to 0x8000.
    private mutating func lowerRoundingMultiply(_ inst: Inst, _ data: InstructionData) {
        let product = packed(.pmulhrsw, use(data.valueA), use(data.valueB))
        packed(.pxor, product, packed(.pcmpeqw, product, poolLanes(.w, 0x8000)), into: result(inst))
    }

    // MARK: Widening

    private mutating func emitExtendHigh(_ op: PackedUnaryOperation, _ dst: Register, _ x: Register) {
        code.emit(.packedUnary(op, dst, .register(lanes(x, 0xee)), avx: avx))
    }
    private mutating func extendedHigh(_ op: PackedUnaryOperation, _ value: Value) -> Register {
        unary(op, lanes(use(value), 0xee))
    }
    private mutating func emitMultiplyBytes(_ dst: Register, _ a: Register, _ b: Register) { packed(.pmullw, a, b, into: dst) }
    private mutating func lowerMultiplyHighBytes(_ inst: Inst, _ data: InstructionData) {
        let zero = zeroVector()
        emitMultiplyBytes(result(inst), packed(.punpckhbw, use(data.valueA), zero), packed(.punpckhbw, use(data.valueB), zero))
    }
    /// Lower and upper halves of the products, interleaved.
    private mutating func lowerMultiplyWords(_ high: PackedOperation, _ interleave: PackedOperation, _ inst: Inst, _ data: InstructionData) {
        let (a, b) = (use(data.valueA), use(data.valueB))
        packed(interleave, packed(.pmullw, a, b), packed(high, a, b), into: result(inst))
    }
}
