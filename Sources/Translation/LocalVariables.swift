import PrecastIR

/// The locals of a function: their types, and their variables, each declared when the local is first mentioned.
///
/// A body of a few bytes may declare tens of thousands, so only the first ``expanded`` are spelled out; the others are found by binary search over the
/// declarations, and their variables in a dictionary. That keeps translation linear in the module's size.
struct LocalVariables {
    private static let expanded = 1024

    private(set) var count = 0
    /// Whether one is 128 bits wide.
    private(set) var hasVectors = false
    private var first: [(type: Type, variable: Variable)] = []
    private var others: [Int: Variable] = [:]
    /// Declarations that end beyond the expanded part, each with the index behind its last local.
    private var runs: [(end: Int, type: Type)] = []

    mutating func removeAll() {
        count = 0
        hasVectors = false
        first.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
    }

    mutating func append(_ number: Int, _ type: Type) {
        count += number
        if type == .v128 && number > 0 { hasVectors = true }
        for _ in 0..<min(number, Self.expanded - first.count) { first.append((type, .none)) }
        if count > Self.expanded { runs.append((count, type)) }
    }

    /// - Precondition: `i` is less than ``count``.
    func type(_ i: Int) -> Type {
        if i < first.count { return first[i].type }
        var low = 0, high = runs.count - 1
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].end <= i { low = middle + 1 } else { high = middle }
        }
        return runs[low].type
    }

    /// The variable of a local that was mentioned.
    func knownVariable(_ i: Int) -> Variable? {
        if i >= first.count { return others[i] }
        return first[i].variable.isSome ? first[i].variable : nil
    }
    /// The locals that were mentioned, ascending.
    var mentioned: [Int] { first.indices.filter { first[$0].variable.isSome } + others.keys.sorted() }

    mutating func variable(_ i: Int, _ builder: inout FunctionBuilder) -> Variable {
        if i < first.count {
            if first[i].variable.isNone { first[i].variable = builder.declareVariable(first[i].type) }
            return first[i].variable
        }
        if let known = others[i] { return known }
        let variable = builder.declareVariable(type(i))
        others[i] = variable
        return variable
    }
}
