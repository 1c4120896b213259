import CLoaderSupport
import CScriptSupport
import Glibc
import PrecastScriptHost
import Synchronization

/// A script host in a process of its own (`precast-script-host`, by way of an emulator or not), which is started anew whenever it ends.
///
/// Belongs to one script at a time; the script's threads may use its executors at the same time. Makes this process ignore SIGPIPE.
public final class RunnerProcess: @unchecked Sendable {
    private let command: [String]
    private let timeout: Double
    private var connection: Connection?

    /// - Parameters:
    ///   - command: the program and its arguments; the program is looked up in `PATH`.
    ///   - timeout: how many seconds an answer may take.
    public init(_ command: [String], timeout: Double) {
        self.command = command
        self.timeout = timeout
        signal(SIGPIPE, SIG_IGN)
    }

    /// An empty store in the process, which takes the place of the one before. Starts the process if it does not run.
    public func executor() throws(RunnerError) -> any ScriptExecutor {
        let connection = try usableConnection()
        let answer = try connection.exchange(.reset, channel: 0)
        guard answer == .done else { throw .unusable(answer.text) }
        return RemoteExecutor(connection, channel: 0)
    }

    /// The process that runs, or a new one.
    private func usableConnection() throws(RunnerError) -> Connection {
        if let connection, connection.isUsable { return connection }
        connection = nil
        let connection = try Connection(command, timeout: timeout)
        let greeting: ScriptAnswer
        do throws(RunnerError) {
            greeting = try connection.exchange(.hello, channel: 0)
        } catch {
            throw .unusable("\(command.joined(separator: " ")): it does not speak like precast-script-host (\(error))")
        }
        guard greeting == .ready(version: HostRequest.protocolVersion) else {
            throw .unusable("\(command.joined(separator: " ")): expected version \(HostRequest.protocolVersion) of the protocol, found \(greeting.text)")
        }
        self.connection = connection
        return connection
    }
}

/// A running process and the messages to and from it.
private final class Connection: @unchecked Sendable {
    private let child: precast_child
    private let stream: MessageStream
    private let timeout: Double
    private struct State {
        var lastChannel: UInt32 = 0
        /// Why it is no good any more; then the process has been ended.
        var failure: RunnerError?
    }
    private let state = Mutex(State())

    init(_ command: [String], timeout: Double) throws(RunnerError) {
        self.timeout = timeout
        let arguments = command.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var child = precast_child()
        let error = precast_child_start(arguments.map { UnsafePointer($0) } + [nil], &child)
        guard error == 0 else { throw .unusable("\(command.joined(separator: " ")): \(String(cString: precast_error_text(error)))") }
        self.child = child
        guard let stream = MessageStream(input: child.output, output: child.input) else { throw .unusable("no memory") }
        self.stream = stream
    }
    deinit {
        if isUsable { _ = end(waiting: 0) }
        precast_close(child.input)
        precast_close(child.output)
    }

    var isUsable: Bool { state.withLock { $0.failure == nil } }

    /// A channel that is not in use; opened.
    func nextChannel() -> UInt32 {
        let channel = state.withLock { state in
            state.lastChannel += 1
            return state.lastChannel
        }
        _ = stream.open(channel)
        return channel
    }

    func close(_ channel: UInt32) { stream.close(channel) }

    func exchange(_ request: HostRequest, channel: UInt32) throws(RunnerError) -> ScriptAnswer {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        do {
            try stream.send(request.message, to: channel)
            let deadline = precast_monotonic_nanoseconds() + UInt64(timeout * 1e9)
            return try ScriptAnswer(message: stream.receive(from: channel, deadline: deadline))
        } catch {
            throw fail(error)
        }
    }

    /// Ends the process. The first error counts: others follow from it.
    private func fail(_ error: any Error) -> RunnerError {
        state.withLock { state in
            if let failure = state.failure { return failure }
            let found: RunnerError
            switch error {
            case StreamError.timedOut:
                _ = end(waiting: 0)
                found = .timedOut(seconds: timeout)
            // A process that broke the stream off is about to end: its status says why.
            case StreamError.ended: found = .ended(end(waiting: 2_000_000_000))
            default:
                _ = end(waiting: 0)
                found = .ended("\(error)")
            }
            state.failure = found
            return found
        }
    }

    /// Ends the process, unless it does so itself within some nanoseconds. Says how it ended.
    private func end(waiting time: UInt64) -> String {
        var signal: Int32 = 0, status: Int32 = 0
        let hasEnded = precast_child_wait(child.pid, precast_monotonic_nanoseconds() + time, &signal, &status) != 0
        precast_child_kill(child.pid)
        if !hasEnded {
            _ = precast_child_wait(child.pid, UInt64.max, &signal, &status)
            return "it closed its output"
        }
        return signal != 0 ? "signal \(signal) (\(String(cString: precast_signal_text(signal))))" : "status \(status)"
    }
}

/// A store in a runner's process, by its channel.
private final class RemoteExecutor: ScriptExecutor {
    private let connection: Connection
    private let channel: UInt32

    init(_ connection: Connection, channel: UInt32) {
        self.connection = connection
        self.channel = channel
    }

    func answer(_ request: ScriptRequest) throws(RunnerError) -> ScriptAnswer { try connection.exchange(.store(request), channel: channel) }

    func sharing(_ instances: [UInt32]) throws(RunnerError) -> any ScriptExecutor {
        let other = connection.nextChannel()
        let answer = try connection.exchange(.thread(channel: other, sharing: instances), channel: channel)
        guard answer == .done else {
            connection.close(other)
            throw .unusable(answer.text)
        }
        return RemoteExecutor(connection, channel: other)
    }

    func end() {
        if channel == 0 { return }
        _ = try? connection.exchange(.end, channel: channel)
        connection.close(channel)
    }
}

/// Runner processes for scripts that run in parallel, each made when there are too few.
public final class RunnerPool: Sendable {
    private let make: @Sendable () -> RunnerProcess
    private let idle = Mutex<[RunnerProcess]>([])

    public init(_ make: @escaping @Sendable () -> RunnerProcess) { self.make = make }

    /// Runs `body` with a process that nobody else uses meanwhile.
    public func withRunner<R>(_ body: (RunnerProcess) -> R) -> R {
        let runner = idle.withLock { $0.popLast() } ?? make()
        defer { idle.withLock { $0.append(runner) } }
        return body(runner)
    }
}
