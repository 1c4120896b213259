import CRuntimeABI
public import PrecastWasmTypes

/// A global of a store.
public struct Global {
    public let type: GlobalType
    let definition: UnsafeMutablePointer<precast_global>
    let store: StoreCore

    init(_ type: GlobalType, definition: UnsafeMutablePointer<precast_global>, store: StoreCore) {
        self.type = type
        self.definition = definition
        self.store = store
    }

    /// A global of the host, for modules to import. Nil when `value` is a reference of another store.
    ///
    /// - Parameter type: the global's value type, where it shall be another than `value`'s own: one of the engine's types that `value` fits.
    public init?<T>(_ value: Value, isMutable: Bool, as type: ValueType? = nil, in store: Store<T>) {
        let type = type ?? value.type
        guard value.fits(type, store.core), let slot = value.slot(in: store.core) else { return nil }
        let definition = UnsafeMutablePointer<precast_global>.allocate(capacity: 1)
        definition.initialize(to: precast_global(bits: slot.bits))
        store.core.hostGlobals.append(definition)
        self.init(GlobalType(type, isMutable: isMutable), definition: definition, store: store.core)
    }

    public var value: Value { Value(slot: precast_slot(bits: definition.pointee.bits), type: type.valueType, store: store) }

    /// Sets the value. False when the global is immutable, or the value of another type or store.
    @discardableResult
    public func set(_ value: Value) -> Bool {
        guard type.isMutable, value.fits(type.valueType, store), let slot = value.slot(in: store) else { return false }
        definition.pointee.bits = slot.bits
        return true
    }
}
