/// A file of complete artifacts for several targets: where each of them is.
///
/// Input: the file's first bytes. Output: the members' places. Invariants: members lie one behind the other, each at the first boundary of
/// ``alignment`` bytes behind what is before it, all within the file, which ends with the last. docs/artifact-format.md has the table of offsets.
public struct Container: Hashable, Sendable {
    /// "PRECASTC", little-endian.
    @inlinable public static var magic: UInt64 { 0x4354_5341_4345_5250 }
    @inlinable public static var version: UInt32 { 1 }
    /// Members start at multiples of this: the largest page a host may have, so that each can be mapped in place.
    @inlinable public static var alignment: UInt64 { 65536 }
    @inlinable public static var headerSize: Int { 64 }
    @inlinable public static var memberSize: Int { 64 }
    /// Header and members lie in the first ``ArtifactHeader/limit`` bytes.
    @inlinable public static var maximumMembers: Int { 32 }

    /// The place of one artifact.
    public struct Member: Hashable, Sendable, BitwiseCopyable {
        public var offset: UInt64
        public var byteCount: UInt64
        /// SHA-256 of its bytes: what `sha256sum` prints once it is a file of its own.
        public var digest: Bytes32

        public init(offset: UInt64, byteCount: UInt64, digest: Bytes32) {
            self.offset = offset
            self.byteCount = byteCount
            self.digest = digest
        }

        public var range: Range<Int> { Int(offset)..<Int(offset + byteCount) }
    }

    /// In file order; at least one.
    public let members: [Member]

    /// Lays out artifacts with these sizes and digests. - Throws: when there are none, or too many.
    public init(artifacts: [(byteCount: UInt64, digest: Bytes32)]) throws(ArtifactError) {
        guard !artifacts.isEmpty, artifacts.count <= Self.maximumMembers else {
            throw .invalid(field: "number of container members", found: UInt64(artifacts.count))
        }
        var members: [Member] = []
        var end = UInt64(Self.headerSize + artifacts.count * Self.memberSize)
        for artifact in artifacts {
            members.append(Member(offset: Self.aligned(end), byteCount: artifact.byteCount, digest: artifact.digest))
            end = Self.aligned(end) + artifact.byteCount
        }
        self.members = members
    }

    /// Reads the container that starts with `prefix`: the file's first ``ArtifactHeader/limit`` bytes, or all of a shorter file.
    public init(prefix: UnsafeRawBufferPointer, fileSize: UInt64) throws(ArtifactError) {
        guard let base = prefix.baseAddress, prefix.count >= Self.headerSize else {
            throw .truncated(part: "container", needed: UInt64(Self.headerSize), found: UInt64(prefix.count))
        }
        let r = RecordBytes(base)
        guard r.u64(0) == Self.magic else { throw .notAnArtifact }
        guard r.u32(8) == Self.version else { throw .invalid(field: "container version", found: UInt64(r.u32(8))) }
        let count = Int(r.u32(12))
        guard count > 0, count <= Self.maximumMembers else { throw .invalid(field: "number of container members", found: UInt64(count)) }
        let rowsEnd = Self.headerSize + count * Self.memberSize
        guard prefix.count >= rowsEnd else { throw .truncated(part: "container members", needed: UInt64(rowsEnd), found: UInt64(prefix.count)) }
        guard r.u64(16) <= fileSize else { throw .truncated(part: "container", needed: r.u64(16), found: fileSize) }
        guard r.u64(16) == fileSize else { throw .invalid(field: "container size", found: r.u64(16)) }

        var members: [Member] = []
        members.reserveCapacity(count)
        var end = UInt64(rowsEnd)
        for index in 0..<count {
            let row = RecordBytes(base + Self.headerSize + index * Self.memberSize)
            let member = Member(offset: row.u64(0), byteCount: row.u64(8), digest: Bytes32(RecordBytes(row.base + 16)))
            // The end of the one before is within the file, so this does not overflow.
            guard member.offset == Self.aligned(end) else { throw .invalid(field: "offset of a container member", found: member.offset) }
            guard member.byteCount > 0, member.offset < fileSize, member.byteCount <= fileSize - member.offset else {
                throw .invalid(field: "size of a container member", found: member.byteCount)
            }
            end = member.offset + member.byteCount
            members.append(member)
        }
        guard end == fileSize else { throw .invalid(field: "end of the last container member", found: end) }
        self.members = members
    }

    public var fileSize: UInt64 { members.last.map { $0.offset + $0.byteCount } ?? 0 }

    /// Writes header and rows to `buffer`, which holds ``ArtifactHeader/limit`` zero bytes.
    public func store(_ buffer: RecordBuffer) {
        buffer.put(0, Self.magic)
        buffer.put(8, Self.version)
        buffer.put(12, UInt32(members.count))
        buffer.put(16, fileSize)
        for (index, member) in members.enumerated() {
            let row = RecordBuffer(buffer.base + Self.headerSize + index * Self.memberSize)
            row.put(0, member.offset)
            row.put(8, member.byteCount)
            member.digest.store(RecordBuffer(row.base + 16))
        }
    }

    private static func aligned(_ end: UInt64) -> UInt64 { (end &+ alignment &- 1) & ~(alignment &- 1) }

    // MARK: Which member

    /// The member that a host loads: of those that suit it (``mismatches(of:on:)`` finds nothing) the one that was compiled for the most CPU features, the
    /// first of several. Nil: none suits it.
    ///
    /// - Parameter stamps: the members', in order. - Throws: ``ArtifactError/repeatedMember(first:second:)`` when two are for the same target.
    public static func best(of stamps: [Stamp], on host: HostDescription) throws(ArtifactError) -> Int? {
        try checkDistinct(stamps)
        var best: (index: Int, features: Int)?
        for (index, stamp) in stamps.enumerated() where mismatches(of: stamp, on: host).isEmpty {
            let features = stamp.requestedFeatures.bits.nonzeroBitCount
            if features > best?.features ?? -1 { best = (index, features) }
        }
        return best?.index
    }

    /// Checks that no two members are for the same machine, system and CPU features: one of them would never be loaded.
    public static func checkDistinct(_ stamps: [Stamp]) throws(ArtifactError) {
        for second in stamps.indices {
            for first in 0..<second where stamps[first].hasSameTarget(as: stamps[second]) { throw .repeatedMember(first: first, second: second) }
        }
    }
}

extension Stamp {
    /// Whether both are for the same machine, system and CPU features. Stamps of another format version say nothing of it.
    fileprivate func hasSameTarget(as other: Stamp) -> Bool {
        formatVersion == .current && other.formatVersion == .current && machine == other.machine && operatingSystem == other.operatingSystem
            && requestedFeatures == other.requestedFeatures
    }
}
