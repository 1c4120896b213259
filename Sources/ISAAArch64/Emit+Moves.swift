import PrecastMachineCode
import PrecastRegisterAllocation

/// Moves that allocation asked for, and constants made anew.
extension Emitter {
    func width(_ r: PhysicalRegister, _ size: UInt8) -> OperandSize { r.registerClass == .integer ? .x : size == 16 ? .q : .d }

    mutating func emitMove(_ dst: PhysicalRegister, _ src: PhysicalRegister, size: UInt8) {
        put(dst.registerClass == .integer ? .move(.x, Register(dst), Register(src)) : .moveFloat(width(src, size), Register(dst), Register(src)))
    }
    mutating func emitSpill(_ m: MemoryOperand, _ src: PhysicalRegister, size: UInt8) { put(.store(width(src, size), m, Register(src))) }
    mutating func emitReload(_ dst: PhysicalRegister, _ m: MemoryOperand, size: UInt8) { put(.load(width(dst, size), Register(dst), m)) }

    // MARK: Frame places

    /// A frame place becomes an offset from sp, in `x17` if it does not fit the instruction.
    mutating func resolveFrame(_ i: inout MachineInstruction) {
        guard let offset = frameOffset(i) else { return }
        i.memoryKind = .registers
        i.base = .sp
        i.index = .none
        if Immediates.isOffset(Int64(offset), bytes: i.opcode.accessBytes(i.size)) {
            i.displacement = offset
        } else {
            moveConstant(.x, .x17, Int64(offset))
            i.displacement = 0
            i.index = .x17
            i.modifier = ExtendKind.uxtx.rawValue
        }
    }
    private borrowing func frameOffset(_ i: MachineInstruction) -> Int32? {
        switch i.memoryKind {
        case .stackSlot: frame.size + frame.slotOffsets[Int(i.base.bits)] + i.displacement
        case .spill: frame.size + frame.spillOffset + i.displacement
        case .incomingArgument: frame.size + 16 + i.displacement
        case .outgoingArgument: i.displacement
        default: nil
        }
    }

    // MARK: Constants

    mutating func materialize(_ i: MachineInstruction) {
        switch i.opcode {
        case .loadImmediate: moveConstant(i.size, i.dst, i.immediate)
        case .loadFloat: loadFloat(i)
        case .frameAddress: if let offset = frameOffset(i) { addConstant(i.dst, .sp, Int64(offset), scratch: i.dst) }
        case .symbolAddress:
            let kind: RelocationTarget.Kind = i.highWord == UInt32(RelocationTarget.Kind.function.rawValue) ? .function : .readOnlyData
            let target = RelocationTarget(kind, i.lowWord), register = InstructionPrinter().name(i.dst, .x)
            buffer.relocations.append(Relocation(offset: buffer.offset, kind: .aarch64Page21, target: target, addend: 0))
            buffer.mark("adrp \(register), \(kind)\(i.lowWord)")
            putWord(0x9000_0000 | Encoder.rd(i.dst))
            buffer.relocations.append(Relocation(offset: buffer.offset, kind: .aarch64PageOffset12, target: target, addend: 0))
            put(.add(.x, i.dst, i.dst, .immediate(0)))
        default: put(i)
        }
    }

    /// By one instruction where that is enough, else 16 bits at a time onto zeros or ones, whichever are more.
    mutating func moveConstant(_ size: OperandSize, _ dst: Register, _ value: Int64) {
        let bits = size == .w ? UInt64(UInt32(truncatingIfNeeded: value)) : UInt64(bitPattern: value)
        // The upper half of a 32-bit constant is zero anyway.
        let size: OperandSize = bits >> 32 == 0 ? .w : .x
        if Immediates.moveCount(Int64(bitPattern: bits), size) > Immediates.moveCount(Int64(bitPattern: bits), .x) { return moveParts(.x, dst, bits) }
        moveParts(size, dst, bits)
    }
    private mutating func moveParts(_ size: OperandSize, _ dst: Register, _ bits: UInt64) {
        let places = Array(stride(from: 0, to: size.bits, by: 16))
        let parts = places.map { UInt16(truncatingIfNeeded: bits >> UInt64($0)) }
        let isInverted = parts.count { $0 == .max } > parts.count { $0 == 0 }
        let filler: UInt16 = isInverted ? .max : 0
        let wanted = zip(parts, places).filter { $0.0 != filler }
        if wanted.count > 1, Immediates.isLogical(Int64(bitPattern: bits), size) { return put(.logic(.orr, size, dst, .zr, .immediate(Int64(bitPattern: bits)))) }
        guard let (first, place) = wanted.first else {
            return put(.moveWide(isInverted ? .inverted : .zero, size, dst, 0, shift: 0))
        }
        put(.moveWide(isInverted ? .inverted : .zero, size, dst, isInverted ? ~first : first, shift: UInt8(place)))
        for (part, place) in wanted.dropFirst() { put(.moveWide(.keep, size, dst, old: dst, part, shift: UInt8(place))) }
    }

    private mutating func loadFloat(_ i: MachineInstruction) {
        let bits = UInt64(bitPattern: i.immediate), integer: OperandSize = i.size == .s ? .w : .x
        if bits == 0 {
            buffer.mark("movi \(InstructionPrinter().name(i.dst, .d)), #0")
            putWord(0x2f00_e400 | Encoder.rd(i.dst))
        } else if let encoded = Immediates.float(bits, i.size) {
            put(.floatImmediate(i.size, i.dst, encoded))
        } else if Immediates.moveCount(i.immediate, integer) == 1 {
            moveConstant(integer, .x16, i.immediate)
            put(.moveToFloat(i.size, i.dst, .x16))
        } else {
            put(.load(i.size, i.dst, .constant(pooled(PoolConstant(low: bits, size: i.size == .s ? 4 : 8)))))
        }
    }

    // MARK: Pairs

    /// Turns the last instruction into one that makes this access too, where their places are neighbours. Returns false where there is none.
    mutating func mergeAccess(_ i: MachineInstruction) -> Bool {
        guard let next = FrameAccess(i) else { return false }
        if let last = state.lastAccess, let pair = pair(last, next) {
            buffer.remark(InstructionPrinter().text(pair))
            UnsafeMutableRawPointer(buffer.reserve(0) - 4).storeBytes(of: Encoder.encode(pair).littleEndian, as: UInt32.self)
            state.lastAccess = nil
            return true
        }
        buffer.mark(InstructionPrinter().text(i))
        putWord(Encoder.encode(i))
        state.lastAccess = next
        return true
    }
    private func pair(_ a: FrameAccess, _ b: FrameAccess) -> MachineInstruction? {
        let bytes = Int32(a.size.bytes)
        guard a.isLoad == b.isLoad, a.size == b.size, a.base == b.base, abs(a.displacement - b.displacement) == bytes,
            !a.isLoad || a.register != b.register && (a.register != a.base || a.size.isFloat)
        else { return nil }
        let (low, high) = a.displacement < b.displacement ? (a, b) : (b, a)
        guard low.displacement % bytes == 0, (-64...63).contains(low.displacement / bytes) else { return nil }
        let m = MemoryOperand.base(low.base, low.displacement)
        return a.isLoad ? .loadPair(a.size, low.register, high.register, m) : .storePair(a.size, m, low.register, high.register)
    }
}

/// A load or store of a register at a constant distance from a base, that cannot fault.
struct FrameAccess {
    var isLoad: Bool
    var size: OperandSize
    var register: Register
    var base: Register
    var displacement: Int32

    init?(_ i: MachineInstruction) {
        guard i.opcode == .ldr || i.opcode == .str, i.memoryKind == .registers, i.index.isNone, i.trap == 0 else { return nil }
        switch i.size {
        case .w, .x, .s, .d, .q: break
        default: return nil
        }
        isLoad = i.opcode == .ldr
        size = i.size
        register = isLoad ? i.dst : i.src1
        base = i.base
        displacement = i.displacement
    }
}
