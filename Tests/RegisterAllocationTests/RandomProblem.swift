import PrecastEntities
import PrecastRegisterAllocation

/// A small fast generator with a seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678 }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

extension RegisterEnvironment {
    static func registers(_ c: RegisterClass, _ numbers: [Int]) -> [PhysicalRegister] { numbers.map { PhysicalRegister(c, $0) } }
    /// As the x86-64 target offers them.
    static let x86 = RegisterEnvironment(
        callerSaved: [registers(.integer, [0, 1, 2, 6, 7, 8, 9, 10]), registers(.float, Array(0..<15))],
        calleeSaved: [registers(.integer, [3, 12, 13, 14, 15]), []],
        scratch: [PhysicalRegister(.integer, 11), PhysicalRegister(.float, 15)])
    /// Few registers, so that everything is contended.
    static let tiny = RegisterEnvironment(
        callerSaved: [registers(.integer, [0, 1, 2, 6]), registers(.float, [0, 1, 2])],
        calleeSaved: [registers(.integer, [3, 12]), [PhysicalRegister(.float, 8)]],
        scratch: [PhysicalRegister(.integer, 11), PhysicalRegister(.float, 15)])
    var callerSavedSet: PhysicalRegisterSet {
        var set = PhysicalRegisterSet()
        for list in callerSaved { for r in list { set.insert(r) } }
        return set
    }
}

/// Makes random problems that keep every invariant: structured control flow with loops, diamonds and cold sides; all constraints.
struct RandomProblem {
    var random: SeededGenerator
    var builder: ProblemBuilder
    var block = 0
    var available: [[VirtualRegister]] = [[], []]
    var budget: Int
    let usesReferences: Bool
    /// Mostly recent values are used, as in real code; else any, so that everything is live everywhere.
    let isLocal: Bool
    let argumentRegisters: [PhysicalRegister]
    let resultRegisters: [PhysicalRegister]
    var labels = 0

    static func make(seed: Int, size: Int? = nil, isTypical: Bool = false) -> Problem {
        var random = SeededGenerator(seed: seed)
        let environment: RegisterEnvironment = !isTypical && random.chance(60) ? .tiny : .x86
        let budget = size ?? (5 + random.below(120))
        var generator = RandomProblem(random, environment, budget, isTypical: isTypical)
        return generator.generate()
    }

    init(_ random: SeededGenerator, _ environment: RegisterEnvironment, _ budget: Int, isTypical: Bool) {
        var random = random
        self.budget = budget
        builder = ProblemBuilder(environment: environment)
        isLocal = isTypical || random.chance(50)
        usesReferences = !isTypical && random.chance(25)
        self.random = random
        argumentRegisters = environment.callerSaved[0].count > 4
            ? RegisterEnvironment.registers(.integer, [6, 2, 1, 8, 9, 0, 7, 10]) : RegisterEnvironment.registers(.integer, [6, 2, 1])
        resultRegisters = RegisterEnvironment.registers(.integer, [0, 2, 1])
    }

    mutating func generate() -> Problem {
        block = builder.makeBlock(loopDepth: 0)
        var defs: [Operand] = []
        for i in 0..<random.below(argumentRegisters.count + 1) {
            defs.append(.def(fresh(.integer), .fixed(argumentRegisters[i])))
        }
        for i in 0..<random.below(3) { defs.append(.def(fresh(.float), .fixed(PhysicalRegister(.float, i)))) }
        add(.init(defs))
        define(defs)
        for _ in 0..<3 { constant() }
        repeat { region(depth: 0) } while budget > 0 && isLocal
        finish()
        let problem = builder.build(order: layout())
        return random.chance(30) ? withDebugValues(problem) : problem
    }

    private mutating func finish() {
        var operands: [Operand] = []
        for i in 0..<min(2, available[0].count) where random.chance(70) { operands.append(.use(pick(0), .fixed(resultRegisters[i]))) }
        add(.init(operands))
    }

    private mutating func withDebugValues(_ problem: Problem) -> Problem {
        var problem = problem
        for label in 0..<10 {
            let from = random.below(problem.instructionCount)
            problem.debugValues.append(DebugValue(
                label: UInt32(label), register: VirtualRegister(index: random.below(problem.registerCount)),
                from: InstructionIndex(index: from), to: InstructionIndex(index: from + random.below(problem.instructionCount - from + 1))))
        }
        return problem
    }

    /// Cold blocks last; sometimes any order at all.
    private mutating func layout() -> [Int] {
        var rest = Array(builder.blocks.indices.dropFirst())
        if random.chance(20) { rest.shuffle(using: &random) }
        if random.chance(70) {
            rest = rest.filter { !builder.blocks[$0].isCold } + rest.filter { builder.blocks[$0].isCold }
        }
        return [0] + rest
    }

    private mutating func add(_ instruction: ProblemBuilder.Instruction) { builder.blocks[block].instructions.append(instruction) }
    private mutating func fresh(_ c: RegisterClass, recipe: UInt32? = nil) -> VirtualRegister {
        let wide = c == .float && random.chance(25)
        let r = builder.makeRegister(c, size: wide ? 16 : 8, recipe: recipe)
        if usesReferences && c == .integer && recipe == nil && random.chance(40) { builder.references.append(r) }
        return r
    }
    private mutating func define(_ operands: [Operand]) {
        for o in operands where o.kind == .def && random.chance(95) { available[Int(builder.registerClasses[o.register.index].rawValue)].append(o.register) }
    }
    private mutating func pick(_ c: Int) -> VirtualRegister {
        let list = available[c]
        if isLocal {
            // A few long-lived values, else the nearer the likelier.
            if random.chance(12) { return list[random.below(min(6, list.count))] }
            var back = 0
            while random.chance(65) { back += 1 }
            return list[list.count - 1 - back % list.count]
        }
        if random.chance(50) { return list[list.count - 1 - random.below(min(4, list.count))] }
        return list[random.below(list.count)]
    }
    private mutating func constant() {
        let c: RegisterClass = random.chance(70) ? .integer : .float
        let r = builder.makeRegister(c, size: 8, recipe: UInt32(random.below(50)))
        add(.init([.def(r)]))
        available[Int(c.rawValue)].append(r)
    }

    // MARK: Control flow

    private mutating func region(depth: Int) {
        let count = 1 + random.below(5)
        for _ in 0..<count {
            if budget <= 0 { return }
            switch random.below(depth > 4 ? 6 : 11) {
            case 0...5: for _ in 0...random.below(6) { instruction() }
            case 6, 7: diamond(depth)
            case 8: guardedCall(depth)
            default: loop(depth)
            }
        }
    }
    private mutating func branch(_ targets: [Int]) {
        var operands: [Operand] = []
        if random.chance(80), !available[0].isEmpty { operands.append(.use(pick(0), random.chance(30) ? .any : .register)) }
        if random.chance(5), !available[0].isEmpty { operands = [.use(pick(0), .fixed(resultRegisters[0]))] }
        add(.init(operands))
        builder.blocks[block].successors = targets
    }
    private mutating func jump(_ target: Int, _ arguments: [VirtualRegister]) {
        add(.init([]))
        builder.blocks[block].successors = [target]
        builder.blocks[block].arguments = arguments
    }
    private var loopDepth: Int { builder.blocks[block].loopDepth }

    private mutating func parameters(_ classes: [RegisterClass], sizesOf models: [VirtualRegister]) -> [VirtualRegister] {
        zip(classes, models).map { c, model in
            let r = builder.makeRegister(c, size: builder.spillSizes[model.index])
            if builder.references.contains(model) { builder.references.append(r) }
            return r
        }
    }
    private func compatible(_ a: VirtualRegister, _ b: VirtualRegister) -> Bool {
        builder.registerClasses[a.index] == builder.registerClasses[b.index] && builder.spillSizes[a.index] == builder.spillSizes[b.index]
            && builder.references.contains(a) == builder.references.contains(b)
    }
    private mutating func someArguments() -> [VirtualRegister] {
        var result: [VirtualRegister] = []
        for _ in 0..<random.below(random.chance(10) ? 20 : 5) {
            let c = available[1].isEmpty || random.chance(70) ? 0 : 1
            if !available[c].isEmpty { result.append(pick(c)) }
        }
        return result
    }
    private mutating func argumentsLike(_ models: [VirtualRegister]) -> [VirtualRegister] {
        models.map { model in
            let candidates = available[Int(builder.registerClasses[model.index].rawValue)].filter { compatible($0, model) }
            if candidates.isEmpty { return model }
            return random.chance(60) ? candidates[candidates.count - 1 - random.below(min(5, candidates.count))] : candidates[random.below(candidates.count)]
        }
    }

    private mutating func diamond(_ depth: Int) {
        budget -= 2
        let isColdSide = random.chance(30)
        let before = available
        let cold = builder.blocks[block].isCold
        let then = builder.makeBlock(loopDepth: loopDepth, isCold: cold || isColdSide)
        let otherwise = builder.makeBlock(loopDepth: loopDepth, isCold: cold)
        let join = builder.makeBlock(loopDepth: loopDepth, isCold: cold)
        branch([then, otherwise])
        block = then
        region(depth: depth + 1)
        let arguments = someArguments()
        let models = arguments
        jump(join, arguments)
        available = before
        block = otherwise
        if random.chance(60) { region(depth: depth + 1) }
        endOther(join, models, before)
    }

    /// Ends the second side of a diamond and goes on behind it.
    private mutating func endOther(_ join: Int, _ models: [VirtualRegister], _ before: [[VirtualRegister]]) {
        // Every model must have a stand-in that dominates this side.
        var here: [VirtualRegister] = []
        for model in models {
            let candidates = available[Int(builder.registerClasses[model.index].rawValue)].filter { compatible($0, model) }
            if candidates.isEmpty {
                let r = builder.makeRegister(builder.registerClasses[model.index], size: builder.spillSizes[model.index])
                if builder.references.contains(model) { builder.references.append(r) }
                add(.init([.def(r)]))
                here.append(r)
            } else {
                here.append(candidates[random.below(candidates.count)])
            }
        }
        jump(join, here)
        available = before
        block = join
        let parameters = parameters(models.map { builder.registerClasses[$0.index] }, sizesOf: models)
        builder.blocks[join].parameters = parameters
        for p in parameters { available[Int(builder.registerClasses[p.index].rawValue)].append(p) }
    }

    /// A call with a landing pad: what comes between it and the end of its block belongs to the normal way.
    private mutating func guardedCall(_ depth: Int) {
        budget -= 3
        if available[0].count < 2 { return constant() }
        let before = available
        let cold = builder.blocks[block].isCold
        let normal = builder.makeBlock(loopDepth: loopDepth, isCold: cold)
        let landing = builder.makeBlock(loopDepth: loopDepth, isCold: cold || random.chance(80))
        let join = builder.makeBlock(loopDepth: loopDepth, isCold: cold)
        call()
        builder.blocks[block].instructions[builder.blocks[block].instructions.count - 1].unwinds = true
        for _ in 0..<random.below(3) { plain() }
        add(.init([]))
        builder.blocks[block].successors = [normal, landing]
        block = normal
        if random.chance(60) { region(depth: depth + 1) }
        let models = someArguments()
        jump(join, models)
        available = before
        block = landing
        builder.blocks[landing].isLandingPad = true
        var everything = builder.environment.callerSavedSet
        for list in builder.environment.calleeSaved { for r in list { everything.insert(r) } }
        emit([.def(fresh(.integer), .fixed(resultRegisters[0]))], clobbers: everything)
        if random.chance(60) { region(depth: depth + 1) }
        endOther(join, models, before)
    }

    private mutating func loop(_ depth: Int) {
        budget -= 2
        let cold = builder.blocks[block].isCold
        let header = builder.makeBlock(loopDepth: loopDepth + 1, isCold: cold)
        let arguments = someArguments()
        let outerDepth = loopDepth
        jump(header, arguments)
        block = header
        let parameters = parameters(arguments.map { builder.registerClasses[$0.index] }, sizesOf: arguments)
        builder.blocks[header].parameters = parameters
        for p in parameters { available[Int(builder.registerClasses[p.index].rawValue)].append(p) }
        let exit: Int
        if random.chance(50) {
            // Left at the top.
            if random.chance(50) { region(depth: depth + 1) }
            exit = builder.makeBlock(loopDepth: outerDepth, isCold: cold)
            let body = builder.makeBlock(loopDepth: outerDepth + 1, isCold: cold)
            branch([body, exit])
            let atExit = available
            block = body
            region(depth: depth + 1)
            jump(header, backArguments(parameters))
            available = atExit
        } else {
            region(depth: depth + 1)
            exit = builder.makeBlock(loopDepth: outerDepth, isCold: cold)
            let latch = builder.makeBlock(loopDepth: outerDepth + 1, isCold: cold)
            branch([latch, exit])
            block = latch
            jump(header, backArguments(parameters))
        }
        block = exit
    }
    private mutating func backArguments(_ parameters: [VirtualRegister]) -> [VirtualRegister] {
        // Rotations and swaps among the parameters themselves are the hard cases.
        if random.chance(40) {
            return parameters.indices.map { i in
                parameters[(i + 1)...].first { compatible($0, parameters[i]) } ?? parameters.first { compatible($0, parameters[i]) } ?? parameters[i]
            }
        }
        return argumentsLike(parameters)
    }

    // MARK: Instructions

    private mutating func instruction() {
        budget -= 1
        if available[0].count < 2 { return constant() }
        switch random.below(20) {
        case 0: constant()
        case 1, 2, 3: plain()
        case 4, 5, 6, 7: tied()
        case 8: move()
        case 9: shift()
        case 10: divide()
        case 11, 12: call()
        case 13: multiply()
        case 14: store()
        case 15: mixed()
        case 16: stackUse()
        default: float()
        }
    }
    private mutating func emit(_ operands: [Operand], clobbers: PhysicalRegisterSet = [], isMove: Bool = false, isSafepoint: Bool = false) {
        add(.init(operands, clobbers: clobbers, isMove: isMove, isSafepoint: isSafepoint))
        define(operands)
    }
    private mutating func plain() {
        emit([.use(pick(0)), .use(pick(0), random.chance(50) ? .any : .register), .def(fresh(.integer), random.chance(20) ? .any : .register)])
    }
    private mutating func tied() {
        emit([.use(pick(0)), .use(pick(0), random.chance(50) ? .any : .register), .def(fresh(.integer), .tied(0))])
    }
    private mutating func move() {
        let source = pick(random.chance(20) && !available[1].isEmpty ? 1 : 0)
        let r = builder.makeRegister(builder.registerClasses[source.index], size: builder.spillSizes[source.index])
        if builder.references.contains(source) { builder.references.append(r) }
        emit([.use(source, random.chance(50) ? .any : .register), .def(r, random.chance(50) ? .any : .register)], isMove: true)
    }
    private mutating func shift() {
        emit([.use(pick(0)), .use(pick(0), .fixed(PhysicalRegister(.integer, 1))), .def(fresh(.integer), .tied(0))])
    }
    private mutating func divide() {
        let (rax, rdx) = (PhysicalRegister(.integer, 0), PhysicalRegister(.integer, 2))
        if random.chance(50) {
            emit([.use(pick(0), .fixed(rax)), .lateUse(pick(0)), .def(fresh(.integer), .fixed(rax)), .earlyDef(builder.makeRegister(.integer), .fixed(rdx))])
        } else {
            emit([.use(pick(0), .fixed(rax)), .use(pick(0), .fixed(rdx)), .use(pick(0)), .def(fresh(.integer), .fixed(rax)), .def(fresh(.integer), .fixed(rdx))])
        }
    }
    private mutating func multiply() {
        let (rax, rdx) = (PhysicalRegister(.integer, 0), PhysicalRegister(.integer, 2))
        emit([.use(pick(0), .fixed(rax)), .use(pick(0), .any), .def(fresh(.integer), .tied(0)), .def(fresh(.integer), .fixed(rdx))])
    }
    private mutating func call() {
        var operands: [Operand] = []
        for i in 0..<random.below(argumentRegisters.count + 1) { operands.append(.use(pick(0), .fixed(argumentRegisters[i]))) }
        if !available[1].isEmpty && random.chance(40) { operands.append(.use(pick(1), .fixed(PhysicalRegister(.float, 0)))) }
        if random.chance(30) { operands.append(.use(pick(0), .any)) }
        var clobbers = builder.environment.callerSavedSet
        if random.chance(60) { operands.append(.def(fresh(.integer), .fixed(resultRegisters[0]))) }
        if random.chance(20) { operands.append(.def(fresh(.integer), .fixed(resultRegisters[1]))) }
        if random.chance(20) {
            let r = fresh(.float)
            operands.append(.def(r, .fixed(PhysicalRegister(.float, 0))))
        }
        if random.chance(5) { clobbers = clobbers.union([PhysicalRegister(.integer, 3), PhysicalRegister(.integer, 12)]) }
        emit(operands, clobbers: clobbers, isSafepoint: usesReferences && random.chance(70))
    }
    private mutating func store() {
        var operands: [Operand] = [.use(pick(0)), .use(pick(0))]
        if random.chance(50) { operands.append(.use(pick(0))) }
        emit(operands)
    }
    private mutating func mixed() {
        var operands: [Operand] = [.use(pick(0)), .earlyDef(builder.makeRegister(.integer))]
        if random.chance(50) { operands.append(.lateUse(pick(0))) }
        if random.chance(50) { operands.append(.def(fresh(.integer))) }
        if random.chance(20) { operands.append(.def(fresh(.integer), .tied(0))) }
        emit(operands)
    }
    private mutating func stackUse() {
        if random.chance(50) {
            emit([.use(pick(0), .stack), .def(fresh(.integer))])
        } else {
            emit([.use(pick(0)), .def(fresh(.integer), .stack)])
        }
    }
    private mutating func float() {
        if available[1].isEmpty {
            emit([.use(pick(0), .any), .def(fresh(.float))])
        } else if random.chance(50) {
            emit([.use(pick(1)), .use(pick(1), .any), .def(fresh(.float), .tied(0))])
        } else {
            emit([.use(pick(1)), .use(pick(1)), .def(fresh(.float))])
        }
    }
}
