import CLoaderSupport
public import PrecastArtifactFormat
import PrecastWasmTypes

/// A module ready to be instantiated by stores of one engine. Thread-safe.
public final class Module: @unchecked Sendable {
    public let engine: Engine
    public let loaded: LoadedModule
    /// The module's own names of types, as canonical ids: what contexts hold.
    let typeIDs: [UInt32]
    /// What the module wants, in order.
    public let imports: [Import]

    public struct Import: Sendable {
        public let module: String
        public let name: String
        public let type: ExternalType
        /// Of a function or tag: the canonical id of its type.
        let typeID: UInt32
    }

    public struct Export: Sendable {
        public let name: String
        public let type: ExternalType
    }

    /// Interns the module's types. - Throws: ``LoadError/artifact(_:)`` for an unsound type or import.
    public init(_ engine: Engine, _ loaded: LoadedModule) throws(LoadError) {
        self.engine = engine
        self.loaded = loaded
        typeIDs = try engine.canonicalIDs(of: loaded)
        do throws(ArtifactError) {
            var imports: [Import] = []
            imports.reserveCapacity(loaded.imports.count)
            var kinds = (functions: UInt32(0), memories: UInt32(0), tables: UInt32(0), globals: UInt32(0), tags: UInt32(0))
            for index in 0..<loaded.imports.count {
                let row = loaded.imports[unchecked: index]
                let type = try Self.type(row.type, typeIDs, loaded)
                var id = UInt32.max
                switch type {
                case .function:
                    kinds.functions += 1
                    id = typeIDs[Int(row.type.type)]
                case .memory: kinds.memories += 1
                case .table: kinds.tables += 1
                case .global: kinds.globals += 1
                case .tag:
                    kinds.tags += 1
                    id = typeIDs[Int(row.type.type)]
                }
                imports.append(Import(module: loaded.string(row.module), name: loaded.string(row.name), type: type, typeID: id))
            }
            let record = loaded.record
            guard kinds == (record.importedFunctions, record.importedMemories, record.importedTables, record.importedGlobals, record.importedTags) else {
                throw .invalid(field: "import counts", found: UInt64(imports.count))
            }
            self.imports = imports
        } catch {
            throw .artifact(error)
        }
        try loaded.announce(to: engine.configuration.codeObservers)
    }

    /// Opens, loads and prepares the artifact at `path`.
    public convenience init(_ engine: Engine, path: String, trust: Trust, host: HostDescription = .current) throws(LoadError) {
        try self.init(engine, try LoadedModule(try ArtifactImage.open(path, trust: trust, host: host)))
    }

    /// The module's own name, if it has one.
    public var name: String? { loaded.name }

    /// What the module offers, in its own order.
    public var exports: [Export] {
        var rows: [ExportRecord] = []
        for index in 0..<loaded.exports.count { rows.append(loaded.exports[unchecked: index]) }
        rows.sort { $0.ordinal < $1.ordinal }
        var exports: [Export] = []
        for row in rows {
            if let type = exportType(row) { exports.append(Export(name: loaded.string(row.name), type: type)) }
        }
        return exports
    }

    private func exportType(_ row: ExportRecord) -> ExternalType? {
        do throws(ArtifactError) {
            let record = loaded.record
            switch row.kind {
            case .function:
                return .function(try loaded.functionType(try loaded.functionReferences.record(row.functionReference).typeIndex, typeIDs))
            case .memory:
                if row.index < record.importedMemories { return importType(.memory, row.index) }
                return .memory(try loaded.memories.record(row.index - record.importedMemories).type.memoryType())
            case .table:
                if row.index < record.importedTables { return importType(.table, row.index) }
                return .table(try loaded.tables.record(row.index - record.importedTables).type.tableType(typeIDs))
            case .global:
                if row.index < record.importedGlobals { return importType(.global, row.index) }
                return .global(try loaded.globals.record(row.index - record.importedGlobals).type.globalType(typeIDs))
            case .tag:
                if row.index < record.importedTags { return importType(.tag, row.index) }
                return .tag(try loaded.functionType(try loaded.tags.record(row.index - record.importedTags).value, typeIDs))
            case nil:
                return nil
            }
        } catch {
            return nil
        }
    }

    /// The type of import number `index` of `kind`.
    private func importType(_ kind: ExternKind, _ index: UInt32) -> ExternalType? {
        var left = index
        for row in 0..<loaded.imports.count where loaded.imports[unchecked: row].type.kind == kind {
            if left == 0 { return imports[row].type }
            left -= 1
        }
        return nil
    }

    private static func type(_ type: PrecastArtifactFormat.ExternType, _ typeIDs: [UInt32], _ loaded: LoadedModule) throws(ArtifactError) -> ExternalType {
        switch type.kind {
        case .function: .function(try loaded.functionType(type.type, typeIDs))
        case .memory: .memory(try type.memoryType())
        case .table: .table(try type.tableType(typeIDs))
        case .global: .global(try type.globalType(typeIDs))
        case .tag: .tag(try loaded.functionType(type.type, typeIDs))
        case nil: throw .invalid(field: "import kind", found: UInt64(type.kindNumber))
        }
    }

    /// The code that calls functions of a canonical type from the host.
    func entryTrampoline(forType id: UInt32) -> UInt64? { trampoline(id) { $0.entryTrampoline } }
    /// The code that calls host functions of a canonical type.
    func hostTrampoline(forType id: UInt32) -> UInt64? { trampoline(id) { $0.hostTrampoline } }

    private func trampoline(_ id: UInt32, _ offset: (TypeRecord) -> UInt32) -> UInt64? {
        for index in typeIDs.indices where typeIDs[index] == id {
            let offset = offset(loaded.types[unchecked: index])
            if offset != noIndex { return loaded.address(ofText: offset) }
        }
        return nil
    }
}
