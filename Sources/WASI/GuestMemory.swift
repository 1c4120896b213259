/// A guest's linear memory as it is during one call: the only way from a guest's pointer to bytes.
///
/// Addresses and counts come from the guest. Each is checked, in 64 bits and so without overflow, before it is used; what does
/// not lie in the memory throws ``Errno/fault``. Structures are read once, into the host, and judged there.
public struct GuestMemory {
    private let base: UnsafeMutableRawPointer?
    private let count: UInt64

    /// The `bytes` of a memory. They must stay where they are while the view is used.
    public init(_ bytes: UnsafeMutableRawBufferPointer) {
        base = bytes.baseAddress
        count = base == nil ? 0 : UInt64(bytes.count)
    }

    /// The `count` bytes at `address`.
    func bytes(_ address: UInt32, _ count: UInt64) throws(Errno) -> UnsafeMutableRawBufferPointer {
        // Both operands of the subtraction are at most `self.count`, in this order.
        guard count <= self.count, UInt64(address) <= self.count - count else { throw .fault }
        return UnsafeMutableRawBufferPointer(start: base.map { $0 + Int(address) }, count: Int(count))
    }

    /// Where a result of type `I` will go: found before the call has any effect.
    func place<I: FixedWidthInteger & BitwiseCopyable>(_ address: UInt32, for type: I.Type) throws(Errno) -> Place<I> {
        Place(bytes: try bytes(address, UInt64(MemoryLayout<I>.size)))
    }

    /// A checked address of one little-endian integer, aligned or not.
    struct Place<I: FixedWidthInteger & BitwiseCopyable> {
        fileprivate let bytes: UnsafeMutableRawBufferPointer
        func store(_ value: I) { bytes.storeBytes(of: value.littleEndian, as: I.self) }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The little-endian integer at `offset`. - Precondition: it lies in the buffer.
    func get<I: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: I.Type = I.self) -> I {
        I(littleEndian: loadUnaligned(fromByteOffset: offset, as: I.self))
    }

    /// Stores a little-endian integer at `offset`. - Precondition: it lies in the buffer.
    func set<I: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ value: I) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: I.self)
    }
}
