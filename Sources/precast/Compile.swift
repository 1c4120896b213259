import ArgumentParser
import Glibc
import PrecastCompiler
import PrecastGuestRunner
import PrecastSymbolication
import Synchronization

struct Compile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Compile a module to an artifact.",
        discussion: """
            Writes the artifact as a whole or not at all. The same module, options and version give the same bytes, wherever and on \
            however many threads they are compiled. Exit status 0, or 1 with an error.

            Examples:
              precast compile app.wasm
              precast compile app.wasm -o out/app.pwasm --cpu x86-64-v3
              precast compile app.wasm --target aarch64-unknown-linux-gnu
              precast compile app.wasm --target x86_64-linux-gnu:x86-64-v2 --target x86_64-linux-gnu:x86-64-v3
              precast compile app.wasm -O0 -j1 --time-passes
              precast compile app.wasm -o - | ssh host 'cat > app.pwasm'
              precast compile app.wasm --dump=opt,asm --function 12
            """)

    @Argument(help: ArgumentHelp("The module, or - for standard input.", valueName: "file"))
    var input: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the artifact (default: the module's name with .pwasm); - for standard output.", valueName: "file"))
    var output: String?
    @OptionGroup var options: CompileOptions
    @Flag(name: .customLong("time-passes"), help: "Print where the time went, to standard error.")
    var timePasses = false
    @Option(name: .customLong("debug-file"), help: ArgumentHelp("Write symbols and debug information there, not to the artifact.", valueName: "file"))
    var debugFile: String?
    @Option(name: .customLong("debug-text"), help: ArgumentHelp(
        "Write the module's text there, and let the artifact's line table refer to it.", valueName: "file"))
    var debugText: String?
    @Flag(name: .customLong("MD", withSingleDash: true), help: "Write a dependency file for make beside the output.")
    var writesDependencies = false

    func run() throws {
        var compiler = try options.compiler()
        let targets = try options.targets(defaultCPU: nil)
        if debugFile != nil, targets.count > 1 { throw CommandFailure.usage("--debug-file is for one target: strip each one after precast extract") }
        var bytes = try readFile(input)
        if let reason = reasonAgainstModule(bytes, input) { throw CommandFailure("\(inputName(input)): \(reason)") }
        let path = output ?? defaultOutput
        try checkOutput(path)
        if let debugText { compiler = try compiler.withText(of: &bytes, from: input, to: debugText) } else { compiler = compiler.withExternalDebugInformation(of: bytes, at: input) }
        let timing = Timing()
        let artifact: [UInt8]
        do throws(CompileFailure) {
            artifact = try compile(bytes, from: input, compiler, for: targets.count > 1 ? targets : nil, timing)
        } catch {
            throw CommandFailure(error.message)
        }
        if let debugFile {
            try writeSeparated(artifact, from: input, to: path, debugFile: debugFile)
        } else {
            try writeOutput(artifact, to: path)
        }
        if writesDependencies && path != "-" {
            try writeOutput(Array("\(escapedForMake(path)): \(escapedForMake(input))\n".utf8), to: replacingExtension(path, with: "d"))
        }
        if timePasses { writeText(timing.report, to: STDERR_FILENO) }
    }

    private var defaultOutput: String { input == "-" ? "-" : replacingExtension(input, with: "pwasm") }

    private func checkOutput(_ path: String) throws {
        if path == "-" {
            if isatty(STDOUT_FILENO) == 1 { throw CommandFailure("standard output is a terminal: name a file with -o") }
            if options.dump != nil { throw CommandFailure("the artifact and the dump cannot both go to standard output: name a file with -o") }
        } else if input != "-", let here = identity(path), here == identity(input) {
            throw CommandFailure("\(printable(path)): the output would replace the input: name another file with -o")
        }
    }
    /// Device and number of the file at `path`, if there is one.
    private func identity(_ path: String) -> [UInt64]? {
        var status = stat()
        return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }

    private func escapedForMake(_ path: String) -> String {
        path.replacing("$", with: "$$").replacing("#", with: "\\#").replacing(" ", with: "\\ ")
    }
}

/// Why a module could not be compiled; the message names it.
struct CompileFailure: Error { let message: String }

/// Compiles what was read from `path`, with progress on a terminal.
///
/// - Parameter targets: what a container is made for; nil: an artifact for the compiler's target.
func compile(
    _ bytes: [UInt8], from path: String, _ compiler: Compiler, for targets: [Target]? = nil, _ timing: Timing = Timing()
) throws(CompileFailure) -> [UInt8] {
    if let reason = reasonAgainstModule(bytes, path) { throw CompileFailure(message: "\(inputName(path)): \(reason)") }
    let bytes = try binaryModule(bytes, from: path)
    var compiler = compiler
    let progress = Progress(inputSize: bytes.count)
    compiler.progress = { progress.update($0, $1) }
    defer { progress.clear() }
    let steps = StepRecord()
    if compiler.configuration.optimizationFuel != nil { compiler.stepObserver = steps.add }
    defer { steps.report() }
    do throws(CompileError) {
        guard let targets else { return try compiler.compile(bytes, timing: timing) }
        return try compiler.compile(bytes, for: targets, timing: timing)
    } catch {
        throw CompileFailure(message: "\(inputName(path)): \(error)\(FeatureOptions.hint(error.disabledFeature))")
    }
}

/// What `--opt-fuel` reached.
private final class StepRecord: Sendable {
    private let record = Mutex<(last: OptimizationStep?, count: Int)>((nil, 0))

    func add(_ step: OptimizationStep) {
        record.withLock {
            if step.isTaken { $0.last = step }
            $0.count = step.number
        }
    }
    /// Says on standard error which step was the last, if there was any.
    func report() {
        let (last, count) = record.withLock { $0 }
        if count == 0 { return }
        writeText("optimization steps: \(last?.number ?? 0) of \(count); the last: \(last.map { "\($0)" } ?? "none")\n", to: STDERR_FILENO)
    }
}

/// A module in the binary format, parsed if it is text.
func binaryModule(_ bytes: [UInt8], from path: String) throws(CompileFailure) -> [UInt8] {
    guard isTextModule(bytes, path) else { return bytes }
    do throws(CommandFailure) { return try parsed(bytes, from: path) } catch { throw CompileFailure(message: error.description) }
}

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check that a module is valid.",
        discussion: """
            Exit status 0 if it is, 1 with the first error if not.

            Examples:
              precast validate app.wasm
              precast validate --features -threads,-simd app.wasm
              curl -s https://example.org/app.wasm | precast validate -
            """)
    @OptionGroup var features: FeatureOptions
    @Argument(help: ArgumentHelp("The module, or - for standard input.", valueName: "file"))
    var input: String

    func run() throws {
        let bytes = try readFile(input)
        if let reason = reasonAgainstModule(bytes, input) { throw CommandFailure("\(inputName(input)): \(reason)") }
        var configuration = CompilerConfiguration()
        configuration.features = try features.change(configuration.features)
        do {
            try Compiler(configuration).validate(try binaryModule(bytes, from: input))
        } catch let failure as CompileFailure {
            throw CommandFailure(failure.message)
        } catch let error as CompileError {
            throw CommandFailure("\(inputName(input)): \(error)\(FeatureOptions.hint(error.disabledFeature))")
        }
    }
}
