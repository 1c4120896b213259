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
    default: return nil
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
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f") where isHexadecimal: digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F") where isHexadecimal: digit = byte - UInt8(ascii: "A") + 10
        default: return nil
        }
        value = value * (isHexadecimal ? 16 : 10) + Int128(digit)
    }
    return isNegative ? -value : value
}

private func number(_ text: String) -> Double? {
    var value = 0.0
    return precast_parse_number(text, &value) == 0 ? value : nil
}
