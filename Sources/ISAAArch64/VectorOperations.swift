import PrecastIR

/// An instruction over vectors, and its lanes.
struct LaneInstruction {
    let opcode: VectorOpcode
    let size: OperandSize
    init(_ opcode: VectorOpcode, _ size: OperandSize) {
        self.opcode = opcode
        self.size = size
    }
}

/// The vector operations that one instruction does, and the shapes that many share.
extension VectorOperation {
    /// dst = a op b.
    var instruction: LaneInstruction? {
        switch self {
        case .i8x16Add: .init(.add, .b16)
        case .i16x8Add: .init(.add, .h8)
        case .i32x4Add: .init(.add, .s4)
        case .i64x2Add: .init(.add, .d2)
        case .i8x16Sub: .init(.sub, .b16)
        case .i16x8Sub: .init(.sub, .h8)
        case .i32x4Sub: .init(.sub, .s4)
        case .i64x2Sub: .init(.sub, .d2)
        case .i16x8Mul: .init(.mul, .h8)
        case .i32x4Mul: .init(.mul, .s4)
        case .i8x16AddSatS: .init(.sqadd, .b16)
        case .i16x8AddSatS: .init(.sqadd, .h8)
        case .i8x16AddSatU: .init(.uqadd, .b16)
        case .i16x8AddSatU: .init(.uqadd, .h8)
        case .i8x16SubSatS: .init(.sqsub, .b16)
        case .i16x8SubSatS: .init(.sqsub, .h8)
        case .i8x16SubSatU: .init(.uqsub, .b16)
        case .i16x8SubSatU: .init(.uqsub, .h8)
        case .i8x16AvgrU: .init(.urhadd, .b16)
        case .i16x8AvgrU: .init(.urhadd, .h8)
        case .i16x8Q15mulrSatS, .i16x8RelaxedQ15mulrS: .init(.sqrdmulh, .h8)
        case .i8x16MinS: .init(.smin, .b16)
        case .i16x8MinS: .init(.smin, .h8)
        case .i32x4MinS: .init(.smin, .s4)
        case .i8x16MinU: .init(.umin, .b16)
        case .i16x8MinU: .init(.umin, .h8)
        case .i32x4MinU: .init(.umin, .s4)
        case .i8x16MaxS: .init(.smax, .b16)
        case .i16x8MaxS: .init(.smax, .h8)
        case .i32x4MaxS: .init(.smax, .s4)
        case .i8x16MaxU: .init(.umax, .b16)
        case .i16x8MaxU: .init(.umax, .h8)
        case .i32x4MaxU: .init(.umax, .s4)
        case .v128And: .init(.and, .b16)
        case .v128Andnot: .init(.bic, .b16)
        case .v128Or: .init(.orr, .b16)
        case .v128Xor: .init(.eor, .b16)
        // Numbers past the last byte give zero.
        case .i8x16Swizzle, .i8x16RelaxedSwizzle: .init(.tbl, .b16)
        case .i16x8ExtmulLowI8x16S: .init(.smull, .b8)
        case .i32x4ExtmulLowI16x8S: .init(.smull, .h4)
        case .i64x2ExtmulLowI32x4S: .init(.smull, .s2)
        case .i16x8ExtmulHighI8x16S: .init(.smull, .b16)
        case .i32x4ExtmulHighI16x8S: .init(.smull, .h8)
        case .i64x2ExtmulHighI32x4S: .init(.smull, .s4)
        case .i16x8ExtmulLowI8x16U: .init(.umull, .b8)
        case .i32x4ExtmulLowI16x8U: .init(.umull, .h4)
        case .i64x2ExtmulLowI32x4U: .init(.umull, .s2)
        case .i16x8ExtmulHighI8x16U: .init(.umull, .b16)
        case .i32x4ExtmulHighI16x8U: .init(.umull, .h8)
        case .i64x2ExtmulHighI32x4U: .init(.umull, .s4)
        case .f32x4Add: .init(.fadd, .s4)
        case .f64x2Add: .init(.fadd, .d2)
        case .f32x4Sub: .init(.fsub, .s4)
        case .f64x2Sub: .init(.fsub, .d2)
        case .f32x4Mul: .init(.fmul, .s4)
        case .f64x2Mul: .init(.fmul, .d2)
        case .f32x4Div: .init(.fdiv, .s4)
        case .f64x2Div: .init(.fdiv, .d2)
        case .f32x4Min: .init(.fmin, .s4)
        case .f64x2Min: .init(.fmin, .d2)
        case .f32x4Max: .init(.fmax, .s4)
        case .f64x2Max: .init(.fmax, .d2)
        default: nil
        }
    }
    /// `reversed`: b p a.
    var comparison: (instruction: LaneInstruction, reversed: Bool)? {
        switch self {
        case .i8x16Eq: (.init(.cmeq, .b16), false)
        case .i16x8Eq: (.init(.cmeq, .h8), false)
        case .i32x4Eq: (.init(.cmeq, .s4), false)
        case .i64x2Eq: (.init(.cmeq, .d2), false)
        case .i8x16GtS: (.init(.cmgt, .b16), false)
        case .i16x8GtS: (.init(.cmgt, .h8), false)
        case .i32x4GtS: (.init(.cmgt, .s4), false)
        case .i64x2GtS: (.init(.cmgt, .d2), false)
        case .i8x16GeS: (.init(.cmge, .b16), false)
        case .i16x8GeS: (.init(.cmge, .h8), false)
        case .i32x4GeS: (.init(.cmge, .s4), false)
        case .i64x2GeS: (.init(.cmge, .d2), false)
        case .i8x16LtS: (.init(.cmgt, .b16), true)
        case .i16x8LtS: (.init(.cmgt, .h8), true)
        case .i32x4LtS: (.init(.cmgt, .s4), true)
        case .i64x2LtS: (.init(.cmgt, .d2), true)
        case .i8x16LeS: (.init(.cmge, .b16), true)
        case .i16x8LeS: (.init(.cmge, .h8), true)
        case .i32x4LeS: (.init(.cmge, .s4), true)
        case .i64x2LeS: (.init(.cmge, .d2), true)
        case .i8x16GtU: (.init(.cmhi, .b16), false)
        case .i16x8GtU: (.init(.cmhi, .h8), false)
        case .i32x4GtU: (.init(.cmhi, .s4), false)
        case .i8x16GeU: (.init(.cmhs, .b16), false)
        case .i16x8GeU: (.init(.cmhs, .h8), false)
        case .i32x4GeU: (.init(.cmhs, .s4), false)
        case .i8x16LtU: (.init(.cmhi, .b16), true)
        case .i16x8LtU: (.init(.cmhi, .h8), true)
        case .i32x4LtU: (.init(.cmhi, .s4), true)
        case .i8x16LeU: (.init(.cmhs, .b16), true)
        case .i16x8LeU: (.init(.cmhs, .h8), true)
        case .i32x4LeU: (.init(.cmhs, .s4), true)
        case .f32x4Eq: (.init(.fcmeq, .s4), false)
        case .f64x2Eq: (.init(.fcmeq, .d2), false)
        case .f32x4Gt: (.init(.fcmgt, .s4), false)
        case .f64x2Gt: (.init(.fcmgt, .d2), false)
        case .f32x4Ge: (.init(.fcmge, .s4), false)
        case .f64x2Ge: (.init(.fcmge, .d2), false)
        case .f32x4Lt: (.init(.fcmgt, .s4), true)
        case .f64x2Lt: (.init(.fcmgt, .d2), true)
        case .f32x4Le: (.init(.fcmge, .s4), true)
        case .f64x2Le: (.init(.fcmge, .d2), true)
        default: nil
        }
    }
    /// The comparison that holds where this one does not.
    var inequality: LaneInstruction? {
        switch self {
        case .i8x16Ne: .init(.cmeq, .b16)
        case .i16x8Ne: .init(.cmeq, .h8)
        case .i32x4Ne: .init(.cmeq, .s4)
        case .i64x2Ne: .init(.cmeq, .d2)
        case .f32x4Ne: .init(.fcmeq, .s4)
        case .f64x2Ne: .init(.fcmeq, .d2)
        default: nil
        }
    }
    /// dst = op a.
    var unary: LaneInstruction? {
        switch self {
        case .v128Not: .init(.not, .b16)
        case .i8x16Abs: .init(.abs, .b16)
        case .i16x8Abs: .init(.abs, .h8)
        case .i32x4Abs: .init(.abs, .s4)
        case .i64x2Abs: .init(.abs, .d2)
        case .i8x16Neg: .init(.neg, .b16)
        case .i16x8Neg: .init(.neg, .h8)
        case .i32x4Neg: .init(.neg, .s4)
        case .i64x2Neg: .init(.neg, .d2)
        case .i8x16Popcnt: .init(.cnt, .b16)
        case .i16x8ExtaddPairwiseI8x16S: .init(.saddlp, .b16)
        case .i32x4ExtaddPairwiseI16x8S: .init(.saddlp, .h8)
        case .i16x8ExtaddPairwiseI8x16U: .init(.uaddlp, .b16)
        case .i32x4ExtaddPairwiseI16x8U: .init(.uaddlp, .h8)
        // Widening is a shift by nothing.
        case .i16x8ExtendLowI8x16S: .init(.sshll, .b8)
        case .i32x4ExtendLowI16x8S: .init(.sshll, .h4)
        case .i64x2ExtendLowI32x4S: .init(.sshll, .s2)
        case .i16x8ExtendHighI8x16S: .init(.sshll, .b16)
        case .i32x4ExtendHighI16x8S: .init(.sshll, .h8)
        case .i64x2ExtendHighI32x4S: .init(.sshll, .s4)
        case .i16x8ExtendLowI8x16U: .init(.ushll, .b8)
        case .i32x4ExtendLowI16x8U: .init(.ushll, .h4)
        case .i64x2ExtendLowI32x4U: .init(.ushll, .s2)
        case .i16x8ExtendHighI8x16U: .init(.ushll, .b16)
        case .i32x4ExtendHighI16x8U: .init(.ushll, .h8)
        case .i64x2ExtendHighI32x4U: .init(.ushll, .s4)
        case .f32x4Abs: .init(.fabs, .s4)
        case .f64x2Abs: .init(.fabs, .d2)
        case .f32x4Neg: .init(.fneg, .s4)
        case .f64x2Neg: .init(.fneg, .d2)
        case .f32x4Sqrt: .init(.fsqrt, .s4)
        case .f64x2Sqrt: .init(.fsqrt, .d2)
        case .f32x4Ceil: .init(.frintp, .s4)
        case .f64x2Ceil: .init(.frintp, .d2)
        case .f32x4Floor: .init(.frintm, .s4)
        case .f64x2Floor: .init(.frintm, .d2)
        case .f32x4Trunc: .init(.frintz, .s4)
        case .f64x2Trunc: .init(.frintz, .d2)
        case .f32x4Nearest: .init(.frintn, .s4)
        case .f64x2Nearest: .init(.frintn, .d2)
        case .f32x4DemoteF64x2Zero: .init(.fcvtn, .s2)
        case .f64x2PromoteLowF32x4: .init(.fcvtl, .s2)
        case .f32x4ConvertI32x4S: .init(.scvtf, .s4)
        case .f32x4ConvertI32x4U: .init(.ucvtf, .s4)
        // Saturating, a NaN as zero.
        case .i32x4TruncSatF32x4S, .i32x4RelaxedTruncF32x4S: .init(.fcvtzs, .s4)
        case .i32x4TruncSatF32x4U, .i32x4RelaxedTruncF32x4U: .init(.fcvtzu, .s4)
        default: nil
        }
    }
    /// Two instructions, the second on what the first gives.
    var twoUnary: (first: LaneInstruction, second: LaneInstruction)? {
        switch self {
        case .i32x4TruncSatF64x2SZero, .i32x4RelaxedTruncF64x2SZero: (.init(.fcvtzs, .d2), .init(.sqxtn, .s2))
        case .i32x4TruncSatF64x2UZero, .i32x4RelaxedTruncF64x2UZero: (.init(.fcvtzu, .d2), .init(.uqxtn, .s2))
        case .f64x2ConvertLowI32x4S: (.init(.sshll, .s2), .init(.scvtf, .d2))
        case .f64x2ConvertLowI32x4U: (.init(.ushll, .s2), .init(.ucvtf, .d2))
        default: nil
        }
    }
    /// The instructions for the lower and the upper half of the result.
    var narrowing: (low: LaneInstruction, high: LaneInstruction)? {
        switch self {
        case .i8x16NarrowI16x8S: (.init(.sqxtn, .b8), .init(.sqxtn, .b16))
        case .i16x8NarrowI32x4S: (.init(.sqxtn, .h4), .init(.sqxtn, .h8))
        case .i8x16NarrowI16x8U: (.init(.sqxtun, .b8), .init(.sqxtun, .b16))
        case .i16x8NarrowI32x4U: (.init(.sqxtun, .h4), .init(.sqxtun, .h8))
        default: nil
        }
    }
    /// The instructions by an immediate and by a register; `right`: whose counts are negative there.
    var shift: (immediate: VectorOpcode, variable: VectorOpcode, size: OperandSize, right: Bool)? {
        switch self {
        case .i8x16Shl: (.shl, .ushl, .b16, false)
        case .i16x8Shl: (.shl, .ushl, .h8, false)
        case .i32x4Shl: (.shl, .ushl, .s4, false)
        case .i64x2Shl: (.shl, .ushl, .d2, false)
        case .i8x16ShrS: (.sshr, .sshl, .b16, true)
        case .i16x8ShrS: (.sshr, .sshl, .h8, true)
        case .i32x4ShrS: (.sshr, .sshl, .s4, true)
        case .i64x2ShrS: (.sshr, .sshl, .d2, true)
        case .i8x16ShrU: (.ushr, .ushl, .b16, true)
        case .i16x8ShrU: (.ushr, .ushl, .h8, true)
        case .i32x4ShrU: (.ushr, .ushl, .s4, true)
        case .i64x2ShrU: (.ushr, .ushl, .d2, true)
        default: nil
        }
    }
    /// Width of the lanes that `all_true` looks at, and of those that `bitmask` does.
    var allTrue: OperandSize? {
        switch self {
        case .i8x16AllTrue: .b16
        case .i16x8AllTrue: .h8
        case .i32x4AllTrue: .s4
        case .i64x2AllTrue: .d2
        default: nil
        }
    }
    var bitmask: OperandSize? {
        switch self {
        case .i8x16Bitmask: .b16
        case .i16x8Bitmask: .h8
        case .i32x4Bitmask: .s4
        case .i64x2Bitmask: .d2
        default: nil
        }
    }
    /// Width of the lane that is read, `signed` or not, or of all that a scalar fills, or of the one that it replaces.
    var extraction: (size: OperandSize, opcode: VectorOpcode)? {
        switch self {
        case .i8x16ExtractLaneS: (.b16, .smov)
        case .i8x16ExtractLaneU: (.b16, .umov)
        case .i16x8ExtractLaneS: (.h8, .smov)
        case .i16x8ExtractLaneU: (.h8, .umov)
        case .i32x4ExtractLane: (.s4, .umov)
        case .i64x2ExtractLane: (.d2, .umov)
        case .f32x4ExtractLane: (.s4, .dupScalar)
        case .f64x2ExtractLane: (.d2, .dupScalar)
        default: nil
        }
    }
    var splat: (size: OperandSize, opcode: VectorOpcode)? {
        switch self {
        case .i8x16Splat: (.b16, .dupGeneral)
        case .i16x8Splat: (.h8, .dupGeneral)
        case .i32x4Splat: (.s4, .dupGeneral)
        case .i64x2Splat: (.d2, .dupGeneral)
        case .f32x4Splat: (.s4, .dup)
        case .f64x2Splat: (.d2, .dup)
        default: nil
        }
    }
    var replacement: (size: OperandSize, opcode: VectorOpcode)? {
        switch self {
        case .i8x16ReplaceLane: (.b16, .insGeneral)
        case .i16x8ReplaceLane: (.h8, .insGeneral)
        case .i32x4ReplaceLane: (.s4, .insGeneral)
        case .i64x2ReplaceLane: (.d2, .insGeneral)
        case .f32x4ReplaceLane: (.s4, .ins)
        case .f64x2ReplaceLane: (.d2, .ins)
        default: nil
        }
    }
}

extension VectorOpcode {
    /// The comparison with zero on the right, or on the left.
    func withZero(reversed: Bool) -> VectorOpcode? {
        switch self {
        case .cmeq: .cmeqZero
        case .cmgt: reversed ? .cmltZero : .cmgtZero
        case .cmge: reversed ? .cmleZero : .cmgeZero
        case .fcmeq: .fcmeqZero
        case .fcmgt: reversed ? .fcmltZero : .fcmgtZero
        case .fcmge: reversed ? .fcmleZero : .fcmgeZero
        default: nil
        }
    }
}
