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

    /// What is at an offset of the module's binary, innermost first; where nothing is known, what the module's text has there, if asked for.
    func frames(at offset: UInt32, orText: Bool = false) -> [SourceFrame] {
        state.withLock { state in
            let map: SourceMap?
            if case .read(let known) = state { map = known } else { map = make() }
            state = .read(map)
            return (orText ? map?.framesOrText(at: offset) : map?.frames(at: offset)) ?? []
        }
    }
}

/// The report of a trap with what the module's debug information says of its frames.
func explained(_ report: String, _ source: DeferredSourceMap) -> String {
    symbolicated(report) { group in group.map { frame in frame.wasmOffset.map { source.frames(at: $0, orText: true) } ?? [] } }
}
