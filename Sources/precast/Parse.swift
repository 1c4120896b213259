import ArgumentParser
import Glibc
import PrecastWasmText

struct Parse: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Turn a module of the text format into the binary format.",
        discussion: """
            Identifiers go to the name section. The module is not validated. Exit status 0, or 1 with the first error, its line and a caret.

            Examples:
              precast parse app.wat
              precast parse app.wat -o - | precast validate -
            """)

    @Argument(help: ArgumentHelp("The module, or - for standard input.", valueName: "file"))
    var input: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the binary (default: the module's name with .wasm); - for standard output.", valueName: "file"))
    var output: String?
    @Flag(name: .customLong("no-names"), help: "Write no name section.")
    var dropsNames = false

    func run() throws {
        let path = output ?? (input == "-" ? "-" : replacingExtension(input, with: "wasm"))
        if path == "-", isatty(STDOUT_FILENO) == 1 { throw CommandFailure("standard output is a terminal: name a file with -o") }
        let text = try readFile(input)
        if isBinaryModule(text) { throw CommandFailure("\(inputName(input)): this is the binary format already") }
        try writeOutput(try parsed(text, from: input, TextOptions(keepsNames: !dropsNames)), to: path)
    }
}

/// The binary format of a text, or a failure that shows the line.
func parsed(_ text: [UInt8], from path: String, _ options: TextOptions = TextOptions()) throws(CommandFailure) -> [UInt8] {
    do throws(TextError) {
        return try parseText(text, options)
    } catch {
        throw CommandFailure("\(inputName(path)):\(error)")
    }
}

func isBinaryModule(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0, 0x61, 0x73, 0x6D]) }

/// Whether what was read from `path` is meant as the text format: it begins with a parenthesis or a comment, or the name says so.
func isTextModule(_ bytes: [UInt8], _ path: String) -> Bool {
    if isBinaryModule(bytes) { return false }
    let start = bytes.prefix(4096).drop { $0 <= 0x20 }
    return start.first == UInt8(ascii: "(") || start.starts(with: ";;".utf8) || path.hasSuffix(".wat")
}

/// `path` with another extension, or one more where it has none.
func replacingExtension(_ path: String, with new: String) -> String {
    let name = path.lastIndex(of: "/").map { path[$0...].dropFirst() } ?? path[...]
    guard let dot = name.dropFirst().lastIndex(of: ".") else { return path + "." + new }
    return path[..<dot] + "." + new
}
