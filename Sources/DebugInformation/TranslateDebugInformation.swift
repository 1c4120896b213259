public import PrecastObjectEmission
import PrecastMachineCode

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
/// - Complexity: linear in the sections and the functions, but for sorting and binary searches.
public func translateDebugInformation(
    _ sections: GuestSections, _ code: GuestCode, _ context: ContextPlaces, _ module: LinkedModule, _ settings: DebugSettings
) -> (sections: [DebugSection], warnings: [DebugWarning]) {
    if sections.isEmpty { return ([], []) }
    var warnings = WarningList()
    let entries = EntryTable(sections, &warnings)
    let plan = DebugPlan(sections, entries, code, module, warnings)
    plan.decide()
    var translation = DebugTranslation(plan, context, module, settings)
    translation.run()
    return (translation.finish(), translation.plan.warnings.report)
}
