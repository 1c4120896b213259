/// The optimizer: every pass over one function, in order.
///
/// Input: a valid function. Output: a function that computes the same and traps in the same cases, for less. Decisions depend on the function
/// and the options alone. The passes that look at several functions (the inliner) are called by the compiler.
public import PrecastIR

/// A pass of the pipeline.
private struct Pass: Sendable {
    typealias Body = @Sendable (inout Function, inout PassContext) -> Bool
    let name: String
    let run: Body
}

private let removeRedundantParameters = Pass(name: "redundant-parameters", run: eliminateRedundantParameters)
private let numberValues = Pass(name: "value-numbering", run: valueNumbering)
private let eliminateDeadCode = Pass(name: "dead-code", run: deadCodeElimination)

private func passes(_ level: OptimizationOptions.Level) -> [Pass] {
    switch level {
    case .O0: []
    case .O1: [removeRedundantParameters, numberValues, eliminateDeadCode]
    case .O2, .O3, .Os: [
        removeRedundantParameters, numberValues, eliminateDeadCode,
    ]
    }
}

private let allPasses = [removeRedundantParameters, numberValues, eliminateDeadCode]

/// The names that ``OptimizationOptions/disabledPasses`` may hold.
public let passNames = allPasses.map(\.name)

/// Optimizes functions one after the other, keeping its memory. One per thread.
public struct Optimizer: ~Copyable {
    public let options: OptimizationOptions
    /// Called after each pass.
    public var observer: (any PassObserver)?
    /// Verify the function after each pass that changed it, and stop the program at the first violation: a fault of the pass.
    public var verifiesEachPass = false
    private let passes: [Pass]
    private var context: PassContext

    public init(_ options: OptimizationOptions, observer: (any PassObserver)? = nil) {
        self.options = options
        self.observer = observer
        passes = PrecastOptimizer.passes(options.level).filter { !options.disabledPasses.contains($0.name) }
        context = PassContext(options)
    }

    public mutating func optimize(_ function: inout Function) {
        context.begin()
        for pass in passes { run(pass, &function) }
    }

    /// Runs one pass by its name, whatever the level; for tests. - Returns: nil if there is no such pass.
    public mutating func run(passNamed name: String, _ function: inout Function) -> Bool? {
        guard let pass = allPasses.first(where: { $0.name == name }) else { return nil }
        context.begin()
        return run(pass, &function)
    }

    @discardableResult private mutating func run(_ pass: Pass, _ function: inout Function) -> Bool {
        let changed = pass.run(&function, &context)
        observer?.passed(pass.name, function, changed: changed)
        if verifiesEachPass && changed { check(function, after: pass) }
        return changed
    }

    private func check(_ function: borrowing Function, after pass: Pass) {
        do throws(VerifierError) {
            try verify(function)
        } catch {
            preconditionFailure("function \(function.number) is not valid after \(pass.name): \(error)")
        }
    }
}

/// Optimizes one function.
public func optimize(_ function: inout Function, _ options: OptimizationOptions) {
    var optimizer = Optimizer(options)
    optimizer.optimize(&function)
}
