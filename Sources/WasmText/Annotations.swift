import PrecastWasmModel

// The annotations that mean something here: names, custom sections and branch hints. Others are passed over.

extension ModuleParser {
    /// The indices of the annotations of that kind directly before a token, in order.
    private func annotations(_ kind: Keyword, before position: Int) -> [Int] {
        let range = text.annotations(before: position)
        if range.isEmpty { return [] }
        return range.filter { Vocabulary.keyword(text.annotations[$0].id) == kind }
    }

    private func failure(_ message: String, annotation: Int) -> TextFailure {
        TextFailure(message: message, offset: Int(text.annotations[annotation].start))
    }

    private func content(_ annotation: Int) -> ArraySlice<Token> { text.annotationTokens[text.annotations[annotation].tokens] }

    // MARK: Names

    /// An identifier, where one stands, and the name that an annotation behind it gives.
    mutating func binding() throws(TextFailure) -> (identifier: UInt32?, name: UInt32?) {
        let identifier = optionalIdentifier()
        if text.annotations.isEmpty { return (identifier, nil) }
        let found = annotations(.name, before: cursor)
        guard let first = found.first else { return (identifier, nil) }
        if found.count > 1 { throw failure("@name annotation: multiple names", annotation: found[1]) }
        usedAnnotations.insert(first)
        return (identifier, text.symbols.intern(try nameContent(first)[...]))
    }

    private func nameContent(_ annotation: Int) throws(TextFailure) -> [UInt8] {
        let tokens = content(annotation)
        guard tokens.count == 1, let token = tokens.first, token.kind == .string else {
            throw failure("@name annotation: unexpected token: expected one string", annotation: annotation)
        }
        let bytes = text.stringContent(token)
        if firstMalformedUTF8(bytes[...]) != nil { throw failure("@name annotation: malformed UTF-8 encoding", annotation: annotation) }
        return bytes
    }

    /// What the module is called: its identifier, or what an annotation behind that says.
    mutating func readModuleName(identifier: UInt32?) throws(TextFailure) {
        names.module = identifier.map { Array(text.symbols[$0]) }
        let found = annotations(.name, before: cursor)
        guard let first = found.first else { return }
        if found.count > 1 { throw failure("@name annotation: multiple module names", annotation: found[1]) }
        usedAnnotations.insert(first)
        names.module = try nameContent(first)
    }

    // MARK: Custom sections

    /// Takes the custom sections between two fields.
    mutating func readCustomSections(before position: Int) throws(TextFailure) {
        if text.annotations.isEmpty { return }
        for index in annotations(.custom, before: position) {
            usedAnnotations.insert(index)
            binary.customSections.append(try customSection(index))
        }
    }

    private func customSection(_ annotation: Int) throws(TextFailure) -> PlacedCustomSection {
        var tokens = content(annotation)
        guard let first = tokens.popFirst(), first.kind == .string else {
            throw failure("@custom annotation: missing section name", annotation: annotation)
        }
        let name = text.stringContent(first)
        if firstMalformedUTF8(name[...]) != nil { throw failure("@custom annotation: malformed UTF-8 encoding", annotation: annotation) }
        var section = PlacedCustomSection(name: name, contents: [], anchor: nil, isBefore: false)
        if tokens.first?.kind == .leftParenthesis {
            tokens.removeFirst()
            try readPlacement(&tokens, &section, annotation)
        }
        for token in tokens {
            guard token.kind == .string else { throw failure("@custom annotation: unexpected token", annotation: annotation) }
            text.appendContent(of: token, to: &section.contents)
        }
        return section
    }

    private func readPlacement(
        _ tokens: inout ArraySlice<Token>, _ section: inout PlacedCustomSection, _ annotation: Int
    ) throws(TextFailure) {
        let direction = tokens.popFirst().map(text.spelling)
        guard direction == "before" || direction == "after" else {
            throw failure("@custom annotation: malformed placement: expected before or after", annotation: annotation)
        }
        section.isBefore = direction == "before"
        let kind = tokens.first.map(text.spelling) ?? ""
        section.anchor = Self.sectionKind(kind)
        guard section.anchor != nil || kind == (section.isBefore ? "first" : "last") else {
            throw failure("@custom annotation: malformed section kind", annotation: annotation)
        }
        tokens.removeFirst()
        guard tokens.popFirst()?.kind == .rightParenthesis else {
            throw failure("@custom annotation: unexpected token: expected `)`", annotation: annotation)
        }
    }

    private static func sectionKind(_ word: String) -> SectionKind? {
        switch word {
        case "type": .type
        case "import": .import
        case "func": .function
        case "table": .table
        case "memory": .memory
        case "tag": .tag
        case "global": .global
        case "export": .export
        case "start": .start
        case "elem": .element
        case "datacount": .dataCount
        case "code": .code
        case "data": .data
        default: nil
        }
    }

    // MARK: Branch hints

    /// The hint in front of an instruction, if there is one.
    mutating func branchHint(_ opcode: Opcode, before position: Int) throws(TextFailure) -> Bool? {
        if text.annotations.isEmpty { return nil }
        let found = annotations(.branchHint, before: position)
        guard let first = found.first else { return nil }
        let subject = "@metadata.code.branch_hint annotation"
        if found.count > 1 { throw failure("\(subject): duplicate annotation", annotation: found[1]) }
        guard code.isFunction else { throw failure("\(subject): not in a function", annotation: first) }
        guard opcode == .if || opcode == .brIf else {
            throw failure("\(subject): invalid target: only if and br_if can have a hint", annotation: first)
        }
        let tokens = content(first)
        let bytes = tokens.count == 1 && tokens.first?.kind == .string ? text.stringContent(tokens[tokens.startIndex]) : []
        guard bytes == [0] || bytes == [1] else { throw failure("\(subject): invalid value: expected \"\\00\" or \"\\01\"", annotation: first) }
        usedAnnotations.insert(first)
        return bytes == [1]
    }

    /// The content of the branch hints section.
    mutating func encodeBranchHints() {
        if branchHints.isEmpty { return }
        var section: [UInt8] = []
        section.appendUnsigned(branchHints.count)
        for (function, hints) in branchHints {
            section.appendUnsigned(function)
            section.appendUnsigned(hints.count)
            for hint in hints {
                section.appendUnsigned(hint.offset)
                section.append(contentsOf: [1, hint.isLikely ? 1 : 0])
            }
        }
        binary.branchHints = section
    }

    // MARK: Left over

    /// Refuses annotations with a meaning that stand where they have none.
    func checkAnnotations(from first: Int) throws(TextFailure) {
        for (index, annotation) in text.annotations.enumerated() where !usedAnnotations.contains(index) {
            guard Int(annotation.position) >= first, Int(annotation.position) <= end else { continue }
            switch Vocabulary.keyword(annotation.id) {
            case .custom: throw failure("misplaced @custom annotation", annotation: index)
            case .name: throw failure("misplaced @name annotation", annotation: index)
            case .branchHint:
                throw failure("@metadata.code.branch_hint annotation: not in a function's instructions", annotation: index)
            default: break
            }
        }
    }
}
