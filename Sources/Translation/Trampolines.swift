import PrecastArtifactFormat
public import PrecastIR
public import PrecastWasmModel

/// The functions between compiled code and the host, one per function type (docs/abi.md, "Crossing the boundary").
extension FunctionTranslator {
    /// `void entry(vmctx, code, slots)`, System V: calls `code` with the arguments in `slots`, and puts its results there.
    public mutating func translateEntryTrampoline(_ type: TypeIndex, number: UInt32) -> Function {
        begin(number: number, Self.entrySignature)
        let shape = environment.types[type.index].shape, entry = builder.function.entry
        let code = builder.function.dfg.parameter(entry, 1), slots = builder.function.dfg.parameter(entry, 2)
        arguments.removeAll(keepingCapacity: true)
        arguments.append(context)
        for (i, type) in environment.typePool[shape.parameters].enumerated() {
            arguments.append(builder.load(type, slots, offset: Self.slotOffset(i), Self.slotFlags))
        }
        arguments.append(context)
        let call = callIndirect(indirectSignature(type), code)
        for (i, result) in builder.function.dfg.results(call).enumerated() { storeSlot(result, slots, i, clearsRest: true) }
        builder.return([])
        return builder.takeFunction()
    }

    /// The code of an import that is a host function: takes the convention of compiled code, with the host function as context and the
    /// caller's context last; calls the host with the arguments in slots on the stack, and returns what it left there.
    public mutating func translateHostTrampoline(_ type: TypeIndex, number: UInt32) -> Function {
        let plan = environment.types[type.index]
        begin(number: number, plan.indirect)
        let entry = builder.function.entry, parameterCount = plan.shape.parameters.count
        let caller = builder.function.dfg.parameter(entry, parameterCount + 1)
        let slotCount = UInt32(max(parameterCount, plan.shape.results.count, 1))
        let slot = builder.function.dfg.stackSlots.push(StackSlotData(size: slotCount * RuntimeOffsets.slotSize, alignment: 16))
        let slots = slotAddress(slot, 0)
        for i in 0..<parameterCount { storeSlot(builder.function.dfg.parameter(entry, i + 1), slots, i, clearsRest: false) }
        recordExit(caller)
        callHost(caller, slots)
        for (i, type) in environment.typePool[plan.shape.results].enumerated() {
            push(builder.load(type, slots, offset: Self.slotOffset(i), Self.slotFlags))
        }
        builder.return(stack[...])
        return builder.takeFunction()
    }

    /// Tells the store where compiled code was left: at the call of this trampoline, in its caller's frame.
    private mutating func recordExit(_ caller: Value) {
        let store = builder.load(.i64, caller, offset: RuntimeOffsets.store, Self.contextFlags)
        let frame = builder.emit(InstructionData(.framePointer, .i64))
        let frameFlags = MemoryFlags(region: AliasRegions.frame), storeFlags = MemoryFlags(region: AliasRegions.store)
        builder.store(builder.load(.i64, frame, offset: 8, frameFlags), store, offset: RuntimeOffsets.exitPC, storeFlags)
        builder.store(builder.load(.i64, frame, offset: 0, frameFlags), store, offset: RuntimeOffsets.exitFP, storeFlags)
    }

    private mutating func callHost(_ caller: Value, _ slots: Value) {
        let signature = builder.function.dfg.signatures.push(Self.hostSignature)
        let function = loadContext(RuntimeOffsets.hostFunction), hostEnvironment = loadContext(RuntimeOffsets.hostEnvironment)
        arguments.removeAll(keepingCapacity: true)
        arguments.append(contentsOf: [hostEnvironment, caller, slots])
        let call = callIndirect(signature, function)
        let abandoned = builder.compare(IntegerCondition.notEqual, builder.function.dfg.result(call), builder.constant(.i64, 0))
        raisePending(if: abandoned, context: caller)
    }

    /// Stores a value to slot `i`, zero-extended to the slot's first half if it is no vector; `clearsRest`: and zero to the second.
    private mutating func storeSlot(_ value: Value, _ slots: Value, _ i: Int, clearsRest: Bool) {
        var value = value
        if type(value) == .f32 { value = builder.unary(.bitcast, .i32, value) }
        if type(value) == .i32 { value = builder.unary(.uextend, .i64, value) }
        builder.store(value, slots, offset: Self.slotOffset(i), Self.slotFlags)
        if clearsRest && type(value) != .v128 { builder.store(builder.constant(.i64, 0), slots, offset: Self.slotOffset(i) + 8, Self.slotFlags) }
    }

    private static func slotOffset(_ i: Int) -> Int32 { Int32(i) * Int32(RuntimeOffsets.slotSize) }
    private static var slotFlags: MemoryFlags { MemoryFlags(region: AliasRegions.slots) }
    private static var entrySignature: Signature {
        Signature(.systemV, parameters: [ABIParameter(.i64, .context), ABIParameter(.i64), ABIParameter(.i64)])
    }
    private static var hostSignature: Signature {
        Signature(.systemV, parameters: [ABIParameter(.i64), ABIParameter(.i64), ABIParameter(.i64)], results: [ABIParameter(.i64)])
    }
}
