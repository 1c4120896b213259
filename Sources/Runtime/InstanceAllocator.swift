// From a module and its resolved imports to an instance: context, memories, tables, globals, segments, start function.
//
// Input: a module of the store's engine, definitions that match its imports. Output: an instance owned by the store.
// Steps and their order are the specification's (§4.5.4): everything is allocated first; an instance whose segments do not fit,
// or whose start function traps, stays in the store, since tables of others may refer to it already.
import CLoaderSupport
import CRuntimeABI
import PrecastArtifactFormat
import PrecastWasmTypes

enum InstanceAllocator {
    static func allocateContext(_ layout: ContextLayout) throws(InstantiationError) -> UnsafeMutableRawPointer {
        guard let base = precast_allocate(UInt64(layout.size)) else { throw .resource(ResourceError(.instance, bytes: UInt64(layout.size))) }
        return base
    }

    static func releaseContext(_ base: UnsafeMutableRawPointer) { precast_free(base) }
}

extension Instance {
    static func make(_ module: Module, _ imports: ResolvedImports, in store: StoreCore) throws(InstantiationError) -> Instance {
        guard module.engine === store.engine else { throw .link(.wrongEngine) }
        guard store.instances.count < store.limits.instances else { throw .limit("the store holds \(store.limits.instances) instances, its limit") }
        let base = try InstanceAllocator.allocateContext(module.loaded.layout)
        let record = InstanceRecord(module, imports, base: base)
        do throws(InstantiationError) {
            try record.fill(store)
        } catch {
            // Regions of its memories are gone with the release; nothing outside refers to the instance yet.
            record.withdraw(from: store)
            throw error
        }
        store.add(record)
        try record.initialize(store)
        return Instance(record: record, store: store)
    }
}

extension InstanceRecord {
    /// Everything up to the point where others can see the instance.
    fileprivate func fill(_ store: StoreCore) throws(InstantiationError) {
        context.initialize(to: precast_vmctx(
            magic: PRECAST_VMCTX_MAGIC, flags: 0, store: UInt64(UInt(bitPattern: store.state)),
            builtins: UInt64(UInt(bitPattern: builtinTable)), instance: UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())),
            reserved: (0, 0, 0, 0)))
        let layout = layout
        let counts = layout.counts
        module.typeIDs.withUnsafeBytes { ids in
            if let start = ids.baseAddress { (base + Int(layout.typeIDs)).copyMemory(from: start, byteCount: ids.count) }
        }
        do throws(ArtifactError) {
            try sound { () throws(InstantiationError) in try addImports(store) }
            try sound { () throws(InstantiationError) in try addMemories(store, counts.memories) }
            try sound { () throws(InstantiationError) in try addTables(store, counts.tables) }
            try addFunctionReferences()
            try addGlobals(counts.globals)
        }
    }
}
