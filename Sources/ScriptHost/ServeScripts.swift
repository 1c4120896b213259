import CScriptSupport
import PrecastRuntime

/// The stack of a thread that runs scripts, in bytes: more than the deepest recursion that scripts expect to succeed.
public let scriptStackSize = 16 << 20

/// Answers requests until the stream ends, channel 0 on a thread of its own as all others.
///
/// - Throws: ``StreamError/malformed(_:)`` when the other end does not speak the protocol. A request that cannot be read, in a message that can, is answered by a failure.
public func serveScripts(_ stream: MessageStream) throws(StreamError) {
    let worker = ChannelWorker(stream, 0, nil)
    let context = Unmanaged.passRetained(worker)
    defer { context.release() }
    guard precast_thread_run(runWorker, context.toOpaque(), UInt64(scriptStackSize)) == 0 else { throw .malformed("no thread to run scripts on") }
    switch worker.failure {
    case nil, .ended: return
    case let failure?: throw failure
    }
}

private func runWorker(_ context: UnsafeMutableRawPointer?) {
    if let context { Unmanaged<ChannelWorker>.fromOpaque(context).takeUnretainedValue().run() }
}

private func runDetachedWorker(_ context: UnsafeMutableRawPointer?) {
    if let context { Unmanaged<ChannelWorker>.fromOpaque(context).takeRetainedValue().run() }
}

/// What serves a channel: its store, and the loop that answers.
private final class ChannelWorker {
    private let stream: MessageStream
    private let channel: UInt32
    private var store: ScriptStore?
    private(set) var failure: StreamError?

    init(_ stream: MessageStream, _ channel: UInt32, _ store: ScriptStore?) {
        self.stream = stream
        self.channel = channel
        self.store = store
    }

    func run() {
        do throws(StreamError) {
            var goesOn = true
            while goesOn {
                let message = try stream.receive(from: channel)
                let answer: ScriptAnswer
                do throws(MalformedMessage) {
                    let request = try HostRequest(message: message)
                    answer = self.answer(request)
                    if case .end = request { goesOn = false }
                } catch {
                    answer = .failure(error.description)
                }
                if !goesOn { stream.close(channel) }
                try stream.send(answer.message, to: channel)
            }
        } catch {
            failure = error
        }
    }

    private func answer(_ request: HostRequest) -> ScriptAnswer {
        switch request {
        case .hello: return .ready(version: HostRequest.protocolVersion)
        case .end: return .done
        case .reset: return reset()
        case .thread(let channel, let instances): return startThread(channel, instances)
        case .store(let request): return store?.answer(request) ?? .failure("the channel has no store: reset it first")
        }
    }

    private func reset() -> ScriptAnswer {
        // Emulators keep book of every page that is mapped: the next script takes over the memories' address space.
        let engine = store?.engine
        store = nil
        do throws(ScriptStoreError) {
            store = if let engine { try ScriptStore(engine) } else { try ScriptStore() }
            return .done
        } catch {
            return .failure(error.description)
        }
    }

    private func startThread(_ channel: UInt32, _ instances: [UInt32]) -> ScriptAnswer {
        guard let store else { return .failure("the channel has no store: reset it first") }
        do throws(ScriptStoreError) {
            let shared = try store.sharing(instances)
            guard stream.open(channel) else { return .failure("channel \(channel) is open") }
            let worker = Unmanaged.passRetained(ChannelWorker(stream, channel, shared))
            if precast_thread_start(runDetachedWorker, worker.toOpaque(), UInt64(scriptStackSize)) == 0 { return .done }
            worker.release()
            stream.close(channel)
            return .failure("no thread for channel \(channel)")
        } catch {
            return .failure(error.description)
        }
    }
}
