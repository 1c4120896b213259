/// Which constants fit which fields (Arm Architecture Reference Manual, "C6.2" and the pseudocode of DecodeBitMasks and VFPExpandImm).
public enum Immediates {
    /// 12 bits, or 12 bits shifted by 12: of `add`, `sub` and their like.
    @inlinable public static func isArithmetic(_ value: Int64) -> Bool {
        value >= 0 && (value < 4096 || value & 0xfff == 0 && value < 4096 << 12)
    }

    /// A displacement of an access to `bytes`: 12 bits in units of that, or 9 bits with sign.
    @inlinable public static func isOffset(_ value: Int64, bytes: Int) -> Bool {
        value >= -256 && value < 256 || value > 0 && value & Int64(bytes - 1) == 0 && value < Int64(4096 * bytes)
    }

    /// The fields `N:immr:imms` of a logical immediate: a rotated run of ones, repeated over the width. Nil for other constants.
    public static func logical(_ value: UInt64, _ size: OperandSize) -> UInt32? {
        var bits = value
        if size == .w { bits = bits & 0xffff_ffff | bits << 32 }
        if bits == 0 || bits == .max { return nil }
        var width: UInt64 = 64
        while width > 2 {
            let half = width / 2, mask = (1 as UInt64) << half - 1
            if bits & mask != bits >> half & mask { break }
            width = half
        }
        let mask = width == 64 ? UInt64.max : (1 as UInt64) << width - 1
        let element = bits & mask
        // Turned so that the run begins at bit 0.
        let rotation: UInt64 = element & 1 == 0
            ? UInt64(element.trailingZeroBitCount)
            : (width - UInt64((~element & mask).leadingZeroBitCount - (64 - Int(width)))) & (width - 1)
        let turned = rotation == 0 ? element : (element >> rotation | element << (width - rotation)) & mask
        if turned & (turned &+ 1) != 0 { return nil }
        let ones = UInt64((~turned).trailingZeroBitCount)
        let n: UInt64 = width == 64 ? 1 : 0
        let imms = (~(width * 2 - 1) & 0x3f) | (ones - 1)
        let immr = (width - rotation) & (width - 1)
        return UInt32(n << 12 | immr << 6 | imms & 0x3f)
    }
    @inlinable public static func isLogical(_ value: Int64, _ size: OperandSize) -> Bool { logical(UInt64(bitPattern: value), size) != nil }

    /// The eight bits of an `fmov` constant: a sign, three bits of exponent, four of mantissa.
    public static func float(_ bits: UInt64, _ size: OperandSize) -> UInt8? {
        let (exponentBits, mantissaBits): (UInt64, UInt64) = size == .s ? (8, 23) : (11, 52)
        let sign = bits >> (exponentBits + mantissaBits) & 1
        let mantissa = bits & (1 << mantissaBits - 1)
        if mantissa & (1 << (mantissaBits - 4) - 1) != 0 { return nil }
        let exponent = Int64(bits >> mantissaBits & (1 << exponentBits - 1)) - (1 << (Int64(exponentBits) - 1) - 1)
        guard exponent >= -3, exponent <= 4 else { return nil }
        // The top bit of the field is that of the biased exponent, inverted.
        let field = UInt64(bitPattern: exponent + 3) ^ 4
        return UInt8(sign << 7 | field << 4 | mantissa >> (mantissaBits - 4))
    }

    /// How many instructions make a constant: a logical immediate, or moves of 16 bits each.
    static func moveCount(_ value: Int64, _ size: OperandSize) -> Int {
        if isLogical(value, size) { return 1 }
        let bits = size == .w ? UInt64(UInt32(truncatingIfNeeded: value)) : UInt64(bitPattern: value)
        let parts = size == .w ? 2 : 4
        var zeros = 0, ones = 0
        for n in 0..<parts {
            let part = bits >> UInt64(16 * n) & 0xffff
            if part == 0 { zeros += 1 }
            if part == 0xffff { ones += 1 }
        }
        return max(1, parts - max(zeros, ones))
    }
}
