internal import PrecastWasmModel
internal import PrecastWasmTypes

// Vector operators with lane numbers; all others have a signature in their row. WebAssembly core specification, section 3.4.3.
extension FunctionValidator {
    mutating func stepLane(_ op: Operator) throws(ValidationError) {
        switch op.opcode {
        case .i8x16Shuffle:
            for position in 0..<16 { try check(lane: op.shuffleLane(position), count: 32) }
            try popOperand(.v128)
            try popOperand(.v128)
            pushOperand(.v128)
        case .i8x16ExtractLaneS, .i8x16ExtractLaneU: try stepExtract(op, 16, .i32)
        case .i16x8ExtractLaneS, .i16x8ExtractLaneU: try stepExtract(op, 8, .i32)
        case .i32x4ExtractLane: try stepExtract(op, 4, .i32)
        case .i64x2ExtractLane: try stepExtract(op, 2, .i64)
        case .f32x4ExtractLane: try stepExtract(op, 4, .f32)
        case .f64x2ExtractLane: try stepExtract(op, 2, .f64)
        case .i8x16ReplaceLane: try stepReplace(op, 16, .i32)
        case .i16x8ReplaceLane: try stepReplace(op, 8, .i32)
        case .i32x4ReplaceLane: try stepReplace(op, 4, .i32)
        case .i64x2ReplaceLane: try stepReplace(op, 2, .i64)
        case .f32x4ReplaceLane: try stepReplace(op, 4, .f32)
        case .f64x2ReplaceLane: try stepReplace(op, 2, .f64)
        case .v128Load8Lane, .v128Load16Lane, .v128Load32Lane, .v128Load64Lane:
            try stepLaneAccess(op)
            pushOperand(.v128)
        case .v128Store8Lane, .v128Store16Lane, .v128Store32Lane, .v128Store64Lane: try stepLaneAccess(op)
        default: preconditionFailure("\(op.opcode.mnemonic) has a signature in its row")
        }
    }

    private mutating func check(lane: UInt8, count: UInt8) throws(ValidationError) {
        if lane >= count { throw error("invalid lane index \(lane)", expected: "less than \(count)", found: "\(lane)") }
    }

    private mutating func stepExtract(_ op: Operator, _ count: UInt8, _ type: ValueType) throws(ValidationError) {
        try check(lane: op.lane, count: count)
        try popOperand(.v128)
        pushOperand(type)
    }

    private mutating func stepReplace(_ op: Operator, _ count: UInt8, _ type: ValueType) throws(ValidationError) {
        try check(lane: op.lane, count: count)
        try popOperand(type)
        try popOperand(.v128)
        pushOperand(.v128)
    }

    private mutating func stepLaneAccess(_ op: Operator) throws(ValidationError) {
        let address = try addressType(of: op)
        try check(lane: op.lane, count: 16 >> op.opcode.naturalAlignment)
        try popOperand(.v128)
        try popOperand(address)
    }
}
