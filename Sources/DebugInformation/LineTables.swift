import PrecastObjectEmission

/// The native line tables of all units.
struct LineTables {
    private(set) var section = SectionBuilder()
    private(set) var strings = StringBuilder()
    /// Of the unit that is being written; nil: it has none.
    private(set) var offset: UInt32?
    private var writer = LineWriter()
    private var unit = 0
    /// Numbers in this unit's table of other units' files.
    private var foreign: [UInt64: UInt32] = [:]

    /// A row of the guest's line table.
    struct Place {
        var unit: Int
        var number: Int
        var row: GuestLines.Row
    }

    init(_ plan: DebugPlan) {}

    /// Makes the table of a unit with the rows of its functions. Files keep the guest's numbers.
    mutating func begin(_ number: Int, _ functions: [Int], _ texts: inout GuestStrings, _ plan: DebugPlan) {
        unit = number
        foreign = [:]
        writer = LineWriter()
        offset = nil
        guard let guest = plan.lines[number] else { return }
        offset = UInt32(section.bytes.count)
        let entry = plan.table.entries[plan.table.units[number].entries.lowerBound]
        func text(_ name: UInt16) -> [UInt8] { plan.table.attribute(name, of: entry).flatMap { texts.text($0) }.map { Array($0) } ?? [] }
        for (i, directory) in guest.directories.enumerated() {
            let path = i == 0 && directory == .none ? text(AttributeName.compilationDirectory) : texts.text(directory)
            writer.directories.append(strings.add(texts.mapped(path)))
        }
        if writer.directories.isEmpty { writer.directories.append(strings.add(texts.mapped(text(AttributeName.compilationDirectory)))) }
        for (i, file) in guest.files.enumerated() {
            let path = i == 0 && file.name == .none ? text(AttributeName.name) : texts.text(file.name)
            let directory = file.directory < UInt64(writer.directories.count) ? UInt32(file.directory) : 0
            writer.files.append(LineWriter.File(name: strings.add(texts.mapped(path)), directory: directory))
        }
        for function in functions { if let native = plan.natives[function] { add(native, function, &texts, plan) } }
    }

    mutating func end() {
        if offset != nil { writer.write(to: &section) }
    }

    // MARK: Files

    /// The number in this unit's table of a file of unit `source`; nil where there is no such file.
    mutating func file(_ number: UInt64, of source: Int, _ texts: inout GuestStrings, _ plan: DebugPlan) -> UInt32? {
        guard offset != nil, let guest = plan.lines[source], number < UInt64(guest.files.count) else { return nil }
        if source == unit { return UInt32(number) }
        let key = UInt64(source) << 32 | number
        if let known = foreign[key] { return known }
        let file = guest.files[Int(number)]
        let entry = plan.table.entries[plan.table.units[source].entries.lowerBound]
        func text(_ name: UInt16) -> [UInt8] { plan.table.attribute(name, of: entry).flatMap { texts.text($0) }.map { Array($0) } ?? [] }
        let home = text(AttributeName.compilationDirectory)
        var directory = home
        if file.directory < UInt64(guest.directories.count), guest.directories[Int(file.directory)] != .none {
            let path = texts.text(guest.directories[Int(file.directory)])
            directory = path.first == 0x2f ? path : home + [0x2f] + path
        }
        let name = number == 0 && file.name == .none ? text(AttributeName.name) : texts.text(file.name)
        let place = strings.add(texts.mapped(directory))
        let directoryNumber: Int
        if let known = writer.directories.firstIndex(of: place) { directoryNumber = known } else {
            directoryNumber = writer.directories.count
            writer.directories.append(place)
        }
        let result = UInt32(writer.files.count)
        writer.files.append(LineWriter.File(name: strings.add(texts.mapped(name)), directory: UInt32(directoryNumber)))
        foreign[key] = result
        return result
    }

    // MARK: Rows

    /// The guest's row of an offset in the code of a function.
    func place(_ guest: UInt32, _ functionIndex: UInt32, _ plan: DebugPlan) -> Place? {
        let position = Int(functionIndex) - Int(plan.code.importedFunctionCount)
        guard plan.homes.indices.contains(position), let unit = plan.homes[position]?.unit else { return nil }
        guard let lines = plan.lines[unit], let number = lines.row(at: guest) else { return nil }
        return Place(unit: unit, number: number, row: lines.rows[number])
    }

    private mutating func add(_ native: NativeFunction, _ function: Int, _ texts: inout GuestStrings, _ plan: DebugPlan) {
        guard let start = firstPlace(of: function, plan) else { return }
        writer.beginFunction(native.number)
        var places = [Place?](repeating: nil, count: native.locations.count)
        var isKnown = [Bool](repeating: false, count: native.locations.count)
        var lastUnit = unit, lastNumber = -1, lastMoved = false
        let body = prologueEnd(of: function, from: start, plan)
        var endsPrologue = body != nil
        var at: UInt32 = 0
        if native.segments.first.map({ $0.range.start > 0 || Int($0.location) >= native.locations.count }) ?? true {
            emit(start, at: 0, native, &texts, plan)
            (lastUnit, lastNumber) = (start.unit, start.number)
            at = 1
        }
        for segment in native.segments {
            let location = Int(segment.location)
            if location >= native.locations.count {
                if segment.range.start < at || lastNumber == -2 { continue }
                writer.add(segment.range.start, LineWriter.Row(file: 0, line: 0, column: 0, isStatement: false), endsPrologue: false)
                lastNumber = -2
                continue
            }
            if !isKnown[location] {
                isKnown[location] = true
                places[location] = place(of: segment.location, native, plan)
            }
            guard let place = places[location] else { continue }
            let isMoved = native.locations[location].isMoved
            let isBody = endsPrologue && !isMoved && segment.range.start >= native.prologueEnd
                && native.instance(of: segment.location) == 0 && place.unit == start.unit && place.number >= body ?? .max
            if place.unit == lastUnit, place.number == lastNumber, isMoved == lastMoved, !isBody { continue }
            (lastUnit, lastNumber, lastMoved) = (place.unit, place.number, isMoved)
            emit(place, at: segment.range.start, native, &texts, plan, isMoved: isMoved, endsPrologue: isBody)
            if isBody { endsPrologue = false }
        }
        writer.endFunction(size: native.size)
    }

    /// The guest's first row of a function's code.
    private func firstPlace(of function: Int, _ plan: DebugPlan) -> Place? {
        guard let home = plan.homes[function], let lines = plan.lines[home.unit], let row = lines.firstRow(in: home.guest) else { return nil }
        return Place(unit: home.unit, number: row, row: lines.rows[row])
    }

    /// The guest's row in which a function's prologue ends.
    private func prologueEnd(of function: Int, from start: Place, _ plan: DebugPlan) -> Int? {
        guard let lines = plan.lines[start.unit], let end = plan.homes[function]?.guest.end else { return nil }
        for number in start.number..<lines.rows.count {
            let row = lines.rows[number]
            if row.address >= end || row.flags.contains(.endsSequence) { return nil }
            if row.flags.contains(.endsPrologue) { return number }
        }
        return nil
    }

    /// The innermost place of a chain of inlined calls that has a row.
    private func place(of location: UInt32, _ native: NativeFunction, _ plan: DebugPlan) -> Place? {
        var location = location
        while Int(location) < native.locations.count {
            let data = native.locations[Int(location)]
            if let found = place(data.wasmOffset &- plan.code.start, data.functionIndex, plan) { return found }
            if data.caller >= location { return nil }
            location = data.caller
        }
        return nil
    }

    private mutating func emit(
        _ place: Place, at offset: UInt32, _ native: NativeFunction, _ texts: inout GuestStrings, _ plan: DebugPlan, isMoved: Bool = false,
        endsPrologue: Bool = false
    ) {
        let file = file(UInt64(place.row.file), of: place.unit, &texts, plan)
        let row = LineWriter.Row(
            file: file ?? 0, line: file == nil ? 0 : place.row.line, column: place.row.column,
            isStatement: place.row.flags.contains(.isStatement) && !isMoved)
        writer.add(offset, row, endsPrologue: endsPrologue)
    }
}
