import PrecastWasmTypes

/// Text in the making, as UTF-8.
struct TextBuffer {
    var bytes: [UInt8] = []
    /// The number of the line that is written, from 1.
    private(set) var line: UInt32 = 1

    mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }
    mutating func write(_ text: [UInt8]) { bytes.append(contentsOf: text) }
    mutating func write(_ number: some FixedWidthInteger) { write(String(number)) }

    /// A new line at that depth. Indentation ends at thirty levels: a line costs no more however deep instructions nest.
    mutating func newLine(_ depth: Int) {
        bytes.append(0x0A)
        line += 1
        for _ in 0..<2 * min(depth, 30) { bytes.append(0x20) }
    }

    /// A string of arbitrary bytes: printable ASCII as it is, everything else in hexadecimal.
    mutating func writeQuoted(bytes content: some Collection<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in content {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x20..<0x7F: bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(Self.hexDigits[Int(byte >> 4)])
                bytes.append(Self.hexDigits[Int(byte & 15)])
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// A name, which is UTF-8: what is visible as it is, the rest as scalar numbers.
    mutating func writeQuoted(name: some Collection<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in String(decoding: name, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"", "\\": write("\\\(scalar)")
            case "\t": write("\\t")
            case "\n": write("\\n")
            case "\r": write("\\r")
            case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default:
                if Self.isVisible(scalar) { write(String(scalar)) } else { write("\\u{\(String(scalar.value, radix: 16))}") }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator,
            .nonspacingMark, .enclosingMark, .spacingMark:
            false
        default: true
        }
    }

    /// An identifier that spells `name`. - Precondition: the name is not empty and UTF-8.
    mutating func writeIdentifier(_ name: some Collection<UInt8>) {
        bytes.append(UInt8(ascii: "$"))
        if name.allSatisfy(isIdentifierCharacter) { bytes.append(contentsOf: name) } else { writeQuoted(name: name) }
    }

    /// A float literal for those bits.
    mutating func writeFloat(_ bits: UInt64, _ format: FloatFormat) {
        let magnitude = bits & ~format.signBit
        if bits & format.signBit != 0 { bytes.append(UInt8(ascii: "-")) }
        if magnitude == format.infinity { return write("inf") }
        if magnitude > format.infinity {
            write("nan")
            let payload = magnitude & format.payloadMask
            if payload != format.quietBit { write(":0x" + String(payload, radix: 16)) }
            return
        }
        // The shortest decimal that reads back as the same float.
        write(format.precision == 24 ? "\(Float(bitPattern: UInt32(truncatingIfNeeded: magnitude)))" : "\(Double(bitPattern: magnitude))")
    }
}
