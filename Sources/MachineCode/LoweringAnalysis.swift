public import PrecastEntities
public import PrecastIR

/// What a backward walk must know before it starts: how often each value is used, and which loads may move down to a user.
///
/// Two instructions have the same *colour* if no store, call or trap lies between them in their block. A load may be computed
/// as part of its only user exactly if both are in one block and have one colour.
public struct LoweringAnalysis: Sendable {
    /// Uses of each value, saturating at 255. Aliases count for what they stand for.
    public private(set) var useCounts: [UInt8]
    /// Per instruction; unique over the function.
    public private(set) var colours: [UInt32]

    public init(_ function: borrowing Function) {
        var colours = [UInt32](repeating: 0, count: function.dfg.instructions.count)
        var colour: UInt32 = 0
        var block = function.layout.firstBlock
        while block.isSome {
            colour += 1
            var inst = function.layout.first(block)
            while inst.isSome {
                colours[inst.index] = colour
                let data = function.dfg.instructions[inst]
                if data.hasEffect && !data.opcode.isLoad { colour += 1 }
                inst = function.layout.next(inst)
            }
            block = function.layout.next(block)
        }
        useCounts = countUses(function)
        self.colours = colours
    }

    @inlinable public func useCount(_ value: Value) -> Int { Int(useCounts[value.index]) }
    /// Whether the load `inst`, with one use, may be folded into `user` (in the same block).
    @inlinable public func mayFold(load inst: Inst, into user: Inst, _ function: borrowing Function) -> Bool {
        function.layout.block(of: inst) == function.layout.block(of: user)
            && colours[inst.index] == colours[user.index]
            && useCounts[function.dfg.result(inst).index] == 1
    }
}
