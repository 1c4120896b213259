import PrecastIR

/// The alias regions of translated code. Accesses to different regions never overlap.
///
/// A module cannot import what it defines, so its own memories, tables and globals are apart from imported ones; two imports may
/// be the same object, so imports of one kind share a region. Own entities beyond a kind's quota share its last region.
enum AliasRegions {
    /// The instance context but for what has a region below: imports, type ids, addresses of builtins. Never written by compiled code.
    static let context = AliasRegion(rawValue: 1)
    /// The store context.
    static let store = AliasRegion(rawValue: 2)
    /// The function's own frame.
    static let frame = AliasRegion(rawValue: 3)
    /// Base and length of memories and tables.
    static let descriptors = AliasRegion(rawValue: 4)
    static let functionReferences = AliasRegion(rawValue: 5)
    static let readOnlyData = AliasRegion(rawValue: 6)
    /// The slots that an entry trampoline exchanges with the host, and those that exceptions carry.
    static let slots = AliasRegion(rawValue: 7)
    static let importedMemories = AliasRegion(rawValue: 8)
    static let importedTables = AliasRegion(rawValue: 9)
    static let importedGlobals = AliasRegion(rawValue: 10)

    static func memory(_ i: Int) -> AliasRegion { AliasRegion(rawValue: UInt8(11 + min(i, 15))) }
    static func table(_ i: Int) -> AliasRegion { AliasRegion(rawValue: UInt8(27 + min(i, 31))) }
    static func global(_ i: Int) -> AliasRegion { AliasRegion(rawValue: UInt8(59 + min(i, 196))) }
}
