import PrecastWasmTypes

// The third pass: element and data segments, and the ones that tables and memories are written with.

/// What an element segment lists.
private struct ElementList {
    /// The type, or nil if the text lists functions by index.
    var type: ReferenceType?
    var count = 0
    /// The encoded indices or expressions.
    var items: [UInt8] = []
}

/// Where a segment goes.
private enum SegmentMode {
    case active(index: UInt32, offset: [UInt8])
    case passive
    case declarative
}

extension ModuleParser {
    // MARK: Element segments

    mutating func readElementSegment() throws(TextFailure) {
        _ = try begin(.element)
        if skip(.declare) { return appendElementSegment(.declarative, try elementList()) }
        if keyword == .func || isAtReferenceType { return appendElementSegment(.passive, try elementList()) }
        // WebAssembly 1.0 wrote the table, and below the memory, as a bare number.
        var table = token.kind == .integer ? try index(.table) : 0
        guard token.kind == .leftParenthesis else { throw unexpected("a table, an offset or a list of elements") }
        if open(.table) {
            table = try index(.table)
            try close()
        }
        let offset = try offsetExpression()
        appendElementSegment(.active(index: table, offset: offset), try elementList())
    }

    /// `func x*`, `x*`, or a reference type and expressions.
    private mutating func elementList() throws(TextFailure) -> ElementList {
        var list = ElementList()
        if isAtReferenceType {
            list.type = try referenceType()
            try readElementExpressions(&list)
        } else {
            _ = skip(.func)
            while token.kind != .rightParenthesis {
                list.items.appendUnsigned(try index(.function))
                list.count += 1
            }
        }
        return list
    }

    /// `(item expression)*`, where an item of one folded instruction may do without its frame.
    private mutating func readElementExpressions(_ list: inout ElementList) throws(TextFailure) {
        while token.kind == .leftParenthesis {
            if open(.item) {
                list.items.append(contentsOf: try expression())
                try close()
            } else {
                list.items.append(contentsOf: try foldedExpression())
            }
            list.count += 1
        }
    }

    /// The elements that a table is written with; their number.
    mutating func readInlineElements(table: UInt32, is64: Bool, _ element: ReferenceType) throws(TextFailure) -> UInt64 {
        guard open(.elem) else { throw unexpected("the table's elements") }
        var list = ElementList()
        if token.kind == .leftParenthesis {
            list.type = element
            try readElementExpressions(&list)
        } else if element == .function {
            list = try elementList()
        } else {
            // Only a table of function references can take bare indices in the binary format.
            list.type = element
            while token.kind != .rightParenthesis {
                list.items.append(0xD2)
                list.items.appendUnsigned(try index(.function))
                list.items.append(0x0B)
                list.count += 1
            }
        }
        try close()
        met[IndexSpace.element.rawValue] += 1
        appendElementSegment(.active(index: table, offset: Self.zero(is64)), list)
        return UInt64(list.count)
    }

    private mutating func appendElementSegment(_ mode: SegmentMode, _ list: ElementList) {
        var entry: [UInt8] = []
        let expressions: UInt8 = list.type == nil ? 0 : 4
        var namesType = true
        switch mode {
        case .active(let table, let offset):
            namesType = table != 0 || list.type != nil && list.type != .function
            entry.append(expressions | (namesType ? 2 : 0))
            if namesType { entry.appendUnsigned(table) }
            entry.append(contentsOf: offset)
        case .passive: entry.append(expressions | 1)
        case .declarative: entry.append(expressions | 3)
        }
        if namesType {
            if let type = list.type { entry.append(type) } else { entry.append(0) }
        }
        entry.appendUnsigned(list.count)
        binary[.element].count += 1
        binary[.element].bytes.append(contentsOf: entry)
        binary[.element].bytes.append(contentsOf: list.items)
    }

    // MARK: Data segments

    mutating func readDataSegment() throws(TextFailure) {
        _ = try begin(.data)
        guard token.kind == .leftParenthesis || token.kind == .integer else { return appendDataSegment(.passive, strings()) }
        var memory = token.kind == .integer ? try index(.memory) : 0
        if open(.memory) {
            memory = try index(.memory)
            try close()
        }
        let offset = try offsetExpression()
        appendDataSegment(.active(index: memory, offset: offset), strings())
    }

    /// The content that a memory is written with.
    mutating func appendInlineData(memory: UInt32, is64: Bool, _ contents: [UInt8]) {
        met[IndexSpace.data.rawValue] += 1
        appendDataSegment(.active(index: memory, offset: Self.zero(is64)), contents)
    }

    private mutating func appendDataSegment(_ mode: SegmentMode, _ contents: [UInt8]) {
        var entry: [UInt8] = []
        switch mode {
        case .active(0, let offset):
            entry.append(0)
            entry.append(contentsOf: offset)
        case .active(let memory, let offset):
            entry.append(2)
            entry.appendUnsigned(memory)
            entry.append(contentsOf: offset)
        default: entry.append(1)
        }
        binary[.data].count += 1
        binary[.data].bytes.append(contentsOf: entry)
        binary[.data].bytes.appendVector(contents)
    }

    // MARK: Expressions

    /// `(offset expression)` or one folded instruction.
    private mutating func offsetExpression() throws(TextFailure) -> [UInt8] {
        guard open(.offset) else { return try foldedExpression() }
        let offset = try expression()
        try close()
        return offset
    }

    /// Instructions up to the closing parenthesis, which stays, as a constant expression.
    mutating func expression() throws(TextFailure) -> [UInt8] {
        code.begin(isFunction: false)
        try instructions()
        return code.body + [0x0B]
    }

    private mutating func foldedExpression() throws(TextFailure) -> [UInt8] {
        guard token.kind == .leftParenthesis else { throw unexpected("an instruction in parentheses") }
        code.begin(isFunction: false)
        try instructions(single: true)
        return code.body + [0x0B]
    }

    /// The expression that gives the first address.
    private static func zero(_ is64: Bool) -> [UInt8] { [is64 ? 0x42 : 0x41, 0, 0x0B] }
}
