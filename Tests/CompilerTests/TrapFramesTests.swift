import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import Testing

/// The same trap gives the same frames, functions and offsets in the module alike, however the module is compiled.
@Suite struct TrapFramesTests {
    /// Ways to trap in a leaf that is worth inlining, and ways to get there. Exports take two numbers.
    private static let module = """
        (module
          (type $binary (func (param i32 i32) (result i32)))
          (memory 1) (table $t 6 funcref) (elem (i32.const 0) $divide $load $wrongtype)
          (table $other 2 externref) (tag $tag (param i32)) (global $g (mut i32) (i32.const 3))
          (func $wrongtype (param f64) (result f64) (local.get 0))
          (func $divide (type $binary) (i32.div_u (local.get 0) (local.get 1)))
          (func $signed (type $binary) (i32.rem_s (i32.add (local.get 0) (i32.const 1)) (local.get 1)))
          (func $overflow (type $binary) (i32.div_s (i32.const 0x80000000) (i32.sub (local.get 1) (i32.const 1))))
          (func $convert (type $binary) (i32.trunc_f64_s (f64.div (f64.convert_i32_s (local.get 0)) (f64.convert_i32_s (local.get 1)))))
          (func $load (type $binary) (i32.load offset=65530 (i32.add (local.get 0) (local.get 1))))
          (func $store (type $binary) (i32.store8 offset=70000 (local.get 0) (local.get 1)) (i32.const 1))
          (func $far (type $binary) (i32.load offset=0xfffffff0 (local.get 0)))
          (func $fill (type $binary) (memory.fill (i32.const 65000) (i32.const 7) (i32.add (local.get 0) (i32.const 1000))) (i32.const 1))
          (func $copy (type $binary) (memory.copy (i32.add (local.get 0) (i32.const 65530)) (i32.const 0) (i32.const 8)) (i32.const 1))
          (func $atomic (type $binary) (i32.load (local.get 1)) (drop) (i32.load (i32.sub (local.get 1) (i32.const 1))))
          (func $undefined (type $binary) (call_indirect (type $binary) (local.get 0) (local.get 1) (i32.add (local.get 0) (i32.const 100))))
          (func $null (type $binary) (call_indirect (type $binary) (local.get 0) (local.get 1) (i32.add (local.get 0) (i32.const 4))))
          (func $mismatch (type $binary) (call_indirect (type $binary) (local.get 0) (local.get 1) (i32.add (local.get 1) (i32.const 2))))
          (func $through (type $binary) (call_indirect (type $binary) (local.get 0) (local.get 1) (i32.const 0)))
          (func $get (type $binary) (ref.is_null (table.get $other (i32.add (local.get 0) (i32.const 2)))))
          (func $set (type $binary) (table.set $other (i32.sub (local.get 1) (i32.const 1)) (ref.null extern)) (i32.const 0))
          (func $nonnull (type $binary) (call_ref $binary (local.get 0) (local.get 1) (ref.null $binary)))
          (func $never (type $binary) (if (local.get 0) (then (unreachable))) (i32.const 9))
          (func $throws (type $binary) (if (local.get 0) (then (throw $tag (local.get 1)))) (i32.const 9))
          (func $tail (type $binary) (return_call $divide (i32.mul (local.get 0) (i32.const 3)) (local.get 1)))
          (func $tailagain (type $binary) (i32.add (call $tail (local.get 0) (local.get 1)) (i32.const 1)))
          (func $loop (type $binary) (local $i i32) (local $sum i32)
            (loop $l
              (local.set $sum (i32.add (local.get $sum) (call $divide (i32.const 100) (i32.sub (i32.const 7) (local.get $i)))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $l (i32.lt_u (local.get $i) (i32.const 50))))
            (local.get $sum))
          (func $loads (type $binary) (local $i i32) (local $sum i32)
            (loop $l
              (local.set $sum (i32.add (local.get $sum) (i32.load (i32.shl (local.get $i) (i32.const 3)))))
              (local.set $sum (i32.xor (local.get $sum) (i32.load offset=4 (i32.shl (local.get $i) (i32.const 3)))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br $l))
            (unreachable))
          (func $twice (type $binary) (i32.add (call $divide (local.get 0) (i32.const 1)) (call $divide (local.get 0) (local.get 1))))
          (func $same (type $binary) (i32.mul (i32.div_u (local.get 0) (local.get 1)) (i32.div_u (local.get 0) (local.get 1))))
          (func $three (type $binary) (call $two (local.get 0) (local.get 1)))
          (func $two (type $binary) (i32.sub (call $one (local.get 0) (local.get 1)) (i32.const 4)))
          (func $one (type $binary) (i32.xor (call $signed (local.get 0) (local.get 1)) (i32.const 5)))
          (func $caught (type $binary)
            (block $h (result i32)
              (try_table (result i32) (catch $tag $h)
                (drop (call $throws (local.get 0) (local.get 1)))
                (i32.const 8)))
            (i32.div_u (local.get 1)))
          (func $intry (type $binary)
            (block $h (result i32)
              (try_table (result i32) (catch $tag $h) (call $two (local.get 0) (local.get 1)))))
          (func $arms (type $binary)
            (if (result i32) (i32.gt_s (local.get 0) (i32.const 100))
              (then (i32.div_u (i32.const 8) (local.get 1)))
              (else (i32.div_u (i32.const 8) (local.get 1)))))
          (func $table (type $binary)
            (block $c (block $b (block $a (br_table $a $b $c (local.get 0)))
              (return (i32.div_u (i32.const 5) (local.get 1))))
              (return (call $load (i32.const -1) (local.get 1))))
            (call $signed (local.get 0) (local.get 1)))
          (func $deep (type $binary)
            (if (result i32) (i32.eqz (local.get 0))
              (then (call $divide (i32.const 1) (local.get 1)))
              (else (i32.add (call $deep (i32.sub (local.get 0) (i32.const 1)) (local.get 1)) (i32.const 1)))))
          (func $even (type $binary)
            (if (result i32) (local.get 0) (then (i32.add (call $odd (i32.sub (local.get 0) (i32.const 1)) (local.get 1)) (i32.const 2))) (else (unreachable))))
          (func $odd (type $binary)
            (if (result i32) (local.get 0) (then (i32.add (call $even (i32.sub (local.get 0) (i32.const 1)) (local.get 1)) (i32.const 3))) (else (i32.load (i32.const -1)))))
          (func $global (type $binary) (global.set $g (local.get 1)) (call $divide (i32.const 1) (global.get $g)))
        \(exports))
        """
    private static let names = [
        "divide", "signed", "overflow", "convert", "load", "store", "far", "fill", "copy", "atomic", "undefined", "null", "mismatch", "through", "get", "set",
        "nonnull", "never", "throws", "tail", "tailagain", "loop", "loads", "twice", "same", "three", "two", "one", "caught", "intry", "arms", "table", "deep", "even", "odd", "global",
    ]
    /// Each as it is, and behind a caller that may inline it.
    private static var exports: String {
        names.map { "(export \"\($0)\" (func $\($0)))(func (export \"outer-\($0)\") (type $binary) (i32.add (i32.const 1) (call $\($0) (local.get 0) (local.get 1))))" }.joined()
    }

    private struct Outcome: Equatable {
        var reason: String
        var frames: [String]
    }

    private static func outcomes(_ change: (inout CompilerConfiguration) throws -> Void) throws -> [String: Outcome] {
        var configuration = CompilerConfiguration()
        configuration.features = .all
        try change(&configuration)
        let artifact = try Compiler(configuration).compile(try parseText(module))
        let engine = try Engine()
        let loaded = try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched)))
        let instance = try Linker<Void>(engine).instantiate(loaded, in: try Store(engine, data: ()))
        var found: [String: Outcome] = [:]
        for name in names.flatMap({ [$0, "outer-\($0)"] }) {
            for x in [Int32(1), 7] { found["\(name) \(x)"] = outcome(try #require(instance.function(name)), x) }
        }
        return found
    }

    private static func outcome(_ function: PrecastRuntime.Function, _ x: Int32) -> Outcome {
        func outcome(_ reason: String, _ backtrace: Backtrace) -> Outcome {
            Outcome(reason: reason, frames: backtrace.frames.map { "\($0.functionIndex)@\($0.wasmOffset.map { "\($0)" } ?? "?")" })
        }
        do throws(CallError) {
            return Outcome(reason: "returns \(try function.call([.i32(x), .i32(0)]))", frames: [])
        } catch {
            switch error {
            case .trap(let trap): return outcome("\(trap.code)", trap.backtrace)
            case .exception(_, let backtrace): return outcome("exception", backtrace)
            default: return Outcome(reason: "\(error)", frames: [])
            }
        }
    }

    @Test func sameFramesAtEveryLevel() throws {
        let expected = try Self.outcomes { $0.optimizationLevel = .none }
        #expect(expected.values.filter { !$0.frames.isEmpty }.count > 120)
        #expect(Set(expected.values.map(\.reason)).count >= 12, "\(Set(expected.values.map(\.reason)))")
        for outcome in expected.values { #expect(!outcome.frames.contains { $0.hasSuffix("?") }) }
        let ways: [(String, (inout CompilerConfiguration) throws -> Void)] = [
            ("-O1", { $0.optimizationLevel = .less }), ("-O2", { _ in }), ("-O3", { $0.optimizationLevel = .aggressive }), ("-Os", { $0.optimizationLevel = .size }),
            ("-O2 native", { $0.target = try Target(cpu: "native") }), ("-O2 without signals", { $0.usesSignals = false }),
            ("-O2 with all frame pointers", { $0.keepsAllFramePointers = true }), ("-O2 checked memories", { $0.memoryReservation = 0 }),
        ]
        for (name, change) in ways {
            let found = try Self.outcomes(change)
            for key in expected.keys.sorted() where found[key] != expected[key] {
                Issue.record("\(name), \(key): expected \(String(describing: expected[key])), found \(String(describing: found[key]))")
            }
        }
    }

    /// Where no frame is left out by the depth of the stack: the innermost frames, and their function, are the same.
    @Test func stackOverflow() throws {
        let text = """
            (module (func $f (export "f") (param i32) (result i32)
                (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                (i32.mul (call $g (local.get 0)) (local.get 0)))
              (func $g (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1))))
            """
        for level in OptimizationLevel.allCases {
            var configuration = CompilerConfiguration()
            configuration.optimizationLevel = level
            let artifact = try Compiler(configuration).compile(try parseText(text))
            let engine = try Engine()
            let loaded = try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched)))
            let instance = try Linker<Void>(engine).instantiate(loaded, in: try Store(engine, data: ()))
            let function = try #require(instance.function("f"))
            do throws(CallError) {
                _ = try function.call([.i32(0)])
                Issue.record("it returns")
            } catch {
                guard case .trap(let trap) = error else { throw error }
                #expect(trap.code == .stackOverflow)
                let frames = trap.backtrace.frames.map(\.functionIndex)
                #expect(frames.count > 10 && zip(frames, frames.dropFirst()).allSatisfy { $0 != $1 })
                // Behind the innermost, frames stand at their calls.
                let offsets = Set(trap.backtrace.frames.dropFirst().map { "\($0.functionIndex)@\($0.wasmOffset ?? 0)" })
                #expect(offsets.count == 2)
            }
        }
    }
}
