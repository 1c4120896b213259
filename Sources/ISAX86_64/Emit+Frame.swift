import PrecastMachineCode
import PrecastRegisterAllocation

/// Prologue, epilogue, tail calls (docs/abi.md, "Frame layout").
extension Emitter {
    /// Sets up the frame. Reads the instance context in rdi; changes r11 and flags besides.
    mutating func emitPrologue() {
        setLocation(entryLocation)
        describesFrame = true
        push(.rbp)
        describeCFA(.rsp, 16)
        describeRecord()
        put(.move(.q, .rbp, .rsp))
        describeFramePointer()
        if checksStack { emitStackCheck() }
        for r in frame.saved { push(r) }
        describeSavedRegisters()
        if frame.keepsContext { push(.rdi) }
        adjustStack(frame.pushedBytes - frame.size)
    }

    /// Traps if rsp less the frame would lie below the store's limit. A small frame is not subtracted:
    /// it is within what any function may use below the limit unchecked.
    private mutating func emitStackCheck() {
        let trap = stub(options.stackOverflowTrap, raises: options.raise != nil)
        put(.load(.q, .r11, .base(.rdi, options.storeOffset)))
        if frame.size <= Self.uncheckedFrame {
            put(.cmp(.q, .rsp, .memory(.base(.r11, options.stackLimitOffset))))
        } else {
            // Neither side wraps: limits are user addresses, frames below 2 GiB.
            put(.load(.q, .r11, .base(.r11, options.stackLimitOffset)))
            put(.alu(.add, .q, .r11, .r11, .immediate(frame.size)))
            put(.cmp(.q, .rsp, .register(.r11)))
        }
        branch(.b, trap)
    }

    /// Calls `raise(vmctx, code)`, which does not return. Only from a prologue, where rdi is the instance context and rsp is aligned.
    mutating func emitRaise(_ code: UInt8, _ raise: (tableOffset: Int32, entryOffset: Int32)) {
        put(.loadImmediate(.l, .rsi, Int64(code)))
        put(.load(.q, .r11, .base(.rdi, raise.tableOffset)))
        var call = MachineInstruction(.callIndirect, .q)
        call.mode = .memory
        call.memory = .base(.r11, raise.entryOffset)
        put(call)
        put(MachineInstruction(.ud2, .q))
    }

    func pushBytes(_ r: PhysicalRegister, _ opcode: UInt8) -> [UInt8] {
        r.number >= 8 ? [0x41, opcode + UInt8(r.number - 8)] : [opcode + UInt8(r.number)]
    }
    mutating func push(_ r: PhysicalRegister) {
        buffer.mark("push \(InstructionPrinter().name(Register(r), .q))")
        buffer.append(pushBytes(r, 0x50))
    }
    mutating func pop(_ r: PhysicalRegister) {
        buffer.mark("pop \(InstructionPrinter().name(Register(r), .q))")
        buffer.append(pushBytes(r, 0x58))
    }
    /// rsp += bytes.
    mutating func adjustStack(_ bytes: Int32) {
        if bytes > 0 { put(.alu(.add, .q, .rsp, .rsp, .immediate(bytes))) }
        if bytes < 0 { put(.alu(.sub, .q, .rsp, .rsp, .immediate(-bytes))) }
    }

    /// Takes the frame down; rsp is then at the return address.
    private mutating func emitEpilogue() {
        buffer.unwind(.rememberState)
        adjustStack(frame.size - frame.savedBytes)
        for r in frame.saved.reversed() { pop(r) }
        pop(.rbp)
        describeCFA(.rsp, 8)
    }

    mutating func emitReturn() {
        if hasFrame { emitEpilogue() }
        if incomingBytes > 0, popsIncoming {
            precondition(incomingBytes <= 65520, "more stack arguments than ret can pop")
            buffer.mark("ret \(incomingBytes)")
            buffer.append([0xc2, UInt8(truncatingIfNeeded: incomingBytes), UInt8(truncatingIfNeeded: incomingBytes >> 8)])
        } else {
            buffer.mark("ret")
            buffer.append(CollectionOfOne(0xc3))
        }
        if hasFrame { buffer.unwind(.restoreState) }
    }

    // MARK: Tail calls

    /// Leaves the callee's stack arguments where the caller will find them popped: the last one ends where this function's own
    /// ended, the return address lies below the first.
    mutating func emitTailCall(_ instruction: MachineInstruction) {
        var i = instruction
        let bytes = Int32(infos[i.callInfo].stackArgumentBytes)
        if i.opcode == .tailCallIndirect, targetDies(i) {
            var load = MachineInstruction.move(.q, .r11, i.src2)
            if i.mode == .memory {
                load.mode = .memory
                load.memory = i.memory
            }
            put(load)
            i.mode = .register
            i.src2 = .r11
        }
        // The frame's own arguments stay if its caller pops them.
        let own = popsIncoming ? incomingBytes : 0
        if isFrameless {
            jumpToFunction(i)
        } else if own < bytes {
            growArguments(by: bytes - own, bytes)
            jumpToFunction(i)
            buffer.unwind(.restoreState)
        } else {
            copyArguments(bytes, from: 0, to: frame.size + 16 + own - bytes)
            if own > bytes {
                copyWord(from: frame.size + 8, to: frame.size + 8 + own - bytes)
            }
            emitEpilogue()
            if own > bytes {
                // Where they were saved is farther below rsp from here on than signal handlers leave alone.
                describeRestoredRegisters()
                buffer.unwind(.restored(register: DWARFRegister.number(.rbp)))
                adjustStack(own - bytes)
                describeMovedReturnAddress(by: own - bytes)
            }
            jumpToFunction(i)
            buffer.unwind(.restoreState)
        }
    }

    /// Whether the target's place is gone once the frame is: memory of the frame, or a callee-saved register.
    private func targetDies(_ i: MachineInstruction) -> Bool {
        i.mode == .memory || X86_64.calleeSavedSet.contains(i.src2.physical)
    }

    private mutating func jumpToFunction(_ i: MachineInstruction) {
        if i.opcode == .tailCallIndirect {
            put(i)
        } else {
            buffer.mark("jmp function\(i.highWord)")
            buffer.append(CollectionOfOne(0xe9))
            buffer.relocations.append(Relocation(
                offset: buffer.offset, kind: .x86PCRelative32, target: RelocationTarget(.function, i.highWord), addend: -4))
            buffer.append(littleEndian: 0 as UInt32)
        }
    }

    /// The callee's arguments take `growth` bytes more than this function's own: they reach down over the return address, and perhaps over
    /// the saved registers. Those are taken to safety first, the return address and rbp to below the frame.
    private mutating func growArguments(by growth: Int32, _ bytes: Int32) {
        for (n, r) in frame.saved.enumerated() { put(.load(.q, Register(r), .base(.rbp, -8 * Int32(n + 1)))) }
        pushMemory(.base(.rbp, 8))
        pushMemory(.base(.rbp, 0))
        // Now rsp is 16 below the frame.
        let top = frame.size + 16
        buffer.unwind(.rememberState)
        describeCFA(.rsp, top + 16)
        buffer.unwind(.saved(register: DWARFRegister.returnAddress, offset: -8 - top))
        buffer.unwind(.saved(register: DWARFRegister.number(.rbp), offset: -16 - top))
        describeRestoredRegisters()
        copyArguments(bytes, from: 16, to: top + 16 - growth)
        copyWord(from: 8, to: top + 8 - growth)
        pop(.rbp)
        // rsp is 8 below the frame, the return address at its new place.
        describeCFA(.rsp, top + 8)
        buffer.unwind(.restored(register: DWARFRegister.number(.rbp)))
        adjustStack(8 + frame.size + 8 - growth)
        describeMovedReturnAddress(by: -growth)
    }
    /// rsp is at the return address, which is not where the caller put it.
    private mutating func describeMovedReturnAddress(by bytes: Int32) {
        describeCFA(.rsp, 8 - bytes)
        buffer.unwind(.saved(register: DWARFRegister.returnAddress, offset: bytes - 8))
    }

    /// Copies a multiple of 16 bytes between offsets from rsp, upward, the last first: destinations may overlap sources from above.
    private mutating func copyArguments(_ bytes: Int32, from: Int32, to: Int32) {
        assert(to > from && bytes & 15 == 0)
        for offset in stride(from: bytes - 16, through: 0, by: -16) {
            put(.loadVector(.xmm(15), .base(.rsp, from + offset), avx: options.usesAVX))
            put(.storeVector(.base(.rsp, to + offset), .xmm(15), avx: options.usesAVX))
        }
    }
    private mutating func copyWord(from: Int32, to: Int32) {
        put(.loadFloat(.double, .xmm(15), .base(.rsp, from), avx: options.usesAVX))
        put(.storeFloat(.double, .base(.rsp, to), .xmm(15), avx: options.usesAVX))
    }
    private mutating func pushMemory(_ m: MemoryOperand) {
        assert(m.base == .rbp)
        buffer.mark("push qword ptr [rbp + \(m.displacement)]")
        buffer.append([0xff, 0x75, UInt8(truncatingIfNeeded: m.displacement)])
    }
}
