// Numbers of the text format: which words they are, and their exact values.

/// What kind of number a word is; ``Token/Kind/reserved`` if it is none.
func numberKind(_ word: ArraySlice<UInt8>) -> Token.Kind {
    var scanner = NumberScanner(word)
    scanner.skipSign()
    if scanner.skip("inf") { return scanner.isAtEnd ? .float : .reserved }
    if scanner.skip("nan") {
        if scanner.isAtEnd { return .float }
        return scanner.skip(":0x") && scanner.skipDigits(hexadecimal: true) && scanner.isAtEnd ? .float : .reserved
    }
    let isHexadecimal = scanner.skip("0x")
    guard scanner.skipDigits(hexadecimal: isHexadecimal) else { return .reserved }
    if scanner.isAtEnd { return .integer }
    if scanner.skip("."), !scanner.isAtEnd, !scanner.isAtExponent(hexadecimal: isHexadecimal) {
        guard scanner.skipDigits(hexadecimal: isHexadecimal) else { return .reserved }
    }
    if scanner.isAtExponent(hexadecimal: isHexadecimal) {
        scanner.advance()
        scanner.skipSign()
        guard scanner.skipDigits(hexadecimal: false) else { return .reserved }
    }
    return scanner.isAtEnd ? .float : .reserved
}

private struct NumberScanner {
    private let word: ArraySlice<UInt8>
    private var position: Int

    init(_ word: ArraySlice<UInt8>) {
        self.word = word
        position = word.startIndex
    }

    var isAtEnd: Bool { position == word.endIndex }
    private var current: UInt8 { isAtEnd ? 0 : word[position] }

    mutating func advance() { position += 1 }

    mutating func skipSign() {
        if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
    }

    mutating func skip(_ prefix: StaticString) -> Bool {
        let matches = prefix.withUTF8Buffer { word[position...].starts(with: $0) }
        if matches { position += prefix.utf8CodeUnitCount }
        return matches
    }

    /// Skips digits with single underscores between them; false unless there is one and the last is no underscore.
    mutating func skipDigits(hexadecimal: Bool) -> Bool {
        var lastWasDigit = false
        while !isAtEnd {
            if let digit = hexDigit(current), hexadecimal || digit < 10, hexadecimal || current <= UInt8(ascii: "9") {
                lastWasDigit = true
            } else if current == UInt8(ascii: "_"), lastWasDigit {
                lastWasDigit = false
            } else {
                break
            }
            position += 1
        }
        return lastWasDigit
    }

    func isAtExponent(hexadecimal: Bool) -> Bool {
        let letter: UInt8 = hexadecimal ? UInt8(ascii: "p") : UInt8(ascii: "e")
        return current | 0x20 == letter
    }
}

/// An integer literal taken apart.
struct IntegerLiteral {
    var hasSign: Bool
    var isNegative: Bool
    /// The absolute value, or nil if 64 bits do not hold it.
    var magnitude: UInt64?

    /// - Precondition: `word` is a number of the kind ``Token/Kind/integer``.
    init(_ word: ArraySlice<UInt8>) {
        var digits = word
        isNegative = digits.first == UInt8(ascii: "-")
        hasSign = isNegative || digits.first == UInt8(ascii: "+")
        if hasSign { digits = digits.dropFirst() }
        let isHexadecimal = digits.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")])
        if isHexadecimal { digits = digits.dropFirst(2) }
        let base: UInt64 = isHexadecimal ? 16 : 10
        var value: UInt64 = 0
        for byte in digits where byte != UInt8(ascii: "_") {
            let (product, overflowed) = value.multipliedReportingOverflow(by: base)
            let (sum, carried) = product.addingReportingOverflow(UInt64(hexDigit(byte) ?? 0))
            if overflowed || carried {
                magnitude = nil
                return
            }
            value = sum
        }
        magnitude = value
    }

    /// The two's complement of the value in `width` bits, or nil if it is neither a signed nor an unsigned number of that width.
    func bits(width: Int) -> UInt64? {
        guard let magnitude else { return nil }
        let mask = UInt64.max >> UInt64(64 - width)
        if isNegative { return magnitude <= 1 << UInt64(width - 1) ? (0 &- magnitude) & mask : nil }
        return magnitude <= mask ? magnitude : nil
    }
}

/// A binary floating-point format.
struct FloatFormat {
    /// The bits of the significand, the hidden one included.
    var precision: Int
    var exponentBits: Int

    static let f32 = FloatFormat(precision: 24, exponentBits: 8)
    static let f64 = FloatFormat(precision: 53, exponentBits: 11)

    var bias: Int { 1 << (exponentBits - 1) - 1 }
    var infinity: UInt64 { (1 << UInt64(exponentBits) - 1) << UInt64(precision - 1) }
    var signBit: UInt64 { 1 << UInt64(precision - 1 + exponentBits) }
    var quietBit: UInt64 { 1 << UInt64(precision - 2) }
    var payloadMask: UInt64 { 1 << UInt64(precision - 1) - 1 }
}

/// The bits of a float literal, rounded to nearest, ties to even; nil if it is out of the format's range.
/// - Precondition: `word` is a number of the kind ``Token/Kind/integer`` or ``Token/Kind/float``.
func floatBits(_ word: ArraySlice<UInt8>, _ format: FloatFormat) -> UInt64? {
    var digits = word
    var sign: UInt64 = 0
    if digits.first == UInt8(ascii: "-") { sign = format.signBit }
    if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    if digits.first == UInt8(ascii: "i") { return sign | format.infinity }
    if digits.first == UInt8(ascii: "n") {
        if digits.count == 3 { return sign | format.infinity | format.quietBit }
        guard let payload = IntegerLiteral(digits.dropFirst(4)).magnitude, payload > 0, payload <= format.payloadMask else { return nil }
        return sign | format.infinity | payload
    }
    let magnitude =
        digits.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")])
        ? hexadecimalFloat(digits.dropFirst(2), format) : decimalFloat(digits, format)
    guard let magnitude, magnitude < format.infinity else { return nil }
    return sign | magnitude
}

private func decimalFloat(_ digits: ArraySlice<UInt8>, _ format: FloatFormat) -> UInt64? {
    var spelled: [UInt8] = []
    spelled.reserveCapacity(digits.count + 1)
    for byte in digits where byte != UInt8(ascii: "_") {
        // A point without digits after it is written with one, as every parser of floats wants it.
        if spelled.last == UInt8(ascii: "."), byte | 0x20 == UInt8(ascii: "e") { spelled.append(UInt8(ascii: "0")) }
        spelled.append(byte)
    }
    if spelled.last == UInt8(ascii: ".") { spelled.append(UInt8(ascii: "0")) }
    let text = String(decoding: spelled, as: UTF8.self)
    return format.precision == 24 ? Float(text).map { UInt64($0.bitPattern) } : Double(text).map(\.bitPattern)
}

private func hexadecimalFloat(_ digits: ArraySlice<UInt8>, _ format: FloatFormat) -> UInt64? {
    var significand: UInt64 = 0
    var exponent = 0
    var hasLostBits = false
    var isFraction = false
    var position = digits.startIndex
    while position < digits.endIndex, digits[position] | 0x20 != UInt8(ascii: "p") {
        let byte = digits[position]
        position += 1
        if byte == UInt8(ascii: ".") {
            isFraction = true
        } else if let digit = hexDigit(byte) {
            if significand >> 60 == 0 {
                significand = significand << 4 | UInt64(digit)
                if isFraction { exponent -= 4 }
            } else {
                if digit != 0 { hasLostBits = true }
                if !isFraction { exponent += 4 }
            }
        }
    }
    if position < digits.endIndex { exponent += exponentValue(digits[(position + 1)...]) }
    return rounded(significand, exponent: exponent, hasLostBits: hasLostBits, format)
}

/// A decimal exponent, held within bounds that no literal's digits can make up for.
private func exponentValue(_ digits: ArraySlice<UInt8>) -> Int {
    let isNegative = digits.first == UInt8(ascii: "-")
    var value = 0
    for byte in digits {
        if let digit = hexDigit(byte) { value = min(value * 10 + Int(digit), 1 << 40) }
    }
    return isNegative ? -value : value
}

/// The float nearest to `significand` times two to the `exponent`, plus a little if bits were lost; infinity's bits or more if it is too large.
private func rounded(_ significand: UInt64, exponent: Int, hasLostBits: Bool, _ format: FloatFormat) -> UInt64 {
    if significand == 0 { return 0 }
    let zeros = significand.leadingZeroBitCount
    let normalized = significand << UInt64(zeros)
    let binaryExponent = exponent - zeros + 63
    if binaryExponent > format.bias { return format.infinity }
    let below = max(0, 1 - format.bias - binaryExponent)
    let shift = 64 - format.precision + below
    if shift > 64 { return 0 }
    var quotient = shift == 64 ? 0 : normalized >> UInt64(shift)
    let remainder = shift == 64 ? normalized : normalized & (1 << UInt64(shift) - 1)
    let half: UInt64 = 1 << UInt64(shift - 1)
    if remainder > half || remainder == half && (hasLostBits || quotient & 1 == 1) { quotient += 1 }
    if below > 0 { return quotient }
    // The hidden bit and a carry out of the rounding both add one to the exponent field.
    return UInt64(binaryExponent + format.bias - 1) << UInt64(format.precision - 1) + quotient
}
