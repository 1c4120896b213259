import Glibc
public import PrecastScriptHost

/// Where a script's modules run: a store in this process, or one in another.
public protocol ScriptExecutor: AnyObject {
    /// Does what is asked. - Throws: ``RunnerError`` when there is no telling, and all that the store had is lost.
    func answer(_ request: ScriptRequest) throws(RunnerError) -> ScriptAnswer
    /// A store that another thread may use while this one is in use, with instances of this one under their numbers.
    func sharing(_ instances: [UInt32]) throws(RunnerError) -> any ScriptExecutor
    /// Ends a store that ``sharing(_:)`` made.
    func end()
}

/// Runs modules in this process.
public final class LocalExecutor: ScriptExecutor {
    private let store: ScriptStore

    /// - Throws: ``RunnerError/unusable(_:)`` where there is no store to be had.
    public init() throws(RunnerError) {
        do throws(ScriptStoreError) { store = try ScriptStore() } catch { throw .unusable(error.description) }
    }
    private init(_ store: ScriptStore) { self.store = store }

    public func answer(_ request: ScriptRequest) -> ScriptAnswer { store.answer(request) }

    public func sharing(_ instances: [UInt32]) throws(RunnerError) -> any ScriptExecutor {
        do throws(ScriptStoreError) { return LocalExecutor(try store.sharing(instances)) } catch { throw .unusable(error.description) }
    }

    public func end() {}
}

/// Why a runner did not answer.
public enum RunnerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The command cannot be started, is no script host, or has no store to give.
    case unusable(String)
    /// The process ended by itself.
    case ended(String)
    case timedOut(seconds: Double)

    public var description: String {
        switch self {
        case .unusable(let text): "the runner cannot be used: \(text)"
        case .ended(let text): "the runner ended: \(text)"
        case .timedOut(let seconds): "the runner did not answer for \(Int(exactly: seconds).map { "\($0)" } ?? "\(seconds)") seconds, and was ended"
        }
    }
}
