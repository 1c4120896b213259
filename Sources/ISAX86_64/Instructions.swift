public import PrecastMachineCode

/// How an instruction's last source (`src2`) is given.
@frozen public enum SourceMode: UInt8, Sendable { case none = 0, register, memory, immediate }

/// One x86-64 instruction: a flat, trivial value of 48 bytes. Made by the factories in `Instructions+*.swift`.
///
/// Before allocation it is SSA: `dst` is a register of its own, and operand collection ties it to `src1` where the
/// machine has two-address forms. After allocation the same fields name machine registers.
@frozen public struct MachineInstruction: Sendable, BitwiseCopyable, Hashable {
    public var opcode: Opcode
    public var size: OperandSize
    /// Low four bits: condition; high four: the second one of `jccAnd` and `jccOr`.
    public var conditions: UInt8 = 0
    public var flags: Flags = []
    /// Trap code when this instruction faults; 0: it cannot.
    public var trap: UInt8 = 0
    public var mode: SourceMode = .none
    public var memoryKind: MemoryOperand.Kind = .registers
    public var dst: Register = .none
    /// A second result, or none.
    public var dst2: Register = .none
    public var src1: Register = .none
    public var src2: Register = .none
    public var src3: Register = .none
    public var base: Register = .none
    public var index: Register = .none
    public var displacement: Int32 = 0
    /// Immediate; or of a branch: targets (`then` low, `else` high word); of a call: call info low, function number high.
    public var immediate: Int64 = 0

    @frozen public struct Flags: OptionSet, Sendable, Hashable, BitwiseCopyable {
        public let rawValue: UInt8
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Bits 0…1: scale of the memory operand.
        @inlinable public static var scaleMask: UInt8 { 3 }
        /// VEX-encoded three-operand form.
        @inlinable public static var vex: Flags { Flags(rawValue: 4) }
        @inlinable public static var lock: Flags { Flags(rawValue: 8) }
        /// Immediates only: the count is in `cl`.
        @inlinable public static var countInCL: Flags { Flags(rawValue: 16) }
    }

    @inlinable public init(_ opcode: Opcode, _ size: OperandSize) {
        self.opcode = opcode
        self.size = size
    }

    // MARK: Fields by meaning

    @inlinable public var condition: Condition {
        get { Condition(rawValue: conditions & 15).unsafelyUnwrapped }
        set { conditions = conditions & 0xf0 | newValue.rawValue }
    }
    @inlinable public var condition2: Condition {
        get { Condition(rawValue: conditions >> 4).unsafelyUnwrapped }
        set { conditions = conditions & 15 | newValue.rawValue << 4 }
    }
    @inlinable public var scale: UInt8 { flags.rawValue & Flags.scaleMask }
    @inlinable public var isVEX: Bool { flags.contains(.vex) }
    @inlinable public var memory: MemoryOperand {
        get {
            var m = MemoryOperand(base: base, index: index, scale: scale, displacement: displacement, trap: trap)
            m.kind = memoryKind
            return m
        }
        set {
            memoryKind = newValue.kind
            base = newValue.base
            index = newValue.index
            displacement = newValue.displacement
            flags = Flags(rawValue: flags.rawValue & ~Flags.scaleMask | newValue.scale)
            if newValue.trap != 0 { trap = newValue.trap }
        }
    }
    /// Whether the fields of a memory operand are in use.
    @inlinable public var hasMemory: Bool { mode == .memory }

    // MARK: Building blocks of the factories

    @inlinable mutating func set(_ source: Source) {
        switch source {
        case .register(let r):
            mode = .register
            src2 = r
        case .memory(let m):
            mode = .memory
            memory = m
        case .immediate(let i):
            mode = .immediate
            immediate = Int64(i)
        }
    }
    @inlinable mutating func set(_ source: RegisterOrMemory) { set(Source(source)) }

    /// The same instruction, that may fault with `code`.
    @inlinable public func trapping(_ code: UInt8) -> Self {
        var copy = self
        copy.trap = code
        return copy
    }
}

extension Opcode {
    @inlinable static func row(_ first: Opcode, _ offset: some BinaryInteger) -> Opcode {
        Opcode(rawValue: first.rawValue + UInt16(offset)).unsafelyUnwrapped
    }
}
