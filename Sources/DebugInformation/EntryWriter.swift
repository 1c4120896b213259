/// Writes entries of `.debug_info`, and the abbreviations that they share.
///
/// Between `begin` and `end` come an entry's attributes; `close` ends its children. References to entries that are not written yet are filled in by
/// `resolve`.
struct EntryWriter {
    private(set) var info = SectionBuilder()
    private(set) var abbreviations: [UInt8] = []
    /// Codes by the hash of their specification, 0 where there is none: a power of two of them, at most half in use.
    private var codes = [UInt32](repeating: 0, count: 256)
    /// By code less one: where its specification is in `specifications`.
    private var ranges: [Range<Int>] = []
    private var specifications: [UInt32] = []
    /// Of the entry that is being written.
    private var specification: [UInt32] = []
    private var start = 0
    private var firstReference = 0, firstAddress = 0
    /// A unit of all ones: the reference counts from the section's start.
    private var references: [(offset: UInt32, target: UInt32, unit: UInt32)] = []
    private var unitStart = 0

    // MARK: Units

    mutating func beginUnit(type: UInt8) {
        unitStart = info.bytes.count
        info.bytes.appendInteger(UInt32(0))
        info.bytes.appendInteger(UInt16(5))
        info.bytes += [type, 8]
        info.bytes.appendInteger(UInt32(0))
    }
    mutating func endUnit() {
        info.bytes.setInteger(UInt32(info.bytes.count - unitStart - 4), at: unitStart)
    }
    /// Offset of the next byte.
    var offset: UInt32 { UInt32(info.bytes.count) }
    /// Offset of the unit that is open.
    var unitOffset: UInt32 { UInt32(unitStart) }

    // MARK: Entries

    mutating func begin(_ tag: UInt16, hasChildren: Bool) {
        specification.removeAll(keepingCapacity: true)
        specification.append(UInt32(tag) << 1 | (hasChildren ? 1 : 0))
        (start, firstReference, firstAddress) = (info.bytes.count, references.count, info.references.count)
    }
    /// Values are there already, and move to make place for the entry's code.
    mutating func end() {
        let size = info.insertUnsigned(abbreviationCode(), at: start, movingReferencesFrom: firstAddress)
        for i in firstReference..<references.count { references[i].offset += size }
    }
    /// Ends the children of the innermost open entry.
    mutating func close() { info.bytes.append(0) }

    /// The code of the specification, which is made where it is new.
    private mutating func abbreviationCode() -> UInt32 {
        var slot = Self.hash(specification[...]) & (codes.count - 1)
        while codes[slot] != 0 {
            let range = ranges[Int(codes[slot]) - 1]
            if range.count == specification.count, specification.indices.allSatisfy({ specifications[range.lowerBound + $0] == specification[$0] }) {
                return codes[slot]
            }
            slot = (slot + 1) & (codes.count - 1)
        }
        ranges.append(specifications.count..<specifications.count + specification.count)
        specifications += specification
        codes[slot] = UInt32(ranges.count)
        addAbbreviation(codes[slot])
        if ranges.count > codes.count / 2 { growCodes() }
        return UInt32(ranges.count)
    }
    private static func hash(_ specification: ArraySlice<UInt32>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for word in specification { hash = (hash ^ UInt64(word)) &* 0x0000_0100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
    private mutating func growCodes() {
        var larger = [UInt32](repeating: 0, count: 2 * codes.count)
        for (number, range) in ranges.enumerated() {
            var slot = Self.hash(specifications[range]) & (larger.count - 1)
            while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
            larger[slot] = UInt32(number + 1)
        }
        codes = larger
    }

    private mutating func addAbbreviation(_ code: UInt32) {
        abbreviations.appendUnsigned(UInt64(code))
        abbreviations.appendUnsigned(UInt64(specification[0] >> 1))
        abbreviations.append(UInt8(specification[0] & 1))
        for pair in specification.dropFirst() {
            abbreviations.appendUnsigned(UInt64(pair >> 16))
            abbreviations.appendUnsigned(UInt64(pair & 0xffff))
        }
        abbreviations += [0, 0]
    }

    // MARK: Attributes

    private mutating func specify(_ name: UInt16, _ form: UInt16) { specification.append(UInt32(name) << 16 | UInt32(form)) }

    /// A number in the form that the guest chose for it.
    mutating func constant(_ name: UInt16, _ form: UInt16, _ value: UInt64) {
        switch form {
        case Form.data1: number(name, UInt8(truncatingIfNeeded: value), form)
        case Form.data2: number(name, UInt16(truncatingIfNeeded: value), form)
        case Form.data4: number(name, UInt32(truncatingIfNeeded: value), form)
        case Form.data8: number(name, value, form)
        case Form.udata: unsigned(name, value)
        default:
            specify(name, Form.sdata)
            info.bytes.appendSigned(Int64(bitPattern: value))
        }
    }
    private mutating func number<T: FixedWidthInteger>(_ name: UInt16, _ value: T, _ form: UInt16) {
        specify(name, form)
        info.bytes.appendInteger(value)
    }
    mutating func unsigned(_ name: UInt16, _ value: UInt64) {
        specify(name, Form.udata)
        info.bytes.appendUnsigned(value)
    }
    mutating func flag(_ name: UInt16) { specify(name, Form.flagPresent) }
    mutating func string(_ name: UInt16, _ offset: UInt32) { number(name, offset, Form.strp) }
    mutating func sectionOffset(_ name: UInt16, _ offset: UInt32) { number(name, offset, Form.secOffset) }
    mutating func bytes(_ name: UInt16, _ form: UInt16, _ bytes: UnsafeRawBufferPointer) {
        specify(name, form)
        if form != Form.data16 { info.bytes.appendUnsigned(UInt64(bytes.count)) }
        info.bytes.append(contentsOf: bytes)
    }
    mutating func expression(_ name: UInt16, _ operations: [UInt8]) {
        operations.withUnsafeBytes { bytes(name, Form.exprloc, $0) }
    }
    mutating func address(_ name: UInt16, function: Int, offset: UInt32 = 0) {
        specify(name, Form.addr)
        info.appendAddress(function: function, offset: offset)
    }
    /// Address 0, which no code has.
    mutating func noAddress(_ name: UInt16) { number(name, UInt64(0), Form.addr) }
    mutating func size(_ name: UInt16, _ size: UInt32) { number(name, size, Form.data4) }
    /// Another entry by the guest's number, in this unit or in another one.
    mutating func reference(_ name: UInt16, _ target: Int, isInUnit: Bool) {
        references.append((UInt32(info.bytes.count), UInt32(target), isInUnit ? UInt32(unitStart) : .max))
        number(name, UInt32(0), isInUnit ? Form.ref4 : Form.refAddr)
    }

    /// Another entry of this unit, by its offset there.
    mutating func reference(_ name: UInt16, unitOffset: UInt32) { number(name, unitOffset, Form.ref4) }

    /// An entry of any unit that is written already.
    mutating func reference(_ name: UInt16, sectionOffset: UInt32) { number(name, sectionOffset, Form.refAddr) }

    /// Fills in references. - Parameter offsets: where entries were written, by the guest's number.
    mutating func resolve(_ offsets: [UInt32]) {
        for reference in references {
            let offset = offsets[Int(reference.target)]
            info.bytes.setInteger(reference.unit == .max ? offset : offset &- reference.unit, at: Int(reference.offset))
        }
    }
    mutating func finishAbbreviations() { abbreviations.append(0) }
}
