import PrecastWasmText
import Testing

@Suite struct PrinterTests {
    private func printed(_ text: String, _ options: PrintOptions = PrintOptions()) throws -> String {
        String(decoding: try printModule(try parseText(text), options), as: UTF8.self)
    }

    private let sample = """
        (module $m
          (type (;0;) (func (param i32) (result i32)))
          (import "a b" "\\u{202e}\\"" (func $log (;0;) (type 0)))
          (memory (;0;) i64 1 2)
          (global $g (;0;) (mut f64) f64.const -0.1)
          (export "f" (func $f))
          (func $f (;1;) (type 0) (param $x i32) (result i32)
            (local $y i64)
            block $l (result i32)
              local.get $x
              br_if $l
              i32.const 1
            end
            call $log)
          (data (;0;) (offset i64.const 0) "\\00a\\""))

        """

    @Test func `flat text`() throws {
        let text = try printed(sample)
        #expect(text == sample.replacing("(offset i64.const 0)", with: "(i64.const 0)"))
    }

    @Test func `folded text`() throws {
        let text = try printed(sample, PrintOptions(isFolded: true))
        #expect(text.contains("""
                (call $log
                  (block $l (result i32)
                    (br_if $l
            """) || text.contains("(call $log\n"))
        #expect(try parseText(text) == parseText(sample))
    }

    @Test func `names are made unique and remembered`() throws {
        let text = try printed("(func (@name \"f\")) (func $f) (func (@name \"\")) (func (@name \"f#1\")) (func (@name \"a b\") call 1)")
        for line in ["(func $f (;0;)", "(func $f#2 (@name \"f\") (;1;)", "(func (@name \"\") (;2;)", "(func $f#1 (;3;)", "(func $\"a b\" (;4;)", "call $f#2"] {
            #expect(text.contains(line), "\(line) in \(text)")
        }
        #expect(!(try printed("(func $f call $f)", PrintOptions(usesNames: false)).contains("$")))
    }

    @Test func `a label that an inner one hides is called by its depth`() throws {
        let text = try printed("(func block $a block $a br 1 br 0 br 2 end end)")
        #expect(text.contains("br 1\n") && text.contains("br $a\n") && text.contains("br 2\n"))
    }

    @Test(arguments: [
        "(func (@metadata.code.branch_hint \"\\00\") (if (i32.const 1) (then (br_if 0 (i32.const 2)))) (i32.const 0) (@metadata.code.branch_hint \"\\01\") br_if 0)",
        "(module (@custom \"a\" (before first) \"\\00\\ff\") (@custom \"b\" (after code)) (func) (@custom \"c\" (after data) \"\(String(repeating: "x", count: 200))\"))",
        "(module (@custom \"metadata.code.branch_hint\" (before code) \"\\09\") (func))",
        "(rec (type $a (sub (struct (field $x (ref null $b)) (field i8)))) (type $b (array (mut i16)))) (rec) (type (sub final $a (struct (field (ref null $b)) (field i8))))",
        "(table $t 1 funcref) (table 0 externref) (elem (table 1) (i32.const 0) externref (ref.null extern)) (elem declare func 0) (elem funcref (item i32.const 1 drop ref.null func)) (func)",
        "(memory 1 2 shared) (memory i64 0 (pagesize 1)) (func (i64.store $m offset=9 align=2 (i64.const 1) (i64.const 2))) (memory $m 3)",
        "(tag $e (param i32)) (func (block $h (result exnref) (try_table $x (result i32) (catch $e 0) (catch_all_ref $h) (i32.const 1)) unreachable) throw_ref)",
        "(func (result f32 f64) f32.const nan:0x200000 f64.const -nan f32.const 1e-45 f64.const 0x1.fffffffffffffp1023 drop drop drop drop unreachable)",
        "(func (param v128) (result v128) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 0) (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 255)))",
        "(type $f (func)) (func $g (call_ref $f (ref.func $g)) (br_on_cast 0 anyref (ref $f) (ref.null any)) (return_call_indirect $t (type $f) (i32.const 0))) (table $t 1 funcref)",
        "(func (result i32) (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)) (br_table 0 0 (i32.const 1)))",
    ])
    func `printing and parsing gives the same bytes`(_ text: String) throws {
        let binary = try parseText(text)
        for isFolded in [false, true] {
            let printed = try printModule(binary, PrintOptions(isFolded: isFolded))
            #expect(try parseText(printed) == binary, "\(String(decoding: printed, as: UTF8.self))")
        }
    }

    @Test func `what is no module is refused`() {
        #expect(throws: PrintError.self) { try printModule([0, 1, 2]) }
        #expect(throws: PrintError.self) { try printModule([]) }
    }
}
