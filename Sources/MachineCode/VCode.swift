/// Virtual-register code: what lowering makes and what register allocation and emission read.
///
/// Lowering walks backward, so the container is filled from the end: blocks from the last to the first, and within a block
/// groups of instructions from the last to the first. A group (what one IR instruction became) is written in forward
/// order and closed by ``VCode/endGroup()``; without that call single instructions go strictly backward. ``VCode/finish()``
/// turns everything into emission order once; before it, instruction numbers mean nothing.
///
/// Invariants after `finish()`: those of `Problem` (SSA, no critical edges, arguments only over single-successor ends,
/// each block ends in its terminator, block 0 is the entry), with block numbers in emission order.
public import PrecastEntities
public import PrecastRegisterAllocation

/// A block, by position in emission order. The same number is the block's label.
public typealias BlockNumber = BlockIndex

/// One register of a call, a return or the function's entry, with the machine register the convention demands.
@frozen public struct CallOperand: Hashable, Sendable, BitwiseCopyable {
    public var register: Register
    public var fixed: PhysicalRegister
    @inlinable public init(_ register: Register, _ fixed: PhysicalRegister) {
        self.register = register
        self.fixed = fixed
    }
}

/// What a call, tail call, return or function entry does to registers and stack.
@frozen public struct CallInfo: Sendable {
    /// Runs in `VCode.callOperands`.
    public var uses: Range<UInt32>
    public var defs: Range<UInt32>
    /// A clobber set of the target (0: none).
    public var clobbers: UInt8
    /// Bytes of outgoing stack arguments, a multiple of 16.
    public var stackArgumentBytes: UInt32
    /// How many of them the callee pops: all (our convention) or none (the system's).
    public var calleePops: UInt32
    /// Run in `VCode.callHandlers`: where exceptions that leave the call go.
    public var handlers: Range<UInt32> = 0..<0
    @inlinable public init(uses: Range<UInt32>, defs: Range<UInt32>, clobbers: UInt8, stackArgumentBytes: UInt32, calleePops: UInt32) {
        self.uses = uses
        self.defs = defs
        self.clobbers = clobbers
        self.stackArgumentBytes = stackArgumentBytes
        self.calleePops = calleePops
    }
}

/// Where the exceptions of a tag, or all, go when they leave a call.
@frozen public struct CallHandler: Sendable, BitwiseCopyable {
    /// All ones: every exception.
    public var tag: UInt32
    /// The number of the IR's `ExceptionHandler.Retention`.
    public var retention: UInt8
    /// A landing pad.
    public var block: BlockNumber
    /// Handlers of one group have the same code.
    public var group: UInt32
    @inlinable public init(tag: UInt32, retention: UInt8, block: BlockNumber, group: UInt32) {
        self.tag = tag
        self.retention = retention
        self.block = block
        self.group = group
    }
}

/// A constant of the function's literal pool: 4, 8 or 16 bytes, little-endian in `low` then `high`.
@frozen public struct PoolConstant: Hashable, Sendable, BitwiseCopyable {
    public var low: UInt64
    public var high: UInt64
    public var size: UInt8
    @inlinable public init(low: UInt64, high: UInt64 = 0, size: UInt8) {
        self.low = low
        self.high = high
        self.size = size
    }
}

/// An addressable piece of the frame.
@frozen public struct StackSlot: Sendable, BitwiseCopyable {
    public var size: UInt32
    /// A power of two, at most 16.
    public var alignment: UInt32
    @inlinable public init(size: UInt32, alignment: UInt32) { self.size = size; self.alignment = alignment }
}

/// The code of one function in some target's instructions.
@frozen public struct VCode<Instruction: BitwiseCopyable & Sendable>: ~Copyable {
    @frozen public struct Block: Sendable {
        /// Positions in `instructions`.
        public var instructions: Range<UInt32>
        /// Runs in `blockPool`.
        public var successors: Range<UInt32>
        public var predecessors: Range<UInt32>
        /// Runs in `registerPool`.
        public var parameters: Range<UInt32>
        public var arguments: Range<UInt32>
        public var loopDepth: UInt16
        public var isCold: Bool
        /// Entered by the unwinder when an exception leaves the call in the only predecessor: no register holds anything here.
        public var isLandingPad: Bool
        @inlinable public init() {
            instructions = 0..<0
            successors = 0..<0
            predecessors = 0..<0
            parameters = 0..<0
            arguments = 0..<0
            loopDepth = 0
            isCold = false
            isLandingPad = false
        }
    }

    public var instructions: [Instruction] = []
    /// Source location per instruction; all ones: none.
    public var locations: [UInt32] = []
    /// By block number.
    public var blocks: [Block]
    public var blockPool: [BlockNumber] = []
    public var registerPool: [VirtualRegister] = []

    /// Per virtual register.
    public var registerClasses: [RegisterClass] = []
    /// Bytes of its spill slot: 8 or 16.
    public var spillSizes: [UInt8] = []
    public var references: [VirtualRegister] = []
    /// Renamed registers: `aliases[v]` is what `v` stands for (itself when it is past the end).
    public var aliases: [UInt32] = []

    public var callInfos: [CallInfo] = []
    public var callOperands: [CallOperand] = []
    public var callHandlers: [CallHandler] = []
    public var constants: [PoolConstant] = []
    @usableFromInline var constantNumbers: [PoolConstant: UInt32] = [:]
    /// Jump tables: runs of `tableTargets`.
    public var jumpTables: [Range<UInt32>] = []
    public var tableTargets: [BlockNumber] = []
    public var stackSlots: [StackSlot] = []
    /// Bytes of the function's own stack arguments, a multiple of 16; whether it pops them.
    public var incomingArgumentBytes: UInt32 = 0
    public var popsIncomingArguments = true
    /// Per value of the function: the register that holds it, none if none does. For debug information.
    public var valueRegisters: [Register] = []
    /// The features of the CPU that instructions need: bits of the instruction set's own numbering.
    public var features: UInt64 = 0
    /// Labels and numbers for messages and dumps only.
    public var functionNumber: UInt32 = 0

    /// The location that emitted instructions get.
    public var location: UInt32 = .max

    @usableFromInline var groupStart = 0
    @usableFromInline var blockStart = 0
    public private(set) var isFinished = false

    /// Makes code of `blockCount` blocks, none filled yet.
    @inlinable public init(blockCount: Int) {
        blocks = Array(repeating: Block(), count: blockCount)
    }

    // MARK: Filling, from the end

    @inlinable public mutating func emit(_ instruction: Instruction) {
        instructions.append(instruction)
        locations.append(location)
    }

    /// Closes a group whose instructions were emitted in forward order.
    @inlinable public mutating func endGroup() {
        var low = groupStart
        var high = instructions.count - 1
        while low < high {
            instructions.swapAt(low, high)
            locations.swapAt(low, high)
            low += 1
            high -= 1
        }
        groupStart = instructions.count
    }

    /// Starts a block. Blocks are filled from the last number down to 0.
    @inlinable public mutating func beginBlock(_ block: BlockNumber, loopDepth: Int, isCold: Bool, isLandingPad: Bool = false) {
        blocks[block.index].loopDepth = UInt16(clamping: loopDepth)
        blocks[block.index].isCold = isCold
        blocks[block.index].isLandingPad = isLandingPad
        blockStart = instructions.count
        groupStart = blockStart
    }

    /// Ends the block that was begun. `arguments` bind the parameters of the only successor.
    @inlinable public mutating func endBlock(
        _ block: BlockNumber, successors: some Sequence<BlockNumber>, arguments: some Sequence<Register>, parameters: some Sequence<Register>
    ) {
        endGroup()
        blocks[block.index].instructions = UInt32(blockStart)..<UInt32(instructions.count)
        var start = UInt32(blockPool.count)
        blockPool.append(contentsOf: successors)
        blocks[block.index].successors = start..<UInt32(blockPool.count)
        start = UInt32(registerPool.count)
        for r in arguments { registerPool.append(r.virtual) }
        blocks[block.index].arguments = start..<UInt32(registerPool.count)
        start = UInt32(registerPool.count)
        for r in parameters { registerPool.append(r.virtual) }
        blocks[block.index].parameters = start..<UInt32(registerPool.count)
    }

    /// Makes a virtual register. `spillSize`: 8, or 16 for a vector.
    @inlinable public mutating func makeRegister(_ registerClass: RegisterClass, spillSize: UInt8 = 8, isReference: Bool = false) -> Register {
        let v = VirtualRegister(rawValue: UInt32(registerClasses.count))
        registerClasses.append(registerClass)
        spillSizes.append(spillSize)
        if isReference { references.append(v) }
        return Register(v)
    }

    /// Lets `register` stand for `other` everywhere. `register` must have no definition of its own.
    @inlinable public mutating func setAlias(_ register: Register, to other: Register) {
        while aliases.count <= Int(register.bits) { aliases.append(UInt32(aliases.count)) }
        aliases[Int(register.bits)] = other.bits
        assert(resolve(other) != register, "alias cycle")
    }
    /// What a register stands for.
    @inlinable public borrowing func resolve(_ register: Register) -> Register {
        var bits = register.bits
        while Int(bits) < aliases.count, aliases[Int(bits)] != bits { bits = aliases[Int(bits)] }
        return Register(bits: bits)
    }

    @inlinable public mutating func makeCall(
        uses: some Sequence<CallOperand>, defs: some Sequence<CallOperand>, clobbers: UInt8 = 0,
        stackArgumentBytes: Int = 0, calleePops: Int = 0, handlers: [CallHandler] = []
    ) -> UInt32 {
        let useStart = UInt32(callOperands.count)
        callOperands.append(contentsOf: uses)
        let defStart = UInt32(callOperands.count)
        callOperands.append(contentsOf: defs)
        let end = UInt32(callOperands.count)
        callInfos.append(CallInfo(
            uses: useStart..<defStart, defs: defStart..<end, clobbers: clobbers,
            stackArgumentBytes: UInt32(stackArgumentBytes), calleePops: UInt32(calleePops)))
        let number = callInfos.count - 1
        callInfos[number].handlers = UInt32(callHandlers.count)..<UInt32(callHandlers.count + handlers.count)
        callHandlers += handlers
        return UInt32(number)
    }

    /// The number of a constant in the literal pool; equal constants share one.
    @inlinable public mutating func constant(_ value: PoolConstant) -> UInt32 {
        if let known = constantNumbers[value] { return known }
        let number = UInt32(constants.count)
        constants.append(value)
        constantNumbers[value] = number
        return number
    }

    @inlinable public mutating func makeJumpTable(_ targets: some Sequence<BlockNumber>) -> UInt32 {
        let start = UInt32(tableTargets.count)
        tableTargets.append(contentsOf: targets)
        jumpTables.append(start..<UInt32(tableTargets.count))
        return UInt32(jumpTables.count - 1)
    }

    @inlinable public mutating func makeStackSlot(size: Int, alignment: Int) -> UInt32 {
        stackSlots.append(StackSlot(size: UInt32(size), alignment: UInt32(alignment)))
        return UInt32(stackSlots.count - 1)
    }

    // MARK: Finishing

    /// Puts everything into emission order and computes predecessors. O(size). Once.
    @inlinable public mutating func finish() {
        precondition(!isFinished)
        let count = UInt32(instructions.count)
        instructions.reverse()
        locations.reverse()
        var predecessorCounts = [UInt32](repeating: 0, count: blocks.count)
        for b in blocks.indices {
            let filled = blocks[b].instructions
            blocks[b].instructions = (count - filled.upperBound)..<(count - filled.lowerBound)
            for s in blocks[b].successors { predecessorCounts[blockPool[Int(s)].index] += 1 }
        }
        for b in blocks.indices {
            let start = UInt32(blockPool.count)
            blocks[b].predecessors = start..<start
            blockPool.append(contentsOf: repeatElement(.none, count: Int(predecessorCounts[b])))
        }
        for b in blocks.indices {
            for s in blocks[b].successors {
                let target = blockPool[Int(s)].index
                let at = blocks[target].predecessors
                blockPool[Int(at.upperBound)] = BlockNumber(index: b)
                blocks[target].predecessors = at.lowerBound..<(at.upperBound + 1)
            }
        }
        setFinished()
    }
    @usableFromInline mutating func setFinished() { isFinished = true }
}

extension VCode: Sendable {}
