import PrecastArtifactFormat
import PrecastCompiler
import PrecastScriptHost
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

/// A command fails because what it needs was lost with the runner's process.
private struct Lost: Error {}

/// The state of a script that runs: one store, the numbers of its instances by name, and the tally.
final class ScriptRunner {
    private let compiler: Compiler
    private let skips: ScriptSkips
    /// Makes a store in place of one that was lost.
    private let makeExecutor: () throws(RunnerError) -> any ScriptExecutor
    /// Nil when it was lost and there is no other.
    private var executor: (any ScriptExecutor)?
    /// Instances by name; the last one under the empty name.
    private var instances: [String: UInt32] = [:]
    private var definitions: [String: UInt32] = [:]
    private var lastNumber: UInt32 = 0
    /// Names, as in `instances` and `definitions`, of modules that were skipped.
    private var skippedModules: Set<String> = []
    /// Module names under which skipped instances would have been registered.
    private var skippedRegistrations: Set<String> = []
    private var registrations: Set<String> = []
    /// Names, as in all of these, of what was lost.
    private var lostNames: Set<String> = []
    private var lostCommands = 0
    private var threads: [String: ScriptThread] = [:]
    /// Whether the script's entry in the skip list was needed.
    private var wasRefused = false
    private(set) var result = WastResult()

    init(compiler: Compiler, skips: ScriptSkips, makeExecutor: @escaping () throws(RunnerError) -> any ScriptExecutor) throws(RunnerError) {
        self.compiler = compiler
        self.skips = skips
        self.makeExecutor = makeExecutor
        executor = try makeExecutor()
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
                if let error = error as? RunnerError { lose(command.line, error) } else { refuse(command, error) }
            }
        }
    }

    /// A command that did not work is skipped, or fails.
    private func refuse(_ command: ScriptCommand, _ error: any Error) {
        if error is Skipped || skips.lines.contains(command.line) {
            if command.kind.counts { result.skipped += 1 }
            return
        }
        skippedModules.subtract(command.kind.definedNames)
        if error is Lost {
            result.failed += 1
            lostCommands += 1
            lostNames.formUnion(command.kind.definedNames)
        } else {
            fail(command.line, (error as? Failure)?.message ?? "\(error)")
        }
    }

    /// The runner is gone, and what it had: the command fails. Those that need none of it go on in another one.
    private func lose(_ line: Int, _ error: RunnerError) {
        fail(line, "\(error)")
        lostNames.formUnion(instances.keys)
        lostNames.formUnion(definitions.keys)
        lostNames.formUnion(registrations)
        lostNames.insert("")
        instances = [:]
        definitions = [:]
        registrations = []
        executor = try? makeExecutor()
    }

    /// Ends the script: what was left out of the list of failures is summed up.
    func finish() {
        if lostCommands > 0 {
            result.failures.append(WastResult.Failure(line: result.failures.last?.line ?? 1, message: "\(lostCommands) commands more fail, as what they need was lost with the runner"))
        }
        executor?.end()
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
        case .action(let action): _ = try values(of: perform(action))
        case .assertReturn(let action, let expected): try assertReturn(action, expected)
        case .assertTrap(let action, let message): try check(perform(action), trapsWith: message)
        case .assertTrappingModule(let module, let message):
            try check(ask(.instantiate(module: load(module), instance: newNumber())), trapsWith: message)
        case .assertExhaustion(let action, _): try check(perform(action), trapsWith: TrapCode.stackOverflow.message)
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

    private func ask(_ request: ScriptRequest) throws -> ScriptAnswer {
        guard let executor else { throw Lost() }
        return try executor.answer(request)
    }

    /// Asks for something that is done, or fails.
    private func order(_ request: ScriptRequest) throws {
        let answer = try ask(request)
        if answer != .done { throw Failure(answer.text) }
    }

    /// A number that no module and no instance has.
    private func newNumber() -> UInt32 {
        lastNumber += 1
        return lastNumber
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
            lostNames.subtract(names)
        } else {
            keep(try instantiate(loaded), as: module.name)
        }
    }

    private func instantiate(_ definition: String?, as name: String?) throws {
        instances[""] = nil
        skippedModules.formUnion(["", name].compactMap { $0 })
        guard let module = definitions[definition ?? ""] else { throw missing(definition ?? "", "no module definition \(definition ?? "")") }
        keep(try instantiate(module), as: name)
    }

    private func instantiate(_ module: UInt32) throws -> UInt32 {
        let instance = newNumber()
        let answer = try ask(.instantiate(module: module, instance: instance))
        if case .unlinkable(_, let module?) = answer {
            if skippedRegistrations.contains(module) { throw Skipped() }
            if lostNames.contains(module) { throw Lost() }
        }
        if answer != .done { throw Failure(answer.text) }
        return instance
    }

    private func register(_ name: String, _ instance: String?) throws {
        do {
            try order(.register(name: name, instance: try self.instance(instance)))
            skippedRegistrations.remove(name)
            lostNames.remove(name)
            registrations.insert(name)
        } catch let error as Skipped {
            skippedRegistrations.insert(name)
            throw error
        }
    }

    private func keep(_ instance: UInt32, as name: String?) {
        for name in ["", name].compactMap({ $0 }) {
            instances[name] = instance
            skippedModules.remove(name)
            lostNames.remove(name)
        }
    }

    /// Compiles a module and loads the artifact.
    private func load(_ module: ScriptModule) throws -> UInt32 {
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
        let number = newNumber()
        try order(.open(module: number, artifact: artifact))
        return number
    }

    private func instance(_ name: String?) throws -> UInt32 {
        guard let instance = instances[name ?? ""] else {
            throw missing(name ?? "", name.map { "no instance \($0)" } ?? "no instance: the module before failed")
        }
        return instance
    }

    /// Why there is nothing of that name.
    private func missing(_ name: String, _ message: String) -> any Error {
        if skippedModules.contains(name) { return Skipped() }
        return lostNames.contains(name) ? Lost() : Failure(message)
    }

    // MARK: Actions

    private func perform(_ action: ScriptAction) throws -> ScriptAnswer {
        switch action {
        case .get(let name, let global): try ask(.get(instance: instance(name), global: global))
        case .invoke(let name, let function, let arguments):
            try ask(.invoke(instance: instance(name), function: function, arguments: arguments.map { PlainValue($0) }))
        }
    }

    private func values(of answer: ScriptAnswer) throws -> [PlainValue] {
        guard case .values(let values) = answer else { throw Failure(answer.text) }
        return values
    }

    // MARK: Assertions

    private func assertReturn(_ action: ScriptAction, _ expected: [ScriptResult]) throws {
        let values = try values(of: perform(action))
        let matches = values.count == expected.count && zip(values, expected).allSatisfy { $1.matches($0) }
        if !matches { throw Failure("expected \(expected.map(\.text)), found \(values.map(\.text))") }
    }

    private func assertException(_ action: ScriptAction) throws {
        switch try perform(action) {
        case .exception: return
        case .values: throw Failure("expected an uncaught exception, found none")
        case let answer: throw Failure(answer.text)
        }
    }

    private func check(_ answer: ScriptAnswer, trapsWith message: String) throws {
        switch answer {
        case .trap(let found, _):
            if !message.hasPrefix(found) && !found.hasPrefix(message) { throw Failure("expected the trap '\(message)', found '\(found)'") }
        case .values, .done: throw Failure("expected the trap '\(message)', found none")
        default: throw Failure(answer.text)
        }
    }

    private func assertUnlinkable(_ module: ScriptModule, _ message: String) throws {
        switch try ask(.resolve(module: load(module))) {
        case .unlinkable(let found, _):
            if !found.hasPrefix(message) { throw Failure("expected '\(message)', found '\(found)'") }
        case .done: throw Failure("expected the module not to link: \(message)")
        case let answer: throw Failure(answer.text)
        }
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
        let numbers = try shared.map { try instance($0) }
        guard let executor else { throw Lost() }
        let runner = try ScriptRunner(compiler: compiler, skips: skips) { () throws(RunnerError) in try executor.sharing(numbers) }
        runner.lastNumber = lastNumber
        for (name, number) in zip(shared, numbers) { runner.keep(number, as: name) }
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
