/// What a function's entry in `.eh_frame` says from one place in its code on.
struct FrameRow: Hashable {
    enum Rule: Hashable {
        /// In the register itself.
        case same
        /// In memory at CFA + number.
        case saved(Int64)
        /// CFA + number is its value.
        case value(Int64)
        /// Nothing of the kind is known, or an expression.
        case other
    }
    /// Offset in the text.
    var start: Int64
    /// The canonical frame address; nil: an expression.
    var cfa: (register: RegisterNumber, offset: Int64)?
    /// AArch64: the return address is signed.
    var hasSignature = false
    /// For registers that are not in their places.
    var rules: [RegisterNumber: Rule] = [:]

    static func == (a: Self, b: Self) -> Bool {
        a.start == b.start && a.cfa?.register == b.cfa?.register && a.cfa?.offset == b.cfa?.offset && a.hasSignature == b.hasSignature && a.rules == b.rules
    }
    func hash(into hasher: inout Hasher) { hasher.combine(start) }
}

/// A function's entry: rows by ascending place.
struct FrameEntry {
    /// In the text.
    var range: Range<Int64>
    var rows: [FrameRow]
}

/// Reads `.eh_frame` as the Linux Standard Base and DWARF 5, section 6.4, have it.
struct CallFrames {
    private(set) var entries: [FrameEntry] = []
    private var common: [Int: CommonEntry] = [:]

    private struct CommonEntry {
        var codeAlignment: Int64
        var dataAlignment: Int64
        /// Of pointers; DW_EH_PE_absptr where there is no augmentation.
        var pointerEncoding: UInt8
        var hasAugmentation: Bool
        var initial: FrameRow
    }

    /// - Parameters:
    ///   - section: its bytes, which the artifact has at `address`.
    ///   - text: the address of the text.
    init(_ section: UnsafeRawBufferPointer, address: UInt64, text: UInt64) throws(UnwindCheckError) {
        var reader = FrameReader(section)
        while reader.left >= 4 {
            let start = reader.at
            let length = Int(try reader.fixed(UInt32.self))
            if length == 0 { break }
            guard length != 0xffff_ffff, length <= reader.left else { throw .frames(offset: start, "a length beyond the section") }
            let end = reader.at + length
            let idPlace = reader.at
            let id = Int(try reader.fixed(UInt32.self))
            if id == 0 {
                common[start] = try Self.readCommon(&reader, end: end)
            } else {
                guard let parent = common[idPlace - id] else { throw .frames(offset: start, "no common entry before it") }
                entries.append(try Self.readEntry(&reader, end: end, parent, address: address, text: text))
            }
            reader.at = end
        }
        entries.sort { $0.range.lowerBound < $1.range.lowerBound }
    }

    private static func readCommon(_ r: inout FrameReader, end: Int) throws(UnwindCheckError) -> CommonEntry {
        let version = try r.fixed(UInt8.self)
        guard version == 1 || version == 3 else { throw r.failure("version \(version)") }
        var augmentation: [UInt8] = []
        while case let c = try r.fixed(UInt8.self), c != 0 { augmentation.append(c) }
        let code = Int64(clamping: try r.unsigned()), data = try r.signed()
        _ = version == 1 ? UInt64(try r.fixed(UInt8.self)) : try r.unsigned()
        var encoding: UInt8 = 0
        if augmentation.first == UInt8(ascii: "z") {
            _ = try r.unsigned()
            for c in augmentation.dropFirst() {
                guard c == UInt8(ascii: "R") else { throw r.failure("augmentation \(String(decoding: augmentation, as: UTF8.self))") }
                encoding = try r.fixed(UInt8.self)
            }
        } else if !augmentation.isEmpty {
            throw r.failure("augmentation \(String(decoding: augmentation, as: UTF8.self))")
        }
        var entry = CommonEntry(
            codeAlignment: code, dataAlignment: data, pointerEncoding: encoding, hasAugmentation: !augmentation.isEmpty,
            initial: FrameRow(start: 0, cfa: nil))
        entry.initial = try run(&r, end: end, entry, from: entry.initial).last ?? entry.initial
        return entry
    }

    private static func readEntry(_ r: inout FrameReader, end: Int, _ parent: CommonEntry, address: UInt64, text: UInt64) throws(UnwindCheckError) -> FrameEntry {
        // pcrel | sdata4: what Precast writes, and nearly everybody.
        guard parent.pointerEncoding == 0x1b else { throw r.failure("pointer encoding \(parent.pointerEncoding)") }
        let field = Int64(bitPattern: address &+ UInt64(r.at))
        let start = Int64(try r.fixed(Int32.self)) &+ field &- Int64(bitPattern: text)
        let size = Int64(try r.fixed(Int32.self))
        guard start >= 0, start < 1 << 40, size >= 0 else { throw r.failure("an entry for no code") }
        if parent.hasAugmentation {
            let bytes = try r.unsigned()
            guard bytes <= UInt64(r.left) else { throw .frames(offset: r.at, "augmentation data beyond the section") }
            r.at += Int(bytes)
        }
        var first = parent.initial
        first.start = start
        return FrameEntry(range: start..<start + size, rows: try run(&r, end: end, parent, from: first))
    }

    /// Carries out the call frame instructions up to `end`.
    private static func run(_ r: inout FrameReader, end: Int, _ common: CommonEntry, from first: FrameRow) throws(UnwindCheckError) -> [FrameRow] {
        var rows = [first]
        var row = first
        var remembered: [FrameRow] = []
        func advance(_ count: UInt64) {
            let start = row.start &+ Int64(clamping: count) &* common.codeAlignment
            if start != row.start {
                rows[rows.count - 1] = row
                row.start = start
                rows.append(row)
            }
        }
        func scaled(_ factor: Int64) -> Int64 { factor &* common.dataAlignment }
        while r.at < end {
            let byte = try r.fixed(UInt8.self)
            let low = byte & 0x3f
            switch byte >> 6 {
            case 1: advance(UInt64(low))
            case 2: row.rules[low] = .saved(scaled(Int64(clamping: try r.unsigned())))
            case 3: row.rules[low] = common.initial.rules[low]
            default:
                switch low {
                case 0x00: break                                                            // nop
                case 0x02: advance(UInt64(try r.fixed(UInt8.self)))
                case 0x03: advance(UInt64(try r.fixed(UInt16.self)))
                case 0x04: advance(UInt64(try r.fixed(UInt32.self)))
                case 0x05: row.rules[try r.register()] = .saved(scaled(Int64(clamping: try r.unsigned())))
                case 0x06:
                    let register = try r.register()
                    row.rules[register] = common.initial.rules[register]
                case 0x07: row.rules[try r.register()] = .other                             // undefined
                case 0x08: row.rules[try r.register()] = .same
                case 0x0a:
                    guard remembered.count < 1000 else { throw r.failure("states remembered too deep") }
                    remembered.append(row)
                case 0x0b:
                    guard let last = remembered.popLast() else { throw r.failure("no state to restore") }
                    (row.cfa, row.rules, row.hasSignature) = (last.cfa, last.rules, last.hasSignature)
                case 0x0c: row.cfa = (try r.register(), Int64(clamping: try r.unsigned()))
                case 0x0d:
                    guard let cfa = row.cfa else { throw r.failure("no CFA to change") }
                    row.cfa = (try r.register(), cfa.offset)
                case 0x0e:
                    guard let cfa = row.cfa else { throw r.failure("no CFA to change") }
                    row.cfa = (cfa.register, Int64(clamping: try r.unsigned()))
                case 0x11: row.rules[try r.register()] = .saved(scaled(try r.signed()))
                case 0x12: row.cfa = (try r.register(), scaled(try r.signed()))
                case 0x13:
                    guard let cfa = row.cfa else { throw r.failure("no CFA to change") }
                    row.cfa = (cfa.register, scaled(try r.signed()))
                case 0x14: row.rules[try r.register()] = .value(scaled(Int64(clamping: try r.unsigned())))
                case 0x2d: row.hasSignature.toggle()                                        // DW_CFA_AARCH64_negate_ra_state
                default: throw r.failure("call frame instruction \(byte)")
                }
            }
        }
        rows[rows.count - 1] = row
        return rows
    }
}

/// A bounded cursor over the section.
private struct FrameReader {
    let bytes: UnsafeRawBufferPointer
    var at = 0
    var left: Int { bytes.count - at }

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func failure(_ what: String) -> UnwindCheckError { .frames(offset: at, what) }

    mutating func fixed<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(UnwindCheckError) -> T {
        guard left >= MemoryLayout<T>.size else { throw failure("it ends too soon") }
        defer { at += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: T.self))
    }
    mutating func unsigned() throws(UnwindCheckError) -> UInt64 {
        var value: UInt64 = 0, shift: UInt64 = 0
        while true {
            let byte = try fixed(UInt8.self)
            guard shift < 64 else { throw failure("a number too long") }
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
            if byte & 0x80 == 0 { return value }
        }
    }
    mutating func signed() throws(UnwindCheckError) -> Int64 {
        var value: Int64 = 0, shift: Int64 = 0
        while true {
            let byte = try fixed(UInt8.self)
            guard shift < 64 else { throw failure("a number too long") }
            value |= Int64(byte & 0x7f) << shift
            shift += 7
            if byte & 0x80 == 0 { return shift < 64 && byte & 0x40 != 0 ? value | -1 << shift : value }
        }
    }
    mutating func register() throws(UnwindCheckError) -> RegisterNumber {
        let number = try unsigned()
        guard let register = RegisterNumber(exactly: number) else { throw failure("register \(number)") }
        return register
    }
}
