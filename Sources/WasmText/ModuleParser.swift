import PrecastWasmModel
import PrecastWasmTypes

/// The parser of modules in the text format.
///
/// In: the tokens of a module's fields. Out: the module in the binary format. Three passes over the fields: the first gives every
/// definition its index, since any may be named before it is written; the second reads the type definitions, since a use of a type may
/// stand before it; the third reads the fields in the order of the text and encodes each into its section. Types that are used
/// but not defined are appended in the order in which the third pass meets them. Nothing recurses: instructions nest on a stack of
/// frames (``InstructionParser``), everything else nests to a fixed depth.
/// WebAssembly 3.0, "Text Format", with threads, wide arithmetic, custom page sizes, branch hints, and the annotations of the appendix.
struct ModuleParser: TokenParser {
    var text: LexedText
    /// The index of the current token.
    var cursor: Int
    /// The token after the last field: the module's closing parenthesis, or the end of input.
    let end: Int

    /// What the first pass declared.
    var spaces = [IndexNames](repeating: IndexNames(), count: IndexSpace.allCases.count)
    /// How many members of each space the third pass has met.
    var met = [UInt32](repeating: 0, count: IndexSpace.allCases.count)
    var types = TypeTable()
    var binary = BinaryEncoder()
    var names = NameTables()

    /// The identifiers of the current function's parameters and locals.
    var locals = IndexNames()
    var localNames: [NameEntry] = []
    var code = CodeState()
    /// By function, the hints of its body.
    var branchHints: [(function: UInt32, hints: [(offset: Int, isLikely: Bool)])] = []

    /// The annotations that some part of the module made sense of, by index.
    var usedAnnotations: Set<Int> = []
    /// Whether a definition that is no import has been declared: its keyword.
    var firstDefinition: IndexSpace?

    init(_ text: LexedText, from start: Int, to end: Int) {
        self.text = text
        cursor = start
        self.end = end
    }

    /// Parses the fields between `start` and `end`. `moduleName` is the module's identifier.
    static func parse(
        _ text: LexedText, from start: Int, to end: Int, moduleName: UInt32?, options: TextOptions
    ) throws(TextFailure) -> [UInt8] {
        var parser = ModuleParser(text, from: start, to: end)
        try parser.readModuleName(identifier: moduleName)
        let first = parser.cursor
        try parser.declareFields()
        try parser.readTypes()
        parser.cursor = first
        try parser.readFields()
        try parser.checkAnnotations(from: start)
        parser.encodeBranchHints()
        parser.binary[.type] = parser.types.encoded()
        if options.keepsNames { parser.binary.names = parser.names.encode(parser.text.symbols) }
        return parser.binary.encode()
    }
}

// MARK: Indices

extension ModuleParser {
    /// Whether the current token can be an index.
    var isAtIndex: Bool { isIndex(at: cursor) }

    func isIndex(at index: Int) -> Bool {
        let kind = text.tokens[index].kind
        return kind == .integer || kind == .identifier
    }

    /// An index or an identifier of that space.
    mutating func index(_ space: IndexSpace) throws(TextFailure) -> UInt32 {
        if token.kind == .identifier {
            guard let index = spaces[space.rawValue][token.payload] else { throw unknown(space.noun) }
            cursor += 1
            return index
        }
        return UInt32(try unsigned(width: 32, "a \(space.noun) index"))
    }

    /// An index of that space where one stands, or zero.
    mutating func optionalIndex(_ space: IndexSpace) throws(TextFailure) -> UInt32 { isAtIndex ? try index(space) : 0 }

    func unknown(_ noun: String) -> TextFailure { failure("unknown \(noun) \(text.spelling(token))") }
}

// MARK: The first pass

extension ModuleParser {
    /// Gives every definition its index.
    mutating func declareFields() throws(TextFailure) {
        let first = cursor
        while cursor < end {
            guard token.kind == .leftParenthesis else { throw unexpected("a module field") }
            let next = Int(token.payload) + 1
            guard next <= end else { throw unexpected("`)`", at: text.tokens.count - 1) }
            try readCustomSections(before: cursor)
            try declareField()
            cursor = next
        }
        try readCustomSections(before: end)
        cursor = first
    }

    private mutating func declareField() throws(TextFailure) {
        switch keyword(at: cursor + 1) {
        case .type: try declareType()
        case .rec: try declareGroup()
        case .import: try declareImport()
        case .func: try declareDefinition(.function)
        case .table: try declareDefinition(.table)
        case .memory: try declareDefinition(.memory)
        case .global: try declareDefinition(.global)
        case .tag: try declareDefinition(.tag)
        case .elem:
            cursor += 2
            try declare(.element, optionalIdentifier())
        case .data:
            cursor += 2
            try declare(.data, optionalIdentifier())
        case .export, .start: break
        default: throw unexpected("a module field", at: cursor + 1)
        }
    }

    private mutating func declare(_ space: IndexSpace, _ identifier: UInt32?) throws(TextFailure) {
        guard spaces[space.rawValue].declare(identifier) else {
            throw failure("duplicate \(space.keyword) \(text.spelling(text.tokens[cursor - 1]))", at: cursor - 1)
        }
    }

    private mutating func declareType() throws(TextFailure) {
        types.definitions.append(TypeTable.Definition(token: cursor, group: types.groupCount))
        types.groupCount += 1
        cursor += 2
        try declare(.type, optionalIdentifier())
    }

    private mutating func declareGroup() throws(TextFailure) {
        let close = Int(token.payload)
        cursor += 2
        while cursor < close {
            guard opens(.type) else { throw unexpected("a type definition") }
            let next = Int(token.payload) + 1
            types.definitions.append(TypeTable.Definition(token: cursor, group: types.groupCount))
            cursor += 2
            try declare(.type, optionalIdentifier())
            cursor = next
        }
        types.groupCount += 1
    }

    private mutating func declareImport() throws(TextFailure) {
        let field = cursor
        cursor += 2
        _ = try name()
        _ = try name()
        guard token.kind == .leftParenthesis, let space = importedSpace(keyword(at: cursor + 1)) else {
            throw unexpected("the kind of import", at: token.kind == .leftParenthesis ? cursor + 1 : cursor)
        }
        cursor += 2
        try declareImported(space, optionalIdentifier(), at: field)
    }

    private func importedSpace(_ keyword: Keyword?) -> IndexSpace? {
        switch keyword {
        case .func: .function
        case .table: .table
        case .memory: .memory
        case .global: .global
        case .tag: .tag
        default: nil
        }
    }

    private mutating func declareImported(_ space: IndexSpace, _ identifier: UInt32?, at field: Int) throws(TextFailure) {
        if let firstDefinition { throw failure("import after \(firstDefinition.noun)", at: field) }
        try declare(space, identifier)
    }

    /// A definition, or an import that is written as one.
    private mutating func declareDefinition(_ space: IndexSpace) throws(TextFailure) {
        let field = cursor
        cursor += 2
        let identifier = optionalIdentifier()
        let named = cursor
        while opens(.export) { cursor = Int(token.payload) + 1 }
        let isImport = opens(.import)
        let hasSegment = !isImport && (space == .table || space == .memory) && definesSegment(until: Int(text.tokens[field].payload))
        cursor = named
        if isImport { return try declareImported(space, identifier, at: field) }
        if firstDefinition == nil { firstDefinition = space }
        try declare(space, identifier)
        if hasSegment { try declare(space == .table ? .element : .data, nil) }
    }

    /// Whether a table or memory is written with its content.
    private func definesSegment(until close: Int) -> Bool {
        var index = cursor
        while index < close {
            if text.tokens[index].kind == .leftParenthesis {
                let word = keyword(at: index + 1)
                if word == .elem || word == .data { return true }
                index = Int(text.tokens[index].payload)
            }
            index += 1
        }
        return false
    }
}
