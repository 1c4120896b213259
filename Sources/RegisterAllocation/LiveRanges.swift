import PrecastEntities

/// A run of points at which a value is live: `from ..< to`, within or over blocks that follow one another.
struct LiveRange: BitwiseCopyable {
    var from: ProgramPoint
    var to: ProgramPoint
}

/// One mention of a value, as the scan sees it.
struct UsePosition: BitwiseCopyable {
    enum Kind: UInt8 {
        /// Reads the value where it is: `.any`, `.register` or `.stack`.
        case use
        /// Reads the place of the tied def of the same instruction, which then holds the same value.
        case besideTied
        /// Is copied to the fixed register, to the tied def's place or to the move's destination just before the instruction.
        case fixedUse, tiedUse, moveUse
        /// Is copied to the parameter's place at the end of the block.
        case argument
        case def
        /// Is copied from the fixed register just after the instruction.
        case fixedDef
        case tiedDef, moveDef
        case parameter

        var isDef: Bool { rawValue >= Kind.def.rawValue }
    }
    /// What the value's place must be at `point`.
    enum Need: UInt8 { case anything, preferRegister, register, stack }

    var point: ProgramPoint
    /// Index into `Problem.operands`; of an argument or a parameter: into `Problem.registerPool`.
    var operand: UInt32
    /// What it costs when the value is in memory here.
    var weight: Float
    var kind: Kind
    var need: Need

    /// The point until which the place must stay.
    @inline(__always) var end: ProgramPoint { kind.isDef ? point.nextSlotStart : point &+ 1 }
}

/// Uses and live ranges of all values, flat; runs of one value are contiguous and ascending.
struct LiveRanges {
    var ranges: [LiveRange] = []
    /// Per virtual register, and one more: where its run of `ranges` begins.
    var rangeStarts: [UInt32] = []
    var uses: [UsePosition] = []
    var useStarts: [UInt32] = []
    /// Sums of the weights of all uses before the index (over the whole pool).
    var weightBefore: [Float] = []
    /// Per virtual register: whether some operand fixes its place.
    var hasFixedPlace: [Bool] = []
    /// Pairs of operands that share one place: the def and the use that it is tied to, or both sides of a move; with `register` the
    /// further uses of the same value beside them.
    var ties: [Tie] = []

    struct Tie: BitwiseCopyable {
        var point: ProgramPoint
        var use: UInt32
        var def: UInt32
    }
    struct Beside: BitwiseCopyable {
        var operand: UInt32
        var def: UInt32
    }
    var besideTies: [Beside] = []

    @inline(__always) func rangeRun(_ v: Int) -> Range<Int> { Int(rangeStarts[v])..<Int(rangeStarts[v &+ 1]) }
    @inline(__always) func useRun(_ v: Int) -> Range<Int> { Int(useStarts[v])..<Int(useStarts[v &+ 1]) }
}

// MARK: - Uses

extension LiveRanges {
    /// Collects every mention of every value, sorted by value and point. Linear.
    mutating func collectUses(_ problem: Problem, _ points: ProgramPoints) {
        countUses(problem)
        ties.removeAll(keepingCapacity: true)
        besideTies.removeAll(keepingCapacity: true)
        hasFixedPlace.removeAll(keepingCapacity: true)
        hasFixedPlace.append(contentsOf: repeatElement(false, count: problem.registerCount))
        var cursor = useStarts
        for b in problem.blocks.indices {
            let block = problem.blocks[b]
            let frequency = points.frequencies[b]
            for p in block.parameters {
                add(UsePosition(point: points.heads[b], operand: p, weight: 0.5 * frequency, kind: .parameter, need: .anything), of: problem.registerPool[Int(p)], &cursor)
            }
            for i in block.instructions {
                addOperands(problem, Int(i), points.point(of: Int(i), in: b), frequency, &cursor)
            }
            for a in block.arguments {
                add(UsePosition(point: points.ends[b] &- 1, operand: a, weight: 0.5 * frequency, kind: .argument, need: .anything), of: problem.registerPool[Int(a)], &cursor)
            }
        }
        weightBefore.removeAll(keepingCapacity: true)
        weightBefore.reserveCapacity(uses.count + 1)
        var sum: Float = 0
        for v in 0..<problem.registerCount {
            sum = 0
            for u in useRun(v) {
                weightBefore.append(sum)
                sum += uses[u].weight
            }
        }
        weightBefore.append(sum)
    }

    /// Sum of the weights of `run`, which is part of one value's run.
    @inline(__always) func weight(_ lower: Int, _ upper: Int) -> Float {
        lower >= upper ? 0 : weightBefore[upper &- 1] + uses[upper &- 1].weight - weightBefore[lower]
    }

    private mutating func countUses(_ problem: Problem) {
        let registerCount = problem.registerCount
        useStarts.removeAll(keepingCapacity: true)
        useStarts.append(contentsOf: repeatElement(0, count: registerCount + 1))
        for o in problem.operands { useStarts[o.register.index &+ 1] &+= 1 }
        for block in problem.blocks {
            for p in block.parameters { useStarts[problem.registerPool[Int(p)].index &+ 1] &+= 1 }
            for a in block.arguments { useStarts[problem.registerPool[Int(a)].index &+ 1] &+= 1 }
        }
        for v in 0..<registerCount { useStarts[v &+ 1] &+= useStarts[v] }
        uses.removeAll(keepingCapacity: true)
        uses.append(contentsOf: repeatElement(UsePosition(point: 0, operand: 0, weight: 0, kind: .use, need: .anything), count: Int(useStarts[registerCount])))
    }

    @inline(__always)
    private mutating func add(_ use: UsePosition, of register: VirtualRegister, _ cursor: inout [UInt32]) {
        let v = register.index
        var at = Int(cursor[v])
        cursor[v] &+= 1
        let first = Int(useStarts[v])
        while at > first && uses[at &- 1].point > use.point {
            uses[at] = uses[at &- 1]
            at &-= 1
        }
        uses[at] = use
    }

    private mutating func addOperands(_ problem: Problem, _ i: Int, _ point: ProgramPoint, _ frequency: Float, _ cursor: inout [UInt32]) {
        let run = problem.operandRange(InstructionIndex(index: i))
        if problem.moves.contains(InstructionIndex(index: i)) && run.count == 2 {
            addMove(problem, run.lowerBound, point, frequency, &cursor)
            return
        }
        var tiedUses: UInt64 = 0
        for o in run {
            if case .tied(let n) = problem.operands[o].constraint { tiedUses |= 1 << UInt64(n) }
        }
        for o in run {
            let operand = problem.operands[o]
            let isTied = tiedUses >> UInt64(o &- run.lowerBound) & 1 != 0
            let use = operand.kind == .use
                ? usePosition(problem, operand, o, point, frequency, isTied: isTied)
                : defPosition(problem, operand, o, run, point, frequency)
            if use.kind == .fixedUse || use.kind == .fixedDef { hasFixedPlace[operand.register.index] = true }
            add(use, of: operand.register, &cursor)
        }
        if tiedUses != 0 { noteTies(problem, run, point, &cursor) }
    }

    private func usePosition(_ problem: Problem, _ operand: Operand, _ o: Int, _ point: ProgramPoint, _ frequency: Float, isTied: Bool) -> UsePosition {
        let isRemade = problem.rematerialization[operand.register.index] != 0
        let early = operand.position == .early
        switch operand.constraint {
        case .fixed:
            return UsePosition(point: point &- 1, operand: UInt32(o), weight: 0.6 * frequency, kind: .fixedUse, need: .anything)
        case .stack:
            return UsePosition(point: early ? point : point &+ 3, operand: UInt32(o), weight: 0, kind: .use, need: isRemade ? .anything : .stack)
        case .any where !isRemade:
            return UsePosition(point: early ? point : point &+ 3, operand: UInt32(o), weight: 0.5 * frequency, kind: .use, need: .preferRegister)
        default:
            if isTied {
                return UsePosition(point: point &- 1, operand: UInt32(o), weight: 0.8 * frequency, kind: .tiedUse, need: .anything)
            }
            return UsePosition(point: early ? point : point &+ 3, operand: UInt32(o), weight: frequency, kind: .use, need: .register)
        }
    }

    private func defPosition(_ problem: Problem, _ operand: Operand, _ o: Int, _ run: Range<Int>, _ point: ProgramPoint, _ frequency: Float) -> UsePosition {
        let at = operand.position == .early ? point : point &+ 2
        switch operand.constraint {
        case .fixed:
            return UsePosition(point: at, operand: UInt32(o), weight: 0.8 * frequency, kind: .fixedDef, need: .anything)
        case .stack:
            return UsePosition(point: at, operand: UInt32(o), weight: 0, kind: .def, need: .stack)
        case .any where problem.rematerialization[operand.register.index] == 0:
            return UsePosition(point: at, operand: UInt32(o), weight: 0.6 * frequency, kind: .def, need: .preferRegister)
        case .tied(let n):
            if case .fixed = problem.operands[run.lowerBound + n].constraint {
                return UsePosition(point: at, operand: UInt32(o), weight: 0.8 * frequency, kind: .fixedDef, need: .anything)
            }
            return UsePosition(point: point, operand: UInt32(o), weight: frequency, kind: .tiedDef, need: .register)
        default:
            return UsePosition(point: at, operand: UInt32(o), weight: frequency, kind: .def, need: .register)
        }
    }

    private mutating func addMove(_ problem: Problem, _ first: Int, _ point: ProgramPoint, _ frequency: Float, _ cursor: inout [UInt32]) {
        let (source, destination) = (problem.operands[first], problem.operands[first + 1])
        let needsRegister = source.constraint == .register || destination.constraint == .register || problem.rematerialization[destination.register.index] != 0
        add(UsePosition(point: point &- 1, operand: UInt32(first), weight: 0.8 * frequency, kind: .moveUse, need: .anything), of: source.register, &cursor)
        add(UsePosition(point: point, operand: UInt32(first + 1), weight: 0.8 * frequency, kind: .moveDef, need: needsRegister ? .register : .preferRegister), of: destination.register, &cursor)
        ties.append(Tie(point: point, use: UInt32(first), def: UInt32(first + 1)))
    }

    /// Records the pairs, and lets plain early uses of a tied value read the tied place: so that it need not live on for them.
    private mutating func noteTies(_ problem: Problem, _ run: Range<Int>, _ point: ProgramPoint, _ cursor: inout [UInt32]) {
        for d in run {
            guard case .tied(let n) = problem.operands[d].constraint else { continue }
            let u = run.lowerBound + n
            let isFixed = if case .fixed = problem.operands[u].constraint { true } else { false }
            if isFixed { continue }
            ties.append(Tie(point: point, use: UInt32(u), def: UInt32(d)))
            let register = problem.operands[u].register
            for o in run where o != u && problem.operands[o].register == register && problem.operands[o].kind == .use {
                readBeside(problem, o, d, point, cursor)
            }
        }
    }

    private mutating func readBeside(_ problem: Problem, _ o: Int, _ d: Int, _ point: ProgramPoint, _ cursor: [UInt32]) {
        let operand = problem.operands[o]
        guard operand.position == .early, operand.constraint == .register || operand.constraint == .any else { return }
        var u = Int(cursor[operand.register.index]) - 1
        while u >= Int(useStarts[operand.register.index]) && uses[u].point >= point {
            if uses[u].operand == UInt32(o) && uses[u].kind == .use {
                uses[u].kind = .besideTied
                uses[u].need = .anything
                uses[u].weight = 0
                uses[u].point = point &- 1
                // Restore the order: nothing between `point - 1` and `point` can precede but equals.
                while u > Int(useStarts[operand.register.index]) && uses[u &- 1].point > uses[u].point {
                    uses.swapAt(u, u &- 1)
                    u &-= 1
                }
                besideTies.append(Beside(operand: UInt32(o), def: UInt32(d)))
                return
            }
            u -= 1
        }
    }
}
