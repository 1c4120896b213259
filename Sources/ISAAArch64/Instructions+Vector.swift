public import PrecastMachineCode

/// Factories of Advanced SIMD instructions. `size` is the arrangement of the vectors; scalars in float registers are their lane 0.
extension MachineInstruction {
    /// dst = op a, a op b; `old` is what dst held where the operation reads that, and dst is tied to it. `amount`: a shift's, a lane, a byte.
    /// Of operations on lanes of two widths, `size` is the narrower arrangement: a whole vector stands for upper halves.
    public static func vector(
        _ opcode: VectorOpcode, _ size: OperandSize, _ dst: Register, old: Register = .none, _ a: Register, _ b: Register = .none, amount: UInt8 = 0
    ) -> Self {
        Self(.vector, size, dst: dst, a, b).with {
            $0.modifier = opcode.rawValue
            $0.src3 = old
            $0.amount = amount
        }
    }
    /// dst = the constant. Made anew instead of spilled.
    public static func vectorImmediate(_ dst: Register, _ constant: ModifiedImmediate) -> Self {
        vector(.movi, .b16, dst, .none).with { $0.immediate = Int64(constant.rawValue) }
    }
    /// dst = `old`, but for lane `lane`, which is lane `number` of src.
    public static func insertLane(_ size: OperandSize, _ dst: Register, old: Register, _ lane: UInt8, from src: Register, _ number: UInt8) -> Self {
        vector(.ins, size, dst, old: old, src, amount: lane).with { $0.immediate = Int64(number) }
    }
    /// dst = bytes of `high`:`low` by their numbers. The two go to consecutive registers.
    public static func lookUp(_ dst: Register, low: Register, high: Register, _ numbers: Register) -> Self {
        vector(.tbl2, .b16, dst, old: high, low, numbers)
    }
    /// Of the vector opcode.
    public var vectorOpcode: VectorOpcode { VectorOpcode(rawValue: modifier).unsafelyUnwrapped }

    // MARK: Scalars

    /// The number of set bits of each byte. `b8` or `b16`.
    public static func countBits(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { vector(.cnt, size, dst, src) }
    /// Lane 0 of dst = the sum of all lanes, modulo their width; the others are zero.
    public static func sumLanes(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { vector(.addv, size, dst, src) }
    /// Each lane shifted right by 1 … its width; also of the scalar `d`.
    public static func shiftLanesRight(_ size: OperandSize, _ dst: Register, _ src: Register, _ n: UInt8) -> Self {
        vector(.ushr, size, dst, src, amount: n)
    }
    /// Each lane of src shifted left by `n`, below it the low `n` bits of `old`, to which dst is tied; also of the scalar `d`.
    public static func insertShiftedLeft(_ size: OperandSize, _ dst: Register, old: Register, _ src: Register, _ n: UInt8) -> Self {
        vector(.sli, size, dst, old: old, src, amount: n)
    }

    // MARK: Memory

    /// Every lane of dst = memory at a plain address.
    public static func loadReplicated(_ size: OperandSize, _ dst: Register, _ m: MemoryOperand) -> Self {
        Self(.ld1r, size, dst: dst).with { $0.memory = m }
    }
    /// dst = `old`, but for one lane, which is memory at a plain address.
    public static func loadLane(_ size: OperandSize, _ dst: Register, old: Register, _ lane: UInt8, _ m: MemoryOperand) -> Self {
        Self(.ld1, size, dst: dst).with {
            $0.src3 = old
            $0.amount = lane
            $0.memory = m
        }
    }
    public static func storeLane(_ size: OperandSize, _ m: MemoryOperand, _ src: Register, _ lane: UInt8) -> Self {
        Self(.st1, size, src).with {
            $0.amount = lane
            $0.memory = m
        }
    }
}
