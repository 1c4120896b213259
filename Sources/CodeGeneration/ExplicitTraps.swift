import PrecastEntities
public import PrecastIR

/// Where compiled code finds the `raise` builtin.
public struct RaiseBuiltin: Sendable {
    /// Byte offset of the builtin table's address in the instance context, and of `raise` in that table.
    public var tableOffset: Int32
    public var entryOffset: Int32
    public init(tableOffset: Int32, entryOffset: Int32) {
        self.tableOffset = tableOffset
        self.entryOffset = entryOffset
    }
}

/// Turns every trap instruction into a call of `raise` in a cold block, for hosts without signal handlers.
///
/// Input: a function whose first parameter is the instance context. Output: the same function, in which only the `trap`
/// after a call that never returns is left.
public func makeTrapsExplicit(_ function: inout Function, _ raise: RaiseBuiltin) {
    let context = function.dfg.parameter(function.entry, 0)
    let signature = function.dfg.signatures.push(Signature(.systemV, parameters: [ABIParameter(.i64, .context), ABIParameter(.i64)]))
    var block = function.layout.firstBlock
    while block.isSome {
        let following = function.layout.next(block)
        // From the end: what follows a trap moves to another block, and is short then.
        var inst = function.layout.last(block)
        while inst.isSome {
            let previous = function.layout.previous(inst)
            let data = function.dfg.instructions[inst]
            switch data.opcode {
            case .trapIfZero, .trapIfNonzero: branch(&function, raise, signature, context, block, inst, data)
            case .trap where !followsRaise(function, inst):
                let location = function.dfg.locations[inst.index]
                function.layout.remove(inst)
                appendRaise(&function, raise, signature, context, data.trapCode, location, block)
                function.layout.append(inst, to: block)
            default: break
            }
            inst = previous
        }
        block = following
    }
}

/// Replaces a conditional trap by a branch to a cold block that raises.
private func branch(
    _ function: inout Function, _ raise: RaiseBuiltin, _ signature: SignatureReference, _ context: Value, _ block: Block, _ inst: Inst, _ data: InstructionData
) {
    let location = function.dfg.locations[inst.index]
    let rest = function.dfg.makeBlock()
    let cold = function.dfg.makeBlock()
    function.dfg.blocks[cold].isCold = true
    function.dfg.blocks[rest].isCold = function.dfg.blocks[block].isCold
    function.layout.insert(rest, after: block)
    function.layout.append(cold)
    function.layout.moveTail(from: function.layout.next(inst), to: rest)
    function.layout.remove(inst)
    let toCold = function.dfg.makeBlockCall(cold, EmptyCollection())
    let toRest = function.dfg.makeBlockCall(rest, EmptyCollection())
    let (nonzero, zero) = data.opcode == .trapIfNonzero ? (toCold, toRest) : (toRest, toCold)
    let branch = function.dfg.makeEffect(InstructionData(.branch, a: data.a, b: nonzero.rawValue, c: zero.rawValue), at: location)
    function.layout.append(branch, to: block)
    appendRaise(&function, raise, signature, context, data.trapCode, location, cold)
    let trap = function.dfg.makeEffect(InstructionData(.trap, flags: data.flags), at: location)
    function.layout.append(trap, to: cold)
}

private func followsRaise(_ function: borrowing Function, _ trap: Inst) -> Bool {
    let previous = function.layout.previous(trap)
    guard previous.isSome else { return false }
    let data = function.dfg.instructions[previous]
    return data.opcode == .callIndirect && function.dfg.resultCount(previous) == 0
        && function.dfg.signatures[function.dfg.callSignature(previous)].convention == .systemV
}

private func appendRaise(
    _ function: inout Function, _ raise: RaiseBuiltin, _ signature: SignatureReference, _ context: Value, _ code: UInt8,
    _ location: SourceLocation, _ block: Block
) {
    func append(_ data: InstructionData) -> Value {
        let inst = function.dfg.makeSingle(data, at: location)
        function.layout.append(inst, to: block)
        return function.dfg.result(inst)
    }
    let flags = MemoryFlags(region: .any, readOnly: true).rawValue
    let table = append(InstructionData(.load, .i64, flags: flags, a: context.rawValue, b: UInt32(bitPattern: raise.tableOffset)))
    let address = append(InstructionData(.load, .i64, flags: flags, a: table.rawValue, b: UInt32(bitPattern: raise.entryOffset)))
    let number = append(InstructionData(.iconst, .i64, a: UInt32(code)))
    let list = function.dfg.lists.make([context, number])
    let call = function.dfg.make(
        InstructionData(.callIndirect, a: signature.rawValue, b: address.rawValue, c: list.position), results: [], at: location)
    function.layout.append(call, to: block)
}
