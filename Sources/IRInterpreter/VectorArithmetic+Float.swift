import PrecastIR

/// Floating-point lanes. A NaN that is computed is the positive canonical one.
extension VectorArithmetic {
    static func float<F: SIMD, M: SIMD>(
        _ kind: FloatKind, _ type: F.Type, _ masks: M.Type, _ a: Bits, _ b: Bits, _ c: Bits, _ lane: Int
    ) -> Bits where F.Scalar: BinaryFloatingPoint, M.Scalar: FixedWidthInteger {
        let x = lanes(a, as: type), y = lanes(b, as: type), z = lanes(c, as: type)
        func canonical(_ f: (Int) -> F.Scalar) -> Bits {
            each(F.self) { i in
                let result = f(i)
                return result.isNaN ? F.Scalar.nan : result
            }
        }
        func mask(_ f: (Int) -> Bool) -> Bits { VectorArithmetic.mask(M.self, f) }
        switch kind {
        case .add: return canonical { x[$0] + y[$0] }
        case .sub: return canonical { x[$0] - y[$0] }
        case .mul: return canonical { x[$0] * y[$0] }
        case .div: return canonical { x[$0] / y[$0] }
        case .multiplyAdd: return canonical { x[$0] * y[$0] + z[$0] }
        case .negatedMultiplyAdd: return canonical { z[$0] - x[$0] * y[$0] }
        case .min: return canonical { minimum(x[$0], y[$0]) }
        case .max: return canonical { -minimum(-x[$0], -y[$0]) }
        case .pmin: return each(F.self) { y[$0] < x[$0] ? y[$0] : x[$0] }
        case .pmax: return each(F.self) { x[$0] < y[$0] ? y[$0] : x[$0] }
        case .abs: return each(F.self) { x[$0].sign == .minus ? -x[$0] : x[$0] }
        case .neg: return each(F.self) { -x[$0] }
        case .sqrt: return canonical { x[$0].squareRoot() }
        case .ceil: return canonical { x[$0].rounded(.up) }
        case .floor: return canonical { x[$0].rounded(.down) }
        case .trunc: return canonical { x[$0].rounded(.towardZero) }
        case .nearest: return canonical { x[$0].rounded(.toNearestOrEven) }
        case .eq: return mask { x[$0] == y[$0] }
        case .ne: return mask { x[$0] != y[$0] }
        case .lt: return mask { x[$0] < y[$0] }
        case .gt: return mask { x[$0] > y[$0] }
        case .le: return mask { x[$0] <= y[$0] }
        case .ge: return mask { x[$0] >= y[$0] }
        // Lanes that are only moved keep their bits.
        case .splat: return moved(M.self) { _ in 0 } from: { _ in a }
        case .extract: return Bits(UInt64(truncatingIfNeeded: lanes(a, as: masks)[lane]) & (.max >> UInt64(64 - M.Scalar.bitWidth)), 0)
        case .replace: return moved(M.self) { $0 == lane ? 0 : $0 } from: { $0 == lane ? b : a }
        }
    }
    /// Lane i is lane `index(i)` of `source(i)`.
    private static func moved<M: SIMD>(_ type: M.Type, _ index: (Int) -> Int, from source: (Int) -> Bits) -> Bits {
        each(type) { lanes(source($0), as: type)[index($0)] }
    }
    private static func minimum<F: BinaryFloatingPoint>(_ x: F, _ y: F) -> F {
        x.isNaN || y.isNaN ? F.nan : x == y ? (x.sign == .minus ? x : y) : x < y ? x : y
    }

    // MARK: Wider and narrower lanes

    static func widening(_ op: VectorOperation, _ a: Bits, _ b: Bits, _ c: Bits) throws(MachineError) -> Bits {
        switch op {
        case .i16x8ExtendLowI8x16S: extend(SIMD16<Int8>.self, SIMD8<Int16>.self, a, high: false)
        case .i16x8ExtendHighI8x16S: extend(SIMD16<Int8>.self, SIMD8<Int16>.self, a, high: true)
        case .i16x8ExtendLowI8x16U: extend(SIMD16<UInt8>.self, SIMD8<UInt16>.self, a, high: false)
        case .i16x8ExtendHighI8x16U: extend(SIMD16<UInt8>.self, SIMD8<UInt16>.self, a, high: true)
        case .i32x4ExtendLowI16x8S: extend(SIMD8<Int16>.self, SIMD4<Int32>.self, a, high: false)
        case .i32x4ExtendHighI16x8S: extend(SIMD8<Int16>.self, SIMD4<Int32>.self, a, high: true)
        case .i32x4ExtendLowI16x8U: extend(SIMD8<UInt16>.self, SIMD4<UInt32>.self, a, high: false)
        case .i32x4ExtendHighI16x8U: extend(SIMD8<UInt16>.self, SIMD4<UInt32>.self, a, high: true)
        case .i64x2ExtendLowI32x4S: extend(SIMD4<Int32>.self, SIMD2<Int64>.self, a, high: false)
        case .i64x2ExtendHighI32x4S: extend(SIMD4<Int32>.self, SIMD2<Int64>.self, a, high: true)
        case .i64x2ExtendLowI32x4U: extend(SIMD4<UInt32>.self, SIMD2<UInt64>.self, a, high: false)
        case .i64x2ExtendHighI32x4U: extend(SIMD4<UInt32>.self, SIMD2<UInt64>.self, a, high: true)
        case .i16x8ExtmulLowI8x16S: multiply(SIMD16<Int8>.self, SIMD8<Int16>.self, a, b, high: false)
        case .i16x8ExtmulHighI8x16S: multiply(SIMD16<Int8>.self, SIMD8<Int16>.self, a, b, high: true)
        case .i16x8ExtmulLowI8x16U: multiply(SIMD16<UInt8>.self, SIMD8<UInt16>.self, a, b, high: false)
        case .i16x8ExtmulHighI8x16U: multiply(SIMD16<UInt8>.self, SIMD8<UInt16>.self, a, b, high: true)
        case .i32x4ExtmulLowI16x8S: multiply(SIMD8<Int16>.self, SIMD4<Int32>.self, a, b, high: false)
        case .i32x4ExtmulHighI16x8S: multiply(SIMD8<Int16>.self, SIMD4<Int32>.self, a, b, high: true)
        case .i32x4ExtmulLowI16x8U: multiply(SIMD8<UInt16>.self, SIMD4<UInt32>.self, a, b, high: false)
        case .i32x4ExtmulHighI16x8U: multiply(SIMD8<UInt16>.self, SIMD4<UInt32>.self, a, b, high: true)
        case .i64x2ExtmulLowI32x4S: multiply(SIMD4<Int32>.self, SIMD2<Int64>.self, a, b, high: false)
        case .i64x2ExtmulHighI32x4S: multiply(SIMD4<Int32>.self, SIMD2<Int64>.self, a, b, high: true)
        case .i64x2ExtmulLowI32x4U: multiply(SIMD4<UInt32>.self, SIMD2<UInt64>.self, a, b, high: false)
        case .i64x2ExtmulHighI32x4U: multiply(SIMD4<UInt32>.self, SIMD2<UInt64>.self, a, b, high: true)
        case .i16x8ExtaddPairwiseI8x16S: addPairs(SIMD16<Int8>.self, SIMD8<Int16>.self, a)
        case .i16x8ExtaddPairwiseI8x16U: addPairs(SIMD16<UInt8>.self, SIMD8<UInt16>.self, a)
        case .i32x4ExtaddPairwiseI16x8S: addPairs(SIMD8<Int16>.self, SIMD4<Int32>.self, a)
        case .i32x4ExtaddPairwiseI16x8U: addPairs(SIMD8<UInt16>.self, SIMD4<UInt32>.self, a)
        case .i8x16NarrowI16x8S: narrow(SIMD8<Int16>.self, SIMD16<Int8>.self, a, b)
        case .i8x16NarrowI16x8U: narrow(SIMD8<Int16>.self, SIMD16<UInt8>.self, a, b)
        case .i16x8NarrowI32x4S: narrow(SIMD4<Int32>.self, SIMD8<Int16>.self, a, b)
        case .i16x8NarrowI32x4U: narrow(SIMD4<Int32>.self, SIMD8<UInt16>.self, a, b)
        case .i32x4DotI16x8S: dotWords(a, b)
        case .i16x8RelaxedDotI8x16I7x16S: dotBytes(a, b)
        case .i32x4RelaxedDotI8x16I7x16AddS: addDotBytes(a, b, c)
        default: try conversion(op, a)
        }
    }
    private static func extend<N: SIMD, W: SIMD>(_ narrow: N.Type, _ wide: W.Type, _ a: Bits, high: Bool) -> Bits
    where N.Scalar: FixedWidthInteger, W.Scalar: FixedWidthInteger {
        let x = lanes(a, as: narrow), first = high ? W.scalarCount : 0
        return each(wide) { W.Scalar(x[first + $0]) }
    }
    private static func multiply<N: SIMD, W: SIMD>(_ narrow: N.Type, _ wide: W.Type, _ a: Bits, _ b: Bits, high: Bool) -> Bits
    where N.Scalar: FixedWidthInteger, W.Scalar: FixedWidthInteger {
        let x = lanes(extend(narrow, wide, a, high: high), as: wide), y = lanes(extend(narrow, wide, b, high: high), as: wide)
        return each(wide) { x[$0] &* y[$0] }
    }
    private static func addPairs<N: SIMD, W: SIMD>(_ narrow: N.Type, _ wide: W.Type, _ a: Bits) -> Bits
    where N.Scalar: FixedWidthInteger, W.Scalar: FixedWidthInteger {
        let x = lanes(a, as: narrow)
        return each(wide) { W.Scalar(x[2 * $0]) + W.Scalar(x[2 * $0 + 1]) }
    }
    private static func narrow<W: SIMD, N: SIMD>(_ wide: W.Type, _ narrow: N.Type, _ a: Bits, _ b: Bits) -> Bits
    where N.Scalar: FixedWidthInteger, W.Scalar: FixedWidthInteger {
        let x = lanes(a, as: wide), y = lanes(b, as: wide), half = W.scalarCount
        return each(narrow) { N.Scalar(clamping: $0 < half ? x[$0] : y[$0 - half]) }
    }
    private static func dotWords(_ a: Bits, _ b: Bits) -> Bits {
        let x = lanes(a, as: SIMD8<Int16>.self), y = lanes(b, as: SIMD8<Int16>.self)
        return each(SIMD4<Int32>.self) { Int32(x[2 * $0]) * Int32(y[2 * $0]) &+ Int32(x[2 * $0 + 1]) * Int32(y[2 * $0 + 1]) }
    }
    private static func dotBytes(_ a: Bits, _ b: Bits) -> Bits {
        let x = lanes(a, as: SIMD16<Int8>.self), y = lanes(b, as: SIMD16<UInt8>.self)
        return each(SIMD8<Int16>.self) { i in
            Int16(clamping: Int(x[2 * i]) * Int(y[2 * i]) + Int(x[2 * i + 1]) * Int(y[2 * i + 1]))
        }
    }
    private static func addDotBytes(_ a: Bits, _ b: Bits, _ c: Bits) -> Bits {
        let sums = lanes(addPairs(SIMD8<Int16>.self, SIMD4<Int32>.self, dotBytes(a, b)), as: SIMD4<Int32>.self)
        return bits(sums &+ lanes(c, as: SIMD4<Int32>.self))
    }
    private static func bits<V: SIMD>(_ vector: V) -> Bits { unsafeBitCast(vector, to: Bits.self) }

    // MARK: Conversions

    private static func conversion(_ op: VectorOperation, _ a: Bits) throws(MachineError) -> Bits {
        let singles = lanes(a, as: SIMD4<Float>.self), doubles = lanes(a, as: SIMD2<Double>.self)
        let signed = lanes(a, as: SIMD4<Int32>.self), unsigned = lanes(a, as: SIMD4<UInt32>.self)
        func canonical<F: BinaryFloatingPoint>(_ x: F) -> F { x.isNaN ? F.nan : x }
        switch op {
        case .f32x4ConvertI32x4S: return each(SIMD4<Float>.self) { Float(signed[$0]) }
        case .f32x4ConvertI32x4U: return each(SIMD4<Float>.self) { Float(unsigned[$0]) }
        case .f64x2ConvertLowI32x4S: return each(SIMD2<Double>.self) { Double(signed[$0]) }
        case .f64x2ConvertLowI32x4U: return each(SIMD2<Double>.self) { Double(unsigned[$0]) }
        case .f64x2PromoteLowF32x4: return each(SIMD2<Double>.self) { canonical(Double(singles[$0])) }
        case .f32x4DemoteF64x2Zero: return each(SIMD4<Float>.self) { $0 < 2 ? canonical(Float(doubles[$0])) : 0 }
        case .i32x4TruncSatF32x4S: return each(SIMD4<Int32>.self) { saturate(Double(singles[$0])) }
        case .i32x4TruncSatF32x4U, .i32x4RelaxedTruncF32x4U: return each(SIMD4<UInt32>.self) { saturate(Double(singles[$0])) }
        case .i32x4TruncSatF64x2SZero: return each(SIMD4<Int32>.self) { $0 < 2 ? saturate(doubles[$0]) : 0 }
        case .i32x4TruncSatF64x2UZero, .i32x4RelaxedTruncF64x2UZero: return each(SIMD4<UInt32>.self) { $0 < 2 ? saturate(doubles[$0]) : 0 }
        case .i32x4RelaxedTruncF32x4S: return each(SIMD4<Int32>.self) { truncate(Double(singles[$0])) }
        case .i32x4RelaxedTruncF64x2SZero: return each(SIMD4<Int32>.self) { $0 < 2 ? truncate(doubles[$0]) : 0 }
        default: throw .unsupported(op.name)
        }
    }
    /// The nearest integer towards zero, of those that the type has; 0 for a NaN.
    private static func saturate<I: FixedWidthInteger>(_ x: Double) -> I {
        if x.isNaN { return 0 }
        let whole = x.rounded(.towardZero)
        // 32-bit bounds are exact.
        return whole <= Double(I.min) ? I.min : whole >= Double(I.max) ? I.max : I(whole)
    }
    /// The smallest integer for what does not fit, as the instruction gives.
    private static func truncate(_ x: Double) -> Int32 { Int32(exactly: x.rounded(.towardZero)) ?? Int32.min }
}
