import CRuntimeABI
import PrecastArtifactFormat
import PrecastEntities
import PrecastIR
import PrecastWasmModel

/// Offsets of the fields that compiled code touches, in bytes (vmcontext.h).
public enum RuntimeOffsets {
    public static let store = offset(\precast_vmctx.store)
    public static let builtins = offset(\precast_vmctx.builtins)
    public static let stackLimit = offset(\precast_store_context.stack_limit)
    static let exitPC = offset(\precast_store_context.exit_pc)
    static let exitFP = offset(\precast_store_context.exit_fp)
    static let memoryBase = offset(\precast_memory.base)
    static let memoryLength = offset(\precast_memory.length)
    static let tableElements = offset(\precast_table.elements)
    static let tableLength = offset(\precast_table.length)
    static let importCode = offset(\precast_import_function.code)
    static let importContext = offset(\precast_import_function.context)
    static let referenceCode = offset(\precast_function_reference.code)
    static let referenceContext = offset(\precast_function_reference.context)
    static let referenceType = offset(\precast_function_reference.type_id)
    static let hostFunction = offset(\precast_host_function.function)
    static let hostEnvironment = offset(\precast_host_function.environment)
    static let exceptionPayload = Int32(MemoryLayout<precast_exception>.size)
    static let slotSize = UInt32(MemoryLayout<precast_slot>.size)

    private static func offset<Structure>(_ field: PartialKeyPath<Structure>) -> Int32 {
        Int32(MemoryLayout<Structure>.offset(of: field)!)
    }
}

/// Loads from the instance context, and calls of builtins through it.
extension FunctionTranslator {
    var usesSignals: Bool { environment.tunables.flags.contains(.signalTraps) }

    static var contextFlags: MemoryFlags { MemoryFlags(region: AliasRegions.context, readOnly: true) }

    /// A field of the context that never changes.
    mutating func loadContext(_ type: Type, _ offset: Int32) -> Value { builder.load(type, context, offset: offset, Self.contextFlags) }
    mutating func loadContext(_ offset: Int32) -> Value { loadContext(.i64, offset) }

    /// A 64-bit value that never changes and that later code is likely to want again: loaded once where one computation dominates the other.
    private mutating func invariant(_ key: InvariantKey, _ compute: (inout FunctionTranslator) -> Value) -> Value {
        for known in invariants.reversed().prefix(8) where known.key == key { return known.value }
        let value = compute(&self)
        invariants.append(Invariant(key: key, depth: frames.count, value: value))
        return value
    }

    /// Address of a memory's or table's descriptor, and the offset from it of the descriptor's start.
    private mutating func descriptor(isIndirect: Bool, _ offset: Int32) -> (address: Value, offset: Int32) {
        guard isIndirect else { return (context, offset) }
        let pointer = invariant(InvariantKey(offset: offset, isIndirect: false)) { $0.loadContext(offset) }
        return (pointer, 0)
    }

    // MARK: Memories and tables

    mutating func memoryBase(_ memory: MemoryPlan) -> Value {
        if !memory.hasFixedBase { return loadMemoryBase(memory) }
        return invariant(InvariantKey(offset: memory.offset, isIndirect: true)) { $0.loadMemoryBase(memory) }
    }
    private mutating func loadMemoryBase(_ memory: MemoryPlan) -> Value {
        let (address, offset) = descriptor(isIndirect: memory.isIndirect, memory.offset)
        let flags = MemoryFlags(region: AliasRegions.descriptors, readOnly: memory.hasFixedBase)
        let base = builder.load(.i64, address, offset: offset + RuntimeOffsets.memoryBase, flags)
        if tracksVariables, memory.hasFixedBase, memory.offset == environment.memories[0].offset {
            builder.function.variables.memoryBases.append(base)
        }
        return base
    }
    mutating func memoryLength(_ memory: MemoryPlan) -> Value {
        if memory.hasFixedSize { return builder.constant(.i64, Int64(bitPattern: memory.minimumSize)) }
        let (address, offset) = descriptor(isIndirect: memory.isIndirect, memory.offset)
        let flags = MemoryFlags(region: AliasRegions.descriptors, shared: memory.isShared)
        return builder.load(.i64, address, offset: offset + RuntimeOffsets.memoryLength, flags)
    }
    mutating func tableElements(_ table: TablePlan) -> Value {
        let (address, offset) = descriptor(isIndirect: table.isImported, table.offset)
        let flags = MemoryFlags(region: AliasRegions.descriptors, readOnly: table.fixedLength != nil)
        return builder.load(.i64, address, offset: offset + RuntimeOffsets.tableElements, flags)
    }
    mutating func tableLength(_ table: TablePlan) -> Value {
        if let length = table.fixedLength { return builder.constant(.i64, Int64(bitPattern: length)) }
        let (address, offset) = descriptor(isIndirect: table.isImported, table.offset)
        return builder.load(.i64, address, offset: offset + RuntimeOffsets.tableLength, MemoryFlags(region: AliasRegions.descriptors))
    }

    // MARK: Globals

    mutating func globalAddress(_ global: GlobalPlan) -> (address: Value, offset: Int32) {
        descriptor(isIndirect: global.isImported, global.offset)
    }

    // MARK: Signatures and functions

    mutating func directSignature(_ type: TypeIndex) -> SignatureReference {
        references.signature(type.index, environment.types[type.index].direct, &builder.function.dfg)
    }
    mutating func indirectSignature(_ type: TypeIndex) -> SignatureReference {
        references.signature(environment.types.count + type.index, environment.types[type.index].indirect, &builder.function.dfg)
    }
    mutating func functionReference(_ function: FunctionIndex) -> FunctionReference {
        let signature = directSignature(environment.module.functions[function.index])
        return references.function(environment.number(of: function), signature, &builder.function.dfg)
    }

    // MARK: Builtins

    /// Calls a builtin with `context` and `arguments`, all of 64 bits. `mayThrow`: handlers around it may get what it throws.
    @discardableResult mutating func callBuiltin(_ builtin: Builtin, context: Value, _ arguments: Value..., mayThrow: Bool = false) -> Inst {
        self.arguments.removeAll(keepingCapacity: true)
        self.arguments.append(context)
        self.arguments.append(contentsOf: arguments)
        let number = Int(builtin.rawValue)
        let signature = references.signature(
            environment.types.count * 2 + number, environment.builtinSignatures[number], &builder.function.dfg)
        let table = builder.load(.i64, context, offset: RuntimeOffsets.builtins, Self.contextFlags)
        let code = builder.load(.i64, table, offset: Int32(number * 8), Self.contextFlags)
        return callIndirect(signature, code, mayThrow: mayThrow)
    }

    /// A call of an address with ``arguments``.
    mutating func callIndirect(_ signature: SignatureReference, _ code: Value, mayThrow: Bool = false) -> Inst {
        let list = builder.function.dfg.lists.make(arguments)
        let data = InstructionData(.callIndirect, a: signature.rawValue, b: code.rawValue, c: list.position)
        return mayThrow ? emitThrowingCall(data, signature: signature) : builder.emitCall(data, signature: signature)
    }

    /// Continues only if a builtin succeeded: where `failed` is not zero, raises the pending trap.
    ///
    /// - Parameter caller: the context to raise it with, if not the function's own.
    mutating func raisePending(if failed: Value, context caller: Value? = nil) {
        let cold = builder.makeBlock(), next = builder.makeBlock()
        let coldEdge = builder.makeCall(cold), nextEdge = builder.makeCall(next)
        builder.branch(failed, coldEdge, nextEdge)
        start(cold)
        markCold()
        let code = builder.constant(.i64, Int64(TrapCode.pending.rawValue))
        callBuiltin(.raise, context: caller ?? context, code)
        builder.trap(code: TrapCode.unreachable.rawValue)
        start(next)
    }

    /// Calls a builtin that can fail.
    mutating func callFailing(_ call: Inst) {
        let zero = builder.constant(.i64, 0)
        let failed = builder.compare(IntegerCondition.signedLess, builder.function.dfg.result(call), zero)
        raisePending(if: failed)
    }

    // MARK: Widths

    /// An i32 as a zero-extended i64; an i64 as it is.
    mutating func widen(_ value: Value) -> Value {
        if type(value) == .i64 { return value }
        if let known = builder.function.dfg.integerConstant(value) {
            return builder.constant(.i64, Int64(UInt32(truncatingIfNeeded: known)))
        }
        return builder.unary(.uextend, .i64, value)
    }
    /// The low part of an i64 as an address of a memory or table, whose type that is.
    mutating func narrow(_ value: Value, is64: Bool) -> Value { is64 ? value : builder.unary(.ireduce, .i32, value) }
    mutating func constant64(_ value: UInt32) -> Value { builder.constant(.i64, Int64(value)) }
}
