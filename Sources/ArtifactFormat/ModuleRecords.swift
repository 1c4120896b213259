/// A module of the artifact: which runs of the shared tables are its own. Indices in its records count within these runs,
/// except text offsets and references into `valueTypes`, `elements`, `constantOperators`, `names` and `data`, which count from the table's start.
@frozen public struct ModuleRecord: ArtifactRecord {
    @inlinable public static var size: Int { 192 }
    public var name = NameReference.none                 // 0
    public var types = RecordRange()                     // 8
    public var definedFunctions = RecordRange()          // 16
    /// One per function index, imports included; empty when the module names none.
    public var functionNames = RecordRange()             // 24
    public var imports = RecordRange()                   // 32
    public var exports = RecordRange()                   // 40
    public var memories = RecordRange()                  // 48
    public var tables = RecordRange()                    // 56
    public var globals = RecordRange()                   // 64
    public var functionReferences = RecordRange()        // 72
    public var elementSegments = RecordRange()           // 80
    public var dataSegments = RecordRange()              // 88
    public var importedFunctions: UInt32 = 0             // 96
    public var importedMemories: UInt32 = 0              // 100
    public var importedTables: UInt32 = 0                // 104
    public var importedGlobals: UInt32 = 0               // 108
    /// Index of the start function in the function index space, or ``noIndex``.
    public var startFunction: UInt32 = noIndex           // 112
    /// Bytes of the context that ``ContextLayout`` gives for the counts; a check that both sides agree.
    public var contextSize: UInt32 = 0                   // 116
    /// The module's code: rows of `functions`.
    public var functions = RecordRange()                 // 120
    /// The WebAssembly features this module uses: bits by `Feature` of PrecastWasmTypes.
    public var wasmFeatures: UInt64 = 0                  // 128
    /// Tags that the module defines.
    public var tags = RecordRange()                      // 136
    public var importedTags: UInt32 = 0                  // 144
    // 148..<192 reserved

    @inlinable public init() {}
    @inlinable public init(_ r: RecordBytes) {
        name = r.name(0)
        types = r.range(8)
        definedFunctions = r.range(16)
        functionNames = r.range(24)
        imports = r.range(32)
        exports = r.range(40)
        memories = r.range(48)
        tables = r.range(56)
        globals = r.range(64)
        functionReferences = r.range(72)
        elementSegments = r.range(80)
        dataSegments = r.range(88)
        importedFunctions = r.u32(96)
        importedMemories = r.u32(100)
        importedTables = r.u32(104)
        importedGlobals = r.u32(108)
        startFunction = r.u32(112)
        contextSize = r.u32(116)
        functions = r.range(120)
        wasmFeatures = r.u64(128)
        tags = r.range(136)
        importedTags = r.u32(144)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, name)
        b.put(8, types)
        b.put(16, definedFunctions)
        b.put(24, functionNames)
        b.put(32, imports)
        b.put(40, exports)
        b.put(48, memories)
        b.put(56, tables)
        b.put(64, globals)
        b.put(72, functionReferences)
        b.put(80, elementSegments)
        b.put(88, dataSegments)
        b.put(96, importedFunctions)
        b.put(100, importedMemories)
        b.put(104, importedTables)
        b.put(108, importedGlobals)
        b.put(112, startFunction)
        b.put(116, contextSize)
        b.put(120, functions)
        b.put(128, wasmFeatures)
        b.put(136, tags)
        b.put(144, importedTags)
    }

    /// What the module's ``ContextLayout`` is made from.
    @inlinable public var contextCounts: ContextCounts {
        var counts = ContextCounts()
        counts.importedFunctions = importedFunctions
        counts.importedMemories = importedMemories
        counts.importedTables = importedTables
        counts.importedGlobals = importedGlobals
        counts.importedTags = importedTags
        counts.tags = tags.count
        counts.memories = memories.count
        counts.tables = tables.count
        counts.globals = globals.count
        counts.types = types.count
        counts.functionReferences = functionReferences.count
        return counts
    }
}

/// A value type as 32 bits. The low byte is its code in the WebAssembly binary format; of references 0x63 (nullable) or 0x64, and the upper 24
/// bits are the heap type: a type index of the module, or 0xFFFF00 plus the format's code of an abstract one. Equal types of a module have equal codes.
///
/// Fields of structures and arrays have ``mutableFlag`` besides, and may be 0x78 (`i8`) or 0x77 (`i16`).
@frozen public struct ValueTypeCode: ArtifactRecord {
    @inlinable public static var size: Int { 4 }
    public var code: UInt32
    @inlinable public init(code: UInt32) { self.code = code }
    @inlinable public init(_ r: RecordBytes) { code = r.u32(0) }
    @inlinable public func store(_ b: RecordBuffer) { b.put(0, code) }

    @inlinable public static var i32: ValueTypeCode { ValueTypeCode(code: 0x7f) }
    @inlinable public static var i64: ValueTypeCode { ValueTypeCode(code: 0x7e) }
    @inlinable public static var f32: ValueTypeCode { ValueTypeCode(code: 0x7d) }
    @inlinable public static var f64: ValueTypeCode { ValueTypeCode(code: 0x7c) }
    @inlinable public static var v128: ValueTypeCode { ValueTypeCode(code: 0x7b) }
    @inlinable public static var funcref: ValueTypeCode { ValueTypeCode(code: 0xffff_7063) }
    @inlinable public static var externref: ValueTypeCode { ValueTypeCode(code: 0xffff_6f63) }
    @inlinable public static var exnref: ValueTypeCode { ValueTypeCode(code: 0xffff_6963) }
    /// Of a field that can be set.
    @inlinable public static var mutableFlag: UInt32 { 0x80 }

    @inlinable public var isReference: Bool { code & 0xff == 0x63 || code & 0xff == 0x64 }
    @inlinable public var isNullable: Bool { code & 0xff == 0x63 }
    /// Of a reference: the type index that it names, or nil for an abstract heap type.
    @inlinable public var typeIndex: UInt32? { isReference && code >> 16 != 0xffff ? code >> 8 : nil }
    /// Whether it is a number, a vector, or a reference to an abstract heap type or to one of the first `typeCount` types.
    public func isKnown(typeCount: UInt32) -> Bool {
        if !isReference { return code >= 0x7b && code <= 0x7f }
        if let typeIndex { return typeIndex < typeCount }
        return 0x69...0x74 ~= code >> 8 & 0xff
    }
    public func isKnownReference(typeCount: UInt32) -> Bool { isReference && isKnown(typeCount: typeCount) }
    /// The same of a field.
    public func isKnownField(typeCount: UInt32) -> Bool {
        let storage = ValueTypeCode(code: code & ~Self.mutableFlag)
        return storage.code == 0x77 || storage.code == 0x78 || storage.isKnown(typeCount: typeCount)
    }
    /// The text format's spelling.
    public var name: String {
        switch self {
        case .i32: "i32"
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        default: isReference ? referenceName : "type \(code)"
        }
    }
    private var referenceName: String {
        let abstract = code >> 8 & 0xff
        if let typeIndex { return (isNullable ? "(ref null " : "(ref ") + "\(typeIndex))" }
        if !isNullable { return "(ref " + Self.abstractName(abstract) + ")" }
        switch abstract {
        case 0x71: return "nullref"
        case 0x72: return "nullexternref"
        case 0x73: return "nullfuncref"
        case 0x74: return "nullexnref"
        default: return Self.abstractName(abstract) + "ref"
        }
    }
    private static func abstractName(_ code: UInt32) -> String {
        switch code {
        case 0x70: "func"
        case 0x6f: "extern"
        case 0x6e: "any"
        case 0x6d: "eq"
        case 0x6c: "i31"
        case 0x6b: "struct"
        case 0x6a: "array"
        case 0x69: "exn"
        case 0x74: "noexn"
        case 0x73: "nofunc"
        case 0x72: "noextern"
        case 0x71: "none"
        default: "heap type \(code)"
        }
    }
}

/// A type that a module defines. The rows from one with ``positionInGroup`` 0 up to the next such row are a recursion group: two types are the same when
/// they are at the same position of groups that are the same, with references into the own group compared by position.
@frozen public struct TypeRecord: ArtifactRecord {
    @inlinable public static var size: Int { 32 }
    /// Row of `valueTypes` with the first parameter's or field's code; results after parameters.
    public var firstValue: UInt32            // 0
    /// Parameters of a function, fields of a structure, or 1 for an array's element.
    public var parameterCount: UInt32        // 4
    public var resultCount: UInt32           // 8
    /// Text offset of `void entry(vmctx, code, slots)` for this type, or ``noIndex`` when nothing of it can be called from the host.
    public var entryTrampoline: UInt32       // 12
    /// Text offset of the trampoline that calls a host function of this type, or ``noIndex`` when the module imports none and takes no such references.
    public var hostTrampoline: UInt32        // 16
    /// ``Form``: the binary format's code.
    public var formNumber: UInt8             // 20
    public var flags: UInt8                  // 21
    // 22..<24 reserved
    /// Index of the type that this one extends, in the same or an earlier group, before this one; or ``noIndex``.
    public var supertype: UInt32             // 24
    public var positionInGroup: UInt32       // 28

    public enum Form: UInt8, Sendable { case function = 0x60, structure = 0x5f, array = 0x5e }
    /// Other types may extend it.
    @inlinable public static var openFlag: UInt8 { 1 }

    /// A final function type that extends no other, in a group of its own.
    @inlinable public init(firstValue: UInt32, parameterCount: UInt32, resultCount: UInt32, entryTrampoline: UInt32, hostTrampoline: UInt32) {
        self.firstValue = firstValue
        self.parameterCount = parameterCount
        self.resultCount = resultCount
        self.entryTrampoline = entryTrampoline
        self.hostTrampoline = hostTrampoline
        formNumber = Form.function.rawValue
        flags = 0
        supertype = noIndex
        positionInGroup = 0
    }
    @inlinable public var form: Form? { Form(rawValue: formNumber) }
    @inlinable public var isFinal: Bool { flags & Self.openFlag == 0 }
    /// The rows of `valueTypes`. Nil when their number does not fit.
    @inlinable public var values: RecordRange? {
        let (count, overflow) = parameterCount.addingReportingOverflow(resultCount)
        return overflow ? nil : RecordRange(first: firstValue, count: count)
    }
    @inlinable public init(_ r: RecordBytes) {
        firstValue = r.u32(0)
        parameterCount = r.u32(4)
        resultCount = r.u32(8)
        entryTrampoline = r.u32(12)
        hostTrampoline = r.u32(16)
        formNumber = r.u8(20)
        flags = r.u8(21)
        supertype = r.u32(24)
        positionInGroup = r.u32(28)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, firstValue)
        b.put(4, parameterCount)
        b.put(8, resultCount)
        b.put(12, entryTrampoline)
        b.put(16, hostTrampoline)
        b.put(20, formNumber)
        b.put(21, flags)
        b.put(24, supertype)
        b.put(28, positionInGroup)
    }
}

public enum ExternKind: UInt8, Sendable, CaseIterable {
    // The binary format's numbers.
    case function = 0, table, memory, global, tag
    public var name: String {
        switch self {
        case .function: "func"
        case .table: "table"
        case .memory: "memory"
        case .global: "global"
        case .tag: "tag"
        }
    }
}

/// The type of an import, a memory, a table or a global.
@frozen public struct ExternType: ArtifactRecord {
    @inlinable public static var size: Int { 24 }
    public var kindNumber: UInt8 = 0         // 0
    public var flags: UInt8 = 0              // 1
    /// Memories: logarithm of the page size (16).
    public var pageSizeLog2: UInt8 = 0       // 2
    /// Function and tag: type index in its module. Table and global: ``ValueTypeCode``. Memory: 0.
    public var type: UInt32 = 0              // 4
    /// Table: elements, memory: pages.
    public var minimum: UInt64 = 0           // 8
    /// All ones without a maximum.
    public var maximum: UInt64 = .max        // 16

    @inlinable public static var mutableFlag: UInt8 { 1 }
    @inlinable public static var sharedFlag: UInt8 { 2 }
    @inlinable public static var index64Flag: UInt8 { 4 }

    @inlinable public init() {}
    @inlinable public static func function(typeIndex: UInt32) -> ExternType {
        var t = ExternType()
        t.type = typeIndex
        return t
    }
    @inlinable public static func table(_ element: ValueTypeCode, minimum: UInt64, maximum: UInt64?, is64: Bool = false) -> ExternType {
        var t = ExternType()
        t.kindNumber = ExternKind.table.rawValue
        t.type = element.code
        t.minimum = minimum
        t.maximum = maximum ?? .max
        t.flags = is64 ? index64Flag : 0
        return t
    }
    @inlinable public static func memory(minimum: UInt64, maximum: UInt64?, is64: Bool = false, shared: Bool = false, pageSizeLog2: UInt8 = 16) -> ExternType {
        var t = ExternType()
        t.kindNumber = ExternKind.memory.rawValue
        t.minimum = minimum
        t.maximum = maximum ?? .max
        t.flags = (is64 ? index64Flag : 0) | (shared ? sharedFlag : 0)
        t.pageSizeLog2 = pageSizeLog2
        return t
    }
    @inlinable public static func global(_ value: ValueTypeCode, mutable: Bool) -> ExternType {
        var t = ExternType()
        t.kindNumber = ExternKind.global.rawValue
        t.type = value.code
        t.flags = mutable ? mutableFlag : 0
        return t
    }
    @inlinable public static func tag(typeIndex: UInt32) -> ExternType {
        var t = ExternType()
        t.kindNumber = ExternKind.tag.rawValue
        t.type = typeIndex
        return t
    }
    @inlinable public var kind: ExternKind? { ExternKind(rawValue: kindNumber) }
    @inlinable public var isMutable: Bool { flags & Self.mutableFlag != 0 }
    @inlinable public var isShared: Bool { flags & Self.sharedFlag != 0 }
    @inlinable public var is64: Bool { flags & Self.index64Flag != 0 }
    @inlinable public var valueType: ValueTypeCode { ValueTypeCode(code: type) }
    @inlinable public var hasMaximum: Bool { maximum != .max }

    @inlinable public init(_ r: RecordBytes) {
        kindNumber = r.u8(0)
        flags = r.u8(1)
        pageSizeLog2 = r.u8(2)
        type = r.u32(4)
        minimum = r.u64(8)
        maximum = r.u64(16)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, kindNumber)
        b.put(1, flags)
        b.put(2, pageSizeLog2)
        b.put(4, type)
        b.put(8, minimum)
        b.put(16, maximum)
    }
}

/// An import, in the module's order. The n-th import of a kind has index n in that kind's index space.
@frozen public struct ImportRecord: ArtifactRecord {
    @inlinable public static var size: Int { 40 }
    public var module: NameReference         // 0
    public var name: NameReference           // 8
    public var type: ExternType              // 16
    @inlinable public init(module: NameReference, name: NameReference, type: ExternType) {
        self.module = module
        self.name = name
        self.type = type
    }
    @inlinable public init(_ r: RecordBytes) {
        module = r.name(0)
        name = r.name(8)
        type = ExternType(RecordBytes(r.base + 16))
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, module)
        b.put(8, name)
        type.store(RecordBuffer(b.base + 16))
    }
}

/// An export. Sorted by the names' bytes.
@frozen public struct ExportRecord: ArtifactRecord {
    @inlinable public static var size: Int { 24 }
    public var name: NameReference           // 0
    /// In the kind's index space, imports included.
    public var index: UInt32                 // 8
    /// Functions: number in the run of function references; otherwise ``noIndex``.
    public var functionReference: UInt32     // 12
    /// Position in the module's export section.
    public var ordinal: UInt32               // 16
    public var kindNumber: UInt8             // 20
    @inlinable public init(name: NameReference, kind: ExternKind, index: UInt32, functionReference: UInt32, ordinal: UInt32) {
        self.name = name
        self.index = index
        self.functionReference = functionReference
        self.ordinal = ordinal
        kindNumber = kind.rawValue
    }
    @inlinable public var kind: ExternKind? { ExternKind(rawValue: kindNumber) }
    @inlinable public init(_ r: RecordBytes) {
        name = r.name(0)
        index = r.u32(8)
        functionReference = r.u32(12)
        ordinal = r.u32(16)
        kindNumber = r.u8(20)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, name)
        b.put(8, index)
        b.put(12, functionReference)
        b.put(16, ordinal)
        b.put(20, kindNumber)
    }
}
