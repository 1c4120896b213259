import PrecastWasmTypes

// The binary format's elements, appended to byte arrays.
extension [UInt8] {
    /// The shortest unsigned LEB128 form.
    mutating func appendUnsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func appendUnsigned(_ value: UInt32) { appendUnsigned(UInt64(value)) }
    mutating func appendUnsigned(_ value: Int) { appendUnsigned(UInt64(value)) }

    /// The shortest signed LEB128 form.
    mutating func appendSigned(_ value: Int64) {
        var rest = value
        while rest < -64 || rest >= 64 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest) & 0x7F)
    }

    mutating func appendLittleEndian(_ value: UInt64, bytes: Int) {
        for position in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * position))) }
    }

    /// A vector of bytes: a name, or a section's content.
    mutating func appendVector(_ bytes: some Collection<UInt8>) {
        appendUnsigned(bytes.count)
        append(contentsOf: bytes)
    }

    mutating func append(_ type: HeapType) {
        if let code = type.abstractCode { append(code) } else { appendSigned(Int64(type.rawValue)) }
    }

    mutating func append(_ type: ReferenceType) {
        if type.isNullable, let code = type.heapType.abstractCode { return append(code) }
        append(type.isNullable ? 0x63 : 0x64)
        append(type.heapType)
    }

    mutating func append(_ type: ValueType) {
        if let reference = type.referenceType { append(reference) } else { append(UInt8(truncatingIfNeeded: type.rawValue)) }
    }

    mutating func append(_ type: FieldType) {
        if type.storage.isPacked { append(UInt8(truncatingIfNeeded: type.storage.rawValue)) } else { append(type.storage.unpacked) }
        append(type.isMutable ? 1 : 0)
    }

    mutating func append(_ types: [ValueType]) {
        appendUnsigned(types.count)
        for type in types { append(type) }
    }

    mutating func append(_ type: CompositeType) {
        switch type {
        case .function(let function):
            append(0x60)
            append(function.parameters)
            append(function.results)
        case .structure(let structure):
            append(0x5F)
            appendUnsigned(structure.fields.count)
            for field in structure.fields { append(field) }
        case .array(let array):
            append(0x5E)
            append(array.element)
        }
    }

    mutating func append(_ type: GlobalType) {
        append(type.valueType)
        append(type.isMutable ? 1 : 0)
    }

    mutating func append(_ type: TableType) {
        append(type.element)
        appendLimits(type.limits, flags: type.is64 ? 4 : 0)
    }

    mutating func append(_ type: MemoryType) {
        let hasPageSize = type.pageSizeLog2 != 16
        appendLimits(type.limits, flags: (type.isShared ? 2 : 0) | (type.is64 ? 4 : 0) | (hasPageSize ? 8 : 0))
        if hasPageSize { appendUnsigned(UInt64(type.pageSizeLog2)) }
    }

    private mutating func appendLimits(_ limits: Limits, flags: UInt8) {
        append(flags | (limits.maximum == nil ? 0 : 1))
        appendUnsigned(limits.minimum)
        if let maximum = limits.maximum { appendUnsigned(maximum) }
    }
}

/// A section in the making: its entries, already in the binary format, and their number.
struct EntryList {
    var count = 0
    var bytes: [UInt8] = []
}

/// The kinds of sections, in the order in which a module has them.
enum SectionKind: Int, CaseIterable {
    case type, `import`, function, table, memory, tag, global, export, start, element, dataCount, code, data

    /// The section's number.
    var id: UInt8 {
        switch self {
        case .type: 1
        case .import: 2
        case .function: 3
        case .table: 4
        case .memory: 5
        case .global: 6
        case .export: 7
        case .start: 8
        case .element: 9
        case .code: 10
        case .data: 11
        case .dataCount: 12
        case .tag: 13
        }
    }
}

/// A custom section and where it stands.
struct PlacedCustomSection {
    var name: [UInt8]
    var contents: [UInt8]
    /// The section before or after which it stands; nil is the start or the end of the module.
    var anchor: SectionKind?
    var isBefore: Bool
}

/// Puts the sections of a module together.
///
/// In: per section the encoded entries. Out: the module in the binary format, with the shortest LEB128 numbers everywhere, sections that
/// hold nothing left out, and custom sections where they asked to stand.
struct BinaryEncoder {
    var sections = [EntryList](repeating: EntryList(), count: SectionKind.allCases.count)
    var start: UInt32?
    /// Whether a body names a data segment, which needs the number of segments before the code.
    var needsDataCount = false
    var customSections: [PlacedCustomSection] = []
    /// The content of the name section; empty if there is none.
    var names: [UInt8] = []
    /// The content of the branch hints section; empty if there is none.
    var branchHints: [UInt8] = []

    subscript(kind: SectionKind) -> EntryList {
        get { sections[kind.rawValue] }
        _modify { yield &sections[kind.rawValue] }
    }

    /// The module.
    func encode() -> [UInt8] {
        var module: [UInt8] = [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00]
        appendCustomSections(anchor: nil, isBefore: true, to: &module)
        for kind in SectionKind.allCases {
            appendCustomSections(anchor: kind, isBefore: true, to: &module)
            if kind == .code, !branchHints.isEmpty {
                appendCustomSection(name: Array(Keyword.branchHint.rawValue.utf8), contents: branchHints, to: &module)
            }
            appendSection(kind, to: &module)
            appendCustomSections(anchor: kind, isBefore: false, to: &module)
        }
        appendCustomSections(anchor: nil, isBefore: false, to: &module)
        if !names.isEmpty { appendCustomSection(name: Array("name".utf8), contents: names, to: &module) }
        return module
    }

    private func appendSection(_ kind: SectionKind, to module: inout [UInt8]) {
        var content: [UInt8] = []
        switch kind {
        case .start:
            guard let start else { return }
            content.appendUnsigned(start)
        case .dataCount:
            guard needsDataCount else { return }
            content.appendUnsigned(self[.data].count)
        default:
            guard self[kind].count > 0 else { return }
            content.appendUnsigned(self[kind].count)
            content.append(contentsOf: self[kind].bytes)
        }
        module.append(kind.id)
        module.appendVector(content)
    }

    private func appendCustomSections(anchor: SectionKind?, isBefore: Bool, to module: inout [UInt8]) {
        for section in customSections where section.anchor == anchor && section.isBefore == isBefore {
            appendCustomSection(name: section.name, contents: section.contents, to: &module)
        }
    }

    private func appendCustomSection(name: [UInt8], contents: [UInt8], to module: inout [UInt8]) {
        var content: [UInt8] = []
        content.appendVector(name)
        content.append(contentsOf: contents)
        module.append(0)
        module.appendVector(content)
    }
}
