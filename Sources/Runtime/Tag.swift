import CRuntimeABI
public import PrecastWasmTypes

/// An exception tag of a store: what handlers tell exceptions apart by.
public struct Tag {
    /// The parameters are what exceptions of the tag carry; there are no results.
    public let type: FunctionType
    let definition: UnsafeMutablePointer<precast_tag>
    let store: StoreCore

    init(_ type: FunctionType, definition: UnsafeMutablePointer<precast_tag>, store: StoreCore) {
        self.type = type
        self.definition = definition
        self.store = store
    }

    /// A new tag of the host, for modules to import and for host functions to throw. Nil when the engine has no room for another type.
    public init?<T>(_ parameters: [ValueType], in store: Store<T>) {
        let type = FunctionType(parameters: parameters, results: [])
        guard let id = store.core.engine.canonicalID(of: type) else { return nil }
        let definition = UnsafeMutablePointer<precast_tag>.allocate(capacity: 1)
        definition.initialize(to: precast_tag(slots: UInt64(parameters.count), type_id: id, reserved: 0))
        store.core.hostTags.append(definition)
        self.init(type, definition: definition, store: store.core)
    }

    /// The tag behind the address that an exception has.
    init?(address: UInt64, store: StoreCore) {
        guard let definition = UnsafeMutablePointer<precast_tag>(bitPattern: UInt(address)),
              let type = store.engine.functionType(id: definition.pointee.type_id) else { return nil }
        self.init(type, definition: definition, store: store)
    }

    /// Canonical within the engine.
    var typeID: UInt32 { definition.pointee.type_id }
    var address: UInt64 { UInt64(UInt(bitPattern: definition)) }
}

extension Tag: Equatable {
    /// Whether a handler for one tag takes exceptions of the other.
    public static func == (left: Tag, right: Tag) -> Bool { left.definition == right.definition }
}
