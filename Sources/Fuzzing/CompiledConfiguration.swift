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
        try [
            CompiledConfiguration("O2, native") { settings in settings.target = try Target(cpu: "native") },
            CompiledConfiguration("O2, x86-64-v3") { settings in settings.target = try Target(cpu: "x86-64-v3") },
            CompiledConfiguration("O2, x86-64 with sse4.1") { settings in settings.target = try Target(cpu: "x86-64", features: "+sse4.1") },
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
            CompiledConfiguration("O0, native") { settings in
                settings.optimizationLevel = .none
                settings.target = try Target(cpu: "native")
            },
        ]
    }
    /// Every fourth module goes through one of these, by its seed: without one optimization, or without any.
    public static func leavingOut() throws -> [CompiledConfiguration] {
        try Optimization.all.map { optimization in
            try CompiledConfiguration("O2 without \(optimization.name)") { $0.disabledOptimizations = [optimization.name] }
        } + [CompiledConfiguration("O2 without optimizations") { $0.disabledOptimizations = Set(Optimization.all.map(\.name)) }]
    }
    /// Those of ``inTurn()`` that this machine can run.
    static func runnable() throws -> [CompiledConfiguration] {
        let host = try Target(cpu: "native").featureNames
        return try inTurn().filter { Set($0.settings.target.featureNames).isSubset(of: host) }
    }
}
