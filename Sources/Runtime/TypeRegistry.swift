import CLoaderSupport
import PrecastArtifactFormat
import PrecastWasmTypes

/// The types of an engine: each different recursion group once, and a number for each of its types.
///
/// - Input: types of modules, groups at a time. Output: their canonical ids, equal exactly for equal types, whatever module they come from.
/// - Invariants: equality is iso-recursive: types are equal at the same place of groups that are equal, with references into the own group by place and
///   others by id. A type's supertype has a lower id or is in the same group, before it. Ids are never given back.
/// - Algorithm: a group becomes a list of words of that kind, which is looked up in a hash table.
/// - Source: WebAssembly core specification 3.0, sections 3.2 and 3.3.
///
/// Everything but ``extends(_:_:)`` is for one thread at a time.
struct TypeRegistry {
    private var groups: [(words: [UInt64], first: UInt32)] = []
    /// Places in `groups` by the words.
    private var index = HashIndex()
    /// By id; nil where the type is none of functions. Heap types in it are ids.
    private var functions: [FunctionType?] = []
    /// What ``extends(_:_:)`` reads.
    let relations: TypeRelationTable

    init?() {
        guard let relations = TypeRelationTable() else { return nil }
        self.relations = relations
    }

    /// The most ids: what a heap type can name.
    private static var maximumCount: Int { Int(HeapType.maximumTypeIndex) + 1 }

    func function(_ id: UInt32) -> FunctionType? { Int(id) < functions.count ? functions[Int(id)] : nil }

    /// The id of a final function type that extends none and is in a group of its own. Nil when there is no room.
    mutating func id(of type: FunctionType) -> UInt32? {
        var words: [UInt64] = [TypeRow.final.word(Self.none), UInt64(type.parameters.count) << 32 | UInt64(type.results.count)]
        for value in type.parameters { words.append(Self.word(value)) }
        for value in type.results { words.append(Self.word(value)) }
        if let known = first(words) { return known }
        guard let id = reserve(1), relations.set(id, supertype: nil, kind: .function) else { return nil }
        functions.append(type)
        remember(words, id)
        return id
    }

    /// The ids of a module's types. - Throws: for unsound records, or when there is no room for more types.
    mutating func ids(of module: LoadedModule) throws(LoadError) -> [UInt32] {
        var ids: [UInt32] = []
        ids.reserveCapacity(module.types.count)
        var words: [UInt64] = []
        var start = 0
        while start < module.types.count {
            var end = start + 1
            while end < module.types.count, module.types[unchecked: end].positionInGroup != 0 { end += 1 }
            words.removeAll(keepingCapacity: true)
            do throws(ArtifactError) {
                for index in start..<end { try describe(index, group: start..<end, ids, module, &words) }
            } catch {
                throw .artifact(error)
            }
            if let first = first(words) {
                for place in 0..<UInt32(end - start) { ids.append(first + place) }
            } else {
                try add(start..<end, of: module, words, &ids)
            }
            start = end
        }
        return ids
    }

    // MARK: Groups

    private static var none: UInt64 { 1 << 41 }

    /// A value type whose heap type, if it has one, is an id.
    private static func word(_ value: ValueType) -> UInt64 {
        guard let id = value.referenceType?.heapType.typeIndex else { return UInt64(value.rawValue) }
        return reference(value.rawValue & 0xFF, UInt64(id))
    }
    private static func reference(_ code: UInt32, _ place: UInt64) -> UInt64 { 1 << 62 | UInt64(code) << 48 | place }

    /// Where a type index leads: a place in the own group, marked, or an id.
    private func place(_ index: UInt32, _ group: Range<Int>, _ ids: [UInt32]) throws(ArtifactError) -> UInt64 {
        if Int(index) < group.lowerBound { return UInt64(ids[Int(index)]) }
        guard Int(index) < group.upperBound else { throw .indexOutOfRange(table: .types, index: UInt64(index), count: UInt64(group.upperBound)) }
        return 1 << 40 | UInt64(Int(index) - group.lowerBound)
    }

    private func describe(
        _ index: Int, group: Range<Int>, _ ids: [UInt32], _ module: LoadedModule, _ words: inout [UInt64]
    ) throws(ArtifactError) {
        let row = module.types[unchecked: index]
        guard let form = row.form, let range = row.values else { throw .invalid(field: "type form", found: UInt64(row.formNumber)) }
        var supertype = Self.none
        if row.supertype != noIndex {
            guard Int(row.supertype) < index else { throw .invalid(field: "supertype", found: UInt64(row.supertype)) }
            supertype = try place(row.supertype, group, ids)
        }
        words.append(TypeRow(kind: TypeKind(form), isFinal: row.isFinal).word(supertype))
        words.append(UInt64(row.parameterCount) << 32 | UInt64(row.resultCount))
        let values = try module.valueTypes.rows(range)
        for position in 0..<values.count {
            let value = values[unchecked: position]
            if let index = value.typeIndexOfField {
                words.append(Self.reference(value.code & 0xFF, try place(index, group, ids)))
            } else {
                words.append(UInt64(value.code))
            }
        }
    }

    private mutating func add(_ group: Range<Int>, of module: LoadedModule, _ words: [UInt64], _ ids: inout [UInt32]) throws(LoadError) {
        guard let first = reserve(group.count) else { throw .resource(ResourceError(.types, bytes: UInt64(group.count) * 4)) }
        for index in group { ids.append(first + UInt32(index - group.lowerBound)) }
        for index in group {
            let row = module.types[unchecked: index]
            guard let form = row.form else { throw .artifact(.invalid(field: "type form", found: UInt64(row.formNumber))) }
            let supertype = row.supertype == noIndex ? nil : ids[Int(row.supertype)]
            guard relations.set(ids[index], supertype: supertype, kind: TypeKind(form)) else {
                throw .resource(ResourceError(.types, bytes: TypeRelationTable.chunkBytes))
            }
            do throws(ArtifactError) {
                functions.append(form == .function ? try module.functionType(UInt32(index), ids) : nil)
            } catch {
                throw .artifact(error)
            }
        }
        remember(words, first)
    }

    private static func hash(_ words: [UInt64]) -> UInt32 {
        var hash = KeyedHash()
        for word in words { hash.add(word) }
        return hash.value
    }

    /// The first id of the group with these words, if there is one.
    private func first(_ words: [UInt64]) -> UInt32? {
        index.place(Self.hash(words)) { groups[$0].words == words }.map { groups[$0].first }
    }

    private mutating func remember(_ words: [UInt64], _ first: UInt32) {
        index.insert(Self.hash(words), place: groups.count)
        groups.append((words, first))
    }

    /// The first of `count` new ids.
    private mutating func reserve(_ count: Int) -> UInt32? {
        // An addition that failed half way left ids without a group; they stay unused.
        while functions.count < relations.count { functions.append(nil) }
        guard count <= Self.maximumCount - functions.count else { return nil }
        return UInt32(functions.count)
    }
}

enum TypeKind: UInt32 {
    case function = 0, structure, array

    init(_ form: TypeRecord.Form) {
        switch form {
        case .function: self = .function
        case .structure: self = .structure
        case .array: self = .array
        }
    }

    /// The abstract heap type right above types of the kind.
    var abstract: HeapType {
        switch self {
        case .function: .function
        case .structure: .structure
        case .array: .array
        }
    }
}

/// Kind and finality in a group's words.
private struct TypeRow {
    var kind: TypeKind
    var isFinal: Bool
    static var final: TypeRow { TypeRow(kind: .function, isFinal: true) }

    func word(_ supertype: UInt64) -> UInt64 { supertype << 4 | UInt64(kind.rawValue) << 1 | (isFinal ? 1 : 0) }
}

extension ValueTypeCode {
    /// The type index that a value or field refers to.
    fileprivate var typeIndexOfField: UInt32? { ValueTypeCode(code: code & ~Self.mutableFlag).typeIndex }
}

/// Kind and supertype of every type of an engine, by id, for readers that take no lock.
///
/// A row is written before its id is known to anyone, and never again; memory never moves. O(1) a step.
final class TypeRelationTable: @unchecked Sendable {
    /// A row's bits 0–23: the supertype's id plus one, or zero; bits 24–25: ``TypeKind``.
    private typealias Chunk = UnsafeMutablePointer<UInt32>
    private let chunks: UnsafeMutablePointer<Chunk?>
    private static var chunkCount: Int { 256 }
    private static var chunkSize: Int { 1 << 16 }
    static var chunkBytes: UInt64 { UInt64(chunkSize * 4) }
    /// One more than the highest id that has a row.
    private(set) var count = 0

    init?() {
        guard let memory = precast_allocate(UInt64(Self.chunkCount * MemoryLayout<Chunk?>.stride)) else { return nil }
        chunks = memory.bindMemory(to: Chunk?.self, capacity: Self.chunkCount)
        for i in 0..<Self.chunkCount { (chunks + i).initialize(to: nil) }
    }

    deinit {
        for i in 0..<Self.chunkCount {
            if let chunk = chunks[i] { precast_free(chunk) }
        }
        precast_free(chunks)
    }

    /// Writes a row. False when there is no memory. - Precondition: `id <= HeapType.maximumTypeIndex`.
    func set(_ id: UInt32, supertype: UInt32?, kind: TypeKind) -> Bool {
        let number = Int(id) / Self.chunkSize
        if chunks[number] == nil {
            guard let memory = precast_allocate(Self.chunkBytes) else { return false }
            chunks[number] = memory.bindMemory(to: UInt32.self, capacity: Self.chunkSize)
        }
        chunks[number]?[Int(id) % Self.chunkSize] = (supertype.map { $0 + 1 } ?? 0) | kind.rawValue << 24
        count = max(count, Int(id) + 1)
        return true
    }

    private func row(_ id: UInt32) -> UInt32 {
        let number = Int(id) / Self.chunkSize
        guard number < Self.chunkCount, let chunk = chunks[number] else { return 0 }
        return chunk[Int(id) % Self.chunkSize]
    }

    /// Whether type `id` is type `other` or extends it. O(depth of the type)
    func extends(_ id: UInt32, _ other: UInt32) -> Bool {
        var current = id
        while current != other {
            let supertype = row(current) & 0xFF_FFFF
            if supertype == 0 { return false }
            current = supertype - 1
        }
        return true
    }

    private func kind(_ id: UInt32) -> TypeKind { TypeKind(rawValue: row(id) >> 24 & 3) ?? .function }

    // MARK: Matching, for types whose indices are ids

    func matches(_ type: HeapType, _ expected: HeapType) -> Bool {
        if type == expected { return true }
        if let id = type.typeIndex {
            guard let other = expected.typeIndex else { return kind(id).abstract.isAbstractSubtype(of: expected) }
            return extends(id, other)
        }
        guard let other = expected.typeIndex else { return type.isAbstractSubtype(of: expected) }
        return type == (kind(other) == .function ? HeapType.noFunction : .none)
    }

    func matches(_ type: ReferenceType, _ expected: ReferenceType) -> Bool {
        (expected.isNullable || !type.isNullable) && matches(type.heapType, expected.heapType)
    }

    func matches(_ type: ValueType, _ expected: ValueType) -> Bool {
        if type == expected { return true }
        guard let type = type.referenceType, let expected = expected.referenceType else { return false }
        return matches(type, expected)
    }

    /// The largest heap type of the hierarchy that `type` is in.
    func top(_ type: HeapType) -> HeapType { (type.typeIndex.map { kind($0).abstract } ?? type).abstractTop }
}
