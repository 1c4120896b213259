import PrecastEntities

/// The guest's line table of one unit: its files, and its rows by address.
struct GuestLines {
    /// A name of a section of strings, or in the line table itself.
    enum Text: Hashable {
        case string(UInt64), lineString(UInt64)
        /// Offset in `.debug_line`.
        case inline(UInt64)
        case none
    }
    struct File {
        var name: Text
        var directory: UInt64
    }
    struct Row {
        struct Flags: OptionSet {
            var rawValue: UInt8
            static let isStatement = Flags(rawValue: 1), endsSequence = Flags(rawValue: 2), endsPrologue = Flags(rawValue: 4)
            static let beginsEpilogue = Flags(rawValue: 8)
        }
        var address: UInt32
        var file: UInt32
        var line: UInt32
        var column: UInt16
        var flags: Flags
    }
    /// As the version counts them: 5 from 0, the first of them the unit's own; 4 from 1.
    var directories: [Text] = []
    var files: [File] = []
    var version: UInt16 = 5
    /// By ascending address; each sequence's last row ends it.
    private(set) var rows: [Row] = []
    /// The code of each sequence, ascending.
    private(set) var sequences: [GuestRange] = []

    /// Reads the table at `offset`. - Parameter limit: addresses from there on are no code.
    init?(_ sections: GuestSections, at offset: UInt64, unit: Unit, limit: UInt64, _ warnings: inout WarningList) {
        guard offset < UInt64(sections.line.count) else {
            warnings.add(DebugWarning("the line table at 0x\(String(offset, radix: 16)) is outside its section", unit: unit.offset))
            return nil
        }
        var cursor = ByteCursor(sections.line, Int(offset)..<sections.line.count)
        let first = cursor.u32()
        let is64 = first == 0xffff_ffff
        let length = is64 ? cursor.u64() : UInt64(first)
        guard !cursor.hasFailed, length <= UInt64(cursor.end - cursor.position) else {
            warnings.add(DebugWarning("the line table's length \(length) reaches behind its section", unit: unit.offset))
            return nil
        }
        cursor = ByteCursor(sections.line, cursor.position..<cursor.position + Int(length))
        var header = Header()
        guard header.read(&cursor, unit, is64: is64, &self.directories, &self.files) else {
            warnings.add(DebugWarning("the line table's header is broken or of version \(header.version)", unit: unit.offset))
            return nil
        }
        version = header.version
        let isComplete = run(header, &cursor, limit: limit)
        if !isComplete { warnings.add(DebugWarning("the line table ends in the middle of an operation", unit: unit.offset)) }
    }

    /// The row that code at `address` belongs to. Logarithmic.
    func row(at address: UInt32) -> Int? {
        let low = end(of: address)
        return low > 0 && !rows[low - 1].flags.contains(.endsSequence) ? low - 1 : nil
    }

    /// The number of rows up to `address`.
    private func end(of address: UInt32) -> Int { rows.partitionPoint { $0.address <= address } }

    /// The first row of code in a range: the one that its start belongs to, or the next.
    func firstRow(in range: GuestRange) -> Int? {
        if let row = row(at: range.start) { return row }
        let next = end(of: range.start)
        return next < rows.count && rows[next].address < range.end ? next : nil
    }

    // MARK: Header

    private struct Header {
        var version: UInt16 = 0
        var minimumLength: UInt64 = 1
        var defaultIsStatement = true
        var lineBase: Int64 = 0
        var lineRange: UInt64 = 1
        var operandCounts: [UInt8] = []
        var opcodeBase: UInt8 { UInt8(operandCounts.count + 1) }

        mutating func read(_ cursor: inout ByteCursor, _ unit: Unit, is64: Bool, _ directories: inout [Text], _ files: inout [File]) -> Bool {
            version = cursor.u16()
            guard (2...5).contains(version) else { return false }
            if version == 5 { cursor.skip(2) }
            let headerLength = cursor.unsigned(size: is64 ? 8 : 4)
            guard !cursor.hasFailed, headerLength <= UInt64(cursor.end - cursor.position) else { return false }
            let program = cursor.position + Int(headerLength)
            minimumLength = UInt64(cursor.byte())
            if version >= 4 { cursor.skip(1) }
            defaultIsStatement = cursor.byte() != 0
            lineBase = Int64(Int8(bitPattern: cursor.byte()))
            lineRange = UInt64(cursor.byte())
            let opcodeBase = cursor.byte()
            guard lineRange > 0, opcodeBase > 0 else { return false }
            operandCounts = (1..<opcodeBase).map { _ in cursor.byte() }
            if version == 5 {
                guard readTable(&cursor, unit, is64: is64, { name, _ in directories.append(name) }),
                    readTable(&cursor, unit, is64: is64, { name, directory in files.append(File(name: name, directory: directory)) })
                else { return false }
            } else {
                directories.append(.none)
                readOldTables(&cursor, &directories, &files)
            }
            cursor.seek(program)
            return !cursor.hasFailed
        }

        private func readOldTables(_ cursor: inout ByteCursor, _ directories: inout [Text], _ files: inout [File]) {
            while true {
                let start = UInt64(cursor.position)
                let isLast = cursor.byte() == 0
                if isLast || cursor.hasFailed { break }
                cursor.skipString()
                directories.append(.inline(start))
            }
            files.append(File(name: .none, directory: 0))
            while true {
                let start = UInt64(cursor.position)
                let isLast = cursor.byte() == 0
                if isLast || cursor.hasFailed { break }
                cursor.skipString()
                files.append(File(name: .inline(start), directory: cursor.uleb()))
                _ = (cursor.uleb(), cursor.uleb())
            }
        }

        private func readTable(_ cursor: inout ByteCursor, _ unit: Unit, is64: Bool, _ add: (Text, UInt64) -> Void) -> Bool {
            let formats = (0..<cursor.byte()).map { _ in (content: cursor.uleb(), form: cursor.uleb()) }
            let count = cursor.uleb()
            // An entry without a byte would make as many as the count says out of nothing.
            guard count == 0 || !formats.isEmpty, count <= UInt64(cursor.end - cursor.position) else { return false }
            for _ in 0..<count {
                var name = Text.none, directory: UInt64 = 0
                for format in formats {
                    guard let (text, number) = Self.read(format.form, &cursor, is64: is64) else { return false }
                    if format.content == 1 { name = text } else if format.content == 2 { directory = number }
                }
                if cursor.hasFailed { return false }
                add(name, directory)
            }
            return true
        }

        private static func read(_ form: UInt64, _ cursor: inout ByteCursor, is64: Bool) -> (Text, UInt64)? {
            switch UInt16(truncatingIfNeeded: form) {
            case Form.string:
                let start = UInt64(cursor.position)
                cursor.skipString()
                return (.inline(start), 0)
            case Form.strp: return (.string(cursor.unsigned(size: is64 ? 8 : 4)), 0)
            case Form.lineStrp: return (.lineString(cursor.unsigned(size: is64 ? 8 : 4)), 0)
            case Form.udata: return (.none, cursor.uleb())
            case Form.data1: return (.none, UInt64(cursor.byte()))
            case Form.data2: return (.none, UInt64(cursor.u16()))
            case Form.data4: return (.none, UInt64(cursor.u32()))
            case Form.data8: return (.none, cursor.u64())
            case Form.data16: cursor.skip(16)
            case Form.block: cursor.skip(cursor.uleb())
            default: return nil
            }
            return (.none, 0)
        }
    }

    // MARK: The program

    private struct State {
        var address: UInt64 = 0
        var file: UInt64 = 1
        var line: UInt64 = 1
        var column: UInt64 = 0
        var flags: Row.Flags = []

        func row() -> Row {
            Row(
                address: UInt32(truncatingIfNeeded: address), file: UInt32(clamping: file), line: line > UInt64(Int32.max) ? 0 : UInt32(line),
                column: UInt16(exactly: column) ?? 0, flags: flags)
        }
    }

    /// Returns whether the program ends where an operation does.
    private mutating func run(_ header: Header, _ cursor: inout ByteCursor, limit: UInt64) -> Bool {
        var sequence: [Row] = []
        var sequences: [[Row]] = []
        let initial = State(flags: header.defaultIsStatement ? .isStatement : [])
        var state = initial
        func finish() {
            // Code that the linker left out has address 0 or one near the top.
            if let start = sequence.first?.address, let end = sequence.last?.address, start > 0, UInt64(end) <= limit, sequence.count > 1 {
                sequences.append(sequence)
            }
            sequence = []
        }
        func append() {
            sequence.append(state.row())
            state.flags.subtract([.endsPrologue, .beginsEpilogue])
        }
        defer { collect(sequences) }
        while !cursor.isAtEnd {
            let opcode = cursor.byte()
            if opcode >= header.opcodeBase {
                let adjusted = UInt64(opcode - header.opcodeBase)
                state.address &+= adjusted / header.lineRange &* header.minimumLength
                state.line &+= UInt64(bitPattern: header.lineBase &+ Int64(adjusted % header.lineRange))
                append()
                continue
            }
            switch opcode {
            case 0:
                let length = cursor.uleb()
                guard !cursor.hasFailed, length <= UInt64(cursor.end - cursor.position) else { return false }
                let end = cursor.position + Int(length)
                if length == 0 { continue }
                switch cursor.byte() {
                case LineOperation.endSequence:
                    state.flags.insert(.endsSequence)
                    append()
                    finish()
                    state = initial
                case LineOperation.setAddress: state.address = cursor.unsigned(size: Int(length) - 1)
                default: break
                }
                if cursor.hasFailed { return false }
                cursor.seek(end)
            case LineOperation.copy: append()
            case LineOperation.advancePC: state.address &+= cursor.uleb() &* header.minimumLength
            case LineOperation.advanceLine: state.line &+= UInt64(bitPattern: cursor.sleb())
            case LineOperation.setFile: state.file = cursor.uleb()
            case LineOperation.setColumn: state.column = cursor.uleb()
            case LineOperation.negateStatement: state.flags.formSymmetricDifference(.isStatement)
            case LineOperation.setBasicBlock: break
            case LineOperation.constAddPC: state.address &+= UInt64(255 - header.opcodeBase) / header.lineRange &* header.minimumLength
            case LineOperation.fixedAdvancePC: state.address &+= UInt64(cursor.u16())
            case LineOperation.setPrologueEnd: state.flags.insert(.endsPrologue)
            case LineOperation.setEpilogueBegin: state.flags.insert(.beginsEpilogue)
            case LineOperation.setISA: _ = cursor.uleb()
            default: for _ in 0..<header.operandCounts[Int(opcode) - 1] { _ = cursor.uleb() }
            }
        }
        return !cursor.hasFailed
    }

    /// Sequences in the order of their addresses. Those that overlap one before them, or go backwards, are left out.
    private mutating func collect(_ sequences: [[Row]]) {
        for sequence in sequences.sorted(by: { $0[0].address < $1[0].address }) {
            if let last = rows.last, last.address > sequence[0].address { continue }
            guard zip(sequence, sequence.dropFirst()).allSatisfy({ $0.address <= $1.address }) else { continue }
            rows += sequence
            self.sequences.append(GuestRange(start: sequence[0].address, end: sequence[sequence.count - 1].address))
        }
    }
}
