import ArgumentParser
import PrecastCompiler
import PrecastInspection

struct Strip: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strip",
        abstract: "Take symbols and debug information out of an artifact.",
        discussion: """
            What is loaded stays the same, and so do the build id and the digest of the image. With --debug-file, what is taken out is kept: \
            debuggers find it by the build id or by its name. Exit status 0, or 1 with an error.

            Examples:
              precast strip app.pwasm
              precast strip app.pwasm -o small.pwasm --debug-file app.debug
            """)
    @Argument(help: ArgumentHelp("The artifact, or - for standard input.", valueName: "file"))
    var input: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the smaller artifact (default: in place); - for standard output.", valueName: "file"))
    var output: String?
    @Option(name: .customLong("debug-file"), help: ArgumentHelp("Where to write what was taken out.", valueName: "file"))
    var debugFile: String?

    func run() throws {
        let bytes = try readFile(input, limit: artifactLimit)
        if isContainer(bytes) { throw CommandFailure("\(inputName(input)): a file for several targets: extract one first") }
        try writeSeparated(bytes, from: input, to: output ?? input, debugFile: debugFile)
    }
}

/// Writes an artifact without symbols and debug information, and a debug file with them.
func writeSeparated(_ artifact: [UInt8], from input: String, to output: String, debugFile: String?) throws(CommandFailure) {
    let parts: (artifact: [UInt8], debugFile: [UInt8])
    do throws(CompileError) {
        parts = try separateDebugInformation(artifact, debugFileName: debugFile.flatMap { $0.split(separator: "/").last.map(String.init) })
    } catch {
        throw CommandFailure("\(inputName(input)): \(error)")
    }
    if let debugFile { try writeOutput(parts.debugFile, to: debugFile) }
    try writeOutput(parts.artifact, to: output)
}
