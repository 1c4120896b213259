public import PrecastMachineCode

/// Factories of control flow.
extension MachineInstruction: ControlInstruction {
    @inlinable static func control(_ opcode: Opcode, low: UInt32 = 0, high: UInt32 = 0) -> Self {
        var i = Self(opcode, .q)
        i.setWords(low: low, high: high)
        return i
    }

    public typealias Place = MemoryOperand

    public static func arguments(callInfo: UInt32) -> Self { control(.arguments, low: callInfo) }
    public static func landingPad(callInfo: UInt32) -> Self { control(.landingPad, low: callInfo) }

    public static func jump(_ target: BlockNumber) -> Self { control(.jmp, low: target.rawValue) }
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
    public static func jumpTableAddress(_ dst: Register, index: Register, table: UInt32) -> Self {
        var i = control(.jumpTableAddress, low: table)
        i.dst = dst
        i.src1 = index
        return i
    }
    public static func branchTable(_ address: Register, table: UInt32) -> Self {
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
    public static func tailCall(function: UInt32, callInfo: UInt32) -> Self { control(.tailCall, low: callInfo, high: function) }
    public static func tailCallIndirect(_ target: Register, callInfo: UInt32) -> Self {
        var i = control(.tailCallIndirect, low: callInfo)
        i.mode = .register
        i.src2 = target
        return i
    }
    public static func functionReturn(callInfo: UInt32) -> Self { control(.ret, low: callInfo) }

    public static func trap(_ code: UInt8) -> Self { control(.ud2).trapping(code) }
    /// Traps if the condition holds; the trap itself is out of line.
    public static func trapIf(_ cc: Condition, trap: UInt8) -> Self {
        var i = control(.trapIf).trapping(trap)
        i.condition = cc
        return i
    }

    public static func widen(_ dst: Register, _ src: Register) -> Self { .move(.l, dst, src) }
    public static func frameAddress(_ dst: Register, _ place: MemoryOperand) -> Self { .lea(.q, dst, place) }
}
