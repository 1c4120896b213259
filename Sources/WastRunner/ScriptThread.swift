import CScriptSupport
import Dispatch
import PrecastScriptHost
import PrecastWasmText
import Synchronization

/// A thread of a script: it runs commands of its own.
final class ScriptThread: @unchecked Sendable {
    private let runner: ScriptRunner
    private let commands: [ScriptCommand]
    private let end = DispatchSemaphore(value: 0)

    /// Starts it.
    init(_ runner: ScriptRunner, _ commands: [ScriptCommand]) {
        self.runner = runner
        self.commands = commands
        if !startThread({ self.run() }) { run() }
    }

    private func run() {
        runner.run(commands)
        runner.finish()
        end.signal()
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
    @Sendable func work() {
        while let index = queue.next() { body(index) }
        end.leave()
    }
    for _ in 0..<max(1, min(threads, count)) {
        end.enter()
        if !startThread(work) { work() }
    }
    end.wait()
}

/// The numbers below a count, handed out once each.
private final class WorkQueue: Sendable {
    private let count: Int
    private let position = Atomic(0)

    init(_ count: Int) { self.count = count }

    func next() -> Int? {
        let index = position.add(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }
}

/// Runs `body` on a thread of its own, with the stack that scripts need. Returns whether the system has one to give.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    let context = Unmanaged.passRetained(ThreadBody(body))
    let error = precast_thread_start({ context in
        if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
    }, context.toOpaque(), UInt64(scriptStackSize))
    if error != 0 { context.release() }
    return error == 0
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
