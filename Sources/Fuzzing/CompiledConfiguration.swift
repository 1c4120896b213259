public import PrecastCompiler

/// A way to compile that must not change results.
public struct CompiledConfiguration: Sendable {
    public let name: String
    public var settings: CompilerConfiguration

    init(_ name: String, _ change: (inout CompilerConfiguration) throws -> Void) throws {
        self.name = name
        settings = CompilerConfiguration()
        settings.features = .all
        settings.checksItself = true
        settings.makesRelaxedSIMDDeterministic = true
        try change(&settings)
    }

    /// Every module goes through these.
    public static func always() throws -> [CompiledConfiguration] {
        try [
            CompiledConfiguration("O0") { $0.optimizationLevel = .none },
            CompiledConfiguration("O2") { _ in },
        ]
    }
    /// Every other module goes through one of these, by its seed.
    public static func inTurn() throws -> [CompiledConfiguration] {
        var ways = try [
            CompiledConfiguration("O2, native") { settings in settings.target = try Target(cpu: "native") },
            CompiledConfiguration("O2, x86-64-v3") { settings in settings.target = try Target(cpu: "x86-64-v3") },
            CompiledConfiguration("O2, x86-64 with sse4.1") { settings in settings.target = try Target(cpu: "x86-64", features: "+sse4.1") },
            CompiledConfiguration("O0, native") { settings in
                settings.optimizationLevel = .none
                settings.target = try Target(cpu: "native")
            },
        ]
        ways += try portable()
        return ways
    }
    /// Those of ``inTurn()`` that this machine can run.
    static func runnable() throws -> [CompiledConfiguration] {
        let host = try Target(cpu: "native").featureNames
        return try inTurn().filter { Set($0.settings.target.featureNames).isSubset(of: host) }
    }
    /// Ways that no machine is needed for.
    private static func portable() throws -> [CompiledConfiguration] {
        try [
            CompiledConfiguration("O1, no signals") {
                $0.optimizationLevel = .less
                $0.usesSignals = false
            },
            CompiledConfiguration("O2, dynamic memories") { $0.memoryReservation = 0 },
            CompiledConfiguration("O2, canonical NaNs") { $0.canonicalizesNaNs = true },
            CompiledConfiguration("O2, no signals, no masks") {
                $0.usesSignals = false
                $0.masksSpeculation = false
            },
            CompiledConfiguration("Os, all frame pointers") {
                $0.optimizationLevel = .size
                $0.keepsAllFramePointers = true
            },
        ]
    }
    /// Every fourth module goes through one of these, by its seed: without one optimization, or without any.
    public static func leavingOut() throws -> [CompiledConfiguration] {
        try Optimization.all.map { optimization in
            try CompiledConfiguration("O2 without \(optimization.name)") { $0.disabledOptimizations = [optimization.name] }
        } + [CompiledConfiguration("O2 without optimizations") { $0.disabledOptimizations = Set(Optimization.all.map(\.name)) }]
    }

    // MARK: AArch64

    /// What the names of ways to compile for AArch64 begin with, and those of them whose stores tear before they trap end with.
    static let aarch64Prefix = "AArch64 "
    static let tearsStores = ", stores tear"

    /// Every module goes through this for AArch64, where there is one.
    static func alwaysOnAArch64() throws -> [CompiledConfiguration] { [try CompiledConfiguration("O2") { $0.keepsStoresWhole = true }.onAArch64("generic")] }
    /// Every other module goes through one of these for AArch64.
    static func inTurnOnAArch64() throws -> [CompiledConfiguration] {
        var ways = try portable().map { try $0.onAArch64("generic") }
        for cpu in ["generic", "neoverse-n1"] { ways.append(try CompiledConfiguration("O2") { _ in }.onAArch64(cpu)) }
        let protected = try CompiledConfiguration("O2, branch protection") {
            $0.marksBranchTargets = true
            $0.signsReturnAddresses = true
            $0.keepsStoresWhole = true
        }
        ways.append(try protected.onAArch64("generic"))
        for cpu in ["generic", "neoverse-v1"] { ways.append(try CompiledConfiguration("O0") { $0.optimizationLevel = .none }.onAArch64(cpu)) }
        return ways
    }
    /// Every fourth module goes through one of these for AArch64.
    static func leavingOutOnAArch64() throws -> [CompiledConfiguration] { try leavingOut().map { try $0.onAArch64("generic") } }
    private func onAArch64(_ cpu: String) throws -> CompiledConfiguration {
        var settings = settings
        settings.target = try Target(triple: "aarch64-unknown-linux-gnu", cpu: cpu)
        return CompiledConfiguration(name: "\(Self.aarch64Prefix)\(cpu), \(name)\(settings.keepsStoresWhole ? "" : Self.tearsStores)", settings: settings)
    }
    private init(name: String, settings: CompilerConfiguration) {
        self.name = name
        self.settings = settings
    }
}
