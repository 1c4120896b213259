internal import PrecastEntities
public import PrecastWasmModel
public import PrecastWasmTypes

/// How a module's types relate: which are the same type, and which extend which.
///
/// - Input: a module's type section. Output: for each type its canonical index, which is the lowest of an equivalent type.
/// - Invariants: equivalence is iso-recursive: two types are the same when they stand at the same place of recursion groups
///   that are the same, with references into the own group by place and others by canonical index.
/// - Algorithm: each group becomes a word list of that kind, which is interned in a hash table of lists: linear time.
///   Subtyping of defined types walks up at most ``ImplementationLimits/subtypingDepth`` supertypes.
/// - Source: WebAssembly core specification, sections 3.2 and 3.3.
public struct TypeRelations: Sendable {
    enum Kind: UInt8 { case function, structure, array }

    /// By type index; all three.
    private(set) var kinds: [Kind] = []
    private var canonical: [UInt32] = []
    /// The canonical index of the direct supertype, or ``none``.
    private var supertypes: [UInt32] = []
    private static var none: UInt32 { .max }

    /// Checks the type section on the way.
    init(_ module: Module) throws(ValidationError) {
        kinds.reserveCapacity(module.types.count)
        canonical.reserveCapacity(module.types.count)
        supertypes.reserveCapacity(module.types.count)
        for type in module.types {
            switch type {
            case .function: kinds.append(.function)
            case .structure: kinds.append(.structure)
            case .array: kinds.append(.array)
            }
        }
        var interner = GroupInterner(groupCount: module.recursionGroups.count)
        var depths: [UInt8] = []
        depths.reserveCapacity(module.types.count)
        for group in module.recursionGroups {
            try append(group, of: module, &interner)
            for position in group { try checkSubtyping(position, of: module, &depths) }
        }
    }

    /// How many types there are.
    var count: Int { kinds.count }

    /// The lowest index of a type that is the same as type `index`. - Precondition: the type exists.
    public func canonicalIndex(_ index: TypeIndex) -> TypeIndex { TypeIndex(rawValue: canonical[index.index]) }

    // MARK: Matching

    /// Whether a value of type `type` may stand where `expected` is asked for. Both are well formed.
    public func matches(_ type: ValueType, _ expected: ValueType) -> Bool {
        if type == expected || type.isBottom || expected.isBottom { return true }
        guard let reference = type.referenceType, let other = expected.referenceType else { return false }
        return matches(reference, other)
    }

    public func matches(_ type: ReferenceType, _ expected: ReferenceType) -> Bool {
        (expected.isNullable || !type.isNullable) && matches(type.heapType, expected.heapType)
    }

    public func matches(_ type: HeapType, _ expected: HeapType) -> Bool {
        if type == expected || type == .bottom { return true }
        if let index = type.typeIndex {
            guard let other = expected.typeIndex else { return Self.abstract(kinds[Int(index)]).isAbstractSubtype(of: expected) }
            return extends(index, other)
        }
        guard let other = expected.typeIndex else { return type.isAbstractSubtype(of: expected) }
        return type == (kinds[Int(other)] == .function ? HeapType.noFunction : .none)
    }

    private func extends(_ index: UInt32, _ other: UInt32) -> Bool {
        let target = canonical[Int(other)]
        var current = canonical[Int(index)]
        while current != target {
            current = supertypes[Int(current)]
            if current == Self.none { return false }
        }
        return true
    }

    private static func abstract(_ kind: Kind) -> HeapType {
        switch kind {
        case .function: .function
        case .structure: .structure
        case .array: .array
        }
    }

    /// The largest type of the hierarchy that `type` belongs to.
    func top(_ type: HeapType) -> HeapType {
        (type.typeIndex.map { Self.abstract(kinds[Int($0)]) } ?? type).abstractTop
    }

    func matches(_ type: FieldType, _ expected: FieldType) -> Bool {
        guard type.isMutable == expected.isMutable, matches(type.storage, expected.storage) else { return false }
        return !type.isMutable || matches(expected.storage, type.storage)
    }

    func matches(_ type: StorageType, _ expected: StorageType) -> Bool {
        if type == expected { return true }
        return !type.isPacked && !expected.isPacked && matches(type.unpacked, expected.unpacked)
    }

    // MARK: Well-formedness

    /// The type index in `type` that does not exist, or nil.
    func unknownIndex(in type: ValueType) -> UInt32? {
        guard let index = type.referenceType?.heapType.typeIndex, Int(index) >= count else { return nil }
        return index
    }

    // MARK: Construction

    private mutating func append(
        _ group: Range<Int>, of module: Module, _ interner: inout GroupInterner
    ) throws(ValidationError) {
        interner.begin()
        for position in group {
            let subtyping = module.subtyping[position]
            if subtyping.supertype.isSome, subtyping.supertype.index >= position {
                throw .unknown("type", subtyping.supertype.rawValue, at: subtyping.offset)
            }
            interner.append(
                UInt64(kinds[position].rawValue) | (subtyping.isFinal ? 4 : 0) | (subtyping.supertype.isSome ? 8 : 0))
            if subtyping.supertype.isSome { interner.append(place(subtyping.supertype.rawValue, group)) }
            switch module.types[position] {
            case .function(let type):
                interner.append(UInt64(type.parameters.count) << 32 | UInt64(type.results.count))
                for type in type.parameters { interner.append(try word(type.rawValue, group, subtyping.offset)) }
                for type in type.results { interner.append(try word(type.rawValue, group, subtyping.offset)) }
            case .structure(let type):
                interner.append(UInt64(type.fields.count))
                for field in type.fields { interner.append(try word(field, group, subtyping.offset)) }
            case .array(let type): interner.append(try word(type.element, group, subtyping.offset))
            }
        }
        let first = interner.intern(group.lowerBound)
        for position in group {
            let index = first + position - group.lowerBound
            let supertype = module.subtyping[position].supertype
            canonical.append(UInt32(index))
            supertypes.append(supertype.isSome ? canonical[supertype.index] : Self.none)
        }
    }

    /// Where a type index leads: a place in the own group, marked, or a canonical index.
    private func place(_ index: UInt32, _ group: Range<Int>) -> UInt64 {
        Int(index) >= group.lowerBound ? 1 << 40 | UInt64(Int(index) - group.lowerBound) : UInt64(canonical[Int(index)])
    }

    /// A type in one word: as it is, or bit 62, the code and the place of what it refers to.
    private func word(_ raw: UInt32, _ group: Range<Int>, _ offset: UInt32) throws(ValidationError) -> UInt64 {
        guard let index = ValueType(rawValue: raw).referenceType?.heapType.typeIndex else { return UInt64(raw) }
        guard Int(index) < group.upperBound else { throw .unknown("type", index, at: offset) }
        return 1 << 62 | UInt64(raw & 0xFF) << 48 | place(index, group)
    }

    private func word(_ field: FieldType, _ group: Range<Int>, _ offset: UInt32) throws(ValidationError) -> UInt64 {
        try word(field.storage.rawValue, group, offset) | (field.isMutable ? 1 << 61 : 0)
    }

    private func checkSubtyping(_ position: Int, of module: Module, _ depths: inout [UInt8]) throws(ValidationError) {
        let subtyping = module.subtyping[position]
        guard subtyping.supertype.isSome else { return depths.append(0) }
        let parent = subtyping.supertype.index
        let depth = Int(depths[parent]) + 1
        if depth > min(module.limits.subtypingDepth, 255) {
            throw ValidationError(
                "sub type too deep: type \(position) extends \(depth) types, and the limit is \(module.limits.subtypingDepth)",
                at: Int(subtyping.offset), kind: .limitExceeded)
        }
        depths.append(UInt8(depth))
        if module.subtyping[parent].isFinal {
            throw ValidationError("sub type \(position) extends type \(parent), which is final", at: Int(subtyping.offset))
        }
        guard matches(module.types[position], module.types[parent]) else {
            throw ValidationError("sub type \(position) does not match its super type \(parent)", at: Int(subtyping.offset))
        }
    }

    private func matches(_ type: CompositeType, _ expected: CompositeType) -> Bool {
        switch (type, expected) {
        case (.function(let type), .function(let other)):
            type.parameters.count == other.parameters.count && type.results.count == other.results.count
                && zip(other.parameters, type.parameters).allSatisfy { matches($0, $1) }
                && zip(type.results, other.results).allSatisfy { matches($0, $1) }
        case (.structure(let type), .structure(let other)):
            type.fields.count >= other.fields.count && zip(type.fields, other.fields).allSatisfy { matches($0, $1) }
        case (.array(let type), .array(let other)): matches(type.element, other.element)
        default: false
        }
    }
}

/// Gives equal lists of words the number that the first of them came with.
private struct GroupInterner {
    private var words: [UInt64] = []
    /// Every different list so far: where it lies in `words`, and its number.
    private var lists: [(start: Int, end: Int, hash: Int, number: Int)] = []
    /// One more than positions in `lists`, by hash; zero is free. At most half are taken.
    private var slots: [UInt32]
    private var start = 0

    init(groupCount: Int) {
        var capacity = 16
        while capacity < 2 * groupCount { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)
    }

    mutating func begin() { start = words.count }
    mutating func append(_ word: UInt64) { words.append(word) }

    /// The number of the list appended since ``begin()``; `number` if there was none like it.
    mutating func intern(_ number: Int) -> Int {
        var hasher = Hasher()
        for word in words[start...] { hasher.combine(word) }
        let hash = hasher.finalize()
        var slot = hash & (slots.count - 1)
        while slots[slot] != 0 {
            let list = lists[Int(slots[slot]) - 1]
            if list.hash == hash && words[list.start..<list.end] == words[start...] {
                words.removeSubrange(start...)
                return list.number
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        lists.append((start, words.count, hash, number))
        slots[slot] = UInt32(lists.count)
        return number
    }
}
