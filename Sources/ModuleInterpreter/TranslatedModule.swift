public import PrecastArtifactFormat
public import PrecastCompiler
public import PrecastIR
public import PrecastTranslation
import PrecastWasmBinary
public import PrecastWasmModel
public import PrecastWasmTypes
import PrecastWasmValidation

/// A module with the plan and the translator that its functions are taken from.
public final class TranslatedModule {
    public let module: Module
    public let plan: ModulePlan
    public var translator: FunctionTranslator

    public init(_ bytes: [UInt8], tunables: Tunables = Tunables(), features: FeatureSet = .default, makesTablesReadOnly: Bool = true) throws {
        module = try decodeModule(bytes, features: features)
        let context = try validate(module)
        plan = try ModulePlan(module, context.types, tunables: tunables, makesTablesReadOnly: makesTablesReadOnly)
        translator = FunctionTranslator(plan.environment, context)
    }

    /// The `position`-th function that the module defines.
    public func function(_ position: Int) throws -> Function {
        try translator.translate(module.definedFunction(position))
    }

    /// Calls `body` with every function and trampoline, verified, in the order of their numbers.
    public func forEach(_ body: (borrowing Function) throws -> Void) throws {
        for position in module.bodies.indices {
            let function = try function(position)
            try verify(function)
            try body(function)
        }
        for type in plan.entryTrampolines {
            let function = translator.translateEntryTrampoline(type, number: plan.entryTrampoline(for: type)!)
            try verify(function)
            try body(function)
        }
        for type in plan.hostTrampolines {
            let function = translator.translateHostTrampoline(type, number: plan.hostTrampoline(for: type)!)
            try verify(function)
            try body(function)
        }
    }

    /// All of it as text.
    public func text() throws -> String {
        var text = plan.readOnlyTables.map { describe($0) }.joined()
        try forEach { text += print($0) }
        return text
    }
}

private func describe(_ table: ReadOnlyTable) -> String {
    let entries = table.entries.map { $0.isNull ? "null" : "function \($0.function) type \($0.type.rawValue)" }
    return "table \(table.table.rawValue) at \(table.offset) = [" + entries.joined(separator: ", ") + "]\n"
}
