public import PrecastIR

/// Watches the passes of one function.
public protocol PassObserver {
    /// Called after each pass that ran, with its name and whether it changed the function.
    func passed(_ name: String, _ function: borrowing Function, changed: Bool)
}

/// What the passes over one function share: options, fuel, and analyses that stay valid while control flow does not change.
///
/// A pass is `func name(_ function: inout Function, _ context: inout PassContext) -> Bool`, which returns whether it changed anything. One that
/// changes blocks or edges calls ``controlFlowChanged()``; block parameters and arguments may change without.
struct PassContext: ~Copyable {
    let options: OptimizationOptions
    /// Rewrites that are still allowed.
    private(set) var fuel = Int.max
    /// Scratch memory of value numbering, kept from function to function.
    var numbering = NumberingTable()

    private var graph: ControlFlowGraph?
    private var tree: DominatorTree?
    private var forest: LoopForest?

    init(_ options: OptimizationOptions) { self.options = options }

    /// Readies the context for another function.
    mutating func begin() {
        fuel = options.fuel ?? .max
        controlFlowChanged()
    }
    /// Takes the fuel of one rewrite; false when there is none left, and the rewrite must not happen.
    @inline(__always) mutating func spend() -> Bool {
        if fuel == 0 { return false }
        fuel -= 1
        return true
    }
    var optimizesForSize: Bool { options.level == .Os }

    // MARK: Analyses

    mutating func controlFlow(_ function: borrowing Function) -> ControlFlowGraph {
        if let graph { return graph }
        let new = ControlFlowGraph(function)
        graph = new
        return new
    }
    mutating func dominators(_ function: borrowing Function) -> DominatorTree {
        if let tree { return tree }
        let new = DominatorTree(controlFlow(function))
        tree = new
        return new
    }
    mutating func loops(_ function: borrowing Function) -> LoopForest {
        if let forest { return forest }
        let new = LoopForest(controlFlow(function), dominators(function))
        forest = new
        return new
    }
    /// Forgets the analyses: blocks or edges have changed.
    mutating func controlFlowChanged() {
        graph = nil
        tree = nil
        forest = nil
    }
}
