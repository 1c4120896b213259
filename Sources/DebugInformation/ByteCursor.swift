/// A bounded cursor over bytes that others wrote. What is read beyond the end is zero, and the cursor stays failed from then on.
struct ByteCursor {
    private let base: UnsafeRawPointer?
    private(set) var position: Int
    let end: Int
    private(set) var hasFailed = false

    /// - Parameter range: is clamped to the bytes.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>? = nil) {
        base = bytes.baseAddress
        let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end || hasFailed }

    @inline(__always)
    mutating func fixed<T: FixedWidthInteger>(_ type: T.Type) -> T {
        guard let base, end - position >= MemoryLayout<T>.size, !hasFailed else {
            hasFailed = true
            return 0
        }
        defer { position &+= MemoryLayout<T>.size }
        return T(littleEndian: base.loadUnaligned(fromByteOffset: position, as: T.self))
    }
    mutating func byte() -> UInt8 { fixed(UInt8.self) }
    mutating func u16() -> UInt16 { fixed(UInt16.self) }
    mutating func u32() -> UInt32 { fixed(UInt32.self) }
    mutating func u64() -> UInt64 { fixed(UInt64.self) }
    mutating func u24() -> UInt32 {
        let low = u16()
        return UInt32(low) | UInt32(byte()) << 16
    }
    /// A number of 1, 2, 4 or 8 bytes; any other size fails.
    mutating func unsigned(size: Int) -> UInt64 {
        switch size {
        case 1: return UInt64(byte())
        case 2: return UInt64(u16())
        case 4: return UInt64(u32())
        case 8: return u64()
        default:
            hasFailed = true
            return 0
        }
    }

    /// Bits beyond the 64th are lost.
    @inline(__always)
    mutating func uleb() -> UInt64 {
        let first = byte()
        if first < 0x80 { return UInt64(first) }
        return longULEB(first)
    }
    private mutating func longULEB(_ first: UInt8) -> UInt64 {
        var result = UInt64(first & 0x7f), shift: UInt64 = 7
        while !hasFailed {
            let next = byte()
            result |= UInt64(next & 0x7f) << shift
            shift += 7
            if next < 0x80 { break }
        }
        return result
    }
    mutating func sleb() -> Int64 {
        var result: Int64 = 0, shift: Int64 = 0
        while !hasFailed {
            let next = byte()
            result |= Int64(next & 0x7f) << shift
            shift += 7
            if next < 0x80 {
                if shift < 64, next & 0x40 != 0 { result |= -1 << shift }
                break
            }
        }
        return result
    }

    mutating func skip(_ count: UInt64) {
        guard !hasFailed, count <= UInt64(end - position) else {
            hasFailed = true
            return
        }
        position += Int(count)
    }
    mutating func seek(_ offset: Int) {
        guard offset >= 0, offset <= end else {
            hasFailed = true
            return
        }
        position = offset
    }
    mutating func skipString() { while !hasFailed && byte() != 0 {} }
}
