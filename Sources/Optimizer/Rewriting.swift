import PrecastEntities
import PrecastIR

/// Edits that several passes share.
extension DataFlowGraph {
    /// Makes the operands of `inst` name values instead of aliases.
    mutating func resolveOperands(_ inst: Inst) {
        let data = instructions[inst]
        switch data.opcode.format {
        case .nullary, .immediate, .vectorConstant, .stackAddress, .functionAddress, .dataAddress, .trap: return
        case .unary, .vectorUnary, .load, .atomicLoad, .conditionalTrap: instructions[inst].a = resolve(data.valueA).rawValue
        case .binary, .vectorBinary, .compareInteger, .compareFloat, .store, .atomicStore, .atomicUpdate:
            instructions[inst].a = resolve(data.valueA).rawValue
            instructions[inst].b = resolve(data.valueB).rawValue
        case .ternary, .vectorTernary, .atomicCompareExchange:
            instructions[inst].a = resolve(data.valueA).rawValue
            instructions[inst].b = resolve(data.valueB).rawValue
            instructions[inst].c = resolve(data.valueC).rawValue
        case .call, .return: resolveList(data.list)
        case .callIndirect:
            instructions[inst].b = resolve(data.valueB).rawValue
            resolveList(data.list)
        case .jump: resolveList(blockCalls[BlockCall(rawValue: data.a)].arguments)
        case .branch:
            instructions[inst].a = resolve(data.valueA).rawValue
            resolveList(blockCalls[BlockCall(rawValue: data.b)].arguments)
            resolveList(blockCalls[BlockCall(rawValue: data.c)].arguments)
        case .branchTable:
            instructions[inst].a = resolve(data.valueA).rawValue
            for call in jumpTables[JumpTable(rawValue: data.b)] { resolveList(blockCalls[call].arguments) }
        case .tryCall, .tryCallIndirect:
            if data.opcode == .tryCallIndirect { instructions[inst].b = resolve(data.valueB).rawValue }
            resolveList(data.list)
            for handler in exceptionTables[data.exceptionTable].handlers { resolveList(blockCalls[handler.call].arguments) }
        }
    }
    private mutating func resolveList(_ list: EntityList<Value>) {
        for i in 0..<lists.count(list) { lists.set(list, i, resolve(lists.get(list, i))) }
    }

    /// Keeps the parameters of `block` that `keep` names, and their arguments in the calls of `edges`.
    mutating func keepParameters(_ block: Block, _ keep: [Bool], _ edges: ArraySlice<ControlFlowGraph.Edge>) {
        let parameters = parameters(block)
        lists.release(blocks[block].parameters)
        blocks[block].parameters = EntityList()
        for (i, parameter) in parameters.enumerated() where keep[i] { attachParameter(parameter, to: block) }
        for edge in edges { keepArguments(edge.call, keep) }
    }
    private mutating func keepArguments(_ call: BlockCall, _ keep: [Bool]) {
        var list = blockCalls[call].arguments
        let count = lists.count(list)
        var kept = 0
        for i in 0..<count where keep[i] {
            lists.set(list, kept, lists.get(list, i))
            kept += 1
        }
        for i in stride(from: count - 1, through: kept, by: -1) { lists.remove(at: i, from: &list) }
        blockCalls[call].arguments = list
    }

    /// Whether two calls go to one block with the same arguments.
    func isSame(_ a: BlockCall, _ b: BlockCall) -> Bool {
        let (x, y) = (blockCalls[a], blockCalls[b])
        if x.block != y.block { return false }
        for i in 0..<lists.count(x.arguments) where resolve(lists.get(x.arguments, i)) != resolve(lists.get(y.arguments, i)) { return false }
        return true
    }

    /// The instruction data that defines `value`, or a `nop` for a block parameter.
    @inline(__always) func definingData(_ value: Value) -> InstructionData {
        let data = values[value]
        return data.kind == .result ? instructions[Inst(rawValue: data.owner)] : InstructionData(.nop)
    }
    /// The constant that resolved `value` is.
    @inline(__always) func constant(_ value: Value) -> Int64? {
        let data = definingData(value)
        return data.opcode == .iconst ? data.immediate : nil
    }
}

extension InstructionData {
    static func constant(_ type: Type, _ value: Int64) -> InstructionData {
        let canonical = type == .i32 ? Int64(Int32(truncatingIfNeeded: value)) : value
        return bits(.iconst, type, UInt64(bitPattern: canonical))
    }
    static func constant(_ value: Float) -> InstructionData { bits(.f32const, .f32, UInt64(value.bitPattern)) }
    static func constant(_ value: Double) -> InstructionData { bits(.f64const, .f64, value.bitPattern) }
    private static func bits(_ opcode: Opcode, _ type: Type, _ bits: UInt64) -> InstructionData {
        InstructionData(opcode, type, a: UInt32(truncatingIfNeeded: bits), b: UInt32(truncatingIfNeeded: bits >> 32))
    }
    static func unary(_ opcode: Opcode, _ type: Type, _ a: Value) -> InstructionData { InstructionData(opcode, type, a: a.rawValue) }
    static func binary(_ opcode: Opcode, _ type: Type, _ a: Value, _ b: Value) -> InstructionData {
        InstructionData(opcode, type, a: a.rawValue, b: b.rawValue)
    }
    static func compare(_ condition: IntegerCondition, _ a: Value, _ b: Value) -> InstructionData {
        InstructionData(.icmp, .i32, flags: UInt16(condition.rawValue), a: a.rawValue, b: b.rawValue)
    }
}
