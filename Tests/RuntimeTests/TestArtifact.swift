import Foundation
import PrecastArtifactFormat

/// Writes small artifacts from assembly text, without the compiler: what the loader's tests run.
///
/// The assembly defines functions and trampolines as global symbols; a `TRAP n` macro marks the next instruction as one that
/// traps with code n.
struct TestArtifact {
    struct Function {
        var symbol: String
        var type: Int
        var isExported = true
        var isFrameless = false
    }

    struct Import {
        var module: String
        var name: String
        var type: PrecastArtifactFormat.ExternType
    }

    var assembly = ""
    /// Parameters, results, symbols of the entry and the host trampoline.
    var types: [(parameters: [ValueTypeCode], results: [ValueTypeCode], entry: String?, host: String?)] = []
    var imports: [Import] = []
    var functions: [Function] = []
    var memories: [MemoryRecord] = []
    var memoryImage: [UInt8] = []
    var tables: [TableRecord] = []
    var globals: [GlobalRecord] = []
    var exports: [(name: String, kind: ExternKind, index: UInt32)] = []
    var elementSegments: [ElementSegmentRecord] = []
    var elements: [ElementRecord] = []
    var dataSegments: [DataSegmentRecord] = []
    var data: [UInt8] = []
    var constants: [ConstantOperatorRecord] = []
    var startFunction: UInt32 = noIndex
    var stamp = Stamp()

    static let prelude = """
        .macro TRAP code
        .pushsection .traps,"a"
        .long 777f - text_start
        .long \\code
        .popsection
        777:
        .endm
        .text
        text_start:

        """

    /// Assembles, and returns text, symbols' offsets, and the trap table.
    private func assemble() throws -> (text: [UInt8], symbols: [String: UInt32], traps: [(UInt32, UInt8)]) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("precast-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try (Self.prelude + assembly + "\n").write(toFile: path("a.s"), atomically: true, encoding: .utf8)
        try run(["as", "-o", path("a.o"), path("a.s")])
        try run(["ld", "-e", "0", "-Ttext=0x1000", "-z", "noseparate-code", "-o", path("a.elf"), path("a.o")])
        try run(["objcopy", "-O", "binary", "-j", ".text", path("a.elf"), path("text")])
        try run(["objcopy", "-O", "binary", "-j", ".traps", path("a.elf"), path("traps")])
        var symbols: [String: UInt32] = [:]
        for line in try run(["nm", path("a.elf")]).split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 3, let address = UInt64(fields[0], radix: 16), address >= 0x1000 { symbols[String(fields[2])] = UInt32(truncatingIfNeeded: address - 0x1000) }
        }
        let text = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("text"))))
        let table = (try? [UInt8](Data(contentsOf: URL(fileURLWithPath: path("traps"))))) ?? []
        var traps: [(UInt32, UInt8)] = []
        for at in stride(from: 0, to: table.count - table.count % 8, by: 8) {
            let offset = table.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: UInt32.self) }
            traps.append((offset, table[at + 4]))
        }
        return (text, symbols, traps.sorted { $0.0 < $1.0 })
    }

    /// The artifact's bytes.
    func build() throws -> [UInt8] {
        let (text, symbols, traps) = try assemble()
        func offset(_ symbol: String?) -> UInt32 { symbol.flatMap { symbols[$0] } ?? noIndex }

        var names: [UInt8] = []
        func name(_ string: String) -> NameReference {
            defer { names += [UInt8](string.utf8) }
            return NameReference(offset: UInt32(names.count), length: UInt32(string.utf8.count))
        }
        var valueTypes: [ValueTypeCode] = []
        var typeRows: [TypeRecord] = []
        for type in types {
            typeRows.append(TypeRecord(firstValue: UInt32(valueTypes.count), parameterCount: UInt32(type.parameters.count),
                                       resultCount: UInt32(type.results.count), entryTrampoline: offset(type.entry), hostTrampoline: offset(type.host)))
            valueTypes += type.parameters + type.results
        }
        let importRows = imports.map { ImportRecord(module: name($0.module), name: name($0.name), type: $0.type) }
        func count(_ kind: ExternKind) -> UInt32 { UInt32(imports.filter { $0.type.kind == kind }.count) }
        let importedFunctions = count(.function)

        // Code, sorted by offset; each piece ends where the next begins.
        var pieces: [(offset: UInt32, record: FunctionRecord)] = []
        for (index, function) in functions.enumerated() {
            pieces.append((offset(function.symbol), FunctionRecord(
                textOffset: offset(function.symbol), byteCount: 0, functionIndex: importedFunctions + UInt32(index), typeIndex: UInt32(function.type),
                frameSize: 0, kind: .function, flags: function.isFrameless ? FunctionRecord.framelessFlag : 0)))
        }
        for (index, type) in types.enumerated() {
            for (symbol, kind) in [(type.entry, FunctionRecord.Kind.entryTrampoline), (type.host, .hostTrampoline)] {
                guard let symbol else { continue }
                pieces.append((offset(symbol), FunctionRecord(textOffset: offset(symbol), byteCount: 0, functionIndex: noIndex, typeIndex: UInt32(index), frameSize: 0, kind: kind, flags: 0)))
            }
        }
        pieces.sort { $0.offset < $1.offset }
        for index in pieces.indices {
            let end = index + 1 < pieces.count ? pieces[index + 1].offset : UInt32(text.count)
            pieces[index].record.byteCount = end - pieces[index].offset
        }
        let functionRows = pieces.map(\.record)
        let defined = functions.indices.map { index in WordRecord(value: UInt32(functionRows.firstIndex { $0.functionIndex == importedFunctions + UInt32(index) }!)) }
        let functionNames = (0..<Int(importedFunctions)).map { NameRecord(name: name(imports.filter { $0.type.kind == .function }[$0].name)) }
            + functions.map { NameRecord(name: name($0.symbol)) }
        // Each function's wasm offset is ten times its index, then one more a text byte, in this made-up map.
        var addressMap = AddressMapBuilder()
        for row in functionRows { addressMap.add(row.textOffset, row.kind == .function ? .wasm(offset: 10 * row.functionIndex) : .unknown) }

        let references = imports.filter { $0.type.kind == .function }.enumerated().map {
            FunctionReferenceRecord(functionIndex: UInt32($0.offset), typeIndex: $0.element.type.type, textOffset: noIndex)
        } + functions.enumerated().map {
            FunctionReferenceRecord(functionIndex: importedFunctions + UInt32($0.offset), typeIndex: UInt32($0.element.type), textOffset: offset($0.element.symbol))
        }
        var exportList = exports
        for (index, function) in functions.enumerated() where function.isExported {
            exportList.append((function.symbol, .function, importedFunctions + UInt32(index)))
        }
        exportList.sort { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
        let exportRows = exportList.enumerated().map {
            ExportRecord(name: name($0.element.name), kind: $0.element.kind, index: $0.element.index,
                         functionReference: $0.element.kind == .function ? $0.element.index : noIndex, ordinal: UInt32($0.offset))
        }

        // Layout: one read-only segment with everything but code, then code, then the memory image.
        var module = ModuleRecord()
        func whole(_ count: Int) -> RecordRange { RecordRange(first: 0, count: UInt32(count)) }
        module.types = whole(typeRows.count)
        module.definedFunctions = whole(defined.count)
        module.functionNames = whole(functionNames.count)
        module.imports = whole(importRows.count)
        module.exports = whole(exportRows.count)
        module.memories = whole(memories.count)
        module.tables = whole(tables.count)
        module.globals = whole(globals.count)
        module.functionReferences = whole(references.count)
        module.elementSegments = whole(elementSegments.count)
        module.dataSegments = whole(dataSegments.count)
        module.importedFunctions = importedFunctions
        module.importedMemories = count(.memory)
        module.importedTables = count(.table)
        module.importedGlobals = count(.global)
        module.startFunction = startFunction
        module.functions = whole(functionRows.count)
        module.contextSize = try ContextLayout(module.contextCounts).size

        var body: [UInt8] = []
        var directory: [DirectoryRecord] = []
        let headSize = 64 + 4 * 56 + 20 + Stamp.size
        func region(_ kind: TableKind, _ bytes: [UInt8], recordSize: Int = 1) {
            while (headSize + body.count) % 16 != 0 { body.append(0) }
            directory.append(DirectoryRecord(kind: kind, recordSize: UInt32(recordSize), address: UInt64(headSize + body.count), byteCount: UInt64(bytes.count)))
            body += bytes
        }
        func table<R: ArtifactRecord>(_ kind: TableKind, _ rows: [R]) { region(kind, rows.flatMap { encode($0) }, recordSize: R.size) }
        var memoryRows = memories
        table(.modules, [module])
        table(.types, typeRows)
        table(.valueTypes, valueTypes)
        table(.functions, functionRows)
        table(.definedFunctions, defined)
        table(.functionNames, functionNames)
        table(.imports, importRows)
        table(.exports, exportRows)
        let memoryTable = directory.count
        table(.memories, memoryRows)
        table(.tables, tables)
        table(.globals, globals)
        table(.functionReferences, references)
        table(.elementSegments, elementSegments)
        table(.elements, elements)
        table(.dataSegments, dataSegments)
        table(.constantOperators, constants)
        table(.trapOffsets, traps.map { WordRecord(value: $0.0) })
        table(.trapCodes, traps.map { ByteRecord(value: $0.1) })
        table(.addressMap, addressMap.runs)
        region(.addressSteps, addressMap.steps)
        region(.names, names)
        region(.data, data)
        func page(_ size: Int) -> Int { (size + 4095) & ~4095 }
        let directorySize = (directory.count + 2) * DirectoryRecord.size
        while (headSize + body.count) % 16 != 0 { body.append(0) }
        let directoryAddress = headSize + body.count
        let textAddress = page(directoryAddress + directorySize)
        let imageAddress = page(textAddress + text.count)
        let image = memoryImage + [UInt8](repeating: 0, count: page(memoryImage.count) - memoryImage.count)
        if !image.isEmpty {
            memoryRows[0].imageAddress = UInt64(imageAddress)
            memoryRows[0].imageByteCount = UInt64(image.count)
            let at = Int(directory[memoryTable].address) - headSize
            body.replaceSubrange(at..<at + MemoryRecord.size * memoryRows.count, with: memoryRows.flatMap { encode($0) })
        }
        directory.append(DirectoryRecord(kind: .text, recordSize: 1, address: UInt64(textAddress), byteCount: UInt64(text.count)))
        directory.append(DirectoryRecord(kind: .memoryImages, recordSize: 1, address: UInt64(image.isEmpty ? 0 : imageAddress), byteCount: UInt64(image.count)))
        directory.sort { $0.kindNumber < $1.kindNumber }

        var stamp = stamp
        stamp.directoryAddress = UInt64(directoryAddress)
        stamp.directoryCount = UInt32(directory.count)
        let imageSize = image.isEmpty ? textAddress + text.count : imageAddress + image.count
        stamp.imageSize = UInt64(imageSize)

        var file = [UInt8](repeating: 0, count: imageSize)
        func put<I: FixedWidthInteger>(_ value: I, at offset: Int) { withUnsafeBytes(of: value.littleEndian) { file.replaceSubrange(offset..<offset + $0.count, with: $0) } }
        file.replaceSubrange(0..<8, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0])
        put(UInt16(3), at: 16)
        put(stamp.machine.elfMachine, at: 18)
        put(UInt32(1), at: 20)
        put(UInt64(64), at: 32)
        put(UInt16(64), at: 52)
        put(UInt16(56), at: 54)
        put(UInt16(4), at: 56)
        func segment(_ number: Int, _ type: UInt32, _ flags: UInt32, _ address: Int, _ size: Int) {
            let at = 64 + 56 * number
            put(type, at: at)
            put(flags, at: at + 4)
            for field in [8, 16, 24] { put(UInt64(address), at: at + field) }
            put(UInt64(size), at: at + 32)
            put(UInt64(size), at: at + 40)
            put(UInt64(4096), at: at + 48)
        }
        segment(0, 1, 4, 0, directoryAddress + directory.count * DirectoryRecord.size)
        segment(1, 1, 5, textAddress, text.count)
        if image.isEmpty { segment(2, 4, 4, headSize - Stamp.size - 20, Stamp.size + 20) } else { segment(2, 1, 4, imageAddress, image.count) }
        segment(3, 4, 4, headSize - Stamp.size - 20, Stamp.size + 20)
        let note = headSize - Stamp.size - 20
        put(UInt32(8), at: note)
        put(UInt32(Stamp.size), at: note + 4)
        put(SectionNames.stampNoteType, at: note + 8)
        file.replaceSubrange(note + 12..<note + 20, with: Array("Precast\0".utf8))
        file.replaceSubrange(note + 20..<note + 20 + Stamp.size, with: stamp.encoded)
        file.replaceSubrange(headSize..<headSize + body.count, with: body)
        file.replaceSubrange(directoryAddress..<directoryAddress + directory.count * DirectoryRecord.size, with: directory.flatMap { encode($0) })
        file.replaceSubrange(textAddress..<textAddress + text.count, with: text)
        if !image.isEmpty { file.replaceSubrange(imageAddress..<imageAddress + image.count, with: image) }
        return file
    }
}

func encode<R: ArtifactRecord>(_ record: R) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: R.size)
    bytes.withUnsafeMutableBytes { record.store(RecordBuffer($0.baseAddress!)) }
    return bytes
}

@discardableResult
func run(_ command: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CommandFailure(command: command, status: process.terminationStatus) }
    return String(decoding: output, as: UTF8.self)
}

struct CommandFailure: Error {
    var command: [String]
    var status: Int32
}
