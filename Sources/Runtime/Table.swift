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

    /// A table of the host, at its type's minimum and filled with null references, for modules to import. A type that does not allow them needs
    /// ``init(_:filledWith:in:)``.
    public init<T>(_ type: TableType, in store: Store<T>) throws(InstantiationError) {
        guard type.element.isNullable else {
            throw .limit("a table of " + type.element.description + " needs a value to be filled with")
        }
        try self.init(type, bits: 0, store.core)
    }

    /// A table of the host, at its type's minimum and filled with `value`, for modules to import.
    ///
    /// - Throws: ``InstantiationError/call(_:)`` when the value does not fit the type, or is of another store.
    public init<T>(_ type: TableType, filledWith value: Value, in store: Store<T>) throws(InstantiationError) {
        guard value.fits(.reference(type.element), store.core), let slot = value.slot(in: store.core) else {
            throw .call(.mismatch("expected \(type.element.description), found \(value.type.description)"))
        }
        try self.init(type, bits: slot.bits.0, store.core)
    }

    private init(_ type: TableType, bits: UInt64, _ store: StoreCore) throws(InstantiationError) {
        let definition = UnsafeMutablePointer<precast_table>.allocate(capacity: 1)
        do throws(InstantiationError) {
            record = try TableStorage(type, definition: definition, store: store)
        } catch {
            definition.deallocate()
            throw error
        }
        if bits != 0 { record.elements.update(repeating: bits) }
        self.store = store
        store.hostTables.append(record)
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
        guard value.fits(.reference(type.element), store), let slot = value.slot(in: store), let element = record.slice(index, 1) else { return false }
        element[0] = slot.bits.0
        return true
    }

    /// Grows by `count` elements of `value`. Returns the previous length, or nil when the type's maximum, a limit of the store
    /// or the system refuse, or the value is of another type or store.
    @discardableResult
    public func grow(by count: UInt64, _ value: Value) -> UInt64? {
        guard value.fits(.reference(type.element), store), let slot = value.slot(in: store) else { return nil }
        return record.grow(by: count, initial: slot.bits.0, store: store)
    }
}
