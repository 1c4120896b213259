import CElf
import PrecastArtifactFormat

/// An artifact without what only debuggers read, and a file that has it.
public struct SeparatedArtifact: Sendable {
    public var artifact: [UInt8]
    /// What `objcopy --only-keep-debug` makes: symbols and `.debug_*`, with the headers of the sections that are loaded, and the same build id.
    public var debugFile: [UInt8]
}

/// Takes symbols and `.debug_*` out of an artifact. What is loaded stays the same, byte for byte, but for the digest of the whole file.
///
/// - Parameter debugFileName: what the artifact says its debug file is called (`.gnu_debuglink`); nil: nothing.
/// - Throws: ``EmissionError`` where `artifact` is none of this version's, or its section headers are broken.
public func separateDebugFile(_ artifact: [UInt8], debugFileName: String?) throws(EmissionError) -> SeparatedArtifact {
    let image = try ElfImage(artifact)
    var loaded = image.sections.filter(\.isLoaded)
    let debugFile = try image.debugFile()
    if let debugFileName {
        var link = Array(debugFileName.utf8) + [0]
        link.pad(to: 4)
        link.append32(checksum(debugFile))
        let end = loaded.map(\.end).max() ?? 0
        loaded.append(ElfWriter.Section(
            name: ".gnu_debuglink", type: UInt32(SHT_PROGBITS), fileOffset: (end + 3) & ~3, bytes: link, alignment: 4))
    }
    var writer = ElfWriter(machine: image.header.stamp.machine)
    writer.segments = image.segments
    writer.sections = loaded
    var stripped = try writer.write()
    guard ArtifactView.buildIDRange(stampOffset: image.header.stampOffset).upperBound <= stripped.count else {
        throw .invalidMetadata("the stamp is where this version does not put it")
    }
    seal(&stripped, imageSize: Int(image.header.stamp.imageSize), stampOffset: image.header.stampOffset)
    return SeparatedArtifact(artifact: stripped, debugFile: debugFile)
}

/// Segments and sections of an artifact's file.
private struct ElfImage {
    let header: ArtifactHeader
    private(set) var segments: [ELFSegment] = []
    /// Without the null section and the names of sections.
    private(set) var sections: [ElfWriter.Section] = []

    init(_ file: [UInt8]) throws(EmissionError) {
        do throws(ArtifactError) {
            header = try file.withUnsafeBufferPointer { (bytes) throws(ArtifactError) in
                let bytes = UnsafeRawBufferPointer(bytes)
                let prefix = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, ArtifactHeader.limit)])
                return try ArtifactHeader(prefix: prefix, fileSize: UInt64(bytes.count))
            }
        } catch {
            throw .invalidMetadata("\(error)")
        }
        var reader = FieldReader(file)
        let table = Int(reader.u64(40) & 0xffff_ffff_ffff), count = Int(reader.u16(60)), names = Int(reader.u16(62))
        for i in 0..<Int(reader.u16(56)) {
            let at = ArtifactHeader.elfHeaderSize + i * ELFSegment.size
            segments.append(ELFSegment(
                type: reader.u32(at), flags: reader.u32(at + 4), fileOffset: reader.u64(at + 8), address: reader.u64(at + 16),
                fileSize: reader.u64(at + 32), memorySize: reader.u64(at + 40), alignment: reader.u64(at + 48)))
        }
        let nameHeader = table + names * 64
        let strings = Int(reader.u64(nameHeader + 24) & 0xffff_ffff_ffff)
        for i in 1..<max(count, 1) where i != names {
            let at = table + i * 64
            let offset = reader.u64(at + 24), size = reader.u64(at + 32)
            guard offset <= UInt64(file.count), size <= UInt64(file.count) - offset else { throw .invalidMetadata("section \(i) reaches behind the file") }
            sections.append(ElfWriter.Section(
                name: reader.text(strings + Int(reader.u32(at))), type: reader.u32(at + 4), flags: reader.u64(at + 8), address: reader.u64(at + 16),
                fileOffset: offset, bytes: Array(file[Int(offset)..<Int(offset + size)]), alignment: reader.u64(at + 48), entrySize: reader.u64(at + 56),
                link: reader.u32(at + 40), info: reader.u32(at + 44)))
        }
        if reader.hasFailed { throw .invalidMetadata("the section headers are outside the file") }
    }

    /// All sections, those that are loaded without their bytes, except notes.
    func debugFile() throws(EmissionError) -> [UInt8] {
        var writer = ElfWriter(machine: header.stamp.machine)
        var end = UInt64(ArtifactHeader.elfHeaderSize + segments.count * ELFSegment.size)
        for var section in sections {
            if section.isLoaded, section.type != UInt32(SHT_NOTE) {
                section.type = UInt32(SHT_NOBITS)
                section.memorySize = UInt64(section.bytes.count)
                section.bytes = []
            }
            let alignment = section.type == UInt32(SHT_NOBITS) ? 1 : max(section.alignment, 1)
            section.fileOffset = (end + alignment - 1) / alignment * alignment
            end = section.end
            writer.sections.append(section)
        }
        let notes = writer.sections.filter { $0.type == UInt32(SHT_NOTE) }
        writer.segments = segments.map { segment in
            var segment = segment
            segment.fileSize = 0
            if segment.type == ELFSegment.note, let first = notes.first, let last = notes.last {
                segment.fileOffset = first.fileOffset
                segment.fileSize = last.end - first.fileOffset
            } else if segment.type == ELFSegment.ehFrame || segment.type == ELFSegment.load {
                segment.fileOffset = segment.address & (max(segment.alignment, 1) - 1)
            }
            return segment
        }
        return try writer.write()
    }
}

/// Little-endian fields of a file; what is outside is zero, and noticed.
private struct FieldReader {
    private let bytes: [UInt8]
    private(set) var hasFailed = false
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func number(_ offset: Int, _ size: Int) -> UInt64 {
        guard offset >= 0, offset <= bytes.count - size else {
            hasFailed = true
            return 0
        }
        return (0..<size).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }
    mutating func u16(_ offset: Int) -> UInt16 { UInt16(number(offset, 2)) }
    mutating func u32(_ offset: Int) -> UInt32 { UInt32(number(offset, 4)) }
    mutating func u64(_ offset: Int) -> UInt64 { number(offset, 8) }
    mutating func text(_ offset: Int) -> String {
        guard offset >= 0, offset < bytes.count else {
            hasFailed = true
            return ""
        }
        return String(decoding: bytes[offset...].prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// The CRC-32 by which debuggers know that a debug file belongs to a `.gnu_debuglink`.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = (0..<256 as Range<UInt32>).map { byte in
        (0..<8).reduce(byte) { rest, _ in rest & 1 == 0 ? rest >> 1 : rest >> 1 ^ 0xedb8_8320 }
    }
    return ~bytes.reduce(~0 as UInt32) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xff)] }
}
