import PrecastArtifactFormat
import PrecastCompiler
import PrecastCoreDump
import PrecastRuntime
import PrecastWasmBinary
import PrecastWasmText
import PrecastWasmTypes
import PrecastWasmValidation
import Testing

private let source = """
    (module $guest
      (memory $first (export "memory") 3 5)
      (memory $second i64 2)
      (global $i (mut i32) (i32.const -7))
      (global $l (mut i64) (i64.const 0x123456789abcdef0))
      (global $f (mut f32) (f32.const 1.5))
      (global $d (mut f64) (f64.const -0.25))
      (global $v (mut v128) (v128.const i64x2 1 2))
      (global $r (mut funcref) (ref.func $crash))
      (global $x (mut externref) (ref.null extern))
      (data (i32.const 100) "first page")
      (data (i32.const 131072) "third page")
      (func $crash (param $a i32) (param $b i64) (result i32) (local f64 f64)
        (i64.store $second (i64.const 65536) (i64.const -1))
        (global.set $i (local.get $a))
        (i32.div_u (local.get $a) (i32.const 0)))
      (func $middle (param i32) (result i32) (call $crash (local.get 0) (i64.const 3)))
      (func (export "main") (param i32) (result i32) (call $middle (i32.add (local.get 0) (i32.const 1)))))
    """

/// The core dump of a call of `main` with 41, which traps, at an optimization level.
private func dump(_ level: OptimizationLevel, _ source: String = source) throws -> [UInt8] {
    var configuration = CompilerConfiguration()
    configuration.optimizationLevel = level
    let artifact = try Compiler(configuration).compile(try parseText(source))
    let engine = try Engine()
    let module = try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched)))
    let store = try Store(engine)
    let instance = try Linker<Void>(engine).instantiate(module, in: store)
    let main = try #require(instance.function("main"))
    var bytes: [UInt8] = []
    do throws(CallError) {
        _ = try main.call([.i32(41)])
        Issue.record("no trap")
    } catch {
        let backtrace = try #require(error.backtrace)
        #expect(store.writeCoreDump(backtrace, name: "guest.wasm") { bytes += $0; return true })
        // A file that takes no more ends it.
        #expect(!store.writeCoreDump(backtrace, name: "guest.wasm") { _ in false })
    }
    return bytes
}

private func names(_ source: String) throws -> CoreDumpNames {
    var lister = try FunctionLister(try parseText(source))
    let bodies = lister.definedFunctions.map { (lister.identifier($0), lister.bodyOffset($0)) }
    var names = CoreDumpNames { String(decoding: $0, as: UTF8.self) }
    names.function = { _, index in Int(index) < bodies.count ? (bodies[Int(index)].0, bodies[Int(index)].1) : (nil, nil) }
    return names
}

@Suite struct CoreDumpTests {
    @Test(arguments: OptimizationLevel.allCases) func dumpOfATrap(_ level: OptimizationLevel) throws {
        let bytes = try dump(level)
        // It is a module that others can read.
        _ = try validate(try decodeModule(bytes))
        let dump = try CoreDump(bytes)
        #expect(dump.executable == Array("guest.wasm".utf8) && dump.modules == [Array("guest".utf8)])
        #expect(dump.instances.map(\.memories) == [[0, 1]] && dump.instances.map(\.globals) == [[0, 1, 2, 3, 4, 5, 6]])
        let frames = try #require(dump.threads.first).frames
        #expect(frames.map(\.function) == [0, 1, 2])
        #expect(frames.map(\.locals.count) == [4, 1, 1])
        #expect(frames.allSatisfy { $0.stack.isEmpty && $0.locals.allSatisfy { $0 == .missing } })
        #expect(dump.memories.map(\.limits.minimum) == [3, 2] && dump.memories.map(\.is64) == [false, true])
        #expect(dump.memories[0].limits.maximum == 5)
        #expect(dump.globals.map(\.value) == ["i32 42", "i64 1311768467463790320", "f32 1.5", "f64 -0.25", "v128.const", "unknown", "unknown"])
        #expect(dump.ranges.map(\.memory) == [0, 0, 1] && dump.ranges.map(\.address) == [0, 131072, 65536])
        #expect(String(decoding: dump.read(0, at: 100, count: 10, from: bytes), as: UTF8.self) == "first page")
        #expect(String(decoding: dump.read(0, at: 131072, count: 10, from: bytes), as: UTF8.self) == "third page")
        #expect(dump.read(1, at: 65535, count: 9, from: bytes) == [0] + [UInt8](repeating: 0xff, count: 8))
        #expect(dump.read(0, at: 3 * 65536 - 2, count: 10, from: bytes) == [0, 0])
        #expect(dump.read(0, at: 3 * 65536, count: 1, from: bytes).isEmpty && dump.read(2, at: 0, count: 1, from: bytes).isEmpty)
    }

    @Test func offsetsAreThoseOfTheOperators() throws {
        var lister = try FunctionLister(try parseText(source))
        let frames = try #require(try CoreDump(try dump(.standard)).threads.first).frames
        let operators = try frames.map { frame in
            let offset = (lister.bodyOffset(frame.function) ?? 0) + frame.codeOffset
            return try lister.function(frame.function).lines.first { $0.offset == offset }?.text
        }
        #expect(operators == ["i32.div_u", "call $crash", "call $middle"])
    }

    @Test func text() throws {
        let text = try CoreDump(try dump(.none)).text(try names(source))
        for line in [
            "core dump of guest.wasm", "thread main, 3 frames:", "  0: $crash (function 0) at 0x", "     locals: 4, values missing", "  0: module guest, memories 0 1, globals 0 1 2 3 4 5 6",
            "  0: i32 42\n", "  5: funcref unknown\n", "  0: 3 pages, 196608 bytes\n", "     0x20000..<0x21000, 4096 bytes",
        ] { #expect(text.contains(line), "\(line) in \(text)") }
        #expect(memoryText(Array("Hello, world\u{1}!....".utf8), at: 0x10) == """
            0x10  48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 01 21 2e 2e  Hello, world.!..
            0x20  2e 2e                                            ..

            """)
    }

    @Test func whatIsNoDumpIsAnError() throws {
        #expect(throws: CoreDumpError.self) { try CoreDump([]) }
        #expect(throws: CoreDumpError.self) { try CoreDump(try parseText("(module)")) }
        let bytes = try dump(.standard)
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                damaged[Int(state >> 33) % min(400, damaged.count)] = UInt8(truncatingIfNeeded: state >> 24)
            }
            if let dump = try? CoreDump(damaged) {
                _ = dump.text(CoreDumpNames { "\($0)" })
                _ = dump.read(0, at: 0, count: 100, from: damaged)
            }
        }
    }
}
