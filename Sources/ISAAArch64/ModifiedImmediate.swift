public import PrecastIR

/// A vector constant that `movi`, `mvni` or `fmov` makes: an operation, how the byte is expanded, and the byte.
/// Source: Arm Architecture Reference Manual, AdvSIMDExpandImm.
@frozen public struct ModifiedImmediate: Hashable, Sendable, BitwiseCopyable {
    /// Bit 12: operation; 8…11: mode; 0…7: byte.
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    private init(_ operation: UInt16, _ mode: UInt16, _ byte: UInt64) { rawValue = operation << 12 | mode << 8 | UInt16(byte & 0xff) }

    /// The immediate for a constant, if there is one.
    public init?(_ constant: VectorConstantData) {
        guard constant.low == constant.high, let found = Self.candidates(constant.low).first(where: { $0.expanded == constant.low }) else { return nil }
        self = found
    }
    public static let zero = ModifiedImmediate(rawValue: 0)

    public var inverts: Bool { rawValue >> 12 != 0 }
    public var mode: UInt32 { UInt32(rawValue >> 8 & 15) }
    public var byte: UInt64 { UInt64(rawValue & 0xff) }

    /// What could give `bits`, one for each expansion.
    private static func candidates(_ bits: UInt64) -> [ModifiedImmediate] {
        let mask = (0..<8 as Range<UInt64>).reduce(0) { $0 | (bits >> (8 * $1) & 1) << $1 }
        var result = [
            ModifiedImmediate(0, 14, bits), ModifiedImmediate(1, 14, mask),
            ModifiedImmediate(0, 15, bits >> 24 & 0x80 | bits >> 19 & 0x7f), ModifiedImmediate(1, 15, bits >> 56 & 0x80 | bits >> 48 & 0x7f),
        ]
        for (operation, bits) in [(0, bits), (1, ~bits)] as [(UInt16, UInt64)] {
            for mode in 0..<14 as Range<UInt16> where mode % 2 == 0 || mode == 13 {
                result.append(ModifiedImmediate(operation, mode, bits >> shift(mode)))
            }
        }
        return result
    }
    /// Where the byte goes in a lane of 32 bits (modes 0…6, 12, 13) or 16 (8, 10).
    private static func shift(_ mode: UInt16) -> UInt64 {
        switch mode {
        case 12: 8
        case 13: 16
        default: UInt64(mode / 2 % 4 * 8)
        }
    }

    /// Each half of the vector.
    public var expanded: UInt64 {
        let shift = Self.shift(rawValue >> 8 & 15)
        let words: UInt64 = 0x0000_0001_0000_0001, halves: UInt64 = 0x0001_0001_0001_0001, bytes: UInt64 = 0x0101_0101_0101_0101
        let value: UInt64
        switch mode {
        case 0..<8: value = byte << shift &* words
        case 8..<12: value = byte << (shift & 8) &* halves
        case 12..<14: value = (byte << shift | (1 << shift - 1)) &* words
        case 14 where inverts: return (0..<8 as Range<UInt64>).reduce(0) { $0 | (byte >> $1 & 1) &* 0xff << (8 * $1) }
        case 14: return byte &* bytes
        case _ where inverts: return floating(exponentBits: 11, fractionBits: 52)
        default: return floating(exponentBits: 8, fractionBits: 23) &* words
        }
        return inverts ? ~value : value
    }
    /// A sign, an exponent whose upper bits repeat the inverse of its highest, and the upper four bits of a fraction.
    private func floating(exponentBits: UInt64, fractionBits: UInt64) -> UInt64 {
        let repeated: UInt64 = byte & 0x40 == 0 ? 1 << (exponentBits - 1) : (1 << (exponentBits - 3) - 1) << 2
        let exponent = repeated | byte >> 4 & 3
        return (byte >> 7) << (exponentBits + fractionBits) | exponent << fractionBits | (byte & 15) << (fractionBits - 4)
    }
}
