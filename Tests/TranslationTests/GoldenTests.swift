import Foundation
import PrecastArtifactFormat
import PrecastModuleInterpreter
import PrecastWasmTypes
import Testing

/// Translates the modules of testsuite/translate and compares the IR with the text that each file ends in. `BLESS=1` rewrites it.
///
/// A file is a module in the text format for the reader; the comment `binary:` has the bytes that are translated, `ir:` the result.
/// A line `;; options:` names tunables: `no-signals`, `no-masks`, `dynamic-memory`; `canonical-nans`; or features by their names.
@Suite struct GoldenTests {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../testsuite/translate")
        .standardizedFileURL
    static let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path))?.filter { $0.hasSuffix(".wat") }.sorted() ?? []

    @Test func filesAreThere() { #expect(Self.files.count >= 22) }

    @Test(arguments: files) func translation(_ name: String) throws {
        let url = Self.directory.appendingPathComponent(name)
        let golden = try GoldenFile(String(contentsOf: url, encoding: .utf8))
        let module = try TranslatedModule(golden.binary, tunables: Tunables(options: golden.options), features: golden.features)
        let text = try module.text()
        if ProcessInfo.processInfo.environment["BLESS"] == "1" {
            try golden.text(ir: text).write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(text == golden.ir)
        }
    }
}

/// A golden file taken apart.
struct GoldenFile {
    /// Everything before the IR.
    var head: String
    var options: [Substring] = []
    var binary: [UInt8] = []
    var ir = ""

    init(_ text: String) throws {
        enum Part { case module, binary, ir }
        var part = Part.module
        head = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let comment = line.hasPrefix(";;") ? line.dropFirst(2).drop { $0 == " " } : ""
            switch part {
            case .module where comment == "binary:": part = .binary
            case .module:
                if comment.hasPrefix("options:") { options = comment.dropFirst(8).split(separator: " ") }
            case .binary where comment == "ir:": part = .ir
            case .binary: binary += try comment.split(separator: " ").map { try #require(UInt8($0, radix: 16)) }
            case .ir:
                if !line.isEmpty { ir += line.dropFirst(line.hasPrefix(";; ") ? 3 : 2) + "\n" }
                continue
            }
            head += line + "\n"
        }
    }

    var features: FeatureSet {
        var features = FeatureSet.default
        for option in options { if let feature = Feature(name: String(option)) { features.insert(feature) } }
        return features
    }

    func text(ir: String) -> String {
        head + ir.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { ";; \($0)\n" }.joined()
    }
}
