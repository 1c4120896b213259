/// Operand and result types of the vector operations, and what their last word is.
extension VectorOperation {
    /// The word after the value operands.
    public enum Immediate: Sendable {
        case none
        /// A lane number, below the count.
        case lane(count: UInt32)
        /// The number of a ``VectorConstant`` whose 16 bytes are lane numbers below 32.
        case shuffle
    }

    /// The opcode that the operation belongs to, the types of its value operands, and the type of its result.
    public var signature: (opcode: Opcode, operands: [Type], result: Type) {
        switch self {
        case .i8x16Splat, .i16x8Splat, .i32x4Splat, .i32x4Scalar: (.vunary, [.i32], .v128)
        case .i64x2Splat, .i64x2Scalar: (.vunary, [.i64], .v128)
        case .f32x4Splat: (.vunary, [.f32], .v128)
        case .f64x2Splat: (.vunary, [.f64], .v128)
        case .v128AnyTrue, .i8x16AllTrue, .i16x8AllTrue, .i32x4AllTrue, .i64x2AllTrue,
            .i8x16Bitmask, .i16x8Bitmask, .i32x4Bitmask, .i64x2Bitmask,
            .i8x16ExtractLaneS, .i8x16ExtractLaneU, .i16x8ExtractLaneS, .i16x8ExtractLaneU, .i32x4ExtractLane: (.vunary, [.v128], .i32)
        case .i64x2ExtractLane: (.vunary, [.v128], .i64)
        case .f32x4ExtractLane: (.vunary, [.v128], .f32)
        case .f64x2ExtractLane: (.vunary, [.v128], .f64)
        case .i8x16ReplaceLane, .i16x8ReplaceLane, .i32x4ReplaceLane,
            .i8x16Shl, .i8x16ShrS, .i8x16ShrU, .i16x8Shl, .i16x8ShrS, .i16x8ShrU,
            .i32x4Shl, .i32x4ShrS, .i32x4ShrU, .i64x2Shl, .i64x2ShrS, .i64x2ShrU: (.vbinary, [.v128, .i32], .v128)
        case .i64x2ReplaceLane: (.vbinary, [.v128, .i64], .v128)
        case .f32x4ReplaceLane: (.vbinary, [.v128, .f32], .v128)
        case .f64x2ReplaceLane: (.vbinary, [.v128, .f64], .v128)
        case .v128Bitselect, .i8x16RelaxedLaneselect, .i32x4RelaxedLaneselect, .i64x2RelaxedLaneselect, .f32x4RelaxedMadd, .f32x4RelaxedNmadd, .f64x2RelaxedMadd, .f64x2RelaxedNmadd,
            .i32x4RelaxedDotI8x16I7x16AddS: (.vternary, [.v128, .v128, .v128], .v128)
        case .v128Not, .f32x4DemoteF64x2Zero, .f64x2PromoteLowF32x4, .i8x16Abs, .i8x16Neg,
            .i8x16Popcnt, .f32x4Ceil, .f32x4Floor, .f32x4Trunc, .f32x4Nearest,
            .f64x2Ceil, .f64x2Floor, .f64x2Trunc, .i16x8ExtaddPairwiseI8x16S, .i16x8ExtaddPairwiseI8x16U,
            .i32x4ExtaddPairwiseI16x8S, .i32x4ExtaddPairwiseI16x8U, .i16x8Abs, .i16x8Neg, .i16x8ExtendLowI8x16S,
            .i16x8ExtendHighI8x16S, .i16x8ExtendLowI8x16U, .i16x8ExtendHighI8x16U, .f64x2Nearest, .i32x4Abs,
            .i32x4Neg, .i32x4ExtendLowI16x8S, .i32x4ExtendHighI16x8S, .i32x4ExtendLowI16x8U, .i32x4ExtendHighI16x8U,
            .i64x2Abs, .i64x2Neg, .i64x2ExtendLowI32x4S, .i64x2ExtendHighI32x4S, .i64x2ExtendLowI32x4U,
            .i64x2ExtendHighI32x4U, .f32x4Abs, .f32x4Neg, .f32x4Sqrt, .f64x2Abs,
            .f64x2Neg, .f64x2Sqrt, .i32x4TruncSatF32x4S, .i32x4TruncSatF32x4U, .f32x4ConvertI32x4S,
            .f32x4ConvertI32x4U, .i32x4TruncSatF64x2SZero, .i32x4TruncSatF64x2UZero, .f64x2ConvertLowI32x4S, .f64x2ConvertLowI32x4U,
            .i32x4RelaxedTruncF32x4S, .i32x4RelaxedTruncF32x4U, .i32x4RelaxedTruncF64x2SZero, .i32x4RelaxedTruncF64x2UZero: (.vunary, [.v128], .v128)
        default: (.vbinary, [.v128, .v128], .v128)
        }
    }

    public var immediate: Immediate {
        switch self {
        case .i8x16Shuffle: .shuffle
        case .i8x16ExtractLaneS, .i8x16ExtractLaneU, .i8x16ReplaceLane: .lane(count: 16)
        case .i16x8ExtractLaneS, .i16x8ExtractLaneU, .i16x8ReplaceLane: .lane(count: 8)
        case .i32x4ExtractLane, .i32x4ReplaceLane, .f32x4ExtractLane, .f32x4ReplaceLane: .lane(count: 4)
        case .i64x2ExtractLane, .i64x2ReplaceLane, .f64x2ExtractLane, .f64x2ReplaceLane: .lane(count: 2)
        default: .none
        }
    }
}
