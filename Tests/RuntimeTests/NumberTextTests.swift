import CLoaderSupport
import PrecastRuntime
import Testing

/// Floating-point numbers as text: the standard library says what is right.
@Suite struct NumberTextTests {
    private static let edges: [Double] = [
        0, -0.0, 1, -1, 0.1, 0.3, 100, 1e15, 1e16, 1e17, 0x1p24, 0x1p25, 0x1.fffffp24, 0x1p53, 0x1.1p53, 0x1p54, 0x1.0000000000001p54, 0x1p60, 1e21, 1e22, 1e23, 0.001, 0.0001, 0.00001,
        5e-324, 2.2250738585072014e-308, 2.2250738585072011e-308, 1.7976931348623157e308, 9007199254740993, 5.684341886080802e-14, .infinity, -.infinity,
    ]

    private static func numbers() -> [Double] {
        var random = SystemRandomNumberGenerator()
        let any = (0..<2000).map { _ in Double(bitPattern: random.next()) }
        let near = (0..<2000).map { _ in Double(sign: .plus, exponent: Int.random(in: -60...60), significand: Double.random(in: 1..<2)) }
        let short = (0..<2000).map { _ in Double(Int.random(in: -999...999)) / [1, 10, 1000, 1e9].randomElement()! }
        let powers = (-1074...1023).map { Double(sign: .plus, exponent: $0, significand: 1) }
        return edges + any + near + short + powers
    }

    private func parsed(_ text: String, _ precision: Int32) -> UInt64? {
        var bits: UInt64 = 0
        return precast_parse_number(text, precision, &bits) == 0 ? bits : nil
    }

    @Test func doublesAreDescribedAsTheLibraryDoes() {
        for number in Self.numbers() { #expect(Value.f64(number).description == "\(number)") }
    }

    @Test func floatsAreDescribedAsTheLibraryDoes() {
        for number in Self.numbers() { #expect(Value.f32(Float(number)).description == "\(Float(number))") }
        for _ in 0..<2000 {
            let number = Float(bitPattern: .random(in: 0...UInt32.max))
            #expect(Value.f32(number).description == "\(number)")
        }
    }

    @Test func textIsReadAsTheLibraryDoes() {
        for number in Self.numbers() where !number.isNaN {
            let more = "\(number)".contains("e") || number.isInfinite ? "" : String(repeating: "0", count: 900) + "1"
            for text in ["\(number)", "\(number)" + more, "\(Float(number))"] {
                #expect(parsed(text, 53) == Double(text)?.bitPattern, "\(text)")
                #expect(parsed(text, 24) == Float(text).map { UInt64($0.bitPattern) }, "\(text)")
            }
        }
    }

    @Test(arguments: [
        ("0x1.8p1", 3), ("0X10", 16), ("0x.8", 0.5), ("-0x1p-1074", -5e-324), ("0x1p-1075", 0), ("0x1.0000000000000000000000000001p-1075", 5e-324),
        ("0x1p1024", .infinity), ("+1.", 1), (".5", 0.5), ("1e400000000000000", .infinity), ("1e-400000000000000", 0), ("0e999999", 0), ("-inf", -.infinity),
        ("infinity", .infinity), ("INF", .infinity), ("9007199254740993.0000000000000000000000000000000001", 9007199254740994), ("9007199254740993", 9007199254740992),
        ("0x20000000000001.0000000000000000000000000000000000000000000000000000000000000000000000001", 9007199254740994),
    ])
    func forms(_ text: String, _ number: Double) { #expect(parsed(text, 53) == number.bitPattern) }

    @Test(arguments: ["", "+", "-", ".", "e5", "1e", "1e+", "0x", "0x.", "0xp1", "1.2.3", "1f", "--1", " 1", "1 ", "nano", "0x1e5g", "1p5"])
    func otherTextIsRefused(_ text: String) { #expect(parsed(text, 53) == nil) }

    @Test func notANumber() {
        #expect(parsed("NaN", 53) == Double.nan.bitPattern)
        #expect(parsed("-nan", 24) == UInt64((-Float.nan).bitPattern))
    }
}
