/// Emission of AArch64 code. The walk over blocks, instructions and edits, stubs, tables and the literal pool are ``FunctionEmitter``'s; here is how
/// instructions become words. Besides what the allocation says, code changes `x16`, `x17` and `v31`; only instructions that lowering made write the flags.
import PrecastMachineCode
import PrecastRegisterAllocation

typealias Emitter = FunctionEmitter<AArch64>

/// What emission of AArch64 code keeps from instruction to instruction.
public struct EmissionState {
    /// The access to the frame that was emitted last, if nothing came after it.
    var lastAccess: FrameAccess?
}

extension Emitter {
    // MARK: Single instructions

    /// Encodes one instruction with machine registers.
    mutating func put(_ instruction: MachineInstruction) {
        var i = instruction
        if i.hasMemory {
            if i.memoryKind == .constant { return loadConstant(i) }
            if i.memoryKind != .registers { resolveFrame(&i) }
        }
        probe(i)
        if i.trap != 0 { buffer.trap(i.trap) }
        if mergeAccess(i) { return }
        buffer.mark(InstructionPrinter().text(i))
        putWord(Encoder.encode(i))
    }
    mutating func putWord(_ word: UInt32) {
        UnsafeMutableRawPointer(buffer.reserve(4)).storeBytes(of: word.littleEndian, as: UInt32.self)
        buffer.advance(4)
        forgetLast()
    }
    /// An instruction that holds the distance to a label.
    private mutating func putDistance(_ form: Branches.Form, _ word: UInt32, to label: UInt32, _ text: @autoclosure () -> String) {
        buffer.mark(to: label, text())
        buffer.branch(kind: form.rawValue, form: form.rawValue, to: label, word: word)
        forgetLast()
    }
    mutating func forgetLast() { state = EmissionState() }
    private mutating func loadConstant(_ i: MachineInstruction) {
        if i.dst.isNone { return }
        let width: UInt32 = i.size == .s ? 0 : i.size == .d ? 1 << 30 : 2 << 30
        putDistance(.literal, 0x1c00_0000 | width | Encoder.rd(i.dst), to: label(ofConstant: Int(i.base.bits)), InstructionPrinter().text(i))
    }

    private mutating func relocate(_ kind: Relocation.Kind, _ target: RelocationTarget) {
        buffer.relocations.append(Relocation(offset: buffer.offset, kind: kind, target: target, addend: 0))
    }

    mutating func emitInstruction(_ i: MachineInstruction, _ block: Int) {
        switch i.opcode {
        case .loadImmediate, .loadFloat, .frameAddress, .symbolAddress: if i.dst.isSome { materialize(i) }
        case .vector where i.dst.isNone: break
        case .jumpTableAddress:
            let table = Int(i.lowWord)
            putDistance(.address, Branches.addressWord | 17, to: label(ofTable: table), "adr x17, table\(table)")
            put(.load(.signed32, .x, i.dst, .indexed(.x17, i.src1, isScaled: true)))
            put(.add(.x, i.dst, i.dst, .register(.x17)))
        case .updateLoop: emitUpdateLoop(i)
        case .compareExchangeLoop: emitCompareExchangeLoop(i)
        case .arguments, .landingPad: break
        case .jump: jump(i.lowWord, from: block)
        case .branch, .branchZero, .branchNonzero, .branchBitClear, .branchBitSet: branch(i.test, then: i.lowWord, else: i.highWord, from: block)
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
        noteHandlers(info)
        // A callee that popped its stack arguments raised sp; the outgoing area comes back.
        adjustStack(-Int32(info.calleePops))
    }

    // MARK: Branches

    mutating func branch(_ test: Test, _ label: UInt32) {
        putDistance(Branches.form(test), Branches.word(test), to: label, Branches.text(test))
    }
    mutating func jump(to label: UInt32) { putDistance(.jump, Branches.jumpWord, to: label, "b") }
}
