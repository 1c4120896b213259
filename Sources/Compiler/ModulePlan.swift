public import PrecastArtifactFormat
import PrecastEntities
public import PrecastTranslation
public import PrecastWasmModel
import PrecastWasmTypes
public import PrecastWasmValidation

/// What is decided of a module before any of its functions is translated.
///
/// - Input: a module that is valid but for its bodies, and the tunables. Output: the numbers of all functions and trampolines, the counts of the
///   instance context, the tables that become read-only data, and the environment that translation works in.
/// - Invariants: decisions depend on the module and the tunables only. Numbers: the functions that the module defines, in order, then
///   ``entryTrampolines``, then ``hostTrampolines``.
public struct ModulePlan: Sendable {
    public let environment: TranslationEnvironment
    /// The canonical types (``TypeRelations/canonicalIndex(_:)``) that the host may call functions of: those of exported and referenced functions, imported
    /// ones too, and of the start function.
    public let entryTrampolines: [TypeIndex]
    /// The canonical types of functions that may turn out to be the host's: imports, and what references from outside lead to.
    public let hostTrampolines: [TypeIndex]
    /// The functions that have a reference in the instance context, ascending; the position is the reference's number.
    public let functionReferences: [FunctionIndex]
    /// Tables in the read-only data; their active segments are not for the loader to apply.
    public let readOnlyTables: [ReadOnlyTable]
    /// Bytes that the tables take from the start of the module's read-only data.
    public let readOnlyDataSize: UInt32

    public var module: Module { environment.module }
    public var layout: ContextLayout { environment.layout }
    public var functionCount: Int { module.bodies.count + entryTrampolines.count + hostTrampolines.count }

    /// - Parameter makesTablesReadOnly: tables that nothing changes are read-only data.
    /// - Throws: ``ArtifactError/contextTooLarge(byteCount:)`` if the module has too many entities for one context.
    public init(_ module: Module, _ types: TypeRelations, tunables: Tunables, makesTablesReadOnly: Bool = true) throws(ArtifactError) {
        let canonical = module.types.indices.map { types.canonicalIndex(TypeIndex(index: $0)) }
        let tables = makesTablesReadOnly ? ReadOnlyTables(module, canonical) : ReadOnlyTables()
        let references = escapingFunctions(module, tables)
        readOnlyTables = tables.tables
        readOnlyDataSize = tables.size
        functionReferences = references
        entryTrampolines = distinctTypes(calledByHost(module) + references, module, canonical)
        hostTrampolines = calledFromOutside(module, canonical, usage: tables.usage)
        let layout = try ContextLayout(contextCounts(module, functionReferences: references.count))
        environment = TranslationEnvironment(
            module, types, layout: layout, tunables: tunables, functionReferences: references, readOnlyTables: tables.tables)
    }

    /// The number of the entry trampoline for a function's type, or nil if the host never calls such functions.
    public func entryTrampoline(for type: TypeIndex) -> UInt32? {
        position(type, in: entryTrampolines).map { UInt32(module.bodies.count + $0) }
    }
    /// The number of the host trampoline for an imported function's type, or nil if nothing can call a host function of it.
    public func hostTrampoline(for type: TypeIndex) -> UInt32? {
        position(type, in: hostTrampolines).map { UInt32(module.bodies.count + entryTrampolines.count + $0) }
    }
    /// The position of a function's reference in the context, or nil if it has none. O(log n)
    public func functionReference(_ function: FunctionIndex) -> UInt32? {
        position(function, in: functionReferences).map { UInt32($0) }
    }
    /// What a table holds, if that is in the read-only data. O(log n)
    public func readOnlyTable(_ table: TableIndex) -> ReadOnlyTable? { readOnlyTables.first(at: table) }
    private func position(_ type: TypeIndex, in types: [TypeIndex]) -> Int? {
        position(of: environment.canonicalType(type), in: types)
    }
    private func position(_ function: FunctionIndex, in functions: [FunctionIndex]) -> Int? { position(of: function, in: functions) }
    private func position<Key: EntityReference>(of key: Key, in sorted: [Key]) -> Int? {
        let position = sorted.partitionPoint { $0 < key }
        return position < sorted.count && sorted[position] == key ? position : nil
    }
}

private func contextCounts(_ module: Module, functionReferences: Int) -> ContextCounts {
    var counts = ContextCounts()
    counts.importedFunctions = UInt32(module.importedFunctionCount)
    counts.importedMemories = UInt32(module.importedMemoryCount)
    counts.importedTables = UInt32(module.importedTableCount)
    counts.importedGlobals = UInt32(module.importedGlobalCount)
    counts.importedTags = UInt32(module.importedTagCount)
    counts.tags = UInt32(module.tags.count - module.importedTagCount)
    counts.memories = UInt32(module.memories.count - module.importedMemoryCount)
    counts.tables = UInt32(module.tables.count - module.importedTableCount)
    counts.globals = UInt32(module.globals.count - module.importedGlobalCount)
    counts.types = UInt32(module.types.count)
    counts.functionReferences = UInt32(functionReferences)
    return counts
}

private func calledByHost(_ module: Module) -> [FunctionIndex] {
    var functions: [FunctionIndex] = []
    for export in module.exports {
        if case .function(let function) = export.item { functions.append(function) }
    }
    if let start = module.start { functions.append(start.function) }
    return functions
}

private func distinctTypes(_ functions: [FunctionIndex], _ module: Module, _ canonical: [TypeIndex]) -> [TypeIndex] {
    Set(functions.map { canonical[module.functions[$0.index].index] }).sorted()
}

/// The canonical types of functions that may turn out to be the host's: those of imports, those that the types of imports and exports name, and, where
/// these have references to functions of any type, those that bodies call through tables and references.
private func calledFromOutside(_ module: Module, _ canonical: [TypeIndex], usage: ModuleUsage?) -> [TypeIndex] {
    var found = Set((0..<module.importedFunctionCount).map { canonical[module.functions[$0].index] })
    var takesAnyFunction = false
    for type in interfaceTypes(module) {
        if type.heapType == .function { takesAnyFunction = true }
        guard let index = type.heapType.typeIndex, module.types[Int(index)].function != nil else { continue }
        found.insert(canonical[Int(index)])
    }
    if takesAnyFunction {
        let called = (usage ?? ModuleUsage(module)).calledTypes
        for index in module.types.indices where called.contains(TypeIndex(index: index)) && module.types[index].function != nil {
            found.insert(canonical[index])
        }
    }
    return found.sorted()
}

/// The reference types in the types of a module's imports and exports.
private func interfaceTypes(_ module: Module) -> [ReferenceType] {
    var types: [ReferenceType] = []
    func add(_ function: TypeIndex) {
        guard let type = module.functionType(function) else { return }
        types += (type.parameters + type.results).compactMap(\.referenceType)
    }
    for item in module.imports {
        switch item.item {
        case .function(let type): add(type)
        case .table(let type): types.append(type.element)
        case .global(let type): if let type = type.valueType.referenceType { types.append(type) }
        case .memory, .tag: break
        }
    }
    for export in module.exports {
        switch export.item {
        case .function(let function): add(module.functions[function.index])
        case .table(let table): types.append(module.tables[table.index].type.element)
        case .global(let global): if let type = module.globals[global.index].type.valueType.referenceType { types.append(type) }
        case .memory, .tag: break
        }
    }
    return types
}

/// The functions that a reference may be made of: exported ones, those in element segments (but of read-only tables), those that
/// constant expressions and bodies name.
private func escapingFunctions(_ module: Module, _ tables: ReadOnlyTables) -> [FunctionIndex] {
    var escaping = tables.usage?.referencedFunctions ?? EntitySet<FunctionIndex>()
    func insert(_ expression: ConstantExpression?) {
        guard let expression else { return }
        for op in module[expression] where op.opcode == .refFunc { escaping.insert(op.functionIndex) }
    }
    for export in module.exports {
        if case .function(let function) = export.item { escaping.insert(function) }
    }
    for global in module.globals { insert(global.initializer) }
    for table in module.tables { insert(table.initializer) }
    for segment in module.elements {
        if case .active(let table, _) = segment.mode, tables.contains(table) { continue }
        switch segment.items {
        case .functions(let functions): for function in functions { escaping.insert(function) }
        case .expressions(let expressions): for expression in expressions { insert(expression) }
        }
    }
    return module.functions.indices.lazy.map { FunctionIndex(index: $0) }.filter { escaping.contains($0) }
}

/// Finds the tables that are known at compile time: neither imported, exported nor touched by a body other than by calls, filled by active segments at
/// constant places with functions that the module defines, whose types extend no other: so calls need compare one type id.
private struct ReadOnlyTables {
    var tables: [ReadOnlyTable] = []
    var size: UInt32 = 0
    /// What bodies do, if it had to be found out.
    var usage: ModuleUsage?

    /// None.
    init() {}

    init(_ module: Module, _ canonical: [TypeIndex]) {
        var candidates = (module.importedTableCount..<module.tables.count).filter { isCandidate(module.tables[$0]) }
        var exported = EntitySet<TableIndex>()
        for export in module.exports {
            if case .table(let table) = export.item { exported.insert(table) }
        }
        candidates.removeAll { exported.contains(TableIndex(index: $0)) }
        if candidates.isEmpty { return }
        let usage = ModuleUsage(module)
        self.usage = usage
        let segments = Dictionary(grouping: module.elements.lazy.filter { $0.target != nil }) { $0.target }
        for candidate in candidates where !usage.touchedTables.contains(TableIndex(index: candidate)) {
            guard let entries = entries(TableIndex(index: candidate), segments[TableIndex(index: candidate)] ?? [], module, canonical) else { continue }
            tables.append(ReadOnlyTable(table: TableIndex(index: candidate), offset: size, entries: entries))
            size += (UInt32(entries.count) * ReadOnlyTable.entrySize + 15) & ~15
        }
    }

    func contains(_ table: TableIndex) -> Bool { tables.first(at: table) != nil }

    private func isCandidate(_ table: Table) -> Bool {
        table.type.element == .function && table.initializer == nil && table.type.limits.minimum <= Self.largestTable
    }
    /// Entries; a table beyond that is better made by the loader than stored.
    private static var largestTable: UInt64 { 1 << 18 }
    /// The same of a table with so many elements given: what is stored stays in proportion to the module.
    private static func largestTable(elements: Int) -> Int { 16 + 4 * elements }

    /// The table's content, or nil if it is not known at compile time.
    private func entries(
        _ table: TableIndex, _ segments: [ElementSegment], _ module: Module, _ canonical: [TypeIndex]
    ) -> [ReadOnlyTable.Entry]? {
        let type = module.tables[table.index].type
        let elements = segments.reduce(0) { $0 + $1.items.count }
        if type.limits.minimum > Self.largestTable(elements: elements) { return nil }
        var entries = [ReadOnlyTable.Entry](repeating: .null, count: Int(type.limits.minimum))
        for segment in segments {
            guard case .active(table, let offset) = segment.mode else { continue }
            // Where the offset is not constant, or the segment does not fit, the loader has to look.
            guard let start = constantValue(module[offset], global: { _ in nil }).map({ type.is64 ? UInt64(bitPattern: $0) : UInt64(UInt32(truncatingIfNeeded: $0)) }),
                start <= entries.count, segment.items.count <= entries.count - Int(start)
            else { return nil }
            for i in 0..<segment.items.count {
                guard let entry = entry(segment.items, i, module, canonical) else { return nil }
                entries[Int(start) + i] = entry
            }
        }
        return entries
    }

    private func entry(_ items: ElementSegment.Items, _ i: Int, _ module: Module, _ canonical: [TypeIndex]) -> ReadOnlyTable.Entry? {
        let function: FunctionIndex
        switch items {
        case .functions(let functions): function = functions[i]
        case .expressions(let expressions):
            guard let op = module[expressions[i]].first else { return nil }
            if op.opcode == .refNull { return .null }
            guard op.opcode == .refFunc else { return nil }
            function = op.functionIndex
        }
        if module.isImported(function) || module.subtyping[module.functions[function.index].index].supertype.isSome { return nil }
        return ReadOnlyTable.Entry(
            function: UInt32(function.index - module.importedFunctionCount), type: canonical[module.functions[function.index].index])
    }
}

extension ElementSegment {
    /// The table that it is for, if it is active.
    fileprivate var target: TableIndex? {
        if case .active(let table, _) = mode { table } else { nil }
    }
}

extension [ReadOnlyTable] {
    /// The one for `table`, of tables in ascending order. O(log n)
    fileprivate func first(at table: TableIndex) -> ReadOnlyTable? {
        let position = partitionPoint { $0.table < table }
        return position < count && self[position].table == table ? self[position] : nil
    }
}
