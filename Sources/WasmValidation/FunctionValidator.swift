internal import PrecastEntities
public import PrecastWasmBinary
public import PrecastWasmModel
public import PrecastWasmTypes

/// Validates function bodies, one operator at a time.
///
/// - Input: the operators of a body, as ``OperatorReader`` gives them, one ``step(_:_:)`` each. Output: nothing but the verdict;
///   between steps the state may be asked for reachability, operand types and open blocks, which is what a translator needs.
/// - Invariants: `base` and `isReachable` mirror the innermost frame; the operand stack is never lower than `base`. After the
///   `end` of the function no frame is open.
/// - Algorithm: an operand stack of types and a control stack of frames; after an unconditional branch the stack is polymorphic, and
///   popping beyond the frame's base yields the bottom type.
/// - Source: WebAssembly core specification, appendix 7.3 (validation algorithm).
///
/// One validator serves many functions, one after the other, and allocates only while its stacks grow.
public struct FunctionValidator: ~Copyable {
    public let context: ValidationContext
    // The context's tables again: reading an array of a class costs more.
    @usableFromInline let typePool: [ValueType]
    let signatures: [TypeListPair]
    let types: TypeRelations
    let fields: [FieldType]
    let fieldStarts: [UInt32]
    let tags: [Tag]
    /// Whether function references have their function's type.
    let hasTypedFunctionReferences: Bool
    let isDeclared: [Bool]
    let functions: [TypeIndex]
    let globals: [Global]
    let memories: [MemoryType]
    let tables: [Table]
    let nestingLimit: Int
    private let signatureTable = SignatureTable.shared
    @usableFromInline var operands: OperandStack
    @usableFromInline var control: ControlStack
    /// The height below which the innermost block may not pop.
    @usableFromInline var base = 0
    /// Whether control reaches the current point.
    public internal(set) var isReachable = false
    /// The type of the reference that the last operator tested, of those that test for null or for a type.
    public internal(set) var testedType = ValueType.bottom
    var locals = LocalTypes()
    /// The locals initialised in the open blocks, of those that need it, oldest first.
    var initialized = PointerStack<UInt32>(capacity: 16)
    /// By local, the number of the body that it was last initialised in, as far as one was; see ``bodyNumber``.
    var initializedIn: [UInt32] = []
    /// Counts bodies from one, so that ``initializedIn`` need not be cleared for each.
    var bodyNumber: UInt32 = 0
    var function: FunctionIndex = .none
    /// The byte offset of the operator being validated.
    var offset: UInt32 = 0

    public init(_ context: ValidationContext) {
        self.context = context
        typePool = context.typePool
        signatures = context.signatures
        types = context.types
        fields = context.fields
        fieldStarts = context.fieldStarts
        tags = context.module.tags
        hasTypedFunctionReferences = context.module.features.contains(.functionReferences)
        isDeclared = context.isDeclared
        functions = context.module.functions
        globals = context.module.globals
        memories = context.module.memories
        tables = context.module.tables
        nestingLimit = context.module.limits.nesting
        operands = OperandStack(capacity: 256)
        control = ControlStack(capacity: 64)
    }

    /// Starts on a function's body; `reader` has just begun it.
    ///
    /// - Precondition: the module defines `function`.
    public mutating func begin(_ function: FunctionIndex, _ reader: borrowing OperatorReader) throws(ValidationError) {
        self.function = function
        offset = UInt32(reader.position)
        let signature = context.signature(of: function)
        locals.reset(signature.parameters, reader.localDeclarations, typePool)
        let maximum = context.module.limits.locals
        if locals.count > maximum {
            throw error("too many locals: \(locals.count), and the limit is \(maximum)", kind: .limitExceeded)
        }
        try checkLocals(reader.localDeclarations)
        operands.count = 0
        control.count = 0
        initialized.count = 0
        bodyNumber &+= 1
        try pushControl(.function, TypeListPair(parameters: .empty, results: signature.results))
    }

    /// Validates one operator. `reader` is the one that it was just read from.
    ///
    /// Only the operators with lists look at the reader: handing it down for every one would copy it.
    @inlinable @inline(__always)
    public mutating func step(_ op: Operator, _ reader: borrowing OperatorReader) throws(ValidationError) {
        switch op.opcode {
        case .brTable: try stepBranchTable(op, reader.brTableTargets)
        case .tryTable: try stepTryTable(op, reader.catchClauses)
        default: try step(op)
        }
    }

    @usableFromInline
    mutating func step(_ op: Operator) throws(ValidationError) {
        try start(op)
        let signature = signatureTable[op.opcode]
        if signature.isSpecial {
            try stepSpecial(op)
        } else if signature.hasAddress {
            try apply(signature, address: try addressType(of: op))
        } else {
            try apply(signature, address: .i32)
        }
    }

    @inline(__always)
    mutating func start(_ op: Operator) throws(ValidationError) {
        offset = op.offset
        guard control.count > 0 else { throw error("unexpected content after the end of the function", kind: .malformed) }
    }

    /// Checks that the body was complete. `reader` is at its end.
    public func finish(_ reader: borrowing OperatorReader) throws(ValidationError) {
        if control.count > 0 {
            throw ValidationError(
                "END opcode expected: unexpected end of section or function, or section size mismatch; \(control.count) blocks are open",
                at: reader.position, kind: .malformed, function: function)
        }
    }

    private mutating func checkLocals(_ declarations: [LocalDeclaration]) throws(ValidationError) {
        for declaration in declarations where declaration.type.isReference { try check(declaration.type) }
    }

    // MARK: What a translator asks

    /// How many operands are on the stack.
    @inlinable @inline(__always) public var operandHeight: Int { operands.count }

    /// The type of the operand `depth` below the top; ``ValueType/bottom`` for one that only unreachable code could pop.
    @inlinable @inline(__always)
    public func operandType(depth: Int) -> ValueType {
        depth < operands.count - base ? operands[operands.count - 1 - depth] : .bottom
    }

    /// How many blocks are open, the function's own included; 0 after its `end`.
    @inlinable @inline(__always) public var controlDepth: Int { control.count }

    /// The open block `depth` levels out; 0 is the innermost. - Precondition: `depth < controlDepth`
    @inlinable @inline(__always)
    public func frame(depth: Int) -> ControlFrame { control[control.count - 1 - depth] }

    /// The type at `position` of a list.
    @inlinable @inline(__always)
    public subscript(list: TypeList, position: Int) -> ValueType { list.type(position, in: typePool) }

    public var localCount: Int { locals.count }
    public var parameterCount: Int { locals.parameterCount }
    /// The type of a local, parameters first, or nil if there is none with that index.
    public func localType(_ index: UInt32) -> ValueType? { locals[index] }
}

/// The signatures of all operators, made once and kept: a load an operator, where a `switch` over the opcode is a jump that is hard to predict.
private struct SignatureTable: @unchecked Sendable {
    private let rows: UnsafePointer<Signature>

    static let shared = SignatureTable()

    private init() {
        let rows = UnsafeMutablePointer<Signature>.allocate(capacity: Int(UInt16.max) + 1)
        rows.initialize(repeating: .special, count: Int(UInt16.max) + 1)
        for opcode in Opcode.allCases { rows[Self.position(opcode)] = opcode.signature }
        self.rows = UnsafePointer(rows)
    }
    /// A case's own representation, which is different for each.
    @inline(__always) private static func position(_ opcode: Opcode) -> Int { Int(unsafeBitCast(opcode, to: UInt16.self)) }
    @inline(__always) subscript(opcode: Opcode) -> Signature { rows[Self.position(opcode)] }
}
