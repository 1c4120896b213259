public import PrecastIR

/// Makes straight-line functions over vectors: (context, address of ``inputBytes`` bytes, address of ``outputBytes`` bytes), no result.
///
/// They load from the first, do what they do, and store everything that they have to the second. Lanes that are NaNs after arithmetic become
/// zero, since their bits are open; those that are loaded are kept as they are.
public struct RandomVectorFunction: ~Copyable {
    public static let inputBytes = 256
    public static let outputBytes = 16 * 6 + 8 * 8
    /// Every operation whose result is the same on every machine.
    public static let operations = VectorOperation.allCases.filter { !$0.name.contains("relaxed") }

    private var random: RandomNumbers
    private var builder: FunctionBuilder
    private var input = Value.none
    private var vectors: [Value] = []
    private var scalars: [Type: [Value]] = [:]

    /// - Parameter first: the operation that comes first; random ones follow.
    public static func make(seed: UInt64, first: VectorOperation? = nil, size: Int = 40) -> Function {
        var maker = RandomVectorFunction(seed: seed)
        if let first { maker.apply(first) }
        for _ in 0..<size { maker.apply(maker.random.pick(operations)) }
        return maker.finish()
    }
    /// Bytes to work on: noise, and floats of every kind.
    public static func input(seed: UInt64) -> [UInt8] {
        var random = RandomNumbers(seed: seed)
        let singles: [Float] = [0, -0.0, 1.5, -2.5, .infinity, -.infinity, .nan, 2147483648, -2147483649, 4294967040, 1e-40, 0.49999997, 3e9]
        let doubles: [Double] = [0, -0.0, 0.5, -1.5, .infinity, .nan, 2147483647.5, -2147483648.5, 4294967295.5, 1e300, 5e-324]
        var bytes: [UInt8] = []
        while bytes.count < inputBytes {
            switch random.below(4) {
            case 0: withUnsafeBytes(of: random.pick(singles)) { bytes += $0 }
            case 1: withUnsafeBytes(of: random.pick(doubles)) { bytes += $0 }
            case 2: withUnsafeBytes(of: random.pick([0, .max, 0x8000_8000_8080_8080, 0x7fff_7fff_7f7f_7f7f, 1] as [UInt64])) { bytes += $0 }
            default: withUnsafeBytes(of: random.next()) { bytes += $0 }
            }
        }
        return Array(bytes.prefix(inputBytes))
    }

    private init(seed: UInt64) {
        random = RandomNumbers(seed: seed)
        let parameters = [ABIParameter(.i64, .context), ABIParameter(.i64), ABIParameter(.i64)]
        builder = FunctionBuilder(number: 0, signature: Signature(parameters: parameters))
        let entry = builder.makeBlock()
        for parameter in parameters { builder.function.dfg.appendParameter(entry, parameter.type) }
        builder.startBlock(entry)
        builder.seal(entry)
        input = builder.function.dfg.parameter(entry, 1)
        for _ in 0..<6 { vectors.append(load(.v128)) }
        for type in [Type.i32, .i64, .f32, .f64] { scalars[type] = [load(type), load(type)] }
    }
    private mutating func finish() -> Function {
        let output = builder.function.dfg.parameter(builder.function.entry, 2)
        var offset: Int32 = 0
        for vector in vectors {
            builder.store(vector, output, offset: offset, MemoryFlags(rawValue: 0))
            offset += 16
        }
        for type in [Type.i32, .i64, .f32, .f64] {
            for value in scalars[type] ?? [] {
                builder.store(value, output, offset: offset, MemoryFlags(rawValue: 0))
                offset += 8
            }
        }
        builder.return([])
        let done = builder.takeFunction()
        return done
    }

    private mutating func load(_ type: Type) -> Value {
        let offset = Int32(random.below(Self.inputBytes - type.byteCount + 1))
        return builder.load(type, input, offset: offset, MemoryFlags(rawValue: 0))
    }
    private mutating func operand(_ type: Type) -> Value {
        switch random.below(20) {
        case 0..<3: return load(type)
        case 3..<7: return constant(type)
        default: return random.pick(type == .v128 ? vectors : scalars[type] ?? [])
        }
    }
    private mutating func constant(_ type: Type) -> Value {
        if type != .v128 { return builder.constant(type, type.isFloat ? 0 : Int64(random.below(80)) - 4) }
        switch random.below(4) {
        case 0: return builder.constant(VectorConstantData(low: 0, high: 0))
        case 1: return builder.constant(VectorConstantData(low: .max, high: .max))
        case 2: return builder.constant(VectorConstantData(low: random.next() & 0x1f1f_1f1f_1f1f_1f1f, high: random.next() & 0x0f0f_0f0f_0f0f_0f0f))
        default: return builder.constant(VectorConstantData(low: random.next(), high: random.next()))
        }
    }

    private mutating func apply(_ op: VectorOperation) {
        let operands = op.signature.operands.map { operand($0) }
        var result: Value
        switch op.signature.opcode {
        case .vunary: result = builder.vector(op, operands[0], immediate: immediate(op))
        case .vbinary: result = builder.vector(op, operands[0], operands[1], immediate: immediate(op))
        default: result = builder.vector(op, operands[0], operands[1], operands[2])
        }
        if op.signature.result == .v128 {
            if let ordered = op.ordered { result = builder.vector(.v128And, result, builder.vector(ordered, result, result)) }
            vectors[random.below(vectors.count)] = result
        } else {
            scalars[op.signature.result]?[random.below(2)] = result
        }
    }
    private mutating func immediate(_ op: VectorOperation) -> UInt32 {
        switch op.immediate {
        case .none: return 0
        case .lane(let count): return UInt32(random.below(Int(count)))
        case .shuffle: return builder.function.dfg.vectorConstant(shuffle()).rawValue
        }
    }
    /// Lane numbers: any, or with a structure that single instructions have.
    private mutating func shuffle() -> VectorConstantData {
        let width = random.pick([1, 1, 2, 4, 8]), limit = random.chance(40) ? 16 : 32, start = random.below(32)
        var bytes: [UInt8] = []
        switch random.below(4) {
        case 0: bytes = (0..<16).map { UInt8((start + $0) % limit) }
        case 1: bytes = (0..<16).map { UInt8($0 / (2 * width) * width + $0 % width + ($0 / width % 2 == 0 ? 0 : 16) + start / 16 * 8) & 31 }
        case 2: bytes = (0..<16).map { random.chance(50) ? UInt8($0) : UInt8($0 + 16) }
        default:
            while bytes.count < 16 {
                let lane = random.below(limit / width) * width
                bytes += (0..<width).map { UInt8(lane + $0) }
            }
        }
        func word(_ half: ArraySlice<UInt8>) -> UInt64 { half.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        return VectorConstantData(low: word(bytes[0..<8]), high: word(bytes[8..<16]))
    }
}

extension VectorOperation {
    /// The comparison that is false for the NaNs that the operation makes, if it makes any.
    fileprivate var ordered: VectorOperation? {
        switch self {
        case .f32x4Add, .f32x4Sub, .f32x4Mul, .f32x4Div, .f32x4Min, .f32x4Max, .f32x4Sqrt, .f32x4Ceil, .f32x4Floor, .f32x4Trunc, .f32x4Nearest,
            .f32x4DemoteF64x2Zero: .f32x4Eq
        case .f64x2Add, .f64x2Sub, .f64x2Mul, .f64x2Div, .f64x2Min, .f64x2Max, .f64x2Sqrt, .f64x2Ceil, .f64x2Floor, .f64x2Trunc, .f64x2Nearest,
            .f64x2PromoteLowF32x4: .f64x2Eq
        default: nil
        }
    }
}
