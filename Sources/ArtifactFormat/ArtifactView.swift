/// A typed view of a mapped artifact: stamp, directory, tables. Opening costs the same however large it is; nothing is copied or parsed ahead.
///
/// The view borrows the image's memory, which must stay mapped and unchanged while the view or one of its tables is used.
/// Every read is checked against the table's extent, every table's extent against the image.
public struct ArtifactView: Sendable {
    public let header: ArtifactHeader
    public var stamp: Stamp { header.stamp }
    /// The image's bytes, `stamp.imageSize` of them.
    public let image: SendableBytes
    private let directory: TableView<DirectoryRecord>

    /// Opens the artifact whose image is at the start of `image` (bytes after the image are ignored).
    ///
    /// - Throws: ``ArtifactError`` when header, stamp or directory are unsound. Whether the artifact suits this host is ``mismatches(of:on:)``'s question,
    ///   to be asked of an ``ArtifactHeader`` before.
    public init(image: UnsafeRawBufferPointer) throws(ArtifactError) {
        let prefix = UnsafeRawBufferPointer(rebasing: image[..<min(image.count, ArtifactHeader.limit)])
        try self.init(header: try ArtifactHeader(prefix: prefix, fileSize: UInt64(image.count)), image: image)
    }

    /// Opens with a header that was read before from the same bytes.
    public init(header: ArtifactHeader, image: UnsafeRawBufferPointer) throws(ArtifactError) {
        guard header.stamp.formatVersion == .current else {
            throw .formatVersion(expected: .current, found: header.stamp.formatVersion)
        }
        guard UInt64(image.count) >= header.stamp.imageSize else {
            throw .truncated(part: "image", needed: header.stamp.imageSize, found: UInt64(image.count))
        }
        self.header = header
        let whole = SendableBytes(UnsafeRawBufferPointer(rebasing: image[..<Int(header.stamp.imageSize)]))
        self.image = whole
        let address = header.stamp.directoryAddress
        let byteCount = UInt64(header.stamp.directoryCount) * UInt64(DirectoryRecord.size)
        guard header.stamp.directoryCount <= 1024 else {
            throw .invalid(field: "directory size", found: UInt64(header.stamp.directoryCount))
        }
        guard address <= header.stamp.imageSize, byteCount <= header.stamp.imageSize - address, let base = whole.bytes.baseAddress else {
            throw .invalid(field: "directory address", found: address)
        }
        directory = TableView(base: base + Int(address), count: Int(header.stamp.directoryCount), kind: .modules)
    }

    /// The directory's row for `kind`, with an extent inside the image; nil when there is none. The directory is short and sorted.
    public func entry(_ kind: TableKind) throws(ArtifactError) -> DirectoryRecord? {
        for index in 0..<directory.count {
            let row = directory[unchecked: index]
            guard row.kindNumber == kind.rawValue else { continue }
            guard row.address <= stamp.imageSize, row.byteCount <= stamp.imageSize - row.address else {
                throw .outsideImage(table: kind, address: row.address, byteCount: row.byteCount, imageSize: stamp.imageSize)
            }
            return row
        }
        return nil
    }

    /// All rows of the directory, unchecked.
    public var directoryRows: TableView<DirectoryRecord> { directory }

    /// The table of `kind`; an empty one when the artifact has none.
    public func table<Record: ArtifactRecord>(_ kind: TableKind, of record: Record.Type = Record.self) throws(ArtifactError) -> TableView<Record> {
        guard let row = try entry(kind), let base = image.bytes.baseAddress else { return TableView(base: nil, count: 0, kind: kind) }
        guard row.recordSize == UInt32(Record.size) else {
            throw .recordSize(table: kind, expected: UInt32(Record.size), found: row.recordSize)
        }
        return TableView(base: base + Int(row.address), count: Int(row.byteCount) / Record.size, kind: kind)
    }

    /// The bytes of region `kind`; empty when the artifact has none.
    public func region(_ kind: TableKind) throws(ArtifactError) -> UnsafeRawBufferPointer {
        guard let row = try entry(kind) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: image.bytes[Int(row.address)..<Int(row.address + row.byteCount)])
    }

    /// The bytes of a name. - Throws: when it lies outside the name pool.
    public func name(_ name: NameReference) throws(ArtifactError) -> UnsafeRawBufferPointer {
        if name.isNone { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let pool = try region(.names)
        let end = UInt64(name.offset) + UInt64(name.length)
        guard end <= UInt64(pool.count) else { throw .indexOutOfRange(table: .names, index: end, count: UInt64(pool.count)) }
        return UnsafeRawBufferPointer(rebasing: pool[Int(name.offset)..<Int(end)])
    }

    /// Image digest and file digest of `file`, an artifact's bytes with the stamp at `stampOffset`: SHA-256 with digests, key id, signature and build id taken as zero,
    /// and with where the section headers are, and how many, taken as zero too: what is not loaded may be taken away. The file digest has those bytes at its end.
    /// `imageSize` bytes are the image; the file digest goes on from there, so one pass gives both.
    public static func digests(
        of file: UnsafeRawBufferPointer, imageSize: Int, stampOffset: Int, compression: SHA256.Compression? = nil
    ) -> (image: Bytes32, file: Bytes32) {
        var hash = SHA256(compression: compression)
        var at = 0
        func zero(_ range: Range<Int>) {
            let start = min(max(range.lowerBound, at), imageSize), end = min(max(range.upperBound, start), imageSize)
            hash.update(UnsafeRawBufferPointer(rebasing: file[at..<start]))
            hash.update(zeros: end - start)
            at = end
        }
        for range in Self.sectionHeaderFields { zero(range) }
        zero(stampOffset + Stamp.digestsOffset..<stampOffset + Stamp.digestsEnd)
        zero(buildIDRange(stampOffset: stampOffset))
        hash.update(UnsafeRawBufferPointer(rebasing: file[at..<imageSize]))
        var imageHash = hash
        hash.update(UnsafeRawBufferPointer(rebasing: file[imageSize...]))
        for range in Self.sectionHeaderFields where range.upperBound <= imageSize { hash.update(UnsafeRawBufferPointer(rebasing: file[range])) }
        return (imageHash.finish(), hash.finish())
    }

    /// `e_shoff`, `e_shnum` and `e_shstrndx` of the ELF header.
    private static var sectionHeaderFields: [Range<Int>] { [40..<48, 60..<64] }

    /// Where the build id's 20 bytes are: its note follows the stamp's.
    public static func buildIDRange(stampOffset: Int) -> Range<Int> {
        let start = stampOffset + Stamp.size + 16
        return start..<start + 20
    }

    /// Checks the image digest, and the build id, which is its beginning. Reads the whole image.
    public func verifyImageDigest() throws(ArtifactError) {
        let found = Self.digests(of: image.bytes, imageSize: image.bytes.count, stampOffset: header.stampOffset).image
        guard found == stamp.imageDigest else { throw .digestMismatch("image digest") }
        try verifyBuildID()
    }

    /// Checks both digests of the whole `file`, which this view's image is the start of, and the build id.
    public func verifyFileDigest(_ file: UnsafeRawBufferPointer) throws(ArtifactError) {
        let found = Self.digests(of: file, imageSize: image.bytes.count, stampOffset: header.stampOffset)
        guard found.image == stamp.imageDigest else { throw .digestMismatch("image digest") }
        guard found.file == stamp.fileDigest else { throw .digestMismatch("file digest") }
        try verifyBuildID()
    }

    private func verifyBuildID() throws(ArtifactError) {
        let range = Self.buildIDRange(stampOffset: header.stampOffset)
        guard range.upperBound <= image.bytes.count else {
            throw .truncated(part: "build id", needed: UInt64(range.upperBound), found: UInt64(image.bytes.count))
        }
        for i in 0..<range.count where image.bytes[range.lowerBound + i] != stamp.imageDigest[i] { throw .digestMismatch("build id") }
    }
}

/// Bytes that several threads may read: nobody writes them.
public struct SendableBytes: @unchecked Sendable {
    public let bytes: UnsafeRawBufferPointer
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }
}

/// A table of fixed-width records in a mapped artifact. Reading checks the index.
@frozen public struct TableView<Record: ArtifactRecord>: @unchecked Sendable {
    public let base: UnsafeRawPointer?
    public let count: Int
    public let kind: TableKind

    @inlinable public init(base: UnsafeRawPointer?, count: Int, kind: TableKind) {
        self.base = base
        self.count = count
        self.kind = kind
    }
    @inlinable public var isEmpty: Bool { count == 0 }

    /// Record `index`. - Throws: ``ArtifactError/indexOutOfRange(table:index:count:)``.
    @inlinable public func record(_ index: Int) throws(ArtifactError) -> Record {
        guard index >= 0, index < count, let base else {
            throw .indexOutOfRange(table: kind, index: UInt64(bitPattern: Int64(index)), count: UInt64(count))
        }
        return Record(RecordBytes(base + index * Record.size))
    }
    @inlinable public func record(_ index: UInt32) throws(ArtifactError) -> Record { try record(Int(index)) }

    /// - Precondition: `index` is one of `0 ..< count`.
    @inlinable public subscript(unchecked index: Int) -> Record {
        assert(index >= 0 && index < count)
        return Record(RecordBytes(base.unsafelyUnwrapped + index * Record.size))
    }

    /// The records `range` of this table as a table of their own.
    @inlinable public func rows(_ range: RecordRange) throws(ArtifactError) -> TableView<Record> {
        let end = UInt64(range.first) + UInt64(range.count)
        guard end <= UInt64(count) else { throw .indexOutOfRange(table: kind, index: end, count: UInt64(count)) }
        return TableView(base: base.map { $0 + Int(range.first) * Record.size }, count: Int(range.count), kind: kind)
    }

    /// The number of leading records for which `isBefore` holds; with sorted records, O(log count). Any bytes give an answer in `0 ... count`.
    @inlinable public func partitionPoint(_ isBefore: (Record) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[unchecked: middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension TableView<FunctionRecord> {
    /// The code that holds text offset `offset`.
    @inlinable public func containing(_ offset: UInt32) -> FunctionRecord? {
        let index = partitionPoint { $0.textOffset <= offset }
        guard index > 0 else { return nil }
        let function = self[unchecked: index - 1]
        return offset - function.textOffset < function.byteCount ? function : nil
    }
}

extension TableView<WordRecord> {
    /// The row that has exactly `value`, in a sorted table.
    @inlinable public func row(of value: UInt32) -> Int? {
        let index = partitionPoint { $0.value < value }
        return index < count && self[unchecked: index].value == value ? index : nil
    }
}
