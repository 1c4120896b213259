import ArgumentParser
import Glibc
import PrecastArtifactFormat
import PrecastCompiler
import PrecastGuestRunner
import PrecastInspection
import PrecastRuntime

struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Take the artifact for one target out of a file for several.",
        discussion: """
            Writes exactly the bytes that compiling for that target alone gives. Without --target it is the artifact that this machine \
            would load. Exit status 0, or 1 with an error.

            Examples:
              precast extract app.pwasm --target aarch64-unknown-linux-gnu -o app-arm.pwasm
              precast extract app.pwasm --target x86_64-unknown-linux-gnu:x86-64-v3 -o app-v3.pwasm
              precast extract app.pwasm -o - | sha256sum
            """)
    @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file"))
    var file: String
    @Option(name: .long, help: ArgumentHelp("The target, as compile takes it; its CPU if several are for the machine.", valueName: "triple[:cpu]"))
    var target: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the artifact; - for standard output.", valueName: "file"))
    var output: String

    func run() throws {
        let bytes = try readFile(file, limit: artifactLimit)
        try writeOutput(try member(bytes, file, target), to: output)
    }
}

/// The artifact for a target in the file that has `bytes`; all of it, if it is for that target alone. Nil: the one that this host loads.
func member(_ bytes: [UInt8], _ file: String, _ target: String?) throws -> [UInt8] {
    guard isContainer(bytes) else { throw CommandFailure("\(inputName(file)): not a file for several targets: there is nothing to take out") }
    do {
        guard let target else { return try extract(bytes, for: .current) }
        let asked = try Target(parsing: target), namesCPU = target.contains(":")
        return try extract(bytes, machine: asked.machine, cpu: namesCPU ? asked.cpuName : nil, features: namesCPU ? asked.features : nil)
    } catch let error as PrecastCompiler.ConfigurationError {
        throw CommandFailure.usage("\(error)")
    } catch let error as ExtractionError {
        throw CommandFailure("\(inputName(file)): \(error)")
    }
}
