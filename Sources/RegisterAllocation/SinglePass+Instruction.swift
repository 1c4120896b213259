import PrecastEntities

// MARK: - Values

extension SinglePass {
    /// Where the value is: a register if it is in one, else its recipe or its slot.
    mutating func place(of v: Int) -> Allocation {
        if registerOf[v] >= 0 { return .register(table.registers[Int(registerOf[v])]) }
        if problem.rematerialization[v] != 0 { return .recipe(problem.rematerialization[v] - 1) }
        needsSlot[v] = true
        return .slot(v)
    }
    private mutating func edit(_ v: Int, _ source: Allocation, _ destination: Allocation, at point: InstructionIndex? = nil) {
        if source == destination { return }
        edits.append(Edit(point: point ?? instruction, source: source, destination: destination, size: problem.spillSizes[v]))
    }
    private mutating func load(_ v: Int, into r: Int) { edit(v, place(of: v), .register(table.registers[r])) }
    /// Makes the value's slot hold it.
    mutating func store(_ v: Int) {
        if isStored[v] || problem.rematerialization[v] != 0 { return }
        isStored[v] = true
        needsSlot[v] = true
        edit(v, place(of: v), .slot(v))
    }
    private mutating func bind(_ v: Int, _ r: Int, from start: Int) {
        if held[r] >= 0 { drop(r, after: true) }
        if registerOf[v] >= 0 { drop(Int(registerOf[v]), after: true) }
        held[r] = Int32(v)
        registerOf[v] = Int16(r)
        if tracksHomes { heldSince[v] = start }
    }
    /// Forgets what register `r` holds; `after` if that stays there until the instruction begins.
    mutating func drop(_ r: Int, after: Bool) {
        let v = Int(held[r])
        held[r] = -1
        registerOf[v] = -1
        if !tracksHomes { return }
        let end = instruction.index + (after ? 1 : 0)
        if heldSince[v] < end { homes.append((UInt32(v), heldSince[v], end, .register(table.registers[r]))) }
    }
    /// Saves and forgets what register `r` holds.
    private mutating func vacate(_ r: Int, after: Bool = false) {
        if held[r] < 0 { return }
        let v = Int(held[r])
        if isNeededLater(v) || !after { store(v) }
        drop(r, after: after)
    }
    private func isNeededLater(_ v: Int) -> Bool {
        crossesBlocks[v] || lastNeeds[v] > nextSlot
    }

    /// A register of `v`'s class outside `avoided`: a free one, else one taken from a value, if possible none that the instruction reads.
    private mutating func takeRegister(for v: Int, avoiding avoided: UInt64, after: Bool = false) -> Int {
        let run = table.run(problem.registerClasses[v])
        for r in run where held[r] < 0 && avoided >> UInt64(r) & 1 == 0 { return r }
        var read: UInt64 = 0
        for o in operands {
            let r = registerOf[problem.operands[o].register.index]
            if r >= 0 { read |= 1 << UInt64(r) }
        }
        for excluded in [avoided | read, avoided] {
            var dirty = -1
            for k in 0..<run.count {
                let r = run.lowerBound + (turn + k) % run.count
                if excluded >> UInt64(r) & 1 != 0 { continue }
                let w = Int(held[r])
                if isStored[w] || problem.rematerialization[w] != 0 {
                    dirty = r
                    break
                }
                if dirty < 0 { dirty = r }
            }
            if dirty >= 0 {
                turn += 1
                vacate(dirty, after: after)
                return dirty
            }
        }
        preconditionFailure("instruction \(instruction.rawValue) demands more registers than there are")
    }
}

// MARK: - One instruction

extension SinglePass {
    mutating func allocate(_ i: InstructionIndex, _ b: Int, isSafepoint: Bool) {
        instruction = i
        operands = problem.operandRange(i)
        nextSlot = points.point(of: i.index, in: b) + 4
        if operands.isEmpty && problem.clobbers[i.index] == 0 { return }
        busyEarly = 0
        busyLate = 0
        tied.removeAll(keepingCapacity: true)
        readDemands()
        placeFixedUses()
        if problem.moves.contains(i) { placeMove() } else { placeSpanning() }
        placeEarlyUses()
        leaveClobbered(isSafepoint: isSafepoint)
        dropDead()
        placeDefs()
        storeDefs()
    }

    private mutating func readDemands() {
        demands = Demands()
        demands.clobbers = clobberMasks[Int(problem.clobbers[instruction.index])]
        for o in operands {
            if case .tied(let n) = problem.operands[o].constraint { demands.tiedUses |= 1 << UInt64(n) }
        }
        for o in operands {
            guard case .fixed(let register) = problem.operands[o].constraint else { continue }
            let r = table.number(of: register)
            if r < 0 { continue }
            let bit: UInt64 = 1 << UInt64(r)
            switch (problem.operands[o].kind, problem.operands[o].position) {
            case (.use, .early): if isTiedUse(o) { demands.both |= bit } else { demands.early |= bit }
            case (.def, .late): demands.late |= bit
            case (.use, .late), (.def, .early): demands.both |= bit
            }
        }
        busyEarly = demands.early | demands.both
        busyLate = demands.late | demands.both
    }
    private func isTiedUse(_ o: Int) -> Bool { demands.tiedUses >> UInt64(o - operands.lowerBound) & 1 != 0 }

    private mutating func placeFixedUses() {
        for o in operands where problem.operands[o].kind == .use {
            guard case .fixed(let register) = problem.operands[o].constraint else { continue }
            let v = problem.operands[o].register.index
            let r = table.number(of: register)
            solution.allocations[o] = .register(register)
            if r >= 0 && held[r] == Int32(v) { continue }
            if r >= 0 { vacate(r) }
            edit(v, place(of: v), .register(register))
        }
    }

    /// What must be undisturbed during the whole instruction.
    private mutating func placeSpanning() {
        for o in operands {
            let operand = problem.operands[o]
            let v = operand.register.index
            switch (operand.kind, operand.position, operand.constraint) {
            case (.use, .late, .register): placeLateUse(o, v)
            case (.use, .late, .any):
                if problem.rematerialization[v] != 0 {
                    placeLateUse(o, v)
                } else {
                    store(v)
                    needsSlot[v] = true
                    solution.allocations[o] = .slot(v)
                }
            case (.def, .early, .register), (.def, .early, .any):
                let r = takeRegister(for: v, avoiding: spanningAvoid)
                settle(o, r)
            case (.def, .late, .tied(let n)): placeTied(o, operands.lowerBound + n)
            default: break
            }
        }
    }
    private var spanningAvoid: UInt64 { busyEarly | busyLate | demands.clobbers }
    private mutating func settle(_ o: Int, _ r: Int) {
        busyEarly |= 1 << UInt64(r)
        busyLate |= 1 << UInt64(r)
        solution.allocations[o] = .register(table.registers[r])
    }
    private mutating func placeLateUse(_ o: Int, _ v: Int) {
        let current = Int(registerOf[v])
        if current >= 0 && spanningAvoid >> UInt64(current) & 1 == 0 { return settle(o, current) }
        if current >= 0, solution.allocations[operands].contains(.register(table.registers[current])), busyLate >> UInt64(current) & 1 != 0,
           isSettledLateUse(of: v, current) { return settle(o, current) }
        let r = takeRegister(for: v, avoiding: spanningAvoid)
        load(v, into: r)
        settle(o, r)
    }
    /// Another late use of the same value has this register already.
    private func isSettledLateUse(of v: Int, _ r: Int) -> Bool {
        operands.contains {
            problem.operands[$0].register.index == v && problem.operands[$0].kind == .use && problem.operands[$0].position == .late
                && solution.allocations[$0] == .register(table.registers[r])
        }
    }
    private mutating func placeTied(_ d: Int, _ u: Int) {
        if case .fixed(let register) = problem.operands[u].constraint {
            solution.allocations[d] = .register(register)
            return
        }
        let r = continuePlace(problem.operands[u].register.index)
        settle(d, r)
        solution.allocations[u] = solution.allocations[d]
        tied.append((problem.operands[u].register.rawValue, r, d))
    }
    private mutating func placeMove() {
        let (u, d) = (operands.lowerBound, operands.lowerBound + 1)
        settle(d, continuePlace(problem.operands[u].register.index))
        solution.allocations[u] = solution.allocations[d]
    }
    /// A register that holds `v` and may be overwritten: its own if it dies or is stored, else a new one with a copy.
    private mutating func continuePlace(_ v: Int) -> Int {
        let current = Int(registerOf[v])
        let canTake = isStored[v] || problem.rematerialization[v] != 0 || !isNeededLater(v)
        if current >= 0 && canTake && spanningAvoid >> UInt64(current) & 1 == 0 && !isReadOtherwise(v) {
            drop(current, after: false)
            return current
        }
        let r = takeRegister(for: v, avoiding: spanningAvoid)
        load(v, into: r)
        return r
    }
    /// Whether the instruction reads `v` in another way than by early uses that can share the tied place.
    private func isReadOtherwise(_ v: Int) -> Bool {
        var count = 0
        for o in operands where problem.operands[o].register.index == v && problem.operands[o].kind == .use {
            if problem.operands[o].position == .late || problem.operands[o].constraint == .stack { return true }
            if isTiedUse(o) { count += 1 }
        }
        return count > 1
    }

    private mutating func placeEarlyUses() {
        for o in operands where solution.allocations[o].isNone && problem.operands[o].kind == .use {
            let operand = problem.operands[o]
            let v = operand.register.index
            if operand.constraint == .stack {
                placeStackUse(o, v)
            } else if let t = tied.first(where: { $0.use == operand.register.rawValue }) {
                solution.allocations[o] = .register(table.registers[t.register])
            } else if registerOf[v] >= 0 {
                busyEarly |= 1 << UInt64(registerOf[v])
                solution.allocations[o] = place(of: v)
            } else if operand.constraint == .any && problem.rematerialization[v] == 0 {
                solution.allocations[o] = place(of: v)
            } else {
                let r = takeRegister(for: v, avoiding: busyEarly)
                load(v, into: r)
                bind(v, r, from: instruction.index)
                busyEarly |= 1 << UInt64(r)
                solution.allocations[o] = .register(table.registers[r])
            }
        }
    }
    private mutating func placeStackUse(_ o: Int, _ v: Int) {
        store(v)
        needsSlot[v] = true
        solution.allocations[o] = .slot(v)
        if problem.rematerialization[v] == 0 { return }
        let scratch = Allocation.register(problem.environment.scratch[Int(problem.registerClasses[v].rawValue)])
        edit(v, .recipe(problem.rematerialization[v] - 1), scratch)
        edit(v, scratch, .slot(v))
    }

    /// Saves what the instruction overwrites.
    private mutating func leaveClobbered(isSafepoint: Bool) {
        var lost = demands.clobbers | demands.late | demands.both
        while lost != 0 {
            vacate(lost.trailingZeroBitCount, after: true)
            lost &= lost - 1
        }
        if !isSafepoint { return }
        for r in held.indices where held[r] >= 0 && problem.isReference.contains(Int(held[r])) { vacate(r, after: true) }
    }
    private mutating func dropDead() {
        for o in operands where problem.operands[o].kind == .use {
            let v = problem.operands[o].register.index
            if registerOf[v] >= 0 && !isNeededLater(v) { drop(Int(registerOf[v]), after: true) }
        }
    }

    private mutating func placeDefs() {
        for o in operands where problem.operands[o].kind == .def {
            let v = problem.operands[o].register.index
            isStored[v] = false
            switch problem.operands[o].constraint {
            case .fixed(let register): solution.allocations[o] = .register(register)
            case .stack:
                needsSlot[v] = true
                isStored[v] = true
                solution.allocations[o] = .slot(v)
            case .register, .any, .tied:
                if !solution.allocations[o].isNone { break }
                let r = takeRegister(for: v, avoiding: busyLate, after: true)
                busyLate |= 1 << UInt64(r)
                solution.allocations[o] = .register(table.registers[r])
            }
        }
    }
    /// Binds the results to their registers, and stores those that leave the block.
    private mutating func storeDefs() {
        let next = InstructionIndex(rawValue: instruction.rawValue + 1)
        for o in operands where problem.operands[o].kind == .def {
            let v = problem.operands[o].register.index
            guard isNeededLater(v), let register = solution.allocations[o].asRegister else { continue }
            let r = table.number(of: register)
            if r >= 0 { bind(v, r, from: next.index) }
            if (crossesBlocks[v] || r < 0) && problem.rematerialization[v] == 0 {
                needsSlot[v] = true
                isStored[v] = true
                edit(v, .register(register), .slot(v), at: next)
            }
        }
    }
}
