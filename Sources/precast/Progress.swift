import Glibc
import PrecastGuestRunner
import Synchronization

/// A line on a terminal that says how far a compilation is.
final class Progress: Sendable {
    private let isShown: Bool
    private let lastPercent = Mutex(-1)

    /// Shown for inputs that take a while, and where somebody may look at it.
    init(inputSize: Int) { isShown = isatty(STDERR_FILENO) == 1 && inputSize > 1 << 20 }

    func update(_ done: Int, _ total: Int) {
        if !isShown { return }
        lastPercent.withLock { lastPercent in
            let percent = done * 100 / max(1, total)
            if percent <= lastPercent { return }
            lastPercent = percent
            writeText("\rcompiling: \(percent) % (\(done) of \(total) functions)", to: STDERR_FILENO)
        }
    }
    func clear() {
        if isShown { writeText("\r\u{1b}[K", to: STDERR_FILENO) }
    }
}
