public import PrecastMachineCode

/// Factories of control flow.
extension MachineInstruction: ControlInstruction {
    @inlinable static func control(_ opcode: Opcode, low: UInt32 = 0, high: UInt32 = 0) -> Self {
        Self(opcode, .x).with { $0.setWords(low: low, high: high) }
    }

    public typealias Place = MemoryOperand

    public static func arguments(callInfo: UInt32) -> Self { control(.arguments, low: callInfo) }
    public static func landingPad(callInfo: UInt32) -> Self { control(.landingPad, low: callInfo) }

    public static func jump(_ target: BlockNumber) -> Self { control(.jump, low: target.rawValue) }
    /// To `then` if the test holds.
    public static func branch(_ test: Test, then: BlockNumber, else other: BlockNumber) -> Self {
        control(test.branchOpcode, low: then.rawValue, high: other.rawValue).with { $0.set(test) }
    }
    public static func jumpTableAddress(_ dst: Register, index: Register, table: UInt32) -> Self {
        control(.jumpTableAddress, low: table).with {
            $0.dst = dst
            $0.src1 = index
        }
    }
    public static func branchTable(_ address: Register, table: UInt32) -> Self { control(.branchTable, low: table).with { $0.src1 = address } }

    public static func call(function: UInt32, callInfo: UInt32) -> Self { control(.call, low: callInfo, high: function) }
    public static func callIndirect(_ target: Register, callInfo: UInt32) -> Self { control(.callIndirect, low: callInfo).with { $0.src1 = target } }
    public static func tailCall(function: UInt32, callInfo: UInt32) -> Self { control(.tailCall, low: callInfo, high: function) }
    public static func tailCallIndirect(_ target: Register, callInfo: UInt32) -> Self {
        control(.tailCallIndirect, low: callInfo).with { $0.src1 = target }
    }
    public static func functionReturn(callInfo: UInt32) -> Self { control(.functionReturn, low: callInfo) }

    /// Where indirect branches may lead.
    public static func branchTarget(_ target: BranchTarget) -> Self { control(.bti).with { $0.amount = target.rawValue } }

    public static func trap(_ code: UInt8) -> Self { control(.trap).trapping(code) }
    public static func widen(_ dst: Register, _ src: Register) -> Self { .move(.w, dst, src) }
    /// Traps if the test holds; the trap itself is out of line.
    public static func trapIf(_ test: Test, _ code: UInt8) -> Self { control(test.trapOpcode).trapping(code).with { $0.set(test) } }

    @inlinable mutating func set(_ test: Test) {
        switch test {
        case .flags(let c): condition = c
        case .zero(let r, let s), .nonzero(let r, let s):
            src1 = r
            size = s
        case .bitClear(let r, let n), .bitSet(let r, let n):
            src1 = r
            amount = n
        }
    }
    /// What a conditional branch or trap tests.
    @inlinable public var test: Test {
        switch opcode {
        case .branchZero, .trapZero: .zero(src1, size)
        case .branchNonzero, .trapNonzero: .nonzero(src1, size)
        case .branchBitClear, .trapBitClear: .bitClear(src1, amount)
        case .branchBitSet, .trapBitSet: .bitSet(src1, amount)
        default: .flags(condition)
        }
    }
}

/// What a conditional branch tests.
@frozen public enum Test: InvertibleTest, Hashable, Sendable, BitwiseCopyable {
    case flags(Condition)
    case zero(Register, OperandSize)
    case nonzero(Register, OperandSize)
    case bitClear(Register, UInt8)
    case bitSet(Register, UInt8)

    @inlinable public var inverted: Test {
        switch self {
        case .flags(let c): .flags(c.inverted)
        case .zero(let r, let s): .nonzero(r, s)
        case .nonzero(let r, let s): .zero(r, s)
        case .bitClear(let r, let n): .bitSet(r, n)
        case .bitSet(let r, let n): .bitClear(r, n)
        }
    }
    @inlinable var branchOpcode: Opcode { .row(.branch, offset) }
    @inlinable var trapOpcode: Opcode { .row(.trapIf, offset) }
    @inlinable var offset: UInt16 {
        switch self {
        case .flags: 0
        case .zero: 1
        case .nonzero: 2
        case .bitClear: 3
        case .bitSet: 4
        }
    }
}
