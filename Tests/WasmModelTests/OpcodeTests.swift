import PrecastWasmModel
import PrecastWasmTypes
import Testing

@Suite struct OpcodeTests {
    @Test func codesRoundTrip() {
        for opcode in Opcode.allCases {
            if opcode.rawValue < 0x100 {
                #expect(Opcode(code: UInt8(opcode.rawValue)) == opcode)
            } else {
                #expect((0xFB...0xFE).contains(opcode.rawValue >> 12))
                #expect(opcode.prefix.flatMap { Opcode(prefix: $0, code: opcode.code) } == opcode)
            }
        }
        let known = Set(Opcode.allCases.map(\.rawValue))
        for code in UInt8.min...UInt8.max where !known.contains(UInt32(code)) { #expect(Opcode(code: code) == nil) }
        #expect(Opcode(prefix: 0xFC, code: 0x12) == nil && Opcode(prefix: 0xFA, code: 0) == nil && Opcode(prefix: 0xFB, code: 0x1000) == nil)
    }

    @Test func mnemonicsAreUnique() {
        let mnemonics = Opcode.allCases.map(\.mnemonic)
        #expect(Set(mnemonics).count == mnemonics.count - 3, "select, ref.test and ref.cast have two encodings each")
        #expect(Opcode.i32Add.mnemonic == "i32.add" && Opcode.brTable.mnemonic == "br_table")
    }

    @Test func rows() {
        let store = Opcode.i64Store.signature
        #expect(store.operandCount == 2 && store.resultCode == 0)
        #expect(Signature.type(ofCode: store.operandCode(depth: 0)) == .i64)
        #expect(store.operandCode(depth: 1) == Signature.addressCode)
        let compare = Opcode.f64Lt.signature
        #expect(Signature.type(ofCode: compare.operandCode(depth: 1)) == .f64)
        #expect(Signature.type(ofCode: compare.resultCode) == .i32)
        #expect(Opcode.i64Load32U.naturalAlignment == 2 && Opcode.f64Store.naturalAlignment == 3)
        #expect(Opcode.call.signature.isSpecial && !Opcode.nop.signature.isSpecial)
        #expect(Opcode.returnCall.requiredFeatures == FeatureSet(.tailCalls).rawValue)
        #expect(Opcode.tableFill.requiredFeatures == FeatureSet(.referenceTypes).rawValue)
        #expect(Opcode.memoryInit.immediates == .dataAndMemory)
        #expect(store.hasAddress && !compare.hasAddress)
    }

    /// Codes at the ends of the runs that the rows are generated from.
    @Test(arguments: [
        (0xFB01E, "i31.get_u"), (0xFC016, "i64.mul_wide_u"), (0xFD014, "f64x2.splat"), (0xFD022, "f64x2.replace_lane"),
        (0xFD04C, "f64x2.ge"), (0xFD05D, "v128.load64_zero"), (0xFD07B, "i8x16.avgr_u"), (0xFD09F, "i16x8.extmul_high_i8x16_u"),
        (0xFD0BA, "i32x4.dot_i16x8_s"), (0xFD0DB, "i64x2.ge_s"), (0xFD0F7, "f64x2.pmax"), (0xFD0FF, "f64x2.convert_low_i32x4_u"),
        (0xFD113, "i32x4.relaxed_dot_i8x16_i7x16_add_s"), (0xFE01D, "i64.atomic.store32"), (0xFE024, "i64.atomic.rmw32.add_u"),
        (0xFE047, "i64.atomic.rmw32.xchg_u"), (0xFE04E, "i64.atomic.rmw32.cmpxchg_u"),
    ] as [(UInt32, String)])
    func codes(_ code: UInt32, _ mnemonic: String) {
        #expect(Opcode(rawValue: code)?.mnemonic == mnemonic)
    }

    @Test func vectorImmediates() {
        let op = Operator(.i8x16Shuffle, offset: 0, index: 0x0B0A_0908, secondIndex: 0x0F0E_0D0C, bits: 0x0706_0504_0302_0100)
        #expect((0..<16).allSatisfy { op.shuffleLane($0) == UInt8($0) })
        #expect(op.v128.low == 0x0706_0504_0302_0100 && op.v128.high == 0x0F0E_0D0C_0B0A_0908)
    }

    @Test func operatorsAreSmall() {
        #expect(MemoryLayout<Operator>.size == 24)
        #expect(BlockType.function(TypeIndex(rawValue: 7)).kind == .function(TypeIndex(rawValue: 7)))
        #expect(BlockType.value(.funcref).kind == .value(.funcref))
        #expect(BlockType.empty.kind == .empty)
    }
}

@Suite struct NameMapTests {
    @Test func lookUp() {
        var map = NameMap()
        for index in [1, 5, 9] as [UInt32] { map.append(index: index, name: ByteRange(start: index, end: index + 1)) }
        map.append(index: 5, name: ByteRange(start: 0, end: 0))
        #expect(map.entries.count == 3)
        #expect(map[5] == ByteRange(start: 5, end: 6))
        #expect(map[0] == nil && map[6] == nil && map[10] == nil)
        var indirect = IndirectNameMap()
        indirect.append(outer: 1, inner: 7, name: ByteRange(start: 1, end: 2))
        indirect.append(outer: 2, inner: 0, name: ByteRange(start: 2, end: 3))
        #expect(indirect[1, 7] == ByteRange(start: 1, end: 2))
        #expect(indirect[2, 7] == nil)
    }
}
