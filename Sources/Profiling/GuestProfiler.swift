import CProfiler
import Dispatch
import Glibc
import PrecastArtifactFormat
import PrecastRuntime
import Synchronization

/// Takes samples of guests' stacks while they run: where compiled code is, and which host functions it waits in.
///
/// All threads that run guests are sampled by the CPU time that they take; those that wait are not. Code needs no preparation and does not change. An engine
/// with ``EngineConfiguration/marksHostCalls`` has host functions under their names. One profiler of a process runs at a time. It takes the signal SIGPROF.
/// Modules must stay loaded until ``stop()`` (or for a tenth of a second after they ran).
public final class GuestProfiler: Sendable {
    private let state: Mutex<State>
    private let ended = DispatchSemaphore(value: 0)
    private let isStopping = Atomic<Bool>(false)
    private let interval: UInt64

    private struct State {
        var profile: GuestProfile
        var began: UInt64
        /// The frames at an address, innermost first, by their rows in the profile.
        var known: [UInt64: [Int]] = [:]
        /// Keeps what is known right: addresses of code that was unloaded may come to mean something else.
        var modules: [ObjectIdentifier: LoadedModule] = [:]
        var buffer = [UInt64](repeating: 0, count: Int(PRECAST_SAMPLE_FRAMES))
    }

    /// Frequencies that can be asked for, in samples a second.
    public static let frequencies = 1...10_000
    /// Room for samples that are not read yet: some seconds of them.
    private static let bufferBytes: UInt64 = 16 << 20
    private static let nanosecondsBetweenReadings: UInt64 = 50_000_000

    /// Starts to take samples, `frequency` a second for each thread that runs.
    public init(frequency: Int = 1000) throws(ProfilerError) {
        guard Self.frequencies.contains(frequency) else { throw .frequency(frequency) }
        interval = 1_000_000_000 / UInt64(frequency)
        let error = precast_profiler_start(interval, Self.bufferBytes)
        guard error == 0 else { throw .system(-error) }
        let now = DispatchTime.now().uptimeNanoseconds
        state = Mutex(State(profile: GuestProfile(interval: interval, startTime: Self.millisecondsSince1970), began: now))
        try start()
    }

    private func start() throws(ProfilerError) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let error = pthread_create(&thread, nil, { context in
            if let context { Unmanaged<GuestProfiler>.fromOpaque(context).takeRetainedValue().run() }
            return nil
        }, context.toOpaque())
        guard error == 0 else {
            context.release()
            precast_profiler_stop()
            throw .system(error)
        }
        pthread_detach(thread)
    }

    private static var millisecondsSince1970: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
    }

    /// Ends the profile. A second call returns the same.
    public func stop() -> GuestProfile {
        if !isStopping.exchange(true, ordering: .acquiringAndReleasing) {
            ended.wait()
            precast_profiler_stop()
        }
        return state.withLock { state in
            Self.read(&state)
            if state.profile.duration == 0 { state.profile.duration = DispatchTime.now().uptimeNanoseconds - state.began }
            state.profile.lostCount = precast_profiler_lost()
            return state.profile
        }
    }

    /// Samples read so far.
    public var sampleCount: Int { state.withLock { $0.profile.samples.count } }

    private func run() {
        var next = DispatchTime.now().uptimeNanoseconds, reading = next
        while !isStopping.load(ordering: .acquiring) {
            precast_profiler_tick()
            let now = DispatchTime.now().uptimeNanoseconds
            if now >= reading {
                state.withLock { Self.read(&$0) }
                reading = now + Self.nanosecondsBetweenReadings
            }
            // A thread that was kept from running does not make up for what it missed: samples say what CPU time they stand for.
            next = max(next + interval, now)
            precast_profiler_sleep(next)
        }
        ended.signal()
    }

    private static func read(_ state: inout State) {
        var sample = precast_sample()
        while precast_profiler_read(&sample, &state.buffer) != 0 {
            var stack: [Int] = []
            if sample.flags & PRECAST_SAMPLE_CUT != 0 { stack.append(state.profile.number(of: GuestProfile.Frame(kind: .cut, name: "[cut]"))) }
            for index in (0..<Int(sample.frame_count)).reversed() { stack += frames(state.buffer[index], &state).reversed() }
            let thread = state.profile.thread(sample.thread, isMain: sample.thread == UInt64(getpid()))
            let node = state.profile.node(of: stack)
            let time = sample.time > state.began ? sample.time - state.began : 0
            state.profile.samples.append(GuestProfile.Sample(thread: thread, time: time, cpu: sample.cpu, node: node))
        }
    }

    private static func frames(_ word: UInt64, _ state: inout State) -> [Int] {
        if let known = state.known[word] { return known }
        let frames = word >> 62 == 0 ? guestFrames(word, &state.modules) : [hostFrame(word)]
        let rows = frames.map { state.profile.number(of: $0) }
        state.known[word] = rows
        return rows
    }

    private static func guestFrames(_ address: UInt64, _ modules: inout [ObjectIdentifier: LoadedModule]) -> [GuestProfile.Frame] {
        Backtrace.frames(at: address).map { frame in
            modules[ObjectIdentifier(frame.module)] = frame.module
            return GuestProfile.Frame(
                kind: frame.isInlined ? .inlined : .guest, name: frame.name ?? "function \(frame.functionIndex)",
                functionIndex: frame.functionIndex, wasmOffset: frame.wasmOffset)
        }
    }

    private static func hostFrame(_ word: UInt64) -> GuestProfile.Frame {
        if word >> 63 == 1, let name = HostCallNames.shared.name(word & (1 << 62 - 1)) {
            return GuestProfile.Frame(kind: .host, name: "[host] " + name.name)
        }
        let address = word & (1 << 62 - 1)
        if let builtin = HostCallNames.builtin(at: address) { return GuestProfile.Frame(kind: .host, name: "[host] \(builtin)") }
        var isFunction: UInt32 = 0
        guard let symbol = precast_profiler_symbol(address, &isFunction) else { return GuestProfile.Frame(kind: .host, name: "[host]") }
        let name = String(cString: symbol)
        return GuestProfile.Frame(kind: .host, name: "[host] " + (isFunction != 0 ? name : String(name.split(separator: "/").last ?? "")))
    }
}

/// Why no profile can be taken.
public enum ProfilerError: Error, CustomStringConvertible {
    case frequency(Int)
    /// An errno value.
    case system(Int32)

    public var description: String {
        switch self {
        case .frequency(let found):
            "a profile takes \(GuestProfiler.frequencies.lowerBound) to \(GuestProfiler.frequencies.upperBound) samples a second, not \(found)"
        case .system(EBUSY): "the profiler is at work already, or the process uses the signal SIGPROF itself"
        case .system(let error): "the profiler cannot start: \(String(cString: strerror(error)))"
        }
    }
}
