import ArgumentParser
import Glibc
import PrecastArtifactFormat
import PrecastDisassembly
import PrecastGuestRunner
import PrecastInspection
import PrecastSymbolication
import PrecastWasmText

struct Objdump: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "objdump",
        abstract: "Disassemble an artifact.",
        discussion: """
            Prints the machine code of functions and trampolines, with where in the module it comes from, and what it calls, traps with and touches. \
            With the module that the artifact was compiled from, the operators are printed as text. Exit status 0, or 1 with an error.

            Examples:
              precast objdump app.pwasm
              precast objdump app.pwasm --wasm app.wasm --function main
              precast objdump app.pwasm --function 12 --att --no-bytes
              precast objdump app.pwasm --target aarch64-unknown-linux-gnu
            """)

    @Argument(help: ArgumentHelp("The artifact, or - for standard input.", valueName: "file"))
    var file: String
    @Option(name: .long, help: ArgumentHelp("The module that it was compiled from: operators are printed as text.", valueName: "file"))
    var wasm: String?
    @Option(name: .long, help: ArgumentHelp("Only this function, by its name or its index in the module. May be repeated.", valueName: "name|index"))
    var function: [String] = []
    @Option(name: .long, help: ArgumentHelp("Of a file for several targets, the artifact for this one.", valueName: "triple[:cpu]"))
    var target: String?
    @Flag(name: .long, help: "Write x86-64's instructions in AT&T syntax.")
    var att = false
    @Flag(name: .customLong("no-bytes"), help: "Leave out the bytes of the instructions.")
    var omitsBytes = false
    @Flag(name: .customLong("no-locations"), help: "Leave out where the code comes from.")
    var omitsLocations = false

    func run() throws {
        var bytes = try readFile(file, limit: artifactLimit)
        if target != nil || isContainer(bytes) { bytes = try member(bytes, file, target) }
        let module = try wasm.map { try OperatorTexts($0) }
        do {
            try bytes.withUnsafeBytes { try list(try ArtifactCode(image: $0, syntax: att ? .att : .intel), module) }
        } catch let error as DisassemblyError {
            let hint = bytes.starts(with: [0, 0x61, 0x73, 0x6D]) ? ": it is a WebAssembly module, which `precast compile` makes one of" : ""
            throw CommandFailure("\(inputName(file)): \(error)\(hint)")
        }
    }

    private func list(_ code: ArtifactCode, _ module: OperatorTexts?) throws {
        let rows = try chosenRows(code)
        let names = (0..<code.indexedFunctionCount).map { code.functionName(UInt32($0)) }
        if let module, module.functionCount != names.count {
            throw CommandFailure("\(inputName(wasm ?? "")): it has \(module.functionCount) functions, the module of the artifact \(names.count)")
        }
        var options = ListingOptions()
        options.showsBytes = !omitsBytes
        options.showsLocations = !omitsLocations
        options.functionName = { Int($0) < names.count ? names[Int($0)] : "function \($0)" }
        if let module {
            options.operatorText = module.text
            options.sourceLine = module.sourcePlace
        }
        writeText("\(inputName(file)): code for \(code.view.stamp.target), \(printable(code.view.stamp.cpuName))\n", to: STDOUT_FILENO)
        for row in rows { writeText("\n" + (try code.disassemble(row)).text(options), to: STDOUT_FILENO) }
    }

    /// The rows that the options ask for, in the order of the text.
    private func chosenRows(_ code: ArtifactCode) throws -> [Int] {
        let all = Array(0..<code.functionCount)
        if function.isEmpty { return all }
        let wanted = Set(function)
        var found = Set<String>()
        let rows = all.filter { row in
            let record = code.record(row)
            var keys = [code.name(row)]
            if record.kind == .function { keys += ["\(record.functionIndex)"] + code.aliases(record.functionIndex) }
            let hits = wanted.intersection(keys)
            found.formUnion(hits)
            return !hits.isEmpty
        }
        if let missing = function.first(where: { !found.contains($0) }) {
            let reason = code.hasFunction(missing) ? ": no code is left of it, it was inlined wherever it is called" : ""
            throw CommandFailure("\(inputName(file)): no code of a function '\(printable(missing))'\(reason)")
        }
        return rows
    }
}

/// The operators of a module as text, read function by function as they are asked for.
final class OperatorTexts {
    private var lister: FunctionLister
    private var texts: [UInt32: [UInt32: String]] = [:]
    private var locals: [UInt32: [UInt32: String]] = [:]
    private let sources: SourceMap?
    let functionCount: Int

    init(_ path: String) throws {
        var bytes = try readFile(path)
        if isTextModule(bytes, path) { bytes = try parsed(bytes, from: path) }
        do throws(PrintError) {
            lister = try FunctionLister(bytes)
        } catch {
            throw CommandFailure("\(inputName(path)): \(error)")
        }
        sources = try? SourceMap(bytes)
        functionCount = Int(lister.definedFunctions.upperBound)
    }

    /// File, line and column of the operator at `offset`, from the module's debug information.
    func sourcePlace(_ offset: UInt32) -> String? {
        guard let frame = sources?.frames(at: offset).first, frame.line != nil else { return nil }
        return frame.place.map { printable($0) }
    }

    /// What a function is called in text.
    func name(_ function: UInt32) -> String? { lister.identifier(function) }
    /// What a function's local is called in text.
    func localName(_ function: UInt32, _ index: UInt32) -> String? {
        if let known = locals[function] { return known[index] }
        let names = lister.localIdentifiers(function)
        locals[function] = names
        return names[index]
    }
    func bodyOffset(_ function: UInt32) -> UInt32? { lister.bodyOffset(function) }

    /// The operator at `offset`, of `function`.
    func text(_ function: UInt32, _ offset: UInt32) -> String? {
        if let known = texts[function] { return known[offset] }
        var lines: [UInt32: String] = [:]
        if lister.definedFunctions.contains(function), let text = try? lister.function(function) {
            for line in text.lines { lines[line.offset] = line.text }
        }
        texts[function] = lines
        return lines[offset]
    }
}
