import PrecastEntities
public import PrecastIR

/// How much to optimize.
@frozen public enum OptimizationLevel: UInt8, Sendable, CaseIterable {
    /// No pass at all.
    case O0
    /// One round of the cheap passes.
    case O1
    case O2
    /// The same as `O2` until it earns more.
    case O3
    /// As `O2`, without what makes code larger.
    case Os
}

/// One of the optimizer's passes, named as on the command line and in docs/passes.
@frozen public enum Pass: String, Sendable, CaseIterable {
    case controlFlow = "control-flow"
    case redundantParameters = "redundant-parameters"
    case valueNumbering = "value-numbering"
    case switches
    case loopInvariantMotion = "loop-invariant-motion"
    case selects
    case deadStores = "dead-stores"
    case deadCode = "dead-code"
    case earlyReturns = "early-returns"
    case blockPlacement = "block-placement"
}

public struct OptimizationOptions: Sendable {
    public var level: OptimizationLevel
    /// Asked before each run of a pass, in order; nil: all run. To find the run that breaks a program.
    public var allows: (@Sendable (Pass) -> Bool)?
    /// Verify after every pass; a violation is a bug in the pass.
    public var verifies: Bool

    public init(level: OptimizationLevel = .O2) {
        self.level = level
        var debug = false
        assert({ debug = true; return true }())
        verifies = debug
    }
}

/// A pass that left an invalid function: a bug in it.
public struct OptimizationError: Error, CustomStringConvertible {
    public var pass: Pass
    public var violation: VerifierError
    public var description: String { "after \(pass.rawValue): \(violation)" }
}

/// Improves a function in place.
///
/// Input: a valid function. Output: a valid function that returns, stores and traps the same, in the same order. Loads execute at
/// most as often as before. What each pass does, and from which source, is on its page in docs/passes.
/// `observer` sees the function after each pass that ran. Throws only if the options say to verify. Cost: near linear in the function's size.
public func optimize(_ function: inout Function, _ options: OptimizationOptions, observer: ((Pass, borrowing Function) -> Void)? = nil) throws(OptimizationError) {
    if options.level == .O0 { return }
    var pipeline = Pipeline(options, observer)
    try pipeline.run(.controlFlow, &function)
    try pipeline.run(.redundantParameters, &function)
    try pipeline.run(.valueNumbering, &function)
    if options.level != .O1 {
        try pipeline.run(.switches, &function)
        try pipeline.run(.controlFlow, &function)
        try pipeline.run(.deadCode, &function)
        try pipeline.run(.redundantParameters, &function)
        try pipeline.run(.loopInvariantMotion, &function)
        try pipeline.run(.selects, &function)
        try pipeline.run(.controlFlow, &function)
        try pipeline.run(.valueNumbering, &function)
        try pipeline.run(.deadStores, &function)
    }
    try pipeline.run(.controlFlow, &function)
    try pipeline.run(.deadCode, &function)
    try pipeline.run(.earlyReturns, &function)
    try pipeline.run(.blockPlacement, &function)
}

/// Runs one pass alone: for tests and dumps.
/// - Throws: only in builds that verify.
public func run(_ pass: Pass, _ function: inout Function) throws(OptimizationError) {
    var pipeline = Pipeline(OptimizationOptions(), nil)
    try pipeline.run(pass, &function)
}

private struct Pipeline {
    let options: OptimizationOptions
    let observer: ((Pass, borrowing Function) -> Void)?
    /// Kept between passes that do not change control flow.
    private var cfg: ControlFlowGraph?
    private var tree: DominatorTree?

    init(_ options: OptimizationOptions, _ observer: ((Pass, borrowing Function) -> Void)?) {
        self.options = options
        self.observer = observer
    }

    mutating func run(_ pass: Pass, _ function: inout Function) throws(OptimizationError) {
        if let allows = options.allows, !allows(pass) {
            // What the other passes count on: every block can be reached.
            if pass == .controlFlow, removeUnreachable(&function, graph(function)) { forget() }
            return
        }
        if apply(pass, &function) { forget() }
        if options.verifies { try verify(after: pass, function) }
        observer?(pass, function)
    }

    /// - Returns: whether blocks or edges changed.
    private mutating func apply(_ pass: Pass, _ function: inout Function) -> Bool {
        switch pass {
        case .controlFlow:
            return simplifyControlFlow(&function, known: cfg)
        case .redundantParameters:
            removeRedundantParameters(&function, graph(function))
            return false
        case .valueNumbering:
            return numberValues(&function, graph(function), dominators(function))
        case .loopInvariantMotion:
            let (cfg, tree) = (graph(function), dominators(function))
            markCold(&function, cfg)
            return moveLoopInvariants(&function, cfg, tree, LoopForest(cfg, tree))
        case .switches: return lowerSwitches(&function)
        case .selects: return formSelects(&function, graph(function))
        case .deadStores:
            eliminateDeadStores(&function)
            return false
        case .deadCode:
            eliminateDeadCode(&function, graph(function))
            return false
        case .earlyReturns: return separateEarlyReturns(&function, graph(function))
        case .blockPlacement:
            placeBlocks(&function, graph(function))
            return true
        }
    }

    private mutating func graph(_ function: borrowing Function) -> ControlFlowGraph {
        if let cfg { return cfg }
        let new = ControlFlowGraph(function)
        cfg = new
        return new
    }
    private mutating func dominators(_ function: borrowing Function) -> DominatorTree {
        if let tree { return tree }
        let new = DominatorTree(graph(function))
        tree = new
        return new
    }
    private mutating func forget() {
        cfg = nil
        tree = nil
    }
    private func verify(after pass: Pass, _ function: borrowing Function) throws(OptimizationError) {
        do throws(VerifierError) {
            try PrecastIR.verify(function)
        } catch {
            throw OptimizationError(pass: pass, violation: error)
        }
    }
}
