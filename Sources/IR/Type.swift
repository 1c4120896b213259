/// The type of a value.
@frozen public enum Type: UInt8, Sendable, CaseIterable {
    case none = 0
    case i32, i64, i128, f32, f64, v128, v256
    /// A 64-bit reference that the collector can see.
    case reference

    @inlinable public var isInteger: Bool { self == .i32 || self == .i64 || self == .i128 || self == .reference }
    @inlinable public var isFloat: Bool { self == .f32 || self == .f64 }
    @inlinable public var isVector: Bool { self == .v128 || self == .v256 }
    /// Size in bytes.
    @inlinable public var byteCount: Int {
        switch self {
        case .none: 0
        case .i32, .f32: 4
        case .i64, .f64, .reference: 8
        case .i128, .v128: 16
        case .v256: 32
        }
    }
    @inlinable public var bitCount: Int { byteCount * 8 }
    public var name: String {
        switch self {
        case .none: "none"
        case .i32: "i32"
        case .i64: "i64"
        case .i128: "i128"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        case .v256: "v256"
        case .reference: "ref"
        }
    }
    public init?(name: String) {
        guard let type = Type.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }
}

/// How an integer comparison compares.
@frozen public enum IntegerCondition: UInt8, Sendable, CaseIterable {
    case equal, notEqual
    case signedLess, signedLessOrEqual, signedGreater, signedGreaterOrEqual
    case unsignedLess, unsignedLessOrEqual, unsignedGreater, unsignedGreaterOrEqual

    /// The condition that holds exactly when this one does not.
    @inlinable public var inverted: IntegerCondition {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .signedLess: .signedGreaterOrEqual
        case .signedLessOrEqual: .signedGreater
        case .signedGreater: .signedLessOrEqual
        case .signedGreaterOrEqual: .signedLess
        case .unsignedLess: .unsignedGreaterOrEqual
        case .unsignedLessOrEqual: .unsignedGreater
        case .unsignedGreater: .unsignedLessOrEqual
        case .unsignedGreaterOrEqual: .unsignedLess
        }
    }
    /// The condition with the operands exchanged.
    @inlinable public var swapped: IntegerCondition {
        switch self {
        case .equal, .notEqual: self
        case .signedLess: .signedGreater
        case .signedLessOrEqual: .signedGreaterOrEqual
        case .signedGreater: .signedLess
        case .signedGreaterOrEqual: .signedLessOrEqual
        case .unsignedLess: .unsignedGreater
        case .unsignedLessOrEqual: .unsignedGreaterOrEqual
        case .unsignedGreater: .unsignedLess
        case .unsignedGreaterOrEqual: .unsignedLessOrEqual
        }
    }
    public var name: String {
        switch self {
        case .equal: "eq"
        case .notEqual: "ne"
        case .signedLess: "slt"
        case .signedLessOrEqual: "sle"
        case .signedGreater: "sgt"
        case .signedGreaterOrEqual: "sge"
        case .unsignedLess: "ult"
        case .unsignedLessOrEqual: "ule"
        case .unsignedGreater: "ugt"
        case .unsignedGreaterOrEqual: "uge"
        }
    }
}

/// How a float comparison compares. All but `notEqual` are false when an operand is NaN.
@frozen public enum FloatCondition: UInt8, Sendable, CaseIterable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

    @inlinable public var swapped: FloatCondition {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
    public var name: String {
        switch self {
        case .equal: "eq"
        case .notEqual: "ne"
        case .less: "lt"
        case .lessOrEqual: "le"
        case .greater: "gt"
        case .greaterOrEqual: "ge"
        }
    }
}
