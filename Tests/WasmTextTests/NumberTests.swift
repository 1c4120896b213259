import PrecastWasmText
import Testing

@Suite struct NumberTests {
    private func bytes(_ constant: String, _ type: String) throws -> [UInt8] {
        Array(try body("\(type).const \(constant) drop").dropFirst().dropLast())
    }

    private func f32(_ literal: String) throws -> UInt32 {
        try bytes(literal, "f32").reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func f64(_ literal: String) throws -> UInt64 {
        try bytes(literal, "f64").reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    @Test func `integers wrap at their width`() throws {
        #expect(try bytes("-1", "i32") == [0x7F])
        #expect(try bytes("0xffff_ffff", "i32") == [0x7F])
        #expect(try bytes("-0x8000_0000", "i32") == [0x80, 0x80, 0x80, 0x80, 0x78])
        #expect(try bytes("+64", "i64") == [0xC0, 0x00])
        #expect(try bytes("18446744073709551615", "i64") == [0x7F])
        #expect(try bytes("0000000000000000000000000000000000000001", "i64") == [0x01])
    }

    @Test(arguments: [
        ("i32.const 4294967296", "constant out of range"), ("i32.const -2147483649", "constant out of range"),
        ("i64.const 18446744073709551616", "constant out of range"), ("f32.const 1e39", "constant out of range"),
        ("f32.const 0x1p128", "constant out of range"), ("f32.const nan:0x80_0000", "constant out of range"),
        ("f64.const nan:0x0", "constant out of range"), ("f64.const 0x1.fffffffffffff8p1023", "constant out of range"),
        ("i32.const 1_", "unknown operator"), ("i32.const 1__0", "unknown operator"), ("i32.const 0x", "unknown operator"),
        ("f32.const 1e", "unknown operator"), ("f32.const .5", "unknown operator"), ("f32.const 0x1.p", "unknown operator"),
        ("i32.const 1.0", "unexpected token"), ("i32.const inf", "unexpected token"), ("f32.const nan:canonical", "unexpected token"),
    ])
    func `what is no number of the type is refused`(_ instruction: String, _ message: String) throws {
        #expect(failure(in: "(func \(instruction) drop)")?.message.hasPrefix(message) == true)
    }

    @Test func `decimal floats are rounded correctly`() throws {
        #expect(try f64("0.1") == 0x3FB9_9999_9999_999A)
        #expect(try f32("0.1") == 0x3DCC_CCCD)
        // Halfway between two floats, a hair above and a hair below; a detour over 64 bits would round twice.
        #expect(try f32("1.0000001788139343261718750000000000000000000001") == 0x3F80_0002)
        #expect(try f32("1.00000017881393432617187499") == 0x3F80_0001)
        #expect(try f32("1.00000017881393432617187500") == 0x3F80_0002)
        #expect(try f64("2.2250738585072011e-308") == 0x000F_FFFF_FFFF_FFFF)
        #expect(try f64("4.94065645841246544177e-324") == 1)
        #expect(try f64("1e-400") == 0)
        #expect(try f32("3.4028235677973366e38") == 0x7F7F_FFFF)
        #expect(try f64("-1_0.5_0e+0_1") == (-105.0).bitPattern)
        #expect(try f64("5.") == 5.0.bitPattern)
    }

    @Test func `hexadecimal floats are rounded to even, subnormals too`() throws {
        #expect(try f32("0x1.000001p0") == 0x3F80_0000)
        #expect(try f32("0x1.000003p0") == 0x3F80_0002)
        #expect(try f32("0x1.00000100000000000000000000001p0") == 0x3F80_0001)
        #expect(try f32("0x1p-149") == 1)
        #expect(try f32("0x1p-150") == 0)
        #expect(try f32("0x1.8p-150") == 1)
        #expect(try f32("0x0.ffffffp-126") == 0x0080_0000)
        #expect(try f64("0x1.fffffffffffffp1023") == 0x7FEF_FFFF_FFFF_FFFF)
        #expect(try f64("0x123456789abcdef0123456789") == (0x1.23456789ABCDFp96).bitPattern)
        #expect(try f64("-0x0p0") == 0x8000_0000_0000_0000)
    }

    @Test func `NaNs keep their payload`() throws {
        #expect(try f32("nan") == 0x7FC0_0000)
        #expect(try f32("-nan:0x1") == 0xFF80_0001)
        #expect(try f64("nan:0xf_ffff_ffff_ffff") == 0x7FFF_FFFF_FFFF_FFFF)
        #expect(try f64("-inf") == 0xFFF0_0000_0000_0000)
    }
}
