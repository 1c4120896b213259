/// A CPU feature beyond Armv8.0-A with Advanced SIMD. Raw values are the bits that artifacts store: fixed, and never reused.
@frozen public enum CPUFeature: UInt8, Sendable, CaseIterable {
    case lse = 0, crc, rdm, fp16, dotprod, jscvt, rcpc, pauth, bti, flagm, sve, sve2, i8mm, bf16, cssc, mte
}

/// A set of CPU features, one bit each (`CPUFeature.rawValue`).
@frozen public struct CPUFeatures: Hashable, Sendable, BitwiseCopyable, ExpressibleByArrayLiteral {
    public var bits: UInt64
    @inlinable public init(bits: UInt64) { self.bits = bits }
    @inlinable public init(arrayLiteral features: CPUFeature...) {
        bits = 0
        for f in features { insert(f) }
    }
    @inlinable public func contains(_ f: CPUFeature) -> Bool { bits >> UInt64(f.rawValue) & 1 != 0 }
    @inlinable public mutating func insert(_ f: CPUFeature) { bits |= 1 << UInt64(f.rawValue) }
    @inlinable public mutating func remove(_ f: CPUFeature) { bits &= ~(1 << UInt64(f.rawValue)) }
}
