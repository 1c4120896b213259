/// A stretch of the guest's code: offsets in the code section's payload.
struct GuestRange: Hashable {
    var start: UInt32
    var end: UInt32
}

/// Reads range lists and location lists of both versions.
struct GuestLists {
    let sections: GuestSections
    let entries: EntryTable

    /// The code of an entry: its low and high addresses, or its range list. Dead code has none.
    func ranges(of entry: Entry) -> [GuestRange] {
        let unit = entries.units[Int(entry.unit)]
        if let list = entries.attribute(AttributeName.ranges, of: entry), list.kind == .sectionOffset {
            return rangeList(at: list.value, unit)
        }
        guard let low = entries.attribute(AttributeName.lowPC, of: entry), low.kind == .address,
            let high = entries.attribute(AttributeName.highPC, of: entry)
        else { return [] }
        return range(low.value, high.kind == .address ? high.value : low.value &+ high.value, unit).map { [$0] } ?? []
    }

    /// Code that the linker left out starts at 0 or near the top.
    private func range(_ start: UInt64, _ end: UInt64, _ unit: Unit) -> GuestRange? {
        guard start > 0, start < end, end < UInt64(Int32.max) else { return nil }
        return GuestRange(start: UInt32(start), end: UInt32(end))
    }

    private func rangeList(at offset: UInt64, _ unit: Unit) -> [GuestRange] {
        var result: [GuestRange] = []
        let section = unit.version >= 5 ? sections.rangeLists : sections.ranges
        guard offset < UInt64(section.count) else { return [] }
        var cursor = ByteCursor(section, Int(offset)..<section.count)
        let size = Int(unit.addressSize)
        var base = unit.lowPC
        func add(_ start: UInt64, _ end: UInt64) { if let range = range(start, end, unit) { result.append(range) } }
        if unit.version < 5 {
            let top = size == 4 ? UInt64(UInt32.max) : UInt64.max
            while !cursor.isAtEnd {
                let start = cursor.unsigned(size: size), end = cursor.unsigned(size: size)
                if cursor.hasFailed || (start == 0 && end == 0) { break }
                if start == top { base = end } else { add(start &+ base, end &+ base) }
            }
            return result
        }
        func indexed() -> UInt64 { entries.indexedAddress(cursor.uleb(), unit) ?? 0 }
        while !cursor.isAtEnd {
            let kind = cursor.byte()
            switch kind {
            case ListEntry.baseAddressX: base = indexed()
            case ListEntry.startXEndX:
                let start = indexed()
                add(start, indexed())
            case ListEntry.startXLength:
                let start = indexed()
                add(start, start &+ cursor.uleb())
            case ListEntry.offsetPair:
                let start = cursor.uleb(), end = cursor.uleb()
                add(base &+ start, base &+ end)
            case ListEntry.baseAddress: base = cursor.unsigned(size: size)
            case ListEntry.startEnd:
                let start = cursor.unsigned(size: size)
                add(start, cursor.unsigned(size: size))
            case ListEntry.startLength:
                let start = cursor.unsigned(size: size)
                add(start, start &+ cursor.uleb())
            default: return result
            }
        }
        return result
    }

    /// An expression that holds over a stretch of the guest's code; without a range: everywhere.
    struct Location {
        var range: GuestRange?
        /// Its bytes in `section`.
        var section: UnsafeRawBufferPointer
        var expression: Range<Int>
    }

    /// Where a variable or a frame base is: a single expression, or the list that the attribute names.
    func locations(_ attribute: Attribute, _ unit: Unit) -> [Location] {
        switch attribute.kind {
        case .expression, .block: [Location(range: nil, section: sections.info, expression: attribute.range)]
        case .sectionOffset: unit.version >= 5 ? locationList(at: attribute.value, unit) : oldLocationList(at: attribute.value, unit)
        default: []
        }
    }

    private func oldLocationList(at offset: UInt64, _ unit: Unit) -> [Location] {
        var result: [Location] = []
        let section = sections.locations
        guard offset < UInt64(section.count) else { return [] }
        var cursor = ByteCursor(section, Int(offset)..<section.count)
        let size = Int(unit.addressSize), top = size == 4 ? UInt64(UInt32.max) : UInt64.max
        var base = unit.lowPC
        while !cursor.isAtEnd {
            let start = cursor.unsigned(size: size), end = cursor.unsigned(size: size)
            if cursor.hasFailed || (start == 0 && end == 0) { break }
            if start == top {
                base = end
                continue
            }
            let length = UInt64(cursor.u16())
            append(start &+ base, end &+ base, length, &cursor, section, unit, to: &result)
        }
        return result
    }

    private func append(
        _ start: UInt64, _ end: UInt64, _ length: UInt64, _ cursor: inout ByteCursor, _ section: UnsafeRawBufferPointer, _ unit: Unit,
        to result: inout [Location]
    ) {
        let position = cursor.position
        cursor.skip(length)
        guard !cursor.hasFailed, let range = range(start, end, unit) else { return }
        result.append(Location(range: range, section: section, expression: position..<cursor.position))
    }

    private func locationList(at offset: UInt64, _ unit: Unit) -> [Location] {
        var result: [Location] = []
        let section = sections.locationLists
        guard offset < UInt64(section.count) else { return [] }
        var cursor = ByteCursor(section, Int(offset)..<section.count)
        let size = Int(unit.addressSize)
        var base = unit.lowPC
        func indexed() -> UInt64 { entries.indexedAddress(cursor.uleb(), unit) ?? 0 }
        while !cursor.isAtEnd {
            var start: UInt64 = 0, end: UInt64 = 0
            switch cursor.byte() {
            case ListEntry.baseAddressX:
                base = indexed()
                continue
            case ListEntry.locationBaseAddress:
                base = cursor.unsigned(size: size)
                continue
            case ListEntry.startXEndX:
                start = indexed()
                end = indexed()
            case ListEntry.startXLength:
                start = indexed()
                end = start &+ cursor.uleb()
            case ListEntry.offsetPair:
                start = base &+ cursor.uleb()
                end = base &+ cursor.uleb()
            case ListEntry.defaultLocation:
                // Where no other entry holds: which ranges that leaves is not worth working out.
                cursor.skip(cursor.uleb())
                continue
            case ListEntry.locationStartEnd:
                start = cursor.unsigned(size: size)
                end = cursor.unsigned(size: size)
            case ListEntry.locationStartLength:
                start = cursor.unsigned(size: size)
                end = start &+ cursor.uleb()
            default: return result
            }
            let length = cursor.uleb()
            append(start, end, length, &cursor, section, unit, to: &result)
        }
        return result
    }
}
