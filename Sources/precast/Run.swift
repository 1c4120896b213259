import ArgumentParser
import FoundationEssentials
import Glibc
import PrecastArtifactFormat
import PrecastCompiler
import PrecastCoreDump
import PrecastGuestRunner
import PrecastInspection
import PrecastProfiling
import PrecastRuntime
import PrecastSymbolication

/// `precast-run` with a compiler before it: the same options for the guest, the same exit statuses.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Compile a module in memory and run it.",
        discussion: """
            Calls the module's `_start`, or the function named by --invoke. Compiles for this machine's CPU unless told otherwise.
            Everything after FILE belongs to the guest; one leading `--` is dropped.

            Exit status: the guest's own; 125 for errors of the loader or its options, 126 for a module or artifact that cannot be \
            run, 127 for a file that does not exist, 134 for a trap.

            Examples:
              precast run app.wasm input.txt
              precast run --dir ./data::/data --env MODE=fast app.wasm /data/input
              precast run --invoke add math.wasm 2 40
              precast run --profile profile.html app.wasm
            """)

    @Option(name: .long, help: ArgumentHelp("Let the guest use directory HOST, as GUEST; may be repeated.", valueName: "host[::guest]"))
    var dir: [String] = []
    @Option(name: .customLong("dir-ro"), help: ArgumentHelp("The same, without changing anything in it.", valueName: "host[::guest]"))
    var readOnlyDir: [String] = []
    @Option(name: .long, help: ArgumentHelp("Set a variable of the guest's environment, which is empty otherwise.", valueName: "name=value"))
    var env: [String] = []
    @Option(name: .long, help: ArgumentHelp("Call this exported function with the arguments and print its results.", valueName: "name"))
    var invoke: String?
    @Option(name: .customLong("max-memory"), help: ArgumentHelp("Most linear memory of the guest; K, M, G may follow.", valueName: "bytes"))
    var maximumMemory: String?
    @Option(name: .long, help: ArgumentHelp(
        "Make the code known to a profiler: map (/tmp/perf-PID.map), jitdump (jit-PID.dump in the current folder), vtune.", valueName: "how"))
    var perf: ProfilerInterface?
    @Option(name: .customLong("coredump"), help: ArgumentHelp("Write a core dump there if the guest traps.", valueName: "file"))
    var coreDump: String?
    @Option(name: .long, help: ArgumentHelp("Run only a file with this SHA-256, of what is read and then run.", valueName: "sha256:digest"))
    var trust: String?
    @Flag(name: .customLong("allow-precompiled"), help: "Run artifacts, too. They are code: run only what you would run as a program.")
    var allowsPrecompiled = false
    @Flag(name: .customLong("backtrace-details"), help: "Let traps show source lines and what was inlined, as the module's debug information has them. PRECAST_BACKTRACE_DETAILS=1 does the same.")
    var backtraceDetails = false
    @OptionGroup(title: "Profiling") var profiling: ProfileOptions
    @OptionGroup(title: "Compiling") var options: CompileOptions
    @Argument(help: ArgumentHelp("The module, or - for standard input.", valueName: "file"))
    var file: String
    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("Arguments of the guest.", valueName: "arguments"))
    var arguments: [String] = []

    func run() throws {
        var guest = try guestOptions()
        try options.requireOneTarget("run")
        let machine = try options.targets(defaultCPU: "native")[0].machine
        if machine != .host {
            throw CommandFailure.usage("this machine is \(Machine.host.name) and cannot run code for \(machine.name): compile it, and run it there")
        }
        let compiler = try options.compiler(defaultCPU: "native")
        let trust = try trustOption()
        let bytes = try fileBytes()
        try check(bytes, trust)
        let artifact = try artifact(bytes, compiler)
        let image = try image(of: artifact)
        if options.debugInformation { guest.completesCoreDump = { completeCoreDump($0, artifact) } }
        let debugModule = compiler.withExternalDebugInformation(of: bytes, at: file).configuration.debugOptions.debugModule
        let source = DeferredSourceMap { detectPrecompiled(bytes) ? nil : try? SourceMap(binaryModule(bytes, from: file), debugModule: debugModule) }
        if showsDetails { guest.explainsTrap = { explained($0, source) } }
        Glibc.exit(try profiling.profile(&guest, source) { runGuest(image, $0, Self.reporter) })
    }

    private var showsDetails: Bool {
        if backtraceDetails { return true }
        let setting = ProcessInfo.processInfo.environment["PRECAST_BACKTRACE_DETAILS"] ?? ""
        return setting != "" && setting != "0"
    }

    private static let reporter = Reporter(prefix: "error: ")

    private func guestOptions() throws -> GuestOptions {
        var guest = GuestOptions()
        do throws(UsageError) {
            guest.file = file
            guest.setArguments(arguments)
            guest.directories = dir.map { GuestOptions.Directory(parsing: $0, isReadOnly: false) }
                + readOnlyDir.map { GuestOptions.Directory(parsing: $0, isReadOnly: true) }
            for variable in env { try guest.addVariable(parsing: variable) }
            guest.invokedFunction = invoke
            if options.debugInformation { guest.engine.codeObservers.insert(.debugger) }
            if let perf { guest.engine.codeObservers.insert(perf.observers) }
            guest.coreDumpFile = coreDump
            if let maximumMemory { try guest.setMaximumMemory(parsing: maximumMemory) }
        } catch {
            throw CommandFailure.usage(error.message)
        }
        return guest
    }

    private func trustOption() throws(CommandFailure) -> Trust {
        guard let trust else { return .immutableFile }
        do throws(UsageError) { return try Trust(parsing: trust) } catch { throw CommandFailure.usage(error.message) }
    }

    private func fileBytes() throws(CommandFailure) -> [UInt8] {
        do throws(InputError) { return try readInput(file, limit: allowsPrecompiled ? artifactLimit : nil) } catch {
            throw error.failure(file, status: error.errorNumber == ENOENT ? ExitStatus.notFound : ExitStatus.loaderError)
        }
    }

    private func check(_ bytes: [UInt8], _ trust: Trust) throws(CommandFailure) {
        guard case .sha256(let expected) = trust else { return }
        let found = bytes.withUnsafeBytes { SHA256.digest($0) }
        if found != expected {
            throw CommandFailure("\(inputName(file)): untrusted file: expected SHA-256 \(expected.hex), found \(found.hex)", status: ExitStatus.refused)
        }
    }

    private func artifact(_ bytes: [UInt8], _ compiler: Compiler) throws(CommandFailure) -> [UInt8] {
        if detectPrecompiled(bytes) {
            if allowsPrecompiled { return bytes }
            throw CommandFailure(
                "\(inputName(file)): this is a compiled artifact: run it with precast-run, or allow it with --allow-precompiled", status: ExitStatus.refused)
        }
        do throws(CompileFailure) { return try compile(bytes, from: file, compiler) } catch {
            throw CommandFailure(error.message, status: ExitStatus.refused)
        }
    }

    private func image(of artifact: [UInt8]) throws -> ArtifactImage {
        do throws(LoadError) { return try ArtifactImage.open(copying: artifact, trust: .vouched) } catch {
            Glibc.exit(Self.reporter.report(error, about: file))
        }
    }
}

/// Adds the values of locals to a core dump of the artifact, which has debug information.
private func completeCoreDump(_ path: String, _ artifact: [UInt8]) {
    do {
        let bytes = try readFile(path)
        var dump = try CoreDump(bytes)
        try dump.complete(bytes, with: [CompiledModule(artifact: artifact)])
        try writeOutput(dump.bytes(completing: bytes), to: path, mode: 0o600)
    } catch {
        writeText("warning: \(inputName(path)): no values of locals: \(printable("\(error)"))\n", to: STDERR_FILENO)
    }
}

/// How profilers learn of code that no file is mapped for.
enum ProfilerInterface: String, ExpressibleByArgument, CaseIterable {
    case map, jitdump, vtune

    var observers: CodeObservers {
        switch self {
        case .map: .perfMap
        case .jitdump: .jitDump
        case .vtune: .vtune
        }
    }
}
