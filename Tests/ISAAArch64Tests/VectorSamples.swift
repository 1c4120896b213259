import PrecastIR
import PrecastISAAArch64
import PrecastMachineCode

extension InstructionSamples {
    /// Every vector operation in every arrangement, with registers that differ in all bits of a field.
    mutating func addVectors() {
        for opcode in VectorOpcode.allCases where opcode != .movi {
            for size in opcode.sizes {
                for amount in opcode.amounts(size) {
                    for (d, n, m) in [(0, 31, 5), (31, 0, 16), (10, 21, 31), (7, 7, 7)] { addVector(opcode, size, d, n, m, amount) }
                }
            }
        }
        for bits in Self.vectorConstants {
            if let immediate = ModifiedImmediate(VectorConstantData(low: bits, high: bits)) { add(.vectorImmediate(.v(19), immediate)) }
        }
        addLaneAccesses()
        add(.moveFloat(.q, .v(3), .v(30)))
    }

    private mutating func addVector(_ opcode: VectorOpcode, _ size: OperandSize, _ d: Int, _ n: Int, _ m: Int, _ amount: UInt8) {
        let isFromGeneral = opcode == .dupGeneral || opcode == .insGeneral, isToGeneral = opcode == .umov || opcode == .smov
        // General registers stop at 30.
        let dst: Register = isToGeneral ? .x(d % 31) : .v(d), source: Register = isFromGeneral ? .x(n % 31) : .v(n)
        if opcode == .ins { return add(.insertLane(size, dst, old: dst, amount, from: source, UInt8(16 / size.laneBytes - 1) - amount)) }
        if opcode == .tbl2 { return add(.lookUp(dst, low: .v(n % 31), high: .v(n % 31 + 1), .v(m))) }
        let readsDestination = opcode.readsDestination || opcode.isNarrowing && size.bytes == 16
        add(.vector(opcode, size, dst, old: readsDestination ? dst : .none, source, opcode.hasTwoSources ? .v(m) : .none, amount: amount))
    }

    /// Half a vector of each kind that an immediate makes.
    static let vectorConstants: [UInt64] = {
        var result: [UInt64] = []
        for byte in [0x5a, 0xff, 1] as [UInt64] {
            let words = (0..<4 as Range<UInt64>).map { byte << (8 * $0) } + [byte << 8 | 0xff, byte << 16 | 0xffff]
            for word in words + words.map({ ~$0 & 0xffff_ffff }) { result.append(word | word << 32) }
            for half in [byte, byte << 8, ~byte & 0xffff, ~(byte << 8) & 0xffff] { result.append(half &* 0x0001_0001_0001_0001) }
            result.append(byte &* 0x0101_0101_0101_0101)
        }
        result += [0xff00_ffff_0000_ff00, 0x00ff_0000_0000_00ff]
        for x in [1, -2, 0.125, 31, -0.2421875, 1.9375, 17] {
            result.append(x.bitPattern)
            result.append(UInt64(Float(x).bitPattern) &* 0x0000_0001_0000_0001)
        }
        return result
    }()

    private mutating func addLaneAccesses() {
        for size in [.b16, .h8, .s4, .d2] as [OperandSize] {
            for n in [0, 13, 28] {
                let m = MemoryOperand.base(.x(n)), v = Register.v(n + 3)
                add(.loadReplicated(size, v, m))
                for lane in 0..<UInt8(16 / size.laneBytes) {
                    add(.loadLane(size, v, old: v, lane, m))
                    add(.storeLane(size, m, v, lane))
                }
            }
        }
    }

    mutating func addAtomics() {
        add(.barrier)
        for access in AtomicAccess.allCases {
            for (a, b, c) in [(0, 1, 2), (30, 17, 9), (5, 28, 30)] {
                let m = MemoryOperand.base(.x(c))
                add(.atomicLoad(access, .x(a), m))
                add(.atomicStore(access, m, .x(b)))
                add(.atomicStore(access, m, .zr))
                add(.loadExclusive(access, .x(a), m))
                add(.storeExclusive(access, status: .x(a), m, .x(b)))
                for op in AtomicUpdate.allCases { add(.update(op, access, .x(a), .x(b), m)) }
                add(.compareExchange(access, .x(a), expected: .x(a), replacement: .x(b), m))
            }
        }
    }
}

extension OperandSize {
    /// Bytes of a lane.
    var laneBytes: Int {
        switch self {
        case .b8, .b16: 1
        case .h4, .h8: 2
        case .s2, .s4: 4
        default: 8
        }
    }
}

extension VectorOpcode {
    fileprivate var readsDestination: Bool {
        switch self {
        case .mla, .mls, .fmla, .fmls, .sdot, .bsl, .bit, .bif, .smlal, .umlal, .sadalp, .uadalp, .ins, .insGeneral, .sli: true
        default: false
        }
    }
    fileprivate var isNarrowing: Bool {
        switch self {
        case .xtn, .sqxtn, .sqxtun, .uqxtn, .fcvtn: true
        default: false
        }
    }
    fileprivate var hasTwoSources: Bool {
        switch self {
        case .add, .sub, .mul, .sqadd, .uqadd, .sqsub, .uqsub, .urhadd, .smax, .smin, .umax, .umin, .sqrdmulh, .sshl, .ushl: true
        case .cmeq, .cmgt, .cmge, .cmhi, .cmhs, .cmtst, .fcmeq, .fcmge, .fcmgt, .addp, .umaxp: true
        case .zip1, .zip2, .uzp1, .uzp2, .trn1, .trn2, .ext, .tbl, .mla, .mls, .fmla, .fmls, .sdot, .bsl, .bit, .bif: true
        case .and, .orr, .eor, .bic, .orn, .fadd, .fsub, .fmul, .fdiv, .fmin, .fmax, .smull, .umull, .smlal, .umlal: true
        default: false
        }
    }
    /// The arrangements that the operation has (of those that are of use).
    fileprivate var sizes: [OperandSize] {
        switch self {
        case .and, .orr, .eor, .bic, .orn, .bsl, .bit, .bif, .not, .cnt, .ext, .tbl, .tbl2, .rev16: [.b16]
        case .mul, .mla, .mls, .urhadd, .smax, .smin, .umax, .umin, .umaxp, .rev64: [.b16, .h8, .s4]
        case .rev32: [.b16, .h8]
        case .sqrdmulh: [.h8, .s4]
        case .fadd, .fsub, .fmul, .fdiv, .fmin, .fmax, .fmla, .fmls, .fcmeq, .fcmge, .fcmgt: [.s4, .d2]
        case .fcmeqZero, .fcmgtZero, .fcmgeZero, .fcmleZero, .fcmltZero: [.s4, .d2]
        case .fabs, .fneg, .fsqrt, .frintn, .frintm, .frintp, .frintz, .fcvtzs, .fcvtzu, .scvtf, .ucvtf: [.s4, .d2]
        case .sdot: [.s4]
        case .smull, .umull, .smlal, .umlal, .sshll, .ushll, .saddlp, .uaddlp, .sadalp, .uadalp: [.b8, .h4, .s2, .b16, .h8, .s4]
        case .xtn, .sqxtn, .sqxtun, .uqxtn: [.b8, .h4, .s2, .b16, .h8, .s4]
        case .fcvtl, .fcvtn: [.s2, .s4]
        case .addv: [.b8, .b16, .h8, .s4]
        case .ushr, .sli: [.b16, .h8, .s4, .d2, .d]
        case .smov: [.b16, .h8]
        default: [.b16, .h8, .s4, .d2]
        }
    }
    /// Counts and lanes at both ends.
    fileprivate func amounts(_ size: OperandSize) -> [UInt8] {
        let bits = UInt8(size.laneBytes * 8)
        switch self {
        case .shl, .sli, .sshll, .ushll: return [0, 3, bits - 1]
        case .sshr, .ushr: return [1, 5, bits]
        case .dup, .dupScalar, .ins, .insGeneral, .umov, .smov: return Array(0..<128 / bits)
        case .ext: return [0, 1, 8, 15]
        default: return [0]
        }
    }
}
