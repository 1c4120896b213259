/// What reads tokens one after the other: the parsers of modules and of scripts.
protocol TokenParser {
    var text: LexedText { get }
    /// The index of the current token.
    var cursor: Int { get set }
}

extension TokenParser {
    var token: Token { text.tokens[cursor] }

    /// The token's keyword, or nil.
    var keyword: Keyword? { keyword(at: cursor) }

    func keyword(at index: Int) -> Keyword? {
        let token = text.tokens[index]
        return token.kind == .keyword ? Vocabulary.keyword(token.payload) : nil
    }

    /// Whether a parenthesis with that keyword opens here.
    func opens(_ word: Keyword) -> Bool { token.kind == .leftParenthesis && keyword(at: cursor + 1) == word }

    /// Consumes a parenthesis with that keyword, if it opens here.
    mutating func open(_ word: Keyword) -> Bool {
        guard opens(word) else { return false }
        cursor += 2
        return true
    }

    mutating func close() throws(TextFailure) {
        guard token.kind == .rightParenthesis else { throw unexpected("`)`") }
        cursor += 1
    }

    /// Consumes the keyword, if it is the current token.
    mutating func skip(_ word: Keyword) -> Bool {
        guard keyword == word else { return false }
        cursor += 1
        return true
    }

    /// Refuses a token, in the words of the suite: what is no token or keyword at all is an unknown operator.
    func unexpected(_ expected: String, at index: Int? = nil) -> TextFailure {
        unexpectedToken(in: text, at: index ?? cursor, expected: expected)
    }

    func failure(_ message: String, at index: Int? = nil) -> TextFailure {
        TextFailure(message: message, offset: Int(text.tokens[index ?? cursor].start))
    }

    /// A string that has to be UTF-8.
    mutating func name() throws(TextFailure) -> [UInt8] {
        guard token.kind == .string else { throw unexpected("a name in quotes") }
        let bytes = text.stringContent(token)
        if firstMalformedUTF8(bytes[...]) != nil { throw failure("malformed UTF-8 encoding of a name") }
        cursor += 1
        return bytes
    }

    /// The strings that stand here, put together.
    mutating func strings() -> [UInt8] {
        var bytes: [UInt8] = []
        while token.kind == .string {
            text.appendContent(of: token, to: &bytes)
            cursor += 1
        }
        return bytes
    }

    /// An unsigned number of at most `width` bits.
    mutating func unsigned(width: Int, _ expected: String) throws(TextFailure) -> UInt64 {
        guard token.kind == .integer else { throw unexpected(expected) }
        let literal = IntegerLiteral(text.source[token.range])
        if literal.hasSign { throw unexpected(expected) }
        guard let value = literal.magnitude, value >> UInt64(width - 1) <= 1 else { throw failure("i\(width) constant out of range") }
        cursor += 1
        return value
    }

    /// An identifier where one stands.
    mutating func optionalIdentifier() -> UInt32? {
        guard token.kind == .identifier else { return nil }
        cursor += 1
        return text.tokens[cursor - 1].payload
    }

    /// The two's complement of an integer literal of that width.
    mutating func integer(width: Int, _ message: String = "constant out of range") throws(TextFailure) -> UInt64 {
        guard token.kind == .integer else { throw unexpected("an integer") }
        guard let bits = IntegerLiteral(text.source[token.range]).bits(width: width) else { throw failure(message) }
        cursor += 1
        return bits
    }

    /// The bits of a float literal.
    mutating func float(_ format: FloatFormat) throws(TextFailure) -> UInt64 {
        guard token.kind == .integer || token.kind == .float else { throw unexpected("a number") }
        guard let bits = floatBits(text.source[token.range], format) else { throw failure("constant out of range") }
        cursor += 1
        return bits
    }
}

/// The refusal of a token where `expected` should have stood.
func unexpectedToken(in text: LexedText, at index: Int, expected: String) -> TextFailure {
    let token = text.tokens[index]
    let offset = Int(token.start)
    func shown() -> String {
        let spelling = text.spelling(token)
        return spelling.count > 40 ? spelling.prefix(40) + "…" : spelling
    }
    switch token.kind {
    case .endOfInput: return TextFailure(message: "unexpected token: expected \(expected), found the end of the text", offset: offset)
    case .reserved: return TextFailure(message: "unknown operator \(shown()): expected \(expected)", offset: offset)
    case .keyword where Vocabulary.keyword(token.payload) == nil && Vocabulary.opcode(token.payload) == nil:
        return TextFailure(message: "unknown operator \(shown()): expected \(expected)", offset: offset)
    default: return TextFailure(message: "unexpected token \(shown()): expected \(expected)", offset: offset)
    }
}
