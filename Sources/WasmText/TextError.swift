/// Why a text was refused: what is wrong, and where.
///
/// Messages start with the wording that the official test suite expects (`unknown operator`, `unexpected token` …), then say what was
/// expected and what was found.
public struct TextError: Error, Hashable, Sendable {
    public var message: String
    /// The line, counted from one.
    public var line: Int
    /// The column of the first offending character, counted from one in Unicode scalars.
    public var column: Int
    /// The text of the line, without its end; at most about a hundred characters of it around the column.
    public var excerpt: String
    /// How many characters of ``excerpt`` precede the column.
    public var caret: Int
}

extension TextError: CustomStringConvertible {
    /// `3:14: unexpected token …`, then the line and a caret under the column.
    public var description: String {
        "\(line):\(column): \(message)\n    \(excerpt)\n    \(String(repeating: " ", count: caret))^"
    }
}

/// A failure at a byte of the text, before anyone has counted lines.
struct TextFailure: Error {
    var message: String
    var offset: Int

    /// The error for users; reads `source` up to the failure once.
    func located(in source: [UInt8]) -> TextError {
        let position = min(max(offset, 0), source.count)
        var line = 1
        var lineStart = 0
        var index = 0
        while index < position {
            let byte = source[index]
            index += 1
            if byte == 0x0A || byte == 0x0D && !(index < source.count && source[index] == 0x0A) {
                line += 1
                lineStart = index
            }
        }
        var lineEnd = position
        while lineEnd < source.count, source[lineEnd] != 0x0A, source[lineEnd] != 0x0D { lineEnd += 1 }
        let before = Self.printable(source[lineStart..<position])
        let after = Self.printable(source[position..<min(lineEnd, position + 240)])
        let shownBefore = before.suffix(60)
        return TextError(
            message: message, line: line, column: before.count + 1, excerpt: String(shownBefore) + String(after.prefix(60)),
            caret: shownBefore.count)
    }

    /// The bytes as text in which every scalar takes one place and none steers a terminal.
    static func printable(_ bytes: ArraySlice<UInt8>) -> [Character] {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
            if scalar.value == 9 { return " " }
            return scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : Character(scalar)
        }
    }
}
