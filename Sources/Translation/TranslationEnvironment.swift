public import PrecastArtifactFormat
public import PrecastEntities
public import PrecastIR
public import PrecastWasmModel
import PrecastWasmTypes
public import PrecastWasmValidation

/// What translation knows of the module around a function: read-only, shared by all workers.
///
/// Everything that a body can name is resolved here once: offsets in the instance context, alias regions, signatures, numbers.
public struct TranslationEnvironment: Sendable {
    public let module: Module
    public let layout: ContextLayout
    public let tunables: Tunables
    /// Which types are the same, and which extend which.
    public let relations: TypeRelations
    /// By type index; of a type that is none of functions, nothing is used but its canonical index.
    let types: [TypePlan]
    /// Parameter and result types; ``TypePlan`` and block types are ranges of it.
    let typePool: [Type]
    /// By index in the module, imports first.
    let memories: [MemoryPlan]
    let tables: [TablePlan]
    let globals: [GlobalPlan]
    let tags: [TagPlan]
    /// By function index: the reference's offset in the instance context, or `UInt32.max`.
    let functionReferenceOffsets: [UInt32]
    /// By number.
    let builtinSignatures: [Signature]

    /// - Parameters:
    ///   - module: valid but for its bodies, which nobody may have looked at.
    ///   - relations: those of the module's types.
    ///   - layout: has a function reference for each of `functionReferences`, in that order.
    public init(
        _ module: Module, _ relations: TypeRelations, layout: ContextLayout, tunables: Tunables,
        functionReferences: [FunctionIndex], readOnlyTables: [ReadOnlyTable]
    ) {
        self.module = module
        self.layout = layout
        self.tunables = tunables
        self.relations = relations
        var pool = Self.singleTypes
        types = module.types.indices.map { index in
            let type = module.types[index].function ?? FunctionType(parameters: [], results: [])
            let canonical = relations.canonicalIndex(TypeIndex(index: index))
            return TypePlan(type, canonical: canonical, isFinal: module.subtyping[index].isFinal, &pool)
        }
        typePool = pool
        memories = module.memories.indices.map { MemoryPlan($0, module, layout, tunables) }
        let readOnly = Dictionary(uniqueKeysWithValues: readOnlyTables.map { ($0.table.index, $0) })
        tables = module.tables.indices.map { TablePlan($0, module, layout, readOnly[$0]) }
        var globals: [GlobalPlan] = []
        for i in module.globals.indices { globals.append(GlobalPlan(i, module, layout, known: globals)) }
        self.globals = globals
        let typePlans = types
        tags = module.tags.indices.map { TagPlan($0, module, layout, typePlans) }
        var offsets = [UInt32](repeating: .max, count: module.functions.count)
        for (i, function) in functionReferences.enumerated() { offsets[function.index] = layout.functionReference(UInt32(i)) }
        functionReferenceOffsets = offsets
        builtinSignatures = Builtin.allCases.map(\.signature)
    }

    /// The module's number of a function that it defines: its position in the code section.
    @inlinable public func number(of function: FunctionIndex) -> UInt32 { UInt32(function.index - module.importedFunctionCount) }

    /// The first type of the module that is structurally equal to `type`.
    public func canonicalType(_ type: TypeIndex) -> TypeIndex { types[type.index].canonical }

    /// The pool starts with each type once, for blocks with a single result.
    private static let singleTypes: [Type] = [.i32, .i64, .f32, .f64, .v128]
    func blockShape(_ type: BlockType) -> BlockShape {
        switch type.kind {
        case .empty: BlockShape()
        case .value(let value): BlockShape(parameters: 0..<0, results: Self.poolPosition(value)..<Self.poolPosition(value) + 1)
        case .function(let index): types[index.index].shape
        }
    }
    private static func poolPosition(_ type: ValueType) -> Int {
        switch type {
        case .i32: 0
        case .f32: 2
        case .f64: 3
        case .v128: 4
        default: 1
        }
    }
}

/// The IR's type for a WebAssembly type. References are 64-bit integers: an address or handle, 0 for null.
func irType(_ type: ValueType) -> Type {
    switch type {
    case .i32: .i32
    case .f32: .f32
    case .f64: .f64
    case .v128: .v128
    default: .i64
    }
}

/// What a block takes and leaves: ranges of ``TranslationEnvironment/typePool``.
struct BlockShape: Sendable {
    var parameters: Range<Int> = 0..<0
    var results: Range<Int> = 0..<0
}

/// A function type's signatures.
struct TypePlan: Sendable {
    /// Of a function that the module defines: context, then parameters.
    let direct: Signature
    /// Of a call through an import or a reference: the caller's context at the end.
    let indirect: Signature
    let shape: BlockShape
    /// The first type of the module that is the same: the type id of ``ReadOnlyTable`` and the owner of trampolines.
    let canonical: TypeIndex
    /// Whether no type extends it.
    let isFinal: Bool

    init(_ type: FunctionType, canonical: TypeIndex, isFinal: Bool, _ pool: inout [Type]) {
        let parameters = type.parameters.map(irType), results = type.results.map(irType)
        let start = pool.count
        pool += parameters
        pool += results
        shape = BlockShape(parameters: start..<start + parameters.count, results: start + parameters.count..<pool.count)
        self.canonical = canonical
        self.isFinal = isFinal
        let abiResults = results.map { ABIParameter($0) }
        let abiParameters = [ABIParameter(.i64, .context)] + parameters.map { ABIParameter($0) }
        direct = Signature(parameters: abiParameters, results: abiResults)
        indirect = Signature(parameters: abiParameters + [ABIParameter(.i64, .callerContext)], results: abiResults)
    }
}

/// How code reaches a linear memory.
struct MemoryPlan: Sendable {
    /// The context holds the descriptor's address: of an imported memory and of a shared one.
    let isIndirect: Bool
    /// Of the descriptor in the context; of its address, where indirect.
    let offset: Int32
    let isShared: Bool
    let region: AliasRegion
    let is64: Bool
    let pageSizeLog2: UInt8
    /// Bytes that the memory always has.
    let minimumSize: UInt64
    /// Whether it never has more.
    let hasFixedSize: Bool
    /// The memory grows in place.
    let hasFixedBase: Bool
    /// Any index with an offset and size that fit the guard either hits the memory or faults.
    let needsNoCheck: Bool
    /// The guard begins right behind the last byte, however large the memory is, and faults.
    let endsAtGuard: Bool

    init(_ i: Int, _ module: Module, _ layout: ContextLayout, _ tunables: Tunables) {
        let type = module.memories[i], imported = module.importedMemoryCount
        let isImported = i < imported
        isShared = type.isShared
        isIndirect = isImported || isShared
        offset = Int32(isImported ? layout.importedMemory(UInt32(i)) : layout.memory(UInt32(i - imported)))
        region = isImported ? AliasRegions.importedMemories : AliasRegions.memory(i - imported)
        is64 = type.is64
        pageSizeLog2 = type.pageSizeLog2
        let addressSpace: UInt64 = type.is64 ? .max : 1 << 32
        let maximumPages = min(type.limits.maximum ?? .max, addressSpace >> UInt64(pageSizeLog2))
        hasFixedBase = type.isShared || maximumPages << UInt64(pageSizeLog2) <= tunables.memoryReservation
        endsAtGuard = tunables.flags.contains(.signalTraps) && type.pageSize >= UInt64(tunables.maximumPageSize)
        needsNoCheck = endsAtGuard && !type.is64 && tunables.memoryReservation >= addressSpace
        minimumSize = min(type.limits.minimum, maximumPages) << UInt64(pageSizeLog2)
        hasFixedSize = type.limits.maximum == type.limits.minimum
    }
}

/// How code reaches a table.
struct TablePlan: Sendable {
    let isImported: Bool
    /// Of the descriptor in the context; of its address, where imported.
    let offset: Int32
    let region: AliasRegion
    let is64: Bool
    let element: HeapType
    /// The number of elements, where that cannot change.
    let fixedLength: UInt64?
    /// Where the table's content lies in the module's read-only data, if it is there.
    let readOnlyOffset: UInt32?

    init(_ i: Int, _ module: Module, _ layout: ContextLayout, _ readOnly: ReadOnlyTable?) {
        let type = module.tables[i].type, imported = module.importedTableCount
        isImported = i < imported
        offset = Int32(isImported ? layout.importedTable(UInt32(i)) : layout.table(UInt32(i - imported)))
        region = isImported ? AliasRegions.importedTables : AliasRegions.table(i - imported)
        is64 = type.is64
        element = type.element.heapType
        readOnlyOffset = readOnly?.offset
        fixedLength = readOnly != nil || type.limits.maximum == type.limits.minimum ? type.limits.minimum : nil
    }
}

/// How code reaches an exception tag.
struct TagPlan: Sendable {
    let isImported: Bool
    /// Of the tag in the context; of its address, where imported.
    let offset: Int32
    /// What its exceptions carry: a range of ``TranslationEnvironment/typePool``.
    let parameters: Range<Int>

    init(_ i: Int, _ module: Module, _ layout: ContextLayout, _ types: [TypePlan]) {
        let imported = module.importedTagCount
        isImported = i < imported
        offset = Int32(isImported ? layout.importedTag(UInt32(i)) : layout.tag(UInt32(i - imported)))
        parameters = types[module.tags[i].type.index].shape.parameters
    }
}

/// How code reaches a global.
struct GlobalPlan: Sendable {
    let isImported: Bool
    /// Of the value in the context; of its address, where imported.
    let offset: Int32
    let type: Type
    let flags: MemoryFlags
    /// The value's bits, where known.
    let constant: Int64?
    /// The function that the value refers to, where known.
    let function: FunctionIndex?

    init(_ i: Int, _ module: Module, _ layout: ContextLayout, known: [GlobalPlan]) {
        let global = module.globals[i], imported = module.importedGlobalCount
        isImported = i < imported
        offset = Int32(isImported ? layout.importedGlobal(UInt32(i)) : layout.global(UInt32(i - imported)))
        type = irType(global.type.valueType)
        let region = isImported ? AliasRegions.importedGlobals : AliasRegions.global(i - imported)
        flags = MemoryFlags(region: region, readOnly: !global.type.isMutable)
        let initializer = global.type.isMutable ? nil : global.initializer.map { module[$0] }
        constant = initializer.flatMap { constantValue($0) { known[$0].constant } }
        function = initializer.flatMap { knownFunction($0) { known[$0].function } }
    }
}

/// The value of a constant expression as bits (i32 sign-extended), or nil where it is known only at instantiation.
///
/// - Parameter global: the value of a global that precedes the expression's owner.
public func constantValue(_ expression: ArraySlice<Operator>, global: (Int) -> Int64?) -> Int64? {
    var stack: [Int64] = []
    func binary(_ combine: (Int64, Int64) -> Int64) {
        guard let b = stack.popLast(), let a = stack.popLast() else { return }
        stack.append(combine(a, b))
    }
    func narrow(_ value: Int64) -> Int64 { Int64(Int32(truncatingIfNeeded: value)) }
    for op in expression {
        switch op.opcode {
        case .i32Const: stack.append(Int64(op.i32))
        case .i64Const: stack.append(op.i64)
        case .f32Const: stack.append(Int64(op.f32Bits))
        case .f64Const: stack.append(Int64(bitPattern: op.f64Bits))
        case .refNull: stack.append(0)
        case .refI31: if let value = stack.popLast() { stack.append(Int64(UInt32(truncatingIfNeeded: value) << 1 | 1)) }
        case .anyConvertExtern, .externConvertAny: break
        case .globalGet:
            guard let value = global(Int(op.index)) else { return nil }
            stack.append(value)
        case .i32Add: binary { narrow($0 &+ $1) }
        case .i32Sub: binary { narrow($0 &- $1) }
        case .i32Mul: binary { narrow($0 &* $1) }
        case .i64Add: binary { $0 &+ $1 }
        case .i64Sub: binary { $0 &- $1 }
        case .i64Mul: binary { $0 &* $1 }
        default: return nil
        }
    }
    return stack.count == 1 ? stack[0] : nil
}

/// The function that a constant expression is a reference to, or nil where it is none that is known at compile time.
///
/// - Parameter global: the function that a global refers to which precedes the expression's owner.
func knownFunction(_ expression: ArraySlice<Operator>, global: (Int) -> FunctionIndex?) -> FunctionIndex? {
    guard expression.count == 1, let op = expression.first else { return nil }
    switch op.opcode {
    case .refFunc: return op.functionIndex
    case .globalGet: return global(Int(op.index))
    default: return nil
    }
}

/// A table that is part of the artifact's read-only data: never written, and all its elements are known.
///
/// An entry takes 8 bytes: a signed 32-bit distance from the table's first byte to the function's code, then the type id plus one. A null
/// entry is 8 zero bytes.
public struct ReadOnlyTable: Hashable, Sendable {
    public struct Entry: Hashable, Sendable, BitwiseCopyable {
        /// The module's number of the function; all ones: null.
        public var function: UInt32
        /// The canonical index of its type (``TypeRelations/canonicalIndex(_:)``).
        public var type: TypeIndex

        public init(function: UInt32, type: TypeIndex) {
            self.function = function
            self.type = type
        }
        public static var null: Entry { Entry(function: .max, type: .none) }
        public var isNull: Bool { function == .max }
        /// The entry's second word.
        public var typeWord: UInt32 { isNull ? 0 : type.rawValue + 1 }
    }
    public static var entrySize: UInt32 { 8 }

    public var table: TableIndex
    /// Byte offset in the module's read-only data, a multiple of 16.
    public var offset: UInt32
    public var entries: [Entry]

    public init(table: TableIndex, offset: UInt32, entries: [Entry]) {
        self.table = table
        self.offset = offset
        self.entries = entries
    }
}

extension Builtin {
    /// Its convention in the IR: System V, all 64-bit, the context first; rounding functions take and return a float.
    public var signature: PrecastIR.Signature {
        switch self {
        case .raise: Self.signature(arguments: 1, returns: false)
        case .memoryGrow: Self.signature(arguments: 2)
        case .memoryCopy, .tableCopy: Self.signature(arguments: 5)
        case .memoryFill, .tableFill: Self.signature(arguments: 4)
        case .memoryInit, .tableInit: Self.signature(arguments: 5)
        case .makeException: Self.signature(arguments: 1)
        case .throwException: Self.signature(arguments: 1, returns: false)
        case .dataDrop, .elementDrop: Self.signature(arguments: 1, returns: false)
        case .tableGrow, .memoryNotify: Self.signature(arguments: 3)
        case .typeMatches: Self.signature(arguments: 2)
        case .memoryWait32, .memoryWait64: Self.signature(arguments: 4)
        case .ceilF32, .floorF32, .truncF32, .nearestF32: Self.rounding(.f32)
        case .ceilF64, .floorF64, .truncF64, .nearestF64: Self.rounding(.f64)
        default: Self.signature(arguments: 0)
        }
    }
    private static func signature(arguments: Int, returns: Bool = true) -> Signature {
        Signature(
            .systemV, parameters: [ABIParameter(.i64, .context)] + Array(repeating: ABIParameter(.i64), count: arguments),
            results: returns ? [ABIParameter(.i64)] : [])
    }
    private static func rounding(_ type: Type) -> Signature {
        Signature(.systemV, parameters: [ABIParameter(.i64, .context), ABIParameter(type)], results: [ABIParameter(type)])
    }
}
