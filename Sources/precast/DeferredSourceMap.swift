import PrecastSymbolication
import Synchronization

/// A module's source map, read when it is first needed.
final class DeferredSourceMap: Sendable {
    private enum State {
        case unread
        case read(SourceMap?)
    }
    private let state = Mutex(State.unread)
    private let make: @Sendable () -> SourceMap?

    /// - Parameter make: nil: there is no debug information.
    init(_ make: @escaping @Sendable () -> SourceMap?) { self.make = make }

    /// What is at an offset of the module's binary, innermost first.
    func frames(at offset: UInt32) -> [SourceFrame] {
        state.withLock { state in
            if case .read(let map) = state { return map?.frames(at: offset) ?? [] }
            let map = make()
            state = .read(map)
            return map?.frames(at: offset) ?? []
        }
    }
}

/// The report of a trap with what the module's debug information says of its frames.
func explained(_ report: String, _ source: DeferredSourceMap) -> String {
    symbolicated(report) { group in group.map { frame in frame.wasmOffset.map { source.frames(at: $0) } ?? [] } }
}
