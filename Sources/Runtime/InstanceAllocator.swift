// From a module and its resolved imports to an instance: context, memories, tables, globals, segments, start function.
//
// Input: a module of the store's engine, definitions that match its imports. Output: an instance owned by the store.
// Steps and their order are the specification's (§4.5.4). Up to the point where others could see the instance, failure gives
// everything back. After it the instance stays in the store even if a segment does not fit or the start function traps, since
// tables of other instances may refer to it.
import CLoaderSupport
import CRuntimeABI
import PrecastArtifactFormat
import PrecastWasmTypes

extension Instance {
    static func make(_ module: Module, _ imports: ResolvedImports, in store: StoreCore) throws(InstantiationError) -> Instance {
        guard module.engine === store.engine else { throw .link(.wrongEngine) }
        guard store.instances.count < store.limits.instances else {
            throw .limit("the store holds \(store.instances.count) instances, its limit")
        }
        let size = UInt64(module.loaded.layout.size)
        guard let base = precast_allocate(size) else { throw .resource(ResourceError(.instance, bytes: size)) }
        let record = InstanceRecord(module, imports.definitions, base: base)
        defer { record.imports = imports.storeless }
        do throws(InstantiationError) {
            try record.allocate(store)
        } catch {
            record.withdraw(from: store)
            throw error
        }
        store.add(record)
        try record.initialize(store)
        return Instance(record: record, store: store)
    }
}

extension InstanceRecord {
    // MARK: Allocation

    fileprivate func allocate(_ store: StoreCore) throws(InstantiationError) {
        let counts = layout.counts
        context.initialize(to: precast_vmctx(
            magic: PRECAST_VMCTX_MAGIC, flags: 0, store: UInt64(UInt(bitPattern: store.state)),
            builtins: UInt64(UInt(bitPattern: builtinTable)), instance: UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())),
            memories: 0, reserved: (0, 0, 0)))
        module.typeIDs.withUnsafeBytes { ids in
            if let start = ids.baseAddress { (base + Int(layout.typeIDs)).copyMemory(from: start, byteCount: ids.count) }
        }
        try addImports(store)
        for index in 0..<counts.memories { try addMemory(index, store) }
        for index in 0..<counts.tables { try addTable(index, store) }
        makeMemoryList()
        try addTags()
        try addFunctionReferences()
        for index in 0..<counts.globals { try addGlobal(index) }
    }

    private func addImports(_ store: StoreCore) throws(InstantiationError) {
        let layout = layout
        var functions: UInt32 = 0, memoryCount: UInt32 = 0, tableCount: UInt32 = 0, globals: UInt32 = 0, tags: UInt32 = 0
        for index in imports.indices {
            let definition = imports[index]
            if case .item(let item) = definition, let owner = item.store, owner !== store {
                throw .link(.wrongStore(module: module.imports[index].module, name: module.imports[index].name))
            }
            switch definition {
            case .host(let host):
                put(try hostImport(host, module.imports[index]), at: layout.importedFunction(functions))
                functions += 1
            case .item(.function(let function)):
                put(try functionImport(function, module.imports[index]), at: layout.importedFunction(functions))
                functions += 1
            case .item(.memory(let memory)):
                attach(memory.record, at: layout.importedMemory(memoryCount))
                memoryCount += 1
            case .item(.sharedMemory(let memory)):
                store.adopt(memory.record)
                attach(memory.record, at: layout.importedMemory(memoryCount))
                memoryCount += 1
            case .item(.table(let table)):
                put(UInt64(UInt(bitPattern: table.record.definition)), at: layout.importedTable(tableCount))
                tables.append(table.record)
                tableCount += 1
            case .item(.global(let global)):
                put(UInt64(UInt(bitPattern: global.definition)), at: layout.importedGlobal(globals))
                globals += 1
            case .item(.tag(let tag)):
                put(tag.address, at: layout.importedTag(tags))
                tags += 1
            }
        }
    }

    private func attach(_ memory: LinearMemory, at offset: UInt32) {
        put(UInt64(UInt(bitPattern: memory.definition)), at: offset)
        memories.append(memory)
    }

    private func put<V: BitwiseCopyable>(_ value: V, at offset: UInt32) { base.storeBytes(of: value, toByteOffset: Int(offset), as: V.self) }

    /// A host function needs the module's own trampoline for the type, which its import has too: no other type extends it.
    private func hostImport(_ host: HostFunction, _ item: Module.Import) throws(InstantiationError) -> precast_import_function {
        guard let code = module.hostTrampoline(forType: item.typeID) else {
            throw .artifact(.invalid(field: "host trampoline", found: UInt64(noIndex)))
        }
        let context = module.engine.configuration.marksHostCalls ? UnsafeRawPointer(marked(host, item)) : UnsafeRawPointer(host.record)
        return precast_import_function(code: code, context: UInt64(UInt(bitPattern: context)))
    }

    /// A record of the import's own, through which its calls are marked.
    private func marked(_ host: HostFunction, _ item: Module.Import) -> UnsafeMutablePointer<precast_marked_function> {
        let record = UnsafeMutablePointer<precast_marked_function>.allocate(capacity: 1)
        precast_mark_host_function(record, host.record.pointee, HostCallNames.shared.number(of: item.module, item.name))
        markedFunctions.append(record)
        return record
    }

    private func functionImport(_ function: Function, _ item: Module.Import) throws(InstantiationError) -> precast_import_function {
        if let host = function.host { return try hostImport(host, item) }
        guard let source = UnsafePointer<precast_function_reference>(bitPattern: UInt(function.reference)) else {
            throw .artifact(.invalid(field: "function reference", found: 0))
        }
        return precast_import_function(code: source.pointee.code, context: source.pointee.context)
    }

    private func addMemory(_ index: UInt32, _ store: StoreCore) throws(InstantiationError) {
        let row = module.loaded.memories[unchecked: Int(index)]
        let type = try sound { () throws(ArtifactError) in try row.type.memoryType() }
        let tunables = module.loaded.image.stamp.tunables
        let plan = MemoryPlan(reservation: row.reservation, guardBefore: row.guardBefore, guardAfter: row.guardAfter,
                              growthRoom: tunables.growthRoom, isMovable: row.isMovable)
        let most: UInt64 = 1 << 47
        guard row.reservation <= most, row.guardBefore <= most, row.guardAfter <= most, tunables.growthRoom <= most,
              (row.guardBefore | row.guardAfter | row.reservation) & (precast_page_size() - 1) == 0 else {
            throw .artifact(.invalid(field: "memory reservation", found: row.reservation))
        }
        if type.isShared { return try addSharedMemory(type, plan, at: layout.memory(index), store) }
        let image = try sound { () throws(ArtifactError) in try memoryImage(row, type) }
        let definition = (base + Int(layout.memory(index))).assumingMemoryBound(to: precast_memory.self)
        memories.append(try LinearMemory(type, plan: plan, image: image, definition: definition, store: store))
    }

    /// The context holds the address of the memory's descriptor, which all its users have in common.
    private func addSharedMemory(_ type: MemoryType, _ plan: MemoryPlan, at offset: UInt32, _ store: StoreCore) throws(InstantiationError) {
        let bytes = type.limits.minimum.multipliedReportingOverflow(by: type.pageSize)
        guard !bytes.overflow, store.claimMemory(bytes.partialValue) else {
            throw .limit("a memory of \(bytes.partialValue) bytes would take the store over its limit of \(store.limits.memoryBytes) bytes")
        }
        do throws(InstantiationError) {
            let memory = try LinearMemory(shared: type, plan: plan, engine: store.engine)
            store.adopt(memory)
            attach(memory, at: offset)
        } catch {
            store.returnMemory(bytes.partialValue)
            throw error
        }
    }

    /// The file's bytes that the memory starts with; whole pages, all within the memory's initial size.
    private func memoryImage(_ row: MemoryRecord, _ type: MemoryType) throws(ArtifactError) -> MemoryImage? {
        guard row.imageByteCount > 0 else { return nil }
        let imageSize = module.loaded.image.stamp.imageSize, page = precast_page_size()
        guard row.imageAddress <= imageSize, row.imageByteCount <= imageSize - row.imageAddress else {
            throw .outsideImage(table: .memoryImages, address: row.imageAddress, byteCount: row.imageByteCount, imageSize: imageSize)
        }
        guard (row.imageAddress | row.imageOffset | row.imageByteCount) & (page - 1) == 0 else {
            throw .invalid(field: "memory image alignment", found: row.imageAddress)
        }
        let bytes = type.limits.minimum.multipliedReportingOverflow(by: type.pageSize)
        guard !bytes.overflow, row.imageOffset <= bytes.partialValue, row.imageByteCount <= bytes.partialValue - row.imageOffset else {
            throw .invalid(field: "memory image size", found: row.imageByteCount)
        }
        let image = module.loaded.image
        return MemoryImage(
            file: image.file, artifact: image.serial, fileOffset: image.fileOffset + row.imageAddress, memoryOffset: row.imageOffset,
            byteCount: row.imageByteCount)
    }

    private func addTable(_ index: UInt32, _ store: StoreCore) throws(InstantiationError) {
        let row = module.loaded.tables[unchecked: Int(index)]
        var type = try sound { () throws(ArtifactError) in try row.type.tableType(module.typeIDs) }
        if row.isReadOnly { type.limits.minimum = 0 } // compiled code has its own copy
        let definition = (base + Int(layout.table(index))).assumingMemoryBound(to: precast_table.self)
        tables.append(try TableStorage(type, definition: definition, store: store))
    }

    /// The list through which the bulk memory builtins find memories.
    private func makeMemoryList() {
        guard !memories.isEmpty else { return }
        let list = UnsafeMutablePointer<UInt64>.allocate(capacity: memories.count)
        for index in memories.indices { list[index] = UInt64(UInt(bitPattern: memories[index].definition)) }
        context.pointee.memories = UInt64(UInt(bitPattern: list))
    }

    private func addTags() throws(InstantiationError) {
        for index in 0..<layout.counts.tags {
            let tag = try sound { () throws(ArtifactError) -> precast_tag in
                let type = try module.loaded.tags.record(index).value
                let parameters = try module.loaded.types.record(type).parameterCount
                return precast_tag(slots: UInt64(parameters), type_id: module.typeIDs[Int(type)], reserved: 0)
            }
            put(tag, at: layout.tag(index))
        }
    }

    private func addFunctionReferences() throws(InstantiationError) {
        let rows = module.loaded.functionReferences
        guard !rows.isEmpty else { return }
        let imported = layout.counts.importedFunctions
        for index in 0..<rows.count {
            let row = rows[unchecked: index]
            guard Int(row.typeIndex) < module.typeIDs.count else {
                throw .artifact(.indexOutOfRange(table: .types, index: UInt64(row.typeIndex), count: UInt64(module.typeIDs.count)))
            }
            let place = layout.functionReference(UInt32(index)), id = module.typeIDs[Int(row.typeIndex)]
            if row.functionIndex < imported {
                put(importedReference(row, type: id), at: place)
            } else {
                guard let code = module.loaded.address(ofText: row.textOffset) else {
                    throw .artifact(.indexOutOfRange(table: .text, index: UInt64(row.textOffset), count: module.loaded.textBytes))
                }
                put(precast_function_reference(code: code, context: contextAddress, type_id: id, function_index: row.functionIndex), at: place)
            }
        }
    }

    /// A reference to an imported function: the import's code and context; where it is defined, the function's own index and type, which may extend
    /// the import's. A host function has the import's type.
    private func importedReference(_ row: FunctionReferenceRecord, type: UInt32) -> precast_function_reference {
        let target = base.load(fromByteOffset: Int(layout.importedFunction(row.functionIndex)), as: precast_import_function.self)
        var reference = precast_function_reference(code: target.code, context: target.context, type_id: type, function_index: .max)
        var left = row.functionIndex
        for definition in imports {
            let source: UInt64
            switch definition {
            case .host: source = 0
            case .item(.function(let function)): source = function.host == nil ? function.reference : 0
            default: continue
            }
            if left == 0 {
                if let source = UnsafePointer<precast_function_reference>(bitPattern: UInt(source)) {
                    reference.type_id = source.pointee.type_id
                    reference.function_index = source.pointee.function_index
                }
                break
            }
            left -= 1
        }
        return reference
    }

    private func addGlobal(_ index: UInt32) throws(InstantiationError) {
        let row = module.loaded.globals[unchecked: Int(index)]
        var bits = (row.low, UInt64(0))
        if row.initializer != noIndex { bits = try sound { () throws(ArtifactError) in try evaluate(row.initializer) } }
        put(precast_global(bits: bits), at: layout.global(index))
    }

    /// Gives back what `allocate` made before it failed.
    fileprivate func withdraw(from store: StoreCore) {
        for memory in memories.dropFirst(Int(layout.counts.importedMemories)) {
            store.returnMemory(memory.length)
            if memory.isShared { store.abandon(memory) } else { store.moveRegion(of: memory.definition, start: 0, end: 0) }
        }
        release(to: store.engine)
    }

    // MARK: Initialization

    fileprivate func initialize(_ store: StoreCore) throws(InstantiationError) {
        for index in 0..<Int(layout.counts.tables) { try fillTable(index) }
        for index in 0..<module.loaded.elementSegments.count { try copyActiveElements(index) }
        for index in 0..<module.loaded.dataSegments.count { try copyActiveData(index) }
        try runStartFunction(store)
    }

    private func fillTable(_ index: Int) throws(InstantiationError) {
        let row = module.loaded.tables[unchecked: index]
        guard row.initializer != noIndex, !row.isReadOnly else { return }
        let value = try sound { () throws(ArtifactError) in try evaluate(row.initializer).0 }
        tables[Int(layout.counts.importedTables) + index].elements.update(repeating: value)
    }

    private func copyActiveElements(_ index: Int) throws(InstantiationError) {
        let row = module.loaded.elementSegments[unchecked: index]
        guard row.mode == .active, !row.isInReadOnlyTable else { return }
        let fits = try sound { () throws(ArtifactError) -> Bool in
            guard Int(row.table) < tables.count else { throw .indexOutOfRange(table: .tables, index: UInt64(row.table), count: UInt64(tables.count)) }
            let offset = try evaluateOffset(row.offset, is64: tables[Int(row.table)].type.is64)
            return try copyElements(row, to: tables[Int(row.table)], at: offset, from: 0, count: UInt64(row.elements.count))
        }
        if !fits { throw .call(.trap(Trap(.tableOutOfBounds, backtrace: Backtrace()))) }
    }

    private func copyActiveData(_ index: Int) throws(InstantiationError) {
        let row = module.loaded.dataSegments[unchecked: index]
        guard row.mode == .active, !row.isInImage else { return }
        let fits = try sound { () throws(ArtifactError) -> Bool in
            guard Int(row.memory) < memories.count else {
                throw .indexOutOfRange(table: .memories, index: UInt64(row.memory), count: UInt64(memories.count))
            }
            let memory = memories[Int(row.memory)]
            let offset = try evaluateOffset(row.offset, is64: memory.type.is64)
            let bytes = try dataBytes(row)
            guard let target = memory.address(offset, UInt64(bytes.count)) else { return false }
            if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: bytes.count) }
            return true
        }
        if !fits { throw .call(.trap(Trap(.memoryOutOfBounds, backtrace: Backtrace()))) }
    }

    private func runStartFunction(_ store: StoreCore) throws(InstantiationError) {
        let start = module.loaded.record.startFunction
        guard start != noIndex else { return }
        let target = try sound { () throws(ArtifactError) in try startTarget(start, store) }
        var slot = precast_slot()
        do throws(CallError) {
            try withUnsafeMutablePointer(to: &slot) { (slot) throws(CallError) in try target.call(slot) }
        } catch {
            throw .call(error)
        }
    }

    private func startTarget(_ index: UInt32, _ store: StoreCore) throws(ArtifactError) -> CallTarget {
        let imported = layout.counts.importedFunctions
        if index < imported {
            var left = index
            for definition in imports {
                switch definition {
                case .host(let host): if left == 0 { return CallTarget(store: store, host: host) }
                case .item(.function(let function)):
                    if left == 0, let target = try? function.target() { return target }
                default: continue
                }
                left = left &- 1
            }
            throw .indexOutOfRange(table: .imports, index: UInt64(index), count: UInt64(imported))
        }
        let row = try module.loaded.definedFunction(index - imported)
        guard Int(row.typeIndex) < module.typeIDs.count, let code = module.loaded.address(ofText: row.textOffset),
              let trampoline = module.entryTrampoline(forType: module.typeIDs[Int(row.typeIndex)]),
              module.engine.functionType(id: module.typeIDs[Int(row.typeIndex)]) == FunctionType(parameters: [], results: []) else {
            throw .invalid(field: "start function", found: UInt64(index))
        }
        return CallTarget(store: store, context: context, code: code, trampoline: trampoline)
    }

    /// Runs `body`; an unsound record becomes an instantiation error.
    private func sound<R>(_ body: () throws(ArtifactError) -> R) throws(InstantiationError) -> R {
        do throws(ArtifactError) { return try body() } catch { throw .artifact(error) }
    }
}
