// Arguments of a function that `--invoke` names, from text.
import CLoaderSupport
import PrecastArtifactFormat
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
    case .f32: return number(text, precision: 24).map { .f32(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
    case .f64: return number(text, precision: 53).map { .f64(Double(bitPattern: $0)) }
    case .v128: return vector(text)
    default: return nil
    }
}

/// `0x` and up to 32 hexadecimal digits: the whole vector as one number, the way results are printed.
private func vector(_ text: String) -> Value? {
    let bytes = text.bytes
    guard isHexadecimal(bytes, at: 0), bytes.count > 2, bytes.count <= 34 else { return nil }
    var low: UInt64 = 0, high: UInt64 = 0
    for index in 2..<bytes.count {
        guard let digit = hexadecimalDigit(bytes[index]) else { return nil }
        high = high << 4 | low >> 60
        low = low << 4 | digit
    }
    return .v128(low: low, high: high)
}

/// Whether `0x` is there.
private func isHexadecimal(_ bytes: [UInt8], at index: Int) -> Bool {
    bytes.count >= index + 2 && bytes[index] == UInt8(ascii: "0") && bytes[index + 1] == UInt8(ascii: "x")
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
    let bytes = text.bytes
    let isNegative = bytes.first == UInt8(ascii: "-")
    let isHexadecimal = isHexadecimal(bytes, at: isNegative ? 1 : 0)
    let start = (isNegative ? 1 : 0) + (isHexadecimal ? 2 : 0)
    guard bytes.count > start, bytes.count <= start + 20 else { return nil }
    var value: Int128 = 0
    for index in start..<bytes.count {
        guard let digit = hexadecimalDigit(bytes[index]), isHexadecimal || digit < 10 else { return nil }
        value = value * (isHexadecimal ? 16 : 10) + Int128(digit)
    }
    return isNegative ? -value : value
}

/// The bits of the number in the format with `precision` bits of significand.
private func number(_ text: String, precision: Int32) -> UInt64? {
    var bits: UInt64 = 0
    return precast_parse_number(text.zeroTerminated, precision, &bits) == 0 ? bits : nil
}
