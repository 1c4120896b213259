import CLoaderSupport
import CRuntimeABI
import PrecastArtifactFormat
import PrecastWasmTypes

/// An exception of WebAssembly: a tag and the values that it carries.
///
/// Host functions throw one as ``HostError/exception(_:)``; one that no handler of a guest takes ends the host's call as
/// ``CallError/exception(_:_:)``. It belongs to the task that its tag's store belongs to.
public struct Exception: @unchecked Sendable {
    public let tag: Tag
    public let payload: [Value]

    /// - Throws: ``HostError/failure(_:)`` naming the value that does not fit the tag.
    public init(_ tag: Tag, _ payload: [Value]) throws(HostError) {
        let parameters = tag.type.parameters
        guard payload.count == parameters.count else {
            throw .failure("an exception with \(payload.count) values, its tag has \(parameters.count)")
        }
        for index in payload.indices where !payload[index].fits(parameters[index], tag.store) {
            throw .failure("value \(index) of an exception: expected \(parameters[index].description), found \(payload[index].type.description)")
        }
        self.tag = tag
        self.payload = payload
    }

    /// Reads the object at `exception`.
    init?(_ exception: UnsafeMutablePointer<precast_exception>, store: StoreCore) {
        guard let tag = Tag(address: exception.pointee.tag, store: store) else { return nil }
        let slots = exception.slots
        self.tag = tag
        payload = tag.type.parameters.indices.map { Value(slot: slots[$0], type: tag.type.parameters[$0], store: store) }
    }

    /// The object that handlers get, or nil where a value belongs to another store or there is no memory.
    func makeObject(in store: StoreCore) -> UnsafeMutablePointer<precast_exception>? {
        guard tag.store === store else { return nil }
        var slots: [precast_slot] = []
        for value in payload {
            guard let slot = value.slot(in: store) else { return nil }
            slots.append(slot)
        }
        guard let object = precast_exception_create(store.state, tag.address) else { return nil }
        for index in slots.indices { object.slots[index] = slots[index] }
        return object
    }
}

extension Exception: CustomStringConvertible {
    /// The values in parentheses, behind the specification's words.
    public var description: String {
        var text = TrapCode.uncaughtException.message
        for index in payload.indices { text += (index == 0 ? " (" : ", ") + payload[index].description }
        return payload.isEmpty ? text : text + ")"
    }
}

/// A reference to an exception that a guest caught with `catch_ref` or `catch_all_ref`. It lives as long as its store.
public struct ExceptionReference {
    let address: UInt64
    let store: StoreCore

    init?(address: UInt64, store: StoreCore) {
        if address == 0 { return nil }
        self.address = address
        self.store = store
    }

    /// What was caught.
    public var exception: Exception? {
        UnsafeMutablePointer<precast_exception>(bitPattern: UInt(address)).flatMap { Exception($0, store: store) }
    }
}

extension UnsafeMutablePointer where Pointee == precast_exception {
    /// What the exception carries follows it.
    fileprivate var slots: UnsafeMutablePointer<precast_slot> {
        UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: precast_slot.self)
    }
}

extension StoreCore {
    /// Makes `exception` what the call of a host function ends with. - Returns: false if it cannot be thrown in this store.
    func setPending(_ exception: Exception) -> Bool {
        guard let object = exception.makeObject(in: self) else { return false }
        state.pointee.pending_exception = UInt64(UInt(bitPattern: object))
        state.pointee.context.pending_trap = UInt64(TrapCode.uncaughtException.rawValue)
        return true
    }

    /// The exception that left compiled code or a host function, which gives up its object.
    func takePendingException() -> Exception? {
        guard let object = UnsafeMutablePointer<precast_exception>(bitPattern: UInt(state.pointee.pending_exception)) else { return nil }
        state.pointee.pending_exception = 0
        let exception = Exception(object, store: self)
        precast_exception_release(object)
        return exception
    }
}
