/// The characters that identifiers, keywords and numbers are made of.
func isIdentifierCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D...0x3A, 0x3C...0x5A, 0x5C, 0x5E...0x7A, 0x7C, 0x7E: true
    default: false
    }
}

/// The characters that no token uses but that may stand in annotations.
func isReservedPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
    default: false
    }
}

func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// The length of the escape whose backslash is at `offset`, or nil if it is none.
func escapeLength(_ source: [UInt8], at offset: Int) -> Int? {
    func byte(_ position: Int) -> UInt8 { position < source.count ? source[position] : 0 }
    switch byte(offset + 1) {
    case UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): return 2
    case UInt8(ascii: "u"):
        guard byte(offset + 2) == UInt8(ascii: "{") else { return nil }
        return scalarEscape(source, digitsAt: offset + 3)?.length
    case let first:
        return hexDigit(first) != nil && hexDigit(byte(offset + 2)) != nil ? 3 : nil
    }
}

/// The scalar whose hexadecimal digits start at `start`, and the length of the whole escape.
private func scalarEscape(_ source: [UInt8], digitsAt start: Int) -> (value: UInt32, length: Int)? {
    var value: UInt32 = 0
    var position = start
    var lastWasDigit = false
    while position < source.count {
        let byte = source[position]
        if let digit = hexDigit(byte) {
            value = value << 4 | UInt32(digit)
            if value > 0x10_FFFF { return nil }
            lastWasDigit = true
        } else if byte == UInt8(ascii: "_"), lastWasDigit {
            lastWasDigit = false
        } else {
            break
        }
        position += 1
    }
    guard lastWasDigit, position < source.count, source[position] == UInt8(ascii: "}"), !(0xD800...0xDFFF).contains(value) else { return nil }
    return (value, position + 1 - start + 3)
}

/// Appends the content between two quotes, escapes resolved. - Precondition: the lexer has accepted the string.
func appendUnescaped(_ source: [UInt8], from start: Int, to end: Int, onto bytes: inout [UInt8]) {
    var position = start
    while position < end {
        let byte = source[position]
        guard byte == UInt8(ascii: "\\") else {
            bytes.append(byte)
            position += 1
            continue
        }
        switch source[position + 1] {
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "u"):
            if let (value, length) = scalarEscape(source, digitsAt: position + 3), let scalar = Unicode.Scalar(value) {
                bytes.append(contentsOf: String(scalar).utf8)
                position += length
                continue
            }
        case let first:
            if let high = hexDigit(first), let low = hexDigit(source[position + 2]) {
                bytes.append(high << 4 | low)
                position += 3
                continue
            }
            bytes.append(first)
        }
        position += 2
    }
}

/// The offset of the first byte that is not part of well-formed UTF-8, or nil.
func firstMalformedUTF8(_ bytes: ArraySlice<UInt8>) -> Int? {
    var position = bytes.startIndex
    let end = bytes.endIndex
    while position < end {
        let lead = bytes[position]
        if lead < 0x80 {
            position += 1
            continue
        }
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch lead {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE, 0xEF: (3, 0x80...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length > 0, end - position >= length, second.contains(bytes[position + 1]) else { return position }
        for index in position + 2..<position + max(length, 2) where bytes[index] & 0xC0 != 0x80 { return position }
        position += length
    }
    return nil
}
