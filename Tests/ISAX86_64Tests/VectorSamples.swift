import PrecastISAX86_64
import PrecastMachineCode

extension InstructionSamples {
    /// Registers that differ in prefix bits.
    private static let someFloats: [Register] = [.xmm(0), .xmm(1), .xmm(6), .xmm(8), .xmm(11), .xmm(15)]
    private static let vectorSources: [RegisterOrMemory] = someFloats.map { .register($0) } + fewAddresses.map { .memory($0) }
    private static let someIntegers: [Register] = [0, 3, 4, 5, 6, 8, 12, 15].map { integers[$0] }
    /// Both sides of the bounds of EVEX's multiplied displacements.
    private static let scaledAddresses: [MemoryOperand] = [16, 24, 127 * 16, 128 * 16, -128 * 16, -129 * 16, 2032 + 8].map { .base(integers[9], $0) }

    mutating func addVectors() {
        for avx in [false, true] {
            for a in Self.someFloats {
                let first = avx ? Self.floats[Int(a.number) * 5 & 15] : a
                for source in Self.vectorSources { addPacked(a, first, source, avx: avx) }
                for b in Self.someFloats { addRegisterForms(a, first, b, avx: avx) }
                for n in [0, 1, 15, 63] as [UInt8] {
                    for op in PackedShift.allCases where avx || op != .psraq { add(.packedShift(op, a, first, .immediate(n), avx: avx)) }
                    add(.shiftBytesLeft(a, first, n, avx: avx))
                    add(.shiftBytesRight(a, first, n, avx: avx))
                }
                addLanes(a, first, avx: avx)
            }
        }
        for a in Self.someFloats {
            for b in Self.someFloats { for source in Self.vectorSources { addTernary(a, b, source) } }
            for m in Self.scaledAddresses {
                add(.packed(.pmullq, a, a, .memory(m), avx: true))
                add(.packedUnary(.cvtudq2pd, a, .memory(m), avx: true))
            }
        }
    }

    private mutating func addPacked(_ a: Register, _ first: Register, _ source: RegisterOrMemory, avx: Bool) {
        for op in PackedOperation.allCases where avx || op.rawValue < PackedOperation.pmullq.rawValue { add(.packed(op, a, first, source, avx: avx)) }
        for op in PackedUnaryOperation.allCases where avx || !op.needsAVX { add(.packedUnary(op, a, source, avx: avx)) }
        for op in PackedShuffle.allCases { add(.shuffle(op, a, source, control: 0x1b, avx: avx)) }
        for op in PackedMix.allCases where avx || op.rawValue < PackedMix.rangeps.rawValue { add(.shuffle(op, a, first, source, control: 3, avx: avx)) }
        for size in FloatSize.allCases {
            add(.packedRound(RoundingMode.allCases[Int(a.number) & 3], size, a, source, avx: avx))
            for p in ComparePredicate.allCases { add(.packedCompare(p, size, a, first, source, avx: avx)) }
        }
        for op in VariableBlend.allCases { add(.blend(op, a, first, source, mask: avx ? Self.floats[Int(a.number) * 7 & 15] : .xmm(0), avx: avx)) }
        add(.insertFloat(a, first, source, lane: 2, from: 0, zero: 8, avx: avx))
        add(.ptest(a, source, avx: avx))
    }

    private mutating func addRegisterForms(_ a: Register, _ first: Register, _ b: Register, avx: Bool) {
        for op in PackedShift.allCases where avx || op != .psraq { add(.packedShift(op, a, first, .register(b), avx: avx)) }
        for size in FloatSize.allCases { add(.mergeLow(size, a, first, b, avx: avx)) }
        add(.moveHighToLow(a, first, b, avx: avx))
        add(.moveLowToHigh(a, first, b, avx: avx))
        add(.insertFloat(a, first, .register(b), lane: 3, from: 1, avx: avx))
    }

    private mutating func addLanes(_ a: Register, _ first: Register, avx: Bool) {
        for r in Self.someIntegers { add(.byteMask(r, a, avx: avx)) }
        for size in [.b, .w, .l, .q] as [OperandSize] {
            for r in Self.someIntegers {
                add(.insert(size, a, first, .register(r), lane: 1, avx: avx))
                add(.extract(size, r, a, lane: 1, avx: avx))
            }
            for m in Self.fewAddresses {
                add(.insert(size, a, first, .memory(m), lane: 1, avx: avx))
                add(.storeLane(size, m, a, lane: 1, avx: avx))
            }
        }
        for half in VectorHalf.allCases {
            for m in Self.fewAddresses {
                add(.loadHalf(half, a, first, m, avx: avx))
                add(.storeHalf(half, m, a, avx: avx))
            }
        }
    }

    private mutating func addTernary(_ a: Register, _ b: Register, _ source: RegisterOrMemory) {
        for format in FusedFormat.allCases {
            for negated in [false, true] {
                add(.fusedMultiplyAdd(format, a, a, multiplier: b, addend: source, negated: negated))
                add(.fusedAccumulate(format, a, accumulator: a, b, source, negated: negated))
            }
        }
        add(.ternaryLogic(a, a, b, source, table: 0xca))
        add(.permuteBytes(a, indices: a, low: b, high: source))
    }
}

extension PackedUnaryOperation {
    var needsAVX: Bool {
        switch self {
        case .pbroadcastb, .pbroadcastw, .pbroadcastd, .pbroadcastq, .broadcastss: true
        case .pabsq, .popcntb, .cvttps2udq, .cvttpd2udq, .cvtudq2ps, .cvtudq2pd: true
        default: false
        }
    }
}
