/// The bytes of one record to read: little-endian integers at fixed offsets, of any alignment.
///
/// Whoever makes one has checked that the whole record is there.
@frozen public struct RecordBytes {
    public let base: UnsafeRawPointer
    @inlinable public init(_ base: UnsafeRawPointer) { self.base = base }
    @inlinable public func u8(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }
    @inlinable public func u16(_ offset: Int) -> UInt16 { UInt16(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
    @inlinable public func u32(_ offset: Int) -> UInt32 { UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    @inlinable public func u64(_ offset: Int) -> UInt64 { UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
    @inlinable public func range(_ offset: Int) -> RecordRange { RecordRange(first: u32(offset), count: u32(offset + 4)) }
    @inlinable public func name(_ offset: Int) -> NameReference { NameReference(offset: u32(offset), length: u32(offset + 4)) }
}

/// The bytes of one record to write; the counterpart of ``RecordBytes``. Fields not stored stay zero.
@frozen public struct RecordBuffer {
    public let base: UnsafeMutableRawPointer
    @inlinable public init(_ base: UnsafeMutableRawPointer) { self.base = base }
    @inlinable public func put(_ offset: Int, _ value: UInt8) { base.storeBytes(of: value, toByteOffset: offset, as: UInt8.self) }
    @inlinable public func put(_ offset: Int, _ value: UInt16) { base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt16.self) }
    @inlinable public func put(_ offset: Int, _ value: UInt32) { base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self) }
    @inlinable public func put(_ offset: Int, _ value: UInt64) { base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self) }
    @inlinable public func put(_ offset: Int, _ value: RecordRange) {
        put(offset, value.first)
        put(offset + 4, value.count)
    }
    @inlinable public func put(_ offset: Int, _ value: NameReference) {
        put(offset, value.offset)
        put(offset + 4, value.length)
    }
}

/// A record of a fixed size in an artifact's table.
public protocol ArtifactRecord: BitwiseCopyable, Hashable, Sendable {
    /// Bytes of one record.
    static var size: Int { get }
    /// Reads the record at `bytes`, which holds `size` bytes. Any bytes give a value; its meaning is checked where it is used.
    init(_ bytes: RecordBytes)
    /// Writes the record to `buffer`, which holds `size` zero bytes.
    func store(_ buffer: RecordBuffer)
}

/// A run of records of a table that several modules of one artifact share.
@frozen public struct RecordRange: Hashable, Sendable, BitwiseCopyable {
    public var first: UInt32
    public var count: UInt32
    @inlinable public init(first: UInt32, count: UInt32) {
        self.first = first
        self.count = count
    }
    @inlinable public init() { self.init(first: 0, count: 0) }
}

/// A run of bytes of the name pool: UTF-8, not terminated. Unnamed: `length` 0 and `offset` all ones; the empty name has an offset.
@frozen public struct NameReference: Hashable, Sendable, BitwiseCopyable {
    public var offset: UInt32
    public var length: UInt32
    @inlinable public init(offset: UInt32, length: UInt32) {
        self.offset = offset
        self.length = length
    }
    @inlinable public static var none: NameReference { NameReference(offset: .max, length: 0) }
    @inlinable public var isNone: Bool { offset == .max }
}

/// The index that means "none" in every record.
@inlinable public var noIndex: UInt32 { .max }
