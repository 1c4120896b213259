import PrecastObjectEmission

extension [UInt8] {
    mutating func appendInteger<T: FixedWidthInteger>(_ value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
    mutating func appendUnsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
    mutating func appendSigned(_ value: Int64) {
        var rest = value
        while true {
            let byte = UInt8(truncatingIfNeeded: rest & 0x7f)
            rest >>= 7
            if (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0) { return append(byte) }
            append(byte | 0x80)
        }
    }
    mutating func setInteger(_ value: UInt32, at offset: Int) {
        withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self) }
    }
}

/// A section in the making: bytes, and the 8-byte fields in them that are addresses of code.
struct SectionBuilder {
    var bytes: [UInt8] = []
    private(set) var references: [CodeReference] = []

    /// The address of a byte of a function's code.
    mutating func appendAddress(function: Int, offset: UInt32 = 0) {
        references.append(CodeReference(offset: UInt32(bytes.count), function: UInt32(function)))
        bytes.appendInteger(UInt64(offset))
    }
    mutating func append(_ other: SectionBuilder) {
        let start = UInt32(bytes.count)
        bytes += other.bytes
        for reference in other.references { references.append(CodeReference(offset: start + reference.offset, function: reference.function)) }
    }
    /// Puts a number before the bytes from `offset` on, with the fields in them that are references from the given one on. Returns its size.
    mutating func insertUnsigned(_ value: UInt32, at offset: Int, movingReferencesFrom first: Int) -> UInt32 {
        let end = bytes.count
        bytes.appendUnsigned(UInt64(value))
        let size = bytes.count - end
        bytes.withUnsafeMutableBytes { raw in
            // The number, at most five bytes, changes places with what is before it.
            var number: UInt64 = 0
            for i in 0..<size { number |= UInt64(raw[end + i]) << UInt64(8 * i) }
            UnsafeMutableRawBufferPointer(rebasing: raw[(offset + size)...]).copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[offset..<end]))
            for i in 0..<size { raw[offset + i] = UInt8(truncatingIfNeeded: number >> UInt64(8 * i)) }
        }
        for i in first..<references.count { references[i].offset += UInt32(size) }
        return UInt32(size)
    }
    func section(_ name: String, strings: Bool = false) -> DebugSection {
        DebugSection(name: name, bytes: bytes, references: references, holdsStrings: strings)
    }
}

/// A section of strings, each once as far as it is cheap to tell.
struct StringBuilder {
    private(set) var bytes: [UInt8] = [0]
    private var known: [[UInt8]: UInt32] = [:]

    mutating func add(_ text: [UInt8]) -> UInt32 {
        if let offset = known[text] { return offset }
        let offset = UInt32(bytes.count)
        bytes += text
        bytes.append(0)
        known[text] = offset
        return offset
    }
    /// Without a look whether it is there already.
    mutating func append(_ text: UnsafeRawBufferPointer) -> UInt32 {
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: text)
        bytes.append(0)
        return offset
    }
}

/// The guest's strings, and where each went.
struct GuestStrings {
    private let sections: GuestSections
    private let prefixMaps: [PathPrefixMap]
    private var moved: [UInt32]
    private var movedLine: [UInt32]

    init(_ sections: GuestSections, _ prefixMaps: [PathPrefixMap]) {
        self.sections = sections
        self.prefixMaps = prefixMaps
        moved = [UInt32](repeating: 0, count: sections.strings.count)
        movedLine = [UInt32](repeating: 0, count: sections.lineStrings.count)
    }

    /// The bytes from `offset` to the next zero; nil outside the section.
    static func text(_ section: UnsafeRawBufferPointer, _ offset: UInt64) -> UnsafeRawBufferPointer? {
        guard offset < UInt64(section.count) else { return nil }
        let rest = section[Int(offset)...]
        return UnsafeRawBufferPointer(rebasing: rest[..<(rest.firstIndex(of: 0) ?? rest.endIndex)])
    }

    func text(_ attribute: Attribute) -> UnsafeRawBufferPointer? {
        switch attribute.kind {
        case .string: Self.text(sections.strings, attribute.value)
        case .lineString: Self.text(sections.lineStrings, attribute.value)
        case .inlineString: Self.text(sections.info, attribute.value)
        default: nil
        }
    }
    func text(_ text: GuestLines.Text) -> [UInt8] {
        let found = switch text {
        case .string(let offset): Self.text(sections.strings, offset)
        case .lineString(let offset): Self.text(sections.lineStrings, offset)
        case .inline(let offset): Self.text(sections.line, offset)
        case .none: nil as UnsafeRawBufferPointer?
        }
        return found.map { Array($0) } ?? []
    }

    /// Where the attribute's text is in `output`, to which it is added if it is not there; nil where it has none.
    mutating func move(_ attribute: Attribute, to output: inout StringBuilder) -> UInt32? {
        guard let text = text(attribute) else { return nil }
        let offset = Int(attribute.value)
        switch attribute.kind {
        case .string:
            if moved[offset] == 0 { moved[offset] = output.append(text) }
            return moved[offset]
        case .lineString:
            if movedLine[offset] == 0 { movedLine[offset] = output.append(text) }
            return movedLine[offset]
        default: return output.add(Array(text))
        }
    }

    /// `path` with the last given prefix that it starts with replaced.
    func mapped(_ path: [UInt8]) -> [UInt8] {
        for map in prefixMaps.reversed() where path.starts(with: map.old) { return map.new + path.dropFirst(map.old.count) }
        return path
    }
    var mapsPaths: Bool { !prefixMaps.isEmpty }
}

/// What the start of a path is replaced by, so that it says nothing of the machine it was compiled on.
public struct PathPrefixMap: Hashable, Sendable {
    public var old: [UInt8]
    public var new: [UInt8]
    public init(old: [UInt8], new: [UInt8]) {
        self.old = old
        self.new = new
    }
}
