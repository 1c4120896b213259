public import PrecastRuntime
import PrecastWasmTypes

extension Linker {
    /// Defines the functions of `wasi_snapshot_preview1`. `context` finds a store's WASI in the store's data.
    ///
    /// Calls see the memory that the calling instance exports as `memory`; without one, every pointer is out of bounds. A guest that
    /// exits ends its call with ``HostError/exit(_:)``; the process goes on.
    ///
    /// - Throws: ``LinkError/duplicateDefinition(module:name:)``.
    public func defineWASI(_ context: @escaping (T) -> WASIContext) throws(LinkError) {
        for function in WASIFunction.all { try define(WASIFunction.module, function.name, hostFunction(function, context)) }
    }

    private func hostFunction(_ function: WASIFunction, _ context: @escaping (T) -> WASIContext) -> HostFunction {
        HostFunction(function.type) { state, calling, slots in
            assert(MemoryLayout.stride(ofValue: slots[0]) == WASIArguments.stride)
            let caller = Caller<T>(state: state, context: calling)
            let memory = caller.memory?.withUnsafeMutableBytes { GuestMemory($0) } ?? GuestMemory(UnsafeMutableRawBufferPointer(start: nil, count: 0))
            switch function(context(caller.data), memory, WASIArguments(slots)) {
            case .returned(let errno):
                slots[0] = UInt32(errno.rawValue).slot
                return 0
            case .exit(let code):
                return HostFunction.fail(state, .exit(code))
            }
        }
    }
}

extension WASIFunction {
    var type: FunctionType {
        let types = parameters.withUTF8Buffer { $0.map { $0 == UInt8(ascii: "I") ? ValueType.i64 : .i32 } }
        return FunctionType(parameters: types, results: hasResult ? [.i32] : [])
    }
}
