import Foundation
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

    @Test func sameBytesAsTheAssembler() throws {
        let samples = InstructionSamples().all
        let printer = InstructionPrinter()
        let texts = samples.map { printer.text($0) }
        var source = ".intel_syntax noprefix\n"
        for text in texts { source += text + "\n.p2align 5, 0xcc\n" }
        guard let assembled = try assemble(source) else { return }
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
        let width = (lines.map(\.0.count).max() ?? 0) + 2
        let text = lines.map { $0.0.padding(toLength: width, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n") + "\n"
        let path = repositoryPath("testsuite/encode/x86_64/rows.txt")
        if ProcessInfo.processInfo.environment["BLESS"] != nil {
            try text.write(to: path, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: path, encoding: .utf8)
        #expect(golden == text, "testsuite/encode/x86_64/rows.txt is out of date; BLESS=1 rewrites it")
    }
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

/// A path in the repository that this test belongs to.
func repositoryPath(_ path: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(path)
}

/// Assembles with GNU `as` and returns the text section; nil when the machine has no assembler.
func assemble(_ source: String) throws -> [UInt8]? {
    let tools = ["/usr/bin/as", "/usr/bin/objcopy"]
    guard tools.allSatisfy({ FileManager.default.isExecutableFile(atPath: $0) }) else { return nil }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("precast-encode-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, object, binary) = (folder.appendingPathComponent("a.s"), folder.appendingPathComponent("a.o"), folder.appendingPathComponent("a.bin"))
    try source.write(to: input, atomically: true, encoding: .utf8)
    let errors = try run(tools[0], ["--64", "-o", object.path, input.path])
    #expect(errors.isEmpty, "as: \(errors.prefix(2000))")
    _ = try run(tools[1], ["-O", "binary", "-j", ".text", object.path, binary.path])
    return try [UInt8](Data(contentsOf: binary))
}

/// Runs a program and returns what it wrote to standard error and output.
func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
}
