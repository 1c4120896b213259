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
        /// … that keeps upper lanes: AVX vvvv = src2 if it is a float register, else dst.
        case sseMerge
        case sseMergeImmediate
        case sseMergeFromInteger
        /// SSE or AVX: reg = src1, rm = src2.
        case sseCompare
        /// SSE or AVX: reg = src1, rm = memory.
        case sseStore
        /// SSE or AVX: reg = src2, rm = dst.
        case sseReverse
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
    }

    let bits: UInt64

    @inline(__always) init(_ form: Form, _ map: Map, _ prefix: Prefix, _ opcode: UInt8, digit: UInt8 = 0, _ width: Width = .operand) {
        bits = UInt64(form.rawValue) | UInt64(map.rawValue) << 8 | UInt64(prefix.rawValue) << 12
            | UInt64(opcode) << 16 | UInt64(digit) << 24 | UInt64(width.rawValue) << 28
    }
    @inline(__always) var form: Form { Form(rawValue: UInt8(truncatingIfNeeded: bits)).unsafelyUnwrapped }
    @inline(__always) var map: UInt8 { UInt8(truncatingIfNeeded: bits >> 8) & 15 }
    @inline(__always) var prefix: UInt8 { UInt8(truncatingIfNeeded: bits >> 12) & 15 }
    @inline(__always) var opcode: UInt8 { UInt8(truncatingIfNeeded: bits >> 16) }
    @inline(__always) var digit: UInt8 { UInt8(truncatingIfNeeded: bits >> 24) & 15 }
    @inline(__always) var width: Width { Width(rawValue: UInt8(truncatingIfNeeded: bits >> 28) & 15).unsafelyUnwrapped }

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
        case .andps: .init(.sseTwoSources, .x0F, .none, 0x54, .none)
        case .andnps: .init(.sseTwoSources, .x0F, .none, 0x55, .none)
        case .orps: .init(.sseTwoSources, .x0F, .none, 0x56, .none)
        case .xorps: .init(.sseTwoSources, .x0F, .none, 0x57, .none)
        case .movmskps: .init(.sse, .x0F, .none, 0x50, .none)
        case .movmskpd: .init(.sse, .x0F, .x66, 0x50, .none)
        case .unpcklps: .init(.sseTwoSources, .x0F, .none, 0x14, .none)

        case .callIndirect: .init(.rmDigit, .one, .none, 0xff, digit: 2, .none)
        case .tailCallIndirect: .init(.rmDigit, .one, .none, 0xff, digit: 4, .none)
        case .ud2: .init(.fixed, .x0F, .none, 0x0b, .none)

        case .loadImmediate, .zeroFloat, .setccWide, .jumpTableAddress, .arguments, .jmp, .jcc, .jccAnd, .jccOr, .jmpTable,
            .call, .tailCall, .ret, .trapIf: .init(.none, .one, .none, 0, .none)
        }
    }
}
