import PrecastEntities

extension Problem {
    /// Reads the text form of a problem (see ``dumpAllocation(_:_:)``). Loops over the lines once; blank lines and `;` comments are skipped.
    /// Names of registers are `r0`…`r63` and `f0`…`f63`; blocks and values are numbered from 0 in order.
    public init(text: String) throws(AllocationError) {
        var parser = ProblemParser()
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            do throws(AllocationError) {
                try parser.parse(line: line.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? "")
            } catch {
                throw AllocationError("line \(number + 1): \(error.message)")
            }
        }
        for block in parser.builder.blocks {
            for s in block.successors where s >= parser.builder.blocks.count { throw AllocationError("no block \(s)") }
        }
        self = parser.builder.build()
        try validate()
    }
}

private struct ProblemParser {
    var builder = ProblemBuilder(environment: RegisterEnvironment(callerSaved: [[], []], calleeSaved: [[], []], scratch: [PhysicalRegister(.integer, 63), PhysicalRegister(.float, 63)]))
    var clobberSets: [Int: PhysicalRegisterSet] = [:]
    private var tokens: ArraySlice<String> = []

    init() {}

    mutating func parse(line: Substring) throws(AllocationError) {
        tokens = Self.tokenize(line)[...]
        guard let first = tokens.popFirst() else { return }
        switch first {
        case "int": try environment(.integer)
        case "float": try environment(.float)
        case "value": try value()
        case "clobber": try clobber()
        case "block": try block()
        case "op": try instruction(isMove: false)
        case "move": try instruction(isMove: true)
        case "debug": try debug()
        default: throw AllocationError("expected a line of the problem, found '\(first)'")
        }
        if let rest = tokens.first { throw AllocationError("expected the end of the line, found '\(rest)'") }
    }

    /// Words; `( ) , | : ->` stand alone.
    private static func tokenize(_ line: Substring) -> [String] {
        var result: [String] = []
        var word = ""
        func isAlone(_ c: Character) -> Bool { c == "(" || c == ")" || c == "," || c == "|" || c == ":" }
        for c in line {
            if c == " " || c == "\t" || c == "\r" || isAlone(c) {
                if !word.isEmpty { result.append(word) }
                word = ""
                if isAlone(c) { result.append(String(c)) }
            } else {
                word.append(c)
            }
        }
        if !word.isEmpty { result.append(word) }
        return result
    }

    // MARK: Lines

    private mutating func environment(_ c: RegisterClass) throws(AllocationError) {
        let i = Int(c.rawValue)
        var isCallee = false
        while let token = tokens.popFirst() {
            if token == "|" {
                isCallee = true
            } else if token == "scratch" {
                builder.environment.scratch[i] = try register()
            } else if isCallee {
                builder.environment.calleeSaved[i].append(try register(token))
            } else {
                builder.environment.callerSaved[i].append(try register(token))
            }
        }
    }
    private mutating func value() throws(AllocationError) {
        let v = try valueName()
        guard v.index == builder.registerClasses.count else { throw AllocationError("expected v\(builder.registerClasses.count), found v\(v.rawValue)") }
        guard let kind = tokens.popFirst(), kind == "int" || kind == "float" else { throw AllocationError("expected 'int' or 'float'") }
        _ = builder.makeRegister(kind == "int" ? .integer : .float)
        while let token = tokens.popFirst() {
            switch token {
            case "16": builder.spillSizes[v.index] = 16
            case "ref": builder.references.append(v)
            case "recipe": builder.rematerialization[v.index] = UInt32(try number(below: 1 << 30)) + 1
            default: throw AllocationError("expected '16', 'ref' or 'recipe', found '\(token)'")
            }
        }
    }
    private mutating func clobber() throws(AllocationError) {
        let index = try number(below: 256)
        var set = PhysicalRegisterSet()
        while !tokens.isEmpty { set.insert(try register()) }
        clobberSets[index] = set
    }
    private mutating func block() throws(AllocationError) {
        let b = try number(below: 1 << 24)
        guard b == builder.blocks.count else { throw AllocationError("expected block \(builder.blocks.count), found block \(b)") }
        var block = ProblemBuilder.Block()
        while let token = tokens.popFirst() {
            switch token {
            case "depth": block.loopDepth = try number(below: 1 << 16)
            case "cold": block.isCold = true
            case "landing": block.isLandingPad = true
            case "early": block.isEarly = true
            case "(": block.parameters = try valueList()
            default: throw AllocationError("expected 'depth', 'cold', 'landing', 'early' or parameters, found '\(token)'")
            }
        }
        builder.blocks.append(block)
    }
    private mutating func debug() throws(AllocationError) {
        let label = try number(below: 1 << 31)
        let v = try valueName()
        let (from, to) = (try number(below: 1 << 30), try number(below: 1 << 30))
        builder.debugValues.append(DebugValue(label: UInt32(label), register: v, from: InstructionIndex(index: from), to: InstructionIndex(index: to)))
    }

    private mutating func instruction(isMove: Bool) throws(AllocationError) {
        guard !builder.blocks.isEmpty else { throw AllocationError("an instruction outside a block") }
        var instruction = ProblemBuilder.Instruction([], isMove: isMove)
        while let token = tokens.popFirst() {
            switch token {
            case ",": break
            case "use": instruction.operands.append(try operand(.use, .early))
            case "lateuse": instruction.operands.append(try operand(.use, .late))
            case "def": instruction.operands.append(try operand(.def, .late))
            case "earlydef": instruction.operands.append(try operand(.def, .early))
            case "clobber":
                let index = try number(below: 256)
                guard let set = clobberSets[index] else { throw AllocationError("no clobber set \(index)") }
                instruction.clobbers = set
            case "safepoint": instruction.isSafepoint = true
            case "unwinds": instruction.unwinds = true
            case "->": try successors()
            default: throw AllocationError("expected an operand, found '\(token)'")
            }
        }
        builder.blocks[builder.blocks.count - 1].instructions.append(instruction)
    }
    private mutating func successors() throws(AllocationError) {
        let b = builder.blocks.count - 1
        while let token = tokens.popFirst() {
            if token == "(" {
                builder.blocks[b].arguments = try valueList()
            } else if token != "," {
                guard let successor = Int(token), successor >= 0 else { throw AllocationError("expected a block, found '\(token)'") }
                builder.blocks[b].successors.append(successor)
            }
        }
    }
    private mutating func operand(_ kind: Operand.Kind, _ position: Operand.Position) throws(AllocationError) -> Operand {
        let v = try valueName()
        guard tokens.first == ":" else { return Operand(v, kind, position, .register) }
        tokens.removeFirst()
        guard let name = tokens.popFirst() else { throw AllocationError("expected a constraint") }
        if name == "any" { return Operand(v, kind, position, .any) }
        if name == "stack" { return Operand(v, kind, position, .stack) }
        if name.hasPrefix("=") { return Operand(v, kind, position, .fixed(try register(String(name.dropFirst())))) }
        if name.hasPrefix("tied"), let n = Int(name.dropFirst(4)), (0..<64).contains(n) { return Operand(v, kind, position, .tied(n)) }
        throw AllocationError("expected a constraint, found '\(name)'")
    }

    // MARK: Words

    private mutating func number(below limit: Int) throws(AllocationError) -> Int {
        let token = tokens.popFirst() ?? ""
        guard let n = Int(token), n >= 0, n < limit else { throw AllocationError("expected a number below \(limit), found '\(token)'") }
        return n
    }
    private mutating func register(_ token: String? = nil) throws(AllocationError) -> PhysicalRegister {
        let token = token ?? tokens.popFirst() ?? ""
        guard let first = token.first, first == "r" || first == "f", let n = Int(token.dropFirst()), (0..<64).contains(n) else {
            throw AllocationError("expected a register, found '\(token)'")
        }
        return PhysicalRegister(first == "r" ? .integer : .float, n)
    }
    private mutating func valueName() throws(AllocationError) -> VirtualRegister {
        let token = tokens.popFirst() ?? ""
        guard token.first == "v", let n = UInt32(token.dropFirst()), n < 1 << 24 else { throw AllocationError("expected a value, found '\(token)'") }
        return VirtualRegister(rawValue: n)
    }
    private mutating func valueList() throws(AllocationError) -> [VirtualRegister] {
        var result: [VirtualRegister] = []
        while let token = tokens.first, token != ")" {
            if token == "," { tokens.removeFirst() } else { result.append(try valueName()) }
        }
        guard tokens.popFirst() != nil else { throw AllocationError("expected ')'") }
        return result
    }
}
