/// One line per operation: how it is encoded. `Encode` interprets the rows.
///
/// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, opcode tables.
struct EncodingRow {
    /// Which fields go to ModRM.reg, ModRM.rm, VEX.vvvv and the opcode.
    enum Form: UInt8 {
        /// Not one instruction, or none.
        case none
        /// The eight arithmetic operations; `opcode` is the base of the block (`add` 00, `or` 08, …), `digit` its number.
        case alu, aluMemory
        case test, testMemory
        /// rm = dst, /digit; opcode − 1 for bytes.
        case unary
        /// opcode + dst.
        case opcodeRegister
        /// Shifts: C1 /digit ib, D1 by one, D3 by cl.
        case shift
        /// rm = dst, reg = src2; opcode + 1 by cl.
        case doubleShift
        /// reg = dst, rm = src2. Opcode − 1 for bytes where the row says so.
        case regRM
        /// … and an immediate, of 8 bits when it fits (opcode + 2).
        case regRMImmediate
        /// rm = src2, /digit.
        case rmDigit
        /// rm = memory, reg = src1; opcode − 1 for bytes.
        case store
        case storeImmediate
        /// rm = dst, condition in the opcode.
        case setcc
        /// reg = dst, rm = src2, condition in the opcode.
        case cmov
        /// rm = src1, reg = src2 or (`BA /digit`) an 8-bit immediate.
        case bitTest
        /// VEX: reg = dst, vvvv = src1, rm = src2.
        case vexRVM
        /// VEX: vvvv = dst, rm = src2, /digit.
        case vexVM
        /// VEX: reg = dst, rm = src2, 8-bit immediate.
        case vexRMI
        /// VEX: reg = dst, vvvv = dst2, rm = src2.
        case vexTwoResults
        /// No operands; for `cqo` with the operand size.
        case fixed
        /// SSE or AVX: reg = dst, rm = src2; AVX vvvv = src1.
        case sseTwoSources
        /// … and an 8-bit immediate.
        case sseTwoSourcesImmediate
        /// SSE or AVX: reg = dst, rm = src2, nothing else read.
        case sse
        /// … and the upper lanes of src1.
        case sseLowMerge
        /// `sse` that keeps upper lanes: AVX vvvv = src2 if it is a float register, else dst.
        case sseMerge
        case sseMergeImmediate
        case sseMergeFromInteger
        /// SSE or AVX: reg = src1, rm = src2.
        case sseCompare
        /// SSE or AVX: reg = src1, rm = memory.
        case sseStore
        /// SSE or AVX: reg = src2, rm = dst.
        case sseReverse
        /// The same with an 8-bit immediate.
        case sseImmediate, sseStoreImmediate, sseReverseImmediate
        /// `sseTwoSources`; or by an immediate: opcode 7x /digit, rm = src1, AVX vvvv = dst.
        case sseShift
        /// SSE: reg = dst, rm = src2, the mask in xmm0. VEX: map 0F3A, opcode 40 + digit, vvvv = src1, mask in a final byte.
        case sseBlend
        /// VEX or EVEX: reg = dst, vvvv = src3, rm = src2.
        case vexTernary
        /// … and an 8-bit immediate.
        case vexTernaryImmediate
    }
    enum Map: UInt8 { case one = 0, x0F, x0F38, x0F3A }
    /// Mandatory prefixes, numbered as VEX.pp.
    enum Prefix: UInt8 { case none = 0, x66, xF3, xF2 }
    /// Where the operand size goes.
    enum Width: UInt8 {
        /// 16 bits: 66; 64 bits: REX.W (VEX.W).
        case operand
        /// Nowhere.
        case none
        /// The source is a byte register or byte in memory: also REX for `sil` and the like.
        case operandByteSource
        /// VEX.W and EVEX.W set.
        case wide
    }

    let bits: UInt64

    @inline(__always) init(_ form: Form, _ map: Map, _ prefix: Prefix, _ opcode: UInt8, digit: UInt8 = 0, _ width: Width = .operand, evexScale: UInt8 = 0) {
        bits = UInt64(form.rawValue) | UInt64(map.rawValue) << 8 | UInt64(prefix.rawValue) << 12
            | UInt64(opcode) << 16 | UInt64(digit) << 24 | UInt64(width.rawValue) << 28 | UInt64(evexScale) << 32
    }
    /// The row with another opcode, in another map.
    @inline(__always) func with(map: UInt8, opcode: UInt8) -> EncodingRow {
        EncodingRow(bits: bits & ~0xff_0f00 | UInt64(map) << 8 | UInt64(opcode) << 16)
    }
    private init(bits: UInt64) { self.bits = bits }
    @inline(__always) var form: Form { Form(rawValue: UInt8(truncatingIfNeeded: bits)).unsafelyUnwrapped }
    @inline(__always) var map: UInt8 { UInt8(truncatingIfNeeded: bits >> 8) & 15 }
    @inline(__always) var prefix: UInt8 { UInt8(truncatingIfNeeded: bits >> 12) & 15 }
    @inline(__always) var opcode: UInt8 { UInt8(truncatingIfNeeded: bits >> 16) }
    @inline(__always) var digit: UInt8 { UInt8(truncatingIfNeeded: bits >> 24) & 15 }
    @inline(__always) var width: Width { Width(rawValue: UInt8(truncatingIfNeeded: bits >> 28) & 15).unsafelyUnwrapped }
    /// EVEX rows: logarithm of what 8-bit displacements are multiplied by; else 0.
    @inline(__always) var evexScale: UInt8 { UInt8(truncatingIfNeeded: bits >> 32) & 15 }

    /// The row of an operation.
    static func of(_ opcode: Opcode) -> EncodingRow {
        switch opcode {
        case .add: .init(.alu, .one, .none, 0x00, digit: 0)
        case .or: .init(.alu, .one, .none, 0x08, digit: 1)
        case .adc: .init(.alu, .one, .none, 0x10, digit: 2)
        case .sbb: .init(.alu, .one, .none, 0x18, digit: 3)
        case .and: .init(.alu, .one, .none, 0x20, digit: 4)
        case .sub: .init(.alu, .one, .none, 0x28, digit: 5)
        case .xor: .init(.alu, .one, .none, 0x30, digit: 6)
        case .cmp: .init(.alu, .one, .none, 0x38, digit: 7)
        case .test: .init(.test, .one, .none, 0x85)
        case .addMemory: .init(.aluMemory, .one, .none, 0x00, digit: 0)
        case .orMemory: .init(.aluMemory, .one, .none, 0x08, digit: 1)
        case .adcMemory: .init(.aluMemory, .one, .none, 0x10, digit: 2)
        case .sbbMemory: .init(.aluMemory, .one, .none, 0x18, digit: 3)
        case .andMemory: .init(.aluMemory, .one, .none, 0x20, digit: 4)
        case .subMemory: .init(.aluMemory, .one, .none, 0x28, digit: 5)
        case .xorMemory: .init(.aluMemory, .one, .none, 0x30, digit: 6)
        case .cmpMemory: .init(.aluMemory, .one, .none, 0x38, digit: 7)
        case .testMemory: .init(.testMemory, .one, .none, 0x85)
        case .neg: .init(.unary, .one, .none, 0xf7, digit: 3)
        case .not: .init(.unary, .one, .none, 0xf7, digit: 2)
        case .bswap: .init(.opcodeRegister, .x0F, .none, 0xc8)
        case .rol: .init(.shift, .one, .none, 0xc1, digit: 0)
        case .ror: .init(.shift, .one, .none, 0xc1, digit: 1)
        case .shl: .init(.shift, .one, .none, 0xc1, digit: 4)
        case .shr: .init(.shift, .one, .none, 0xc1, digit: 5)
        case .sar: .init(.shift, .one, .none, 0xc1, digit: 7)
        case .shld: .init(.doubleShift, .x0F, .none, 0xa4)
        case .shrd: .init(.doubleShift, .x0F, .none, 0xac)
        case .imul: .init(.regRM, .x0F, .none, 0xaf)
        case .imulImmediate: .init(.regRMImmediate, .one, .none, 0x69)
        case .mulWide: .init(.rmDigit, .one, .none, 0xf7, digit: 4)
        case .imulWide: .init(.rmDigit, .one, .none, 0xf7, digit: 5)
        case .mulx: .init(.vexTwoResults, .x0F38, .xF2, 0xf6)
        case .div: .init(.rmDigit, .one, .none, 0xf7, digit: 6)
        case .idiv: .init(.rmDigit, .one, .none, 0xf7, digit: 7)
        case .cqo: .init(.fixed, .one, .none, 0x99)
        case .mov: .init(.regRM, .one, .none, 0x8b)
        case .movzx8: .init(.regRM, .x0F, .none, 0xb6, .operandByteSource)
        case .movzx16: .init(.regRM, .x0F, .none, 0xb7)
        case .movsx8: .init(.regRM, .x0F, .none, 0xbe, .operandByteSource)
        case .movsx16: .init(.regRM, .x0F, .none, 0xbf)
        case .movsxd: .init(.regRM, .one, .none, 0x63)
        case .lea: .init(.regRM, .one, .none, 0x8d)
        case .movStore: .init(.store, .one, .none, 0x89)
        case .movStoreImmediate: .init(.storeImmediate, .one, .none, 0xc7)
        case .setcc: .init(.setcc, .x0F, .none, 0x90, .none)
        case .cmov: .init(.cmov, .x0F, .none, 0x40)
        case .bsf: .init(.regRM, .x0F, .none, 0xbc)
        case .bsr: .init(.regRM, .x0F, .none, 0xbd)
        case .lzcnt: .init(.regRM, .x0F, .xF3, 0xbd)
        case .tzcnt: .init(.regRM, .x0F, .xF3, 0xbc)
        case .popcnt: .init(.regRM, .x0F, .xF3, 0xb8)
        case .bt: .init(.bitTest, .x0F, .none, 0xa3, digit: 4)
        case .bts: .init(.bitTest, .x0F, .none, 0xab, digit: 5)
        case .btr: .init(.bitTest, .x0F, .none, 0xb3, digit: 6)
        case .btc: .init(.bitTest, .x0F, .none, 0xbb, digit: 7)
        case .andn: .init(.vexRVM, .x0F38, .none, 0xf2)
        case .pdep: .init(.vexRVM, .x0F38, .xF2, 0xf5)
        case .pext: .init(.vexRVM, .x0F38, .xF3, 0xf5)
        case .blsr: .init(.vexVM, .x0F38, .none, 0xf3, digit: 1)
        case .blsmsk: .init(.vexVM, .x0F38, .none, 0xf3, digit: 2)
        case .blsi: .init(.vexVM, .x0F38, .none, 0xf3, digit: 3)
        case .bzhi: .init(.vexRVM, .x0F38, .none, 0xf5)
        case .bextr: .init(.vexRVM, .x0F38, .none, 0xf7)
        case .shlx: .init(.vexRVM, .x0F38, .x66, 0xf7)
        case .shrx: .init(.vexRVM, .x0F38, .xF2, 0xf7)
        case .sarx: .init(.vexRVM, .x0F38, .xF3, 0xf7)
        case .rorx: .init(.vexRMI, .x0F3A, .xF2, 0xf0)
        case .xchgMemory: .init(.store, .one, .none, 0x87)
        case .xaddMemory: .init(.store, .x0F, .none, 0xc1)
        case .cmpxchgMemory: .init(.store, .x0F, .none, 0xb1)
        // The ModRM byte of the fences is part of the opcode.
        case .mfence: .init(.fixed, .x0F, .none, 0xae, .none)
        case .pause: .init(.fixed, .one, .xF3, 0x90, .none)
        case .nop: .init(.fixed, .one, .none, 0x90, .none)

        case .movss: .init(.sse, .x0F, .xF3, 0x10, .none)
        case .movsd: .init(.sse, .x0F, .xF2, 0x10, .none)
        case .movups: .init(.sse, .x0F, .none, 0x10, .none)
        case .movaps: .init(.sse, .x0F, .none, 0x28, .none)
        case .movssStore: .init(.sseStore, .x0F, .xF3, 0x11, .none)
        case .movsdStore: .init(.sseStore, .x0F, .xF2, 0x11, .none)
        case .movupsStore: .init(.sseStore, .x0F, .none, 0x11, .none)
        case .movdToFloat: .init(.sse, .x0F, .x66, 0x6e)
        case .movdFromFloat: .init(.sseReverse, .x0F, .x66, 0x7e)
        case .addss: .init(.sseTwoSources, .x0F, .xF3, 0x58, .none)
        case .addsd: .init(.sseTwoSources, .x0F, .xF2, 0x58, .none)
        case .mulss: .init(.sseTwoSources, .x0F, .xF3, 0x59, .none)
        case .mulsd: .init(.sseTwoSources, .x0F, .xF2, 0x59, .none)
        case .subss: .init(.sseTwoSources, .x0F, .xF3, 0x5c, .none)
        case .subsd: .init(.sseTwoSources, .x0F, .xF2, 0x5c, .none)
        case .minss: .init(.sseTwoSources, .x0F, .xF3, 0x5d, .none)
        case .minsd: .init(.sseTwoSources, .x0F, .xF2, 0x5d, .none)
        case .divss: .init(.sseTwoSources, .x0F, .xF3, 0x5e, .none)
        case .divsd: .init(.sseTwoSources, .x0F, .xF2, 0x5e, .none)
        case .maxss: .init(.sseTwoSources, .x0F, .xF3, 0x5f, .none)
        case .maxsd: .init(.sseTwoSources, .x0F, .xF2, 0x5f, .none)
        case .sqrtss: .init(.sseMerge, .x0F, .xF3, 0x51, .none)
        case .sqrtsd: .init(.sseMerge, .x0F, .xF2, 0x51, .none)
        case .cvtss2sd: .init(.sseMerge, .x0F, .xF3, 0x5a, .none)
        case .cvtsd2ss: .init(.sseMerge, .x0F, .xF2, 0x5a, .none)
        case .cvtsi2ss: .init(.sseMergeFromInteger, .x0F, .xF3, 0x2a)
        case .cvtsi2sd: .init(.sseMergeFromInteger, .x0F, .xF2, 0x2a)
        case .cvttss2si: .init(.sse, .x0F, .xF3, 0x2c)
        case .cvttsd2si: .init(.sse, .x0F, .xF2, 0x2c)
        case .ucomiss: .init(.sseCompare, .x0F, .none, 0x2e, .none)
        case .ucomisd: .init(.sseCompare, .x0F, .x66, 0x2e, .none)
        case .roundss: .init(.sseMergeImmediate, .x0F3A, .x66, 0x0a, .none)
        case .roundsd: .init(.sseMergeImmediate, .x0F3A, .x66, 0x0b, .none)
        case .cmpss: .init(.sseTwoSourcesImmediate, .x0F, .xF3, 0xc2, .none)
        case .cmpsd: .init(.sseTwoSourcesImmediate, .x0F, .xF2, 0xc2, .none)
        case .movmskps: .init(.sse, .x0F, .none, 0x50, .none)
        case .movmskpd: .init(.sse, .x0F, .x66, 0x50, .none)

        case .paddb: .init(.sseTwoSources, .x0F, .x66, 0xfc, .none)
        case .paddw: .init(.sseTwoSources, .x0F, .x66, 0xfd, .none)
        case .paddd: .init(.sseTwoSources, .x0F, .x66, 0xfe, .none)
        case .paddq: .init(.sseTwoSources, .x0F, .x66, 0xd4, .none)
        case .psubb: .init(.sseTwoSources, .x0F, .x66, 0xf8, .none)
        case .psubw: .init(.sseTwoSources, .x0F, .x66, 0xf9, .none)
        case .psubd: .init(.sseTwoSources, .x0F, .x66, 0xfa, .none)
        case .psubq: .init(.sseTwoSources, .x0F, .x66, 0xfb, .none)
        case .paddsb: .init(.sseTwoSources, .x0F, .x66, 0xec, .none)
        case .paddsw: .init(.sseTwoSources, .x0F, .x66, 0xed, .none)
        case .paddusb: .init(.sseTwoSources, .x0F, .x66, 0xdc, .none)
        case .paddusw: .init(.sseTwoSources, .x0F, .x66, 0xdd, .none)
        case .psubsb: .init(.sseTwoSources, .x0F, .x66, 0xe8, .none)
        case .psubsw: .init(.sseTwoSources, .x0F, .x66, 0xe9, .none)
        case .psubusb: .init(.sseTwoSources, .x0F, .x66, 0xd8, .none)
        case .psubusw: .init(.sseTwoSources, .x0F, .x66, 0xd9, .none)
        case .pmullw: .init(.sseTwoSources, .x0F, .x66, 0xd5, .none)
        case .pmulld: .init(.sseTwoSources, .x0F38, .x66, 0x40, .none)
        case .pmuludq: .init(.sseTwoSources, .x0F, .x66, 0xf4, .none)
        case .pmuldq: .init(.sseTwoSources, .x0F38, .x66, 0x28, .none)
        case .pmulhw: .init(.sseTwoSources, .x0F, .x66, 0xe5, .none)
        case .pmulhuw: .init(.sseTwoSources, .x0F, .x66, 0xe4, .none)
        case .pmulhrsw: .init(.sseTwoSources, .x0F38, .x66, 0x0b, .none)
        case .pmaddwd: .init(.sseTwoSources, .x0F, .x66, 0xf5, .none)
        case .pmaddubsw: .init(.sseTwoSources, .x0F38, .x66, 0x04, .none)
        case .psadbw: .init(.sseTwoSources, .x0F, .x66, 0xf6, .none)
        case .pand: .init(.sseTwoSources, .x0F, .x66, 0xdb, .none)
        case .pandn: .init(.sseTwoSources, .x0F, .x66, 0xdf, .none)
        case .por: .init(.sseTwoSources, .x0F, .x66, 0xeb, .none)
        case .pxor: .init(.sseTwoSources, .x0F, .x66, 0xef, .none)
        case .pcmpeqb: .init(.sseTwoSources, .x0F, .x66, 0x74, .none)
        case .pcmpeqw: .init(.sseTwoSources, .x0F, .x66, 0x75, .none)
        case .pcmpeqd: .init(.sseTwoSources, .x0F, .x66, 0x76, .none)
        case .pcmpeqq: .init(.sseTwoSources, .x0F38, .x66, 0x29, .none)
        case .pcmpgtb: .init(.sseTwoSources, .x0F, .x66, 0x64, .none)
        case .pcmpgtw: .init(.sseTwoSources, .x0F, .x66, 0x65, .none)
        case .pcmpgtd: .init(.sseTwoSources, .x0F, .x66, 0x66, .none)
        case .pcmpgtq: .init(.sseTwoSources, .x0F38, .x66, 0x37, .none)
        case .pminsb: .init(.sseTwoSources, .x0F38, .x66, 0x38, .none)
        case .pminsw: .init(.sseTwoSources, .x0F, .x66, 0xea, .none)
        case .pminsd: .init(.sseTwoSources, .x0F38, .x66, 0x39, .none)
        case .pminub: .init(.sseTwoSources, .x0F, .x66, 0xda, .none)
        case .pminuw: .init(.sseTwoSources, .x0F38, .x66, 0x3a, .none)
        case .pminud: .init(.sseTwoSources, .x0F38, .x66, 0x3b, .none)
        case .pmaxsb: .init(.sseTwoSources, .x0F38, .x66, 0x3c, .none)
        case .pmaxsw: .init(.sseTwoSources, .x0F, .x66, 0xee, .none)
        case .pmaxsd: .init(.sseTwoSources, .x0F38, .x66, 0x3d, .none)
        case .pmaxub: .init(.sseTwoSources, .x0F, .x66, 0xde, .none)
        case .pmaxuw: .init(.sseTwoSources, .x0F38, .x66, 0x3e, .none)
        case .pmaxud: .init(.sseTwoSources, .x0F38, .x66, 0x3f, .none)
        case .pavgb: .init(.sseTwoSources, .x0F, .x66, 0xe0, .none)
        case .pavgw: .init(.sseTwoSources, .x0F, .x66, 0xe3, .none)
        case .packsswb: .init(.sseTwoSources, .x0F, .x66, 0x63, .none)
        case .packssdw: .init(.sseTwoSources, .x0F, .x66, 0x6b, .none)
        case .packuswb: .init(.sseTwoSources, .x0F, .x66, 0x67, .none)
        case .packusdw: .init(.sseTwoSources, .x0F38, .x66, 0x2b, .none)
        case .punpcklbw: .init(.sseTwoSources, .x0F, .x66, 0x60, .none)
        case .punpcklwd: .init(.sseTwoSources, .x0F, .x66, 0x61, .none)
        case .punpckldq: .init(.sseTwoSources, .x0F, .x66, 0x62, .none)
        case .punpcklqdq: .init(.sseTwoSources, .x0F, .x66, 0x6c, .none)
        case .punpckhbw: .init(.sseTwoSources, .x0F, .x66, 0x68, .none)
        case .punpckhwd: .init(.sseTwoSources, .x0F, .x66, 0x69, .none)
        case .punpckhdq: .init(.sseTwoSources, .x0F, .x66, 0x6a, .none)
        case .punpckhqdq: .init(.sseTwoSources, .x0F, .x66, 0x6d, .none)
        case .pshufb: .init(.sseTwoSources, .x0F38, .x66, 0x00, .none)
        case .addps: .init(.sseTwoSources, .x0F, .none, 0x58, .none)
        case .addpd: .init(.sseTwoSources, .x0F, .x66, 0x58, .none)
        case .mulps: .init(.sseTwoSources, .x0F, .none, 0x59, .none)
        case .mulpd: .init(.sseTwoSources, .x0F, .x66, 0x59, .none)
        case .subps: .init(.sseTwoSources, .x0F, .none, 0x5c, .none)
        case .subpd: .init(.sseTwoSources, .x0F, .x66, 0x5c, .none)
        case .minps: .init(.sseTwoSources, .x0F, .none, 0x5d, .none)
        case .minpd: .init(.sseTwoSources, .x0F, .x66, 0x5d, .none)
        case .divps: .init(.sseTwoSources, .x0F, .none, 0x5e, .none)
        case .divpd: .init(.sseTwoSources, .x0F, .x66, 0x5e, .none)
        case .maxps: .init(.sseTwoSources, .x0F, .none, 0x5f, .none)
        case .maxpd: .init(.sseTwoSources, .x0F, .x66, 0x5f, .none)
        case .andps: .init(.sseTwoSources, .x0F, .none, 0x54, .none)
        case .andnps: .init(.sseTwoSources, .x0F, .none, 0x55, .none)
        case .orps: .init(.sseTwoSources, .x0F, .none, 0x56, .none)
        case .xorps: .init(.sseTwoSources, .x0F, .none, 0x57, .none)
        case .unpcklps: .init(.sseTwoSources, .x0F, .none, 0x14, .none)
        case .unpckhps: .init(.sseTwoSources, .x0F, .none, 0x15, .none)
        case .unpcklpd: .init(.sseTwoSources, .x0F, .x66, 0x14, .none)
        case .unpckhpd: .init(.sseTwoSources, .x0F, .x66, 0x15, .none)
        case .pmullq: .init(.sseTwoSources, .x0F38, .x66, 0x40, .wide, evexScale: 4)
        case .pminsq: .init(.sseTwoSources, .x0F38, .x66, 0x39, .wide, evexScale: 4)
        case .pminuq: .init(.sseTwoSources, .x0F38, .x66, 0x3b, .wide, evexScale: 4)
        case .pmaxsq: .init(.sseTwoSources, .x0F38, .x66, 0x3d, .wide, evexScale: 4)
        case .pmaxuq: .init(.sseTwoSources, .x0F38, .x66, 0x3f, .wide, evexScale: 4)
        case .pabsb: .init(.sse, .x0F38, .x66, 0x1c, .none)
        case .pabsw: .init(.sse, .x0F38, .x66, 0x1d, .none)
        case .pabsd: .init(.sse, .x0F38, .x66, 0x1e, .none)
        case .sqrtps: .init(.sse, .x0F, .none, 0x51, .none)
        case .sqrtpd: .init(.sse, .x0F, .x66, 0x51, .none)
        case .cvtdq2ps: .init(.sse, .x0F, .none, 0x5b, .none)
        case .cvttps2dq: .init(.sse, .x0F, .xF3, 0x5b, .none)
        case .cvttpd2dq: .init(.sse, .x0F, .x66, 0xe6, .none)
        case .cvtpd2ps: .init(.sse, .x0F, .x66, 0x5a, .none)
        case .pabsq: .init(.sse, .x0F38, .x66, 0x1f, .wide, evexScale: 4)
        case .popcntb: .init(.sse, .x0F38, .x66, 0x54, .none, evexScale: 4)
        case .cvttps2udq: .init(.sse, .x0F, .none, 0x78, .none, evexScale: 4)
        case .cvttpd2udq: .init(.sse, .x0F, .none, 0x78, .wide, evexScale: 4)
        case .cvtudq2ps: .init(.sse, .x0F, .xF2, 0x7a, .none, evexScale: 4)
        case .pmovsxbw: .init(.sse, .x0F38, .x66, 0x20, .none)
        case .pmovsxbd: .init(.sse, .x0F38, .x66, 0x21, .none)
        case .pmovsxbq: .init(.sse, .x0F38, .x66, 0x22, .none)
        case .pmovsxwd: .init(.sse, .x0F38, .x66, 0x23, .none)
        case .pmovsxwq: .init(.sse, .x0F38, .x66, 0x24, .none)
        case .pmovsxdq: .init(.sse, .x0F38, .x66, 0x25, .none)
        case .pmovzxbw: .init(.sse, .x0F38, .x66, 0x30, .none)
        case .pmovzxbd: .init(.sse, .x0F38, .x66, 0x31, .none)
        case .pmovzxbq: .init(.sse, .x0F38, .x66, 0x32, .none)
        case .pmovzxwd: .init(.sse, .x0F38, .x66, 0x33, .none)
        case .pmovzxwq: .init(.sse, .x0F38, .x66, 0x34, .none)
        case .pmovzxdq: .init(.sse, .x0F38, .x66, 0x35, .none)
        case .cvtdq2pd: .init(.sse, .x0F, .xF3, 0xe6, .none)
        case .cvtps2pd: .init(.sse, .x0F, .none, 0x5a, .none)
        case .movddup: .init(.sse, .x0F, .xF2, 0x12, .none)
        case .movqLow: .init(.sse, .x0F, .xF3, 0x7e, .none)
        case .pbroadcastb: .init(.sse, .x0F38, .x66, 0x78, .none)
        case .pbroadcastw: .init(.sse, .x0F38, .x66, 0x79, .none)
        case .pbroadcastd: .init(.sse, .x0F38, .x66, 0x58, .none)
        case .pbroadcastq: .init(.sse, .x0F38, .x66, 0x59, .none)
        case .broadcastss: .init(.sse, .x0F38, .x66, 0x18, .none)
        case .cvtudq2pd: .init(.sse, .x0F, .xF3, 0x7a, .none, evexScale: 3)
        case .psllw: .init(.sseShift, .x0F, .x66, 0xf1, digit: 6, .none)
        case .pslld: .init(.sseShift, .x0F, .x66, 0xf2, digit: 6, .none)
        case .psllq: .init(.sseShift, .x0F, .x66, 0xf3, digit: 6, .none)
        case .psrlw: .init(.sseShift, .x0F, .x66, 0xd1, digit: 2, .none)
        case .psrld: .init(.sseShift, .x0F, .x66, 0xd2, digit: 2, .none)
        case .psrlq: .init(.sseShift, .x0F, .x66, 0xd3, digit: 2, .none)
        case .psraw: .init(.sseShift, .x0F, .x66, 0xe1, digit: 4, .none)
        case .psrad: .init(.sseShift, .x0F, .x66, 0xe2, digit: 4, .none)
        case .psraq: .init(.sseShift, .x0F, .x66, 0xe2, digit: 4, .wide, evexScale: 4)
        case .pslldq: .init(.sseShift, .x0F, .x66, 0x73, digit: 7, .none)
        case .psrldq: .init(.sseShift, .x0F, .x66, 0x73, digit: 3, .none)
        case .roundps: .init(.sseImmediate, .x0F3A, .x66, 0x08, .none)
        case .roundpd: .init(.sseImmediate, .x0F3A, .x66, 0x09, .none)
        case .pshufd: .init(.sseImmediate, .x0F, .x66, 0x70, .none)
        case .pshuflw: .init(.sseImmediate, .x0F, .xF2, 0x70, .none)
        case .pshufhw: .init(.sseImmediate, .x0F, .xF3, 0x70, .none)
        case .cmpps: .init(.sseTwoSourcesImmediate, .x0F, .none, 0xc2, .none)
        case .cmppd: .init(.sseTwoSourcesImmediate, .x0F, .x66, 0xc2, .none)
        case .shufps: .init(.sseTwoSourcesImmediate, .x0F, .none, 0xc6, .none)
        case .shufpd: .init(.sseTwoSourcesImmediate, .x0F, .x66, 0xc6, .none)
        case .palignr: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x0f, .none)
        case .pblendw: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x0e, .none)
        case .blendps: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x0c, .none)
        case .blendpd: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x0d, .none)
        case .rangeps: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x50, .none, evexScale: 4)
        case .rangepd: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x50, .wide, evexScale: 4)
        case .insertps: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x21, .none)
        case .blendvps: .init(.sseBlend, .x0F38, .x66, 0x14, digit: 10, .none)
        case .blendvpd: .init(.sseBlend, .x0F38, .x66, 0x15, digit: 11, .none)
        case .pblendvb: .init(.sseBlend, .x0F38, .x66, 0x10, digit: 12, .none)
        case .pinsrb: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x20)
        case .pinsrw: .init(.sseTwoSourcesImmediate, .x0F, .x66, 0xc4)
        case .pinsrd: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x22)
        case .pinsrq: .init(.sseTwoSourcesImmediate, .x0F3A, .x66, 0x22)
        case .pextrb: .init(.sseReverseImmediate, .x0F3A, .x66, 0x14)
        case .pextrw: .init(.sseImmediate, .x0F, .x66, 0xc5)
        case .pextrd: .init(.sseReverseImmediate, .x0F3A, .x66, 0x16)
        case .pextrq: .init(.sseReverseImmediate, .x0F3A, .x66, 0x16)
        case .pextrbStore: .init(.sseStoreImmediate, .x0F3A, .x66, 0x14)
        case .pextrwStore: .init(.sseStoreImmediate, .x0F3A, .x66, 0x15)
        case .pextrdStore: .init(.sseStoreImmediate, .x0F3A, .x66, 0x16)
        case .pextrqStore: .init(.sseStoreImmediate, .x0F3A, .x66, 0x16)
        case .movssMerge: .init(.sseLowMerge, .x0F, .xF3, 0x10, .none)
        case .movsdMerge: .init(.sseLowMerge, .x0F, .xF2, 0x10, .none)
        case .movhlps: .init(.sseTwoSources, .x0F, .none, 0x12, .none)
        case .movlhps: .init(.sseTwoSources, .x0F, .none, 0x16, .none)
        case .movlpsLoad: .init(.sseTwoSources, .x0F, .none, 0x12, .none)
        case .movhpsLoad: .init(.sseTwoSources, .x0F, .none, 0x16, .none)
        case .movlpsStore: .init(.sseStore, .x0F, .none, 0x13, .none)
        case .movhpsStore: .init(.sseStore, .x0F, .none, 0x17, .none)
        case .pmovmskb: .init(.sse, .x0F, .x66, 0xd7, .none)
        case .ptest: .init(.sseCompare, .x0F38, .x66, 0x17, .none)
        case .fmadd213ps: .init(.vexTernary, .x0F38, .x66, 0xa8, .none)
        case .fmadd213pd: .init(.vexTernary, .x0F38, .x66, 0xa8, .wide)
        case .fmadd213ss: .init(.vexTernary, .x0F38, .x66, 0xa9, .none)
        case .fmadd213sd: .init(.vexTernary, .x0F38, .x66, 0xa9, .wide)
        case .fnmadd213ps: .init(.vexTernary, .x0F38, .x66, 0xac, .none)
        case .fnmadd213pd: .init(.vexTernary, .x0F38, .x66, 0xac, .wide)
        case .fnmadd213ss: .init(.vexTernary, .x0F38, .x66, 0xad, .none)
        case .fnmadd213sd: .init(.vexTernary, .x0F38, .x66, 0xad, .wide)
        case .fmadd231ps: .init(.vexTernary, .x0F38, .x66, 0xb8, .none)
        case .fmadd231pd: .init(.vexTernary, .x0F38, .x66, 0xb8, .wide)
        case .fmadd231ss: .init(.vexTernary, .x0F38, .x66, 0xb9, .none)
        case .fmadd231sd: .init(.vexTernary, .x0F38, .x66, 0xb9, .wide)
        case .fnmadd231ps: .init(.vexTernary, .x0F38, .x66, 0xbc, .none)
        case .fnmadd231pd: .init(.vexTernary, .x0F38, .x66, 0xbc, .wide)
        case .fnmadd231ss: .init(.vexTernary, .x0F38, .x66, 0xbd, .none)
        case .fnmadd231sd: .init(.vexTernary, .x0F38, .x66, 0xbd, .wide)
        case .permi2b: .init(.vexTernary, .x0F38, .x66, 0x75, .none, evexScale: 4)
        case .pternlogd: .init(.vexTernaryImmediate, .x0F3A, .x66, 0x25, .none, evexScale: 4)

        case .callIndirect: .init(.rmDigit, .one, .none, 0xff, digit: 2, .none)
        case .tailCallIndirect: .init(.rmDigit, .one, .none, 0xff, digit: 4, .none)
        case .ud2: .init(.fixed, .x0F, .none, 0x0b, .none)

        case .loadImmediate, .zeroFloat, .onesFloat, .retypeFloat, .setccWide, .cmovss, .cmovsd, .jumpTableAddress, .updateMemory, .arguments, .jmp, .jcc, .jccAnd, .jccOr, .jmpTable,
            .landingPad, .call, .tailCall, .ret, .trapIf: .init(.none, .one, .none, 0, .none)
        }
    }
}
