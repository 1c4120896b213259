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
      (import "host" "call" (func $host (param i32) (result i32)))
      (tag $e (param i32))
      (memory 1)
      (global $g (mut i32) (i32.const 0))
      (func $leaf (export "leaf") (param $how i32) (param $d f64) (result i32) (local $l i64) (local $f f32) (local $r funcref)
        (local.set $l (i64.extend_i32_s (i32.mul (local.get $how) (i32.const -3))))
        (local.set $f (f32.convert_i32_s (local.get $how)))
        (global.set $g (i32.add (local.get $how) (i32.const 1)))
        (if (i32.eq (local.get $how) (i32.const 1)) (then (unreachable)))
        (if (i32.eq (local.get $how) (i32.const 2)) (then (throw $e (local.get $how))))
        (if (i32.eq (local.get $how) (i32.const 3)) (then (drop (i32.load (i32.const -8)))))
        (if (i32.eq (local.get $how) (i32.const 4)) (then (return (call $host (local.get $how)))))
        (global.set $g (i32.wrap_i64 (local.get $l)))
        (i32.trunc_f64_s (f64.add (local.get $d) (f64.promote_f32 (local.get $f)))))
      (func $middle (param $a i32) (param $b i64) (result i32) (local $v v128) (local $x i32)
        (local.set $v (i64x2.splat (i64.mul (local.get $b) (i64.const 5))))
        (local.set $x (call $leaf (local.get $a) (f64.convert_i64_s (local.get $b))))
        (i32.add (i32.add (local.get $x) (local.get $a)) (i32.wrap_i64 (i64x2.extract_lane 1 (local.get $v)))))
      (func (export "main") (param $n i32) (result i32)
        (i32.add (call $middle (local.get $n) (i64.const 1000)) (local.get $n)))
      (func $deep (export "deep") (param $n i32) (param $m i64) (result i32)
        (i32.add (call $deep (i32.add (local.get $n) (i32.const 1)) (i64.sub (local.get $m) (i64.const 2))) (local.get $n))))
    """

/// A guest whose dumps are read.
private struct Guest {
    let artifact: [UInt8]
    let engine: Engine
    let module: PrecastRuntime.Module

    init(_ level: OptimizationLevel, _ source: String = source, change: (inout CompilerConfiguration) -> Void = { _ in }) throws {
        var configuration = CompilerConfiguration()
        configuration.optimizationLevel = level
        configuration.debugInformation = true
        change(&configuration)
        artifact = try Compiler(configuration).compile(try parseText(source))
        var settings = EngineConfiguration()
        settings.recordsStacks = true
        engine = try Engine(settings)
        module = try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched)))
    }

    /// The dump of a call that fails. - Parameter host: what the guest's import does.
    func dump(_ function: String, _ arguments: [Value], host: @escaping (borrowing Caller<Void>, Int32) throws(HostError) -> Int32 = { _, n in n }) throws -> [UInt8] {
        let store = try Store(engine)
        var linker = Linker<Void>(engine)
        try linker.define("host", "call", host)
        let instance = try linker.instantiate(module, in: store)
        return try failure(of: try #require(instance.function(function)), arguments, in: store)
    }
}

private func failure(of function: Function, _ arguments: [Value], in store: Store<Void>) throws -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(CallError) {
        _ = try function.call(arguments)
        Issue.record("no trap")
    } catch {
        let backtrace = try #require(error.backtrace)
        #expect(store.writeCoreDump(backtrace, name: "guest.wasm") { bytes += $0; return true })
    }
    return bytes
}

private func completed(_ bytes: [UInt8], _ artifacts: [[UInt8]]) throws -> CoreDump {
    var dump = try CoreDump(bytes)
    try dump.complete(bytes, with: try artifacts.map { try CompiledModule(artifact: $0) })
    return dump
}

@Suite struct CompletionTests {
    /// The frames of `main` when it stops in `leaf` in one of its ways.
    private func check(_ bytes: [UInt8], _ guest: Guest, how: Int32, isOptimized: Bool) throws {
        let dump = try completed(bytes, [guest.artifact])
        let frames = try #require(dump.threads.first).frames
        #expect(dump.threads.count == 1 && frames.map(\.function) == [1, 2, 3])
        let expected: [[CoreDump.Value]] = [
            [.i32(how), .f64((1000.0).bitPattern), .i64(Int64(how) * -3), .f32(Float(how).bitPattern), .reference(0)],
            [.i32(how), .i64(1000), .v128(5000, 5000), .i32(0)],
            [.i32(how)],
        ]
        #expect(frames.map(\.locals.count) == [5, 4, 1])
        for (frame, values) in zip(frames, expected) {
            for (found, value) in zip(frame.locals, values) { #expect(found == value || isOptimized && found == .missing, "way \(how), function \(frame.function)") }
        }
        // What is used behind the call has to be somewhere.
        if isOptimized { #expect(frames[1].locals[0] != .missing || frames[2].locals[0] != .missing) }
        // Other tools read what is written, but for what the format cannot say.
        let written = dump.bytes(completing: bytes)
        _ = try validate(try decodeModule(written))
        let read = try CoreDump(written)
        #expect(read.threads.map { $0.frames.map(\.function) } == [[1, 2, 3]] && read.ranges.count == dump.ranges.count)
        for (frame, other) in zip(frames, try #require(read.threads.first).frames) {
            #expect(frame.locals.map { if case .v128 = $0 { .missing } else if case .reference = $0 { .missing } else { $0 } } == other.locals)
            #expect(frame.codeOffset == other.codeOffset && frame.instance == other.instance)
        }
    }

    @Test(arguments: OptimizationLevel.allCases) func valuesOfLocals(_ level: OptimizationLevel) throws {
        for usesSignals in [true, false] {
            let guest = try Guest(level) { $0.usesSignals = usesSignals }
            for how in [1, 2, 3] as [Int32] {
                try check(try guest.dump("main", [.i32(how)]), guest, how: how, isOptimized: level != .none)
            }
            // A host function that fails.
            let bytes = try guest.dump("main", [.i32(4)], host: { (_, _) throws(HostError) in throw .failure("no") })
            try check(bytes, guest, how: 4, isOptimized: level != .none)
        }
    }

    @Test func linesOfLocals() throws {
        let guest = try Guest(.none)
        var names = CoreDumpNames { String(decoding: $0, as: UTF8.self) }
        names.local = { function, index in function == 2 && index == 1 ? "$b" : nil }
        let text = try completed(try guest.dump("main", [.i32(1)]), [guest.artifact]).text(names)
        for line in ["     local 1 $b: i64 1000\n", "     local 2: v128 i64x2 0x1388 0x1388\n", "     local 4: reference null\n"] { #expect(text.contains(line), "\(line) in \(text)") }
    }

    /// One activation in another: the outer one's frames are there, too; an error that a host function passes on leaves nothing.
    @Test(arguments: [OptimizationLevel.none, .standard]) func nestedActivations(_ level: OptimizationLevel) throws {
        let guest = try Guest(level)
        let store = try Store(guest.engine)
        var linker = Linker<Void>(guest.engine)
        var inner: [UInt8] = []
        var leaf: Function?
        try linker.define("host", "call") { (_: borrowing Caller<Void>, n: Int32) throws(HostError) -> Int32 in
            guard let leaf else { return 0 }
            do throws(CallError) {
                _ = try leaf.call([.i32(1), .f64(0.5)])
            } catch {
                if let backtrace = error.backtrace { #expect(store.writeCoreDump(backtrace, name: "guest.wasm") { inner += $0; return true }) }
                throw HostError(error)
            }
            return 0
        }
        let instance = try linker.instantiate(guest.module, in: store)
        leaf = instance.function("leaf")
        let outer = try failure(of: try #require(instance.function("main")), [.i32(4)], in: store)
        leaf = nil
        let frames = try #require(try completed(inner, [guest.artifact]).threads.first).frames
        #expect(frames.map(\.function) == [1, 1, 2, 3])
        #expect(frames[0].locals[0] == .i32(1) || level != .none)
        for (frame, value) in zip(frames.dropFirst(), [4, 4, 4] as [Int32]) { #expect(frame.locals[0] == .i32(value) || level != .none && frame.locals[0] == .missing) }
        #expect(try completed(outer, [guest.artifact]).threads.map { $0.frames.map(\.function) } == [[1, 1, 2, 3]])
    }

    @Test(arguments: [OptimizationLevel.none, .standard]) func framesOfTwoInstances(_ level: OptimizationLevel) throws {
        let text = """
            (module
              (import "" "next" (func $next (param i32) (result i32)))
              (global $g (mut i32) (i32.const 3))
              (func $run (export "run") (param $n i32) (result i32) (local $k i32)
                (local.set $k (i32.mul (local.get $n) (i32.const 10)))
                (global.set $g (i32.add (global.get $g) (call $next (i32.add (local.get $n) (i32.const 1)))))
                (i32.add (local.get $k) (global.get $g))))
            """
        let guest = try Guest(level, text)
        let trapping = try Guest(level, "(module (func (export \"run\") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 0))))")
        let store = try Store(guest.engine)
        let last = try Linker<Void>(guest.engine).instantiate(try Module(guest.engine, LoadedModule(try ArtifactImage.open(copying: trapping.artifact, trust: .vouched))), in: store)
        var next = try #require(last.function("run"))
        for _ in 0..<3 {
            var linker = Linker<Void>(guest.engine)
            try linker.define("", "next", .function(next))
            next = try #require(try linker.instantiate(guest.module, in: store).function("run"))
        }
        let bytes = try failure(of: next, [.i32(5)], in: store)
        // Without the artifact of the last, its frame stays as it was.
        for artifacts in [[guest.artifact, trapping.artifact], [guest.artifact]] {
            let frames = try #require(try completed(bytes, artifacts).threads.first).frames
            #expect(frames.map(\.instance) == [0, 1, 2, 3] && frames.allSatisfy(\.isInstanceCertain))
            #expect(frames.dropFirst().map { $0.locals[1] } == [.i32(70), .i32(60), .i32(50)])
        }
        #expect(try #require(try CoreDump(bytes).threads.first).frames.map(\.instance) == [0, 1, 1, 1])
    }

    @Test(arguments: [OptimizationLevel.none, .standard]) func deepStacks(_ level: OptimizationLevel) throws {
        let guest = try Guest(level)
        let dump = try completed(try guest.dump("deep", [.i32(7), .i64(9)]), [guest.artifact])
        #expect(dump.threads.count == 2 && dump.threads[0].frames.count > 500)
        for (thread, frames) in dump.threads.map(\.frames).enumerated() {
            // The function that checks the stack has no frame yet; what the first of the oldest has in registers was saved by one that is missing.
            let numbers = frames.dropFirst(thread == 0 || level != .none ? 1 : 0).map { if case .i32(let n) = $0.locals[0] { n } else { Int32.min } }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 == $1 + 1 })
        }
        #expect(dump.threads[1].frames.last?.locals[0] == .i32(7))
    }

    @Test func separateDebugFile() throws {
        let guest = try Guest(.standard)
        let (stripped, debugFile) = try separateDebugInformation(guest.artifact, debugFileName: "guest.debug")
        let bytes = try guest.dump("main", [.i32(3)])
        var dump = try CoreDump(bytes)
        #expect(throws: CompletionError.self) { _ = try CompiledModule(artifact: stripped) }
        try dump.complete(bytes, with: [try CompiledModule(artifact: stripped, debugFile: debugFile)])
        #expect(try completed(bytes, [guest.artifact]).threads.first?.frames.map(\.locals) == dump.threads.first?.frames.map(\.locals))
        let other = try Guest(.none).artifact
        #expect(throws: CompletionError.self) { _ = try CompiledModule(artifact: other, debugFile: debugFile) }
        #expect(throws: CompletionError.self) { _ = try completed(bytes, [other]) }
    }

    @Test func dumpsWithoutRecordingStayAsTheyAre() throws {
        let guest = try Guest(.none)
        let bytes = try guest.dump("main", [.i32(3)])
        // The section's name is spoiled: nobody's section.
        let name = Array("precast.frames".utf8)
        let place = try #require((0..<bytes.count - name.count).first { Array(bytes[$0..<$0 + name.count]) == name })
        var foreign = bytes
        foreign[place] = UInt8(ascii: "q")
        var dump = try CoreDump(foreign)
        #expect(throws: CompletionError.self) { try dump.complete(foreign, with: [try CompiledModule(artifact: guest.artifact)]) }
        let names = CoreDumpNames { String(decoding: $0, as: UTF8.self) }
        let text = dump.text(names), same = try CoreDump(bytes).text(names)
        #expect(text.contains("     locals: 5, values missing") && text == same)
        // Of another version.
        foreign = bytes
        foreign[place + name.count] = 7
        dump = try CoreDump(foreign)
        #expect(throws: CompletionError.self) { try dump.complete(foreign, with: [try CompiledModule(artifact: guest.artifact)]) }
    }

    @Test(arguments: [OptimizationLevel.none, .standard]) func damagedSections(_ level: OptimizationLevel) throws {
        let guest = try Guest(level)
        let bytes = try guest.dump("main", [.i32(3)])
        let code = try CompiledModule(artifact: guest.artifact)
        let name = Array("precast.frames".utf8)
        let place = try #require((0..<bytes.count - name.count).first { Array(bytes[$0..<$0 + name.count]) == name }) + name.count
        let names = CoreDumpNames { _ in "" }
        var state: UInt64 = 0x2545_F491_4F6C_DD1D
        func random() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        for _ in 0..<600 {
            var damaged = bytes
            for _ in 0..<1 + random() % 3 {
                let at = place + random() % min(1100, bytes.count - place)
                damaged[at] = random() % 3 == 0 ? 0xff : UInt8(truncatingIfNeeded: random())
            }
            if var dump = try? CoreDump(damaged) {
                try? dump.complete(damaged, with: [code])
                _ = dump.text(names)
                _ = dump.bytes(completing: damaged)
            }
        }
        // The artifact's own section comes before the names of sections.
        func field(_ offset: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(guest.artifact[offset + $1]) << (8 * $1) } }
        let header = field(40, 8) + (field(62, 2) - 1) * 64
        let start = field(header + 24, 8), size = field(header + 32, 8)
        #expect(guest.artifact[start] == 1 && size > 20)
        for _ in 0..<600 {
            var damaged = guest.artifact
            for _ in 0..<1 + random() % 3 { damaged[start + random() % size] = UInt8(truncatingIfNeeded: random()) }
            guard let code = try? CompiledModule(artifact: damaged), var dump = try? CoreDump(bytes) else { continue }
            try? dump.complete(bytes, with: [code])
            _ = dump.text(names)
        }
    }
}
