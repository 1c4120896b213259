import CLoaderSupport
import CRuntimeABI
import PrecastArtifactFormat
import PrecastWasmTypes

/// An instance of a module in a store.
public struct Instance {
    let record: InstanceRecord
    let store: StoreCore

    init(record: InstanceRecord, store: StoreCore) {
        self.record = record
        self.store = store
    }

    public var module: Module { record.module }

    /// What the instance exports under `name`.
    public func export(_ name: String) -> Extern? {
        guard let row = record.module.loaded.export(name), let kind = row.kind else { return nil }
        let index = Int(row.index)
        switch kind {
        case .function:
            guard let address = record.functionReference(row.functionReference) else { return nil }
            return Function(reference: address, store: store).map { .function($0) }
        case .memory: return index < record.memories.count ? .memory(Memory(record: record.memories[index], store: store)) : nil
        case .table: return index < record.tables.count ? .table(Table(record: record.tables[index], store: store)) : nil
        case .global: return record.global(row.index).map { .global(Global($0.type, definition: $0.definition, store: store)) }
        case .tag: return record.tag(row.index, store).map { .tag($0) }
        }
    }

    public func function(_ name: String) -> Function? { if case .function(let item) = export(name) { item } else { nil } }

    @usableFromInline
    func exportedFunction(_ name: String) throws(CallError) -> Function {
        guard let function = function(name) else { throw .mismatch("the module exports no function \(escaped(name))") }
        return function
    }

    public func memory(_ name: String) -> Memory? { if case .memory(let item) = export(name) { item } else { nil } }
    public func table(_ name: String) -> Table? { if case .table(let item) = export(name) { item } else { nil } }
    public func tag(_ name: String) -> Tag? { if case .tag(let item) = export(name) { item } else { nil } }
    public func global(_ name: String) -> Global? { if case .global(let item) = export(name) { item } else { nil } }
}

/// An instance's context and what the loader keeps beside it. Owned by the store.
final class InstanceRecord {
    let module: Module
    /// Until it is initialized all of them, then those that only it keeps alive: items of the store would keep the store, which owns them and it.
    var imports: [Definition]
    let base: UnsafeMutableRawPointer
    /// By index space: imported ones first.
    var memories: [LinearMemory] = []
    var tables: [TableStorage] = []
    /// One bit for each passive segment that was dropped; empty while none was.
    var droppedData = BitSet()
    var droppedElements = BitSet()
    /// Where host calls are marked: what the contexts of imported host functions point to.
    var markedFunctions: [UnsafeMutablePointer<precast_marked_function>] = []

    init(_ module: Module, _ imports: [Definition], base: UnsafeMutableRawPointer) {
        self.module = module
        self.imports = imports
        self.base = base
    }

    /// The loader's record of a context.
    static func of(_ context: UnsafeMutablePointer<precast_vmctx>) -> InstanceRecord {
        let handle = UnsafeRawPointer(bitPattern: UInt(context.pointee.instance))
        guard let handle else { preconditionFailure("an instance context without an instance") }
        return Unmanaged<InstanceRecord>.fromOpaque(handle).takeUnretainedValue()
    }

    var layout: ContextLayout { module.loaded.layout }
    var context: UnsafeMutablePointer<precast_vmctx> { base.assumingMemoryBound(to: precast_vmctx.self) }
    var contextAddress: UInt64 { UInt64(UInt(bitPattern: base)) }

    /// The address of `precast_function_reference` number `index`, or nil past the last.
    func functionReference(_ index: UInt32) -> UInt64? {
        guard index < layout.counts.functionReferences else { return nil }
        return contextAddress + UInt64(layout.functionReference(index))
    }

    /// Global `index` of the index space.
    func global(_ index: UInt32) -> (type: GlobalType, definition: UnsafeMutablePointer<precast_global>)? {
        let counts = layout.counts
        if index < counts.importedGlobals {
            let address = base.load(fromByteOffset: Int(layout.importedGlobal(index)), as: UInt64.self)
            guard let definition = UnsafeMutablePointer<precast_global>(bitPattern: UInt(address)) else { return nil }
            return importedGlobalType(index).map { ($0, definition) }
        }
        guard index - counts.importedGlobals < counts.globals else { return nil }
        let defined = index - counts.importedGlobals
        let definition = (base + Int(layout.global(defined))).assumingMemoryBound(to: precast_global.self)
        guard let type = try? module.loaded.globals.record(defined).type.globalType(module.typeIDs) else { return nil }
        return (type, definition)
    }

    /// Tag `index` of the index space.
    func tag(_ index: UInt32, _ store: StoreCore) -> Tag? {
        let counts = layout.counts
        if index < counts.importedTags {
            return Tag(address: base.load(fromByteOffset: Int(layout.importedTag(index)), as: UInt64.self), store: store)
        }
        let defined = index - counts.importedTags
        return defined < counts.tags ? Tag(address: contextAddress + UInt64(layout.tag(defined)), store: store) : nil
    }

    private func importedGlobalType(_ index: UInt32) -> GlobalType? {
        var left = index
        for item in module.imports {
            guard case .global(let type) = item.type else { continue }
            if left == 0 { return type }
            left -= 1
        }
        return nil
    }

    /// The memory exported as `memory`; what most host functions want. Found once.
    private(set) lazy var exportedMemory: LinearMemory? = {
        guard let row = module.loaded.export("memory"), row.kind == .memory, Int(row.index) < memories.count else { return nil }
        return memories[Int(row.index)]
    }()

    /// Releases what the instance defines. Nothing of it may be used after.
    func release(to engine: Engine) {
        for memory in memories.dropFirst(Int(layout.counts.importedMemories)) where !memory.isShared { memory.release(to: engine) }
        for table in tables.dropFirst(Int(layout.counts.importedTables)) { table.release() }
        if let list = UnsafeMutablePointer<UInt64>(bitPattern: UInt(context.pointee.memories)) { list.deallocate() }
        for record in markedFunctions { record.deallocate() }
        precast_free(base)
    }
}

/// A growable set of small integers.
struct BitSet {
    private var words: [UInt64] = []

    func contains(_ index: Int) -> Bool { index >> 6 < words.count && words[index >> 6] >> UInt64(index & 63) & 1 != 0 }

    mutating func insert(_ index: Int) {
        while words.count <= index >> 6 { words.append(0) }
        words[index >> 6] |= 1 << UInt64(index & 63)
    }
}
