/// A WebAssembly value type: a number, a vector or a reference.
///
/// A trivial 32-bit value: the low byte is the binary format's code (`0x7F` for `i32` …; `0x63` and `0x64` for nullable and
/// non-null references), the upper 24 bits are the heap type of a reference. Two types are equal exactly when their raw
/// values are; `switch` over ``kind`` when the cases matter.
public struct ValueType: Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable public static var i32: ValueType { ValueType(rawValue: 0x7F) }
    @inlinable public static var i64: ValueType { ValueType(rawValue: 0x7E) }
    @inlinable public static var f32: ValueType { ValueType(rawValue: 0x7D) }
    @inlinable public static var f64: ValueType { ValueType(rawValue: 0x7C) }
    @inlinable public static var v128: ValueType { ValueType(rawValue: 0x7B) }
    /// The nullable exception reference.
    @inlinable public static var exnref: ValueType { ValueType(rawValue: ReferenceType(.exception, isNullable: true).rawValue) }
    /// The nullable function reference.
    @inlinable public static var funcref: ValueType { .reference(.function) }
    /// The nullable host reference.
    @inlinable public static var externref: ValueType { .reference(.extern) }
    /// The type of a value that unreachable code leaves open. It matches every type and occurs in no module.
    @inlinable public static var bottom: ValueType { ValueType(rawValue: 0) }

    @inlinable public static func reference(_ type: ReferenceType) -> ValueType { ValueType(rawValue: type.rawValue) }

    /// A value type's cases, for exhaustive switches.
    public enum Kind: Hashable, Sendable, BitwiseCopyable {
        case i32, i64, f32, f64, v128
        case reference(ReferenceType)
        case bottom
    }

    @inlinable public var kind: Kind {
        switch rawValue {
        case 0x7F: .i32
        case 0x7E: .i64
        case 0x7D: .f32
        case 0x7C: .f64
        case 0x7B: .v128
        case 0: .bottom
        default: .reference(ReferenceType(rawValue: rawValue))
        }
    }

    @inlinable public var isReference: Bool { rawValue & 0xFF == 0x63 || rawValue & 0xFF == 0x64 }
    @inlinable public var isNumber: Bool { rawValue >= 0x7C && rawValue <= 0x7F }
    @inlinable public var isVector: Bool { rawValue == 0x7B }
    @inlinable public var isBottom: Bool { rawValue == 0 }
    /// The reference type, or nil of any other.
    @inlinable public var referenceType: ReferenceType? { isReference ? ReferenceType(rawValue: rawValue) : nil }
    /// Whether a fresh local of this type has a value: all but non-null references.
    @inlinable public var isDefaultable: Bool { rawValue & 0xFF != 0x64 }
}

/// A reference type: a heap type, nullable or not.
public struct ReferenceType: Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt32

    /// A reference type from what ``rawValue`` gave.
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable public init(_ heapType: HeapType, isNullable: Bool) {
        rawValue = heapType.rawValue << 8 | (isNullable ? 0x63 : 0x64)
    }

    /// `funcref`
    @inlinable public static var function: ReferenceType { ReferenceType(.function, isNullable: true) }
    /// `externref`
    @inlinable public static var extern: ReferenceType { ReferenceType(.extern, isNullable: true) }

    @inlinable public var heapType: HeapType { HeapType(rawValue: rawValue >> 8) }
    @inlinable public var isNullable: Bool { rawValue & 0xFF == 0x63 }
}

extension ValueType: CustomStringConvertible {
    /// The text format's spelling.
    public var description: String {
        switch kind {
        case .i32: "i32"
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        case .reference(let type): type.description
        case .bottom: "bot"
        }
    }
}

extension ReferenceType: CustomStringConvertible {
    /// The text format's spelling, abbreviated where it has an abbreviation.
    public var description: String {
        switch (isNullable, heapType.abstractCode) {
        case (true, .some) where heapType == .none: "nullref"
        case (true, .some) where heapType == .noFunction: "nullfuncref"
        case (true, .some) where heapType == .noExtern: "nullexternref"
        case (true, .some) where heapType == .noException: "nullexnref"
        case (true, .some): heapType.description + "ref"
        case (true, nil): "(ref null " + heapType.description + ")"
        case (false, _): "(ref " + heapType.description + ")"
        }
    }
}
