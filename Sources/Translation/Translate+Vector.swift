import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel

/// SIMD. An operator is the IR operation of its name, but for memory accesses, which are scalar or whole loads and stores and a lane
/// operation each, and relaxed operators, which have an exact form too.
extension FunctionTranslator {
    mutating func translateVector(_ op: Operator) {
        switch op.opcode.immediates {
        case .memoryArgument: translateVectorAccess(op)
        case .memoryArgumentAndLane: translateLaneAccess(op)
        case .v128: push(builder.constant(VectorConstantData(low: op.v128.low, high: op.v128.high)))
        case .shuffle: translateShuffle(op)
        case .lane: translateLane(op)
        default:
            if op.opcode.rawValue >= WasmOpcode.i8x16RelaxedSwizzle.rawValue {
                translateRelaxed(op.opcode)
            } else {
                apply(Self.operation(op.opcode))
            }
        }
    }

    // MARK: Operations

    private static let operations: [VectorOperation?] = {
        let byName = Dictionary(uniqueKeysWithValues: VectorOperation.allCases.map { ($0.name, $0) })
        var table: [VectorOperation?] = Array(repeating: nil, count: 0x200)
        for opcode in WasmOpcode.allCases where opcode.isVector {
            let name = opcode.mnemonic.map { $0 == "." ? "_" : $0 }
            table[Int(opcode.rawValue & 0x1ff)] = byName[String(name)]
        }
        return table
    }()
    /// The IR operation with the operator's name.
    private static func operation(_ opcode: WasmOpcode) -> VectorOperation {
        guard let operation = operations[Int(opcode.rawValue & 0x1ff)] else {
            preconditionFailure("operator without translation: \(opcode.mnemonic)")
        }
        return operation
    }

    /// Replaces the operands of `operation` on the stack by its result.
    private mutating func apply(_ operation: VectorOperation) {
        switch operation.signature.opcode {
        case .vunary: push(canonical(builder.vector(operation, pop()), of: operation))
        case .vbinary:
            let b = pop(), a = pop()
            push(canonical(builder.vector(operation, a, b), of: operation))
        default:
            let c = pop(), b = pop(), a = pop()
            push(canonical(builder.vector(operation, a, b, c), of: operation))
        }
    }
    /// `value`, computed by `operation`, with the NaNs among its lanes replaced by the positive canonical one if that is asked for.
    private mutating func canonical(_ value: Value, of operation: VectorOperation) -> Value {
        guard environment.tunables.flags.contains(.canonicalNaNs), let comparison = operation.nanComparison else { return value }
        let bits: UInt64 = comparison == .f32x4Ne ? 0x7fc0_0000_7fc0_0000 : 0x7ff8_0000_0000_0000
        let nan = builder.constant(VectorConstantData(low: bits, high: bits)), isNaN = builder.vector(comparison, value, value)
        return builder.vector(.v128Bitselect, nan, value, isNaN)
    }

    private mutating func translateShuffle(_ op: Operator) {
        let lanes = builder.function.dfg.vectorConstant(VectorConstantData(low: op.v128.low, high: op.v128.high))
        let b = pop(), a = pop()
        push(builder.vector(.i8x16Shuffle, a, b, immediate: lanes.rawValue))
    }
    private mutating func translateLane(_ op: Operator) {
        let operation = Self.operation(op.opcode), lane = UInt32(op.lane)
        if operation.signature.opcode == .vunary { return push(builder.vector(operation, pop(), immediate: lane)) }
        let b = pop(), a = pop()
        push(builder.vector(operation, a, b, immediate: lane))
    }

    // MARK: Memory

    private mutating func translateVectorAccess(_ op: Operator) {
        switch op.opcode {
        case .v128Load: load(.load, .v128, op)
        case .v128Store: store(.store, op)
        case .v128Load8x8S: loadExtended(.i16x8ExtendLowI8x16S, op)
        case .v128Load8x8U: loadExtended(.i16x8ExtendLowI8x16U, op)
        case .v128Load16x4S: loadExtended(.i32x4ExtendLowI16x8S, op)
        case .v128Load16x4U: loadExtended(.i32x4ExtendLowI16x8U, op)
        case .v128Load32x2S: loadExtended(.i64x2ExtendLowI32x4S, op)
        case .v128Load32x2U: loadExtended(.i64x2ExtendLowI32x4U, op)
        case .v128Load8Splat: load(.uload8, .i32, op, then: .i8x16Splat)
        case .v128Load16Splat: load(.uload16, .i32, op, then: .i16x8Splat)
        case .v128Load32Splat: load(.load, .i32, op, then: .i32x4Splat)
        case .v128Load64Splat: load(.load, .i64, op, then: .i64x2Splat)
        case .v128Load32Zero: load(.load, .i32, op, then: .i32x4Scalar)
        case .v128Load64Zero: load(.load, .i64, op, then: .i64x2Scalar)
        default: preconditionFailure("no memory access: \(op.opcode.mnemonic)")
        }
    }
    private mutating func load(_ opcode: IROpcode, _ type: Type, _ op: Operator, then operation: VectorOperation) {
        load(opcode, type, op)
        apply(operation)
    }
    private mutating func loadExtended(_ operation: VectorOperation, _ op: Operator) {
        load(.load, .i64, op, then: .i64x2Scalar)
        apply(operation)
    }

    private mutating func translateLaneAccess(_ op: Operator) {
        switch op.opcode {
        case .v128Load8Lane: loadLane(.uload8, .i32, .i8x16ReplaceLane, op)
        case .v128Load16Lane: loadLane(.uload16, .i32, .i16x8ReplaceLane, op)
        case .v128Load32Lane: loadLane(.load, .i32, .i32x4ReplaceLane, op)
        case .v128Load64Lane: loadLane(.load, .i64, .i64x2ReplaceLane, op)
        case .v128Store8Lane: storeLane(.store8, .i8x16ExtractLaneU, op)
        case .v128Store16Lane: storeLane(.store16, .i16x8ExtractLaneU, op)
        case .v128Store32Lane: storeLane(.store, .i32x4ExtractLane, op)
        case .v128Store64Lane: storeLane(.store, .i64x2ExtractLane, op)
        default: preconditionFailure("no memory access: \(op.opcode.mnemonic)")
        }
    }
    private mutating func loadLane(_ opcode: IROpcode, _ type: Type, _ operation: VectorOperation, _ op: Operator) {
        let vector = pop()
        load(opcode, type, op)
        push(builder.vector(operation, vector, pop(), immediate: UInt32(op.lane)))
    }
    private mutating func storeLane(_ opcode: IROpcode, _ operation: VectorOperation, _ op: Operator) {
        push(builder.vector(operation, pop(), immediate: UInt32(op.lane)))
        store(opcode, op)
    }

    // MARK: Relaxed operators

    /// A relaxed operator: the form that is one instruction, or the one that the specification's deterministic profile has.
    private mutating func translateRelaxed(_ opcode: WasmOpcode) {
        let flags = environment.tunables.flags, isExact = flags.contains(.deterministicRelaxedSIMD)
        let makesNaNs = isExact || flags.contains(.canonicalNaNs)
        switch opcode {
        case .f32x4RelaxedMin: apply(makesNaNs ? .f32x4Min : .f32x4Pmin)
        case .f32x4RelaxedMax: apply(makesNaNs ? .f32x4Max : .f32x4Pmax)
        case .f64x2RelaxedMin: apply(makesNaNs ? .f64x2Min : .f64x2Pmin)
        case .f64x2RelaxedMax: apply(makesNaNs ? .f64x2Max : .f64x2Pmax)
        case .i16x8RelaxedLaneselect: apply(.v128Bitselect)
        default: isExact ? applyExact(opcode) : apply(Self.operation(opcode))
        }
    }

    private mutating func applyExact(_ opcode: WasmOpcode) {
        switch opcode {
        case .i8x16RelaxedSwizzle: apply(.i8x16Swizzle)
        case .i32x4RelaxedTruncF32x4S: apply(.i32x4TruncSatF32x4S)
        case .i32x4RelaxedTruncF32x4U: apply(.i32x4TruncSatF32x4U)
        case .i32x4RelaxedTruncF64x2SZero: apply(.i32x4TruncSatF64x2SZero)
        case .i32x4RelaxedTruncF64x2UZero: apply(.i32x4TruncSatF64x2UZero)
        case .i8x16RelaxedLaneselect, .i32x4RelaxedLaneselect, .i64x2RelaxedLaneselect: apply(.v128Bitselect)
        case .i16x8RelaxedQ15mulrS: apply(.i16x8Q15mulrSatS)
        case .f32x4RelaxedMadd: multiplyAndAdd(.f32x4Mul, .f32x4Add)
        case .f64x2RelaxedMadd: multiplyAndAdd(.f64x2Mul, .f64x2Add)
        case .f32x4RelaxedNmadd: multiplyAndAdd(.f32x4Mul, .f32x4Add, negated: .f32x4Neg)
        case .f64x2RelaxedNmadd: multiplyAndAdd(.f64x2Mul, .f64x2Add, negated: .f64x2Neg)
        case .i16x8RelaxedDotI8x16I7x16S: multiplyBytes()
        case .i32x4RelaxedDotI8x16I7x16AddS:
            let addend = pop()
            multiplyBytes()
            apply(.i32x4ExtaddPairwiseI16x8S)
            push(addend)
            apply(.i32x4Add)
        default: preconditionFailure("operator without translation: \(opcode.mnemonic)")
        }
    }
    /// `a * b + c`, rounded twice; `-a * b + c` where a negation is given.
    private mutating func multiplyAndAdd(_ multiply: VectorOperation, _ add: VectorOperation, negated: VectorOperation? = nil) {
        let c = pop(), b = pop()
        if let negated { apply(negated) }
        push(b)
        apply(multiply)
        push(c)
        apply(add)
    }
    /// The saturated sums of products of neighbouring bytes, all signed.
    private mutating func multiplyBytes() {
        let b = pop(), a = pop()
        let byte = builder.constant(.i32, 8)
        func odd(_ x: Value, _ translator: inout FunctionTranslator) -> Value { translator.builder.vector(.i16x8ShrS, x, byte) }
        func even(_ x: Value, _ translator: inout FunctionTranslator) -> Value {
            odd(translator.builder.vector(.i16x8Shl, x, byte), &translator)
        }
        let evenA = even(a, &self), evenB = even(b, &self), oddA = odd(a, &self), oddB = odd(b, &self)
        let evenProducts = builder.vector(.i16x8Mul, evenA, evenB), oddProducts = builder.vector(.i16x8Mul, oddA, oddB)
        push(builder.vector(.i16x8AddSatS, evenProducts, oddProducts))
    }
}

extension WasmOpcode {
    /// Whether it has the prefix of vector operators.
    var isVector: Bool { rawValue >> 12 == 0xFD }
}

extension VectorOperation {
    /// For operations on floats that may give a NaN with bits of their own: what tells the NaNs of the result.
    fileprivate var nanComparison: VectorOperation? {
        switch self {
        case .f32x4Add, .f32x4Sub, .f32x4Mul, .f32x4Div, .f32x4Min, .f32x4Max, .f32x4Sqrt, .f32x4Ceil, .f32x4Floor, .f32x4Trunc, .f32x4Nearest,
            .f32x4DemoteF64x2Zero, .f32x4RelaxedMadd, .f32x4RelaxedNmadd: .f32x4Ne
        case .f64x2Add, .f64x2Sub, .f64x2Mul, .f64x2Div, .f64x2Min, .f64x2Max, .f64x2Sqrt, .f64x2Ceil, .f64x2Floor, .f64x2Trunc, .f64x2Nearest,
            .f64x2PromoteLowF32x4, .f64x2RelaxedMadd, .f64x2RelaxedNmadd: .f64x2Ne
        default: nil
        }
    }
}
