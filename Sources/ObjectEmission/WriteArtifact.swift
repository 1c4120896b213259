import CHostCPU
import PrecastArtifactFormat

/// Writes a compiled module as an artifact: a valid ELF64 shared object that the loader maps in place.
///
/// Input: functions with their relocations, traps, source ranges and unwinding rules; read-only data; the module's metadata; the target. Output: the file's bytes,
/// the same for the same input everywhere. docs/artifact-format.md has them byte by byte.
///
/// Layout, with file offset equal to address throughout:
///
///     first segment, read-only    ELF header, program headers, stamp and build id notes (all within 4096 bytes),
///                                 directory, tables by ascending kind,
///                                 memory images (page-aligned), read-only data, .eh_frame_hdr, .eh_frame
///     second segment, read+exec   text
///     not loaded                  symbols, debug information, section names, section headers
///
/// Order of work: lay out text; make the tables (their sizes do not depend on addresses); fix all addresses; resolve relocations; write; then digests and
/// build id, in one pass over the bytes.
///
/// - Throws: ``EmissionError``. Complexity: linear in the output.
public func writeArtifact(_ module: LinkedModule) throws(EmissionError) -> [UInt8] {
    var text = try TextSection(module)
    let pageSize = module.target.machine.segmentAlignment
    let importedMemories = module.metadata.imports.reduce(0) { $0 + ($1.type.kind == .memory ? 1 : 0) }
    let images = MemoryImages(module.metadata, importedMemories: importedMemories, pageSize: pageSize)
    let metadata = try MetadataSections(module, text, images)
    var unwind = try UnwindTable(module, text)

    let layout = try ImageLayout(module, text, images, metadata, unwind, pageSize: pageSize)
    let resolver = RelocationResolver(module: module, textAddress: layout.text, readOnlyAddress: layout.readOnlyData)
    try resolver.resolve(&text)
    let readOnlyData = try resolver.resolvedReadOnlyData(text)
    unwind.place(unwind: layout.unwind, index: layout.unwindIndex, text: layout.text)

    let stamp = layout.stamp(module)
    let tables = metadata.place(memoryImages: layout.memoryImages, readOnlyData: layout.readOnlyData)
    var writer = ElfWriter(machine: module.target.machine)
    writer.segments = layout.segments
    writer.sections = layout.loadedSections(stamp, tables, images.bytes, readOnlyData, unwind, text.bytes)
    let symbols = try SymbolTable(module, text, textAddress: layout.text, textSectionIndex: writer.sections.count)
    writer.sections += layout.symbolSections(symbols, firstNumber: writer.sections.count + 1)
    let hasAddresses = module.debugSections.contains { !$0.references.isEmpty }
    let debugSections = module.debugSections + (hasAddresses ? [.addressList(module.debugSections)] : [])
    writer.sections += try layout.debugSections(debugSections, text, after: writer.sections.last?.end ?? 0)
    var bytes = try writer.write()
    seal(&bytes, imageSize: Int(layout.imageSize), stampOffset: layout.stampPayload)
    return bytes
}

/// Fills in image digest, file digest and build id, which all count as zero in the digests.
func seal(_ bytes: inout [UInt8], imageSize: Int, stampOffset: Int) {
    let digests = bytes.withUnsafeBytes {
        ArtifactView.digests(of: $0, imageSize: imageSize, stampOffset: stampOffset, compression: precast_sha256_compression())
    }
    func put(_ digest: Bytes32, at offset: Int, count: Int) {
        for i in 0..<count { bytes[offset + i] = digest[i] }
    }
    put(digests.image, at: stampOffset + Stamp.imageDigestOffset, count: 32)
    put(digests.file, at: stampOffset + Stamp.fileDigestOffset, count: 32)
    put(digests.image, at: ArtifactView.buildIDRange(stampOffset: stampOffset).lowerBound, count: ImageLayout.buildIDSize)
}
