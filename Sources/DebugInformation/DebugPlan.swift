import PrecastArtifactFormat
import PrecastObjectEmission

/// Which entries are written, and which code belongs to them: decided before anything is written, as references go forwards and backwards.
final class DebugPlan {
    let sections: GuestSections
    let table: EntryTable
    let code: GuestCode
    let lists: GuestLists
    let module: LinkedModule
    var warnings: WarningList
    /// By entry.
    private(set) var isWritten: [Bool]
    private(set) var hasWrittenChildren: [Bool]
    /// The scopes in functions with code.
    private var scopeList: [Scope] = []
    /// By entry: the position in `scopeList` of a scope, or in the guest's functions of a function; negative: neither.
    private var places: [Int32]
    /// The entry of a guest's function, by position.
    private(set) var entryOfFunction: [UInt32]
    /// By position of the guest's function; none where nothing describes it, or it has no code.
    private(set) var natives: [NativeFunction?]
    /// By position of the guest's function: the unit that it is in, and what code it has there.
    private(set) var homes: [Home?]
    /// By unit: functions that only its line table knows.
    private(set) var functionsWithoutEntry: [[Int]]
    /// By unit.
    private(set) var lines: [GuestLines?] = []

    struct Scope {
        /// In the guest's code, inside those of the scope around it.
        var guest: [GuestRange]
        var code: [CodeRange]
    }
    struct Home {
        var unit: Int
        var guest: GuestRange
    }
    static let none = UInt32.max

    init(_ sections: GuestSections, _ table: EntryTable, _ code: GuestCode, _ module: LinkedModule, _ warnings: WarningList) {
        self.sections = sections
        self.table = table
        self.code = code
        self.module = module
        self.warnings = warnings
        lists = GuestLists(sections: sections, entries: table)
        isWritten = [Bool](repeating: false, count: table.entries.count)
        hasWrittenChildren = isWritten
        places = [Int32](repeating: -1, count: table.entries.count)
        entryOfFunction = [UInt32](repeating: Self.none, count: code.bodies.count)
        natives = Array(repeating: nil, count: code.bodies.count)
        homes = Array(repeating: nil, count: code.bodies.count)
        functionsWithoutEntry = Array(repeating: [], count: table.units.count)
    }

    /// The code of the scope that an entry is; nil: it is none that has code.
    func scope(_ number: Int) -> Scope? {
        let place = places[number]
        return place >= 0 && table.entries[number].tag != Tag.subprogram ? scopeList[Int(place)] : nil
    }
    /// The guest's function that an entry is.
    func function(_ number: Int) -> Int? {
        let place = places[number]
        return place >= 0 && table.entries[number].tag == Tag.subprogram ? Int(place) : nil
    }

    func decide() {
        var numbers = [Int](repeating: -1, count: code.bodies.count)
        for (number, function) in module.functions.enumerated() where function.kind == .function {
            let position = Int(function.functionIndex) - Int(code.importedFunctionCount)
            if numbers.indices.contains(position) { numbers[position] = number }
        }
        readLines()
        findEntries(numbers)
        for unit in table.units { decide(unit, numbers) }
        for function in natives.indices where natives[function] == nil { entryOfFunction[function] = Self.none }
        for unit in table.units.indices where isWritten[table.units[unit].entries.lowerBound] { addFunctionsWithoutEntry(to: unit, numbers) }
    }

    /// Functions of assembly have lines and no entries. A sequence has to end where the function does: where the linker took another unit's copy
    /// of a function, the rows of those that it left out do not.
    private func addFunctionsWithoutEntry(to unit: Int, _ numbers: [Int]) {
        for sequence in lines[unit]?.sequences ?? [] {
            guard let function = code.function(containing: sequence), homes[function] == nil, numbers[function] >= 0, code.ends(sequence, function) else { continue }
            natives[function] = NativeFunction(module.functions[numbers[function]], number: numbers[function], code)
            homes[function] = Home(unit: unit, guest: sequence)
            functionsWithoutEntry[unit].append(function)
        }
    }

    /// The entry of each function. Where the linker took another unit's copy of a function, several claim its code: it is the one that ends where the
    /// function does, or else the first.
    private func findEntries(_ numbers: [Int]) {
        var isExact = [Bool](repeating: false, count: code.bodies.count)
        for (number, entry) in table.entries.enumerated() where entry.tag == Tag.subprogram && hasCode(entry) {
            guard let first = lists.ranges(of: entry).first, let function = code.function(containing: first), numbers[function] >= 0 else { continue }
            let fits = code.ends(first, function)
            if entryOfFunction[function] != Self.none && (isExact[function] || !fits) { continue }
            entryOfFunction[function] = UInt32(number)
            isExact[function] = fits
        }
    }

    private func hasCode(_ entry: Entry) -> Bool {
        table.attribute(AttributeName.lowPC, of: entry) != nil || table.attribute(AttributeName.ranges, of: entry) != nil
    }

    private func readLines() {
        var known: [UInt64: Int] = [:]
        for (number, unit) in table.units.enumerated() {
            guard let list = table.attribute(AttributeName.statementList, of: table.entries[unit.entries.lowerBound]), list.kind == .sectionOffset else {
                lines.append(nil)
                continue
            }
            if let earlier = known[list.value] {
                lines.append(lines[earlier])
            } else {
                known[list.value] = number
                lines.append(GuestLines(sections, at: list.value, unit: unit, limit: code.limit, &warnings))
            }
        }
    }

    // MARK: Entries

    /// What an entry is inside of.
    private struct Surroundings {
        var end: UInt32
        /// The function and its guest ranges, where code of one that lives is around.
        var function: Int?
        var guest: [GuestRange] = []
        /// What its scopes so far have of that.
        var claimed = ClaimedCode()
        var isDead = false
    }

    private func decide(_ unit: Unit, _ numbers: [Int]) {
        let first = unit.entries.lowerBound
        let tag = table.entries[first].tag
        guard tag == Tag.compileUnit || tag == Tag.partialUnit || tag == Tag.skeletonUnit else {
            return warnings.add(DebugWarning("the unit's own entry has tag 0x\(String(tag, radix: 16))", unit: unit.offset, entry: table.entries[first].offset))
        }
        isWritten[first] = true
        var around = [Surroundings(end: table.entries[first].end)]
        var number = first + 1
        while number < unit.entries.upperBound {
            let entry = table.entries[number]
            while around.count > 1, let last = around.last, last.end <= UInt32(number) { around.removeLast() }
            guard let inner = decide(entry, number, &around[around.count - 1], unit, numbers) else {
                number = Int(entry.end)
                continue
            }
            isWritten[number] = true
            if entry.parent != Self.none { hasWrittenChildren[Int(entry.parent)] = true }
            if entry.end > UInt32(number + 1) { around.append(inner) }
            number += 1
        }
    }

    /// What the entry is for those inside it; nil: it is not written.
    private func decide(_ entry: Entry, _ number: Int, _ around: inout Surroundings, _ unit: Unit, _ numbers: [Int]) -> Surroundings? {
        var inner = around
        inner.end = entry.end
        if Tag.isCallSite(entry.tag) { return nil }
        guard Tag.isKnown(entry.tag) else {
            warnings.add(DebugWarning("tag 0x\(String(entry.tag, radix: 16)) is unknown", unit: unit.offset, entry: entry.offset))
            return nil
        }
        if entry.tag == Tag.compileUnit || entry.tag == Tag.partialUnit || entry.tag == Tag.skeletonUnit {
            warnings.add(DebugWarning("a unit's entry inside a unit", unit: unit.offset, entry: entry.offset))
            return nil
        }
        if entry.tag == Tag.subprogram { return decideFunction(entry, number, inner, numbers) }
        if around.isDead, Tag.isScope(entry.tag) || Tag.isData(entry.tag) || entry.tag == Tag.label { return nil }
        if let function = around.function, Tag.isScope(entry.tag) {
            guard let native = natives[function] else { return nil }
            inner.guest = around.claimed.claim(intersection(lists.ranges(of: entry), around.guest))
            inner.claimed = ClaimedCode()
            let code = native.code(of: inner.guest, in: 0)
            if code.isEmpty { return nil }
            places[number] = Int32(scopeList.count)
            scopeList.append(Scope(guest: inner.guest, code: code))
        }
        return inner
    }

    private func decideFunction(_ entry: Entry, _ number: Int, _ inner: Surroundings, _ numbers: [Int]) -> Surroundings {
        var inner = inner
        (inner.function, inner.guest, inner.claimed, inner.isDead) = (nil, [], ClaimedCode(), false)
        guard hasCode(entry) else { return inner }
        inner.isDead = true
        let ranges = lists.ranges(of: entry)
        guard let first = ranges.first, let function = code.function(containing: first), entryOfFunction[function] == UInt32(number) else { return inner }
        let native = NativeFunction(module.functions[numbers[function]], number: numbers[function], code)
        natives[function] = native
        homes[function] = Home(unit: Int(entry.unit), guest: first)
        places[number] = Int32(function)
        (inner.function, inner.guest, inner.isDead) = (function, ranges, false)
        return inner
    }

    /// What two sets of ranges have in common, ascending.
    func intersection(_ ranges: [GuestRange], _ others: [GuestRange]) -> [GuestRange] {
        let a = ranges.sorted { $0.start < $1.start }, b = others.sorted { $0.start < $1.start }
        var result: [GuestRange] = [], i = 0, j = 0
        while i < a.count, j < b.count {
            let start = max(a[i].start, b[j].start), end = min(a[i].end, b[j].end)
            if start < end { result.append(GuestRange(start: start, end: end)) }
            if a[i].end < b[j].end { i += 1 } else { j += 1 }
        }
        return result
    }
}
