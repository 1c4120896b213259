import PrecastCodeTestSupport
import PrecastISAX86_64
import Testing

/// Every encoding row against the distribution's assembler, and a golden listing of one line a row.
@Suite struct EncodingTests {
    /// Each instruction fills one such piece of the assembled section.
    static let stride = 32

    @Test func everyRowHasSamples() {
        let sampled = Set(InstructionSamples().all.map(\.opcode))
        for opcode in Opcode.allCases where MachineInstruction(opcode, .q).isEncodable {
            #expect(sampled.contains(opcode), "\(opcode) has no sample")
        }
    }

    static let assembler = Assembler(options: ["--64"])

    @Test(.enabled(if: EncodingTests.assembler.isThere, "needs binutils"))
    func sameBytesAsTheAssembler() throws {
        let samples = InstructionSamples().all
        let printer = InstructionPrinter()
        let texts = samples.map { printer.text($0) }
        var source = ".intel_syntax noprefix\n"
        for text in texts { source += text + "\n.p2align 5, 0xcc\n" }
        let assembled = try Self.assembler.assemble(source)
        #expect(assembled.count >= (samples.count - 1) * Self.stride)
        var wrong: [Opcode: Int] = [:]
        for (n, i) in samples.enumerated() {
            let start = n * Self.stride
            let theirs = assembled[min(start, assembled.count)..<min(start + Self.stride, assembled.count)]
            var ours = i.encoding
            ours += Array(repeating: 0xcc, count: theirs.count - ours.count)
            if ours.elementsEqual(theirs) { continue }
            wrong[i.opcode, default: 0] += 1
            if wrong[i.opcode, default: 0] <= 2 { Issue.record("\(texts[n]): ours \(hex(i.encoding)), assembler \(hex(Array(theirs)))") }
        }
        #expect(wrong.isEmpty, "of \(samples.count)")
    }

    /// The first and the last sample of each row, by size.
    @Test func goldenListing() throws {
        var seen: [String: Int] = [:]
        var lines: [(String, String)] = []
        let printer = InstructionPrinter()
        for i in InstructionSamples().all {
            let key = "\(i.opcode) \(i.size) \(i.mode) \(i.isVEX)"
            seen[key, default: 0] += 1
            if seen[key] == 7 { lines.append((printer.text(i), hex(i.encoding))) }
        }
        if let difference = try differenceFromGolden("testsuite/encode/x86_64/rows.txt", lines) { Issue.record("\(difference)") }
    }
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
