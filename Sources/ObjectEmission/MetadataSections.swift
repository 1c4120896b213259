import PrecastArtifactFormat
import PrecastMachineCode

/// The `.precast.*` tables.
///
/// Input: the module, its laid-out text and its memory images. Output: bytes of every table that is not empty, by ascending kind; addresses within the image
/// (of memory images and read-only tables) are filled in by ``place(memoryImages:readOnlyData:)``, since they depend on the tables' sizes.
struct MetadataSections {
    struct Table {
        var kind: TableKind
        var recordSize: Int
        var bytes: [UInt8]
    }

    private let module: LinkedModule
    private let text: TextSection
    private let images: MemoryImages
    private var names = NamePool()
    private var types: [TypeRecord] = []
    private var valueTypes: [ValueTypeCode] = []
    private var constants = ConstantPool()
    private var others: [Table] = []
    private var memories: [MemoryRecord] = []
    private var tables: [TableRecord] = []
    private var record = ModuleRecord()
    /// Row of `functions` by number in ``LinkedModule/functions``.
    private var rows: [UInt32] = []
    /// Text offset by number of the defined function.
    private var definedOffsets: [UInt32] = []
    private var importCounts: [ExternKind: UInt32] = [:]

    init(_ module: LinkedModule, _ text: TextSection, _ images: MemoryImages) throws(EmissionError) {
        self.module = module
        self.text = text
        self.images = images
        for item in module.metadata.imports {
            guard let kind = item.type.kind else { throw .invalidMetadata("an import of kind \(item.type.kindNumber)") }
            importCounts[kind, default: 0] += 1
        }
        try addTypes()
        try addFunctions()
        try addCodeTables()
        try addInterface()
        try addState()
        try addSegments()
        try addProducers()
        try finishModule()
    }

    private func importCount(_ kind: ExternKind) -> UInt32 { importCounts[kind] ?? 0 }

    private mutating func add<Record: ArtifactRecord>(_ kind: TableKind, _ records: [Record]) throws(EmissionError) -> RecordRange {
        guard let count = UInt32(exactly: records.count), count != .max else {
            throw .tooLarge(what: "table \(kind.name)", byteCount: UInt64(records.count), limit: UInt64(UInt32.max))
        }
        if count > 0 { others.append(Table(kind: kind, recordSize: Record.size, bytes: [UInt8](records: records))) }
        return RecordRange(first: 0, count: count)
    }

    // MARK: Code

    private mutating func addTypes() throws(EmissionError) {
        var known: [[ValueTypeCode]: UInt32] = [:]
        for type in module.metadata.types {
            let first = known[type.values] ?? UInt32(valueTypes.count)
            if known.updateValue(first, forKey: type.values) == nil { valueTypes += type.values }
            var row = TypeRecord(
                firstValue: first, parameterCount: UInt32(type.values.count - type.resultCount), resultCount: UInt32(type.resultCount),
                entryTrampoline: noIndex, hostTrampoline: noIndex)
            row.formNumber = type.form.rawValue
            row.flags = type.isFinal ? 0 : TypeRecord.openFlag
            row.supertype = type.supertype ?? noIndex
            row.positionInGroup = type.positionInGroup
            types.append(row)
        }
    }

    private mutating func addFunctions() throws(EmissionError) {
        rows = [UInt32](repeating: noIndex, count: module.functions.count)
        let imported = importCount(.function)
        var defined = [UInt32](repeating: noIndex, count: module.metadata.definedFunctionCount)
        definedOffsets = defined
        var records: [FunctionRecord] = []
        records.reserveCapacity(module.functions.count)
        for (row, number) in text.order.enumerated() {
            let function = module.functions[number]
            let offset = text.offsets[number]
            rows[number] = UInt32(row)
            guard Int(function.typeIndex) < types.count else { throw .invalidMetadata("function \(number) has type \(function.typeIndex) of \(types.count)") }
            switch function.kind {
            case .function:
                guard function.functionIndex >= imported, Int(function.functionIndex - imported) < defined.count else {
                    throw .invalidMetadata("function \(number) has index \(function.functionIndex), which is not defined here")
                }
                defined[Int(function.functionIndex - imported)] = UInt32(row)
                definedOffsets[Int(function.functionIndex - imported)] = offset
            case .entryTrampoline: types[Int(function.typeIndex)].entryTrampoline = offset
            case .hostTrampoline: types[Int(function.typeIndex)].hostTrampoline = offset
            }
            records.append(FunctionRecord(
                textOffset: offset, byteCount: UInt32(function.compiled.code.count),
                functionIndex: function.kind == .function ? function.functionIndex : noIndex, typeIndex: function.typeIndex,
                frameSize: function.compiled.frameSize, kind: function.kind,
                flags: (function.compiled.isFrameless ? FunctionRecord.framelessFlag : 0) | (function.isCold ? FunctionRecord.coldFlag : 0)))
        }
        record.functions = try add(.functions, records)
        record.definedFunctions = try add(.definedFunctions, defined.map { WordRecord(value: $0) })
        guard module.metadata.functionBodies.isEmpty || module.metadata.functionBodies.count == defined.count else {
            throw .invalidMetadata("\(module.metadata.functionBodies.count) bodies of \(defined.count) functions")
        }
        _ = try add(.functionBodies, module.metadata.functionBodies)
    }

    private mutating func addCodeTables() throws(EmissionError) {
        var offsets: [UInt8] = [], codes: [UInt8] = []
        var locations = LocationTables()
        for number in text.order {
            let function = module.functions[number]
            let start = text.offsets[number]
            var previous: UInt32?
            for trap in function.compiled.traps {
                if let previous, trap.offset <= previous { throw .invalidMetadata("traps of function \(number) are not ascending") }
                guard Int(trap.offset) < function.compiled.code.count else { throw .invalidMetadata("a trap outside function \(number)") }
                previous = trap.offset
                offsets.append32(start + trap.offset)
                codes.append(trap.code)
            }
            try locations.add(function, at: start, number: number)
        }
        if !codes.isEmpty {
            others.append(Table(kind: .trapOffsets, recordSize: 4, bytes: offsets))
            others.append(Table(kind: .trapCodes, recordSize: 1, bytes: codes))
        }
        try addExceptionTables()
        _ = try add(.addressMap, locations.map.runs)
        if !locations.map.steps.isEmpty { others.append(Table(kind: .addressSteps, recordSize: 1, bytes: locations.map.steps)) }
        _ = try add(.inlineFrames, locations.frames)
    }

    private mutating func addExceptionTables() throws(EmissionError) {
        var sites: [ExceptionSiteRecord] = [], handlers: [ExceptionHandlerRecord] = []
        let tagCount = UInt64(importCount(.tag)) + UInt64(module.metadata.tagTypes.count)
        for number in text.order {
            let function = module.functions[number].compiled
            let start = text.offsets[number]
            for site in function.callSites {
                guard Int(site.offset) <= function.code.count, !function.isFrameless else { throw .invalidMetadata("an exception site outside function \(number)") }
                let range = RecordRange(first: UInt32(handlers.count), count: UInt32(site.handlers.count))
                sites.append(ExceptionSiteRecord(textOffset: start + site.offset, frameSize: function.frameSize, handlers: range))
                for handler in site.handlers {
                    guard Int(handler.offset) < function.code.count, handler.tag == noIndex || UInt64(handler.tag) < tagCount else {
                        throw .invalidMetadata("an exception handler of function \(number) for tag \(handler.tag)")
                    }
                    handlers.append(ExceptionHandlerRecord(
                        tag: handler.tag, textOffset: start + handler.offset, flags: UInt32(handler.retention) | handler.group << 8))
                }
            }
        }
        _ = try add(.exceptionSites, sites)
        _ = try add(.exceptionHandlers, handlers)
    }

    // MARK: Interface

    private mutating func addInterface() throws(EmissionError) {
        let metadata = module.metadata
        var references: [UInt32: UInt32] = [:]
        var referenceRecords: [FunctionReferenceRecord] = []
        let imported = importCount(.function)
        for reference in metadata.functionReferences {
            guard UInt64(reference.functionIndex) < UInt64(imported) + UInt64(definedOffsets.count), Int(reference.typeIndex) < types.count else {
                throw .invalidMetadata("a reference to function \(reference.functionIndex) of type \(reference.typeIndex)")
            }
            references[reference.functionIndex] = UInt32(referenceRecords.count)
            let offset = reference.functionIndex < imported ? noIndex : definedOffsets[Int(reference.functionIndex - imported)]
            guard reference.functionIndex < imported || offset != noIndex else {
                throw .invalidMetadata("function \(reference.functionIndex) is referred to but has no code")
            }
            referenceRecords.append(FunctionReferenceRecord(functionIndex: reference.functionIndex, typeIndex: reference.typeIndex, textOffset: offset))
        }
        record.functionReferences = try add(.functionReferences, referenceRecords)

        var imports: [ImportRecord] = []
        for item in metadata.imports {
            imports.append(ImportRecord(module: try names.add(item.module), name: try names.add(item.name), type: item.type))
        }
        record.imports = try add(.imports, imports)

        var exports: [ExportRecord] = []
        let sorted = metadata.exports.indices.sorted { metadata.exports[$0].name.lexicographicallyPrecedes(metadata.exports[$1].name) }
        for ordinal in sorted {
            let item = metadata.exports[ordinal]
            let reference = item.kind == .function ? references[item.index] : noIndex
            guard let reference else { throw .invalidMetadata("exported function \(item.index) has no function reference") }
            exports.append(ExportRecord(name: try names.add(item.name), kind: item.kind, index: item.index, functionReference: reference, ordinal: UInt32(ordinal)))
        }
        record.exports = try add(.exports, exports)

        var functionNames: [NameRecord] = []
        let last = metadata.functionNames.lastIndex { $0 != nil }
        for name in metadata.functionNames[..<(last.map { $0 + 1 } ?? 0)] { functionNames.append(NameRecord(name: try names.add(name))) }
        record.functionNames = try add(.functionNames, functionNames)
    }

    // MARK: State

    private mutating func addState() throws(EmissionError) {
        for (number, memory) in module.metadata.memories.enumerated() {
            var row = MemoryRecord(type: memory.type)
            row.reservation = memory.reservation
            row.guardBefore = memory.guardBefore
            row.guardAfter = memory.guardAfter
            row.flags = memory.isMovable ? MemoryRecord.movableFlag : 0
            if let image = images.images[number] {
                row.imageAddress = UInt64(image.regionOffset)
                row.imageOffset = image.memoryOffset
                row.imageByteCount = image.byteCount
            }
            memories.append(row)
        }
        record.memories = RecordRange(first: 0, count: UInt32(memories.count))

        for table in module.metadata.tables {
            var row = TableRecord(type: table.type)
            row.initializer = try constants.add(table.initializer)
            if let data = table.readOnlyData {
                guard UInt64(data.offset) + 8 * UInt64(data.count) <= UInt64(module.readOnlyData.count) else {
                    throw .invalidMetadata("a read-only table outside the read-only data")
                }
                row.flags = TableRecord.readOnlyFlag
                row.readOnlyAddress = UInt64(data.offset)
                row.readOnlyCount = data.count
            }
            tables.append(row)
        }
        record.tables = RecordRange(first: 0, count: UInt32(tables.count))

        var globals: [GlobalRecord] = []
        for global in module.metadata.globals {
            var row = GlobalRecord(type: global.type)
            if let bits = Self.plainValue(global.initializer) {
                row.low = bits
            } else {
                row.initializer = try constants.add(global.initializer)
            }
            globals.append(row)
        }
        record.globals = try add(.globals, globals)

        for type in module.metadata.tagTypes where Int(type) >= types.count { throw .invalidMetadata("a tag of type \(type) of \(types.count)") }
        record.tags = try add(.tags, module.metadata.tagTypes.map { WordRecord(value: $0) })
    }

    /// The bits of an expression that is one number or null.
    private static func plainValue(_ expression: ModuleMetadata.ConstantExpression) -> UInt64? {
        guard expression.count == 1 else { return expression.isEmpty ? 0 : nil }
        switch expression[0].opcode {
        case .i32Constant, .i64Constant, .f32Constant, .f64Constant: return expression[0].low
        case .nullReference: return 0
        default: return nil
        }
    }

    private mutating func addSegments() throws(EmissionError) {
        var segments: [ElementSegmentRecord] = [], elements: [ElementRecord] = []
        for segment in module.metadata.elementSegments {
            let first = UInt32(elements.count)
            for element in segment.elements {
                switch element {
                case .null: elements.append(ElementRecord(.null))
                case .function(let reference):
                    guard Int(reference) < module.metadata.functionReferences.count else {
                        throw .invalidMetadata("an element refers to function reference \(reference)")
                    }
                    elements.append(ElementRecord(.function, value: reference))
                case .globalGet(let index): elements.append(ElementRecord(.globalGet, value: index))
                case .expression(let expression): elements.append(ElementRecord(.expression, value: try constants.add(expression)))
                }
            }
            var row = ElementSegmentRecord(
                mode: segment.mode, table: segment.table, offset: try constants.add(segment.offset), elementType: segment.elementType,
                elements: RecordRange(first: first, count: UInt32(segment.elements.count)))
            row.flags = segment.isInReadOnlyTable ? ElementSegmentRecord.inReadOnlyTableFlag : 0
            segments.append(row)
        }
        record.elementSegments = try add(.elementSegments, segments)
        _ = try add(.elements, elements)

        var data: [UInt8] = [], dataSegments: [DataSegmentRecord] = []
        for (number, segment) in module.metadata.dataSegments.enumerated() {
            let isInImage = images.isInImage[number]
            var row = DataSegmentRecord(
                mode: segment.mode, memory: segment.memory, offset: try constants.add(segment.offset),
                dataOffset: isInImage ? 0 : UInt64(data.count), byteCount: UInt64(segment.bytes.count))
            row.flags = isInImage ? DataSegmentRecord.inImageFlag : 0
            if !isInImage { data += segment.bytes }
            dataSegments.append(row)
        }
        record.dataSegments = try add(.dataSegments, dataSegments)
        if !data.isEmpty { others.append(Table(kind: .data, recordSize: 1, bytes: data)) }
    }

    private mutating func addProducers() throws(EmissionError) {
        var producers: [ProducerRecord] = []
        for item in module.metadata.producers {
            producers.append(ProducerRecord(field: try names.add(item.field), name: try names.add(item.name), version: try names.add(item.version)))
        }
        _ = try add(.producers, producers)
    }

    private mutating func finishModule() throws(EmissionError) {
        record.name = try names.add(module.metadata.name)
        record.types = try add(.types, types)
        _ = try add(.valueTypes, valueTypes)
        _ = try add(.constantOperators, constants.operators)
        record.importedFunctions = importCount(.function)
        record.importedMemories = importCount(.memory)
        record.importedTables = importCount(.table)
        record.importedGlobals = importCount(.global)
        record.importedTags = importCount(.tag)
        if let start = module.metadata.startFunction { record.startFunction = start }
        record.wasmFeatures = module.metadata.wasmFeatures
        do throws(ArtifactError) {
            record.contextSize = try ContextLayout(record.contextCounts).size
        } catch {
            if case .contextTooLarge(let byteCount) = error { throw EmissionError.contextTooLarge(byteCount: byteCount) }
            throw EmissionError.invalidMetadata(error.text)
        }
        _ = try add(.modules, [record])
        if !names.bytes.isEmpty { others.append(Table(kind: .names, recordSize: 1, bytes: names.bytes)) }
    }

    /// All tables, sorted by kind. Sizes do not depend on the addresses.
    func place(memoryImages: UInt64, readOnlyData: UInt64) -> [Table] {
        var all = others
        if !memories.isEmpty {
            let placed = memories.map { memory in
                var placed = memory
                if memory.imageByteCount > 0 { placed.imageAddress += memoryImages }
                return placed
            }
            all.append(Table(kind: .memories, recordSize: MemoryRecord.size, bytes: [UInt8](records: placed)))
        }
        if !tables.isEmpty {
            let placed = tables.map { table in
                var placed = table
                if table.isReadOnly { placed.readOnlyAddress += readOnlyData }
                return placed
            }
            all.append(Table(kind: .tables, recordSize: TableRecord.size, bytes: [UInt8](records: placed)))
        }
        return all.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }
}

/// Constant expressions one after the other, each distinct one once.
private struct ConstantPool {
    private(set) var operators: [ConstantOperatorRecord] = []
    private var known: [ModuleMetadata.ConstantExpression: UInt32] = [:]

    /// The row of the expression's first operator; ``noIndex`` for an empty one.
    mutating func add(_ expression: ModuleMetadata.ConstantExpression) throws(EmissionError) -> UInt32 {
        if expression.isEmpty { return noIndex }
        if let row = known[expression] { return row }
        guard operators.count + expression.count < Int(Int32.max) else {
            throw .tooLarge(what: "constant expressions", byteCount: UInt64(operators.count), limit: UInt64(Int32.max))
        }
        let row = UInt32(operators.count)
        operators += expression
        operators.append(ConstantOperatorRecord(.end))
        known[expression] = row
        return row
    }
}

/// The address map and the inlined frames it refers to.
private struct LocationTables {
    private(set) var map = AddressMapBuilder()
    private(set) var frames: [InlineFrameRecord] = []

    mutating func add(_ function: EmittedFunction, at start: UInt32, number: Int) throws(EmissionError) {
        var made = [CodeLocation?](repeating: nil, count: function.locations.count)
        var pending = (offset: UInt32(0), location: CodeLocation.unknown)
        for range in function.compiled.sourceRanges {
            guard range.offset >= pending.offset, Int(range.offset) <= function.compiled.code.count else {
                throw .invalidMetadata("source ranges of function \(number) are not ascending")
            }
            // Of several ranges at one offset the last counts.
            if range.offset > pending.offset { map.add(start + pending.offset, pending.location) }
            pending = (range.offset, try location(range.location, function, number, &made))
        }
        map.add(start + pending.offset, pending.location)
    }

    /// What handle `handle` of `function` is in the tables. Callers get their rows before those they call.
    private mutating func location(
        _ handle: UInt32, _ function: EmittedFunction, _ number: Int, _ made: inout [CodeLocation?]
    ) throws(EmissionError) -> CodeLocation {
        guard Int(handle) < made.count else { return .unknown }
        var chain: [Int] = []
        var next = Int(handle)
        while made[next] == nil {
            let place = function.locations[next]
            guard place.wasmOffset < 1 << 31 else {
                throw .tooLarge(what: "the binary", byteCount: UInt64(place.wasmOffset), limit: 1 << 31)
            }
            if place.caller == noIndex {
                made[next] = .wasm(offset: place.wasmOffset)
                break
            }
            guard Int(place.caller) < next else { throw .invalidMetadata("function \(number): an inlined location comes before its caller's") }
            chain.append(next)
            next = Int(place.caller)
        }
        for callee in chain.reversed() {
            let place = function.locations[callee]
            made[callee] = .inlined(row: UInt32(frames.count))
            frames.append(InlineFrameRecord(
                functionIndex: place.functionIndex, wasmOffset: place.wasmOffset, caller: made[Int(place.caller)] ?? .unknown))
        }
        return made[Int(handle)] ?? .unknown
    }
}
