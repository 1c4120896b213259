public import PrecastWasmModel

/// The sections of a module that hold DWARF, by name without the dot. A missing one is empty.
///
/// The bytes live as long as the value does.
public struct GuestSections: @unchecked Sendable {
    private let owner: ModuleBytes
    let info: UnsafeRawBufferPointer
    let abbreviations: UnsafeRawBufferPointer
    let line: UnsafeRawBufferPointer
    let strings: UnsafeRawBufferPointer
    let lineStrings: UnsafeRawBufferPointer
    let stringOffsets: UnsafeRawBufferPointer
    let addresses: UnsafeRawBufferPointer
    /// Of DWARF 4 and 5.
    let ranges: UnsafeRawBufferPointer
    let rangeLists: UnsafeRawBufferPointer
    let locations: UnsafeRawBufferPointer
    let locationLists: UnsafeRawBufferPointer
    /// Type units of DWARF 4, which are not read.
    let hasTypeUnits: Bool

    public init(_ module: Module) {
        let bytes = module.bytes.buffer
        self.init(owner: module.bytes) { name in
            guard let found = module.customSections.first(where: { $0.name == name }) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            return UnsafeRawBufferPointer(rebasing: bytes[Int(found.payload.start)..<Int(found.payload.end)])
        }
    }

    init(sections: [(name: String, bytes: [UInt8])]) {
        var ranges: [String: Range<Int>] = [:], all: [UInt8] = []
        for section in sections {
            ranges[section.name] = all.count..<all.count + section.bytes.count
            all += section.bytes
        }
        let owner = ModuleBytes(all)
        self.init(owner: owner) { name in
            ranges[name].map { UnsafeRawBufferPointer(rebasing: owner.buffer[$0]) } ?? UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    /// - Parameter section: the bytes of a section by its name, among those of `owner`.
    init(owner: ModuleBytes, section: (String) -> UnsafeRawBufferPointer) {
        self.owner = owner
        info = section(".debug_info")
        abbreviations = section(".debug_abbrev")
        line = section(".debug_line")
        strings = section(".debug_str")
        lineStrings = section(".debug_line_str")
        stringOffsets = section(".debug_str_offsets")
        addresses = section(".debug_addr")
        ranges = section(".debug_ranges")
        rangeLists = section(".debug_rnglists")
        locations = section(".debug_loc")
        locationLists = section(".debug_loclists")
        hasTypeUnits = !section(".debug_types").isEmpty
    }

    public var isEmpty: Bool { info.isEmpty }
}

/// Something in the guest's DWARF that was left out, and where it is.
public struct DebugWarning: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    /// Offset of the unit in `.debug_info`.
    public var unit: UInt32?
    /// Offset of the entry in `.debug_info`.
    public var entry: UInt32?

    init(_ message: String, unit: UInt32? = nil, entry: UInt32? = nil) {
        self.message = message
        self.unit = unit
        self.entry = entry
    }

    public var description: String {
        var text = "debug information: " + message
        if let unit { text += ", unit 0x\(String(unit, radix: 16))" }
        if let entry { text += ", entry 0x\(String(entry, radix: 16))" }
        return text
    }
}

/// Warnings as they come up; beyond a number of them they are only counted.
struct WarningList {
    private(set) var warnings: [DebugWarning] = []
    private var count = 0
    static let limit = 20

    mutating func add(_ warning: @autoclosure () -> DebugWarning) {
        count += 1
        if count <= Self.limit { warnings.append(warning()) }
    }
    /// All, with one that counts the rest.
    var report: [DebugWarning] {
        count <= Self.limit ? warnings : warnings + [DebugWarning("\(count - Self.limit) more warnings")]
    }
}
