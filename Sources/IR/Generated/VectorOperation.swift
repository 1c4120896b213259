/// What a vector instruction computes: WebAssembly's vector operators, a row each, less those that are others combined (loads, stores, some
/// relaxed ones). Where a relaxed operator has a choice, so has the operation: each machine makes its own. Semantics: WebAssembly core specification 3.0, section 4.3.2 and following.
@frozen public enum VectorOperation: UInt16, Sendable, CaseIterable {
    /// `i8x16.swizzle`: [v128 v128] -> [v128]
    case i8x16Swizzle
    /// `i8x16.splat`: [i32] -> [v128]
    case i8x16Splat
    /// `i16x8.splat`: [i32] -> [v128]
    case i16x8Splat
    /// `i32x4.splat`: [i32] -> [v128]
    case i32x4Splat
    /// `i64x2.splat`: [i64] -> [v128]
    case i64x2Splat
    /// `f32x4.splat`: [f32] -> [v128]
    case f32x4Splat
    /// `f64x2.splat`: [f64] -> [v128]
    case f64x2Splat
    /// `i8x16.eq`: [v128 v128] -> [v128]
    case i8x16Eq
    /// `i8x16.ne`: [v128 v128] -> [v128]
    case i8x16Ne
    /// `i8x16.lt_s`: [v128 v128] -> [v128]
    case i8x16LtS
    /// `i8x16.lt_u`: [v128 v128] -> [v128]
    case i8x16LtU
    /// `i8x16.gt_s`: [v128 v128] -> [v128]
    case i8x16GtS
    /// `i8x16.gt_u`: [v128 v128] -> [v128]
    case i8x16GtU
    /// `i8x16.le_s`: [v128 v128] -> [v128]
    case i8x16LeS
    /// `i8x16.le_u`: [v128 v128] -> [v128]
    case i8x16LeU
    /// `i8x16.ge_s`: [v128 v128] -> [v128]
    case i8x16GeS
    /// `i8x16.ge_u`: [v128 v128] -> [v128]
    case i8x16GeU
    /// `i16x8.eq`: [v128 v128] -> [v128]
    case i16x8Eq
    /// `i16x8.ne`: [v128 v128] -> [v128]
    case i16x8Ne
    /// `i16x8.lt_s`: [v128 v128] -> [v128]
    case i16x8LtS
    /// `i16x8.lt_u`: [v128 v128] -> [v128]
    case i16x8LtU
    /// `i16x8.gt_s`: [v128 v128] -> [v128]
    case i16x8GtS
    /// `i16x8.gt_u`: [v128 v128] -> [v128]
    case i16x8GtU
    /// `i16x8.le_s`: [v128 v128] -> [v128]
    case i16x8LeS
    /// `i16x8.le_u`: [v128 v128] -> [v128]
    case i16x8LeU
    /// `i16x8.ge_s`: [v128 v128] -> [v128]
    case i16x8GeS
    /// `i16x8.ge_u`: [v128 v128] -> [v128]
    case i16x8GeU
    /// `i32x4.eq`: [v128 v128] -> [v128]
    case i32x4Eq
    /// `i32x4.ne`: [v128 v128] -> [v128]
    case i32x4Ne
    /// `i32x4.lt_s`: [v128 v128] -> [v128]
    case i32x4LtS
    /// `i32x4.lt_u`: [v128 v128] -> [v128]
    case i32x4LtU
    /// `i32x4.gt_s`: [v128 v128] -> [v128]
    case i32x4GtS
    /// `i32x4.gt_u`: [v128 v128] -> [v128]
    case i32x4GtU
    /// `i32x4.le_s`: [v128 v128] -> [v128]
    case i32x4LeS
    /// `i32x4.le_u`: [v128 v128] -> [v128]
    case i32x4LeU
    /// `i32x4.ge_s`: [v128 v128] -> [v128]
    case i32x4GeS
    /// `i32x4.ge_u`: [v128 v128] -> [v128]
    case i32x4GeU
    /// `f32x4.eq`: [v128 v128] -> [v128]
    case f32x4Eq
    /// `f32x4.ne`: [v128 v128] -> [v128]
    case f32x4Ne
    /// `f32x4.lt`: [v128 v128] -> [v128]
    case f32x4Lt
    /// `f32x4.gt`: [v128 v128] -> [v128]
    case f32x4Gt
    /// `f32x4.le`: [v128 v128] -> [v128]
    case f32x4Le
    /// `f32x4.ge`: [v128 v128] -> [v128]
    case f32x4Ge
    /// `f64x2.eq`: [v128 v128] -> [v128]
    case f64x2Eq
    /// `f64x2.ne`: [v128 v128] -> [v128]
    case f64x2Ne
    /// `f64x2.lt`: [v128 v128] -> [v128]
    case f64x2Lt
    /// `f64x2.gt`: [v128 v128] -> [v128]
    case f64x2Gt
    /// `f64x2.le`: [v128 v128] -> [v128]
    case f64x2Le
    /// `f64x2.ge`: [v128 v128] -> [v128]
    case f64x2Ge
    /// `v128.not`: [v128] -> [v128]
    case v128Not
    /// `v128.and`: [v128 v128] -> [v128]
    case v128And
    /// `v128.andnot`: [v128 v128] -> [v128]
    case v128Andnot
    /// `v128.or`: [v128 v128] -> [v128]
    case v128Or
    /// `v128.xor`: [v128 v128] -> [v128]
    case v128Xor
    /// `v128.bitselect`: [v128 v128 v128] -> [v128]
    case v128Bitselect
    /// `v128.any_true`: [v128] -> [i32]
    case v128AnyTrue
    /// `f32x4.demote_f64x2_zero`: [v128] -> [v128]
    case f32x4DemoteF64x2Zero
    /// `f64x2.promote_low_f32x4`: [v128] -> [v128]
    case f64x2PromoteLowF32x4
    /// `i8x16.abs`: [v128] -> [v128]
    case i8x16Abs
    /// `i8x16.neg`: [v128] -> [v128]
    case i8x16Neg
    /// `i8x16.popcnt`: [v128] -> [v128]
    case i8x16Popcnt
    /// `i8x16.all_true`: [v128] -> [i32]
    case i8x16AllTrue
    /// `i8x16.bitmask`: [v128] -> [i32]
    case i8x16Bitmask
    /// `i8x16.narrow_i16x8_s`: [v128 v128] -> [v128]
    case i8x16NarrowI16x8S
    /// `i8x16.narrow_i16x8_u`: [v128 v128] -> [v128]
    case i8x16NarrowI16x8U
    /// `f32x4.ceil`: [v128] -> [v128]
    case f32x4Ceil
    /// `f32x4.floor`: [v128] -> [v128]
    case f32x4Floor
    /// `f32x4.trunc`: [v128] -> [v128]
    case f32x4Trunc
    /// `f32x4.nearest`: [v128] -> [v128]
    case f32x4Nearest
    /// `i8x16.shl`: [v128 i32] -> [v128]
    case i8x16Shl
    /// `i8x16.shr_s`: [v128 i32] -> [v128]
    case i8x16ShrS
    /// `i8x16.shr_u`: [v128 i32] -> [v128]
    case i8x16ShrU
    /// `i8x16.add`: [v128 v128] -> [v128]
    case i8x16Add
    /// `i8x16.add_sat_s`: [v128 v128] -> [v128]
    case i8x16AddSatS
    /// `i8x16.add_sat_u`: [v128 v128] -> [v128]
    case i8x16AddSatU
    /// `i8x16.sub`: [v128 v128] -> [v128]
    case i8x16Sub
    /// `i8x16.sub_sat_s`: [v128 v128] -> [v128]
    case i8x16SubSatS
    /// `i8x16.sub_sat_u`: [v128 v128] -> [v128]
    case i8x16SubSatU
    /// `f64x2.ceil`: [v128] -> [v128]
    case f64x2Ceil
    /// `f64x2.floor`: [v128] -> [v128]
    case f64x2Floor
    /// `i8x16.min_s`: [v128 v128] -> [v128]
    case i8x16MinS
    /// `i8x16.min_u`: [v128 v128] -> [v128]
    case i8x16MinU
    /// `i8x16.max_s`: [v128 v128] -> [v128]
    case i8x16MaxS
    /// `i8x16.max_u`: [v128 v128] -> [v128]
    case i8x16MaxU
    /// `f64x2.trunc`: [v128] -> [v128]
    case f64x2Trunc
    /// `i8x16.avgr_u`: [v128 v128] -> [v128]
    case i8x16AvgrU
    /// `i16x8.extadd_pairwise_i8x16_s`: [v128] -> [v128]
    case i16x8ExtaddPairwiseI8x16S
    /// `i16x8.extadd_pairwise_i8x16_u`: [v128] -> [v128]
    case i16x8ExtaddPairwiseI8x16U
    /// `i32x4.extadd_pairwise_i16x8_s`: [v128] -> [v128]
    case i32x4ExtaddPairwiseI16x8S
    /// `i32x4.extadd_pairwise_i16x8_u`: [v128] -> [v128]
    case i32x4ExtaddPairwiseI16x8U
    /// `i16x8.abs`: [v128] -> [v128]
    case i16x8Abs
    /// `i16x8.neg`: [v128] -> [v128]
    case i16x8Neg
    /// `i16x8.q15mulr_sat_s`: [v128 v128] -> [v128]
    case i16x8Q15mulrSatS
    /// `i16x8.all_true`: [v128] -> [i32]
    case i16x8AllTrue
    /// `i16x8.bitmask`: [v128] -> [i32]
    case i16x8Bitmask
    /// `i16x8.narrow_i32x4_s`: [v128 v128] -> [v128]
    case i16x8NarrowI32x4S
    /// `i16x8.narrow_i32x4_u`: [v128 v128] -> [v128]
    case i16x8NarrowI32x4U
    /// `i16x8.extend_low_i8x16_s`: [v128] -> [v128]
    case i16x8ExtendLowI8x16S
    /// `i16x8.extend_high_i8x16_s`: [v128] -> [v128]
    case i16x8ExtendHighI8x16S
    /// `i16x8.extend_low_i8x16_u`: [v128] -> [v128]
    case i16x8ExtendLowI8x16U
    /// `i16x8.extend_high_i8x16_u`: [v128] -> [v128]
    case i16x8ExtendHighI8x16U
    /// `i16x8.shl`: [v128 i32] -> [v128]
    case i16x8Shl
    /// `i16x8.shr_s`: [v128 i32] -> [v128]
    case i16x8ShrS
    /// `i16x8.shr_u`: [v128 i32] -> [v128]
    case i16x8ShrU
    /// `i16x8.add`: [v128 v128] -> [v128]
    case i16x8Add
    /// `i16x8.add_sat_s`: [v128 v128] -> [v128]
    case i16x8AddSatS
    /// `i16x8.add_sat_u`: [v128 v128] -> [v128]
    case i16x8AddSatU
    /// `i16x8.sub`: [v128 v128] -> [v128]
    case i16x8Sub
    /// `i16x8.sub_sat_s`: [v128 v128] -> [v128]
    case i16x8SubSatS
    /// `i16x8.sub_sat_u`: [v128 v128] -> [v128]
    case i16x8SubSatU
    /// `f64x2.nearest`: [v128] -> [v128]
    case f64x2Nearest
    /// `i16x8.mul`: [v128 v128] -> [v128]
    case i16x8Mul
    /// `i16x8.min_s`: [v128 v128] -> [v128]
    case i16x8MinS
    /// `i16x8.min_u`: [v128 v128] -> [v128]
    case i16x8MinU
    /// `i16x8.max_s`: [v128 v128] -> [v128]
    case i16x8MaxS
    /// `i16x8.max_u`: [v128 v128] -> [v128]
    case i16x8MaxU
    /// `i16x8.avgr_u`: [v128 v128] -> [v128]
    case i16x8AvgrU
    /// `i16x8.extmul_low_i8x16_s`: [v128 v128] -> [v128]
    case i16x8ExtmulLowI8x16S
    /// `i16x8.extmul_high_i8x16_s`: [v128 v128] -> [v128]
    case i16x8ExtmulHighI8x16S
    /// `i16x8.extmul_low_i8x16_u`: [v128 v128] -> [v128]
    case i16x8ExtmulLowI8x16U
    /// `i16x8.extmul_high_i8x16_u`: [v128 v128] -> [v128]
    case i16x8ExtmulHighI8x16U
    /// `i32x4.abs`: [v128] -> [v128]
    case i32x4Abs
    /// `i32x4.neg`: [v128] -> [v128]
    case i32x4Neg
    /// `i32x4.all_true`: [v128] -> [i32]
    case i32x4AllTrue
    /// `i32x4.bitmask`: [v128] -> [i32]
    case i32x4Bitmask
    /// `i32x4.extend_low_i16x8_s`: [v128] -> [v128]
    case i32x4ExtendLowI16x8S
    /// `i32x4.extend_high_i16x8_s`: [v128] -> [v128]
    case i32x4ExtendHighI16x8S
    /// `i32x4.extend_low_i16x8_u`: [v128] -> [v128]
    case i32x4ExtendLowI16x8U
    /// `i32x4.extend_high_i16x8_u`: [v128] -> [v128]
    case i32x4ExtendHighI16x8U
    /// `i32x4.shl`: [v128 i32] -> [v128]
    case i32x4Shl
    /// `i32x4.shr_s`: [v128 i32] -> [v128]
    case i32x4ShrS
    /// `i32x4.shr_u`: [v128 i32] -> [v128]
    case i32x4ShrU
    /// `i32x4.add`: [v128 v128] -> [v128]
    case i32x4Add
    /// `i32x4.sub`: [v128 v128] -> [v128]
    case i32x4Sub
    /// `i32x4.mul`: [v128 v128] -> [v128]
    case i32x4Mul
    /// `i32x4.min_s`: [v128 v128] -> [v128]
    case i32x4MinS
    /// `i32x4.min_u`: [v128 v128] -> [v128]
    case i32x4MinU
    /// `i32x4.max_s`: [v128 v128] -> [v128]
    case i32x4MaxS
    /// `i32x4.max_u`: [v128 v128] -> [v128]
    case i32x4MaxU
    /// `i32x4.dot_i16x8_s`: [v128 v128] -> [v128]
    case i32x4DotI16x8S
    /// `i32x4.extmul_low_i16x8_s`: [v128 v128] -> [v128]
    case i32x4ExtmulLowI16x8S
    /// `i32x4.extmul_high_i16x8_s`: [v128 v128] -> [v128]
    case i32x4ExtmulHighI16x8S
    /// `i32x4.extmul_low_i16x8_u`: [v128 v128] -> [v128]
    case i32x4ExtmulLowI16x8U
    /// `i32x4.extmul_high_i16x8_u`: [v128 v128] -> [v128]
    case i32x4ExtmulHighI16x8U
    /// `i64x2.abs`: [v128] -> [v128]
    case i64x2Abs
    /// `i64x2.neg`: [v128] -> [v128]
    case i64x2Neg
    /// `i64x2.all_true`: [v128] -> [i32]
    case i64x2AllTrue
    /// `i64x2.bitmask`: [v128] -> [i32]
    case i64x2Bitmask
    /// `i64x2.extend_low_i32x4_s`: [v128] -> [v128]
    case i64x2ExtendLowI32x4S
    /// `i64x2.extend_high_i32x4_s`: [v128] -> [v128]
    case i64x2ExtendHighI32x4S
    /// `i64x2.extend_low_i32x4_u`: [v128] -> [v128]
    case i64x2ExtendLowI32x4U
    /// `i64x2.extend_high_i32x4_u`: [v128] -> [v128]
    case i64x2ExtendHighI32x4U
    /// `i64x2.shl`: [v128 i32] -> [v128]
    case i64x2Shl
    /// `i64x2.shr_s`: [v128 i32] -> [v128]
    case i64x2ShrS
    /// `i64x2.shr_u`: [v128 i32] -> [v128]
    case i64x2ShrU
    /// `i64x2.add`: [v128 v128] -> [v128]
    case i64x2Add
    /// `i64x2.sub`: [v128 v128] -> [v128]
    case i64x2Sub
    /// `i64x2.mul`: [v128 v128] -> [v128]
    case i64x2Mul
    /// `i64x2.eq`: [v128 v128] -> [v128]
    case i64x2Eq
    /// `i64x2.ne`: [v128 v128] -> [v128]
    case i64x2Ne
    /// `i64x2.lt_s`: [v128 v128] -> [v128]
    case i64x2LtS
    /// `i64x2.gt_s`: [v128 v128] -> [v128]
    case i64x2GtS
    /// `i64x2.le_s`: [v128 v128] -> [v128]
    case i64x2LeS
    /// `i64x2.ge_s`: [v128 v128] -> [v128]
    case i64x2GeS
    /// `i64x2.extmul_low_i32x4_s`: [v128 v128] -> [v128]
    case i64x2ExtmulLowI32x4S
    /// `i64x2.extmul_high_i32x4_s`: [v128 v128] -> [v128]
    case i64x2ExtmulHighI32x4S
    /// `i64x2.extmul_low_i32x4_u`: [v128 v128] -> [v128]
    case i64x2ExtmulLowI32x4U
    /// `i64x2.extmul_high_i32x4_u`: [v128 v128] -> [v128]
    case i64x2ExtmulHighI32x4U
    /// `f32x4.abs`: [v128] -> [v128]
    case f32x4Abs
    /// `f32x4.neg`: [v128] -> [v128]
    case f32x4Neg
    /// `f32x4.sqrt`: [v128] -> [v128]
    case f32x4Sqrt
    /// `f32x4.add`: [v128 v128] -> [v128]
    case f32x4Add
    /// `f32x4.sub`: [v128 v128] -> [v128]
    case f32x4Sub
    /// `f32x4.mul`: [v128 v128] -> [v128]
    case f32x4Mul
    /// `f32x4.div`: [v128 v128] -> [v128]
    case f32x4Div
    /// `f32x4.min`: [v128 v128] -> [v128]
    case f32x4Min
    /// `f32x4.max`: [v128 v128] -> [v128]
    case f32x4Max
    /// `f32x4.pmin`: [v128 v128] -> [v128]
    case f32x4Pmin
    /// `f32x4.pmax`: [v128 v128] -> [v128]
    case f32x4Pmax
    /// `f64x2.abs`: [v128] -> [v128]
    case f64x2Abs
    /// `f64x2.neg`: [v128] -> [v128]
    case f64x2Neg
    /// `f64x2.sqrt`: [v128] -> [v128]
    case f64x2Sqrt
    /// `f64x2.add`: [v128 v128] -> [v128]
    case f64x2Add
    /// `f64x2.sub`: [v128 v128] -> [v128]
    case f64x2Sub
    /// `f64x2.mul`: [v128 v128] -> [v128]
    case f64x2Mul
    /// `f64x2.div`: [v128 v128] -> [v128]
    case f64x2Div
    /// `f64x2.min`: [v128 v128] -> [v128]
    case f64x2Min
    /// `f64x2.max`: [v128 v128] -> [v128]
    case f64x2Max
    /// `f64x2.pmin`: [v128 v128] -> [v128]
    case f64x2Pmin
    /// `f64x2.pmax`: [v128 v128] -> [v128]
    case f64x2Pmax
    /// `i32x4.trunc_sat_f32x4_s`: [v128] -> [v128]
    case i32x4TruncSatF32x4S
    /// `i32x4.trunc_sat_f32x4_u`: [v128] -> [v128]
    case i32x4TruncSatF32x4U
    /// `f32x4.convert_i32x4_s`: [v128] -> [v128]
    case f32x4ConvertI32x4S
    /// `f32x4.convert_i32x4_u`: [v128] -> [v128]
    case f32x4ConvertI32x4U
    /// `i32x4.trunc_sat_f64x2_s_zero`: [v128] -> [v128]
    case i32x4TruncSatF64x2SZero
    /// `i32x4.trunc_sat_f64x2_u_zero`: [v128] -> [v128]
    case i32x4TruncSatF64x2UZero
    /// `f64x2.convert_low_i32x4_s`: [v128] -> [v128]
    case f64x2ConvertLowI32x4S
    /// `f64x2.convert_low_i32x4_u`: [v128] -> [v128]
    case f64x2ConvertLowI32x4U
    /// `f32x4.relaxed_madd`: [v128 v128 v128] -> [v128]
    case f32x4RelaxedMadd
    /// `f32x4.relaxed_nmadd`: [v128 v128 v128] -> [v128]
    case f32x4RelaxedNmadd
    /// `f64x2.relaxed_madd`: [v128 v128 v128] -> [v128]
    case f64x2RelaxedMadd
    /// `f64x2.relaxed_nmadd`: [v128 v128 v128] -> [v128]
    case f64x2RelaxedNmadd
    /// `i16x8.relaxed_dot_i8x16_i7x16_s`: [v128 v128] -> [v128]
    case i16x8RelaxedDotI8x16I7x16S
    /// `i32x4.relaxed_dot_i8x16_i7x16_add_s`: [v128 v128 v128] -> [v128]
    case i32x4RelaxedDotI8x16I7x16AddS
    /// A 32-bit (64-bit) integer in lane 0, zeros above.
    case i32x4Scalar
    case i64x2Scalar
    /// `i8x16.shuffle`: [v128 v128] -> [v128], lane numbers in a constant
    case i8x16Shuffle
    /// `i8x16.extract_lane_s`: [v128] -> [i32], lane number
    case i8x16ExtractLaneS
    /// `i8x16.extract_lane_u`: [v128] -> [i32], lane number
    case i8x16ExtractLaneU
    /// `i8x16.replace_lane`: [v128 i32] -> [v128], lane number
    case i8x16ReplaceLane
    /// `i16x8.extract_lane_s`: [v128] -> [i32], lane number
    case i16x8ExtractLaneS
    /// `i16x8.extract_lane_u`: [v128] -> [i32], lane number
    case i16x8ExtractLaneU
    /// `i16x8.replace_lane`: [v128 i32] -> [v128], lane number
    case i16x8ReplaceLane
    /// `i32x4.extract_lane`: [v128] -> [i32], lane number
    case i32x4ExtractLane
    /// `i32x4.replace_lane`: [v128 i32] -> [v128], lane number
    case i32x4ReplaceLane
    /// `i64x2.extract_lane`: [v128] -> [i64], lane number
    case i64x2ExtractLane
    /// `i64x2.replace_lane`: [v128 i64] -> [v128], lane number
    case i64x2ReplaceLane
    /// `f32x4.extract_lane`: [v128] -> [f32], lane number
    case f32x4ExtractLane
    /// `f32x4.replace_lane`: [v128 f32] -> [v128], lane number
    case f32x4ReplaceLane
    /// `f64x2.extract_lane`: [v128] -> [f64], lane number
    case f64x2ExtractLane
    /// `f64x2.replace_lane`: [v128 f64] -> [v128], lane number
    case f64x2ReplaceLane
    /// `i8x16.relaxed_swizzle`: [v128 v128] -> [v128]
    case i8x16RelaxedSwizzle
    /// `i32x4.relaxed_trunc_f32x4_s`: [v128] -> [v128]
    case i32x4RelaxedTruncF32x4S
    /// `i32x4.relaxed_trunc_f32x4_u`: [v128] -> [v128]
    case i32x4RelaxedTruncF32x4U
    /// `i32x4.relaxed_trunc_f64x2_s_zero`: [v128] -> [v128]
    case i32x4RelaxedTruncF64x2SZero
    /// `i32x4.relaxed_trunc_f64x2_u_zero`: [v128] -> [v128]
    case i32x4RelaxedTruncF64x2UZero
    /// `i8x16.relaxed_laneselect`: [v128 v128 v128] -> [v128]
    case i8x16RelaxedLaneselect
    /// `i32x4.relaxed_laneselect`: [v128 v128 v128] -> [v128]
    case i32x4RelaxedLaneselect
    /// `i64x2.relaxed_laneselect`: [v128 v128 v128] -> [v128]
    case i64x2RelaxedLaneselect
    /// `i16x8.relaxed_q15mulr_s`: [v128 v128] -> [v128]
    case i16x8RelaxedQ15mulrS

    /// As in the text form: the operator's name with `.` as `_`.
    public var name: String {
        switch self {
        case .i8x16Swizzle: "i8x16_swizzle"
        case .i8x16Splat: "i8x16_splat"
        case .i16x8Splat: "i16x8_splat"
        case .i32x4Splat: "i32x4_splat"
        case .i64x2Splat: "i64x2_splat"
        case .f32x4Splat: "f32x4_splat"
        case .f64x2Splat: "f64x2_splat"
        case .i8x16Eq: "i8x16_eq"
        case .i8x16Ne: "i8x16_ne"
        case .i8x16LtS: "i8x16_lt_s"
        case .i8x16LtU: "i8x16_lt_u"
        case .i8x16GtS: "i8x16_gt_s"
        case .i8x16GtU: "i8x16_gt_u"
        case .i8x16LeS: "i8x16_le_s"
        case .i8x16LeU: "i8x16_le_u"
        case .i8x16GeS: "i8x16_ge_s"
        case .i8x16GeU: "i8x16_ge_u"
        case .i16x8Eq: "i16x8_eq"
        case .i16x8Ne: "i16x8_ne"
        case .i16x8LtS: "i16x8_lt_s"
        case .i16x8LtU: "i16x8_lt_u"
        case .i16x8GtS: "i16x8_gt_s"
        case .i16x8GtU: "i16x8_gt_u"
        case .i16x8LeS: "i16x8_le_s"
        case .i16x8LeU: "i16x8_le_u"
        case .i16x8GeS: "i16x8_ge_s"
        case .i16x8GeU: "i16x8_ge_u"
        case .i32x4Eq: "i32x4_eq"
        case .i32x4Ne: "i32x4_ne"
        case .i32x4LtS: "i32x4_lt_s"
        case .i32x4LtU: "i32x4_lt_u"
        case .i32x4GtS: "i32x4_gt_s"
        case .i32x4GtU: "i32x4_gt_u"
        case .i32x4LeS: "i32x4_le_s"
        case .i32x4LeU: "i32x4_le_u"
        case .i32x4GeS: "i32x4_ge_s"
        case .i32x4GeU: "i32x4_ge_u"
        case .f32x4Eq: "f32x4_eq"
        case .f32x4Ne: "f32x4_ne"
        case .f32x4Lt: "f32x4_lt"
        case .f32x4Gt: "f32x4_gt"
        case .f32x4Le: "f32x4_le"
        case .f32x4Ge: "f32x4_ge"
        case .f64x2Eq: "f64x2_eq"
        case .f64x2Ne: "f64x2_ne"
        case .f64x2Lt: "f64x2_lt"
        case .f64x2Gt: "f64x2_gt"
        case .f64x2Le: "f64x2_le"
        case .f64x2Ge: "f64x2_ge"
        case .v128Not: "v128_not"
        case .v128And: "v128_and"
        case .v128Andnot: "v128_andnot"
        case .v128Or: "v128_or"
        case .v128Xor: "v128_xor"
        case .v128Bitselect: "v128_bitselect"
        case .v128AnyTrue: "v128_any_true"
        case .f32x4DemoteF64x2Zero: "f32x4_demote_f64x2_zero"
        case .f64x2PromoteLowF32x4: "f64x2_promote_low_f32x4"
        case .i8x16Abs: "i8x16_abs"
        case .i8x16Neg: "i8x16_neg"
        case .i8x16Popcnt: "i8x16_popcnt"
        case .i8x16AllTrue: "i8x16_all_true"
        case .i8x16Bitmask: "i8x16_bitmask"
        case .i8x16NarrowI16x8S: "i8x16_narrow_i16x8_s"
        case .i8x16NarrowI16x8U: "i8x16_narrow_i16x8_u"
        case .f32x4Ceil: "f32x4_ceil"
        case .f32x4Floor: "f32x4_floor"
        case .f32x4Trunc: "f32x4_trunc"
        case .f32x4Nearest: "f32x4_nearest"
        case .i8x16Shl: "i8x16_shl"
        case .i8x16ShrS: "i8x16_shr_s"
        case .i8x16ShrU: "i8x16_shr_u"
        case .i8x16Add: "i8x16_add"
        case .i8x16AddSatS: "i8x16_add_sat_s"
        case .i8x16AddSatU: "i8x16_add_sat_u"
        case .i8x16Sub: "i8x16_sub"
        case .i8x16SubSatS: "i8x16_sub_sat_s"
        case .i8x16SubSatU: "i8x16_sub_sat_u"
        case .f64x2Ceil: "f64x2_ceil"
        case .f64x2Floor: "f64x2_floor"
        case .i8x16MinS: "i8x16_min_s"
        case .i8x16MinU: "i8x16_min_u"
        case .i8x16MaxS: "i8x16_max_s"
        case .i8x16MaxU: "i8x16_max_u"
        case .f64x2Trunc: "f64x2_trunc"
        case .i8x16AvgrU: "i8x16_avgr_u"
        case .i16x8ExtaddPairwiseI8x16S: "i16x8_extadd_pairwise_i8x16_s"
        case .i16x8ExtaddPairwiseI8x16U: "i16x8_extadd_pairwise_i8x16_u"
        case .i32x4ExtaddPairwiseI16x8S: "i32x4_extadd_pairwise_i16x8_s"
        case .i32x4ExtaddPairwiseI16x8U: "i32x4_extadd_pairwise_i16x8_u"
        case .i16x8Abs: "i16x8_abs"
        case .i16x8Neg: "i16x8_neg"
        case .i16x8Q15mulrSatS: "i16x8_q15mulr_sat_s"
        case .i16x8AllTrue: "i16x8_all_true"
        case .i16x8Bitmask: "i16x8_bitmask"
        case .i16x8NarrowI32x4S: "i16x8_narrow_i32x4_s"
        case .i16x8NarrowI32x4U: "i16x8_narrow_i32x4_u"
        case .i16x8ExtendLowI8x16S: "i16x8_extend_low_i8x16_s"
        case .i16x8ExtendHighI8x16S: "i16x8_extend_high_i8x16_s"
        case .i16x8ExtendLowI8x16U: "i16x8_extend_low_i8x16_u"
        case .i16x8ExtendHighI8x16U: "i16x8_extend_high_i8x16_u"
        case .i16x8Shl: "i16x8_shl"
        case .i16x8ShrS: "i16x8_shr_s"
        case .i16x8ShrU: "i16x8_shr_u"
        case .i16x8Add: "i16x8_add"
        case .i16x8AddSatS: "i16x8_add_sat_s"
        case .i16x8AddSatU: "i16x8_add_sat_u"
        case .i16x8Sub: "i16x8_sub"
        case .i16x8SubSatS: "i16x8_sub_sat_s"
        case .i16x8SubSatU: "i16x8_sub_sat_u"
        case .f64x2Nearest: "f64x2_nearest"
        case .i16x8Mul: "i16x8_mul"
        case .i16x8MinS: "i16x8_min_s"
        case .i16x8MinU: "i16x8_min_u"
        case .i16x8MaxS: "i16x8_max_s"
        case .i16x8MaxU: "i16x8_max_u"
        case .i16x8AvgrU: "i16x8_avgr_u"
        case .i16x8ExtmulLowI8x16S: "i16x8_extmul_low_i8x16_s"
        case .i16x8ExtmulHighI8x16S: "i16x8_extmul_high_i8x16_s"
        case .i16x8ExtmulLowI8x16U: "i16x8_extmul_low_i8x16_u"
        case .i16x8ExtmulHighI8x16U: "i16x8_extmul_high_i8x16_u"
        case .i32x4Abs: "i32x4_abs"
        case .i32x4Neg: "i32x4_neg"
        case .i32x4AllTrue: "i32x4_all_true"
        case .i32x4Bitmask: "i32x4_bitmask"
        case .i32x4ExtendLowI16x8S: "i32x4_extend_low_i16x8_s"
        case .i32x4ExtendHighI16x8S: "i32x4_extend_high_i16x8_s"
        case .i32x4ExtendLowI16x8U: "i32x4_extend_low_i16x8_u"
        case .i32x4ExtendHighI16x8U: "i32x4_extend_high_i16x8_u"
        case .i32x4Shl: "i32x4_shl"
        case .i32x4ShrS: "i32x4_shr_s"
        case .i32x4ShrU: "i32x4_shr_u"
        case .i32x4Add: "i32x4_add"
        case .i32x4Sub: "i32x4_sub"
        case .i32x4Mul: "i32x4_mul"
        case .i32x4MinS: "i32x4_min_s"
        case .i32x4MinU: "i32x4_min_u"
        case .i32x4MaxS: "i32x4_max_s"
        case .i32x4MaxU: "i32x4_max_u"
        case .i32x4DotI16x8S: "i32x4_dot_i16x8_s"
        case .i32x4ExtmulLowI16x8S: "i32x4_extmul_low_i16x8_s"
        case .i32x4ExtmulHighI16x8S: "i32x4_extmul_high_i16x8_s"
        case .i32x4ExtmulLowI16x8U: "i32x4_extmul_low_i16x8_u"
        case .i32x4ExtmulHighI16x8U: "i32x4_extmul_high_i16x8_u"
        case .i64x2Abs: "i64x2_abs"
        case .i64x2Neg: "i64x2_neg"
        case .i64x2AllTrue: "i64x2_all_true"
        case .i64x2Bitmask: "i64x2_bitmask"
        case .i64x2ExtendLowI32x4S: "i64x2_extend_low_i32x4_s"
        case .i64x2ExtendHighI32x4S: "i64x2_extend_high_i32x4_s"
        case .i64x2ExtendLowI32x4U: "i64x2_extend_low_i32x4_u"
        case .i64x2ExtendHighI32x4U: "i64x2_extend_high_i32x4_u"
        case .i64x2Shl: "i64x2_shl"
        case .i64x2ShrS: "i64x2_shr_s"
        case .i64x2ShrU: "i64x2_shr_u"
        case .i64x2Add: "i64x2_add"
        case .i64x2Sub: "i64x2_sub"
        case .i64x2Mul: "i64x2_mul"
        case .i64x2Eq: "i64x2_eq"
        case .i64x2Ne: "i64x2_ne"
        case .i64x2LtS: "i64x2_lt_s"
        case .i64x2GtS: "i64x2_gt_s"
        case .i64x2LeS: "i64x2_le_s"
        case .i64x2GeS: "i64x2_ge_s"
        case .i64x2ExtmulLowI32x4S: "i64x2_extmul_low_i32x4_s"
        case .i64x2ExtmulHighI32x4S: "i64x2_extmul_high_i32x4_s"
        case .i64x2ExtmulLowI32x4U: "i64x2_extmul_low_i32x4_u"
        case .i64x2ExtmulHighI32x4U: "i64x2_extmul_high_i32x4_u"
        case .f32x4Abs: "f32x4_abs"
        case .f32x4Neg: "f32x4_neg"
        case .f32x4Sqrt: "f32x4_sqrt"
        case .f32x4Add: "f32x4_add"
        case .f32x4Sub: "f32x4_sub"
        case .f32x4Mul: "f32x4_mul"
        case .f32x4Div: "f32x4_div"
        case .f32x4Min: "f32x4_min"
        case .f32x4Max: "f32x4_max"
        case .f32x4Pmin: "f32x4_pmin"
        case .f32x4Pmax: "f32x4_pmax"
        case .f64x2Abs: "f64x2_abs"
        case .f64x2Neg: "f64x2_neg"
        case .f64x2Sqrt: "f64x2_sqrt"
        case .f64x2Add: "f64x2_add"
        case .f64x2Sub: "f64x2_sub"
        case .f64x2Mul: "f64x2_mul"
        case .f64x2Div: "f64x2_div"
        case .f64x2Min: "f64x2_min"
        case .f64x2Max: "f64x2_max"
        case .f64x2Pmin: "f64x2_pmin"
        case .f64x2Pmax: "f64x2_pmax"
        case .i32x4TruncSatF32x4S: "i32x4_trunc_sat_f32x4_s"
        case .i32x4TruncSatF32x4U: "i32x4_trunc_sat_f32x4_u"
        case .f32x4ConvertI32x4S: "f32x4_convert_i32x4_s"
        case .f32x4ConvertI32x4U: "f32x4_convert_i32x4_u"
        case .i32x4TruncSatF64x2SZero: "i32x4_trunc_sat_f64x2_s_zero"
        case .i32x4TruncSatF64x2UZero: "i32x4_trunc_sat_f64x2_u_zero"
        case .f64x2ConvertLowI32x4S: "f64x2_convert_low_i32x4_s"
        case .f64x2ConvertLowI32x4U: "f64x2_convert_low_i32x4_u"
        case .f32x4RelaxedMadd: "f32x4_relaxed_madd"
        case .f32x4RelaxedNmadd: "f32x4_relaxed_nmadd"
        case .f64x2RelaxedMadd: "f64x2_relaxed_madd"
        case .f64x2RelaxedNmadd: "f64x2_relaxed_nmadd"
        case .i16x8RelaxedDotI8x16I7x16S: "i16x8_relaxed_dot_i8x16_i7x16_s"
        case .i32x4RelaxedDotI8x16I7x16AddS: "i32x4_relaxed_dot_i8x16_i7x16_add_s"
        case .i32x4Scalar: "i32x4_scalar"
        case .i64x2Scalar: "i64x2_scalar"
        case .i8x16Shuffle: "i8x16_shuffle"
        case .i8x16ExtractLaneS: "i8x16_extract_lane_s"
        case .i8x16ExtractLaneU: "i8x16_extract_lane_u"
        case .i8x16ReplaceLane: "i8x16_replace_lane"
        case .i16x8ExtractLaneS: "i16x8_extract_lane_s"
        case .i16x8ExtractLaneU: "i16x8_extract_lane_u"
        case .i16x8ReplaceLane: "i16x8_replace_lane"
        case .i32x4ExtractLane: "i32x4_extract_lane"
        case .i32x4ReplaceLane: "i32x4_replace_lane"
        case .i64x2ExtractLane: "i64x2_extract_lane"
        case .i64x2ReplaceLane: "i64x2_replace_lane"
        case .f32x4ExtractLane: "f32x4_extract_lane"
        case .f32x4ReplaceLane: "f32x4_replace_lane"
        case .f64x2ExtractLane: "f64x2_extract_lane"
        case .f64x2ReplaceLane: "f64x2_replace_lane"
        case .i8x16RelaxedSwizzle: "i8x16_relaxed_swizzle"
        case .i32x4RelaxedTruncF32x4S: "i32x4_relaxed_trunc_f32x4_s"
        case .i32x4RelaxedTruncF32x4U: "i32x4_relaxed_trunc_f32x4_u"
        case .i32x4RelaxedTruncF64x2SZero: "i32x4_relaxed_trunc_f64x2_s_zero"
        case .i32x4RelaxedTruncF64x2UZero: "i32x4_relaxed_trunc_f64x2_u_zero"
        case .i8x16RelaxedLaneselect: "i8x16_relaxed_laneselect"
        case .i32x4RelaxedLaneselect: "i32x4_relaxed_laneselect"
        case .i64x2RelaxedLaneselect: "i64x2_relaxed_laneselect"
        case .i16x8RelaxedQ15mulrS: "i16x8_relaxed_q15mulr_s"
        }
    }
}
