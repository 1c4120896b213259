import PrecastMachineCode
import PrecastRegisterAllocation

/// Prologue, epilogue, tail calls (docs/abi.md, "AArch64").
extension Emitter {
    /// Sets up the frame. Reads the instance context in x0; changes x16, x17 and flags besides.
    mutating func emitPrologue() {
        setLocation(entryLocation)
        describesFrame = true
        signReturnAddress()
        put(.storePair(.x, .indexedBefore(.sp, -16), .fp, .lr))
        describeCFA(.sp, 16)
        describeRecord()
        put(.add(.x, .fp, .sp, .immediate(0)))
        describeFramePointer()
        if checksStack { emitStackCheck() }
        emitSaves()
        describeSavedRegisters()
    }

    private mutating func emitSaves() {
        let registers = frame.saved
        if frame.savesAtBottom {
            // The first ones take sp down.
            let first = registers.count > 1
                ? MachineInstruction.storePair(.x, .indexedBefore(.sp, -frame.size), Register(registers[0]), Register(registers[1]))
                : .store(.x, .indexedBefore(.sp, -frame.size), Register(registers[0]))
            put(first)
        } else {
            adjustStack(-frame.size)
        }
        for n in registers.indices.dropFirst(frame.savesAtBottom ? 2 : 0) { put(.store(.x, saveSlot(n), Register(registers[n]))) }
        if frame.keepsContext { put(.store(.x, saveSlot(registers.count), .x(0))) }
    }
    private func saveSlot(_ n: Int) -> MemoryOperand { frame.savesAtBottom ? .base(.sp, 8 * Int32(n)) : .base(.fp, -8 * Int32(n + 1)) }

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
            describeCFA(.sp, cfa - (bytes - left))
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
        for n in frame.saved.indices.dropFirst(first) { put(.load(.x, Register(frame.saved[n]), saveSlot(n))) }
    }
    /// Takes the frame down.
    private mutating func emitEpilogue() {
        buffer.unwind(.rememberState)
        if frame.savesAtBottom {
            restoreSaved(from: 2)
            let last = frame.saved.count > 1
                ? MachineInstruction.loadPair(.x, Register(frame.saved[0]), Register(frame.saved[1]), .indexedAfter(.sp, frame.size))
                : .load(.x, Register(frame.saved[0]), .indexedAfter(.sp, frame.size))
            put(last)
        } else {
            restoreSaved()
            if frame.size > 0 { put(.add(.x, .sp, .fp, .immediate(0))) }
        }
        // A signal may overwrite what is below sp.
        describeRestoredRegisters()
        put(.loadPair(.x, .fp, .lr, .indexedAfter(.sp, 16)))
        describeNoFrame(stackBytes: 0)
        authenticateReturnAddress()
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
        if i.opcode == .tailCallIndirect, AArch64.calleeSavedSet.contains(i.src1.physical) {
            // No argument is in x15; x16 and x17 are scratch of what follows.
            put(.move(.x, .x(15), i.src1))
            i.src1 = .x(15)
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
        if i.opcode == .tailCallIndirect { return indirect(.br, callLikeTarget(i.src1)) }
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
        authenticateReturnAddress(below: frame.size + 16)
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
