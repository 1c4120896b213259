import Foundation
import PrecastEntities
import PrecastIR
import PrecastIRTestSupport
import Testing

@Suite struct TextTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("testsuite/ir")
    static func files() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.resolvingSymlinksInPath().path)) ?? []).filter { $0.hasSuffix(".ir") }.sorted()
    }

    @Test(arguments: files()) func filesRoundTrip(_ file: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
        let function = try parseFunction(text)
        try verify(function)
        #expect(print(function) == text)
    }
    @Test func thereAreFiles() { #expect(Self.files().contains("everything.ir")) }

    @Test func randomFunctionsRoundTrip() throws {
        for seed in 1...300 as ClosedRange<UInt64> {
            let function = RandomFunction.make(seed: seed, number: 0, of: 3)
            try verify(function)
            let text = print(function)
            let again = try parseFunction(text)
            try verify(again)
            #expect(print(again) == text, "seed \(seed)")
        }
    }

    @Test func theExampleOfThePageIsValid() throws {
        let page = try String(contentsOf: Self.folder.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/ir.md"), encoding: .utf8)
        let start = try #require(page.range(of: "```\nfunction"))
        let end = try #require(page.range(of: "```", range: start.upperBound..<page.endIndex))
        let text = "function" + page[start.upperBound..<end.lowerBound]
        let function = try parseFunction(String(text))
        try verify(function)
        #expect(print(function) == text)
        for opcode in Opcode.allCases { #expect(page.contains("`\(opcode.name)`") || page.contains("`\(opcode.name).COND`"), "\(opcode.name)") }
    }

    @Test(arguments: [
        ("", 1, "expected a function, found nothing"),
        ("; only this", 1, "expected a function, found nothing"),
        ("functio 0() precast {\n}", 1, "expected `function`"),
        ("function 0() {\n}", 1, "expected a calling convention"),
        ("function 0(i33) precast {\n}", 1, "expected a type, found `i33`"),
        ("function 0() precast {\n    sig1 = () precast\n}", 2, "expected the next sig"),
        ("function 0() precast {\nblock0:\n    return", 3, "expected `}`"),
        ("function 0() precast {\nblock0:\n    jump block1\n}", 3, "block1 is named but never defined"),
        ("function 0() precast {\nblock0:\n    return v3\n}", 3, "v3 is used but never defined"),
        ("function 0() precast {\nblock0:\n    v1 = iconst.i32 1\n    v1 = iconst.i32 1\n    return\n}", 4, "v1 is defined twice"),
        ("function 0() precast {\nblock0:\nblock0:\n    return\n}", 3, "block0 is defined twice"),
        ("function 0(i64) precast {\nblock0(v0: i64):\n    v1 = atomic_load.i32 12 v0\n}", 3, "an access of 12 bits is not atomic"),
        ("function 0(i64) precast {\nblock0(v0: i64):\n    v1 = atomic_update.i64 nand 8 v0, v0\n}", 3, "there is no operation `nand`"),
        ("function 0() precast {\nblock0:\n    frob\n}", 3, "there is no opcode `frob`"),
        ("function 0() precast {\nblock0:\n    v0 = iconst.i32 4294967296\n}", 3, "does not fit"),
        ("function 0() precast {\nblock0:\n    v0 = iconst.i64 18446744073709551616\n}", 3, "expected a number"),
        ("function 0() precast {\nblock0:\n    v99999999 = iconst.i64 1\n}", 3, "numbers end below"),
        ("function 0() precast {\nblock99999999999999999999:\n    return\n}", 2, "expected `block` and a number"),
        ("function 0() precast {\nblock0:\n    call fn0()\n}", 3, "fn0 is not declared"),
        ("function 0() precast {\nblock0:\n    v0, v2 = iconst.i32 1\n}", 3, "in sequence"),
        ("function 0() precast {\nblock0:\n    v0, v1 = iconst.i32 1\n}", 3, "has 1 results, found 2"),
        ("function 0() precast {\nblock0:\n    v0 = icmp.lt v0, v0\n}", 3, "there is no condition `lt`"),
        ("function 0() precast {\nblock0:\n    return return\n}", 3, "expected `v` and a number"),
        ("function 0() precast {\nblock0:\n    trap 1 2\n}", 3, "expected the end of the line, found `2`"),
        ("function 0() precast {\nblock0:\n    return\n}\nfunction 1() precast {\nblock0:\n    return\n}", 8, "expected one function"),
    ]) func errorsNameTheirLine(_ text: String, _ line: Int, _ message: String) {
        do throws(ParseError) {
            _ = try parseFunction(text)
            Issue.record("no error for \(text)")
        } catch {
            #expect(error.line == line, "\(error)")
            #expect(error.message.contains(message), "\(error)")
        }
    }

    /// Damaged text gives an error or a function, never a crash.
    @Test func damagedTextIsRefusedOrRead() throws {
        let text = Array(try String(contentsOf: Self.folder.appendingPathComponent("everything.ir"), encoding: .utf8).utf8)
        var random = RandomNumbers(seed: 5)
        for cut in stride(from: 0, to: text.count, by: 7) { tryReading(text[..<cut]) }
        for _ in 0..<3000 {
            var damaged = text
            for _ in 0...random.below(3) {
                let at = random.below(damaged.count)
                switch random.below(3) {
                case 0: damaged[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: damaged.removeSubrange(at..<min(damaged.count, at + random.below(12)))
                default: damaged.insert(contentsOf: damaged[at..<min(damaged.count, at + random.below(12))], at: random.below(damaged.count))
                }
            }
            tryReading(damaged[...])
        }
    }
    private func tryReading(_ bytes: ArraySlice<UInt8>) {
        guard let function = try? parseFunction(String(decoding: bytes, as: UTF8.self)) else { return }
        guard (try? verify(function)) != nil else { return }
        let text = print(function)
        guard let again = try? parseFunction(text) else {
            Issue.record("printed text is refused: \(text)")
            return
        }
        #expect(print(again) == text)
    }
}
