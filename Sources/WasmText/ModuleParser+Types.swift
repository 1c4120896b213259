import PrecastWasmTypes

// Types: definitions, value types, uses of function types, limits.

extension ModuleParser {
    /// The second pass: reads the type definitions.
    mutating func readTypes() throws(TextFailure) {
        for index in types.definitions.indices {
            cursor = types.definitions[index].token + 2
            let (identifier, name) = try binding()
            note(name ?? identifier, .type, UInt32(index))
            var isFinal = true
            var supertypes: [UInt32] = []
            let isSubtype = open(.sub)
            if isSubtype {
                isFinal = skip(.final)
                while isAtIndex { supertypes.append(try self.index(.type)) }
            }
            let type = try compositeType(index: UInt32(index))
            if isSubtype { try close() }
            try close()
            types.append(type, supertypes: supertypes, isFinal: isFinal)
        }
    }

    private mutating func compositeType(index: UInt32) throws(TextFailure) -> CompositeType {
        if open(.func) {
            let type = try signature(names: .allowed).type
            try close()
            return .function(type)
        }
        if open(.array) {
            let element = try fieldType()
            try close()
            return .array(ArrayType(element: element))
        }
        guard open(.struct) else { throw unexpected("a function, structure or array type") }
        let fields = try structFields(type: index)
        try close()
        return .structure(StructType(fields: fields))
    }

    private mutating func structFields(type: UInt32) throws(TextFailure) -> [FieldType] {
        var fields: [FieldType] = []
        var fieldNames: [NameEntry] = []
        while open(.field) {
            let position = UInt32(fields.count)
            let (identifier, name) = try binding()
            if let symbol = name ?? identifier { fieldNames.append(NameEntry(index: position, symbol: symbol)) }
            if let identifier {
                let key = UInt64(type) << 32 | UInt64(identifier)
                guard types.fields.updateValue(position, forKey: key) == nil else { throw failure("duplicate field", at: cursor - 1) }
                fields.append(try fieldType())
            } else {
                while token.kind != .rightParenthesis { fields.append(try fieldType()) }
            }
            try close()
        }
        if !fieldNames.isEmpty { names.fields.append((type, fieldNames)) }
        return fields
    }

    private mutating func fieldType() throws(TextFailure) -> FieldType {
        let isMutable = open(.mut)
        let storage: StorageType
        if skip(.i8) { storage = .i8 } else if skip(.i16) { storage = .i16 } else { storage = StorageType(try valueType()) }
        if isMutable { try close() }
        return FieldType(storage, isMutable: isMutable)
    }

    // MARK: Value types

    mutating func valueType() throws(TextFailure) -> ValueType {
        switch keyword {
        case .i32: return advance(.i32)
        case .i64: return advance(.i64)
        case .f32: return advance(.f32)
        case .f64: return advance(.f64)
        case .v128: return advance(.v128)
        default:
            guard let type = try optionalReferenceType() else { throw unexpected("a value type") }
            return .reference(type)
        }
    }

    private mutating func advance(_ type: ValueType) -> ValueType {
        cursor += 1
        return type
    }

    /// Whether a reference type stands here.
    var isAtReferenceType: Bool { opens(.ref) || keyword.flatMap(Self.abbreviated) != nil }

    mutating func referenceType() throws(TextFailure) -> ReferenceType {
        guard let type = try optionalReferenceType() else { throw unexpected("a reference type") }
        return type
    }

    private mutating func optionalReferenceType() throws(TextFailure) -> ReferenceType? {
        if let heapType = keyword.flatMap(Self.abbreviated) {
            cursor += 1
            return ReferenceType(heapType, isNullable: true)
        }
        guard open(.ref) else { return nil }
        let isNullable = skip(.null)
        let heapType = try heapType()
        try close()
        return ReferenceType(heapType, isNullable: isNullable)
    }

    /// The heap type of `funcref` and its like.
    private static func abbreviated(_ keyword: Keyword) -> HeapType? {
        switch keyword {
        case .funcref: .function
        case .externref: .extern
        case .anyref: .any
        case .eqref: .eq
        case .i31ref: .i31
        case .structref: .structure
        case .arrayref: .array
        case .exnref: .exception
        case .nullref: HeapType.none
        case .nullfuncref: .noFunction
        case .nullexternref: .noExtern
        case .nullexnref: .noException
        default: nil
        }
    }

    mutating func heapType() throws(TextFailure) -> HeapType {
        if let type = keyword.flatMap(Self.abstractHeapType) {
            cursor += 1
            return type
        }
        guard isAtIndex else { throw unexpected("a heap type") }
        let start = cursor
        let index = try index(.type)
        guard index <= HeapType.maximumTypeIndex else { throw failure("unknown type \(index): the index is too large", at: start) }
        return .concrete(index)
    }

    static func abstractHeapType(_ keyword: Keyword) -> HeapType? {
        switch keyword {
        case .func: .function
        case .extern: .extern
        case .any: .any
        case .eq: .eq
        case .i31: .i31
        case .struct: .structure
        case .array: .array
        case .exn: .exception
        case .none: HeapType.none
        case .nofunc: .noFunction
        case .noextern: .noExtern
        case .noexn: .noException
        default: nil
        }
    }

    // MARK: Uses of function types

    /// What parameters of a use of a function type may be called.
    enum ParameterNames {
        /// They may have none.
        case refused
        /// They may have some, which nobody can refer to.
        case allowed
        /// They are the first locals of a function.
        case bound
    }

    /// `(param …)* (result …)*`. `hasClauses` tells whether any stood there.
    mutating func signature(names policy: ParameterNames) throws(TextFailure) -> (type: FunctionType, hasClauses: Bool) {
        var type = FunctionType(parameters: [], results: [])
        let start = cursor
        while open(.param) {
            let (identifier, name) = try binding()
            if identifier != nil, policy == .refused { throw unexpected("a value type", at: cursor - 1) }
            if identifier != nil || name != nil {
                if policy == .bound { try declareLocal(identifier, name) }
                type.parameters.append(try valueType())
            } else {
                while token.kind != .rightParenthesis {
                    if policy == .bound { try declareLocal(nil, nil) }
                    type.parameters.append(try valueType())
                }
            }
            try close()
        }
        while open(.result) {
            while token.kind != .rightParenthesis { type.results.append(try valueType()) }
            try close()
        }
        return (type, cursor != start)
    }

    /// `(type x)? (param …)* (result …)*`: the index of the function type.
    mutating func typeUse(names policy: ParameterNames) throws(TextFailure) -> UInt32 {
        guard let explicit = try explicitType() else { return types.implied(try signature(names: policy).type) }
        try checkInline(explicit.index, at: explicit.token, names: policy)
        return explicit.index
    }

    /// `(type x)`, where it stands.
    mutating func explicitType() throws(TextFailure) -> (index: UInt32, token: Int)? {
        guard open(.type) else { return nil }
        let start = cursor
        let index = try index(.type)
        try close()
        return (index, start)
    }

    /// Reads the signature behind `(type x)`, which has to repeat that type if it says anything.
    mutating func checkInline(_ index: UInt32, at start: Int, names policy: ParameterNames) throws(TextFailure) {
        let inline = try signature(names: policy).type
        for word in [Keyword.type, .param, .result] where opens(word) { throw unexpected("parameters before results", at: cursor + 1) }
        if inline.parameters.isEmpty && inline.results.isEmpty {
            if policy == .bound { for _ in types.functionType(index)?.parameters ?? [] { try declareLocal(nil, nil) } }
            return
        }
        guard index < UInt32(types.types.count) else { throw failure("unknown type \(index)", at: start) }
        guard types.functionType(index) == inline else {
            throw failure("inline function type differs from the type that is named", at: start)
        }
    }

    mutating func declareLocal(_ identifier: UInt32?, _ name: UInt32?) throws(TextFailure) {
        if let symbol = name ?? identifier { localNames.append(NameEntry(index: locals.count, symbol: symbol)) }
        guard locals.declare(identifier) else { throw failure("duplicate local", at: cursor - 1) }
    }

    // MARK: Types of tables, memories, globals

    mutating func limits() throws(TextFailure) -> Limits {
        let minimum = try unsigned(width: 64, "a size")
        let maximum = token.kind == .integer ? try unsigned(width: 64, "a size") : nil
        return Limits(minimum: minimum, maximum: maximum)
    }

    /// `i32` or `i64`, where it stands: whether addresses have 64 bits.
    mutating func addressType() -> Bool {
        if skip(.i64) { return true }
        _ = skip(.i32)
        return false
    }

    mutating func tableType() throws(TextFailure) -> TableType {
        let is64 = addressType()
        let limits = try limits()
        return TableType(element: try referenceType(), limits: limits, is64: is64)
    }

    mutating func memoryType() throws(TextFailure) -> MemoryType {
        let is64 = addressType()
        let limits = try limits()
        let isShared = skip(.shared)
        return MemoryType(limits: limits, is64: is64, isShared: isShared, pageSizeLog2: try pageSize())
    }

    /// `(pagesize n)`, where it stands: the logarithm.
    mutating func pageSize() throws(TextFailure) -> UInt8 {
        guard open(.pagesize) else { return 16 }
        let size = try unsigned(width: 64, "a page size")
        guard size.nonzeroBitCount == 1 else { throw failure("invalid custom page size: not a power of two", at: cursor - 1) }
        try close()
        return UInt8(size.trailingZeroBitCount)
    }

    mutating func globalType() throws(TextFailure) -> GlobalType {
        let isMutable = open(.mut)
        let type = try valueType()
        if isMutable { try close() }
        return GlobalType(type, isMutable: isMutable)
    }
}
