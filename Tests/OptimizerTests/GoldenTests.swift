import Foundation
import PrecastIR
@testable import PrecastOptimizer
import Testing

/// Drives testsuite/opt: each file holds a function, and behind the line `; after` what the pass named by its folder makes of it.
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
            found += inner.filter { $0.hasSuffix(".ir") }.map { "\(name)/\($0)" }
        }
        return found.sorted()
    }

    @Test func everyPassHasGoldenFiles() {
        let folders = Set(Self.files().map { String($0.split(separator: "/")[0]) })
        for pass in Pass.allCases { #expect(folders.contains(pass.rawValue)) }
    }

    @Test(arguments: files()) func golden(_ file: String) throws {
        let url = Self.root.appendingPathComponent("testsuite/opt/\(file)")
        let text = try String(contentsOf: url, encoding: .utf8)
        let (before, after) = Self.split(text)
        let found = try Self.transform(before, pass: String(file.split(separator: "/")[0]))
        if Self.blesses {
            try (before + Self.separator + found).write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(found == after)
        }
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
            run(pass, &function)
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
    @Test func everyPassHasAPage() {
        for pass in Pass.allCases { #expect(Self.pages().contains(pass.rawValue + ".md")) }
        #expect(Self.pages().contains("inlining.md"))
    }
    /// A fence "```ir FILE" in a page holds that file of testsuite/opt.
    @Test(arguments: pages()) func pagesQuoteGoldenFiles(_ page: String) throws {
        let url = Self.root.appendingPathComponent("docs/passes/\(page)")
        var result: [String] = []
        var quoted: String?
        for line in try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n") {
            if quoted != nil && line != "```" {
                if !Self.blesses { result.append(line) }
                continue
            }
            if line.hasPrefix("```ir ") { quoted = String(line.dropFirst(6)) }
            if line == "```", let file = quoted {
                let text = try String(contentsOf: Self.root.appendingPathComponent("testsuite/opt/\(file)"), encoding: .utf8)
                if Self.blesses { result.append(String(text.dropLast())) } else { #expect(result.joined(separator: "\n") + "\n" == text, "\(page) quotes \(file)") }
                quoted = nil
            }
            if Self.blesses {
                result.append(line)
            } else if line.hasPrefix("```ir ") {
                result.removeAll()
            }
        }
        if Self.blesses { try result.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8) }
    }
}
