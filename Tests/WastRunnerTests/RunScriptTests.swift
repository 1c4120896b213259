import PrecastCompiler
import PrecastWastRunner
import Testing

@Suite struct RunScriptTests {
    private func run(_ script: String, skip: String = "") throws -> WastResult {
        try runScript(Array(script.utf8), name: "folder/script.wast", compiler: Compiler(), skips: SkipList(parsing: skip))
    }

    private let sample = """
        (module $a (memory (export "m") 1) (global (export "g") i32 (i32.const 7))
          (func (export "id") (param f32) (result f32) (local.get 0))
          (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
          (func $r (export "loop") (call $r))
          (func (export "ref") (param externref) (result externref) (local.get 0)))
        (register "a" $a)
        (module (import "a" "div" (func $d (param i32 i32) (result i32))) (import "spectest" "global_i32" (global i32))
          (func (export "f") (result i32) (call $d (global.get 0) (i32.const 6))))
        (assert_return (invoke "f") (i32.const 111))
        (assert_return (get $a "g") (i32.const 7))
        (assert_return (invoke $a "id" (f32.const nan:0x200001)) (f32.const nan:0x200001))
        (assert_return (invoke $a "id" (f32.const -nan)) (f32.const nan:canonical))
        (assert_return (invoke $a "ref" (ref.extern 0)) (either (ref.null extern) (ref.extern 0)))
        (assert_trap (invoke $a "div" (i32.const 1) (i32.const 0)) "integer divide by zero")
        (assert_exhaustion (invoke $a "loop") "call stack exhausted")
        (assert_trap (module (func $s unreachable) (start $s)) "unreachable")
        (assert_malformed (module quote "(func") "unexpected token")
        (assert_malformed (module binary "\\00asm") "unexpected end")
        (assert_invalid (module (func (result i32))) "type mismatch")
        (assert_unlinkable (module (import "a" "nothing" (func))) "unknown import")
        (module definition $D (memory (export "m") 1))
        (module instance $one $D)
        (invoke $a "div" (i32.const 1) (i32.const 1))
        """

    @Test func `what holds passes`() throws {
        let result = try run(sample)
        #expect(result.failures.isEmpty, "\(result.failures)")
        #expect(result.summary == "13 passed, 0 failed, 0 skipped")
    }

    @Test func `what does not hold fails, with its line`() throws {
        let result = try run("""
            (module (func (export "f") (result i32) (i32.const 1)) (func (export "nan") (result f32) (f32.const nan:0x400001)))
            (assert_return (invoke "f") (i32.const 2))
            (assert_return (invoke "f"))
            (assert_return (invoke "nan") (f32.const nan:canonical))
            (assert_return (invoke "nan") (f32.const nan:arithmetic))
            (assert_trap (invoke "f") "unreachable")
            (assert_malformed (module quote "(func)") "unexpected token")
            (assert_malformed (module (func (result i32))) "unexpected token")
            (assert_invalid (module) "type mismatch")
            (assert_invalid (module quote "(func") "type mismatch")
            (assert_unlinkable (module) "unknown import")
            (module (func (result i32)))
            (assert_return (invoke "f") (i32.const 1))
            (what)
            """)
        #expect(result.failures.map(\.line) == [2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14])
        #expect(result.summary == "1 passed, 12 failed, 0 skipped")
    }

    /// Lines 1 to 3 need what is not translated, and lines 5 and 6 the instance that is missing.
    private let untranslated = """
        (module $a (type $s (struct)) (func (export "f") (drop (struct.new $s))))
        (assert_return (invoke "f"))
        (register "a" $a)
        (module $b (func (export "f") (result i32) (i32.const 1)))
        (module (import "a" "f" (func)))
        (invoke $a "f")
        (assert_return (invoke $b "f") (i32.const 1))
        (assert_invalid (module (type $s (struct)) (func (result i32) (struct.new $s))) "type mismatch")
        """

    @Test func `modules that are not translated are skipped, with what needs them, where the list says so`() throws {
        let result = try run(untranslated, skip: "script.wast: not yet")
        #expect(result.failures.isEmpty, "\(result.failures)")
        #expect(result.summary == "2 passed, 0 failed, 2 skipped")
        #expect(try run(untranslated, skip: "other.wast: not yet").failures.map(\.line) == [1, 2, 3, 5, 6])
    }

    @Test func `an entry for a line skips that command, and fails when the command works`() throws {
        let list = "# comment\n\nfolder/script.wast:1: not yet\nscript.wast:5: needs it"
        #expect(try run(untranslated, skip: list).summary == "2 passed, 0 failed, 2 skipped")
        #expect(try run(sample, skip: "script.wast:9: not yet").failures.map(\.line) == [9])
        #expect(try run(sample, skip: "script.wast: not yet").failures.map(\.line) == [1])
    }

    @Test(arguments: ["script.wast", "script.wast:", "script.wast: "])
    func `an entry needs a reason`(_ line: String) {
        #expect(throws: SkipListError.self) { try SkipList(parsing: "a.wast: b\n" + line) }
    }

    @Test func `a text without tokens fails as a whole`() throws {
        #expect(try run("(module) \"").summary == "0 passed, 1 failed, 0 skipped")
    }
}
