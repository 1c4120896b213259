public import PrecastArtifactFormat
public import PrecastMachineCode

/// A compiled module with everything its artifact says: the input of ``writeArtifact(_:)``.
public struct LinkedModule: Sendable {
    /// Functions and trampolines in the code section's order: what ``RelocationTarget`` of kind `function` counts.
    public var functions: [EmittedFunction] = []
    /// The order of the text, as indices of `functions`: hot, then cold. Empty: as in `functions`.
    public var layoutOrder: [Int] = []
    /// Constants, jump tables and read-only tables that code refers to.
    public var readOnlyData: [UInt8] = []
    /// A power of two, at most 4096.
    public var readOnlyAlignment = 64
    public var readOnlyFixups: [ReadOnlyFixup] = []
    public var metadata = ModuleMetadata()
    public var target = TargetMetadata()
    /// Sections that debuggers read; not part of the image.
    public var debugSections: [DebugSection] = []
    public init() {}
}

/// A function of the module or a trampoline, with where its code came from.
public struct EmittedFunction: Sendable {
    public var compiled: CompiledFunction
    public var kind: FunctionRecord.Kind
    /// In the function index space; ignored for a trampoline.
    public var functionIndex: UInt32
    public var typeIndex: UInt32
    /// Only for the tables: the order is ``LinkedModule/layoutOrder``.
    public var isCold = false
    /// What the handles of `compiled.sourceRanges` mean. A handle not in here is unknown.
    public var locations: [SourceLocation]
    public init(_ compiled: CompiledFunction, kind: FunctionRecord.Kind = .function, functionIndex: UInt32 = noIndex, typeIndex: UInt32, locations: [SourceLocation] = []) {
        self.compiled = compiled
        self.kind = kind
        self.functionIndex = functionIndex
        self.typeIndex = typeIndex
        self.locations = locations
    }
}

/// A place in the module's binary that code came from, perhaps through inlining.
public struct SourceLocation: Hashable, Sendable {
    /// Bytes from the start of the binary; less than 2 GiB.
    public var wasmOffset: UInt32
    /// The function that the place is in. Counts only for inlined code.
    public var functionIndex: UInt32
    /// Inlined code: the handle of the call site in the caller, less than this one's own handle. ``noIndex``: code of the function itself.
    public var caller: UInt32
    /// Whether the code executes elsewhere than there: no statement of debug information.
    public var isMoved: Bool
    @inlinable public init(wasmOffset: UInt32, functionIndex: UInt32, caller: UInt32 = noIndex, isMoved: Bool = false) {
        self.wasmOffset = wasmOffset
        self.functionIndex = functionIndex
        self.caller = caller
        self.isMoved = isMoved
    }
}

/// A 32-bit field of the read-only data that depends on where code is.
public struct ReadOnlyFixup: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Address of the code less the address of byte `base` of the read-only data (a table of code offsets relative to itself).
        case relative(base: UInt32)
        /// Bytes from the start of text.
        case textOffset
    }
    /// Of the field in the read-only data.
    public var offset: UInt32
    public var kind: Kind
    /// Index of ``LinkedModule/functions``, and a byte of its code.
    public var function: UInt32
    public var addend: UInt32
    public init(offset: UInt32, kind: Kind, function: UInt32, addend: UInt32 = 0) {
        self.offset = offset
        self.kind = kind
        self.function = function
        self.addend = addend
    }
}

/// What the stamp says about the machine and the settings.
public struct TargetMetadata: Sendable {
    public var machine = Machine.x86_64
    public var operatingSystem = OperatingSystem.linux
    /// What emitted code executes.
    public var requiredFeatures = CPUFeatures()
    /// What was asked for, and under which name.
    public var requestedFeatures = CPUFeatures()
    public var cpuName = ""
    public var tunables = Tunables()
    public init() {}
}

/// The module apart from its code. Names are the bytes in the binary.
public struct ModuleMetadata: Sendable {
    public var name: [UInt8]?
    public var types: [DefinedType] = []
    public var imports: [Import] = []
    public var exports: [Export] = []
    /// One per function index, imports included, as far as named.
    public var functionNames: [[UInt8]?] = []
    /// Functions that the module defines, whether any code is left of them or not.
    public var definedFunctionCount = 0
    /// One per defined function, or none.
    public var functionBodies: [FunctionBodyRecord] = []
    public var memories: [Memory] = []
    public var tables: [Table] = []
    public var globals: [Global] = []
    /// Type indices of the tags that the module defines.
    public var tagTypes: [UInt32] = []
    public var functionReferences: [FunctionReference] = []
    public var elementSegments: [ElementSegment] = []
    public var dataSegments: [DataSegment] = []
    /// In the function index space.
    public var startFunction: UInt32?
    public var producers: [Producer] = []
    /// The WebAssembly features that the module uses: bits by `Feature` of PrecastWasmTypes.
    public var wasmFeatures: UInt64 = 0
    public init() {}

    /// A constant expression in postfix order, without the `end`.
    public typealias ConstantExpression = [ConstantOperatorRecord]

    /// A type that the module defines. Heap types in it are indices of ``ModuleMetadata/types``.
    public struct DefinedType: Sendable, Hashable {
        public var form: TypeRecord.Form
        /// Parameters and results, fields, or an array's element; of fields and elements with ``ValueTypeCode/mutableFlag``.
        public var values: [ValueTypeCode]
        /// How many of the values are results.
        public var resultCount = 0
        public var isFinal = true
        /// Less than the type's own index, or in the same recursion group.
        public var supertype: UInt32?
        /// 0: the first type of a recursion group.
        public var positionInGroup: UInt32 = 0

        public static func function(parameters: [ValueTypeCode], results: [ValueTypeCode]) -> DefinedType {
            DefinedType(form: .function, values: parameters + results, resultCount: results.count)
        }
        public static func structure(fields: [ValueTypeCode]) -> DefinedType { DefinedType(form: .structure, values: fields) }
        public static func array(element: ValueTypeCode) -> DefinedType { DefinedType(form: .array, values: [element]) }
    }

    public struct Import: Sendable, Hashable {
        public var module: [UInt8]
        public var name: [UInt8]
        public var type: ExternType
        public init(module: [UInt8], name: [UInt8], type: ExternType) {
            self.module = module
            self.name = name
            self.type = type
        }
    }

    public struct Export: Sendable, Hashable {
        public var name: [UInt8]
        public var kind: ExternKind
        public var index: UInt32
        public init(name: [UInt8], kind: ExternKind, index: UInt32) {
            self.name = name
            self.kind = kind
            self.index = index
        }
    }

    public struct Memory: Sendable, Hashable {
        public var type: ExternType
        /// What this memory's code counts on (see ``MemoryRecord``).
        public var reservation: UInt64
        public var guardBefore: UInt64
        public var guardAfter: UInt64
        public var isMovable: Bool
        public init(type: ExternType, reservation: UInt64, guardBefore: UInt64, guardAfter: UInt64, isMovable: Bool) {
            self.type = type
            self.reservation = reservation
            self.guardBefore = guardBefore
            self.guardAfter = guardAfter
            self.isMovable = isMovable
        }
    }

    public struct Table: Sendable, Hashable {
        public var type: ExternType
        /// The initial elements' value; empty: null.
        public var initializer: ConstantExpression = []
        /// A table that is read-only data: its first byte there, and its elements.
        public var readOnlyData: (offset: UInt32, count: UInt32)?
        public init(type: ExternType) { self.type = type }
        public static func == (a: Table, b: Table) -> Bool {
            a.type == b.type && a.initializer == b.initializer && a.readOnlyData?.offset == b.readOnlyData?.offset
                && a.readOnlyData?.count == b.readOnlyData?.count
        }
        public func hash(into hasher: inout Hasher) { hasher.combine(type) }
    }

    public struct Global: Sendable, Hashable {
        public var type: ExternType
        public var initializer: ConstantExpression
        public init(type: ExternType, initializer: ConstantExpression) {
            self.type = type
            self.initializer = initializer
        }
    }

    public struct FunctionReference: Sendable, Hashable {
        public var functionIndex: UInt32
        public var typeIndex: UInt32
        public init(functionIndex: UInt32, typeIndex: UInt32) {
            self.functionIndex = functionIndex
            self.typeIndex = typeIndex
        }
    }

    public enum Element: Sendable, Hashable {
        case null
        /// Number in ``ModuleMetadata/functionReferences``.
        case function(reference: UInt32)
        case globalGet(UInt32)
        case expression(ConstantExpression)
    }

    public struct ElementSegment: Sendable, Hashable {
        public var mode: SegmentMode
        public var table: UInt32
        /// Active segments: where it goes.
        public var offset: ConstantExpression
        public var elementType: ValueTypeCode
        public var elements: [Element]
        /// It fills a read-only table: nothing to do at run time.
        public var isInReadOnlyTable = false
        public init(mode: SegmentMode, table: UInt32 = 0, offset: ConstantExpression = [], elementType: ValueTypeCode, elements: [Element]) {
            self.mode = mode
            self.table = table
            self.offset = offset
            self.elementType = elementType
            self.elements = elements
        }
    }

    public struct DataSegment: Sendable, Hashable {
        public var mode: SegmentMode
        public var memory: UInt32
        public var offset: ConstantExpression
        public var bytes: [UInt8]
        public init(mode: SegmentMode, memory: UInt32 = 0, offset: ConstantExpression = [], bytes: [UInt8]) {
            self.mode = mode
            self.memory = memory
            self.offset = offset
            self.bytes = bytes
        }
    }

    public struct Producer: Sendable, Hashable {
        public var field: [UInt8]
        public var name: [UInt8]
        public var version: [UInt8]
        public init(field: [UInt8], name: [UInt8], version: [UInt8]) {
            self.field = field
            self.name = name
            self.version = version
        }
    }
}
