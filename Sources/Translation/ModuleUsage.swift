public import PrecastEntities
import PrecastWasmBinary
public import PrecastWasmModel

/// What bodies do that decides how others are translated: which tables they touch other than by calls, which functions they take references of, and
/// which types they call.
///
/// A scan of all operators without validation. A body that does not decode is left where it breaks: its translation reports that.
/// O(size of the bodies); only modules that define a table, or share references to functions, need it.
public struct ModuleUsage: Sendable {
    /// Tables whose elements some body reads as values or writes.
    public private(set) var touchedTables = EntitySet<TableIndex>()
    /// The types that some body calls through tables and references.
    public private(set) var calledTypes = EntitySet<TypeIndex>()
    /// Operands of `ref.func`.
    public private(set) var referencedFunctions = EntitySet<FunctionIndex>()

    private let tableCount: Int
    private let functionCount: Int
    private let typeCount: Int

    public init(_ module: Module) {
        tableCount = module.tables.count
        functionCount = module.functions.count
        typeCount = module.types.count
        var reader = OperatorReader(module)
        for position in module.bodies.indices {
            try? scan(module.definedFunction(position), &reader)
        }
    }

    private mutating func scan(_ function: FunctionIndex, _ reader: inout OperatorReader) throws {
        try reader.begin(function)
        while !reader.isAtEnd {
            let op = try reader.next()
            switch op.opcode {
            case .tableGet, .tableSet, .tableGrow, .tableFill: touch(op.index)
            case .tableInit: touch(op.secondIndex)
            case .tableCopy:
                touch(op.index)
                touch(op.secondIndex)
            case .callIndirect, .returnCallIndirect, .callRef, .returnCallRef:
                if op.index < typeCount { calledTypes.insert(TypeIndex(rawValue: op.index)) }
            case .refFunc: if op.functionIndex.index < functionCount { referencedFunctions.insert(op.functionIndex) }
            default: break
            }
        }
    }

    /// The body is not validated: its indices may be anything.
    private mutating func touch(_ table: UInt32) {
        if table < tableCount { touchedTables.insert(TableIndex(rawValue: table)) }
    }
}
