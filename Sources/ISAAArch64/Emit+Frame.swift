import PrecastMachineCode
import PrecastRegisterAllocation

/// What a function's instructions demand of its frame.
struct FrameShape {
    var hasCalls = false
    /// Calls, stack arguments of tail calls or its own, addresses of the frame.
    var needsFrame = false
    /// Exceptions may enter it: it saves every register for its caller, and keeps its instance context in the frame.
    var hasLandingPads = false
    /// Bytes of the largest call's stack arguments.
    var outgoingBytes: UInt32 = 0

    init(_ vcode: borrowing VCode<MachineInstruction>) {
        for i in vcode.instructions {
            switch i.opcode {
            case .call, .callIndirect:
                hasCalls = true
                needsFrame = true
            case .tailCall, .tailCallIndirect: if vcode.callInfos[i.callInfo].stackArgumentBytes > 0 { needsFrame = true }
            default: break
            }
            if i.base == .fp || i.src2 == .fp || i.src1 == .fp { needsFrame = true }
        }
        hasLandingPads = !vcode.callHandlers.isEmpty
        for info in vcode.callInfos { outgoingBytes = max(outgoingBytes, info.stackArgumentBytes) }
    }
}

/// The callee-saved registers that a function uses, and where in its frame they are.
struct SavedRegisters {
    let registers: [PhysicalRegister]
    /// At sp, where one instruction saves the first ones and makes room for the frame. Else below the frame record.
    let areAtBottom: Bool
    var bytes: Int { (registers.count * 8 + 15) & ~15 }

    init(_ shape: FrameShape, _ solution: Solution, slots: [StackSlot]) {
        registers = AArch64.calleeSaved.filter { shape.hasLandingPads || solution.usedCalleeSaved.contains($0) }
        // The displacements of such instructions: 9 bits for one register, 7 in units of 8 for two.
        let limit = registers.count > 1 ? 496 : 240
        let bytes = slots.reduce(solution.spillAreaSize + registers.count * 8 + 32) { $0 + Int($1.size) + 16 }
        areAtBottom = !registers.isEmpty && !shape.hasLandingPads && shape.outgoingBytes == 0 && bytes <= limit
    }
}

/// Prologue, epilogue, tail calls (docs/abi.md, "AArch64").
extension Emitter {
    /// Frames up to this size may lie below the limit: the loader keeps more than that below it.
    static var uncheckedFrame: Int32 { 1024 }

    /// Sets up the frame. Reads the instance context in x0; changes x16, x17 and flags besides.
    mutating func emitPrologue() {
        setLocation(entryLocation)
        describesFrame = true
        put(.storePair(.x, .indexedBefore(.sp, -16), .fp, .lr))
        buffer.unwind(.defineCFA(register: DWARFRegister.number(.sp), offset: 16))
        describeRecord()
        put(.add(.x, .fp, .sp, .immediate(0)))
        buffer.unwind(.defineCFA(register: DWARFRegister.number(.fp), offset: 16))
        if options.checksStack, shape.hasCalls || frame.size > Self.uncheckedFrame { emitStackCheck() }
        emitSaves()
        describeSavedRegisters()
    }
    private mutating func describeRecord() {
        buffer.unwind(.saved(register: DWARFRegister.number(.fp), offset: -16))
        buffer.unwind(.saved(register: DWARFRegister.number(.lr), offset: -8))
    }
    private mutating func describeSavedRegisters() {
        for (n, r) in saves.registers.enumerated() {
            let offset = saves.areAtBottom ? 8 * Int32(n) - frame.size - 16 : -24 - 8 * Int32(n)
            buffer.unwind(.saved(register: DWARFRegister.number(r), offset: offset))
        }
    }
    /// In a prologue's stub for a stack overflow: the frame record is there, nothing else is saved yet. Until the state is restored.
    mutating func describePrologue() {
        buffer.unwind(.rememberState)
        describeRestoredRegisters()
    }
    private mutating func describeRestoredRegisters() {
        for r in saves.registers { buffer.unwind(.restored(register: DWARFRegister.number(r))) }
    }
    private mutating func describeNoFrame(stackBytes: Int32) {
        buffer.unwind(.defineCFA(register: DWARFRegister.number(.sp), offset: stackBytes))
        buffer.unwind(.restored(register: DWARFRegister.number(.fp)))
        buffer.unwind(.restored(register: DWARFRegister.number(.lr)))
    }

    private mutating func emitSaves() {
        let registers = saves.registers
        if saves.areAtBottom {
            // The first ones take sp down.
            let first = registers.count > 1
                ? MachineInstruction.storePair(.x, .indexedBefore(.sp, -frame.size), Register(registers[0]), Register(registers[1]))
                : .store(.x, .indexedBefore(.sp, -frame.size), Register(registers[0]))
            put(first)
        } else {
            adjustStack(-frame.size)
        }
        for n in registers.indices.dropFirst(saves.areAtBottom ? 2 : 0) { put(.store(.x, saveSlot(n), Register(registers[n]))) }
        if frame.keepsContext { put(.store(.x, saveSlot(registers.count), .x(0))) }
    }
    private func saveSlot(_ n: Int) -> MemoryOperand { saves.areAtBottom ? .base(.sp, 8 * Int32(n)) : .base(.fp, -8 * Int32(n + 1)) }

    /// The prologue, if a block has one at its beginning.
    mutating func beginFrame(_ b: Int) {
        if region.isEmpty { return }
        let isHead = region.heads.contains(b), isEarly = region.early.contains(b)
        describeFrame(!isEarly && !isHead)
        if isHead { emitPrologue() }
        hasFrame = !isEarly
    }
    /// Tells the unwinder whether there is a frame in what follows.
    mutating func describeFrame(_ exists: Bool) {
        if leavesFrame, !exists {
            buffer.unwind(.restoreState)
            describesFrame = false
        }
        leavesFrame = false
        if exists, !describesFrame {
            describeRecord()
            buffer.unwind(.defineCFA(register: DWARFRegister.number(.fp), offset: 16))
            describeSavedRegisters()
        } else if !exists, describesFrame {
            describeNoFrame(stackBytes: 0)
            describeRestoredRegisters()
        }
        describesFrame = exists
    }
    /// The prologue before the jump of an early block, and before that jump's edits.
    mutating func emitPrologue(atEndOf b: Int) {
        buffer.unwind(.rememberState)
        emitPrologue()
        hasFrame = true
    }
    /// Behind that jump: an early block may follow.
    mutating func endFrame(_ b: Int) { leavesFrame = true }

    /// Traps if sp less the frame would lie below the store's limit. A small frame is not subtracted:
    /// it is within what any function may use below the limit unchecked.
    private mutating func emitStackCheck() {
        let trap = stub(options.stackOverflowTrap, raises: options.raise != nil)
        put(.load(.x, .x16, .base(.x(0), options.storeOffset)))
        put(.load(.x, .x16, .base(.x16, options.stackLimitOffset)))
        if frame.size > Self.uncheckedFrame {
            // No wrap: limits are user addresses, frames below 2 GiB.
            addConstant(.x16, .x16, Int64(frame.size), scratch: .x17)
        }
        put(.cmp(.x, .sp, .register(.x16)))
        branch(.flags(.lo), trap)
    }

    /// Calls `raise(vmctx, code)`, which does not return. Only from a prologue, where x0 is the instance context.
    mutating func emitRaise(_ code: UInt8, _ raise: (tableOffset: Int32, entryOffset: Int32)) {
        put(.moveWide(.zero, .w, .x(1), UInt16(code), shift: 0))
        put(.load(.x, .x16, .base(.x(0), raise.tableOffset)))
        put(.load(.x, .x16, .base(.x16, raise.entryOffset)))
        indirect(.blr, .x16)
        put(MachineInstruction(.udf, .x).trapping(code))
    }

    /// sp += bytes.
    mutating func adjustStack(_ bytes: Int32) {
        if bytes != 0 { addConstant(.sp, .sp, Int64(bytes), scratch: .x17) }
    }
    /// The same, where the CFA is `cfa` above sp: described after each instruction.
    private mutating func adjustStack(_ bytes: Int32, cfa: Int32) {
        if bytes == 0 { return }
        let isTwo = !Immediates.isArithmetic(Int64(bytes.magnitude)) && bytes.magnitude < 1 << 24
        let first = isTwo ? bytes / 4096 * 4096 : 0
        for (step, left) in [(first, bytes - first), (bytes - first, 0)] where step != 0 {
            adjustStack(step)
            buffer.unwind(.defineCFA(register: DWARFRegister.number(.sp), offset: cfa - (bytes - left)))
        }
    }
    /// dst = src + value.
    mutating func addConstant(_ dst: Register, _ src: Register, _ value: Int64, scratch: Register) {
        let op: ArithmeticOperation = value < 0 ? .sub : .add
        let magnitude = Int64(value.magnitude)
        if Immediates.isArithmetic(magnitude) {
            put(.arithmetic(op, .x, dst, src, .immediate(magnitude)))
        } else if magnitude < 1 << 24 {
            put(.arithmetic(op, .x, dst, src, .immediate(magnitude & ~0xfff)))
            put(.arithmetic(op, .x, dst, dst, .immediate(magnitude & 0xfff)))
        } else {
            moveConstant(.x, scratch, magnitude)
            put(.arithmetic(op, .x, dst, src, .extended(scratch, .uxtx, 0)))
        }
    }

    private mutating func restoreSaved(from first: Int = 0) {
        for n in saves.registers.indices.dropFirst(first) { put(.load(.x, Register(saves.registers[n]), saveSlot(n))) }
    }
    /// Takes the frame down.
    private mutating func emitEpilogue() {
        buffer.unwind(.rememberState)
        if saves.areAtBottom {
            restoreSaved(from: 2)
            let last = saves.registers.count > 1
                ? MachineInstruction.loadPair(.x, Register(saves.registers[0]), Register(saves.registers[1]), .indexedAfter(.sp, frame.size))
                : .load(.x, Register(saves.registers[0]), .indexedAfter(.sp, frame.size))
            put(last)
        } else {
            restoreSaved()
            if frame.size > 0 { put(.add(.x, .sp, .fp, .immediate(0))) }
        }
        // A signal may overwrite what is below sp.
        describeRestoredRegisters()
        put(.loadPair(.x, .fp, .lr, .indexedAfter(.sp, 16)))
        describeNoFrame(stackBytes: 0)
    }

    mutating func emitReturn() {
        let pops = popsIncoming && incomingBytes > 0
        if hasFrame { emitEpilogue() } else if pops { buffer.unwind(.rememberState) }
        if pops { adjustStack(incomingBytes, cfa: 0) }
        put(MachineInstruction(.ret, .x))
        if hasFrame || pops { buffer.unwind(.restoreState) }
    }

    // MARK: Tail calls

    /// Leaves the callee's stack arguments where the caller will find them popped: the last one ends where this function's own ended.
    mutating func emitTailCall(_ instruction: MachineInstruction) {
        var i = instruction
        let bytes = Int32(infos[i.callInfo].stackArgumentBytes)
        if i.opcode == .tailCallIndirect, AArch64.calleeSaved.contains(i.src1.physical) {
            put(.move(.x, .x16, i.src1))
            i.src1 = .x16
        }
        // The frame's own arguments stay if its caller pops them.
        let own = popsIncoming ? incomingBytes : 0
        if isFrameless { return jumpToFunction(i) }
        if own < bytes {
            growArguments(by: bytes - own, bytes)
        } else {
            copyArguments(bytes, to: frame.size + 16 + own - bytes)
            emitEpilogue()
            adjustStack(own - bytes, cfa: 0)
        }
        jumpToFunction(i)
        buffer.unwind(.restoreState)
    }

    private mutating func jumpToFunction(_ i: MachineInstruction) {
        if i.opcode == .tailCallIndirect { return indirect(.br, i.src1) }
        buffer.relocations.append(Relocation(offset: buffer.offset, kind: .aarch64Call26, target: RelocationTarget(.function, i.highWord), addend: 0))
        buffer.mark("b function\(i.highWord)")
        putWord(Branches.jumpWord)
    }

    /// The callee's arguments take `growth` bytes more than this function's own: they reach down over the frame record, and perhaps over
    /// the saved registers. Those are restored first.
    private mutating func growArguments(by growth: Int32, _ bytes: Int32) {
        buffer.unwind(.rememberState)
        restoreSaved()
        put(.loadPair(.x, .fp, .lr, .base(.fp)))
        describeNoFrame(stackBytes: frame.size + 16)
        describeRestoredRegisters()
        let top = frame.size + 16 - growth
        copyArguments(bytes, to: top)
        adjustStack(top, cfa: frame.size + 16)
    }

    /// Copies a multiple of 16 bytes from sp up to an offset from it, the last first: destinations may overlap sources from above.
    private mutating func copyArguments(_ bytes: Int32, to: Int32) {
        assert(to > 0 && bytes & 15 == 0)
        for offset in stride(from: bytes - 16, through: 0, by: -16) {
            put(.load(.q, .v(31), .outgoingArgument(offset)))
            put(.store(.q, .outgoingArgument(to + offset), .v(31)))
        }
    }
}

extension MemoryOperand {
    /// `[base, displacement]!`
    static func indexedBefore(_ base: Register, _ displacement: Int32) -> Self {
        var m = Self.base(base, displacement)
        m.kind = .preIndexed
        return m
    }
    /// `[base], displacement`
    static func indexedAfter(_ base: Register, _ displacement: Int32) -> Self {
        var m = Self.base(base, displacement)
        m.kind = .postIndexed
        return m
    }
}
