public import PrecastMachineCode

/// How an instruction's second source (`src2`) is given.
@frozen public enum SourceMode: UInt8, Sendable { case none = 0, register, shifted, extended, immediate }

/// One AArch64 instruction: a flat, trivial value of 48 bytes. Made by the factories in `Instructions+*.swift`.
///
/// Before allocation it is SSA: `dst` is a register of its own, and operand collection ties it to a source where the machine
/// changes a register in place. After allocation the same fields name machine registers.
@frozen public struct MachineInstruction: Sendable, BitwiseCopyable, Hashable {
    public var opcode: Opcode
    public var size: OperandSize
    /// The other width of a conversion or a lengthening operation.
    public var size2: OperandSize = .w
    public var condition: Condition = .al
    public var mode: SourceMode = .none
    /// `ShiftKind` or `ExtendKind` of the second source or the index.
    public var modifier: UInt8 = 0
    /// Of a shift or extension, a bit's number, a lane.
    public var amount: UInt8 = 0
    public var memoryKind: MemoryOperand.Kind = .registers
    /// Has a memory operand.
    public var hasMemory = false
    /// The index is multiplied by the access's bytes.
    public var isScaled = false
    /// Trap code when this instruction faults; 0: it cannot.
    public var trap: UInt8 = 0
    public var dst: Register = .none
    /// A second result, or none.
    public var dst2: Register = .none
    public var src1: Register = .none
    public var src2: Register = .none
    /// Of an operation that changes a register in place (``Opcode/changesDestination``): what was there before.
    public var src3: Register = .none
    public var base: Register = .none
    public var index: Register = .none
    public var displacement: Int32 = 0
    /// Immediate; or of a branch: targets (`then` low, `else` high word); of a call: call info low, function number high.
    public var immediate: Int64 = 0

    @inlinable public init(_ opcode: Opcode, _ size: OperandSize, dst: Register = .none, _ src1: Register = .none, _ src2: Register = .none) {
        self.opcode = opcode
        self.size = size
        self.dst = dst
        self.src1 = src1
        self.src2 = src2
        if src2.isSome { mode = .register }
    }

    // MARK: Fields by meaning

    @inlinable public var memory: MemoryOperand {
        get {
            var m = MemoryOperand(memoryKind, displacement: displacement, trap: trap)
            m.base = base
            m.index = index
            m.extend = ExtendKind(rawValue: modifier & 7).unsafelyUnwrapped
            m.isScaled = isScaled
            return m
        }
        set {
            hasMemory = true
            memoryKind = newValue.kind
            base = newValue.base
            index = newValue.index
            modifier = newValue.extend.rawValue
            isScaled = newValue.isScaled
            displacement = newValue.displacement
            if newValue.trap != 0 { trap = newValue.trap }
        }
    }

    // MARK: Building blocks of the factories

    @inlinable mutating func set(_ source: Source) {
        switch source {
        case .register(let r):
            mode = .register
            src2 = r
        case .shifted(let r, let kind, let n):
            mode = .shifted
            src2 = r
            modifier = kind.rawValue
            amount = n
        case .extended(let r, let kind, let n):
            mode = .extended
            src2 = r
            modifier = kind.rawValue
            amount = n
        case .immediate(let i):
            mode = .immediate
            immediate = i
        }
    }
    @inlinable func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
    /// The same instruction, that may fault with `code`.
    @inlinable public func trapping(_ code: UInt8) -> Self { with { $0.trap = code } }
}

extension Opcode {
    @inlinable static func row(_ first: Opcode, _ offset: some BinaryInteger) -> Opcode {
        Opcode(rawValue: first.rawValue + UInt16(offset)).unsafelyUnwrapped
    }
}
