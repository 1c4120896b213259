import PrecastWasmTypes

/// The types of a module: those it defines, then those that its uses of function types imply.
struct TypeTable {
    struct Definition {
        /// The index of its opening parenthesis.
        var token: Int
        /// The number of its recursion group.
        var group: Int
    }

    /// The definitions of the text, in the order of their indices.
    var definitions: [Definition] = []
    /// How many recursion groups the text defines.
    var groupCount = 0

    /// The types, implied ones included.
    private(set) var types: [CompositeType] = []
    /// The encoded definitions, and where each ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// The types that stand for a bare function type.
    private var functions: [FunctionType: UInt32] = [:]
    /// The fields with identifiers: by type in the upper half and symbol in the lower.
    var fields: [UInt64: UInt32] = [:]

    /// The function type with that index, or nil if there is no such type or it is another kind.
    func functionType(_ index: UInt32) -> FunctionType? { index < UInt32(types.count) ? types[Int(index)].function : nil }

    /// Takes the next definition.
    mutating func append(_ type: CompositeType, supertypes: [UInt32], isFinal: Bool) {
        let index = types.count
        if !isFinal || !supertypes.isEmpty {
            bytes.append(isFinal ? 0x4F : 0x50)
            bytes.appendUnsigned(supertypes.count)
            for supertype in supertypes { bytes.appendUnsigned(supertype) }
        } else if let function = type.function, isAlone(index), !mentions(function, index), functions[function] == nil {
            functions[function] = UInt32(index)
        }
        bytes.append(type)
        ends.append(bytes.count)
        types.append(type)
    }

    /// The index of a function type, which is appended if no type of the module is the same.
    mutating func implied(_ type: FunctionType) -> UInt32 {
        if let index = functions[type] { return index }
        let index = UInt32(types.count)
        append(.function(type), supertypes: [], isFinal: true)
        functions[type] = index
        return index
    }

    /// The type section.
    func encoded() -> EntryList {
        var section = EntryList()
        section.count = groupCount + types.count - definitions.count
        var index = 0
        for group in 0..<groupCount {
            let first = index
            while index < definitions.count, definitions[index].group == group { index += 1 }
            if index - first != 1 {
                section.bytes.append(0x4E)
                section.bytes.appendUnsigned(index - first)
            }
            section.bytes.append(contentsOf: bytes[start(first)..<start(index)])
        }
        section.bytes.append(contentsOf: bytes[start(index)...])
        return section
    }

    private func start(_ index: Int) -> Int { index == 0 ? 0 : ends[index - 1] }

    /// Whether a type's recursion group holds no other.
    private func isAlone(_ index: Int) -> Bool {
        guard index < definitions.count else { return true }
        let group = definitions[index].group
        return (index == 0 || definitions[index - 1].group != group)
            && (index + 1 == definitions.count || definitions[index + 1].group != group)
    }

    /// Whether a function type mentions the type with that index: then no bare function type is the same.
    private func mentions(_ type: FunctionType, _ index: Int) -> Bool {
        (type.parameters + type.results).contains { $0.referenceType?.heapType.typeIndex == UInt32(index) }
    }
}
