// Arguments of a function that `--invoke` names, from text.
import CLoaderSupport
import PrecastRuntime
import PrecastWasmTypes

/// The values that the texts stand for.
func values(_ texts: [String], for type: FunctionType) throws(CallError) -> [Value] {
    guard texts.count == type.parameters.count else {
        throw .mismatch("the function takes \(type.parameters.count) arguments, \(texts.count) were given")
    }
    var values: [Value] = []
    for index in texts.indices {
        guard let value = parse(texts[index], type.parameters[index]) else {
            throw .mismatch("argument \(index + 1): expected " + type.parameters[index].description + ", found " + escaped(texts[index]))
        }
        values.append(value)
    }
    return values
}

private func parse(_ text: String, _ type: ValueType) -> Value? {
    switch type {
    case .i32: return integer(text).flatMap { Int32(exactly: $0) ?? UInt32(exactly: $0).map { Int32(bitPattern: $0) } }.map { .i32($0) }
    case .i64: return integer(text).flatMap { Int64(exactly: $0) ?? UInt64(exactly: $0).map { Int64(bitPattern: $0) } }.map { .i64($0) }
    case .f32: return number(text).map { .f32(Float($0)) }
    case .f64: return number(text).map { .f64($0) }
    case .v128: return vector(text)
    default: return nil
    }
}

/// `0x` and up to 32 hexadecimal digits: the whole vector as one number, the way results are printed.
private func vector(_ text: String) -> Value? {
    let digits = text.utf8.dropFirst(2)
    guard text.utf8.starts(with: "0x".utf8), !digits.isEmpty, digits.count <= 32 else { return nil }
    var low: UInt64 = 0, high: UInt64 = 0
    for byte in digits {
        guard let digit = hexadecimalDigit(byte) else { return nil }
        high = high << 4 | low >> 60
        low = low << 4 | digit
    }
    return .v128(low: low, high: high)
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}

/// A decimal or (`0x`) hexadecimal integer between -2^63 and 2^64.
private func integer(_ text: String) -> Int128? {
    var digits = text.utf8[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits = digits.dropFirst() }
    let isHexadecimal = digits.starts(with: "0x".utf8)
    if isHexadecimal { digits = digits.dropFirst(2) }
    guard !digits.isEmpty, digits.count <= 20 else { return nil }
    var value: Int128 = 0
    for byte in digits {
        guard let digit = hexadecimalDigit(byte), isHexadecimal || digit < 10 else { return nil }
        value = value * (isHexadecimal ? 16 : 10) + Int128(digit)
    }
    return isNegative ? -value : value
}

private func number(_ text: String) -> Double? {
    var value = 0.0
    return precast_parse_number(text, &value) == 0 ? value : nil
}
