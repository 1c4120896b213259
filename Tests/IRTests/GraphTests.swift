import PrecastEntities
import PrecastIR
import PrecastIRTestSupport
import Testing

/// Dominators and loops of random graphs against what their definitions say.
@Suite struct GraphTests {
    /// A function whose blocks branch as random numbers say; block 0 is the entry. Irreducible cycles included.
    private func randomFunction(_ random: inout RandomNumbers) -> Function {
        var function = Function(number: 0, signature: Signature(parameters: [ABIParameter(.i32)]))
        let count = 1 + random.below(12)
        for _ in 0..<count { function.layout.append(function.dfg.makeBlock()) }
        let condition = function.dfg.appendParameter(function.entry, .i32)
        for i in 0..<count {
            func call(_ function: inout Function, _ random: inout RandomNumbers) -> BlockCall {
                let target = count == 1 ? 0 : 1 + random.below(count - 1)
                return function.dfg.makeBlockCall(Block(index: target), [])
            }
            let data: InstructionData
            switch count == 1 ? 0 : random.below(6) {
            case 0: data = InstructionData(.return)
            case 1, 2:
                data = InstructionData(.jump, a: call(&function, &random).rawValue)
            case 3:
                var calls: [BlockCall] = []
                for _ in 0...random.below(4) { calls.append(call(&function, &random)) }
                data = InstructionData(.branchTable, a: condition.rawValue, b: function.dfg.jumpTables.push(calls).rawValue)
            default:
                let (a, b) = (call(&function, &random), call(&function, &random))
                data = InstructionData(.branch, a: condition.rawValue, b: a.rawValue, c: b.rawValue)
            }
            function.layout.append(function.dfg.makeEffect(data, at: .none), to: Block(index: i))
        }
        return function
    }

    /// Blocks that can be reached from `start` without passing `without`.
    private func reachable(_ cfg: ControlFlowGraph, from start: Block, without: Block = .none) -> Set<Block> {
        if start == without { return [] }
        var found: Set<Block> = [start]
        var work = [start]
        while let block = work.popLast() {
            for edge in cfg.successors(block) where edge.block != without && found.insert(edge.block).inserted { work.append(edge.block) }
        }
        return found
    }

    @Test func dominatorsAreWhatTheDefinitionSays() throws {
        var random = RandomNumbers(seed: 1)
        for _ in 0..<2000 {
            let function = randomFunction(&random)
            try verify(function)
            let cfg = ControlFlowGraph(function)
            let tree = DominatorTree(cfg)
            let blocks = function.dfg.blocks.keys.map { $0 }
            let all = reachable(cfg, from: function.entry)
            #expect(Set(tree.preorder) == all && Set(cfg.reversePostorder) == all)
            var seen: Set<Block> = []
            for block in tree.preorder {
                let parent = tree.immediateDominator(block)
                #expect(parent.isNone ? block == function.entry : seen.contains(parent))
                seen.insert(block)
            }
            for a in blocks {
                let without = reachable(cfg, from: function.entry, without: a)
                for b in blocks {
                    let dominates = all.contains(a) && all.contains(b) && !without.contains(b)
                    #expect(tree.dominates(a, b) == dominates)
                    if dominates && a != b { #expect(tree.dominates(a, tree.immediateDominator(b))) }
                }
            }
        }
    }

    @Test func predecessorsMirrorSuccessors() {
        var random = RandomNumbers(seed: 2)
        for _ in 0..<500 {
            let function = randomFunction(&random)
            let cfg = ControlFlowGraph(function)
            var forward: [ControlFlowGraph.Edge] = [], backward: [ControlFlowGraph.Edge] = []
            for block in function.dfg.blocks.keys {
                for edge in cfg.successors(block) { forward.append(.init(block: block, call: edge.call)) }
                for edge in cfg.predecessors(block) {
                    backward.append(edge)
                    #expect(function.dfg.blockCalls[edge.call].block == block)
                }
            }
            #expect(Set(forward) == Set(backward) && forward.count == backward.count)
        }
    }

    @Test func loopsAreTheNaturalLoops() {
        var random = RandomNumbers(seed: 3)
        for _ in 0..<2000 {
            let function = randomFunction(&random)
            let cfg = ControlFlowGraph(function)
            let tree = DominatorTree(cfg)
            let forest = LoopForest(cfg, tree)
            var natural: [Block: Set<Block>] = [:]
            for block in cfg.reversePostorder {
                for edge in cfg.successors(block) where tree.dominates(edge.block, block) {
                    // All that reaches the back edge without passing the header.
                    var body: Set<Block> = [edge.block, block]
                    var work = block == edge.block ? [] : [block]
                    while let at = work.popLast() {
                        for before in cfg.predecessors(at) where cfg.isReachable(before.block) && body.insert(before.block).inserted { work.append(before.block) }
                    }
                    natural[edge.block, default: []].formUnion(body)
                }
            }
            #expect(forest.loops.count == natural.count)
            for loop in forest.loops.keys {
                let body = natural[forest.loops[loop].header] ?? []
                for block in cfg.reversePostorder { #expect(forest.contains(loop, block) == body.contains(block)) }
            }
            for block in cfg.reversePostorder { #expect(forest.depth(block) == natural.values.filter { $0.contains(block) }.count) }
        }
    }
}
