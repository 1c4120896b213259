/// How often the instructions in a function's layout use each value, by value number, saturating at 255. Aliases count for what they stand for. O(operands).
public func countUses(_ function: borrowing Function) -> [UInt8] {
    var counts = [UInt8](repeating: 0, count: function.dfg.values.count)
    var block = function.layout.firstBlock
    while block.isSome {
        var inst = function.layout.first(block)
        while inst.isSome {
            function.dfg.forEachOperand(inst) { if counts[$0.index] < 255 { counts[$0.index] += 1 } }
            inst = function.layout.next(inst)
        }
        block = function.layout.next(block)
    }
    return counts
}
