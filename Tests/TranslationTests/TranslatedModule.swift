import PrecastArtifactFormat
import PrecastCompiler
import PrecastIR
import PrecastTranslation
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTypes
import PrecastWasmValidation

/// A module with the plan and the translator that tests take its functions from.
final class TranslatedModule {
    let module: Module
    let plan: ModulePlan
    var translator: FunctionTranslator

    init(_ bytes: [UInt8], tunables: Tunables = Tunables(), features: FeatureSet = .default) throws {
        module = try decodeModule(bytes, features: features)
        let context = try validate(module)
        plan = try ModulePlan(module, context.types, tunables: tunables)
        translator = FunctionTranslator(plan.environment, context)
    }

    /// The `position`-th function that the module defines.
    func function(_ position: Int) throws -> Function {
        try translator.translate(module.definedFunction(position))
    }

    /// Calls `body` with every function and trampoline, verified, in the order of their numbers.
    func forEach(_ body: (borrowing Function) throws -> Void) throws {
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
    func text() throws -> String {
        var text = plan.readOnlyTables.map { describe($0) }.joined()
        try forEach { text += print($0) }
        return text
    }
}

private func describe(_ table: ReadOnlyTable) -> String {
    let entries = table.entries.map { $0.isNull ? "null" : "function \($0.function) type \($0.type.rawValue)" }
    return "table \(table.table.rawValue) at \(table.offset) = [" + entries.joined(separator: ", ") + "]\n"
}

extension Tunables {
    /// The tunables that a golden file's `options` line asks for.
    init(options: some Sequence<Substring>) {
        self.init()
        for option in options {
            switch option {
            case "no-signals": flags.remove(.signalTraps)
            case "no-masks": flags.subtract([.maskMemory, .maskTables])
            case "dynamic-memory": (memoryReservation, guardAfter) = (0, 0)
            default: break
            }
        }
    }
}
