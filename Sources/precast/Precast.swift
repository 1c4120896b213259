import ArgumentParser
import CAllocation
import Glibc
import PrecastArtifactFormat
import PrecastGuestRunner

/// The toolchain command.
@main struct Precast: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precast",
        abstract: "Compiles WebAssembly ahead of time to native artifacts.",
        discussion: """
            A build step compiles a module once; a small loader runs it on hosts that have no compiler.

              precast compile app.wasm                 writes app.pwasm
              precast-run app.pwasm arg1 arg2          runs it
              precast run app.wasm arg1 arg2           compiles in memory and runs
              precast inspect app.pwasm                says what is in it
              precast check app.pwasm --cpu x86-64-v3  says whether it will load there
            """,
        version: "precast \(CompilerVersion.current.text) (format \(FormatVersion.current.number), ABI \(ABIVersion.current.number))",
        subcommands: [Compile.self, Run.self, Inspect.self, Symbolicate.self, Check.self, Extract.self, Strip.self, Objdump.self, Explore.self, CoreDumpCommand.self, Validate.self, Parse.self, Print.self, Wast.self, Targets.self, Features.self, Settings.self])

    /// Errors go to standard error as `error: message`. A failure has its own exit status; a command line that says nothing
    /// sensible has 64, but 125 for `run`, whose other statuses are the guest's.
    static func main() {
        precast_set_exhaustion_status(isRun ? ExitStatus.loaderError : 1)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            writeText("error: \(failure)\n", to: STDERR_FILENO)
            Glibc.exit(failure.status ?? usageStatus)
        } catch {
            let status = exitCode(for: error)
            if status == .success || error is ExitCode { exit(withError: error) }
            var message = fullMessage(for: error)
            if message.hasPrefix("Error: ") { message = "error: " + message.dropFirst("Error: ".count) }
            writeText(message + "\n", to: STDERR_FILENO)
            Glibc.exit(usageStatus)
        }
    }

    private static var isRun: Bool { CommandLine.arguments.dropFirst().first == Run.configuration.commandName }
    private static var usageStatus: Int32 { isRun ? ExitStatus.loaderError : ExitCode.validationFailure.rawValue }
}

/// A failure with a message for the user, already complete: what it is about comes first.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    /// The exit status; nil: that of a command line that says nothing sensible.
    let status: Int32?
    init(_ description: String, status: Int32? = 1) {
        self.description = description
        self.status = status
    }
    /// Options that cannot be.
    static func usage(_ description: String) -> CommandFailure { CommandFailure(description, status: nil) }
}
