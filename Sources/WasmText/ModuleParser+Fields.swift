import PrecastWasmTypes

// The third pass: imports, functions, tables, memories, globals, tags, exports and the start function.

extension ModuleParser {
    /// Reads every field and encodes it into its section.
    mutating func readFields() throws(TextFailure) {
        while cursor < end {
            let word = keyword(at: cursor + 1)
            let next = Int(token.payload) + 1
            cursor += 2
            switch word {
            case .import: try readImport()
            case .func: try readFunction()
            case .table: try readTable()
            case .memory: try readMemory()
            case .global: try readGlobal()
            case .tag: try readTag()
            case .export: try readExport()
            case .start: try readStart()
            case .elem: try readElementSegment()
            case .data: try readDataSegment()
            default: cursor = next - 1
            }
            try close()
        }
    }

    // MARK: Imports

    private mutating func readImport() throws(TextFailure) {
        let module = try name()
        let field = try name()
        let word = keyword(at: cursor + 1)
        cursor += 2
        switch word {
        case .func:
            try begin(.function)
            try importFunction(module, field)
        case .table:
            try begin(.table)
            try importTable(module, field)
        case .memory:
            try begin(.memory)
            try importMemory(module, field)
        case .global:
            try begin(.global)
            try importGlobal(module, field)
        default:
            try begin(.tag)
            try importTag(module, field)
        }
        try close()
    }

    private mutating func importFunction(_ module: [UInt8], _ field: [UInt8]) throws(TextFailure) {
        let type = try typeUse(names: .allowed)
        appendImport(module, field, kind: 0) { $0.appendUnsigned(type) }
    }

    private mutating func importTable(_ module: [UInt8], _ field: [UInt8]) throws(TextFailure) {
        let type = try tableType()
        appendImport(module, field, kind: 1) { $0.append(type) }
    }

    private mutating func importMemory(_ module: [UInt8], _ field: [UInt8]) throws(TextFailure) {
        let type = try memoryType()
        appendImport(module, field, kind: 2) { $0.append(type) }
    }

    private mutating func importGlobal(_ module: [UInt8], _ field: [UInt8]) throws(TextFailure) {
        let type = try globalType()
        appendImport(module, field, kind: 3) { $0.append(type) }
    }

    private mutating func importTag(_ module: [UInt8], _ field: [UInt8]) throws(TextFailure) {
        let type = try typeUse(names: .allowed)
        appendImport(module, field, kind: 4) {
            $0.append(0)
            $0.appendUnsigned(type)
        }
    }

    private mutating func appendImport(_ module: [UInt8], _ field: [UInt8], kind: UInt8, _ describe: (inout [UInt8]) -> Void) {
        binary[.import].count += 1
        binary[.import].bytes.appendVector(module)
        binary[.import].bytes.appendVector(field)
        binary[.import].bytes.append(kind)
        describe(&binary[.import].bytes)
    }

    // MARK: What definitions begin with

    /// Reads the identifier of the next member of a space, and gives its index.
    @discardableResult
    mutating func begin(_ space: IndexSpace) throws(TextFailure) -> UInt32 {
        let index = met[space.rawValue]
        met[space.rawValue] += 1
        let (identifier, name) = try binding()
        note(name ?? identifier, space, index)
        return index
    }

    /// Records the name of a member.
    mutating func note(_ symbol: UInt32?, _ space: IndexSpace, _ index: UInt32) {
        if let symbol { names.names[space.rawValue].append(NameEntry(index: index, symbol: symbol)) }
    }

    /// `(export "name")*`
    private mutating func inlineExports(_ space: IndexSpace, _ index: UInt32) throws(TextFailure) {
        while open(.export) {
            appendExport(try name(), space, index)
            try close()
        }
    }

    /// `(import "module" "name")`, where it stands.
    private mutating func inlineImport() throws(TextFailure) -> (module: [UInt8], field: [UInt8])? {
        guard open(.import) else { return nil }
        let module = try name()
        let field = try name()
        try close()
        return (module, field)
    }

    private mutating func appendExport(_ name: [UInt8], _ space: IndexSpace, _ index: UInt32) {
        let kind: UInt8 =
            switch space {
            case .function: 0
            case .table: 1
            case .memory: 2
            case .global: 3
            default: 4
            }
        binary[.export].count += 1
        binary[.export].bytes.appendVector(name)
        binary[.export].bytes.append(kind)
        binary[.export].bytes.appendUnsigned(index)
    }

    // MARK: Definitions

    private mutating func readFunction() throws(TextFailure) {
        let function = try begin(.function)
        try inlineExports(.function, function)
        if let (module, field) = try inlineImport() { return try importFunction(module, field) }
        locals.removeAll()
        localNames.removeAll()
        let type = try typeUse(names: .bound)
        binary[.function].count += 1
        binary[.function].bytes.appendUnsigned(type)
        code.begin(isFunction: true)
        try readLocals()
        try instructions()
        code.body.append(0x0B)
        binary[.code].count += 1
        binary[.code].bytes.appendVector(code.body)
        if !localNames.isEmpty { names.locals.append((function, localNames)) }
        if !code.labelNames.isEmpty { names.labels.append((function, code.labelNames)) }
        if !code.hints.isEmpty { branchHints.append((function, code.hints)) }
    }

    /// Reads the declarations of locals and encodes them, equal neighbours together.
    private mutating func readLocals() throws(TextFailure) {
        var runs: [(count: UInt32, type: ValueType)] = []
        func add(_ type: ValueType) {
            if runs.last?.type == type { runs[runs.count - 1].count += 1 } else { runs.append((1, type)) }
        }
        while open(.local) {
            let (identifier, name) = try binding()
            if identifier != nil || name != nil {
                try declareLocal(identifier, name)
                add(try valueType())
            } else {
                while token.kind != .rightParenthesis {
                    try declareLocal(nil, nil)
                    add(try valueType())
                }
            }
            try close()
        }
        code.body.appendUnsigned(runs.count)
        for run in runs {
            code.body.appendUnsigned(run.count)
            code.body.append(run.type)
        }
    }

    private mutating func readTable() throws(TextFailure) {
        let table = try begin(.table)
        try inlineExports(.table, table)
        if let (module, field) = try inlineImport() { return try importTable(module, field) }
        binary[.table].count += 1
        let start = cursor
        let is64 = addressType()
        if isAtReferenceType {
            let element = try referenceType()
            let count = try readInlineElements(table: table, is64: is64, element)
            let limits = Limits(minimum: count, maximum: count)
            return binary[.table].bytes.append(TableType(element: element, limits: limits, is64: is64))
        }
        cursor = start
        let type = try tableType()
        if token.kind == .rightParenthesis { return binary[.table].bytes.append(type) }
        binary[.table].bytes.append(contentsOf: [0x40, 0x00])
        binary[.table].bytes.append(type)
        binary[.table].bytes.append(contentsOf: try expression())
    }

    private mutating func readMemory() throws(TextFailure) {
        let memory = try begin(.memory)
        try inlineExports(.memory, memory)
        if let (module, field) = try inlineImport() { return try importMemory(module, field) }
        binary[.memory].count += 1
        let start = cursor
        let is64 = addressType()
        let logarithm = try pageSize()
        guard open(.data) else {
            cursor = start
            return binary[.memory].bytes.append(try memoryType())
        }
        let contents = strings()
        try close()
        let size = (UInt64(contents.count) + (1 << UInt64(logarithm)) &- 1) >> UInt64(logarithm)
        let limits = Limits(minimum: size, maximum: size)
        binary[.memory].bytes.append(MemoryType(limits: limits, is64: is64, pageSizeLog2: logarithm))
        appendInlineData(memory: memory, is64: is64, contents)
    }

    private mutating func readGlobal() throws(TextFailure) {
        let global = try begin(.global)
        try inlineExports(.global, global)
        if let (module, field) = try inlineImport() { return try importGlobal(module, field) }
        binary[.global].count += 1
        binary[.global].bytes.append(try globalType())
        binary[.global].bytes.append(contentsOf: try expression())
    }

    private mutating func readTag() throws(TextFailure) {
        let tag = try begin(.tag)
        try inlineExports(.tag, tag)
        if let (module, field) = try inlineImport() { return try importTag(module, field) }
        binary[.tag].count += 1
        binary[.tag].bytes.append(0)
        binary[.tag].bytes.appendUnsigned(try typeUse(names: .allowed))
    }

    // MARK: Exports and the start function

    private mutating func readExport() throws(TextFailure) {
        let exported = try name()
        let spaces: [(Keyword, IndexSpace)] = [
            (.func, .function), (.table, .table), (.memory, .memory), (.global, .global), (.tag, .tag),
        ]
        for (word, space) in spaces where open(word) {
            appendExport(exported, space, try index(space))
            return try close()
        }
        throw unexpected("what is exported", at: token.kind == .leftParenthesis ? cursor + 1 : cursor)
    }

    private mutating func readStart() throws(TextFailure) {
        guard binary.start == nil else { throw failure("multiple start sections", at: cursor - 2) }
        binary.start = try index(.function)
    }
}
