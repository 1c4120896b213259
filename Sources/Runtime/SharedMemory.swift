import CLoaderSupport
public import PrecastWasmTypes

/// A linear memory that several stores, each on its own thread, use at the same time.
///
/// It belongs to no store and lives as long as something refers to it. Its address space is reserved for its maximum when it is
/// made, so it never moves. Every method may be called on any thread at any time. Plain accesses of several threads to the same bytes are not
/// ordered; guests order them with atomic operations, hosts with locks and the like of their own.
public struct SharedMemory: @unchecked Sendable {
    let record: LinearMemory

    init(record: LinearMemory) { self.record = record }

    /// A memory of `type`'s minimum size, which any module can import.
    ///
    /// - Parameter type: shared, with a maximum.
    /// - Throws: ``InstantiationError/resource(_:)`` where the address space for the maximum cannot be had,
    ///   ``InstantiationError/limit(_:)`` for a type without maximum.
    public init(_ type: MemoryType, engine: Engine) throws(InstantiationError) {
        var type = type
        type.isShared = true
        record = try LinearMemory(shared: type, plan: .host(type), engine: engine)
    }

    /// The declared type.
    public var type: MemoryType { record.type }
    /// The size in pages of the memory's type. It only ever grows.
    public var pageCount: UInt64 { record.pages }
    /// The size in bytes.
    public var byteCount: UInt64 { record.length }

    /// Grows by `pages`, while other threads use the memory. Returns the previous size in pages, or nil when the maximum or the system refuse.
    @discardableResult
    public func grow(by pages: UInt64) -> UInt64? { record.grow(by: pages, store: nil) }

    /// The memory's bytes as many as there are now; other threads may change them meanwhile. They never move.
    public func withUnsafeMutableBytes<R, E: Error>(_ body: (UnsafeMutableRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(record.bytes)
    }

    // MARK: Waiting

    /// How a wait ended.
    public enum WaitResult: UInt32, Sendable {
        case woken = 0
        /// The memory did not hold the expected value.
        case unequal = 1
        case timedOut = 2
    }

    /// Waits, as a guest does, until somebody notifies `offset`, if the integer there is `expected`.
    ///
    /// - Parameters:
    ///   - offset: a multiple of the integer's size.
    ///   - nanoseconds: how long at most; nil: for ever.
    /// - Returns: nil where the integer is not in the memory, or not aligned.
    public func wait(at offset: UInt64, expecting expected: Int32, nanoseconds: Int64? = nil) -> WaitResult? {
        wait(offset, 4, UInt64(UInt32(bitPattern: expected)), nanoseconds)
    }
    /// Waits for a 64-bit integer.
    public func wait(at offset: UInt64, expecting expected: Int64, nanoseconds: Int64? = nil) -> WaitResult? {
        wait(offset, 8, UInt64(bitPattern: expected), nanoseconds)
    }
    private func wait(_ offset: UInt64, _ bytes: UInt32, _ expected: UInt64, _ nanoseconds: Int64?) -> WaitResult? {
        guard offset & UInt64(bytes - 1) == 0, let address = record.address(offset, UInt64(bytes)) else { return nil }
        return WaitResult(rawValue: precast_wait(UInt64(UInt(bitPattern: address)), bytes, expected, nanoseconds.map { max(0, $0) } ?? -1))
    }

    /// Wakes up to `count` threads, guests' and hosts', that wait at `offset`, those first that have waited longest. Returns how many.
    @discardableResult
    public func notify(at offset: UInt64, count: UInt32 = .max) -> UInt32 {
        guard let address = record.address(offset, 4) else { return 0 }
        return precast_notify(UInt64(UInt(bitPattern: address)), count)
    }
}
