import PrecastEntities

/// Text of a problem, with its solution if given. Without a solution it is what ``Problem/init(text:)`` reads.
///
/// ```
/// int r0 r1 | r3 scratch r11          allocatable registers, caller-saved | callee-saved
/// value v0 int                        class, `16` bytes, `ref`, `recipe N`
/// clobber 1 r0 r1                     a set of registers
/// block 0 depth 1 cold early (v1)
///   op use v0, use v1:any, def v2:tied0 clobber 1 safepoint
///   move use v0, def v3:any
///   op use v3:=r0 -> 1, 2             a terminator names its successors
///   op -> 1(v3)                       … and arguments
/// debug 7 v0 0 3                      variable 7 is v0 over instructions 0 ..< 3
/// ```
/// A solution adds edits (`r0 <- [8]`) and, after each operand, its place (`@r3`).
public func dumpAllocation(_ problem: Problem, _ solution: Solution? = nil) -> String {
    var dump = Dump(problem: problem, solution: solution)
    return dump.run()
}

func describe(_ r: PhysicalRegister) -> String { (r.registerClass == .integer ? "r" : "f") + String(r.number) }
func describe(_ a: Allocation) -> String {
    if let r = a.asRegister { return describe(r) }
    if let slot = a.asSlot { return "[\(slot)]" }
    if let recipe = a.asRecipe { return "recipe \(recipe)" }
    return "none"
}

private struct Dump {
    let problem: Problem
    let solution: Solution?
    var text = ""
    var nextEdit = 0
    var nextSafepoint = 0

    mutating func run() -> String {
        environment()
        for v in 0..<problem.registerCount { value(v) }
        for (i, set) in problem.clobberSets.enumerated() where i > 0 {
            text += "clobber \(i) \(set.members.map(describe).joined(separator: " "))\n"
        }
        for b in problem.blocks.indices { block(b) }
        for d in problem.debugValues { text += "debug \(d.label) v\(d.register.rawValue) \(d.from.rawValue) \(d.to.rawValue)\n" }
        if let solution { summary(solution) }
        return text
    }

    private mutating func environment() {
        for c in RegisterClass.allCases {
            let i = Int(c.rawValue)
            func list(_ lists: [[PhysicalRegister]]) -> String { i < lists.count ? lists[i].map(describe).joined(separator: " ") : "" }
            text += "\(c == .integer ? "int" : "float") \(list(problem.environment.callerSaved)) | \(list(problem.environment.calleeSaved))"
            text += " scratch \(describe(problem.environment.scratch[i]))\n"
        }
    }
    private mutating func value(_ v: Int) {
        text += "value v\(v) \(problem.registerClasses[v] == .integer ? "int" : "float")"
        if problem.spillSizes[v] == 16 { text += " 16" }
        if problem.isReference.contains(v) { text += " ref" }
        if problem.rematerialization[v] != 0 { text += " recipe \(problem.rematerialization[v] - 1)" }
        text += "\n"
    }

    private mutating func block(_ b: Int) {
        let block = problem.blocks[b]
        text += "block \(b) depth \(block.loopDepth)\(block.isCold ? " cold" : "")\(block.isLandingPad ? " landing" : "")\(block.isEarly ? " early" : "")"
        if !block.parameters.isEmpty { text += " (\(registers(block.parameters)))" }
        text += "\n"
        for i in block.instructions {
            edits(before: Int(i))
            text += "  " + instruction(InstructionIndex(rawValue: i)) + (block.unwinds.rawValue == i ? " unwinds" : "")
            if i + 1 == block.instructions.upperBound && !block.successors.isEmpty {
                text += " -> " + block.successors.map { String(problem.blockPool[Int($0)].rawValue) }.joined(separator: ", ")
                if !block.arguments.isEmpty { text += "(\(registers(block.arguments)))" }
            }
            text += "\n"
        }
    }
    private func registers(_ run: Range<UInt32>) -> String {
        run.map { "v\(problem.registerPool[Int($0)].rawValue)" }.joined(separator: ", ")
    }
    private mutating func edits(before i: Int) {
        guard let solution else { return }
        while nextEdit < solution.edits.count && solution.edits[nextEdit].point.index == i {
            let edit = solution.edits[nextEdit]
            text += "    \(describe(edit.destination)) <- \(describe(edit.source))\(edit.size == 16 ? " 16" : "")\n"
            nextEdit += 1
        }
    }
    private mutating func instruction(_ i: InstructionIndex) -> String {
        var result = problem.moves.contains(i) ? "move" : "op"
        let operands = problem.operandRange(i).map { operand($0) }
        if !operands.isEmpty { result += " " + operands.joined(separator: ", ") }
        if problem.clobbers[i.index] != 0 { result += " clobber \(problem.clobbers[i.index])" }
        if nextSafepoint < problem.safepoints.count && problem.safepoints[nextSafepoint] == i {
            result += " safepoint"
            if let solution {
                let start = nextSafepoint == 0 ? 0 : Int(solution.safepointEnds[nextSafepoint - 1])
                result += " {\(solution.safepointSlots[start..<Int(solution.safepointEnds[nextSafepoint])].map(String.init).joined(separator: " "))}"
            }
            nextSafepoint += 1
        }
        return result
    }
    private func operand(_ o: Int) -> String {
        let operand = problem.operands[o]
        var result = switch (operand.kind, operand.position) {
        case (.use, .early): "use"
        case (.use, .late): "lateuse"
        case (.def, .early): "earlydef"
        case (.def, .late): "def"
        }
        result += " v\(operand.register.rawValue)"
        switch operand.constraint {
        case .register: break
        case .any: result += ":any"
        case .stack: result += ":stack"
        case .fixed(let r): result += ":=\(describe(r))"
        case .tied(let n): result += ":tied\(n)"
        }
        if let solution { result += "@\(describe(solution.allocations[o]))" }
        return result
    }
    private mutating func summary(_ solution: Solution) {
        text += "spill area \(solution.spillAreaSize)\n"
        if !solution.usedCalleeSaved.isEmpty { text += "saves \(solution.usedCalleeSaved.members.map(describe).joined(separator: " "))\n" }
        for d in solution.debugLocations { text += "location \(d.label) \(d.from.rawValue) \(d.to.rawValue) \(describe(d.location))\n" }
    }
}
