import PrecastISAAArch64

extension InstructionSamples {
    mutating func addVectors() {
        for a in Self.floats {
            for b in Self.floats {
                for size in [OperandSize.b8, .b16] {
                    add(.countBits(size, a, b))
                    add(.sumLanes(size, a, b))
                }
                for size in [OperandSize.h4, .h8, .s4] { add(.sumLanes(size, a, b)) }
                for size in [OperandSize.b8, .b16, .h4, .h8, .s2, .s4, .d2, .d] {
                    for n in [1, 5, 8] as [UInt8] {
                        add(.shiftLanesRight(size, a, b, n))
                        add(.insertShiftedLeft(size, a, old: a, b, n - 1))
                    }
                }
                add(.shiftLanesRight(.d, a, b, 63))
                add(.insertShiftedLeft(.s2, a, old: a, b, 31))
                add(.moveFloat(.q, a, b))
            }
        }
    }
}
