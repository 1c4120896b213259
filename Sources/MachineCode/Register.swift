public import PrecastRegisterAllocation

/// A register as a machine instruction names it: virtual before allocation, physical after. One word.
@frozen public struct Register: Hashable, Sendable, BitwiseCopyable {
    /// Below 2^31: a virtual register; above: a physical one in the low byte; all ones: none.
    public let bits: UInt32
    @inlinable public init(bits: UInt32) { self.bits = bits }
    @inlinable public init(_ r: VirtualRegister) { bits = r.rawValue }
    @inlinable public init(_ r: PhysicalRegister) { bits = 0x8000_0000 | UInt32(r.rawValue) }

    @inlinable public static var none: Register { Register(bits: .max) }
    @inlinable public var isNone: Bool { bits == .max }
    @inlinable public var isSome: Bool { bits != .max }
    @inlinable public var isVirtual: Bool { bits < 0x8000_0000 }
    @inlinable public var isPhysical: Bool { bits >= 0x8000_0000 && bits != .max }
    /// - Precondition: `isVirtual`.
    @inlinable public var virtual: VirtualRegister {
        assert(isVirtual)
        return VirtualRegister(rawValue: bits)
    }
    /// - Precondition: `isPhysical`.
    @inlinable public var physical: PhysicalRegister {
        assert(isPhysical)
        return PhysicalRegister(rawValue: UInt8(truncatingIfNeeded: bits))
    }
    /// A physical register's number within its class: what encodings hold.
    @inlinable public var number: UInt8 { UInt8(truncatingIfNeeded: bits) & 63 }
}
