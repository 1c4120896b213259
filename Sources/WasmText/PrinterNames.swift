import PrecastWasmModel

/// What a definition is called in printed text.
struct PrintedName {
    /// The identifier without `$`: the name made unique; nil of an empty name.
    var identifier: [UInt8]?
    /// The name, where it differs from the identifier.
    var annotation: [UInt8]?
}

/// Makes names unique, in the order in which they come.
struct UniqueNames {
    private var taken: Set<[UInt8]> = []
    /// By name, the last number that was appended to it.
    private var suffixes: [[UInt8]: Int] = [:]

    /// Names in `reserved` are given only to those that have them.
    init(reserved: [[UInt8]] = []) { originals = Set(reserved) }
    private let originals: Set<[UInt8]>

    mutating func name(_ name: [UInt8]) -> PrintedName {
        if name.isEmpty { return PrintedName(identifier: nil, annotation: name) }
        if taken.insert(name).inserted { return PrintedName(identifier: name) }
        var number = suffixes[name] ?? 0
        while true {
            number += 1
            let candidate = name + Array("#\(number)".utf8)
            if !originals.contains(candidate), taken.insert(candidate).inserted {
                suffixes[name] = number
                return PrintedName(identifier: candidate, annotation: name)
            }
        }
    }
}

/// The names of a module that is printed.
struct PrinterNames {
    var module: [UInt8]?
    private var spaces: [[UInt32: PrintedName]] = Array(repeating: [:], count: IndexSpace.allCases.count)
    private let bytes: ModuleBytes
    private var locals: IndirectNames
    private var labels: IndirectNames
    private var fields: IndirectNames

    init(_ module: Module, isUsed: Bool) {
        bytes = module.bytes
        let names = isUsed ? module.names : NameSection()
        locals = IndirectNames(names.locals)
        labels = IndirectNames(names.labels)
        fields = IndirectNames(names.fields)
        self.module = names.module.map { module.bytes.copy($0) }
        for space in IndexSpace.allCases {
            let map =
                switch space {
                case .type: names.types
                case .function: names.functions
                case .table: names.tables
                case .memory: names.memories
                case .global: names.globals
                case .tag: names.tags
                case .element: names.elements
                case .data: names.data
                }
            let entries = map.entries.map { ($0.index, module.bytes.copy($0.name)) }
            var unique = UniqueNames(reserved: entries.map(\.1))
            for (index, name) in entries where firstMalformedUTF8(name[...]) == nil {
                spaces[space.rawValue][index] = unique.name(name)
            }
        }
    }

    subscript(space: IndexSpace, index: UInt32) -> PrintedName? { spaces[space.rawValue][index] }

    /// The names of a function's locals.
    func locals(of function: UInt32) -> [UInt32: PrintedName] { unique(locals[function]) }
    /// The names of a type's fields.
    func fields(of type: UInt32) -> [UInt32: PrintedName] { unique(fields[type]) }

    /// The names of a function's labels, by the number of the block. Inner ones may hide outer ones, so they need not differ.
    func labels(of function: UInt32) -> [UInt32: [UInt8]] {
        var result: [UInt32: [UInt8]] = [:]
        for entry in labels[function] {
            let name = bytes.copy(entry.name)
            if !name.isEmpty, firstMalformedUTF8(name[...]) == nil { result[entry.inner] = name }
        }
        return result
    }

    private func unique(_ entries: ArraySlice<IndirectNameMap.Entry>) -> [UInt32: PrintedName] {
        if entries.isEmpty { return [:] }
        let names = entries.map { ($0.inner, bytes.copy($0.name)) }
        var unique = UniqueNames(reserved: names.map(\.1))
        var result: [UInt32: PrintedName] = [:]
        for (index, name) in names where firstMalformedUTF8(name[...]) == nil { result[index] = unique.name(name) }
        return result
    }
}

/// The entries of an indirect name map by their outer index.
private struct IndirectNames {
    private let entries: [IndirectNameMap.Entry]
    private var ranges: [UInt32: Range<Int>] = [:]

    init(_ map: IndirectNameMap) {
        entries = map.entries
        var start = 0
        while start < entries.count {
            var end = start
            while end < entries.count, entries[end].outer == entries[start].outer { end += 1 }
            ranges[entries[start].outer] = start..<end
            start = end
        }
    }

    subscript(outer: UInt32) -> ArraySlice<IndirectNameMap.Entry> { entries[ranges[outer] ?? 0..<0] }
}
