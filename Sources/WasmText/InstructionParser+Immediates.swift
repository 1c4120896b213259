import PrecastWasmModel
import PrecastWasmTypes

// The operators that are no blocks: their codes and what follows them.

extension ModuleParser {
    /// Reads the immediates of an operator whose mnemonic has been read, and writes both.
    mutating func operatorAndImmediates(_ opcode: Opcode) throws(TextFailure) {
        if opcode == .select { return try select() }
        if opcode.immediates == .castType { return try cast(opcode) }
        write(opcode)
        switch opcode.immediates {
        case .none: break
        case .label: write(try label())
        case .labelTable: try labelTable()
        case .function: write(try index(.function))
        case .local: write(try local())
        case .global: write(try index(.global))
        case .table: write(try optionalIndex(.table))
        case .memory: write(try optionalIndex(.memory))
        case .data:
            write(try index(.data))
            binary.needsDataCount = binary.needsDataCount || code.isFunction
        case .element: write(try index(.element))
        case .type: write(try index(.type))
        case .tag: write(try index(.tag))
        case .heapType: code.body.append(try heapType())
        case .i32: code.body.appendSigned(Int64(Int32(truncatingIfNeeded: try integer(width: 32))))
        case .i64: code.body.appendSigned(Int64(bitPattern: try integer(width: 64)))
        case .f32: code.body.appendLittleEndian(try float(.f32), bytes: 4)
        case .f64: code.body.appendLittleEndian(try float(.f64), bytes: 8)
        case .v128: code.body.append(contentsOf: try vector())
        case .shuffle: try shuffle()
        case .lane: code.body.append(try lane())
        case .memoryArgument: try memoryArgument(opcode)
        case .memoryArgumentAndLane:
            try memoryArgument(opcode)
            code.body.append(try lane())
        case .zeroByte: code.body.append(0)
        default: try pairOfIndices(opcode)
        }
    }

    private mutating func write(_ opcode: Opcode) {
        if let prefix = opcode.prefix {
            code.body.append(prefix)
            code.body.appendUnsigned(opcode.code)
        } else {
            code.body.append(UInt8(truncatingIfNeeded: opcode.code))
        }
    }

    private mutating func write(_ index: UInt32) { code.body.appendUnsigned(index) }

    // MARK: Indices

    private mutating func pairOfIndices(_ opcode: Opcode) throws(TextFailure) {
        switch opcode.immediates {
        case .typeAndTable:
            let table = try optionalIndex(.table)
            write(try typeUse(names: .refused))
            write(table)
        case .typeAndField:
            let type = try index(.type)
            write(type)
            write(try field(of: type))
        case .typeAndCount:
            write(try index(.type))
            write(UInt32(try unsigned(width: 32, "a number of elements")))
        case .typeAndData:
            write(try index(.type))
            write(try index(.data))
            binary.needsDataCount = binary.needsDataCount || code.isFunction
        case .typeAndElement:
            write(try index(.type))
            write(try index(.element))
        case .typeAndType:
            write(try index(.type))
            write(try index(.type))
        case .dataAndMemory:
            // The text names the memory first, and may leave it out.
            let memory = isIndex(at: cursor + 1) ? try index(.memory) : 0
            write(try index(.data))
            write(memory)
            binary.needsDataCount = binary.needsDataCount || code.isFunction
        case .elementAndTable:
            let table = isIndex(at: cursor + 1) ? try index(.table) : 0
            write(try index(.element))
            write(table)
        case .memoryAndMemory: try bothOrNone(.memory)
        case .tableAndTable: try bothOrNone(.table)
        case .castBranch: try branchOnCast()
        default: preconditionFailure("no pair of indices")
        }
    }

    private mutating func bothOrNone(_ space: IndexSpace) throws(TextFailure) {
        let isWritten = isAtIndex
        write(isWritten ? try index(space) : 0)
        write(isWritten ? try index(space) : 0)
    }

    private mutating func local() throws(TextFailure) -> UInt32 {
        if token.kind == .identifier {
            guard let index = locals[token.payload] else { throw unknown("local") }
            cursor += 1
            return index
        }
        return UInt32(try unsigned(width: 32, "a local"))
    }

    private mutating func field(of type: UInt32) throws(TextFailure) -> UInt32 {
        if token.kind == .identifier {
            guard let index = types.fields[UInt64(type) << 32 | UInt64(token.payload)] else { throw unknown("field") }
            cursor += 1
            return index
        }
        return UInt32(try unsigned(width: 32, "a field"))
    }

    private mutating func labelTable() throws(TextFailure) {
        var targets: [UInt32] = [try label()]
        while isAtIndex { targets.append(try label()) }
        code.body.appendUnsigned(targets.count - 1)
        for target in targets { write(target) }
    }

    // MARK: Types

    private mutating func select() throws(TextFailure) {
        guard opens(.result) else { return write(.select) }
        write(.selectTyped)
        var types: [ValueType] = []
        while open(.result) {
            while token.kind != .rightParenthesis { types.append(try valueType()) }
            try close()
        }
        code.body.append(types)
    }

    private mutating func cast(_ opcode: Opcode) throws(TextFailure) {
        let type = try referenceType()
        let isTest = opcode == .refTest || opcode == .refTestNull
        write(isTest ? (type.isNullable ? .refTestNull : .refTest) : (type.isNullable ? .refCastNull : .refCast))
        code.body.append(type.heapType)
    }

    private mutating func branchOnCast() throws(TextFailure) {
        let label = try label()
        let source = try referenceType()
        let target = try referenceType()
        code.body.append((source.isNullable ? 1 : 0) | (target.isNullable ? 2 : 0))
        write(label)
        code.body.append(source.heapType)
        code.body.append(target.heapType)
    }

    // MARK: Constants

    /// A shape and its lanes.
    mutating func vector() throws(TextFailure) -> [UInt8] {
        guard let shape = keyword.flatMap(VectorShape.init) else { throw unexpected("the shape of a vector") }
        cursor += 1
        var count = 0
        while text.tokens[cursor + count].kind == .integer || text.tokens[cursor + count].kind == .float { count += 1 }
        let next = cursor + count
        if [.reserved, .keyword].contains(text.tokens[next].kind), count < shape.lanes { throw unexpected("a lane's value", at: next) }
        guard count == shape.lanes else { throw failure("wrong number of lane literals: expected \(shape.lanes)", at: next) }
        var bytes: [UInt8] = []
        for _ in 0..<count {
            let bits = if let format = shape.float { try float(format) } else { try integer(width: shape.bytes * 8) }
            bytes.appendLittleEndian(bits, bytes: shape.bytes)
        }
        return bytes
    }

    private mutating func shuffle() throws(TextFailure) {
        var lanes: [UInt8] = []
        while token.kind == .integer, lanes.count <= 16 {
            let literal = IntegerLiteral(text.source[token.range])
            guard let lane = literal.magnitude, lane < 256, !literal.isNegative else { throw failure("i8 constant out of range") }
            if literal.hasSign { throw unexpected("a lane number") }
            lanes.append(UInt8(lane))
            cursor += 1
        }
        if token.kind == .float { throw failure("i8 constant out of range") }
        guard lanes.count == 16 else { throw failure("invalid lane length: expected 16 lane numbers") }
        code.body.append(contentsOf: lanes)
    }

    private mutating func lane() throws(TextFailure) -> UInt8 { UInt8(try unsigned(width: 8, "a lane number")) }

    // MARK: Memory accesses

    private mutating func memoryArgument(_ opcode: Opcode) throws(TextFailure) {
        var memory: UInt32 = 0
        // Of an access to a lane, one number alone is the lane.
        if isAtIndex, opcode.immediates == .memoryArgument || token.kind == .identifier || !isFollowedByOperand { memory = try index(.memory) }
        let offset = try attribute("offset=") ?? 0
        var alignment = UInt64(opcode.naturalAlignment)
        let start = cursor
        if let bytes = try attribute("align=") {
            guard bytes.nonzeroBitCount == 1 else { throw failure("alignment must be a power of two", at: start) }
            alignment = UInt64(bytes.trailingZeroBitCount)
        }
        code.body.appendUnsigned(alignment | (memory == 0 ? 0 : 0x40))
        if memory != 0 { write(memory) }
        code.body.appendUnsigned(offset)
    }

    /// Whether the token after this one is neither a number nor an attribute.
    private var isFollowedByOperand: Bool {
        let next = text.tokens[cursor + 1]
        if next.kind == .integer { return false }
        if next.kind != .keyword { return true }
        let word = text.source[next.range]
        return !word.starts(with: "offset=".utf8) && !word.starts(with: "align=".utf8)
    }

    /// The number behind `prefix`, where such a word stands.
    private mutating func attribute(_ prefix: String) throws(TextFailure) -> UInt64? {
        guard token.kind == .keyword else { return nil }
        let word = text.source[token.range]
        guard word.starts(with: prefix.utf8) else { return nil }
        let digits = word.dropFirst(prefix.utf8.count)
        guard numberKind(digits) == .integer else { throw unexpected("a number behind \(prefix)") }
        let literal = IntegerLiteral(digits)
        if literal.hasSign { throw unexpected("a number behind \(prefix)") }
        guard let value = literal.magnitude else { throw failure("i64 constant out of range") }
        cursor += 1
        return value
    }
}

/// The shape of a vector literal.
struct VectorShape {
    var lanes: Int
    /// The bytes of a lane.
    var bytes: Int
    var float: FloatFormat?

    init?(_ keyword: Keyword) {
        switch keyword {
        case .i8x16: self.init(lanes: 16, bytes: 1)
        case .i16x8: self.init(lanes: 8, bytes: 2)
        case .i32x4: self.init(lanes: 4, bytes: 4)
        case .i64x2: self.init(lanes: 2, bytes: 8)
        case .f32x4: self.init(lanes: 4, bytes: 4, float: .f32)
        case .f64x2: self.init(lanes: 2, bytes: 8, float: .f64)
        default: return nil
        }
    }

    private init(lanes: Int, bytes: Int, float: FloatFormat? = nil) {
        self.lanes = lanes
        self.bytes = bytes
        self.float = float
    }
}
