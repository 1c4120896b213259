import ArgumentParser
import Foundation
import PrecastCompiler

struct Compile: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compile a module to an artifact.",
        discussion: """
            Examples:
              precast compile app.wasm
              precast compile app.wasm -o out/app.pwasm --cpu x86-64-v3
              precast compile app.wasm -o - | ssh host 'cat > app.pwasm'
              precast compile app.wasm --dump=opt,asm --function 12
            """)

    @Argument(help: ArgumentHelp("The module, or - for standard input.", valueName: "file"))
    var input: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the artifact (default: the module's name with .pwasm); - for standard output.", valueName: "file"))
    var output: String?
    @OptionGroup var options: CompileOptions
    @Flag(name: .customLong("time-passes"), help: "Print where the time went.")
    var timePasses = false
    @Flag(name: .customLong("MD", withSingleDash: true), help: "Write a dependency file for make beside the output.")
    var writesDependencies = false

    func run() throws {
        let bytes = try readInput(input)
        var compiler = try Compiler(options.configuration(defaultCPU: nil))
        compiler.dump = try options.dumpRequest()
        let progress = Progress(isShown: isatty(STDERR_FILENO) == 1 && bytes.count > 1 << 20)
        compiler.progress = { progress.update($0, $1) }
        let timing = Timing()
        let artifact: [UInt8]
        do {
            artifact = try compiler.compile(bytes, timing: timing)
        } catch {
            progress.clear()
            throw CommandFailure("\(printable(input)): \(error)")
        }
        progress.clear()
        let path = output ?? defaultOutput
        try writeOutput(artifact, to: path)
        if writesDependencies && path != "-" { try writeOutput(Array("\(escapedForMake(path)): \(escapedForMake(input))\n".utf8), to: dependencyPath(path)) }
        if timePasses { FileHandle.standardError.write(Data(timing.report.utf8)) }
    }

    private var defaultOutput: String {
        if input == "-" { return "-" }
        return replacingExtension(input, with: "pwasm")
    }
    private func dependencyPath(_ path: String) -> String { replacingExtension(path, with: "d") }
    private func replacingExtension(_ path: String, with new: String) -> String {
        let url = URL(fileURLWithPath: path)
        let base = url.pathExtension.isEmpty ? path : String(path.dropLast(url.pathExtension.count + 1))
        return base + "." + new
    }
    private func escapedForMake(_ path: String) -> String {
        path.replacingOccurrences(of: "$", with: "$$").replacingOccurrences(of: "#", with: "\\#").replacingOccurrences(of: " ", with: "\\ ")
    }
}

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check that a module is valid.", discussion: "Exit status 0 if it is, 1 with the first error if not.")
    @Argument(help: ArgumentHelp("The module, or - for standard input.", valueName: "file"))
    var input: String

    func run() throws {
        let bytes = try readInput(input)
        do {
            try Compiler().validate(bytes)
        } catch {
            throw CommandFailure("\(printable(input)): \(error)")
        }
    }
}
