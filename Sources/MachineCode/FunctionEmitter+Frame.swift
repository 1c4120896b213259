public import PrecastEntities
public import PrecastRegisterAllocation

/// What a function's instructions demand of its frame.
@frozen public struct FrameShape: Sendable {
    public internal(set) var hasCalls = false
    /// Calls, stack arguments of tail calls or its own, addresses of the frame.
    public internal(set) var needsFrame = false
    /// Exceptions may enter it: it saves every register for its caller, and keeps its instance context in the frame.
    public internal(set) var hasLandingPads = false
    /// Bytes of the largest call's stack arguments.
    public internal(set) var outgoingBytes: UInt32 = 0

    @inlinable init<Instruction: EmittableInstruction>(_ vcode: borrowing VCode<Instruction>) {
        var hasCalls = false, needsFrame = false
        for i in vcode.instructions {
            if i.unwindingCall != nil { hasCalls = true }
            if i.namesFramePointer { needsFrame = true }
        }
        for block in vcode.blocks {
            guard let last = block.instructions.last, let info = vcode.instructions[Int(last)].tailCall else { continue }
            if vcode.callInfos[info].stackArgumentBytes > 0 { needsFrame = true }
        }
        self.init(
            hasCalls: hasCalls, needsFrame: needsFrame || hasCalls, hasLandingPads: !vcode.callHandlers.isEmpty,
            outgoingBytes: vcode.callInfos.reduce(0) { max($0, $1.stackArgumentBytes) })
    }
    @usableFromInline init(hasCalls: Bool, needsFrame: Bool, hasLandingPads: Bool, outgoingBytes: UInt32) {
        self.hasCalls = hasCalls
        self.needsFrame = needsFrame
        self.hasLandingPads = hasLandingPads
        self.outgoingBytes = outgoingBytes
    }

    /// The frame that this and the allocation ask for.
    @inlinable func layout<Target: InstructionSet>(_ vcode: borrowing VCode<Target.Instruction>, _ solution: Solution, _: Target.Type) -> FrameLayout {
        let saved = Target.calleeSaved.filter { hasLandingPads || solution.usedCalleeSaved.contains($0) }
        let bytes = vcode.stackSlots.reduce(solution.spillAreaSize + saved.count * 8 + 32) { $0 + Int($1.size) + 16 }
        let isAtBottom = !saved.isEmpty && !hasLandingPads && outgoingBytes == 0 && Target.savesAtBottom(saved.count, frameBytes: bytes)
        return FrameLayout(
            saved: saved, savesAtBottom: isAtBottom, keepsContext: hasLandingPads, slots: vcode.stackSlots, spillBytes: solution.spillAreaSize,
            outgoingBytes: Int(outgoingBytes))
    }
}

/// Where the frame is, and what the unwinder has to know of it (docs/abi.md, "Unwinding").
extension FunctionEmitter {
    /// Frames up to this size may lie below the limit: the loader keeps more than that below it.
    @inlinable public static var uncheckedFrame: Int32 { 1024 }
    /// Whether the prologue compares the stack pointer with the limit.
    @inlinable public var checksStack: Bool { options.checksStack && (shape.hasCalls || frame.size > Self.uncheckedFrame) }

    /// The prologue, if a block has one at its beginning.
    @inlinable mutating func beginFrame(_ b: Int) {
        if region.isEmpty { return }
        let isHead = region.heads.contains(b), isEarly = region.early.contains(b)
        describeFrame(!isEarly && !isHead)
        if isHead { Target.emitPrologue(&self) }
        hasFrame = !isEarly
    }
    /// The prologue before the jump of an early block, and before that jump's edits.
    @inlinable mutating func emitPrologueBeforeJump() {
        buffer.unwind(.rememberState)
        Target.emitPrologue(&self)
        hasFrame = true
    }

    // MARK: Rules

    /// The caller's stack begins `bytes` above a register.
    @inlinable public mutating func describeCFA(_ register: PhysicalRegister, _ bytes: Int32) {
        buffer.unwind(.defineCFA(register: Target.dwarfNumber(register), offset: bytes))
    }
    /// Tells the unwinder whether there is a frame in what follows.
    @inlinable mutating func describeFrame(_ exists: Bool) {
        if leavesFrame, !exists {
            buffer.unwind(.restoreState)
            describesFrame = false
        }
        leavesFrame = false
        if exists != describesFrame, options.signsReturnAddresses { buffer.unwind(.negatedReturnAddressState) }
        if exists, !describesFrame {
            describeRecord()
            describeFramePointer()
            describeSavedRegisters()
        } else if !exists, describesFrame {
            describeNoFrame(stackBytes: Target.returnAddressBytes)
            describeRestoredRegisters()
        }
        describesFrame = exists
    }
    /// In a prologue's stub for a stack overflow: the frame pointer is set, nothing else is saved yet. Until the state is restored.
    @inlinable mutating func describePrologue() {
        buffer.unwind(.rememberState)
        describeRestoredRegisters()
    }
    /// The frame record is gone; the caller's stack begins `stackBytes` above the stack pointer.
    @inlinable public mutating func describeNoFrame(stackBytes: Int32) {
        describeCFA(Target.stackPointer, stackBytes)
        for (register, _) in Target.frameRecord { buffer.unwind(.restored(register: Target.dwarfNumber(register))) }
    }
    @inlinable public mutating func describeRestoredRegisters() {
        for r in frame.saved { buffer.unwind(.restored(register: Target.dwarfNumber(r))) }
    }
    @inlinable public mutating func describeFramePointer() { describeCFA(Target.framePointer, 16) }
    @inlinable public mutating func describeRecord() {
        for (register, offset) in Target.frameRecord { buffer.unwind(.saved(register: Target.dwarfNumber(register), offset: offset)) }
    }
    @inlinable public mutating func describeSavedRegisters() {
        for (n, r) in frame.saved.enumerated() {
            let offset = frame.savesAtBottom ? 8 * Int32(n) - frame.size - 16 : -24 - 8 * Int32(n)
            buffer.unwind(.saved(register: Target.dwarfNumber(r), offset: offset))
        }
    }
}
