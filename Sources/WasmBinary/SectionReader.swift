internal import PrecastWasmModel

/// The kinds of section, with their ids in the binary format.
enum SectionID: UInt8 {
    case custom = 0, type, `import`, function, table, memory, global, export, start, element, code, data, dataCount, tag

    /// Where the section stands in a module; custom sections stand anywhere.
    var order: Int {
        switch self {
        case .custom: 0
        case .type: 1
        case .import: 2
        case .function: 3
        case .table: 4
        case .memory: 5
        case .tag: 6
        case .global: 7
        case .export: 8
        case .start: 9
        case .element: 10
        case .dataCount: 11
        case .code: 12
        case .data: 13
        }
    }
}

/// A section: its id, and where it is.
struct Section {
    var id: SectionID
    /// The byte offset of the id.
    var offset: Int
    var payload: ByteRange
}

/// Splits a module into sections and enforces their order. WebAssembly core specification, sections 5.5.2 and 5.5.16.
struct SectionReader {
    var reader: ByteReader
    private var lastOrder = 0

    init(_ reader: ByteReader) { self.reader = reader }

    /// The next section, or nil at the module's end.
    mutating func next() throws(DecodeError) -> Section? {
        if reader.isAtEnd { return nil }
        let offset = reader.position
        let code = try reader.readByte()
        guard let id = SectionID(rawValue: code) else { throw DecodeError("malformed section id \(code)", at: offset) }
        let size = Int(try reader.readU32())
        let payload = try reader.readRange(count: size)
        if id != .custom {
            guard id.order > lastOrder else {
                throw DecodeError("unexpected content after last section: the \(id) section is repeated or out of order", at: offset)
            }
            lastOrder = id.order
        }
        return Section(id: id, offset: offset, payload: payload)
    }
}
