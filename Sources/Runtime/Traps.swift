public import PrecastArtifactFormat
import CLoaderSupport
import CRuntimeABI

/// Why compiled code stopped, and where.
public struct Trap: Error, Sendable, CustomStringConvertible {
    public let code: TrapCode
    /// The compiled frames, innermost first.
    public let backtrace: Backtrace
    /// For a faulting memory access: the guest address it named, and how many bytes the memory had.
    public let access: Access?

    public struct Access: Hashable, Sendable {
        public let address: Int64
        public let memoryBytes: UInt64
    }

    init(_ code: TrapCode, backtrace: Backtrace, access: Access? = nil) {
        self.code = code
        self.backtrace = backtrace
        self.access = access
    }

    /// The specification's words.
    public var message: String { code.message }

    /// Message, the access if there is one, and the backtrace, on several lines.
    public var description: String {
        var text = "wasm trap: " + message
        if let access { text += " (address \(access.address), the memory has \(access.memoryBytes) bytes)" }
        return text + backtrace.suffix
    }
}

extension StoreCore {
    /// What the report of a call that did not return says. `status` is `precast_enter`'s.
    @usableFromInline
    func failure(_ status: UInt32) -> CallError {
        guard status == PRECAST_ENTER_TRAPPED else { return .resource(ResourceError(.signalStack, bytes: 64 << 10)) }
        let backtrace = state.withReport { Backtrace($0) }
        let number = state.pointee.report.code
        let code = UInt8(exactly: number).flatMap { TrapCode(rawValue: $0) } ?? .unreachable
        if code == .uncaughtException, let exception = takePendingException() { return .exception(exception, backtrace) }
        if code == .hostError, let error = pendingError {
            pendingError = nil
            if case .rethrown(let trap) = error {
                // Of the trap itself nothing is recorded any more.
                if let recording = UnsafeMutablePointer<precast_recording>(bitPattern: UInt(state.pointee.recording)) { recording.pointee.used = 0 }
                return .trap(trap)
            }
            return .host(error, backtrace)
        }
        return .trap(Trap(code, backtrace: backtrace, access: access(at: state.pointee.report.address)))
    }

    /// What a host function that the host itself called failed with.
    func hostFailure() -> CallError {
        let number = state.pointee.context.pending_trap
        state.pointee.context.pending_trap = 0
        if let exception = takePendingException() { return .exception(exception, Backtrace()) }
        if let error = pendingError {
            pendingError = nil
            if case .rethrown(let trap) = error { return .trap(trap) }
            return .host(error, Backtrace())
        }
        return .trap(Trap(UInt8(exactly: number).flatMap { TrapCode(rawValue: $0) } ?? .hostError, backtrace: Backtrace()))
    }

    private func access(at address: UInt64) -> Trap.Access? {
        guard let regions = UnsafePointer<precast_region>(bitPattern: UInt(state.pointee.regions)) else { return nil }
        for index in 0..<Int(state.pointee.region_count) where address >= regions[index].start && address < regions[index].end {
            guard let memory = UnsafePointer<precast_memory>(bitPattern: UInt(regions[index].memory)) else { return nil }
            return Trap.Access(address: Int64(bitPattern: address &- memory.pointee.base), memoryBytes: precast_memory_length(memory))
        }
        return nil
    }
}

extension UnsafeMutablePointer where Pointee == precast_store_state {
    func withReport<R>(_ body: (UnsafePointer<precast_report>) -> R) -> R {
        withUnsafePointer(to: &pointee.report) { body($0) }
    }
}
