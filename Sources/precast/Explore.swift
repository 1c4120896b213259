import ArgumentParser
import Glibc
import PrecastCompiler
import PrecastExploration
import PrecastSymbolication

struct Explore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Make a page that shows a module beside its IR and machine code.",
        discussion: """
            Compiles the module and writes one HTML file: WebAssembly text, IR before and after optimization, and machine code of every function, \
            with what belongs together linked. The page loads nothing. Exit status 0, or 1 with an error.

            Examples:
              precast explore app.wasm -o page.html
              precast explore app.wasm -o page.html -O0 --show main --show 12
              precast explore app.wasm -o page.html --target aarch64-unknown-linux-gnu
            """)

    @Argument(help: ArgumentHelp("The module, in either format, or - for standard input.", valueName: "file"))
    var input: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the page; - for standard output.", valueName: "file"))
    var output: String
    @Option(name: .customLong("show"), help: ArgumentHelp("Only this function, by its name or its index in the module. May be repeated.", valueName: "name|index"))
    var functions: [String] = []
    @Flag(name: .customLong("with-sources"), help: "Put lines of the source files into the page: those that the module's debug information names, wherever they are.")
    var includesSources = false
    @OptionGroup(title: "Compiling") var options: CompileOptions

    func run() throws {
        try options.requireOneTarget("explore")
        if options.dump != nil { throw CommandFailure.usage("explore makes dumps of its own: leave out --dump") }
        let compiler = try options.compiler()
        let bytes = try readFile(input)
        if let reason = reasonAgainstModule(bytes, input) { throw CommandFailure("\(inputName(input)): \(reason)") }
        var page = ExploreOptions()
        page.title = input == "-" ? "standard input" : input.split(separator: "/").last.map(String.init) ?? input
        page.functions = functions
        do {
            let module = try binaryModule(bytes, from: input)
            if let sources = try? SourceMap(module) {
                let files = includesSources ? SourceFiles() : nil
                page.sourcePlace = { offset in
                    guard let frame = sources.frames(at: offset).first, let file = frame.file, let line = frame.line else { return nil }
                    return SourcePlace(file: printable(file), line: Int(line), text: files?.line(Int(line), of: file))
                }
            }
            try writeOutput(try explorePage(module, compiler, page), to: output)
        } catch let failure as CompileFailure {
            throw CommandFailure(failure.message)
        } catch let error as ExplorationError {
            throw CommandFailure("\(inputName(input)): \(printable("\(error)"))\(FeatureOptions.hint(error.compileError?.disabledFeature))")
        }
    }
}

/// Lines of text files, each read once. What is no file that can be read has none.
private final class SourceFiles {
    private var lines: [String: [Substring]] = [:]
    private static let limit = 16 << 20

    /// - Parameter number: from 1.
    func line(_ number: Int, of path: String) -> String? {
        let known = lines[path] ?? read(path)
        lines[path] = known
        return number >= 1 && number <= known.count ? String(known[number - 1]) : nil
    }

    private func read(_ path: String) -> [Substring] {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, let bytes = try? readInput(path, limit: Self.limit) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }
}
