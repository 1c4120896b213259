/// How a text becomes a module.
public struct TextOptions: Hashable, Sendable {
    /// Whether identifiers go to the name section.
    public var keepsNames: Bool

    public init(keepsNames: Bool = true) { self.keepsNames = keepsNames }
}

/// Turns a module in the text format into the binary format.
///
/// The text is one `(module …)` or the fields of one; `(module binary "…")` and `(module quote "…")` of scripts are accepted
/// too. The module is well formed, but not validated. Time and space are linear in the text, apart from data that the text spells out.
/// - Throws: ``TextError`` with the line and column of what is wrong.
public func parseText(_ source: [UInt8], _ options: TextOptions = TextOptions()) throws(TextError) -> [UInt8] {
    var current = source
    while true {
        let step: ParseStep
        do {
            step = try parseStep(current, options)
        } catch {
            throw error.located(in: current)
        }
        switch step {
        case .module(let bytes): return bytes
        case .quoted(let text): current = text
        }
    }
}

/// Turns a module in the text format into the binary format.
public func parseText(_ source: String, _ options: TextOptions = TextOptions()) throws(TextError) -> [UInt8] {
    try parseText(Array(source.utf8), options)
}

private enum ParseStep {
    case module([UInt8])
    case quoted([UInt8])
}

private func parseStep(_ source: [UInt8], _ options: TextOptions) throws(TextFailure) -> ParseStep {
    let text = try Lexer.lex(source)
    let last = text.tokens.count - 1
    guard text.tokens[0].kind == .leftParenthesis, text.tokens[1].kind == .keyword,
        Vocabulary.keyword(text.tokens[1].payload) == .module
    else { return .module(try ModuleParser.parse(text, from: 0, to: last, moduleName: nil, options: options)) }
    let form = ModuleForm(text, at: 0)
    guard form.close < last else { throw unexpectedToken(in: text, at: last, expected: "`)`") }
    guard form.close == last - 1 else { throw unexpectedToken(in: text, at: form.close + 1, expected: "the end of the text") }
    return switch form.kind {
    case .fields: .module(try form.parseFields(text, options))
    case .binary: .module(try form.stringContent(text))
    case .quote: .quoted(try form.stringContent(text))
    }
}

/// A module as scripts and files write it: what stands between its parentheses.
struct ModuleForm: Sendable {
    enum Kind { case fields, binary, quote }

    var kind = Kind.fields
    var isDefinition = false
    var name: UInt32?
    /// The first token of the fields or strings.
    var start: Int
    /// The closing parenthesis, or the end of input.
    var close: Int

    /// The fields of a module without its parentheses.
    init(fieldsFrom start: Int, to close: Int) {
        self.start = start
        self.close = close
    }

    /// Reads the head of the `(module` that opens at `token`.
    init(_ text: LexedText, at token: Int) {
        close = Int(text.tokens[token].payload)
        start = token + 2
        func keyword(_ index: Int) -> Keyword? {
            let token = text.tokens[index]
            return token.kind == .keyword ? Vocabulary.keyword(token.payload) : nil
        }
        if keyword(start) == .definition {
            isDefinition = true
            start += 1
        }
        if text.tokens[start].kind == .identifier {
            name = text.tokens[start].payload
            start += 1
        }
        if keyword(start) == .binary { kind = .binary } else if keyword(start) == .quote { kind = .quote }
        if kind != .fields { start += 1 }
    }

    func parseFields(_ text: LexedText, _ options: TextOptions) throws(TextFailure) -> [UInt8] {
        try ModuleParser.parse(text, from: start, to: close, moduleName: name, options: options)
    }

    /// The strings of a binary or quoted module.
    func stringContent(_ text: LexedText) throws(TextFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in start..<max(start, close) {
            guard text.tokens[index].kind == .string else { throw unexpectedToken(in: text, at: index, expected: "a string") }
            text.appendContent(of: text.tokens[index], to: &bytes)
        }
        return bytes
    }
}
