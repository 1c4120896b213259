/// Emission: allocated code to bytes.
///
/// Input: a function's `VCode`, its `makeProblem`, the solution of that, options. Output: a `CompiledFunction`.
/// Invariants: docs/abi.md for frame, unwinding and traps; a machine register is read and written exactly as the allocation says,
/// besides `r11`, `xmm15` and flags where no instruction needs them.
/// Algorithm: one walk over the instructions in order, each with the edits before it; branches, alignment and the literal pool
/// are settled by `CodeBuffer`.
import PrecastMachineCode
import PrecastRegisterAllocation

struct Emitter: ~Copyable {
    var buffer: CodeBuffer
    let options: EmitOptions
    let frame: FrameLayout
    let shape: FrameShape
    let isFrameless: Bool
    let region: FrameRegion
    let blocks: BlockLayout
    let infos: [CallInfo]
    let handlers: [CallHandler]
    let incomingBytes: Int32
    let popsIncoming: Bool

    /// Label of each literal-pool constant and jump table, made when first referred to.
    var constantLabels: [UInt32]
    var tableLabels: [UInt32]
    /// Label behind the last block.
    let bodyEnd: UInt32
    /// Out-of-line traps to write at the end.
    var stubs: [TrapStub] = []
    var location: UInt32 = .max
    var shown = ShownRegister()
    /// Whether the code at hand runs with the frame; whether the rules of unwinding say so.
    var hasFrame = false
    var describesFrame = false
    /// Whether an early block just ended in a prologue.
    var leavesFrame = false
    /// The location of the prologue.
    let entryLocation: UInt32

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
        let frame = FrameLayout(
            saved: X86_64.calleeSaved.filter { shape.hasLandingPads || solution.usedCalleeSaved.contains($0) },
            keepsContext: shape.hasLandingPads, slots: vcode.stackSlots,
            spillBytes: solution.spillAreaSize, outgoingBytes: Int(shape.outgoingBytes))
        self.frame = frame
        let isFrameless = !options.keepsFramePointers && !shape.needsFrame && frame.size == 0 && vcode.incomingArgumentBytes == 0
        self.isFrameless = isFrameless
        let delaysFrame = options.optimizations.contains(.delayedFrames) && !options.keepsFramePointers && !isFrameless
        let region = delaysFrame ? FrameRegion(vcode, problem, solution, saved: X86_64.calleeSavedSet, context: .rdi) : FrameRegion()
        self.region = region
        blocks = BlockLayout(vcode, solution.edits, options.optimizations, early: region.early, keeping: region.hasPrologue)
        buffer = CodeBuffer(forms: Branches.forms, capacity: vcode.instructions.count * 6 + 256, isMarked: options.marksInstructions)
        entryLocation = vcode.locations.first { $0 != .max } ?? .max
        buffer.makeLabels(vcode.blocks.count)
        bodyEnd = buffer.makeLabel()
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
                        emitEdit(edits[edit], before: n, instructions)
                        edit += 1
                    }
                    if options.keepsRecord { buffer.point() }
                    var i = instructions[n]
                    if i.isMove {
                        emitMove(i, assigner.nextMove(), vcode)
                        continue
                    }
                    i.visitOperands(&assigner)
                    emitInstruction(i, n, instructions, b)
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
        if options.optimizations.contains(.loopAlignment), b > 0, !vcode.blocks[b].isCold { alignLoop(b, vcode) }
        buffer.bind(UInt32(b))
        shown.forget()
        beginFrame(b)
    }

    /// A short loop lies in as few cache lines as it can: CPUs fetch, and predict branches, by the line. Others begin at a multiple of 16.
    private mutating func alignLoop(_ b: Int, _ vcode: borrowing VCode<MachineInstruction>) {
        let latch = Int(blocks.latches[b])
        if latch < 0 { return }
        var length = 0
        for b in blocks.order[Int(blocks.positions[b])...latch] {
            length += vcode.blocks[Int(b)].instructions.count
            if length > 24 { return buffer.align(16) }
        }
        let next = latch + 1
        buffer.alignToLine(until: next < blocks.order.count ? blocks.order[next] : bodyEnd)
    }

    // MARK: Single instructions

    /// Encodes one instruction with machine registers.
    mutating func put(_ instruction: MachineInstruction) {
        shown.update(after: instruction)
        var i = options.optimizations.contains(.shortEncodings) ? instruction.shortened : instruction
        var entity: UInt32 = .max
        if i.mode == .memory, i.memoryKind != .registers {
            entity = i.base.bits
            resolveFrame(&i)
        }
        if i.trap != 0 { buffer.trap(i.trap) }
        buffer.mark(InstructionPrinter().text(i))
        let encoded = Encoder.encode(i, to: buffer.reserve(32))
        if encoded.ripField != 0 {
            let field = buffer.offset + UInt32(encoded.ripField)
            refer(i.memoryKind, entity, field: field, addend: i.displacement - Int32(encoded.length - encoded.ripField))
        }
        buffer.advance(encoded.length)
    }

    /// Frame places become offsets from rbp, outgoing arguments from rsp.
    private borrowing func resolveFrame(_ i: inout MachineInstruction) {
        let slot = i.base.bits
        switch i.memoryKind {
        case .stackSlot: i.displacement += frame.slotOffsets[Int(slot)]
        case .spill: i.displacement += frame.spillOffset
        case .incomingArgument: i.displacement += 16
        case .outgoingArgument: break
        default: return
        }
        i.base = i.memoryKind == .outgoingArgument ? .rsp : .rbp
        i.index = .none
        i.memoryKind = .registers
    }

    private mutating func refer(_ kind: MemoryOperand.Kind, _ entity: UInt32, field: UInt32, addend: Int32) {
        switch kind {
        case .constant:
            if constantLabels[Int(entity)] == .max { constantLabels[Int(entity)] = buffer.makeLabel() }
            buffer.fixup(field: field, to: constantLabels[Int(entity)], addend: addend)
        case .jumpTable:
            if tableLabels[Int(entity)] == .max { tableLabels[Int(entity)] = buffer.makeLabel() }
            buffer.fixup(field: field, to: tableLabels[Int(entity)], addend: addend)
        case .function: relocate(field, .function, entity, addend)
        case .readOnlyData: relocate(field, .readOnlyData, entity, addend)
        default: preconditionFailure("not a rip-relative place")
        }
    }
    private mutating func relocate(_ field: UInt32, _ kind: RelocationTarget.Kind, _ index: UInt32, _ addend: Int32) {
        buffer.relocations.append(Relocation(offset: field, kind: .x86PCRelative32, target: RelocationTarget(kind, index), addend: addend))
    }

    private mutating func emitInstruction(_ i: MachineInstruction, _ n: Int, _ instructions: [MachineInstruction], _ block: Int) {
        switch i.opcode {
        case .test, .cmp: if !(options.optimizations.contains(.flagReuse) && shown.answers(i, n, instructions)) { put(i) }
        case .loadImmediate, .zeroFloat, .onesFloat:
            if i.dst.isSome { materialize(i, flagsLive: flagsAreLive(from: n + 1, instructions)) }
        case .lea where i.dst.isNone, .movss where i.dst.isNone, .movsd where i.dst.isNone, .movups where i.dst.isNone: break
        case .cvtsi2ss, .cvtsi2sd:
            // The upper lanes stay: without this the result would wait for whatever wrote the register last.
            put(.logic(.xor, i.dst, i.dst, .register(i.dst), avx: options.usesAVX))
            put(i)
        case .setccWide:
            put(.setccByte(i.condition, i.dst))
            put(.movzx(from: .b, i.dst, .register(i.dst)))
        case .cmovss, .cmovsd:
            let end = buffer.makeLabel()
            branch(i.condition.inverted, end)
            var move = i
            move.opcode = i.mode == .register ? .movaps : i.opcode == .cmovss ? .movss : .movsd
            move.src1 = .none
            if options.usesAVX { move.flags.insert(.vex) }
            put(move)
            buffer.bind(end)
        case .jumpTableAddress:
            put(.lea(.q, .r11, MemoryOperand(kind: .jumpTable, entity: i.lowWord)))
            put(.movsx(from: .l, to: .q, i.dst, .memory(.indexed(.r11, i.src1, scale: 2))))
            put(.alu(.add, .q, i.dst, i.dst, .register(.r11)))
        case .updateMemory: emitUpdate(i)
        case .arguments, .landingPad, .retypeFloat: break
        case .jmp: jump(i.lowWord, from: block)
        case .jcc: conditional(i, from: block)
        case .jccAnd: both(i, from: block)
        case .jccOr: either(i, from: block)
        case .jmpTable: indirectJump(i.src1)
        case .call:
            shown.forget()
            buffer.mark("call function\(i.highWord)")
            buffer.append(CollectionOfOne(0xe8))
            relocate(buffer.offset, .function, i.highWord, -4)
            buffer.append(littleEndian: 0 as UInt32)
            noteHandlers(infos[i.callInfo])
            lowerStackAgain(infos[i.callInfo])
        case .callIndirect:
            put(i)
            noteHandlers(infos[i.callInfo])
            lowerStackAgain(infos[i.callInfo])
        case .tailCall, .tailCallIndirect: emitTailCall(i)
        case .ret: emitReturn()
        case .trapIf: branch(i.condition, stub(i.trap, raises: false))
        default: put(i)
        }
    }

    /// Behind a call that exceptions may leave to this function.
    private mutating func noteHandlers(_ info: CallInfo) {
        if info.handlers.isEmpty { return }
        let targets = handlers[Int(info.handlers.lowerBound)..<Int(info.handlers.upperBound)].map {
            CallSite.Handler(tag: $0.tag, retention: $0.retention, group: $0.group, offset: $0.block.rawValue)
        }
        buffer.callSites.append(CallSite(offset: buffer.offset, handlers: targets))
    }

    /// Until nobody comes between: the new value is computed from what was last seen there. The load before it has
    /// shown that the memory is accessible.
    private mutating func emitUpdate(_ i: MachineInstruction) {
        let again = buffer.makeLabel(), size: OperandSize = i.size == .q ? .q : .l
        let op = ALUOperation(rawValue: UInt8(truncatingIfNeeded: i.immediate)).unsafelyUnwrapped
        buffer.bind(again)
        put(.move(size, .r11, i.dst))
        put(.alu(op, size, .r11, .r11, .register(i.src3)))
        put(.cmpxchg(i.size, i.dst, expected: i.dst, replacement: .r11, i.memory))
        branch(.ne, again)
    }

    /// A callee that popped its stack arguments raised rsp; the outgoing area comes back.
    private mutating func lowerStackAgain(_ info: CallInfo) {
        if info.calleePops > 0 { adjustStack(-Int32(info.calleePops)) }
    }

    // MARK: Branches

    mutating func branch(_ cc: Condition, _ label: UInt32) {
        buffer.mark(to: label, "j\(cc)")
        buffer.branch(kind: Branches.conditional(cc), form: Branches.conditionalForm, to: label)
    }
    private mutating func jump(_ target: UInt32, from block: Int) {
        let label = blocks.target(target)
        if label == blocks.next(block) { return }
        buffer.mark(to: label, "jmp")
        buffer.branch(kind: Branches.jump, form: Branches.jumpForm, to: label)
    }
    private mutating func conditional(_ i: MachineInstruction, from block: Int) {
        let then = blocks.target(i.lowWord)
        let other = blocks.target(i.highWord)
        if then == other {
            jump(then, from: block)
        } else if then == blocks.next(block) {
            branch(i.condition.inverted, other)
        } else {
            branch(i.condition, then)
            jump(other, from: block)
        }
    }
    private mutating func both(_ i: MachineInstruction, from block: Int) {
        let then = blocks.target(i.lowWord)
        let other = blocks.target(i.highWord)
        branch(i.condition.inverted, other)
        if then == blocks.next(block) {
            branch(i.condition2.inverted, other)
        } else {
            branch(i.condition2, then)
            jump(other, from: block)
        }
    }
    private mutating func either(_ i: MachineInstruction, from block: Int) {
        let then = blocks.target(i.lowWord)
        let other = blocks.target(i.highWord)
        branch(i.condition, then)
        if then == blocks.next(block) {
            branch(i.condition2.inverted, other)
        } else {
            branch(i.condition2, then)
            jump(other, from: block)
        }
    }
    mutating func indirectJump(_ register: Register) {
        var i = MachineInstruction(.tailCallIndirect, .q)
        i.mode = .register
        i.src2 = register
        put(i)
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
        buffer.bind(bodyEnd)
        if options.keepsRecord { buffer.point() }
        if !stubs.isEmpty, !self.isFrameless { describeFrame(true) }
        for stub in stubs {
            setLocation(stub.location)
            buffer.bind(stub.label)
            let isPrologue = stub.code == options.stackOverflowTrap
            if isPrologue { describePrologue() }
            if stub.raises, let raise = options.raise {
                emitRaise(stub.code, raise)
            } else {
                put(.trap(stub.code))
            }
            if isPrologue { buffer.unwind(.restoreState) }
        }
        let codeEnd = buffer.offset
        if options.keepsRecord { buffer.point() }
        let (frame, order) = (frame, blocks.order)
        emitTables(vcode)
        emitConstants(vcode)
        let isFrameless = isFrameless
        let frameSize = frame.size
        // A state that is restored where no code follows describes nothing.
        if let last = buffer.unwind.last, last.offset >= codeEnd, case .restoreState = last.rule { buffer.unwind.removeLast() }
        var function = buffer.finish(writeBranch: Branches.write, writePadding: Branches.pad, longestNop: Branches.longestNop)
        function.features = vcode.features
        function.record?.place(order, frame)
        function.isFrameless = isFrameless
        function.frameSize = isFrameless ? 0 : UInt32(frameSize)
        return function
    }

    private mutating func emitTables(_ vcode: borrowing VCode<MachineInstruction>) {
        var isFirst = true
        for (n, run) in vcode.jumpTables.enumerated() where tableLabels[n] != .max {
            if isFirst {
                setLocation(.max)
                buffer.align(4)
                isFirst = false
            }
            let label = tableLabels[n]
            buffer.bind(label)
            for t in run {
                let target = blocks.target(vcode.tableTargets[Int(t)].rawValue)
                buffer.mark(to: target, ".long table\(n)")
                buffer.appendDistance(to: target, from: label)
            }
        }
    }
    /// Largest constants first, so that one alignment serves all.
    private mutating func emitConstants(_ vcode: borrowing VCode<MachineInstruction>) {
        var isFirst = true
        for size in [16, 8, 4] as [UInt8] {
            for (n, constant) in vcode.constants.enumerated() where constant.size == size && constantLabels[n] != .max {
                if isFirst {
                    setLocation(.max)
                    buffer.align(UInt32(size))
                    isFirst = false
                }
                buffer.bind(constantLabels[n])
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
