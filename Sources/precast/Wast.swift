import ArgumentParser
import FoundationEssentials
import Glibc
import PrecastCompiler
import PrecastGuestRunner
import PrecastSymbolication
import PrecastWastRunner
import Synchronization

struct Wast: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wast",
        abstract: "Run scripts of the WebAssembly test suite.",
        discussion: """
            Compiles each script's modules, loads them and checks what the script asserts. Prints what failed, with file and line, and at last \
            how many assertions passed, failed and were skipped. Exit status 0, or 1 if one failed.

            Examples:
              precast wast i32.wast
              precast wast ../wasm-testsuite -O0
              precast wast simd_lane.wast --skip testsuite/wast/skip.txt
              precast wast ../wasm-testsuite --target aarch64-unknown-linux-gnu --runner 'qemu-aarch64-static precast-script-host'
            """)

    @Argument(help: ArgumentHelp("Scripts, or folders whose scripts (*.wast) are meant, not those of folders in them.", valueName: "file"))
    var inputs: [String]
    @Option(name: .long, help: ArgumentHelp("A list of what to skip: lines `path: reason` or `path:line: reason`.", valueName: "file"))
    var skip: String?
    @Option(name: .long, help: ArgumentHelp("Run the modules in processes of this command: precast-script-host, built for the target.", valueName: "command"))
    var runner: String?
    @Option(name: .long, help: ArgumentHelp("How long the runner may take for a command of a script (default 120).", valueName: "seconds"))
    var timeout: Double?
    @Flag(name: .long, help: "Print the tally of every script, too.")
    var perFile = false
    @OptionGroup(title: "Compiling") var options: CompileOptions

    func run() throws {
        let runners = try runnerPool()
        // Another machine than this one has its baseline.
        var configuration = try options.configuration(defaultCPU: options.target == nil ? "native" : nil)
        let threads = configuration.threadCount
        // Scripts run in parallel; their modules are small.
        configuration.threadCount = 1
        let settings = configuration
        do throws(ConfigurationError) { _ = try Compiler(settings) } catch { throw CommandFailure.usage("\(error)") }
        let skips = try skipList()
        let files = try inputs.flatMap(scripts)
        let report = Report(perFile: perFile)
        runInParallel(files.count, threads: threads) { index in
            let file = files[index]
            do {
                var settings = settings
                settings.features = try options.features.change(scriptFeatures(file))
                let compiler = try Compiler(settings)
                let script = try readFile(file)
                if let runners {
                    report.add(file, runners.withRunner { runScript(script, name: file, compiler: compiler, skips: skips, runner: $0) })
                } else {
                    report.add(file, runScript(script, name: file, compiler: compiler, skips: skips))
                }
            } catch {
                report.add(file, unreadable: "\(error)")
            }
        }
        let total = report.total
        writeText(total.summary + "\n", to: STDOUT_FILENO)
        if total.failed > 0 { throw ExitCode(1) }
    }

    private func runnerPool() throws -> RunnerPool? {
        guard let runner else {
            if timeout != nil { throw CommandFailure.usage("--timeout says how long a runner may take: name one with --runner") }
            return nil
        }
        let command = runner.split(separator: " ").map(String.init), timeout = timeout ?? 120
        guard !command.isEmpty else { throw CommandFailure.usage("--runner takes a command") }
        guard timeout > 0, timeout <= 86_400 else { throw CommandFailure.usage("--timeout takes a number of seconds, at most a day's") }
        return RunnerPool { RunnerProcess(command, timeout: timeout) }
    }

    private func skipList() throws -> SkipList {
        guard let skip else { return SkipList() }
        let text = String(decoding: try readFile(skip), as: UTF8.self)
        do throws(SkipListError) {
            return try SkipList(parsing: text)
        } catch {
            throw CommandFailure("\(printable(skip)): \(error)")
        }
    }

    /// The scripts at `path`, in order of their names.
    private func scripts(_ path: String) throws -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else { return [path] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".wast") }.sorted()
        if names.isEmpty { throw CommandFailure("\(printable(path)): no scripts (*.wast) in this folder") }
        return names.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
    }
}

/// Gathers results from several threads and prints failures as they come, a script at a time.
private final class Report: Sendable {
    private let perFile: Bool
    private let state = Mutex(WastResult())

    init(perFile: Bool) { self.perFile = perFile }

    var total: WastResult { state.withLock { $0 } }

    func add(_ file: String, _ result: WastResult) {
        var text = ""
        for failure in result.failures { text += "\(printable(file)):\(failure.line): \(printableLines(failure.message))\n" }
        if perFile { text += "\(printable(file)): \(result.summary)\n" }
        state.withLock { total in
            total += result
            if !text.isEmpty { writeText(text, to: STDOUT_FILENO) }
        }
    }

    func add(_ file: String, unreadable message: String) {
        add(file, WastResult(failure: message, line: 1))
    }

    private func printableLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }.joined(separator: "\n")
    }
}
