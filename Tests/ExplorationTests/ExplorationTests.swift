@testable import PrecastExploration
import PrecastCompiler
import PrecastWasmText
import Testing

private let hostile = #"</script><img src=x onerror=alert(1)>\22'&<!--\u{202e}\u{2028}"#

private func page(_ source: String, _ options: ExploreOptions = ExploreOptions()) throws -> String {
    var configuration = CompilerConfiguration()
    configuration.target = try Target(parsing: "x86_64")
    return String(decoding: try explorePage(try parseText(source), try Compiler(configuration), options), as: UTF8.self)
}

@Suite struct ExplorationTests {
    private let source = """
        (module (import "\(hostile)" "f" (func $i (param i32)))
          (func $"\(hostile) small" (param i32) (result i32) (i32.mul (local.get 0) (i32.const 99)))
          (func $caller (export "main") (param i32) (result i32) (call $i (local.get 0)) (i32.add (call 1 (local.get 0)) (i32.const 7))))
        """

    @Test func nothingOfTheModuleIsMarkup() throws {
        var options = ExploreOptions()
        options.title = "<b>title</b>\u{202e}"
        let text = try page(source, options)
        // The overview, a block for each function, and the script.
        #expect(text.components("<script").count == 5)
        #expect(text.components("</script>").count == 5)
        #expect(!text.contains("<img") && !text.contains("<!--") && !text.contains("<b>title"))
        #expect(!text.unicodeScalars.contains("\u{202e}") && !text.unicodeScalars.contains("\u{2028}"))
        #expect(text.contains("&lt;b&gt;title&lt;/b&gt;\\u{202e}"))
        #expect(text.contains(#"\u003c/script\u003e\u003cimg src=x onerror=alert(1)\u003e"#))
    }

    @Test func chosenFunctionsAlone() throws {
        var options = ExploreOptions()
        options.functions = ["main"]
        let text = try page(source, options)
        #expect(text.contains("id=\"data-2\"") && !text.contains("id=\"data-1\""))
        options.functions = ["2", "1"]
        #expect(try page(source, options).contains("id=\"data-1\""))
        options.functions = ["nobody"]
        #expect(throws: ExplorationError.self) { try page(source, options) }
    }

    @Test func sourceLinesWhereKnown() throws {
        var options = ExploreOptions()
        #expect(try !page(source, options).contains("\"source\":"))
        options.sourcePlace = { SourcePlace(file: "<a>.c", line: Int($0), text: "x = 1;") }
        let text = try page(source, options)
        #expect(text.contains("\"source\":[[\"\\u003ca\\u003e.c\",") && text.contains("\"hasSources\":1"))
    }

    @Test func locationsOfLines() {
        let plain = splitLocation("    v3 = iadd.i32 v1, v2  @67", function: 4, firstDefined: 1)
        #expect(plain.text == "    v3 = iadd.i32 v1, v2")
        #expect(plain.chain.map(\.offset) == [0x67] && plain.chain.map(\.function) == [4])
        let inlined = splitLocation("    v3 = iadd.i32 v1, v2  @67:1<89:3", function: 4, firstDefined: 1)
        #expect(inlined.chain.map(\.offset) == [0x67, 0x89] && inlined.chain.map(\.function) == [2, 4])
        #expect(splitLocation("block0(v0: i64):", function: 4, firstDefined: 1).chain.isEmpty)
        #expect(splitLocation("    x  @zz", function: 4, firstDefined: 1).text == "    x  @zz")
    }

    @Test func JSONIsASCIIWhereItMatters() {
        var json = JSONText()
        json.array { json in
            json.string("a\"\\<>&'\u{7}\u{1F600}é")
            json.number(-1)
            json.object { json in
                json.key("k")
                json.array { _ in }
            }
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"["a\u0022\u005c\u003c\u003e\u0026\u0027\u0007😀é",-1,{"k":[]}]"#)
    }
}

extension String {
    /// The parts between occurrences of `separator`, found without Foundation.
    fileprivate func components(_ separator: String) -> [Substring] {
        var parts: [Substring] = [], rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
