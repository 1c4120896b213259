import CLoaderSupport
import CRuntimeABI
import PrecastArtifactFormat
import PrecastWasmTypes

/// How a memory's address space is laid out: `guardBefore`, then `capacity` bytes from the base on, then `guardAfter`.
struct MemoryPlan {
    /// Bytes that compiled code counts on from the base; 0: none.
    var reservation: UInt64
    var guardBefore: UInt64
    var guardAfter: UInt64
    /// Bytes reserved beyond the size of a memory that may move.
    var growthRoom: UInt64
    var isMovable: Bool
}

extension MemoryPlan {
    /// For a memory that the host makes: for modules with the default reservation and guards, or smaller ones.
    static func host(_ type: MemoryType) -> MemoryPlan {
        let reservation: UInt64 = 4 << 30
        return MemoryPlan(
            reservation: reservation, guardBefore: 32 << 20, guardAfter: 32 << 20, growthRoom: 2 << 30, isMovable: type.mostBytes > reservation)
    }
}

/// The file's bytes that a memory starts with, page-aligned in the file and in the memory.
struct MemoryImage {
    var file: Int32
    /// The artifact's serial number.
    var artifact: UInt64
    var fileOffset: UInt64
    var memoryOffset: UInt64
    var byteCount: UInt64
}

/// A linear memory's address space. `definition` is what compiled code sees.
///
/// Bytes from the base to the length, rounded up to pages, are accessible; everything else of the reservation is not, and a
/// fault there is an out-of-bounds access. A memory moves only when its plan says so and it outgrows its capacity.
///
/// A shared memory belongs to no store: it releases itself with its last user. It never moves, and other threads may change its
/// length at any time, upwards.
final class LinearMemory {
    let definition: UnsafeMutablePointer<precast_memory>
    let type: MemoryType
    private let plan: MemoryPlan
    private var reservation: Reservation
    /// Of a shared memory.
    private let sharing: Sharing?

    private struct Sharing {
        let engine: Engine
        /// Held while the memory grows.
        let lock: OpaquePointer
    }

    /// Reserves and commits the initial size and maps the image.
    init(_ type: MemoryType, plan: MemoryPlan, image: MemoryImage?, definition: UnsafeMutablePointer<precast_memory>,
         store: StoreCore) throws(InstantiationError) {
        let bytes = try Self.initialBytes(type)
        guard store.claimMemory(bytes) else {
            throw .limit("a memory of \(bytes) bytes would take the store over its limit of \(store.limits.memoryBytes) bytes")
        }
        let accessible = pageRounded(bytes)
        let contents = Reservation.Contents(accessible: accessible, image: image?.artifact ?? 0, imageOffset: image?.fileOffset ?? 0)
        do throws(ResourceError) {
            reservation = try Self.reserve(contents, plan, engine: store.engine)
        } catch {
            store.returnMemory(bytes)
            throw .resource(error)
        }
        self.definition = definition
        self.type = type
        self.plan = plan
        sharing = nil
        let base = reservation.start + plan.guardBefore
        if reservation.contents != contents {
            if let error = Self.commit(base: base, accessible: accessible, image) {
                store.returnMemory(bytes)
                _ = precast_unmap(reservation.start, reservation.bytes)
                throw .resource(ResourceError(.memory, bytes: bytes, error: error))
            }
            reservation.contents = contents
        }
        definition.initialize(to: precast_memory(base: base, length: bytes))
        addRegion(to: store)
    }

    /// A shared memory: reserves its maximum, so that it never moves.
    init(shared type: MemoryType, plan: MemoryPlan, engine: Engine) throws(InstantiationError) {
        let bytes = try Self.initialBytes(type)
        guard let maximum = type.limits.maximum else {
            throw .limit("a shared memory needs a maximum: its address space is reserved when it is made")
        }
        let most = min(maximum, Self.mostPages(type)).multipliedReportingOverflow(by: type.pageSize)
        guard !most.overflow, most.partialValue <= 1 << 47 else { throw .resource(ResourceError(.sharedMemoryReservation, bytes: .max)) }
        var plan = plan
        plan.reservation = max(plan.reservation, pageRounded(most.partialValue))
        plan.isMovable = false
        let contents = Reservation.Contents(accessible: pageRounded(bytes))
        guard let lock = precast_lock_create() else { throw .resource(ResourceError(.memory, bytes: bytes)) }
        do throws(ResourceError) {
            reservation = try Self.reserve(contents, plan, engine: engine)
        } catch {
            precast_lock_destroy(lock)
            throw .resource(ResourceError(.sharedMemoryReservation, bytes: error.bytes, error: Int64(error.errorNumber)))
        }
        let base = reservation.start + plan.guardBefore
        if reservation.contents != contents, let error = Self.commit(base: base, accessible: contents.accessible, nil) {
            precast_lock_destroy(lock)
            _ = precast_unmap(reservation.start, reservation.bytes)
            throw .resource(ResourceError(.memory, bytes: bytes, error: error))
        }
        reservation.contents = contents
        definition = .allocate(capacity: 1)
        definition.initialize(to: precast_memory(base: base, length: bytes))
        self.type = type
        self.plan = plan
        sharing = Sharing(engine: engine, lock: lock)
    }

    deinit {
        guard let sharing else { return }
        release(to: sharing.engine)
        definition.deallocate()
        precast_lock_destroy(sharing.lock)
    }

    private static func initialBytes(_ type: MemoryType) throws(InstantiationError) -> UInt64 {
        let (bytes, overflow) = type.limits.minimum.multipliedReportingOverflow(by: type.pageSize)
        guard !overflow, bytes <= 1 << 47 else { throw .resource(ResourceError(.memory, bytes: overflow ? .max : bytes)) }
        return bytes
    }

    /// Makes faults in the memory's address space out-of-bounds accesses for code of `store`.
    func addRegion(to store: StoreCore) {
        store.addRegion(start: reservation.start, end: reservation.start + reservation.bytes, memory: definition, isShared: isShared)
    }

    /// Gives the address space back, as it was when the memory was made. The memory must not be used after.
    func release(to engine: Engine) {
        let base = definition.pointee.base, initial = reservation.contents.accessible, accessible = pageRounded(length)
        // Discarding pages of a private mapping brings the file's bytes, or zeros, back.
        let isReset = (accessible == 0 || precast_discard(base, accessible) == 0)
            && (accessible == initial || precast_protect(base + initial, accessible - initial, 0) == 0)
        if isReset { engine.keepReservation(reservation) } else { _ = precast_unmap(reservation.start, reservation.bytes) }
    }

    private static func reserve(_ contents: Reservation.Contents, _ plan: MemoryPlan, engine: Engine) throws(ResourceError) -> Reservation {
        let accessible = contents.accessible
        var capacity = max(plan.reservation, accessible)
        if plan.isMovable { capacity = max(capacity, accessible + plan.growthRoom) }
        while true {
            let (bytes, overflow) = (plan.guardBefore &+ plan.guardAfter).addingReportingOverflow(max(capacity, precast_page_size()))
            if overflow { throw ResourceError(.memoryReservation, bytes: .max) }
            if var idle = engine.takeReservation(bytes: bytes, guardBefore: plan.guardBefore, contents: contents) {
                if idle.contents == contents || idle.contents.accessible == 0 { return idle }
                if precast_map_fresh(idle.start + plan.guardBefore, idle.contents.accessible, 0) == 0 {
                    idle.contents = Reservation.Contents()
                    return idle
                }
                _ = precast_unmap(idle.start, idle.bytes)
            }
            let start = precast_reserve(bytes)
            if start > 0 { return Reservation(start: UInt64(start), bytes: bytes, guardBefore: plan.guardBefore) }
            // Room to grow in place is a convenience; what the code counts on is not.
            let least = max(plan.reservation, accessible)
            if capacity == least { throw ResourceError(.memoryReservation, bytes: bytes, error: start) }
            capacity = least
        }
    }

    /// Makes the bytes accessible and maps the image over them. Returns the error, or nil.
    private static func commit(base: UInt64, accessible: UInt64, _ image: MemoryImage?) -> Int64? {
        var committed: UInt64 = 0
        if let image {
            let end = image.memoryOffset + image.byteCount
            let address = precast_map_file(base + image.memoryOffset, image.byteCount, PRECAST_READ | PRECAST_WRITE, image.file, image.fileOffset)
            if address < 0 { return address }
            if image.memoryOffset > 0 {
                let error = precast_protect(base, image.memoryOffset, PRECAST_READ | PRECAST_WRITE)
                if error < 0 { return Int64(error) }
            }
            committed = end
        }
        guard accessible > committed else { return nil }
        let error = precast_protect(base + committed, accessible - committed, PRECAST_READ | PRECAST_WRITE)
        return error < 0 ? Int64(error) : nil
    }

    var isShared: Bool { sharing != nil }
    /// The size in bytes.
    @inline(__always) var length: UInt64 { precast_memory_length(definition) }
    /// The size in pages of the memory's type.
    var pages: UInt64 { length >> UInt64(type.pageSizeLog2) }

    /// Grows by `delta` pages, which count for `store`. Returns the previous size in pages, or nil when the type, the store or the system refuse.
    func grow(by delta: UInt64, store: StoreCore?) -> UInt64? {
        guard let sharing else { return growAlone(by: delta, store: store) }
        precast_lock_acquire(sharing.lock)
        defer { precast_lock_release(sharing.lock) }
        return growAlone(by: delta, store: store)
    }

    /// While no other thread grows the memory.
    private func growAlone(by delta: UInt64, store: StoreCore?) -> UInt64? {
        let previous = pages
        guard delta > 0 else { return previous }
        let most = min(type.limits.maximum ?? .max, Self.mostPages(type))
        guard delta <= most, previous <= most - delta else { return nil }
        let oldLength = length
        let newLength = (previous + delta) << UInt64(type.pageSizeLog2)
        if let store, !store.claimMemory(newLength - oldLength) { return nil }
        let oldAccessible = pageRounded(oldLength), accessible = pageRounded(newLength)
        let capacity = reservation.bytes - plan.guardBefore - plan.guardAfter
        let grown: Bool
        if accessible <= capacity {
            grown = accessible == oldAccessible
                || precast_protect(definition.pointee.base + oldAccessible, accessible - oldAccessible, PRECAST_READ | PRECAST_WRITE) == 0
        } else {
            grown = if let store, plan.isMovable { move(accessible: accessible, store: store) } else { false }
        }
        guard grown else {
            store?.returnMemory(newLength - oldLength)
            return nil
        }
        precast_memory_publish(definition, newLength)
        return previous
    }

    /// Moves to a larger reservation.
    private func move(accessible: UInt64, store: StoreCore) -> Bool {
        let contents = Reservation.Contents(accessible: accessible)
        guard var larger = try? Self.reserve(contents, plan, engine: store.engine) else { return false }
        let base = larger.start + plan.guardBefore
        guard precast_protect(base, accessible, PRECAST_READ | PRECAST_WRITE) == 0,
              let destination = UnsafeMutableRawPointer(bitPattern: UInt(base)),
              let source = UnsafeRawPointer(bitPattern: UInt(definition.pointee.base)) else {
            _ = precast_unmap(larger.start, larger.bytes)
            return false
        }
        destination.copyMemory(from: source, byteCount: Int(length))
        _ = precast_unmap(reservation.start, reservation.bytes)
        larger.contents = contents
        reservation = larger
        definition.pointee.base = base
        store.moveRegion(of: definition, start: larger.start, end: larger.start + larger.bytes)
        return true
    }

    /// The most pages that an address of the type's width can name and `memory.size` can tell.
    private static func mostPages(_ type: MemoryType) -> UInt64 {
        let shift = UInt64(type.pageSizeLog2)
        return type.is64 ? (1 << 47) >> shift : min((1 << 32) >> shift, UInt64(UInt32.max))
    }

    /// What keeps code with these tunables from using this memory as its import of type `wanted`, or nil: address space, guard or place that it
    /// counts on and that the memory, made for other code, does not have.
    func shortcoming(for wanted: MemoryType, _ tunables: Tunables) -> String? {
        if plan.isMovable && wanted.mostBytes <= tunables.memoryReservation { return "one that may move" }
        guard tunables.flags.contains(.signalTraps) else { return nil }
        if plan.guardAfter < tunables.guardAfter { return "one with a guard of \(plan.guardAfter) bytes" }
        let addressSpace: UInt64 = 4 << 30
        if !wanted.is64 && tunables.memoryReservation >= addressSpace && plan.reservation < addressSpace {
            return "one with a reservation of \(plan.reservation) bytes"
        }
        return nil
    }

    /// The type with the size as it is now.
    var currentType: MemoryType {
        var type = type
        type.limits.minimum = pages
        return type
    }

    /// The accessible bytes.
    var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: UInt(definition.pointee.base)),
                                      count: Int(length))
    }

    /// The address of `count` bytes at `offset`, or nil where they are not all in the memory.
    @inline(__always)
    func address(_ offset: UInt64, _ count: UInt64) -> UnsafeMutableRawPointer? {
        let length = length
        guard offset <= length, count <= length - offset else { return nil }
        return UnsafeMutableRawPointer(bitPattern: UInt(definition.pointee.base &+ offset))
    }
}

extension MemoryType {
    /// Bytes that a memory of this type may ever have.
    var mostBytes: UInt64 {
        let addressSpace: UInt64 = is64 ? .max : 1 << 32
        return min(limits.maximum ?? .max, addressSpace >> UInt64(pageSizeLog2)) << UInt64(pageSizeLog2)
    }
}

/// `bytes` rounded up to whole pages of the host. - Precondition: `bytes` is at most 2^47.
func pageRounded(_ bytes: UInt64) -> UInt64 {
    let page = precast_page_size()
    return (bytes + page - 1) & ~(page - 1)
}
