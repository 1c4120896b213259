public import PrecastEntities

/// Where a value comes from. 8 bytes: kind (2 bits), type (6), number (24), owner (32).
@frozen public struct ValueData: Sendable, BitwiseCopyable {
    @frozen public enum Kind: UInt8, Sendable { case result = 0, parameter, alias }
    @usableFromInline var bits: UInt64

    @inlinable init(_ kind: Kind, _ type: Type, number: Int, owner: UInt32) {
        bits = UInt64(kind.rawValue) | UInt64(type.rawValue) << 2 | UInt64(number & 0xff_ffff) << 8 | UInt64(owner) << 32
    }
    @inlinable public var kind: Kind { Kind(rawValue: UInt8(bits & 3)) ?? .result }
    @inlinable public var type: Type { Type(rawValue: UInt8(bits >> 2 & 63)) ?? .none }
    /// Position among the instruction's results or the block's parameters.
    @inlinable public var number: Int { Int(bits >> 8 & 0xff_ffff) }
    @inlinable public var owner: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
}

/// A block: its parameters, and how often it runs.
@frozen public struct BlockData: Sendable, BitwiseCopyable {
    public var parameters: EntityList<Value>
    /// Not on the common way (traps, slow paths): laid out after everything else.
    public var isCold: Bool
    @inlinable public init(parameters: EntityList<Value> = EntityList(), isCold: Bool = false) {
        self.parameters = parameters
        self.isCold = isCold
    }
}

/// A branch target with its arguments.
@frozen public struct BlockCallData: Sendable, BitwiseCopyable {
    public var block: Block
    public var arguments: EntityList<Value>
    @inlinable public init(block: Block, arguments: EntityList<Value> = EntityList()) {
        self.block = block
        self.arguments = arguments
    }
}

/// The ways out of a call: behind it, or to the first handler that takes the exception.
///
/// The call's results are those of its signature and then the exception's address. Only the arguments of handlers name the latter;
/// the others are there in what the block behind the call dominates, which has no other predecessor and no parameters.
@frozen public struct ExceptionTableData: Sendable {
    public var signature: SignatureReference
    public var normal: BlockCall
    /// Innermost first; never empty.
    public var handlers: [ExceptionHandler]
    @inlinable public init(signature: SignatureReference, normal: BlockCall, handlers: [ExceptionHandler]) {
        self.signature = signature
        self.normal = normal
        self.handlers = handlers
    }
}

/// Which exceptions go to a block.
@frozen public struct ExceptionHandler: Sendable, BitwiseCopyable {
    /// Exceptions of this tag; nil for all.
    public var tag: UInt32?
    public var retention: Retention
    public var call: BlockCall

    /// How long the exception must last.
    @frozen public enum Retention: UInt8, Sendable {
        /// Until the next one is made: its content is read at once.
        case read = 0
        /// For ever: its address may be anywhere.
        case kept = 1
        /// Until it is thrown again, the frame ends, or a handler with the same block takes another.
        case rethrown = 2
    }
    @inlinable public init(tag: UInt32?, retention: Retention, call: BlockCall) {
        self.tag = tag
        self.retention = retention
        self.call = call
    }
}

/// A function outside this one.
@frozen public struct ExternalFunction: Sendable, Hashable {
    /// The module's number for it (position in the code section's order, trampolines after the functions).
    public var number: UInt32
    public var signature: SignatureReference
    @inlinable public init(number: UInt32, signature: SignatureReference) {
        self.number = number
        self.signature = signature
    }
}

/// Instructions, values and the pools they point into; nothing about order (that is ``Layout``).
///
/// Values are never moved: replacing one makes it an alias of another (``replace(_:with:)``), and readers see through aliases
/// with ``resolve(_:)``. There are no use lists; passes that need uses count them in one walk.
public struct DataFlowGraph: Sendable {
    public var instructions = PrimaryMap<Inst, InstructionData>()
    /// First result of each instruction, and how many.
    @usableFromInline var resultStarts: [UInt32] = []
    @usableFromInline var resultCounts: [UInt16] = []
    public var locations: [SourceLocation] = []
    public var values = PrimaryMap<Value, ValueData>()
    public var blocks = PrimaryMap<Block, BlockData>()
    public var blockCalls = PrimaryMap<BlockCall, BlockCallData>()
    public var lists = EntityListPool<Value>()
    /// The default target first, then the cases.
    public var jumpTables = PrimaryMap<JumpTable, [BlockCall]>()
    public var exceptionTables = PrimaryMap<ExceptionTable, ExceptionTableData>()
    public var signatures = PrimaryMap<SignatureReference, Signature>()
    public var functions = PrimaryMap<FunctionReference, ExternalFunction>()
    public var stackSlots = PrimaryMap<StackSlot, StackSlotData>()
    /// 128-bit constants and lane numbers of shuffles.
    public var vectorConstants = PrimaryMap<VectorConstant, VectorConstantData>()
    /// The first of ``vectorConstants`` with each value, as far as they are indexed.
    private var vectorConstantNumbers: [VectorConstantData: VectorConstant] = [:]
    private var indexedVectorConstants = 0
    /// The same of ``signatures`` and ``functions``.
    private var signatureNumbers: [Signature: SignatureReference] = [:]
    private var indexedSignatures = 0
    private var functionNumbers: [ExternalFunction: FunctionReference] = [:]
    private var indexedFunctions = 0

    public init() {}

    // MARK: Values

    /// The value that `value` now stands for. O(length of the alias chain).
    @inlinable public func resolve(_ value: Value) -> Value {
        var v = value
        while values[v].kind == .alias { v = Value(rawValue: values[v].owner) }
        return v
    }
    @inlinable public func type(_ value: Value) -> Type { values[value].type }
    /// The instruction that computes `value` (aliases resolved), or nil for a block parameter.
    @inlinable public func definition(_ value: Value) -> Inst? {
        let data = values[resolve(value)]
        return data.kind == .result ? Inst(rawValue: data.owner) : nil
    }
    /// The constant that `value` is, if an `iconst` defines it (i32 sign-extended).
    @inlinable public func integerConstant(_ value: Value) -> Int64? {
        guard let inst = definition(value) else { return nil }
        let data = instructions[inst]
        return data.opcode == .iconst ? data.immediate : nil
    }
    /// Makes `value` stand for `other` from now on. - Precondition: same type; no cycle.
    @inlinable public mutating func replace(_ value: Value, with other: Value) {
        let target = resolve(other)
        assert(resolve(value) != target && values[value].type == values[target].type)
        values[value] = ValueData(.alias, values[target].type, number: 0, owner: target.rawValue)
    }

    /// The handle of a vector constant, the first one if it has several. O(1), amortized.
    public mutating func vectorConstant(_ value: VectorConstantData) -> VectorConstant {
        while indexedVectorConstants < vectorConstants.count {
            let next = VectorConstant(index: indexedVectorConstants)
            if vectorConstantNumbers[vectorConstants[next]] == nil { vectorConstantNumbers[vectorConstants[next]] = next }
            indexedVectorConstants += 1
        }
        if let known = vectorConstantNumbers[value] { return known }
        return vectorConstants.push(value)
    }
    /// The signature equal to `value`, made if there is none. Constant time, but for those added to ``signatures`` directly since the last time.
    public mutating func signature(_ value: Signature) -> SignatureReference {
        while indexedSignatures < signatures.count {
            let next = SignatureReference(index: indexedSignatures)
            if signatureNumbers[signatures[next]] == nil { signatureNumbers[signatures[next]] = next }
            indexedSignatures += 1
        }
        return signatureNumbers[value] ?? signatures.push(value)
    }
    /// The same of functions outside.
    public mutating func function(_ value: ExternalFunction) -> FunctionReference {
        while indexedFunctions < functions.count {
            let next = FunctionReference(index: indexedFunctions)
            if functionNumbers[functions[next]] == nil { functionNumbers[functions[next]] = next }
            indexedFunctions += 1
        }
        return functionNumbers[value] ?? functions.push(value)
    }

    // MARK: Instructions

    /// Adds an instruction with results of the given types. It is in no block yet.
    @inlinable public mutating func make(_ data: InstructionData, results: [Type], at location: SourceLocation) -> Inst {
        let inst = instructions.push(data)
        locations.append(location)
        resultStarts.append(UInt32(values.count))
        resultCounts.append(UInt16(results.count))
        for (i, type) in results.enumerated() {
            values.push(ValueData(.result, type, number: i, owner: inst.rawValue))
        }
        return inst
    }
    /// Adds an instruction with one result of type `data.type`.
    @inlinable public mutating func makeSingle(_ data: InstructionData, at location: SourceLocation) -> Inst {
        let inst = instructions.push(data)
        locations.append(location)
        resultStarts.append(UInt32(values.count))
        resultCounts.append(1)
        values.push(ValueData(.result, data.type, number: 0, owner: inst.rawValue))
        return inst
    }
    /// Adds an instruction without a result.
    @inlinable public mutating func makeEffect(_ data: InstructionData, at location: SourceLocation) -> Inst {
        let inst = instructions.push(data)
        locations.append(location)
        resultStarts.append(UInt32(values.count))
        resultCounts.append(0)
        return inst
    }
    @inlinable public func resultCount(_ inst: Inst) -> Int { Int(resultCounts[inst.index]) }
    @inlinable public func result(_ inst: Inst, _ i: Int = 0) -> Value {
        assert(i < resultCount(inst))
        return Value(rawValue: resultStarts[inst.index] + UInt32(i))
    }
    @inlinable public func results(_ inst: Inst) -> EntityRange<Value> {
        let start = Int(resultStarts[inst.index])
        return EntityRange(start..<start + resultCount(inst))
    }
    /// Changes what `inst` computes, keeping its (single) result and that result's type.
    @inlinable public mutating func rewrite(_ inst: Inst, _ data: InstructionData) { instructions[inst] = data }
    /// Gives up the results of an instruction (so that it may become an effect, a jump, a nop).
    @inlinable public mutating func dropResults(_ inst: Inst) { resultCounts[inst.index] = 0 }

    /// Calls `body` with each value that `inst` reads, aliases resolved: plain operands, then lists, then arguments of block calls.
    @inlinable public func forEachOperand(_ inst: Inst, _ body: (Value) -> Void) {
        let data = instructions[inst]
        switch data.opcode.format {
        case .nullary, .immediate, .vectorConstant, .stackAddress, .functionAddress, .dataAddress, .trap: break
        case .unary, .vectorUnary, .load, .atomicLoad, .conditionalTrap: body(resolve(data.valueA))
        case .binary, .vectorBinary, .compareInteger, .compareFloat, .store, .atomicStore, .atomicUpdate:
            body(resolve(data.valueA))
            body(resolve(data.valueB))
        case .ternary, .vectorTernary, .atomicCompareExchange:
            body(resolve(data.valueA))
            body(resolve(data.valueB))
            body(resolve(data.valueC))
        case .call, .return: forEach(data.list, body)
        case .callIndirect:
            body(resolve(data.valueB))
            forEach(data.list, body)
        case .jump: forEach(blockCalls[BlockCall(rawValue: data.a)].arguments, body)
        case .branch:
            body(resolve(data.valueA))
            forEach(blockCalls[BlockCall(rawValue: data.b)].arguments, body)
            forEach(blockCalls[BlockCall(rawValue: data.c)].arguments, body)
        case .branchTable:
            body(resolve(data.valueA))
            for call in jumpTables[JumpTable(rawValue: data.b)] { forEach(blockCalls[call].arguments, body) }
        case .tryCall, .tryCallIndirect:
            if data.opcode == .tryCallIndirect { body(resolve(data.valueB)) }
            forEach(data.list, body)
            forEach(blockCalls[exceptionTables[data.exceptionTable].normal].arguments, body)
            for handler in exceptionTables[data.exceptionTable].handlers { forEach(blockCalls[handler.call].arguments, body) }
        }
    }
    @inlinable func forEach(_ list: EntityList<Value>, _ body: (Value) -> Void) {
        for i in 0..<lists.count(list) { body(resolve(lists.get(list, i))) }
    }
    /// Replaces each value that `inst` reads by `body(value)`; `body` sees unresolved values.
    @inlinable public mutating func mapOperands(_ inst: Inst, _ body: (Value) -> Value) {
        let data = instructions[inst]
        switch data.opcode.format {
        case .nullary, .immediate, .vectorConstant, .stackAddress, .functionAddress, .dataAddress, .trap: break
        case .unary, .vectorUnary, .load, .atomicLoad, .conditionalTrap: instructions[inst].a = body(data.valueA).rawValue
        case .binary, .vectorBinary, .compareInteger, .compareFloat, .store, .atomicStore, .atomicUpdate:
            instructions[inst].a = body(data.valueA).rawValue
            instructions[inst].b = body(data.valueB).rawValue
        case .ternary, .vectorTernary, .atomicCompareExchange:
            instructions[inst].a = body(data.valueA).rawValue
            instructions[inst].b = body(data.valueB).rawValue
            instructions[inst].c = body(data.valueC).rawValue
        case .call, .return: map(data.list, body)
        case .callIndirect:
            instructions[inst].b = body(data.valueB).rawValue
            map(data.list, body)
        case .jump: map(blockCalls[BlockCall(rawValue: data.a)].arguments, body)
        case .branch:
            instructions[inst].a = body(data.valueA).rawValue
            map(blockCalls[BlockCall(rawValue: data.b)].arguments, body)
            map(blockCalls[BlockCall(rawValue: data.c)].arguments, body)
        case .branchTable:
            instructions[inst].a = body(data.valueA).rawValue
            for call in jumpTables[JumpTable(rawValue: data.b)] { map(blockCalls[call].arguments, body) }
        case .tryCall, .tryCallIndirect:
            if data.opcode == .tryCallIndirect { instructions[inst].b = body(data.valueB).rawValue }
            map(data.list, body)
            map(blockCalls[exceptionTables[data.exceptionTable].normal].arguments, body)
            for handler in exceptionTables[data.exceptionTable].handlers { map(blockCalls[handler.call].arguments, body) }
        }
    }
    @inlinable mutating func map(_ list: EntityList<Value>, _ body: (Value) -> Value) {
        for i in 0..<lists.count(list) { lists.set(list, i, body(lists.get(list, i))) }
    }
    /// Calls `body` with each block call of a terminator, in order (nonzero before zero; default before cases; normal before handlers).
    @inlinable public func forEachBlockCall(_ inst: Inst, _ body: (BlockCall) -> Void) {
        let data = instructions[inst]
        switch data.opcode.format {
        case .jump: body(BlockCall(rawValue: data.a))
        case .branch:
            body(BlockCall(rawValue: data.b))
            body(BlockCall(rawValue: data.c))
        case .branchTable: for call in jumpTables[JumpTable(rawValue: data.b)] { body(call) }
        case .tryCall, .tryCallIndirect:
            body(exceptionTables[data.exceptionTable].normal)
            for handler in exceptionTables[data.exceptionTable].handlers { body(handler.call) }
        default: break
        }
    }

    // MARK: Blocks

    @inlinable public mutating func makeBlock() -> Block { blocks.push(BlockData()) }
    @inlinable @discardableResult public mutating func appendParameter(_ block: Block, _ type: Type) -> Value {
        let value = values.push(ValueData(.parameter, type, number: parameterCount(block), owner: block.rawValue))
        lists.append(value, to: &blocks[block].parameters)
        return value
    }
    /// Makes a value that will be a parameter of `block` once ``attachParameter(_:to:)`` adds it.
    @inlinable public mutating func makeDetachedParameter(_ block: Block, _ type: Type) -> Value {
        values.push(ValueData(.parameter, type, number: 0, owner: block.rawValue))
    }
    @inlinable public mutating func attachParameter(_ value: Value, to block: Block) {
        values[value] = ValueData(.parameter, values[value].type, number: parameterCount(block), owner: block.rawValue)
        lists.append(value, to: &blocks[block].parameters)
    }
    /// Removes parameter `i`; the caller removes the arguments. O(parameters).
    @inlinable public mutating func removeParameter(_ block: Block, _ i: Int) {
        lists.remove(at: i, from: &blocks[block].parameters)
        for j in i..<parameterCount(block) {
            let v = parameter(block, j)
            values[v] = ValueData(.parameter, values[v].type, number: j, owner: block.rawValue)
        }
    }
    @inlinable public func parameterCount(_ block: Block) -> Int { lists.count(blocks[block].parameters) }
    @inlinable public func parameter(_ block: Block, _ i: Int) -> Value { lists.get(blocks[block].parameters, i) }
    @inlinable public func parameters(_ block: Block) -> [Value] { lists.array(blocks[block].parameters) }
    @inlinable public mutating func makeBlockCall(_ block: Block, _ arguments: some Collection<Value>) -> BlockCall {
        blockCalls.push(BlockCallData(block: block, arguments: lists.make(arguments)))
    }
    @inlinable public func arguments(_ call: BlockCall) -> [Value] { lists.array(blockCalls[call].arguments) }
    /// The signature that a call instruction follows.
    @inlinable public func callSignature(_ inst: Inst) -> SignatureReference {
        let data = instructions[inst]
        return switch data.opcode.format {
        case .call, .tryCall: functions[FunctionReference(rawValue: data.a)].signature
        case .tryCallIndirect: exceptionTables[data.exceptionTable].signature
        default: SignatureReference(rawValue: data.a)
        }
    }
    /// Whether `value` is the address of the exception that leaves a call: the last result of a `try_call`.
    @inlinable public func isCaughtException(_ value: Value) -> Bool {
        guard let inst = definition(value), instructions[inst].opcode.isTryCall else { return false }
        return values[resolve(value)].number == resultCount(inst) - 1
    }
}

/// A piece of the frame.
@frozen public struct StackSlotData: Sendable, Hashable {
    /// Bytes.
    public var size: UInt32
    /// A power of two, at most 16.
    public var alignment: UInt32
    @inlinable public init(size: UInt32, alignment: UInt32) {
        self.size = size
        self.alignment = alignment
    }
}

/// 16 bytes, the lowest lane in the lowest byte of `low`.
@frozen public struct VectorConstantData: Sendable, Hashable, BitwiseCopyable {
    public var low: UInt64
    public var high: UInt64
    @inlinable public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}
