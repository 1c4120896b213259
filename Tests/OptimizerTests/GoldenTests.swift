import Foundation
import PrecastCompiler
import PrecastIR
@testable import PrecastOptimizer
import PrecastWasmText
import Synchronization
import Testing

/// Drives testsuite/opt. A `.ir` file holds a function, and behind the line `; after` what the pass named by its folder makes of it. A `.wat` file holds a module, and
/// what becomes of its function 0 behind `; without` the optimization named by its folder and `; with` it: the IR as translated, or the machine code.
/// `BLESS=1` rewrites the files, and the places in docs/passes that quote them.
@Suite struct GoldenTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let blesses = ProcessInfo.processInfo.environment["BLESS"] == "1"
    static let separator = "; after\n"

    static func files() -> [String] {
        let folder = root.appendingPathComponent("testsuite/opt").resolvingSymlinksInPath()
        var found: [String] = []
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
            let inner = (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(name).path)) ?? []
            found += inner.filter { $0.hasSuffix(".ir") || $0.hasSuffix(".wat") }.map { "\(name)/\($0)" }
        }
        return found.sorted()
    }

    /// Nor is there a folder for something else.
    @Test func everyOptimizationHasGoldenFiles() {
        #expect(Set(Self.files().map { String($0.split(separator: "/")[0]) }) == Set(Optimization.all.map(\.name)))
    }

    @Test(arguments: files()) func golden(_ file: String) throws {
        let url = Self.root.appendingPathComponent("testsuite/opt/\(file)")
        let text = try String(contentsOf: url, encoding: .utf8)
        if file.hasSuffix(".wat") { return try goldenModule(file, text, at: url) }
        let (before, after) = Self.split(text)
        let found = try Self.transform(before, pass: String(file.split(separator: "/")[0]))
        if Self.blesses {
            try (before + Self.separator + found).write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(found == after)
        }
    }
    private func goldenModule(_ file: String, _ text: String, at url: URL) throws {
        let source = text.components(separatedBy: "; without\n")[0], name = String(file.split(separator: "/")[0])
        let without = try Self.code(source, name, isOn: false), with = try Self.code(source, name, isOn: true)
        #expect(without != with, "\(name) has no effect")
        let found = source + "; without\n" + without + "; with\n" + with
        if Self.blesses {
            try found.write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(found == text)
        }
    }
    /// What becomes of function 0 with all optimizations, or all but one.
    private static func code(_ source: String, _ name: String, isOn: Bool) throws -> String {
        let optimization = try #require(Optimization.all.first { $0.name == name })
        let point: DumpRequest.Point = optimization.stage == .translation ? .translate : .assembly
        let shown = Shown()
        var configuration = CompilerConfiguration()
        configuration.features = .all
        configuration.checksItself = true
        if !isOn { configuration.disabledOptimizations = [name] }
        var compiler = try Compiler(configuration)
        compiler.dump = DumpRequest(points: [point], function: 0, output: shown.show)
        _ = try compiler.compile(try parseText(source))
        // The heading goes, and the bytes between an instruction's offset and its text.
        let lines = shown.text.withLock { $0 }.split(separator: "\n").dropFirst()
        return lines.map { point == .assembly ? withoutBytes($0) : String($0) }.joined(separator: "\n") + "\n"
    }
    private static func withoutBytes(_ line: Substring) -> String {
        let words = line.split(separator: " ")
        let bytes = words.dropFirst().prefix { $0.count == 2 && UInt8($0, radix: 16) != nil }.count
        return (words.prefix(1) + words.dropFirst(1 + bytes)).joined(separator: " ")
    }
    private final class Shown: Sendable {
        let text = Mutex("")
        func show(_ more: String) { text.withLock { $0 += more } }
    }

    private static func split(_ text: String) -> (String, String) {
        guard let range = text.range(of: separator) else { return (text, "") }
        return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
    }
    private static func transform(_ text: String, pass name: String) throws -> String {
        var parser = FunctionParser(text)
        guard var function = try parser.next() else { return "" }
        try verify(function)
        if let pass = Pass(rawValue: name) {
            try run(pass, &function)
        } else {
            try #require(name == "inlining")
            guard let callee = try parser.next() else { return "" }
            try verify(callee)
            let body = FunctionBody(callee)
            inlineCalls(&function, InliningPolicy()) { $0 == body.function.number ? body : nil }
        }
        try verify(function)
        return PrecastIR.print(function)
    }

    static func pages() -> [String] {
        let folder = root.appendingPathComponent("docs/passes").resolvingSymlinksInPath()
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".md") }.sorted()
    }
    /// Named as it is, with one of its golden files.
    @Test(arguments: Optimization.all.map(\.name)) func everyOptimizationHasAPage(_ name: String) throws {
        let page = try String(contentsOf: Self.root.appendingPathComponent("docs/passes/\(name).md"), encoding: .utf8)
        #expect(page.contains("\n```ir \(name)/") || page.contains("\n```wat \(name)/"), "\(name).md quotes none of its golden files")
    }
    private static func isQuotation(_ line: String) -> Bool { line.hasPrefix("```ir ") || line.hasPrefix("```wat ") }
    /// A fence "```ir FILE" or "```wat FILE" in a page holds that file of testsuite/opt.
    @Test(arguments: pages()) func pagesQuoteGoldenFiles(_ page: String) throws {
        let url = Self.root.appendingPathComponent("docs/passes/\(page)")
        var result: [String] = []
        var quoted: String?
        for line in try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n") {
            if quoted != nil && line != "```" {
                if !Self.blesses { result.append(line) }
                continue
            }
            if Self.isQuotation(line) { quoted = line.split(separator: " ").last.map(String.init) }
            if line == "```", let file = quoted {
                let text = try String(contentsOf: Self.root.appendingPathComponent("testsuite/opt/\(file)"), encoding: .utf8)
                if Self.blesses { result.append(String(text.dropLast())) } else { #expect(result.joined(separator: "\n") + "\n" == text, "\(page) quotes \(file)") }
                quoted = nil
            }
            if Self.blesses {
                result.append(line)
            } else if Self.isQuotation(line) {
                result.removeAll()
            }
        }
        if Self.blesses { try result.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8) }
    }
}
