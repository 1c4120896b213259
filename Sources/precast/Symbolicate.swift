import ArgumentParser
import Glibc
import PrecastGuestRunner
import PrecastSymbolication

/// Makes the backtraces that traps print readable where the debug information is.
struct Symbolicate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symbolicate",
        abstract: "Add source lines and demangled names to a trap's backtrace.",
        discussion: """
            Reads what a trap printed, and prints it again with each frame's place in the source, the functions that the guest's own compiler inlined, and names \
            as the source has them (C++, Rust, Swift). Other lines stay as they are. The source comes from the debug information in the module that was compiled \
            (--wasm), in the artifact, if it was compiled with -g (--artifact), or in its debug file. The build id in a report must be the artifact's.

            Examples:
              precast-run app.pwasm 2>&1 | precast symbolicate --wasm app.wasm
              precast symbolicate --artifact app.pwasm crash.txt
              precast symbolicate --artifact app.pwasm --debug-file app.debug crash.txt
              precast symbolicate --wasm app.wasm --address 0x1a2b
            """)
    @Option(name: .long, help: ArgumentHelp("The module that was compiled, with its debug information.", valueName: "app.wasm"))
    var wasm: String?
    @Option(name: .customLong("debug-wasm"), help: ArgumentHelp("The module that has the debug information, if the one that was compiled has none.", valueName: "file"))
    var debugModule: String?
    @Option(name: .long, help: ArgumentHelp("The artifact that ran.", valueName: "app.pwasm"))
    var artifact: String?
    @Option(name: .customLong("debug-file"), help: ArgumentHelp("The artifact's debug information, if it is not in the artifact.", valueName: "app.debug"))
    var debugFile: String?
    @Option(name: .long, help: ArgumentHelp("Say what is at this offset of the module's binary, instead of reading a report; may be repeated.", valueName: "offset"))
    var address: [String] = []
    @Argument(help: ArgumentHelp("The report, or - for standard input.", valueName: "file"))
    var file = "-"

    func validate() throws {
        if debugFile != nil && artifact == nil { throw ValidationError("--debug-file needs the artifact: --artifact FILE") }
        if debugModule != nil && wasm == nil { throw ValidationError("--debug-wasm needs the module that was compiled: --wasm FILE") }
        if !address.isEmpty && wasm == nil { throw ValidationError("--address is an offset of a module's binary: name it with --wasm") }
    }

    func run() throws {
        let module = try wasm.map { try sourceMap($0) }
        if let module, !address.isEmpty { return try printPlaces(module) }
        let report = String(decoding: try readFile(file), as: UTF8.self)
        let native = try artifact.flatMap { try nativeMap($0, report, isNeeded: module == nil) }
        let text = symbolicated(report) { group in
            if let module {
                return group.map { frame in
                    // Of another module's frames nothing is known.
                    guard let offset = frame.wasmOffset, module.function(at: offset) == frame.function else { return [] }
                    return module.framesOrText(at: offset)
                }
            }
            return native?.frames(group) ?? []
        }
        writeText(text, to: STDOUT_FILENO)
    }

    private func printPlaces(_ module: SourceMap) throws {
        for text in address {
            let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
            guard let offset = UInt32(digits, radix: text.hasPrefix("0x") ? 16 : 10) else { throw CommandFailure.usage("--address takes a number, not '\(printable(text))'") }
            let function = module.function(at: offset).map { "function \($0)" } ?? "no function"
            writeText("0x\(String(offset, radix: 16)): \(function)\n", to: STDOUT_FILENO)
            for frame in module.framesOrText(at: offset) {
                if !frame.name.isEmpty { writeText("    \(printable(frame.name))\(frame.isInlined ? ", inlined" : "")\n", to: STDOUT_FILENO) }
                if let place = frame.place { writeText("        at \(printable(place))\n", to: STDOUT_FILENO) }
            }
        }
    }

    private func sourceMap(_ path: String) throws -> SourceMap {
        let bytes = try readFile(path), debug = try debugModule.map { try readFile($0) }
        do throws(SourceMapError) { return try SourceMap(bytes, debugModule: debug) } catch { throw CommandFailure("\(inputName(debugModule ?? path)): \(error)") }
    }

    /// The artifact's source map, or nil where it has none and needs none, as the module has one; its build id is compared in any case.
    private func nativeMap(_ path: String, _ report: String, isNeeded: Bool) throws -> NativeSourceMap? {
        let bytes = try readFile(path, limit: artifactLimit)
        let debug = try debugFile.map { try readFile($0, limit: artifactLimit) }
        let map: NativeSourceMap
        do throws(SourceMapError) {
            try checkBuildID(bytes, report, path)
            map = try NativeSourceMap(artifact: bytes, debugFile: debug)
        } catch {
            if !isNeeded, case .noDebugInformation = error { return nil }
            throw CommandFailure("\(inputName(debugFile ?? path)): \(error)")
        }
        return map
    }

    private func checkBuildID(_ artifact: [UInt8], _ report: String, _ path: String) throws(SourceMapError) {
        let expected = try buildID(ofArtifact: artifact)
        if let found = printedBuildID(report), found != expected {
            throw .artifact("the report is of an artifact with build id \(found), this one has \(expected)")
        }
    }
}
