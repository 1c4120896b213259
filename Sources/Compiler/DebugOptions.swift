import PrecastDebugInformation
import PrecastObjectEmission
import PrecastTranslation
import PrecastWasmModel

/// What a compilation makes of a module's debug information.
public struct DebugOptions: Sendable {
    /// Paths that start with the first of a pair start with the second in the artifact; the last pair that fits counts.
    public var prefixMaps: [(old: String, new: String)] = []
    public init() {}
}

extension Compiler {
    /// The module's DWARF for the code that its functions became.
    func debugSections(_ linked: LinkedModule, _ plan: ModulePlan, _ timing: Timing) -> [DebugSection] {
        guard configuration.debugInformation, let codeSection = plan.module.codeSection else { return [] }
        return timing.measure(.debug) {
            var settings = DebugSettings()
            settings.prefixMaps = configuration.debugOptions.prefixMaps.map { PathPrefixMap(old: Array($0.old.utf8), new: Array($0.new.utf8)) }
            let code = GuestCode(
                start: codeSection.start, bodies: plan.module.bodies.map { $0.range.start..<$0.range.end },
                importedFunctionCount: UInt32(plan.module.importedFunctionCount))
            let (sections, warnings) = translateDebugInformation(GuestSections(plan.module), code, ContextPlaces(plan.layout), linked, settings)
            for found in warnings { warning?(found.description) }
            return sections
        }
    }
}
