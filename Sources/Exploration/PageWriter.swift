import PrecastArtifactFormat
import PrecastDisassembly
import PrecastInspection
import PrecastWasmText

/// Writes the page: the frame, then a block of JSON for each function, which the script reads when the function is shown.
///
/// docs/explore.md describes the blocks.
struct PageWriter {
    private let options: ExploreOptions
    private let target: String
    private let level: String
    private let functionNames: [String]
    private let rows: [UInt32: Int]
    private var blocks: [UInt8] = []
    private var entries: [Entry] = []
    private var hasSources = false

    private struct Entry {
        var index: UInt32
        var operatorCount: Int
        var byteCount: Int
    }

    init(_ options: ExploreOptions, _ code: ArtifactCode, level: String) {
        self.options = options
        self.level = level
        target = "\(code.view.stamp.target), \(printableText(code.view.stamp.cpuName))"
        functionNames = (0..<code.indexedFunctionCount).map { code.functionName(UInt32($0)) }
        var rows: [UInt32: Int] = [:]
        for row in 0..<code.functionCount where code.record(row).kind == .function { rows[code.record(row).functionIndex] = row }
        self.rows = rows
    }

    mutating func add(
        _ index: UInt32, _ text: FunctionText, _ stages: FunctionStages, firstDefined: UInt32, _ code: ArtifactCode,
        _ sourcePlace: (UInt32) -> SourcePlace?
    ) throws(ExplorationError) {
        var compiled: FunctionCode?
        if let row = rows[index] {
            do throws(DisassemblyError) { compiled = try code.disassemble(row) } catch { throw .disassembly(error) }
        }
        entries.append(Entry(index: index, operatorCount: text.lines.count, byteCount: Int(compiled?.record.byteCount ?? 0)))
        var chains = ChainTable(), sources = SourceTable()
        var json = JSONText()
        json.object { json in
            json.key("head")
            json.string(text.head)
            json.key("wasm")
            json.array { json in
                for line in text.lines {
                    json.array { json in
                        json.number(line.offset)
                        json.number(min(line.depth, 40))
                        json.string(line.text)
                        json.number(sourcePlace(line.offset).map { sources.number($0) } ?? -1)
                    }
                }
            }
            for (key, text) in [("translated", stages.translated), ("optimized", stages.optimized)] {
                json.key(key)
                json.array { json in
                    for line in text.split(separator: "\n") {
                        let (text, chain) = splitLocation(line, function: index, firstDefined: firstDefined)
                        json.array { json in
                            json.string(text)
                            json.number(chains.number(chain))
                        }
                    }
                }
            }
            if let compiled {
                json.key("code")
                json.array { json in for line in compiled.lines { Self.write(line, compiled, &chains, &json) } }
                json.key("codeHead")
                json.string(compiled.heading)
            }
            json.key("chains")
            json.array { json in
                for chain in chains.chains {
                    json.array { json in
                        for frame in chain {
                            json.number(frame.function)
                            json.number(frame.offset)
                        }
                    }
                }
            }
            if !sources.places.isEmpty {
                json.key("source")
                json.array { json in for place in sources.places { Self.write(place, &json) } }
            }
        }
        hasSources = hasSources || !sources.places.isEmpty
        blocks += Array("<script type=\"application/json\" id=\"data-\(index)\">".utf8) + json.bytes + Array("</script>\n".utf8)
    }

    private static func write(_ line: FunctionCode.Line, _ code: FunctionCode, _ chains: inout ChainTable, _ json: inout JSONText) {
        let chain = chains.number(line.chain.map { code.chains[$0] } ?? [])
        json.array { json in
            json.string(String(line.address, radix: 16))
            json.string(line.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " "))
            json.string(line.label ?? "")
            json.string(line.operands.isEmpty ? line.mnemonic : line.mnemonic + " " + line.operands)
            json.string(line.comments.joined(separator: "; "))
            json.number(chain)
        }
    }

    private static func write(_ place: SourcePlace, _ json: inout JSONText) {
        json.array { json in
            json.string(place.file)
            json.number(place.line)
            json.string(place.text ?? "")
        }
    }

    consuming func finish() -> [UInt8] {
        let hashes = (script: Self.hash(pageScript), style: Self.hash(pageStyle))
        let title = escapedForHTML(printableText(options.title))
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-\(hashes.script)'; style-src 'sha256-\(hashes.style)'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="dark light">
            <title>\(title): Precast</title>
            <style>\(pageStyle)</style>
            </head>
            <body>
            \(pageBody(title: title, target: escapedForHTML(target), level: escapedForHTML(level)))
            <script type="application/json" id="data">
            """
        page += String(decoding: overview(), as: UTF8.self) + "</script>\n"
        return Array(page.utf8) + blocks + Array("<script>\(pageScript)</script>\n</body>\n</html>\n".utf8)
    }

    private func overview() -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.key("names")
            json.array { json in for name in functionNames { json.string(name) } }
            json.key("functions")
            json.array { json in
                for entry in entries {
                    json.array { json in
                        json.number(entry.index)
                        json.number(entry.operatorCount)
                        json.number(entry.byteCount)
                    }
                }
            }
            json.key("hasSources")
            json.number(hasSources ? 1 : 0)
        }
        return json.bytes
    }

    /// The SHA-256 of a text, in base 64.
    private static func hash(_ text: String) -> String {
        let digest = Array(text.utf8).withUnsafeBytes { SHA256.digest($0) }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: 32, by: 3) {
            let count = min(3, 32 - start)
            let group = (0..<3).reduce(0) { $0 << 8 | ($1 < count ? Int(digest[start + $1]) : 0) }
            for position in 0..<4 { result.append(position <= count ? alphabet[group >> (18 - 6 * position) & 63] : UInt8(ascii: "=")) }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// `text` without what a page does not show as it is.
private func printableText(_ text: String) -> String { Array(text.utf8).withUnsafeBytes { printable($0) } }

/// Where lines come from, numbered; -1 is nowhere.
private struct ChainTable {
    private(set) var chains: [[FunctionCode.Frame]] = []
    private var numbers: [[FunctionCode.Frame]: Int] = [:]

    mutating func number(_ chain: [FunctionCode.Frame]) -> Int {
        if chain.isEmpty { return -1 }
        if let known = numbers[chain] { return known }
        numbers[chain] = chains.count
        chains.append(chain)
        return chains.count - 1
    }
}

private struct SourceTable {
    private(set) var places: [SourcePlace] = []
    private var numbers: [SourcePlace: Int] = [:]

    mutating func number(_ place: SourcePlace) -> Int {
        if let known = numbers[place] { return known }
        numbers[place] = places.count
        places.append(place)
        return places.count - 1
    }
}

/// Takes the location off a line of IR: `  @67`, or `  @67:1<89:3`, offset and function number of each frame, innermost first (docs/ir.md).
func splitLocation(_ line: Substring, function: UInt32, firstDefined: UInt32) -> (text: String, chain: [FunctionCode.Frame]) {
    guard let at = line.lastIndex(of: "@"), line[..<at].hasSuffix("  ") else { return (String(line), []) }
    var frames: [FunctionCode.Frame] = []
    for part in line[line.index(after: at)...].split(separator: "<", omittingEmptySubsequences: false) {
        let numbers = part.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = numbers.first, let offset = UInt32(first, radix: 16) else { return (String(line), []) }
        let number = numbers.count > 1 ? UInt32(numbers[1]) : nil
        frames.append(.init(function: number.map { $0 &+ firstDefined } ?? function, offset: offset))
    }
    return (String(line[..<at].dropLast(2)), frames)
}
