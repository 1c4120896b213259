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

/// The rows by one-byte code, made once and kept: a load an operator, where a `switch` over the code is a jump.
enum OpcodeTable {
    /// A feature bit that is always set.
    static let noFeature: UInt8 = 63

    nonisolated(unsafe) static let rows: UnsafePointer<OpcodeRow?> = {
        let rows = UnsafeMutablePointer<OpcodeRow?>.allocate(capacity: 256)
        for code in 0..<256 { (rows + code).initialize(to: Opcode(code: UInt8(code)).map(OpcodeRow.init)) }
        return UnsafePointer(rows)
    }()
}
