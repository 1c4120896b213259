import PrecastArtifactFormat
import PrecastObjectEmission
import PrecastTranslation
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTypes

/// What an artifact's tables say of a module: its types, imports, exports, segments and names.
struct MetadataBuilder {
    let plan: ModulePlan
    let configuration: CompilerConfiguration
    /// The features that the module uses, bodies included.
    let usedFeatures: FeatureSet
    var module: Module { plan.module }

    func build() -> ModuleMetadata {
        var metadata = ModuleMetadata()
        metadata.name = module.names.module.map { module.bytes.copy($0) }
        metadata.types = definedTypes()
        metadata.imports = module.imports.map {
            ModuleMetadata.Import(module: Array($0.module.utf8), name: Array($0.name.utf8), type: type(of: $0.item))
        }
        metadata.exports = module.exports.map(export)
        metadata.functionNames = functionNames()
        metadata.definedFunctionCount = module.bodies.count
        metadata.functionBodies = functionBodies()
        metadata.memories = module.memories.dropFirst(module.importedMemoryCount).map(memory)
        metadata.tables = module.tables.indices.dropFirst(module.importedTableCount).map(table)
        metadata.globals = module.globals.dropFirst(module.importedGlobalCount).map {
            ModuleMetadata.Global(type: type(of: $0.type), initializer: expression($0.initializer))
        }
        metadata.tagTypes = module.tags.dropFirst(module.importedTagCount).map(\.type.rawValue)
        metadata.functionReferences = plan.functionReferences.map {
            ModuleMetadata.FunctionReference(functionIndex: $0.rawValue, typeIndex: module.functions[$0.index].rawValue)
        }
        metadata.elementSegments = module.elements.map(elements)
        metadata.dataSegments = module.data.map(data)
        metadata.startFunction = module.start?.function.rawValue
        metadata.producers = module.producers.flatMap { field in
            field.values.map { ModuleMetadata.Producer(field: Array(field.name.utf8), name: Array($0.name.utf8), version: Array($0.version.utf8)) }
        }
        metadata.wasmFeatures = usedFeatures.rawValue
        return metadata
    }

    private func functionBodies() -> [FunctionBodyRecord] {
        var reader = OperatorReader(module)
        return module.bodies.indices.map { number in
            let index = FunctionIndex(index: module.importedFunctionCount + number)
            var count = UInt64(module.functionType(module.functions[index.index])?.parameters.count ?? 0)
            // Bodies that were translated have readable declarations.
            if (try? reader.begin(index)) != nil { for run in reader.localDeclarations { count += UInt64(run.count) } }
            return FunctionBodyRecord(wasmOffset: module.bodies[number].range.start, localCount: UInt32(clamping: count))
        }
    }

    // MARK: Types

    private func definedTypes() -> [ModuleMetadata.DefinedType] {
        var types: [ModuleMetadata.DefinedType] = []
        for group in module.recursionGroups {
            for index in group {
                var type = shape(module.types[index])
                type.isFinal = module.subtyping[index].isFinal
                type.supertype = module.subtyping[index].supertype.isSome ? module.subtyping[index].supertype.rawValue : nil
                type.positionInGroup = UInt32(index - group.lowerBound)
                types.append(type)
            }
        }
        return types
    }
    private func shape(_ type: CompositeType) -> ModuleMetadata.DefinedType {
        switch type {
        case .function(let type): .function(parameters: type.parameters.map(code), results: type.results.map(code))
        case .structure(let type): .structure(fields: type.fields.map(code))
        case .array(let type): .array(element: code(type.element))
        }
    }
    private func code(_ type: ValueType) -> ValueTypeCode { ValueTypeCode(code: type.rawValue) }
    private func code(_ field: FieldType) -> ValueTypeCode {
        ValueTypeCode(code: field.storage.rawValue | (field.isMutable ? ValueTypeCode.mutableFlag : 0))
    }
    private func type(of item: ImportItem) -> ExternType {
        switch item {
        case .function(let index): .function(typeIndex: index.rawValue)
        case .table(let table): type(of: table)
        case .memory(let memory): type(of: memory)
        case .global(let global): type(of: global)
        case .tag(let index): .tag(typeIndex: index.rawValue)
        }
    }
    private func type(of table: TableType) -> ExternType {
        .table(code(.reference(table.element)), minimum: table.limits.minimum, maximum: table.limits.maximum, is64: table.is64)
    }
    private func type(of memory: MemoryType) -> ExternType {
        .memory(
            minimum: memory.limits.minimum, maximum: memory.limits.maximum, is64: memory.is64, shared: memory.isShared,
            pageSizeLog2: memory.pageSizeLog2)
    }
    private func type(of global: GlobalType) -> ExternType { .global(code(global.valueType), mutable: global.isMutable) }

    private func export(_ export: Export) -> ModuleMetadata.Export {
        let (kind, index): (ExternKind, UInt32) = switch export.item {
        case .function(let index): (.function, index.rawValue)
        case .table(let index): (.table, index.rawValue)
        case .memory(let index): (.memory, index.rawValue)
        case .global(let index): (.global, index.rawValue)
        case .tag(let index): (.tag, index.rawValue)
        }
        return ModuleMetadata.Export(name: Array(export.name.utf8), kind: kind, index: index)
    }

    private func functionNames() -> [[UInt8]?] {
        module.functionNames().map { $0.map { Array($0.utf8) } }
    }

    // MARK: Definitions

    private func memory(_ memory: MemoryType) -> ModuleMetadata.Memory {
        let reservation = configuration.memoryReservation
        let addressSpace: UInt64 = memory.is64 ? .max : 1 << 32
        let pages = min(memory.limits.maximum ?? .max, addressSpace >> UInt64(memory.pageSizeLog2))
        return ModuleMetadata.Memory(
            type: type(of: memory), reservation: reservation, guardBefore: configuration.tunables.guardBefore,
            guardAfter: configuration.tunables.guardAfter, isMovable: pages << UInt64(memory.pageSizeLog2) > reservation)
    }
    private func table(_ index: Int) -> ModuleMetadata.Table {
        var table = ModuleMetadata.Table(type: type(of: module.tables[index].type))
        table.initializer = expression(module.tables[index].initializer)
        if let readOnly = plan.readOnlyTable(TableIndex(index: index)) {
            table.readOnlyData = (readOnly.offset, UInt32(readOnly.entries.count))
        }
        return table
    }

    // MARK: Segments and constant expressions

    private func elements(_ segment: ElementSegment) -> ModuleMetadata.ElementSegment {
        let items: [ModuleMetadata.Element]
        let isInReadOnlyTable: Bool
        if case .active(let table, _) = segment.mode, plan.readOnlyTable(table) != nil {
            isInReadOnlyTable = true
            items = []
        } else {
            isInReadOnlyTable = false
            items = switch segment.items {
            case .functions(let functions): functions.map { .function(reference: plan.functionReference($0) ?? noIndex) }
            case .expressions(let expressions): expressions.map(element)
            }
        }
        let type = code(.reference(segment.type))
        var result = switch segment.mode {
        case .passive: ModuleMetadata.ElementSegment(mode: .passive, elementType: type, elements: items)
        case .declarative: ModuleMetadata.ElementSegment(mode: .declarative, elementType: type, elements: items)
        case .active(let table, let offset):
            ModuleMetadata.ElementSegment(mode: .active, table: table.rawValue, offset: expression(offset), elementType: type, elements: items)
        }
        result.isInReadOnlyTable = isInReadOnlyTable
        return result
    }
    private func element(_ expression: ConstantExpression) -> ModuleMetadata.Element {
        let operators = module[expression]
        if operators.count == 1, let op = operators.first {
            switch op.opcode {
            case .refNull: return .null
            case .refFunc: return .function(reference: plan.functionReference(op.functionIndex) ?? noIndex)
            case .globalGet: return .globalGet(op.index)
            default: break
            }
        }
        return .expression(self.expression(expression))
    }
    private func data(_ segment: DataSegment) -> ModuleMetadata.DataSegment {
        let bytes = module.bytes.copy(segment.contents)
        return switch segment.mode {
        case .passive: ModuleMetadata.DataSegment(mode: .passive, bytes: bytes)
        case .active(let memory, let offset):
            ModuleMetadata.DataSegment(mode: .active, memory: memory.rawValue, offset: expression(offset), bytes: bytes)
        }
    }

    private func expression(_ expression: ConstantExpression?) -> ModuleMetadata.ConstantExpression {
        guard let expression else { return [] }
        return module[expression].compactMap { op in
            // References look the same in both hierarchies.
            op.opcode == .anyConvertExtern || op.opcode == .externConvertAny ? nil : record(op)
        }
    }
    private func record(_ op: Operator) -> ConstantOperatorRecord {
        switch op.opcode {
        case .i32Const: ConstantOperatorRecord(.i32Constant, low: UInt64(UInt32(bitPattern: op.i32)))
        case .i64Const: ConstantOperatorRecord(.i64Constant, low: UInt64(bitPattern: op.i64))
        case .f32Const: ConstantOperatorRecord(.f32Constant, low: UInt64(op.f32Bits))
        case .f64Const: ConstantOperatorRecord(.f64Constant, low: op.f64Bits)
        case .v128Const: ConstantOperatorRecord(.v128Constant, low: op.v128.low, high: op.v128.high)
        case .globalGet: ConstantOperatorRecord(.globalGet, index: op.index)
        case .refFunc: ConstantOperatorRecord(.functionReference, index: plan.functionReference(op.functionIndex) ?? noIndex)
        case .refI31: ConstantOperatorRecord(.i31Reference)
        case .i32Add: ConstantOperatorRecord(.i32Add)
        case .i32Sub: ConstantOperatorRecord(.i32Subtract)
        case .i32Mul: ConstantOperatorRecord(.i32Multiply)
        case .i64Add: ConstantOperatorRecord(.i64Add)
        case .i64Sub: ConstantOperatorRecord(.i64Subtract)
        case .i64Mul: ConstantOperatorRecord(.i64Multiply)
        default: ConstantOperatorRecord(.nullReference, index: code(.reference(ReferenceType(op.heapType, isNullable: true))).code)
        }
    }
}
