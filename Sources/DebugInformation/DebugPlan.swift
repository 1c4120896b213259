import PrecastArtifactFormat
import PrecastObjectEmission

/// Which entries are written, and which code belongs to them: decided before anything is written, as references go forwards and backwards.
struct DebugPlan: Sendable {
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
    /// By entry: the position of the guest's function with code that it is in; negative: in none.
    private var functionsAround: [Int32]
    /// The entry of a guest's function, by position.
    private(set) var entryOfFunction: [UInt32]
    /// By position of the guest's function; none where it has no code.
    let natives: [NativeFunction?]
    /// By position of the guest's function: the unit that it is in, and what code it has there. None where nothing describes it.
    private(set) var homes: [Home?]
    /// By unit: functions that only its line table knows.
    private(set) var functionsWithoutEntry: [[Int]]
    /// By unit.
    private(set) var lines: [GuestLines?] = []
    /// Steps that scopes are worth: ranges, and spans of code in them. Lists that many scopes share would make their number quadratic.
    private var budget: Int

    struct Scope: Sendable {
        /// In the guest's code, inside those of the scope around it.
        var guest: [GuestRange]
        var code: [CodeRange]
    }
    struct Home: Sendable {
        var unit: Int
        var guest: GuestRange
    }
    static let none = UInt32.max

    init(
        _ sections: GuestSections, _ table: EntryTable, _ code: GuestCode, _ module: LinkedModule, _ warnings: WarningList, _ forEach: ForEach
    ) {
        self.sections = sections
        self.table = table
        self.code = code
        self.module = module
        self.warnings = warnings
        natives = Self.natives(code, module, forEach)
        let size = sections.info.count + sections.ranges.count + sections.rangeLists.count + module.functions.reduce(0) { $0 + $1.compiled.code.count }
        budget = 65_536 + 64 * size
        functionsAround = [Int32](repeating: -1, count: table.entries.count)
        lists = GuestLists(sections: sections, entries: table)
        isWritten = [Bool](repeating: false, count: table.entries.count)
        hasWrittenChildren = isWritten
        places = [Int32](repeating: -1, count: table.entries.count)
        entryOfFunction = [UInt32](repeating: Self.none, count: code.bodies.count)
        homes = Array(repeating: nil, count: code.bodies.count)
        functionsWithoutEntry = Array(repeating: [], count: table.units.count)
        readLines()
        findEntries()
        for unit in table.units { decide(unit) }
        for function in homes.indices where homes[function] == nil { entryOfFunction[function] = Self.none }
        for unit in table.units.indices where isWritten[table.units[unit].entries.lowerBound] { addFunctionsWithoutEntry(to: unit) }
    }

    private static func natives(_ code: GuestCode, _ module: LinkedModule, _ forEach: ForEach) -> [NativeFunction?] {
        var numbers = [Int](repeating: -1, count: code.bodies.count)
        for (number, function) in module.functions.enumerated() where function.kind == .function {
            let position = Int(function.functionIndex) - Int(code.importedFunctionCount)
            if numbers.indices.contains(position) { numbers[position] = number }
        }
        let chosen = numbers
        return collect(code.bodies.count, forEach) { position in
            let number = chosen[position]
            return number < 0 ? nil : NativeFunction(module.functions[number], number: number, code)
        }
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

    /// The function with code that an entry is in.
    func functionAround(_ number: Int) -> Int? { functionsAround[number] >= 0 ? Int(functionsAround[number]) : nil }

    // MARK: Functions

    /// Functions of assembly have lines and no entries. A sequence has to end where the function does: where the linker took another unit's copy
    /// of a function, the rows of those that it left out do not.
    private mutating func addFunctionsWithoutEntry(to unit: Int) {
        for sequence in lines[unit]?.sequences ?? [] {
            guard let function = code.function(containing: sequence), homes[function] == nil, natives[function] != nil, code.ends(sequence, function) else { continue }
            homes[function] = Home(unit: unit, guest: sequence)
            functionsWithoutEntry[unit].append(function)
        }
    }

    /// The entry of each function. Where the linker took another unit's copy of a function, several claim its code: it is the one that ends where the
    /// function does, or else the first.
    private mutating func findEntries() {
        var isExact = [Bool](repeating: false, count: code.bodies.count)
        for (number, entry) in table.entries.enumerated() where entry.tag == Tag.subprogram && hasCode(entry) {
            guard let (first, function) = functionCode(entry) else { continue }
            let fits = code.ends(first, function)
            if entryOfFunction[function] != Self.none && (isExact[function] || !fits) { continue }
            entryOfFunction[function] = UInt32(number)
            isExact[function] = fits
        }
    }

    private func hasCode(_ entry: Entry) -> Bool {
        table.attribute(AttributeName.lowPC, of: entry) != nil || table.attribute(AttributeName.ranges, of: entry) != nil
    }
    /// The first range of an entry, and the function with code that it is in.
    private mutating func functionCode(_ entry: Entry) -> (range: GuestRange, function: Int)? {
        guard spend(1) else { return nil }
        let ranges = lists.ranges(of: entry)
        guard spend(ranges.count), let first = ranges.first, let function = code.function(containing: first), natives[function] != nil else { return nil }
        return (first, function)
    }

    private mutating func readLines() {
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
        /// The function with code around it, however many declarations are between.
        var functionAround: Int32 = -1
    }

    private mutating func decide(_ unit: Unit) {
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
            let outer = around.count - 1
            guard isKept(entry, inDeadCode: around[outer].isDead, unit) else {
                number = Int(entry.end)
                continue
            }
            let hasChildren = entry.end > UInt32(number + 1)
            if entry.tag == Tag.subprogram {
                around.append(enterFunction(entry, number, around[outer].functionAround))
            } else if around[outer].function != nil, Tag.isScope(entry.tag) {
                guard let scope = enterScope(entry, number, &around[outer]) else {
                    number = Int(entry.end)
                    continue
                }
                around.append(scope)
            } else if hasChildren {
                around.append(around[outer])
                around[outer + 1].end = entry.end
            }
            isWritten[number] = true
            functionsAround[number] = around[outer].functionAround
            if entry.parent != Self.none { hasWrittenChildren[Int(entry.parent)] = true }
            number += 1
        }
    }

    /// Whether the entry is written, as far as its tag tells.
    private mutating func isKept(_ entry: Entry, inDeadCode: Bool, _ unit: Unit) -> Bool {
        if Tag.isCallSite(entry.tag) { return false }
        guard Tag.isKnown(entry.tag) else {
            warnings.add(DebugWarning("tag 0x\(String(entry.tag, radix: 16)) is unknown", unit: unit.offset, entry: entry.offset))
            return false
        }
        if entry.tag == Tag.compileUnit || entry.tag == Tag.partialUnit || entry.tag == Tag.skeletonUnit {
            warnings.add(DebugWarning("a unit's entry inside a unit", unit: unit.offset, entry: entry.offset))
            return false
        }
        return !inDeadCode || !(Tag.isScope(entry.tag) || Tag.isData(entry.tag) || entry.tag == Tag.label)
    }

    /// What a scope in a function is for those inside it; nil: it has no code.
    private mutating func enterScope(_ entry: Entry, _ number: Int, _ around: inout Surroundings) -> Surroundings? {
        guard let function = around.function, let native = natives[function], spend(1 + around.guest.count) else { return nil }
        let ranges = lists.ranges(of: entry)
        guard spend(ranges.count) else { return nil }
        let guest = around.claimed.claim(intersection(ranges, around.guest))
        guard spend(native.spanCount(of: guest, in: 0)) else { return nil }
        let code = native.code(of: guest, in: 0)
        if code.isEmpty { return nil }
        places[number] = Int32(scopeList.count)
        scopeList.append(Scope(guest: guest, code: code))
        return Surroundings(end: entry.end, function: function, guest: guest, functionAround: around.functionAround)
    }

    /// Whether the budget was enough. Where it was not for the first time, says so.
    private mutating func spend(_ steps: Int) -> Bool {
        let wasEnough = budget >= 0
        if wasEnough { budget -= steps }
        if wasEnough && budget < 0 { warnings.add(DebugWarning("scopes have too many ranges: some are left out")) }
        return budget >= 0
    }

    /// What a function is for those inside it.
    private mutating func enterFunction(_ entry: Entry, _ number: Int, _ functionAround: Int32) -> Surroundings {
        var inner = Surroundings(end: entry.end, functionAround: functionAround)
        guard hasCode(entry) else { return inner }
        inner.isDead = true
        guard let (first, function) = functionCode(entry), entryOfFunction[function] == UInt32(number) else { return inner }
        homes[function] = Home(unit: Int(entry.unit), guest: first)
        places[number] = Int32(function)
        (inner.function, inner.guest, inner.isDead, inner.functionAround) = (function, lists.ranges(of: entry), false, Int32(function))
        return inner
    }

    /// What two sets of ranges have in common, ascending.
    func intersection(_ ranges: [GuestRange], _ others: [GuestRange]) -> [GuestRange] {
        let a = Self.ascending(ranges), b = Self.ascending(others)
        var result: [GuestRange] = [], i = 0, j = 0
        while i < a.count, j < b.count {
            let start = max(a[i].start, b[j].start), end = min(a[i].end, b[j].end)
            if start < end { result.append(GuestRange(start: start, end: end)) }
            if a[i].end < b[j].end { i += 1 } else { j += 1 }
        }
        return result
    }
    private static func ascending(_ ranges: [GuestRange]) -> [GuestRange] {
        for i in ranges.indices.dropFirst() where ranges[i].start < ranges[i - 1].start { return ranges.sorted { $0.start < $1.start } }
        return ranges
    }
}
