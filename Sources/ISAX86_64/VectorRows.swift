import PrecastIR

/// The vector operations that one instruction does, and the shapes that many share.
extension VectorOperation {
    /// dst = a op b.
    var packed: PackedOperation? {
        switch self {
        case .i8x16Add: .paddb
        case .i16x8Add: .paddw
        case .i32x4Add: .paddd
        case .i64x2Add: .paddq
        case .i8x16Sub: .psubb
        case .i16x8Sub: .psubw
        case .i32x4Sub: .psubd
        case .i64x2Sub: .psubq
        case .i8x16AddSatS: .paddsb
        case .i16x8AddSatS: .paddsw
        case .i8x16AddSatU: .paddusb
        case .i16x8AddSatU: .paddusw
        case .i8x16SubSatS: .psubsb
        case .i16x8SubSatS: .psubsw
        case .i8x16SubSatU: .psubusb
        case .i16x8SubSatU: .psubusw
        case .i16x8Mul: .pmullw
        case .i32x4Mul: .pmulld
        case .i32x4DotI16x8S: .pmaddwd
        case .v128And: .pand
        case .v128Or: .por
        case .v128Xor: .pxor
        case .i8x16Eq: .pcmpeqb
        case .i16x8Eq: .pcmpeqw
        case .i32x4Eq: .pcmpeqd
        case .i64x2Eq: .pcmpeqq
        case .i8x16GtS: .pcmpgtb
        case .i16x8GtS: .pcmpgtw
        case .i32x4GtS: .pcmpgtd
        case .i8x16MinS: .pminsb
        case .i16x8MinS: .pminsw
        case .i32x4MinS: .pminsd
        case .i8x16MinU: .pminub
        case .i16x8MinU: .pminuw
        case .i32x4MinU: .pminud
        case .i8x16MaxS: .pmaxsb
        case .i16x8MaxS: .pmaxsw
        case .i32x4MaxS: .pmaxsd
        case .i8x16MaxU: .pmaxub
        case .i16x8MaxU: .pmaxuw
        case .i32x4MaxU: .pmaxud
        case .i8x16AvgrU: .pavgb
        case .i16x8AvgrU: .pavgw
        case .i8x16NarrowI16x8S: .packsswb
        case .i8x16NarrowI16x8U: .packuswb
        case .i16x8NarrowI32x4S: .packssdw
        case .i16x8NarrowI32x4U: .packusdw
        case .f32x4Add: .addps
        case .f32x4Sub: .subps
        case .f32x4Mul: .mulps
        case .f32x4Div: .divps
        case .f64x2Add: .addpd
        case .f64x2Sub: .subpd
        case .f64x2Mul: .mulpd
        case .f64x2Div: .divpd
        case .i8x16RelaxedSwizzle: .pshufb
        case .i16x8RelaxedQ15mulrS: .pmulhrsw
        default: nil
        }
    }
    /// dst = b op a.
    var packedReversed: PackedOperation? {
        switch self {
        case .v128Andnot: .pandn
        case .i8x16LtS: .pcmpgtb
        case .i16x8LtS: .pcmpgtw
        case .i32x4LtS: .pcmpgtd
        // The instructions return their second operand unless the first is strictly less (greater).
        case .f32x4Pmin: .minps
        case .f32x4Pmax: .maxps
        case .f64x2Pmin: .minpd
        case .f64x2Pmax: .maxpd
        // The first operand's bytes are unsigned: in the second of the operator, of seven bits, that is allowed.
        case .i16x8RelaxedDotI8x16I7x16S: .pmaddubsw
        default: nil
        }
    }
    var packedUnary: PackedUnaryOperation? {
        switch self {
        case .i8x16Abs: .pabsb
        case .i16x8Abs: .pabsw
        case .i32x4Abs: .pabsd
        case .f32x4Sqrt: .sqrtps
        case .f64x2Sqrt: .sqrtpd
        case .f32x4ConvertI32x4S: .cvtdq2ps
        case .f32x4DemoteF64x2Zero: .cvtpd2ps
        case .i32x4RelaxedTruncF32x4S: .cvttps2dq
        case .i32x4RelaxedTruncF64x2SZero: .cvttpd2dq
        default: nil
        }
    }
    /// Of the low 64 bits.
    var packedUnaryLow: PackedUnaryOperation? {
        switch self {
        case .i16x8ExtendLowI8x16S: .pmovsxbw
        case .i32x4ExtendLowI16x8S: .pmovsxwd
        case .i64x2ExtendLowI32x4S: .pmovsxdq
        case .i16x8ExtendLowI8x16U: .pmovzxbw
        case .i32x4ExtendLowI16x8U: .pmovzxwd
        case .i64x2ExtendLowI32x4U: .pmovzxdq
        case .f64x2PromoteLowF32x4: .cvtps2pd
        case .f64x2ConvertLowI32x4S: .cvtdq2pd
        default: nil
        }
    }
    var rounding: (mode: RoundingMode, size: FloatSize)? {
        switch self {
        case .f32x4Ceil: (.up, .single)
        case .f32x4Floor: (.down, .single)
        case .f32x4Trunc: (.towardZero, .single)
        case .f32x4Nearest: (.nearestEven, .single)
        case .f64x2Ceil: (.up, .double)
        case .f64x2Floor: (.down, .double)
        case .f64x2Trunc: (.towardZero, .double)
        case .f64x2Nearest: (.nearestEven, .double)
        default: nil
        }
    }
    /// `reversed`: b p a.
    var floatComparison: (predicate: ComparePredicate, size: FloatSize, reversed: Bool)? {
        switch self {
        case .f32x4Eq: (.eq, .single, false)
        case .f32x4Ne: (.neq, .single, false)
        case .f32x4Lt: (.lt, .single, false)
        case .f32x4Gt: (.lt, .single, true)
        case .f32x4Le: (.le, .single, false)
        case .f32x4Ge: (.le, .single, true)
        case .f64x2Eq: (.eq, .double, false)
        case .f64x2Ne: (.neq, .double, false)
        case .f64x2Lt: (.lt, .double, false)
        case .f64x2Gt: (.lt, .double, true)
        case .f64x2Le: (.le, .double, false)
        case .f64x2Ge: (.le, .double, true)
        default: nil
        }
    }
    /// An order that holds exactly where the smaller (greater) of a and b is a; `inverted`: where it is not.
    var boundComparison: (bound: PackedOperation, equality: PackedOperation, inverted: Bool)? {
        switch self {
        case .i8x16LeS: (.pminsb, .pcmpeqb, false)
        case .i8x16LeU: (.pminub, .pcmpeqb, false)
        case .i8x16GeS: (.pmaxsb, .pcmpeqb, false)
        case .i8x16GeU: (.pmaxub, .pcmpeqb, false)
        case .i8x16GtU: (.pminub, .pcmpeqb, true)
        case .i8x16LtU: (.pmaxub, .pcmpeqb, true)
        case .i16x8LeS: (.pminsw, .pcmpeqw, false)
        case .i16x8LeU: (.pminuw, .pcmpeqw, false)
        case .i16x8GeS: (.pmaxsw, .pcmpeqw, false)
        case .i16x8GeU: (.pmaxuw, .pcmpeqw, false)
        case .i16x8GtU: (.pminuw, .pcmpeqw, true)
        case .i16x8LtU: (.pmaxuw, .pcmpeqw, true)
        case .i32x4LeS: (.pminsd, .pcmpeqd, false)
        case .i32x4LeU: (.pminud, .pcmpeqd, false)
        case .i32x4GeS: (.pmaxsd, .pcmpeqd, false)
        case .i32x4GeU: (.pmaxud, .pcmpeqd, false)
        case .i32x4GtU: (.pminud, .pcmpeqd, true)
        case .i32x4LtU: (.pmaxud, .pcmpeqd, true)
        default: nil
        }
    }
    var inequality: PackedOperation? {
        switch self {
        case .i8x16Ne: .pcmpeqb
        case .i16x8Ne: .pcmpeqw
        case .i32x4Ne: .pcmpeqd
        case .i64x2Ne: .pcmpeqq
        default: nil
        }
    }
    var negation: PackedOperation? {
        switch self {
        case .i8x16Neg: .psubb
        case .i16x8Neg: .psubw
        case .i32x4Neg: .psubd
        case .i64x2Neg: .psubq
        default: nil
        }
    }
    /// Shifts of lanes that instructions shift.
    var packedShift: (shift: PackedShift, width: UInt8)? {
        switch self {
        case .i16x8Shl: (.psllw, 16)
        case .i16x8ShrU: (.psrlw, 16)
        case .i16x8ShrS: (.psraw, 16)
        case .i32x4Shl: (.pslld, 32)
        case .i32x4ShrU: (.psrld, 32)
        case .i32x4ShrS: (.psrad, 32)
        case .i64x2Shl: (.psllq, 64)
        case .i64x2ShrU: (.psrlq, 64)
        default: nil
        }
    }
    /// The comparison of lanes with zero behind `all_true`.
    var allTrue: PackedOperation? {
        switch self {
        case .i8x16AllTrue: .pcmpeqb
        case .i16x8AllTrue: .pcmpeqw
        case .i32x4AllTrue: .pcmpeqd
        case .i64x2AllTrue: .pcmpeqq
        default: nil
        }
    }
}

extension PackedOperation {
    var isCommutative: Bool {
        switch self {
        case .paddb, .paddw, .paddd, .paddq, .paddsb, .paddsw, .paddusb, .paddusw, .pmullw, .pmulld, .pmuludq, .pmuldq, .pmulhw, .pmulhuw,
            .pmulhrsw, .pmaddwd, .pand, .por, .pxor, .pcmpeqb, .pcmpeqw, .pcmpeqd, .pcmpeqq, .pminsb, .pminsw, .pminsd, .pminub, .pminuw,
            .pminud, .pmaxsb, .pmaxsw, .pmaxsd, .pmaxub, .pmaxuw, .pmaxud, .pavgb, .pavgw, .addps, .addpd, .mulps, .mulpd, .pmullq: true
        default: false
        }
    }
}
