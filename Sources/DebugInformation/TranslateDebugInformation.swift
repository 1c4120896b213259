import PrecastMachineCode
public import PrecastObjectEmission
import Synchronization

/// What the translation of debug information goes by.
public struct DebugSettings: Sendable {
    public var prefixMaps: [PathPrefixMap] = []
    public init() {}
}

/// Rewrites a guest's DWARF for the machine code that its functions became.
///
/// Input: the guest's sections (DWARF 4 or 5, addresses in the code section), where its functions are in the module, and the compiled functions. Output:
/// sections of DWARF 5 with 8-byte addresses, whose address fields are left to linking, and warnings for everything that was left out. Whatever the
/// sections hold, this returns; docs/debug-information.md says what becomes of what.
///
/// - Parameter forEach: calls a function with all numbers below a count, by any number of threads. How many there are does not show in what is written.
/// - Complexity: linear in the sections and the functions, but for sorting and binary searches.
public func translateDebugInformation(
    _ sections: GuestSections, _ code: GuestCode, _ context: ContextPlaces, _ module: LinkedModule, _ settings: DebugSettings, forEach: ForEach = oneByOne
) -> (sections: [DebugSection], warnings: [DebugWarning]) {
    if sections.isEmpty { return ([], []) }
    var warnings = WarningList()
    let entries = EntryTable(sections, &warnings)
    let plan = DebugPlan(sections, entries, code, module, warnings, forEach)
    warnings = plan.warnings
    let descriptions = describeFunctions(plan, context, forEach)
    for (position, description) in descriptions.enumerated() where description?.isIncomplete ?? false {
        let entry = plan.table.entries[Int(plan.entryOfFunction[position])]
        let unit = plan.table.units[Int(entry.unit)]
        warnings.add(DebugWarning("a function's variables have too many places: some are left out", unit: unit.offset, entry: entry.offset))
    }
    var translation = DebugTranslation(plan, descriptions, context, module, settings)
    translation.run()
    return (translation.finish(), warnings.report)
}

/// Calls a function with every number below a count, and returns when all calls have.
public typealias ForEach = (_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> Void

public func oneByOne(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) { for number in 0..<count { body(number) } }

/// What `make` makes of every number below `count`.
func collect<Element: Sendable>(_ count: Int, _ forEach: ForEach, _ make: @escaping @Sendable (Int) -> Element) -> [Element] {
    let results = Results<Element>(count: count)
    forEach(count) { number in
        let element = make(number)
        results.elements.withLock { $0[number] = element }
    }
    return results.elements.withLock { $0.compactMap { $0 } }
}
private final class Results<Element: Sendable>: Sendable {
    let elements: Mutex<[Element?]>
    init(count: Int) { elements = Mutex(Array(repeating: nil, count: count)) }
}
