/// Emission: allocated code to bytes.
///
/// Input: a function's `VCode`, its `makeProblem`, the solution of that, options. Output: a `CompiledFunction`.
/// Invariants: docs/abi.md for frame, unwinding and traps; a machine register is read and written exactly as the allocation says,
/// besides `x16`, `x17` and `v31`. Only instructions that lowering made write the flags.
/// Algorithm: one walk over the instructions in order, each with the edits before it; branches, alignment and the literal pool
/// are settled by `CodeBuffer`.
import PrecastMachineCode
import PrecastRegisterAllocation

struct Emitter: ~Copyable {
    var buffer: CodeBuffer
    let options: EmitOptions
    let frame: FrameLayout
    let shape: FrameShape
    let saves: SavedRegisters
    let isFrameless: Bool
    let region: FrameRegion
    let blocks: BlockLayout
    let infos: [CallInfo]
    let handlers: [CallHandler]
    let incomingBytes: Int32
    let popsIncoming: Bool

    /// The literal pool: the function's constants, then those of float numbers that emission put there.
    var constants: [PoolConstant]
    /// Label of each constant and jump table, made when first referred to.
    var constantLabels: [UInt32]
    var tableLabels: [UInt32]
    /// Out-of-line traps to write at the end.
    var stubs: [TrapStub] = []
    var location: UInt32 = .max
    /// Whether the code at hand runs with the frame; whether the rules of unwinding say so.
    var hasFrame = false
    var describesFrame = false
    /// Whether an early block just ended in a prologue.
    var leavesFrame = false
    /// The location of the prologue.
    let entryLocation: UInt32
    /// The access to the frame that was emitted last, if nothing came after it.
    var lastAccess: FrameAccess?

    struct TrapStub {
        var code: UInt8
        var location: UInt32
        var label: UInt32
        /// Calls `raise` instead of faulting.
        var raises: Bool
    }

    init(_ vcode: borrowing VCode<MachineInstruction>, _ problem: Problem, _ solution: Solution, _ options: EmitOptions) {
        self.options = options
        infos = vcode.callInfos
        handlers = vcode.callHandlers
        incomingBytes = Int32(vcode.incomingArgumentBytes)
        popsIncoming = vcode.popsIncomingArguments
        let shape = FrameShape(vcode)
        self.shape = shape
        let saves = SavedRegisters(shape, solution, slots: vcode.stackSlots)
        let frame = FrameLayout(
            saved: saves.areAtBottom ? [] : saves.registers, keepsContext: shape.hasLandingPads, slots: vcode.stackSlots,
            spillBytes: solution.spillAreaSize, outgoingBytes: saves.areAtBottom ? saves.bytes : Int(shape.outgoingBytes))
        self.saves = saves
        self.frame = frame
        let isFrameless = !options.keepsFramePointers && !shape.needsFrame && frame.size == 0 && vcode.incomingArgumentBytes == 0
        self.isFrameless = isFrameless
        let delaysFrame = options.optimizations.contains(.delayedFrames) && !options.keepsFramePointers && !isFrameless
        let region = delaysFrame
            ? FrameRegion(vcode, problem, solution, saved: AArch64.calleeSavedSet, context: .x(0)) : FrameRegion()
        self.region = region
        blocks = BlockLayout(vcode, solution.edits, options.optimizations, early: region.early, keeping: region.hasPrologue)
        entryLocation = vcode.locations.first { $0 != .max } ?? .max
        buffer = CodeBuffer(
            forms: Branches.forms(reach: options.branchReach), capacity: vcode.instructions.count * 4 + 256, isMarked: options.marksInstructions)
        buffer.makeLabels(vcode.blocks.count)
        constants = vcode.constants
        constantLabels = Array(repeating: .max, count: vcode.constants.count)
        tableLabels = Array(repeating: .max, count: vcode.jumpTables.count)
    }

    // MARK: The walk

    mutating func emitBody(_ vcode: borrowing VCode<MachineInstruction>, _ problem: Problem, _ solution: Solution) {
        let instructions = vcode.instructions
        let locations = vcode.locations
        let edits = solution.edits
        setLocation(entryLocation)
        hasFrame = !isFrameless
        if hasFrame, region.isEmpty { emitPrologue() }
        solution.allocations.withUnsafeBufferPointer { allocations in
            var assigner = OperandAssigner(allocations: allocations, infos: vcode.callInfos)
            for b in blocks.order.lazy.map(Int.init) {
                let block = vcode.blocks[b]
                var edit = blocks.firstEdits[b]
                assigner.cursor = problem.operandRange(InstructionIndex(rawValue: block.instructions.lowerBound)).lowerBound
                beginBlock(b, vcode)
                let last = Int(block.instructions.upperBound) - 1
                for n in Int(block.instructions.lowerBound)...last {
                    if n == last, region.ends.contains(b) { emitPrologue(atEndOf: b) }
                    setLocation(locations[n])
                    if options.keepsRecord { buffer.point() }
                    while edit < edits.count, edits[edit].point.index == n {
                        emitEdit(edits[edit], instructions)
                        edit += 1
                    }
                    if options.keepsRecord { buffer.point() }
                    var i = instructions[n]
                    if i.isMove {
                        emitMove(i, assigner.nextMove(), vcode)
                        continue
                    }
                    i.visitOperands(&assigner)
                    emitInstruction(i, b)
                }
                if region.ends.contains(b) { endFrame(b) }
            }
        }
    }

    mutating func setLocation(_ new: UInt32) {
        if new == location { return }
        location = new
        buffer.location(new)
    }

    private mutating func beginBlock(_ b: Int, _ vcode: borrowing VCode<MachineInstruction>) {
        if options.optimizations.contains(.loopAlignment), b > 0, !vcode.blocks[b].isCold, isInnermostLoop(b, vcode) { buffer.align(16) }
        bind(UInt32(b))
        beginFrame(b)
    }
    mutating func bind(_ label: UInt32) {
        buffer.bind(label)
        lastAccess = nil
    }

    /// Whether the block is the head of a short innermost loop: others gain nothing from a place at the start of a fetch group.
    private borrowing func isInnermostLoop(_ b: Int, _ vcode: borrowing VCode<MachineInstruction>) -> Bool {
        let latch = Int(blocks.latches[b])
        if latch < 0 { return false }
        var length = 0
        for b in blocks.order[Int(blocks.positions[b])...latch] {
            length += vcode.blocks[Int(b)].instructions.count
            if length > 24 { return false }
        }
        return vcode.blocks[Int(blocks.order[latch])].loopDepth == vcode.blocks[b].loopDepth
    }

    // MARK: Single instructions

    /// Encodes one instruction with machine registers.
    mutating func put(_ instruction: MachineInstruction) {
        var i = instruction
        if i.hasMemory {
            if i.memoryKind == .constant { return loadConstant(i) }
            if i.memoryKind != .registers { resolveFrame(&i) }
        }
        if i.trap != 0 { buffer.trap(i.trap) }
        if mergeAccess(i) { return }
        buffer.mark(InstructionPrinter().text(i))
        putWord(Encoder.encode(i))
    }
    mutating func putWord(_ word: UInt32) {
        UnsafeMutableRawPointer(buffer.reserve(4)).storeBytes(of: word.littleEndian, as: UInt32.self)
        buffer.advance(4)
        lastAccess = nil
    }
    /// An instruction that holds the distance to a label.
    private mutating func putDistance(_ form: Branches.Form, _ word: UInt32, to label: UInt32, _ text: @autoclosure () -> String) {
        buffer.mark(to: label, text())
        buffer.branch(kind: form.rawValue, form: form.rawValue, to: label, word: word)
        lastAccess = nil
    }
    private mutating func loadConstant(_ i: MachineInstruction) {
        if i.dst.isNone { return }
        let number = Int(i.base.bits)
        if constantLabels[number] == .max { constantLabels[number] = buffer.makeLabel() }
        let width: UInt32 = i.size == .s ? 0 : i.size == .d ? 1 << 30 : 2 << 30
        putDistance(.literal, 0x1c00_0000 | width | Encoder.rd(i.dst), to: constantLabels[number], InstructionPrinter().text(i))
    }

    private mutating func relocate(_ kind: Relocation.Kind, _ target: RelocationTarget) {
        buffer.relocations.append(Relocation(offset: buffer.offset, kind: kind, target: target, addend: 0))
    }

    private mutating func emitInstruction(_ i: MachineInstruction, _ block: Int) {
        switch i.opcode {
        case .loadImmediate, .loadFloat, .frameAddress, .symbolAddress: if i.dst.isSome { materialize(i) }
        case .vector where i.dst.isNone: break
        case .jumpTableAddress:
            let table = Int(i.lowWord)
            if tableLabels[table] == .max { tableLabels[table] = buffer.makeLabel() }
            putDistance(.address, Branches.addressWord | 17, to: tableLabels[table], "adr x17, table\(table)")
            put(.load(.signed32, .x, i.dst, .indexed(.x17, i.src1, isScaled: true)))
            put(.add(.x, i.dst, i.dst, .register(.x17)))
        case .updateLoop: emitUpdateLoop(i)
        case .compareExchangeLoop: emitCompareExchangeLoop(i)
        case .arguments, .landingPad: break
        case .jump: jump(i.lowWord, from: block)
        case .branch, .branchZero, .branchNonzero, .branchBitClear, .branchBitSet: conditional(i, from: block)
        case .branchTable: indirect(.br, i.src1)
        case .call:
            relocate(.aarch64Call26, RelocationTarget(.function, i.highWord))
            buffer.mark("bl function\(i.highWord)")
            putWord(0x9400_0000)
            afterCall(infos[i.callInfo])
        case .callIndirect:
            indirect(.blr, i.src1)
            afterCall(infos[i.callInfo])
        case .tailCall, .tailCallIndirect: emitTailCall(i)
        case .functionReturn: emitReturn()
        case .trap: put(MachineInstruction(.udf, .x).trapping(i.trap))
        case .trapIf, .trapZero, .trapNonzero, .trapBitClear, .trapBitSet: branch(i.test, stub(i.trap, raises: false))
        default: put(i)
        }
    }
    mutating func indirect(_ opcode: Opcode, _ register: Register) {
        var i = MachineInstruction(opcode, .x)
        i.src1 = register
        put(i)
    }

    private mutating func afterCall(_ info: CallInfo) {
        if !info.handlers.isEmpty {
            let targets = handlers[Int(info.handlers.lowerBound)..<Int(info.handlers.upperBound)].map {
                CallSite.Handler(tag: $0.tag, retention: $0.retention, group: $0.group, offset: $0.block.rawValue)
            }
            buffer.callSites.append(CallSite(offset: buffer.offset, handlers: targets))
        }
        // A callee that popped its stack arguments raised sp; the outgoing area comes back.
        adjustStack(-Int32(info.calleePops))
    }

    // MARK: Branches

    mutating func branch(_ test: Test, _ label: UInt32) {
        putDistance(Branches.form(test), Branches.word(test), to: label, Branches.text(test))
    }
    private mutating func jump(_ target: UInt32, from block: Int) {
        let label = blocks.target(target)
        if label == blocks.next(block) { return }
        putDistance(.jump, Branches.jumpWord, to: label, "b")
    }
    private mutating func conditional(_ i: MachineInstruction, from block: Int) {
        let then = blocks.target(i.lowWord), other = blocks.target(i.highWord)
        if then == other { return jump(then, from: block) }
        if then == blocks.next(block) { return branch(i.test.inverted, other) }
        branch(i.test, then)
        jump(other, from: block)
    }

    /// The out-of-line trap for `code` at the current location.
    mutating func stub(_ code: UInt8, raises: Bool) -> UInt32 {
        for known in stubs.suffix(8) where known.code == code && known.location == location && known.raises == raises { return known.label }
        let label = buffer.makeLabel()
        stubs.append(TrapStub(code: code, location: location, label: label, raises: raises))
        return label
    }

    // MARK: The end

    consuming func finish(_ vcode: borrowing VCode<MachineInstruction>) -> CompiledFunction {
        if options.keepsRecord { buffer.point() }
        if !stubs.isEmpty, !self.isFrameless { describeFrame(true) }
        for stub in stubs {
            setLocation(stub.location)
            bind(stub.label)
            let isPrologue = stub.code == options.stackOverflowTrap
            if isPrologue { describePrologue() }
            if stub.raises, let raise = options.raise {
                emitRaise(stub.code, raise)
            } else {
                put(MachineInstruction(.udf, .x).trapping(stub.code))
            }
            if isPrologue { buffer.unwind(.restoreState) }
        }
        let codeEnd = buffer.offset
        if options.keepsRecord { buffer.point() }
        let (frame, order) = (frame, blocks.order)
        emitTables(vcode)
        emitConstants()
        let isFrameless = isFrameless
        let frameSize = frame.size
        // A state that is restored where no code follows describes nothing.
        if let last = buffer.unwind.last, last.offset >= codeEnd, case .restoreState = last.rule { buffer.unwind.removeLast() }
        var function = buffer.finish(writeBranch: Branches.write, writePadding: Branches.pad, longestNop: 4)
        function.features = vcode.features
        function.record?.place(order, frame)
        function.isFrameless = isFrameless
        function.frameSize = isFrameless ? 0 : UInt32(frameSize)
        return function
    }

    private mutating func emitTables(_ vcode: borrowing VCode<MachineInstruction>) {
        for (n, run) in vcode.jumpTables.enumerated() where tableLabels[n] != .max {
            setLocation(.max)
            let label = tableLabels[n]
            bind(label)
            for t in run {
                let target = blocks.target(vcode.tableTargets[Int(t)].rawValue)
                buffer.mark(to: target, ".word table\(n)")
                buffer.appendDistance(to: target, from: label)
            }
        }
    }
    /// Largest constants first, so that one alignment serves all.
    private mutating func emitConstants() {
        var isFirst = true
        for size in [16, 8, 4] as [UInt8] {
            for (n, constant) in constants.enumerated() where constant.size == size && constantLabels[n] != .max {
                if isFirst {
                    setLocation(.max)
                    buffer.align(UInt32(size))
                    isFirst = false
                }
                bind(constantLabels[n])
                buffer.mark("constant\(n)")
                if size == 4 {
                    buffer.append(littleEndian: UInt32(truncatingIfNeeded: constant.low))
                } else {
                    buffer.append(littleEndian: constant.low)
                }
                if size == 16 { buffer.append(littleEndian: constant.high) }
            }
        }
    }
}
