public import PrecastMachineCode

/// Factories of control flow. Branch arguments belong to the block (`VCode.endBlock`), not to the branch.
extension MachineInstruction {
    @inlinable static func control(_ opcode: Opcode, low: UInt32 = 0, high: UInt32 = 0) -> Self {
        var i = Self(opcode, .q)
        i.setWords(low: low, high: high)
        return i
    }

    /// At the head of block 0: defines the arguments that arrive in registers (the call info's defs).
    public static func arguments(callInfo: UInt32) -> Self { control(.arguments, low: callInfo) }

    /// At the head of a landing pad: defines the exception (the call info's def); no register holds anything before it.
    public static func landingPad(callInfo: UInt32) -> Self { control(.landingPad, low: callInfo) }

    public static func jmp(_ target: BlockNumber) -> Self { control(.jmp, low: target.rawValue) }
    public static func jcc(_ cc: Condition, then: BlockNumber, else other: BlockNumber) -> Self {
        var i = control(.jcc, low: then.rawValue, high: other.rawValue)
        i.condition = cc
        return i
    }
    /// To `then` if both conditions hold. Ordered equality is `.e` and `.np`.
    public static func jccAnd(_ a: Condition, _ b: Condition, then: BlockNumber, else other: BlockNumber) -> Self {
        var i = control(.jccAnd, low: then.rawValue, high: other.rawValue)
        i.condition = a
        i.condition2 = b
        return i
    }
    /// To `then` if one of the conditions holds. Unordered inequality is `.ne` or `.p`.
    public static func jccOr(_ a: Condition, _ b: Condition, then: BlockNumber, else other: BlockNumber) -> Self {
        var i = control(.jccOr, low: then.rawValue, high: other.rawValue)
        i.condition = a
        i.condition2 = b
        return i
    }
    /// dst = address of entry `index` (64-bit, in range) of a jump table; then ``jmpTable(_:table:)``.
    public static func jumpTableAddress(_ dst: Register, index: Register, table: UInt32) -> Self {
        var i = control(.jumpTableAddress, low: table)
        i.dst = dst
        i.src1 = index
        return i
    }
    /// Terminator: to the address that ``jumpTableAddress(_:index:table:)`` made.
    public static func jmpTable(_ address: Register, table: UInt32) -> Self {
        var i = control(.jmpTable, low: table)
        i.src1 = address
        return i
    }

    public static func call(function: UInt32, callInfo: UInt32) -> Self { control(.call, low: callInfo, high: function) }
    /// A call through a register or memory.
    public static func callIndirect(_ target: RegisterOrMemory, callInfo: UInt32) -> Self {
        var i = control(.callIndirect, low: callInfo)
        i.set(target)
        i.setWords(low: callInfo, high: 0)
        return i
    }
    /// Terminator. Stack arguments were stored to the outgoing area as for a call; emission moves them and the return address.
    public static func tailCall(function: UInt32, callInfo: UInt32) -> Self { control(.tailCall, low: callInfo, high: function) }
    public static func tailCallIndirect(_ target: Register, callInfo: UInt32) -> Self {
        var i = control(.tailCallIndirect, low: callInfo)
        i.mode = .register
        i.src2 = target
        return i
    }
    /// Terminator: results are the call info's uses. Pops the function's stack arguments where its convention says so.
    public static func ret(callInfo: UInt32) -> Self { control(.ret, low: callInfo) }

    /// Terminator: traps.
    public static func ud2(trap: UInt8) -> Self { control(.ud2).trapping(trap) }
    /// Traps if the condition holds; the trap itself is out of line.
    public static func trapIf(_ cc: Condition, trap: UInt8) -> Self {
        var i = control(.trapIf).trapping(trap)
        i.condition = cc
        return i
    }
}
