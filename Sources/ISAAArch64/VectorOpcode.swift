/// Advanced SIMD instructions on registers, by mnemonic. Vectors are of 128 bits, and the lower half of one where results are of another width.
@frozen public enum VectorOpcode: UInt8, Sendable, CaseIterable {
    /// Two sources, lane by lane.
    case add, sub, mul, sqadd, uqadd, sqsub, uqsub, urhadd, smax, smin, umax, umin, sqrdmulh, sshl, ushl
    /// All ones where the comparison holds, else zeros.
    case cmeq, cmgt, cmge, cmhi, cmhs, cmtst, fcmeq, fcmge, fcmgt
    /// … with zero.
    case cmeqZero, cmgtZero, cmgeZero, cmleZero, cmltZero, fcmeqZero, fcmgtZero, fcmgeZero, fcmleZero, fcmltZero
    /// Neighbouring lanes; the first source's results below those of the second.
    case addp, umaxp
    /// Lanes of both sources.
    case zip1, zip2, uzp1, uzp2, trn1, trn2, ext, tbl, tbl2
    /// With the destination's old value.
    case mla, mls, fmla, fmls, sdot, bsl, bit, bif
    /// Bits.
    case and, orr, eor, bic, orn
    case fadd, fsub, fmul, fdiv, fmin, fmax
    /// Wide results; the size is that of the narrow lanes, of the upper halves if it is a whole vector's.
    case smull, umull, smlal, umlal, sshll, ushll, saddlp, uaddlp, sadalp, uadalp, fcvtl
    /// Narrow results, in the lower half, or above the destination's if the size is a whole vector's.
    case xtn, sqxtn, sqxtun, uqxtn, fcvtn
    /// One source.
    case abs, neg, cnt, not, rev16, rev32, rev64, fabs, fneg, fsqrt, frintn, frintm, frintp, frintz, fcvtzs, fcvtzu, scvtf, ucvtf
    /// A result in lane 0.
    case addv
    /// By an immediate.
    case shl, sshr, ushr, sli
    /// Single lanes, and general registers.
    case dup, dupScalar, dupGeneral, ins, insGeneral, umov, smov
    case movi
}

extension OperandSize {
    /// The scalar register of an arrangement's lanes.
    var lane: OperandSize { [OperandSize.b, .h, .s, .d][Int(laneLog2)] }
    /// Half as many lanes.
    var lowHalf: OperandSize {
        switch self {
        case .b16: .b8
        case .h8: .h4
        case .s4: .s2
        default: .d1
        }
    }
    /// A whole vector of lanes of twice the width.
    var wider: OperandSize { [OperandSize.h8, .s4, .d2, .d2][Int(laneLog2)] }
    /// A whole vector of lanes of this width.
    var whole: OperandSize { [OperandSize.b16, .h8, .s4, .d2][Int(laneLog2)] }
}
