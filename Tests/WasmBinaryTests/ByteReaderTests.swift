@testable import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTestSupport
import Testing

@Suite struct ByteReaderTests {
    func reader(_ bytes: [UInt8]) -> ByteReader { ByteReader(ModuleBytes(bytes)) }

    @Test func integersRoundTrip() throws {
        for shift in 0..<64 {
            for value in [1 << shift, (1 << shift) &- 1, UInt64.max >> shift] as [UInt64] {
                var wide = reader(unsigned(value))
                #expect(try wide.readU64() == value && wide.isAtEnd)
                var negative = reader(signed(Int64(bitPattern: value)))
                #expect(try negative.readS64() == Int64(bitPattern: value) && negative.isAtEnd)
                var narrow = reader(unsigned(value & 0xFFFF_FFFF))
                #expect(try narrow.readU32() == UInt32(truncatingIfNeeded: value) && narrow.isAtEnd)
                let small = Int32(truncatingIfNeeded: value)
                var narrowNegative = reader(signed(Int64(small)))
                #expect(try narrowNegative.readS32() == small && narrowNegative.isAtEnd)
                var block = reader(signed(Int64(small)))
                #expect(try block.readS33() == Int64(small) && block.isAtEnd)
            }
        }
    }

    @Test(arguments: [
        ([0x80, 0x80, 0x80, 0x80, 0x80, 0x00], "integer representation too long"),
        ([0x80, 0x80, 0x80, 0x80, 0x10], "integer too large"),
        ([0x80, 0x80], "unexpected end"),
        ([], "unexpected end"),
    ] as [([UInt8], String)])
    func strictUnsigned(_ bytes: [UInt8], _ message: String) {
        var reader = reader(bytes)
        let error = #expect(throws: DecodeError.self) { try reader.readU32() }
        #expect(error?.message.contains(message) == true)
    }

    @Test(arguments: [
        ([0x80, 0x80, 0x80, 0x80, 0x80, 0x00], "integer representation too long"),
        ([0x80, 0x80, 0x80, 0x80, 0x70], "integer too large"),
        ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "integer too large"),
        ([0x80, 0x80, 0x80, 0x80, 0x60], "integer too large"),
    ] as [([UInt8], String)])
    func strictSigned(_ bytes: [UInt8], _ message: String) {
        var reader = reader(bytes)
        let error = #expect(throws: DecodeError.self) { try reader.readS32() }
        #expect(error?.message.contains(message) == true)
    }

    @Test func overlongButAllowed() throws {
        var zero = reader([0x80, 0x80, 0x80, 0x80, 0x00])
        #expect(try zero.readU32() == 0)
        var largest = reader([0xFF, 0xFF, 0xFF, 0xFF, 0x07])
        #expect(try largest.readS32() == Int32.max)
        var smallest = reader([0x80, 0x80, 0x80, 0x80, 0x78])
        #expect(try smallest.readS32() == Int32.min)
        var minusOne = reader([0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
        #expect(try minusOne.readS32() == -1)
        var wide = reader([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
        #expect(try wide.readS64() == -1)
    }

    /// The standard library's decoder is the oracle.
    @Test func wellFormedUTF8() {
        var random = SeededGenerator(seed: 8)
        let pool: [UInt8] = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...5, using: &random)).map { _ in pool.randomElement(using: &random)! }
            let expected = String(validating: bytes, as: UTF8.self) != nil
            #expect(bytes.withUnsafeBytes { isWellFormedUTF8($0) } == expected, "\(bytes)")
        }
    }
}
