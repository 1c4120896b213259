import Foundation
import PrecastEntities
import PrecastRegisterAllocation
import Testing

/// `testsuite/regalloc/*.txt`: a problem, then after `--- <algorithm>` its solution by each algorithm. `BLESS=1` rewrites the solutions.
@Suite struct GoldenTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("testsuite/regalloc")
    static let names: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".txt") }.sorted()

    @Test func thereAreSome() { #expect(Self.names.count >= 10) }

    @Test(arguments: names) func solution(_ name: String) throws {
        let url = Self.folder.appendingPathComponent(name)
        let text = try String(contentsOf: url, encoding: .utf8)
        let source = text.components(separatedBy: "\n--- ")[0].trimmingCharacters(in: .newlines)
        let problem = try Problem(text: source)
        #expect(try Problem(text: dumpAllocation(problem)).operands == problem.operands)
        var result = source + "\n"
        for (title, algorithm) in [("linear scan", AllocationAlgorithm.linearScan), ("single pass", .singlePass)] {
            let solution = allocateRegisters(problem, algorithm: algorithm)
            try checkAllocation(problem, solution)
            result += "\n--- \(title)\n" + Self.body(dumpAllocation(problem, solution))
        }
        if ProcessInfo.processInfo.environment["BLESS"] != nil {
            try result.write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(result == text, "\(name): run with BLESS=1 if this is better")
        }
    }
    /// Without what the problem's own text says already.
    static func body(_ dump: String) -> String {
        dump.split(separator: "\n").filter { line in !["int ", "float ", "value ", "clobber ", "debug "].contains { line.hasPrefix($0) } }
            .map { $0 + "\n" }.joined()
    }
}
