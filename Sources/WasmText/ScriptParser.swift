import PrecastWasmModel
import PrecastWasmTypes

/// Reads a script of the official test suite.
///
/// Modules in it are not read, only found, so that one that is malformed fails alone; a command that cannot be read becomes
/// ``ScriptCommand/Kind/unreadable(_:)``. A text that begins with a module field is one module without its parentheses.
/// - Throws: ``TextError`` when the text has no tokens: an unclosed string, a character that may not be there …
public func parseScript(_ source: [UInt8]) throws(TextError) -> Script {
    let text: LexedText
    do throws(TextFailure) { text = try Lexer.lex(source) } catch { throw error.located(in: source) }
    var parser = ScriptParser(ScriptText(text))
    return Script(commands: parser.commands())
}

/// The parser of scripts: a loop over the top-level forms, each of which nests to a fixed depth.
struct ScriptParser: TokenParser {
    private let script: ScriptText
    var cursor = 0
    /// The position up to which lines have been counted.
    private var counted = (offset: 0, line: 1)

    init(_ script: ScriptText) { self.script = script }

    var text: LexedText { script.text }

    /// All commands of the script.
    mutating func commands() -> [ScriptCommand] {
        var commands: [ScriptCommand] = []
        let last = text.tokens.count - 1
        if text.tokens[0].kind == .leftParenthesis, keyword(at: 1).map(Self.isField) == true {
            let form = ModuleForm(fieldsFrom: 0, to: last)
            let module = ScriptModule(name: nil, isDefinition: false, source: .text, script: script, form: form)
            return [ScriptCommand(kind: .module(module), line: 1)]
        }
        while cursor < last {
            let start = cursor
            let line = line(of: start)
            let isForm = token.kind == .leftParenthesis
            let next = isForm ? min(Int(token.payload) + 1, last) : cursor + 1
            do throws(TextFailure) {
                guard isForm else { throw unexpected("a command") }
                guard Int(token.payload) < last else { throw unexpected("`)`", at: last) }
                let kind = try command(isInThread: false)
                commands.append(ScriptCommand(kind: kind, line: line))
            } catch {
                commands.append(ScriptCommand(kind: .unreadable(error.located(in: text.source)), line: line))
            }
            cursor = next
        }
        return commands
    }

    private static func isField(_ keyword: Keyword) -> Bool {
        switch keyword {
        case .type, .rec, .import, .func, .table, .memory, .global, .tag, .export, .start, .elem, .data: true
        default: false
        }
    }

    private mutating func line(of token: Int) -> Int {
        let offset = Int(text.tokens[token].start)
        while counted.offset < offset {
            let byte = text.source[counted.offset]
            counted.offset += 1
            let isCarriageReturn = byte == 0x0D && !(counted.offset < text.source.count && text.source[counted.offset] == 0x0A)
            if byte == 0x0A || isCarriageReturn { counted.line += 1 }
        }
        return counted.line
    }

    // MARK: Commands

    private mutating func command(isInThread: Bool) throws(TextFailure) -> ScriptCommand.Kind {
        let word = keyword(at: cursor + 1)
        switch word {
        case .module: return try moduleCommand()
        case .invoke, .get: return .action(try action())
        case .thread where !isInThread: return try thread()
        default: break
        }
        cursor += 2
        let kind = try command(word)
        try close()
        return kind
    }

    private mutating func command(_ word: Keyword?) throws(TextFailure) -> ScriptCommand.Kind {
        switch word {
        case .register: return .register(try string(), instance: identifier())
        case .assertReturn:
            let action = try action()
            var results: [ScriptResult] = []
            while token.kind == .leftParenthesis { results.append(try result(isInEither: false)) }
            return .assertReturn(action, results)
        case .assertTrap:
            if opens(.module) { return .assertTrappingModule(try module(), try string()) }
            return .assertTrap(try action(), try string())
        case .assertExhaustion: return .assertExhaustion(try action(), try string())
        case .assertException: return .assertException(try action())
        case .assertInvalid: return .assertInvalid(try module(), try string())
        case .assertMalformed: return .assertMalformed(try module(), try string())
        case .assertInvalidCustom: return .assertInvalidCustom(try module(), try string())
        case .assertMalformedCustom: return .assertMalformedCustom(try module(), try string())
        case .assertUnlinkable: return .assertUnlinkable(try module(), try string())
        case .wait:
            guard let name = identifier() else { throw unexpected("the name of a thread") }
            return .wait(name)
        default: throw unexpected("a command", at: cursor - 1)
        }
    }

    private mutating func moduleCommand() throws(TextFailure) -> ScriptCommand.Kind {
        guard keyword(at: cursor + 2) == .instance else { return .module(try module()) }
        cursor += 3
        let name = identifier()
        let definition = identifier()
        try close()
        return .instance(name: name, definition: definition)
    }

    private mutating func module() throws(TextFailure) -> ScriptModule {
        guard opens(.module) else { throw unexpected("a module") }
        let form = ModuleForm(text, at: cursor)
        let source: ScriptModule.Source =
            switch form.kind {
            case .fields: .text
            case .binary: .binary(try form.stringContent(text))
            case .quote: .quote(try form.stringContent(text))
            }
        cursor = form.close + 1
        return ScriptModule(
            name: form.name.map(text.symbols.text), isDefinition: form.isDefinition, source: source, script: script, form: form)
    }

    private mutating func thread() throws(TextFailure) -> ScriptCommand.Kind {
        let close = Int(token.payload)
        cursor += 2
        guard let name = identifier() else { throw unexpected("the name of a thread") }
        var shared: [String] = []
        while open(.shared) {
            guard open(.module), let instance = identifier() else { throw unexpected("`(module $name)`") }
            shared.append(instance)
            try self.close()
            try self.close()
        }
        var commands: [ScriptCommand] = []
        while cursor < close {
            let line = line(of: cursor)
            guard token.kind == .leftParenthesis else { throw unexpected("a command") }
            commands.append(ScriptCommand(kind: try command(isInThread: true), line: line))
        }
        cursor = close + 1
        return .thread(name: name, shared: shared, commands: commands)
    }

    private mutating func identifier() -> String? { optionalIdentifier().map(text.symbols.text) }

    private mutating func string() throws(TextFailure) -> String { String(decoding: try name(), as: UTF8.self) }

    // MARK: Actions and values

    private mutating func action() throws(TextFailure) -> ScriptAction {
        if open(.get) {
            let instance = identifier()
            let name = try string()
            try close()
            return .get(instance: instance, name: name)
        }
        guard open(.invoke) else { throw unexpected("an action") }
        let instance = identifier()
        let name = try string()
        var arguments: [ScriptValue] = []
        while token.kind == .leftParenthesis {
            let start = cursor
            guard case .value(let value) = try result(isInEither: true) else { throw unexpected("a value", at: start + 1) }
            arguments.append(value)
        }
        try close()
        return .invoke(instance: instance, name: name, arguments: arguments)
    }

    /// A value, or a pattern of values.
    private mutating func result(isInEither: Bool) throws(TextFailure) -> ScriptResult {
        guard token.kind == .leftParenthesis else { throw unexpected("a value") }
        if !isInEither, open(.either) {
            var choices: [ScriptResult] = []
            while token.kind == .leftParenthesis { choices.append(try result(isInEither: true)) }
            try close()
            return .either(choices)
        }
        let word = text.tokens[cursor + 1]
        cursor += 2
        let result: ScriptResult
        switch keyword(at: cursor - 1) {
        case .refExtern: result = token.kind == .integer ? .value(.externalReference(try number())) : .reference(.extern)
        case .refHost: result = .value(.hostReference(try number()))
        case .refStruct: result = .reference(.structure)
        case .refArray: result = .reference(.array)
        case .refAny: result = .reference(.any)
        default:
            guard word.kind == .keyword, let opcode = Vocabulary.opcode(word.payload) else { throw unexpected("a value", at: cursor - 1) }
            result = try constant(opcode)
        }
        try close()
        return result
    }

    private mutating func number() throws(TextFailure) -> UInt32 { UInt32(try unsigned(width: 32, "a number")) }

    private mutating func constant(_ opcode: Opcode) throws(TextFailure) -> ScriptResult {
        switch opcode {
        case .i32Const: return .value(.i32(UInt32(truncatingIfNeeded: try integer(width: 32))))
        case .i64Const: return .value(.i64(try integer(width: 64)))
        case .f32Const:
            if let nan = nan() { return .f32(nan) }
            return .value(.f32(UInt32(truncatingIfNeeded: try float(.f32))))
        case .f64Const:
            if let nan = nan() { return .f64(nan) }
            return .value(.f64(try float(.f64)))
        case .v128Const: return try vector()
        case .refNull:
            guard let word = keyword, let type = ModuleParser.abstractHeapType(word) else { return .value(.null(nil)) }
            cursor += 1
            return .value(.null(type))
        case .refFunc:
            if token.kind == .integer { _ = try number() }
            return .reference(.function)
        case .refI31: return .reference(.i31)
        case .refEq: return .reference(.eq)
        default: throw unexpected("a value", at: cursor - 1)
        }
    }

    private mutating func nan() -> ScriptResult.NaN? {
        if skip(.canonicalNaN) { return .canonical }
        if skip(.arithmeticNaN) { return .arithmetic }
        return nil
    }

    private mutating func vector() throws(TextFailure) -> ScriptResult {
        guard let shape = keyword.flatMap(VectorShape.init) else { throw unexpected("the shape of a vector") }
        cursor += 1
        var lanes: [ScriptResult.Lane] = []
        var bytes: [UInt8] = []
        for _ in 0..<shape.lanes {
            if shape.float != nil, let nan = nan() {
                lanes.append(ScriptResult.Lane(bytes: shape.bytes, bits: 0, nan: nan))
            } else {
                let bits = if let format = shape.float { try float(format) } else { try integer(width: shape.bytes * 8) }
                lanes.append(ScriptResult.Lane(bytes: shape.bytes, bits: bits, nan: nil))
                bytes.appendLittleEndian(bits, bytes: shape.bytes)
            }
        }
        return bytes.count == 16 ? .value(.v128(bytes)) : .lanes(lanes)
    }
}
