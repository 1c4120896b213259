// Rust's older mangling: an Itanium nested name whose last part is a hash, with `$…$` for what such names cannot hold.

func demangledLegacyRust(_ bytes: [UInt8]) -> String? {
    var parts: [ArraySlice<UInt8>] = []
    var at = 3
    while at < bytes.count, bytes[at] != UInt8(ascii: "E") {
        var length = 0
        let digits = at
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39, length < bytes.count {
            length = length * 10 + Int(bytes[at] - 0x30)
            at += 1
        }
        guard at > digits, length > 0, length <= bytes.count - at else { return nil }
        parts.append(bytes[at..<at + length])
        at += length
    }
    // Behind the name may be a suffix of the linker's or the optimizer's.
    guard at < bytes.count, at + 1 == bytes.count || bytes[at + 1] == UInt8(ascii: "."), parts.count > 1, let hash = parts.popLast(), isHash(hash) else { return nil }
    return parts.map { decoded($0) }.joined(separator: "::")
}

private func isHash(_ part: ArraySlice<UInt8>) -> Bool {
    part.count == 17 && part.first == UInt8(ascii: "h")
        && part.dropFirst().allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f") }
}

private let escapes: [(String, String)] = [
    ("$SP$", "@"), ("$BP$", "*"), ("$RF$", "&"), ("$LT$", "<"), ("$GT$", ">"), ("$LP$", "("), ("$RP$", ")"), ("$C$", ","),
]

private func decoded(_ part: ArraySlice<UInt8>) -> String {
    var rest = Substring(String(decoding: part, as: UTF8.self)), result = ""
    if rest.hasPrefix("_$") { rest = rest.dropFirst() }
    while let first = rest.first {
        if first == ".", rest.dropFirst().first == "." {
            result += "::"
            rest = rest.dropFirst(2)
        } else if first == "$", let (_, text) = escapes.first(where: { rest.hasPrefix($0.0) }) {
            result += text
            rest = rest[rest.dropFirst().firstIndex(of: "$")!...].dropFirst()
        } else if first == "$", let scalar = codePoint(rest) {
            result.unicodeScalars.append(scalar)
            rest = rest[rest.dropFirst().firstIndex(of: "$")!...].dropFirst()
        } else {
            result.append(first)
            rest = rest.dropFirst()
        }
    }
    return result
}

/// The character of `$u7b$`.
private func codePoint(_ text: Substring) -> Unicode.Scalar? {
    guard text.hasPrefix("$u"), let end = text.dropFirst().firstIndex(of: "$"), let value = UInt32(text[text.index(text.startIndex, offsetBy: 2)..<end], radix: 16)
    else { return nil }
    return Unicode.Scalar(value)
}
