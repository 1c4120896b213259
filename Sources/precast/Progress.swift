import Foundation

/// A line on a terminal that says how far a compilation is.
final class Progress: @unchecked Sendable {
    private let isShown: Bool
    private let lock = NSLock()
    private var lastPercent = -1

    /// Shown for inputs that take a while, and where somebody may look at it.
    init(inputSize: Int) { isShown = isatty(STDERR_FILENO) == 1 && inputSize > 1 << 20 }

    func update(_ done: Int, _ total: Int) {
        if !isShown { return }
        lock.lock()
        defer { lock.unlock() }
        let percent = done * 100 / max(1, total)
        if percent <= lastPercent { return }
        lastPercent = percent
        FileHandle.standardError.write(Data("\rcompiling: \(percent) % (\(done) of \(total) functions)".utf8))
    }
    func clear() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
    }
}
