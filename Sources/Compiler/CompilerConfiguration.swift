public import PrecastArtifactFormat
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
    /// AArch64: indirect calls and jumps can only lead to landing pads, where processor and system have branch target identification.
    public var marksBranchTargets = false
    /// AArch64: return addresses on the stack are signed, where the processor has pointer authentication.
    public var signsReturnAddresses = false
    /// AArch64: a store that traps has written nothing. The architecture does not promise that of one that reaches into an inaccessible page.
    public var keepsStoresWhole = false
    /// Leaves keep frame pointers too.
    public var keepsAllFramePointers = false

    /// Rewrite the module's debug information for the code, and follow where variables are. Does not change the code.
    public var debugInformation = false
    public var debugOptions = DebugOptions()

    /// Optimizations to leave out: names of ``Optimization/all``.
    public var disabledOptimizations: Set<String> = []
    /// How many ``OptimizationStep``s of the compilation may happen; nil: all. To bisect a miscompilation. Compiles with one thread.
    public var optimizationFuel: Int?
    /// Verify the IR after each pass and prove each register allocation.
    public var checksItself = false

    public init() {}

    /// - Throws: the first combination of settings that cannot be.
    public func validate() throws(ConfigurationError) {
        if !Target.compilable.contains(target.machine) { throw .cannotCompile(target) }
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
        let known = Optimization.all.map(\.name)
        if let name = disabledOptimizations.sorted().first(where: { !known.contains($0) }) { throw .unknownOptimization(name, known: known) }
        if let fuel = optimizationFuel, fuel < 0 { throw .invalid(setting: "optimizationFuel", value: "\(fuel)", reason: "it counts steps") }
    }
}

/// Settings that cannot be.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    case target(TargetError)
    /// A target that there is a loader for, but no code generator.
    case cannotCompile(Target)
    /// Targets of one file must differ in their machine or their CPU's features, and there may be 1 to 32.
    case repeatedTarget(Target, Target)
    case targetCount(Int)
    case unknownOptimization(String, known: [String])
    case invalid(setting: String, value: String, reason: String)

    public var description: String {
        switch self {
        case .target(let error): "\(error)"
        case .cannotCompile(let target):
            "there is no code generator for \(target.triple) yet, only the loader; can compile for: \(Target.compilable.map(\.triple).joined(separator: ", "))"
        case .repeatedTarget(let first, let second):
            first == second ? "\(first) is named twice" : "\(first) and \(second) are for the same CPU features: one file needs only one of them"
        case .targetCount(let count): "a file takes 1 to \(Container.maximumMembers) targets, not \(count)"
        case .unknownOptimization(let name, let known):
            "unknown optimization '\(name)'" + (nearest(name, known).map { ", did you mean '\($0)'?" } ?? "") + "; known: \(known.joined(separator: ", "))"
        case .invalid(let setting, let value, let reason): "\(setting) cannot be \(value): \(reason)"
        }
    }
}
