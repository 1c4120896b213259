import PrecastWasmModel
import PrecastWasmTypes
import Testing

@Suite struct OpcodeTests {
    @Test func codesRoundTrip() {
        for opcode in Opcode.allCases {
            if opcode.rawValue < 0x100 {
                #expect(Opcode(code: UInt8(opcode.rawValue)) == opcode)
            } else {
                #expect(opcode.rawValue >> 8 == 0xFC)
                #expect(Opcode(miscellaneous: UInt32(opcode.rawValue & 0xFF)) == opcode)
            }
        }
        let known = Set(Opcode.allCases.map(\.rawValue))
        for code in UInt8.min...UInt8.max where !known.contains(UInt16(code)) { #expect(Opcode(code: code) == nil) }
        #expect(Opcode(miscellaneous: 0x12) == nil)
    }

    @Test func mnemonicsAreUnique() {
        let mnemonics = Opcode.allCases.map(\.mnemonic)
        #expect(Set(mnemonics).count == mnemonics.count - 1, "select alone has two encodings")
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
