import PrecastArtifactFormat
import PrecastCompiler
import PrecastDisassembly
import PrecastWasmText
import Testing

private let source = #"""
    (module
      (import "env" "log" (func $log (param i32)))
      (memory (export "memory") 1 4)
      (global $g (mut i32) (i32.const 7))
      (table $t 3 funcref)
      (elem (i32.const 0) $a $a $c)
      (type $v (func (param i32) (result i32)))
      (func $a (param i32) (result i32) local.get 0 i32.const 1 i32.add)
      (func $c (param $x i32) (result i32) local.get $x global.get $g i32.div_u)
      (func $switch (export "sw") (param $x i32) (param $f f64) (result f64)
        (block $d (block $e (block $g (block $h (block $k
          (br_table $d $e $g $h $k (local.get $x)))
          (call $log (i32.const 5)))
          (drop (memory.grow (i32.const 1))))
          (i32.store (local.get $x) (i32.const 99)))
          (local.set $x (call_indirect (type $v) (i32.const 7) (local.get $x))))
        (global.set $g (local.get $x))
        (f64.add (local.get $f) (f64.const 3.25)))
      (func $"</script>\22\u{202e}\u{7}" (export "evil") (param i32) (result i32) (call $a (local.get 0)) (call $c)))
    """#

private func artifact(_ target: String, _ level: OptimizationLevel = .standard) throws -> [UInt8] {
    var configuration = CompilerConfiguration()
    configuration.target = try Target(parsing: target)
    configuration.optimizationLevel = level
    return try Compiler(configuration).compile(try parseText(source))
}

private let targets = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]

/// The text of all functions.
private func listing(_ bytes: [UInt8], syntax: AssemblySyntax = .intel, _ options: ListingOptions = ListingOptions()) throws -> [String: String] {
    try bytes.withUnsafeBytes { bytes in
        let code = try ArtifactCode(image: bytes, syntax: syntax)
        var texts: [String: String] = [:]
        for row in 0..<code.functionCount { texts[code.name(row)] = try code.disassemble(row).text(options) }
        return texts
    }
}

@Suite struct DisassemblyTests {
    @Test(arguments: targets) func everythingIsNamed(_ target: String) throws {
        let texts = try listing(try artifact(target))
        let text = try #require(texts["switch"])
        #expect(text.contains("; import log\n") || text.contains("; import log;"), "\(text)")
        for part in ["builtin memoryGrow", "memory 0 base", "memory 0", "jump table", "global 0", "table 0", "stack limit", "3.25"] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        for trap in ["undefined element", "call stack exhausted", "out of bounds memory access"] { #expect(text.contains("trap: " + trap), "\(trap) in \(text)") }
        #expect(text.contains(".long"))
        #expect(!text.contains(".byte"), "\(text)")
    }

    @Test(arguments: targets) func jumpsAndTableEntriesGoToLabels(_ target: String) throws {
        let bytes = try artifact(target, .none)
        try bytes.withUnsafeBytes { bytes in
            let code = try ArtifactCode(image: bytes)
            for row in 0..<code.functionCount {
                let function = try code.disassemble(row)
                // Every byte of a function is in one line.
                #expect(function.lines.reduce(0) { $0 + $1.bytes.count } == Int(function.record.byteCount))
                let labels = Set(function.lines.compactMap(\.label))
                for line in function.lines {
                    for name in line.operands.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) where name.first == "L" && Int(name.dropFirst()) != nil {
                        #expect(labels.contains(String(name)), "\(line)")
                    }
                }
            }
        }
    }

    @Test(arguments: targets) func callsNameFunctions(_ target: String) throws {
        let texts = try listing(try artifact(target, .none))
        let evil = try #require(texts[#"</script>"\u{202e}\u{7}"#])
        #expect(evil.contains("call    a\n") || evil.contains("bl      a\n"), "\(evil)")
        #expect(!evil.unicodeScalars.contains("\u{202e}") && !evil.unicodeScalars.contains("\u{7}"))
    }

    @Test func locationsAndInlinedFrames() throws {
        var lister = try FunctionLister(try parseText(source))
        var operators: [UInt32: String] = [:]
        for index in lister.definedFunctions { for line in try lister.function(index).lines { operators[line.offset] = line.text } }
        var options = ListingOptions()
        options.operatorText = { operators[$1] }
        options.functionName = { $0 == 1 ? "a" : "other" }
        let text = try #require(try listing(try artifact("x86_64"), options)[#"</script>"\u{202e}\u{7}"#])
        #expect(text.contains("i32.add  (of a, inlined at 0x"), "\(text)")
        #expect(text.contains("i32.div_u"))
        #expect(text.contains("trap: integer divide by zero"))
    }

    @Test func syntaxes() throws {
        let bytes = try artifact("x86_64")
        #expect(try listing(bytes)["a"]?.contains("add     esi, 1") ?? false)
        let text = try #require(try listing(bytes, syntax: .att)["a"])
        #expect(text.contains("$1, %esi"), "\(text)")
        // What is known of registers does not hang on the syntax.
        #expect(try listing(bytes, syntax: .att)["switch"]?.contains("builtin memoryGrow") ?? false)
    }

    @Test func optionsLeaveOut() throws {
        var options = ListingOptions()
        options.showsBytes = false
        options.showsLocations = false
        let text = try #require(try listing(try artifact("x86_64"), options)["a"])
        #expect(!text.contains("83 c6 01") && !text.contains("  ; 0x"))
    }

    @Test func damagedArtifactsGiveErrorsOrText() throws {
        let bytes = try artifact("x86_64")
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                damaged[Int(state >> 33) % damaged.count] = UInt8(truncatingIfNeeded: state >> 24)
            }
            _ = try? listing(damaged)
        }
        #expect(throws: DisassemblyError.self) { try listing([0, 1, 2]) }
    }
}

@Suite struct FunctionListerTests {
    @Test func linesOfAFunction() throws {
        var lister = try FunctionLister(try parseText(
            "(module (func $f (param $x i32) (result i32) (local i64) (if (result i32) (local.get $x) (then (i32.const 1)) (else (i32.const 2)))))"))
        #expect(lister.definedFunctions == 0..<1)
        #expect(lister.identifier(0) == "$f")
        let text = try lister.function(0)
        #expect(text.head == "(func $f (;0;) (type 0) (param $x i32) (result i32) (local i64)")
        #expect(text.lines.map(\.text) == ["local.get $x", "if (result i32)", "i32.const 1", "else", "i32.const 2", "end", "end"])
        #expect(text.lines.map(\.depth) == [0, 0, 1, 0, 1, 0, 0])
        #expect(text.lines.map(\.offset) == text.lines.map(\.offset).sorted())
        // Functions can be asked for again.
        #expect(try lister.function(0).lines == text.lines)
    }
}
