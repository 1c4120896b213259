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
            not zero. Exit status 0, or 1 with an error.

            Examples:
              precast coredump core.wasm
              precast coredump core.wasm --wasm app.wasm
              precast coredump core.wasm --memory 0x10000:64
            """)

    @Argument(help: ArgumentHelp("The core dump, or - for standard input.", valueName: "file"))
    var file: String
    @Option(name: .long, help: ArgumentHelp("The module that ran: its names and offsets are printed.", valueName: "file"))
    var wasm: String?
    @Option(name: .long, help: ArgumentHelp("Print bytes of a memory, at an address: the first memory, 256 bytes, unless said otherwise.", valueName: "[memory:]address[:count]"))
    var memory: [String] = []

    func run() throws {
        let bytes = try readFile(file)
        let dump: CoreDump
        do throws(CoreDumpError) { dump = try CoreDump(bytes) } catch {
            throw CommandFailure("\(inputName(file)): \(printable("\(error)"))")
        }
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

    private func names() throws -> CoreDumpNames {
        var names = CoreDumpNames { bytes in bytes.withUnsafeBytes { PrecastInspection.printable($0) } }
        guard let wasm else { return names }
        let module = try OperatorTexts(wasm)
        names.function = { _, index in (module.name(index), module.bodyOffset(index)) }
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
