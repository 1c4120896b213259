import PrecastEntities

/// Hints: which registers would save a piece a move. A hint never changes what is possible, only what is preferred.
extension LinearScan {
    /// Unites values that moves, ties and block arguments connect: one register for all of a web saves every move in it.
    mutating func uniteWebs() {
        webs = Array(0..<UInt32(problem.registerCount))
        webRegister = Array(repeating: -1, count: problem.registerCount)
        for tie in live.ties { unite(problem.operands[Int(tie.use)].register.rawValue, problem.operands[Int(tie.def)].register.rawValue) }
        for block in problem.blocks where !block.arguments.isEmpty {
            guard let successor = block.successors.first else { continue }
            let parameters = problem.blocks[problem.blockPool[Int(successor)].index].parameters
            for (a, p) in zip(block.arguments, parameters) {
                unite(problem.registerPool[Int(a)].rawValue, problem.registerPool[Int(p)].rawValue)
            }
        }
        for v in webs.indices { webs[v] = root(UInt32(v)) }
    }
    private mutating func root(_ v: UInt32) -> UInt32 {
        var v = v
        while webs[Int(v)] != v {
            webs[Int(v)] = webs[Int(webs[Int(v)])]
            v = webs[Int(v)]
        }
        return v
    }
    private mutating func unite(_ a: UInt32, _ b: UInt32) {
        if problem.registerClasses[Int(a)] != problem.registerClasses[Int(b)] { return }
        let (ra, rb) = (root(a), root(b))
        if ra < rb { webs[Int(rb)] = ra } else { webs[Int(ra)] = rb }
    }

    /// Fills `hintScores`: per register, the executions of moves that it would save this piece.
    mutating func scoreHints(_ piece: Piece) {
        for r in table.run(problem.registerClasses[Int(piece.register)]) { hintScores[r] = 0 }
        let web = webRegister[Int(webs[Int(piece.register)])]
        if web >= 0 { hintScores[Int(web)] += 0.05 }
        var budget = 12
        for u in piece.uses {
            let use = live.uses[Int(u)]
            if use.kind == .use || use.kind == .def || use.kind == .besideTied { continue }
            score(use)
            budget -= 1
            if budget == 0 { break }
        }
        continueInPlace(piece)
    }

    /// The end of the piece before, if it ends where this one starts; at a block's head, the places in which control brings the value.
    private mutating func continueInPlace(_ piece: Piece) {
        guard piece.previous >= 0 else { return }
        let b = points.block(at: piece.start)
        if points.heads[b] == piece.start {
            for p in problem.blocks[b].predecessors.prefix(4) {
                let predecessor = problem.blockPool[Int(p)].index
                add(place(of: piece.register, at: points.ends[predecessor] &- 1), points.frequencies[predecessor])
            }
            return
        }
        let before = pieces[Int(piece.previous)]
        if before.end == piece.start && before.place >= 0 { hintScores[Int(before.place)] += points.frequency(at: piece.start) }
    }

    private mutating func score(_ use: UsePosition) {
        let frequency = points.frequency(at: use.point)
        switch use.kind {
        case .fixedUse, .fixedDef:
            if case .fixed(let r) = fixedConstraint(Int(use.operand)) { add(table.number(of: r), frequency) }
        case .tiedDef, .moveDef:
            let i = InstructionIndex(index: points.instruction(at: use.point))
            add(place(of: source(ofTied: Int(use.operand), i), at: use.point &- 1), frequency)
        case .tiedUse, .moveUse:
            let i = InstructionIndex(index: points.instruction(at: use.point &+ 1))
            if let def = tiedDef(of: Int(use.operand), i) {
                // Usually not placed yet; but the def's own wishes are known.
                add(place(of: def.register.rawValue, at: use.point &+ 1), frequency)
                lookAhead(def.register.rawValue, 3)
            }
        case .argument:
            let b = points.block(at: use.point)
            let block = problem.blocks[b]
            let s = problem.blockPool[Int(block.successors.lowerBound)].index
            let index = use.operand - block.arguments.lowerBound
            let parameter = problem.registerPool[Int(problem.blocks[s].parameters.lowerBound + index)].rawValue
            add(place(of: parameter, at: points.heads[s]), frequency)
            lookAhead(parameter, 1)
        case .parameter:
            let b = points.block(at: use.point)
            let index = use.operand - problem.blocks[b].parameters.lowerBound
            for p in problem.blocks[b].predecessors.prefix(8) {
                let q = problem.blockPool[Int(p)].index
                let argument = problem.registerPool[Int(problem.blocks[q].arguments.lowerBound + index)].rawValue
                add(place(of: argument, at: points.ends[q] &- 1), points.frequencies[q])
            }
        default: break
        }
    }

    /// A value that would continue this one: if it is bound for a fixed register, so is this.
    private mutating func lookAhead(_ v: UInt32, _ depth: Int) {
        for u in live.useRun(Int(v)).prefix(6) {
            let use = live.uses[u]
            if use.kind == .fixedUse {
                if case .fixed(let r) = fixedConstraint(Int(use.operand)) { add(table.number(of: r), 0.3 * points.frequency(at: use.point)) }
            } else if depth > 1 && use.kind == .tiedUse {
                let i = InstructionIndex(index: points.instruction(at: use.point &+ 1))
                if let def = tiedDef(of: Int(use.operand), i) { lookAhead(def.register.rawValue, depth - 1) }
            }
        }
    }

    private mutating func add(_ r: Int, _ score: Float) {
        if r >= 0 { hintScores[r] += score }
    }

    /// The fixed register of an operand, or of the use that it is tied to.
    private func fixedConstraint(_ o: Int) -> Operand.Constraint {
        problem.operands[o].constraint
    }
    private func source(ofTied o: Int, _ i: InstructionIndex) -> UInt32 {
        let run = problem.operandRange(i)
        if case .tied(let n) = problem.operands[o].constraint { return problem.operands[run.lowerBound + n].register.rawValue }
        return problem.operands[run.lowerBound].register.rawValue
    }
    private func tiedDef(of o: Int, _ i: InstructionIndex) -> Operand? {
        let run = problem.operandRange(i)
        for d in run where d != o {
            let operand = problem.operands[d]
            if operand.constraint == .tied(o - run.lowerBound) { return operand }
        }
        return problem.moves.contains(i) ? problem.operands[run.lowerBound + 1] : nil
    }

    /// The register that value `v` has at `point`, or -1 (also when that is long ago).
    func place(of v: UInt32, at point: ProgramPoint) -> Int {
        let first = firstPiece[Int(v)]
        if first < 0 { return -1 }
        if point < pieces[Int(first)].end { return placeIfCovering(first, point) }
        var p = lastPiece[Int(v)]
        var budget = 16
        while p >= 0 && budget > 0 {
            if point >= pieces[Int(p)].start { return placeIfCovering(p, point) }
            p = pieces[Int(p)].previous
            budget -= 1
        }
        return -1
    }
    private func placeIfCovering(_ p: Int32, _ point: ProgramPoint) -> Int {
        let piece = pieces[Int(p)]
        return point >= piece.start && point < piece.end && piece.place >= 0 ? Int(piece.place) : -1
    }
}
