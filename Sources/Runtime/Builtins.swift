// The functions of the loader that compiled code calls, numbered by `Builtin` (docs/abi.md).
//
// Each is called with the System V convention and the caller's context. One that can fail sets `pending_trap` and returns a
// negative number; compiled code then raises, so no frame of the host is ever skipped. Indices come from compiled code, which
// the loader trusts; offsets and lengths come from the guest and are checked.
import CLoaderSupport
import CRuntimeABI
import PrecastArtifactFormat

private typealias Context = UnsafeMutablePointer<precast_vmctx>

/// Code addresses by builtin number; 0 for numbers that version 1 never calls. Made once, never freed.
nonisolated(unsafe) let builtinTable: UnsafeMutablePointer<UInt64> = {
    let table = UnsafeMutablePointer<UInt64>.allocate(capacity: Builtin.tableCount)
    table.initialize(repeating: 0, count: Builtin.tableCount)
    func set(_ builtin: Builtin, _ address: UInt64) { table[Int(builtin.rawValue)] = address }
    set(.raise, precast_raise_address())
    set(.memoryCopy, precast_memory_copy_address())
    set(.memoryFill, precast_memory_fill_address())
    let grow: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64) -> Int64 = memoryGrow
    set(.memoryGrow, address(grow))
    let segments: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64, UInt64, UInt64, UInt64) -> Int64 = memoryInit
    set(.memoryInit, address(segments))
    let dropData: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64) -> Void = dataDrop
    set(.dataDrop, address(dropData))
    let growTable: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64, UInt64) -> Int64 = tableGrow
    set(.tableGrow, address(growTable))
    let copyTable: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64, UInt64, UInt64, UInt64) -> Int64 = tableCopy
    set(.tableCopy, address(copyTable))
    let fillTable: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64, UInt64, UInt64) -> Int64 = tableFill
    set(.tableFill, address(fillTable))
    let initTable: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64, UInt64, UInt64, UInt64) -> Int64 = tableInit
    set(.tableInit, address(initTable))
    let dropElements: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64) -> Void = elementDrop
    set(.elementDrop, address(dropElements))
    let types: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64) -> Int64 = typeMatches
    set(.typeMatches, address(types))
    set(.throwException, precast_throw_address())
    set(.makeException, precast_make_exception_address())
    let notify: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64, UInt64) -> Int64 = memoryNotify
    set(.memoryNotify, address(notify))
    let wait32: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64, UInt64, Int64) -> Int64 = memoryWait32
    set(.memoryWait32, address(wait32))
    let wait64: @convention(c) (UnsafeMutablePointer<precast_vmctx>, UInt64, UInt64, UInt64, Int64) -> Int64 = memoryWait64
    set(.memoryWait64, address(wait64))
    for operation in UInt32(0)..<8 { table[Int(Builtin.ceilF32.rawValue + operation)] = precast_rounding_address(operation) }
    return table
}()

private func address<F>(_ function: F) -> UInt64 { UInt64(UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self))) }

/// Runs `body` with the caller's instance and store, neither retained.
private func with<R>(_ context: Context, _ body: (InstanceRecord, StoreCore) -> R) -> R {
    let state = UnsafeMutablePointer<precast_store_state>(bitPattern: UInt(context.pointee.store)).unsafelyUnwrapped
    let instance = UnsafeRawPointer(bitPattern: UInt(context.pointee.instance)).unsafelyUnwrapped
    let store = UnsafeRawPointer(bitPattern: UInt(state.pointee.context.runtime_store)).unsafelyUnwrapped
    return Unmanaged<InstanceRecord>.fromOpaque(instance)._withUnsafeGuaranteedRef { instance in
        Unmanaged<StoreCore>.fromOpaque(store)._withUnsafeGuaranteedRef { store in body(instance, store) }
    }
}

private func fail(_ context: Context, _ code: TrapCode) -> Int64 {
    let state = UnsafeMutablePointer<precast_store_state>(bitPattern: UInt(context.pointee.store)).unsafelyUnwrapped
    state.pointee.context.pending_trap = UInt64(code.rawValue)
    return -1
}

private func memoryGrow(_ context: UnsafeMutablePointer<precast_vmctx>, _ memory: UInt64, _ delta: UInt64) -> Int64 {
    with(context) { instance, store in
        instance.memories[Int(memory)].grow(by: delta, store: store).map { Int64(bitPattern: $0) } ?? -1
    }
}

private func memoryInit(_ context: UnsafeMutablePointer<precast_vmctx>, _ memory: UInt64, _ segment: UInt64,
                        _ destination: UInt64, _ source: UInt64, _ length: UInt64) -> Int64 {
    let fits = with(context) { instance, _ in
        let bytes = instance.passiveData(Int(segment))
        guard source <= UInt64(bytes.count), length <= UInt64(bytes.count) - source,
              let target = instance.memories[Int(memory)].address(destination, length) else { return false }
        if length > 0, let start = bytes.baseAddress { target.copyMemory(from: start + Int(source), byteCount: Int(length)) }
        return true
    }
    return fits ? 0 : fail(context, .memoryOutOfBounds)
}

private func memoryNotify(_ context: UnsafeMutablePointer<precast_vmctx>, _ memory: UInt64, _ offset: UInt64, _ count: UInt64) -> Int64 {
    withAtomic(context, memory, offset, 4) { memory, address in
        memory.isShared ? Int64(precast_notify(address, UInt32(truncatingIfNeeded: count))) : 0
    }
}

private func memoryWait32(_ context: UnsafeMutablePointer<precast_vmctx>, _ memory: UInt64, _ offset: UInt64,
                          _ expected: UInt64, _ timeout: Int64) -> Int64 {
    withAtomic(context, memory, offset, 4) { wait(context, $0, $1, 4, expected, timeout) }
}

private func memoryWait64(_ context: UnsafeMutablePointer<precast_vmctx>, _ memory: UInt64, _ offset: UInt64,
                          _ expected: UInt64, _ timeout: Int64) -> Int64 {
    withAtomic(context, memory, offset, 8) { wait(context, $0, $1, 8, expected, timeout) }
}

/// Calls `body` with the host's address of `bytes` bytes that an atomic access may name; fails where it may not.
private func withAtomic(_ context: Context, _ memory: UInt64, _ offset: UInt64, _ bytes: UInt64, _ body: (LinearMemory, UInt64) -> Int64) -> Int64 {
    if offset & (bytes - 1) != 0 { return fail(context, .unalignedAtomic) }
    return with(context) { instance, _ in
        let memory = instance.memories[Int(memory)]
        guard let address = memory.address(offset, bytes) else { return fail(context, .memoryOutOfBounds) }
        return body(memory, UInt64(UInt(bitPattern: address)))
    }
}

private func wait(_ context: Context, _ memory: LinearMemory, _ address: UInt64, _ bytes: UInt32, _ expected: UInt64, _ timeout: Int64) -> Int64 {
    guard memory.isShared else { return fail(context, .expectedSharedMemory) }
    return Int64(precast_wait(address, bytes, expected, timeout))
}

private func dataDrop(_ context: UnsafeMutablePointer<precast_vmctx>, _ segment: UInt64) {
    with(context) { instance, _ in instance.droppedData.insert(Int(segment)) }
}

private func tableGrow(_ context: UnsafeMutablePointer<precast_vmctx>, _ table: UInt64, _ initial: UInt64, _ delta: UInt64) -> Int64 {
    with(context) { instance, store in
        instance.tables[Int(table)].grow(by: delta, initial: initial, store: store).map { Int64(bitPattern: $0) } ?? -1
    }
}

private func tableCopy(_ context: UnsafeMutablePointer<precast_vmctx>, _ to: UInt64, _ from: UInt64,
                       _ destination: UInt64, _ source: UInt64, _ length: UInt64) -> Int64 {
    let fits = with(context) { instance, _ in
        let target = instance.tables[Int(to)], origin = instance.tables[Int(from)]
        guard target.holds(destination, length), origin.holds(source, length) else { return false }
        if let start = target.slice(destination, length), let first = origin.slice(source, length) {
            start.update(from: first, count: Int(length)) // the runs may overlap
        }
        return true
    }
    return fits ? 0 : fail(context, .tableOutOfBounds)
}

private func tableFill(_ context: UnsafeMutablePointer<precast_vmctx>, _ table: UInt64, _ destination: UInt64,
                       _ value: UInt64, _ length: UInt64) -> Int64 {
    let fits = with(context) { instance, _ in
        let target = instance.tables[Int(table)]
        guard target.holds(destination, length) else { return false }
        if let start = target.slice(destination, length) { start.update(repeating: value, count: Int(length)) }
        return true
    }
    return fits ? 0 : fail(context, .tableOutOfBounds)
}

private func tableInit(_ context: UnsafeMutablePointer<precast_vmctx>, _ table: UInt64, _ segment: UInt64,
                       _ destination: UInt64, _ source: UInt64, _ length: UInt64) -> Int64 {
    let fits = with(context) { instance, _ in
        let row = instance.passiveElements(Int(segment))
        // An unsound record counts as a segment without elements.
        return (try? instance.copyElements(row, to: instance.tables[Int(table)], at: destination, from: source, count: length)) ?? false
    }
    return fits ? 0 : fail(context, .tableOutOfBounds)
}

private func elementDrop(_ context: UnsafeMutablePointer<precast_vmctx>, _ segment: UInt64) {
    with(context) { instance, _ in instance.droppedElements.insert(Int(segment)) }
}

private func typeMatches(_ context: UnsafeMutablePointer<precast_vmctx>, _ id: UInt64, _ wanted: UInt64) -> Int64 {
    with(context) { _, store in
        store.engine.relations.extends(UInt32(truncatingIfNeeded: id), UInt32(truncatingIfNeeded: wanted)) ? 1 : 0
    }
}

extension InstanceRecord {
    /// The bytes that `memory.init` sees: none of a dropped segment, nor of an active one, which instantiation drops.
    fileprivate func passiveData(_ segment: Int) -> UnsafeRawBufferPointer {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        let row = module.loaded.dataSegments[unchecked: segment]
        guard row.mode == .passive, !droppedData.contains(segment) else { return none }
        return (try? dataBytes(row)) ?? none
    }

    /// The segment that `table.init` sees: an empty one when dropped, active or declarative.
    fileprivate func passiveElements(_ segment: Int) -> ElementSegmentRecord {
        var row = module.loaded.elementSegments[unchecked: segment]
        if row.mode != .passive || droppedElements.contains(segment) { row.elements = RecordRange() }
        return row
    }
}

extension TableStorage {
    fileprivate func holds(_ index: UInt64, _ count: UInt64) -> Bool {
        let length = definition.pointee.length
        return index <= length && count <= length - index
    }
}
