import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes

// Values of scripts and of the host: conversion, comparison, display.

extension Value {
    /// The host's value for an argument; `type` is the parameter's, which tells of a null what it is. Nil where the host has none.
    init?(_ value: ScriptValue, type: ValueType?) {
        switch value {
        case .i32(let bits): self = .i32(Int32(bitPattern: bits))
        case .i64(let bits): self = .i64(Int64(bitPattern: bits))
        case .f32(let bits): self = .f32(Float(bitPattern: bits))
        case .f64(let bits): self = .f64(Double(bitPattern: bits))
        case .v128(let bytes): self = .v128(low: littleEndian(bytes[0..<8]), high: littleEndian(bytes[8..<16]))
        case .externalReference(let number): self = .extern(ExternReference(handle: UInt64(number)))
        case .hostReference(let number): self = .any(AnyReference(ExternReference(handle: UInt64(number))))
        case .null:
            self = Self.null(type?.referenceType?.heapType ?? .any)
        }
    }

    /// The null reference of the hierarchy that a heap type is in; a concrete type counts as a function's.
    private static func null(_ type: HeapType) -> Value {
        switch type.typeIndex == nil ? type.abstractTop : .function {
        case .extern: .extern(nil)
        case .any: .any(nil)
        case .exception: .exception(nil)
        default: .function(nil)
        }
    }

    /// The bits of a number or vector, the lowest first.
    var bits: (low: UInt64, high: UInt64)? {
        switch self {
        case .i32(let value): (UInt64(UInt32(bitPattern: value)), 0)
        case .i64(let value): (UInt64(bitPattern: value), 0)
        case .f32(let value): (UInt64(value.bitPattern), 0)
        case .f64(let value): (value.bitPattern, 0)
        case .v128(let low, let high): (low, high)
        default: nil
        }
    }

    /// What messages show.
    var text: String {
        guard let bits else { return description }
        let digits = type == .v128 ? "0x" + hexadecimal(bits.high, 16) + hexadecimal(bits.low, 16) : "0x" + hexadecimal(bits.low, 1)
        return type == .v128 ? "\(type) \(digits)" : "\(type) \(description) (\(digits))"
    }
}

extension ScriptResult {
    func matches(_ value: Value) -> Bool {
        switch self {
        case .value(let expected): return expected.matches(value)
        case .f32(let nan):
            guard case .f32(let found) = value else { return false }
            return nan.matches(UInt64(found.bitPattern), bytes: 4)
        case .f64(let nan):
            guard case .f64(let found) = value else { return false }
            return nan.matches(found.bitPattern, bytes: 8)
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

    private static func match(_ type: HeapType, _ value: Value) -> Bool {
        switch (type, value) {
        case (.function, .function(.some)), (.extern, .extern(.some)), (.any, .any(.some)), (.exception, .exception(.some)): true
        case (.eq, .any(let found?)): found.handle == nil
        case (.i31, .any(let found?)): found.i31 != nil
        default: false
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
    func matches(_ value: Value) -> Bool {
        switch (self, value) {
        case (.null(let type), .function(nil)): type.map { $0.typeIndex != nil || $0.abstractTop == .function } ?? true
        case (.null(let type), .extern(nil)): type.map { $0.typeIndex == nil && $0.abstractTop == .extern } ?? true
        case (.null(let type), .any(nil)): type.map { $0.typeIndex != nil || $0.abstractTop == .any } ?? true
        case (.null(let type), .exception(nil)): type.map { $0.typeIndex == nil && $0.abstractTop == .exception } ?? true
        case (.externalReference(let number), .extern(let found?)): found.handle == UInt64(number)
        case (.hostReference(let number), .any(let found?)): found.handle == UInt64(number)
        case (.i32, .i32), (.i64, .i64), (.f32, .f32), (.f64, .f64), (.v128, .v128): Value(self, type: nil)?.bits.map { $0 == value.bits ?? (0, 0) } ?? false
        default: false
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
