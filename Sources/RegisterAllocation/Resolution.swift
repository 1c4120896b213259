import PrecastEntities

/// Turns the pieces of a finished scan into a solution: places of operands, and the moves between pieces, along edges, to and from fixed
/// registers and tied places.
///
/// A value that is somewhere in memory is stored either once at its definition, after which its slot always holds it, or each time
/// it goes from a register to memory: whichever is estimated to execute less often.
struct Resolution: ~Copyable {
    let problem: Problem
    let points: ProgramPoints
    let live: LiveRanges
    let table: RegisterTable
    let scan: LinearScan
    private let slots: SpillSlots
    private var edits = EditList()
    private var solution = Solution()
    /// Per entry of `registerPool`: the place of that parameter or argument.
    private var poolPlaces: [Allocation]

    /// The pieces of the value at hand.
    private var chain: [Stretch] = []
    private var stores: [Store] = []
    private var idle: IdleStretches
    /// Heads of the landing pads, ascending.
    private var landings: [ProgramPoint] = []

    private struct Store: BitwiseCopyable {
        var source: Allocation
        /// The edge, or -1 and the instruction it comes before.
        var predecessor: Int32
        var at: Int32
    }

    init(_ scan: consuming LinearScan) {
        problem = scan.problem
        points = scan.points
        live = scan.live
        table = scan.table
        var needsSlot = scan.isSpilled
        for o in problem.operands where o.constraint == .stack { needsSlot[o.register.index] = true }
        slots = SpillSlots(problem, live, needsSlot: needsSlot)
        idle = IdleStretches(blockCount: problem.blocks.count)
        poolPlaces = Array(repeating: .none, count: problem.registerPool.count)
        solution.allocations = Array(repeating: .none, count: problem.operands.count)
        self.scan = scan
    }

    mutating func run() -> Solution {
        for b in problem.blocks.indices where problem.blocks[b].isLandingPad { landings.append(points.heads[b]) }
        for v in 0..<problem.registerCount {
            collectChain(v)
            if chain.isEmpty {
                placeDeadDefinition(v)
                continue
            }
            stores.removeAll(keepingCapacity: true)
            let isRead = placeUses(v)
            let needsStore = isRead || isLiveAtLanding(v)
            connectWithinBlocks(v)
            if chain.count > 1 { connectEdges(v) }
            storeValue(v, atDefinition: needsStore)
        }
        joinTies()
        passArguments()
        solution.spillAreaSize = slots.areaSize
        solution.edits = edits.sequence(scratch: problem.environment.scratch, spillAreaSize: &solution.spillAreaSize)
        solution.noteCalleeSaved(table)
        listSafepointSlots()
        locateDebugValues()
        return solution
    }
}

// MARK: - One value

extension Resolution {
    private mutating func collectChain(_ v: Int) {
        chain.removeAll(keepingCapacity: true)
        var p = scan.firstPiece[v]
        while p >= 0 {
            let piece = scan.pieces[Int(p)]
            chain.append(Stretch(start: piece.start, end: piece.end, place: place(piece, v), firstUse: piece.uses.lowerBound, lastUse: piece.uses.upperBound))
            p = piece.next
        }
        if chain.count > 1 && chain.contains(where: { $0.place.asRegister == nil }) { leaveIdleRegisters(v) }
    }
    /// Cuts out of the chain the blocks that the value had better pass in memory.
    private mutating func leaveIdleRegisters(_ v: Int) {
        let blocks = idle.find(v, chain, problem, points, live)
        if blocks.isEmpty { return }
        let recipe = problem.rematerialization[v]
        let memory: Allocation = recipe != 0 ? .recipe(recipe - 1) : .slot(Int(slots.offsets[v]))
        var result: [Stretch] = []
        var next = 0
        for stretch in chain {
            var rest = stretch
            while next < blocks.count && points.heads[blocks[next]] < stretch.end {
                let (head, end) = (points.heads[blocks[next]], points.ends[blocks[next]])
                next += 1
                var use = rest.firstUse
                while use < rest.lastUse && live.uses[Int(use)].point < head { use += 1 }
                if head > rest.start { result.append(Stretch(start: rest.start, end: head, place: rest.place, firstUse: rest.firstUse, lastUse: use)) }
                result.append(Stretch(start: head, end: end, place: memory, firstUse: use, lastUse: use))
                rest.start = end
                rest.firstUse = use
            }
            if rest.start < rest.end { result.append(rest) }
        }
        chain = result
    }
    private func place(_ piece: Piece, _ v: Int) -> Allocation {
        if piece.place >= 0 { return .register(table.registers[Int(piece.place)]) }
        let recipe = problem.rematerialization[v]
        return recipe != 0 ? .recipe(recipe - 1) : .slot(Int(slots.offsets[v]))
    }
    /// The place of the value at hand at `point`, at which it is live.
    private func place(at point: ProgramPoint) -> Allocation {
        chain[chain.stretchIndex(at: point)].place
    }
    private func move(_ v: Int, _ source: Allocation, _ destination: Allocation) -> ValueMove {
        ValueMove(source: source, destination: destination, size: problem.spillSizes[v], registerClass: problem.registerClasses[v])
    }

    /// Gives the operands of the value their places. Returns whether one of them reads its slot wherever else the value may be.
    private mutating func placeUses(_ v: Int) -> Bool {
        var needsStore = false
        for stretch in chain {
            for u in stretch.firstUse..<stretch.lastUse {
                let use = live.uses[Int(u)]
                switch use.kind {
                case .use:
                    if case .stack = problem.operands[Int(use.operand)].constraint {
                        placeInSlot(v, use)
                        needsStore = true
                    } else {
                        solution.allocations[Int(use.operand)] = stretch.place
                    }
                case .def where use.need == .stack:
                    let slot = Allocation.slot(Int(slots.offsets[v]))
                    solution.allocations[Int(use.operand)] = slot
                    edits.add(move(v, slot, stretch.place), before: points.instruction(at: use.point) + 1, .afterDefinition)
                case .def, .tiedUse, .tiedDef, .moveUse, .moveDef, .besideTied:
                    solution.allocations[Int(use.operand)] = stretch.place
                case .fixedUse:
                    let fixed = fixedPlace(use)
                    solution.allocations[Int(use.operand)] = fixed
                    edits.add(move(v, stretch.place, fixed), before: points.instruction(at: use.point + 1), .beforeInstruction)
                case .fixedDef:
                    let fixed = fixedPlace(use)
                    solution.allocations[Int(use.operand)] = fixed
                    if stretch.place.asRecipe == nil {
                        edits.add(move(v, fixed, stretch.place), before: points.instruction(at: use.point) + 1, .afterDefinition)
                    }
                case .argument, .parameter:
                    poolPlaces[Int(use.operand)] = stretch.place
                }
            }
        }
        return needsStore
    }
    /// A result in a fixed register that nobody reads has no pieces.
    private mutating func placeDeadDefinition(_ v: Int) {
        for u in live.useRun(v) where live.uses[u].kind == .fixedDef { solution.allocations[Int(live.uses[u].operand)] = fixedPlace(live.uses[u]) }
    }
    private mutating func placeInSlot(_ v: Int, _ use: UsePosition) {
        let slot = Allocation.slot(Int(slots.offsets[v]))
        solution.allocations[Int(use.operand)] = slot
        let recipe = problem.rematerialization[v]
        if recipe != 0 { edits.add(move(v, .recipe(recipe - 1), slot), before: points.instruction(at: use.point), .beforeInstruction) }
    }
    /// The register of a fixed operand, or of the fixed use that it is tied to.
    private func fixedPlace(_ use: UsePosition) -> Allocation {
        switch problem.operands[Int(use.operand)].constraint {
        case .fixed(let r): return .register(r)
        case .tied(let n):
            let run = problem.operandRange(InstructionIndex(index: points.instruction(at: use.point)))
            if case .fixed(let r) = problem.operands[run.lowerBound + n].constraint { return .register(r) }
            return .none
        default: return .none
        }
    }

    /// Moves where one piece follows another within a block.
    private mutating func connectWithinBlocks(_ v: Int) {
        for i in chain.indices.dropFirst() where chain[i - 1].end == chain[i].start {
            let at = chain[i].start
            if points.heads[points.block(at: at)] == at { continue }
            // A cut within an instruction goes to memory; that happens before the instruction.
            let source = at & 3 == 0 || chain[i - 1].start < at.slotStart ? chain[i - 1].place : place(at: at.slotStart - 1)
            transfer(v, source, chain[i].place, before: points.instruction(at: at))
        }
    }
    private mutating func transfer(_ v: Int, _ source: Allocation, _ destination: Allocation, before instruction: Int) {
        if source == destination || destination.asRecipe != nil { return }
        if destination.asSlot != nil {
            stores.append(Store(source: source, predecessor: -1, at: Int32(instruction)))
        } else {
            edits.add(move(v, source, destination), before: instruction, .beforeInstruction)
        }
    }

    /// Moves along edges between blocks at whose boundary the value changes its place.
    private mutating func connectEdges(_ v: Int) {
        for i in live.rangeRun(v) {
            let range = live.ranges[i]
            for b in points.block(at: range.from)...points.block(at: range.to - 1) where points.heads[b] >= range.from {
                let destination = place(at: points.heads[b])
                if destination.asRecipe != nil { continue }
                if isParameter(v, of: b) { continue }
                for p in problem.blocks[b].predecessors {
                    let q = problem.blockPool[Int(p)].index
                    let slot = slots.offsets[v]
                    let source = problem.blocks[b].isLandingPad && slot >= 0 ? .slot(Int(slot)) : place(at: points.ends[q] - 1)
                    if source == destination { continue }
                    if destination.asSlot != nil {
                        stores.append(Store(source: source, predecessor: Int32(q), at: Int32(b)))
                    } else {
                        edits.add(move(v, source, destination), from: q, to: b, in: problem)
                    }
                }
            }
        }
    }
    private func isParameter(_ v: Int, of b: Int) -> Bool {
        // Its definition is then its only use record at the block's head.
        guard let def = definition(v) else { return false }
        return def.kind == .parameter && def.point == points.heads[b]
    }
    private func definition(_ v: Int) -> UsePosition? {
        let run = live.useRun(v)
        let first = live.uses[run.lowerBound]
        if first.kind.isDef { return first }
        for u in run where live.uses[u].kind.isDef { return live.uses[u] }
        return nil
    }

    /// Whether a landing pad finds the value live: its slot then holds it from the definition on, since of what moves it later
    /// an exception may leave anything out.
    private func isLiveAtLanding(_ v: Int) -> Bool {
        if landings.isEmpty { return false }
        for r in live.rangeRun(v) {
            let next = landings.partitionPoint { $0 < live.ranges[r].from }
            if next < landings.count && landings[next] < live.ranges[r].to { return true }
        }
        return false
    }

    private mutating func storeValue(_ v: Int, atDefinition isNeeded: Bool) {
        if stores.isEmpty && !isNeeded || problem.rematerialization[v] != 0 { return }
        guard let def = definition(v) else { return }
        let home = place(at: def.point)
        if home.asSlot != nil || def.need == .stack { return }
        var cost: Float = 0
        for s in stores { cost += points.frequencies[blockOfStore(s)] }
        if isNeeded || cost > points.frequency(at: def.point) {
            let b = points.block(at: def.point)
            let instruction = def.kind == .parameter ? points.firstInstruction(of: b) : points.instruction(at: def.point) + 1
            edits.add(move(v, home, .slot(Int(slots.offsets[v]))), before: instruction, .beforeInstruction)
            return
        }
        for s in stores {
            let store = move(v, s.source, .slot(Int(slots.offsets[v])))
            if s.predecessor < 0 {
                edits.add(store, before: Int(s.at), .beforeInstruction)
            } else {
                edits.add(store, from: Int(s.predecessor), to: Int(s.at), in: problem)
            }
        }
    }
    private func blockOfStore(_ s: Store) -> Int {
        if s.predecessor < 0 { return block(ofInstruction: Int(s.at)) }
        return problem.blocks[Int(s.at)].predecessors.count > 1 ? Int(s.predecessor) : Int(s.at)
    }
    private func block(ofInstruction i: Int) -> Int {
        // Slots run ahead of instructions by one per block begun; search the block whose first instruction is the last not after `i`.
        partitionPoint(of: 1..<problem.blocks.count) { problem.blocks[$0].instructions.lowerBound <= UInt32(i) } - 1
    }
}

// MARK: - Ties, arguments

extension Resolution {
    private mutating func joinTies() {
        for tie in live.ties {
            let destination = solution.allocations[Int(tie.def)]
            let source = solution.allocations[Int(tie.use)]
            let v = problem.operands[Int(tie.use)].register.index
            edits.add(move(v, source, destination), before: points.instruction(at: tie.point), .beforeInstruction)
            solution.allocations[Int(tie.use)] = destination
        }
        for beside in live.besideTies { solution.allocations[Int(beside.operand)] = solution.allocations[Int(beside.def)] }
    }

    private mutating func passArguments() {
        for b in problem.blocks.indices where !problem.blocks[b].arguments.isEmpty {
            guard let s = problem.blocks[b].successors.first else { continue }
            let successor = problem.blockPool[Int(s)].index
            for (a, p) in zip(problem.blocks[b].arguments, problem.blocks[successor].parameters) {
                let destination = poolPlaces[Int(p)]
                if destination.isNone || destination.asRecipe != nil { continue }
                edits.add(move(problem.registerPool[Int(p)].index, poolPlaces[Int(a)], destination), from: b, to: successor, in: problem)
            }
        }
    }
}

// MARK: - Safepoints, debug values

extension Resolution {
    private mutating func listSafepointSlots() {
        if problem.safepoints.isEmpty { return }
        solution.listSafepoints(count: problem.safepoints.count, points.referencesAcross(problem, live, slots))
    }

    private mutating func locateDebugValues() {
        if problem.debugValues.isEmpty { return }
        var claims: [Claim] = []
        for v in problem.debugRegisters {
            collectChain(v)
            // What is made anew at each use is nowhere.
            if chain.isEmpty || problem.rematerialization[v] != 0 { continue }
            // An early or tied definition has its place before it has its value.
            let definition = definition(v).map { $0.kind == .parameter ? 0..<0 : $0.point..<$0.point.nextSlotStart } ?? 0..<0
            for r in live.rangeRun(v) {
                let range = live.ranges[r]
                var i = chain.stretchIndex(at: range.from)
                while i < chain.count, chain[i].start < range.to {
                    let stretch = chain[i]
                    i += 1
                    var start = max(range.from, stretch.start)
                    if definition.contains(start) { start = definition.upperBound }
                    let instructions = points.instructions(from: start, to: min(range.to, stretch.end))
                    if instructions.isEmpty { continue }
                    claims.append(Claim(value: UInt32(v), from: UInt32(instructions.lowerBound), place: stretch.place))
                }
            }
        }
        solution.locateDebugValues(problem, claims)
    }
}

extension Solution {
    /// Fills `usedCalleeSaved` from what is written.
    mutating func noteCalleeSaved(_ table: RegisterTable) {
        var written = PhysicalRegisterSet()
        for a in allocations { if let r = a.asRegister { written.insert(r) } }
        for e in edits { if let r = e.destination.asRegister { written.insert(r) } }
        for r in table.registers.indices where table.isCalleeSaved[r] && written.contains(table.registers[r]) {
            usedCalleeSaved.insert(table.registers[r])
        }
    }
    /// Adds that `value` is in `place` over `instructions`, as far as its variable has this value there.
    mutating func locate(_ value: DebugValue, _ instructions: Range<Int>, _ place: Allocation) {
        let low = max(instructions.lowerBound, value.from.index)
        let high = min(instructions.upperBound, value.to.index)
        if low >= high { return }
        debugLocations.append(DebugLocation(label: value.label, from: InstructionIndex(index: low), to: InstructionIndex(index: high), location: place))
    }
    /// Fills the lists of slots from pairs of a safepoint's number (upper half) and an offset.
    mutating func listSafepoints(count: Int, _ pairs: [UInt64]) {
        let sorted = pairs.sorted()
        var i = 0
        for s in 0..<count {
            while i < sorted.count && sorted[i] >> 32 == UInt64(s) {
                let offset = UInt32(truncatingIfNeeded: sorted[i])
                if i == 0 || sorted[i] != sorted[i - 1] { safepointSlots.append(offset) }
                i += 1
            }
            safepointEnds.append(UInt32(safepointSlots.count))
        }
    }
}
