import PrecastArtifactFormat

/// What Precast's loader adds to a core dump, in the section `precast.frames`: the registers and the stack memory of compiled frames. docs/debugging.md has the format.
///
/// Every number is as the file has it: addresses may lead anywhere.
struct RecordedFrames {
    static let sectionName = "precast.frames"
    static let version: UInt64 = 1

    /// The code of a row of `coremodules`.
    struct Code {
        /// Hexadecimal.
        var buildID: String
        var machine: Machine
        /// Where its text was.
        var text: Range<UInt64>
    }
    /// Stack memory, and where code was in its youngest frame.
    struct Piece {
        var pc: UInt64
        var framePointer: UInt64
        var address: UInt64
        /// In the file.
        var contents: Range<Int>
    }
    /// Whether the youngest frame was stopped by a signal, and not in a call.
    private(set) var isFault = false
    /// How many machine frames the loader's list leaves out, the oldest ones.
    private(set) var omittedCount: UInt64 = 0
    private(set) var modules: [Code] = []
    /// By row of `coreinstances`: addresses of instance contexts.
    private(set) var contexts: [UInt64] = []
    /// Of the youngest frame: of a signal's machine context, or those that callees keep.
    private(set) var registers: [UInt64] = []
    private(set) var pieces: [Piece] = []
    private let file: [UInt8]

    /// - Parameter contents: of the section, in `file`.
    init(_ file: [UInt8], _ contents: Range<Int>) throws(CoreDumpError) {
        self.file = file
        var reader = FixedFields(file, contents)
        let version = try reader.number(8)
        guard version == Self.version else { throw reader.invalid("version \(version), this version reads \(Self.version)") }
        isFault = try reader.number(8) != 0
        omittedCount = try reader.number(8)
        let moduleCount = try reader.count(of: 48), contextCount = try reader.count(of: 8), registerCount = try reader.count(of: 8)
        for _ in 0..<moduleCount {
            var id = ""
            for _ in 0..<24 {
                let byte = try reader.number(1)
                id += (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            let machine = Machine(elfMachine: UInt16(truncatingIfNeeded: try reader.number(8)))
            let start = try reader.number(8), (end, isHuge) = start.addingReportingOverflow(try reader.number(8))
            if isHuge { throw reader.invalid("code that ends beyond the address space") }
            modules.append(Code(buildID: String(id.prefix(40)), machine: machine, text: start..<end))
        }
        for _ in 0..<contextCount { contexts.append(try reader.number(8)) }
        for _ in 0..<registerCount { registers.append(try reader.number(8)) }
        while !reader.isAtEnd {
            var piece = Piece(pc: try reader.number(8), framePointer: try reader.number(8), address: try reader.number(8), contents: 0..<0)
            piece.contents = try reader.bytes(try reader.number(8))
            if piece.address.addingReportingOverflow(UInt64(piece.contents.count)).overflow { throw reader.invalid("a piece of the stack beyond the address space") }
            pieces.append(piece)
        }
    }

    /// The bytes of the stack at an address, as a number; nil where the dump does not have all of them.
    func read(_ address: UInt64, count: Int = 8) -> UInt64? {
        for piece in pieces where address >= piece.address {
            let offset = address - piece.address
            guard offset < UInt64(piece.contents.count), piece.contents.count - Int(offset) >= count else { continue }
            let start = piece.contents.lowerBound + Int(offset)
            return (0..<count).reduce(0) { $0 | UInt64(file[start + $1]) << UInt64(8 * $1) }
        }
        return nil
    }

    /// The module whose code is at an address.
    func module(at pc: UInt64) -> Int? { modules.firstIndex { $0.text.contains(pc) } }

    // MARK: Registers

    /// The youngest frame's registers by DWARF number, without vectors.
    func integerRegisters(_ machine: Machine) -> [UInt64?] {
        var result = [UInt64?](repeating: nil, count: machine == .x86_64 ? 17 : 32)
        let numbers = isFault ? Self.faultNumbers(machine) : Self.savedNumbers(machine)
        for (register, number) in zip(registers, numbers) { result[number] = register }
        return result
    }
    /// The youngest frame's vector register with a DWARF number.
    func vectorRegister(_ number: Int, _ machine: Machine) -> (low: UInt64, high: UInt64)? {
        let (first, start, count) = machine == .x86_64 ? (17, 17, 16) : (64, 33, 32)
        guard isFault, number >= first, number < first + count, case let at = start + (number - first) * 2, at + 1 < registers.count else { return nil }
        return (registers[at], registers[at + 1])
    }

    /// The DWARF numbers of the words of a signal's machine context: on x86-64 r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip.
    private static func faultNumbers(_ machine: Machine) -> [Int] {
        machine == .x86_64 ? [8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16] : Array(0...31)
    }
    private static func savedNumbers(_ machine: Machine) -> [Int] { machine == .x86_64 ? [3, 12, 13, 14, 15] : Array(19...28) }
}

/// Reads little-endian fields.
private struct FixedFields {
    private let file: [UInt8]
    private var position: Int
    private let end: Int

    init(_ file: [UInt8], _ contents: Range<Int>) {
        self.file = file
        (position, end) = (contents.lowerBound, contents.upperBound)
    }
    var isAtEnd: Bool { position == end }
    func invalid(_ what: String) -> CoreDumpError { .invalid(section: RecordedFrames.sectionName, what: what, offset: position) }

    mutating func number(_ size: Int) throws(CoreDumpError) -> UInt64 {
        guard size <= end - position else { throw invalid("ends too early") }
        defer { position += size }
        return (0..<size).reduce(0) { $0 | UInt64(file[position + $1]) << UInt64(8 * $1) }
    }
    /// A number of records of `size` bytes that are there.
    mutating func count(of size: Int) throws(CoreDumpError) -> Int {
        let count = Int(clamping: try number(8))
        guard count <= (end - position) / size else { throw invalid("\(count) records of \(size) bytes, where \(end - position) bytes are left") }
        return count
    }
    mutating func bytes(_ count: UInt64) throws(CoreDumpError) -> Range<Int> {
        guard count <= UInt64(end - position) else { throw invalid("a piece of \(count) bytes, where \(end - position) are left") }
        defer { position += Int(count) }
        return position..<position + Int(count)
    }
}
