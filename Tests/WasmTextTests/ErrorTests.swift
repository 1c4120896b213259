import PrecastWasmText
import Testing

@Suite struct ErrorTests {
    @Test func `an error names line and column and points at it`() throws {
        let error = try #require(failure(in: "(module\n  (func\n\t(i32.add é 1)))"))
        #expect((error.line, error.column) == (3, 11))
        #expect(error.message == "illegal character")
        #expect(error.description == "3:11: illegal character\n     (i32.add é 1)))\n              ^")
    }

    @Test func `lines end in any of the three ways`() {
        for end in ["\n", "\r", "\r\n"] { #expect(failure(in: ";;\(end);;\(end) x")?.line == 3) }
    }

    @Test func `long lines are shown in part`() throws {
        let nops = String(repeating: " nop", count: 1000)
        let error = try #require(failure(in: "(func\(nops) what\(nops))"))
        #expect(error.column == 4007)
        #expect(error.excerpt.count <= 120)
        #expect(error.excerpt.dropFirst(error.caret).hasPrefix("what"))
    }

    @Test func `what would steer a terminal is not shown`() throws {
        let error = try #require(failure(in: "(data \"\u{202E}\" what)"))
        #expect(!error.description.unicodeScalars.contains("\u{202E}"))
    }

    @Test(arguments: [
        ("(", "unexpected token"), (")", "unexpected token"), ("(module) x", "unknown operator x"), ("(module) (module)", "unexpected token"),
        ("(func", "unexpected token"), ("(what)", "unknown operator what"), ("(param)", "unexpected token"), ("(func i32)", "unexpected token"),
        ("(func (i32.add nop))", "unexpected token"), ("(func (nop (nop)) end)", "unexpected token"), ("(func block)", "unexpected token"),
        ("(func else)", "unexpected token"), ("(func (if (i32.const 0)))", "unexpected token"), ("(func (then))", "unexpected token"),
        ("(func block $a end $b)", "mismatching label"), ("(func br $a)", "unknown label"), ("(func local.get $x)", "unknown local"),
        ("(func call $f)", "unknown function"), ("(func (type $t))", "unknown type"), ("(func (type 3) (param i32))", "unknown type"),
        ("(type (func)) (func (type 0) (param i32))", "inline function type"), ("(func $f) (func $f)", "duplicate func"),
        ("(func (param $x i32) (local $x i32))", "duplicate local"), ("(type (struct (field $x i32) (field $x i32)))", "duplicate field"),
        ("(memory $m 1) (import \"a\" \"b\" (memory $m 1))", "import after memory"), ("(func $f) (start $f) (start $f)", "multiple start sections"),
        ("(func i32.load align=3)", "alignment must be a power of two"), ("(func i32.load offset=18446744073709551616)", "i64 constant out of range"),
        ("(memory 0 (pagesize 3))", "invalid custom page size"), ("(func i8x16.extract_lane_s 256)", "i8 constant out of range"),
        ("(func i8x16.extract_lane_s -1)", "unexpected token"), ("(func i8x16.shuffle 0 1)", "invalid lane length"),
        ("(func v128.const i32x4 1 2 3)", "wrong number of lane literals"), ("(func v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 256)", "constant out of range"),
        ("(data \"\\xx\")", "illegal escape"), ("(data \"\\u{110000}\")", "illegal escape"), ("(data \"\\u{d800}\")", "illegal escape"), ("(data \"a", "unclosed string"),
        ("(data \"\n\")", "unclosed string"), ("(; (; ;)", "unclosed comment"), ("(export \"\\ff\" (func 0))", "malformed UTF-8 encoding"),
        ("(func $)", "empty identifier"), ("(func $\"\")", "empty identifier"), ("(func $\"\\ff\")", "malformed UTF-8 encoding"), ("(@)", "empty annotation id"),
        ("(@a (b)", "unclosed annotation"), ("(data \"a\"\"b\")", "unknown operator"), ("(func (@custom \"x\"))", "misplaced @custom annotation"),
        ("(@custom)", "@custom annotation: missing section name"), ("(func (@metadata.code.branch_hint \"\\01\") nop)", "@metadata.code.branch_hint annotation: invalid target"),
    ])
    func `messages begin with the words of the test suite`(_ text: String, _ message: String) {
        #expect(failure(in: text)?.message.hasPrefix(message) == true, "\(text): \(String(describing: failure(in: text)))")
    }

    @Test func `bytes that are no UTF-8 are refused where they stand`() throws {
        do throws(TextError) {
            _ = try parseText(Array(";;\n;".utf8) + [0xFF])
            Issue.record("accepted")
        } catch {
            #expect((error.message, error.line, error.column) == ("malformed UTF-8 encoding", 2, 2))
        }
    }
}
