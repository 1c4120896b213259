import PrecastWasmText
import Testing

@Suite struct ModuleTests {
    private let empty: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]

    @Test(arguments: ["", "(module)", "(; ( ;) ( module ;; )\n )", "(module binary \"\\00asm\\01\\00\\00\\00\")", "(module quote \"\")"])
    func `an empty module has a header and nothing more`(_ text: String) throws {
        #expect(try parseText(text) == empty)
    }

    @Test func `folded and flat instructions are the same`() throws {
        let folded = try body("(drop (i32.add (i32.mul (i32.const 1) (i32.const 2)) (i32.const 3)))")
        let flat = try body("i32.const 1 i32.const 2 i32.mul i32.const 3 i32.add drop")
        #expect(folded == flat)
        #expect(flat == [0x41, 1, 0x41, 2, 0x6C, 0x41, 3, 0x6A, 0x1A])
        let conditional = try body("(if $l (i32.const 1) (then (br $l)) (else (br 1)))")
        #expect(conditional == [0x41, 1, 0x04, 0x40, 0x0C, 0, 0x05, 0x0C, 1, 0x0B])
    }

    @Test func `labels are counted from the inside and may hide each other`() throws {
        let code = try body("block $a block $a br $a end br $a loop $b block br $b br $a end end end")
        #expect(code == [2, 0x40, 2, 0x40, 0x0C, 0, 0x0B, 0x0C, 0, 3, 0x40, 2, 0x40, 0x0C, 1, 0x0C, 2, 0x0B, 0x0B, 0x0B])
    }

    @Test func `a use of a function type takes the first that is the same, or makes one behind all others`() throws {
        let types = try section(1, of: """
            (module
              (type (sub (func)))
              (func (param i64))
              (func)
              (func (param i64))
              (type $v (func)))
            """)
        #expect(types == [0x50, 0, 0x60, 0, 0, 0x60, 0, 0, 0x60, 1, 0x7E, 0])
        let functions = try section(3, of: "(module (type (sub (func))) (func (param i64)) (func) (func (param i64)) (type $v (func)))")
        #expect(functions == [2, 1, 2])
    }

    @Test func `types of garbage collection`() throws {
        let types = try section(1, of: """
            (module (rec
              (type $list (sub (struct (field $next (mut (ref null $list))) (field i8 (mut i16)))))
              (type $bytes (array (mut i8))))
              (type (sub final $list (struct (field (mut (ref null $list))) (field i8 (mut i16)) (field anyref)))))
            """)
        #expect(types == [
            0x4E, 2, 0x50, 0, 0x5F, 3, 0x63, 0, 1, 0x78, 0, 0x77, 1, 0x5E, 0x78, 1,
            0x4F, 1, 0, 0x5F, 4, 0x63, 0, 1, 0x78, 0, 0x77, 1, 0x6E, 0,
        ])
        let code = try body("(drop (struct.get $s $y (struct.new_default $s)))", before: "(type $s (struct (field $x i32) (field $y i32)))")
        #expect(code == [0xFB, 1, 0, 0xFB, 2, 0, 1, 0x1A])
    }

    @Test func `casts choose the opcode by nullability`() throws {
        #expect(try body("ref.null any ref.test (ref null i31) drop") == [0xD0, 0x6E, 0xFB, 0x15, 0x6C, 0x1A])
        #expect(try body("ref.null any ref.cast (ref eq) drop") == [0xD0, 0x6E, 0xFB, 0x16, 0x6D, 0x1A])
        #expect(try body("br_on_cast 0 anyref (ref i31)") == [0xFB, 0x18, 1, 0, 0x6E, 0x6C])
        #expect(try body("select") == [0x1B])
        #expect(try body("select (result i32)") == [0x1C, 1, 0x7F])
        #expect(try body("select (result)") == [0x1C, 0])
    }

    @Test func `memory accesses name memory, offset and alignment`() throws {
        let memories = "(memory 1) (memory $m 1)"
        #expect(try body("i32.load", before: memories) == [0x28, 2, 0])
        #expect(try body("i32.load $m offset=0x10 align=1", before: memories) == [0x28, 0x40, 1, 0x10])
        #expect(try body("v128.load8_lane 3", before: memories) == [0xFD, 0x54, 0, 0, 3])
        #expect(try body("v128.load8_lane 1 3", before: memories) == [0xFD, 0x54, 0x40, 1, 0, 3])
        #expect(try body("v128.load8_lane 1 offset=2 3", before: memories) == [0xFD, 0x54, 0x40, 1, 2, 3])
        #expect(try body("memory.init $m 0", before: memories + "(data)") == [0xFC, 8, 0, 1])
        #expect(try body("memory.copy $m 0", before: memories) == [0xFC, 10, 1, 0])
        #expect(try body("i64.atomic.rmw.cmpxchg", before: memories) == [0xFE, 0x49, 3, 0])
        #expect(try body("atomic.fence") == [0xFE, 3, 0])
    }

    @Test func `exceptions, wide arithmetic, vectors`() throws {
        let code = try body("(try_table (result i32) (catch $t 0) (catch_all_ref 1) (throw $t (i32.const 1)))", before: "(tag $t (param i32))")
        #expect(code == [0x1F, 0x7F, 2, 0, 0, 0, 3, 1, 0x41, 1, 0x08, 0, 0x0B])
        #expect(try body("i64.mul_wide_u") == [0xFC, 0x16])
        #expect(try body("v128.const f32x4 1 -0 inf nan drop") ==
            [0xFD, 12, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x80, 0, 0, 0x80, 0x7F, 0, 0, 0xC0, 0x7F, 0x1A])
        #expect(try body("i16x8.relaxed_dot_i8x16_i7x16_s") == [0xFD, 0x92, 0x02])
    }

    @Test func `abbreviations of tables and memories make segments`() throws {
        let module = sections(try parseText("(func $f) (table funcref (elem $f $f)) (memory i64 (data \"abc\"))", TextOptions(keepsNames: false)))
        #expect(module.first { $0.id == 4 }?.content == [1, 0x70, 1, 2, 2])
        #expect(module.first { $0.id == 9 }?.content == [1, 0, 0x41, 0, 0x0B, 2, 0, 0])
        #expect(module.first { $0.id == 5 }?.content == [1, 5, 1, 1])
        #expect(module.first { $0.id == 11 }?.content == [1, 0, 0x42, 0, 0x0B, 3, 0x61, 0x62, 0x63])
        #expect(try section(5, of: "(memory 1 2 shared)") == [3, 1, 2])
        #expect(try section(5, of: "(memory 0 (pagesize 1))") == [8, 0, 0])
        #expect(try section(4, of: "(table 1 (ref func) (ref.func 0)) (func)") == [0x40, 0, 0x64, 0x70, 0, 1, 0xD2, 0, 0x0B])
    }

    @Test func `identifiers go to the name section, annotations before them`() throws {
        let text = "(module $m (func $f (@name \"F\") (param $x i32) (local $y i64) (block $l)))"
        let names = try #require(sections(try parseText(text)).last)
        #expect(names.id == 0)
        let expected: [UInt8] = [4] + Array("name".utf8) + [0, 2, 1] + Array("m".utf8) + [1, 4, 1, 0, 1] + Array("F".utf8)
            + [2, 9, 1, 0, 2, 0, 1] + Array("x".utf8) + [1, 1] + Array("y".utf8) + [3, 6, 1, 0, 1, 0, 1] + Array("l".utf8)
        #expect(names.content == expected)
        #expect(sections(try parseText(text, TextOptions(keepsNames: false))).allSatisfy { $0.id != 0 })
    }

    @Test func `custom sections stand where they ask to`() throws {
        let text = """
            (module (@custom "z") (@custom "a" (before first) "1" "2") (func) (@custom "c" (before code) "x") (@custom "t" (after type)))
            """
        let order = sections(try parseText(text)).map { $0.id == 0 ? String(decoding: $0.content.dropFirst().prefix(1), as: UTF8.self) : "\($0.id)" }
        #expect(order == ["a", "1", "t", "3", "c", "10", "z"])
    }

    @Test func `branch hints count from the start of the body`() throws {
        let text = "(func (local i32) local.get 0 (@metadata.code.branch_hint \"\\01\") if end)"
        let hints = try #require(sections(try parseText(text)).first { $0.id == 0 })
        #expect(hints.content.suffix(6) == [1, 0, 1, 5, 1, 1])
    }

    @Test func `a data count is written where a body names a segment`() throws {
        #expect(sections(try parseText("(memory 1) (data \"\") (func data.drop 0)")).map(\.id) == [1, 3, 5, 12, 10, 11])
        #expect(sections(try parseText("(memory 1) (data \"\") (func)")).map(\.id) == [1, 3, 5, 10, 11])
    }
}
