import PrecastCompiler
import Synchronization

/// Names the first stage after which a module no longer does what it should.
///
/// The interpreter runs the IR as translated, and as the optimizer leaves it with more or less fuel; what is right in all of these is spoiled later.
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
        do throws(Undecided) {
            if try isRight(compiler, fuel: nil) { return "lowering, register allocation or emission" }
            let steps = steps(compiler)
            // The first step makes tables read-only, which the interpreter's own plan takes for granted.
            var right = 1, wrong = steps.count
            let isRightWithout = try isRight(compiler, fuel: right)
            if wrong <= right || !isRightWithout { return "no step of optimization: it is wrong without" }
            while wrong - right > 1 {
                let middle = (right + wrong) / 2
                if try isRight(compiler, fuel: middle) { right = middle } else { wrong = middle }
            }
            return "\(steps[wrong - 1]), optimization step \(wrong) of \(steps.count)"
        } catch {
            return "unknown: the interpreter gave up on optimized IR (\(error.reason))"
        }
    }

    private struct Undecided: Error { let reason: String }

    /// Whether the optimizer's IR does what it should when only `fuel` steps happen.
    private func isRight(_ compiler: Compiler, fuel: Int?) throws(Undecided) -> Bool {
        var configuration = compiler.configuration
        configuration.optimizationFuel = fuel
        guard var limited = try? Compiler(configuration) else { throw Undecided(reason: "invalid configuration") }
        limited.hooks = compiler.hooks
        switch interpreter.run(module, bytes, optimizedBy: limited) {
        case .gaveUp(let reason): throw Undecided(reason: reason)
        case .lines(let lines): return lines == expected
        }
    }

    private func steps(_ compiler: Compiler) -> [OptimizationStep] {
        let record = Record()
        var observed = compiler
        observed.stepObserver = record.add
        _ = try? observed.compile(bytes)
        return record.steps.withLock { $0 }
    }
    private final class Record: Sendable {
        let steps = Mutex<[OptimizationStep]>([])
        func add(_ step: OptimizationStep) { steps.withLock { $0.append(step) } }
    }
}
