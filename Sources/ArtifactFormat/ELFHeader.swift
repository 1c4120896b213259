/// The parts of the ELF file that the loader reads: file header and program headers.
@frozen public struct ELFSegment: Hashable, Sendable, BitwiseCopyable {
    public var type: UInt32
    public var flags: UInt32
    public var fileOffset: UInt64
    public var address: UInt64
    public var fileSize: UInt64
    public var memorySize: UInt64
    public var alignment: UInt64
    @inlinable public static var size: Int { 56 }
    @inlinable public static var load: UInt32 { 1 }
    @inlinable public static var note: UInt32 { 4 }
    @inlinable public static var ehFrame: UInt32 { 0x6474_e550 }
    @inlinable public static var stack: UInt32 { 0x6474_e551 }
    @inlinable public static var property: UInt32 { 0x6474_e553 }
    @inlinable public static var execute: UInt32 { 1 }
    @inlinable public static var write: UInt32 { 2 }
    @inlinable public static var read: UInt32 { 4 }
    @inlinable public init(type: UInt32, flags: UInt32, fileOffset: UInt64, address: UInt64, fileSize: UInt64, memorySize: UInt64, alignment: UInt64) {
        self.type = type
        self.flags = flags
        self.fileOffset = fileOffset
        self.address = address
        self.fileSize = fileSize
        self.memorySize = memorySize
        self.alignment = alignment
    }
    @inlinable public init(_ r: RecordBytes) {
        type = r.u32(0)
        flags = r.u32(4)
        fileOffset = r.u64(8)
        address = r.u64(16)
        fileSize = r.u64(32)
        memorySize = r.u64(40)
        alignment = r.u64(48)
    }
    @inlinable public var isExecutable: Bool { flags & Self.execute != 0 }
}

/// What the first bytes of an artifact say: its stamp, and which pages to map how. Nothing of it needs the rest of the file.
public struct ArtifactHeader: Sendable {
    /// ELF header, program headers and stamp lie within this many bytes of the file's start.
    public static let limit = 4096
    public static let elfHeaderSize = 64
    public static let maximumSegments = 16

    public let stamp: Stamp
    /// Where the stamp's payload starts in the file.
    public let stampOffset: Int
    /// The range of the image that is mapped executable; the rest is read-only.
    public let textRange: Range<UInt64>

    /// Reads the header from `prefix`: the file's first ``limit`` bytes, or all of a shorter file.
    ///
    /// `fileSize` is the whole file's. On return, with the current format version, segments are as the format has them: file offsets equal addresses, ascending,
    /// aligned to the stamp's page size, none writable, exactly one executable, all within `imageSize`, which is within the file.
    /// With another format version the stamp has that version and nothing else, and `textRange` is empty.
    public init(prefix: UnsafeRawBufferPointer, fileSize: UInt64) throws(ArtifactError) {
        guard let base = prefix.baseAddress, prefix.count >= 8 else {
            throw .truncated(part: "file header", needed: UInt64(Self.elfHeaderSize), found: UInt64(prefix.count))
        }
        let r = RecordBytes(base)
        if Self.isContainer(prefix) { throw .container }
        guard r.u32(0) == 0x464c_457f else { throw .notAnArtifact }
        guard prefix.count >= Self.elfHeaderSize else {
            throw .truncated(part: "file header", needed: UInt64(Self.elfHeaderSize), found: UInt64(prefix.count))
        }
        // An ELF file of another shape is somebody else's.
        let count = Int(r.u16(56))
        guard r.u8(4) == 2, r.u8(5) == 1, r.u16(16) == 3, r.u64(32) == UInt64(Self.elfHeaderSize),
              r.u16(54) == UInt16(ELFSegment.size), count <= Self.maximumSegments
        else { throw .notAnArtifact }
        let end = Self.elfHeaderSize + count * ELFSegment.size
        guard prefix.count >= end else { throw .truncated(part: "program headers", needed: UInt64(end), found: UInt64(prefix.count)) }

        func segment(_ index: Int) -> ELFSegment {
            ELFSegment(RecordBytes(base + Self.elfHeaderSize + index * ELFSegment.size))
        }
        var stampOffset: Int?
        for index in 0..<count {
            let note = segment(index)
            guard note.type == ELFSegment.note else { continue }
            stampOffset = try Self.stampPayload(prefix, note)
            if stampOffset != nil { break }
        }
        guard let payload = stampOffset else { throw .notAnArtifact }
        let stamp = try Stamp(UnsafeRawBufferPointer(rebasing: prefix[payload...]))
        self.stamp = stamp
        self.stampOffset = payload
        guard stamp.formatVersion == .current else {
            textRange = 0..<0
            return
        }
        guard r.u16(18) == stamp.machine.elfMachine else { throw .invalid(field: "ELF machine", found: UInt64(r.u16(18))) }
        guard stamp.pageSizeLog2 >= 12, stamp.pageSizeLog2 <= 16 else {
            throw .invalid(field: "page size logarithm", found: UInt64(stamp.pageSizeLog2))
        }
        guard stamp.imageSize <= UInt64(Int32.max) else { throw .invalid(field: "image size", found: stamp.imageSize) }
        guard stamp.imageSize <= fileSize else { throw .truncated(part: "image", needed: stamp.imageSize, found: fileSize) }

        var text: Range<UInt64>?
        var previousEnd: UInt64 = 0
        var isFirst = true
        for index in 0..<count {
            let load = segment(index)
            guard load.type == ELFSegment.load else { continue }
            guard load.fileOffset == load.address, load.fileSize == load.memorySize else {
                throw .invalid(field: "segment layout", found: UInt64(index))
            }
            guard load.flags & ELFSegment.write == 0 else { throw .invalid(field: "segment permissions", found: UInt64(load.flags)) }
            guard load.address & (stamp.pageSize - 1) == 0, isFirst ? load.address == 0 : load.address >= previousEnd else {
                throw .invalid(field: "segment address", found: load.address)
            }
            let (segmentEnd, overflow) = load.address.addingReportingOverflow(load.memorySize)
            guard !overflow, segmentEnd <= stamp.imageSize else { throw .invalid(field: "segment size", found: load.memorySize) }
            if load.isExecutable {
                guard text == nil, !isFirst else { throw .invalid(field: "executable segment", found: UInt64(index)) }
                text = load.address..<segmentEnd
            }
            previousEnd = segmentEnd
            isFirst = false
        }
        guard !isFirst, previousEnd == stamp.imageSize else { throw .invalid(field: "image size", found: stamp.imageSize) }
        textRange = text ?? 0..<0
    }

    /// Whether `bytes` start as a container of several artifacts.
    public static func isContainer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 8 && UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) == Container.magic
    }

    /// Walks the notes of segment `note` for the stamp and returns its payload's offset.
    private static func stampPayload(_ prefix: UnsafeRawBufferPointer, _ note: ELFSegment) throws(ArtifactError) -> Int? {
        let (noteEnd, overflow) = note.fileOffset.addingReportingOverflow(note.fileSize)
        guard !overflow, noteEnd <= UInt64(Self.limit), let base = prefix.baseAddress else { return nil }
        guard noteEnd <= UInt64(prefix.count) else { throw .truncated(part: "notes", needed: noteEnd, found: UInt64(prefix.count)) }
        var at = Int(note.fileOffset)
        let end = Int(noteEnd)
        while end - at >= 20 {
            let header = RecordBytes(base + at)
            let nameSize = (UInt64(header.u32(0)) + 3) & ~3
            let size = (UInt64(header.u32(4)) + 3) & ~3
            guard 12 + nameSize + size <= UInt64(end - at) else { return nil }
            // "Precast\0"
            if header.u32(0) == 8, header.u32(8) == SectionNames.stampNoteType, header.u64(12) == 0x0074_7361_6365_7250 { return at + 20 }
            at += Int(12 + nameSize + size)
        }
        return nil
    }
}

/// Whether `prefix`, a file's first ``ArtifactHeader/limit`` bytes or fewer, starts a Precast artifact or a container of them, of any version.
/// Says nothing of its soundness.
public func detectPrecompiled(_ prefix: UnsafeRawBufferPointer) -> Bool {
    if ArtifactHeader.isContainer(prefix) { return true }
    do throws(ArtifactError) {
        _ = try ArtifactHeader(prefix: prefix, fileSize: .max)
        return true
    } catch {
        // A stamp that is there but damaged still means one.
        switch error {
        case .notAnArtifact: return false
        case .truncated(let part, _, _): return part == "stamp"
        default: return true
        }
    }
}
