public import PrecastMachineCode

/// A CPU feature beyond Armv8.0-A with Advanced SIMD. Raw values are the bits that artifacts store: fixed, and never reused.
@frozen public enum CPUFeature: UInt8, Sendable, CaseIterable {
    case lse = 0, crc, rdm, fp16, dotprod, jscvt, rcpc, pauth, bti, flagm, sve, sve2, i8mm, bf16, cssc, mte
}

/// A set of AArch64's features.
@frozen public struct CPUFeatures: CPUFeatureSet {
    public typealias Feature = CPUFeature
    public var bits: UInt64
    @inlinable public init(bits: UInt64) { self.bits = bits }
}
