public import CLoaderSupport
public import CRuntimeABI

/// Who calls a host function: the store's data, and the calling instance's exports. Valid during the call.
public struct Caller<T>: ~Copyable {
    @usableFromInline let state: UnsafeMutablePointer<precast_store_state>
    @usableFromInline let context: UnsafeMutablePointer<precast_vmctx>?

    @inlinable public init(state: UnsafeMutablePointer<precast_store_state>, context: UnsafeMutablePointer<precast_vmctx>?) {
        self.state = state
        self.context = context
    }

    @inlinable var dataPointer: UnsafeMutablePointer<T> {
        UnsafeMutablePointer<T>(bitPattern: UInt(state.pointee.data)).unsafelyUnwrapped
    }

    /// The store's data.
    @inlinable public var data: T {
        get { dataPointer.pointee }
        nonmutating _modify { yield &dataPointer.pointee }
    }

    /// The calling instance; nil when the host called the function itself.
    public var instance: Instance? {
        guard let context else { return nil }
        return Instance(record: InstanceRecord.of(context), store: StoreCore.of(state))
    }

    /// The calling instance's export called `memory`, where it is a memory.
    public var memory: Memory? {
        guard let context, let record = InstanceRecord.of(context).exportedMemory else { return nil }
        return Memory(record: record, store: StoreCore.of(state))
    }

    /// What the calling instance exports under `name`.
    public func export(_ name: String) -> Extern? { instance?.export(name) }

    /// The compiled frames that led here, innermost first.
    public func backtrace() -> Backtrace { Backtrace(walking: state) }
}
