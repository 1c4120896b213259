import PrecastWasmText
import Testing
@testable import PrecastSymbolication

@Suite struct PrintedBacktraceTests {
    @Test func frames() throws {
        let whole = try #require(PrintedFrame("    0: _ZN3foo3barEi (function 12) at 0x1a2b"))
        #expect(whole.prefix == "    0: " && whole.name == "_ZN3foo3barEi" && whole.function == 12 && whole.wasmOffset == 0x1a2b && !whole.isInlined)
        let inlined = try #require(PrintedFrame("   11: a (function 1) at 0x2 (function 3) at 0x4, inlined"))
        #expect(inlined.name == "a (function 1) at 0x2" && inlined.function == 3 && inlined.wasmOffset == 4 && inlined.isInlined)
        let nameless = try #require(PrintedFrame("    2: function 7"))
        #expect(nameless.name == nil && nameless.function == 7 && nameless.wasmOffset == nil)
        for line in ["", "wasm backtrace:", "    0: ", "    0: name", "    x: function 1", "       and 12 more", "0: f (function x)", "    0: function 99999999999"] {
            #expect(PrintedFrame(line[...]) == nil, "\(line)")
        }
    }

    private static let report = """
        error: app.wasm: wasm trap: unreachable
        wasm backtrace:
            0: _ZN3foo3barEi (function 12) at 0x10, inlined
            1: caller (function 3) at 0x20
            2: function 4
        note: build id 00112233445566778899aabbccddeeff00112233: …

        """

    @Test func placesAreAdded() {
        var groups: [[UInt32]] = []
        let text = symbolicated(Self.report) { group in
            groups.append(group.map { $0.function })
            return group.map { frame in
                switch frame.function {
                case 12: [self.frame("helper()", "a.h", 5, 9, inlined: true), self.frame("foo::bar(int)", "a.cc", 7, 3)]
                case 3: [self.frame("caller", "b\u{1b}.cc", 8, nil)]
                default: []
                }
            }
        }
        #expect(groups == [[12, 3], [4]])
        #expect(text == """
            error: app.wasm: wasm trap: unreachable
            wasm backtrace:
                0: helper(), inlined
                       at a.h:5:9
                   foo::bar(int) (function 12) at 0x10, inlined
                       at a.cc:7:3
                1: caller (function 3) at 0x20
                       at b\\u{1b}.cc:8
                2: function 4
            note: build id 00112233445566778899aabbccddeeff00112233: …

            """)
    }

    @Test func withoutSourceNamesAreDemangled() {
        let text = symbolicated(Self.report) { group in group.map { _ in [] } }
        #expect(text == Self.report.replacing("_ZN3foo3barEi", with: "foo::bar(int)"))
    }

    @Test func withoutDebugInformationTheTextIsShown() throws {
        let binary = try parseText("(module (func (export \"f\") (param i32 i32) (result i32) local.get 0\n local.get 1\n i32.div_s))")
        let map = try SourceMap(binary)
        let division = UInt32(try #require(binary.indices.dropFirst().last { binary[$0 - 1] == 1 && binary[$0] == 0x6d }))
        #expect(map.frames(at: division).isEmpty)
        let frame = try #require(map.framesOrText(at: division).first)
        #expect(frame.text == "i32.div_s" && frame.name.isEmpty && frame.place?.hasSuffix(" of the module's text: i32.div_s") == true)
        #expect(map.function(at: division) == 0 && map.function(at: 0) == nil)
        #expect(map.framesOrText(at: 2).isEmpty)
    }

    @Test func buildIDs() {
        #expect(printedBuildID(Self.report) == "00112233445566778899aabbccddeeff00112233")
        #expect(printedBuildID("build id 12") == nil)
        #expect(printedBuildID("") == nil)
    }

    @Test func whatIsNoModuleIsRefused() {
        #expect(throws: SourceMapError.self) { try SourceMap([0, 1, 2]) }
        #expect(throws: SourceMapError.self) { try SourceMap([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0], debugModule: [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]) }
        #expect(throws: SourceMapError.self) { try NativeSourceMap(artifact: Array(repeating: 0x7f, count: 5000)) }
        #expect(throws: SourceMapError.self) { try buildID(ofArtifact: []) }
    }

    private func frame(_ name: String, _ file: String, _ line: UInt32, _ column: UInt32?, inlined: Bool = false) -> SourceFrame {
        SourceFrame(name: name, file: file, line: line, column: column, isInlined: inlined)
    }
}
