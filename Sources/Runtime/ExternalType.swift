public import PrecastWasmTypes

/// The type of an import or export. A concrete heap type in it is the number that the engine gave the type, not a module's index.
public enum ExternalType: Hashable, Sendable, CustomStringConvertible {
    case function(FunctionType)
    case memory(MemoryType)
    case table(TableType)
    case global(GlobalType)
    /// The parameters are what exceptions carry.
    case tag(FunctionType)

    /// Whether a memory, table or global of this type may be imported as `wanted` (specification 3.0, §3.3.13), both of one engine. Functions and tags
    /// are compared by their types' ids, not by this.
    func matches(_ wanted: ExternalType, _ relations: TypeRelationTable) -> Bool {
        switch (self, wanted) {
        case (.memory(let found), .memory(let wanted)):
            found.limits.matches(wanted.limits) && found.is64 == wanted.is64 && found.isShared == wanted.isShared
                && found.pageSizeLog2 == wanted.pageSizeLog2
        case (.table(let found), .table(let wanted)):
            found.limits.matches(wanted.limits) && found.element == wanted.element && found.is64 == wanted.is64
        case (.global(let found), .global(let wanted)):
            found == wanted
                || !found.isMutable && !wanted.isMutable && relations.matches(found.valueType, wanted.valueType)
        default: false
        }
    }

    public var description: String {
        switch self {
        case .function(let type): "function " + type.description
        case .memory(let type):
            "memory " + type.limits.text + (type.is64 ? " i64" : "") + (type.isShared ? " shared" : "")
                + (type.pageSizeLog2 == 16 ? "" : " pages of \(type.pageSize) bytes")
        case .table(let type): "table " + type.limits.text + " " + type.element.description + (type.is64 ? " i64" : "")
        case .tag(let type): "tag " + type.description
        case .global(let type): "global " + (type.isMutable ? "mut " : "") + type.valueType.description
        }
    }
}

extension Limits {
    func matches(_ wanted: Limits) -> Bool {
        guard minimum >= wanted.minimum else { return false }
        guard let most = wanted.maximum else { return true }
        guard let maximum else { return false }
        return maximum <= most
    }

    var text: String { maximum.map { "\(minimum)…\($0)" } ?? "\(minimum)…" }
}
