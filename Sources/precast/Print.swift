import ArgumentParser
import Glibc
import PrecastWasmText

struct Print: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print",
        abstract: "Print a module in the text format.",
        discussion: """
            The name section's names become identifiers, made unique; custom sections and branch hints become annotations. Parsing the text \
            gives the module again. The module need not be valid, only well formed. Exit status 0, or 1 with an error.

            Examples:
              precast print app.wasm
              precast print --fold app.wasm -o app.wat
            """)

    @OptionGroup var features: FeatureOptions
    @Argument(help: ArgumentHelp("The module, in either format, or - for standard input.", valueName: "file"))
    var input: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the text (default: standard output).", valueName: "file"))
    var output: String?
    @Flag(name: .long, help: "Write operands in the parentheses of the operator that takes them.")
    var fold = false
    @Flag(name: .customLong("no-names"), help: "Use indices and no names.")
    var dropsNames = false

    func run() throws {
        var bytes = try readFile(input)
        if isTextModule(bytes, input) { bytes = try parsed(bytes, from: input) }
        let known = try features.change(.all)
        let text: [UInt8]
        do throws(PrintError) {
            text = try printModule(bytes, PrintOptions(isFolded: fold, usesNames: !dropsNames, features: known))
        } catch {
            throw CommandFailure("\(inputName(input)): \(error)\(FeatureOptions.hint(error.disabledFeature))")
        }
        try writeOutput(text, to: output ?? "-")
    }
}
