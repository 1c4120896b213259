import PrecastCodeTestSupport
import PrecastIR
import PrecastISAX86_64
import PrecastMachineCode
import Testing

/// Instructions that vector operations become: the mnemonics between the loads of two operands and the store of the result.
struct VectorLoweringTests {
    private func mnemonics(_ function: borrowing Function, _ features: CPUFeatures) -> [String] {
        PrecastCodeTestSupport.mnemonics(function, X86_64.self, features).filter { !$0.hasSuffix("movups") }
    }
    private func binary(_ op: VectorOperation, _ features: CPUFeatures) -> [String] { mnemonics(makeBinary(op), features) }
    private func shuffle(_ lanes: [UInt8], _ features: CPUFeatures = .v2) -> [String] { mnemonics(makeShuffle(lanes), features) }

    @Test func shufflesOfOneInstruction() {
        #expect(shuffle([4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 12, 13, 14, 15]) == ["pshufd"])
        #expect(shuffle([2, 3, 0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]) == ["pshuflw"])
        #expect(shuffle([0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 8, 9, 8, 9, 12, 13]) == ["pshufhw"])
        #expect(shuffle([0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23]) == ["punpcklbw"])
        #expect(shuffle([24, 25, 8, 9, 26, 27, 10, 11, 28, 29, 12, 13, 30, 31, 14, 15]) == ["punpckhwd"])
        #expect(shuffle((5..<21).map { $0 }) == ["palignr"])
        #expect(shuffle((20..<36).map { $0 & 31 }) == ["palignr"])
        #expect(shuffle([0, 1, 18, 19, 4, 5, 22, 23, 24, 25, 10, 11, 12, 13, 30, 31]) == ["pblendw"])
        #expect(shuffle([8, 9, 10, 11, 0, 1, 2, 3, 16, 17, 18, 19, 28, 29, 30, 31]) == ["shufps"])
        #expect(shuffle([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]) == ["pshufb"])
    }
    @Test func shuffleOfAnyBytes() {
        let lanes: [UInt8] = [3, 17, 4, 1, 25, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]
        #expect(shuffle(lanes) == ["pshufb", "pshufb", "por"])
        #expect(shuffle(lanes, .v4.union([.avx512vbmi])) == ["vpermi2b"])
    }
    @Test func operationsFollowTheFeatures() {
        #expect(binary(.i64x2GtS, .v2) == ["pcmpgtq"])
        #expect(binary(.i64x2GtS, [.sse3, .ssse3, .sse41]) == ["psubq", "pcmpeqd", "pand", "pcmpgtd", "por", "pshufd"])
        #expect(binary(.i64x2Mul, .v3) == ["vpsrlq", "vpmuludq", "vpsrlq", "vpmuludq", "vpaddq", "vpsllq", "vpmuludq", "vpaddq"])
        #expect(binary(.i64x2Mul, .v4) == ["vpmullq"])
        #expect(binary(.i8x16LeU, .v2) == ["pminub", "pcmpeqb"])
    }
}
