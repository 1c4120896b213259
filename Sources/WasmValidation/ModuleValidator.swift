internal import PrecastEntities
public import PrecastWasmModel
internal import PrecastWasmTypes

/// Validates everything in a module but its function bodies.
///
/// - Input: a decoded module. Output: the context that its bodies are validated against.
/// - Errors: the first rule broken, in the order of the sections.
/// - Complexity: linear in the size of the module.
/// - Source: WebAssembly core specification, section 3.5.
@discardableResult
public func validate(_ module: Module) throws(ValidationError) -> ValidationContext {
    let types = try TypeRelations(module)
    var validator = ModuleValidator(module, types)
    try validator.validateFunctions()
    try validator.validateTables()
    try validator.validateMemories()
    try validator.validateTags()
    try validator.validateMutableGlobals()
    try validator.validateGlobals()
    try validator.validateExports()
    try validator.validateStart()
    try validator.validateElements()
    try validator.validateData()
    return ValidationContext(
        module, types, isDeclared: validator.expressions.isDeclared,
        usedFeatures: module.usedFeatures.union(validator.usedFeatures).union(validator.expressions.usedFeatures))
}

/// The state of ``validate(_:)``.
private struct ModuleValidator {
    let module: Module
    let types: TypeRelations
    var expressions: ConstantExpressionValidator
    /// The features that declarations use and only a look at all of them tells.
    var usedFeatures = FeatureSet()

    init(_ module: Module, _ types: TypeRelations) {
        self.module = module
        self.types = types
        expressions = ConstantExpressionValidator(module, types)
    }

    private func check(_ type: ValueType, at offset: UInt32) throws(ValidationError) {
        if let index = types.unknownIndex(in: type) { throw .unknown("type", index, at: offset) }
    }

    private func checkFunctionType(_ type: TypeIndex, at offset: UInt32) throws(ValidationError) {
        guard type.index < types.count else { throw .unknown("type", type.rawValue, at: offset) }
        guard types.kinds[type.index] == .function else {
            throw ValidationError("type mismatch: type \(type.rawValue) is not a function type", at: Int(offset))
        }
    }

    func validateFunctions() throws(ValidationError) {
        for item in module.imports {
            guard case .function(let type) = item.item else { continue }
            try checkFunctionType(type, at: item.offset)
        }
        for (position, type) in module.functions.enumerated() where type.index >= types.count || types.kinds[type.index] != .function {
            do throws(ValidationError) {
                try checkFunctionType(type, at: offsetOfBody(position))
            } catch {
                var error = error
                error.function = FunctionIndex(index: position)
                throw error
            }
        }
    }

    private func offsetOfBody(_ position: Int) -> UInt32 { module.body(of: FunctionIndex(index: position))?.range.start ?? 0 }

    mutating func validateTables() throws(ValidationError) {
        if module.tables.count > 1 {
            if !module.features.contains(.referenceTypes) {
                throw ValidationError(
                    "multiple tables: the feature reference-types is not enabled", at: Int(module.tables[1].offset),
                    kind: .featureDisabled(.referenceTypes))
            }
            usedFeatures.insert(.referenceTypes)
        }
        for (position, table) in module.tables.enumerated() {
            try validateTable(table)
            if let initializer = table.initializer {
                try expressions.validate(initializer, .reference(table.type.element), globalCount: module.importedGlobalCount)
            } else if position >= module.importedTableCount && !table.type.element.isNullable {
                throw ValidationError(
                    "type mismatch: a table of \(table.type.element) needs an initializer", at: Int(table.offset),
                    expected: "a nullable reference", found: table.type.element.description)
            }
        }
    }

    private func validateTable(_ table: Table) throws(ValidationError) {
        try check(.reference(table.type.element), at: table.offset)
        let limits = table.type.limits
        try validateLimits(limits, at: table.offset)
        let largest = max(limits.minimum, limits.maximum ?? 0)
        if !table.type.is64 && largest > UInt64(UInt32.max) {
            throw ValidationError(
                "table size must be at most 2**32-1 elements: found \(largest)", at: Int(table.offset),
                expected: "at most \(UInt32.max)", found: "\(largest)")
        }
        let maximum = module.limits.tableSize
        if limits.minimum > maximum {
            throw ValidationError(
                "table size is limited to \(maximum) elements: found \(limits.minimum)", at: Int(table.offset),
                kind: .limitExceeded, expected: "at most \(maximum)", found: "\(limits.minimum)")
        }
    }

    private func validateLimits(_ limits: Limits, at offset: UInt32) throws(ValidationError) {
        guard let maximum = limits.maximum, maximum < limits.minimum else { return }
        throw ValidationError(
            "size minimum must not be greater than maximum: \(limits.minimum) and \(maximum)", at: Int(offset),
            expected: "at most \(maximum)", found: "\(limits.minimum)")
    }

    mutating func validateMemories() throws(ValidationError) {
        if module.memories.count > 1 {
            if !module.features.contains(.multiMemory) {
                throw ValidationError(
                    "multiple memories: the feature multi-memory is not enabled", at: Int(offset(ofMemory: 1)),
                    kind: .featureDisabled(.multiMemory))
            }
            usedFeatures.insert(.multiMemory)
        }
        for (position, memory) in module.memories.enumerated() { try validateMemory(memory, at: offset(ofMemory: position)) }
    }

    private func offset(ofMemory index: Int) -> UInt32 {
        let imports = module.imports.lazy.filter { if case .memory = $0.item { true } else { false } }
        return imports.dropFirst(index).first?.offset ?? module.memorySectionOffset
    }

    private func validateMemory(_ memory: MemoryType, at offset: UInt32) throws(ValidationError) {
        try validateLimits(memory.limits, at: offset)
        guard memory.pageSizeLog2 == 0 || memory.pageSizeLog2 == 16 else {
            throw ValidationError(
                "invalid custom page size: 2**\(memory.pageSizeLog2) bytes, expected 1 or 65536", at: Int(offset),
                expected: "0 or 16", found: "\(memory.pageSizeLog2)")
        }
        let maximum = largestPageCount(memory)
        let largest = max(memory.limits.minimum, memory.limits.maximum ?? 0)
        if largest > maximum {
            throw ValidationError(
                "memory size must be at most \(maximum) pages (\(memory.is64 ? "16EiB" : "4GiB")): found \(largest)", at: Int(offset),
                expected: "at most \(maximum)", found: "\(largest)")
        }
        if memory.isShared && memory.limits.maximum == nil {
            throw ValidationError("shared memory must have maximum", at: Int(offset))
        }
    }

    /// As many pages as addresses reach; with pages of one byte, as many as a size in pages can say.
    private func largestPageCount(_ memory: MemoryType) -> UInt64 {
        if memory.is64 { return memory.pageSizeLog2 == 0 ? .max : 1 << 48 }
        return memory.pageSizeLog2 == 0 ? UInt64(UInt32.max) : min(65_536, module.limits.memoryPages)
    }

    func validateTags() throws(ValidationError) {
        for tag in module.tags {
            try checkFunctionType(tag.type, at: tag.offset)
            guard let type = module.functionType(tag.type), !type.results.isEmpty else { continue }
            throw ValidationError(
                "non-empty tag result type: \(type)", at: Int(tag.offset), expected: "no results", found: type.description)
        }
    }

    /// Without the feature, mutable globals stay within their module.
    mutating func validateMutableGlobals() throws(ValidationError) {
        var offsets = module.globals.prefix(module.importedGlobalCount).filter(\.type.isMutable).map(\.offset)
        for export in module.exports {
            guard case .global(let index) = export.item, index.index < module.globals.count else { continue }
            if module.globals[index.index].type.isMutable { offsets.append(export.offset) }
        }
        guard let offset = offsets.first else { return }
        if module.features.contains(.mutableGlobals) { return usedFeatures.insert(.mutableGlobals) }
        throw ValidationError(
            "mutable globals cannot be imported or exported: the feature mutable-globals is not enabled", at: Int(offset),
            kind: .featureDisabled(.mutableGlobals))
    }

    mutating func validateGlobals() throws(ValidationError) {
        for (position, global) in module.globals.enumerated() {
            try check(global.type.valueType, at: global.offset)
            guard let initializer = global.initializer else { continue }
            try expressions.validate(initializer, global.type.valueType, globalCount: position)
        }
    }

    mutating func validateExports() throws(ValidationError) {
        // By bytes: strings would be equal where only their characters are.
        var names = Set<[UInt8]>(minimumCapacity: module.exports.count)
        for export in module.exports {
            switch export.item {
            case .function(let index): try expressions.declare(index, at: export.offset)
            case .table(let index): try check(index, module.tables.count, "table", export.offset)
            case .memory(let index): try check(index, module.memories.count, "memory", export.offset)
            case .global(let index): try check(index, module.globals.count, "global", export.offset)
            case .tag(let index): try check(index, module.tags.count, "tag", export.offset)
            }
            guard names.insert(Array(export.name.utf8)).inserted else {
                throw ValidationError("duplicate export name \"\(export.name)\"", at: Int(export.offset))
            }
        }
    }

    private func check(_ index: some EntityReference, _ count: Int, _ what: String, _ offset: UInt32) throws(ValidationError) {
        if index.index >= count { throw .unknown(what, index.rawValue, at: offset) }
    }

    func validateStart() throws(ValidationError) {
        guard let start = module.start else { return }
        try check(start.function, module.functions.count, "function", start.offset)
        let type = module.functionType(of: start.function)
        if !type.parameters.isEmpty || !type.results.isEmpty {
            throw ValidationError(
                "start function must take and return nothing: its type is \(type)", at: Int(start.offset), expected: "[] -> []",
                found: type.description)
        }
    }

    mutating func validateElements() throws(ValidationError) {
        for segment in module.elements {
            try check(.reference(segment.type), at: segment.offset)
            if case .active(let index, let offset) = segment.mode {
                try check(index, module.tables.count, "table", segment.offset)
                let table = module.tables[index.index].type
                guard types.matches(segment.type, table.element) else {
                    throw ValidationError(
                        "type mismatch: elements of type \(segment.type) in a table of \(table.element)", at: Int(segment.offset),
                        expected: table.element.description, found: segment.type.description)
                }
                try expressions.validate(offset, table.addressType, globalCount: module.globals.count)
            }
            switch segment.items {
            case .functions(let functions):
                for function in functions { try expressions.declare(function, at: segment.offset) }
            case .expressions(let items):
                for item in items { try expressions.validate(item, .reference(segment.type), globalCount: module.globals.count) }
            }
        }
    }

    mutating func validateData() throws(ValidationError) {
        for segment in module.data {
            guard case .active(let index, let offset) = segment.mode else { continue }
            try check(index, module.memories.count, "memory", segment.offset)
            try expressions.validate(offset, module.memories[index.index].addressType, globalCount: module.globals.count)
        }
    }
}
