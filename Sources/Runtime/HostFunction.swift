public import CLoaderSupport
public import CRuntimeABI
import PrecastArtifactFormat
public import PrecastWasmTypes

/// A function of the host that compiled code can call, of any store.
///
/// Compiled code reaches it through the importing module's host trampoline: one C call with a slot array, from there one
/// closure call. Nothing is allocated or retained on the way.
public final class HostFunction {
    /// Called with the store, the calling instance (nil when the host calls), and the slots: arguments in, results out.
    /// Nonzero: the call failed, and ``fail(_:_:)`` recorded why.
    public typealias Body = (UnsafeMutablePointer<precast_store_state>, UnsafeMutablePointer<precast_vmctx>?,
                             UnsafeMutablePointer<precast_slot>) -> UInt64

    public let type: FunctionType
    @usableFromInline let body: Body
    /// What an import's context points to. Lives as long as this object.
    let record: UnsafeMutablePointer<precast_host_function>

    /// The general form; the typed initializers are built on it.
    public init(_ type: FunctionType, body: @escaping Body) {
        self.type = type
        self.body = body
        record = .allocate(capacity: 1)
        let code: @convention(c) (UnsafeMutableRawPointer, UnsafeMutablePointer<precast_vmctx>, UnsafeMutablePointer<precast_slot>) -> UInt64
            = enterHostFunction
        record.initialize(to: precast_host_function(
            function: UInt64(UInt(bitPattern: unsafeBitCast(code, to: UnsafeRawPointer.self))),
            environment: UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()))))
    }

    deinit { record.deallocate() }

    /// Records that a host function failed; returns what its body must then return.
    public static func fail(_ state: UnsafeMutablePointer<precast_store_state>, _ error: HostError) -> UInt64 {
        if case .trap(let code) = error {
            state.pointee.context.pending_trap = UInt64(code.rawValue)
        } else if case .exception(let exception) = error {
            let store = StoreCore.of(state)
            if !store.setPending(exception) { return fail(state, .failure("an exception that this store cannot throw")) }
        } else {
            StoreCore.of(state).pendingError = error
            state.pointee.context.pending_trap = UInt64(TrapCode.hostError.rawValue)
        }
        return 1
    }

    /// The host function behind a function reference's context.
    static func behind(_ context: UInt64) -> HostFunction? {
        guard let record = UnsafePointer<precast_host_function>(bitPattern: UInt(context)),
              let environment = UnsafeRawPointer(bitPattern: UInt(precast_host_environment(record))) else { return nil }
        return Unmanaged<HostFunction>.fromOpaque(environment).takeUnretainedValue()
    }

    /// A host function over values, for types known only at run time. It allocates arrays; prefer the typed forms.
    ///
    /// Results that do not fit `type` make the call fail.
    public convenience init<T>(_ type: FunctionType, _ body: @escaping (borrowing Caller<T>, [Value]) throws(HostError) -> [Value]) {
        self.init(type) { state, context, slots in
            let caller = Caller<T>(state: state, context: context)
            let store = StoreCore.of(state)
            var arguments: [Value] = []
            arguments.reserveCapacity(type.parameters.count)
            for index in type.parameters.indices {
                arguments.append(Value(slot: slots[index], type: type.parameters[index], store: store))
            }
            do throws(HostError) {
                let results = try body(caller, arguments)
                guard results.count == type.results.count else {
                    throw .failure("host function returned \(results.count) results, its type has \(type.results.count)")
                }
                for index in results.indices {
                    guard results[index].fits(type.results[index], store), let slot = results[index].slot(in: store) else {
                        throw .failure("host function's result \(index) does not fit its type " + type.results[index].description)
                    }
                    slots[index] = slot
                }
                return 0
            } catch {
                return HostFunction.fail(state, error)
            }
        }
    }
}

/// What a host trampoline calls. The module that imports the function keeps the object alive.
private func enterHostFunction(_ environment: UnsafeMutableRawPointer, _ caller: UnsafeMutablePointer<precast_vmctx>,
                               _ slots: UnsafeMutablePointer<precast_slot>) -> UInt64 {
    let state = UnsafeMutablePointer<precast_store_state>(bitPattern: UInt(caller.pointee.store)).unsafelyUnwrapped
    return Unmanaged<HostFunction>.fromOpaque(environment)._withUnsafeGuaranteedRef { $0.body(state, caller, slots) }
}
