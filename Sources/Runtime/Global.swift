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
    public init?<T>(_ value: Value, isMutable: Bool, in store: Store<T>) {
        guard let slot = value.slot(in: store.core) else { return nil }
        let definition = UnsafeMutablePointer<precast_global>.allocate(capacity: 1)
        definition.initialize(to: precast_global(bits: slot.bits))
        store.core.hostGlobals.append(definition)
        self.init(GlobalType(value.type, isMutable: isMutable), definition: definition, store: store.core)
    }

    public var value: Value { Value(slot: precast_slot(bits: definition.pointee.bits), type: type.valueType, store: store) }

    /// Sets the value. False when the global is immutable, or the value of another type or store.
    @discardableResult
    public func set(_ value: Value) -> Bool {
        guard type.isMutable, value.type == type.valueType, let slot = value.slot(in: store) else { return false }
        definition.pointee.bits = slot.bits
        return true
    }
}
