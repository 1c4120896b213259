import PrecastArtifactFormat
public import PrecastCompiler
import PrecastIR
import PrecastIRInterpreter
import PrecastModuleInterpreter
import PrecastWasmModel
import PrecastWasmTypes
import Synchronization

/// Runs modules' IR in the interpreter: as translated, or as the optimizer left it.
public struct InterpreterEngine {
    /// Instructions for a module.
    public var fuel = 3_000_000

    private let tunables: Tunables

    public init() {
        var configuration = CompilerConfiguration()
        configuration.makesRelaxedSIMDDeterministic = true
        tunables = configuration.tunables
    }

    /// What a run says.
    public enum Answer {
        case lines([String])
        /// The fuel is used up, or something is not for the interpreter.
        case gaveUp(String)
    }

    /// - Parameter compiler: gives the optimized functions; nil: they are interpreted as translated.
    public func run(_ module: FuzzModule, _ bytes: [UInt8], optimizedBy compiler: Compiler? = nil) -> Answer {
        do {
            let instance = try instantiate(bytes, compiler)
            instance.machine.fuel = fuel
            return .lines(try lines(module, instance))
        } catch let reason as MachineError {
            return .gaveUp("\(reason)")
        } catch {
            return .lines(["error: \(error)"])
        }
    }

    private func instantiate(_ bytes: [UInt8], _ compiler: Compiler?) throws -> InterpretedInstance {
        guard let compiler else { return try InterpretedInstance(bytes, tunables: tunables, features: .all) }
        let functions = FunctionCollection()
        var observed = compiler
        observed.hooks.optimized = { function in
            compiler.hooks.optimized?(&function)
            functions.add(function.clone())
        }
        _ = try observed.compile(bytes)
        let translated = try TranslatedModule(
            bytes, tunables: compiler.configuration.tunables, features: .all,
            makesTablesReadOnly: !compiler.configuration.disabledOptimizations.contains("read-only-tables"))
        return try InterpretedInstance(translated) { _, machine in functions.define(in: machine) }
    }

    private func lines(_ module: FuzzModule, _ instance: InterpretedInstance) throws(MachineError) -> [String] {
        var lines: [String] = []
        for call in module.calls {
            let name = FuzzModule.functionName(call.function)
            instance.setGlobal(FuzzModule.fuelGlobal, UInt64(FuzzModule.fuel))
            lines.append("call \(name) " + (try outcome(instance, name, call, module.type(of: call.function))))
        }
        for i in module.memories.indices where module.memories[i].isExported {
            let bytes = instance.memoryBytes(i)
            lines.append(Outcome.memory(FuzzModule.memoryName(i), bytes, count: bytes.count))
        }
        for i in module.globals.indices where module.globals[i].isExported && module.globals[i].type.isNumber {
            lines.append(Outcome.global(FuzzModule.globalName(i), instance.globalValue(i), module.globals[i].type))
        }
        for i in module.tables.indices where module.tables[i].isExported {
            lines.append(Outcome.table(FuzzModule.tableName(i), (instance.tableElements(i) ?? []).map { $0 == 0 }))
        }
        return lines
    }

    private func outcome(_ instance: InterpretedInstance, _ name: String, _ call: FuzzModule.Call, _ type: FunctionType) throws(MachineError) -> String {
        do throws(MachineError) {
            let results = try instance.call(name, call.arguments)
            return Outcome.results(zip(results, type.results).map { ($0, $1) })
        } catch {
            switch error {
            case .trap(let code): return Outcome.trap(TrapCode(rawValue: code)?.message ?? "code \(code)")
            case .exception: return Outcome.trap(TrapCode.uncaughtException.message)
            default: throw error
            }
        }
    }
}

/// Functions that a compilation showed.
private final class FunctionCollection: Sendable {
    private let bodies = Mutex<[FunctionHolder]>([])
    func add(_ function: consuming Function) {
        let holder = FunctionHolder(function)
        bodies.withLock { $0.append(holder) }
    }
    func define(in machine: PrecastIRInterpreter.Machine) {
        bodies.withLock { for holder in $0 { machine.define(holder.function.clone()) } }
    }
}
private final class FunctionHolder: @unchecked Sendable {
    let function: Function
    init(_ function: consuming Function) { self.function = function }
}
