public import PrecastScriptHost
import PrecastWasmText
import PrecastWasmTypes

// Values of scripts and of stores: conversion, comparison, display.

extension PlainValue {
    init(_ value: ScriptValue) {
        switch value {
        case .i32(let bits): self = .i32(bits)
        case .i64(let bits): self = .i64(bits)
        case .f32(let bits): self = .f32(bits)
        case .f64(let bits): self = .f64(bits)
        case .v128(let bytes): self = .v128(low: littleEndian(bytes[0..<8]), high: littleEndian(bytes[8..<16]))
        case .externalReference(let number): self = .reference(.extern, .host(UInt64(number)))
        case .hostReference(let number): self = .reference(.any, .host(UInt64(number)))
        case .null: self = .reference(.any, .null)
        }
    }

    /// What messages show.
    var text: String {
        switch self {
        case .i32(let bits): "i32 \(Int32(bitPattern: bits)) (0x\(hexadecimal(UInt64(bits), 1)))"
        case .i64(let bits): "i64 \(Int64(bitPattern: bits)) (0x\(hexadecimal(bits, 1)))"
        case .f32(let bits): "f32 \(Float(bitPattern: bits)) (0x\(hexadecimal(UInt64(bits), 1)))"
        case .f64(let bits): "f64 \(Double(bitPattern: bits)) (0x\(hexadecimal(bits, 1)))"
        case .v128(let low, let high): "v128 0x" + hexadecimal(high, 16) + hexadecimal(low, 16)
        case .reference(let hierarchy, .null): "null (\(hierarchy))"
        case .reference(_, .host(let handle)): "extern \(handle)"
        case .reference(_, .i31(let number)): "i31 \(number)"
        case .reference(let hierarchy, .other): "a reference (\(hierarchy))"
        }
    }
}

extension ScriptAnswer {
    /// What messages show of an answer that was not expected.
    public var text: String {
        switch self {
        case .trap(_, let text), .exception(let text), .unlinkable(let text, _), .failure(let text): text
        case .values(let values): "\(values.map(\.text))"
        case .done: "done"
        case .ready(let version): "version \(version) of the protocol"
        case .memory(let count, _): "a memory of \(count) bytes"
        case .table(let nulls): "a table of \(nulls.count) elements"
        }
    }
}

extension ScriptResult {
    func matches(_ value: PlainValue) -> Bool {
        switch self {
        case .value(let expected): return expected.matches(value)
        case .f32(let nan):
            guard case .f32(let found) = value else { return false }
            return nan.matches(UInt64(found), bytes: 4)
        case .f64(let nan):
            guard case .f64(let found) = value else { return false }
            return nan.matches(found, bytes: 8)
        case .lanes(let lanes):
            guard case .v128(let low, let high) = value else { return false }
            return Self.match(lanes, low, high)
        case .reference(let type): return Self.match(type, value)
        case .either(let choices): return choices.contains { $0.matches(value) }
        }
    }

    private static func match(_ lanes: [Lane], _ low: UInt64, _ high: UInt64) -> Bool {
        var position = 0
        for lane in lanes {
            let word = position < 8 ? low : high
            let found = word >> UInt64(8 * (position % 8)) & (UInt64.max >> UInt64(64 - 8 * lane.bytes))
            let matches = lane.nan.map { $0.matches(found, bytes: lane.bytes) } ?? (found == lane.bits)
            if !matches { return false }
            position += lane.bytes
        }
        return true
    }

    private static func match(_ type: HeapType, _ value: PlainValue) -> Bool {
        guard case .reference(let hierarchy, let referent) = value, referent != .null else { return false }
        switch (type, hierarchy, referent) {
        case (.eq, .any, .host): return false
        case (.function, .function, _), (.extern, .extern, _), (.any, .any, _), (.eq, .any, _), (.exception, .exception, _), (.i31, .any, .i31): return true
        default: return false
        }
    }

    /// What messages show.
    var text: String {
        switch self {
        case .value(let value): "\(value)"
        case .f32(let nan): "f32 \(nan) NaN"
        case .f64(let nan): "f64 \(nan) NaN"
        case .lanes(let lanes): "lanes " + lanes.map { lane in lane.nan.map { "\($0) NaN" } ?? "0x" + hexadecimal(lane.bits, 2 * lane.bytes) }.joined(separator: " ")
        case .reference(let type): "a reference to \(type)"
        case .either(let choices): "either " + choices.map(\.text).joined(separator: " or ")
        }
    }
}

extension ScriptResult.NaN {
    /// Whether the bits of a float are such a NaN, of either sign.
    func matches(_ bits: UInt64, bytes: Int) -> Bool {
        let quiet: UInt64 = bytes == 4 ? 0x7FC0_0000 : 0x7FF8_0000_0000_0000
        let magnitude = bits & (bytes == 4 ? 0x7FFF_FFFF : 0x7FFF_FFFF_FFFF_FFFF)
        return self == .canonical ? magnitude == quiet : magnitude & quiet == quiet
    }
}

extension ScriptValue {
    func matches(_ value: PlainValue) -> Bool {
        guard case .null(let type) = self, case .reference(let hierarchy, .null) = value else { return PlainValue(self) == value }
        guard let type else { return true }
        let top = type.abstractTop, isConcrete = type.typeIndex != nil
        return switch hierarchy {
        case .function: isConcrete || top == .function
        case .any: isConcrete || top == .any
        case .extern: !isConcrete && top == .extern
        case .exception: !isConcrete && top == .exception
        }
    }
}

private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

private func hexadecimal(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
