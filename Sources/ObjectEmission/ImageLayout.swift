import CElf
import PrecastArtifactFormat

/// Where everything lies in the image. File offsets equal addresses.
struct ImageLayout {
    private(set) var directory: UInt64 = 0
    private var directoryRows: [DirectoryRecord] = []
    private(set) var memoryImages: UInt64 = 0
    private(set) var readOnlyData: UInt64 = 0
    private(set) var unwindIndex: UInt64 = 0
    private(set) var unwind: UInt64 = 0
    private(set) var text: UInt64 = 0
    private(set) var imageSize: UInt64 = 0
    private(set) var segments: [ELFSegment] = []
    private let pageSize: UInt64
    private let readOnlyAlignment: UInt64
    private let textAlignment: UInt64

    static let buildIDSize = 20
    static let noteHeaderSize = 12
    /// "Precast\0" and "GNU\0".
    static let stampNoteSize = noteHeaderSize + 8 + Stamp.size
    static let buildIDNoteSize = noteHeaderSize + 4 + buildIDSize
    /// "GNU\0", and the property that all code has landing pads for indirect branches (ELF for the Arm 64-bit Architecture, section 6.2).
    static let propertyNoteSize = noteHeaderSize + 4 + 16
    /// A note more, with two segments of its own.
    private let hasProperties: Bool
    private var segmentCount: Int { hasProperties ? 7 : 5 }
    private var notes: Int { ArtifactHeader.elfHeaderSize + segmentCount * ELFSegment.size }
    private var buildID: Int { notes + Self.stampNoteSize }
    private var properties: Int { (buildID + Self.buildIDNoteSize + 7) & ~7 }
    var stampPayload: Int { notes + Self.noteHeaderSize + 8 }

    /// So that a 32-bit displacement reaches from anywhere to anywhere.
    static let limit = UInt64(Int32.max)

    init(_ module: LinkedModule, _ textSection: TextSection, _ images: MemoryImages, _ metadata: MetadataSections, _ unwindTable: UnwindTable, pageSize: UInt64) throws(EmissionError) {
        self.pageSize = pageSize
        let alignment = module.readOnlyAlignment
        guard alignment > 0, alignment <= 4096, alignment & (alignment - 1) == 0 else {
            throw .invalidMetadata("read-only data has alignment \(alignment)")
        }
        readOnlyAlignment = UInt64(alignment)
        hasProperties = module.target.tunables.flags.contains(.branchTargets)
        textAlignment = max(pageSize, UInt64(textSection.alignment))
        let tables = metadata.place(memoryImages: 0, readOnlyData: 0)
        let regions: [(TableKind, Int)] = [
            (.text, textSection.bytes.count), (.readOnlyData, module.readOnlyData.count), (.unwind, unwindTable.frames.count),
            (.unwindIndex, unwindTable.index.count), (.memoryImages, images.bytes.count),
        ].filter { $0.1 > 0 }

        var end = UInt64(hasProperties ? properties + Self.propertyNoteSize : buildID + Self.buildIDNoteSize)
        func take(_ byteCount: Int, _ alignment: UInt64) -> UInt64 {
            let start = (end + alignment - 1) & ~(alignment - 1)
            end = start + UInt64(byteCount)
            return start
        }
        directory = take((tables.count + regions.count) * DirectoryRecord.size, 8)
        for table in tables {
            let address = take(table.bytes.count, 8)
            directoryRows.append(DirectoryRecord(
                kind: table.kind, recordSize: UInt32(table.recordSize), address: address, byteCount: UInt64(table.bytes.count)))
        }
        memoryImages = take(images.bytes.count, images.bytes.isEmpty ? 8 : pageSize)
        readOnlyData = take(module.readOnlyData.count, readOnlyAlignment)
        unwindIndex = take(unwindTable.index.count, 4)
        unwind = take(unwindTable.frames.count, 8)
        let readOnlyEnd = end
        text = take(textSection.bytes.count, textAlignment)
        imageSize = end
        guard imageSize <= Self.limit else { throw .tooLarge(what: "the image", byteCount: imageSize, limit: Self.limit) }

        for (kind, byteCount) in regions {
            let address = switch kind {
            case .text: text
            case .readOnlyData: readOnlyData
            case .unwind: unwind
            case .unwindIndex: unwindIndex
            default: memoryImages
            }
            directoryRows.append(DirectoryRecord(kind: kind, recordSize: 1, address: address, byteCount: UInt64(byteCount)))
        }
        directoryRows.sort { $0.kindNumber < $1.kindNumber }
        makeSegments(readOnlyEnd: readOnlyEnd, textSize: UInt64(textSection.bytes.count), indexSize: UInt64(unwindTable.index.count))
    }

    private mutating func makeSegments(readOnlyEnd: UInt64, textSize: UInt64, indexSize: UInt64) {
        func segment(_ type: UInt32, _ flags: UInt32, _ address: UInt64, _ size: UInt64, _ alignment: UInt64) -> ELFSegment {
            ELFSegment(type: type, flags: flags, fileOffset: address, address: address, fileSize: size, memorySize: size, alignment: alignment)
        }
        let read = ELFSegment.read
        segments = [
            segment(ELFSegment.load, read, 0, readOnlyEnd, max(pageSize, 65536)),
            segment(ELFSegment.load, read | ELFSegment.execute, text, textSize, max(pageSize, 65536)),
            segment(ELFSegment.note, read, UInt64(notes), UInt64(Self.stampNoteSize + Self.buildIDNoteSize), 4),
            segment(ELFSegment.ehFrame, read, unwindIndex, indexSize, 4),
            // No file range: says that the stack is not executable.
            segment(ELFSegment.stack, read | ELFSegment.write, 0, 0, 16),
        ]
        if hasProperties {
            segments += [ELFSegment.note, ELFSegment.property].map { segment($0, read, UInt64(properties), UInt64(Self.propertyNoteSize), 8) }
        }
        precondition(segments.count == segmentCount)
    }

    /// The stamp with everything but digests.
    func stamp(_ module: LinkedModule) -> Stamp {
        var stamp = Stamp()
        let target = module.target
        stamp.machine = target.machine
        stamp.operatingSystem = target.operatingSystem
        stamp.pageSizeLog2 = UInt8(pageSize.trailingZeroBitCount)
        stamp.requiredFeatures = target.requiredFeatures
        stamp.requestedFeatures = target.requestedFeatures
        stamp.cpuName = target.cpuName
        stamp.wasmFeatures = module.metadata.wasmFeatures
        stamp.tunables = target.tunables
        stamp.directoryAddress = directory
        stamp.directoryCount = UInt32(directoryRows.count)
        stamp.imageSize = imageSize
        return stamp
    }

    // MARK: Sections

    func loadedSections(_ stamp: Stamp, _ tables: [MetadataSections.Table], _ images: [UInt8], _ readOnly: [UInt8], _ unwindTable: UnwindTable, _ code: [UInt8]) -> [ElfWriter.Section] {
        let allocated = UInt64(SHF_ALLOC)
        func section(_ name: String, _ address: UInt64, _ bytes: [UInt8], _ alignment: UInt64, type: Int32 = SHT_PROGBITS, flags: UInt64 = 0, entrySize: UInt64 = 0) -> ElfWriter.Section {
            ElfWriter.Section(
                name: name, type: UInt32(type), flags: allocated | flags, address: address, fileOffset: address, bytes: bytes, alignment: alignment,
                entrySize: entrySize)
        }
        var sections = [
            section(SectionNames.stamp, UInt64(notes), Self.note(SectionNames.noteOwner, SectionNames.stampNoteType, stamp.encoded), 4, type: SHT_NOTE),
            section(SectionNames.buildID, UInt64(buildID), Self.note("GNU", 3, [UInt8](repeating: 0, count: Self.buildIDSize)), 4, type: SHT_NOTE),
        ]
        if hasProperties { sections.append(section(SectionNames.properties, UInt64(properties), Self.propertyNote, 8, type: SHT_NOTE)) }
        sections.append(section(SectionNames.directory, directory, [UInt8](records: directoryRows), 8))
        for table in tables {
            guard let row = directoryRows.first(where: { $0.kindNumber == table.kind.rawValue }) else { continue }
            sections.append(section(SectionNames.tablePrefix + table.kind.name, row.address, table.bytes, 8))
        }
        if !images.isEmpty { sections.append(section(SectionNames.memoryImage, memoryImages, images, pageSize)) }
        if !readOnly.isEmpty { sections.append(section(SectionNames.readOnlyData, readOnlyData, readOnly, readOnlyAlignment)) }
        sections.append(section(SectionNames.unwindIndex, unwindIndex, unwindTable.index, 4))
        sections.append(section(SectionNames.unwind, unwind, unwindTable.frames, 8))
        sections.append(section(SectionNames.text, text, code, textAlignment, flags: UInt64(SHF_EXECINSTR)))
        return sections
    }

    /// `.symtab` and `.strtab` after the image; the first gets section number `firstNumber`.
    func symbolSections(_ symbols: SymbolTable, firstNumber: Int) -> [ElfWriter.Section] {
        let start = (text + directoryTextSize + 7) & ~7
        let table = ElfWriter.Section(
            name: ".symtab", type: UInt32(SHT_SYMTAB), fileOffset: start, bytes: symbols.symbols, alignment: 8, entrySize: 24,
            link: UInt32(firstNumber + 1), info: UInt32(symbols.count))
        let strings = ElfWriter.Section(name: ".strtab", type: UInt32(SHT_STRTAB), fileOffset: table.end, bytes: symbols.strings)
        return [table, strings]
    }

    /// `.debug_*`, one after the other from the file offset `after` on.
    func debugSections(_ sections: [DebugSection], _ textSection: TextSection, after: UInt64) throws(EmissionError) -> [ElfWriter.Section] {
        var end = after
        return try sections.map { (section) throws(EmissionError) in
            let bytes = try section.resolved(text: text, offsets: textSection.offsets)
            defer { end += UInt64(bytes.count) }
            return ElfWriter.Section(
                name: section.name, type: UInt32(SHT_PROGBITS), flags: section.holdsStrings ? UInt64(SHF_MERGE | SHF_STRINGS) : 0, fileOffset: end,
                bytes: bytes, entrySize: section.holdsStrings ? 1 : 0)
        }
    }

    private var directoryTextSize: UInt64 {
        directoryRows.first { $0.kindNumber == TableKind.text.rawValue }?.byteCount ?? 0
    }

    private static var propertyNote: [UInt8] {
        enum Property { static let noteType: UInt32 = 5, features: UInt32 = 0xc000_0000, branchTargets: UInt32 = 1 }
        var payload: [UInt8] = []
        for word in [Property.features, 4, Property.branchTargets, 0] { payload.append32(word) }
        return note("GNU", Property.noteType, payload)
    }
    private static func note(_ owner: String, _ type: UInt32, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        let name = Array(owner.utf8) + [0]
        bytes.append32(UInt32(name.count))
        bytes.append32(UInt32(payload.count))
        bytes.append32(type)
        bytes += name
        bytes.pad(to: 4)
        bytes += payload
        return bytes
    }
}
