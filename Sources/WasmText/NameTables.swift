/// The index spaces of a module that names belong to.
enum IndexSpace: Int, CaseIterable {
    case type, function, table, memory, global, tag, element, data

    /// What messages call a member.
    var noun: String {
        switch self {
        case .type: "type"
        case .function: "function"
        case .table: "table"
        case .memory: "memory"
        case .global: "global"
        case .tag: "tag"
        case .element: "elem segment"
        case .data: "data segment"
        }
    }

    /// The keyword that declares a member; messages about duplicates call it so too.
    var keyword: String {
        switch self {
        case .function: "func"
        case .element: "elem"
        case .data: "data"
        default: noun
        }
    }

    /// The number of its subsection in the name section.
    var nameSubsection: UInt8 {
        switch self {
        case .function: 1
        case .type: 4
        case .table: 5
        case .memory: 6
        case .global: 7
        case .element: 8
        case .data: 9
        case .tag: 11
        }
    }
}

/// A name as the name section wants it: what it names, and the symbol of the name.
struct NameEntry {
    var index: UInt32
    var symbol: UInt32
}

/// The identifiers of one index space.
struct IndexNames {
    /// How many members have been declared.
    var count: UInt32 = 0
    private var indices: [UInt32: UInt32] = [:]

    /// Declares the next member. False if the identifier is taken.
    mutating func declare(_ identifier: UInt32?) -> Bool {
        defer { count += 1 }
        guard let identifier else { return true }
        return indices.updateValue(count, forKey: identifier) == nil
    }

    subscript(identifier: UInt32) -> UInt32? { indices[identifier] }

    mutating func removeAll() {
        count = 0
        indices.removeAll(keepingCapacity: true)
    }
}

/// What the name section will say.
struct NameTables {
    var module: [UInt8]?
    var names = [[NameEntry]](repeating: [], count: IndexSpace.allCases.count)
    /// By function.
    var locals: [(owner: UInt32, names: [NameEntry])] = []
    var labels: [(owner: UInt32, names: [NameEntry])] = []
    /// By type.
    var fields: [(owner: UInt32, names: [NameEntry])] = []

    /// The section's content; empty if nothing is named.
    func encode(_ symbols: SymbolTable) -> [UInt8] {
        var section: [UInt8] = []
        if let module {
            var content: [UInt8] = []
            content.appendVector(module)
            Self.append(subsection: 0, content, to: &section)
        }
        appendMap(.function, symbols, to: &section)
        appendIndirectMap(2, locals, symbols, to: &section)
        appendIndirectMap(3, labels, symbols, to: &section)
        for space in [IndexSpace.type, .table, .memory, .global, .element, .data] { appendMap(space, symbols, to: &section) }
        appendIndirectMap(10, fields, symbols, to: &section)
        appendMap(.tag, symbols, to: &section)
        return section
    }

    private static func append(subsection id: UInt8, _ content: [UInt8], to section: inout [UInt8]) {
        section.append(id)
        section.appendVector(content)
    }

    private func appendMap(_ space: IndexSpace, _ symbols: SymbolTable, to section: inout [UInt8]) {
        let entries = names[space.rawValue]
        if entries.isEmpty { return }
        Self.append(subsection: space.nameSubsection, Self.map(entries, symbols), to: &section)
    }

    private func appendIndirectMap(
        _ id: UInt8, _ groups: [(owner: UInt32, names: [NameEntry])], _ symbols: SymbolTable, to section: inout [UInt8]
    ) {
        if groups.isEmpty { return }
        var content: [UInt8] = []
        content.appendUnsigned(groups.count)
        for group in groups {
            content.appendUnsigned(group.owner)
            content.append(contentsOf: Self.map(group.names, symbols))
        }
        Self.append(subsection: id, content, to: &section)
    }

    private static func map(_ entries: [NameEntry], _ symbols: SymbolTable) -> [UInt8] {
        var content: [UInt8] = []
        content.appendUnsigned(entries.count)
        for entry in entries {
            content.appendUnsigned(entry.index)
            content.appendVector(symbols[entry.symbol])
        }
        return content
    }
}
