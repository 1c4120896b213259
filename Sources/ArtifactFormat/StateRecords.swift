/// A memory that the module defines.
@frozen public struct MemoryRecord: ArtifactRecord {
    @inlinable public static var size: Int { 80 }
    public var type: ExternType                  // 0
    /// Bytes of address space that the code counts on from the base, inaccessible past the memory's end.
    public var reservation: UInt64 = 0           // 24
    public var guardBefore: UInt64 = 0           // 32
    public var guardAfter: UInt64 = 0            // 40
    /// The initial contents of bytes `imageOffset ..< imageOffset + imageByteCount` are the file's bytes at `imageAddress`,
    /// page-aligned like `imageOffset`. No image: all three are zero.
    public var imageAddress: UInt64 = 0          // 48
    public var imageOffset: UInt64 = 0           // 56
    public var imageByteCount: UInt64 = 0        // 64
    public var flags: UInt32 = 0                 // 72
    // 76..<80 reserved

    /// The base may change when the memory grows: code reloads it.
    @inlinable public static var movableFlag: UInt32 { 1 }

    @inlinable public init(type: ExternType) { self.type = type }
    @inlinable public var isMovable: Bool { flags & Self.movableFlag != 0 }
    @inlinable public init(_ r: RecordBytes) {
        type = ExternType(r)
        reservation = r.u64(24)
        guardBefore = r.u64(32)
        guardAfter = r.u64(40)
        imageAddress = r.u64(48)
        imageOffset = r.u64(56)
        imageByteCount = r.u64(64)
        flags = r.u32(72)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        type.store(b)
        b.put(24, reservation)
        b.put(32, guardBefore)
        b.put(40, guardAfter)
        b.put(48, imageAddress)
        b.put(56, imageOffset)
        b.put(64, imageByteCount)
        b.put(72, flags)
    }
}

/// A table that the module defines.
@frozen public struct TableRecord: ArtifactRecord {
    @inlinable public static var size: Int { 48 }
    public var type: ExternType                  // 0
    /// First row of `constantOperators` of the initial element's expression; ``noIndex``: null.
    public var initializer: UInt32 = noIndex     // 24
    public var flags: UInt32 = 0                 // 28
    /// A read-only table: address in the image of its (code offset, type id) pairs, and their number.
    public var readOnlyAddress: UInt64 = 0       // 32
    public var readOnlyCount: UInt32 = 0         // 40
    // 44..<48 reserved

    /// Compiled code never looks at the context's entry: the table needs no storage at run time.
    @inlinable public static var readOnlyFlag: UInt32 { 1 }

    @inlinable public init(type: ExternType) { self.type = type }
    @inlinable public var isReadOnly: Bool { flags & Self.readOnlyFlag != 0 }
    @inlinable public init(_ r: RecordBytes) {
        type = ExternType(r)
        initializer = r.u32(24)
        flags = r.u32(28)
        readOnlyAddress = r.u64(32)
        readOnlyCount = r.u32(40)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        type.store(b)
        b.put(24, initializer)
        b.put(28, flags)
        b.put(32, readOnlyAddress)
        b.put(40, readOnlyCount)
    }
}

/// A global that the module defines.
@frozen public struct GlobalRecord: ArtifactRecord {
    @inlinable public static var size: Int { 40 }
    public var type: ExternType                  // 0
    /// First row of `constantOperators`, or ``noIndex``: the initial value is `low` (numbers; null for references).
    public var initializer: UInt32 = noIndex     // 24
    public var low: UInt64 = 0                   // 32
    // 28..<32 reserved

    @inlinable public init(type: ExternType) { self.type = type }
    @inlinable public init(_ r: RecordBytes) {
        type = ExternType(r)
        initializer = r.u32(24)
        low = r.u64(32)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        type.store(b)
        b.put(24, initializer)
        b.put(32, low)
    }
}

/// An operator of a constant expression in postfix order. An expression runs from its first row to the next `end`.
@frozen public struct ConstantOperatorRecord: ArtifactRecord {
    @inlinable public static var size: Int { 24 }
    public var opcodeNumber: UInt32              // 0
    /// `globalGet`: global index. `functionReference`: number in the run of function references. `nullReference`: ``ValueTypeCode``.
    public var index: UInt32                     // 4
    /// Constants: the bits, zero-extended.
    public var low: UInt64                       // 8
    public var high: UInt64                      // 16

    public enum Opcode: UInt32, Sendable {
        case end = 0, i32Constant, i64Constant, f32Constant, f64Constant, v128Constant
        case globalGet = 6, functionReference, nullReference
        case i32Add = 9, i32Subtract, i32Multiply, i64Add, i64Subtract, i64Multiply
        case i31Reference = 15
    }
    @inlinable public init(_ opcode: Opcode, index: UInt32 = 0, low: UInt64 = 0, high: UInt64 = 0) {
        opcodeNumber = opcode.rawValue
        self.index = index
        self.low = low
        self.high = high
    }
    @inlinable public var opcode: Opcode? { Opcode(rawValue: opcodeNumber) }
    @inlinable public init(_ r: RecordBytes) {
        opcodeNumber = r.u32(0)
        index = r.u32(4)
        low = r.u64(8)
        high = r.u64(16)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, opcodeNumber)
        b.put(4, index)
        b.put(8, low)
        b.put(16, high)
    }
}

public enum SegmentMode: UInt8, Sendable { case active = 0, passive, declarative }

/// An element segment, in the module's order.
@frozen public struct ElementSegmentRecord: ArtifactRecord {
    @inlinable public static var size: Int { 32 }
    public var modeNumber: UInt8                 // 0
    public var flags: UInt8 = 0                  // 1
    /// Table index (active).
    public var table: UInt32                     // 4
    /// First row of `constantOperators`: offset (active), or ``noIndex``.
    public var offset: UInt32                    // 8
    /// ``ValueTypeCode`` of the elements.
    public var elementType: UInt32               // 12
    /// Rows of `elements`.
    public var elements: RecordRange             // 16
    // 24..<32 reserved

    /// The segment fills a read-only table: nothing to do at run time.
    @inlinable public static var inReadOnlyTableFlag: UInt8 { 1 }

    @inlinable public init(mode: SegmentMode, table: UInt32, offset: UInt32, elementType: ValueTypeCode, elements: RecordRange) {
        modeNumber = mode.rawValue
        self.table = table
        self.offset = offset
        self.elementType = elementType.code
        self.elements = elements
    }
    @inlinable public var mode: SegmentMode? { SegmentMode(rawValue: modeNumber) }
    @inlinable public var isInReadOnlyTable: Bool { flags & Self.inReadOnlyTableFlag != 0 }
    @inlinable public init(_ r: RecordBytes) {
        modeNumber = r.u8(0)
        flags = r.u8(1)
        table = r.u32(4)
        offset = r.u32(8)
        elementType = r.u32(12)
        elements = r.range(16)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, modeNumber)
        b.put(1, flags)
        b.put(4, table)
        b.put(8, offset)
        b.put(12, elementType)
        b.put(16, elements)
    }
}

/// An element of a segment.
@frozen public struct ElementRecord: ArtifactRecord {
    @inlinable public static var size: Int { 8 }
    public var kindNumber: UInt32                // 0
    /// `function`: number in the run of function references. `globalGet`: global index. `expression`: first row of `constantOperators`.
    public var value: UInt32                     // 4
    public enum Kind: UInt32, Sendable { case null = 0, function, globalGet, expression }
    @inlinable public init(_ kind: Kind, value: UInt32 = 0) {
        kindNumber = kind.rawValue
        self.value = value
    }
    @inlinable public var kind: Kind? { Kind(rawValue: kindNumber) }
    @inlinable public init(_ r: RecordBytes) {
        kindNumber = r.u32(0)
        value = r.u32(4)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, kindNumber)
        b.put(4, value)
    }
}

/// A data segment, in the module's order.
@frozen public struct DataSegmentRecord: ArtifactRecord {
    @inlinable public static var size: Int { 32 }
    public var modeNumber: UInt8                 // 0
    public var flags: UInt8 = 0                  // 1
    /// Memory index (active).
    public var memory: UInt32                    // 4
    /// First row of `constantOperators`: offset (active), or ``noIndex``.
    public var offset: UInt32                    // 8
    /// Bytes from the start of the `data` region, and their number. Meaningless when in the image.
    public var dataOffset: UInt64                // 16
    public var byteCount: UInt64                 // 24
    // 12..<16 reserved

    /// The bytes are part of the memory's image, which is known to fit: nothing to do at run time.
    @inlinable public static var inImageFlag: UInt8 { 1 }

    @inlinable public init(mode: SegmentMode, memory: UInt32, offset: UInt32, dataOffset: UInt64, byteCount: UInt64) {
        modeNumber = mode.rawValue
        self.memory = memory
        self.offset = offset
        self.dataOffset = dataOffset
        self.byteCount = byteCount
    }
    @inlinable public var mode: SegmentMode? { SegmentMode(rawValue: modeNumber) }
    @inlinable public var isInImage: Bool { flags & Self.inImageFlag != 0 }
    @inlinable public init(_ r: RecordBytes) {
        modeNumber = r.u8(0)
        flags = r.u8(1)
        memory = r.u32(4)
        offset = r.u32(8)
        dataOffset = r.u64(16)
        byteCount = r.u64(24)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, modeNumber)
        b.put(1, flags)
        b.put(4, memory)
        b.put(8, offset)
        b.put(16, dataOffset)
        b.put(24, byteCount)
    }
}

/// Where a table or region lies: a row of the directory that the stamp locates, sorted by kind.
@frozen public struct DirectoryRecord: ArtifactRecord {
    @inlinable public static var size: Int { 24 }
    public var kindNumber: UInt32                // 0
    /// Bytes of one record; 1 for a region.
    public var recordSize: UInt32                // 4
    /// From the image's start.
    public var address: UInt64                   // 8
    public var byteCount: UInt64                 // 16
    @inlinable public init(kind: TableKind, recordSize: UInt32, address: UInt64, byteCount: UInt64) {
        kindNumber = kind.rawValue
        self.recordSize = recordSize
        self.address = address
        self.byteCount = byteCount
    }
    @inlinable public var kind: TableKind? { TableKind(rawValue: kindNumber) }
    @inlinable public init(_ r: RecordBytes) {
        kindNumber = r.u32(0)
        recordSize = r.u32(4)
        address = r.u64(8)
        byteCount = r.u64(16)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, kindNumber)
        b.put(4, recordSize)
        b.put(8, address)
        b.put(16, byteCount)
    }
}
