public import PrecastDebugInformation
import PrecastObjectEmission
import PrecastTranslation
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTypes

/// A module's text with the lines that its operators are on.
public typealias TextListing = PrecastDebugInformation.TextListing

/// What a compilation makes of a module's debug information.
public struct DebugOptions: Sendable {
    /// Paths that start with the first of a pair start with the second in the artifact; the last pair that fits counts.
    public var prefixMaps: [(old: String, new: String)] = []
    /// The module with the debug information, where that is not the one that is compiled. It has the same code.
    public var debugModule: [UInt8]?
    /// Debug information to make up, instead of the module's.
    public var listing: TextListing?
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
            let executor = ParallelExecutor(threadCount: min(configuration.threadCount, linked.functions.count))
            let (sections, warnings) = translateDebugInformation(
                guestSections(plan.module, code), code, ContextPlaces(plan.layout), linked, settings, forEach: executor.forEach)
            for found in warnings { warning?(found.description) }
            return sections + [localPlacesSection(linked, types: localTypes(plan.module))]
        }
    }

    /// The types of the locals of a module's functions, which were translated.
    private func localTypes(_ module: Module) -> (UInt32) -> [LocalPlaces.TypeRun] {
        var reader = OperatorReader(module)
        func type(_ type: ValueType) -> LocalPlaces.LocalType {
            switch type {
            case .i32: .i32
            case .i64: .i64
            case .f32: .f32
            case .f64: .f64
            case .v128: .v128
            default: .reference
            }
        }
        return { index in
            var runs: [LocalPlaces.TypeRun] = []
            func add(_ count: UInt32, _ found: ValueType) {
                if count == 0 { return }
                if runs.last?.type == type(found) { runs[runs.count - 1].count += count } else { runs.append(LocalPlaces.TypeRun(count: count, type: type(found))) }
            }
            for parameter in module.functionType(module.functions[Int(index)])?.parameters ?? [] { add(1, parameter) }
            if (try? reader.begin(FunctionIndex(rawValue: index))) != nil { for run in reader.localDeclarations { add(run.count, run.type) } }
            return runs
        }
    }

    private func guestSections(_ module: Module, _ code: GuestCode) -> GuestSections {
        if let listing = configuration.debugOptions.listing { return GuestSections(listing, codeStart: code.start) }
        guard let bytes = configuration.debugOptions.debugModule else { return GuestSections(module) }
        do throws(DecodeError) {
            return GuestSections(try decodeModule(bytes, features: .all, supported: .all, limits: configuration.limits))
        } catch {
            warning?("debug information: the module that has it: \(error)")
            return GuestSections(module)
        }
    }
}

/// Where a module says that its debug information is: the name in its custom section `external_debug_info`. nil: nowhere else.
public func externalDebugInformation(_ bytes: [UInt8]) -> String? {
    guard let module = try? decodeModule(bytes, features: .all),
        let section = module.customSections.first(where: { $0.name == "external_debug_info" })
    else { return nil }
    var reader = ByteReader(module.bytes, section.payload)
    return try? reader.readName(maximum: 4096)
}

/// Takes symbols and debug information out of an artifact; what is loaded stays the same.
///
/// - Parameter debugFileName: what the artifact says that the file with what was taken out is called; nil: nothing.
public func separateDebugInformation(_ artifact: [UInt8], debugFileName: String?) throws(CompileError) -> (artifact: [UInt8], debugFile: [UInt8]) {
    do throws(EmissionError) {
        let result = try separateDebugFile(artifact, debugFileName: debugFileName)
        return (result.artifact, result.debugFile)
    } catch {
        throw .emission("\(error)")
    }
}
