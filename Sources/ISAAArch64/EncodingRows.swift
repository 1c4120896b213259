/// One line per operation: how it is encoded. `Encode` interprets the rows.
///
/// Source: Arm Architecture Reference Manual for A-profile, chapter C4, "A64 Instruction Set Encoding".
struct EncodingRow {
    /// Which fields the operands go to. Unless said otherwise dst is Rd (bits 0…4), src1 Rn (5…9), src2 Rm (16…20), src3 Ra (10…14).
    enum Form: UInt8 {
        /// Not one instruction, or none.
        case none
        /// No operands.
        case fixed
        case branchTarget
        /// Only Rn, from src1.
        case register
        /// A 16-bit immediate in bits 0…15.
        case undefined
        /// Register, shifted, extended or immediate source; `base` has bits 29 and 30.
        case arithmetic
        /// Register, shifted or immediate source; `base` has bits 21, 29 and 30.
        case logic
        /// Rd, Rn, Rm, Ra as far as there are; sf by the size.
        case registers
        /// … and fixed 64 bits.
        case wideRegisters
        /// `rev`: bit 10 is sf.
        case reverse
        case bitfield
        case extract
        case select
        case compare
        case moveWide
        /// `base` has size, V and opc for the opcodes whose register has one width.
        case load, store
        case pair
        /// ftype by the size.
        case float
        case floatConvert
        case floatCompare
        case floatSelect
        case floatImmediate
        /// … and sf by `size2`.
        case floatInteger
        /// ``VectorRow`` has the rest.
        case vector
        case laneAccess
        case atomic
    }
    let form: Form
    let base: UInt32

    @inline(__always) init(_ form: Form, _ base: UInt32) {
        self.form = form
        self.base = base
    }

    /// The row of an operation.
    static func of(_ opcode: Opcode) -> EncodingRow {
        switch opcode {
        case .add: .init(.arithmetic, 0)
        case .adds: .init(.arithmetic, 0x2000_0000)
        case .sub: .init(.arithmetic, 0x4000_0000)
        case .subs: .init(.arithmetic, 0x6000_0000)
        case .and: .init(.logic, 0)
        case .bic: .init(.logic, 0x0020_0000)
        case .orr: .init(.logic, 0x2000_0000)
        case .orn: .init(.logic, 0x2020_0000)
        case .eor: .init(.logic, 0x4000_0000)
        case .eon: .init(.logic, 0x4020_0000)
        case .ands: .init(.logic, 0x6000_0000)
        case .bics: .init(.logic, 0x6020_0000)
        case .lslv: .init(.registers, 0x1ac0_2000)
        case .lsrv: .init(.registers, 0x1ac0_2400)
        case .asrv: .init(.registers, 0x1ac0_2800)
        case .rorv: .init(.registers, 0x1ac0_2c00)
        case .ubfm: .init(.bitfield, 0x5300_0000)
        case .sbfm: .init(.bitfield, 0x1300_0000)
        case .bfm: .init(.bitfield, 0x3300_0000)
        case .extr: .init(.extract, 0x1380_0000)
        case .madd: .init(.registers, 0x1b00_0000)
        case .msub: .init(.registers, 0x1b00_8000)
        case .smaddl: .init(.wideRegisters, 0x9b20_0000)
        case .smsubl: .init(.wideRegisters, 0x9b20_8000)
        case .umaddl: .init(.wideRegisters, 0x9ba0_0000)
        case .umsubl: .init(.wideRegisters, 0x9ba0_8000)
        case .smulh: .init(.wideRegisters, 0x9b40_7c00)
        case .umulh: .init(.wideRegisters, 0x9bc0_7c00)
        case .udiv: .init(.registers, 0x1ac0_0800)
        case .sdiv: .init(.registers, 0x1ac0_0c00)
        case .adc: .init(.registers, 0x1a00_0000)
        case .adcs: .init(.registers, 0x3a00_0000)
        case .sbc: .init(.registers, 0x5a00_0000)
        case .sbcs: .init(.registers, 0x7a00_0000)
        case .rbit: .init(.registers, 0x5ac0_0000)
        case .rev16: .init(.registers, 0x5ac0_0400)
        case .rev: .init(.reverse, 0x5ac0_0800)
        case .rev32: .init(.wideRegisters, 0xdac0_0800)
        case .clz: .init(.registers, 0x5ac0_1000)
        case .cls: .init(.registers, 0x5ac0_1400)
        case .csel: .init(.select, 0x1a80_0000)
        case .csinc: .init(.select, 0x1a80_0400)
        case .csinv: .init(.select, 0x5a80_0000)
        case .csneg: .init(.select, 0x5a80_0400)
        case .ccmn: .init(.compare, 0x3a40_0000)
        case .ccmp: .init(.compare, 0x7a40_0000)
        case .movn: .init(.moveWide, 0x1280_0000)
        case .movz: .init(.moveWide, 0x5280_0000)
        case .movk: .init(.moveWide, 0x7280_0000)

        case .ldr: .init(.load, 0)
        case .ldrb: .init(.load, 0x0040_0000)
        case .ldrh: .init(.load, 0x4040_0000)
        case .ldrsb: .init(.load, 0x0080_0000)
        case .ldrsh: .init(.load, 0x4080_0000)
        case .ldrsw: .init(.load, 0x8080_0000)
        case .str: .init(.store, 0)
        case .strb: .init(.store, 0x0000_0000)
        case .strh: .init(.store, 0x4000_0000)
        case .ldp: .init(.pair, 0x2840_0000)
        case .stp: .init(.pair, 0x2800_0000)

        case .fmul: .init(.float, 0x1e20_0800)
        case .fdiv: .init(.float, 0x1e20_1800)
        case .fadd: .init(.float, 0x1e20_2800)
        case .fsub: .init(.float, 0x1e20_3800)
        case .fmax: .init(.float, 0x1e20_4800)
        case .fmin: .init(.float, 0x1e20_5800)
        case .fmaxnm: .init(.float, 0x1e20_6800)
        case .fminnm: .init(.float, 0x1e20_7800)
        case .fnmul: .init(.float, 0x1e20_8800)
        case .fmadd: .init(.float, 0x1f00_0000)
        case .fmsub: .init(.float, 0x1f00_8000)
        case .fnmadd: .init(.float, 0x1f20_0000)
        case .fnmsub: .init(.float, 0x1f20_8000)
        case .fmov: .init(.float, 0x1e20_4000)
        case .fabs: .init(.float, 0x1e20_c000)
        case .fneg: .init(.float, 0x1e21_4000)
        case .fsqrt: .init(.float, 0x1e21_c000)
        case .fcvt: .init(.floatConvert, 0x1e22_4000)
        case .frintn: .init(.float, 0x1e24_4000)
        case .frintp: .init(.float, 0x1e24_c000)
        case .frintm: .init(.float, 0x1e25_4000)
        case .frintz: .init(.float, 0x1e25_c000)
        case .frinta: .init(.float, 0x1e26_4000)
        case .frintx: .init(.float, 0x1e27_4000)
        case .frinti: .init(.float, 0x1e27_c000)
        case .fcmp: .init(.floatCompare, 0x1e20_2000)
        case .fcsel: .init(.floatSelect, 0x1e20_0c00)
        case .fmovImmediate: .init(.floatImmediate, 0x1e20_1000)
        case .scvtf: .init(.floatInteger, 0x1e22_0000)
        case .ucvtf: .init(.floatInteger, 0x1e23_0000)
        case .fmovFromFloat: .init(.floatInteger, 0x1e26_0000)
        case .fmovToFloat: .init(.floatInteger, 0x1e27_0000)
        case .fcvtzs: .init(.floatInteger, 0x1e38_0000)
        case .fcvtzu: .init(.floatInteger, 0x1e39_0000)

        case .udf: .init(.undefined, 0)
        case .nop: .init(.fixed, 0xd503_201f)
        case .ret: .init(.fixed, 0xd65f_03c0)
        case .br: .init(.register, 0xd61f_0000)
        case .blr: .init(.register, 0xd63f_0000)
        case .bti: .init(.branchTarget, 0xd503_241f)
        case .paciasp: .init(.fixed, 0xd503_233f)
        case .autiasp: .init(.fixed, 0xd503_23bf)
        case .autia1716: .init(.fixed, 0xd503_219f)

        case .vector: .init(.vector, 0)
        case .ld1r: .init(.laneAccess, 0x0d40_c000)
        case .ld1: .init(.laneAccess, 0x0d40_0000)
        case .st1: .init(.laneAccess, 0x0d00_0000)

        case .ldar: .init(.atomic, 0x08df_fc00)
        case .stlr: .init(.atomic, 0x089f_fc00)
        case .ldaxr: .init(.atomic, 0x085f_fc00)
        case .stlxr: .init(.atomic, 0x0800_fc00)
        case .ldadd: .init(.atomic, 0x38e0_0000)
        case .ldclr: .init(.atomic, 0x38e0_1000)
        case .ldeor: .init(.atomic, 0x38e0_2000)
        case .ldset: .init(.atomic, 0x38e0_3000)
        case .swp: .init(.atomic, 0x38e0_8000)
        case .cas: .init(.atomic, 0x08e0_fc00)
        case .dmb: .init(.fixed, 0xd503_3bbf)

        case .updateLoop, .compareExchangeLoop, .loadImmediate, .loadFloat, .frameAddress, .symbolAddress, .jumpTableAddress, .arguments, .landingPad, .jump,
            .branch, .branchZero, .branchNonzero, .branchBitClear, .branchBitSet, .branchTable, .call, .callIndirect, .tailCall,
            .tailCallIndirect, .functionReturn, .trap, .trapIf, .trapZero, .trapNonzero, .trapBitClear, .trapBitSet: .init(.none, 0)
        }
    }
}
