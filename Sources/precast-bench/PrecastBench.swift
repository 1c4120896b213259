import ArgumentParser
import Foundation
import PrecastCompiler
import PrecastRuntime
import PrecastWASI
import PrecastWasmTypes

/// Measures one module: compiling, opening, instantiating, running.
@main struct PrecastBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precast-bench",
        abstract: "Measures what a module costs to compile, open, instantiate and run.",
        discussion: """
            The module's `_start` runs once per repetition, in an instance of its own. If it imports `bench.start` and `bench.end`,
            the time between their calls is its run time, otherwise that of the whole of `_start`. Times are minima over the repetitions;
            open and instantiate are measured warm. Guest output goes to /dev/null.

            Prints one JSON object: module, wasm_bytes, compile_ms, artifact_bytes, open_us, instantiate_us, run_ms, minor_faults, error.
            With --loader: artifact_bytes, open_us, instantiate_us, cycle_us, call_ns, host_call_ns, fault_us, each time as [minimum, median]. For the last
            three the module imports `bench.add` and exports `add`, `loop` and `touch`, as tools/bench --loader has it.
            """)

    @Argument(help: ArgumentHelp("The module.", valueName: "file"))
    var file: String
    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("Arguments of the guest.", valueName: "arguments"))
    var guestArguments: [String] = []
    @Option(name: .long, help: ArgumentHelp("Let the guest use directory HOST[::GUEST].", valueName: "dir"))
    var dir: [String] = []
    @Flag(name: .long, help: "Print JSON (the only form there is).")
    var json = false
    @Flag(name: .long, help: "Measure the loader alone: opening, instances, calls; the module is not run.")
    var loader = false
    @Flag(name: .long, help: "Measure nothing but decoding and validating: prints module, wasm_bytes, validate_ms.")
    var validate = false
    @Option(name: .customLong("repeat"), help: ArgumentHelp("Repetitions of compiling and running.", valueName: "count"))
    var repetitions = 1
    @Option(name: .customShort("O", allowingJoined: true), help: ArgumentHelp("Optimization level.", valueName: "level"))
    var optimization = "2"
    @Option(name: .long, help: ArgumentHelp("The CPU to compile for (default: this one).", valueName: "name"))
    var cpu = "native"
    @Option(name: .customShort("j", allowingJoined: true), help: ArgumentHelp("Threads to compile with.", valueName: "count"))
    var threads: Int?

    func run() throws {
        if loader { return try printLoaderFigures() }
        var measurement = Measurement(module: URL(fileURLWithPath: file).lastPathComponent)
        do {
            try measure(&measurement)
        } catch {
            measurement.error = "\(error)"
        }
        try printJSON(measurement)
        if measurement.error != nil { throw ExitCode(1) }
    }

    private func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    private func printLoaderFigures() throws {
        let artifact = try compiler().compile([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
        let engine = try Engine()
        let linker = try linker(engine)
        try linker.define("bench", "add") { (caller: borrowing Caller<BenchState>, a: Int32, b: Int32) throws(HostError) -> Int32 in a &+ b }
        var measurement = try withFile(artifact) { try LoaderBench.measure($0, engine, linker, state: state) }
        measurement.artifact_bytes = artifact.count
        try printJSON(measurement)
    }

    private func compiler() throws -> Compiler {
        var settings = CompilerConfiguration()
        settings.target = try Target(cpu: cpu)
        guard let level = OptimizationLevel(rawValue: optimization) else { throw BenchError("unknown optimization level '-O\(optimization)'") }
        settings.optimizationLevel = level
        settings.threadCount = threads ?? ProcessInfo.processInfo.activeProcessorCount
        return try Compiler(settings)
    }

    /// Writes an artifact to a file for as long as `body` takes.
    private func withFile<Result>(_ artifact: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("precast-bench-\(getpid()).pwasm").path
        try Data(artifact).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        return try body(path)
    }

    private func measure(_ measurement: inout Measurement) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        measurement.wasm_bytes = bytes.count
        if validate { return try measureValidation(bytes, &measurement) }
        let compiler = try compiler()
        var artifact: [UInt8] = []
        for _ in 0..<max(1, repetitions) {
            let start = now()
            artifact = try compiler.compile(bytes)
            measurement.compile_ms.take(Double(now() - start) / 1e6)
        }
        measurement.artifact_bytes = artifact.count

        try withFile(artifact) { try measureLoadedModule($0, &measurement) }
    }

    private func measureLoadedModule(_ path: String, _ measurement: inout Measurement) throws {
        let engine = try Engine()
        try measureOpening(path, engine, &measurement)
        let module = try Module(engine, path: path, trust: .immutableFile)
        let linker = try self.linker(engine)
        let resolved = try linker.resolve(module)
        try measureInstantiation(resolved, engine, &measurement)
        for _ in 0..<max(1, repetitions) { try runOnce(resolved, engine, &measurement) }
    }

    /// On one thread, whose processor time is measured.
    private func measureValidation(_ bytes: [UInt8], _ measurement: inout Measurement) throws {
        let compiler = try Compiler()
        for _ in 0..<max(1, repetitions) {
            let start = processorTime()
            try compiler.validate(bytes)
            measurement.validate_ms.take(Double(processorTime() - start) / 1e6)
        }
    }

    /// Warm: the file is in the page cache, and the process has opened it before.
    private func measureOpening(_ path: String, _ engine: Engine, _ measurement: inout Measurement) throws {
        for _ in 0..<50 {
            let start = now()
            let image = try ArtifactImage.open(path, trust: .immutableFile)
            measurement.open_us.take(Double(now() - start) / 1e3)
            withExtendedLifetime(image) {}
        }
    }
    private func measureInstantiation(_ resolved: ResolvedModule<BenchState>, _ engine: Engine, _ measurement: inout Measurement) throws {
        for _ in 0..<50 {
            let store = try Store(engine, data: state())
            let start = now()
            let instance = try resolved.instantiate(in: store)
            measurement.instantiate_us.take(Double(now() - start) / 1e3)
            withExtendedLifetime(instance) {}
        }
    }

    private func runOnce(_ resolved: ResolvedModule<BenchState>, _ engine: Engine, _ measurement: inout Measurement) throws {
        let state = try state()
        let store = try Store(engine, data: state)
        let instance = try resolved.instantiate(in: store)
        guard let start = instance.function("_start") else { throw BenchError("the module exports no function _start") }
        let faults = minorFaults()
        let began = now()
        do {
            _ = try start.call([])
        } catch {
            if error.exitCode != 0 { throw error }
        }
        let ended = now()
        let nanoseconds = state.measured ?? ended - began
        measurement.run_ms.take(Double(nanoseconds) / 1e6)
        measurement.minor_faults = minorFaults() - faults
    }

    // MARK: The guest's world

    private func linker(_ engine: Engine) throws -> Linker<BenchState> {
        let linker = Linker<BenchState>(engine)
        try linker.defineWASI { $0.wasi }
        try linker.define("bench", "start") { (caller: borrowing Caller<BenchState>) throws(HostError) in caller.data.start() }
        try linker.define("bench", "end") { (caller: borrowing Caller<BenchState>) throws(HostError) in caller.data.end() }
        return linker
    }
    private func state() throws -> BenchState {
        let preopens = dir.map { Preopen(parsing: Array($0.utf8)) }
        let name = URL(fileURLWithPath: file).lastPathComponent
        var configuration = WASIConfiguration(
            arguments: ([name] + guestArguments).map { Array($0.utf8) }, preopens: preopens)
        configuration.standardOutput = BenchState.null
        configuration.standardError = BenchState.null
        return BenchState(wasi: try WASIContext(configuration))
    }
}

/// What the guest's calls of `bench.start` and `bench.end` say.
final class BenchState {
    static let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    let wasi: WASIContext
    private var began: UInt64 = 0
    private(set) var measured: UInt64?
    init(wasi: WASIContext) { self.wasi = wasi }
    func start() { began = now() }
    func end() { measured = (measured ?? 0) + now() - began }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The output. Names are those of the JSON object.
struct Measurement: Encodable {
    var module: String
    var wasm_bytes = 0
    var compile_ms: Double?
    var validate_ms: Double?
    var artifact_bytes = 0
    var open_us: Double?
    var instantiate_us: Double?
    var run_ms: Double?
    var minor_faults = 0
    var error: String?
    init(module: String) { self.module = module }

    private enum CodingKeys: CodingKey {
        case module, wasm_bytes, compile_ms, validate_ms, artifact_bytes, open_us, instantiate_us, run_ms, minor_faults, error
    }
    /// All keys, with null for what was not measured.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(module, forKey: .module)
        try container.encode(wasm_bytes, forKey: .wasm_bytes)
        try container.encode(compile_ms, forKey: .compile_ms)
        try container.encodeIfPresent(validate_ms, forKey: .validate_ms)
        try container.encode(artifact_bytes, forKey: .artifact_bytes)
        try container.encode(open_us, forKey: .open_us)
        try container.encode(instantiate_us, forKey: .instantiate_us)
        try container.encode(run_ms, forKey: .run_ms)
        try container.encode(minor_faults, forKey: .minor_faults)
        try container.encode(error, forKey: .error)
    }
}

extension Optional<Double> {
    /// Keeps the smaller of what was measured so far and `value`.
    mutating func take(_ value: Double) { self = Swift.min(self ?? .infinity, value) }
}

/// Nanoseconds that this thread has used.
func processorTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
func now() -> UInt64 { clock_gettime_nsec() }
private func clock_gettime_nsec() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
func minorFaults() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_minflt
}
