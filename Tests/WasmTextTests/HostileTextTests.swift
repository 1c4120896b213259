import PrecastWasmText
import Testing

@Suite struct HostileTextTests {
    /// SplitMix64.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let samples = [
        """
        (module $m (type $t (func (param i32 i64) (result f32))) (rec (type $s (sub (struct (field $x (mut i8)) (field (ref null $s)))))
          (type (array i16))) (import "a" "b" (func $i (type $t))) (global $g (mut i32) (i32.const 1)) (memory $n 1 2) (table $u 1 funcref)
          (func $f (export "f") (param $p i32) (result i32) (local $l i64)
            (block $b (result i32) (br_if $b (i32.const 1) (local.get $p)) (if (result i32) (local.get 0) (then (i32.const 2)) (else (i32.const 3))) (i32.add)))
          (elem (i32.const 0) func $f) (data $d (offset (i32.const 0)) "a\\00\\u{20ac}") (start $f) (@custom "c" (after data) "x"))
        """,
        """
        (tag $e (param i32)) (func $v (local v128) (try_table $y (catch $e 0) (catch_all 0) (throw $e (i32.const -0x8)))
          loop $z br $z end (v128.store offset=8 align=4 (i32.const 0) (v128.const f32x4 0x1.8p-3 nan:0x1 1e9 -inf)) (@metadata.code.branch_hint "\\01")
          (if (i32.const 0) (then)) (drop (struct.new $k (i32.const 1))) (br_table 0 0 (i32.const 0)) (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))
          (type $k (struct (field i32))) (memory i64 1) (data "")
        """,
        """
        (module (func (export "f") (result i32) (i32.const 1))) (register "m") (assert_return (invoke "f") (i32.const 1))
        (assert_malformed (module quote "(func") "unexpected token") (assert_invalid (module binary "\\00asm\\01\\00\\00\\00") "x")
        (assert_return (get $a "g") (either (f64.const nan:canonical) (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1)) (ref.null func))
        """,
    ]

    private static let fragments = [
        "(", ")", "(;", ";)", "\"", "\\", "$a", "$\"x\"", "(@custom \"a\" (before func))", "(@name \"x\")", "(@metadata.code.branch_hint \"\\00\")",
        "0x", "1e400", "nan:0x1", "block", "end", "(else", "(then", "(type 0)", "(param i32)", "(result i32)", "(ref null $a)", "99999999999999999999",
        "offset=18446744073709551615", "align=", "i8x16.shuffle", "v128.const i32x4", "(rec", "(module", "select (result", "\u{202E}",
    ]

    @Test func `mutated texts are parsed or refused, never more`() throws {
        var generator = Generator(state: 20_26)
        var accepted = 0
        for round in 0..<5_000 {
            var text = Array(Self.samples[round % Self.samples.count].utf8)
            for _ in 0...(round % 4) { Self.mutate(&text, &generator) }
            if let module = try? parseText(text) {
                accepted += 1
                if let printed = try? printModule(module, PrintOptions(isFolded: round % 2 == 0)) {
                    #expect((try? parseText(printed)) == module, "\(String(decoding: text, as: UTF8.self))")
                }
            }
            guard let script = try? parseScript(text) else { continue }
            for command in script.commands {
                if case .module(let module) = command.kind { _ = try? module.encode() }
            }
        }
        #expect(accepted > 50)
    }

    private static func mutate(_ text: inout [UInt8], _ generator: inout Generator) {
        let position = Int.random(in: 0...text.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: if position < text.count { text[position] = UInt8.random(in: 0...255, using: &generator) }
        case 1: if position < text.count { text[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
        case 2: text.removeSubrange(position..<min(text.count, position + Int.random(in: 0...20, using: &generator)))
        case 3: if let fragment = fragments.randomElement(using: &generator) { text.insert(contentsOf: Array(fragment.utf8), at: position) }
        case 4:
            let start = Int.random(in: 0...text.count, using: &generator)
            text.insert(contentsOf: Array(text[start..<min(text.count, start + 40)]), at: position)
        default: text.removeSubrange(min(text.count, position + 200)...)
        }
    }

    @Test(arguments: [
        (String(repeating: "(", count: 300_000), false),
        (String(repeating: "(;", count: 200_000) + String(repeating: ";)", count: 200_000), true),
        ("(@a " + String(repeating: "(", count: 200_000) + String(repeating: ")", count: 200_001), true),
        ("(func " + String(repeating: "block ", count: 50_000) + String(repeating: "end ", count: 50_000) + ")", true),
        ("(func " + String(repeating: "(block ", count: 50_000) + String(repeating: ")", count: 50_001), true),
        ("(func " + String(repeating: "(drop ", count: 50_000) + String(repeating: ")", count: 50_001), true),
        ("(func " + String(repeating: "(if (i32.const 1) (then ", count: 30_000) + String(repeating: "))", count: 30_000) + ")", true),
        ("(func " + String(repeating: "block $a ", count: 30_000) + String(repeating: "br $a ", count: 30_000) + String(repeating: "end ", count: 30_000) + ")", true),
        ("(func (drop (f64.const 1." + String(repeating: "1", count: 1_000_000) + ")))", true),
    ])
    func `depth and length cost no stack and little time`(_ text: String, _ isModule: Bool) throws {
        guard isModule else {
            #expect(failure(in: text) != nil)
            return
        }
        let module = try parseText(text)
        #expect(try parseText(printModule(module)) == module)
        #expect(try parseText(printModule(module, PrintOptions(isFolded: true))) == module)
    }
}
