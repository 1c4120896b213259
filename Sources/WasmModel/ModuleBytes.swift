/// The bytes of a module in the binary format: immutable, at a fixed address, shared by reference.
public final class ModuleBytes: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutableRawPointer
    /// The number of bytes.
    public let count: Int

    /// Copies `bytes`.
    public init(_ bytes: [UInt8]) {
        count = bytes.count
        base = .allocate(byteCount: max(count, 1), alignment: 16)
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { base.copyMemory(from: start, byteCount: source.count) }
        }
    }

    deinit { base.deallocate() }

    /// The bytes, valid for as long as this object lives.
    @inlinable public var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// A copy of the bytes of `range`, which is clamped to the module.
    public func copy(_ range: ByteRange) -> [UInt8] {
        let lower = min(Int(range.start), count), upper = min(max(Int(range.end), lower), count)
        return withExtendedLifetime(self) { Array(buffer[lower..<upper]) }
    }

    /// The text of `range`, ill-formed parts replaced.
    public func text(_ range: ByteRange) -> String {
        let lower = min(Int(range.start), count), upper = min(max(Int(range.end), lower), count)
        return withExtendedLifetime(self) { String(decoding: buffer[lower..<upper], as: UTF8.self) }
    }
}

/// A range of byte offsets in a module.
public struct ByteRange: Hashable, Sendable, BitwiseCopyable {
    public var start: UInt32
    public var end: UInt32

    @inlinable public init(start: UInt32, end: UInt32) {
        self.start = start
        self.end = end
    }

    @inlinable public var count: Int { Int(end) - Int(start) }
    @inlinable public var isEmpty: Bool { start == end }
}
