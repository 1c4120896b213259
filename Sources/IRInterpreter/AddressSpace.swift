import PrecastEntities

/// A simulated 64-bit address space: segments of bytes with unmapped room between them.
///
/// Addresses are numbers, never host pointers, so that a wild access is an answer and not a crash, and runs repeat exactly.
public struct AddressSpace: Sendable {
    struct Segment: Sendable {
        var start: UInt64
        var bytes: [UInt8]
        var isWritable: Bool
    }
    /// Unmapped bytes after each segment: more than a 32-bit index plus a 32-bit offset can skip.
    public static let guardSize: UInt64 = 1 << 34

    private var segments: [Segment] = []
    private var next: UInt64 = 1 << 36
    private var recent = 0

    public init() {}

    /// Maps `bytes` at a new address, a multiple of 64 KiB, and returns it.
    public mutating func map(_ bytes: [UInt8], writable: Bool = true) -> UInt64 {
        let start = next
        segments.append(Segment(start: start, bytes: bytes, isWritable: writable))
        next += (UInt64(bytes.count) + Self.guardSize + 0xffff) & ~0xffff
        return start
    }
    /// Changes the size of the segment that begins at `start`; new bytes are zero. It must stay below ``guardSize``.
    public mutating func resize(_ start: UInt64, to count: Int) {
        guard let i = index(start), segments[i].start == start, count >= 0, count < Self.guardSize else { return }
        let old = segments[i].bytes.count
        if count < old { segments[i].bytes.removeLast(old - count) } else { segments[i].bytes.append(contentsOf: repeatElement(0, count: count - old)) }
    }

    /// The segment whose room `address` lies in. O(log segments), O(1) when it is the one used last.
    private func index(_ address: UInt64) -> Int? {
        let following = segments.partitionPoint { $0.start <= address }
        return following == 0 ? nil : following - 1
    }
    @inline(__always) private mutating func find(_ address: UInt64, _ count: Int) -> (segment: Int, offset: Int)? {
        if recent < segments.count {
            let offset = address &- segments[recent].start
            if offset < UInt64(segments[recent].bytes.count) && segments[recent].bytes.count - Int(offset) >= count { return (recent, Int(offset)) }
        }
        guard let i = index(address) else { return nil }
        let offset = address - segments[i].start
        guard offset <= UInt64(segments[i].bytes.count), segments[i].bytes.count - Int(offset) >= count else { return nil }
        recent = i
        return (i, Int(offset))
    }

    /// `count` (at most 8) bytes as a little-endian number; nil where unmapped.
    public mutating func load(_ address: UInt64, _ count: Int) -> UInt64? {
        guard let (segment, offset) = find(address, count) else { return nil }
        return segments[segment].bytes.withUnsafeBufferPointer { bytes in
            var value: UInt64 = 0
            for i in 0..<count { value |= UInt64(bytes[offset + i]) << UInt64(i * 8) }
            return value
        }
    }
    /// Writes the low `count` (at most 8) bytes of `value`. - Returns: whether the bytes are mapped and writable.
    public mutating func store(_ value: UInt64, _ address: UInt64, _ count: Int) -> Bool {
        guard let (segment, offset) = find(address, count), segments[segment].isWritable else { return false }
        for i in 0..<count { segments[segment].bytes[offset + i] = UInt8(truncatingIfNeeded: value >> UInt64(i * 8)) }
        return true
    }
    /// 16 bytes, the lower 8 first; nil where one is unmapped.
    public mutating func loadVector(_ address: UInt64) -> SIMD2<UInt64>? {
        guard let (segment, offset) = find(address, 16) else { return nil }
        return segments[segment].bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self) }
    }
    /// Writes 16 bytes. - Returns: whether all are mapped and writable; otherwise none is written.
    public mutating func storeVector(_ value: SIMD2<UInt64>, _ address: UInt64) -> Bool {
        guard let (segment, offset) = find(address, 16), segments[segment].isWritable else { return false }
        segments[segment].bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: SIMD2<UInt64>.self) }
        return true
    }
    /// The `count` bytes at `address`; nil where unmapped.
    public mutating func bytes(_ address: UInt64, _ count: Int) -> [UInt8]? {
        guard count >= 0, let (segment, offset) = find(address, count) else { return nil }
        return Array(segments[segment].bytes[offset..<offset + count])
    }
    /// Writes `bytes` at `address`, read-only segments too. - Returns: whether they are mapped.
    @discardableResult public mutating func write(_ bytes: [UInt8], at address: UInt64) -> Bool {
        guard let (segment, offset) = find(address, bytes.count) else { return false }
        for (i, byte) in bytes.enumerated() { segments[segment].bytes[offset + i] = byte }
        return true
    }
}
