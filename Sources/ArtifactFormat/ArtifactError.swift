/// Why bytes are not an artifact that can be read.
public enum ArtifactError: Error, Hashable, Sendable {
    /// Fewer bytes than the named part needs.
    case truncated(part: StaticName, needed: UInt64, found: UInt64)
    /// Not an ELF file, or one without a Precast stamp.
    case notAnArtifact
    /// A container of artifacts for several targets, where one artifact was expected.
    case container
    /// Two members of a container, by their place in it, are for the same target.
    case repeatedMember(first: Int, second: Int)
    /// Laid out by another format version: only the stamp's first words can be read.
    case formatVersion(expected: FormatVersion, found: FormatVersion)
    /// The named field has a value that the format does not allow.
    case invalid(field: StaticName, found: UInt64)
    /// A table or region lies outside the image.
    case outsideImage(table: TableKind, address: UInt64, byteCount: UInt64, imageSize: UInt64)
    /// The table's records have another size than this format version gives them.
    case recordSize(table: TableKind, expected: UInt32, found: UInt32)
    /// A table that must be there is missing.
    case missingTable(TableKind)
    /// A record refers past the end of a table.
    case indexOutOfRange(table: TableKind, index: UInt64, count: UInt64)
    /// Records are not sorted as the format says.
    case notSorted(table: TableKind, index: UInt64)
    /// A digest in the stamp does not match the bytes.
    case digestMismatch(StaticName)
    /// The instance context would not fit its 2 GiB limit.
    case contextTooLarge(byteCount: UInt64)

    public var text: String {
        switch self {
        case .truncated(let part, let needed, let found):
            "truncated artifact: \(part.text) needs \(needed) bytes, \(found) are there"
        case .notAnArtifact: "not a Precast artifact"
        case .container: "a container of artifacts for several targets: take one out first (`precast extract`)"
        case .repeatedMember(let first, let second): "invalid container: members \(first + 1) and \(second + 1) are for the same target"
        case .formatVersion(let expected, let found):
            "format version \(found.number), expected \(expected.number): compile the module with a matching release"
        case .invalid(let field, let found): "invalid artifact: \(field.text) is \(found)"
        case .outsideImage(let table, let address, let byteCount, let imageSize):
            "invalid artifact: \(table.name) takes \(byteCount) bytes at \(address), outside the image of \(imageSize) bytes"
        case .recordSize(let table, let expected, let found):
            "invalid artifact: records of \(table.name) have \(found) bytes, expected \(expected)"
        case .missingTable(let table): "invalid artifact: \(table.name) is missing"
        case .indexOutOfRange(let table, let index, let count):
            "invalid artifact: index \(index) into \(table.name), which has \(count) entries"
        case .notSorted(let table, let index): "invalid artifact: \(table.name) is not sorted at entry \(index)"
        case .digestMismatch(let which): "the artifact's bytes do not match its \(which.text)"
        case .contextTooLarge(let byteCount): "the instance context takes \(byteCount) bytes, over the limit of 2 GiB"
        }
    }
}

extension ArtifactError: CustomStringConvertible {
    public var description: String { text }
}

/// A name known at compile time that compares by its characters.
@frozen public struct StaticName: Hashable, Sendable, ExpressibleByStringLiteral {
    public let string: StaticString
    public init(stringLiteral string: StaticString) { self.string = string }
    public var text: String { string.withUTF8Buffer { String(decoding: $0, as: UTF8.self) } }
    public static func == (a: StaticName, b: StaticName) -> Bool {
        guard a.string.utf8CodeUnitCount == b.string.utf8CodeUnitCount else { return false }
        for i in 0..<a.string.utf8CodeUnitCount where a.string.utf8Start[i] != b.string.utf8Start[i] { return false }
        return true
    }
    public func hash(into hasher: inout Hasher) {
        for i in 0..<string.utf8CodeUnitCount { hasher.combine(string.utf8Start[i]) }
    }
}
