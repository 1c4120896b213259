/// Names in the file that tools and people see. The loader never reads them: it goes by program headers, stamp and table directory.
public enum SectionNames {
    public static let stamp = ".note.precast.stamp"
    public static let buildID = ".note.gnu.build-id"
    public static let properties = ".note.gnu.property"
    public static let directory = ".precast.directory"
    public static let text = ".text"
    public static let readOnlyData = ".rodata"
    public static let memoryImage = ".precast.memory"
    public static let unwind = ".eh_frame"
    public static let unwindIndex = ".eh_frame_hdr"
    /// Where debug information has addresses; not loaded.
    public static let debugAddresses = ".precast.debugaddr"
    /// Where WebAssembly's locals are; not loaded.
    public static let locals = ".precast.locals"
    /// Prefix of the table sections: `.precast.` + ``TableKind/name``.
    public static let tablePrefix = ".precast."

    /// The stamp note's owner, and its type.
    public static let noteOwner = "Precast"
    public static let stampNoteType: UInt32 = 1
}

/// First bytes of a file that holds artifacts for several targets. Reserved: version 1 recognises and refuses it.
public enum ContainerMagic {
    /// "PRECASTC"
    public static let bytes: [UInt8] = [0x50, 0x52, 0x45, 0x43, 0x41, 0x53, 0x54, 0x43]
}

/// A table or region of the image that the directory locates. Numbers are fixed; unknown ones are ignored by readers.
public enum TableKind: UInt32, Sendable, CaseIterable {
    // Regions of bytes (record size 1).
    case text = 1
    case readOnlyData = 2
    case names = 3
    /// Bytes of data segments that are not part of a memory image.
    case data = 4
    case unwind = 5
    case unwindIndex = 6
    case memoryImages = 7
    /// What the entries of the address map's runs add to their heads.
    case addressSteps = 8

    // Tables of records.
    case modules = 16
    case types = 17
    /// 32-bit value type codes that types refer to.
    case valueTypes = 18
    /// All code, sorted by text offset.
    case functions = 19
    /// One per defined function: its row in `functions`.
    case definedFunctions = 20
    case functionNames = 21
    case imports = 22
    case exports = 23
    case memories = 24
    case tables = 25
    case globals = 26
    case functionReferences = 27
    case elementSegments = 28
    case elements = 29
    case dataSegments = 30
    case constantOperators = 31
    /// 32-bit text offsets of trapping instructions, sorted; `trapCodes` is parallel.
    case trapOffsets = 32
    case trapCodes = 33
    case addressMap = 34
    case inlineFrames = 35
    case producers = 36
    /// Type indices of the tags that the module defines.
    case tags = 37
    /// Return addresses of calls that exceptions may leave to handlers of their function, sorted; runs of `exceptionHandlers`.
    case exceptionSites = 38
    case exceptionHandlers = 39
    /// Parallel to `definedFunctions`.
    case functionBodies = 40

    public var name: String {
        switch self {
        case .text: "text"
        case .readOnlyData: "rodata"
        case .names: "names"
        case .data: "data"
        case .unwind: "unwind"
        case .unwindIndex: "unwind-index"
        case .memoryImages: "memory"
        case .addressSteps: "addrsteps"
        case .modules: "modules"
        case .types: "types"
        case .valueTypes: "valtypes"
        case .functions: "functions"
        case .definedFunctions: "defined"
        case .functionNames: "funcnames"
        case .imports: "imports"
        case .exports: "exports"
        case .memories: "memories"
        case .tables: "tables"
        case .globals: "globals"
        case .functionReferences: "funcrefs"
        case .elementSegments: "elemsegs"
        case .elements: "elements"
        case .dataSegments: "datasegs"
        case .constantOperators: "constops"
        case .trapOffsets: "traps"
        case .trapCodes: "trapcodes"
        case .addressMap: "addrmap"
        case .inlineFrames: "inlines"
        case .producers: "producers"
        case .tags: "tags"
        case .exceptionSites: "exceptions"
        case .exceptionHandlers: "handlers"
        case .functionBodies: "bodies"
        }
    }
}
