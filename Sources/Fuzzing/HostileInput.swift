import Foundation
import PrecastArtifactFormat
import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import PrecastWastRunner
import Synchronization

/// What is spoiled and then fed to the toolchain.
public enum HostileKind: String, CaseIterable, Sendable {
    /// Modules in the binary format: decoded, validated and, if still valid, compiled and printed.
    case binary
    /// Modules in the text format: parsed and, if still well formed, validated and printed.
    case text
    /// Scripts: parsed and run.
    case script
    /// Artifacts, and containers of two of them: opened, all tables checked and walked.
    case artifact
    /// Modules with debug information, of which only that is spoiled: compiled with it, which has to succeed. Begins with files only.
    case debug
}

/// Feeds spoiled input to the toolchain, and watches time and memory: an error is fine; a crash, a hang or much memory is not.
public final class HostileCampaign {
    /// Seconds for one input; the process ends with a message when one takes longer.
    public static let timeLimit = 60
    /// Peak memory that one input may add: `fixed` bytes and `multiple` bytes for each byte of it.
    public static let memoryBound = (fixed: 64 << 20, multiple: 1000)

    public struct Summary: Sendable {
        public var refused = 0
        public var accepted = 0
        public var largestInput = 0
        /// Bytes that peak memory grew by, and for which seed.
        public var largestGrowth: (bytes: Int, seed: UInt64) = (0, 0)
        /// Processor time, and for which seed.
        public var slowest: (milliseconds: Int, seed: UInt64) = (0, 0)
        /// Seeds of inputs that took more memory than the bound.
        public var overBound: [UInt64] = []
        /// Seeds of inputs that were refused and must not be.
        public var wronglyRefused: [UInt64] = []
    }

    public private(set) var summary = Summary()
    private let kind: HostileKind
    private var corpus: [[UInt8]]
    private let compilers: [Compiler]
    private let watchdog = Watchdog()

    /// - Parameter files: beginnings of mutations, besides generated modules.
    public init(_ kind: HostileKind, files: [String]) throws {
        self.kind = kind
        compilers = try [OptimizationLevel.none, .standard].map { level in
            var configuration = CompilerConfiguration()
            configuration.features = .all
            configuration.optimizationLevel = level
            configuration.debugInformation = kind == .debug
            return try Compiler(configuration)
        }
        corpus = try files.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
        try addGenerated()
        if corpus.isEmpty { throw FuzzingError("no file to begin with: name some") }
    }

    private func addGenerated() throws {
        if kind == .script || kind == .debug { return }
        var all = Generator(features: .all), implemented = Generator(features: .implemented)
        for seed in 0..<60 as Range<UInt64> {
            switch kind {
            case .binary: corpus.append((seed % 2 == 0 ? all.module(seed: seed) : implemented.module(seed: seed)).encode())
            case .text: corpus.append(try printModule(all.module(seed: seed).encode(), PrintOptions(isFolded: seed % 2 == 0)))
            default: corpus.append(try artifact(implemented.module(seed: seed).encode(), compilers[Int(seed % 2)], inContainer: seed % 4 == 3))
            }
        }
    }

    private func artifact(_ module: [UInt8], _ compiler: Compiler, inContainer: Bool) throws -> [UInt8] {
        guard inContainer else { return try compiler.compile(module) }
        return try compiler.compile(module, for: [.host, try Target(cpu: "native")])
    }

    /// The input of a seed.
    public func input(seed: UInt64) -> [UInt8] {
        var mutator = Mutator(seed: seed)
        let start = corpus[mutator.random.below(corpus.count)], other = corpus[mutator.random.below(corpus.count)]
        if kind == .debug { return mutator.mutateDebugSections(start, other: other) }
        return kind == .binary || kind == .artifact ? mutator.mutate(start, other: other) : mutator.mutateText(start, other: other)
    }

    /// Runs the inputs of the seeds.
    public func run(seeds: Range<UInt64>) {
        for seed in seeds {
            let input = input(seed: seed)
            watchdog.begin("\(kind.rawValue), seed \(seed)")
            PeakMemory.reset()
            let before = PeakMemory.current, start = processorMilliseconds()
            if accepts(input, seed) { summary.accepted += 1 } else {
                summary.refused += 1
                if kind == .debug { summary.wronglyRefused.append(seed) }
            }
            let milliseconds = processorMilliseconds() - start, growth = PeakMemory.peak - before
            watchdog.end()
            summary.largestInput = max(summary.largestInput, input.count)
            if milliseconds > summary.slowest.milliseconds { summary.slowest = (milliseconds, seed) }
            if growth > summary.largestGrowth.bytes { summary.largestGrowth = (growth, seed) }
            if growth > Self.memoryBound.fixed + Self.memoryBound.multiple * input.count { summary.overBound.append(seed) }
        }
    }

    /// Whether nothing refuses the input.
    private func accepts(_ input: [UInt8], _ seed: UInt64) -> Bool {
        switch kind {
        case .binary:
            let printed = try? printModule(input)
            let isValid = (try? compilers[0].validate(input)) != nil
            _ = try? compilers[Int(seed % 2)].compile(input)
            return isValid && printed != nil
        case .text:
            guard let binary = try? parseText(input) else { return false }
            _ = try? printModule(binary)
            return (try? compilers[0].validate(binary)) != nil
        case .script: return runScript(input, name: "mutated", compiler: compilers[Int(seed % 2)], skips: SkipList()).failed == 0
        case .artifact: return open(input)
        case .debug: return (try? compilers[Int(seed % 2)].compile(input)) != nil
        }
    }

    private func open(_ bytes: [UInt8]) -> Bool {
        guard let image = try? ArtifactImage.open(copying: bytes, trust: .vouched), let loaded = try? LoadedModule(image) else { return false }
        for function in 0..<64 as Range<UInt32> { _ = loaded.functionName(function) }
        guard let engine = try? Engine(), (try? Module(engine, loaded)) != nil else { return false }
        return artifacts(in: bytes).allSatisfy { range in
            bytes.withUnsafeBytes { bytes in
                guard let view = try? ArtifactView(image: UnsafeRawBufferPointer(rebasing: bytes[range])) else { return false }
                return (try? verifyTables(view)) != nil
            }
        }
    }

    /// Where the artifacts of a file are.
    private func artifacts(in bytes: [UInt8]) -> [Range<Int>] {
        bytes.withUnsafeBytes { bytes in
            let prefix = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, ArtifactHeader.limit)])
            guard let container = try? Container(prefix: prefix, fileSize: UInt64(bytes.count)) else { return [0..<bytes.count] }
            return container.members.map(\.range)
        }
    }
}

/// What the process has used of processors: a busy machine makes no difference.
private func processorMilliseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}

/// The process's peak of resident memory since the last reset, in bytes.
private enum PeakMemory {
    /// Linux sets the peak back when 5 is written there.
    static func reset() { try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs")) }
    static var current: Int { field("VmRSS:") }
    static var peak: Int { field("VmHWM:") }
    private static func field(_ name: String) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8), let start = status.firstRange(of: name) else { return 0 }
        let digits = status[start.upperBound...].drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber }
        return (Int(digits) ?? 0) * 1024
    }
}

/// Ends the process when an input takes too long.
private final class Watchdog: Sendable {
    private let state = Mutex<(what: String, since: ContinuousClock.Instant)?>(nil)

    init() {
        Thread.detachNewThread { [weak self] in
            while let self {
                self.check()
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }
    func begin(_ what: String) { state.withLock { $0 = (what, .now) } }
    func end() { state.withLock { $0 = nil } }
    private func check() {
        guard let (what, since) = state.withLock({ $0 }), ContinuousClock.now - since > .seconds(HostileCampaign.timeLimit) else { return }
        print("HANG \(what): more than \(HostileCampaign.timeLimit) s")
        exit(3)
    }
}
