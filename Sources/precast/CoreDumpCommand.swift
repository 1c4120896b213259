import ArgumentParser
import Glibc
import PrecastCoreDump
import PrecastGuestRunner
import PrecastInspection
import PrecastSymbolication
import PrecastWasmText

struct CoreDumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coredump",
        abstract: "Print a core dump of a guest.",
        discussion: """
            Reads dumps that `precast-run --coredump` and other runtimes write: threads and their frames, instances, globals, and the ranges of memories that are \
            not zero. A dump of Precast's loader, with the artifact that ran, gives the values of locals, too, if that was compiled with -g. Exit status 0, or 1 with an error.

            Examples:
              precast coredump core.wasm
              precast coredump core.wasm --wasm app.wasm
              precast coredump core.wasm --wasm app.wasm --artifact app.pwasm --debug-file app.debug
              precast coredump core.wasm --artifact app.pwasm -o full.wasm
              precast coredump core.wasm --memory 0x10000:64
            """)

    @Argument(help: ArgumentHelp("The core dump, or - for standard input.", valueName: "file"))
    var file: String
    @Option(name: .long, help: ArgumentHelp("The module that ran: its names and offsets are printed.", valueName: "file"))
    var wasm: String?
    @Option(name: .long, help: ArgumentHelp("The artifact that ran, which was compiled with -g: locals get their values; may be repeated.", valueName: "app.pwasm"))
    var artifact: [String] = []
    @Option(name: .customLong("debug-file"), help: ArgumentHelp("The debug file of an artifact that has none of that itself; may be repeated.", valueName: "app.debug"))
    var debugFile: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("Write the dump with the values of locals there, for other tools, instead of printing it.", valueName: "file"))
    var output: String?
    @Option(name: .long, help: ArgumentHelp("Print bytes of a memory, at an address: the first memory, 256 bytes, unless said otherwise.", valueName: "[memory:]address[:count]"))
    var memory: [String] = []

    func validate() throws {
        if artifact.isEmpty && !debugFile.isEmpty { throw ValidationError("--debug-file needs the artifact: --artifact FILE") }
        if artifact.isEmpty && output != nil { throw ValidationError("--output needs the artifact: --artifact FILE") }
    }

    func run() throws {
        let bytes = try readFile(file)
        var dump: CoreDump
        do throws(CoreDumpError) { dump = try CoreDump(bytes) } catch {
            throw CommandFailure("\(inputName(file)): \(printable("\(error)"))")
        }
        if !artifact.isEmpty {
            let modules = try compiledModules()
            do throws(CompletionError) { try dump.complete(bytes, with: modules) } catch { throw CommandFailure("\(inputName(file)): \(printable("\(error)"))") }
        }
        if let output { return try writeOutput(dump.bytes(completing: bytes), to: output, mode: 0o600) }
        if memory.isEmpty {
            return writeText(dump.text(try names()), to: STDOUT_FILENO)
        }
        for place in memory {
            let (number, address, count) = try parse(place)
            let read = dump.read(number, at: address, count: count, from: bytes)
            if read.isEmpty { throw CommandFailure("\(inputName(file)): memory \(number) does not reach to 0x\(String(address, radix: 16))") }
            writeText(memoryText(read, at: address), to: STDOUT_FILENO)
        }
    }

    /// The artifacts, each with the debug file that has its build id.
    private func compiledModules() throws -> [CompiledModule] {
        let debugFiles = try debugFile.map { ($0, try readFile($0, limit: artifactLimit)) }
        var unused = Set(debugFile)
        let modules = try artifact.map { path in
            let bytes = try readFile(path, limit: artifactLimit)
            do throws(CompletionError) {
                // Of several, the one that belongs to it; a single one is meant for a single artifact.
                let own = debugFiles.first { (debugFiles.count == 1 && artifact.count == 1) || CompiledModule.belongs($0.1, to: bytes) }
                if let own { unused.remove(own.0) }
                return try CompiledModule(artifact: bytes, debugFile: own?.1)
            } catch { throw CommandFailure("\(inputName(path)): \(printable("\(error)"))") }
        }
        if let path = unused.sorted().first { throw CommandFailure("\(inputName(path)): the debug file belongs to none of the artifacts") }
        return modules
    }

    private func names() throws -> CoreDumpNames {
        var names = CoreDumpNames { bytes in bytes.withUnsafeBytes { PrecastInspection.printable($0) } }
        guard let wasm else { return names }
        let module = try OperatorTexts(wasm)
        names.function = { _, index in (module.name(index), module.bodyOffset(index)) }
        names.local = module.localName
        names.sourcePlace = module.sourcePlace
        return names
    }

    private func parse(_ place: String) throws -> (memory: UInt32, address: UInt64, count: Int) {
        let parts = place.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        func number(_ text: String) throws -> UInt64 {
            guard let value = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text) else {
                throw CommandFailure.usage("--memory takes [MEMORY:]ADDRESS[:COUNT], not '\(printable(place))'")
            }
            return value
        }
        let numbers = try parts.map(number)
        switch numbers.count {
        case 1: return (0, numbers[0], 256)
        case 2: return (0, numbers[0], Int(clamping: min(numbers[1], 1 << 24)))
        case 3: return (UInt32(clamping: numbers[0]), numbers[1], Int(clamping: min(numbers[2], 1 << 24)))
        default: throw CommandFailure.usage("--memory takes [MEMORY:]ADDRESS[:COUNT], not '\(printable(place))'")
        }
    }
}
