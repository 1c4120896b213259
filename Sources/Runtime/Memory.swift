import CRuntimeABI
public import PrecastWasmTypes

/// A linear memory of a store.
public struct Memory {
    let record: LinearMemory
    let store: StoreCore

    init(record: LinearMemory, store: StoreCore) {
        self.record = record
        self.store = store
    }

    /// A memory of the host, at its type's minimum, for modules to import.
    ///
    /// It is laid out for modules with the default reservation and guards, or smaller ones.
    public init<T>(_ type: MemoryType, in store: Store<T>) throws(InstantiationError) {
        if type.isShared {
            record = try SharedMemory(type, engine: store.engine).record
            self.store = store.core
            store.core.adopt(record)
            return
        }
        let definition = UnsafeMutablePointer<precast_memory>.allocate(capacity: 1)
        do throws(InstantiationError) {
            record = try LinearMemory(type, plan: .host(type), image: nil, definition: definition, store: store.core)
        } catch {
            definition.deallocate()
            throw error
        }
        self.store = store.core
        store.core.hostMemories.append(record)
    }

    /// A shared memory as one of the store's.
    public init<T>(_ memory: SharedMemory, in store: Store<T>) {
        record = memory.record
        self.store = store.core
        store.core.adopt(record)
    }

    /// The memory itself, without the store, where it is a shared one.
    public var shared: SharedMemory? { record.isShared ? SharedMemory(record: record) : nil }

    /// The declared type.
    public var type: MemoryType { record.type }
    /// The type with the size as it is now.
    var currentType: MemoryType { record.currentType }

    /// The size in pages of the memory's type.
    public var pageCount: UInt64 { record.pages }
    /// The size in bytes.
    public var byteCount: UInt64 { record.length }

    /// Grows by `pages`. Returns the previous size in pages, or nil when the type's maximum, a limit of the store or the system
    /// refuse.
    @discardableResult
    public func grow(by pages: UInt64) -> UInt64? { record.grow(by: pages, store: store) }

    /// The memory's bytes. They may move when the memory grows: do not grow it, or run its code, inside `body`.
    public func withUnsafeMutableBytes<R, E: Error>(_ body: (UnsafeMutableRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(record.bytes)
    }

    /// The `count` bytes at `offset`, or nil where they are not all in the memory. Valid until the memory grows.
    public func bytes(at offset: UInt64, count: UInt64) -> UnsafeMutableRawBufferPointer? {
        guard let start = record.address(offset, count) else { return nil }
        return UnsafeMutableRawBufferPointer(start: start, count: Int(count))
    }

    /// A copy of the `count` bytes at `offset`, or nil where they are not all in the memory.
    public func read(at offset: UInt64, count: UInt64) -> [UInt8]? { bytes(at: offset, count: count).map { [UInt8]($0) } }

    /// Copies `bytes` to `offset`. False, with nothing written, where they do not all fit.
    @discardableResult
    public func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
        guard let target = self.bytes(at: offset, count: UInt64(bytes.count)) else { return false }
        target.copyBytes(from: bytes)
        return true
    }

    /// The little-endian integer at `offset`, of any alignment, or nil outside the memory.
    public func load<I: FixedWidthInteger & BitwiseCopyable>(at offset: UInt64, as type: I.Type) -> I? {
        guard let address = record.address(offset, UInt64(MemoryLayout<I>.size)) else { return nil }
        return I(littleEndian: address.loadUnaligned(as: I.self))
    }

    /// Stores an integer little-endian at `offset`, of any alignment. False outside the memory.
    @discardableResult
    public func store<I: FixedWidthInteger & BitwiseCopyable>(_ value: I, at offset: UInt64) -> Bool {
        guard let address = record.address(offset, UInt64(MemoryLayout<I>.size)) else { return false }
        address.storeBytes(of: value.littleEndian, as: I.self)
        return true
    }
}
