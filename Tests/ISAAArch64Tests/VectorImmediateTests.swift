import PrecastIR
import PrecastISAAArch64
import Testing

/// Constants of vector immediates against what they stand for.
@Suite struct VectorImmediateTests {
    @Test func everyConstantOfOneInstructionIsFound() {
        // Each operation and mode with each byte; two encodings may give the same constant.
        for raw in 0..<UInt16(1 << 13) {
            let mode = raw >> 8 & 15
            if mode % 2 == 1 && mode < 12 { continue }
            let bits = ModifiedImmediate(rawValue: raw).expanded
            #expect(ModifiedImmediate(VectorConstantData(low: bits, high: bits))?.expanded == bits)
        }
    }
    @Test func knownConstants() {
        for bits in InstructionSamples.vectorConstants {
            let found = ModifiedImmediate(VectorConstantData(low: bits, high: bits))
            #expect(found?.expanded == bits, "\(String(bits, radix: 16))")
        }
    }
    @Test func othersAreRefused() {
        #expect(ModifiedImmediate(VectorConstantData(low: 0x0123_4567_89ab_cdef, high: 0x0123_4567_89ab_cdef)) == nil)
        #expect(ModifiedImmediate(VectorConstantData(low: 1, high: 0)) == nil)
        #expect(ModifiedImmediate(VectorConstantData(low: Double(32).bitPattern, high: Double(32).bitPattern)) == nil)
    }
}
