import PrecastMachineCode
import PrecastOptimizer
import Synchronization

/// An optimization that can be left out, by the name that it has on the command line and in docs/passes.
public struct Optimization: Hashable, Sendable {
    public enum Stage: String, Sendable {
        case translation, optimizer, lowering, allocation, emission
    }
    public let name: String
    /// The stage that it is a part of.
    public let stage: Stage

    /// Tables that nothing changes are read-only data.
    static let readOnlyTables = Optimization(name: "read-only-tables", stage: .translation)
    /// Copies and fills of a small known size are loads and stores.
    static let smallCopies = Optimization(name: "small-copies", stage: .translation)
    static let inlining = Optimization(name: "inlining", stage: .optimizer)
    /// Linear scan in place of the single pass of `-O0`.
    static let registerAllocation = Optimization(name: "register-allocation", stage: .allocation)

    /// All of them, in the order in which a function meets them.
    public static let all: [Optimization] = [readOnlyTables, smallCopies, inlining]
        + Pass.allCases.map { Optimization(name: $0.rawValue, stage: .optimizer) }
        + CodeOptimizations.names.filter { CodeOptimizations.lowering.contains($0.optimization) }.map { Optimization(name: $0.name, stage: .lowering) }
        + [registerAllocation]
        + CodeOptimizations.names.filter { CodeOptimizations.emission.contains($0.optimization) }.map { Optimization(name: $0.name, stage: .emission) }
}

/// One chance to optimize: of one function, or of the module.
public struct OptimizationStep: Sendable, CustomStringConvertible {
    /// From 1, in the order of the compilation.
    public let number: Int
    public let optimization: String
    /// Number of the function among those that the module defines, and the trampolines behind them; nil: the module.
    public let function: Int?
    /// Whether the fuel reached as far.
    public let isTaken: Bool

    public var description: String { optimization + (function.map { " in function \($0)" } ?? " in the module") }
}

/// Says which optimizations may happen, where some are left out or steps are counted.
///
/// Steps are counted over a whole compilation, so that one number names one step. That takes a fixed order: with fuel or an observer a compilation has one thread.
final class OptimizationGate: Sendable {
    private let disabled: Set<String>
    private let fuel: Int
    private let observer: (@Sendable (OptimizationStep) -> Void)?
    private let steps = Counter()

    /// - Returns: nil if everything may happen and nobody asks.
    init?(_ configuration: CompilerConfiguration, _ observer: (@Sendable (OptimizationStep) -> Void)?) {
        if configuration.disabledOptimizations.isEmpty && configuration.optimizationFuel == nil && observer == nil { return nil }
        disabled = configuration.disabledOptimizations
        fuel = configuration.optimizationFuel ?? .max
        self.observer = observer
    }

    /// Whether the optimization may happen now. Takes one unit of fuel.
    func allows(_ name: String, in function: Int?) -> Bool {
        if disabled.contains(name) { return false }
        let number = steps.add(1)
        observer?(OptimizationStep(number: number, optimization: name, function: function, isTaken: number <= fuel))
        return number <= fuel
    }
    func allows(_ optimization: Optimization, in function: Int?) -> Bool { allows(optimization.name, in: function) }

    /// Those of `optimizations` that may happen to a function.
    func allowed(_ optimizations: CodeOptimizations, in function: Int) -> CodeOptimizations {
        var allowed: CodeOptimizations = []
        for (name, optimization) in CodeOptimizations.names where optimizations.contains(optimization) && allows(name, in: function) {
            allowed.insert(optimization)
        }
        return allowed
    }
}
