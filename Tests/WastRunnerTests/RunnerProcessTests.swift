import Foundation
import PrecastCompiler
import PrecastWastRunner
import Testing

/// Scripts in a process of the script host that was built with the tests.
@Suite struct RunnerProcessTests {
    private static let host = URL(fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/")
        .deletingLastPathComponent().appendingPathComponent("precast-script-host").path

    private func run(_ script: String, on command: [String] = [host], timeout: Double = 120) throws -> WastResult {
        try runScript(Array(script.utf8), name: "script.wast", compiler: Compiler(), skips: SkipList(), runner: RunnerProcess(command, timeout: timeout))
    }

    private let endless = """
        (module (func (export "f") (result i32) (i32.const 1)) (func (export "endless") (loop (br 0))))
        (register "a")
        (assert_return (invoke "endless"))
        (assert_return (invoke "f") (i32.const 1))
        (module (import "a" "f" (func)))
        (module (func (export "g") (result i32) (i32.const 3)))
        (assert_return (invoke "g") (i32.const 3))
        (assert_return (invoke "g") (i32.const 4))
        """

    @Test func `values of every kind go there and back`() throws {
        let result = try run("""
            (module (table 2 funcref) (elem declare func $f) (func $f)
              (func (export "swap") (param i32 i64 f32 f64 v128) (result v128 f64 f32 i64 i32)
                (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
              (func (export "extern") (param externref) (result externref) (local.get 0))
              (func (export "function") (result funcref) (ref.func $f))
              (func (export "null") (param funcref) (result i32) (ref.is_null (local.get 0)))
              (func (export "number") (result i31ref) (ref.i31 (i32.const 5)))
              (func (export "trap") (unreachable)))
            (assert_return (invoke "swap" (i32.const -1) (i64.const 0x8000000000000000) (f32.const nan:0x200001) (f64.const -0) (v128.const i64x2 1 2))
              (v128.const i64x2 1 2) (f64.const -0) (f32.const nan:0x200001) (i64.const 0x8000000000000000) (i32.const -1))
            (assert_return (invoke "extern" (ref.extern 7)) (ref.extern 7))
            (assert_return (invoke "extern" (ref.null extern)) (ref.null extern))
            (assert_return (invoke "function") (ref.func))
            (assert_return (invoke "null" (ref.null func)) (i32.const 1))
            (assert_return (invoke "number") (ref.i31))
            (assert_trap (invoke "trap") "unreachable")
            (assert_unlinkable (module (import "nothing" "f" (func))) "unknown import")
            """)
        #expect(result.failures.isEmpty, "\(result.failures)")
        #expect(result.summary == "8 passed, 0 failed, 0 skipped")
    }

    @Test func `threads have stores of their own, and share memories`() throws {
        let result = try run("""
            (module $m (memory (export "shared") 1 1 shared))
            (thread $t (shared (module $m))
              (register "m" $m)
              (module (memory (import "m" "shared") 1 1 shared)
                (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
              (assert_return (invoke "wait") (either (i32.const 0) (i32.const 1))))
            (register "m" $m)
            (module (memory (import "m" "shared") 1 1 shared)
              (func (export "wake") (i32.atomic.store (i32.const 0) (i32.const 1)) (drop (memory.atomic.notify (i32.const 0) (i32.const 9)))))
            (invoke "wake")
            (wait $t)
            """)
        #expect(result.failures.isEmpty, "\(result.failures)")
        #expect(result.summary == "2 passed, 0 failed, 0 skipped")
    }

    @Test func `a runner that does not answer is ended, and the script goes on in another`() throws {
        let result = try run(endless, timeout: 1)
        #expect(result.failures.map(\.line) == [3, 8, 8])
        #expect(result.failures.first?.message.contains("did not answer for 1 seconds") == true)
        #expect(result.summary == "1 passed, 4 failed, 0 skipped")
    }

    // Without Swift's own crash report, which `swift test` asks for: it may take minutes, longer than the test waits.
    @Test func `a runner that crashes is a failure with its signal`() throws {
        let result = try run(endless, on: ["sh", "-c", """
            export SWIFT_BACKTRACE=enable=no; exec 3<&0; \(Self.host) <&3 & sleep 1; kill -SEGV $!; wait $!; kill -SEGV $$
            """])
        #expect(result.failures.map(\.line) == [3, 8, 8])
        #expect(result.failures.first?.message.contains("signal 11") == true)
    }

    @Test(arguments: [["cat"], ["true"], ["echo", "a script host would not say this"], ["precast-no-such-program"]])
    func `a command that is no script host is refused`(_ command: [String]) throws {
        let result = try run("(module)", on: command, timeout: 5)
        #expect(result.summary == "0 passed, 1 failed, 0 skipped")
        #expect(result.failures.first?.message.hasPrefix("the runner cannot be used: \(command[0])") == true)
    }
}
