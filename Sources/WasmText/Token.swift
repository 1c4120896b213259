import PrecastEntities

/// A lexical token: its kind, where it stands, and one word that depends on the kind.
struct Token {
    enum Kind: UInt8 {
        case leftParenthesis, rightParenthesis
        /// A word that starts with a lower-case letter. The payload is its symbol.
        case keyword
        /// The payload is the symbol of the name without `$`.
        case identifier
        /// A number that has the form of an integer; it is also the form of some floats.
        case integer
        case float
        /// A string, well formed and not yet decoded.
        case string
        /// A run of characters that is no token of the grammar; the parser refuses it wherever it stands.
        case reserved
        case endOfInput
    }

    var kind: Kind
    /// The byte offsets in the source.
    var start: UInt32
    var end: UInt32
    /// Of a left parenthesis the index of the matching right one, or of the end of input; of a keyword or an identifier its symbol.
    var payload: UInt32

    var range: Range<Int> { Int(start)..<Int(end) }
}

/// An annotation `(@id …)`. Annotations stand apart from the tokens, so that a parser that ignores them never meets them.
struct Annotation {
    /// The symbol of its id.
    var id: UInt32
    /// The offset of its parenthesis.
    var start: UInt32
    /// The index of the token that follows it.
    var position: UInt32
    /// Its content, in ``LexedText/annotationTokens``.
    var tokens: Range<Int>
}

/// A text taken apart: what every parser of this module reads. At most 17 times as large as the text.
struct LexedText {
    var source: [UInt8]
    /// The tokens, ended by one ``Token/Kind/endOfInput``.
    var tokens: [Token] = []
    /// In order of position.
    var annotations: [Annotation] = []
    var annotationTokens: [Token] = []
    var symbols = SymbolTable.keywords

    init(source: [UInt8]) { self.source = source }

    /// The characters of a token.
    func spelling(_ token: Token) -> String { String(decoding: source[token.range], as: UTF8.self) }

    /// The content of a string token, escapes resolved; any bytes at all.
    func stringContent(_ token: Token) -> [UInt8] {
        var bytes: [UInt8] = []
        appendContent(of: token, to: &bytes)
        return bytes
    }

    /// Appends the content of a string token.
    func appendContent(of token: Token, to bytes: inout [UInt8]) {
        appendUnescaped(source, from: Int(token.start) + 1, to: Int(token.end) - 1, onto: &bytes)
    }

    /// The annotations that stand directly before the token with that index. Logarithmic.
    func annotations(before position: Int) -> Range<Int> {
        if annotations.isEmpty { return 0..<0 }
        let start = annotations.partitionPoint { Int($0.position) < position }
        var end = start
        while end < annotations.count, Int(annotations[end].position) == position { end += 1 }
        return start..<end
    }
}

/// Words by number. A number stands for a word in every table of names, so that comparing names is comparing integers.
struct SymbolTable {
    private var bytes: [UInt8] = []
    /// Where each word ends in `bytes`.
    private var ends: [UInt32] = []
    /// An open-addressing hash table of symbol numbers plus one; zero is free. Its size is a power of two.
    private var slots = [UInt32](repeating: 0, count: 64)

    var count: Int { ends.count }

    /// The bytes of a word.
    subscript(symbol: UInt32) -> ArraySlice<UInt8> {
        let start = symbol == 0 ? 0 : Int(ends[Int(symbol) - 1])
        return bytes[start..<Int(ends[Int(symbol)])]
    }

    /// The word as text.
    func text(_ symbol: UInt32) -> String { String(decoding: self[symbol], as: UTF8.self) }

    /// The number of a word, new if the word is.
    mutating func intern(_ word: ArraySlice<UInt8>) -> UInt32 {
        var slot = position(of: word)
        if slots[slot] != 0 { return slots[slot] - 1 }
        if (ends.count + 1) * 2 > slots.count {
            grow()
            slot = position(of: word)
        }
        bytes.append(contentsOf: word)
        ends.append(UInt32(bytes.count))
        slots[slot] = UInt32(ends.count)
        return UInt32(ends.count - 1)
    }

    /// The number of a word, or nil if it was never interned.
    func find(_ word: ArraySlice<UInt8>) -> UInt32? {
        let slot = position(of: word)
        return slots[slot] == 0 ? nil : slots[slot] - 1
    }

    /// The slot that holds the word, or the free one where it belongs.
    private func position(of word: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        word.withUnsafeBytes { hasher.combine(bytes: $0) }
        let mask = slots.count - 1
        var slot = hasher.finalize() & mask
        while slots[slot] != 0, self[slots[slot] - 1] != word { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for symbol in 0..<UInt32(ends.count) {
            let slot = position(of: self[symbol])
            slots[slot] = symbol + 1
        }
    }
}
