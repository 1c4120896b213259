import PrecastEntities

/// An attribute of an entry with its form resolved: no index into another section is left in it.
struct Attribute {
    enum Kind: UInt8 {
        /// `value` is an address in the guest's code section.
        case address
        /// A number with the bits of `value`; `form` says how wide.
        case constant
        /// 16 bytes at `value` in `.debug_info`.
        case wideConstant
        case flag
        /// Offset in `.debug_str` or `.debug_line_str`.
        case string, lineString
        /// Offset in `.debug_info` of a text that ends in a zero.
        case inlineString
        /// Offset in `.debug_info` in the upper half, length in the lower.
        case block, expression
        /// Offset in `.debug_info` of another entry.
        case reference
        /// Offset in the section that the attribute's name tells.
        case sectionOffset
        /// Nothing that can be resolved: a type unit's signature, another file.
        case unresolved
    }
    var name: UInt16
    var form: UInt16
    var kind: Kind
    var value: UInt64

    var range: Range<Int> {
        let start = Int(value >> 32)
        return start..<start + Int(value & 0xffff_ffff)
    }
}

/// An entry of `.debug_info`.
struct Entry {
    /// In `.debug_info`.
    var offset: UInt32
    var tag: UInt16
    var unit: UInt16
    /// Number of the entry that it belongs to; all ones for a unit's own.
    var parent: UInt32
    /// Number of the first entry that is not below this one.
    var end: UInt32
    var firstAttribute: UInt32
    var attributeCount: UInt32
}

/// A unit of `.debug_info`.
struct Unit {
    var offset: UInt32
    /// Offset of the unit behind it.
    var end: UInt32
    var version: UInt16
    var addressSize: UInt8
    var is64: Bool
    var abbreviations: UInt64
    /// Its entries, the first its own.
    var entries: Range<Int> = 0..<0
    var stringOffsetsBase: UInt64
    var addressBase: UInt64
    var rangeListsBase: UInt64
    var locationListsBase: UInt64
    /// What range and location lists of DWARF 4 and offset pairs of DWARF 5 count from.
    var lowPC: UInt64 = 0

    var offsetSize: Int { is64 ? 8 : 4 }
    /// Whether an address is none of those that stand for data that the linker left out.
    func isData(_ address: UInt64) -> Bool { address < (addressSize == 4 ? UInt64(UInt32.max) - 1 : UInt64.max - 1) }
}

/// All entries of `.debug_info` in flat arrays, in their order.
final class EntryTable: Sendable {
    let units: [Unit]
    let entries: [Entry]
    let attributes: [Attribute]
    private let sections: GuestSections

    /// Input: the sections. What cannot be read ends its unit, with a warning. Complexity: linear, one pass.
    init(_ sections: GuestSections, _ warnings: inout WarningList) {
        let reader = EntryReader(sections, &warnings)
        self.sections = sections
        (units, entries, attributes) = (reader.units, reader.entries, reader.attributes)
    }

    func attributes(of entry: Entry) -> ArraySlice<Attribute> {
        attributes[Int(entry.firstAttribute)..<Int(entry.firstAttribute) + Int(entry.attributeCount)]
    }
    /// The first attribute of that name.
    func attribute(_ name: UInt16, of entry: Entry) -> Attribute? {
        for i in Int(entry.firstAttribute)..<Int(entry.firstAttribute) + Int(entry.attributeCount) where attributes[i].name == name { return attributes[i] }
        return nil
    }
    /// Number of the entry at an offset of `.debug_info`. Logarithmic.
    func entry(at offset: UInt64) -> Int? {
        guard let offset = UInt32(exactly: offset) else { return nil }
        let number = entries.partitionPoint { $0.offset < offset }
        return number < entries.count && entries[number].offset == offset ? number : nil
    }
    /// An entry of `.debug_addr`.
    func indexedAddress(_ index: UInt64, _ unit: Unit) -> UInt64? { sections.indexedAddress(index, unit) }
}

extension GuestSections {
    /// An entry of `.debug_addr`.
    func indexedAddress(_ index: UInt64, _ unit: Unit) -> UInt64? {
        Self.element(index, Int(unit.addressSize), unit.addressBase, addresses)
    }
    /// A number of an array in a section.
    static func element(_ index: UInt64, _ size: Int, _ base: UInt64, _ section: UnsafeRawBufferPointer) -> UInt64? {
        guard index < 1 << 32, base < 1 << 32 else { return nil }
        let offset = Int(base) + Int(index) * size
        guard offset + size <= section.count else { return nil }
        var cursor = ByteCursor(section, offset..<offset + size)
        return cursor.unsigned(size: size)
    }
}

/// Reads the entries of `.debug_info`.
private struct EntryReader {
    private(set) var units: [Unit] = []
    private(set) var entries: [Entry] = []
    private(set) var attributes: [Attribute] = []
    private let sections: GuestSections
    private var tables: [UInt64: AbbreviationTable] = [:]

    /// More entries or attributes are not read: numbers have 32 bits.
    static let limit = 1 << 30

    init(_ sections: GuestSections, _ warnings: inout WarningList) {
        self.sections = sections
        entries.reserveCapacity(sections.info.count / 8)
        attributes.reserveCapacity(sections.info.count / 3)
        if sections.hasTypeUnits { warnings.add(DebugWarning("type units in .debug_types are left out")) }
        guard sections.info.count < Self.limit else {
            warnings.add(DebugWarning("\(sections.info.count) bytes of .debug_info are too many"))
            return
        }
        var cursor = ByteCursor(sections.info)
        while !cursor.isAtEnd {
            let offset = UInt32(cursor.position)
            let first = cursor.u32()
            let length = first == 0xffff_ffff ? cursor.u64() : UInt64(first)
            guard !cursor.hasFailed, length <= UInt64(cursor.end - cursor.position) else {
                warnings.add(DebugWarning("the unit's length \(length) reaches behind the section", unit: offset))
                return
            }
            let end = cursor.position + Int(length)
            readUnit(cursor, offset, end: end, is64: first == 0xffff_ffff, &warnings)
            cursor.seek(end)
        }
    }

    // MARK: Units

    private mutating func readUnit(_ start: ByteCursor, _ offset: UInt32, end: Int, is64: Bool, _ warnings: inout WarningList) {
        var cursor = start
        let version = cursor.u16()
        guard version == 4 || version == 5 else { return warnings.add(DebugWarning("DWARF version \(version) is not read", unit: offset)) }
        let type: UInt8 = version == 5 ? cursor.byte() : 1
        let offsetSize = is64 ? 8 : 4
        var addressSize: UInt8 = 0
        if version == 5 { addressSize = cursor.byte() }
        let abbreviations = cursor.unsigned(size: offsetSize)
        if version == 4 { addressSize = cursor.byte() }
        if type == 4 || type == 5 { cursor.skip(8) }
        // Compile, partial and skeleton units.
        guard [1, 3, 4].contains(type) else { return warnings.add(DebugWarning("units of type \(type) are left out", unit: offset)) }
        guard !cursor.hasFailed, cursor.position < end, addressSize == 4 || addressSize == 8, units.count < Int(UInt16.max) else {
            return warnings.add(DebugWarning("the unit's header is broken (address size \(addressSize))", unit: offset))
        }
        // Without the attributes that name them, tables start behind the sections' headers.
        let base: UInt64 = is64 ? 16 : 8
        var unit = Unit(
            offset: offset, end: UInt32(end), version: version, addressSize: addressSize, is64: is64, abbreviations: abbreviations,
            stringOffsetsBase: base, addressBase: base, rangeListsBase: base + 4, locationListsBase: base + 4)
        if tables[abbreviations] == nil { tables[abbreviations] = AbbreviationTable(sections.abbreviations, at: abbreviations) }
        guard let table = tables[abbreviations] else { return }
        findBases(&unit, table, cursor)
        let first = entries.count
        readEntries(&unit, table, ByteCursor(sections.info, cursor.position..<end), &warnings)
        guard entries.count > first else { return warnings.add(DebugWarning("the unit has no entry", unit: offset)) }
        unit.entries = first..<entries.count
        units.append(unit)
    }

    /// Bases come in the unit's own entry, perhaps behind attributes that need them: what begins with them is read again.
    private func findBases(_ unit: inout Unit, _ table: AbbreviationTable, _ start: ByteCursor) {
        for _ in 0..<2 {
            var cursor = start
            guard let abbreviation = table[cursor.uleb()] else { return }
            for index in abbreviation.specifications {
                guard let attribute = readAttribute(table.specifications[index], unit, &cursor) else { return }
                switch attribute.name {
                case AttributeName.stringOffsetsBase: unit.stringOffsetsBase = attribute.value
                case AttributeName.addressBase, AttributeName.gnuAddressBase: unit.addressBase = attribute.value
                case AttributeName.rangeListsBase: unit.rangeListsBase = attribute.value
                case AttributeName.locationListsBase: unit.locationListsBase = attribute.value
                case AttributeName.lowPC: unit.lowPC = attribute.kind == .address ? attribute.value : 0
                default: break
                }
            }
        }
    }

    private mutating func readEntries(_ unit: inout Unit, _ table: AbbreviationTable, _ start: ByteCursor, _ warnings: inout WarningList) {
        var cursor = start
        var open: [Int] = []
        let unitNumber = UInt16(units.count)
        defer { for entry in open { entries[entry].end = UInt32(entries.count) } }
        while !cursor.isAtEnd {
            let offset = UInt32(cursor.position)
            let code = cursor.uleb()
            if code == 0 {
                guard let closed = open.popLast() else { return }
                entries[closed].end = UInt32(entries.count)
                if open.isEmpty { return }
                continue
            }
            guard let abbreviation = table[code] else {
                return warnings.add(DebugWarning("abbreviation \(code) does not exist: the rest of the unit is left out", unit: unit.offset, entry: offset))
            }
            let first = attributes.count
            for index in abbreviation.specifications {
                guard let attribute = readAttribute(table.specifications[index], unit, &cursor) else {
                    attributes.removeSubrange(first...)
                    let form = String(table.specifications[index].form, radix: 16)
                    return warnings.add(DebugWarning(
                        cursor.hasFailed ? "an entry reaches behind its unit" : "form 0x\(form) is unknown: the rest of the unit is left out",
                        unit: unit.offset, entry: offset))
                }
                attributes.append(attribute)
            }
            guard attributes.count < Self.limit else { return warnings.add(DebugWarning("too many attributes", unit: unit.offset, entry: offset)) }
            let number = entries.count
            entries.append(Entry(
                offset: offset, tag: abbreviation.tag, unit: unitNumber, parent: open.last.map { UInt32($0) } ?? .max, end: UInt32(number + 1),
                firstAttribute: UInt32(first), attributeCount: UInt32(attributes.count - first)))
            if abbreviation.hasChildren { open.append(number) } else if open.isEmpty { return }
        }
    }

    // MARK: Attributes

    /// Reads an attribute, or returns nil where its form is unknown or its bytes end.
    @inline(__always)
    private func readAttribute(_ specification: AbbreviationTable.Specification, _ unit: Unit, _ cursor: inout ByteCursor) -> Attribute? {
        var form = specification.form
        if form == Form.indirect {
            form = UInt16(exactly: cursor.uleb()) ?? .max
            if form == Form.indirect || form == Form.implicitConst { return nil }
        }
        guard let (kind, value) = readValue(form, specification.implicit, unit, &cursor), !cursor.hasFailed else { return nil }
        return Attribute(name: specification.name, form: form, kind: kind, value: value)
    }

    @inline(__always)
    private func readValue(_ form: UInt16, _ implicit: Int64, _ unit: Unit, _ cursor: inout ByteCursor) -> (Attribute.Kind, UInt64)? {
        func block(_ kind: Attribute.Kind, _ length: UInt64) -> (Attribute.Kind, UInt64)? {
            let start = UInt64(cursor.position)
            cursor.skip(length)
            return cursor.hasFailed ? nil : (kind, start << 32 | length)
        }
        func reference(_ offset: UInt64) -> (Attribute.Kind, UInt64) { (.reference, UInt64(unit.offset) &+ offset) }
        switch form {
        case Form.data1: return (.constant, UInt64(cursor.byte()))
        case Form.data2: return (.constant, UInt64(cursor.u16()))
        case Form.data4: return (.constant, UInt64(cursor.u32()))
        case Form.data8: return (.constant, cursor.u64())
        case Form.udata: return (.constant, cursor.uleb())
        case Form.sdata: return (.constant, UInt64(bitPattern: cursor.sleb()))
        case Form.implicitConst: return (.constant, UInt64(bitPattern: implicit))
        case Form.data16:
            let start = UInt64(cursor.position)
            cursor.skip(16)
            return (.wideConstant, start)
        case Form.flag: return (.flag, cursor.byte() == 0 ? 0 : 1)
        case Form.flagPresent: return (.flag, 1)
        case Form.strp: return (.string, cursor.unsigned(size: unit.offsetSize))
        case Form.lineStrp: return (.lineString, cursor.unsigned(size: unit.offsetSize))
        case Form.string:
            let start = UInt64(cursor.position)
            cursor.skipString()
            return (.inlineString, start)
        case Form.strx: return stringOffset(cursor.uleb(), unit)
        case Form.strx1: return stringOffset(UInt64(cursor.byte()), unit)
        case Form.strx2: return stringOffset(UInt64(cursor.u16()), unit)
        case Form.strx3: return stringOffset(UInt64(cursor.u24()), unit)
        case Form.strx4: return stringOffset(UInt64(cursor.u32()), unit)
        case Form.ref1: return reference(UInt64(cursor.byte()))
        case Form.ref2: return reference(UInt64(cursor.u16()))
        case Form.ref4: return reference(UInt64(cursor.u32()))
        case Form.ref8: return reference(cursor.u64())
        case Form.refUdata: return reference(cursor.uleb())
        case Form.refAddr: return (.reference, cursor.unsigned(size: unit.offsetSize))
        case Form.addr: return (.address, cursor.unsigned(size: Int(unit.addressSize)))
        case Form.addrx: return address(cursor.uleb(), unit)
        case Form.addrx1: return address(UInt64(cursor.byte()), unit)
        case Form.addrx2: return address(UInt64(cursor.u16()), unit)
        case Form.addrx3: return address(UInt64(cursor.u24()), unit)
        case Form.addrx4: return address(UInt64(cursor.u32()), unit)
        case Form.secOffset: return (.sectionOffset, cursor.unsigned(size: unit.offsetSize))
        case Form.rnglistx: return listOffset(cursor.uleb(), unit.rangeListsBase, sections.rangeLists, unit)
        case Form.loclistx: return listOffset(cursor.uleb(), unit.locationListsBase, sections.locationLists, unit)
        case Form.exprloc: return block(.expression, cursor.uleb())
        case Form.block1: return block(.block, UInt64(cursor.byte()))
        case Form.block2: return block(.block, UInt64(cursor.u16()))
        case Form.block4: return block(.block, UInt64(cursor.u32()))
        case Form.block: return block(.block, cursor.uleb())
        case Form.refSig8: return (.unresolved, cursor.u64())
        case Form.refSup4: return (.unresolved, UInt64(cursor.u32()))
        case Form.refSup8: return (.unresolved, cursor.u64())
        case Form.strpSup: return (.unresolved, cursor.unsigned(size: unit.offsetSize))
        default: return nil
        }
    }

    private func stringOffset(_ index: UInt64, _ unit: Unit) -> (Attribute.Kind, UInt64) {
        guard let offset = GuestSections.element(index, unit.offsetSize, unit.stringOffsetsBase, sections.stringOffsets) else { return (.unresolved, index) }
        return (.string, offset)
    }
    private func address(_ index: UInt64, _ unit: Unit) -> (Attribute.Kind, UInt64) {
        guard let address = sections.indexedAddress(index, unit) else { return (.unresolved, index) }
        return (.address, address)
    }
    private func listOffset(_ index: UInt64, _ base: UInt64, _ section: UnsafeRawBufferPointer, _ unit: Unit) -> (Attribute.Kind, UInt64) {
        guard let offset = GuestSections.element(index, unit.offsetSize, base, section) else { return (.unresolved, index) }
        return (.sectionOffset, offset &+ base)
    }
}
