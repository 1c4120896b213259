public import PrecastEntities

/// A block of the problem: numbers are positions in `Problem.blocks`; block 0 is the entry; order is emission order.
@frozen public struct BlockIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// An instruction of the problem: a position in emission order over the whole function.
@frozen public struct InstructionIndex: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// All that the allocator knows of a function. Flat arrays; a `Range` field selects a run of a pool.
///
/// Invariants (checked by `Problem.validate()` in debug builds and tests):
/// - blocks cover `0 ..< instructionCount` in order, none is empty, the last instruction of each is its terminator;
/// - SSA: each virtual register has one definition, which dominates its uses; the entry block has no predecessor and no parameters;
/// - no critical edges: a block with several successors leads only to blocks with one predecessor;
/// - branch arguments are given only by blocks with exactly one successor (whose parameters they bind); a block that ends in a
///   multi-way branch has successors without parameters. Branch arguments are not operands of the terminator;
/// - a `tied` def names a use operand of the same instruction with constraint `.register` or `.fixed` and `.early` position;
/// - the terminator has no defs;
/// - landing pads have one predecessor, which names the call that they are entered from (`unwinds`), no parameters, and begin with an
///   instruction that uses nothing and clobbers every allocatable register.
public struct Problem: Sendable {
    @frozen public struct Block: Sendable {
        public var instructions: Range<UInt32>
        /// Runs in `Problem.blockPool`.
        public var successors: Range<UInt32>
        public var predecessors: Range<UInt32>
        /// Run in `Problem.registerPool`: the block's parameters (definitions at the block's head).
        public var parameters: Range<UInt32>
        /// Run in `Problem.registerPool`: arguments for the only successor's parameters.
        public var arguments: Range<UInt32>
        /// Number of loops around the block.
        public var loopDepth: UInt16
        /// Out of the common way: spills and moves here cost nearly nothing.
        public var isCold: Bool
        /// Entered from the middle of its predecessor, at that one's `unwinds`: no register holds anything, and of what the
        /// predecessor does from there on nothing has happened. So a value that is live here is in its slot before that.
        public var isLandingPad: Bool
        /// Better without callee-saved registers and slots: if no such block has any, the function's frame is set up only behind them. Predecessors of such blocks are such blocks.
        public var isEarly = false
        /// The instruction that may leave the block for its successors that are landing pads; none without such.
        public var unwinds = InstructionIndex.none
        @inlinable public init(instructions: Range<UInt32>, successors: Range<UInt32>, predecessors: Range<UInt32>, parameters: Range<UInt32>, arguments: Range<UInt32>, loopDepth: UInt16, isCold: Bool, isLandingPad: Bool = false) {
            self.instructions = instructions
            self.successors = successors
            self.predecessors = predecessors
            self.parameters = parameters
            self.arguments = arguments
            self.loopDepth = loopDepth
            self.isCold = isCold
            self.isLandingPad = isLandingPad
        }
    }

    /// An instruction `destination = source`; it has no operands of its own in `operands`' run beyond that use and that def
    /// (in this order), both `.any`-or-`.register`. The allocator prefers one register for both, and then the emitter drops it.
    public var moves: EntitySet<InstructionIndex>

    public var blocks: [Block] = []
    public var blockPool: [BlockIndex] = []
    public var registerPool: [VirtualRegister] = []
    /// All operands, instruction after instruction.
    public var operands: [Operand] = []
    /// `operandEnds[i]` is where instruction `i`'s operands end (they begin where those of `i - 1` end).
    public var operandEnds: [UInt32] = []
    /// Per instruction an index into `clobberSets`: registers overwritten between early and late (0 is the empty set).
    public var clobbers: [UInt8] = []
    public var clobberSets: [PhysicalRegisterSet] = [PhysicalRegisterSet()]

    /// Per virtual register.
    public var registerClasses: [RegisterClass] = []
    /// Slot size of a spilled register, in bytes: 8 or 16. Per virtual register.
    public var spillSizes: [UInt8] = []
    /// Per virtual register: 0, or 1 + an opaque id of a recipe that makes the value anew from nothing (a constant),
    /// which the emitter knows. Such a value is never spilled.
    public var rematerialization: [UInt32] = []
    /// Per virtual register: whether it is a reference that the collector must find.
    public var isReference: DenseBitSet = DenseBitSet()
    /// Instructions at which the collector may run (ascending): live references are then in listed slots.
    public var safepoints: [InstructionIndex] = []
    /// Value `register` holds variable `label` over `[from, to)`; ranges in, locations out; never changes an allocation.
    public var debugValues: [DebugValue] = []

    public var environment: RegisterEnvironment

    public init(environment: RegisterEnvironment) {
        self.environment = environment
        moves = EntitySet()
    }

    @inlinable public var instructionCount: Int { operandEnds.count }
    @inlinable public var registerCount: Int { registerClasses.count }
    @inlinable public func operandRange(_ i: InstructionIndex) -> Range<Int> {
        (i.rawValue == 0 ? 0 : Int(operandEnds[i.index - 1]))..<Int(operandEnds[i.index])
    }
}

/// What a target offers to the allocator.
public struct RegisterEnvironment: Sendable {
    /// Registers the allocator may use, per class in order of preference; clobbered by calls.
    public var callerSaved: [[PhysicalRegister]]
    /// Registers it may use, that the function must restore: the first use of one costs a save and a restore.
    public var calleeSaved: [[PhysicalRegister]]
    /// One register per class outside the above, for the emitter's own use and the allocator's memory-to-memory moves and
    /// cycles; never live across an instruction.
    public var scratch: [PhysicalRegister]
    public init(callerSaved: [[PhysicalRegister]], calleeSaved: [[PhysicalRegister]], scratch: [PhysicalRegister]) {
        self.callerSaved = callerSaved
        self.calleeSaved = calleeSaved
        self.scratch = scratch
    }
}

public struct DebugValue: Sendable, BitwiseCopyable {
    public var label: UInt32
    public var register: VirtualRegister
    public var from: InstructionIndex
    public var to: InstructionIndex
    public init(label: UInt32, register: VirtualRegister, from: InstructionIndex, to: InstructionIndex) {
        self.label = label
        self.register = register
        self.from = from
        self.to = to
    }
}
