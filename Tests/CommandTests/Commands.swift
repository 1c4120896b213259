import Foundation
import PrecastWasmTestSupport
import Testing

/// The commands that the tests run: those built with them. `$PRECAST_RUN` names another loader, such as the embedded one.
enum Command: String {
    case precast
    case precastRun = "precast-run"

    var path: String {
        if self == .precastRun, let other = ProcessInfo.processInfo.environment["PRECAST_RUN"] { return other }
        return Self.folder.appendingPathComponent(rawValue).path
    }
    private static let folder = URL(fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/")
        .deletingLastPathComponent()
}

/// How a command ended.
struct Outcome {
    /// The exit status; 128 and the signal's number for a signal.
    var status: Int32
    var output: [UInt8]
    var errors: String
    var text: String { String(decoding: output, as: UTF8.self) }
}

/// A folder of its own, removed with its content.
final class WorkFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("precast-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
    func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: url.appendingPathComponent(name)) }
    func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appendingPathComponent(name))) }
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }

    /// Runs a command in this folder to its end. `shell` stands before it, for limits.
    @discardableResult func run(_ command: Command, _ arguments: [String], input: [UInt8] = [], shell: String? = nil) throws -> Outcome {
        try run(command.path, arguments, input: input, shell: shell)
    }

    private func run(_ path: String, _ arguments: [String], input: [UInt8], shell: String?) throws -> Outcome {
        let streams = try WorkFolder()
        try streams.write("in", input)
        try streams.write("out", [])
        try streams.write("err", [])
        let process = try process(path, arguments, shell: shell)
        process.standardInput = try FileHandle(forReadingFrom: streams.url.appendingPathComponent("in"))
        process.standardOutput = try FileHandle(forWritingTo: streams.url.appendingPathComponent("out"))
        process.standardError = try FileHandle(forWritingTo: streams.url.appendingPathComponent("err"))
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: (process.terminationReason == .uncaughtSignal ? 128 : 0) + process.terminationStatus,
            output: try streams.read("out"), errors: String(decoding: try streams.read("err"), as: UTF8.self))
    }

    /// A process for a command in this folder, not yet started.
    func process(_ path: String, _ arguments: [String], shell: String? = nil) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: shell == nil ? path : "/bin/sh")
        process.arguments = shell.map { ["-c", $0 + "\nexec \"$0\" \"$@\"", path] + arguments } ?? arguments
        process.currentDirectoryURL = url
        return process
    }

    /// Writes a module and compiles it. - Returns: the artifact's name.
    func compile(_ name: String, _ module: TestModule, _ options: [String] = []) throws -> String {
        try write(name + ".wasm", module.encode())
        let outcome = try run(.precast, ["compile", name + ".wasm"] + options)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        return name + ".pwasm"
    }
}

/// Modules of a few instructions.
enum Guests {
    /// Exports `add`, of two i32.
    static var add: TestModule {
        var module = TestModule()
        module.addFunction([i32, i32], [i32], [0x20, 0, 0x20, 1, 0x6A])
        module.exports = [name("add") + [0, 0]]
        return module
    }

    /// Exports `shift`, an i32 by another: an instruction of its own on newer CPUs.
    static var shift: TestModule {
        var module = TestModule()
        module.addFunction([i32, i32], [i32], [0x20, 0, 0x20, 1, 0x74])
        module.exports = [name("shift") + [0, 0]]
        return module
    }

    /// `_start` exits with `code`.
    static func exit(_ code: UInt8) -> TestModule { wasi("proc_exit", [i32], [], [0x41] + signed(Int64(code)) + [0x10, 0x00]) }

    /// `_start` exits with the number of its arguments, its name among them.
    static var countArguments: TestModule {
        // args_sizes_get(0, 4), drop; proc_exit(load 0). Function 0 is args_sizes_get, 1 proc_exit.
        var module = TestModule()
        module.imports = ["args_sizes_get", "proc_exit"].enumerated().map { name("wasi_snapshot_preview1") + name($1) + [0, UInt8($0)] }
        module.types = [functionType([i32, i32], [i32]), functionType([i32], [])]
        module.memories = [[0x00, 0x01]]
        module.addFunction([0x41, 0, 0x41, 4, 0x10, 0, 0x1A, 0x41, 0, 0x28, 2, 0, 0x10, 1])
        module.exports = [name("_start") + [0, 2], name("memory") + [2, 0]]
        return module
    }

    /// `_start` calls a function that traps.
    static var trap: TestModule {
        var module = TestModule()
        module.addFunction([0x00])
        module.addFunction([0x10, 0x00])
        module.exports = [name("_start") + [0, 1]]
        module.trailing = [custom("name", section(1, vector([[0] + name("inner"), [1] + name("outer")])))]
        return module
    }

    /// `_start` touches its memory.
    static var memory: TestModule {
        var module = TestModule()
        module.memories = [[0x00, 0x01]]
        module.addFunction([0x41, 0, 0x41, 1, 0x36, 2, 0])
        module.exports = [name("_start") + [0, 0]]
        return module
    }

    /// Wants a function that no one has.
    static var unknownImport: TestModule {
        var module = TestModule()
        module.imports = [name("env") + name("no such\u{1b}thing") + [0, 0]]
        module.types = [functionType([], [])]
        module.addFunction([0x10, 0x00])
        module.exports = [name("_start") + [0, 1]]
        return module
    }

    private static func wasi(_ function: String, _ parameters: [UInt8], _ results: [UInt8], _ code: [UInt8]) -> TestModule {
        var module = TestModule()
        module.imports = [name("wasi_snapshot_preview1") + name(function) + [0, 0]]
        module.types = [functionType(parameters, results)]
        module.memories = [[0x00, 0x01]]
        module.addFunction(code)
        module.exports = [name("_start") + [0, 1], name("memory") + [2, 0]]
        return module
    }
}
