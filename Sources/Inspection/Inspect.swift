public import PrecastArtifactFormat

/// What an artifact says, for people and tools: the answer of `precast inspect`.
///
/// Input: the file's bytes. Output: a plain value with everything worth showing; ``text`` and ``json`` print it. Opening takes the same checks
/// as loading; names come from the guest and are escaped wherever they are printed.
public struct ArtifactReport: Sendable {
    public struct Section: Sendable, Hashable {
        public var name: String
        public var address: UInt64
        public var byteCount: UInt64
        /// Records, for tables.
        public var count: UInt64?
    }
    public struct Import: Sendable, Hashable {
        public var module: String
        public var name: String
        public var type: String
    }
    public struct Export: Sendable, Hashable {
        public var name: String
        public var type: String
    }

    public var stamp: Stamp
    public var moduleName: String?
    public var sections: [Section]
    public var imports: [Import]
    /// In the module's order.
    public var exports: [Export]
    public var producers: [String]
    public var fileSize: UInt64
    public var textSize: UInt64
    public var definedFunctions: Int
    public var trampolines: Int
    public var imageDigestMatches: Bool
    public var fileDigestMatches: Bool
}

/// Reads the artifact in `bytes`. - Throws: ``ArtifactError`` for what is none, or damaged.
public func inspect(_ bytes: [UInt8]) throws(ArtifactError) -> ArtifactReport {
    var result: Result<ArtifactReport, ArtifactError> = .failure(.notAnArtifact)
    bytes.withUnsafeBytes { bytes in
        do throws(ArtifactError) { result = .success(try report(bytes)) } catch { result = .failure(error) }
    }
    return try result.get()
}

private func report(_ bytes: UnsafeRawBufferPointer) throws(ArtifactError) -> ArtifactReport {
    let view = try ArtifactView(image: bytes)
    let modules = try view.table(.modules, of: ModuleRecord.self)
    guard !modules.isEmpty else { throw .missingTable(.modules) }
    let module = try modules.record(0)
    let names = TypeNames(view: view, types: try view.table(.types, of: TypeRecord.self).rows(module.types))
    let functions = try view.table(.functions, of: FunctionRecord.self)
    let ownFunctions = (0..<functions.count).reduce(0) { $0 + (functions[unchecked: $1].kind == .function ? 1 : 0) }
    return ArtifactReport(
        stamp: view.stamp,
        moduleName: module.name.isNone ? nil : printable(try view.name(module.name)),
        sections: try sections(view),
        imports: try imports(view, module, names),
        exports: try exports(view, module, names),
        producers: try producers(view),
        fileSize: UInt64(bytes.count),
        textSize: UInt64(try view.region(.text).count),
        definedFunctions: Int(module.definedFunctions.count),
        trampolines: functions.count - ownFunctions,
        imageDigestMatches: matches { () throws(ArtifactError) in try view.verifyImageDigest() },
        fileDigestMatches: matches { () throws(ArtifactError) in try view.verifyFileDigest(bytes) })
}

private func matches(_ verify: () throws(ArtifactError) -> Void) -> Bool {
    do throws(ArtifactError) {
        try verify()
        return true
    } catch {
        return false
    }
}

private func sections(_ view: ArtifactView) throws(ArtifactError) -> [ArtifactReport.Section] {
    var sections: [ArtifactReport.Section] = []
    let rows = view.directoryRows
    for index in 0..<rows.count {
        let row = rows[unchecked: index]
        let isTable = row.kindNumber >= TableKind.modules.rawValue && row.recordSize > 0
        sections.append(.init(
            name: row.kind?.name ?? "table \(row.kindNumber)", address: row.address, byteCount: row.byteCount,
            count: isTable ? row.byteCount / UInt64(row.recordSize) : nil))
    }
    return sections.sorted { $0.address < $1.address }
}

private func imports(_ view: ArtifactView, _ module: ModuleRecord, _ names: TypeNames) throws(ArtifactError) -> [ArtifactReport.Import] {
    let rows = try view.table(.imports, of: ImportRecord.self).rows(module.imports)
    var imports: [ArtifactReport.Import] = []
    for index in 0..<rows.count {
        let row = rows[unchecked: index]
        imports.append(.init(module: printable(try view.name(row.module)), name: printable(try view.name(row.name)), type: try names.name(of: row.type)))
    }
    return imports
}

private func exports(_ view: ArtifactView, _ module: ModuleRecord, _ names: TypeNames) throws(ArtifactError) -> [ArtifactReport.Export] {
    let rows = try view.table(.exports, of: ExportRecord.self).rows(module.exports)
    let spaces = try IndexSpaces(view, module)
    var exports: [(ordinal: UInt32, export: ArtifactReport.Export)] = []
    for index in 0..<rows.count {
        let row = rows[unchecked: index]
        exports.append((row.ordinal, .init(name: printable(try view.name(row.name)), type: try names.name(of: try spaces.type(of: row)))))
    }
    return exports.sorted { $0.ordinal < $1.ordinal }.map(\.export)
}

private func producers(_ view: ArtifactView) throws(ArtifactError) -> [String] {
    let rows = try view.table(.producers, of: ProducerRecord.self)
    var producers: [String] = []
    for index in 0..<rows.count {
        let row = rows[unchecked: index]
        let version = printable(try view.name(row.version))
        producers.append(printable(try view.name(row.field)) + ": " + printable(try view.name(row.name)) + (version.isEmpty ? "" : " " + version))
    }
    return producers
}

/// Types of what exports name, through the index spaces.
private struct IndexSpaces {
    let view: ArtifactView
    let module: ModuleRecord
    private var imported: [ExternKind: [ExternType]] = [:]

    init(_ view: ArtifactView, _ module: ModuleRecord) throws(ArtifactError) {
        self.view = view
        self.module = module
        let imports = try view.table(.imports, of: ImportRecord.self).rows(module.imports)
        for index in 0..<imports.count {
            let type = imports[unchecked: index].type
            if let kind = type.kind { imported[kind, default: []].append(type) }
        }
    }

    func type(of export: ExportRecord) throws(ArtifactError) -> ExternType {
        guard let kind = export.kind else { throw .invalid(field: "export kind", found: UInt64(export.kindNumber)) }
        if kind == .function {
            let references = try view.table(.functionReferences, of: FunctionReferenceRecord.self).rows(module.functionReferences)
            return .function(typeIndex: try references.record(export.functionReference).typeIndex)
        }
        let imports = imported[kind] ?? []
        if Int(export.index) < imports.count { return imports[Int(export.index)] }
        let index = Int(export.index) - imports.count
        switch kind {
        case .table: return try view.table(.tables, of: TableRecord.self).rows(module.tables).record(index).type
        case .memory: return try view.table(.memories, of: MemoryRecord.self).rows(module.memories).record(index).type
        case .global: return try view.table(.globals, of: GlobalRecord.self).rows(module.globals).record(index).type
        case .tag: return .tag(typeIndex: try view.table(.tags, of: WordRecord.self).rows(module.tags).record(index).value)
        default: throw .invalid(field: "export kind", found: UInt64(export.kindNumber))
        }
    }
}

/// Types in the text format's words.
private struct TypeNames {
    let view: ArtifactView
    let types: TableView<TypeRecord>

    func name(of type: ExternType) throws(ArtifactError) -> String {
        let limits = "\(type.minimum)" + (type.hasMaximum ? " \(type.maximum)" : "")
        switch type.kind {
        case .function: return "func " + (try signature(type.type))
        case .table: return "table \(limits) \(type.valueType.name)"
        case .memory: return "memory \(type.is64 ? "i64 " : "")\(limits)\(type.isShared ? " shared" : "")"
        case .tag: return "tag " + (try signature(type.type))
        case .global: return "global " + (type.isMutable ? "(mut \(type.valueType.name))" : type.valueType.name)
        default: throw .invalid(field: "kind", found: UInt64(type.kindNumber))
        }
    }

    private func signature(_ index: UInt32) throws(ArtifactError) -> String {
        let type = try types.record(index)
        let values = try view.table(.valueTypes, of: ValueTypeCode.self)
        if type.form != .function { throw .invalid(field: "form of a function's type", found: UInt64(type.formNumber)) }
        let parameters = try values.rows(RecordRange(first: type.firstValue, count: type.parameterCount))
        let results = try values.rows(RecordRange(first: type.firstValue &+ type.parameterCount, count: type.resultCount))
        func list(_ values: TableView<ValueTypeCode>) -> String {
            "[" + (0..<values.count).map { values[unchecked: $0].name }.joined(separator: " ") + "]"
        }
        return list(parameters) + " -> " + list(results)
    }
}

/// `bytes` as text that is safe to print: control and formatting characters and broken UTF-8 are escaped.
public func printable(_ bytes: UnsafeRawBufferPointer) -> String {
    var text = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            text += "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            if scalar == "\\" { text += "\\\\" } else { text.unicodeScalars.append(scalar) }
        }
    }
    return text
}
