/// Walks every record of an artifact and checks each reference, order and extent, so that no later read of a table can fail.
///
/// Input: an open view. Output: nothing, or the first fault. Complexity: linear in the tables (logarithmic look-ups for code offsets).
/// The loader does without: it checks each record where it reads it. `precast check` and `--verify` take this walk. It does not check that code is
/// what a compiler would emit; only a digest or a signature vouches for that.
public func verifyTables(_ view: ArtifactView) throws(ArtifactError) {
    let verifier = try TableVerifier(view)
    try verifier.verifyDirectory()
    try verifier.verifyCode()
    let modules = try view.table(.modules, of: ModuleRecord.self)
    guard !modules.isEmpty else { throw .missingTable(.modules) }
    for index in 0..<modules.count { try verifier.verify(module: modules[unchecked: index]) }
}

private struct TableVerifier {
    let view: ArtifactView
    let functions: TableView<FunctionRecord>
    let constants: TableView<ConstantOperatorRecord>
    let modules: TableView<ModuleRecord>
    let textSize: UInt64

    init(_ view: ArtifactView) throws(ArtifactError) {
        self.view = view
        functions = try view.table(.functions)
        constants = try view.table(.constantOperators)
        modules = try view.table(.modules)
        textSize = UInt64(try view.region(.text).count)
    }

    func require(_ condition: Bool, _ field: StaticName, _ found: UInt64) throws(ArtifactError) {
        if !condition { throw .invalid(field: field, found: found) }
    }
    func requireIndex(_ index: UInt64, _ count: UInt64, _ table: TableKind) throws(ArtifactError) {
        if index >= count { throw .indexOutOfRange(table: table, index: index, count: count) }
    }

    // MARK: Directory

    func verifyDirectory() throws(ArtifactError) {
        let rows = view.directoryRows
        for index in 0..<rows.count {
            let row = rows[unchecked: index]
            if index > 0, row.kindNumber <= rows[unchecked: index - 1].kindNumber { throw .notSorted(table: .modules, index: UInt64(index)) }
            guard let kind = row.kind else { continue }
            _ = try view.entry(kind)
            try require(row.recordSize > 0 && row.byteCount % UInt64(row.recordSize) == 0, "table size", row.byteCount)
            for other in 0..<index {
                let before = rows[unchecked: other]
                let overlaps = before.address < row.address &+ row.byteCount && row.address < before.address &+ before.byteCount
                try require(!overlaps, "address of overlapping tables", row.address)
            }
            if kind == .text {
                let text = view.header.textRange
                try require(row.address == text.lowerBound && row.byteCount == text.upperBound - text.lowerBound, "text extent", row.address)
            } else {
                let text = view.header.textRange
                try require(row.byteCount == 0 || row.address >= text.upperBound || row.address + row.byteCount <= text.lowerBound, "address of a table in the text", row.address)
            }
        }
    }

    // MARK: Code

    func verifyCode() throws(ArtifactError) {
        var end: UInt64 = 0
        for index in 0..<functions.count {
            let function = functions[unchecked: index]
            if UInt64(function.textOffset) < end { throw .notSorted(table: .functions, index: UInt64(index)) }
            end = UInt64(function.textOffset) + UInt64(function.byteCount)
            try require(end <= textSize, "function extent", end)
            try require(function.kind != nil, "function kind", UInt64(function.kindNumber))
            try requireIndex(UInt64(function.module), UInt64(modules.count), .modules)
            let module = modules[unchecked: Int(function.module)]
            try requireIndex(UInt64(function.typeIndex), UInt64(module.types.count), .types)
        }
        try verifyTraps()
        try verifyAddressMap()
        try verifyExceptionSites()
    }

    private func verifyTraps() throws(ArtifactError) {
        let offsets = try view.table(.trapOffsets, of: WordRecord.self), codes = try view.table(.trapCodes, of: ByteRecord.self)
        try require(offsets.count == codes.count, "number of trap codes", UInt64(codes.count))
        for index in 0..<offsets.count {
            let offset = offsets[unchecked: index].value, code = codes[unchecked: index].value
            if index > 0, offset <= offsets[unchecked: index - 1].value { throw .notSorted(table: .trapOffsets, index: UInt64(index)) }
            try require(UInt64(offset) < textSize, "trap offset", UInt64(offset))
            try require(TrapCode(rawValue: code) != nil && code != TrapCode.pending.rawValue, "trap code", UInt64(code))
        }
    }

    private func verifyExceptionSites() throws(ArtifactError) {
        let sites = try view.table(.exceptionSites, of: ExceptionSiteRecord.self)
        let handlers = try view.table(.exceptionHandlers, of: ExceptionHandlerRecord.self)
        for index in 0..<sites.count {
            let site = sites[unchecked: index]
            if index > 0, site.textOffset <= sites[unchecked: index - 1].textOffset { throw .notSorted(table: .exceptionSites, index: UInt64(index)) }
            guard let function = functions.containing(site.textOffset) else { throw .invalid(field: "exception site", found: UInt64(site.textOffset)) }
            try require(site.frameSize == function.frameSize, "frame size of an exception site", UInt64(site.frameSize))
            let module = modules[unchecked: Int(function.module)]
            let tagCount = UInt64(module.importedTags) + UInt64(module.tags.count)
            let rows = try handlers.rows(site.handlers)
            for row in 0..<rows.count {
                let handler = rows[unchecked: row]
                if handler.tag != noIndex { try requireIndex(UInt64(handler.tag), tagCount, .tags) }
                let end = function.textOffset + function.byteCount
                try require(handler.textOffset >= function.textOffset && handler.textOffset < end, "landing pad", UInt64(handler.textOffset))
            }
        }
    }

    private func verifyAddressMap() throws(ArtifactError) {
        let frames = try view.table(.inlineFrames, of: InlineFrameRecord.self)
        for index in 0..<frames.count {
            if let row = frames[unchecked: index].caller.inlineRow { try requireIndex(UInt64(row), UInt64(index), .inlineFrames) }
        }
        let map = try AddressMap(view)
        var previous: UInt32?
        for run in 0..<map.runs.count {
            var cursor = map.cursor(run: run)
            repeat {
                if let previous, cursor.textOffset <= previous { throw .notSorted(table: .addressMap, index: UInt64(run)) }
                previous = cursor.textOffset
                try require(UInt64(cursor.textOffset) <= textSize, "address map offset", UInt64(cursor.textOffset))
                if let row = cursor.location.inlineRow { try requireIndex(UInt64(row), UInt64(frames.count), .inlineFrames) }
            } while cursor.advance()
            try require(!cursor.isBroken, "address map run", UInt64(run))
        }
    }

    /// `offset` is the start of code of `kind`.
    private func requireCode(_ offset: UInt32, _ kind: FunctionRecord.Kind, _ field: StaticName) throws(ArtifactError) {
        guard let function = functions.containing(offset), function.textOffset == offset, function.kind == kind else {
            throw .invalid(field: field, found: UInt64(offset))
        }
    }

    // MARK: Modules

    func verify(module: ModuleRecord) throws(ArtifactError) {
        _ = try view.name(module.name)
        let counts = try verifyImports(module)
        try require(try ContextLayout(module.contextCounts).size == module.contextSize, "context size", UInt64(module.contextSize))
        _ = try functions.rows(module.functions)
        try verifyTypes(module)
        try verifyFunctions(module, counts)
        try verifyExports(module, counts)
        try verifyState(module, counts)
        try verifySegments(module, counts)
        let producers = try view.table(.producers, of: ProducerRecord.self)
        for index in 0..<producers.count {
            let producer = producers[unchecked: index]
            _ = try view.name(producer.field)
            _ = try view.name(producer.name)
            _ = try view.name(producer.version)
        }
    }

    /// Sizes of the index spaces, imports included.
    struct Counts {
        var functions: UInt64 = 0, tables: UInt64 = 0, memories: UInt64 = 0, globals: UInt64 = 0, tags: UInt64 = 0
    }

    private func verifyImports(_ module: ModuleRecord) throws(ArtifactError) -> Counts {
        var counts = Counts()
        let imports = try view.table(.imports, of: ImportRecord.self).rows(module.imports)
        for index in 0..<imports.count {
            let item = imports[unchecked: index]
            _ = try view.name(item.module)
            _ = try view.name(item.name)
            switch item.type.kind {
            case .function:
                try requireIndex(UInt64(item.type.type), UInt64(module.types.count), .types)
                counts.functions += 1
            case .table: counts.tables += 1
            case .memory: counts.memories += 1
            case .global: counts.globals += 1
            case .tag:
                try requireIndex(UInt64(item.type.type), UInt64(module.types.count), .types)
                counts.tags += 1
            case nil: throw .invalid(field: "import kind", found: UInt64(item.type.kindNumber))
            }
            try verify(type: item.type, module)
        }
        try require(counts.functions == UInt64(module.importedFunctions), "number of imported functions", counts.functions)
        try require(counts.tables == UInt64(module.importedTables), "number of imported tables", counts.tables)
        try require(counts.memories == UInt64(module.importedMemories), "number of imported memories", counts.memories)
        try require(counts.globals == UInt64(module.importedGlobals), "number of imported globals", counts.globals)
        try require(counts.tags == UInt64(module.importedTags), "number of imported tags", counts.tags)
        counts.functions += UInt64(module.definedFunctions.count)
        counts.tables += UInt64(module.tables.count)
        counts.memories += UInt64(module.memories.count)
        counts.globals += UInt64(module.globals.count)
        counts.tags += UInt64(module.tags.count)
        let tags = try view.table(.tags, of: WordRecord.self).rows(module.tags)
        for index in 0..<tags.count { try requireIndex(UInt64(tags[unchecked: index].value), UInt64(module.types.count), .types) }
        return counts
    }

    private func verify(type: ExternType, _ module: ModuleRecord) throws(ArtifactError) {
        switch type.kind {
        case .table:
            try require(type.valueType.isKnownReference(typeCount: module.types.count), "table element type", UInt64(type.type))
            try require(type.minimum <= type.maximum, "table minimum", type.minimum)
        case .memory:
            try require(type.pageSizeLog2 == 16 || type.pageSizeLog2 == 0, "memory page size", UInt64(type.pageSizeLog2))
            let pages: UInt64 = type.is64 ? (type.pageSizeLog2 == 16 ? 1 << 48 : .max) : (type.pageSizeLog2 == 16 ? 1 << 16 : 1 << 32)
            try require(type.minimum <= pages && type.minimum <= type.maximum, "memory minimum", type.minimum)
        case .global: try require(type.valueType.isKnown(typeCount: module.types.count), "global type", UInt64(type.type))
        default: break
        }
    }

    private func verifyTypes(_ module: ModuleRecord) throws(ArtifactError) {
        let types = try view.table(.types, of: TypeRecord.self).rows(module.types)
        let values = try view.table(.valueTypes, of: ValueTypeCode.self)
        // Ranges may overlap: so how many of the values before each are none of a function's is counted once.
        var fieldCounts: [Int] = [0]
        fieldCounts.reserveCapacity(values.count + 1)
        for index in 0..<values.count {
            let value = values[unchecked: index]
            try require(value.isKnownField(typeCount: module.types.count), "value type", UInt64(value.code))
            fieldCounts.append(fieldCounts[index] + (value.isKnown(typeCount: module.types.count) ? 0 : 1))
        }
        var groupStart = 0
        for index in 0..<types.count {
            let type = types[unchecked: index]
            if type.positionInGroup == 0 { groupStart = index }
            try require(UInt64(type.positionInGroup) == UInt64(index - groupStart), "position in a recursion group", UInt64(type.positionInGroup))
            try require(type.supertype == noIndex || UInt64(type.supertype) < UInt64(index), "supertype", UInt64(type.supertype))
            guard let form = type.form else { throw .invalid(field: "type form", found: UInt64(type.formNumber)) }
            guard let range = type.values else { throw .invalid(field: "number of parameters", found: UInt64(type.parameterCount)) }
            try require(form == .function || type.resultCount == 0, "results of a type without any", UInt64(type.resultCount))
            try require(form != .array || type.parameterCount == 1, "elements of an array type", UInt64(type.parameterCount))
            _ = try values.rows(range)
            let fields = fieldCounts[Int(range.first) + Int(range.count)] - fieldCounts[Int(range.first)]
            try require(form != .function || fields == 0, "value type of a function", UInt64(index))
            if type.entryTrampoline != noIndex { try requireCode(type.entryTrampoline, .entryTrampoline, "entry trampoline") }
            if type.hostTrampoline != noIndex { try requireCode(type.hostTrampoline, .hostTrampoline, "host trampoline") }
        }
    }

    private func verifyFunctions(_ module: ModuleRecord, _ counts: Counts) throws(ArtifactError) {
        let defined = try view.table(.definedFunctions, of: WordRecord.self).rows(module.definedFunctions)
        for index in 0..<defined.count {
            let row = defined[unchecked: index].value
            if row == noIndex { continue }
            let function = try functions.record(row)
            try require(
                function.kind == .function && UInt64(function.functionIndex) == UInt64(module.importedFunctions) + UInt64(index),
                "function index", UInt64(function.functionIndex))
        }
        let bodies = try view.table(.functionBodies, of: FunctionBodyRecord.self)
        if !bodies.isEmpty { _ = try bodies.rows(module.definedFunctions) }
        let names = try view.table(.functionNames, of: NameRecord.self).rows(module.functionNames)
        try require(UInt64(names.count) <= counts.functions, "number of function names", UInt64(names.count))
        for index in 0..<names.count { _ = try view.name(names[unchecked: index].name) }
        let references = try view.table(.functionReferences, of: FunctionReferenceRecord.self).rows(module.functionReferences)
        for index in 0..<references.count {
            let reference = references[unchecked: index]
            try requireIndex(UInt64(reference.functionIndex), counts.functions, .definedFunctions)
            try requireIndex(UInt64(reference.typeIndex), UInt64(module.types.count), .types)
            if reference.functionIndex < module.importedFunctions {
                try require(reference.textOffset == noIndex, "code of an imported function", UInt64(reference.textOffset))
            } else {
                try requireCode(reference.textOffset, .function, "code of a function reference")
            }
        }
        if module.startFunction != noIndex { try requireIndex(UInt64(module.startFunction), counts.functions, .definedFunctions) }
    }

    private func verifyExports(_ module: ModuleRecord, _ counts: Counts) throws(ArtifactError) {
        let exports = try view.table(.exports, of: ExportRecord.self).rows(module.exports)
        for index in 0..<exports.count {
            let item = exports[unchecked: index]
            let name = try view.name(item.name)
            if index > 0 {
                let before = try view.name(exports[unchecked: index - 1].name)
                guard before.lexicographicallyPrecedes(name) else { throw .notSorted(table: .exports, index: UInt64(index)) }
            }
            switch item.kind {
            case .function:
                try requireIndex(UInt64(item.index), counts.functions, .definedFunctions)
                try requireIndex(UInt64(item.functionReference), UInt64(module.functionReferences.count), .functionReferences)
            case .table: try requireIndex(UInt64(item.index), counts.tables, .tables)
            case .memory: try requireIndex(UInt64(item.index), counts.memories, .memories)
            case .global: try requireIndex(UInt64(item.index), counts.globals, .globals)
            case .tag: try requireIndex(UInt64(item.index), counts.tags, .tags)
            case nil: throw .invalid(field: "export kind", found: UInt64(item.kindNumber))
            }
        }
    }

    private func verifyState(_ module: ModuleRecord, _ counts: Counts) throws(ArtifactError) {
        let memories = try view.table(.memories, of: MemoryRecord.self).rows(module.memories)
        let images = try view.entry(.memoryImages)
        for index in 0..<memories.count {
            let memory = memories[unchecked: index]
            try require(memory.type.kind == .memory, "memory kind", UInt64(memory.type.kindNumber))
            try verify(type: memory.type, module)
            if memory.imageByteCount == 0 { continue }
            let mask = view.stamp.pageSize - 1
            try require((memory.imageAddress | memory.imageOffset | memory.imageByteCount) & mask == 0, "memory image alignment", memory.imageAddress)
            guard let images, memory.imageAddress >= images.address, memory.imageAddress - images.address <= images.byteCount,
                  memory.imageByteCount <= images.byteCount - (memory.imageAddress - images.address)
            else { throw .invalid(field: "memory image address", found: memory.imageAddress) }
            let (size, overflow) = memory.type.minimum.multipliedReportingOverflow(by: 1 << UInt64(memory.type.pageSizeLog2))
            try require(overflow || (memory.imageOffset <= size && memory.imageByteCount <= size - memory.imageOffset), "memory image offset", memory.imageOffset)
        }
        let tables = try view.table(.tables, of: TableRecord.self).rows(module.tables)
        for index in 0..<tables.count {
            let table = tables[unchecked: index]
            try require(table.type.kind == .table, "table kind", UInt64(table.type.kindNumber))
            try verify(type: table.type, module)
            if table.initializer != noIndex { try verify(expression: table.initializer, module, counts) }
            if table.isReadOnly {
                let byteCount = UInt64(table.readOnlyCount) * 8
                try require(
                    table.readOnlyAddress <= view.stamp.imageSize && byteCount <= view.stamp.imageSize - table.readOnlyAddress,
                    "read-only table address", table.readOnlyAddress)
            }
        }
        let globals = try view.table(.globals, of: GlobalRecord.self).rows(module.globals)
        for index in 0..<globals.count {
            let global = globals[unchecked: index]
            try require(global.type.kind == .global, "global kind", UInt64(global.type.kindNumber))
            try verify(type: global.type, module)
            if global.initializer != noIndex { try verify(expression: global.initializer, module, counts) }
        }
    }

    private func verifySegments(_ module: ModuleRecord, _ counts: Counts) throws(ArtifactError) {
        let segments = try view.table(.elementSegments, of: ElementSegmentRecord.self).rows(module.elementSegments)
        let elements = try view.table(.elements, of: ElementRecord.self)
        for index in 0..<segments.count {
            let segment = segments[unchecked: index]
            try require(segment.mode != nil, "element segment mode", UInt64(segment.modeNumber))
            try require(ValueTypeCode(code: segment.elementType).isKnownReference(typeCount: module.types.count), "element type", UInt64(segment.elementType))
            if segment.mode == .active {
                try requireIndex(UInt64(segment.table), counts.tables, .tables)
                try verify(expression: segment.offset, module, counts)
            }
            let items = try elements.rows(segment.elements)
            for item in 0..<items.count { try verify(element: items[unchecked: item], module, counts) }
        }
        let data = UInt64(try view.region(.data).count)
        let dataSegments = try view.table(.dataSegments, of: DataSegmentRecord.self).rows(module.dataSegments)
        for index in 0..<dataSegments.count {
            let segment = dataSegments[unchecked: index]
            try require(segment.mode == .active || segment.mode == .passive, "data segment mode", UInt64(segment.modeNumber))
            if segment.mode == .active {
                try requireIndex(UInt64(segment.memory), counts.memories, .memories)
                try verify(expression: segment.offset, module, counts)
            }
            if !segment.isInImage {
                try require(segment.dataOffset <= data && segment.byteCount <= data - segment.dataOffset, "data segment offset", segment.dataOffset)
            }
        }
    }

    private func verify(element: ElementRecord, _ module: ModuleRecord, _ counts: Counts) throws(ArtifactError) {
        switch element.kind {
        case .null: break
        case .function: try requireIndex(UInt64(element.value), UInt64(module.functionReferences.count), .functionReferences)
        case .globalGet: try requireIndex(UInt64(element.value), counts.globals, .globals)
        case .expression: try verify(expression: element.value, module, counts)
        case nil: throw .invalid(field: "element kind", found: UInt64(element.kindNumber))
        }
    }

    /// The expression ends, its operators know their operands, and it leaves one value.
    private func verify(expression first: UInt32, _ module: ModuleRecord, _ counts: Counts) throws(ArtifactError) {
        var row = first, depth = 0
        while true {
            let constant = try constants.record(row)
            switch constant.opcode {
            case .end:
                try require(depth == 1, "values of a constant expression", UInt64(depth))
                return
            case .i32Constant, .i64Constant, .f32Constant, .f64Constant, .v128Constant, .nullReference: depth += 1
            case .globalGet:
                try requireIndex(UInt64(constant.index), counts.globals, .globals)
                depth += 1
            case .functionReference:
                try requireIndex(UInt64(constant.index), UInt64(module.functionReferences.count), .functionReferences)
                depth += 1
            case .i31Reference: try require(depth >= 1, "operands of a constant operator", UInt64(depth))
            case .i32Add, .i32Subtract, .i32Multiply, .i64Add, .i64Subtract, .i64Multiply:
                try require(depth >= 2, "operands of a constant operator", UInt64(depth))
                depth -= 1
            case nil: throw .invalid(field: "constant operator", found: UInt64(constant.opcodeNumber))
            }
            row += 1
        }
    }
}
