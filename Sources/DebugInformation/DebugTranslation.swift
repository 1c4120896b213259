import PrecastObjectEmission

/// Writes the entries that a plan decided on, unit by unit.
struct DebugTranslation {
    let plan: DebugPlan
    /// By position of the guest's function.
    let descriptions: [FunctionDescription?]
    let table: EntryTable
    let module: LinkedModule
    let context: ContextPlaces
    var writer = EntryWriter()
    var strings = StringBuilder()
    var guestStrings: GuestStrings
    var rangeLists = SectionBuilder()
    var locationLists = SectionBuilder()
    /// Offset of the list that says where linear memory is; nil: nowhere.
    var memoryList: UInt32?
    /// Offset in the open unit of the variable that stands for linear memory.
    var memoryEntry: UInt32?
    /// Offset of the first unit's such variable in `.debug_info`, and of its type.
    var firstMemory: (variable: UInt32, type: UInt32)?
    /// By position of the guest's function: where its lists begin in `locationLists`.
    var listStarts: [UInt32] = []
    var lineTables: LineTables
    /// Where entries were written, by the guest's number.
    private var offsets: [UInt32]
    /// The guest's unit that is being written.
    var unit = 0

    init(_ plan: DebugPlan, _ descriptions: [FunctionDescription?], _ context: ContextPlaces, _ module: LinkedModule, _ settings: DebugSettings) {
        self.plan = plan
        self.descriptions = descriptions
        table = plan.table
        self.module = module
        self.context = context
        guestStrings = GuestStrings(plan.sections, settings.prefixMaps)
        lineTables = LineTables(plan)
        offsets = [UInt32](repeating: 0, count: plan.table.entries.count)
        beginList(&rangeLists)
        beginList(&locationLists)
    }

    mutating func run() {
        writeMemoryList()
        placeLists()
        for number in plan.table.units.indices where plan.isWritten[plan.table.units[number].entries.lowerBound] {
            unit = number
            writeUnit(plan.table.units[number])
        }
        writer.resolve(offsets)
        writer.finishAbbreviations()
    }

    mutating func finish() -> [DebugSection] {
        func lists(_ section: SectionBuilder) -> SectionBuilder {
            // A header alone is not worth a section.
            if section.bytes.count == Self.listHeaderSize { return SectionBuilder() }
            var section = section
            section.bytes.setInteger(UInt32(section.bytes.count - 4), at: 0)
            return section
        }
        return [
            writer.info.section(".debug_info"), SectionBuilder(bytes: writer.abbreviations).section(".debug_abbrev"),
            lineTables.section.section(".debug_line"), SectionBuilder(bytes: strings.bytes).section(".debug_str", strings: true),
            SectionBuilder(bytes: lineTables.strings.bytes).section(".debug_line_str", strings: true),
            lists(rangeLists).section(".debug_rnglists"), lists(locationLists).section(".debug_loclists"),
        ].filter { !$0.bytes.isEmpty }
    }

    private static let listHeaderSize = 12

    /// The header of a section of lists: one contribution without a table of offsets.
    private func beginList(_ section: inout SectionBuilder) {
        section.bytes.appendInteger(UInt32(0))
        section.bytes.appendInteger(UInt16(5))
        section.bytes += [8, 0]
        section.bytes.appendInteger(UInt32(0))
    }

    // MARK: Units

    private mutating func writeUnit(_ guest: Unit) {
        let functions = guest.entries.compactMap { plan.function($0) } + plan.functionsWithoutEntry[unit]
        lineTables.begin(unit, functions, &guestStrings, plan)
        let first = guest.entries.lowerBound
        writer.beginUnit(type: table.entries[first].tag == Tag.partialUnit ? 3 : 1)
        memoryEntry = nil
        var open: [Int] = []
        // Of the function that is open: calls inlined by the compiler, by the entry that they go into.
        var inlined: [UInt32: [Int]] = [:]
        var function: Int?
        func closeThrough(_ number: Int, _ self: inout DebugTranslation) {
            while let last = open.last, Int(self.table.entries[last].end) <= number {
                if let function, let calls = inlined[UInt32(last)] { for call in calls { self.writeInstance(call, of: function) } }
                self.writer.close()
                open.removeLast()
            }
        }
        var number = first
        while number < guest.entries.upperBound {
            closeThrough(number, &self)
            let entry = table.entries[number]
            if !plan.isWritten[number] {
                number = Int(entry.end)
                continue
            }
            if let found = plan.function(number) {
                function = found
                inlined = plan.owners(of: plan.natives[found], 0, from: number, plan.scopeItems(of: number))
            }
            let hasMemory = plan.function(number).map(hasMemory) ?? false
            let hasChildren = plan.hasWrittenChildren[number] || inlined[UInt32(number)] != nil || hasMemory
            offsets[number] = writer.offset
            write(entry, number, hasChildren: hasChildren, functions)
            if hasChildren { open.append(number) }
            if number == first, hasChildren { writeMemory() }
            if hasMemory, let function { writeMemory(of: function) }
            // Without children written, those that the guest has are not written either.
            number = hasChildren || entry.end == UInt32(number + 1) ? number + 1 : Int(entry.end)
        }
        closeThrough(Int.max, &self)
        writer.endUnit()
        lineTables.end()
    }

    private mutating func write(_ entry: Entry, _ number: Int, hasChildren: Bool, _ functions: [Int]) {
        let isUnit = entry.parent == DebugPlan.none
        writer.begin(isUnit && entry.tag == Tag.skeletonUnit ? Tag.compileUnit : entry.tag, hasChildren: hasChildren)
        for attribute in table.attributes(of: entry) { copy(attribute, from: Int(entry.unit)) }
        if isUnit {
            addPlace(ofUnit: functions)
        } else if let function = plan.function(number), let native = plan.natives[function] {
            writer.address(AttributeName.lowPC, function: native.number)
            writer.size(AttributeName.highPC, native.size)
            writer.expression(AttributeName.frameBase, [0x9c])
        } else if let scope = plan.scope(number), let function = plan.functionAround(number), let native = plan.natives[function] {
            add(scope.code, of: native.number)
        } else if Tag.isData(entry.tag) {
            addLocation(of: entry, number)
        } else if Tag.isPointer(entry.tag), table.attribute(AttributeName.byteSize, of: entry) == nil {
            writer.constant(AttributeName.byteSize, Form.data1, UInt64(table.units[unit].addressSize))
        }
        writer.end()
    }

    private mutating func addPlace(ofUnit functions: [Int]) {
        if let offset = lineTables.offset { writer.sectionOffset(AttributeName.statementList, offset) }
        let natives = functions.compactMap { plan.natives[$0] }.map { ($0.number, $0.size) }
        if natives.isEmpty { return }
        writer.noAddress(AttributeName.lowPC)
        writer.sectionOffset(AttributeName.ranges, UInt32(rangeLists.bytes.count))
        for (number, size) in natives {
            rangeLists.bytes.append(ListEntry.startLength)
            rangeLists.appendAddress(function: number)
            rangeLists.bytes.appendUnsigned(UInt64(size))
        }
        rangeLists.bytes.append(ListEntry.end)
    }

    /// The code of a scope of a function.
    mutating func add(_ code: [CodeRange], of function: Int) {
        if code.count == 1 {
            writer.address(AttributeName.lowPC, function: function, offset: code[0].start)
            writer.size(AttributeName.highPC, code[0].end - code[0].start)
            return
        }
        writer.sectionOffset(AttributeName.ranges, UInt32(rangeLists.bytes.count))
        rangeLists.bytes.append(ListEntry.baseAddress)
        rangeLists.appendAddress(function: function)
        for range in code {
            rangeLists.bytes.append(ListEntry.offsetPair)
            rangeLists.bytes.appendUnsigned(UInt64(range.start))
            rangeLists.bytes.appendUnsigned(UInt64(range.end))
        }
        rangeLists.bytes.append(ListEntry.end)
    }
}
