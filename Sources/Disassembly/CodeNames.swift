import PrecastArtifactFormat
import PrecastInspection

/// Names of code, and of what lies in the instance context.
struct CodeNames: Sendable {
    private let view: ArtifactView
    private let functions: TableView<FunctionRecord>
    private let functionNames: TableView<NameRecord>
    private let functionImports: [ImportRecord]
    private let exports: [UInt32: [NameReference]]
    private let tables: TableView<TableRecord>
    private let readOnlyData: Range<UInt64>
    private let module: ModuleRecord
    private let layout: ContextLayout
    private let textAddress: UInt64

    init(_ view: ArtifactView, textAddress: UInt64) throws(ArtifactError) {
        self.view = view
        self.textAddress = textAddress
        functions = try view.table(.functions)
        let modules = try view.table(.modules, of: ModuleRecord.self)
        module = try modules.record(0)
        layout = try ContextLayout(module.contextCounts)
        functionNames = try view.table(.functionNames, of: NameRecord.self).rows(module.functionNames)
        tables = try view.table(.tables, of: TableRecord.self).rows(module.tables)
        let region = try view.entry(.readOnlyData)
        readOnlyData = region.map { $0.address..<$0.address + $0.byteCount } ?? 0..<0
        let imports = try view.table(.imports, of: ImportRecord.self).rows(module.imports)
        functionImports = (0..<imports.count).map { imports[unchecked: $0] }.filter { $0.type.kind == .function }
        let exported = try view.table(.exports, of: ExportRecord.self).rows(module.exports)
        var byIndex: [UInt32: [NameReference]] = [:]
        for row in 0..<exported.count where exported[unchecked: row].kind == .function {
            byIndex[exported[unchecked: row].index, default: []].append(exported[unchecked: row].name)
        }
        exports = byIndex
    }

    // MARK: Code

    func name(of record: FunctionRecord) -> String {
        switch record.kind {
        case .function: function(record.functionIndex)
        case .entryTrampoline: "entry_trampoline[type \(record.typeIndex)]"
        case .hostTrampoline: "host_trampoline[type \(record.typeIndex)]"
        case nil: "code[kind \(record.kindNumber)]"
        }
    }

    /// What a function is called: by the name section, by its import or export, or by its index.
    func function(_ index: UInt32) -> String {
        if let name = try? functionNames.record(index).name, let text = text(name) { return text }
        if Int(index) < functionImports.count {
            let item = functionImports[Int(index)]
            return (text(item.module) ?? "") + "." + (text(item.name) ?? "")
        }
        if let name = exportNames(index).first { return name }
        return "function[\(index)]"
    }

    func exportNames(_ index: UInt32) -> [String] { (exports[index] ?? []).compactMap(text) }
    var functionCount: Int { Int(module.importedFunctions) + Int(module.definedFunctions.count) }

    /// What lies at an address of the text.
    func code(at address: UInt64) -> String? {
        guard address >= textAddress, let offset = UInt32(exactly: address - textAddress), let function = functions.containing(offset) else { return nil }
        let distance = offset - function.textOffset
        return name(of: function) + (distance == 0 ? "" : "+" + hexadecimal(UInt64(distance)))
    }

    func data(at address: UInt64) -> String? {
        guard readOnlyData.contains(address) else { return nil }
        for row in 0..<tables.count where tables[unchecked: row].isReadOnly {
            let start = tables[unchecked: row].readOnlyAddress, size = 8 * UInt64(tables[unchecked: row].readOnlyCount)
            if address >= start, address - start < size { return "table \(UInt64(module.importedTables) + UInt64(row))" }
        }
        return "read-only data + \(hexadecimal(address - readOnlyData.lowerBound))"
    }

    private static let longestName = 200

    private func text(_ name: NameReference) -> String? {
        guard !name.isNone, let bytes = try? view.name(name), !bytes.isEmpty else { return nil }
        let text = printable(UnsafeRawBufferPointer(rebasing: bytes.prefix(4 * Self.longestName)))
        return text.count > Self.longestName ? text.prefix(Self.longestName) + "…" : text
    }

    // MARK: The instance context

    /// What a call of the code at that place calls.
    func callee(at path: ContextPath) -> String? {
        if path.loads == [Field.builtins.rawValue], path.offset >= 0, path.offset % 8 == 0, let builtin = Builtin(rawValue: UInt32(truncatingIfNeeded: path.offset / 8)) {
            return "builtin \(builtin)"
        }
        if path.loads.isEmpty, case .importedFunction(let index, 0)? = entry(path.offset) { return "import \(function(index))" }
        return nil
    }

    /// What lies at that place.
    func place(_ path: ContextPath) -> String? {
        guard let first = path.loads.first else { return contextPlace(path.offset) }
        if path.loads.count == 1 {
            switch Field(rawValue: first) {
            case .store: return storePlace(path.offset)
            case .builtins: return callee(at: path).map { "address of \($0)" }
            default: break
            }
            if case .importedMemory(let index)? = entry(first) { return "memory \(index) " + (path.offset == 0 ? "base" : "length") }
            if case .importedTable(let index)? = entry(first) { return "table \(index) " + (path.offset == 0 ? "elements" : "length") }
            if case .importedGlobal(let index)? = entry(first) { return "global \(index)" }
        }
        return region(path).map { path.offset == 0 ? $0 : "\($0) at \(path.offset)" }
    }

    /// What region of the guest's state that place is in.
    func region(_ path: ContextPath) -> String? {
        guard let first = path.loads.first else { return nil }
        switch (entry(first), path.loads.count) {
        case (.memory(let index, 0)?, 1): return "memory \(index)"
        case (.table(let index, 0)?, 1): return "table \(index)"
        case (.importedMemory(let index)?, 2) where path.loads[1] == 0: return "memory \(index)"
        case (.importedTable(let index)?, 2) where path.loads[1] == 0: return "table \(index)"
        default: return nil
        }
    }

    /// Offsets in the context's fixed head.
    private enum Field: Int64 { case store = 8, builtins = 16, instance = 24, memories = 32 }

    private enum Entry {
        case importedFunction(UInt32, Int64), importedMemory(UInt32), importedTable(UInt32), importedGlobal(UInt32), importedTag(UInt32)
        case memory(UInt32, Int64), table(UInt32, Int64), global(UInt32), tag(UInt32), typeID(UInt32), functionReference(UInt32)
    }

    /// The entity at an offset of the context's own part. Indices count imports.
    private func entry(_ offset: Int64) -> Entry? {
        let counts = layout.counts
        func run(_ start: UInt32, _ count: UInt32, _ size: UInt32) -> (UInt32, Int64)? {
            let distance = offset - Int64(start)
            return distance >= 0 && distance < Int64(count) * Int64(size) ? (UInt32(distance / Int64(size)), distance % Int64(size)) : nil
        }
        if let (n, rest) = run(layout.importedFunctions, counts.importedFunctions, ContextLayout.importedFunctionSize) { return .importedFunction(n, rest) }
        if let (n, _) = run(layout.importedMemories, counts.importedMemories, ContextLayout.pointerSize) { return .importedMemory(n) }
        if let (n, _) = run(layout.importedTables, counts.importedTables, ContextLayout.pointerSize) { return .importedTable(n) }
        if let (n, _) = run(layout.importedGlobals, counts.importedGlobals, ContextLayout.pointerSize) { return .importedGlobal(n) }
        if let (n, _) = run(layout.importedTags, counts.importedTags, ContextLayout.pointerSize) { return .importedTag(n) }
        if let (n, rest) = run(layout.memories, counts.memories, ContextLayout.memorySize) { return .memory(counts.importedMemories + n, rest) }
        if let (n, rest) = run(layout.tables, counts.tables, ContextLayout.tableSize) { return .table(counts.importedTables + n, rest) }
        if let (n, _) = run(layout.globals, counts.globals, ContextLayout.globalSize) { return .global(counts.importedGlobals + n) }
        if let (n, _) = run(layout.tags, counts.tags, ContextLayout.tagSize) { return .tag(counts.importedTags + n) }
        if let (n, _) = run(layout.typeIDs, counts.types, ContextLayout.typeIDSize) { return .typeID(n) }
        if let (n, _) = run(layout.functionReferences, counts.functionReferences, ContextLayout.functionReferenceSize) { return .functionReference(n) }
        return nil
    }

    private func contextPlace(_ offset: Int64) -> String? {
        switch Field(rawValue: offset) {
        case .store: return "store context"
        case .builtins: return "builtins"
        case .instance: return "instance"
        case .memories: return "memories"
        case nil: break
        }
        switch entry(offset) {
        case .importedFunction(let index, let rest): return "import \(function(index))" + (rest == 0 ? "" : ", its context")
        case .importedMemory(let index): return "memory \(index)"
        case .importedTable(let index): return "table \(index)"
        case .importedGlobal(let index): return "global \(index)"
        case .importedTag(let index), .tag(let index): return "tag \(index)"
        case .memory(let index, let rest): return "memory \(index) " + (rest == 0 ? "base" : "length")
        case .table(let index, let rest): return "table \(index) " + (rest == 0 ? "elements" : "length")
        case .global(let index): return "global \(index)"
        case .typeID(let index): return "id of type \(index)"
        case .functionReference(let index): return "function reference \(index)"
        case nil: return nil
        }
    }

    private func storePlace(_ offset: Int64) -> String? {
        switch offset {
        case 0: "stack limit"
        case 40: "pending trap"
        case 48: "exit pc"
        case 56: "exit frame pointer"
        case 64: "entry record"
        default: nil
        }
    }
}
