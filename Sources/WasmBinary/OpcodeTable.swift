internal import PrecastWasmModel

/// What the reader needs of an opcode's row, in one word.
struct OpcodeRow: BitwiseCopyable {
    var opcode: Opcode
    var immediates: Immediates
    /// The bit of the feature that the operator needs, or ``OpcodeTable/noFeature``.
    var feature: UInt8

    init(_ opcode: Opcode) {
        self.opcode = opcode
        immediates = opcode.immediates
        feature = opcode.requiredFeatures == 0 ? OpcodeTable.noFeature : UInt8(opcode.requiredFeatures.trailingZeroBitCount)
    }
}

/// The rows by code, made once and kept: a load an operator, where a `switch` over the code is a jump.
///
/// First those of one byte, then ``prefixedCount`` for each prefix from ``firstPrefix`` on.
enum OpcodeTable {
    /// A feature bit that is always set.
    static let noFeature: UInt8 = 63
    static let firstPrefix: UInt8 = 0xFB
    /// More than the highest sub-opcode.
    static let prefixedCount = 0x120

    nonisolated(unsafe) static let rows: UnsafePointer<OpcodeRow?> = {
        let prefixes = firstPrefix...0xFE
        let count = 256 + prefixes.count * prefixedCount
        let rows = UnsafeMutablePointer<OpcodeRow?>.allocate(capacity: count)
        rows.initialize(repeating: nil, count: count)
        for code in 0..<256 { rows[code] = Opcode(code: UInt8(code)).map(OpcodeRow.init) }
        for prefix in prefixes {
            for code in 0..<prefixedCount {
                rows[index(prefix: prefix, code: code)] = Opcode(prefix: prefix, code: UInt32(code)).map(OpcodeRow.init)
            }
        }
        return UnsafePointer(rows)
    }()

    /// - Precondition: `code < prefixedCount`, and `prefix` is one.
    static func index(prefix: UInt8, code: Int) -> Int { 256 + Int(prefix - firstPrefix) * prefixedCount + code }
}
