internal import PrecastEntities
public import PrecastWasmModel
public import PrecastWasmTypes

/// What a module's function bodies are validated against: the module, whose declarations are known to be valid, and its types in
/// flat form. ``validate(_:)`` makes it once; any number of ``FunctionValidator``s share it.
public final class ValidationContext: Sendable {
    public let module: Module
    @usableFromInline let typePool: [ValueType]
    /// By type index; ``TypeListPair/notAFunction`` where the type is none.
    @usableFromInline let signatures: [TypeListPair]
    /// The fields of all structures and arrays; those of type `i` from `fieldStarts[i]` to `fieldStarts[i + 1]`.
    let fields: [FieldType]
    let fieldStarts: [UInt32]
    /// Which types are the same, and which extend which.
    public let types: TypeRelations
    /// The features that everything but the function bodies uses; ``OperatorReader/usedFeatures`` has those of bodies.
    public let usedFeatures: FeatureSet
    /// Which functions `ref.func` may name: those that occur outside bodies.
    let isDeclared: [Bool]

    init(_ module: Module, _ types: TypeRelations, isDeclared: [Bool], usedFeatures: FeatureSet) {
        self.module = module
        self.types = types
        self.usedFeatures = usedFeatures
        self.isDeclared = isDeclared
        var pool: [ValueType] = []
        var signatures: [TypeListPair] = []
        signatures.reserveCapacity(module.types.count)
        var fields: [FieldType] = []
        var fieldStarts: [UInt32] = [0]
        fieldStarts.reserveCapacity(module.types.count + 1)
        for type in module.types {
            switch type {
            case .function(let type):
                signatures.append(
                    TypeListPair(
                        parameters: Self.intern(type.parameters, in: &pool), results: Self.intern(type.results, in: &pool)))
            case .structure(let type):
                signatures.append(.notAFunction)
                fields.append(contentsOf: type.fields)
            case .array(let type):
                signatures.append(.notAFunction)
                fields.append(type.element)
            }
            fieldStarts.append(UInt32(fields.count))
        }
        self.fields = fields
        self.fieldStarts = fieldStarts
        typePool = pool
        self.signatures = signatures
    }

    private static func intern(_ types: [ValueType], in pool: inout [ValueType]) -> TypeList {
        if types.count == 1 { return TypeList(types[0]) }
        if types.isEmpty { return .empty }
        let start = pool.count
        pool.append(contentsOf: types)
        return TypeList(payload: UInt32(start), length: UInt32(types.count))
    }

    /// The type at `position` of a list.
    @inlinable public subscript(list: TypeList, position: Int) -> ValueType { list.type(position, in: typePool) }

    /// The types of a list as an array.
    public func types(_ list: TypeList) -> [ValueType] { (0..<list.count).map { self[list, $0] } }

    /// The parameters and results of a function type. - Precondition: the type exists.
    @inlinable public func signature(of type: TypeIndex) -> TypeListPair { signatures[Int(type.rawValue)] }

    /// The parameters and results of a function. - Precondition: the function exists.
    @inlinable public func signature(of function: FunctionIndex) -> TypeListPair {
        signatures[Int(module.functions[Int(function.rawValue)].rawValue)]
    }

    /// The parameters and results of a block. - Precondition: the type that it names exists.
    @inlinable public func signature(of block: BlockType) -> TypeListPair {
        switch block.kind {
        case .empty: TypeListPair(parameters: .empty, results: .empty)
        case .value(let type): TypeListPair(parameters: .empty, results: TypeList(type))
        case .function(let type): signature(of: type)
        }
    }

    /// `[i32 i64]`, for messages.
    func describe(_ list: TypeList) -> String { "[" + types(list).map(\.description).joined(separator: " ") + "]" }
}
