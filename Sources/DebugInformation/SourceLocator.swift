import PrecastEntities

/// Finds the source of a guest's instructions in its DWARF: functions, lines, and what the guest's own compiler inlined.
///
/// Making one reads `.debug_info` once; line tables are read when they are first needed. Whatever the sections hold, questions have an answer. One task
/// at a time.
public final class SourceLocator {
    /// A function, and a place in it.
    public struct Frame: Hashable, Sendable {
        /// As linkers know it, mangled; or, where there is no such name, as the source has it.
        public var linkageName: String?
        public var name: String?
        public var file: String?
        /// From 1 on.
        public var line: UInt32?
        public var column: UInt32?
        /// Whether it was inlined into the next frame.
        public var isInlined: Bool
    }

    private let sections: GuestSections
    private let table: EntryTable
    private let lists: GuestLists
    private let strings: GuestStrings
    /// Functions with code, by their starts. A function's parts are rows of their own.
    private var functions: [(range: GuestRange, entry: Int)] = []
    private var lines: [Int: GuestLines?] = [:]
    /// What was left out of `.debug_info`.
    public let warnings: [DebugWarning]

    public init(_ sections: GuestSections) {
        self.sections = sections
        var found = WarningList()
        table = EntryTable(sections, &found)
        warnings = found.report
        lists = GuestLists(sections: sections, entries: table)
        strings = GuestStrings(sections, [])
        for (number, entry) in table.entries.enumerated() where entry.tag == Tag.subprogram {
            for range in lists.ranges(of: entry) { functions.append((range, number)) }
        }
        functions.sort { $0.range.start < $1.range.start }
    }

    public var isEmpty: Bool { functions.isEmpty }

    /// The function at `address` (an offset in the code section's payload, as DWARF has it) and those inlined there, innermost first; empty where nothing is known.
    /// Logarithmic in the functions, linear in what was inlined into the one.
    public func frames(at address: UInt32) -> [Frame] {
        guard let function = function(at: address) else { return [] }
        let chain = chain(from: function, at: address)
        let unit = Int(table.entries[function].unit)
        var place = place(at: address, unit)
        var frames: [Frame] = []
        for (position, number) in chain.enumerated().reversed() {
            let entry = table.entries[number]
            frames.append(Frame(
                linkageName: text([AttributeName.linkageName, AttributeName.mipsLinkageName], of: entry), name: text([AttributeName.name], of: entry),
                file: place.file, line: place.line, column: place.column, isInlined: position > 0))
            if position > 0 { place = callPlace(of: entry, unit) }
        }
        return frames
    }

    // MARK: Functions

    private func function(at address: UInt32) -> Int? {
        let next = functions.partitionPoint { $0.range.start <= address }
        guard next > 0, address < functions[next - 1].range.end else { return nil }
        return functions[next - 1].entry
    }

    /// The function's entry, and inside it those of the inlined calls that `address` is in, outermost first.
    private func chain(from function: Int, at address: UInt32) -> [Int] {
        var chain = [function]
        var number = function + 1
        let end = Int(table.entries[function].end)
        while number < end {
            let entry = table.entries[number]
            guard Tag.isScope(entry.tag) else {
                number = Int(entry.end)
                continue
            }
            let ranges = lists.ranges(of: entry)
            let isInside = ranges.contains { $0.start <= address && address < $0.end }
            if isInside, entry.tag == Tag.inlinedSubroutine { chain.append(number) }
            // A block without a range of its own may have scopes with one.
            number = isInside || ranges.isEmpty && entry.tag != Tag.inlinedSubroutine ? number + 1 : Int(entry.end)
        }
        return chain
    }

    /// The first of these attributes that the entry has, or one that it stands for.
    private func text(_ names: [UInt16], of entry: Entry) -> String? {
        var entry = entry
        for _ in 0..<8 {
            for name in names {
                if let attribute = table.attribute(name, of: entry), let text = strings.text(attribute), !text.isEmpty { return String(decoding: text, as: UTF8.self) }
            }
            guard let origin = table.attribute(AttributeName.abstractOrigin, of: entry) ?? table.attribute(AttributeName.specification, of: entry),
                origin.kind == .reference, let target = table.entry(at: origin.value)
            else { return nil }
            entry = table.entries[target]
        }
        return nil
    }

    // MARK: Lines

    private typealias Place = (file: String?, line: UInt32?, column: UInt32?)

    private func lines(of unit: Int) -> GuestLines? {
        if let known = lines[unit] { return known }
        var warnings = WarningList()
        let entry = table.entries[table.units[unit].entries.lowerBound]
        let found = table.attribute(AttributeName.statementList, of: entry).flatMap { list in
            list.kind == .sectionOffset || list.kind == .constant
                ? GuestLines(sections, at: list.value, unit: table.units[unit], limit: UInt64(Int32.max), &warnings) : nil
        }
        lines[unit] = .some(found)
        return found
    }

    private func place(at address: UInt32, _ unit: Int) -> Place {
        guard let lines = lines(of: unit), let number = lines.row(at: address) else { return (nil, nil, nil) }
        let row = lines.rows[number]
        return (path(UInt64(row.file), lines, unit), row.line > 0 ? row.line : nil, row.column > 0 ? UInt32(row.column) : nil)
    }

    private func callPlace(of entry: Entry, _ unit: Int) -> Place {
        func number(_ name: UInt16) -> UInt32? {
            guard let attribute = table.attribute(name, of: entry), attribute.kind == .constant, attribute.value > 0 else { return nil }
            return UInt32(exactly: attribute.value)
        }
        let file = table.attribute(AttributeName.callFile, of: entry).flatMap { attribute in lines(of: unit).flatMap { path(attribute.value, $0, unit) } }
        return (file, number(AttributeName.callLine), number(AttributeName.callColumn))
    }

    /// The path of a file of the line table, with the unit's folder in front where it is relative.
    private func path(_ number: UInt64, _ lines: GuestLines, _ unit: Int) -> String? {
        guard number < UInt64(lines.files.count) else { return nil }
        let file = lines.files[Int(number)], root = table.entries[table.units[unit].entries.lowerBound]
        func attribute(_ name: UInt16) -> String { table.attribute(name, of: root).flatMap { strings.text($0) }.map { String(decoding: $0, as: UTF8.self) } ?? "" }
        var path = file.name == .none ? attribute(AttributeName.name) : String(decoding: strings.text(file.name), as: UTF8.self)
        if path.isEmpty { return nil }
        if !path.hasPrefix("/"), file.directory < UInt64(lines.directories.count) {
            let directory = String(decoding: strings.text(lines.directories[Int(file.directory)]), as: UTF8.self)
            if !directory.isEmpty { path = directory + "/" + path }
        }
        if !path.hasPrefix("/") {
            let folder = attribute(AttributeName.compilationDirectory)
            if !folder.isEmpty { path = folder + "/" + path }
        }
        return path
    }
}
