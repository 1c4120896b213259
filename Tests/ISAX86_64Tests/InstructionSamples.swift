import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation

/// Operand combinations of every encoding row, over machine registers.
struct InstructionSamples {
    private(set) var all: [MachineInstruction] = []

    static let integers: [Register] = (0..<16).map { Register(PhysicalRegister(.integer, $0)) }
    static let floats: [Register] = (0..<16).map { .xmm($0) }
    static let immediates: [Int32] = [0, 1, -1, 127, 128, -128, -129, 255, 256, 0x7fff, -0x8000, 0x12345, .max, .min]
    static let displacements: [Int32] = [0, 1, -1, 127, -128, 128, -129, 0x1234_5678, .min]

    /// Every base with every displacement, every base with every index, every scale, no base.
    static let addresses: [MemoryOperand] = {
        var list: [MemoryOperand] = []
        for base in integers { for d in displacements { list.append(.base(base, d)) } }
        for base in integers {
            for index in integers where index != .rsp { list.append(.indexed(base, index, scale: UInt8(base.number & 3), base.number & 1 == 0 ? 0 : 16)) }
        }
        for scale in [0, 1, 2, 3] as [UInt8] {
            for d in displacements { list.append(.indexed(.rbp, .r11, scale: scale, d)) }
            // Without base, an index of scale 1 would be written as a base.
            if scale > 0 { for index in [0, 5, 12, 13, 15] { list.append(MemoryOperand(base: .none, index: integers[index], scale: scale, displacement: 0x40)) } }
        }
        list.append(MemoryOperand(base: .none, displacement: 0x1000))
        return list
    }()
    /// A few that differ in every prefix bit.
    static let fewAddresses: [MemoryOperand] = [
        .base(integers[0]), .base(integers[4], 8), .base(integers[5]), .base(integers[12], 300), .base(integers[13], -4),
        .indexed(integers[3], integers[9], scale: 3, 16), .indexed(integers[8], integers[1], scale: 1), .indexed(integers[14], integers[15], scale: 2, -1000),
        MemoryOperand(base: .none, index: integers[10], scale: 3, displacement: 64),
    ]

    init() {
        addArithmetic()
        addShifts()
        addMultiplication()
        addMoves()
        addConditions()
        addBits()
        addAtomics()
        addFloats()
        addConversions()
        addVectors()
        addControl()
    }

    mutating func add(_ i: MachineInstruction) { all.append(i) }

    private mutating func addArithmetic() {
        let sizes: [OperandSize] = [.b, .w, .l, .q]
        for op in ALUOperation.allCases {
            for size in sizes {
                for a in Self.integers {
                    for b in Self.integers { add(.alu(op, size, a, a, .register(b))) }
                    for value in Self.immediates where fits(value, size) { add(.alu(op, size, a, a, .immediate(value))) }
                    for m in Self.fewAddresses {
                        add(.alu(op, size, a, a, .memory(m)))
                        add(.aluMemory(op, size, m, .register(a)))
                    }
                }
                for m in Self.fewAddresses {
                    for value in Self.immediates where fits(value, size) { add(.aluMemory(op, size, m, .immediate(value))) }
                }
            }
            for m in Self.addresses { add(.alu(op, .q, .rdx, .rdx, .memory(m))) }
        }
        for size in sizes {
            add(.aluMemory(.add, size, Self.fewAddresses[1], .register(.rsi), lock: true))
            add(.aluMemory(.xor, size, Self.fewAddresses[5], .immediate(5), lock: true))
            for a in Self.integers {
                for b in Self.integers {
                    add(.cmp(size, a, .register(b)))
                    add(.test(size, a, .register(b)))
                }
                for value in Self.immediates where fits(value, size) {
                    add(.cmp(size, a, .immediate(value)))
                    add(.test(size, a, .immediate(value)))
                }
                for m in Self.fewAddresses {
                    add(.cmp(size, a, .memory(m)))
                    add(.cmpMemory(size, m, .register(a)))
                    add(.testMemory(size, m, .register(a)))
                }
                add(.neg(size, a, a))
                add(.not(size, a, a))
                if size == .l || size == .q { add(.bswap(size, a, a)) }
            }
            for m in Self.fewAddresses {
                for value in Self.immediates where fits(value, size) {
                    add(.cmpMemory(size, m, .immediate(value)))
                    add(.testMemory(size, m, .immediate(value)))
                }
            }
        }
    }
    private func fits(_ value: Int32, _ size: OperandSize) -> Bool {
        switch size {
        case .b: Int8(exactly: value) != nil
        case .w: Int16(exactly: value) != nil
        default: true
        }
    }

    private mutating func addShifts() {
        for size in [.b, .w, .l, .q] as [OperandSize] {
            for a in Self.integers {
                for op in ShiftOperation.allCases {
                    for n in [1, 2, 7, 31, 63] as [UInt8] { add(.shift(op, size, a, a, .immediate(n))) }
                    add(.shift(op, size, a, a, .register(.rcx)))
                }
                if size == .b { continue }
                for b in Self.integers {
                    add(.shld(size, a, a, b, .immediate(13)))
                    add(.shrd(size, a, a, b, .immediate(13)))
                    add(.shld(size, a, a, b, .register(.rcx)))
                    add(.shrd(size, a, a, b, .register(.rcx)))
                }
            }
        }
    }

    private mutating func addMultiplication() {
        for size in [.w, .l, .q] as [OperandSize] {
            for a in Self.integers {
                for b in Self.integers {
                    add(.imul(size, a, a, .register(b)))
                    for value in [3, -128, 128, -30000] as [Int32] { add(.imul3(size, a, .register(b), value)) }
                }
                for m in Self.fewAddresses {
                    add(.imul(size, a, a, .memory(m)))
                    add(.imul3(size, a, .memory(m), 10))
                    add(.imul3(size, a, .memory(m), 1000))
                }
            }
        }
        for size in [.b, .w, .l, .q] as [OperandSize] {
            let sources = Self.integers.map { RegisterOrMemory.register($0) } + Self.fewAddresses.map { .memory($0) }
            for source in sources {
                add(.mulWide(signed: false, size, low: .rax, high: .rdx, .rax, source))
                add(.mulWide(signed: true, size, low: .rax, high: .rdx, .rax, source))
                add(.div(size, quotient: .rax, remainder: .rdx, low: .rax, high: .rdx, source))
                add(.idiv(size, quotient: .rax, remainder: .rdx, low: .rax, high: .rdx, source))
            }
        }
        for size in [.l, .q] as [OperandSize] {
            add(.cqo(size, .rdx, .rax))
            for a in Self.integers {
                for b in Self.integers { add(.mulx(size, low: a, high: b, .rdx, .register(a))) }
                for m in Self.fewAddresses { add(.mulx(size, low: a, high: .r11, .rdx, .memory(m))) }
            }
        }
    }

    private mutating func addMoves() {
        for size in [.l, .q] as [OperandSize] {
            for a in Self.integers {
                for b in Self.integers {
                    add(.move(size, a, b))
                    for e in Extension.allCases where e != .sign32 || size == .q { add(.extend(e, size, a, .register(b))) }
                }
                for m in Self.fewAddresses {
                    for e in Extension.allCases where e != .sign32 || size == .q { add(.extend(e, size, a, .memory(m))) }
                    add(.load(size, a, m))
                    add(.lea(size, a, m))
                }
                for value in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as [Int64] { add(.loadImmediate(size, a, value)) }
            }
        }
        for a in Self.integers { for value in [-1, Int64(Int32.min), 0x1_0000_0000, .max, .min, 0x0123_4567_89ab_cdef] as [Int64] { add(.loadImmediate(.q, a, value)) } }
        for m in Self.addresses {
            add(.load(.q, .rdi, m))
            add(.load(.l, Self.integers[9], m))
            if m.base.isSome || m.index.isSome { add(.lea(.q, .rax, m)) }
        }
        for size in [.b, .w, .l, .q] as [OperandSize] {
            for m in Self.fewAddresses {
                for a in Self.integers { add(.store(size, m, a)) }
                for value in Self.immediates where fits(value, size) { add(.store(size, m, immediate: value)) }
            }
        }
    }

    private mutating func addConditions() {
        for cc in Condition.allCases {
            for a in Self.integers {
                add(.setccByte(cc, a))
                for size in [.w, .l, .q] as [OperandSize] {
                    for b in [0, 5, 9, 15] { add(.cmov(cc, size, a, otherwise: a, .register(Self.integers[b]))) }
                    add(.cmov(cc, size, a, otherwise: a, .memory(Self.fewAddresses[5])))
                }
            }
        }
    }

    private mutating func addBits() {
        for size in [.w, .l, .q] as [OperandSize] {
            for a in Self.integers {
                for op in BitCount.allCases {
                    for b in Self.integers { add(.bitCount(op, size, a, .register(b))) }
                    for m in Self.fewAddresses { add(.bitCount(op, size, a, .memory(m))) }
                }
                for n in [0, 1, 15, 31] as [Int32] {
                    add(.bt(size, a, .immediate(n)))
                    for op in BitTest.allCases { add(.bitTest(op, size, a, a, .immediate(n))) }
                }
                for b in Self.integers {
                    add(.bt(size, a, .register(b)))
                    for op in BitTest.allCases { add(.bitTest(op, size, a, a, .register(b))) }
                }
            }
        }
        for size in [.l, .q] as [OperandSize] {
            for a in Self.integers {
                for b in Self.integers {
                    for op in MaskOperation.allCases { add(.mask(op, size, a, b, .register(Self.integers[Int(a.number + b.number) & 15]))) }
                    for op in LowestBit.allCases { add(.lowestBit(op, size, a, .register(b))) }
                    for op in ControlledOperation.allCases { add(.controlled(op, size, a, .register(b), Self.integers[Int(a.number + b.number) & 15])) }
                    add(.rorx(size, a, .register(b), 17))
                }
                for m in Self.fewAddresses {
                    for op in MaskOperation.allCases { add(.mask(op, size, a, .rbp, .memory(m))) }
                    for op in LowestBit.allCases { add(.lowestBit(op, size, a, .memory(m))) }
                    for op in ControlledOperation.allCases { add(.controlled(op, size, a, .memory(m), .rcx)) }
                    add(.rorx(size, a, .memory(m), 31))
                }
            }
        }
    }

    private mutating func addAtomics() {
        add(.aluMemory(.or, .l, .base(.rsp), .immediate(0), lock: true))
        for size in [.b, .w, .l, .q] as [OperandSize] {
            for m in Self.fewAddresses {
                for a in Self.integers {
                    add(.xchg(size, a, a, m))
                    add(.xadd(size, a, a, m))
                    add(.cmpxchg(size, .rax, expected: .rax, replacement: a, m))
                }
            }
        }
        add(.mfence)
        add(.pause)
        add(.nop)
    }

    private mutating func addFloats() {
        let sources = Self.floats.map { RegisterOrMemory.register($0) } + Self.fewAddresses.map { .memory($0) }
        for avx in [false, true] {
            for a in Self.floats {
                for b in Self.floats { add(.moveFloat(a, b, avx: avx)) }
                for m in Self.fewAddresses {
                    for size in FloatSize.allCases {
                        add(.loadFloat(size, a, m, avx: avx))
                        add(.storeFloat(size, m, a, avx: avx))
                    }
                    add(.loadVector(a, m, avx: avx))
                    add(.storeVector(m, a, avx: avx))
                }
                for source in sources {
                    let first = avx ? Self.floats[Int(a.number) * 5 & 15] : a
                    for size in FloatSize.allCases {
                        for op in FloatOperation.allCases { add(.float(op, size, a, first, source, avx: avx)) }
                        for p in ComparePredicate.allCases { add(.compareMask(p, size, a, first, source, avx: avx)) }
                        add(.sqrt(size, a, source, avx: avx))
                        add(.round(RoundingMode.allCases[Int(a.number) & 3], size, a, source, avx: avx))
                        add(.ucomis(size, a, source, avx: avx))
                    }
                    for op in FloatLogic.allCases { add(.logic(op, a, first, source, avx: avx)) }
                    add(.unpackLow(a, first, source, avx: avx))
                    add(.promote(a, source, avx: avx))
                    add(.demote(a, source, avx: avx))
                }
            }
            for m in Self.addresses { add(.loadFloat(.double, .xmm(9), m, avx: avx)) }
        }
    }

    private mutating func addConversions() {
        for avx in [false, true] {
            for f in Self.floats {
                for size in [.l, .q] as [OperandSize] {
                    for r in Self.integers {
                        add(.moveToFloat(size, f, .register(r), avx: avx))
                        add(.moveFromFloat(size, r, f, avx: avx))
                        for float in FloatSize.allCases {
                            add(.fromInteger(size, to: float, f, .register(r), avx: avx))
                            add(.toInteger(size, from: float, r, .register(f), avx: avx))
                        }
                    }
                    for m in Self.fewAddresses {
                        add(.moveToFloat(size, f, .memory(m), avx: avx))
                        for float in FloatSize.allCases {
                            add(.fromInteger(size, to: float, f, .memory(m), avx: avx))
                            add(.toInteger(size, from: float, Self.integers[Int(f.number)], .memory(m), avx: avx))
                        }
                    }
                }
                for r in Self.integers { for size in FloatSize.allCases { add(.signMask(size, r, f, avx: avx)) } }
            }
        }
    }

    private mutating func addControl() {
        for r in Self.integers {
            add(.callIndirect(.register(r), callInfo: 0))
            add(.tailCallIndirect(r, callInfo: 0))
        }
        for m in Self.addresses { add(.callIndirect(.memory(m), callInfo: 0)) }
        add(.trap(0))
    }
}
