import PrecastArtifactFormat
import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import Testing

/// Exceptions between guests and the host, and what compiled code looks like where none is thrown.
@Suite struct ExceptionTests {
    static let levels: [OptimizationLevel] = [.none, .standard]

    /// Instances of one store, from modules in text.
    final class World {
        let engine: Engine
        let store: Store<Void>
        let linker: Linker<Void>
        let level: OptimizationLevel

        init(_ level: OptimizationLevel, limits: StoreLimits = StoreLimits()) throws {
            self.level = level
            engine = try Engine()
            store = try Store(engine, limits: limits)
            linker = Linker(engine)
        }

        /// An instance whose exports other modules import from `name`.
        func instance(_ name: String, _ text: String, signals: Bool = true) throws -> Instance {
            let artifact = try artifact(text, signals: signals)
            try artifact.withUnsafeBytes { try verifyTables(ArtifactView(image: $0)) }
            let instance = try self.instance(of: artifact)
            try linker.define(name, instance)
            return instance
        }
        func instance(of artifact: [UInt8]) throws -> Instance {
            try linker.instantiate(try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched))), in: store)
        }
        func artifact(_ text: String, signals: Bool = true) throws -> [UInt8] {
            var configuration = CompilerConfiguration()
            configuration.optimizationLevel = level
            configuration.checksItself = true
            if !signals {
                configuration.usesSignals = false
                configuration.memoryReservation = 0
            }
            return try Compiler(configuration).compile(try parseText(text))
        }
    }

    private func caught(_ body: () throws(CallError) -> [Value]) throws -> (Exception, Backtrace) {
        do throws(CallError) {
            let results = try body()
            throw CallError.mismatch("returned \(results)")
        } catch {
            guard case .exception(let exception, let backtrace) = error else { throw error }
            return (exception, backtrace)
        }
    }
    private func call(_ instance: Instance, _ name: String, _ arguments: Int32...) throws -> Int32? {
        let function = try #require(instance.function(name))
        if case .i32(let number)? = try function.call(arguments.map { .i32($0) }).first { return number }
        return nil
    }
    private func trap(_ instance: Instance, _ name: String, _ arguments: Int32...) throws -> TrapCode? {
        let function = try #require(instance.function(name))
        do throws(CallError) {
            _ = try function.call(arguments.map { .i32($0) })
            return nil
        } catch {
            guard case .trap(let trap) = error else { throw error }
            return trap.code
        }
    }

    // MARK: To the host

    @Test(arguments: levels) func uncaught(_ level: OptimizationLevel) throws {
        let instance = try World(level).instance("guest", """
            (module
              (tag $e (export "e") (param i32 i64 f32 f64 externref))
              (tag (export "f"))
              (func $inner (export "inner") (param externref)
                (throw $e (i32.const 1) (i64.const -2) (f32.const 1.5) (f64.const -0.25) (local.get 0)))
              (func (export "go") (param externref) (result i32) (call $inner (local.get 0)) (i32.const 0)))
            """)
        let tag = try #require(instance.tag("e")), function = try #require(instance.function("go"))
        let (found, backtrace) = try caught { () throws(CallError) in try function.call([.extern(ExternReference(handle: 77))]) }
        #expect(found.tag == tag)
        #expect(found.tag != instance.tag("f"))
        #expect(found.payload.map(\.description) == ["1", "-2", "1.5", "-0.25", "extern 77"])
        #expect(found.tag.type.parameters == [.i32, .i64, .f32, .f64, .externref])
        #expect(backtrace.frames.map(\.functionIndex) == [0, 1])
        #expect("\(CallError.exception(found, backtrace))".hasPrefix("wasm exception: uncaught exception (1, -2, 1.5, -0.25, extern 77)\nwasm backtrace:"))
        #expect("\(instance.module.exports[0].type)" == "tag [i32 i64 f32 f64 externref] -> []")
    }

    // MARK: Through the host

    private final class Token {
        private let end: () -> Void
        init(_ end: @escaping () -> Void) { self.end = end }
        deinit { end() }
    }

    /// Guest, host function, guest. The inner guest throws; the host passes that on, catches it, or throws another.
    @Test(arguments: levels, [true, false]) func hostFramesBetween(_ level: OptimizationLevel, _ signals: Bool) throws {
        let world = try World(level)
        let other = try #require(Tag([.i64], in: world.store))
        var inner: Function?
        var released = 0
        try world.linker.define("host", "other", .tag(other))
        try world.linker.define("host", "call", type: FunctionType(parameters: [.i32], results: [.i32])) { _, arguments throws(HostError) in
            // No frame of the host is skipped: what it holds is released.
            let token = Token { released += 1 }
            defer { withExtendedLifetime(token) {} }
            guard case .i32(let mode)? = arguments.first, let inner else { throw .failure("no inner function") }
            do throws(CallError) {
                return try inner.call([.i32(mode)])
            } catch {
                guard case .exception(let found, _) = error, mode > 1 else { throw HostError(error) }
                if mode == 2 { return [.i32(Int32(found.payload.count) + 500)] }
                throw .exception(try Exception(other, [.i64(Int64(mode) << 32)]))
            }
        }
        inner = try world.instance("inner", """
            (module
              (tag $e (export "e") (param i32))
              (func $throw (param i32) (throw $e (i32.add (local.get 0) (i32.const 40))))
              (func (export "inner") (param i32) (result i32) (call $throw (local.get 0)) (i32.const 0)))
            """, signals: signals).function("inner")
        let outer = try world.instance("outer", """
            (module
              (tag $e (import "inner" "e") (param i32))
              (tag $other (import "host" "other") (param i64))
              (func $call (import "host" "call") (param i32) (result i32))
              (func $frame (param i32) (result i32) (i32.add (call $call (local.get 0)) (i32.const 1)))
              (func (export "outer") (param i32) (result i32)
                (block $other (result i64)
                  (block $e (result i32)
                    (try_table (result i32) (catch $e $e) (catch $other $other) (call $frame (local.get 0)))
                    (return))
                  (return (i32.add (i32.const 1000))))
                (i32.wrap_i64 (i64.shr_u (i64.const 32))))
              (func (export "direct") (param i32) (result i32)
                (block $e (result i32)
                  (try_table (result i32) (catch $e $e) (call $call (local.get 0)))
                  (return))
                (i32.add (i32.const 2000)))
              (func (export "bare") (param i32) (result i32) (call $call (local.get 0))))
            """, signals: signals)
        #expect(try call(outer, "outer", 1) == 1041)
        #expect(try call(outer, "direct", 1) == 2041)
        #expect(try call(outer, "outer", 2) == 502)
        #expect(try call(outer, "outer", 3) == 3)
        let bare = try #require(outer.function("bare"))
        #expect(try caught { () throws(CallError) in try bare.call([.i32(7)]) }.0.tag == other)
        #expect(try caught { () throws(CallError) in try bare.call([.i32(1)]) }.0.payload.first?.description == "41")
        #expect(released == 6)
    }

    /// A host function that the host itself calls, and payloads that do not fit.
    @Test func thrownByTheHost() throws {
        let world = try World(.standard), elsewhere = try World(.standard)
        let tag = try #require(Tag([.i32], in: world.store))
        let function = Function(HostFunction(FunctionType(parameters: [], results: [])) { (_: borrowing Caller<Void>, _) throws(HostError) in
            throw .exception(try Exception(tag, [.i32(5)]))
        }, in: world.store)
        #expect(try caught { () throws(CallError) in try function.call([]) }.0.payload.first?.description == "5")
        #expect(throws: HostError.self) { try Exception(tag, []) }
        #expect(throws: HostError.self) { try Exception(tag, [.i64(5)]) }
        let foreign = Function(HostFunction(FunctionType(parameters: [], results: [])) { (_: borrowing Caller<Void>, _) throws(HostError) in
            throw .exception(try Exception(tag, [.i32(5)]))
        }, in: elsewhere.store)
        #expect(throws: CallError.self) { try foreign.call([]) }
    }

    @Test func tagsAreLinked() throws {
        let world = try World(.standard)
        try world.linker.define("host", "tag", .tag(try #require(Tag([.i32], in: world.store))))
        #expect(throws: InstantiationError.self) { try world.instance("a", #"(module (tag (import "host" "tag") (param i64)))"#) }
        #expect(throws: InstantiationError.self) { try world.instance("a", #"(module (tag (import "host" "other") (param i32)))"#) }
        let again = try world.instance("a", #"(module (tag (export "t") (import "host" "tag") (param i32)) (tag (export "u") (param i32)))"#)
        #expect(again.tag("t") != again.tag("u"))
        #expect(again.module.imports.map { "\($0.type)" } == ["tag [i32] -> []"])
        #expect(try world.instance("b", #"(module (tag (export "t") (import "a" "t") (param i32)))"#).tag("t") == again.tag("t"))
    }

    // MARK: References

    private static let keeper = """
        (module
          (tag $e (param i64 i64))
          (table (export "table") 4 exnref)
          (global $g (mut exnref) (ref.null exn))
          (func $throw (throw $e (i64.const 1) (i64.const 2)))
          (func (export "ref") (param i32) (result exnref)
            (if (local.get 0) (then (return (ref.null exn))))
            (block $h (result i64 i64 exnref) (try_table (catch_ref $e $h) (call $throw)) (unreachable))
            (return))
          (func (export "throw") (param exnref) (throw_ref (local.get 0)))
          (func (export "keep") (param $n i32) (result i32)
            (loop $again
              (block $h (result exnref) (try_table (catch_all_ref $h) (call $throw)) (unreachable))
              (global.set $g)
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.const 7))
          ;; Takes the reference; throws again, or drops it. A call that catches another comes in between.
          (func $clean (param $again i32)
            (block $h (result exnref) (try_table (catch_all_ref $h) (call $throw)) (unreachable))
            (block $i (try_table (catch_all $i) (call $throw)))
            (if (param exnref) (local.get $again) (then (throw_ref)) (else (drop))))
          (func $nest (param $again i32)
            (block $h (result exnref) (try_table (catch_all_ref $h) (call $clean (local.get $again)) (return)) (unreachable))
            (throw_ref))
          (func (export "clean") (param $n i32) (result i32) (local $caught i32)
            (loop $again
              (block $next
                (block $h (result i64 i64) (try_table (catch $e $h) (call $nest (i32.and (local.get $n) (i32.const 1)))) (br $next))
                (i32.wrap_i64 (i64.add))
                (local.set $caught (i32.add (local.get $caught))))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $caught))
          ;; Two at a time in one frame, and one that goes around a loop.
          (func (export "two") (param $n i32) (result i32) (local $old exnref) (local $sum i32)
            (loop $again
              (block $h (result exnref) (try_table (catch_all_ref $h) (call $throw)) (unreachable))
              (if (ref.is_null (local.get $old)) (then) (else
                (block $i (result i64 i64) (try_table (catch $e $i) (throw_ref (local.get $old))) (unreachable))
                (i32.wrap_i64 (i64.add))
                (local.set $sum (i32.add (local.get $sum)))))
              (local.set $old)
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum))
          (func (export "drop") (param $n i32) (result i32)
            (loop $again
              (block $h (try_table (catch_all $h) (call $throw)) (unreachable))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.const 7)))
        """

    @Test(arguments: levels) func references(_ level: OptimizationLevel) throws {
        let instance = try World(level).instance("keeper", Self.keeper)
        let function = try #require(instance.function("ref")), rethrow = try #require(instance.function("throw"))
        let null = try function.call([.i32(1)]), some = try function.call([.i32(0)])
        guard case .exception(nil)? = null.first, case .exception(let reference?)? = some.first else {
            Issue.record("expected null and an exception, found \(null) and \(some)")
            return
        }
        #expect(function.type.results == [.exnref])
        #expect(reference.exception?.payload.map(\.description) == ["1", "2"])
        #expect(try caught { () throws(CallError) in try rethrow.call(some) }.0.payload.map(\.description) == ["1", "2"])
        #expect(try caught { () throws(CallError) in try rethrow.call(some) }.0.tag == reference.exception?.tag)
        let table = try #require(instance.table("table"))
        #expect(table.set(2, .exception(reference)))
        guard case .exception(_?)? = table[2], case .exception(nil)? = table[1] else {
            Issue.record("the table holds \(String(describing: table[2]))")
            return
        }
    }

    /// Exceptions caught with their reference count against the store's limit; others are used again.
    @Test(arguments: levels) func storeLimit(_ level: OptimizationLevel) throws {
        var limits = StoreLimits()
        limits.exceptionBytes = 80 * 100
        let instance = try World(level, limits: limits).instance("keeper", Self.keeper)
        #expect(try call(instance, "keep", 100) == 7)
        #expect(try trap(instance, "keep", 1) == .exceptionLimit)
        #expect(try call(instance, "drop", 100_000) == 7)
        let other = try World(level, limits: limits).instance("keeper", Self.keeper)
        #expect(try call(other, "clean", 100_000) == 150_000)
        #expect(try call(other, "two", 50) == 147)
        #expect(try call(other, "clean", 100_000) == 150_000)
    }

    // MARK: Tables

    /// A handler that is not in its table, a landing pad outside the text, a tag that is none: not found; `verifyTables` says where.
    @Test func unsoundTables() throws {
        let world = try World(.none)
        let text = """
            (module
              (tag $e)
              (func $throw (export "throw") (throw $e))
              (func (export "run") (result i32) (block $h (try_table (catch $e $h) (call $throw)) (return (i32.const 0))) (i32.const 1)))
            """
        let artifact = try world.artifact(text)
        #expect(try call(try world.instance(of: artifact), "run") == 1)
        let (site, handler) = try artifact.withUnsafeBytes { bytes in
            let view = try ArtifactView(image: bytes)
            return (Int(try #require(try view.entry(.exceptionSites)).address), Int(try #require(try view.entry(.exceptionHandlers)).address))
        }
        for (offset, value) in [(site + 8, 1000), (site + 12, .max), (handler, 7), (handler + 4, 0x7fff_ffff)] as [(Int, UInt32)] {
            var changed = artifact
            for byte in 0..<4 { changed[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
            #expect(throws: ArtifactError.self) { try changed.withUnsafeBytes { try verifyTables(ArtifactView(image: $0)) } }
            let function = try #require(try world.instance(of: changed).function("run"))
            _ = try caught { () throws(CallError) in try function.call([]) }
        }
        // A frame size other than the function's is not for the loader to notice.
        var changed = artifact
        changed[site + 4] ^= 0x40
        #expect(throws: ArtifactError.self) { try changed.withUnsafeBytes { try verifyTables(ArtifactView(image: $0)) } }
    }

    // MARK: Code

    /// The path that does not throw has the same instructions with and without a `try_table` around it, apart from prologue and epilogue.
    @Test func guardedCodeIsTheSame() throws {
        let body = """
            (loop $l
              (local.set $sum (i32.add (local.get $sum) (i32.add (call $f (local.get $n)) (call_indirect (param i32) (result i32) (local.get $sum) (local.get $n)))))
              (local.set $x (f64.add (local.get $x) (call $g (local.get $x))))
              (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            """
        func module(_ function: String) throws -> [UInt8] {
            try parseText("""
                (module
                  (import "a" "g" (func $g (param f64) (result f64)))
                  (tag $e (param i32))
                  (table (export "t") 1 funcref)
                  (func $f (export "f") (param i32) (result i32) (if (i32.eqz (local.get 0)) (then (throw $e (i32.const 9))))
                    (drop (call $g (f64.const 1))) (drop (call $g (f64.const 2))) (drop (call $g (f64.const 3))) (drop (call $g (f64.const 4))) (i32.const 3))
                  (func (export "run") (param $n i32) (result i32) (local $sum i32) (local $x f64)
                    \(function)))
                """)
        }
        let plain = try instructions(of: try module(body + "(i32.add (local.get $sum) (i32.trunc_sat_f64_s (local.get $x)))"))
        let guarded = try instructions(of: try module("""
            (block $h (result i32)
              (try_table (catch $e $h) \(body) (return (i32.add (local.get $sum) (i32.trunc_sat_f64_s (local.get $x)))))
              (unreachable))
            """))
        #expect(plain.count > 20 && plain.contains { $0.contains("call") })
        #expect(guarded == plain)
    }

    /// The instructions of function 1 of those defined between prologue and epilogue.
    private func instructions(of module: [UInt8]) throws -> [String] {
        let text = Recorder()
        var compiler = try Compiler()
        compiler.dump = DumpRequest(points: [.assembly], function: 1) { text.append($0) }
        _ = try compiler.compile(module)
        var lines: [String] = []
        for line in text.value.split(separator: "\n").dropFirst() {
            let instruction = line.dropFirst(39)
            if instruction == "ret" { break }
            let isFrame = instruction.hasPrefix("push") || instruction.hasPrefix("pop") || instruction == "nop" || instruction.contains(" rsp,")
            if !isFrame { lines.append(instruction.hasPrefix("j") ? String(instruction.prefix { $0 != " " }) : String(instruction)) }
        }
        return lines
    }
    private final class Recorder: @unchecked Sendable {
        private(set) var value = ""
        func append(_ text: String) { value += text }
    }
}
