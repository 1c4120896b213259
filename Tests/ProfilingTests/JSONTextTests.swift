import Testing
@testable import PrecastProfiling

@Suite struct JSONTextTests {
    @Test func textIsEscapedForScripts() {
        var json = JSONText()
        json.object {
            $0.member("</script>", "a\"\\\n\u{1}&\u{2028}é")
            $0.column("none", [nil, 1, -2])
            $0.numbers("numbers", [1, 0.25])
            $0.member("list") { $0.array { $0.element("x"); $0.element(3) } }
        }
        #expect(json.text == #"{"\u003c/script\u003e":"a\"\\\n\u0001\u0026\u2028é","none":[null,1,-2],"numbers":[1,0.25],"list":["x",3]}"#)
    }
}
