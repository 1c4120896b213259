import CRuntimeABI
public import PrecastWasmTypes

/// A table of a store.
public struct Table {
    let record: TableStorage
    let store: StoreCore

    init(record: TableStorage, store: StoreCore) {
        self.record = record
        self.store = store
    }

    /// A table of the host, at its type's minimum and filled with null references, for modules to import.
    public init<T>(_ type: TableType, in store: Store<T>) throws(InstantiationError) {
        let definition = UnsafeMutablePointer<precast_table>.allocate(capacity: 1)
        do throws(InstantiationError) {
            record = try TableStorage(type, definition: definition, store: store.core)
        } catch {
            definition.deallocate()
            throw error
        }
        self.store = store.core
        store.core.hostTables.append(record)
    }

    /// The declared type.
    public var type: TableType { record.type }
    var currentType: TableType {
        var type = record.type
        type.limits.minimum = count
        return type
    }

    /// The length in elements.
    public var count: UInt64 { record.definition.pointee.length }

    /// The element at `index`, or nil past the end.
    public subscript(index: UInt64) -> Value? {
        guard let element = record.slice(index, 1) else { return nil }
        return Value(slot: precast_slot(bits: (element[0], 0)), type: .reference(type.element), store: store)
    }

    /// Sets the element at `index`. False past the end, for a value of another type, or of another store.
    @discardableResult
    public func set(_ index: UInt64, _ value: Value) -> Bool {
        guard value.type == .reference(type.element), let slot = value.slot(in: store), let element = record.slice(index, 1) else { return false }
        element[0] = slot.bits.0
        return true
    }

    /// Grows by `count` elements of `value`. Returns the previous length, or nil when the type's maximum, a limit of the store
    /// or the system refuse, or the value is of another type or store.
    @discardableResult
    public func grow(by count: UInt64, _ value: Value) -> UInt64? {
        guard value.type == .reference(type.element), let slot = value.slot(in: store) else { return nil }
        return record.grow(by: count, initial: slot.bits.0, store: store)
    }
}
