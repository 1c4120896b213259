import PrecastWasmTypes

/// How results are written, so that all engines' are the same text: `call` lines give the results' bits in hexadecimal (all NaNs are `nan`), or `trap` and
/// the specification's message.
enum Outcome {
    static func bits(_ bits: UInt64, _ type: ValueType) -> String {
        switch type {
        case .f32: Float(bitPattern: UInt32(truncatingIfNeeded: bits)).isNaN ? "nan" : String(UInt32(truncatingIfNeeded: bits), radix: 16)
        case .f64: Double(bitPattern: bits).isNaN ? "nan" : String(bits, radix: 16)
        case .i32: String(UInt32(truncatingIfNeeded: bits), radix: 16)
        default: String(bits, radix: 16)
        }
    }
    static func results(_ values: [(UInt64, ValueType)]) -> String {
        values.isEmpty ? "nothing" : values.map { bits($0.0, $0.1) }.joined(separator: " ")
    }
    /// Not every engine says what kind of reference is null.
    static func trap(_ message: String) -> String {
        message.hasPrefix("null ") && message.hasSuffix(" reference") ? "trap null reference" : "trap " + message
    }
    static func memory(_ name: String, _ bytes: some Sequence<UInt8>, count: Int) -> String {
        "memory \(name) \(count) \(String(CRC32.checksum(bytes), radix: 16))"
    }
    static func global(_ name: String, _ bits: UInt64, _ type: ValueType) -> String { "global \(name) \(Self.bits(bits, type))" }
    /// A letter an element: is it null?
    static func table(_ name: String, _ isNull: [Bool]) -> String { "table \(name) \(isNull.count) " + isNull.map { $0 ? "-" : "f" }.joined() }
}

/// The checksum of zlib and others.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 != 0 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            ~bytes.reduce(~UInt32(0)) { crc, byte in table[Int((crc ^ UInt32(byte)) & 0xff)] ^ crc >> 8 }
        }
    }
}
