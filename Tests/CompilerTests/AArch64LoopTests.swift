import Foundation
import PrecastCompiler
import PrecastWasmText
import Synchronization
import Testing

/// Hot loops for AArch64 beside clang's: `testsuite/isa/aarch64/loops` has a module for each, made by clang from the C that the golden file shows, what clang makes of
/// the same C for AArch64, and ours, which BLESS=1 rewrites. docs/performance.md has the counts and says where they come from.
@Suite struct AArch64LoopTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("testsuite/isa/aarch64/loops")

    @Test(arguments: ["crc", "hash", "merge", "multiply", "number"]) func golden(_ name: String) throws {
        let path = Self.folder.appendingPathComponent("\(name).txt")
        let text = try String(contentsOf: path, encoding: .utf8)
        let loop = try Self.innermostLoop(Self.folder.appendingPathComponent("\(name).wat"))
        let head = text.components(separatedBy: "\nPrecast, ")[0]
        let written = head + "\nPrecast, \(loop.count) instructions:\n\n" + loop.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["BLESS"] != nil { try written.write(to: path, atomically: true, encoding: .utf8) }
        #expect(text == written, "\(name).txt is out of date; BLESS=1 rewrites it")
    }

    /// The instructions of the longest loop of the module's function that has no loop in it.
    private static func innermostLoop(_ module: URL) throws -> [String] {
        var configuration = CompilerConfiguration()
        configuration.target = try Target(triple: "aarch64-unknown-linux-gnu", cpu: "generic")
        var compiler = try Compiler(configuration)
        let dump = Dump()
        compiler.dump = DumpRequest(points: [.assembly], function: 0, output: dump.add)
        _ = try compiler.compile(try parseText(String(contentsOf: module, encoding: .utf8)))
        let lines = dump.text.withLock { $0 }.split(separator: "\n").filter { !$0.hasPrefix(";") }
        // "000010: 00 20 40 f9                    b.hs 000010"
        let code = lines.compactMap { line -> (offset: Int, text: String)? in
            guard let offset = Int(line.prefix(6), radix: 16) else { return nil }
            return (offset, line.dropFirst(7).split(separator: " ").drop { $0.count == 2 && Int($0, radix: 16) != nil }.joined(separator: " "))
        }
        let loops = code.compactMap { branch -> ClosedRange<Int>? in
            let words = branch.text.split(separator: " ")
            guard let first = words.first, first == "b" || first.hasPrefix("b.") || first.hasPrefix("cb") || first.hasPrefix("tb"),
                let target = words.last.flatMap({ Int($0, radix: 16) }), target <= branch.offset
            else { return nil }
            return target...branch.offset
        }
        let innermost = loops.filter { loop in !loops.contains { $0 != loop && loop.contains($0.lowerBound) && loop.contains($0.upperBound) } }
        let longest = try #require(innermost.max { $0.count < $1.count })
        return code.filter { longest.contains($0.offset) }.map { instruction in
            guard let target = instruction.text.split(separator: " ").last, target.count == 6, let place = Int(target, radix: 16) else { return instruction.text }
            return instruction.text.dropLast(6) + (place == longest.lowerBound ? "loop" : longest.contains(place) ? "+\(place - longest.lowerBound)" : "out")
        }
    }
    private final class Dump: Sendable {
        let text = Mutex("")
        func add(_ more: String) { text.withLock { $0 += more } }
    }
}
