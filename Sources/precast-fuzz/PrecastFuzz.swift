import ArgumentParser
import Foundation
import PrecastCompiler
import PrecastRuntime
import PrecastWasmTypes

/// Runs generated modules in several configurations and compares with what another engine said: the Swift half of tools/fuzz.
@main struct PrecastFuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precast-fuzz",
        abstract: "Compares compiled modules with expected results.",
        discussion: """
            DIR holds N.wasm and N.expected for each module. A module exports functions f0, f1, … and a memory "memory". Each line of the expected
            file is `ROUND FUNCTION RESULT`: the functions are called in that order with the arguments that `argument(_:_:)` gives for the round;
            the last line, `mem HASH PAGES`, describes the first 64 KiB of the memory in the end.
            Exit status 1 if there is a difference.
            """)

    @Argument(help: ArgumentHelp("Folder of modules.", valueName: "dir"))
    var directory: String

    func run() throws {
        let engine = try Engine()
        let configurations = try Configuration.all()
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".wasm") }.sorted()
        var differences = 0
        for name in names {
            let path = directory + "/" + name
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let expected = try String(contentsOfFile: String(path.dropLast(4)) + "expected", encoding: .utf8).split(separator: "\n").map(String.init)
            for configuration in configurations {
                let found: [String]
                do { found = try results(bytes, expected, configuration.settings, engine) } catch { found = ["error: \(error)"] }
                guard let line = zip(found + Array(repeating: "nothing", count: max(0, expected.count - found.count)), expected).first(where: { $0 != $1 }) else { continue }
                differences += 1
                print("\(name) \(configuration.name): expected '\(line.1)', found '\(line.0)'")
            }
        }
        print("\(names.count * configurations.count - differences) passed, \(differences) failed")
        if differences > 0 { throw ExitCode(1) }
    }

    private func results(_ bytes: [UInt8], _ expected: [String], _ settings: CompilerConfiguration, _ engine: Engine) throws -> [String] {
        let artifact = try Compiler(settings).compile(bytes)
        let module = try Module(engine, LoadedModule(ArtifactImage.open(copying: artifact, trust: .vouched)))
        let store = try Store(engine)
        let instance = try Linker<Void>(engine).instantiate(module, in: store)
        var lines: [String] = []
        for line in expected.dropLast() {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3, let round = Int(parts[0]), let function = instance.function(parts[1]) else { throw FuzzError("a line that makes no sense: \(line)") }
            let arguments = function.type.parameters.enumerated().map { argument(round + $0, $1) }
            lines.append("\(parts[0]) \(parts[1]) \(outcome(of: function, arguments))")
        }
        guard case .memory(let memory)? = instance.export("memory") else { throw FuzzError("the module exports no memory") }
        let hash = memory.withUnsafeMutableBytes { bytes in
            stride(from: 0, to: 65536, by: 8).reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { hash, offset in
                hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x0100_0000_01b3
            }
        }
        return lines + ["mem \(hash) \(memory.pageCount)"]
    }

    private func outcome(of function: Function, _ arguments: [Value]) -> String {
        do {
            return try function.call(arguments).map(describe).joined(separator: " ")
        } catch {
            guard case .trap(let trap) = error else { return "error: \(error)" }
            return "trap \(trap.code.message)"
        }
    }

    /// Argument values by number modulo 5. tools/fuzz has the same table.
    private func argument(_ number: Int, _ type: ValueType) -> Value {
        let i = number % 5
        switch type {
        case .i32: return .i32([0, -1, 7, .min, 123_456_789][i])
        case .i64: return .i64([0, -1, 9, .min, 0x0123_4567_89ab_cdef][i])
        case .f32: return .f32([0, -1.5, .nan, 1e10, 3.25][i])
        default: return .f64([0, -1.5, .nan, 1e20, 3.25][i])
        }
    }
    /// Unsigned integers; floats as the bits of a double, all NaNs alike.
    private func describe(_ value: Value) -> String {
        switch value {
        case .i32(let x): String(UInt32(bitPattern: x))
        case .i64(let x): String(UInt64(bitPattern: x))
        case .f32(let x): x.isNaN ? "nan" : String(Double(x).bitPattern, radix: 16)
        case .f64(let x): x.isNaN ? "nan" : String(x.bitPattern, radix: 16)
        default: "\(value)"
        }
    }
}

/// A way to compile that must not change results.
private struct Configuration {
    let name: String
    let settings: CompilerConfiguration

    static func all() throws -> [Configuration] {
        try [
            make("O0") { $0.optimizationLevel = .none },
            make("O1, no signals") {
                $0.optimizationLevel = .less
                $0.usesSignals = false
            },
            make("O2, native") { $0.target = try Target(cpu: "native") },
            make("O2, x86-64") { $0.target = try Target(cpu: "x86-64") },
            make("O2, dynamic memories") { $0.memoryReservation = 0 },
            make("Os, all frame pointers") {
                $0.optimizationLevel = .size
                $0.keepsAllFramePointers = true
            },
        ]
    }
    private static func make(_ name: String, _ change: (inout CompilerConfiguration) throws -> Void) rethrows -> Configuration {
        var settings = CompilerConfiguration()
        settings.checksItself = true
        try change(&settings)
        return Configuration(name: name, settings: settings)
    }
}

struct FuzzError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
