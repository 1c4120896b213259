import PrecastIR

/// WebAssembly's vector operations, lane by lane, as the specification writes them. A scalar operand or result is in the low half.
///
/// Which lanes an operation has and what it does to them is read off its name. A relaxed operation does what x86-64 does without FMA and AVX.
enum VectorArithmetic {
    typealias Bits = SIMD2<UInt64>

    /// - Parameter immediate: the lane number, where the operation has one. The lanes of a shuffle are `c`.
    static func evaluate(_ op: VectorOperation, _ a: Bits, _ b: Bits, _ c: Bits, immediate: Int) throws(MachineError) -> Bits {
        switch kinds[Int(op.rawValue)] {
        case .integer(let shape, let kind):
            let operands = Lanes(a: a, b: b, lane: immediate)
            switch shape {
            case .i8x16: return operands.integer(kind, SIMD16<Int8>.self, SIMD16<UInt8>.self)
            case .i16x8: return operands.integer(kind, SIMD8<Int16>.self, SIMD8<UInt16>.self)
            case .i32x4: return operands.integer(kind, SIMD4<Int32>.self, SIMD4<UInt32>.self)
            default: return operands.integer(kind, SIMD2<Int64>.self, SIMD2<UInt64>.self)
            }
        case .float(let shape, let kind):
            if shape == .f32x4 { return float(kind, SIMD4<Float>.self, SIMD4<Int32>.self, a, b, c, immediate) }
            return float(kind, SIMD2<Double>.self, SIMD2<Int64>.self, a, b, c, immediate)
        case .other: return try other(op, a, b, c)
        }
    }

    // MARK: Kinds

    enum Shape: String { case i8x16, i16x8, i32x4, i64x2, f32x4, f64x2 }
    enum IntegerKind: String {
        case add, sub, mul, neg, abs, popcnt, splat, scalar, bitmask, shl
        case addSatS = "add_sat_s", addSatU = "add_sat_u", subSatS = "sub_sat_s", subSatU = "sub_sat_u", averageU = "avgr_u"
        case minS = "min_s", minU = "min_u", maxS = "max_s", maxU = "max_u", shrS = "shr_s", shrU = "shr_u", allTrue = "all_true"
        case eq, ne, ltS = "lt_s", ltU = "lt_u", gtS = "gt_s", gtU = "gt_u", leS = "le_s", leU = "le_u", geS = "ge_s", geU = "ge_u"
        case extract = "extract_lane", extractS = "extract_lane_s", extractU = "extract_lane_u", replace = "replace_lane"
        case q15mulrSatS = "q15mulr_sat_s", relaxedQ15mulrS = "relaxed_q15mulr_s"
    }
    enum FloatKind: String {
        case add, sub, mul, div, min, max, pmin, pmax, abs, neg, sqrt, ceil, floor, trunc, nearest, splat
        case eq, ne, lt, gt, le, ge
        case extract = "extract_lane", replace = "replace_lane", multiplyAdd = "relaxed_madd", negatedMultiplyAdd = "relaxed_nmadd"
    }
    private enum Kind {
        case integer(Shape, IntegerKind)
        case float(Shape, FloatKind)
        case other
    }
    private static let kinds = VectorOperation.allCases.map { op -> Kind in
        let parts = op.name.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let shape = Shape(rawValue: String(parts[0])) else { return .other }
        let name = String(parts[1])
        if shape == .f32x4 || shape == .f64x2 { return FloatKind(rawValue: name).map { .float(shape, $0) } ?? .other }
        return IntegerKind(rawValue: name).map { .integer(shape, $0) } ?? .other
    }

    // MARK: Lanes

    @inline(__always) static func lanes<V: SIMD>(_ bits: Bits, as type: V.Type = V.self) -> V { unsafeBitCast(bits, to: V.self) }
    @inline(__always) static func each<V: SIMD>(_ type: V.Type, _ lane: (Int) -> V.Scalar) -> Bits {
        var vector = V()
        for i in 0..<V.scalarCount { vector[i] = lane(i) }
        return unsafeBitCast(vector, to: Bits.self)
    }
    /// All ones in the lanes where a condition holds.
    @inline(__always) static func mask<V: SIMD>(_ type: V.Type, _ holds: (Int) -> Bool) -> Bits where V.Scalar: FixedWidthInteger {
        each(type) { holds($0) ? ~0 : 0 }
    }

    // MARK: Operations without a shape

    private static func other(_ op: VectorOperation, _ a: Bits, _ b: Bits, _ c: Bits) throws(MachineError) -> Bits {
        switch op {
        case .v128Not: ~a
        case .v128And: a & b
        case .v128Andnot: a & ~b
        case .v128Or: a | b
        case .v128Xor: a ^ b
        case .v128Bitselect, .i8x16RelaxedLaneselect, .i32x4RelaxedLaneselect, .i64x2RelaxedLaneselect: a & c | b & ~c
        case .v128AnyTrue: Bits(a == Bits() ? 0 : 1, 0)
        case .i8x16Swizzle, .i8x16RelaxedSwizzle: swizzle(a, b, wraps: op == .i8x16RelaxedSwizzle)
        case .i8x16Shuffle: shuffle(a, b, c)
        default: try widening(op, a, b, c)
        }
    }
    private static func swizzle(_ a: Bits, _ b: Bits, wraps: Bool) -> Bits {
        let bytes = lanes(a, as: SIMD16<UInt8>.self), indices = lanes(b, as: SIMD16<UInt8>.self)
        return each(SIMD16<UInt8>.self) { i in
            let isInside = indices[i] < (wraps ? 128 : 16)
            return isInside ? bytes[Int(indices[i] & 15)] : 0
        }
    }
    private static func shuffle(_ a: Bits, _ b: Bits, _ c: Bits) -> Bits {
        let first = lanes(a, as: SIMD16<UInt8>.self), second = lanes(b, as: SIMD16<UInt8>.self), indices = lanes(c, as: SIMD16<UInt8>.self)
        return each(SIMD16<UInt8>.self) { i in indices[i] < 16 ? first[Int(indices[i])] : second[Int(indices[i] & 15)] }
    }
}

/// Operands seen as integer lanes.
struct Lanes {
    typealias Bits = VectorArithmetic.Bits
    let a: Bits
    let b: Bits
    let lane: Int

    func integer<S: SIMD, U: SIMD>(_ kind: VectorArithmetic.IntegerKind, _: S.Type, _: U.Type) -> Bits
    where S.Scalar: FixedWidthInteger & SignedInteger, U.Scalar: FixedWidthInteger & UnsignedInteger {
        let s = VectorArithmetic.lanes(a, as: S.self), t = VectorArithmetic.lanes(b, as: S.self)
        let u = VectorArithmetic.lanes(a, as: U.self), v = VectorArithmetic.lanes(b, as: U.self)
        let count = U.Scalar(truncatingIfNeeded: b[0] & UInt64(U.Scalar.bitWidth - 1))
        func signed(_ f: (Int) -> S.Scalar) -> Bits { VectorArithmetic.each(S.self, f) }
        func unsigned(_ f: (Int) -> U.Scalar) -> Bits { VectorArithmetic.each(U.self, f) }
        func mask(_ f: (Int) -> Bool) -> Bits { VectorArithmetic.mask(S.self, f) }
        switch kind {
        case .add: return signed { s[$0] &+ t[$0] }
        case .sub: return signed { s[$0] &- t[$0] }
        case .mul: return signed { s[$0] &* t[$0] }
        case .neg: return signed { 0 &- s[$0] }
        case .abs: return signed { s[$0] < 0 ? 0 &- s[$0] : s[$0] }
        case .popcnt: return unsigned { U.Scalar(u[$0].nonzeroBitCount) }
        case .splat: return unsigned { _ in U.Scalar(truncatingIfNeeded: a[0]) }
        case .scalar: return unsigned { $0 == 0 ? U.Scalar(truncatingIfNeeded: a[0]) : 0 }
        case .bitmask: return Bits((0..<S.scalarCount).reduce(0) { $0 | (s[$1] < 0 ? 1 << UInt64($1) : 0) }, 0)
        case .allTrue: return Bits((0..<S.scalarCount).allSatisfy { s[$0] != 0 } ? 1 : 0, 0)
        case .shl: return unsigned { u[$0] << count }
        case .shrU: return unsigned { u[$0] >> count }
        case .shrS: return signed { s[$0] >> S.Scalar(truncatingIfNeeded: count) }
        case .addSatS: return signed { S.Scalar(clamping: Int(s[$0]) + Int(t[$0])) }
        case .addSatU: return unsigned { U.Scalar(clamping: Int(u[$0]) + Int(v[$0])) }
        case .subSatS: return signed { S.Scalar(clamping: Int(s[$0]) - Int(t[$0])) }
        case .subSatU: return unsigned { U.Scalar(clamping: Int(u[$0]) - Int(v[$0])) }
        case .averageU: return unsigned { average(u[$0], v[$0]) }
        case .minS: return signed { min(s[$0], t[$0]) }
        case .minU: return unsigned { min(u[$0], v[$0]) }
        case .maxS: return signed { max(s[$0], t[$0]) }
        case .maxU: return unsigned { max(u[$0], v[$0]) }
        case .eq: return mask { s[$0] == t[$0] }
        case .ne: return mask { s[$0] != t[$0] }
        case .ltS: return mask { s[$0] < t[$0] }
        case .ltU: return mask { u[$0] < v[$0] }
        case .gtS: return mask { s[$0] > t[$0] }
        case .gtU: return mask { u[$0] > v[$0] }
        case .leS: return mask { s[$0] <= t[$0] }
        case .leU: return mask { u[$0] <= v[$0] }
        case .geS: return mask { s[$0] >= t[$0] }
        case .geU: return mask { u[$0] >= v[$0] }
        case .extract, .extractU: return Bits(UInt64(u[lane]), 0)
        case .extractS: return Bits(UInt64(UInt32(truncatingIfNeeded: s[lane])), 0)
        case .replace: return unsigned { $0 == lane ? U.Scalar(truncatingIfNeeded: b[0]) : u[$0] }
        case .q15mulrSatS: return signed { S.Scalar(clamping: roundedProduct(s[$0], t[$0])) }
        case .relaxedQ15mulrS: return signed { S.Scalar(truncatingIfNeeded: roundedProduct(s[$0], t[$0])) }
        }
    }
    private func average<I: FixedWidthInteger>(_ x: I, _ y: I) -> I { I((Int(x) + Int(y) + 1) / 2) }
    /// The product of two fractions of 15 bits.
    private func roundedProduct<I: FixedWidthInteger>(_ x: I, _ y: I) -> Int { (Int(x) * Int(y) + 0x4000) >> 15 }
}
