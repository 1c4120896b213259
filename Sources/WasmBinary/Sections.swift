internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

// The sections that declare things: one method each, in the order of the binary format.
extension ModuleDecoder {
    mutating func readImports(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("imports", maximum: limits.imports)
        module.imports.reserveCapacity(count)
        for _ in 0..<count {
            let start = reader.position
            let moduleName = try reader.readName(maximum: limits.stringSize)
            let name = try reader.readName(maximum: limits.stringSize)
            let item = try readImportItem(&reader)
            module.imports.append(Import(module: moduleName, name: name, item: item, offset: UInt32(start)))
        }
        module.importedFunctionCount = module.functions.count
        module.importedTableCount = module.tables.count
        module.importedMemoryCount = module.memories.count
        module.importedGlobalCount = module.globals.count
        module.importedTagCount = module.tags.count
    }

    private mutating func readImportItem(_ reader: inout ByteReader) throws(DecodeError) -> ImportItem {
        let start = reader.position
        switch try reader.readByte() {
        case 0:
            let type = TypeIndex(rawValue: try reader.readU32())
            try Self.append(type, to: &module.functions, "functions", limits.functions, at: start)
            return .function(type)
        case 1:
            let type = try reader.readTableType(&gate)
            try Self.append(Table(type: type, offset: UInt32(start)), to: &module.tables, "tables", limits.tables, at: start)
            return .table(type)
        case 2:
            let type = try reader.readMemoryType(&gate)
            try Self.append(type, to: &module.memories, "memories", limits.memories, at: start)
            return .memory(type)
        case 3:
            let type = try reader.readGlobalType(&gate)
            try Self.append(Global(type: type, offset: UInt32(start)), to: &module.globals, "globals", limits.globals, at: start)
            return .global(type)
        case 4:
            try gate.require(.exceptions, "malformed import kind 4", at: start)
            let tag = try readTag(&reader)
            try Self.append(tag, to: &module.tags, "tags", limits.tags, at: start)
            return .tag(tag.type)
        case let kind: throw DecodeError("malformed import kind \(kind)", at: start)
        }
    }

    /// Appends to an index space, which may hold `maximum` entries.
    private static func append<Entry>(
        _ entry: Entry, to space: inout [Entry], _ what: StaticString, _ maximum: Int, at offset: Int
    ) throws(DecodeError) {
        if space.count >= maximum { throw .limit("too many \(what)", found: UInt64(space.count) + 1, maximum: maximum, at: offset) }
        space.append(entry)
    }

    mutating func readFunctions(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("functions", maximum: limits.functions - module.importedFunctionCount)
        module.functions.reserveCapacity(module.functions.count + count)
        for _ in 0..<count { module.functions.append(TypeIndex(rawValue: try reader.readU32())) }
        definedFunctionCount = count
    }

    mutating func readTables(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("tables", maximum: limits.tables - module.importedTableCount)
        for _ in 0..<count {
            let start = reader.position
            let hasInitializer = try reader.peekByte() == 0x40
            if hasInitializer { try readTableInitializerMark(&reader) }
            let type = try reader.readTableType(&gate)
            let initializer = hasInitializer ? try readConstantExpression(&reader) : nil
            module.tables.append(Table(type: type, initializer: initializer, offset: UInt32(start)))
        }
    }

    private mutating func readTableInitializerMark(_ reader: inout ByteReader) throws(DecodeError) {
        let start = reader.position
        try gate.require(.functionReferences, "malformed reference type", at: start)
        _ = try reader.readByte()
        let reserved = try reader.readByte()
        guard reserved == 0 else { throw DecodeError("malformed table: zero byte expected, found \(reserved)", at: start + 1) }
    }

    mutating func readTags(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("tags", maximum: limits.tags - module.importedTagCount)
        module.tags.reserveCapacity(module.tags.count + count)
        for _ in 0..<count { module.tags.append(try readTag(&reader)) }
    }

    private func readTag(_ reader: inout ByteReader) throws(DecodeError) -> Tag {
        let start = reader.position
        let attribute = try reader.readByte()
        guard attribute == 0 else { throw DecodeError("malformed tag attribute \(attribute)", at: start) }
        return Tag(type: TypeIndex(rawValue: try reader.readU32()), offset: UInt32(start))
    }

    mutating func readMemories(_ reader: inout ByteReader) throws(DecodeError) {
        module.memorySectionOffset = UInt32(reader.position)
        let count = try reader.readCount("memories", maximum: limits.memories - module.importedMemoryCount)
        for _ in 0..<count { module.memories.append(try reader.readMemoryType(&gate)) }
    }

    mutating func readGlobals(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("globals", maximum: limits.globals - module.importedGlobalCount)
        module.globals.reserveCapacity(module.globals.count + count)
        for _ in 0..<count {
            let start = reader.position
            let type = try reader.readGlobalType(&gate)
            let initializer = try readConstantExpression(&reader)
            module.globals.append(Global(type: type, initializer: initializer, offset: UInt32(start)))
        }
    }

    mutating func readExports(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("exports", maximum: limits.exports)
        module.exports.reserveCapacity(count)
        for _ in 0..<count {
            let start = reader.position
            let name = try reader.readName(maximum: limits.stringSize)
            let kindOffset = reader.position
            let kind = try reader.readByte()
            let index = try reader.readU32()
            let item: ExportItem
            switch kind {
            case 0: item = .function(FunctionIndex(rawValue: index))
            case 1: item = .table(TableIndex(rawValue: index))
            case 2: item = .memory(MemoryIndex(rawValue: index))
            case 3: item = .global(GlobalIndex(rawValue: index))
            case 4:
                try gate.require(.exceptions, "malformed export kind 4", at: kindOffset)
                item = .tag(TagIndex(rawValue: index))
            default: throw DecodeError("malformed export kind \(kind)", at: kindOffset)
            }
            module.exports.append(Export(name: name, item: item, offset: UInt32(start)))
        }
    }

    mutating func readStart(_ reader: inout ByteReader) throws(DecodeError) {
        let start = reader.position
        module.start = Start(function: FunctionIndex(rawValue: try reader.readU32()), offset: UInt32(start))
    }

    mutating func readDataCount(_ reader: inout ByteReader) throws(DecodeError) {
        let start = reader.position
        try gate.require(.bulkMemory, "malformed section id 12", at: start)
        module.dataCount = try reader.readU32()
    }

    mutating func readBodies(_ reader: inout ByteReader) throws(DecodeError) {
        module.codeSection = ByteRange(start: UInt32(reader.position), end: UInt32(reader.end))
        let count = try reader.readCount("functions", maximum: limits.functions)
        module.bodies.reserveCapacity(count)
        for position in 0..<count {
            let start = reader.position
            let size = Int(try reader.readU32())
            let range = try reader.readRange(count: size)
            if size > limits.bodySize {
                var error = DecodeError.limit("function body too large", found: UInt64(size), maximum: limits.bodySize, at: start)
                error.function = module.definedFunction(position)
                throw error
            }
            module.bodies.append(FunctionBody(range: range))
        }
    }
}
