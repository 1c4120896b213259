/// A guest's location expression as what it needs: steps that compute a value from locals, globals and memory, and what that value is.
///
/// Expressions compute with the guest's addresses, of 4 or 8 bytes; native ones with 8. Only operations whose low half does not depend on the upper one are
/// taken over; others (division, comparison, conversion, entry values) make an expression untranslatable, and its variable is absent.
struct GuestExpression {
    enum Step: Equatable {
        /// Pushes a WebAssembly local's value, or a global's.
        case local(UInt32)
        case global(UInt32)
        /// Operations that are the same for native code.
        case operations([UInt8])
        /// Loads that many bytes from the address in linear memory on top of the stack.
        case load(UInt8)
    }
    enum Kind: Equatable {
        /// The steps give an address in linear memory.
        case memory
        /// They give the value itself.
        case value
        /// Bytes that are nowhere.
        case absent
        /// The bytes themselves.
        case implicit([UInt8])
    }
    /// A part of a variable.
    struct Piece: Equatable {
        var steps: [Step]
        var kind: Kind
        /// Bytes; 0: the whole variable.
        var size: UInt64
    }
    private(set) var pieces: [Piece] = []

    /// Bytes of an expression; compilers make far shorter ones.
    private static let maximumSize = 1024

    private enum Operation {
        static let addr: UInt8 = 0x03, deref: UInt8 = 0x06, fbreg: UInt8 = 0x91, piece: UInt8 = 0x93, derefSize: UInt8 = 0x94, nop: UInt8 = 0x96
        static let implicitValue: UInt8 = 0x9e, stackValue: UInt8 = 0x9f, addrx: UInt8 = 0xa1, constx: UInt8 = 0xa2, wasmLocation: UInt8 = 0xed
    }

    /// The address in linear memory that the variable has all the time, if it needs nothing but the memory.
    private(set) var staticAddress: UInt64?

    /// The variable is the local.
    init(local index: UInt32) { pieces = [Piece(steps: [.local(index)], kind: .value, size: 0)] }

    /// The local whose value the variable is, where an expression says only that.
    static func local(_ section: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt32? {
        guard range.count >= 4, range.count <= 8, range.upperBound <= section.count, section[range.lowerBound] == Operation.wasmLocation,
            section[range.lowerBound + 1] == 0, section[range.upperBound - 1] == Operation.stackValue
        else { return nil }
        var cursor = ByteCursor(section, range.lowerBound + 2..<range.upperBound - 1)
        let index = cursor.uleb()
        return cursor.position == cursor.end && !cursor.hasFailed ? UInt32(exactly: index) : nil
    }
    /// Whether the variable is in linear memory, or found through it.
    var usesMemory: Bool {
        pieces.contains { piece in
            piece.kind == .memory || piece.steps.contains { if case .load = $0 { true } else { false } }
        }
    }
    /// The locals that are needed, each once.
    var locals: [UInt32] {
        var result: [UInt32] = []
        for piece in pieces {
            for case .local(let index) in piece.steps where !result.contains(index) { result.append(index) }
        }
        return result
    }

    /// - Parameter frameBase: the steps that give the function's frame base, if it has one that can be translated.
    init?(_ section: UnsafeRawBufferPointer, _ range: Range<Int>, _ unit: Unit, _ entries: EntryTable, frameBase: [Step]?) {
        guard range.upperBound <= section.count, range.count <= Self.maximumSize else { return nil }
        var cursor = ByteCursor(section, range)
        var steps: [Step] = []
        var isValue = false
        var implicit: [UInt8]?
        var fixed: UInt64?, count = 0
        func add(_ bytes: [UInt8]) {
            if case .operations(let last)? = steps.last { steps[steps.count - 1] = .operations(last + bytes) } else { steps.append(.operations(bytes)) }
        }
        func constant(_ value: UInt64) {
            var bytes: [UInt8] = [0x10]
            bytes.appendUnsigned(value)
            add(bytes)
        }
        while !cursor.isAtEnd {
            let operation = cursor.byte()
            count += 1
            if isValue || implicit != nil, operation != Operation.piece { return nil }
            switch operation {
            case Operation.wasmLocation:
                switch cursor.byte() {
                case 0: steps.append(.local(UInt32(clamping: cursor.uleb())))
                case 1: steps.append(.global(UInt32(clamping: cursor.uleb())))
                case 3: steps.append(.global(cursor.u32()))
                // The operand stack is no place in native code.
                default: return nil
                }
            case Operation.fbreg:
                guard let frameBase else { return nil }
                steps += frameBase
                let offset = cursor.sleb()
                if offset > 0 {
                    var bytes: [UInt8] = [0x23]
                    bytes.appendUnsigned(UInt64(offset))
                    add(bytes)
                } else if offset < 0 {
                    var bytes: [UInt8] = [0x11]
                    bytes.appendSigned(offset)
                    add(bytes + [0x22])
                }
            case Operation.addr:
                let address = cursor.unsigned(size: Int(unit.addressSize))
                guard unit.isData(address) else { return nil }
                fixed = address
                constant(address)
            case Operation.addrx:
                guard let address = entries.indexedAddress(cursor.uleb(), unit), unit.isData(address) else { return nil }
                fixed = address
                constant(address)
            case Operation.constx:
                guard let value = entries.indexedAddress(cursor.uleb(), unit) else { return nil }
                constant(value)
            case Operation.deref: steps.append(.load(unit.addressSize))
            case Operation.derefSize:
                let size = cursor.byte()
                guard [1, 2, 4, 8].contains(size) else { return nil }
                steps.append(.load(size))
            case Operation.stackValue: isValue = true
            case Operation.implicitValue:
                let length = cursor.uleb(), start = cursor.position
                cursor.skip(length)
                guard !cursor.hasFailed, steps.isEmpty else { return nil }
                implicit = Array(section[start..<cursor.position])
            case Operation.piece:
                let size = cursor.uleb()
                guard size > 0, !cursor.hasFailed else { return nil }
                pieces.append(Self.piece(steps, isValue, implicit, size: size))
                (steps, isValue, implicit) = ([], false, nil)
            case Operation.nop: break
            // Constants: fixed sizes, then LEB128.
            case 0x08: constant(UInt64(cursor.byte()))
            case 0x0a: constant(UInt64(cursor.u16()))
            case 0x0c: constant(UInt64(cursor.u32()))
            case 0x0e, 0x0f: constant(cursor.u64())
            case 0x09: constant(UInt64(bitPattern: Int64(Int8(bitPattern: cursor.byte()))))
            case 0x0b: constant(UInt64(bitPattern: Int64(Int16(bitPattern: cursor.u16()))))
            case 0x0d: constant(UInt64(bitPattern: Int64(Int32(bitPattern: cursor.u32()))))
            case 0x10: constant(cursor.uleb())
            case 0x11: constant(UInt64(bitPattern: cursor.sleb()))
            case 0x23:
                var bytes: [UInt8] = [0x23]
                bytes.appendUnsigned(cursor.uleb())
                add(bytes)
            // dup, drop, over, swap, rot; and, minus, mul, neg, not, or, plus, shl, xor; literals.
            case 0x12, 0x13, 0x14, 0x16, 0x17, 0x1a, 0x1c, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x24, 0x27, 0x30...0x4f: add([operation])
            default: return nil
            }
        }
        guard !cursor.hasFailed else { return nil }
        if !steps.isEmpty || implicit != nil {
            if !pieces.isEmpty { return nil }
            pieces.append(Self.piece(steps, isValue, implicit, size: 0))
        }
        if pieces.isEmpty { return nil }
        if count == 1 { staticAddress = fixed }
    }

    private static func piece(_ steps: [Step], _ isValue: Bool, _ implicit: [UInt8]?, size: UInt64) -> Piece {
        if let implicit { return Piece(steps: [], kind: .implicit(implicit), size: size) }
        return Piece(steps: steps, kind: steps.isEmpty ? .absent : isValue ? .value : .memory, size: size)
    }

    /// The steps that give a frame base; nil where it cannot be translated.
    static func frameBase(_ section: UnsafeRawBufferPointer, _ range: Range<Int>, _ unit: Unit, _ entries: EntryTable) -> [Step]? {
        guard let expression = GuestExpression(section, range, unit, entries, frameBase: nil), expression.pieces.count == 1, expression.pieces[0].size == 0,
            expression.pieces[0].kind == .memory || expression.pieces[0].kind == .value
        else { return nil }
        return expression.pieces[0].steps
    }
}
