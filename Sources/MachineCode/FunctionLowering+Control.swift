public import PrecastEntities
public import PrecastIR
public import PrecastRegisterAllocation

/// Entry, terminators and calls.
extension FunctionLowering {
    // MARK: Entry

    /// The arguments, at the head of block 0.
    @inlinable mutating func lowerEntry(_ block: Block) {
        var defs: [CallOperand] = []
        if case .register(let r)? = arguments.returnArea, returnArea.isSome { defs.append(CallOperand(returnArea, r)) }
        var stackLoads: [(Value, Int32)] = []
        for (i, parameter) in dfg.parameters(block).enumerated() where registers[parameter.index].isSome {
            switch arguments.parameters[i] {
            case .register(let r):
                if signature.convention == .systemV && dfg.type(parameter) == .i32 {
                    preconditionFailure("functions of the platform's convention have 64-bit parameters only")
                }
                defs.append(CallOperand(registers[parameter.index], r))
            case .stack(let offset): stackLoads.append((parameter, offset))
            case .area: preconditionFailure("arguments are not in a return area")
            }
        }
        code.emit(.arguments(callInfo: code.makeCall(uses: EmptyCollection(), defs: defs)))
        for (parameter, offset) in stackLoads {
            Target.lowerLoad(dfg.type(parameter), registers[parameter.index], .incomingArgument(offset), &self)
        }
    }

    // MARK: Terminators

    /// Returns the block's successors, and the registers that bind the only successor's parameters.
    @inlinable mutating func lowerTerminator(_ inst: Inst) -> (successors: [BlockNumber], arguments: [Register]) {
        let data = dfg.instructions[inst]
        switch data.opcode {
        case .jump: return lowerJump(BlockCall(rawValue: data.a))
        case .branch: return (lowerBranch(data), [])
        case .branchTable:
            let calls = dfg.jumpTables[JumpTable(rawValue: data.b)]
            return calls.count == 1 ? lowerJump(calls[0]) : (lowerBranchTable(data, calls), [])
        case .return:
            lowerReturn(data)
            return ([], [])
        case .returnCall, .returnCallIndirect:
            lowerTailCall(inst, data)
            return ([], [])
        case .tryCall, .tryCallIndirect: return (lowerTryCall(inst, data), [])
        default:
            code.emit(.trap(data.trapCode))
            return ([], [])
        }
    }

    @inlinable mutating func lowerJump(_ call: BlockCall) -> (successors: [BlockNumber], arguments: [Register]) {
        let target = BlockNumber(rawValue: order.target(call, dfg))
        let passed = dfg.arguments(call).map { use($0) }
        code.emit(.jump(target))
        return ([target], passed)
    }

    @inlinable mutating func lowerBranch(_ data: InstructionData) -> [BlockNumber] {
        let (yes, no) = (BlockCall(rawValue: data.b), BlockCall(rawValue: data.c))
        nameParameters(yes)
        nameParameters(no)
        let then = BlockNumber(rawValue: order.target(yes, dfg))
        let other = BlockNumber(rawValue: order.target(no, dfg))
        Target.lowerBranch(data.valueA, then: then, else: other, &self)
        return [then, other]
    }
    /// On an edge that was not split, the target's parameters are other names of the arguments.
    @inlinable mutating func nameParameters(_ call: BlockCall) {
        if order.edgeNumbers[call.index] != .max { return }
        let target = dfg.blockCalls[call].block
        for (i, argument) in dfg.arguments(call).enumerated() {
            let parameter = dfg.parameter(target, i)
            if registers[parameter.index].isSome { code.setAlias(registers[parameter.index], to: use(argument)) }
        }
    }

    /// The default is the table's last entry, and the index the smaller of itself and that: no branch to mispredict, nothing to speculate past.
    @inlinable mutating func lowerBranchTable(_ data: InstructionData, _ calls: [BlockCall]) -> [BlockNumber] {
        for call in calls { nameParameters(call) }
        let targets = (calls.dropFirst() + calls.prefix(1)).map { BlockNumber(rawValue: order.target($0, dfg)) }
        let index = use(data.valueA)
        let (last, clamped, address) = (temporary(), temporary(), temporary())
        Target.lowerClamp(clamped, index, bound: last, last: targets.count - 1, &self)
        let table = code.makeJumpTable(targets)
        code.emit(.jumpTableAddress(address, index: clamped, table: table))
        code.emit(.branchTable(address, table: table))
        var seen = Set<BlockNumber>()
        return targets.filter { seen.insert($0).inserted }
    }

    @inlinable mutating func lowerReturn(_ data: InstructionData) {
        var uses: [CallOperand] = []
        let values = dfg.lists.array(data.list)
        for (i, value) in values.enumerated() {
            if case .area(let offset) = arguments.results[i] {
                Target.lowerStore(dfg.type(value), .base(ownReturnArea(), offset, trap: 0), value, &self)
            }
        }
        for (i, value) in values.enumerated() {
            if case .register(let r) = arguments.results[i] { uses.append(CallOperand(use(value), r)) }
        }
        code.emit(.functionReturn(callInfo: code.makeCall(uses: uses, defs: EmptyCollection())))
    }
    /// The address of the area that the caller wants results in.
    @inlinable mutating func ownReturnArea() -> Register {
        if returnArea.isNone { returnArea = code.makeRegister(.integer) }
        return returnArea
    }

    // MARK: Calls

    @inlinable func callee(_ inst: Inst) -> Signature { dfg.signatures[dfg.callSignature(inst)] }

    /// Stores the stack arguments and returns the register ones.
    @inlinable mutating func passArguments(_ values: [Value], _ assignment: ArgumentAssignment, area: Register?) -> [CallOperand] {
        for (i, value) in values.enumerated() {
            if case .stack(let offset) = assignment.parameters[i] { Target.lowerStore(dfg.type(value), .outgoingArgument(offset), value, &self) }
        }
        var uses: [CallOperand] = []
        uses.reserveCapacity(values.count + 1)
        if let area, case .register(let r)? = assignment.returnArea { uses.append(CallOperand(area, r)) }
        for (i, value) in values.enumerated() {
            if case .register(let r) = assignment.parameters[i] { uses.append(CallOperand(use(value), r)) }
        }
        return uses
    }

    /// A call that exceptions may leave. What follows it in the block belongs to the normal way.
    @inlinable mutating func lowerTryCall(_ inst: Inst, _ data: InstructionData) -> [BlockNumber] {
        let table = dfg.exceptionTables[data.exceptionTable]
        let handlers = table.handlers.map {
            CallHandler(
                tag: $0.tag ?? .max, retention: $0.retention.rawValue, block: BlockNumber(rawValue: order.target($0.call, dfg)),
                group: dfg.blockCalls[$0.call].block.rawValue)
        }
        let next = BlockNumber(rawValue: order.target(table.normal, dfg))
        lowerCall(inst, data, handlers)
        code.emit(.jump(next))
        var seen = Set<BlockNumber>()
        return [next] + handlers.map(\.block).filter { seen.insert($0).inserted }
    }

    @inlinable public mutating func lowerCall(_ inst: Inst, _ data: InstructionData, _ handlers: [CallHandler] = []) {
        let signature = callee(inst)
        let assignment = Target.assignArguments(ABISignature(signature))
        let results = dfg.results(inst).prefix(signature.results.count).map { $0 }
        // What the call needs before it.
        var area: Register?
        var slot: UInt32 = 0
        if assignment.returnArea != nil {
            slot = code.makeStackSlot(size: assignment.returnAreaBytes, alignment: 16)
            let r = temporary()
            code.emit(.frameAddress(r, .stackSlot(slot, 0)))
            area = r
        }
        let uses = passArguments(dfg.lists.array(data.list), assignment, area: area)
        var defs: [CallOperand] = []
        var widened: [(Register, Register)] = []
        for (i, value) in results.enumerated() where registers[value.index].isSome {
            guard case .register(let r) = assignment.results[i] else { continue }
            if signature.convention == .systemV && dfg.type(value) == .i32 {
                let narrow = temporary()
                widened.append((registers[value.index], narrow))
                defs.append(CallOperand(narrow, r))
            } else {
                defs.append(CallOperand(registers[value.index], r))
            }
        }
        let info = code.makeCall(
            uses: uses, defs: defs, clobbers: ClobberSet.call, stackArgumentBytes: assignment.stackBytes,
            calleePops: signature.convention == .precast ? assignment.stackBytes : 0, handlers: handlers)
        if data.opcode == .call || data.opcode == .tryCall {
            code.emit(.call(function: dfg.functions[FunctionReference(rawValue: data.a)].number, callInfo: info))
        } else {
            Target.lowerIndirectCall(data.valueB, callInfo: info, &self)
        }
        for (wide, narrow) in widened { code.emit(.widen(wide, narrow)) }
        for (i, value) in results.enumerated() where registers[value.index].isSome {
            if case .area(let offset) = assignment.results[i] {
                Target.lowerLoad(dfg.type(value), registers[value.index], .stackSlot(slot, offset), &self)
            }
        }
    }

    @inlinable mutating func lowerTailCall(_ inst: Inst, _ data: InstructionData) {
        let assignment = Target.assignArguments(ABISignature(callee(inst)))
        let area = assignment.returnArea == nil ? nil : ownReturnArea()
        let target: Register = data.opcode == .returnCallIndirect ? use(data.valueB) : .none
        let uses = passArguments(dfg.lists.array(data.list), assignment, area: area)
        let info = code.makeCall(uses: uses, defs: EmptyCollection(), stackArgumentBytes: assignment.stackBytes, calleePops: assignment.stackBytes)
        if data.opcode == .returnCall {
            code.emit(.tailCall(function: dfg.functions[FunctionReference(rawValue: data.a)].number, callInfo: info))
        } else {
            code.emit(.tailCallIndirect(target, callInfo: info))
        }
    }
}
