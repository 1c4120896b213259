import PrecastArtifactFormat
import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import PrecastWasmValidation

/// Why a command failed.
struct Failure: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

/// A command is skipped: it needs a module that the compiler does not translate yet, and that the skip list lets it refuse.
private struct Skipped: Error {}

/// The state of a script that runs: one store, the instances by name, and the tally.
final class ScriptRunner {
    private let compiler: Compiler
    private let skips: ScriptSkips
    private let engine: Engine
    private let store: Store<Void>
    private let linker: Linker<Void>
    /// Instances by name; the last one under the empty name.
    private var instances: [String: Instance] = [:]
    private var definitions: [String: Module] = [:]
    /// Names, as in `instances` and `definitions`, of modules that were skipped.
    private var skippedModules: Set<String> = []
    /// Module names under which skipped instances would have been registered.
    private var skippedRegistrations: Set<String> = []
    private var threads: [String: ScriptThread] = [:]
    /// Whether the script's entry in the skip list was needed.
    private var wasRefused = false
    private(set) var result = WastResult()

    init(compiler: Compiler, skips: ScriptSkips) throws {
        self.compiler = compiler
        self.skips = skips
        engine = try Engine()
        store = try Store(engine)
        linker = Linker(engine)
        linker.allowsShadowing = true
        try defineSpectest(linker, store)
    }

    func run(_ commands: [ScriptCommand]) {
        for command in commands {
            do {
                try run(command.kind)
                if skips.lines.contains(command.line) {
                    fail(command.line, "works: its entry in the skip list is out of date")
                } else if command.kind.counts {
                    result.passed += 1
                }
            } catch {
                if error is Skipped || skips.lines.contains(command.line) {
                    if command.kind.counts { result.skipped += 1 }
                } else {
                    skippedModules.subtract(command.kind.definedNames)
                    fail(command.line, (error as? Failure)?.message ?? "\(error)")
                }
            }
        }
    }

    /// Counts an entry for the script that it does not need as a failure.
    func checkSkips() {
        if skips.skipsUntranslated && !wasRefused { fail(1, "all its modules are compiled: its entry in the skip list is out of date") }
    }

    private func fail(_ line: Int, _ message: String) {
        result.failed += 1
        result.failures.append(WastResult.Failure(line: line, message: message))
    }

    private func run(_ command: ScriptCommand.Kind) throws {
        switch command {
        case .module(let module): try define(module)
        case .instance(let name, let definition): try instantiate(definition, as: name)
        case .register(let name, let instance): try register(name, instance)
        case .action(let action): _ = try perform(action)
        case .assertReturn(let action, let expected): try assertReturn(action, expected)
        case .assertTrap(let action, let message): try assertTrap(message) { _ = try perform(action) }
        case .assertTrappingModule(let module, let message):
            let loaded = try load(module)
            try assertTrap(message) { _ = try linker.instantiate(loaded, in: store) }
        case .assertExhaustion(let action, _): try assertTrap(TrapCode.stackOverflow.message) { _ = try perform(action) }
        case .assertException(let action): try assertException(action)
        case .assertInvalid(let module, let message): try assertInvalid(module, message)
        case .assertMalformed(let module, let message): try assertMalformed(module, message)
        case .assertInvalidCustom(let module, _), .assertMalformedCustom(let module, _): try assertCustom(module)
        case .assertUnlinkable(let module, let message): try assertUnlinkable(module, message)
        case .thread(let name, let shared, let commands): try startThread(name, shared, commands)
        case .wait(let name): try wait(for: name)
        case .unreadable(let error): throw Failure(error.description)
        }
    }

    // MARK: Modules

    private func define(_ module: ScriptModule) throws {
        let names = ScriptCommand.Kind.module(module).definedNames
        if !module.isDefinition { instances[""] = nil }
        // Until it works: if it does not, it is skipped, or else the command's failure takes it out.
        skippedModules.formUnion(names)
        let loaded = try load(module)
        if module.isDefinition {
            for name in names { definitions[name] = loaded }
            skippedModules.subtract(names)
        } else {
            keep(try instantiate(loaded), as: module.name)
        }
    }

    private func instantiate(_ definition: String?, as name: String?) throws {
        instances[""] = nil
        skippedModules.formUnion(["", name].compactMap { $0 })
        guard let module = definitions[definition ?? ""] else {
            if skippedModules.contains(definition ?? "") { throw Skipped() }
            throw Failure("no module definition \(definition ?? "")")
        }
        keep(try instantiate(module), as: name)
    }

    private func instantiate(_ module: Module) throws -> Instance {
        do throws(InstantiationError) {
            return try linker.instantiate(module, in: store)
        } catch {
            if case .link(.unknownImport(let module, _, _)) = error, skippedRegistrations.contains(module) { throw Skipped() }
            throw error
        }
    }

    private func register(_ name: String, _ instance: String?) throws {
        do {
            try linker.define(name, try self.instance(instance))
            skippedRegistrations.remove(name)
        } catch let error as Skipped {
            skippedRegistrations.insert(name)
            throw error
        }
    }

    private func keep(_ instance: Instance, as name: String?) {
        for name in ["", name].compactMap({ $0 }) {
            instances[name] = instance
            skippedModules.remove(name)
        }
    }

    /// Compiles a module and loads the artifact.
    private func load(_ module: ScriptModule) throws -> Module {
        let bytes = try module.encode(), artifact: [UInt8]
        do throws(CompileError) {
            artifact = try compiler.compile(bytes)
        } catch {
            if error.isUntranslated && skips.skipsUntranslated {
                wasRefused = true
                throw Skipped()
            }
            throw error
        }
        let image = try ArtifactImage.open(copying: artifact, trust: .vouched)
        return try Module(engine, LoadedModule(image, registersUnwindInformation: false))
    }

    private func instance(_ name: String?) throws -> Instance {
        guard let instance = instances[name ?? ""] else {
            if skippedModules.contains(name ?? "") { throw Skipped() }
            throw Failure(name.map { "no instance \($0)" } ?? "no instance: the module before failed")
        }
        return instance
    }

    // MARK: Actions

    private func perform(_ action: ScriptAction) throws -> [Value] {
        switch action {
        case .get(let name, let global):
            guard let global = try instance(name).global(global) else { throw Failure("no global \(global)") }
            return [global.value]
        case .invoke(let name, let function, let arguments):
            guard let function = try instance(name).function(function) else { throw Failure("no function \(function)") }
            var values: [Value] = []
            for (index, argument) in arguments.enumerated() {
                let type = index < function.type.parameters.count ? function.type.parameters[index] : nil
                guard let value = Value(argument, type: type) else { throw Failure("arguments like \(argument) are not supported") }
                values.append(value)
            }
            return try function.call(values)
        }
    }

    // MARK: Assertions

    private func assertReturn(_ action: ScriptAction, _ expected: [ScriptResult]) throws {
        let values = try perform(action)
        let matches = values.count == expected.count && zip(values, expected).allSatisfy { $1.matches($0) }
        if !matches { throw Failure("expected \(expected.map(\.text)), found \(values.map(\.text))") }
    }

    private func assertTrap(_ message: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as CallError {
            return try check(error, message)
        } catch let error as InstantiationError {
            guard case .call(let error) = error else { throw error }
            return try check(error, message)
        }
        throw Failure("expected the trap '\(message)', found none")
    }

    private func assertException(_ action: ScriptAction) throws {
        do {
            _ = try perform(action)
        } catch CallError.exception {
            return
        }
        throw Failure("expected an uncaught exception, found none")
    }

    private func check(_ error: CallError, _ message: String) throws {
        guard case .trap(let trap) = error else { throw error }
        if message.hasPrefix(trap.message) || trap.message.hasPrefix(message) { return }
        throw Failure("expected the trap '\(message)', found '\(trap.message)'")
    }

    private func assertUnlinkable(_ module: ScriptModule, _ message: String) throws {
        let loaded = try load(module)
        do throws(LinkError) {
            _ = try linker.resolve(loaded)
        } catch {
            if error.description.hasPrefix(message) { return }
            throw Failure("expected '\(message)', found '\(error)'")
        }
        throw Failure("expected the module not to link: \(message)")
    }

    private func assertInvalid(_ module: ScriptModule, _ message: String) throws {
        switch refusal(of: module) {
        case .invalid: break
        case .malformed(let found): throw Failure("expected an invalid module (\(message)), found a malformed one: \(found)")
        case nil: throw Failure("expected an invalid module: \(message)")
        }
    }

    private func assertMalformed(_ module: ScriptModule, _ message: String) throws {
        switch refusal(of: module) {
        case .malformed: break
        // WebAssembly 3.0 reads limits of 64 bits everywhere, and refuses later what older texts call malformed.
        case .invalid where message.hasSuffix("constant out of range"): break
        // How blocks nest is seen by the validator alone, which then says so in these words.
        case .invalid(let found) where found.contains(message): break
        case .invalid(let found): throw Failure("expected a malformed module (\(message)), found an invalid one: \(found)")
        case nil: throw Failure("expected a malformed module: \(message)")
        }
    }

    /// Custom sections may be ignored, but ours are read.
    private func assertCustom(_ module: ScriptModule) throws {
        if refusal(of: module) == nil { throw Failure("expected a malformed or invalid custom section") }
    }

    private enum Refusal {
        case malformed(String)
        case invalid(String)
    }

    /// Why a module is no valid one, or nil if it is.
    private func refusal(of module: ScriptModule) -> Refusal? {
        let bytes: [UInt8]
        do throws(TextError) { bytes = try module.encode() } catch { return .malformed(error.description) }
        do throws(CompileError) {
            try compiler.validate(bytes)
            return nil
        } catch {
            switch error {
            case .decode(let error), .module(.decode(let error)): return .malformed(error.description)
            default: return .invalid(error.description)
            }
        }
    }

    // MARK: Threads

    private func startThread(_ name: String, _ shared: [String], _ commands: [ScriptCommand]) throws {
        let runner = try ScriptRunner(compiler: compiler, skips: skips)
        for name in shared { runner.keep(try instance(name), as: name) }
        threads[name] = ScriptThread(runner, commands)
    }

    private func wait(for name: String) throws {
        guard let thread = threads.removeValue(forKey: name) else { throw Failure("no thread \(name)") }
        result += thread.join()
    }
}

extension CompileError {
    /// Whether the module is refused only because the compiler does not translate all of it yet.
    fileprivate var isUntranslated: Bool {
        switch self {
        case .decode(let error), .module(.decode(let error)):
            if case .featureUnsupported = error.kind { return true }
        case .validation(let error), .module(.validation(let error)):
            if case .featureUnsupported = error.kind { return true }
        default: break
        }
        return false
    }
}

extension ScriptCommand.Kind {
    /// The names under which later commands find what the command defines.
    fileprivate var definedNames: [String] {
        switch self {
        case .module(let module): ["", module.name].compactMap { $0 }
        case .instance(let name, _): ["", name].compactMap { $0 }
        default: []
        }
    }

    /// Whether the command's success is an assertion that passed.
    var counts: Bool {
        switch self {
        case .module, .instance, .register, .thread, .wait: false
        default: true
        }
    }
}
