/// The lexer of the text format.
///
/// In: the bytes of a text. Out: ``LexedText``, the tokens with their parentheses matched and the annotations apart. It refuses what
/// no token can hold (a text that is not UTF-8, control characters, unclosed strings, comments and annotations); a run of
/// characters that is merely no token becomes ``Token/Kind/reserved``. One pass over the bytes, and one over them for UTF-8; nesting of
/// parentheses, comments and annotations is counted, never recursed into.
/// WebAssembly 3.0, "Text Format: Lexical Format", and the annotations proposal, which is part of it.
struct Lexer {
    private var text: LexedText
    private var offset = 0
    /// The indices of the left parentheses that are open.
    private var open: [UInt32] = []
    /// How many parentheses the current annotation has open, its own included; zero outside of annotations.
    private var annotationDepth = 0

    private init(_ source: [UInt8]) {
        text = LexedText(source: source)
        text.tokens.reserveCapacity(source.count / 4)
    }

    /// Takes `source` apart.
    static func lex(_ source: [UInt8]) throws(TextFailure) -> LexedText {
        guard source.count < 1 << 30 else { throw TextFailure(message: "text too large: at most 1 GiB is read", offset: 0) }
        if let offset = firstMalformedUTF8(source[...]) { throw TextFailure(message: "malformed UTF-8 encoding", offset: offset) }
        var lexer = Lexer(source)
        try lexer.run()
        return lexer.text
    }

    private mutating func run() throws(TextFailure) {
        while offset < text.source.count {
            switch text.source[offset] {
            case UInt8(ascii: " "), 0x09, 0x0A, 0x0D: offset += 1
            case UInt8(ascii: "("): try leftParenthesis()
            case UInt8(ascii: ")"): rightParenthesis()
            case UInt8(ascii: ";") where byte(at: offset + 1) == UInt8(ascii: ";"): skipLine()
            default: try word()
            }
        }
        if annotationDepth > 0, let annotation = text.annotations.last {
            throw TextFailure(message: "unclosed annotation", offset: Int(annotation.start))
        }
        for index in open { text.tokens[Int(index)].payload = UInt32(text.tokens.count) }
        text.tokens.append(Token(kind: .endOfInput, start: UInt32(offset), end: UInt32(offset), payload: 0))
    }

    private func byte(at offset: Int) -> UInt8 { offset < text.source.count ? text.source[offset] : 0 }

    // MARK: Parentheses, comments, annotations

    private mutating func leftParenthesis() throws(TextFailure) {
        switch byte(at: offset + 1) {
        case UInt8(ascii: ";"): try skipBlockComment()
        case UInt8(ascii: "@") where annotationDepth == 0: try beginAnnotation()
        default:
            if annotationDepth > 0 {
                annotationDepth += 1
            } else {
                open.append(UInt32(text.tokens.count))
            }
            append(.leftParenthesis, from: offset, to: offset + 1)
        }
    }

    private mutating func rightParenthesis() {
        if annotationDepth > 0 {
            annotationDepth -= 1
            if annotationDepth > 0 { append(.rightParenthesis, from: offset, to: offset + 1) } else { offset += 1 }
            if annotationDepth == 0 {
                let last = text.annotations.count - 1
                text.annotations[last].tokens = text.annotations[last].tokens.lowerBound..<text.annotationTokens.count
            }
            return
        }
        if let opened = open.popLast() { text.tokens[Int(opened)].payload = UInt32(text.tokens.count) }
        append(.rightParenthesis, from: offset, to: offset + 1)
    }

    private mutating func beginAnnotation() throws(TextFailure) {
        let start = offset
        let idStart = offset + 2
        var idEnd = idStart
        while isIdentifierCharacter(byte(at: idEnd)) { idEnd += 1 }
        var id = text.source[min(idStart, idEnd)..<idEnd]
        if id.isEmpty {
            guard byte(at: idStart) == UInt8(ascii: "\"") else { throw TextFailure(message: "empty annotation id", offset: start) }
            do {
                idEnd = try endOfString(from: idStart)
            } catch {
                throw TextFailure(message: "empty annotation id: its string is malformed", offset: start)
            }
            id = try nameInString(from: idStart, to: idEnd)[...]
            if id.isEmpty { throw TextFailure(message: "empty annotation id", offset: start) }
        }
        let symbol = text.symbols.intern(id)
        let first = text.annotationTokens.count
        text.annotations.append(
            Annotation(id: symbol, start: UInt32(start), position: UInt32(text.tokens.count), tokens: first..<first))
        annotationDepth = 1
        offset = idEnd
    }

    private mutating func skipLine() {
        while offset < text.source.count, text.source[offset] != 0x0A, text.source[offset] != 0x0D { offset += 1 }
    }

    private mutating func skipBlockComment() throws(TextFailure) {
        let start = offset
        var depth = 0
        repeat {
            guard offset + 1 < text.source.count else { throw TextFailure(message: "unclosed comment", offset: start) }
            switch (text.source[offset], text.source[offset + 1]) {
            case (UInt8(ascii: "("), UInt8(ascii: ";")):
                depth += 1
                offset += 2
            case (UInt8(ascii: ";"), UInt8(ascii: ")")):
                depth -= 1
                offset += 2
            default: offset += 1
            }
        } while depth > 0
    }

    // MARK: Words

    /// Reads the longest run of identifier characters, strings and reserved punctuation, and says what it is.
    private mutating func word() throws(TextFailure) {
        let start = offset
        var end = start
        var strings = 0
        var firstString = 0..<0
        var hasPunctuation = false
        scan: while end < text.source.count {
            let byte = text.source[end]
            if isIdentifierCharacter(byte) {
                end += 1
            } else if byte == UInt8(ascii: "\"") {
                let stringStart = end
                do {
                    end = try endOfString(from: end)
                } catch {
                    // `$"` that no string follows names nothing.
                    if stringStart == start + 1, text.source[start] == UInt8(ascii: "$") {
                        throw TextFailure(message: "empty identifier", offset: start)
                    }
                    throw error
                }
                if strings == 0 { firstString = stringStart..<end }
                strings += 1
            } else if byte == UInt8(ascii: ";"), self.byte(at: end + 1) == UInt8(ascii: ";") {
                break scan
            } else if isReservedPunctuation(byte) {
                hasPunctuation = true
                end += 1
            } else {
                break scan
            }
        }
        guard end > start else { throw TextFailure(message: "illegal character", offset: start) }
        let wholeString = strings == 1 && !hasPunctuation && firstString.upperBound == end
        if wholeString, firstString.lowerBound == start {
            append(.string, from: start, to: end)
        } else if wholeString, firstString.lowerBound == start + 1, text.source[start] == UInt8(ascii: "$") {
            let name = try nameInString(from: start + 1, to: end)
            try identifier(name[...], from: start, to: end)
        } else if strings > 0 || hasPunctuation {
            append(.reserved, from: start, to: end)
        } else {
            try plainWord(from: start, to: end)
        }
    }

    private mutating func plainWord(from start: Int, to end: Int) throws(TextFailure) {
        switch text.source[start] {
        case UInt8(ascii: "$"): try identifier(text.source[start + 1..<end], from: start, to: end)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            append(numberKind(text.source[start..<end]), from: start, to: end)
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            let kind = numberKind(text.source[start..<end])
            let payload = kind == .float || annotationDepth > 0 ? 0 : text.symbols.intern(text.source[start..<end])
            append(kind == .float ? .float : .keyword, from: start, to: end, payload: payload)
        default: append(.reserved, from: start, to: end)
        }
    }

    private mutating func identifier(_ name: ArraySlice<UInt8>, from start: Int, to end: Int) throws(TextFailure) {
        if annotationDepth > 0 { return append(.identifier, from: start, to: end) }
        if name.isEmpty { throw TextFailure(message: "empty identifier", offset: start) }
        append(.identifier, from: start, to: end, payload: text.symbols.intern(name))
    }

    private mutating func append(_ kind: Token.Kind, from start: Int, to end: Int, payload: UInt32 = 0) {
        let token = Token(kind: kind, start: UInt32(start), end: UInt32(end), payload: payload)
        if annotationDepth > 0 { text.annotationTokens.append(token) } else { text.tokens.append(token) }
        offset = end
    }

    // MARK: Strings

    /// Where the string that starts at `start` ends, after its quote.
    private func endOfString(from start: Int) throws(TextFailure) -> Int {
        var end = start + 1
        while true {
            guard end < text.source.count else { throw TextFailure(message: "unclosed string", offset: start) }
            switch text.source[end] {
            case UInt8(ascii: "\""): return end + 1
            case UInt8(ascii: "\\"):
                guard let length = escapeLength(text.source, at: end) else { throw TextFailure(message: "illegal escape", offset: end) }
                end += length
            case 0x0A, 0x0D: throw TextFailure(message: "unclosed string", offset: start)
            case 0..<0x20, 0x7F: throw TextFailure(message: "illegal character in string literal", offset: end)
            default: end += 1
            }
        }
    }

    /// The content of the string token in that range, which has to be UTF-8.
    private func nameInString(from start: Int, to end: Int) throws(TextFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        appendUnescaped(text.source, from: start + 1, to: end - 1, onto: &bytes)
        if firstMalformedUTF8(bytes[...]) != nil { throw TextFailure(message: "malformed UTF-8 encoding", offset: start) }
        return bytes
    }
}
