public import PrecastArtifactFormat
public import PrecastISAX86_64
import PrecastOptimizer
public import PrecastWasmModel
public import PrecastWasmTypes

/// A named part of WebAssembly, which ``CompilerConfiguration/features`` may have or lack.
public typealias Feature = PrecastWasmTypes.Feature
public typealias FeatureSet = PrecastWasmTypes.FeatureSet
public typealias UnknownFeature = PrecastWasmTypes.UnknownFeature

/// How much work the compiler puts into code.
public enum OptimizationLevel: String, Sendable, CaseIterable {
    /// No optimization, single-pass register allocation: the shortest compile time.
    case none = "0"
    case less = "1"
    /// The default.
    case standard = "2"
    case aggressive = "3"
    case size = "s"
}

/// A machine to compile for: its triple, CPU and features.
public struct Target: Hashable, Sendable {
    public let machine: Machine
    public let operatingSystem = OperatingSystem.linux
    /// The CPU as asked for.
    public let cpuName: String
    public let features: PrecastArtifactFormat.CPUFeatures

    /// The canonical triple.
    public var triple: String { "\(machine.name)-unknown-\(operatingSystem.name)-gnu" }
    /// The triples that ``init(triple:cpu:features:)`` takes.
    public static let triples = ["x86_64-unknown-linux-gnu"]

    /// What `cpu` may be, the levels from low to high.
    public static var cpuNames: [String] { PrecastISAX86_64.CPUFeatures.levels.map(\.name) + ["native"] }
    /// The names that `features` takes.
    public static var knownFeatureNames: [String] { CPUFeature.allCases.map(\.name) }
    /// The names of ``features``.
    public var featureNames: [String] { features.names(on: machine) }

    /// This machine's architecture with its baseline CPU.
    public static var host: Target { Target(machine: .x86_64, cpuName: baselineCPU, features: .x86_64v2) }
    static let baselineCPU = "x86-64-v2"

    init(machine: Machine, cpuName: String, features: PrecastArtifactFormat.CPUFeatures) {
        self.machine = machine
        self.cpuName = cpuName
        self.features = features
    }

    /// - Parameters:
    ///   - triple: as clang writes it; `gnu` and `musl` mean the same here. Nil: the host's.
    ///   - cpu: a CPU level, or `native` (the machine this runs on). Nil: `x86-64-v2`.
    ///   - features: changes to the CPU's features: `+bmi2,-avx2`.
    public init(triple: String? = nil, cpu: String? = nil, features changes: String? = nil) throws(ConfigurationError) {
        if let triple {
            let parts = triple.split(separator: "-", omittingEmptySubsequences: false)
            let isKnown = parts.first == "x86_64" && parts.contains("linux") && parts.count >= 3
            if !isKnown { throw .unknownTarget(triple, known: Self.triples) }
        }
        let name = cpu ?? Self.baselineCPU
        do throws(CPUFeatureError) {
            let features = try PrecastISAX86_64.CPUFeatures.parse(cpu: name, changes: changes ?? "")
            self.init(machine: .x86_64, cpuName: name, features: PrecastArtifactFormat.CPUFeatures(bits: features.bits))
        } catch {
            throw .cpu(error)
        }
    }
}

/// Everything that decides what code a module becomes. The same module, version and configuration give the same bytes.
public struct CompilerConfiguration: Sendable {
    public var target = Target.host
    public var optimizationLevel = OptimizationLevel.standard
    /// WebAssembly features that a module may use. The use of another is an error that names it: ``CompileError/disabledFeature``.
    public var features = FeatureSet.default
    public var limits = ImplementationLimits()
    /// Threads to compile with. Does not change the result.
    public var threadCount = 1

    /// Bytes of address space that the loader reserves for a 32-bit memory. Below 4 GiB, accesses are checked; 0: memories are dynamic.
    public var memoryReservation: UInt64 = 4 << 30
    /// Bytes that fault behind the reservation; constant offsets below it cost nothing.
    public var memoryGuard: UInt64 = 32 << 20
    /// Traps are faulting instructions. Off: every check is explicit, for hosts without signal handlers.
    public var usesSignals = true
    /// Bounds of dynamic memories and tables are masked against speculation.
    public var masksSpeculation = true
    /// A NaN that float arithmetic makes is the positive canonical one, the same on every machine.
    public var canonicalizesNaNs = false
    /// Relaxed vector operators give the results of the specification's deterministic profile, the same on every CPU.
    public var makesRelaxedSIMDDeterministic = false
    /// Leaves keep frame pointers too.
    public var keepsAllFramePointers = false

    /// Optimizations to leave out, by name.
    public var disabledPasses: Set<String> = []
    /// The names of all optimizations.
    public static var passNames: [String] { [inlining] + Pass.allCases.map(\.rawValue) }
    /// The name of the only one that looks at several functions.
    static let inlining = "inlining"
    /// Number of passes that still run on each function; nil: all. To bisect a miscompilation.
    public var optimizationFuel: Int?
    /// Verify the IR after each pass and prove each register allocation.
    public var checksItself = false

    public init() {}

    /// - Throws: the first combination of settings that cannot be.
    public func validate() throws(ConfigurationError) {
        if threadCount < 1 { throw .invalid(setting: "threadCount", value: "\(threadCount)", reason: "at least one thread is needed") }
        if memoryReservation % 65536 != 0 {
            throw .invalid(setting: "memoryReservation", value: "\(memoryReservation)", reason: "it must be a multiple of 65536 bytes")
        }
        if memoryReservation > 1 << 40 {
            throw .invalid(setting: "memoryReservation", value: "\(memoryReservation)", reason: "it must be at most 1 TiB")
        }
        if memoryGuard % 65536 != 0 || memoryGuard > 2 << 30 {
            throw .invalid(setting: "memoryGuard", value: "\(memoryGuard)", reason: "it must be a multiple of 65536 bytes, at most 2 GiB")
        }
        for feature in features.features {
            guard let missing = feature.requirements.subtracting(features).features.first else { continue }
            throw .invalid(setting: "features", value: "'\(feature.name)' without '\(missing.name)'", reason: "it is built on it")
        }
        if let name = disabledPasses.sorted().first(where: { !Self.passNames.contains($0) }) {
            throw .invalid(setting: "disabledPasses", value: "'\(name)'", reason: "known are \(Self.passNames.joined(separator: ", "))")
        }
    }
}

/// Settings that cannot be.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownTarget(String, known: [String])
    case cpu(CPUFeatureError)
    case invalid(setting: String, value: String, reason: String)

    public var description: String {
        switch self {
        case .unknownTarget(let name, let known): "unknown target '\(name)'; known are \(known.joined(separator: ", "))"
        case .cpu(let error): "\(error)"
        case .invalid(let setting, let value, let reason): "\(setting) cannot be \(value): \(reason)"
        }
    }
}
