/// The choices outside the module that translated code depends on. The artifact's stamp records them.
public struct TranslationTunables: Hashable, Sendable, BitwiseCopyable {
    /// Bytes of address space that the loader reserves for each memory. From 4 GiB on, a 32-bit index needs no check.
    public var memoryReservation: UInt64 = 1 << 32
    /// Bytes behind the reservation that fault: offsets up to that size are folded into the access.
    public var memoryGuard: UInt64 = 32 << 20
    /// Whether a fault at a known instruction becomes a trap. Without, every check is explicit.
    public var usesSignals = true
    /// Whether addresses computed from checked indices are masked, so that no mispredicted check reads outside.
    public var masksSpeculation = true

    public init() {}
}
