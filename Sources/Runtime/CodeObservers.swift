import CLoaderSupport
import PrecastArtifactFormat
import Synchronization

/// Who is told of loaded code besides the handlers of traps. Nobody needs to be: Precast's own backtraces and exceptions do without, `perf` knows
/// artifacts that are mapped from files, and gdb walks frames by their pointers.
public struct CodeObservers: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The system unwinder (`__register_frame`): `backtrace()`, `_Unwind_Backtrace` and exceptions of the host find their way through compiled frames.
    /// It sorts the module's table at its next use.
    public static var systemUnwinder: CodeObservers { CodeObservers(rawValue: 1) }
    /// gdb and lldb, through GDB's JIT interface: functions, unwinding and, where the artifact or its debug file has it, debug information. They get a copy of both
    /// files in memory. A debug file is found as gdb finds it, and used if it has the artifact's build id.
    public static var debugger: CodeObservers { CodeObservers(rawValue: 2) }
    #if !hasFeature(Embedded)
    /// perf, by `/tmp/perf-PID.map`.
    public static var perfMap: CodeObservers { CodeObservers(rawValue: 4) }
    /// perf, by `jit-PID.dump` in the current folder, for `perf inject --jit`.
    public static var jitDump: CodeObservers { CodeObservers(rawValue: 8) }
    /// VTune, where the environment variable `INTEL_JIT_PROFILER64` names its library.
    public static var vtune: CodeObservers { CodeObservers(rawValue: 16) }
    #endif
}

/// Whom a module was made known to.
struct Announcements: ~Copyable {
    private let told = Atomic<UInt32>(0)
    private let debugger = Atomic<UInt64>(0)
    private let frames = Atomic<UInt64>(0)

    init() {}

    /// Makes `module` known to those of `observers` who have not been told yet.
    borrowing func announce(_ module: LoadedModule, to observers: CodeObservers) throws(LoadError) {
        let before = told.bitwiseOr(observers.rawValue, ordering: .acquiringAndReleasing).oldValue
        let new = observers.subtracting(CodeObservers(rawValue: before))
        if new.isEmpty || module.textBytes == 0 { return }
        if new.contains(.systemUnwinder) { try announceFrames(module) }
        let image = module.image
        if new.contains(.debugger) {
            var handle: UInt64 = 0
            try check(precast_debugger_add(image.file, image.fileOffset, image.base, &handle), "debuggers")
            debugger.store(handle, ordering: .releasing)
        }
        #if !hasFeature(Embedded)
        for (observer, kind, name) in [
            (CodeObservers.perfMap, PRECAST_PROFILER_MAP, "perf's map"), (.jitDump, PRECAST_PROFILER_DUMP, "perf's dump"), (.vtune, PRECAST_PROFILER_VTUNE, "VTune"),
        ] where new.contains(observer) {
            try check(precast_profiler_add(image.file, image.fileOffset, image.base, module.text, module.textBytes, UInt32(kind)), name)
        }
        #endif
    }

    private borrowing func announceFrames(_ module: LoadedModule) throws(LoadError) {
        let section: UnsafeRawBufferPointer
        do throws(ArtifactError) { section = try module.image.view.region(.unwind) } catch { throw .artifact(error) }
        // The unwinder reads up to a zero length.
        guard section.count >= 4, section.suffix(4).allSatisfy({ $0 == 0 }) else { throw .artifact(.invalid(field: "end of the unwind table", found: UInt64(section.count))) }
        let address = UInt64(UInt(bitPattern: section.baseAddress))
        try check(precast_unwinder_add(address), "the system unwinder")
        frames.store(address, ordering: .releasing)
    }

    private borrowing func check(_ error: Int32, _ observer: String) throws(LoadError) {
        if error != 0 { throw .observer(observer, errorNumber: -error) }
    }

    /// The contrary. Nobody runs or announces the module any more.
    borrowing func withdraw() {
        let (handle, address) = (debugger.load(ordering: .acquiring), frames.load(ordering: .acquiring))
        if handle != 0 { precast_debugger_remove(handle) }
        if address != 0 { precast_unwinder_remove(address) }
    }
}
