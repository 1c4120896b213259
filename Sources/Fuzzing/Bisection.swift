import PrecastCompiler
import PrecastIR
import Synchronization

/// Names the first stage after which a module no longer does what it should.
///
/// The interpreter runs the IR as translated, as inlining leaves it, and after each run of an optimizer pass; what is right in all of these is spoiled later.
struct Bisection {
    let interpreter: InterpreterEngine
    let module: FuzzModule
    let bytes: [UInt8]
    /// What the module should do.
    let expected: [String]

    func firstWrongStage(_ compiler: Compiler) -> String {
        switch interpreter.run(module, bytes) {
        case .gaveUp(let reason): return "unknown: the interpreter gave up on the translated IR (\(reason))"
        case .lines(let lines) where lines != expected: return "translation, or what comes before it"
        case .lines: break
        }
        if compiler.configuration.optimizationLevel == .none { return "lowering, register allocation or emission" }
        let passes = passRuns(compiler)
        for fuel in 0...passes.count {
            var limited = compiler
            guard let shortened = try? Compiler(with(compiler.configuration, fuel: fuel)) else { break }
            limited = shortened
            limited.hooks = compiler.hooks
            switch interpreter.run(module, bytes, optimizedBy: limited) {
            case .gaveUp(let reason): return "unknown: the interpreter gave up on optimized IR (\(reason))"
            case .lines(let lines) where lines != expected: return fuel == 0 ? "inlining" : "\(passes[fuel - 1]), pass run \(fuel) of the optimizer"
            case .lines: break
            }
        }
        return "lowering, register allocation or emission"
    }

    private func with(_ configuration: CompilerConfiguration, fuel: Int) -> CompilerConfiguration {
        var configuration = configuration
        configuration.optimizationFuel = fuel
        return configuration
    }

    /// The names of the passes that run on a function, in order.
    private func passRuns(_ compiler: Compiler) -> [String] {
        let runs = Runs()
        var observed = compiler
        observed.dump = DumpRequest(points: Set(CompilerConfiguration.passNames.map { .pass($0) }), function: 0) { runs.add($0) }
        _ = try? observed.compile(bytes)
        return runs.names.withLock { $0 }
    }
    private final class Runs: Sendable {
        let names = Mutex<[String]>([])
        /// `text` begins with `; function N after opt:NAME`.
        func add(_ text: String) {
            guard let name = text.prefix(while: { $0 != "\n" }).split(separator: ":").last.map(String.init) else { return }
            names.withLock { $0.append(name) }
        }
    }
}
