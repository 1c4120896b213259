public import PrecastMachineCode

/// Factories of Advanced SIMD instructions. `size` is the arrangement of the vectors; scalars in float registers are their lane 0.
extension MachineInstruction {
    /// The number of set bits of each byte. `b8` or `b16`.
    public static func countBits(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { Self(.cnt, size, dst: dst, src) }
    /// Lane 0 of dst = the sum of all lanes, modulo their width; the others are zero.
    public static func sumLanes(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { Self(.addv, size, dst: dst, src) }
    /// Each lane shifted right by 1 … its width; also of the scalar `d`.
    public static func shiftLanesRight(_ size: OperandSize, _ dst: Register, _ src: Register, _ n: UInt8) -> Self {
        Self(.ushr, size, dst: dst, src).with { $0.amount = n }
    }
    /// Each lane of src shifted left by `n`, below it the low `n` bits of `old`, to which dst is tied; also of the scalar `d`.
    public static func insertShiftedLeft(_ size: OperandSize, _ dst: Register, old: Register, _ src: Register, _ n: UInt8) -> Self {
        Self(.sli, size, dst: dst, src).with {
            $0.src3 = old
            $0.amount = n
        }
    }
}
