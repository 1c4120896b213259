import CLoaderSupport
import PrecastArtifactFormat
import PrecastWasmTypes

/// A typed view of one module of an artifact: its tables where they are mapped, and its code as the signal handlers know it.
///
/// Making one checks the extents of the module's tables and parses nothing. Records are range-checked where they are read.
/// Thread-safe.
public final class LoadedModule: @unchecked Sendable {
    public let image: ArtifactImage
    let record: ModuleRecord
    let layout: ContextLayout
    let text: UInt64
    let textBytes: UInt64
    let types: TableView<TypeRecord>
    let valueTypes: TableView<ValueTypeCode>
    let functions: TableView<FunctionRecord>
    let functionNames: TableView<NameRecord>
    let imports: TableView<ImportRecord>
    let exports: TableView<ExportRecord>
    let memories: TableView<MemoryRecord>
    let tables: TableView<TableRecord>
    let globals: TableView<GlobalRecord>
    /// Type indices.
    let tags: TableView<WordRecord>
    let functionReferences: TableView<FunctionReferenceRecord>
    let elementSegments: TableView<ElementSegmentRecord>
    let elements: TableView<ElementRecord>
    let dataSegments: TableView<DataSegmentRecord>
    let data: UnsafeRawBufferPointer
    let constantOperators: TableView<ConstantOperatorRecord>
    private let addressMap: AddressMap
    private let inlineFrames: TableView<InlineFrameRecord>
    private let names: UnsafeRawBufferPointer

    private let announcements = Announcements()

    /// The artifact's only module.
    public init(_ image: ArtifactImage) throws(LoadError) {
        let view = image.view
        self.image = image
        do throws(ArtifactError) {
            let modules = try view.table(.modules, of: ModuleRecord.self)
            record = try modules.record(0)
            layout = try ContextLayout(record.contextCounts)
            guard layout.size == record.contextSize else { throw .invalid(field: "context size", found: UInt64(record.contextSize)) }
            types = try view.table(.types, of: TypeRecord.self).rows(record.types)
            valueTypes = try view.table(.valueTypes)
            functions = try view.table(.functions)
            functionNames = try view.table(.functionNames, of: NameRecord.self).rows(record.functionNames)
            imports = try view.table(.imports, of: ImportRecord.self).rows(record.imports)
            exports = try view.table(.exports, of: ExportRecord.self).rows(record.exports)
            memories = try view.table(.memories, of: MemoryRecord.self).rows(record.memories)
            tables = try view.table(.tables, of: TableRecord.self).rows(record.tables)
            globals = try view.table(.globals, of: GlobalRecord.self).rows(record.globals)
            tags = try view.table(.tags, of: WordRecord.self).rows(record.tags)
            functionReferences = try view.table(.functionReferences, of: FunctionReferenceRecord.self).rows(record.functionReferences)
            elementSegments = try view.table(.elementSegments, of: ElementSegmentRecord.self).rows(record.elementSegments)
            elements = try view.table(.elements)
            dataSegments = try view.table(.dataSegments, of: DataSegmentRecord.self).rows(record.dataSegments)
            data = try view.region(.data)
            constantOperators = try view.table(.constantOperators)
            addressMap = try AddressMap(view)
            inlineFrames = try view.table(.inlineFrames)
            names = try view.region(.names)
            let text = try view.region(.text)
            self.text = UInt64(UInt(bitPattern: text.baseAddress))
            textBytes = UInt64(text.count)
        } catch {
            throw .artifact(error)
        }
        try register()
    }

    deinit {
        announcements.withdraw()
        if textBytes > 0 { precast_code_remove(text) }
    }

    /// Makes the code known to those who have not been told yet: ``EngineConfiguration/codeObservers``.
    func announce(to observers: CodeObservers) throws(LoadError) { try announcements.announce(self, to: observers) }

    private func register() throws(LoadError) {
        guard textBytes > 0 else { return }
        var range = precast_code_range()
        do throws(ArtifactError) {
            let offsets = try image.view.table(.trapOffsets, of: WordRecord.self)
            let codes = try image.view.table(.trapCodes, of: ByteRecord.self)
            guard offsets.count == codes.count else {
                throw .indexOutOfRange(table: .trapCodes, index: UInt64(offsets.count), count: UInt64(codes.count))
            }
            guard UInt(bitPattern: offsets.base) % 4 == 0 else { throw .invalid(field: "trap table address", found: UInt64(UInt(bitPattern: offsets.base))) }
            range.trap_offsets = UInt64(UInt(bitPattern: offsets.base))
            range.trap_codes = UInt64(UInt(bitPattern: codes.base))
            range.trap_count = UInt64(offsets.count)
            try addExceptionTables(&range)
        } catch {
            throw .artifact(error)
        }
        range.unwind_index = unwindIndex
        range.text = text
        range.text_end = text + textBytes
        range.module = UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()))
        let error = precast_code_add(&range, image.stamp.tunables.flags.contains(.signalTraps) ? 1 : 0)
        guard error == 0 else { throw .resource(ResourceError(.signalHandlers, bytes: UInt64(MemoryLayout<precast_code_range>.size), error: Int64(error))) }
    }

    /// The address of the index of the code's unwind information; 0 where there is none.
    private var unwindIndex: UInt64 {
        guard let index = try? image.view.region(.unwindIndex), index.count >= 12, UInt(bitPattern: index.baseAddress) % 4 == 0 else { return 0 }
        return UInt64(UInt(bitPattern: index.baseAddress))
    }

    private func addExceptionTables(_ range: inout precast_code_range) throws(ArtifactError) {
        let sites = try image.view.table(.exceptionSites, of: ExceptionSiteRecord.self)
        let handlers = try image.view.table(.exceptionHandlers, of: ExceptionHandlerRecord.self)
        guard (UInt(bitPattern: sites.base) | UInt(bitPattern: handlers.base)) % 4 == 0 else {
            throw .invalid(field: "exception table address", found: UInt64(UInt(bitPattern: sites.base)))
        }
        range.exception_sites = UInt64(UInt(bitPattern: sites.base))
        range.exception_site_count = UInt64(sites.count)
        range.exception_handlers = UInt64(UInt(bitPattern: handlers.base))
        range.exception_handler_count = UInt64(handlers.count)
        range.imported_tags = layout.importedTags
        range.imported_tag_count = layout.counts.importedTags
        range.tags = layout.tags
        range.tag_count = layout.counts.tags
    }

    /// The address of the code at text offset `offset`, or nil outside the text.
    func address(ofText offset: UInt32) -> UInt64? { UInt64(offset) < textBytes ? text + UInt64(offset) : nil }

    /// The code of defined function `index`.
    func definedFunction(_ index: UInt32) throws(ArtifactError) -> FunctionRecord {
        let defined = try image.view.table(.definedFunctions, of: WordRecord.self).rows(record.definedFunctions)
        return try functions.record(try defined.record(index).value)
    }

    func function(at textOffset: UInt32) -> FunctionRecord? { functions.containing(textOffset) }
    func location(at textOffset: UInt32) -> CodeLocation { addressMap.location(textOffset) }
    /// Where defined function `index` of the index space is in the module's binary, if the artifact tells.
    func functionBody(_ index: UInt32) -> FunctionBodyRecord? {
        guard index >= record.importedFunctions, let bodies = try? image.view.table(.functionBodies, of: FunctionBodyRecord.self) else { return nil }
        return try? bodies.record(index - record.importedFunctions)
    }
    func inlineFrame(_ row: UInt32) -> InlineFrameRecord? { Int(row) < inlineFrames.count ? inlineFrames[unchecked: Int(row)] : nil }

    /// The bytes of a name; empty where it lies outside the pool.
    func nameBytes(_ name: NameReference) -> UnsafeRawBufferPointer {
        let end = UInt64(name.offset) + UInt64(name.length)
        guard !name.isNone, end <= UInt64(names.count) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: names[Int(name.offset)..<Int(end)])
    }

    func string(_ name: NameReference) -> String { String(bytes: nameBytes(name)) }

    /// The module's own name, if it has one.
    public var name: String? { record.name.isNone ? nil : string(record.name) }

    public var hasStartFunction: Bool { record.startFunction != noIndex }

    /// The name that the module's name section gives function `index`.
    public func functionName(_ index: UInt32) -> String? {
        guard Int(index) < functionNames.count else { return nil }
        let name = functionNames[unchecked: Int(index)].name
        return name.isNone ? nil : string(name)
    }

    /// The export called `name`. Logarithmic in their number.
    func export(_ name: String) -> ExportRecord? {
        let bytes = name.bytes
        var low = 0, high = exports.count
        while low < high {
            let middle = low + (high - low) / 2
            let row = exports[unchecked: middle]
            let order = compare(nameBytes(row.name), bytes)
            if order == 0 { return row }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// Function type `index` of the module, with heap types as `ids` has them.
    func functionType(_ index: UInt32, _ ids: [UInt32]) throws(ArtifactError) -> FunctionType {
        let row = try types.record(index)
        guard row.form == .function, let range = row.values else { throw .invalid(field: "type form", found: UInt64(row.formNumber)) }
        let codes = try valueTypes.rows(range)
        var type = FunctionType(parameters: [], results: [])
        for position in 0..<codes.count {
            let value = try codes[unchecked: position].valueType(ids)
            if position < Int(row.parameterCount) { type.parameters.append(value) } else { type.results.append(value) }
        }
        return type
    }
}

/// Negative, zero or positive as the bytes come before, are, or come after those of `name`.
private func compare(_ bytes: UnsafeRawBufferPointer, _ name: [UInt8]) -> Int {
    var index = 0
    for byte in name {
        guard index < bytes.count else { return -1 }
        if bytes[index] != byte { return bytes[index] < byte ? -1 : 1 }
        index += 1
    }
    return index < bytes.count ? 1 : 0
}

extension ValueTypeCode {
    /// The value type that the code stands for, with heap types as `ids` has them.
    func valueType(_ ids: [UInt32]) throws(ArtifactError) -> ValueType {
        guard isKnown(typeCount: UInt32(clamping: ids.count)) else { throw .invalid(field: "value type", found: UInt64(code)) }
        guard let typeIndex else { return ValueType(rawValue: code) }
        return .reference(ReferenceType(.concrete(ids[Int(typeIndex)]), isNullable: isNullable))
    }

    func referenceType(_ ids: [UInt32]) throws(ArtifactError) -> ReferenceType {
        guard let type = try valueType(ids).referenceType else { throw .invalid(field: "reference type", found: UInt64(code)) }
        return type
    }
}

extension PrecastArtifactFormat.ExternType {
    var limits: Limits { Limits(minimum: minimum, maximum: hasMaximum ? maximum : nil) }
    func memoryType() throws(ArtifactError) -> MemoryType {
        guard pageSizeLog2 <= 16 else { throw .invalid(field: "memory page size", found: UInt64(pageSizeLog2)) }
        return MemoryType(limits: limits, is64: is64, isShared: isShared, pageSizeLog2: pageSizeLog2)
    }
    func tableType(_ ids: [UInt32]) throws(ArtifactError) -> TableType {
        TableType(element: try valueType.referenceType(ids), limits: limits, is64: is64)
    }
    func globalType(_ ids: [UInt32]) throws(ArtifactError) -> GlobalType { GlobalType(try valueType.valueType(ids), isMutable: isMutable) }
}
