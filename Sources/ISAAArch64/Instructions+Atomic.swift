public import PrecastIR
public import PrecastMachineCode

/// Bits of an atomic access. Raw value: base-two logarithm of its bytes.
@frozen public enum AtomicAccess: UInt8, Sendable, CaseIterable {
    case b = 0, h, w, x
    var size: OperandSize { self == .x ? .x : .w }
}

/// Operations of ``MachineInstruction/update(_:_:_:_:_:)``, in the order of their opcodes. `clear` clears the bits that are set in the operand.
@frozen public enum AtomicUpdate: UInt8, Sendable, CaseIterable { case add = 0, clear, set, exclusiveOr, exchange }

/// Factories of atomic accesses: all acquire and release. The memory operand is a plain register; what is read is zero-extended.
extension MachineInstruction {
    public static func atomicLoad(_ access: AtomicAccess, _ dst: Register, _ m: MemoryOperand) -> Self { atomic(.ldar, access, m).with { $0.dst = dst } }
    public static func atomicStore(_ access: AtomicAccess, _ m: MemoryOperand, _ src: Register) -> Self { atomic(.stlr, access, m).with { $0.src1 = src } }
    /// dst = memory, which becomes `dst op operand`. LSE.
    public static func update(_ op: AtomicUpdate, _ access: AtomicAccess, _ dst: Register, _ operand: Register, _ m: MemoryOperand) -> Self {
        atomic(.row(.ldadd, op.rawValue), access, m).with {
            $0.dst = dst
            $0.src1 = operand
        }
    }
    /// dst = memory, which becomes `replacement` if it is the low bits of `expected`; dst is tied to that. LSE.
    public static func compareExchange(_ access: AtomicAccess, _ dst: Register, expected: Register, replacement: Register, _ m: MemoryOperand) -> Self {
        atomic(.cas, access, m).with {
            $0.dst = dst
            $0.src1 = replacement
            $0.src3 = expected
        }
    }
    /// `dmb ish`.
    public static var barrier: Self { Self(.dmb, .x) }

    // MARK: Loops

    /// dst = memory, which becomes `dst op operand`: again and again until nobody stored in between. dst is apart from the other registers.
    public static func updateLoop(_ op: AtomicOperation, _ access: AtomicAccess, _ dst: Register, _ operand: Register, _ m: MemoryOperand) -> Self {
        atomic(.updateLoop, access, m).with {
            $0.dst = dst
            $0.src1 = operand
            $0.immediate = Int64(op.rawValue)
        }
    }
    /// As ``compareExchange(_:_:expected:replacement:_:)``, but dst is apart from the other registers.
    public static func compareExchangeLoop(
        _ access: AtomicAccess, _ dst: Register, expected: Register, replacement: Register, _ m: MemoryOperand
    ) -> Self {
        atomic(.compareExchangeLoop, access, m).with {
            $0.dst = dst
            $0.src1 = replacement
            $0.src2 = expected
        }
    }

    /// dst = memory, of which the store that follows is told whether anybody stored in between.
    public static func loadExclusive(_ access: AtomicAccess, _ dst: Register, _ m: MemoryOperand) -> Self { atomic(.ldaxr, access, m).with { $0.dst = dst } }
    /// status = 0 if the store happened, else 1.
    public static func storeExclusive(_ access: AtomicAccess, status: Register, _ m: MemoryOperand, _ src: Register) -> Self {
        atomic(.stlxr, access, m).with {
            $0.dst = status
            $0.src1 = src
        }
    }

    private static func atomic(_ opcode: Opcode, _ access: AtomicAccess, _ m: MemoryOperand) -> Self {
        Self(opcode, access.size).with {
            $0.amount = access.rawValue
            $0.memory = m
        }
    }
    public var atomicAccess: AtomicAccess { AtomicAccess(rawValue: amount).unsafelyUnwrapped }
}
