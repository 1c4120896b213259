/// How a vector instruction is encoded and written. Source: Arm Architecture Reference Manual, C4.1.96 (A-profile, DDI 0487).
struct VectorRow {
    /// Where the lane size and an immediate go, besides the registers in bits 0…4, 5…9 and 16…20.
    enum Field: UInt8 {
        case none
        /// Size in bits 22…23.
        case integer
        /// Single or double in bit 22.
        case float
        /// Count plus size in bits 16…22; for a shift to the right, twice the size less the count.
        case leftShift, rightShift
        /// Lane number above a one that stands for the size, in bits 16…20; of a second register, in bits 11…14.
        case lane, twoLanes
        /// Number of a byte in bits 11…14.
        case byte
        /// ``ModifiedImmediate``.
        case modified
    }
    /// Arrangements of the operands.
    enum Operands: UInt8 {
        case same, bytes, zero, long, pairs, narrow, across, dot, table, modified
        /// `v.t, v.s[n]`; `s, v.s[n]`; `v.t, r`.
        case duplicate, scalar, fromGeneral
        /// `v.s[n], v.s[n]`; `v.s[n], r`; `r, v.s[n]`.
        case insert, insertGeneral, toGeneral
    }

    /// The instruction with zeros for everything that varies.
    let word: UInt32
    let field: Field
    let operands: Operands
    init(_ word: UInt32, _ field: Field, _ operands: Operands) {
        self.word = word
        self.field = field
        self.operands = operands
    }

    static func of(_ opcode: VectorOpcode) -> VectorRow {
        switch opcode {
        case .add: .init(0x0e20_8400, .integer, .same)
        case .sub: .init(0x2e20_8400, .integer, .same)
        case .mul: .init(0x0e20_9c00, .integer, .same)
        case .sqadd: .init(0x0e20_0c00, .integer, .same)
        case .uqadd: .init(0x2e20_0c00, .integer, .same)
        case .sqsub: .init(0x0e20_2c00, .integer, .same)
        case .uqsub: .init(0x2e20_2c00, .integer, .same)
        case .urhadd: .init(0x2e20_1400, .integer, .same)
        case .smax: .init(0x0e20_6400, .integer, .same)
        case .smin: .init(0x0e20_6c00, .integer, .same)
        case .umax: .init(0x2e20_6400, .integer, .same)
        case .umin: .init(0x2e20_6c00, .integer, .same)
        case .sqrdmulh: .init(0x2e20_b400, .integer, .same)
        case .sshl: .init(0x0e20_4400, .integer, .same)
        case .ushl: .init(0x2e20_4400, .integer, .same)
        case .cmeq: .init(0x2e20_8c00, .integer, .same)
        case .cmgt: .init(0x0e20_3400, .integer, .same)
        case .cmge: .init(0x0e20_3c00, .integer, .same)
        case .cmhi: .init(0x2e20_3400, .integer, .same)
        case .cmhs: .init(0x2e20_3c00, .integer, .same)
        case .cmtst: .init(0x0e20_8c00, .integer, .same)
        case .fcmeq: .init(0x0e20_e400, .float, .same)
        case .fcmge: .init(0x2e20_e400, .float, .same)
        case .fcmgt: .init(0x2ea0_e400, .float, .same)
        case .cmeqZero: .init(0x0e20_9800, .integer, .zero)
        case .cmgtZero: .init(0x0e20_8800, .integer, .zero)
        case .cmgeZero: .init(0x2e20_8800, .integer, .zero)
        case .cmleZero: .init(0x2e20_9800, .integer, .zero)
        case .cmltZero: .init(0x0e20_a800, .integer, .zero)
        case .fcmeqZero: .init(0x0ea0_d800, .float, .zero)
        case .fcmgtZero: .init(0x0ea0_c800, .float, .zero)
        case .fcmgeZero: .init(0x2ea0_c800, .float, .zero)
        case .fcmleZero: .init(0x2ea0_d800, .float, .zero)
        case .fcmltZero: .init(0x0ea0_e800, .float, .zero)
        case .addp: .init(0x0e20_bc00, .integer, .same)
        case .umaxp: .init(0x2e20_a400, .integer, .same)
        case .zip1: .init(0x0e00_3800, .integer, .same)
        case .zip2: .init(0x0e00_7800, .integer, .same)
        case .uzp1: .init(0x0e00_1800, .integer, .same)
        case .uzp2: .init(0x0e00_5800, .integer, .same)
        case .trn1: .init(0x0e00_2800, .integer, .same)
        case .trn2: .init(0x0e00_6800, .integer, .same)
        case .ext: .init(0x2e00_0000, .byte, .bytes)
        case .tbl: .init(0x0e00_0000, .none, .table)
        case .tbl2: .init(0x0e00_2000, .none, .table)
        case .mla: .init(0x0e20_9400, .integer, .same)
        case .mls: .init(0x2e20_9400, .integer, .same)
        case .fmla: .init(0x0e20_cc00, .float, .same)
        case .fmls: .init(0x0ea0_cc00, .float, .same)
        case .sdot: .init(0x0e80_9400, .none, .dot)
        case .bsl: .init(0x2e60_1c00, .none, .bytes)
        case .bit: .init(0x2ea0_1c00, .none, .bytes)
        case .bif: .init(0x2ee0_1c00, .none, .bytes)
        case .and: .init(0x0e20_1c00, .none, .bytes)
        case .orr: .init(0x0ea0_1c00, .none, .bytes)
        case .eor: .init(0x2e20_1c00, .none, .bytes)
        case .bic: .init(0x0e60_1c00, .none, .bytes)
        case .orn: .init(0x0ee0_1c00, .none, .bytes)
        case .fadd: .init(0x0e20_d400, .float, .same)
        case .fsub: .init(0x0ea0_d400, .float, .same)
        case .fmul: .init(0x2e20_dc00, .float, .same)
        case .fdiv: .init(0x2e20_fc00, .float, .same)
        case .fmin: .init(0x0ea0_f400, .float, .same)
        case .fmax: .init(0x0e20_f400, .float, .same)
        case .smull: .init(0x0e20_c000, .integer, .long)
        case .umull: .init(0x2e20_c000, .integer, .long)
        case .smlal: .init(0x0e20_8000, .integer, .long)
        case .umlal: .init(0x2e20_8000, .integer, .long)
        case .sshll: .init(0x0f00_a400, .leftShift, .long)
        case .ushll: .init(0x2f00_a400, .leftShift, .long)
        case .saddlp: .init(0x0e20_2800, .integer, .pairs)
        case .uaddlp: .init(0x2e20_2800, .integer, .pairs)
        case .sadalp: .init(0x0e20_6800, .integer, .pairs)
        case .uadalp: .init(0x2e20_6800, .integer, .pairs)
        case .fcvtl: .init(0x0e61_7800, .none, .long)
        case .xtn: .init(0x0e21_2800, .integer, .narrow)
        case .sqxtn: .init(0x0e21_4800, .integer, .narrow)
        case .sqxtun: .init(0x2e21_2800, .integer, .narrow)
        case .uqxtn: .init(0x2e21_4800, .integer, .narrow)
        case .fcvtn: .init(0x0e61_6800, .none, .narrow)
        case .abs: .init(0x0e20_b800, .integer, .same)
        case .neg: .init(0x2e20_b800, .integer, .same)
        case .cnt: .init(0x0e20_5800, .none, .bytes)
        case .not: .init(0x2e20_5800, .none, .bytes)
        case .rev16: .init(0x0e20_1800, .integer, .same)
        case .rev32: .init(0x2e20_0800, .integer, .same)
        case .rev64: .init(0x0e20_0800, .integer, .same)
        case .fabs: .init(0x0ea0_f800, .float, .same)
        case .fneg: .init(0x2ea0_f800, .float, .same)
        case .fsqrt: .init(0x2ea1_f800, .float, .same)
        case .frintn: .init(0x0e21_8800, .float, .same)
        case .frintm: .init(0x0e21_9800, .float, .same)
        case .frintp: .init(0x0ea1_8800, .float, .same)
        case .frintz: .init(0x0ea1_9800, .float, .same)
        case .fcvtzs: .init(0x0ea1_b800, .float, .same)
        case .fcvtzu: .init(0x2ea1_b800, .float, .same)
        case .scvtf: .init(0x0e21_d800, .float, .same)
        case .ucvtf: .init(0x2e21_d800, .float, .same)
        case .addv: .init(0x0e31_b800, .integer, .across)
        case .shl: .init(0x0f00_5400, .leftShift, .same)
        case .sshr: .init(0x0f00_0400, .rightShift, .same)
        case .ushr: .init(0x2f00_0400, .rightShift, .same)
        case .sli: .init(0x2f00_5400, .leftShift, .same)
        case .dup: .init(0x0e00_0400, .lane, .duplicate)
        case .dupScalar: .init(0x5e00_0400, .lane, .scalar)
        case .dupGeneral: .init(0x0e00_0c00, .lane, .fromGeneral)
        case .ins: .init(0x2e00_0400, .twoLanes, .insert)
        case .insGeneral: .init(0x0e00_1c00, .lane, .insertGeneral)
        case .umov: .init(0x0e00_3c00, .lane, .toGeneral)
        case .smov: .init(0x0e00_2c00, .lane, .toGeneral)
        case .movi: .init(0x0f00_0400, .modified, .modified)
        }
    }
}
