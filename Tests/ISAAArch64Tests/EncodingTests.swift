import PrecastCodeTestSupport
import PrecastISAAArch64
import Testing

/// Every encoding row against the distribution's assembler, and a golden listing of one line a row.
@Suite struct EncodingTests {
    @Test func everyRowHasSamples() {
        let sampled = Set(InstructionSamples().all.map(\.opcode))
        for opcode in Opcode.allCases where MachineInstruction(opcode, .x).isEncodable {
            #expect(sampled.contains(opcode), "\(opcode) has no sample")
        }
    }

    static let assembler = Assembler(prefix: "aarch64-linux-gnu-")

    @Test(.enabled(if: EncodingTests.assembler.isThere, "needs binutils-aarch64-linux-gnu, which tools/setup --test installs"))
    func sameBytesAsTheAssembler() throws {
        let samples = InstructionSamples().all
        let printer = InstructionPrinter()
        let texts = samples.map { printer.text($0) }
        let bytes = try Self.assembler.assemble(".arch armv8.2-a+dotprod\n" + texts.joined(separator: "\n") + "\n")
        let assembled = stride(from: 0, to: bytes.count, by: 4).map { n in (0..<4).reduce(0) { $0 | UInt32(bytes[n + $1]) << UInt32(8 * $1) } }
        #expect(assembled.count == samples.count)
        var wrong: [Opcode: Int] = [:]
        for (n, (i, theirs)) in zip(samples, assembled).enumerated() where i.encoding != theirs {
            wrong[i.opcode, default: 0] += 1
            if wrong[i.opcode, default: 0] <= 2 { Issue.record("\(texts[n]): ours \(hex(i.encoding)), assembler \(hex(theirs))") }
        }
        #expect(wrong.isEmpty, "of \(samples.count)")
    }

    /// A sample of each row, by size and mode.
    @Test func goldenListing() throws {
        var seen: [String: Int] = [:]
        var lines: [(String, String)] = []
        let printer = InstructionPrinter()
        for i in InstructionSamples().all {
            let operation = i.opcode == .vector ? "\(i.vectorOpcode)" : "\(i.opcode)"
            let key = "\(operation) \(i.size) \(i.mode) \(i.memoryKind)"
            seen[key, default: 0] += 1
            if seen[key] == 3 { lines.append((printer.text(i), hex(i.encoding))) }
        }
        if let difference = try differenceFromGolden("testsuite/encode/aarch64/rows.txt", lines) { Issue.record("\(difference)") }
    }

    /// Nothing but the encodable constants counts as one, against a list made from all fields.
    @Test func logicalImmediatesAreExactlyTheEncodable() {
        var encodable = Set<UInt64>()
        for i in InstructionSamples().all where i.opcode == .eor && i.mode == .immediate && i.size == .x {
            encodable.insert(UInt64(bitPattern: i.immediate))
        }
        #expect(encodable.count == 5334)
        for value in encodable { for bit in 0..<64 as Range<UInt64> {
            let other = value ^ 1 << bit
            #expect((Immediates.logical(other, .x) != nil) == encodable.contains(other))
        } }
    }

    @Test func floatConstantsRoundTrip() {
        for n in 0...255 {
            let mantissa = 1 + Double(n & 15) / 16, exponent = Int(n >> 4 & 7 ^ 4) - 3
            let value = (n & 128 != 0 ? -1 : 1) * mantissa * Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(Immediates.float(value.bitPattern, .d) == UInt8(n))
            #expect(Immediates.float(UInt64(Float(value).bitPattern), .s) == UInt8(n))
            #expect(Immediates.float(value.nextUp.bitPattern, .d) == nil)
        }
        for value in [0, -0.0, 32, 0.0625, .infinity, .nan, 1e300] as [Double] { #expect(Immediates.float(value.bitPattern, .d) == nil) }
    }
}

func hex(_ word: UInt32) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
}
