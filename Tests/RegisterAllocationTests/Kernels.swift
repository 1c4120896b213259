import PrecastEntities
import PrecastRegisterAllocation

/// What a solution costs at run time, by the allocator's own estimate of how often blocks run.
struct RunTimeCost: CustomStringConvertible {
    var loads: Double = 0, stores: Double = 0, moves: Double = 0, recipes: Double = 0, saves: Double = 0
    var total: Double { loads + stores + 0.3 * moves + 0.4 * recipes + 2 * saves }

    init(_ problem: Problem, _ solution: Solution) {
        var b = 0
        for edit in solution.edits {
            while problem.blocks[b].instructions.upperBound <= edit.point.rawValue { b += 1 }
            var frequency = problem.blocks[b].isCold ? 0.01 : 1.0
            for _ in 0..<problem.blocks[b].loopDepth { frequency *= 10 }
            if edit.source.asSlot != nil { loads += frequency }
            else if edit.source.asRecipe != nil { recipes += frequency }
            else if edit.destination.asSlot != nil { stores += frequency }
            else { moves += frequency }
        }
        saves = Double(solution.usedCalleeSaved.members.count)
    }
    static func += (a: inout Self, b: Self) {
        a.loads += b.loads; a.stores += b.stores; a.moves += b.moves; a.recipes += b.recipes; a.saves += b.saves
    }
    var description: String {
        func f(_ x: Double) -> String { String((x * 10).rounded() / 10) }
        return "total \(f(total)): loads \(f(loads)), stores \(f(stores)), moves \(f(moves)), recipes \(f(recipes)), saves \(f(saves))"
    }
}
