/// Emission: allocated code to bytes, as far as instruction sets share it.
///
/// Input: a function's `VCode`, its allocation problem, the solution of that, options. Output: a `CompiledFunction`.
/// Invariants: docs/abi.md for frame, unwinding and traps; a machine register is read and written exactly as the allocation says,
/// besides the scratch registers, and flags where no instruction needs them.
/// Algorithm: one walk over the instructions in order, each with the edits before it; branches, alignment and the literal pool
/// are settled by `CodeBuffer`.
public import PrecastEntities
public import PrecastRegisterAllocation

@frozen public struct FunctionEmitter<Target: InstructionSet>: ~Copyable {
    public var buffer: CodeBuffer
    public let options: EmitOptions
    public let shape: FrameShape
    public let frame: FrameLayout
    public let isFrameless: Bool
    public let region: FrameRegion
    public let blocks: BlockLayout
    /// Blocks that jump tables and exceptions lead to, if they are to be marked.
    @usableFromInline let indirectTargets: Set<UInt32>
    public let infos: [CallInfo]
    public let handlers: [CallHandler]
    public let incomingBytes: Int32
    public let popsIncoming: Bool

    /// The literal pool: the function's constants, then those that emission put there.
    public var constants: [PoolConstant]
    /// Label of each constant and jump table, made when first referred to.
    @usableFromInline var constantLabels: [UInt32]
    @usableFromInline var tableLabels: [UInt32]
    /// Label behind the last block.
    @usableFromInline let bodyEnd: UInt32
    /// Out-of-line traps to write at the end.
    @usableFromInline var stubs: [TrapStub] = []
    @usableFromInline var location: UInt32 = .max
    /// Whether the code at hand runs with the frame; whether the rules of unwinding say so.
    public var hasFrame = false
    public var describesFrame = false
    /// Whether an early block just ended in a prologue: an early one may follow.
    @usableFromInline var leavesFrame = false
    /// The location of the prologue.
    public let entryLocation: UInt32
    /// A register of each class that allocation leaves alone.
    public let scratch: [PhysicalRegister]
    public var state: Target.EmissionState

    @inlinable public init(_ vcode: borrowing VCode<Target.Instruction>, _ problem: Problem, _ solution: Solution, _ options: EmitOptions) {
        let shape = FrameShape(vcode)
        let frame = shape.layout(vcode, solution, Target.self)
        let isFrameless = !options.keepsFramePointers && !shape.needsFrame && frame.size == 0 && vcode.incomingArgumentBytes == 0
        let delaysFrame = options.optimizations.contains(.delayedFrames) && !options.keepsFramePointers && !isFrameless
        let region: FrameRegion
        if delaysFrame, let context = Target.precast.context {
            region = FrameRegion(vcode, problem, solution, saved: Target.calleeSavedSet, context: context)
        } else {
            region = FrameRegion()
        }
        var buffer = CodeBuffer(
            forms: Target.branchForms(options), capacity: vcode.instructions.count * Target.typicalLength + 256, isMarked: options.marksInstructions)
        buffer.makeLabels(vcode.blocks.count)
        bodyEnd = buffer.makeLabel()
        self.buffer = buffer
        self.options = options
        self.shape = shape
        self.frame = frame
        self.isFrameless = isFrameless
        self.region = region
        blocks = BlockLayout(vcode, solution.edits, options.optimizations, early: region.early, keeping: region.hasPrologue)
        indirectTargets = options.marksBranchTargets ? blocks.indirectTargets(vcode) : []
        infos = vcode.callInfos
        handlers = vcode.callHandlers
        incomingBytes = Int32(vcode.incomingArgumentBytes)
        popsIncoming = vcode.popsIncomingArguments
        constants = vcode.constants
        constantLabels = Array(repeating: .max, count: vcode.constants.count)
        tableLabels = Array(repeating: .max, count: vcode.jumpTables.count)
        entryLocation = vcode.locations.first { $0 != .max } ?? .max
        scratch = Target.registerEnvironment.scratch
        state = Target.makeEmissionState(options)
    }

    /// Emits the whole function. O(size).
    @inlinable public consuming func run(_ vcode: borrowing VCode<Target.Instruction>, _ problem: Problem, _ solution: Solution) -> CompiledFunction {
        emitBody(vcode, problem, solution)
        buffer.bind(bodyEnd)
        if options.keepsRecord { buffer.point() }
        emitStubs()
        let codeEnd = buffer.offset
        if options.keepsRecord { buffer.point() }
        buffer.dataOffset = codeEnd
        emitTables(vcode)
        emitConstants()
        // A state that is restored where no code follows describes nothing.
        if let last = buffer.unwind.last, last.offset >= codeEnd, case .restoreState = last.rule { buffer.unwind.removeLast() }
        let (frame, order, isFrameless) = (frame, blocks.order, isFrameless)
        var function = buffer.finish(writeBranch: Target.writeBranch, writePadding: Target.writePadding, longestNop: Target.longestNop)
        function.features = vcode.features
        function.isFrameless = isFrameless
        function.frameSize = isFrameless ? 0 : UInt32(frame.size)
        function.record?.place(order, frame)
        return function
    }

    // MARK: The walk

    @inlinable mutating func emitBody(_ vcode: borrowing VCode<Target.Instruction>, _ problem: Problem, _ solution: Solution) {
        let instructions = vcode.instructions
        let locations = vcode.locations
        let edits = solution.edits
        setLocation(entryLocation)
        hasFrame = !isFrameless
        Target.emitEntry(&self)
        if hasFrame, region.isEmpty { Target.emitPrologue(&self) }
        solution.allocations.withUnsafeBufferPointer { allocations in
            var assigner = OperandAssigner(allocations: allocations, infos: vcode.callInfos)
            for b in blocks.order.lazy.map(Int.init) {
                let block = vcode.blocks[b]
                var edit = blocks.firstEdits[b]
                assigner.cursor = problem.operandRange(InstructionIndex(rawValue: block.instructions.lowerBound)).lowerBound
                beginBlock(b, vcode)
                let last = Int(block.instructions.upperBound) - 1
                for n in Int(block.instructions.lowerBound)...last {
                    if n == last, region.ends.contains(b) { emitPrologueBeforeJump() }
                    setLocation(locations[n])
                    if options.keepsRecord { buffer.point() }
                    while edit < edits.count, edits[edit].point.index == n {
                        emitEdit(edits[edit], before: n, vcode)
                        edit += 1
                    }
                    if options.keepsRecord { buffer.point() }
                    var i = instructions[n]
                    if i.isMove {
                        let places = assigner.nextMove()
                        if places.destination.isNone || places.source == places.destination { continue }
                        emitMove(places.source, places.destination, size: vcode.spillSizes[Int(i.dst.bits)])
                        continue
                    }
                    i.assignOperands(&assigner)
                    Target.emit(i, n, instructions, in: b, &self)
                }
                if region.ends.contains(b) { leavesFrame = true }
            }
        }
    }

    @inlinable public mutating func setLocation(_ new: UInt32) {
        if new == location { return }
        location = new
        buffer.location(new)
    }
    @inlinable public mutating func bind(_ label: UInt32) {
        buffer.bind(label)
        Target.forget(&self)
    }

    @inlinable mutating func beginBlock(_ b: Int, _ vcode: borrowing VCode<Target.Instruction>) {
        if options.optimizations.contains(.loopAlignment), b > 0, !vcode.blocks[b].isCold, let loop = loop(b, vcode) { Target.align(loop, &self) }
        bind(UInt32(b))
        if indirectTargets.contains(UInt32(b)) { Target.emitIndirectTarget(&self) }
        beginFrame(b)
    }
    /// The loop that a block is the head of.
    @inlinable borrowing func loop(_ head: Int, _ vcode: borrowing VCode<Target.Instruction>) -> LoopExtent? {
        let latch = Int(blocks.latches[head])
        if latch < 0 { return nil }
        let isInnermost = vcode.blocks[Int(blocks.order[latch])].loopDepth == vcode.blocks[head].loopDepth
        let end = latch + 1 < blocks.order.count ? blocks.order[latch + 1] : bodyEnd
        var length = 0
        for b in blocks.order[Int(blocks.positions[head])...latch] {
            length += vcode.blocks[Int(b)].instructions.count
            if length > LoopExtent.shortLength { return LoopExtent(isShort: false, isInnermost: isInnermost, end: end) }
        }
        return LoopExtent(isShort: true, isInnermost: isInnermost, end: end)
    }

    // MARK: Moves that allocation asked for, and constants made anew

    @inlinable mutating func emitEdit(_ edit: Edit, before n: Int, _ vcode: borrowing VCode<Target.Instruction>) {
        if edit.source == edit.destination { return }
        guard let recipe = edit.source.asRecipe else { return emitMove(edit.source, edit.destination, size: edit.size) }
        var i = vcode.instructions[Int(recipe)]
        let target = edit.destination.asRegister ?? scratch[Int(vcode.registerClasses[Int(i.dst.bits)].rawValue)]
        i.dst = Register(target)
        Target.materialize(i, before: n, vcode.instructions, &self)
        if edit.destination.asRegister == nil { emitMove(.register(target), edit.destination, size: edit.size) }
    }

    /// Copies 8 or 16 bytes between places. From memory to memory it takes a scratch register.
    @inlinable mutating func emitMove(_ source: Allocation, _ destination: Allocation, size: UInt8) {
        switch (source.asRegister, destination.asRegister) {
        case (let from?, let to?):
            if from.registerClass != to.registerClass { preconditionFailure("a move between classes") }
            Target.emitMove(to, from, size: size, &self)
        case (let from?, nil): Target.emitSpill(offset: spillOffset(destination), from, size: size, &self)
        case (nil, let to?): Target.emitReload(to, offset: spillOffset(source), size: size, &self)
        case (nil, nil):
            let through = scratch[Int((size == 16 ? RegisterClass.float : .integer).rawValue)]
            Target.emitReload(through, offset: spillOffset(source), size: size, &self)
            Target.emitSpill(offset: spillOffset(destination), through, size: size, &self)
        }
    }
    @inlinable func spillOffset(_ place: Allocation) -> Int32 {
        guard let offset = place.asSlot else { preconditionFailure("a move from or to nowhere") }
        return Int32(offset)
    }

    // MARK: Calls and branches

    /// Notes where exceptions go that leave the call just emitted.
    @inlinable public mutating func noteHandlers(_ info: CallInfo) {
        if info.handlers.isEmpty { return }
        let targets = handlers[Int(info.handlers.lowerBound)..<Int(info.handlers.upperBound)].map {
            CallSite.Handler(tag: $0.tag, retention: $0.retention, group: $0.group, offset: $0.block.rawValue)
        }
        buffer.callSites.append(CallSite(offset: buffer.offset, handlers: targets))
    }

    @inlinable public mutating func jump(_ target: UInt32, from block: Int) {
        let label = blocks.target(target)
        if label != blocks.next(block) { Target.emitJump(to: label, &self) }
    }
    /// Ends a block by a branch to one of two blocks.
    @inlinable public mutating func branch(_ test: Target.Test, then: UInt32, else other: UInt32, from block: Int) {
        let then = blocks.target(then), other = blocks.target(other)
        if then == other { return jump(then, from: block) }
        if then == blocks.next(block) { return Target.emitBranch(test.inverted, to: other, &self) }
        Target.emitBranch(test, to: then, &self)
        jump(other, from: block)
    }

    /// The out-of-line trap for `code` at the current location. `raises`: it calls `raise` instead of faulting.
    @inlinable public mutating func stub(_ code: UInt8, raises: Bool) -> UInt32 {
        for known in stubs.suffix(8) where known.code == code && known.location == location && known.raises == raises { return known.label }
        let label = buffer.makeLabel()
        stubs.append(TrapStub(code: code, location: location, label: label, raises: raises))
        return label
    }
}

/// A loop, as far as its alignment depends on it.
@frozen public struct LoopExtent: Sendable {
    /// Of at most ``shortLength`` instructions.
    public let isShort: Bool
    public let isInnermost: Bool
    /// Label behind its last block.
    public let end: UInt32
    public static var shortLength: Int { 24 }

    @inlinable init(isShort: Bool, isInnermost: Bool, end: UInt32) {
        self.isShort = isShort
        self.isInnermost = isInnermost
        self.end = end
    }
}

/// What a conditional branch tests.
public protocol InvertibleTest {
    var inverted: Self { get }
}
