import PrecastEntities
import PrecastIR

/// Turns a table branch with few different ways into comparisons: a chain of them is predicted better than an indirect jump, needs no mask against
/// speculation, and other passes can see through it.
///
/// Cases that lead the same way are one *way*: a run of indices is one comparison, several runs among the first 64 indices are one test of a bit in a constant.
/// Taken where at most ``wayLimit`` such tests tell all cases from the default. O(cases).
///
/// Source: Hennessy and Mendelsohn, "Compilation of the Pascal case statement" (1982); Sayle, "A superoptimizer analysis of multiway branch code
/// generation" (2008).
/// - Returns: whether there were any.
func lowerSwitches(_ function: inout Function) -> Bool {
    var changed = false
    var block = function.layout.firstBlock
    while block.isSome {
        let next = function.layout.next(block)
        let terminator = function.terminator(block)
        if function.dfg.instructions[terminator].opcode == .branchTable, let ways = Ways(terminator, function) {
            compare(ways, at: terminator, in: block, &function)
            changed = true
        }
        block = next
    }
    return changed
}

private let wayLimit = 3
/// A test of a bit costs as much as two comparisons.
private let bitTestCost = 2

/// The ways out of a table branch, besides the default.
private struct Ways {
    struct Way {
        var call: BlockCall
        var runs: [ClosedRange<Int>]
        var needsBitTest: Bool { runs.count > 1 }
    }
    var index: Value
    var other: BlockCall
    var ways: [Way] = []

    /// Nil when a table is better.
    init?(_ branch: Inst, _ function: borrowing Function) {
        let data = function.dfg.instructions[branch]
        let calls = function.dfg.jumpTables[JumpTable(rawValue: data.b)]
        index = data.valueA
        other = calls[0]
        for (number, call) in calls.dropFirst().enumerated() where !function.dfg.isSame(call, other) {
            if let known = ways.firstIndex(where: { function.dfg.isSame($0.call, call) }) {
                let last = ways[known].runs.count - 1
                if ways[known].runs[last].upperBound == number - 1 {
                    ways[known].runs[last] = ways[known].runs[last].lowerBound...number
                } else {
                    ways[known].runs.append(number...number)
                }
            } else {
                if ways.count == wayLimit { return nil }
                ways.append(Way(call: call, runs: [number...number]))
            }
        }
        let cost = ways.reduce(0) { $0 + ($1.needsBitTest ? bitTestCost : 1) }
        if ways.isEmpty || cost > wayLimit { return nil }
        for way in ways where way.needsBitTest && way.runs.contains(where: { $0.upperBound >= 64 }) { return nil }
    }
}

private func compare(_ ways: Ways, at branch: Inst, in block: Block, _ function: inout Function) {
    let location = function.dfg.locations[branch.index]
    var block = block
    var terminator = branch
    for (number, way) in ways.ways.enumerated() {
        let isLast = number == ways.ways.count - 1
        var next = ways.other
        var nextBlock = Block.none
        if !isLast {
            nextBlock = function.dfg.makeBlock()
            function.layout.insert(nextBlock, after: block)
            next = function.dfg.makeBlockCall(nextBlock, [])
        }
        let condition = test(way, ways.index, before: terminator, location, &function)
        function.dfg.rewrite(terminator, InstructionData(.branch, a: condition.rawValue, b: way.call.rawValue, c: next.rawValue))
        if isLast { return }
        // The next terminator is a placeholder until its comparison is there.
        block = nextBlock
        terminator = function.dfg.make(InstructionData(.jump, a: ways.other.rawValue), results: [], at: location)
        function.layout.append(terminator, to: block)
    }
}

/// Whether the index is one of a way's.
private func test(_ way: Ways.Way, _ index: Value, before terminator: Inst, _ location: SourceLocation, _ function: inout Function) -> Value {
    func emit(_ data: InstructionData, _ function: inout Function) -> Value {
        let inst = function.dfg.makeSingle(data, at: location)
        function.layout.insert(inst, before: terminator)
        return function.dfg.result(inst)
    }
    func constant(_ type: Type, _ value: UInt64, _ function: inout Function) -> Value {
        emit(.constant(type, Int64(bitPattern: value)), &function)
    }
    if way.needsBitTest {
        var mask: UInt64 = 0
        for run in way.runs { for bit in run { mask |= 1 << UInt64(bit) } }
        // Beyond 64 the count of a shift would wrap around.
        let isNear = emit(.compare(.unsignedLess, index, constant(.i32, 64, &function)), &function)
        let wide = emit(.unary(.uextend, .i64, index), &function)
        let shifted = emit(.binary(.ushr, .i64, constant(.i64, mask, &function), wide), &function)
        let bit = emit(.unary(.ireduce, .i32, shifted), &function)
        return emit(.binary(.band, .i32, bit, isNear), &function)
    }
    let run = way.runs[0]
    if run.count == 1 { return emit(.compare(.equal, index, constant(.i32, UInt64(run.lowerBound), &function)), &function) }
    let distance = run.lowerBound == 0 ? index : emit(.binary(.isub, .i32, index, constant(.i32, UInt64(run.lowerBound), &function)), &function)
    return emit(.compare(.unsignedLessOrEqual, distance, constant(.i32, UInt64(run.count - 1), &function)), &function)
}
