import PrecastEntities

/// What is wrong with a text of the IR, and in which line (from 1).
public struct ParseError: Error, Equatable, CustomStringConvertible {
    public var line: Int
    public var message: String
    public var description: String { "line \(line): \(message)" }
}

/// Reads one function.
public func parseFunction(_ text: String) throws(ParseError) -> Function {
    var parser = FunctionParser(text)
    guard let function = try parser.next() else { throw ParseError(line: 1, message: "expected a function, found nothing") }
    if try parser.next() != nil { throw ParseError(line: parser.line, message: "expected one function, found another") }
    return function
}

/// Reads the text form that docs/ir.md defines, function by function. Values and blocks get the numbers that the text gives them.
///
/// Checks syntax, and that each value, block, signature, function and slot that is named is also declared; ``verify(_:)`` checks
/// the rest. O(length + highest value number); numbers are limited to 2²². No recursion.
public struct FunctionParser: ~Copyable {
    static let numberLimit = 1 << 22

    var scanner: Scanner
    private var function = Function(number: 0, signature: Signature())
    private var definedValues = DenseBitSet()
    private var definedBlocks = DenseBitSet()
    /// Line of the first mention of each value, and of each block.
    private var valueLines: [Int] = []
    private var blockLines: [Int] = []
    private var locations: [SourceLocationData: SourceLocation] = [:]

    public init(_ text: String) { scanner = Scanner(text) }

    /// The line that is read next.
    public var line: Int { scanner.line }

    /// The next function; nil at the end of the text.
    public mutating func next() throws(ParseError) -> Function? {
        scanner.skipBlank()
        if scanner.isAtEnd { return nil }
        try scanner.expectWord("function")
        let number = try scanner.number(UInt32.self)
        let signature = try signature()
        reset(Function(number: number, signature: signature))
        try scanner.expect("{")
        var block = Block.none
        while true {
            scanner.skipBlank()
            if scanner.take("}") { break }
            if scanner.isAtEnd { throw scanner.error("expected `}`, found the end of the text") }
            let word = try scanner.word("a block, an instruction or `}`")
            if word.hasPrefix("block") {
                block = try header(word)
            } else if block.isNone {
                try declaration(word)
            } else {
                try instruction(word, in: block)
            }
            try scanner.endLine()
        }
        try checkReferences()
        var result = Function(number: 0, signature: Signature())
        swap(&result, &function)
        return result
    }

    private mutating func reset(_ new: consuming Function) {
        function = new
        definedValues.removeAll()
        definedBlocks.removeAll()
        valueLines.removeAll()
        blockLines.removeAll()
        locations.removeAll()
    }

    private func checkReferences() throws(ParseError) {
        for (i, line) in valueLines.enumerated() where line > 0 && !definedValues.contains(i) {
            throw ParseError(line: line, message: "v\(i) is used but never defined")
        }
        for (i, line) in blockLines.enumerated() where line > 0 && !definedBlocks.contains(i) {
            throw ParseError(line: line, message: "block\(i) is named but never defined")
        }
    }

    // MARK: Signatures and declarations

    private mutating func signature() throws(ParseError) -> Signature {
        var signature = Signature()
        try scanner.expect("(")
        if !scanner.take(")") {
            repeat { signature.parameters.append(try parameter()) } while scanner.take(",")
            try scanner.expect(")")
        }
        if scanner.take("->") {
            repeat { signature.results.append(try parameter()) } while scanner.take(",")
        }
        let word = try scanner.word("a calling convention")
        guard let convention = Signature.Convention.named.first(where: { $0.0 == word }) else {
            throw scanner.error("expected a calling convention, found `\(word)`")
        }
        signature.convention = convention.1
        return signature
    }
    private mutating func parameter() throws(ParseError) -> ABIParameter {
        let type = try type(scanner.word("a type"))
        for (name, purpose) in ABIParameter.Purpose.named where scanner.takeWord(name) { return ABIParameter(type, purpose) }
        return ABIParameter(type)
    }
    private func type(_ word: String) throws(ParseError) -> Type {
        guard let type = Type(name: word) else { throw scanner.error("expected a type, found `\(word)`") }
        return type
    }

    private mutating func declaration(_ word: String) throws(ParseError) {
        try scanner.expect("=")
        if word == "sig\(function.dfg.signatures.count)" {
            function.dfg.signatures.push(try signature())
        } else if word == "fn\(function.dfg.functions.count)" {
            try scanner.expectWord("function")
            let number = try scanner.number(UInt32.self)
            let signature = try reference("sig", function.dfg.signatures.count)
            function.dfg.functions.push(ExternalFunction(number: number, signature: SignatureReference(rawValue: signature)))
        } else if word == "ss\(function.dfg.stackSlots.count)" {
            try scanner.expectWord("stack_slot")
            let size = try scanner.number(UInt32.self)
            try scanner.expectWord("align")
            function.dfg.stackSlots.push(StackSlotData(size: size, alignment: try scanner.number(UInt32.self)))
        } else if word == "vc\(function.dfg.vectorConstants.count)" {
            try scanner.expectWord("vector")
            let low = try scanner.number(UInt64.self)
            function.dfg.vectorConstants.push(VectorConstantData(low: low, high: try scanner.number(UInt64.self)))
        } else {
            throw scanner.error("expected the next sig, fn, ss or vc, or a block, found `\(word)`")
        }
    }
    /// `PREFIX` and a number below `count`.
    mutating func reference(_ prefix: String, _ count: Int) throws(ParseError) -> UInt32 {
        let word = try scanner.word("`\(prefix)` and a number")
        let number = try scanner.numbered(word, prefix)
        if number >= count { throw scanner.error("\(word) is not declared") }
        return UInt32(number)
    }

    // MARK: Blocks and values

    private mutating func header(_ word: String) throws(ParseError) -> Block {
        let block = try mention(block: word)
        if !definedBlocks.insert(block.index) { throw scanner.error("\(word) is defined twice") }
        if scanner.take("(") {
            repeat {
                let value = try define(scanner.word("a value"))
                try scanner.expect(":")
                let type = try type(scanner.word("a type"))
                function.dfg.values[value] = ValueData(.parameter, type, number: 0, owner: block.rawValue)
                function.dfg.attachParameter(value, to: block)
            } while scanner.take(",")
            try scanner.expect(")")
        }
        if scanner.takeWord("cold") { function.dfg.blocks[block].isCold = true }
        try scanner.expect(":")
        function.layout.append(block)
        return block
    }
    private mutating func mention(block word: String) throws(ParseError) -> Block {
        let number = try scanner.numbered(word, "block")
        while function.dfg.blocks.count <= number {
            _ = function.dfg.makeBlock()
            blockLines.append(0)
        }
        if blockLines[number] == 0 { blockLines[number] = scanner.line }
        return Block(index: number)
    }
    private mutating func mention(value word: String) throws(ParseError) -> Value {
        let number = try scanner.numbered(word, "v")
        while function.dfg.values.count <= number {
            function.dfg.values.push(ValueData(.parameter, .none, number: 0, owner: .max))
            valueLines.append(0)
        }
        if valueLines[number] == 0 { valueLines[number] = scanner.line }
        return Value(index: number)
    }
    private mutating func define(_ word: String) throws(ParseError) -> Value {
        let value = try mention(value: word)
        if !definedValues.insert(value.index) { throw scanner.error("\(word) is defined twice") }
        return value
    }
    mutating func value() throws(ParseError) -> Value { try mention(value: scanner.word("a value")) }
    /// `(v1, v2)`
    mutating func arguments() throws(ParseError) -> EntityList<Value> {
        var values: [Value] = []
        try scanner.expect("(")
        if !scanner.take(")") {
            repeat { values.append(try value()) } while scanner.take(",")
            try scanner.expect(")")
        }
        return function.dfg.lists.make(values)
    }
    mutating func blockCall() throws(ParseError) -> BlockCall {
        let block = try mention(block: scanner.word("a block"))
        let list = scanner.peek("(") ? try arguments() : EntityList()
        return function.dfg.blockCalls.push(BlockCallData(block: block, arguments: list))
    }

    // MARK: Instructions

    private mutating func instruction(_ first: String, in block: Block) throws(ParseError) {
        var results: [Value] = []
        var name = first
        if scanner.peek("=") || scanner.peek(",") {
            results.append(try define(first))
            while scanner.take(",") { results.append(try define(scanner.word("a value"))) }
            try scanner.expect("=")
            name = try scanner.word("an opcode")
        }
        for (i, value) in results.enumerated() where value.index != results[0].index + i {
            throw scanner.error("results of one instruction are numbered in sequence")
        }
        let data = try operands(of: name)
        let types = resultTypes(data)
        if types.count != results.count { throw scanner.error("\(data.opcode.name) has \(types.count) results, found \(results.count)") }
        let start = UInt32(results.first?.index ?? 0)
        let inst = function.dfg.make(data, resultsFrom: start, types, at: try location())
        function.layout.append(inst, to: block)
    }
    private func resultTypes(_ data: InstructionData) -> [Type] {
        switch data.opcode {
        case .call, .callIndirect:
            let signature = data.opcode == .call ? function.dfg.functions[FunctionReference(rawValue: data.a)].signature : SignatureReference(rawValue: data.a)
            return function.dfg.signatures[signature].results.map(\.type)
        case .tryCall, .tryCallIndirect:
            let signature = function.dfg.exceptionTables[data.exceptionTable].signature
            return function.dfg.signatures[signature].results.map(\.type) + [.i64]
        case _ where data.opcode.isTerminator || data.opcode.isStore || data.opcode.format == .conditionalTrap,
            .nop, .fence, .atomicStore:
            return []
        default: return [data.type]
        }
    }
    /// `@1f`, `@~1f` if moved, or `@1f:3` for code of function 3, or `@1f:3<20:1` where that was inlined at 20 of function 1.
    private mutating func location() throws(ParseError) -> SourceLocation {
        guard scanner.take("@") else { return .none }
        var chain: [SourceLocationData] = []
        repeat {
            let isMoved = scanner.take("~"), offset = try scanner.hexadecimal()
            let number = scanner.take(":") ? try scanner.number(UInt32.self) : function.number
            var data = SourceLocationData(offset: offset, function: number)
            data.isMoved = isMoved
            chain.append(data)
        } while scanner.take("<")
        var location = SourceLocation.none
        for var data in chain.reversed() {
            data.inlinedAt = location
            if let known = locations[data] {
                location = known
            } else {
                location = function.sourceLocations.push(data)
                locations[data] = location
            }
        }
        return location
    }

    private static let vectorOperations = Dictionary(uniqueKeysWithValues: VectorOperation.allCases.map { ($0.name, $0) })
    private static let opcodes = Dictionary(uniqueKeysWithValues: Opcode.allCases.map { ($0.name, $0) })

    private mutating func operands(of name: String) throws(ParseError) -> InstructionData {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard let base = parts.first, let opcode = Self.opcodes[base] else { throw scanner.error("there is no opcode `\(name)`") }
        let suffix = parts.count > 1 ? parts[1] : ""
        var data = InstructionData(opcode)
        switch opcode.format {
        case .compareInteger:
            guard let condition = IntegerCondition.allCases.first(where: { $0.name == suffix }) else { throw scanner.error("there is no condition `\(suffix)`") }
            data.type = .i32
            data.flags = UInt16(condition.rawValue)
        case .compareFloat:
            guard let condition = FloatCondition.allCases.first(where: { $0.name == suffix }) else { throw scanner.error("there is no condition `\(suffix)`") }
            data.type = .i32
            data.flags = UInt16(condition.rawValue)
        case .vectorUnary, .vectorBinary, .vectorTernary:
            guard let operation = Self.vectorOperations[suffix], operation.signature.opcode == opcode else {
                throw scanner.error("\(base) has no operation `\(suffix)`")
            }
            data.type = operation.signature.result
            data.flags = operation.rawValue
        case .immediate where opcode == .f32const: data.type = .f32
        case .immediate where opcode == .f64const: data.type = .f64
        default: if !suffix.isEmpty { data.type = try type(suffix) }
        }
        try words(&data)
        if opcode.format == .call || opcode.format == .callIndirect { data.type = resultTypes(data).first ?? .none }
        return data
    }

    private mutating func words(_ data: inout InstructionData) throws(ParseError) {
        switch data.opcode.format {
        case .nullary: break
        case .immediate: try immediate(&data)
        case .vectorConstant: data.a = try reference("vc", function.dfg.vectorConstants.count)
        case .unary: data.a = try value().rawValue
        case .vectorUnary:
            data.a = try value().rawValue
            data.b = try vectorImmediate(data)
        case .vectorBinary:
            data.a = try value().rawValue
            data.b = try nextValue().rawValue
            data.c = try vectorImmediate(data)
        case .binary, .compareInteger, .compareFloat:
            data.a = try value().rawValue
            data.b = try nextValue().rawValue
        case .ternary, .vectorTernary:
            data.a = try value().rawValue
            data.b = try nextValue().rawValue
            data.c = try nextValue().rawValue
        case .atomicLoad, .atomicStore, .atomicUpdate, .atomicCompareExchange: try atomic(&data)
        case .load:
            data.a = try value().rawValue
            data.b = UInt32(bitPattern: try memory(&data))
        case .store:
            data.a = try value().rawValue
            data.b = try nextValue().rawValue
            data.c = UInt32(bitPattern: try memory(&data))
        case .stackAddress:
            data.a = try reference("ss", function.dfg.stackSlots.count)
            if scanner.take("+") { data.b = try scanner.number(UInt32.self) }
        case .functionAddress: data.a = try reference("fn", function.dfg.functions.count)
        case .dataAddress: data.a = try scanner.number(UInt32.self)
        case .call:
            data.a = try reference("fn", function.dfg.functions.count)
            data.b = try arguments().position
        case .callIndirect:
            data.a = try reference("sig", function.dfg.signatures.count)
            data.b = try nextValue().rawValue
            data.c = try arguments().position
        case .tryCall:
            data.a = try reference("fn", function.dfg.functions.count)
            data.b = try arguments().position
            data.c = try exceptionTable(function.dfg.functions[FunctionReference(rawValue: data.a)].signature).rawValue
        case .tryCallIndirect:
            let signature = SignatureReference(rawValue: try reference("sig", function.dfg.signatures.count))
            data.b = try nextValue().rawValue
            data.c = try arguments().position
            data.a = try exceptionTable(signature).rawValue
        case .conditionalTrap:
            data.a = try value().rawValue
            try scanner.expect(",")
            data.flags = UInt16(try scanner.number(UInt8.self))
        case .jump: data.a = try blockCall().rawValue
        case .branch:
            data.a = try value().rawValue
            try scanner.expect(",")
            data.b = try blockCall().rawValue
            try scanner.expect(",")
            data.c = try blockCall().rawValue
        case .branchTable:
            data.a = try value().rawValue
            data.b = try jumpTable().rawValue
        case .return: data.a = try list().position
        case .trap: data.flags = UInt16(try scanner.number(UInt8.self))
        }
    }
    private mutating func nextValue() throws(ParseError) -> Value {
        try scanner.expect(",")
        return try value()
    }
    private mutating func list() throws(ParseError) -> EntityList<Value> {
        var values: [Value] = []
        if !scanner.isAtLineEnd { repeat { values.append(try value()) } while scanner.take(",") }
        return function.dfg.lists.make(values)
    }
    private mutating func jumpTable() throws(ParseError) -> JumpTable {
        try scanner.expect(",")
        var calls = [try blockCall()]
        try scanner.expect(",")
        try scanner.expect("[")
        if !scanner.take("]") {
            repeat { calls.append(try blockCall()) } while scanner.take(",")
            try scanner.expect("]")
        }
        return function.dfg.jumpTables.push(calls)
    }
    /// `, block1, [tag 0 block2(v5), tag 1 ref block3(v5), all block4]`
    private mutating func exceptionTable(_ signature: SignatureReference) throws(ParseError) -> ExceptionTable {
        try scanner.expect(",")
        let normal = try blockCall()
        try scanner.expect(",")
        try scanner.expect("[")
        var handlers: [ExceptionHandler] = []
        repeat {
            var tag: UInt32?
            if scanner.takeWord("tag") { tag = try scanner.number(UInt32.self) } else { try scanner.expectWord("all") }
            var retention = ExceptionHandler.Retention.read
            for (word, named) in ExceptionHandler.Retention.named where scanner.takeWord(word) { retention = named }
            handlers.append(ExceptionHandler(tag: tag, retention: retention, call: try blockCall()))
        } while scanner.take(",")
        try scanner.expect("]")
        return function.dfg.exceptionTables.push(ExceptionTableData(signature: signature, normal: normal, handlers: handlers))
    }
    private mutating func memory(_ data: inout InstructionData) throws(ParseError) -> Int32 {
        var offset: Int32 = 0
        if scanner.take("+") {
            offset = try scanner.number(Int32.self)
        } else if scanner.peek("-") {
            offset = try scanner.number(Int32.self)
        }
        let (region, trap) = try access()
        let isReadOnly = scanner.takeWord("readonly"), isShared = scanner.takeWord("shared")
        data.flags = MemoryFlags(region: region, trap: trap, readOnly: isReadOnly, shared: isShared).rawValue
        return offset
    }
    private mutating func access() throws(ParseError) -> (AliasRegion, trap: UInt8) {
        let region = scanner.takeWord("region") ? try scanner.number(UInt8.self) : 0
        let trap = scanner.takeWord("trap") ? try scanner.number(UInt8.self) : 0
        if trap > 63 { throw scanner.error("trap code \(trap) is above 63") }
        return (AliasRegion(rawValue: region), trap)
    }
    /// `add 8 v0, v1 region 4`: operation of an update, bits of the access, operands, flags.
    private mutating func atomic(_ data: inout InstructionData) throws(ParseError) {
        if data.opcode == .atomicUpdate {
            let name = try scanner.word("an operation")
            guard let operation = AtomicOperation.allCases.first(where: { $0.name == name }) else { throw scanner.error("there is no operation `\(name)`") }
            data.c = UInt32(operation.rawValue)
        }
        let bits = try scanner.number(UInt8.self)
        guard bits >= 8, bits <= 64, bits & (bits - 1) == 0 else { throw scanner.error("an access of \(bits) bits is not atomic") }
        data.a = try value().rawValue
        if data.opcode != .atomicLoad { data.b = try nextValue().rawValue }
        if data.opcode == .atomicCompareExchange { data.c = try nextValue().rawValue }
        let (region, trap) = try access()
        data.flags = MemoryFlags(region: region, trap: trap, atomicSizeLog2: UInt8((bits / 8).trailingZeroBitCount)).rawValue
    }
    /// The lane number or lane constant after the operands; 0 for an operation that has none.
    private mutating func vectorImmediate(_ data: InstructionData) throws(ParseError) -> UInt32 {
        switch data.vectorOperation.immediate {
        case .none: return 0
        case .lane:
            try scanner.expect(",")
            return try scanner.number(UInt32.self)
        case .shuffle:
            try scanner.expect(",")
            return try reference("vc", function.dfg.vectorConstants.count)
        }
    }
    private mutating func immediate(_ data: inout InstructionData) throws(ParseError) {
        let bits: UInt64
        switch data.opcode {
        case .f32const: bits = UInt64(try scanner.float32())
        case .f64const: bits = try scanner.float64()
        default:
            let number = try scanner.number(Int64.self)
            if data.type == .i32 && Int32(exactly: number) == nil { throw scanner.error("\(number) does not fit an i32") }
            bits = UInt64(bitPattern: number)
        }
        data.a = UInt32(truncatingIfNeeded: bits)
        data.b = UInt32(truncatingIfNeeded: bits >> 32)
    }
}

extension DataFlowGraph {
    /// Adds an instruction whose results are values that exist already, from `start` on.
    mutating func make(_ data: InstructionData, resultsFrom start: UInt32, _ types: [Type], at location: SourceLocation) -> Inst {
        let inst = instructions.push(data)
        locations.append(location)
        resultStarts.append(start)
        resultCounts.append(UInt16(types.count))
        for (i, type) in types.enumerated() {
            values[Value(index: Int(start) + i)] = ValueData(.result, type, number: i, owner: inst.rawValue)
        }
        return inst
    }
}
