/// Emission of x86-64 code. The walk over blocks, instructions and edits, stubs, tables and the literal pool are ``FunctionEmitter``'s; here is how
/// instructions become bytes. Besides what the allocation says, code changes `r11`, `xmm15`, and flags where no instruction needs them.
import PrecastMachineCode
import PrecastRegisterAllocation

typealias Emitter = FunctionEmitter<X86_64>

/// What emission of x86-64 code keeps from instruction to instruction.
public struct EmissionState {
    var shown = ShownRegister()
}

extension Emitter {
    // MARK: Single instructions

    /// Encodes one instruction with machine registers.
    mutating func put(_ instruction: MachineInstruction) {
        state.shown.update(after: instruction)
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
            buffer.fixup(field: field, to: label(ofConstant: Int(entity)), addend: addend)
        case .jumpTable:
            buffer.fixup(field: field, to: label(ofTable: Int(entity)), addend: addend)
        case .function: relocate(field, .function, entity, addend)
        case .readOnlyData: relocate(field, .readOnlyData, entity, addend)
        default: preconditionFailure("not a rip-relative place")
        }
    }
    private mutating func relocate(_ field: UInt32, _ kind: RelocationTarget.Kind, _ index: UInt32, _ addend: Int32) {
        buffer.relocations.append(Relocation(offset: field, kind: .x86PCRelative32, target: RelocationTarget(kind, index), addend: addend))
    }

    mutating func emitInstruction(_ i: MachineInstruction, _ n: Int, _ instructions: [MachineInstruction], _ block: Int) {
        switch i.opcode {
        case .test, .cmp: if !(options.optimizations.contains(.flagReuse) && state.shown.answers(i, n, instructions)) { put(i) }
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
        case .jcc: branch(i.condition, then: i.lowWord, else: i.highWord, from: block)
        case .jccAnd:
            branch(i.condition.inverted, blocks.target(i.highWord))
            second(i, from: block)
        case .jccOr:
            branch(i.condition, blocks.target(i.lowWord))
            second(i, from: block)
        case .jmpTable: indirectJump(i.src1)
        case .call:
            state.shown.forget()
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
    mutating func jump(to label: UInt32) {
        buffer.mark(to: label, "jmp")
        buffer.branch(kind: Branches.jump, form: Branches.jumpForm, to: label)
    }
    /// The other condition of two, that of the first being settled.
    private mutating func second(_ i: MachineInstruction, from block: Int) {
        let then = blocks.target(i.lowWord)
        if then == blocks.next(block) { return branch(i.condition2.inverted, blocks.target(i.highWord)) }
        branch(i.condition2, then)
        jump(i.highWord, from: block)
    }
    mutating func indirectJump(_ register: Register) {
        var i = MachineInstruction(.tailCallIndirect, .q)
        i.mode = .register
        i.src2 = register
        put(i)
    }
}
