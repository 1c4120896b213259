import PrecastISAAArch64
import PrecastMachineCode
import PrecastRegisterAllocation

/// Operand combinations of every encoding row, over machine registers.
struct InstructionSamples {
    private(set) var all: [MachineInstruction] = []

    static let widths: [OperandSize] = [.w, .x]
    static let floatWidths: [OperandSize] = [.s, .d]
    static let integers: [Register] = (0..<31).map { .x($0) }
    /// A few that differ in every bit.
    static let few: [Register] = [.x(0), .x(1), .x(10), .x(21), .x(30)]
    static let floats: [Register] = [.v(0), .v(7), .v(18), .v(31)]
    static let logicalImmediates: [Int64] = [
        1, 2, 3, 0xff, 0xff00, 0x7fff_ffff, 0x5555_5555_5555_5555, 0x3333_3333_3333_3333, 0x0f0f_0f0f_0f0f_0f0f, 0x00ff_00ff_00ff_00ff,
        -2, -0x100, .min, .max, 0x0000_ffff_0000_ffff, -0x7fff_ffff_ffff_ffff, 0x7fff_ffff_ffff_fffe, 0x1f80_0000_0000_0000,
        -0x1e1e_1e1e_1e1e_1e1f,
    ]

    init() {
        addArithmetic()
        addLogic()
        addShifts()
        addProducts()
        addConditions()
        addMoves()
        addMemory()
        addFloats()
        addConversions()
        addVectors()
        addAtomics()
        addControl()
    }

    mutating func add(_ i: MachineInstruction) { all.append(i) }

    private mutating func addArithmetic() {
        for op in ArithmeticOperation.allCases {
            for size in Self.widths {
                for r in Self.integers {
                    add(.arithmetic(op, size, r, .x(5), .register(.x(9))))
                    add(.arithmetic(op, size, .x(3), r, .register(.zr)))
                    add(.arithmetic(op, size, .x(3), .x(29), .register(r)))
                }
                for r in Self.few {
                    for value in [0, 1, 4095, 4096, 0xabc000, 4095 << 12] as [Int64] { add(.arithmetic(op, size, r, r, .immediate(value))) }
                    for n in [0, 1, 13, 31] as [UInt8] {
                        for kind in [ShiftKind.lsl, .lsr, .asr] { add(.arithmetic(op, size, r, .x(7), .shifted(.x(8), kind, n))) }
                    }
                    for kind in ExtendKind.allCases {
                        for n in 0...4 as ClosedRange<UInt8> { add(.arithmetic(op, size, r, .x(7), .extended(.x(8), kind, n))) }
                    }
                }
                if size == .x { for n in [32, 63] as [UInt8] { add(.arithmetic(op, size, .x(1), .x(2), .shifted(.x(3), .asr, n))) } }
            }
            let isPlain = op == .add || op == .sub
            add(.arithmetic(op, .x, isPlain ? .sp : .x(4), .sp, .immediate(32)))
            add(.arithmetic(op, .x, isPlain ? .sp : .zr, .sp, .register(.x16)))
        }
        for op in CarryOperation.allCases {
            for size in Self.widths { for r in Self.few { for o in Self.few { add(.carry(op, size, r, o, .x(6))) } } }
        }
    }

    private mutating func addLogic() {
        for op in LogicOperation.allCases {
            for size in Self.widths {
                for r in Self.few {
                    for o in Self.few {
                        add(.logic(op, size, r, o, .register(.x(8))))
                        for kind in ShiftKind.allCases { add(.logic(op, size, r, .x(2), .shifted(o, kind, 17))) }
                    }
                    guard op.takesImmediate else { continue }
                    for value in Self.logicalImmediates where Immediates.isLogical(value, size) { add(.logic(op, size, r, .x(11), .immediate(value))) }
                }
            }
        }
        for width in [2, 4, 8, 16, 32, 64] as [UInt64] { addRuns(width) }
    }
    /// All runs of ones in lanes of `width` bits, in all rotations.
    private mutating func addRuns(_ width: UInt64) {
        for ones in 1..<width {
            for rotation in 0..<width {
                let run = (1 as UInt64) << ones - 1, mask = width == 64 ? UInt64.max : (1 as UInt64) << width - 1
                var lanes = rotation == 0 ? run : (run << rotation | run >> (width - rotation)) & mask
                var filled = width
                while filled < 64 {
                    lanes |= lanes << filled
                    filled *= 2
                }
                add(.logic(.eor, .x, .x(1), .x(2), .immediate(Int64(bitPattern: lanes))))
                if width <= 32 { add(.logic(.and, .w, .x(1), .x(2), .immediate(Int64(lanes & 0xffff_ffff)))) }
            }
        }
    }

    private mutating func addShifts() {
        for size in Self.widths {
            let width: UInt8 = size == .w ? 32 : 64
            for r in Self.few {
                for op in ShiftOperation.allCases {
                    add(.shift(op, size, r, .x(4), by: .x(12)))
                    for n in [1, 2, 16, width - 1] { add(.shift(op, size, r, .x(4), n)) }
                }
                for rotation in [0, 1, 7, 24, width - 1] {
                    for last in [0, 6, 7, 15, 23, width - 1] where last != width - 1 || rotation > 0 {
                        add(.bitfield(.unsigned, size, r, .x(3), rotation: rotation, last: last))
                        add(.bitfield(.signed, size, r, .x(3), rotation: rotation, last: last))
                        add(.insertBits(size, r, old: r, .x(3), rotation: rotation, last: last))
                    }
                }
                for o in Self.few { for n in [1, 15, width - 1] { add(.extract(size, r, o, .x(17), n)) } }
                for op in UnaryOperation.allCases where op != .rev32 || size == .x { for o in Self.few { add(.unary(op, size, r, o)) } }
            }
        }
    }

    private mutating func addProducts() {
        for r in Self.few {
            for o in Self.few {
                for size in Self.widths {
                    for op in [MultiplyAdd.madd, .msub] {
                        add(.multiplyAdd(op, size, r, o, .x(9), addend: .x(2)))
                        add(.multiplyAdd(op, size, r, .x(9), o, addend: .zr))
                    }
                    add(.div(signed: true, size, r, o, .x(9)))
                    add(.div(signed: false, size, r, .x(9), o))
                }
                for op in MultiplyAdd.allCases.dropFirst(2) {
                    add(.multiplyAdd(op, .x, r, o, .x(9), addend: .x(2)))
                    add(.multiplyAdd(op, .x, r, .x(9), o, addend: .x(30)))
                }
                add(.mulHigh(signed: true, r, o, .x(9)))
                add(.mulHigh(signed: false, r, .x(9), o))
            }
        }
    }

    private mutating func addConditions() {
        for cc in Condition.allCases where cc != .al {
            for size in Self.widths {
                for op in SelectOperation.allCases { for r in Self.few { add(.select(op, cc, size, r, .x(9), .x(2))) } }
                add(.conditionalCompare(cc, size, .x(1), .register(.x(30)), otherwise: 15))
                add(.conditionalCompare(cc, size, .x(1), .immediate(31), otherwise: 4))
                add(.conditionalCompareNegative(cc, size, .x(21), .immediate(1), otherwise: 0))
                add(.conditionalCompareNegative(cc, size, .x(21), .register(.x(10)), otherwise: 8))
            }
            add(.set(cc, .x(20)))
            for size in Self.floatWidths { add(.floatSelect(cc, size, .v(31), .v(1), .v(10))) }
        }
    }

    private mutating func addMoves() {
        for size in Self.widths {
            for r in Self.few {
                add(.move(size, r, .x(15)))
                for shift in [0, 16, 32, 48] as [UInt8] where size == .x || shift < 32 {
                    // Zeros in upper places would be written as another move.
                    for bits in [1, 0x1234, 0xfffe] as [UInt16] {
                        add(.moveWide(.zero, size, r, bits, shift: shift))
                        add(.moveWide(.inverted, size, r, bits, shift: shift))
                        add(.moveWide(.keep, size, r, old: r, bits, shift: shift))
                    }
                }
            }
        }
    }

    private mutating func addMemory() {
        for kind in LoadKind.allCases {
            let sizes: [OperandSize] = kind == .full ? [.w, .x, .b, .h, .s, .d, .q] : kind == .signed8 || kind == .signed16 ? [.w, .x] : [kind == .signed32 ? .x : .w]
            for size in sizes { addAccesses(bytes(kind, size)) { m, r in .load(kind, size, size.isFloat ? .v(Int(r.number)) : r, m) } }
        }
        for kind in StoreKind.allCases {
            for size in kind == .full ? [OperandSize.w, .x, .b, .h, .s, .d, .q] : [.w] {
                let bytes = kind == .full ? size.bytes : kind == .low8 ? 1 : 2
                addAccesses(bytes) { m, r in .store(kind, size, m, size.isFloat ? .v(Int(r.number)) : r) }
            }
        }
        for size in [OperandSize.w, .x, .s, .d, .q] {
            let (a, b): (Register, Register) = size.isFloat ? (.v(3), .v(28)) : (.x(3), .x(28))
            for n in [0, 1, 63, -1, -64] as [Int32] {
                for kind in [MemoryOperand.Kind.registers, .preIndexed, .postIndexed] {
                    var m = MemoryOperand.base(.sp, n * Int32(size.bytes))
                    m.kind = kind
                    add(.loadPair(size, a, b, m))
                    add(.storePair(size, m, b, a))
                }
            }
        }
    }
    private func bytes(_ kind: LoadKind, _ size: OperandSize) -> Int {
        switch kind {
        case .full: size.bytes
        case .unsigned8, .signed8: 1
        case .unsigned16, .signed16: 2
        case .signed32: 4
        }
    }
    private mutating func addAccesses(_ bytes: Int, _ make: (MemoryOperand, Register) -> MachineInstruction) {
        let unit = Int32(bytes)
        for r in Self.few {
            for d in [0, unit, 255 * unit, 4095 * unit, -1, -256, bytes == 1 ? 3 : unit + 1, 255] { add(make(.base(r, d), .x(12))) }
            add(make(.base(.sp, unit), r))
            for isScaled in [false, true] where !isScaled || bytes > 1 {
                add(make(.indexed(r, .x(17), isScaled: isScaled), .x(2)))
                add(make(.indexed(.sp, r, extend: .uxtw, isScaled: isScaled), .x(2)))
                add(make(.indexed(.x(5), r, extend: .sxtw, isScaled: isScaled), .x(2)))
                add(make(.indexed(.x(5), r, extend: .sxtx, isScaled: isScaled), .x(2)))
            }
            for kind in [MemoryOperand.Kind.preIndexed, .postIndexed] {
                for d in [0, -16, 255] as [Int32] {
                    var m = MemoryOperand.base(r, d)
                    m.kind = kind
                    add(make(m, .x(13)))
                }
            }
        }
    }

    private mutating func addFloats() {
        for size in Self.floatWidths {
            for a in Self.floats {
                for b in Self.floats {
                    for op in FloatOperation.allCases { add(.float(op, size, a, b, .v(20))) }
                    for op in FloatMultiplyAdd.allCases { add(.floatMultiplyAdd(op, size, a, .v(9), b, addend: .v(22))) }
                    for op in FloatUnary.allCases { add(.floatUnary(op, size, a, b)) }
                    add(.fcmp(size, a, b))
                }
                add(.fcmp(size, a))
            }
            for n in 0...255 { add(.floatImmediate(size, .v(n & 31), UInt8(n))) }
        }
    }

    private mutating func addConversions() {
        for size in Self.floatWidths {
            for r in Self.few {
                add(.moveToFloat(size, .v(9), r))
                add(.moveFromFloat(size, r, .v(9)))
                for integer in Self.widths {
                    for signed in [false, true] {
                        add(.fromInteger(signed: signed, integer, to: size, .v(19), r))
                        add(.toInteger(signed: signed, integer, from: size, r, .v(19)))
                    }
                }
            }
            for f in Self.floats { add(.convert(from: size, to: size == .s ? .d : .s, f, .v(6))) }
        }
    }

    private mutating func addControl() {
        for r in Self.few {
            for opcode in [Opcode.br, .blr] {
                var i = MachineInstruction(opcode, .x)
                i.src1 = r
                add(i)
            }
        }
        for opcode in [Opcode.ret, .nop, .paciasp, .autiasp, .autia1716] { add(MachineInstruction(opcode, .x)) }
        for target in [BranchTarget.call, .jump] { add(.branchTarget(target)) }
        for code in [0, 1, 63, 255] as [UInt8] { add(MachineInstruction(.udf, .x).trapping(code)) }
    }
}
