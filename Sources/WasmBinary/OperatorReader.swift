internal import PrecastEntities
public import PrecastWasmModel
public import PrecastWasmTypes

/// Decodes function bodies, one operator at a time.
///
/// - Input: the bytes of one body, as ``Module/bodies`` names them. Output: ``Operator`` values, in order, up to and including the
///   `end` of the function.
/// - Invariants: an operator returned is well formed and its feature is enabled; nothing is said about its indices. The reader never
///   leaves the body.
/// - Algorithm: the opcode's row tells which immediates follow; no state is kept between operators. Nesting
///   is the validator's business.
/// - Source: WebAssembly core specification, section 5.4.
///
/// One reader serves many functions, so that the arrays of `br_table` targets and catch clauses are allocated once.
public struct OperatorReader: ~Copyable, @unchecked Sendable {
    @usableFromInline var reader: ByteReader
    private var gate: FeatureGate
    private let rows = OpcodeTable.rows
    /// All that operators seldom need: readers are copied when they are lent, so they are small.
    @usableFromInline let rest: Rest

    @usableFromInline final class Rest {
        let bodies: [FunctionBody]
        let firstBody: Int
        let maximumLocals: Int
        let maximumTargets: Int
        let hasDataCount: Bool
        var function: FunctionIndex = .none
        var localDeclarations: [LocalDeclaration] = []
        @usableFromInline var brTableTargets: [UInt32] = []
        @usableFromInline var catchClauses: [CatchClause] = []
        @usableFromInline var selectTypes: [ValueType] = []

        init(_ bodies: [FunctionBody], firstBody: Int, _ limits: ImplementationLimits, hasDataCount: Bool) {
            self.bodies = bodies
            self.firstBody = firstBody
            maximumLocals = limits.locals
            maximumTargets = limits.branchTableSize
            self.hasDataCount = hasDataCount
        }
    }

    /// The runs of locals that the current body declares, parameters apart.
    public var localDeclarations: [LocalDeclaration] { rest.localDeclarations }
    /// The targets of the last `br_table` but the default; valid until the next one is read.
    @inlinable public var brTableTargets: [UInt32] { rest.brTableTargets }
    /// The clauses of the last `try_table`; valid until the next one is read.
    @inlinable public var catchClauses: [CatchClause] { rest.catchClauses }
    /// The types of the last typed `select`, of which a valid module lists one; valid until the next one is read.
    @inlinable public var selectTypes: [ValueType] { rest.selectTypes }
    /// The features that all bodies read so far use.
    public var usedFeatures: FeatureSet { gate.used }

    /// A reader of the bodies of `module`.
    public init(_ module: Module) {
        reader = ByteReader(module.bytes, from: 0, to: 0)
        gate = FeatureGate(enabled: module.features, unsupported: module.unsupportedFeatures)
        rest = Rest(
            module.bodies, firstBody: module.importedFunctionCount, module.limits, hasDataCount: module.dataCount != nil)
    }

    /// A reader of constant expressions in the bytes of `reader`.
    init(_ reader: ByteReader, _ gate: FeatureGate, _ limits: ImplementationLimits) {
        self.reader = reader
        self.gate = gate
        rest = Rest([], firstBody: 0, limits, hasDataCount: true)
    }

    /// Goes to the start of a function's body and reads its declarations of locals.
    ///
    /// - Precondition: the module defines `function`.
    public mutating func begin(_ function: FunctionIndex) throws(DecodeError) {
        rest.function = function
        reader = ByteReader(reader.bytes, rest.bodies[function.index - rest.firstBody].range)
        do throws(DecodeError) { try readLocalDeclarations() } catch { throw located(error) }
    }

    /// Whether the body is used up.
    @inlinable @inline(__always) public var isAtEnd: Bool { reader.isAtEnd }
    /// The byte offset in the module of what is read next.
    @inlinable @inline(__always) public var position: Int { reader.position }

    /// Reads one operator.
    public mutating func next() throws(DecodeError) -> Operator {
        if let op = readShort() { return op }
        return try readLong()
    }

    @inline(never)
    private mutating func readLong() throws(DecodeError) -> Operator {
        do throws(DecodeError) { return try readOperator() } catch { throw located(error) }
    }

    /// Most operators are short: a byte, and an immediate whose parts take a byte or two each. Nil for any other, and near the end of the body, where
    /// there are no four bytes to look at; nothing is read then.
    @inline(__always)
    private mutating func readShort() -> Operator? {
        let start = reader.cursor
        guard reader.end &- start >= 4, let row = rows[Int(byte(start))], gate.admits(bit: row.feature) else { return nil }
        let shape = row.immediates, offset = UInt32(truncatingIfNeeded: start)
        if shape == .none {
            reader.cursor = start &+ 1
            return Operator(row.opcode, offset: offset)
        }
        let first = byte(start &+ 1), second = byte(start &+ 2)
        if shape == .memoryArgument {
            let third = byte(start &+ 3)
            if first >= 0x40 || second & third >= 0x80 { return nil }
            let isLong = second >= 0x80
            reader.cursor = start &+ (isLong ? 4 : 3)
            return Operator(row.opcode, offset: offset, alignment: UInt8(truncatingIfNeeded: first), bits: UInt64(isLong ? second & 0x7f | third &<< 7 : second))
        }
        if first & second >= 0x80 { return nil }
        let isLong = first >= 0x80, value = isLong ? first & 0x7f | second &<< 7 : first
        if shape.isIndex {
            reader.cursor = start &+ (isLong ? 3 : 2)
            return Operator(row.opcode, offset: offset, index: value)
        }
        guard shape == .i32 || shape == .i64 else { return nil }
        reader.cursor = start &+ (isLong ? 3 : 2)
        let unused: Int64 = isLong ? 64 - 14 : 64 - 7
        return Operator(row.opcode, offset: offset, bits: UInt64(bitPattern: (Int64(value) &<< unused) &>> unused))
    }
    @inline(__always) private func byte(_ offset: Int) -> UInt32 { UInt32(reader.base.load(fromByteOffset: offset, as: UInt8.self)) }

    @inline(never)
    private func located(_ error: DecodeError) -> DecodeError {
        var error = error
        if rest.function.isSome { error.function = rest.function }
        return error
    }

    private mutating func readLocalDeclarations() throws(DecodeError) {
        var declarations: [LocalDeclaration] = []
        swap(&declarations, &rest.localDeclarations)
        defer { swap(&declarations, &rest.localDeclarations) }
        declarations.removeAll(keepingCapacity: true)
        let runs = try reader.readCount("local declarations", maximum: .max)
        var total: UInt64 = 0
        var excess: Int?
        for _ in 0..<runs {
            let start = reader.position
            let count = try reader.readU32()
            total += UInt64(count)
            if total > UInt64(UInt32.max) { throw DecodeError("too many locals: \(total)", at: start) }
            let type = try reader.readValueType(&gate)
            if count > 0 { declarations.append(LocalDeclaration(count: count, type: type)) }
            if total > UInt64(rest.maximumLocals) && excess == nil { excess = start }
        }
        if let excess { throw .limit("too many locals", found: total, maximum: rest.maximumLocals, at: excess) }
    }

    /// The fields are gathered in variables and put together once: the optimizer then keeps them in registers.
    mutating func readOperator() throws(DecodeError) -> Operator {
        let start = reader.position
        let code = try reader.readByte()
        let row: OpcodeRow
        if let single = rows[Int(code)] { row = single } else { row = try readPrefixed(code, at: start) }
        let opcode = row.opcode
        if !gate.admits(bit: row.feature) { throw disabled(opcode, at: start) }
        var index: UInt32 = 0
        var secondIndex: UInt32 = 0
        var alignment: UInt8 = 0
        var bits: UInt64 = 0
        switch row.immediates {
        case .none: break
        case .label, .function, .local, .global, .table, .element, .type, .tag: index = try reader.readU32()
        case .i32: bits = UInt64(bitPattern: Int64(try reader.readS32()))
        case .i64: bits = UInt64(bitPattern: try reader.readS64())
        case .f32: bits = UInt64(try reader.readFixed32())
        case .f64: bits = try reader.readFixed64()
        case .memoryArgument: (alignment, index, bits) = try readMemoryArgument()
        case .blockType: bits = try reader.readBlockType(&gate).rawValue
        case .labelTable: (index, secondIndex) = try readLabelTable()
        case .typeAndTable:
            index = try reader.readU32()
            secondIndex = try readTableOfCall()
        case .valueTypes: (index, secondIndex) = try readSelectTypes()
        case .heapType, .castType: index = try reader.readHeapType(&gate).rawValue
        case .castBranch: (index, bits) = try readCastBranch()
        case .tryTable:
            bits = try reader.readBlockType(&gate).rawValue
            secondIndex = try readCatchClauses()
        case .memoryArgumentAndLane:
            (alignment, index, bits) = try readMemoryArgument()
            secondIndex = UInt32(try reader.readByte())
        case .lane: secondIndex = UInt32(try reader.readByte())
        case .v128, .shuffle: (index, secondIndex, bits) = try readVector()
        case .zeroByte: try readZeroByte()
        case .typeAndData:
            try requireDataCount()
            index = try reader.readU32()
            secondIndex = try reader.readU32()
        case .memory: index = try readMemoryIndex()
        case .memoryAndMemory:
            index = try readMemoryIndex()
            secondIndex = try readMemoryIndex()
        case .data:
            try requireDataCount()
            index = try reader.readU32()
        case .dataAndMemory:
            try requireDataCount()
            index = try reader.readU32()
            secondIndex = try readMemoryIndex()
        case .elementAndTable, .tableAndTable, .typeAndField, .typeAndCount, .typeAndElement, .typeAndType:
            index = try reader.readU32()
            secondIndex = try reader.readU32()
        }
        return Operator(
            opcode, offset: UInt32(truncatingIfNeeded: start), index: index, secondIndex: secondIndex, alignment: alignment, bits: bits)
    }

    @inline(never)
    private func disabled(_ opcode: Opcode, at start: Int) -> DecodeError {
        let missing = FeatureSet(rawValue: opcode.requiredFeatures).subtracting(gate.enabled).features
        return gate.missing(missing[0], "illegal opcode \(opcode.mnemonic)", at: start)
    }

    @inline(never)
    private mutating func readPrefixed(_ code: UInt8, at start: Int) throws(DecodeError) -> OpcodeRow {
        if code >= OpcodeTable.firstPrefix && code != 0xFF {
            let second = try reader.readU32()
            if second < OpcodeTable.prefixedCount, let row = rows[OpcodeTable.index(prefix: code, code: Int(second))] { return row }
            throw DecodeError("illegal opcode \(String(code, radix: 16)) \(String(second, radix: 16))", at: start)
        }
        let name = "illegal opcode " + String(code, radix: 16)
        switch code {
        case 0x06, 0x07, 0x09, 0x18, 0x19: throw DecodeError(name + ", of the legacy exception handling", at: start)
        default: throw DecodeError(name, at: start)
        }
    }

    private func requireDataCount() throws(DecodeError) {
        if !rest.hasDataCount { throw DecodeError("data count section required", at: reader.position) }
    }

    @inline(__always)
    private mutating func readMemoryArgument() throws(DecodeError) -> (alignment: UInt8, memory: UInt32, offset: UInt64) {
        let start = reader.position
        let flags = try reader.readU32()
        let memory = flags < 0x40 ? 0 : try readMemoryOfArgument(flags, at: start)
        return (UInt8(truncatingIfNeeded: flags & 0x3F), memory, try reader.readU64())
    }

    @inline(never)
    private mutating func readMemoryOfArgument(_ flags: UInt32, at start: Int) throws(DecodeError) -> UInt32 {
        guard flags < 0x80 else { throw DecodeError("malformed memop flags 0x\(String(flags, radix: 16))", at: start) }
        try gate.require(.multiMemory, "malformed memop flags", at: start)
        return try reader.readU32()
    }

    private mutating func readMemoryIndex() throws(DecodeError) -> UInt32 {
        let start = reader.position
        if gate.allows(.multiMemory) {
            let index = try reader.readU32()
            if index != 0 { gate.note(FeatureSet(.multiMemory)) }
            return index
        }
        let index = try reader.readByte()
        guard index == 0 else { throw gate.missing(.multiMemory, "zero byte expected, unknown memory \(index)", at: start) }
        return 0
    }

    private mutating func readTableOfCall() throws(DecodeError) -> UInt32 {
        let start = reader.position
        if gate.allows(.referenceTypes) {
            let index = try reader.readU32()
            if index != 0 { gate.note(FeatureSet(.referenceTypes)) }
            return index
        }
        guard try reader.readByte() == 0 else { throw gate.missing(.referenceTypes, "zero byte expected", at: start) }
        return 0
    }

    /// Keeps the targets, and returns the default and their number.
    @inline(never)
    private mutating func readLabelTable() throws(DecodeError) -> (UInt32, UInt32) {
        let count = try reader.readCount("br_table targets", maximum: rest.maximumTargets)
        var targets: [UInt32] = []
        swap(&targets, &rest.brTableTargets)
        defer { swap(&targets, &rest.brTableTargets) }
        targets.removeAll(keepingCapacity: true)
        targets.reserveCapacity(count)
        for _ in 0..<count { targets.append(try reader.readU32()) }
        return (try reader.readU32(), UInt32(count))
    }

    /// Keeps the types, and returns the first and their number.
    @inline(never)
    private mutating func readSelectTypes() throws(DecodeError) -> (UInt32, UInt32) {
        let count = try reader.readCount("types of select", maximum: .max)
        rest.selectTypes.removeAll(keepingCapacity: true)
        for _ in 0..<count { rest.selectTypes.append(try reader.readValueType(&gate)) }
        return (rest.selectTypes.first?.rawValue ?? 0, UInt32(count))
    }
}

// Immediates of the later features.
extension OperatorReader {
    /// The sixteen bytes of a vector: lane 0 is the lowest of the last field.
    private mutating func readVector() throws(DecodeError) -> (UInt32, UInt32, UInt64) {
        let low = try reader.readFixed64()
        return (try reader.readFixed32(), try reader.readFixed32(), low)
    }

    private mutating func readZeroByte() throws(DecodeError) {
        let start = reader.position
        guard try reader.readByte() == 0 else { throw DecodeError("zero byte expected", at: start) }
    }

    /// Returns the label and both reference types: nullability comes first, in one byte.
    @inline(never)
    private mutating func readCastBranch() throws(DecodeError) -> (UInt32, UInt64) {
        let start = reader.position
        let flags = try reader.readByte()
        guard flags < 4 else { throw DecodeError("malformed br_on_cast flags 0x\(String(flags, radix: 16))", at: start) }
        let label = try reader.readU32()
        let source = ReferenceType(try reader.readHeapType(&gate), isNullable: flags & 1 != 0)
        let target = ReferenceType(try reader.readHeapType(&gate), isNullable: flags & 2 != 0)
        return (label, UInt64(target.rawValue) << 32 | UInt64(source.rawValue))
    }

    /// Keeps the clauses, and returns their number.
    @inline(never)
    private mutating func readCatchClauses() throws(DecodeError) -> UInt32 {
        let count = try reader.readCount("catch clauses", maximum: rest.maximumTargets)
        var clauses: [CatchClause] = []
        clauses.reserveCapacity(count)
        for _ in 0..<count {
            let start = reader.position
            let code = try reader.readByte()
            guard let kind = CatchClause.Kind(rawValue: code) else { throw DecodeError("malformed catch clause kind \(code)", at: start) }
            let hasTag = kind == .tag || kind == .tagReference
            let tag = hasTag ? TagIndex(rawValue: min(try reader.readU32(), .max - 1)) : .none
            clauses.append(CatchClause(kind, tag: tag, label: try reader.readU32()))
        }
        rest.catchClauses = clauses
        return UInt32(count)
    }
}

extension Immediates {
    /// A single index, which may name anything.
    @inline(__always) fileprivate var isIndex: Bool {
        switch self {
        case .label, .function, .local, .global, .table, .element, .type, .tag: true
        default: false
        }
    }
}

/// A run of locals of one type.
public struct LocalDeclaration: Hashable, Sendable, BitwiseCopyable {
    public var count: UInt32
    public var type: ValueType

    @inlinable public init(count: UInt32, type: ValueType) {
        self.count = count
        self.type = type
    }
}
