/// A typed 32-bit handle of an entity that lives in a dense table.
///
/// Handles replace references: they are trivial, half the size of a pointer, ordered by creation, and valid as
/// indices of ``PrimaryMap`` and ``SecondaryMap``. The all-ones value is reserved for "none", so that an optional
/// handle costs no space (``EntityReference/none``).
public protocol EntityReference: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The handle's number.
    var rawValue: UInt32 { get }
    /// Makes the handle of the entity with number `rawValue`.
    init(rawValue: UInt32)
}

extension EntityReference {
    /// The reserved handle that names no entity.
    @inlinable public static var none: Self { Self(rawValue: .max) }
    /// Whether the handle is the reserved one.
    @inlinable public var isNone: Bool { rawValue == .max }
    /// Whether the handle names an entity.
    @inlinable public var isSome: Bool { rawValue != .max }
    /// The handle's number as an index.
    @inlinable public var index: Int { Int(truncatingIfNeeded: rawValue) }
    /// Makes the handle of the entity at `index`. - Precondition: `index` fits 32 bits.
    @inlinable public init(index: Int) { self.init(rawValue: UInt32(index)) }
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
