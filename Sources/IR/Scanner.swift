/// Reads words, numbers and punctuation of the text form. Blanks separate; `;` begins a comment up to the line's end.
struct Scanner {
    private let bytes: [UInt8]
    private var at = 0
    private(set) var line = 1

    init(_ text: String) { bytes = Array(text.utf8) }

    func error(_ message: String) -> ParseError { ParseError(line: line, message: message) }

    private mutating func skipSpace() {
        while at < bytes.count && (bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\t") || bytes[at] == UInt8(ascii: "\r")) { at += 1 }
        if at < bytes.count && bytes[at] == UInt8(ascii: ";") {
            while at < bytes.count && bytes[at] != UInt8(ascii: "\n") { at += 1 }
        }
    }
    /// Skips blanks, comments and line ends.
    mutating func skipBlank() {
        skipSpace()
        while at < bytes.count && bytes[at] == UInt8(ascii: "\n") {
            at += 1
            line += 1
            skipSpace()
        }
    }
    var isAtEnd: Bool { at >= bytes.count }
    /// Whether nothing but a location follows in this line.
    var isAtLineEnd: Bool {
        mutating get {
            skipSpace()
            return isAtEnd || bytes[at] == UInt8(ascii: "\n") || bytes[at] == UInt8(ascii: "@")
        }
    }
    mutating func endLine() throws(ParseError) {
        skipSpace()
        if isAtEnd || bytes[at] == UInt8(ascii: "\n") || bytes[at] == UInt8(ascii: "}") { return }
        throw error("expected the end of the line, found \(found)")
    }
    private var found: String {
        if isAtEnd { return "the end of the text" }
        if bytes[at] == UInt8(ascii: "\n") { return "the end of the line" }
        var end = at
        while end < bytes.count && end < at + 20 && bytes[end] > UInt8(ascii: " ") { end += 1 }
        return "`\(String(decoding: bytes[at..<end], as: UTF8.self))`"
    }

    private static func isWord(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): !first
        default: false
        }
    }
    private func wordEnd() -> Int {
        var end = at
        while end < bytes.count && Self.isWord(bytes[end], first: end == at) { end += 1 }
        return end
    }

    mutating func word(_ what: String) throws(ParseError) -> String {
        skipSpace()
        let end = wordEnd()
        if end == at { throw error("expected \(what), found \(found)") }
        defer { at = end }
        return String(decoding: bytes[at..<end], as: UTF8.self)
    }
    mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        let end = wordEnd()
        if !bytes[at..<end].elementsEqual(word.utf8) { return false }
        at = end
        return true
    }
    mutating func expectWord(_ word: String) throws(ParseError) {
        if !takeWord(word) { throw error("expected `\(word)`, found \(found)") }
    }
    mutating func peek(_ punctuation: StaticString) -> Bool {
        skipSpace()
        let end = at + punctuation.utf8CodeUnitCount
        return end <= bytes.count && punctuation.withUTF8Buffer { bytes[at..<end].elementsEqual($0) }
    }
    mutating func take(_ punctuation: StaticString) -> Bool {
        if !peek(punctuation) { return false }
        at += punctuation.utf8CodeUnitCount
        return true
    }
    mutating func expect(_ punctuation: StaticString) throws(ParseError) {
        if !take(punctuation) { throw error("expected `\(punctuation)`, found \(found)") }
    }

    /// The number in a word like `block12`. - Returns: less than `FunctionParser.numberLimit`.
    func numbered(_ word: String, _ prefix: String) throws(ParseError) -> Int {
        guard word.hasPrefix(prefix), let number = Int(word.dropFirst(prefix.count)) else { throw error("expected `\(prefix)` and a number, found `\(word)`") }
        if number < 0 || number >= FunctionParser.numberLimit { throw error("`\(word)`: numbers end below \(FunctionParser.numberLimit)") }
        return number
    }

    /// A run of letters, digits, signs and dots.
    private mutating func literal() -> String {
        skipSpace()
        var end = at
        while end < bytes.count {
            let isSign = bytes[end] == UInt8(ascii: "-") || bytes[end] == UInt8(ascii: "+")
            let afterExponent = end > at && bytes[end - 1] | 0x20 == UInt8(ascii: "e")
            if Self.isWord(bytes[end], first: false) || (isSign && (end == at || afterExponent)) || (bytes[end] == UInt8(ascii: ":") && isNaN(end)) {
                end += 1
            } else {
                break
            }
        }
        defer { at = end }
        return String(decoding: bytes[at..<end], as: UTF8.self)
    }
    private func isNaN(_ colon: Int) -> Bool { colon >= at + 3 && bytes[(colon - 3)..<colon].elementsEqual("nan".utf8) }

    mutating func number<T: FixedWidthInteger>(_ type: T.Type) throws(ParseError) -> T {
        skipSpace()
        let place = found
        guard let number = T(literal()) else { throw error("expected a number from \(T.min) to \(T.max), found \(place)") }
        return number
    }
    mutating func hexadecimal() throws(ParseError) -> UInt32 {
        skipSpace()
        let place = found
        guard let number = UInt32(literal(), radix: 16) else { throw error("expected a hexadecimal number, found \(place)") }
        return number
    }
    mutating func float32() throws(ParseError) -> UInt32 {
        skipSpace()
        let place = found
        let text = literal()
        if let nan = nan(text, UInt64(0x7f_ffff)) { return UInt32(nan.payload) | 0x7f80_0000 | (nan.negative ? 1 << 31 : 0) }
        guard let number = Float(text), !number.isNaN else { throw error("expected a float, found \(place)") }
        return number.bitPattern
    }
    mutating func float64() throws(ParseError) -> UInt64 {
        skipSpace()
        let place = found
        let text = literal()
        if let nan = nan(text, 0xf_ffff_ffff_ffff) { return nan.payload | 0x7ff0_0000_0000_0000 | (nan.negative ? 1 << 63 : 0) }
        guard let number = Double(text), !number.isNaN else { throw error("expected a float, found \(place)") }
        return number.bitPattern
    }
    /// `nan:0x…`, perhaps negative, with a payload from 1 to `limit`.
    private func nan(_ text: String, _ limit: UInt64) -> (payload: UInt64, negative: Bool)? {
        let negative = text.hasPrefix("-")
        let rest = negative ? text.dropFirst() : text[...]
        guard rest.hasPrefix("nan:0x"), let payload = UInt64(rest.dropFirst(6), radix: 16), payload >= 1, payload <= limit else { return nil }
        return (payload, negative)
    }
}
