import PrecastEntities

/// How registers are allocated.
public enum AllocationAlgorithm: Sendable {
    /// Linear scan over SSA live ranges: good code.
    case linearScan
    /// One pass over each block, values that cross blocks in slots: quick.
    case singlePass
}

/// Allocates registers: a pure function of the problem.
///
/// - Input: a ``Problem`` that keeps its invariants (see ``Problem/validate()``).
/// - Output: a ``Solution`` that ``checkAllocation(_:_:)`` accepts: a place for each operand, edits that move values between places,
///   the spill area's size, the callee-saved registers written, slots of references at safepoints, places of debug values.
/// - Guarantees: no edit has memory or a recipe on one side and memory on the other; both operands of a move instruction
///   (`Problem.moves`) get the same place, so that the instruction itself does nothing: the allocator moves by an edit where it must.
/// - Cost: near-linear in instructions, operands and the number of block boundaries that values cross.
///
/// Linear scan: number the points; collect uses and live ranges; scan the ranges in order, cutting them where registers run out;
/// then give spilled values slots and connect the pieces. `docs/passes/register-allocation.md` explains the choices.
public func allocateRegisters(_ problem: Problem, algorithm: AllocationAlgorithm = .linearScan) -> Solution {
    var allocator = RegisterAllocator(algorithm: algorithm)
    return allocator.allocate(problem)
}

/// The allocator with its memory, to be used for one function after another.
public struct RegisterAllocator {
    public var algorithm: AllocationAlgorithm
    private var points = ProgramPoints()
    private var live = LiveRanges()
    private var liveness = Liveness()

    /// How much work the last function was.
    public private(set) var statistics = AllocationStatistics()

    public init(algorithm: AllocationAlgorithm = .linearScan) { self.algorithm = algorithm }

    /// Allocates registers for one function. See ``allocateRegisters(_:algorithm:)``.
    public mutating func allocate(_ problem: Problem) -> Solution {
        let table = RegisterTable(problem.environment)
        points.number(problem)
        live.collectUses(problem, points)
        liveness.compute(problem, points, into: &live)
        switch algorithm {
        case .linearScan:
            var scan = LinearScan(problem, points, live, table)
            scan.run()
            statistics = AllocationStatistics(uses: live.uses.count, liveRanges: live.ranges.count, pieces: scan.pieces.count)
            var resolution = Resolution(consume scan)
            return resolution.run()
        case .singlePass:
            var pass = SinglePass(problem, points, live, table)
            return pass.run()
        }
    }
}

/// Counts of what linear scan works on.
public struct AllocationStatistics: Sendable {
    public var uses = 0
    public var liveRanges = 0
    /// Pieces that live ranges were cut into: one a value if nothing was split.
    public var pieces = 0
}
