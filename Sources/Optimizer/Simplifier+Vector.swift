import PrecastEntities
import PrecastIR

/// Vector rules: constants, lanes that are known, shuffles as few different ones as possible.
extension Simplifier {
    mutating func vector(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        switch data.opcode {
        case .vconst: sameConstant(data, &function)
        case .vunary: vectorUnary(data, &function)
        case .vbinary: vectorBinary(data, &function)
        default: vectorTernary(data, &function)
        }
    }

    /// The first of several equal constants.
    private func sameConstant(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        let first = function.dfg.vectorConstant(function.dfg.vectorConstants[VectorConstant(rawValue: data.a)])
        return first.rawValue == data.a ? nil : .data(InstructionData(.vconst, .v128, a: first.rawValue))
    }

    // MARK: One operand

    private mutating func vectorUnary(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        let op = data.vectorOperation, operand = function.dfg.definingData(data.valueA)
        if let width = op.splatWidth { return bits(operand).map { .data(vector(.splat($0, width: width), &function)) } }
        if op == .i32x4Scalar || op == .i64x2Scalar {
            return bits(operand).map { .data(vector(VectorConstantData(low: op == .i32x4Scalar ? $0 & 0xffff_ffff : $0, high: 0), &function)) }
        }
        if op == .v128Not {
            if let x = function.dfg.vector(data.valueA) { return .data(vector(VectorConstantData(low: ~x.low, high: ~x.high), &function)) }
            return operand.isVector(.v128Not) ? .value(operand.valueA) : nil
        }
        if op == .v128AnyTrue, let x = function.dfg.vector(data.valueA) { return .data(.constant(.i32, x.low | x.high == 0 ? 0 : 1)) }
        guard let width = op.extractedWidth else { return nil }
        return extract(data, width, operand, &function)
    }
    /// The bits of a scalar constant.
    private func bits(_ data: InstructionData) -> UInt64? { data.opcode.format == .immediate ? UInt64(bitPattern: data.immediate) : nil }
    private func vector(_ value: VectorConstantData, _ function: inout Function) -> InstructionData {
        InstructionData(.vconst, .v128, a: function.dfg.vectorConstant(value).rawValue)
    }

    /// A lane of a constant, of a splat, or of a vector with a lane replaced.
    private mutating func extract(_ data: InstructionData, _ width: Int, _ operand: InstructionData, _ function: inout Function) -> Simplified? {
        let op = data.vectorOperation
        if let constant = function.dfg.vector(data.valueA) {
            let lane = constant.lane(Int(data.b), width: width)
            switch op {
            case .i8x16ExtractLaneS: return .data(.constant(.i32, Int64(Int8(truncatingIfNeeded: lane))))
            case .i16x8ExtractLaneS: return .data(.constant(.i32, Int64(Int16(truncatingIfNeeded: lane))))
            case .f32x4ExtractLane: return .data(.constant(Float(bitPattern: UInt32(truncatingIfNeeded: lane))))
            case .f64x2ExtractLane: return .data(.constant(Double(bitPattern: lane)))
            default: return .data(.constant(data.type, Int64(bitPattern: lane)))
            }
        }
        if operand.opcode == .vunary, operand.vectorOperation.splatWidth == width, function.dfg.type(operand.valueA) == data.type {
            return laneOf(operand.valueA, op, &function)
        }
        guard operand.opcode == .vbinary, operand.vectorOperation.replacedWidth == width, function.dfg.type(operand.valueB) == data.type else { return nil }
        if operand.c == data.b { return laneOf(operand.valueB, op, &function) }
        var inner = data
        inner.a = operand.a
        return .data(inner)
    }
    /// What extraction makes of a lane that was the scalar `value`, cut to the lane's width.
    private mutating func laneOf(_ value: Value, _ op: VectorOperation, _ function: inout Function) -> Simplified {
        switch op {
        case .i8x16ExtractLaneS: .data(.unary(.sextend8, .i32, value))
        case .i16x8ExtractLaneS: .data(.unary(.sextend16, .i32, value))
        case .i8x16ExtractLaneU, .i16x8ExtractLaneU: .data(.binary(.band, .i32, value, constant(.i32, op == .i8x16ExtractLaneU ? 0xff : 0xffff, &function)))
        default: .value(value)
        }
    }

    // MARK: Two operands

    private mutating func vectorBinary(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        let op = data.vectorOperation
        if op == .i8x16Shuffle { return shuffle(data, &function) }
        if op == .i8x16Swizzle { return swizzle(data, &function) }
        if let width = op.shiftedWidth { return shiftedLanes(data, width, &function) }
        let (x, y) = (function.dfg.vector(data.valueA), function.dfg.vector(data.valueB))
        if let x, let y, let result = op.bitwise(x, y) { return .data(vector(result, &function)) }
        if data.a == data.b {
            switch op {
            case .v128And, .v128Or, .i8x16MinS, .i8x16MinU, .i8x16MaxS, .i8x16MaxU, .i16x8MinS, .i16x8MinU, .i16x8MaxS, .i16x8MaxU,
                .i32x4MinS, .i32x4MinU, .i32x4MaxS, .i32x4MaxU: return .value(data.valueA)
            case .v128Xor, .v128Andnot, .i8x16Sub, .i16x8Sub, .i32x4Sub, .i64x2Sub: return .data(vector(.zero, &function))
            case .i8x16Eq, .i16x8Eq, .i32x4Eq, .i64x2Eq: return .data(vector(.ones, &function))
            default: return nil
            }
        }
        if let y { return withConstant(data, y, &function) }
        return nil
    }
    private func withConstant(_ data: InstructionData, _ y: VectorConstantData, _ function: inout Function) -> Simplified? {
        switch (data.vectorOperation, y) {
        case (.v128Or, .zero), (.v128Xor, .zero), (.v128Andnot, .zero), (.v128And, .ones): .value(data.valueA)
        case (.v128And, .zero), (.v128Or, .ones): .value(data.valueB)
        case (.v128Andnot, .ones): .data(vector(.zero, &function))
        case (.v128Xor, .ones): .data(InstructionData(.vunary, .v128, flags: VectorOperation.v128Not.rawValue, a: data.a))
        case (.i8x16Add, .zero), (.i16x8Add, .zero), (.i32x4Add, .zero), (.i64x2Add, .zero): .value(data.valueA)
        case (.i8x16Sub, .zero), (.i16x8Sub, .zero), (.i32x4Sub, .zero), (.i64x2Sub, .zero): .value(data.valueA)
        default: nil
        }
    }
    /// A count is known modulo the lane's width.
    private mutating func shiftedLanes(_ data: InstructionData, _ width: Int, _ function: inout Function) -> Simplified? {
        guard let count = function.dfg.constant(data.valueB) else { return nil }
        let small = count & Int64(width - 1)
        if small == 0 { return .value(data.valueA) }
        if small == count { return nil }
        var shorter = data
        shorter.b = constant(.i32, small, &function).rawValue
        return .data(shorter)
    }

    // MARK: Shuffles

    /// Lane numbers that are all below 16 where one operand suffices, which then stands on both sides; of two, lane 0 comes from the first.
    private mutating func shuffle(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        let lanes = function.dfg.vectorConstants[VectorConstant(rawValue: data.c)]
        if let x = function.dfg.vector(data.valueA), let y = function.dfg.vector(data.valueB) {
            return .data(vector(.init { i in
                let lane = Int(lanes.byte(i) & 31)
                return lane < 16 ? x.byte(lane) : y.byte(lane - 16)
            }, &function))
        }
        if data.a == data.b {
            if (0..<16).allSatisfy({ Int(lanes.byte($0) & 15) == $0 }) { return .value(data.valueA) }
            return shuffled(data, data.a, data.b, lanes, .init { lanes.byte($0) & 15 }, &function)
        }
        if (0..<16).allSatisfy({ lanes.byte($0) < 16 }) { return shuffled(data, data.a, data.a, lanes, lanes, &function) }
        if (0..<16).allSatisfy({ lanes.byte($0) >= 16 }) { return shuffled(data, data.b, data.b, lanes, .init { lanes.byte($0) & 15 }, &function) }
        if lanes.byte(0) >= 16 { return shuffled(data, data.b, data.a, lanes, .init { lanes.byte($0) ^ 16 }, &function) }
        return shuffled(data, data.a, data.b, lanes, lanes, &function)
    }
    /// The shuffle with other operands and lanes; nil where nothing changes.
    private func shuffled(
        _ data: InstructionData, _ a: UInt32, _ b: UInt32, _ old: VectorConstantData, _ lanes: VectorConstantData, _ function: inout Function
    ) -> Simplified? {
        let number = function.dfg.vectorConstant(lanes).rawValue
        if a == data.a && b == data.b && number == data.c { return nil }
        var new = data
        (new.a, new.b, new.c) = (a, b, number)
        return .data(new)
    }
    /// By constant indices: a shuffle, with a vector of zeros if one is out of range.
    private mutating func swizzle(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        guard let indices = function.dfg.vector(data.valueB) else { return nil }
        let isInside = (0..<16).allSatisfy { indices.byte($0) < 16 }
        let second = isInside ? data.valueA : emit(vector(.zero, &function), &function)
        let lanes = function.dfg.vectorConstant(.init { min(indices.byte($0), 16) })
        return .data(InstructionData(.vbinary, .v128, flags: VectorOperation.i8x16Shuffle.rawValue, a: data.a, b: second.rawValue, c: lanes.rawValue))
    }

    // MARK: Three operands

    private func vectorTernary(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        guard data.vectorOperation == .v128Bitselect else { return nil }
        if data.a == data.b { return .value(data.valueA) }
        switch function.dfg.vector(data.valueC) {
        case VectorConstantData.zero?: return .value(data.valueB)
        case VectorConstantData.ones?: return .value(data.valueA)
        default: break
        }
        // Where a choice is a constant zero, one operation is left.
        if function.dfg.vector(data.valueB) == .zero {
            return .data(InstructionData(.vbinary, .v128, flags: VectorOperation.v128And.rawValue, a: data.a, b: data.c))
        }
        if function.dfg.vector(data.valueA) == .zero {
            return .data(InstructionData(.vbinary, .v128, flags: VectorOperation.v128Andnot.rawValue, a: data.b, b: data.c))
        }
        return nil
    }
}

extension InstructionData {
    fileprivate func isVector(_ operation: VectorOperation) -> Bool { opcode == operation.signature.opcode && vectorOperation == operation }
}

extension DataFlowGraph {
    /// The constant that a resolved vector is.
    func vector(_ value: Value) -> VectorConstantData? {
        let data = definingData(value)
        return data.opcode == .vconst ? vectorConstants[VectorConstant(rawValue: data.a)] : nil
    }
}

extension VectorConstantData {
    static let zero = VectorConstantData(low: 0, high: 0)
    static let ones = VectorConstantData(low: .max, high: .max)

    init(_ byte: (Int) -> UInt8) {
        self.init(
            low: (0..<8).reduce(0) { $0 | UInt64(byte($1)) << UInt64(8 * $1) },
            high: (0..<8).reduce(0) { $0 | UInt64(byte(8 + $1)) << UInt64(8 * $1) })
    }
    /// `bits` in every lane of `width` bits.
    static func splat(_ bits: UInt64, width: Int) -> VectorConstantData {
        let lane = UInt64.max / (UInt64.max >> UInt64(64 - width)) &* (bits & (.max >> UInt64(64 - width)))
        return VectorConstantData(low: lane, high: lane)
    }
    func byte(_ i: Int) -> UInt8 { UInt8(truncatingIfNeeded: lane(i, width: 8)) }
    /// Lane `i` of `width` bits, zero-extended.
    func lane(_ i: Int, width: Int) -> UInt64 {
        let position = i * width
        return (position < 64 ? low : high) >> UInt64(position & 63) & (.max >> UInt64(64 - width))
    }
}

extension VectorOperation {
    /// Bits of a lane, for operations that fill all lanes with a scalar.
    fileprivate var splatWidth: Int? {
        switch self {
        case .i8x16Splat: 8
        case .i16x8Splat: 16
        case .i32x4Splat, .f32x4Splat: 32
        case .i64x2Splat, .f64x2Splat: 64
        default: nil
        }
    }
    fileprivate var extractedWidth: Int? {
        switch self {
        case .i8x16ExtractLaneS, .i8x16ExtractLaneU: 8
        case .i16x8ExtractLaneS, .i16x8ExtractLaneU: 16
        case .i32x4ExtractLane, .f32x4ExtractLane: 32
        case .i64x2ExtractLane, .f64x2ExtractLane: 64
        default: nil
        }
    }
    fileprivate var replacedWidth: Int? {
        switch self {
        case .i8x16ReplaceLane: 8
        case .i16x8ReplaceLane: 16
        case .i32x4ReplaceLane, .f32x4ReplaceLane: 32
        case .i64x2ReplaceLane, .f64x2ReplaceLane: 64
        default: nil
        }
    }
    fileprivate var shiftedWidth: Int? {
        switch self {
        case .i8x16Shl, .i8x16ShrS, .i8x16ShrU: 8
        case .i16x8Shl, .i16x8ShrS, .i16x8ShrU: 16
        case .i32x4Shl, .i32x4ShrS, .i32x4ShrU: 32
        case .i64x2Shl, .i64x2ShrS, .i64x2ShrU: 64
        default: nil
        }
    }
    fileprivate func bitwise(_ x: VectorConstantData, _ y: VectorConstantData) -> VectorConstantData? {
        switch self {
        case .v128And: VectorConstantData(low: x.low & y.low, high: x.high & y.high)
        case .v128Or: VectorConstantData(low: x.low | y.low, high: x.high | y.high)
        case .v128Xor: VectorConstantData(low: x.low ^ y.low, high: x.high ^ y.high)
        case .v128Andnot: VectorConstantData(low: x.low & ~y.low, high: x.high & ~y.high)
        default: nil
        }
    }
    /// Exchanging the operands gives the same result.
    var isCommutative: Bool {
        switch self {
        case .v128And, .v128Or, .v128Xor,
            .i8x16Add, .i8x16AddSatS, .i8x16AddSatU, .i8x16MinS, .i8x16MinU, .i8x16MaxS, .i8x16MaxU, .i8x16AvgrU, .i8x16Eq, .i8x16Ne,
            .i16x8Add, .i16x8AddSatS, .i16x8AddSatU, .i16x8MinS, .i16x8MinU, .i16x8MaxS, .i16x8MaxU, .i16x8AvgrU, .i16x8Eq, .i16x8Ne, .i16x8Mul,
            .i16x8Q15mulrSatS, .i16x8RelaxedQ15mulrS, .i32x4Add, .i32x4Mul, .i32x4MinS, .i32x4MinU, .i32x4MaxS, .i32x4MaxU, .i32x4Eq, .i32x4Ne,
            .i32x4DotI16x8S, .i64x2Add, .i64x2Mul, .i64x2Eq, .i64x2Ne,
            .i16x8ExtmulLowI8x16S, .i16x8ExtmulHighI8x16S, .i16x8ExtmulLowI8x16U, .i16x8ExtmulHighI8x16U,
            .i32x4ExtmulLowI16x8S, .i32x4ExtmulHighI16x8S, .i32x4ExtmulLowI16x8U, .i32x4ExtmulHighI16x8U,
            .i64x2ExtmulLowI32x4S, .i64x2ExtmulHighI32x4S, .i64x2ExtmulLowI32x4U, .i64x2ExtmulHighI32x4U,
            .f32x4Add, .f32x4Mul, .f32x4Min, .f32x4Max, .f32x4Eq, .f32x4Ne, .f64x2Add, .f64x2Mul, .f64x2Min, .f64x2Max, .f64x2Eq, .f64x2Ne: true
        default: false
        }
    }
}
