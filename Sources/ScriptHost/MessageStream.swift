import CLoaderSupport
import CScriptSupport

/// Why no message comes.
public enum StreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The other end is gone.
    case ended
    case timedOut
    case malformed(String)

    public var description: String {
        switch self {
        case .ended: "the other end is gone"
        case .timedOut: "no answer in time"
        case .malformed(let text): text
        }
    }
}

/// Messages over a pair of descriptors, in channels: what the two ends of a script host's connection have in common.
///
/// A message is its length (32 bits, little-endian, of what follows), the channel (32 bits) and its body. Any thread may send, and each
/// channel has one thread that receives. Nobody reads on behalf of the others: of the threads that wait for a message one reads, and hands over what is not for it.
public final class MessageStream: @unchecked Sendable {
    /// The most bytes that a message may have.
    public static let byteLimit = 256 << 20

    private let input: Int32
    private let output: Int32
    /// Guards what follows.
    private let monitor: OpaquePointer
    private let writing: OpaquePointer
    /// Messages that came for a channel, and were not taken yet. Channels that are not open have no entry.
    private var mailboxes: [UInt32: [[UInt8]]] = [0: []]
    private var isReading = false
    private var failure: StreamError?

    /// A stream with channel 0 open. Nil where there is no memory.
    public init?(input: Int32, output: Int32) {
        guard let monitor = precast_monitor_create() else { return nil }
        guard let writing = precast_lock_create() else {
            precast_monitor_destroy(monitor)
            return nil
        }
        self.input = input
        self.output = output
        self.monitor = monitor
        self.writing = writing
    }
    deinit {
        precast_monitor_destroy(monitor)
        precast_lock_destroy(writing)
    }

    /// Opens a channel. False where it is open.
    public func open(_ channel: UInt32) -> Bool {
        precast_monitor_enter(monitor)
        defer { precast_monitor_leave(monitor) }
        if mailboxes[channel] != nil { return false }
        mailboxes[channel] = []
        return true
    }

    public func close(_ channel: UInt32) {
        precast_monitor_enter(monitor)
        mailboxes[channel] = nil
        precast_monitor_leave(monitor)
    }

    // MARK: Sending

    public func send(_ body: [UInt8], to channel: UInt32) throws(StreamError) {
        guard body.count <= Self.byteLimit else { throw .malformed("a message of \(body.count) bytes is too long") }
        var header = MessageWriter()
        header.write(UInt32(truncatingIfNeeded: body.count + 4))
        header.write(channel)
        let bytes = header.bytes + body
        precast_lock_acquire(writing)
        let error = bytes.withUnsafeBytes { bytes in bytes.baseAddress.map { precast_write(output, $0, UInt64(bytes.count)) } ?? 0 }
        precast_lock_release(writing)
        if error != 0 { throw .ended }
    }

    // MARK: Receiving

    /// The next message for a channel. Waits for it until `deadline`, in nanoseconds of the monotonic clock; nil: for ever.
    public func receive(from channel: UInt32, deadline: UInt64? = nil) throws(StreamError) -> [UInt8] {
        let deadline = deadline ?? PRECAST_NEVER
        precast_monitor_enter(monitor)
        defer { precast_monitor_leave(monitor) }
        while true {
            if let message = take(from: channel) { return message }
            if let failure { throw failure }
            if isReading {
                precast_monitor_wait(monitor, deadline)
                if precast_monotonic_nanoseconds() > deadline { throw .timedOut }
                continue
            }
            isReading = true
            precast_monitor_leave(monitor)
            do throws(StreamError) {
                let (channel, body) = try read(deadline)
                precast_monitor_enter(monitor)
                if mailboxes[channel] == nil {
                    failure = .malformed("a message for channel \(channel), which is not open")
                } else {
                    mailboxes[channel]?.append(body)
                }
            } catch {
                precast_monitor_enter(monitor)
                failure = error
            }
            isReading = false
            precast_monitor_wake_all(monitor)
        }
    }

    private func take(from channel: UInt32) -> [UInt8]? {
        guard let waiting = mailboxes[channel], !waiting.isEmpty else { return nil }
        return mailboxes[channel]?.removeFirst()
    }

    private func read(_ deadline: UInt64) throws(StreamError) -> (channel: UInt32, body: [UInt8]) {
        let header = try read(8, deadline, isStart: true)
        let count = word(header, 0)
        guard count >= 4, count - 4 <= UInt32(Self.byteLimit) else { throw .malformed("a message of \(count) bytes") }
        return (word(header, 4), try read(Int(count) - 4, deadline, isStart: false))
    }

    private func read(_ count: Int, _ deadline: UInt64, isStart: Bool) throws(StreamError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let done = bytes.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { precast_read_stream(input, $0, UInt64(count), deadline) } ?? 0 }
        if done == Int64(count) { return bytes }
        if done == -Int64(precast_error_timed_out()) { throw .timedOut }
        if isStart && done <= 0 { throw .ended }
        throw .malformed("the stream ended within a message")
    }

    private func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[offset + index]) << UInt32(8 * index) }
        return value
    }
}
