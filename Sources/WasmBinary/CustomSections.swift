internal import PrecastEntities
internal import PrecastWasmModel

// Custom sections: every one is kept, and those that are known are read. What breaks inside a known one ends its reading, silently:
// the specification lets no custom section make a module malformed.
extension ModuleDecoder {
    mutating func readCustomSection(_ section: Section) throws(DecodeError) {
        var reader = ByteReader(module.bytes, section.payload)
        let name = try reader.readName(maximum: limits.stringSize)
        if module.customSections.count >= limits.customSections {
            throw .limit(
                "too many custom sections", found: UInt64(module.customSections.count) + 1, maximum: limits.customSections,
                at: section.offset)
        }
        let payload = ByteRange(start: UInt32(reader.position), end: UInt32(reader.end))
        module.customSections.append(CustomSection(name: name, payload: payload))
        if name == BranchHint.sectionName { readBranchHints(&reader, section) }
        if name == "name" { try? readNames(&reader) }
        if name == "producers" && module.producers.isEmpty { try? readProducers(&reader) }
    }

    /// WebAssembly core specification, section 7.4.1, and the subsections of the extended-name-section proposal.
    private mutating func readNames(_ reader: inout ByteReader) throws(DecodeError) {
        while !reader.isAtEnd {
            let id = try reader.readByte()
            let size = Int(try reader.readU32())
            var subsection = ByteReader(reader.bytes, try reader.readRange(count: size))
            try? readNameSubsection(id, &subsection)
        }
    }

    private mutating func readNameSubsection(_ id: UInt8, _ reader: inout ByteReader) throws(DecodeError) {
        switch id {
        case 0: module.names.module = try reader.readNameRange(maximum: limits.stringSize)
        case 1: try Self.readNameMap(&reader, &module.names.functions, limits)
        case 2: try Self.readIndirectNameMap(&reader, &module.names.locals, limits)
        case 3: try Self.readIndirectNameMap(&reader, &module.names.labels, limits)
        case 4: try Self.readNameMap(&reader, &module.names.types, limits)
        case 5: try Self.readNameMap(&reader, &module.names.tables, limits)
        case 6: try Self.readNameMap(&reader, &module.names.memories, limits)
        case 7: try Self.readNameMap(&reader, &module.names.globals, limits)
        case 8: try Self.readNameMap(&reader, &module.names.elements, limits)
        case 9: try Self.readNameMap(&reader, &module.names.data, limits)
        case 10: try Self.readIndirectNameMap(&reader, &module.names.fields, limits)
        case 11: try Self.readNameMap(&reader, &module.names.tags, limits)
        default: break
        }
    }

    private static func readNameMap(
        _ reader: inout ByteReader, _ map: inout NameMap, _ limits: ImplementationLimits
    ) throws(DecodeError) {
        for _ in 0..<(try reader.readCount("names", maximum: .max)) {
            let index = try reader.readU32()
            map.append(index: index, name: try reader.readNameRange(maximum: limits.stringSize))
        }
    }

    private static func readIndirectNameMap(
        _ reader: inout ByteReader, _ map: inout IndirectNameMap, _ limits: ImplementationLimits
    ) throws(DecodeError) {
        for _ in 0..<(try reader.readCount("name maps", maximum: .max)) {
            let outer = try reader.readU32()
            for _ in 0..<(try reader.readCount("names", maximum: .max)) {
                let inner = try reader.readU32()
                let name = try reader.readNameRange(maximum: limits.stringSize)
                map.append(outer: outer, inner: inner, name: name)
            }
        }
    }

    /// The tool-conventions repository's producers section.
    private mutating func readProducers(_ reader: inout ByteReader) throws(DecodeError) {
        for _ in 0..<(try reader.readCount("producer fields", maximum: .max)) {
            let field = try reader.readName(maximum: limits.stringSize)
            var values: [ProducerField.Value] = []
            for _ in 0..<(try reader.readCount("producers", maximum: .max)) {
                let name = try reader.readName(maximum: limits.stringSize)
                values.append(ProducerField.Value(name: name, version: try reader.readName(maximum: limits.stringSize)))
            }
            module.producers.append(ProducerField(name: field, values: values))
        }
    }
}
