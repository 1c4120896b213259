/// What a reference refers to: an abstract heap type, or a type that the module defines.
///
/// A trivial value of 24 significant bits, so that a ``ValueType`` packs it beside its tag. Concrete types are module
/// type indices; they lie below ``maximumTypeIndex``, which every decoder limit respects.
public struct HeapType: Hashable, Sendable, BitwiseCopyable {
    /// The packed form: a type index, or `0xFFFF00` plus the binary format's one-byte code.
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable init(code: UInt8) { rawValue = 0xFF_FF00 | UInt32(code) }

    /// The heap type of the module's type number `index`. - Precondition: `index <= HeapType.maximumTypeIndex`.
    @inlinable public static func concrete(_ index: UInt32) -> HeapType {
        precondition(index <= maximumTypeIndex)
        return HeapType(rawValue: index)
    }

    /// The largest type index that a heap type can name.
    @inlinable public static var maximumTypeIndex: UInt32 { 0xFF_FEFF }

    @inlinable public static var function: HeapType { HeapType(code: 0x70) }
    @inlinable public static var extern: HeapType { HeapType(code: 0x6F) }
    @inlinable public static var any: HeapType { HeapType(code: 0x6E) }
    @inlinable public static var eq: HeapType { HeapType(code: 0x6D) }
    @inlinable public static var i31: HeapType { HeapType(code: 0x6C) }
    @inlinable public static var structure: HeapType { HeapType(code: 0x6B) }
    @inlinable public static var array: HeapType { HeapType(code: 0x6A) }
    @inlinable public static var exception: HeapType { HeapType(code: 0x69) }
    @inlinable public static var noException: HeapType { HeapType(code: 0x74) }
    @inlinable public static var noFunction: HeapType { HeapType(code: 0x73) }
    @inlinable public static var noExtern: HeapType { HeapType(code: 0x72) }
    @inlinable public static var none: HeapType { HeapType(code: 0x71) }

    /// What a reference popped from unreachable code refers to: a subtype of all. It occurs in no module.
    @inlinable public static var bottom: HeapType { HeapType(code: 0) }

    /// The abstract heap type with the binary format's one-byte `code`, or nil where the format has none.
    @inlinable public init?(abstractCode code: UInt8) {
        guard (0x69...0x74).contains(code) else { return nil }
        self.init(code: code)
    }

    /// The module type index, or nil of an abstract heap type.
    @inlinable public var typeIndex: UInt32? { rawValue <= Self.maximumTypeIndex ? rawValue : nil }

    /// The binary format's one-byte code, or nil of a concrete type.
    @inlinable public var abstractCode: UInt8? {
        rawValue > Self.maximumTypeIndex ? UInt8(truncatingIfNeeded: rawValue) : nil
    }
}

extension HeapType {
    /// Whether one abstract heap type is a subtype of another, or the same. False where one of them is concrete, unless they are the same.
    public func isAbstractSubtype(of other: HeapType) -> Bool {
        if self == other { return true }
        switch other {
        case .any: return self == .eq || isAbstractSubtype(of: .eq)
        case .eq: return self == .i31 || self == .structure || self == .array || self == .none
        case .i31, .structure, .array: return self == .none
        case .function: return self == .noFunction
        case .extern: return self == .noExtern
        case .exception: return self == .noException
        default: return false
        }
    }

    /// The largest abstract heap type of the hierarchy that an abstract one belongs to.
    public var abstractTop: HeapType {
        switch self {
        case .function, .noFunction: .function
        case .extern, .noExtern: .extern
        case .exception, .noException: .exception
        default: .any
        }
    }
}

extension HeapType: CustomStringConvertible {
    /// The text format's spelling: `func`, `extern`, a type index …
    public var description: String {
        switch self {
        case .function: "func"
        case .extern: "extern"
        case .any: "any"
        case .eq: "eq"
        case .i31: "i31"
        case .structure: "struct"
        case .array: "array"
        case .exception: "exn"
        case .noException: "noexn"
        case .noFunction: "nofunc"
        case .noExtern: "noextern"
        case .none: "none"
        case .bottom: "bot"
        default: "\(rawValue)"
        }
    }
}
