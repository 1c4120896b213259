import ArgumentParser
import FoundationEssentials
import Glibc
import PrecastCompiler
import PrecastGuestRunner
import PrecastSymbolication

/// Options that `compile` and `run` share.
struct CompileOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp(
        "The machine to compile for, with its CPU if you like: `precast targets` lists them. For compile it may be repeated: one file for all.",
        valueName: "triple[:cpu[:features]]"))
    var target: [String] = []
    @Option(name: .long, help: ArgumentHelp("The CPU, or native: `precast targets` lists them.", valueName: "name"))
    var cpu: String?
    @Option(name: .customLong("cpu-features"), parsing: .unconditional, help: ArgumentHelp("Changes to the CPU's features: +bmi2,-avx2.", valueName: "list"))
    var cpuFeatures: String?
    @OptionGroup var features: FeatureOptions
    @Option(name: .customShort("O", allowingJoined: true), help: ArgumentHelp("Optimization: -O0, -O1, -O2 (default), -O3, -Os.", valueName: "level"))
    var optimization: String = "2"
    @Option(name: .customShort("j", allowingJoined: true), help: ArgumentHelp("Threads to compile with (default: one per core).", valueName: "count"))
    var threads: Int?
    @Option(name: .customLong("memory-reservation"), help: ArgumentHelp("Address space per memory, in bytes (default 4 GiB; 0: none, every access is checked).", valueName: "bytes"))
    var memoryReservation: UInt64?
    @Option(name: .customLong("memory-guard"), help: ArgumentHelp("Inaccessible bytes behind a memory's reservation (default 32 MiB).", valueName: "bytes"))
    var memoryGuard: UInt64?
    @Flag(name: .customLong("no-signals"), help: "Check explicitly instead of relying on signal handlers.")
    var noSignals = false
    @Flag(name: .customLong("no-speculation-masks"), help: "Leave out the masking of bounds against speculation.")
    var noSpeculationMasks = false
    @Flag(name: .customLong("nan-canonicalization"), help: "Make every NaN that float arithmetic results in the canonical one.")
    var nanCanonicalization = false
    @Flag(name: .customLong("relaxed-simd-deterministic"), help: "Give relaxed vector operators the results of the deterministic profile.")
    var relaxedSIMDDeterministic = false
    @Option(name: .customLong("branch-protection"), help: ArgumentHelp("AArch64: landing pads for indirect branches (bti), signed return addresses (pac-ret), both (standard), or none (default).", valueName: "which"))
    var branchProtection = "none"
    @Flag(name: .customLong("whole-stores"), help: "AArch64: stores that trap have written nothing, whatever the processor.")
    var wholeStores = false
    @Option(name: .customLong("frame-pointers"), help: ArgumentHelp("Which functions keep a frame pointer: non-leaf (default) or all.", valueName: "which"))
    var framePointers = "non-leaf"
    @Option(name: .customLong("disable-opt"), help: ArgumentHelp("Leave out optimizations, or all: names of precast settings --list-opts, separated by commas.", valueName: "names"))
    var disabledOptimizations: [String] = []
    @Option(name: .customLong("opt-fuel"), help: ArgumentHelp("Take only that many steps of optimization in all, to bisect a miscompilation.", valueName: "count"))
    var optimizationFuel: Int?
    @Flag(name: .customLong("verify"), help: "Check the compiler's own work after every stage.")
    var verify = false
    @Option(name: .long, help: ArgumentHelp("Print functions after stages: translate, opt, opt:PASS, lower, regalloc, asm, variables; separated by commas.", valueName: "stages"))
    var dump: String?
    @Option(name: .customLong("function"), help: ArgumentHelp("The only function to dump, by its number among those the module defines.", valueName: "number"))
    var dumpedFunction: Int?

    @Flag(name: .customShort("g"), help: "Rewrite the module's debug information (DWARF) for the machine code.")
    var debugInformation = false
    @Option(name: .customLong("ffile-prefix-map", withSingleDash: true), help: ArgumentHelp(
        "In debug information, let paths that start with OLD start with NEW.", valueName: "old=new"))
    var prefixMaps: [String] = []

    @Option(name: .customLong("debug-wasm"), help: ArgumentHelp("With -g: the module that has the debug information.", valueName: "file"))
    var debugModule: String?

    /// The targets that the options name, the host's architecture if they name none; at least one.
    func targets(defaultCPU: String?) throws -> [Target] {
        do {
            guard let first = target.first else { return [try Target(cpu: cpu ?? defaultCPU, features: cpuFeatures)] }
            if target.count == 1 {
                if first.contains(":"), cpu != nil || cpuFeatures != nil {
                    throw CommandFailure.usage("the target names its CPU already: leave out --cpu and --cpu-features")
                }
                let isHost = try Target(parsing: first).machine == Target.host.machine
                return [try Target(parsing: first, cpu: cpu ?? (isHost ? defaultCPU : nil), features: cpuFeatures)]
            }
            if cpu != nil || cpuFeatures != nil {
                throw CommandFailure.usage("--cpu and --cpu-features are for one target: with several, name each one's CPU: --target TRIPLE:CPU")
            }
            let targets = try target.map { try Target(parsing: $0) }
            try Target.check(targets)
            return targets
        } catch let error as ConfigurationError {
            throw CommandFailure.usage("\(error)")
        }
    }

    /// Refuses several targets, where there can be but one.
    func requireOneTarget(_ command: String) throws(CommandFailure) {
        if target.count > 1 { throw .usage("\(command) takes one target: only compile can make a file for several") }
    }

    /// The configuration that the options describe, for the first of its targets.
    func configuration(defaultCPU: String?) throws -> CompilerConfiguration {
        var configuration = CompilerConfiguration()
        configuration.target = try targets(defaultCPU: defaultCPU)[0]
        guard let level = OptimizationLevel(rawValue: optimization) else {
            throw CommandFailure.usage("unknown optimization level '-O\(optimization)'; known are -O0, -O1, -O2, -O3, -Os")
        }
        configuration.optimizationLevel = level
        configuration.features = try features.change(configuration.features)
        configuration.threadCount = threads ?? ProcessInfo.processInfo.activeProcessorCount
        if let memoryReservation { configuration.memoryReservation = memoryReservation }
        if let memoryGuard { configuration.memoryGuard = memoryGuard }
        configuration.usesSignals = !noSignals
        configuration.masksSpeculation = !noSpeculationMasks
        configuration.canonicalizesNaNs = nanCanonicalization
        configuration.makesRelaxedSIMDDeterministic = relaxedSIMDDeterministic
        try protectBranches(&configuration)
        guard framePointers == "all" || framePointers == "non-leaf" else {
            throw CommandFailure.usage("--frame-pointers takes 'all' or 'non-leaf', not '\(framePointers)'")
        }
        configuration.keepsAllFramePointers = framePointers == "all"
        configuration.disabledOptimizations = Set(disabledOptimizations.flatMap { $0.split(separator: ",").map(String.init) })
        if configuration.disabledOptimizations.contains("all") { configuration.disabledOptimizations = Set(Optimization.all.map(\.name)) }
        configuration.optimizationFuel = optimizationFuel
        configuration.checksItself = verify
        configuration.debugInformation = debugInformation
        configuration.debugOptions = try debugOptions()
        return configuration
    }

    private func debugOptions() throws -> DebugOptions {
        if !debugInformation, !prefixMaps.isEmpty || debugModule != nil {
            throw CommandFailure.usage("-ffile-prefix-map and --debug-wasm are about debug information: they need -g")
        }
        var options = DebugOptions()
        if let debugModule { options.debugModule = try readFile(debugModule) }
        options.prefixMaps = try prefixMaps.map { map in
            guard let sign = map.firstIndex(of: "=") else { throw CommandFailure.usage("-ffile-prefix-map takes OLD=NEW, not '\(map)'") }
            return (String(map[..<sign]), String(map[map.index(after: sign)...]))
        }
        return options
    }

    private func protectBranches(_ configuration: inout CompilerConfiguration) throws {
        let kinds = ["none": [], "standard": ["bti", "pac-ret"], "bti": ["bti"], "pac-ret": ["pac-ret"]]
        guard let chosen = kinds[branchProtection] else {
            throw CommandFailure.usage("--branch-protection takes none, bti, pac-ret or standard, not '\(branchProtection)'")
        }
        configuration.marksBranchTargets = chosen.contains("bti")
        configuration.signsReturnAddresses = chosen.contains("pac-ret")
        configuration.keepsStoresWhole = wholeStores
        if !chosen.isEmpty || wholeStores, try !targets(defaultCPU: nil).contains(where: { $0.machine == .aarch64 }) {
            throw CommandFailure.usage("\(wholeStores ? "--whole-stores" : "--branch-protection") is for AArch64: no target is")
        }
    }

    /// A compiler with that configuration, which dumps what was asked for.
    func compiler(defaultCPU: String? = nil) throws -> Compiler {
        let configuration = try configuration(defaultCPU: defaultCPU)
        var compiler: Compiler
        do throws(ConfigurationError) {
            compiler = try Compiler(configuration)
        } catch {
            throw CommandFailure.usage("\(error)")
        }
        compiler.dump = try dumpRequest()
        compiler.warning = { writeText("warning: \(printable($0))\n", to: STDERR_FILENO) }
        return compiler
    }

    /// What to dump, to standard output.
    private func dumpRequest() throws -> DumpRequest? {
        guard let dump else {
            if dumpedFunction != nil { throw CommandFailure.usage("--function says what to dump: name the stages with --dump") }
            return nil
        }
        var points = Set<DumpRequest.Point>()
        for name in dump.split(separator: ",") {
            guard let point = DumpRequest.Point(name: String(name)) else {
                throw CommandFailure.usage("unknown stage '\(name)'; known are translate, opt, opt:PASS, lower, regalloc, asm, variables; passes are "
                    + DumpRequest.Point.passNames.joined(separator: ", "))
            }
            points.insert(point)
        }
        return DumpRequest(points: points, function: dumpedFunction) { text in
            writeText(text, to: STDOUT_FILENO)
        }
    }
}
