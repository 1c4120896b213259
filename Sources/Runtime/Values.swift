import CLoaderSupport
public import CRuntimeABI
import PrecastArtifactFormat
public import PrecastWasmTypes

/// A WebAssembly value on the host's side.
public enum Value {
    case i32(Int32)
    case i64(Int64)
    case f32(Float)
    case f64(Double)
    /// The 16 bytes in little-endian order.
    case v128(low: UInt64, high: UInt64)
    case function(Function?)
    case extern(ExternReference?)
    /// A reference of the `any` hierarchy.
    case any(AnyReference?)
    case exception(ExceptionReference?)

    /// The most general type of such values; a reference may fit more special ones, too.
    public var type: ValueType {
        switch self {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .v128: .v128
        case .function: .funcref
        case .extern: .externref
        case .any: .reference(ReferenceType(.any, isNullable: true))
        case .exception: .exnref
        }
    }
}

extension Value: CustomStringConvertible {
    /// The text format's constant: `i32.const 5` as `5`, references by kind.
    public var description: String {
        switch self {
        case .i32(let value): "\(value)"
        case .i64(let value): "\(value)"
        case .f32(let value): numberText(UInt64(value.bitPattern), precision: 24)
        case .f64(let value): numberText(value.bitPattern, precision: 53)
        case .v128(let low, let high): "0x" + hexadecimal(high, digits: 16) + hexadecimal(low, digits: 16)
        case .function(let function): function == nil ? "null" : "funcref"
        case .exception(let reference): reference == nil ? "null" : "exnref"
        case .extern(let reference): reference.map { Self.text(AnyReference($0)) } ?? "null"
        case .any(let reference): reference.map(Self.text) ?? "null"
        }
    }
}

extension Value {
    private static func text(_ reference: AnyReference) -> String {
        reference.i31.map { "i31 \($0)" } ?? reference.handle.map { "extern \($0)" } ?? "anyref"
    }
}

/// A reference of the `extern` hierarchy: a host object as guests see it, or something of a guest's that it made an external reference.
public struct ExternReference: Hashable, Sendable {
    /// What compiled code uses: never zero, and the same as in the `any` hierarchy (docs/abi.md).
    let bits: UInt64

    init?(bits: UInt64) {
        if bits == 0 { return nil }
        self.bits = bits
    }

    /// A handle that means something to the host alone. - Precondition: `handle < 1 << 62`.
    public init(handle: UInt64) {
        precondition(handle < 1 << 62)
        bits = handle << 2 | 2
    }

    /// A reference of the `any` hierarchy, as `extern.convert_any` converts it.
    public init(_ reference: AnyReference) { bits = reference.bits }

    /// The host's handle, or nil of something of a guest's.
    public var handle: UInt64? { bits & 3 == 2 ? bits >> 2 : nil }
}

/// A reference of the `any` hierarchy: a small number, or a host object.
public struct AnyReference: Hashable, Sendable {
    let bits: UInt64

    init?(bits: UInt64) {
        if bits == 0 { return nil }
        self.bits = bits
    }

    /// The low 31 bits of `number`.
    public init(i31 number: Int32) { bits = UInt64(UInt32(bitPattern: number) << 1 | 1) }

    /// A reference of the `extern` hierarchy, as `any.convert_extern` converts it.
    public init(_ reference: ExternReference) { bits = reference.bits }

    /// The number, sign-extended from 31 bits, or nil where it is none.
    public var i31: Int32? { bits & 1 == 1 ? Int32(truncatingIfNeeded: bits) >> 1 : nil }

    /// The host object's handle, or nil where it is none.
    public var handle: UInt64? { ExternReference(self).handle }
}

/// A Swift type that stands for a WebAssembly value type in typed calls and host functions.
public protocol WasmValue {
    static var valueType: ValueType { get }
    /// The value in a slot that holds one of this type.
    init(slot: precast_slot)
    /// The slot that holds the value; unused bytes are zero.
    var slot: precast_slot { get }
}

extension Int32: WasmValue {
    @inlinable public static var valueType: ValueType { .i32 }
    @inlinable public init(slot: precast_slot) { self = Int32(truncatingIfNeeded: slot.bits.0) }
    @inlinable public var slot: precast_slot { precast_slot(bits: (UInt64(UInt32(bitPattern: self)), 0)) }
}

extension UInt32: WasmValue {
    @inlinable public static var valueType: ValueType { .i32 }
    @inlinable public init(slot: precast_slot) { self = UInt32(truncatingIfNeeded: slot.bits.0) }
    @inlinable public var slot: precast_slot { precast_slot(bits: (UInt64(self), 0)) }
}

extension Int64: WasmValue {
    @inlinable public static var valueType: ValueType { .i64 }
    @inlinable public init(slot: precast_slot) { self = Int64(bitPattern: slot.bits.0) }
    @inlinable public var slot: precast_slot { precast_slot(bits: (UInt64(bitPattern: self), 0)) }
}

extension UInt64: WasmValue {
    @inlinable public static var valueType: ValueType { .i64 }
    @inlinable public init(slot: precast_slot) { self = slot.bits.0 }
    @inlinable public var slot: precast_slot { precast_slot(bits: (self, 0)) }
}

extension Float: WasmValue {
    @inlinable public static var valueType: ValueType { .f32 }
    @inlinable public init(slot: precast_slot) { self = Float(bitPattern: UInt32(truncatingIfNeeded: slot.bits.0)) }
    @inlinable public var slot: precast_slot { precast_slot(bits: (UInt64(bitPattern), 0)) }
}

extension Double: WasmValue {
    @inlinable public static var valueType: ValueType { .f64 }
    @inlinable public init(slot: precast_slot) { self = Double(bitPattern: slot.bits.0) }
    @inlinable public var slot: precast_slot { precast_slot(bits: (bitPattern, 0)) }
}

extension SIMD2<UInt64>: WasmValue {
    @inlinable public static var valueType: ValueType { .v128 }
    @inlinable public init(slot: precast_slot) { self.init(slot.bits.0, slot.bits.1) }
    @inlinable public var slot: precast_slot { precast_slot(bits: (self[0], self[1])) }
}

extension Optional: WasmValue where Wrapped == ExternReference {
    public static var valueType: ValueType { .externref }
    public init(slot: precast_slot) { self = ExternReference(bits: slot.bits.0) }
    public var slot: precast_slot { precast_slot(bits: (self?.bits ?? 0, 0)) }
}

extension Value {
    /// The value of `type` in a slot that compiled code of `store` wrote.
    init(slot: precast_slot, type: ValueType, store: StoreCore) {
        switch type {
        case .i32: self = .i32(Int32(slot: slot))
        case .i64: self = .i64(Int64(slot: slot))
        case .f32: self = .f32(Float(slot: slot))
        case .f64: self = .f64(Double(slot: slot))
        case .v128: self = .v128(low: slot.bits.0, high: slot.bits.1)
        default:
            switch store.engine.relations.top(type.referenceType?.heapType ?? .function) {
            case .extern: self = .extern(ExternReference?(slot: slot))
            case .any: self = .any(AnyReference(bits: slot.bits.0))
            case .exception: self = .exception(ExceptionReference(address: slot.bits.0, store: store))
            default: self = .function(Function(reference: slot.bits.0, store: store))
            }
        }
    }

    /// Whether a value of `store` may stand where `type` is asked for.
    func fits(_ type: ValueType, _ store: StoreCore) -> Bool {
        guard let wanted = type.referenceType else { return self.type == type }
        let relations = store.engine.relations
        if isNull { return wanted.isNullable && self.type.referenceType?.heapType == relations.top(wanted.heapType) }
        switch self {
        case .function(let function?):
            if wanted.heapType == .function { return true }
            return function.typeID.map { relations.matches(.concrete($0), wanted.heapType) } ?? false
        case .extern: return wanted.heapType == .extern
        case .exception: return wanted.heapType == .exception
        case .any(let reference?):
            switch wanted.heapType {
            case .any: return true
            case .eq: return reference.handle == nil
            case .i31: return reference.i31 != nil
            default: return false
            }
        default: return false
        }
    }

    /// Whether it is a reference to nothing.
    public var isNull: Bool {
        switch self {
        case .function(nil), .extern(nil), .any(nil), .exception(nil): true
        default: false
        }
    }

    /// The slot that holds the value, or nil when it is a function of another store or one that no compiled code can call.
    func slot(in store: StoreCore) -> precast_slot? {
        switch self {
        case .i32(let value): return value.slot
        case .i64(let value): return value.slot
        case .f32(let value): return value.slot
        case .f64(let value): return value.slot
        case .v128(let low, let high): return precast_slot(bits: (low, high))
        case .extern(let reference): return reference.slot
        case .any(let reference): return precast_slot(bits: (reference?.bits ?? 0, 0))
        case .exception(nil): return precast_slot(bits: (0, 0))
        case .exception(let reference?): return reference.store === store ? precast_slot(bits: (reference.address, 0)) : nil
        case .function(nil): return precast_slot(bits: (0, 0))
        case .function(let function?):
            guard function.store === store, let address = function.referenceAddress else { return nil }
            return precast_slot(bits: (address, 0))
        }
    }
}

/// `value` in lower-case hexadecimal with at least `digits` digits, without prefix.
func hexadecimal(_ value: UInt64, digits: Int = 1) -> String {
    let count = max(digits, (67 - value.leadingZeroBitCount) / 4)
    var text: [UInt8] = []
    for place in 1...count {
        let digit = UInt8(truncatingIfNeeded: value >> (4 * UInt64(count - place)) & 15)
        text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
    return String(bytes: text)
}

/// The number with these bits, of the format with `precision` bits of significand, as the standard library describes it.
func numberText(_ bits: UInt64, precision: Int32) -> String {
    var text = [UInt8](repeating: 0, count: 32)
    let count = precast_number_text(bits, precision, &text)
    return String(bytes: Array(text[..<Int(count)]))
}
