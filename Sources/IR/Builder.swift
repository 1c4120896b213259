public import PrecastEntities

/// A mutable variable of the source program, before SSA construction.
@frozen public struct Variable: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Builds a function block by block, and its SSA form on the fly.
///
/// Input: blocks, instructions, and reads and writes of ``Variable``s. Output: a `Function` in SSA form.
/// Algorithm: Braun et al., "Simple and Efficient Construction of Static Single Assignment Form" (CC 2013), with a work list in place
/// of its recursion: reading a variable at a join makes a tentative parameter; once all tentative parameters of a read have their
/// arguments, those that turn out to have a single other argument become aliases of it, the rest become block parameters.
/// A block is *sealed* when all its predecessors are known; parameters of unsealed blocks wait for that.
///
/// Cost: near linear for what compilers write. A read that crosses `j` joins with `p` predecessors each costs O(j·p), so many variables times
/// many joins can be quadratic; ``work`` counts those steps, and past ``workLimit`` the builder gives up on the function (``isExhausted``).
///
/// One builder makes many functions: ``begin(number:signature:)`` … ``takeFunction()``, its tables kept.
public struct FunctionBuilder: ~Copyable {
    public var function: Function
    public var location = SourceLocation.none
    /// The block that instructions go to; none after a terminator.
    public private(set) var block = Block.none

    private struct Predecessor { var block: Block; var call: BlockCall; var next: Int32 }
    private struct BlockState {
        var firstPredecessor: Int32 = -1
        var predecessorCount: Int32 = 0
        var isSealed = false
        var firstIncomplete: Int32 = -1
    }
    private struct Incomplete { var variable: Variable; var parameter: Value; var next: Int32 }

    private var variableTypes: [Type] = []
    /// Definition of each variable in the current block, valid where the stamp is the block.
    private var current: [Value] = []
    private var stamps: [Block] = []
    /// Definitions at the ends of finished blocks.
    private var definitions = DefinitionTable()
    private var writtenHere: [Variable] = []
    private var states = SecondaryMap<Block, BlockState>(default: BlockState())
    private var predecessors: [Predecessor] = []
    private var incompletes: [Incomplete] = []
    /// Whether ``parameter(_:of:)`` is asked later.
    public var tracksParameters = false
    private var parameters: [UInt64: Value] = [:]

    /// Steps of SSA construction and arguments listed so far: what a function may have more of than its source has bytes.
    public private(set) var work = 0
    /// Calls emitted so far.
    public private(set) var callCount = 0
    /// The steps after which the builder gives up.
    public var workLimit = Int.max
    /// Whether ``work`` has passed ``workLimit``: the function is then incomplete and must be thrown away.
    @inlinable public var isExhausted: Bool { work > workLimit }

    public init(number: UInt32, signature: Signature) {
        function = Function(number: number, signature: signature)
    }

    /// Ends building. All blocks must be sealed and ended.
    public consuming func finish() -> Function {
        compressAliases()
        return function
    }

    /// Starts a new function; what was built before is lost.
    public mutating func begin(number: UInt32, signature: Signature) {
        function = Function(number: number, signature: signature)
        location = .none
        block = .none
        variableTypes.removeAll(keepingCapacity: true)
        current.removeAll(keepingCapacity: true)
        stamps.removeAll(keepingCapacity: true)
        definitions.removeAll()
        writtenHere.removeAll(keepingCapacity: true)
        states.reset()
        predecessors.removeAll(keepingCapacity: true)
        incompletes.removeAll(keepingCapacity: true)
        work = 0
        callCount = 0
        parameters.removeAll(keepingCapacity: true)
    }

    /// Ends the function begun last, and leaves an empty one. All blocks must be sealed and ended.
    public mutating func takeFunction() -> Function {
        compressAliases()
        var done = Function(number: 0, signature: Signature())
        swap(&done, &function)
        return done
    }

    // MARK: Blocks

    public mutating func makeBlock() -> Block { function.dfg.makeBlock() }

    /// Puts `block` next in the layout and makes it current.
    public mutating func startBlock(_ block: Block) {
        endDefinitions()
        function.layout.append(block)
        self.block = block
    }

    /// Says that all predecessors of `block` are known.
    public mutating func seal(_ block: Block) {
        precondition(!states[block].isSealed, "a block is sealed once")
        states[block].isSealed = true
        var at = states[block].firstIncomplete
        var tentative: [Tentative] = []
        while at >= 0 {
            let entry = incompletes[Int(at)]
            tentative.append(Tentative(block: block, variable: entry.variable, parameter: entry.parameter))
            at = entry.next
        }
        tentative.reverse()
        if !tentative.isEmpty { complete(&tentative) }
    }

    // MARK: Variables

    public mutating func declareVariable(_ type: Type) -> Variable {
        variableTypes.append(type)
        current.append(.none)
        stamps.append(.none)
        return Variable(index: variableTypes.count - 1)
    }
    public mutating func write(_ variable: Variable, _ value: Value) {
        assert(function.dfg.type(value) == variableTypes[variable.index])
        if stamps[variable.index] != block {
            stamps[variable.index] = block
            writtenHere.append(variable)
        }
        current[variable.index] = value
    }
    public mutating func read(_ variable: Variable) -> Value {
        if stamps[variable.index] == block { return function.dfg.compress(current[variable.index]) }
        let value = readAtEntry(variable, block)
        write(variable, value)
        return value
    }

    // MARK: Instructions

    /// Adds an instruction with one result of its own type.
    @discardableResult public mutating func emit(_ data: InstructionData) -> Value {
        let inst = function.dfg.makeSingle(data, at: location)
        function.layout.append(inst, to: block)
        return function.dfg.result(inst)
    }
    /// Adds an instruction without a result.
    public mutating func emitEffect(_ data: InstructionData) {
        let inst = function.dfg.makeEffect(data, at: location)
        function.layout.append(inst, to: block)
        if data.opcode.isTerminator { endBlock() }
    }
    /// Adds a call; its results have the types that its signature says.
    public mutating func emitCall(_ data: InstructionData, signature: SignatureReference) -> Inst {
        let inst = function.dfg.make(data, signature: signature, at: location)
        callCount += 1
        work += function.dfg.lists.count(data.list) + function.dfg.resultCount(inst)
        function.layout.append(inst, to: block)
        return inst
    }

    /// Ends the block in a call whose exceptions go to `handlers`, blocks with their tag (nil: all); goes on in a new block.
    ///
    /// - Parameter data: a `try_call` or `try_call_indirect` without its exception table.
    /// - Returns: the instruction. Each handler block gets the exception's address as first argument.
    public mutating func emitTryCall(
        _ data: InstructionData, signature: SignatureReference, handlers: [(tag: UInt32?, retention: ExceptionHandler.Retention, block: Block)]
    ) -> Inst {
        let inst = function.dfg.make(data, signature: signature, at: location, exception: true)
        work += function.dfg.lists.count(data.list) + function.dfg.resultCount(inst) + handlers.count
        function.layout.append(inst, to: block)
        let exception = function.dfg.result(inst, function.dfg.resultCount(inst) - 1)
        let next = makeBlock()
        var table = ExceptionTableData(signature: signature, normal: makeCall(next), handlers: [])
        for (tag, retention, target) in handlers {
            table.handlers.append(ExceptionHandler(tag: tag, retention: retention, call: makeCall(target, [exception])))
        }
        let number = function.dfg.exceptionTables.push(table).rawValue
        if data.opcode == .tryCall { function.dfg.instructions[inst].c = number } else { function.dfg.instructions[inst].a = number }
        let isCold = function.dfg.blocks[block].isCold
        endBlock()
        function.dfg.blocks[next].isCold = isCold
        startBlock(next)
        seal(next)
        return inst
    }

    public mutating func constant(_ type: Type, _ value: Int64) -> Value {
        let canonical = type == .i32 ? Int64(Int32(truncatingIfNeeded: value)) : value
        let bits = UInt64(bitPattern: canonical)
        let opcode: Opcode = type == .f32 ? .f32const : type == .f64 ? .f64const : .iconst
        return emit(InstructionData(opcode, type, a: UInt32(truncatingIfNeeded: bits), b: UInt32(truncatingIfNeeded: bits >> 32)))
    }
    public mutating func constant(_ value: VectorConstantData) -> Value {
        emit(InstructionData(.vconst, .v128, a: function.dfg.vectorConstant(value).rawValue))
    }
    public mutating func zero(_ type: Type) -> Value { emit(function.dfg.zero(type)) }
    public mutating func unary(_ opcode: Opcode, _ type: Type, _ a: Value) -> Value {
        emit(InstructionData(opcode, type, a: a.rawValue))
    }
    public mutating func binary(_ opcode: Opcode, _ type: Type, _ a: Value, _ b: Value) -> Value {
        emit(InstructionData(opcode, type, a: a.rawValue, b: b.rawValue))
    }
    public mutating func compare(_ condition: IntegerCondition, _ a: Value, _ b: Value) -> Value {
        emit(InstructionData(.icmp, .i32, flags: UInt16(condition.rawValue), a: a.rawValue, b: b.rawValue))
    }
    public mutating func compare(_ condition: FloatCondition, _ a: Value, _ b: Value) -> Value {
        emit(InstructionData(.fcmp, .i32, flags: UInt16(condition.rawValue), a: a.rawValue, b: b.rawValue))
    }
    /// A vector operation; `immediate` is its lane number or shuffle, where it has one.
    public mutating func vector(_ operation: VectorOperation, _ a: Value, immediate: UInt32 = 0) -> Value {
        emit(InstructionData(.vunary, operation.signature.result, flags: operation.rawValue, a: a.rawValue, b: immediate))
    }
    public mutating func vector(_ operation: VectorOperation, _ a: Value, _ b: Value, immediate: UInt32 = 0) -> Value {
        emit(InstructionData(.vbinary, operation.signature.result, flags: operation.rawValue, a: a.rawValue, b: b.rawValue, c: immediate))
    }
    public mutating func vector(_ operation: VectorOperation, _ a: Value, _ b: Value, _ c: Value) -> Value {
        emit(InstructionData(.vternary, operation.signature.result, flags: operation.rawValue, a: a.rawValue, b: b.rawValue, c: c.rawValue))
    }
    public mutating func select(_ type: Type, _ condition: Value, _ a: Value, _ b: Value) -> Value {
        emit(InstructionData(.select, type, a: condition.rawValue, b: a.rawValue, c: b.rawValue))
    }
    public mutating func load(_ type: Type, _ address: Value, offset: Int32, _ flags: MemoryFlags) -> Value {
        load(.load, type, address, offset: offset, flags)
    }
    public mutating func load(_ opcode: Opcode, _ type: Type, _ address: Value, offset: Int32, _ flags: MemoryFlags) -> Value {
        emit(InstructionData(opcode, type, flags: flags.rawValue, a: address.rawValue, b: UInt32(bitPattern: offset)))
    }
    public mutating func store(_ value: Value, _ address: Value, offset: Int32, _ flags: MemoryFlags) {
        store(.store, value, address, offset: offset, flags)
    }
    public mutating func store(_ opcode: Opcode, _ value: Value, _ address: Value, offset: Int32, _ flags: MemoryFlags) {
        emitEffect(InstructionData(opcode, function.dfg.type(value), flags: flags.rawValue, a: value.rawValue, b: address.rawValue, c: UInt32(bitPattern: offset)))
    }
    public mutating func trapIf(zero: Bool, _ condition: Value, code: UInt8) {
        emitEffect(InstructionData(zero ? .trapIfZero : .trapIfNonzero, flags: UInt16(code), a: condition.rawValue))
    }

    // MARK: Terminators

    /// A branch from the current block to `target`, for ``branch(_:_:_:)`` and ``branchTable(_:_:)``.
    public mutating func makeCall(_ target: Block, _ arguments: ArraySlice<Value> = []) -> BlockCall { blockCall(target, arguments) }
    /// How many branches to `block` there are so far.
    public func predecessorCount(_ block: Block) -> Int { Int(states[block].predecessorCount) }

    public mutating func jump(_ target: Block, _ arguments: ArraySlice<Value>) {
        let call = blockCall(target, arguments)
        emitEffect(InstructionData(.jump, a: call.rawValue))
    }
    public mutating func jump(_ target: Block, _ arguments: [Value] = []) { jump(target, arguments[...]) }
    public mutating func branch(_ condition: Value, _ then: BlockCall, _ other: BlockCall) {
        emitEffect(InstructionData(.branch, a: condition.rawValue, b: then.rawValue, c: other.rawValue))
    }
    /// `calls`: the default, then the cases in order. Each call stands in the table once.
    public mutating func branchTable(_ index: Value, _ calls: [BlockCall]) {
        let table = function.dfg.jumpTables.push(calls)
        emitEffect(InstructionData(.branchTable, a: index.rawValue, b: table.rawValue))
    }
    /// Makes a branch that was emitted go to `target` instead, without arguments. Neither block is sealed yet. O(branches to the old target).
    public mutating func retarget(_ call: BlockCall, to target: Block) {
        let old = function.dfg.blockCalls[call].block
        precondition(!states[old].isSealed && !states[target].isSealed, "a sealed block keeps its predecessors")
        var at = states[old].firstPredecessor
        var following: Int32 = -1
        while predecessors[Int(at)].call != call {
            following = at
            at = predecessors[Int(at)].next
        }
        let next = predecessors[Int(at)].next
        if following >= 0 { predecessors[Int(following)].next = next } else { states[old].firstPredecessor = next }
        states[old].predecessorCount -= 1
        predecessors[Int(at)].next = states[target].firstPredecessor
        states[target].firstPredecessor = at
        states[target].predecessorCount += 1
        function.dfg.lists.release(function.dfg.blockCalls[call].arguments)
        function.dfg.blockCalls[call] = BlockCallData(block: target)
    }
    public mutating func branch(_ condition: Value, _ then: Block, _ thenArguments: [Value] = [], else other: Block, _ otherArguments: [Value] = []) {
        let first = blockCall(then, thenArguments[...])
        let second = blockCall(other, otherArguments[...])
        branch(condition, first, second)
    }
    /// `targets` are the cases in order.
    public mutating func branchTable(_ index: Value, default other: (Block, [Value]), targets: [(Block, [Value])]) {
        var calls = [blockCall(other.0, other.1[...])]
        calls.reserveCapacity(targets.count + 1)
        for (target, arguments) in targets { calls.append(blockCall(target, arguments[...])) }
        branchTable(index, calls)
    }
    public mutating func `return`(_ values: [Value]) { `return`(values[...]) }
    public mutating func `return`(_ values: ArraySlice<Value>) {
        let list = function.dfg.lists.make(values)
        work += values.count
        emitEffect(InstructionData(.return, a: list.position))
    }
    public mutating func trap(code: UInt8) {
        emitEffect(InstructionData(.trap, flags: UInt16(code)))
    }

    private mutating func blockCall(_ target: Block, _ arguments: ArraySlice<Value>) -> BlockCall {
        precondition(!states[target].isSealed, "a sealed block gets no more predecessors")
        let call = function.dfg.makeBlockCall(target, arguments)
        work += arguments.count
        predecessors.append(Predecessor(block: block, call: call, next: states[target].firstPredecessor))
        states[target].firstPredecessor = Int32(predecessors.count - 1)
        states[target].predecessorCount += 1
        return call
    }

    // MARK: SSA construction

    private struct Tentative { var block: Block; var variable: Variable; var parameter: Value }

    private mutating func endBlock() {
        endDefinitions()
        block = .none
    }
    private mutating func endDefinitions() {
        if block.isNone { return }
        for variable in writtenHere {
            definitions.set(block, variable, current[variable.index])
            stamps[variable.index] = .none
        }
        writtenHere.removeAll(keepingCapacity: true)
    }

    /// The value of `variable` where `block` begins.
    private mutating func readAtEntry(_ variable: Variable, _ block: Block) -> Value {
        var tentative: [Tentative] = []
        let value = lookUp(variable, entryOf: block, &tentative)
        if !tentative.isEmpty { complete(&tentative) }
        return function.dfg.resolve(value)
    }

    /// Walks up single predecessors to a definition or a join; adds a tentative parameter at a join.
    private mutating func lookUp(_ variable: Variable, entryOf start: Block, _ tentative: inout [Tentative]) -> Value {
        var at = start
        var passed: [Block] = []
        var value: Value
        while true {
            let state = states[at]
            if !state.isSealed {
                value = function.dfg.makeDetachedParameter(at, variableTypes[variable.index])
                note(value, variable, at)
                incompletes.append(Incomplete(variable: variable, parameter: value, next: state.firstIncomplete))
                states[at].firstIncomplete = Int32(incompletes.count - 1)
                define(variable, in: at, value)
                break
            }
            // More single predecessors than blocks: a cycle that nothing leads into.
            let isCycle = passed.count > function.dfg.blocks.count
            if state.predecessorCount == 1 && !isCycle {
                let previous = predecessors[Int(state.firstPredecessor)].block
                if let known = valueAtEnd(variable, previous) {
                    value = known
                    break
                }
                at = previous
                passed.append(at)
                work += 1
                continue
            }
            if state.predecessorCount == 0 || isCycle {
                value = zero(variableTypes[variable.index], in: at)
            } else {
                value = function.dfg.makeDetachedParameter(at, variableTypes[variable.index])
                tentative.append(Tentative(block: at, variable: variable, parameter: value))
                note(value, variable, at)
            }
            define(variable, in: at, value)
            break
        }
        for block in passed { define(variable, in: block, value) }
        return value
    }

    private mutating func note(_ parameter: Value, _ variable: Variable, _ block: Block) {
        if tracksParameters { parameters[UInt64(block.rawValue) << 32 | UInt64(variable.rawValue)] = parameter }
    }
    /// The parameter that reads of `variable` made at `block`, or what it turned out to be an alias of; nil where nothing read the variable as it is there.
    public func parameter(_ block: Block, of variable: Variable) -> Value? { parameters[UInt64(block.rawValue) << 32 | UInt64(variable.rawValue)] }

    /// Gives arguments to tentative parameters (which may add more of them), then settles what each of them is.
    private mutating func complete(_ tentative: inout [Tentative]) {
        var arguments: [Value] = []
        var starts: [Int] = []
        var i = 0
        while i < tentative.count {
            if isExhausted { return }
            let entry = tentative[i]
            starts.append(arguments.count)
            work += Int(states[entry.block].predecessorCount) + 1
            var at = states[entry.block].firstPredecessor
            while at >= 0 {
                let predecessor = predecessors[Int(at)]
                arguments.append(valueAtEnd(entry.variable, predecessor.block) ?? lookUpAtEnd(entry.variable, predecessor.block, &tentative))
                at = predecessor.next
            }
            i += 1
        }
        starts.append(arguments.count)
        // Inner joins were added last: settle them first, so that what depends on them sees what they became.
        var kept: [Int] = []
        for i in stride(from: tentative.count - 1, through: 0, by: -1) {
            let parameter = tentative[i].parameter
            if let only = singleArgument(parameter, arguments[starts[i]..<starts[i + 1]]) {
                function.dfg.replace(parameter, with: only)
            } else {
                kept.append(i)
            }
        }
        for i in kept.reversed() {
            let entry = tentative[i]
            // A later settlement may have made this one redundant.
            if let only = singleArgument(entry.parameter, arguments[starts[i]..<starts[i + 1]]) {
                function.dfg.replace(entry.parameter, with: only)
                continue
            }
            function.dfg.attachParameter(entry.parameter, to: entry.block)
            var at = states[entry.block].firstPredecessor
            var j = starts[i]
            while at >= 0 {
                let predecessor = predecessors[Int(at)]
                let argument = function.dfg.resolve(arguments[j])
                function.dfg.lists.append(argument, to: &function.dfg.blockCalls[predecessor.call].arguments)
                j += 1
                at = predecessor.next
            }
        }
    }

    /// The one value that a parameter stands for when all its arguments are that value or the parameter itself.
    private mutating func singleArgument(_ parameter: Value, _ arguments: ArraySlice<Value>) -> Value? {
        var only = Value.none
        for argument in arguments {
            let value = function.dfg.compress(argument)
            if value == parameter || value == only { continue }
            if only.isSome { return nil }
            only = value
        }
        return only.isSome ? only : nil
    }

    private mutating func lookUpAtEnd(_ variable: Variable, _ block: Block, _ tentative: inout [Tentative]) -> Value {
        let value = lookUp(variable, entryOf: block, &tentative)
        define(variable, in: block, value)
        return value
    }
    private func valueAtEnd(_ variable: Variable, _ block: Block) -> Value? {
        if block == self.block { return stamps[variable.index] == block ? current[variable.index] : nil }
        return definitions.get(block, variable)
    }
    private mutating func define(_ variable: Variable, in block: Block, _ value: Value) {
        if block == self.block {
            write(variable, value)
        } else {
            definitions.set(block, variable, value)
        }
    }
    /// Makes every alias point at what it stands for, so that ``DataFlowGraph/resolve(_:)`` takes one step.
    private mutating func compressAliases() {
        for value in function.dfg.values.keys { _ = function.dfg.compress(value) }
    }
    /// A zero at the head of `block`: what a variable holds that was never written.
    private mutating func zero(_ type: Type, in block: Block) -> Value {
        let inst = function.dfg.makeSingle(function.dfg.zero(type), at: location)
        function.layout.prepend(inst, to: block)
        return function.dfg.result(inst)
    }
}

extension DataFlowGraph {
    /// The constant zero of a type.
    mutating func zero(_ type: Type) -> InstructionData {
        switch type {
        case .f32: InstructionData(.f32const, type)
        case .f64: InstructionData(.f64const, type)
        case .v128: InstructionData(.vconst, type, a: vectorConstant(VectorConstantData(low: 0, high: 0)).rawValue)
        default: InstructionData(.iconst, type)
        }
    }

    /// ``resolve(_:)`` that shortens the chain it walks to one step. Amortized near O(1).
    mutating func compress(_ value: Value) -> Value {
        let target = resolve(value)
        var at = value
        while at != target {
            let next = Value(rawValue: values[at].owner)
            values[at] = ValueData(.alias, values[target].type, number: 0, owner: target.rawValue)
            at = next
        }
        return target
    }

    /// Adds an instruction with the results that `signature` says. It is in no block yet.
    ///
    /// `exception`: and the address of an exception behind them.
    mutating func make(_ data: InstructionData, signature: SignatureReference, at location: SourceLocation, exception: Bool = false) -> Inst {
        let inst = makeEffect(data, at: location)
        let count = signatures[signature].results.count
        for i in 0..<count { values.push(ValueData(.result, signatures[signature].results[i].type, number: i, owner: inst.rawValue)) }
        if exception { values.push(ValueData(.result, .i64, number: count, owner: inst.rawValue)) }
        resultCounts[inst.index] = UInt16(exception ? count + 1 : count)
        return inst
    }
}

/// Open-addressing table from (block, variable) to value. Grows by doubling; never removes.
struct DefinitionTable {
    private var keys: [UInt64] = Array(repeating: .max, count: 64)
    private var values: [Value] = Array(repeating: .none, count: 64)
    private var count = 0

    /// Forgets everything, and gives back the memory of a large table.
    mutating func removeAll() {
        if count == 0 { return }
        let capacity = min(keys.count, 4096)
        keys.removeAll(keepingCapacity: keys.count == capacity)
        keys.append(contentsOf: repeatElement(.max, count: capacity))
        values.removeAll(keepingCapacity: values.count == capacity)
        values.append(contentsOf: repeatElement(.none, count: capacity))
        count = 0
    }

    private static func hash(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) }

    func get(_ block: Block, _ variable: Variable) -> Value? {
        let key = UInt64(block.rawValue) << 32 | UInt64(variable.rawValue)
        var i = Self.hash(key) & (keys.count - 1)
        while keys[i] != key {
            if keys[i] == .max { return nil }
            i = (i + 1) & (keys.count - 1)
        }
        return values[i]
    }
    mutating func set(_ block: Block, _ variable: Variable, _ value: Value) {
        if count * 2 >= keys.count { grow() }
        let key = UInt64(block.rawValue) << 32 | UInt64(variable.rawValue)
        var i = Self.hash(key) & (keys.count - 1)
        while keys[i] != key && keys[i] != .max { i = (i + 1) & (keys.count - 1) }
        if keys[i] == .max {
            keys[i] = key
            count += 1
        }
        values[i] = value
    }
    private mutating func grow() {
        let (oldKeys, oldValues) = (keys, values)
        keys = Array(repeating: .max, count: oldKeys.count * 2)
        values = Array(repeating: .none, count: oldKeys.count * 2)
        for (key, value) in zip(oldKeys, oldValues) where key != .max {
            var i = Self.hash(key) & (keys.count - 1)
            while keys[i] != .max { i = (i + 1) & (keys.count - 1) }
            keys[i] = key
            values[i] = value
        }
    }
}
