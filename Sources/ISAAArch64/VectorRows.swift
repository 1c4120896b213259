/// The rows of Advanced SIMD operations.
extension EncodingRow {
    static func vector(_ opcode: Opcode) -> EncodingRow {
        switch opcode {
        case .cnt: .init(.vector, 0x0e20_5800)
        case .addv: .init(.vector, 0x0e31_b800)
        case .ushr: .init(.vectorShiftRight, 0x2f00_0400)
        case .sli: .init(.vectorShiftLeft, 0x2f00_5400)
        case .vorr: .init(.vectorLogic, 0x0ea0_1c00)
        default: preconditionFailure("\(opcode) is no vector operation")
        }
    }
}
