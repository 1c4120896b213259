public import PrecastEntities
public import PrecastWasmTypes

/// A decoded WebAssembly module.
///
/// Index spaces are arrays that start with the imports. Function bodies and data stay in the module's own bytes and are
/// named by ranges. A module is well formed (every count, flag and name was checked) but not validated: indices
/// may point outside until `validate` has accepted it.
public struct Module: Sendable {
    /// The bytes that ranges and offsets refer to.
    public var bytes: ModuleBytes
    /// What it was decoded with; bodies are read and validated with the same.
    public var features = FeatureSet.default
    /// Enabled features that whoever asked for the module cannot make use of: their use is refused as "not supported yet".
    public var unsupportedFeatures = FeatureSet()
    /// The features that everything but the function bodies uses; ``OperatorReader`` gathers those of bodies.
    public var usedFeatures = FeatureSet()
    public var limits = ImplementationLimits()
    public var types: [CompositeType] = []
    /// What ``types`` are declared to extend, entry by entry.
    public var subtyping: [Subtyping] = []
    /// The runs of types that are defined together and may name each other, in order; together they are all types.
    public var recursionGroups: [Range<Int>] = []
    public var imports: [Import] = []
    /// The type of every function, imports first.
    public var functions: [TypeIndex] = []
    public var tables: [Table] = []
    public var memories: [MemoryType] = []
    public var tags: [Tag] = []
    public var globals: [Global] = []
    public var exports: [Export] = []
    public var start: Start?
    public var elements: [ElementSegment] = []
    public var data: [DataSegment] = []
    /// The data count section's number, which lets bodies name data segments.
    public var dataCount: UInt32?
    /// The bodies of the functions that the module defines, in order.
    public var bodies: [FunctionBody] = []
    /// The byte offset of the memory section's payload, zero if there is none.
    public var memorySectionOffset: UInt32 = 0
    /// The payload of the code section; DWARF addresses count from its start.
    public var codeSection: ByteRange?
    public var customSections: [CustomSection] = []
    public var names = NameSection()
    public var producers: [ProducerField] = []
    /// The branch hints section's content, sorted by function and offset.
    public var branchHints: [BranchHint] = []
    /// What is wrong in custom sections that were read: a module stays acceptable whatever they hold.
    public var customSectionErrors: [CustomSectionError] = []
    /// The operators of all constant expressions; ``ConstantExpression`` is a range of them.
    public var constantOperators: [Operator] = []

    public var importedFunctionCount = 0
    public var importedTableCount = 0
    public var importedMemoryCount = 0
    public var importedGlobalCount = 0
    public var importedTagCount = 0

    public init(bytes: ModuleBytes) { self.bytes = bytes }

    /// The operators of a constant expression, without the final `end`.
    @inlinable public subscript(expression: ConstantExpression) -> ArraySlice<Operator> {
        constantOperators[Int(expression.start)..<Int(expression.end)]
    }

    /// The function type with that index, or nil if there is none.
    @inlinable public func functionType(_ type: TypeIndex) -> FunctionType? {
        type.index < types.count ? types[type.index].function : nil
    }

    /// The type of a function. - Precondition: the module is valid and has the function.
    @inlinable public func functionType(of function: FunctionIndex) -> FunctionType {
        types[functions[function.index].index].function!
    }

    /// Whether a function is an import.
    @inlinable public func isImported(_ function: FunctionIndex) -> Bool { function.index < importedFunctionCount }

    /// The body of a function, or nil of an import or of one that does not exist.
    @inlinable public func body(of function: FunctionIndex) -> FunctionBody? {
        let position = function.index - importedFunctionCount
        return position >= 0 && position < bodies.count ? bodies[position] : nil
    }

    /// The index of the `position`-th function that the module defines.
    @inlinable public func definedFunction(_ position: Int) -> FunctionIndex { FunctionIndex(index: importedFunctionCount + position) }

    /// What to call each function: the name section's name, or else an export's, or else the import's, or nil. Linear.
    public func functionNames() -> [String?] {
        var result = [String?](repeating: nil, count: functions.count)
        var position = 0
        for item in imports {
            guard case .function = item.item else { continue }
            result[position] = "\(item.module).\(item.name)"
            position += 1
        }
        for export in exports.reversed() {
            if case .function(let function) = export.item, function.index < result.count { result[function.index] = export.name }
        }
        for entry in names.functions.entries where Int(entry.index) < result.count {
            result[Int(entry.index)] = bytes.text(entry.name)
        }
        return result
    }

    /// The payload of the first custom section called `name` (".debug_info" …), or nil.
    public func customSection(named name: String) -> ByteRange? { customSections.first { $0.name == name }?.payload }
}

/// An import.
public struct Import: Hashable, Sendable {
    public var module: String
    public var name: String
    public var item: ImportItem
    /// Its byte offset in the module.
    public var offset: UInt32

    public init(module: String, name: String, item: ImportItem, offset: UInt32 = 0) {
        self.module = module
        self.name = name
        self.item = item
        self.offset = offset
    }
}

/// What is imported.
public enum ImportItem: Hashable, Sendable {
    case function(TypeIndex)
    case table(TableType)
    case memory(MemoryType)
    case global(GlobalType)
    /// An exception tag; the type is a function type whose parameters the exception carries.
    case tag(TypeIndex)
}

/// An export.
public struct Export: Hashable, Sendable {
    public var name: String
    public var item: ExportItem
    public var offset: UInt32

    public init(name: String, item: ExportItem, offset: UInt32 = 0) {
        self.name = name
        self.item = item
        self.offset = offset
    }
}

/// What is exported.
public enum ExportItem: Hashable, Sendable, BitwiseCopyable {
    case function(FunctionIndex)
    case table(TableIndex)
    case memory(MemoryIndex)
    case global(GlobalIndex)
    case tag(TagIndex)
}

/// What a type is declared to extend.
public struct Subtyping: Hashable, Sendable, BitwiseCopyable {
    /// The direct supertype, or ``TypeIndex/none``.
    public var supertype: TypeIndex
    /// Whether no other type may extend it.
    public var isFinal: Bool
    public var offset: UInt32

    @inlinable public init(supertype: TypeIndex = .none, isFinal: Bool = true, offset: UInt32 = 0) {
        self.supertype = supertype
        self.isFinal = isFinal
        self.offset = offset
    }
}

/// An exception tag.
public struct Tag: Hashable, Sendable, BitwiseCopyable {
    /// A function type: its parameters are what an exception carries.
    public var type: TypeIndex
    public var offset: UInt32

    public init(type: TypeIndex, offset: UInt32 = 0) {
        self.type = type
        self.offset = offset
    }
}

/// A hint that a conditional branch is likely taken or likely not.
public struct BranchHint: Hashable, Sendable, BitwiseCopyable {
    public var function: FunctionIndex
    /// The byte offset of the `br_if`, `if` … in the module.
    public var offset: UInt32
    public var isLikely: Bool

    public init(function: FunctionIndex, offset: UInt32, isLikely: Bool) {
        self.function = function
        self.offset = offset
        self.isLikely = isLikely
    }
}

/// What is wrong with a custom section.
public struct CustomSectionError: Hashable, Sendable {
    /// The section's name.
    public var section: String
    public var message: String
    /// Where, in bytes from the module's start.
    public var offset: Int

    public init(section: String, message: String, offset: Int) {
        self.section = section
        self.message = message
        self.offset = offset
    }
}

/// The start function.
public struct Start: Hashable, Sendable, BitwiseCopyable {
    public var function: FunctionIndex
    public var offset: UInt32

    public init(function: FunctionIndex, offset: UInt32 = 0) {
        self.function = function
        self.offset = offset
    }
}

/// A table; imported ones have no initializer, and neither have those that start out null.
public struct Table: Hashable, Sendable, BitwiseCopyable {
    public var type: TableType
    public var initializer: ConstantExpression?
    public var offset: UInt32

    public init(type: TableType, initializer: ConstantExpression? = nil, offset: UInt32 = 0) {
        self.type = type
        self.initializer = initializer
        self.offset = offset
    }
}

/// A global; imported ones have no initializer.
public struct Global: Hashable, Sendable, BitwiseCopyable {
    public var type: GlobalType
    public var initializer: ConstantExpression?
    public var offset: UInt32

    public init(type: GlobalType, initializer: ConstantExpression? = nil, offset: UInt32 = 0) {
        self.type = type
        self.initializer = initializer
        self.offset = offset
    }
}

/// A constant expression: a range of ``Module/constantOperators``, without the final `end`.
public struct ConstantExpression: Hashable, Sendable, BitwiseCopyable {
    public var start: UInt32
    public var end: UInt32
    /// The byte offset of its first operator.
    public var offset: UInt32

    public init(start: UInt32, end: UInt32, offset: UInt32) {
        self.start = start
        self.end = end
        self.offset = offset
    }
}

/// An element segment.
public struct ElementSegment: Hashable, Sendable {
    public enum Mode: Hashable, Sendable, BitwiseCopyable {
        case passive
        case declarative
        case active(TableIndex, offset: ConstantExpression)
    }

    public enum Items: Hashable, Sendable {
        case functions([FunctionIndex])
        case expressions([ConstantExpression])

        public var count: Int {
            switch self {
            case .functions(let items): items.count
            case .expressions(let items): items.count
            }
        }
    }

    public var type: ReferenceType
    public var mode: Mode
    public var items: Items
    public var offset: UInt32

    public init(type: ReferenceType, mode: Mode, items: Items, offset: UInt32 = 0) {
        self.type = type
        self.mode = mode
        self.items = items
        self.offset = offset
    }
}

/// A data segment.
public struct DataSegment: Hashable, Sendable, BitwiseCopyable {
    public enum Mode: Hashable, Sendable, BitwiseCopyable {
        case passive
        case active(MemoryIndex, offset: ConstantExpression)
    }

    public var mode: Mode
    /// The segment's content.
    public var contents: ByteRange
    public var offset: UInt32

    public init(mode: Mode, contents: ByteRange, offset: UInt32 = 0) {
        self.mode = mode
        self.contents = contents
        self.offset = offset
    }
}

/// The body of a function that the module defines.
public struct FunctionBody: Hashable, Sendable, BitwiseCopyable {
    /// The declarations of locals and the operators, up to and including the final `end`.
    public var range: ByteRange

    public init(range: ByteRange) { self.range = range }
}

/// A custom section.
public struct CustomSection: Hashable, Sendable {
    public var name: String
    /// What follows the name.
    public var payload: ByteRange

    public init(name: String, payload: ByteRange) {
        self.name = name
        self.payload = payload
    }
}

/// A field of the producers section: "language", "processed-by" or "sdk", and its values.
public struct ProducerField: Hashable, Sendable {
    public struct Value: Hashable, Sendable {
        public var name: String
        public var version: String

        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    public var name: String
    public var values: [Value]

    public init(name: String, values: [Value]) {
        self.name = name
        self.values = values
    }
}
