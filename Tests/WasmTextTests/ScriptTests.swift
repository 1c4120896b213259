import PrecastWasmText
import Testing

@Suite struct ScriptTests {
    @Test func `commands, values and patterns`() throws {
        let script = try parseScript(Array("""
            (module definition $M (func (export "f")))
            (module instance $I $M)
            (register "m" $I)
            (invoke $I "f" (i32.const -1) (f32.const nan:0x1) (ref.null extern) (ref.extern 7) (v128.const i16x8 1 2 3 4 5 6 7 8))
            (assert_return (get "g") (either (f32.const nan:canonical) (i64.const 5)) (v128.const f64x2 nan:arithmetic 1) (ref.func))
            (assert_trap (module quote "x") "oops")
            (thread $T (shared (module $I)) (invoke "f"))
            (wait $T)
            """.utf8))
        #expect(script.commands.map(\.line) == Array(1...8))
        guard case .module(let module) = script.commands[0].kind, module.isDefinition, module.name == "M" else {
            Issue.record("no definition")
            return
        }
        #expect(try module.encode().starts(with: [0, 0x61, 0x73, 0x6D]))
        guard case .action(.invoke(let instance, let name, let arguments)) = script.commands[3].kind else {
            Issue.record("no action")
            return
        }
        #expect((instance, name) == ("I", "f"))
        #expect(arguments == [
            .i32(.max), .f32(0x7F80_0001), .null(.extern), .externalReference(7), .v128([1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0]),
        ])
        guard case .assertReturn(.get, let results) = script.commands[4].kind else {
            Issue.record("no assertion")
            return
        }
        #expect(results.count == 3)
        #expect(results[0] == .either([.f32(.canonical), .value(.i64(5))]))
        #expect(results[2] == .reference(.function))
        guard case .thread("T", ["I"], let commands) = script.commands[6].kind, commands.count == 1 else {
            Issue.record("no thread")
            return
        }
    }

    @Test func `a command that cannot be read fails alone`() throws {
        let script = try parseScript(Array("(module)\n(what)\nx\n(assert_return (invoke \"f\" (i32.const 1 2)))\n(invoke \"f\")".utf8))
        let readable = script.commands.map { if case .unreadable = $0.kind { false } else { true } }
        #expect(readable == [true, false, false, false, true])
    }

    @Test func `a text that begins with a field is one module`() throws {
        let script = try parseScript(Array("(func) (memory 1)".utf8))
        #expect(script.commands.count == 1)
        #expect(throws: TextError.self) { try parseScript(Array("(module) \"".utf8)) }
    }
}
