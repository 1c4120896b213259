import CLoaderSupport
import PrecastWasmTypes

/// Run-time settings of an ``Engine``.
public struct EngineConfiguration: Sendable {
    /// The most stack that compiled code takes from its outermost entry on, in bytes.
    public var maximumWasmStack: UInt64 = 1 << 20
    /// What compiled code leaves of the thread's stack to host functions and builtins, in bytes; at least 32 KiB.
    public var hostStackReserve: UInt64 = 64 << 10
    /// How many memory reservations of finished instances are kept for the next ones.
    public var idleMemories = 8
    /// Whether calls of imported host functions are marked while they last, so that a profiler knows which one runs: see ``HostCallNames``.
    /// A marked call takes a few nanoseconds longer.
    public var marksHostCalls = false
    /// Whether stores keep the registers and the stack of compiled frames (up to 512 KiB) when a call fails, so that core dumps have what locals are made from.
    /// Memory is taken when that happens. See ``Store/writeCoreDump(_:name:to:)``.
    public var recordsStacks = false
    /// Who is told of the code of modules.
    public var codeObservers: CodeObservers = []

    public init() {}
}

/// What modules and stores have in common: settings, canonical type ids, and address space for reuse. Thread-safe.
public final class Engine: @unchecked Sendable {
    public let configuration: EngineConfiguration
    private let lock: OpaquePointer
    private var types: TypeRegistry
    /// How the types relate; read without a lock.
    let relations: TypeRelationTable
    private var idle: [Reservation] = []

    /// - Throws: ``ConfigurationError`` naming a setting that cannot be had.
    public init(_ configuration: EngineConfiguration = EngineConfiguration()) throws(ConfigurationError) {
        guard configuration.maximumWasmStack >= 16 << 10, configuration.maximumWasmStack <= 1 << 40 else {
            throw ConfigurationError(setting: "maximumWasmStack", reason: "must be between 16 KiB and 1 TiB")
        }
        guard configuration.hostStackReserve >= 32 << 10, configuration.hostStackReserve <= 1 << 40 else {
            throw ConfigurationError(setting: "hostStackReserve", reason: "must be between 32 KiB and 1 TiB")
        }
        guard let lock = precast_lock_create() else {
            throw ConfigurationError(setting: "lock", reason: "could not be made: out of memory")
        }
        guard let types = TypeRegistry() else {
            precast_lock_destroy(lock)
            throw ConfigurationError(setting: "types", reason: "could not be made: out of memory")
        }
        self.configuration = configuration
        self.lock = lock
        self.types = types
        relations = types.relations
    }

    deinit {
        for reservation in idle { _ = precast_unmap(reservation.start, reservation.bytes) }
        precast_lock_destroy(lock)
    }

    /// The number that stands for a function type (final, extending none) in every module of this engine; nil when there are too many types.
    ///
    /// Heap types in `type` are such numbers. Amortised linear in the type.
    func canonicalID(of type: FunctionType) -> UInt32? {
        precast_lock_acquire(lock)
        defer { precast_lock_release(lock) }
        return types.id(of: type)
    }

    /// The canonical ids of a module's types, by type index.
    func canonicalIDs(of module: LoadedModule) throws(LoadError) -> [UInt32] {
        precast_lock_acquire(lock)
        defer { precast_lock_release(lock) }
        return try types.ids(of: module)
    }

    /// The function type that a canonical id stands for, or nil of any other type.
    func functionType(id: UInt32) -> FunctionType? {
        precast_lock_acquire(lock)
        defer { precast_lock_release(lock) }
        return types.function(id)
    }

    /// An idle reservation of exactly this size: one with the wanted contents if there is, else any, or nil.
    func takeReservation(bytes: UInt64, guardBefore: UInt64, contents: Reservation.Contents) -> Reservation? {
        precast_lock_acquire(lock)
        defer { precast_lock_release(lock) }
        var found = -1
        for index in idle.indices where idle[index].bytes == bytes && idle[index].guardBefore == guardBefore {
            found = index
            if idle[index].contents == contents { break }
        }
        return found < 0 ? nil : idle.remove(at: found)
    }

    /// Keeps a reservation for reuse, and releases the one that was kept longest if there are too many. What is accessible in it is as its contents say, and untouched.
    func keepReservation(_ reservation: Reservation) {
        precast_lock_acquire(lock)
        idle.append(reservation)
        let excess = idle.count > configuration.idleMemories ? idle.removeFirst() : nil
        precast_lock_release(lock)
        if let excess { _ = precast_unmap(excess.start, excess.bytes) }
    }
}

/// A range of address space that belongs to one memory.
struct Reservation: BitwiseCopyable {
    let start: UInt64
    let bytes: UInt64
    /// Bytes from the start to the base.
    let guardBefore: UInt64
    /// What an idle one is ready for.
    var contents = Contents()

    /// What is mapped at the base: so many accessible bytes, the image of a memory among them.
    struct Contents: BitwiseCopyable, Equatable {
        var accessible: UInt64 = 0
        /// Which artifact, and where in it; 0: no image.
        var image: UInt64 = 0
        var imageOffset: UInt64 = 0
    }
}
