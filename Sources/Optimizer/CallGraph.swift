import PrecastEntities
public import PrecastIR

/// What the call-graph stage knows of a function without looking at it again.
public struct FunctionSummary: Sendable, Equatable {
    /// Instructions that become code: all but constants.
    public var size = 0
    /// Makes no call.
    public var isLeaf = true
    /// Holds nothing that ties it to a frame of its own.
    public var isInlinable = true
    /// How many calls deep code was inlined into it.
    public var depth = 0
    /// Numbers of the functions that it calls directly, ascending, each once.
    public var callees: [UInt32] = []

    /// O(instructions).
    public init(_ function: borrowing Function) {
        isInlinable = function.signature.convention == .precast
        var block = function.layout.firstBlock
        while block.isSome {
            var inst = function.layout.first(block)
            while inst.isSome {
                let data = function.dfg.instructions[inst]
                if data.opcode.format != .immediate { size += 1 }
                if data.opcode.isCall { isLeaf = false }
                if data.opcode.format == .call || data.opcode == .tryCall { callees.append(function.dfg.functions[FunctionReference(rawValue: data.a)].number) }
                if data.opcode == .framePointer || data.opcode.format == .stackAddress { isInlinable = false }
                inst = function.layout.next(inst)
            }
            block = function.layout.next(block)
        }
        callees = Array(Set(callees)).sorted()
        // A row comes after the one that it was inlined at.
        var depths: [Int] = []
        depths.reserveCapacity(function.sourceLocations.count)
        for location in function.sourceLocations.storage {
            depths.append(location.inlinedAt.isSome ? depths[location.inlinedAt.index] + 1 : 0)
            depth = max(depth, depths[depths.count - 1])
        }
    }
}

/// Who calls whom, as strongly connected components in bottom-up order.
///
/// Algorithm: Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972), with an explicit stack. O(functions + calls).
public struct CallGraph: Sendable {
    /// Functions that call each other together; callees' components come before their callers'.
    public private(set) var components: [[UInt32]] = []
    /// Component of each function.
    public private(set) var component: [Int]
    /// Components that may be worked on at the same time: all their callees are in earlier levels.
    public private(set) var levels: [[Int]] = []
    private var callsItself: DenseBitSet

    /// `callees[f]` are the numbers of the functions that `f` calls directly; numbers without an entry are ignored.
    public init(callees: [[UInt32]]) {
        component = Array(repeating: -1, count: callees.count)
        callsItself = DenseBitSet(capacity: callees.count)
        for (f, list) in callees.enumerated() where list.contains(UInt32(f)) { callsItself.insert(f) }
        findComponents(callees)
        findLevels(callees)
    }

    /// Whether a function may call itself, directly or through others.
    public func isRecursive(_ function: UInt32) -> Bool {
        let f = Int(function)
        return f < component.count && (components[component[f]].count > 1 || callsItself.contains(f))
    }

    private mutating func findComponents(_ callees: [[UInt32]]) {
        var index = [Int](repeating: -1, count: callees.count)
        var low = index
        var open: [Int] = []
        var isOpen = DenseBitSet(capacity: callees.count)
        var counter = 0
        var stack: [(function: Int, next: Int)] = []
        for root in callees.indices where index[root] < 0 {
            stack.append((root, 0))
            while let (f, next) = stack.last {
                if next == 0 {
                    index[f] = counter
                    low[f] = counter
                    counter += 1
                    open.append(f)
                    isOpen.insert(f)
                }
                if next < callees[f].count {
                    stack[stack.count - 1].next = next + 1
                    let callee = Int(callees[f][next])
                    if callee >= callees.count { continue }
                    if index[callee] < 0 { stack.append((callee, 0)) } else if isOpen.contains(callee) { low[f] = min(low[f], index[callee]) }
                    continue
                }
                stack.removeLast()
                if let caller = stack.last?.function { low[caller] = min(low[caller], low[f]) }
                if low[f] == index[f] { close(f, &open, &isOpen) }
            }
        }
    }
    private mutating func close(_ root: Int, _ open: inout [Int], _ isOpen: inout DenseBitSet) {
        var members: [UInt32] = []
        while let member = open.popLast() {
            isOpen.remove(member)
            component[member] = components.count
            members.append(UInt32(member))
            if member == root { break }
        }
        components.append(members.sorted())
    }

    private mutating func findLevels(_ callees: [[UInt32]]) {
        var level = [Int](repeating: 0, count: components.count)
        for (c, members) in components.enumerated() {
            for f in members {
                for callee in callees[Int(f)] where Int(callee) < callees.count && component[Int(callee)] != c {
                    level[c] = max(level[c], level[component[Int(callee)]] + 1)
                }
            }
            while levels.count <= level[c] { levels.append([]) }
            levels[level[c]].append(c)
        }
    }
}
