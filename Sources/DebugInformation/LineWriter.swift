/// The native line table of one unit: a sequence for each of its functions.
struct LineWriter {
    struct File: Hashable {
        var name: UInt32
        var directory: UInt32
    }
    struct Row: Equatable {
        var file: UInt32
        var line: UInt32
        var column: UInt16
        var isStatement: Bool
    }
    /// Offsets in `.debug_line_str`; the first is the unit's own.
    var directories: [UInt32] = []
    var files: [File] = []
    private var program = SectionBuilder()
    var isEmpty: Bool { program.bytes.isEmpty }

    private static let lineBase: Int64 = -5, lineRange: Int64 = 14, opcodeBase: UInt8 = 13
    private var address: UInt32 = 0
    private var row = Row(file: 1, line: 1, column: 0, isStatement: true)

    mutating func beginFunction(_ number: Int) {
        program.bytes += [0, 9, LineOperation.setAddress]
        program.appendAddress(function: number)
        address = 0
        row = Row(file: 1, line: 1, column: 0, isStatement: true)
    }

    /// From `offset` on, code is of `next`. - Precondition: offsets ascend.
    mutating func add(_ offset: UInt32, _ next: Row, endsPrologue: Bool) {
        if next.file != row.file {
            program.bytes.append(LineOperation.setFile)
            program.bytes.appendUnsigned(UInt64(next.file))
        }
        if next.column != row.column {
            program.bytes.append(LineOperation.setColumn)
            program.bytes.appendUnsigned(UInt64(next.column))
        }
        if next.isStatement != row.isStatement { program.bytes.append(LineOperation.negateStatement) }
        if endsPrologue { program.bytes.append(LineOperation.setPrologueEnd) }
        advance(to: offset, lines: Int64(next.line) - Int64(row.line))
        row = next
    }

    private mutating func advance(to offset: UInt32, lines: Int64) {
        var lines = lines
        let distance = Int64(offset - address)
        address = offset
        if lines < Self.lineBase || lines >= Self.lineBase + Self.lineRange {
            program.bytes.append(LineOperation.advanceLine)
            program.bytes.appendSigned(lines)
            lines = 0
        }
        let special = (lines - Self.lineBase) + Self.lineRange * distance + Int64(Self.opcodeBase)
        if special <= 255 { return program.bytes.append(UInt8(special)) }
        // A constant advance is as far as the last special opcode goes.
        let constant = (255 - Int64(Self.opcodeBase)) / Self.lineRange
        let rest = special - Self.lineRange * constant
        if rest <= 255 {
            program.bytes += [LineOperation.constAddPC, UInt8(rest)]
        } else {
            program.bytes.append(LineOperation.advancePC)
            program.bytes.appendUnsigned(UInt64(distance))
            program.bytes.append(UInt8(lines - Self.lineBase) + Self.opcodeBase)
        }
    }

    mutating func endFunction(size: UInt32) {
        program.bytes.append(LineOperation.advancePC)
        program.bytes.appendUnsigned(UInt64(size - address))
        program.bytes += [0, 1, LineOperation.endSequence]
    }

    /// Appends the table to `.debug_line`.
    func write(to section: inout SectionBuilder) {
        let start = section.bytes.count
        section.bytes.appendInteger(UInt32(0))
        section.bytes.appendInteger(UInt16(5))
        section.bytes += [8, 0]
        let header = section.bytes.count
        section.bytes.appendInteger(UInt32(0))
        section.bytes += [1, 1, 1, UInt8(bitPattern: Int8(Self.lineBase)), UInt8(Self.lineRange), Self.opcodeBase]
        section.bytes += [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]
        // A path each, in the section of strings; files with the number of their directory.
        section.bytes += [1, 1, UInt8(Form.lineStrp)]
        section.bytes.appendUnsigned(UInt64(directories.count))
        for directory in directories { section.bytes.appendInteger(directory) }
        section.bytes += [2, 1, UInt8(Form.lineStrp), 2, UInt8(Form.udata)]
        section.bytes.appendUnsigned(UInt64(files.count))
        for file in files {
            section.bytes.appendInteger(file.name)
            section.bytes.appendUnsigned(UInt64(file.directory))
        }
        section.bytes.setInteger(UInt32(section.bytes.count - header - 4), at: header)
        section.append(program)
        section.bytes.setInteger(UInt32(section.bytes.count - start - 4), at: start)
    }
}
