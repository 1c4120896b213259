import PrecastArtifactFormat
import PrecastEntities
public import PrecastIR
import PrecastWasmBinary
public import PrecastWasmModel
public import PrecastWasmTypes
public import PrecastWasmValidation

/// Translates function bodies from WebAssembly to the IR, in one pull loop: read an operator, validate it, translate it.
///
/// - Input: a function that the module defines, the ``TranslationEnvironment``, the module's validation context. Output: a function in SSA form,
///   with explicit accesses to the instance context (docs/abi.md), or the error that the front end found.
/// - Invariants: `builder.block` is none exactly where control does not reach; there operators are validated only, and frames
///   opened are marked dead. The operand stack holds the values that the validator's holds types of, wherever control reaches.
/// - Algorithm: abstract interpretation of the operand stack. Block parameters carry block results and loop parameters; locals are variables
///   of the ``FunctionBuilder``, which places further parameters as needed. A block behind `end` exists once something branches to it,
///   a loop's header stays unsealed until its `end`. Should a body make SSA construction too expensive (tens of thousands of
///   locals crossing as many joins), it is translated again with its locals in the frame: the cost stays linear.
/// - Source: WebAssembly core specification 2.0, section 4.4 (execution), whose semantics each operator has.
///
/// One translator serves many functions and keeps its memory; make one per worker. Trampolines come from it too
/// (``translateEntryTrampoline(_:number:)``, ``translateHostTrampoline(_:number:)``).
public struct FunctionTranslator: ~Copyable {
    let environment: TranslationEnvironment
    var reader: OperatorReader
    var validator: FunctionValidator
    var builder = FunctionBuilder(number: 0, signature: Signature())

    var stack: [Value] = []
    var frames: [ControlFrame] = []
    /// The operands that the `else` of each open `if` starts with.
    var savedParameters: [Value] = []
    /// Values from the context that later code may use again: those of open frames, outermost first.
    var invariants: [Invariant] = []
    /// Addresses computed before, by the low bits of the index's number.
    var knownAddresses = Array(repeating: KnownAddress(), count: 16)
    var lastSerial: UInt32 = 0
    var locals = LocalVariables()
    /// Where the locals are instead, when they are in the frame: ``localStride`` bytes each.
    var localSlot = StackSlot.none
    var localStride: UInt32 = 8
    /// The instance context, as the function got it.
    var contextParameter = Value.none
    /// Where the context was read from its home last.
    var contextRead = KnownLocal()
    /// The value that each of the first locals was last read or written with, while locals are in the frame.
    var knownLocals: [KnownLocal] = []
    /// Whether the function at hand has homes, and its first local's offset in ``localSlot``.
    var hasHomes = false
    var firstLocalOffset: UInt32 = 0
    /// Of the operator at hand.
    var offset: UInt32 = 0
    /// What is noted of locals, if functions say where their variables are and locals are not in the frame.
    var history: LocalHistory?
    /// Scratch for calls.
    var arguments: [Value] = []
    /// References to functions of the module that were made in this body.
    var functionOf: [Value: FunctionIndex] = [:]
    /// The open `try_table`s, outermost first, and the handlers that calls reach, innermost first.
    var tryScopes: [TryScope] = []
    var activeHandlers: [ActiveHandler] = []
    /// Calls of `throwException`.
    var throwCalls: Set<Inst> = []
    /// Targets of a `br_table`, by depth, while it is translated.
    var tableTargets: [UInt32: TableTarget] = [:]
    var references: ReferenceCache

    /// Copies and fills of a small known size become loads and stores. May change between functions.
    public var expandsSmallCopies = true
    /// Locals and the instance context have places in the frame that always hold them: code to debug.
    public var keepsHomes = false
    /// Functions say where their variables are.
    public var tracksVariables = false

    /// The features that the bodies translated so far use.
    public var usedFeatures: FeatureSet { reader.usedFeatures }

    public init(_ environment: TranslationEnvironment, _ validation: ValidationContext) {
        self.environment = environment
        reader = OperatorReader(environment.module)
        validator = FunctionValidator(validation)
        references = ReferenceCache(environment)
    }

    /// Reads, validates and translates one function.
    ///
    /// - Throws: what the front end says of the body; ``ValidationError/Kind/limitExceeded`` for one that passes long lists of values around
    ///   so often that its size gives no idea of its cost.
    /// - Precondition: the module defines `function`.
    /// - Complexity: linear in the size of the body.
    public mutating func translate(_ function: FunctionIndex) throws(ModuleError) -> Function {
        let type = environment.types[environment.module.functions[function.index].index]
        let size = environment.module.body(of: function)?.range.count ?? 0
        builder.workLimit = 4_000_000 + 2 * size
        if try !translateBody(function, localsInFrame: keepsHomes) {
            builder.workLimit = 16_000_000 + 4 * size
            if try !translateBody(function, localsInFrame: true) {
                let message = "function too complex: its branches and calls pass more than \(builder.workLimit) values"
                throw .validation(ValidationError(message, at: reader.position, kind: .limitExceeded, function: function))
            }
        }
        let changes = takeHistory(parameterCount: type.shape.parameters.count)
        var function = builder.takeFunction()
        if tracksVariables { function.variables.context = contextParameter }
        if !changes.isEmpty { function.variables.scopes = [VariableTable.Scope(inlinedAt: .none, changes: changes)] }
        settleRetention(&function, throws: throwCalls)
        return function
    }

    /// Returns false when SSA construction turned out too expensive.
    private mutating func translateBody(_ function: FunctionIndex, localsInFrame: Bool) throws(ModuleError) -> Bool {
        do throws(DecodeError) { try reader.begin(function) } catch { throw .decode(error) }
        do throws(ValidationError) { try validator.begin(function, reader) } catch { throw .validation(error) }
        beginFunction(function, localsInFrame: localsInFrame)
        while !reader.isAtEnd {
            let op: Operator
            do throws(DecodeError) { op = try reader.next() } catch { throw .decode(error) }
            do throws(ValidationError) { try validator.step(op, reader) } catch { throw .validation(error) }
            offset = op.offset
            if builder.block.isSome {
                if op.opcode.needsCollector { throw .validation(untranslatable(op, in: function)) }
                translate(op)
            } else {
                skip(op)
            }
            if builder.isExhausted { return false }
        }
        do throws(ValidationError) { try validator.finish(reader) } catch { throw .validation(error) }
        return true
    }

    private mutating func beginFunction(_ function: FunctionIndex, localsInFrame: Bool) {
        let type = environment.types[environment.module.functions[function.index].index]
        begin(number: environment.number(of: function), type.direct)
        locals.removeAll()
        localSlot = .none
        hasHomes = keepsHomes
        history = tracksVariables && !localsInFrame ? LocalHistory(bodySize: environment.module.body(of: function)?.range.count ?? 0) : nil
        builder.tracksParameters = history != nil
        for type in environment.typePool[type.shape.parameters] { locals.append(1, type) }
        for run in reader.localDeclarations { locals.append(Int(run.count), irType(run.type)) }
        defineLocals(parameterCount: type.shape.parameters.count, inFrame: localsInFrame)
        pushFrame(ControlFrame(kind: .function, shape: BlockShape(parameters: 0..<0, results: type.shape.results)))
    }

    /// Starts a function of the module or a trampoline: an entry block with the signature's parameters.
    mutating func begin(number: UInt32, _ signature: Signature) {
        builder.begin(number: number, signature: signature)
        references.removeAll()
        stack.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
        savedParameters.removeAll(keepingCapacity: true)
        functionOf.removeAll(keepingCapacity: true)
        tryScopes.removeAll()
        activeHandlers.removeAll()
        throwCalls.removeAll()
        invariants.removeAll(keepingCapacity: true)
        for i in knownAddresses.indices { knownAddresses[i].index = .none }
        lastSerial = 0
        hasHomes = false
        history = nil
        let entry = builder.makeBlock()
        for parameter in signature.parameters { builder.function.dfg.appendParameter(entry, parameter.type) }
        builder.startBlock(entry)
        builder.seal(entry)
        contextParameter = builder.function.dfg.parameter(entry, 0)
    }

    /// Translates an operator that control reaches. The validator has accepted it.
    private mutating func translate(_ op: Operator) {
        if !op.opcode.isSilent { locate(op) }
        switch op.opcode {
        case .unreachable, .nop, .block, .loop, .if, .else, .end, .br, .brIf, .brTable, .return, .brOnNull, .brOnNonNull: translateControl(op)
        case .call, .callIndirect, .callRef, .returnCall, .returnCallIndirect, .returnCallRef: translateCall(op)
        case .drop, .select, .selectTyped, .localGet, .localSet, .localTee, .globalGet, .globalSet: translateVariable(op)
        case .tableGet, .tableSet, .tableInit, .elemDrop, .tableCopy, .tableGrow, .tableSize, .tableFill: translateTable(op)
        case .memorySize, .memoryGrow, .memoryInit, .dataDrop, .memoryCopy, .memoryFill: translateBulkMemory(op)
        case .refNull, .refIsNull, .refFunc, .refAsNonNull, .refEq: translateReference(op)
        case .refTest, .refTestNull, .refCast, .refCastNull, .brOnCast, .brOnCastFail: translateCast(op)
        case .refI31, .i31GetS, .i31GetU, .anyConvertExtern, .externConvertAny: translateAny(op)
        case .i64Add128, .i64Sub128, .i64MulWideS, .i64MulWideU: translateWide(op)
        case .tryTable, .throw, .throwRef: translateException(op)
        default:
            if op.opcode.isVector { return translateVector(op) }
            if op.opcode.isAtomic { return translateAtomic(op) }
            if op.opcode.immediates == .memoryArgument { translateAccess(op) } else { translateNumeric(op) }
        }
    }

    /// Keeps the control frames right where control does not reach.
    private mutating func skip(_ op: Operator) {
        switch op.opcode {
        case .block, .loop, .if, .tryTable: frames.append(ControlFrame(kind: .block, isDead: true))
        case .else, .end:
            // The code of handlers is located here.
            if let frame = frames.last, frame.kind == .tryTable, !frame.isDead { locate(op) }
            translateControl(op)
        default: break
        }
    }

    private mutating func takeHistory(parameterCount: Int) -> [VariableTable.Change] {
        guard let history = history.take() else { return [] }
        let beginnings = locals.mentioned.map { i in
            (UInt32(truncatingIfNeeded: i), i < parameterCount ? builder.function.dfg.parameter(builder.function.entry, i + 1) : VariableTable.zero)
        }
        return history.finish(
            beginnings: beginnings,
            parameter: { block, local in locals.knownVariable(Int(local)).flatMap { builder.parameter(block, of: $0) } }, builder.function.dfg)
    }

    /// Says where the instructions that follow come from.
    private mutating func locate(_ op: Operator) {
        let data = SourceLocationData(offset: op.offset, function: builder.function.number)
        builder.location = builder.function.sourceLocations.push(data)
    }

    // MARK: The operand stack

    mutating func push(_ value: Value) { stack.append(value) }
    mutating func pop() -> Value { stack.removeLast() }
    /// The operand `depth` below the top.
    func peek(_ depth: Int) -> Value { stack[stack.count - 1 - depth] }
    func top(_ count: Int) -> ArraySlice<Value> { stack[(stack.count - count)...] }
    func type(_ value: Value) -> Type { builder.function.dfg.type(value) }
}

extension WasmOpcode {
    /// Whether translating it emits nothing.
    fileprivate var isSilent: Bool {
        switch self {
        case .nop, .block, .tryTable, .drop, .localGet, .localSet, .localTee: true
        default: false
        }
    }
}

// Both the IR and WebAssembly have opcodes and signatures.
typealias WasmOpcode = PrecastWasmModel.Opcode
typealias IROpcode = PrecastIR.Opcode
typealias Signature = PrecastIR.Signature

/// The handles that the current function has for signatures and functions outside it: found by dense tables, forgotten in the time it took to make them.
struct ReferenceCache {
    /// Direct signatures by type, then indirect ones, then those of builtins.
    private var signatures: [SignatureReference]
    private var functions: [FunctionReference]
    private var usedSignatures: [Int] = []
    private var usedFunctions: [Int] = []

    init(_ environment: TranslationEnvironment) {
        signatures = Array(repeating: .none, count: environment.types.count * 2 + environment.builtinSignatures.count)
        functions = Array(repeating: .none, count: environment.module.bodies.count)
    }

    mutating func removeAll() {
        for i in usedSignatures { signatures[i] = .none }
        for i in usedFunctions { functions[i] = .none }
        usedSignatures.removeAll(keepingCapacity: true)
        usedFunctions.removeAll(keepingCapacity: true)
    }
    mutating func signature(_ i: Int, _ signature: Signature, _ dfg: inout DataFlowGraph) -> SignatureReference {
        if signatures[i].isNone {
            signatures[i] = dfg.signatures.push(signature)
            usedSignatures.append(i)
        }
        return signatures[i]
    }
    mutating func function(_ number: UInt32, _ signature: SignatureReference, _ dfg: inout DataFlowGraph) -> FunctionReference {
        let i = Int(number)
        if functions[i].isNone {
            functions[i] = dfg.functions.push(ExternalFunction(number: number, signature: signature))
            usedFunctions.append(i)
        }
        return functions[i]
    }
}
