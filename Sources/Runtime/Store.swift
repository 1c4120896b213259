public import CLoaderSupport
import CRuntimeABI

/// What a store may hold at most.
public struct StoreLimits: Sendable {
    /// Bytes of all linear memories together.
    public var memoryBytes: UInt64 = .max
    /// Elements of one table.
    public var tableElements: UInt64 = 10_000_000
    public var instances = 10_000
    /// Bytes of exceptions that guests may refer to: those caught with their reference. They live as long as the store, or until the only frame that holds one drops it.
    public var exceptionBytes: UInt64 = 256 << 20

    public init() {}
}

/// Instances that can refer to each other, and the host's data that their host functions see as `Caller.data`.
///
/// A store belongs to one task at a time. What it gives out (instances, memories, functions …) keeps it alive.
public final class Store<T> {
    @usableFromInline let core: StoreCore

    /// - Throws: ``ResourceError`` when there is no memory.
    public init(_ engine: Engine, data: T, limits: StoreLimits = StoreLimits()) throws(ResourceError) {
        let storage = UnsafeMutablePointer<T>.allocate(capacity: 1)
        storage.initialize(to: data)
        do throws(ResourceError) {
            core = try StoreCore(engine, limits: limits, data: UnsafeMutableRawPointer(storage)) { storage in
                let storage = storage.assumingMemoryBound(to: T.self)
                storage.deinitialize(count: 1)
                storage.deallocate()
            }
        } catch {
            storage.deinitialize(count: 1)
            storage.deallocate()
            throw error
        }
    }

    public var engine: Engine { core.engine }

    /// The host's data.
    @inlinable public var data: T {
        get { core.data.assumingMemoryBound(to: T.self).pointee }
        _modify { yield &core.data.assumingMemoryBound(to: T.self).pointee }
    }

    /// Bytes that the linear memories hold now.
    public var memoryBytes: UInt64 { core.memoryBytes }
}

extension Store where T == Void {
    public convenience init(_ engine: Engine, limits: StoreLimits = StoreLimits()) throws(ResourceError) {
        try self.init(engine, data: (), limits: limits)
    }
}

/// A store without the type of its data: what handles keep alive and compiled code's context points to.
public final class StoreCore {
    let engine: Engine
    let limits: StoreLimits
    @usableFromInline let state: UnsafeMutablePointer<precast_store_state>
    @usableFromInline let data: UnsafeMutableRawPointer
    private let destroyData: (UnsafeMutableRawPointer) -> Void
    private(set) var instances: [InstanceRecord] = []
    private var regionCapacity = 0
    var memoryBytes: UInt64 = 0
    /// Why the host function that set `pending_trap` failed.
    var pendingError: HostError?
    /// Shared memories that its code can reach, until it ends: the handlers know them.
    private var sharedMemories: [LinearMemory] = []
    /// Memories, tables, globals, tags and functions that the host made itself.
    var hostMemories: [LinearMemory] = []
    var hostTables: [TableStorage] = []
    var hostGlobals: [UnsafeMutablePointer<precast_global>] = []
    var hostTags: [UnsafeMutablePointer<precast_tag>] = []
    var hostFunctions: [HostFunction] = []
    var hostReferences: [UnsafeMutablePointer<precast_function_reference>] = []

    init(_ engine: Engine, limits: StoreLimits, data: UnsafeMutableRawPointer,
         destroyData: @escaping (UnsafeMutableRawPointer) -> Void) throws(ResourceError) {
        guard let state = precast_store_create(engine.configuration.maximumWasmStack, engine.configuration.hostStackReserve) else {
            throw ResourceError(.store, bytes: UInt64(MemoryLayout<precast_store_state>.size))
        }
        self.engine = engine
        self.limits = limits
        self.state = state
        self.data = data
        self.destroyData = destroyData
        state.pointee.context.runtime_store = UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()))
        state.pointee.exception_limit = limits.exceptionBytes
        state.pointee.data = UInt64(UInt(bitPattern: data))
        if engine.configuration.recordsStacks, let memory = precast_allocate(UInt64(PRECAST_RECORDING)) {
            state.pointee.recording = UInt64(UInt(bitPattern: memory))
        }
    }

    deinit {
        precondition(state.pointee.context.entry == 0, "a store ends while its code runs")
        for memory in hostMemories { memory.release(to: engine) }
        for table in hostTables { table.release() }
        for instance in instances { instance.release(to: engine) }
        precast_exceptions_destroy(state)
        for global in hostGlobals { global.deallocate() }
        for tag in hostTags { tag.deallocate() }
        for reference in hostReferences { reference.deallocate() }
        if let regions = UnsafeMutablePointer<precast_region>(bitPattern: UInt(state.pointee.regions)) { regions.deallocate() }
        precast_free(UnsafeMutableRawPointer(bitPattern: UInt(state.pointee.recording)))
        precast_free(state)
        destroyData(data)
    }

    /// The store that compiled code with this state runs in.
    static func of(_ state: UnsafeMutablePointer<precast_store_state>) -> StoreCore {
        let handle = UnsafeRawPointer(bitPattern: UInt(state.pointee.context.runtime_store))
        guard let handle else { preconditionFailure("a store context without a store") }
        return Unmanaged<StoreCore>.fromOpaque(handle).takeUnretainedValue()
    }

    func add(_ instance: InstanceRecord) { instances.append(instance) }

    /// Makes faults between `start` and `end` out-of-bounds accesses of `memory`.
    func addRegion(start: UInt64, end: UInt64, memory: UnsafeMutablePointer<precast_memory>, isShared: Bool) {
        let count = Int(state.pointee.region_count)
        var regions = UnsafeMutablePointer<precast_region>(bitPattern: UInt(state.pointee.regions))
        if count == regionCapacity {
            regionCapacity = max(4, 2 * count)
            let larger = UnsafeMutablePointer<precast_region>.allocate(capacity: regionCapacity)
            if let old = regions {
                larger.moveInitialize(from: old, count: count)
                old.deallocate()
            }
            regions = larger
            state.pointee.regions = UInt64(UInt(bitPattern: larger))
        }
        guard let regions else { return }
        regions[count] = precast_region(start: start, end: end, memory: UInt64(UInt(bitPattern: memory)), shared: isShared ? 1 : 0)
        state.pointee.region_count = UInt64(count + 1)
    }

    /// Lets the store's code use a shared memory, and keeps it alive.
    func adopt(_ memory: LinearMemory) {
        if sharedMemories.contains(where: { $0 === memory }) { return }
        sharedMemories.append(memory)
        memory.addRegion(to: self)
    }

    /// Takes back ``adopt(_:)`` for a memory that no instance uses.
    func abandon(_ memory: LinearMemory) {
        moveRegion(of: memory.definition, start: 0, end: 0)
        sharedMemories.removeAll { $0 === memory }
    }

    /// Changes the region of `memory`, which has moved; removes it when `end` is not above `start`.
    func moveRegion(of memory: UnsafeMutablePointer<precast_memory>, start: UInt64, end: UInt64) {
        guard let regions = UnsafeMutablePointer<precast_region>(bitPattern: UInt(state.pointee.regions)) else { return }
        let address = UInt64(UInt(bitPattern: memory))
        var index = 0
        while index < Int(state.pointee.region_count), regions[index].memory != address { index += 1 }
        guard index < Int(state.pointee.region_count) else { return }
        if start < end {
            regions[index].start = start
            regions[index].end = end
        } else {
            regions[index] = regions[Int(state.pointee.region_count) - 1]
            state.pointee.region_count -= 1
        }
    }

    /// Whether the memories may grow by `bytes` more; counts them if so.
    func claimMemory(_ bytes: UInt64) -> Bool {
        guard bytes <= limits.memoryBytes, memoryBytes <= limits.memoryBytes - bytes else { return false }
        memoryBytes += bytes
        return true
    }

    func returnMemory(_ bytes: UInt64) { memoryBytes -= bytes }
}
