import Foundation
import PrecastScriptHost
import PrecastWasmText

/// A thread of a script: it runs commands of its own.
final class ScriptThread: @unchecked Sendable {
    private let runner: ScriptRunner
    private let commands: [ScriptCommand]
    private let end = DispatchSemaphore(value: 0)

    /// Starts it.
    init(_ runner: ScriptRunner, _ commands: [ScriptCommand]) {
        self.runner = runner
        self.commands = commands
        let thread = Thread { [self] in
            self.runner.run(self.commands)
            self.runner.finish()
            end.signal()
        }
        thread.stackSize = scriptStackSize
        thread.start()
    }

    /// Waits for its end and gives its tally.
    func join() -> WastResult {
        end.wait()
        return runner.result
    }
}

/// Runs `body` for every index below `count` on several threads; returns when all have ended.
public func runInParallel(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let queue = WorkQueue(count)
    let end = DispatchGroup()
    for _ in 0..<max(1, min(threads, count)) {
        end.enter()
        let thread = Thread {
            while let index = queue.next() { body(index) }
            end.leave()
        }
        thread.stackSize = scriptStackSize
        thread.start()
    }
    end.wait()
}

/// The numbers below a count, handed out once each.
private final class WorkQueue: @unchecked Sendable {
    private let lock = NSLock()
    private let count: Int
    private var position = 0

    init(_ count: Int) { self.count = count }

    func next() -> Int? {
        lock.withLock {
            guard position < count else { return nil }
            defer { position += 1 }
            return position
        }
    }
}
