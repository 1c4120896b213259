import CLoaderSupport
public import PrecastArtifactFormat

/// What the host code that compiled code calls is named in profiles. Of the whole process; any thread.
public final class HostCallNames: Sendable {
    public static let shared = HostCallNames()
    nonisolated(unsafe) private let lock = precast_lock_create()
    nonisolated(unsafe) private var names = ImportNames()

    private init() {}

    private func locked<R>(_ body: () -> R) -> R {
        guard let lock else { return body() }
        precast_lock_acquire(lock)
        defer { precast_lock_release(lock) }
        return body()
    }

    /// The number of a host function that a module imports under this name: the same one each time.
    func number(of module: String, _ name: String) -> UInt64 {
        locked { UInt64(names.number(of: module, name) ?? names.add(module, name)) }
    }

    /// The name with a number that a mark had (``EngineConfiguration/marksHostCalls``).
    public func name(_ number: UInt64) -> (module: String, name: String)? {
        locked { number < UInt64(names.names.count) ? names.names[Int(number)] : nil }
    }

    /// The builtin whose code starts at `address`.
    public static func builtin(at address: UInt64) -> Builtin? {
        for builtin in Builtin.allCases where address != 0 && builtinTable[Int(builtin.rawValue)] == address { return builtin }
        return nil
    }
}
