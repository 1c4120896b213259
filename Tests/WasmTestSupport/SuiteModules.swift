import Foundation

/// What the official test suite says of a module that it gives in the binary format.
public struct SuiteModule: Sendable, CustomStringConvertible {
    public enum Expectation: Sendable, Equatable {
        case valid
        case malformed(String)
        case invalid(String)
    }

    public var file: String
    public var line: Int
    public var bytes: [UInt8]
    public var expectation: Expectation

    public var description: String { "\(file):\(line) \(expectation)" }
}

/// The official suite's folder: `$PRECAST_TESTSUITE`, `shared/wasm-testsuite` beside a folder above this file, or where
/// tools/fetch-testsuite puts it; nil if there is none.
public func suiteFolder() -> String? {
    if let path = ProcessInfo.processInfo.environment["PRECAST_TESTSUITE"] { return path }
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
        folder.deleteLastPathComponent()
        for place in ["shared/wasm-testsuite", ".build/wasm-testsuite"] {
            let candidate = folder.appendingPathComponent(place).path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
        }
    }
    return nil
}

/// All modules in the binary format of the suite's own files (proposals apart).
public func suiteModules() throws -> [SuiteModule] {
    guard let folder = suiteFolder() else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".wast") }.sorted().flatMap { file in
        var parser = ScriptParser(try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))))
        return parser.binaryModules(in: file)
    }
}

/// Reads just enough of a script: parentheses, strings, words and comments.
private struct ScriptParser {
    private indirect enum Node {
        case list([Node], line: Int)
        case string([UInt8])
        case word(String)

        var word: String? { if case .word(let text) = self { text } else { nil } }
        var string: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func binaryModules(in file: String) -> [SuiteModule] {
        var modules: [SuiteModule] = []
        while let node = parse() {
            guard case .list(let items, let line) = node, let head = items.first?.word else { continue }
            if head == "module", let bytes = binary(node) {
                modules.append(SuiteModule(file: file, line: line, bytes: bytes, expectation: .valid))
            } else if head == "assert_malformed" || head == "assert_invalid", items.count == 3, let bytes = binary(items[1]),
                let text = items[2].string
            {
                let message = String(decoding: text, as: UTF8.self)
                let expectation = head == "assert_invalid" ? SuiteModule.Expectation.invalid(message) : .malformed(message)
                modules.append(SuiteModule(file: file, line: line, bytes: bytes, expectation: expectation))
            }
        }
        return modules
    }

    private func binary(_ node: Node) -> [UInt8]? {
        guard case .list(let items, _) = node, items.first?.word == "module" else { return nil }
        guard items.prefix(4).contains(where: { $0.word == "binary" }) else { return nil }
        return items.compactMap(\.string).flatMap { $0 }
    }

    private mutating func parse() -> Node? {
        skipSpace()
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        if byte == UInt8(ascii: "\"") { return .string(parseString()) }
        if byte == UInt8(ascii: ")") { return nil }
        guard byte == UInt8(ascii: "(") else { return .word(parseWord()) }
        let start = line
        position += 1
        var items: [Node] = []
        while let item = parse() { items.append(item) }
        position += 1
        return .list(items, line: start)
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            if bytes[position] <= 0x20 {
                position += 1
            } else if starts(with: ";;") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            } else if starts(with: "(;") {
                skipBlockComment()
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "(;") {
                depth += 1
                position += 2
            } else if starts(with: ";)") {
                depth -= 1
                position += 2
            } else {
                if bytes[position] == UInt8(ascii: "\n") { line += 1 }
                position += 1
            }
        } while depth > 0 && position < bytes.count
    }

    private func starts(with text: StaticString) -> Bool {
        position + 1 < bytes.count && bytes[position] == text.utf8Start[0] && bytes[position + 1] == text.utf8Start[1]
    }

    private mutating func parseWord() -> String {
        let start = position
        while position < bytes.count, bytes[position] > 0x20, !"()\";".utf8.contains(bytes[position]) { position += 1 }
        if position == start { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func parseString() -> [UInt8] {
        var result: [UInt8] = []
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            if bytes[position] == UInt8(ascii: "\\") {
                result += parseEscape()
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        position += 1
        return result
    }

    private mutating func parseEscape() -> [UInt8] {
        let escapes: [UInt8: UInt8] = [0x6E: 10, 0x72: 13, 0x74: 9, 0x22: 0x22, 0x27: 0x27, 0x5C: 0x5C]
        let code = bytes[position + 1]
        if let simple = escapes[code] {
            position += 2
            return [simple]
        }
        if code == UInt8(ascii: "u"), let close = bytes[position...].firstIndex(of: UInt8(ascii: "}")) {
            let digits = String(decoding: bytes[(position + 3)..<close], as: UTF8.self)
            position = close + 1
            return Array(String(UnicodeScalar(UInt32(digits, radix: 16)!)!).utf8)
        }
        let digits = String(decoding: bytes[(position + 1)...(position + 2)], as: UTF8.self)
        position += 3
        return [UInt8(digits, radix: 16)!]
    }
}
