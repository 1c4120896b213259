/// How many entities of each kind a module's instance context holds.
@frozen public struct ContextCounts: Hashable, Sendable, BitwiseCopyable {
    public var importedFunctions: UInt32 = 0
    public var importedMemories: UInt32 = 0
    public var importedTables: UInt32 = 0
    public var importedGlobals: UInt32 = 0
    public var importedTags: UInt32 = 0
    public var memories: UInt32 = 0
    public var tables: UInt32 = 0
    public var globals: UInt32 = 0
    public var tags: UInt32 = 0
    public var types: UInt32 = 0
    public var functionReferences: UInt32 = 0
    @inlinable public init() {}
}

/// Where everything lies in an instance context (docs/abi.md): the fixed head, then one run per kind of entity, each aligned to 16.
///
/// The compiler takes offsets from here, the loader derives the same ones from the counts in the artifact. Offsets are bytes from `vmctx`.
@frozen public struct ContextLayout: Hashable, Sendable {
    public let counts: ContextCounts
    public let importedFunctions: UInt32
    public let importedMemories: UInt32
    public let importedTables: UInt32
    public let importedGlobals: UInt32
    public let importedTags: UInt32
    public let memories: UInt32
    public let tables: UInt32
    public let globals: UInt32
    public let tags: UInt32
    public let typeIDs: UInt32
    public let functionReferences: UInt32
    /// Bytes of the whole context, a multiple of 16.
    public let size: UInt32

    // Sizes of the structures in vmcontext.h.
    @inlinable public static var headSize: UInt32 { 64 }
    @inlinable public static var importedFunctionSize: UInt32 { 16 }
    @inlinable public static var pointerSize: UInt32 { 8 }
    @inlinable public static var memorySize: UInt32 { 16 }
    @inlinable public static var tableSize: UInt32 { 16 }
    @inlinable public static var globalSize: UInt32 { 16 }
    @inlinable public static var tagSize: UInt32 { 16 }
    @inlinable public static var typeIDSize: UInt32 { 4 }
    @inlinable public static var functionReferenceSize: UInt32 { 24 }

    /// - Throws: ``ArtifactError/contextTooLarge(byteCount:)`` when offsets would not fit a 32-bit displacement.
    public init(_ counts: ContextCounts) throws(ArtifactError) {
        var end = UInt64(Self.headSize)
        func run(_ count: UInt32, _ size: UInt32) -> UInt64 {
            let start = end
            end = (end + UInt64(count) * UInt64(size) + 15) & ~15
            return start
        }
        let importedFunctions = run(counts.importedFunctions, Self.importedFunctionSize)
        let importedMemories = run(counts.importedMemories, Self.pointerSize)
        let importedTables = run(counts.importedTables, Self.pointerSize)
        let importedGlobals = run(counts.importedGlobals, Self.pointerSize)
        let importedTags = run(counts.importedTags, Self.pointerSize)
        let memories = run(counts.memories, Self.memorySize)
        let tables = run(counts.tables, Self.tableSize)
        let globals = run(counts.globals, Self.globalSize)
        let tags = run(counts.tags, Self.tagSize)
        let typeIDs = run(counts.types, Self.typeIDSize)
        let functionReferences = run(counts.functionReferences, Self.functionReferenceSize)
        guard end <= UInt64(Int32.max) else { throw .contextTooLarge(byteCount: end) }
        self.counts = counts
        self.importedFunctions = UInt32(importedFunctions)
        self.importedMemories = UInt32(importedMemories)
        self.importedTables = UInt32(importedTables)
        self.importedGlobals = UInt32(importedGlobals)
        self.importedTags = UInt32(importedTags)
        self.memories = UInt32(memories)
        self.tables = UInt32(tables)
        self.globals = UInt32(globals)
        self.tags = UInt32(tags)
        self.typeIDs = UInt32(typeIDs)
        self.functionReferences = UInt32(functionReferences)
        self.size = UInt32(end)
    }

    // The place of one entity. `index` counts within its run (so a defined memory's index is less the imported ones).
    // - Precondition: `index` is less than the run's count.
    @inlinable public func importedFunction(_ index: UInt32) -> UInt32 { importedFunctions + index * Self.importedFunctionSize }
    @inlinable public func importedMemory(_ index: UInt32) -> UInt32 { importedMemories + index * Self.pointerSize }
    @inlinable public func importedTable(_ index: UInt32) -> UInt32 { importedTables + index * Self.pointerSize }
    @inlinable public func importedGlobal(_ index: UInt32) -> UInt32 { importedGlobals + index * Self.pointerSize }
    @inlinable public func importedTag(_ index: UInt32) -> UInt32 { importedTags + index * Self.pointerSize }
    @inlinable public func memory(_ index: UInt32) -> UInt32 { memories + index * Self.memorySize }
    @inlinable public func table(_ index: UInt32) -> UInt32 { tables + index * Self.tableSize }
    @inlinable public func global(_ index: UInt32) -> UInt32 { globals + index * Self.globalSize }
    @inlinable public func tag(_ index: UInt32) -> UInt32 { tags + index * Self.tagSize }
    @inlinable public func typeID(_ index: UInt32) -> UInt32 { typeIDs + index * Self.typeIDSize }
    @inlinable public func functionReference(_ index: UInt32) -> UInt32 { functionReferences + index * Self.functionReferenceSize }
}
