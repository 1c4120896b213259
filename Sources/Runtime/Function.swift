public import CLoaderSupport
public import CRuntimeABI
public import PrecastWasmTypes

/// A function of a store: compiled, or the host's.
public struct Function {
    /// Its parameters and results. A concrete heap type in it is the number that the engine gave the type, not a module's index.
    public let type: FunctionType
    let store: StoreCore
    /// A `precast_function_reference`; 0 for a host function that no module gave one.
    let reference: UInt64
    let host: HostFunction?

    /// A function of the host.
    public init<T>(_ host: HostFunction, in store: Store<T>) {
        self.init(host, store: store.core)
    }

    init(_ host: HostFunction, store: StoreCore) {
        store.hostFunctions.append(host)
        type = host.type
        self.store = store
        reference = 0
        self.host = host
    }

    /// The function behind a reference that compiled code of `store` uses; nil for the null reference.
    init?(reference: UInt64, store: StoreCore) {
        guard let pointer = UnsafePointer<precast_function_reference>(bitPattern: UInt(reference)) else { return nil }
        guard let type = store.engine.functionType(id: pointer.pointee.type_id) else { return nil }
        self.type = type
        self.store = store
        self.reference = reference
        host = pointer.pointee.function_index == .max ? HostFunction.behind(pointer.pointee.context) : nil
    }

    /// The canonical id of its type, or nil when the engine has no room for it.
    var typeID: UInt32? {
        if let pointer = UnsafePointer<precast_function_reference>(bitPattern: UInt(reference)) { return pointer.pointee.type_id }
        return store.engine.canonicalID(of: type)
    }

    /// The reference for compiled code. A host function gets one as soon as a module of the store can call its type.
    var referenceAddress: UInt64? { reference != 0 ? reference : host.flatMap { store.reference(to: $0) } }

    /// Calls the function. Checks the arguments' types; allocates arrays: prefer ``TypedFunction`` where the type is known.
    public func call(_ arguments: [Value]) throws(CallError) -> [Value] {
        guard arguments.count == type.parameters.count else {
            throw .mismatch("function of type \(type.description) called with \(arguments.count) arguments")
        }
        var slots = [precast_slot](repeating: precast_slot(), count: max(type.parameters.count, type.results.count, 1))
        for index in arguments.indices {
            guard arguments[index].fits(type.parameters[index], store) else {
                throw .mismatch("argument \(index): expected \(type.parameters[index].description), found \(arguments[index].type.description)")
            }
            guard let slot = arguments[index].slot(in: store) else { throw .mismatch("argument \(index) belongs to another store, or no module of the store can call it") }
            slots[index] = slot
        }
        let target = try target()
        try slots.withUnsafeMutableBufferPointer { (slots) throws(CallError) in
            guard let base = slots.baseAddress else { return }
            try target.call(base)
        }
        var results: [Value] = []
        results.reserveCapacity(type.results.count)
        for index in type.results.indices { results.append(Value(slot: slots[index], type: type.results[index], store: store)) }
        return results
    }

    /// What is needed to call it.
    func target() throws(CallError) -> CallTarget {
        if let host { return CallTarget(store: store, host: host) }
        guard let pointer = UnsafePointer<precast_function_reference>(bitPattern: UInt(reference)),
              let context = UnsafeMutablePointer<precast_vmctx>(bitPattern: UInt(pointer.pointee.context)) else {
            throw .mismatch("function without code")
        }
        guard let trampoline = InstanceRecord.of(context).module.entryTrampoline(forType: pointer.pointee.type_id) else {
            throw .mismatch("the artifact has no way in for functions of type " + type.description)
        }
        return CallTarget(store: store, context: context, code: pointer.pointee.code, trampoline: trampoline)
    }
}

/// Everything that a call needs, found once.
public struct CallTarget {
    @usableFromInline let store: StoreCore
    @usableFromInline let state: UnsafeMutablePointer<precast_store_state>
    @usableFromInline let context: UnsafeMutablePointer<precast_vmctx>?
    @usableFromInline let code: UInt64
    @usableFromInline let trampoline: UInt64
    @usableFromInline let host: HostFunction?

    init(store: StoreCore, context: UnsafeMutablePointer<precast_vmctx>, code: UInt64, trampoline: UInt64) {
        self.store = store
        state = store.state
        self.context = context
        self.code = code
        self.trampoline = trampoline
        host = nil
    }

    init(store: StoreCore, host: HostFunction) {
        self.store = store
        state = store.state
        context = nil
        code = 0
        trampoline = 0
        self.host = host
    }

    /// Runs the function: arguments in `slots`, results from `slots[0]` on.
    @inlinable @inline(__always)
    public func call(_ slots: UnsafeMutablePointer<precast_slot>) throws(CallError) {
        guard let context else { return try callHost(slots) }
        let status = precast_enter(context, code, slots, trampoline, state)
        if status != PRECAST_ENTER_RETURNED { throw store.failure(status) }
    }

    @usableFromInline
    func callHost(_ slots: UnsafeMutablePointer<precast_slot>) throws(CallError) {
        if let host, host.body(state, nil, slots) != 0 { throw store.hostFailure() }
    }
}

/// A function whose type has been checked against a Swift signature such as `(Int32, Int64) -> Int32`, for calls that
/// allocate and look up nothing. Made by `Function.typed(as:)` or `Instance.function(_:as:)`.
public struct TypedFunction<Signature> {
    @usableFromInline let target: CallTarget

    /// - Throws: ``CallError/mismatch(_:)`` naming both types.
    public init(_ function: Function, parameters: [ValueType], results: [ValueType]) throws(CallError) {
        let wanted = FunctionType(parameters: parameters, results: results)
        guard function.type == wanted else {
            throw .mismatch("expected a function of type \(wanted.description), found \(function.type.description)")
        }
        target = try function.target()
    }

    @inlinable @inline(__always)
    func call(_ slots: UnsafeMutableRawPointer) throws(CallError) {
        try target.call(slots.assumingMemoryBound(to: precast_slot.self))
    }
}

extension StoreCore {
    /// The reference that compiled code needs for a host function that the host hands out, made on first use. It needs a
    /// module of the store that has a host trampoline of the function's type: nil where none has.
    func reference(to host: HostFunction) -> UInt64? {
        let context = UInt64(UInt(bitPattern: host.record))
        for reference in hostReferences where reference.pointee.context == context { return UInt64(UInt(bitPattern: reference)) }
        guard let id = engine.canonicalID(of: host.type) else { return nil }
        for instance in instances {
            guard let code = instance.module.hostTrampoline(forType: id) else { continue }
            let reference = UnsafeMutablePointer<precast_function_reference>.allocate(capacity: 1)
            reference.initialize(to: precast_function_reference(code: code, context: context, type_id: id, function_index: .max))
            hostReferences.append(reference)
            return UInt64(UInt(bitPattern: reference))
        }
        return nil
    }
}
