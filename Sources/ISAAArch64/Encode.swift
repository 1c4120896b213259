import PrecastMachineCode

extension MachineInstruction {
    /// Whether the operation is a single machine instruction that `EncodingRow` describes, with a memory operand of registers alone.
    public var isEncodable: Bool { EncodingRow.of(opcode).form != .none }
    /// The word of an encodable instruction over machine registers.
    public var encoding: UInt32 { Encoder.encode(self) }
}

/// Encodes one instruction whose registers are machine registers.
///
/// Input: an instruction with an encoding row, its immediates and displacements encodable, its memory operand of registers. Output: its word.
enum Encoder {
    static func encode(_ i: MachineInstruction) -> UInt32 {
        let row = EncodingRow.of(i.opcode)
        let base = row.base
        let sf: UInt32 = i.size == .w ? 0 : 1 << 31
        switch row.form {
        case .none: preconditionFailure("\(i.opcode) is not a single instruction")
        case .fixed: return base
        case .branchTarget: return base | UInt32(i.amount) << 6
        case .register: return base | rn(i.src1)
        case .undefined: return UInt32(i.trap)
        case .arithmetic: return sf | base | arithmetic(i)
        case .logic: return sf | base | logic(i)
        case .registers: return sf | base | registers(i)
        case .wideRegisters: return base | registers(i)
        case .reverse: return sf | base | sf >> 21 | registers(i)
        case .bitfield:
            let rotation = UInt32(truncatingIfNeeded: i.immediate & 63), last = UInt32(truncatingIfNeeded: i.immediate >> 8 & 63)
            return sf | base | sf >> 9 | rotation << 16 | last << 10 | rn(i.src1) | rd(i.dst)
        case .extract:
            return sf | base | sf >> 9 | rm(i.src2) | UInt32(truncatingIfNeeded: i.immediate & 63) << 10 | rn(i.src1) | rd(i.dst)
        case .select: return sf | base | rm(i.src2) | condition(i) | rn(i.src1) | rd(i.dst)
        case .compare:
            let second = i.mode == .immediate ? UInt32(truncatingIfNeeded: i.immediate & 31) << 16 | 1 << 11 : rm(i.src2)
            return sf | base | second | condition(i) | rn(i.src1) | UInt32(i.amount & 15)
        case .moveWide:
            return sf | base | UInt32(i.amount / 16) << 21 | UInt32(truncatingIfNeeded: i.immediate & 0xffff) << 5 | rd(i.dst)
        case .load: return access(i, loadBits(i, base), rd(i.dst))
        case .store: return access(i, storeBits(i, base), rd(i.src1))
        case .pair: return pair(i, base)
        case .float: return base | type(i.size) | registers(i)
        case .floatConvert: return base | type(i.size2) | (i.size == .d ? 1 << 15 : i.size == .h ? 3 << 15 : 0) | rn(i.src1) | rd(i.dst)
        case .floatCompare: return base | type(i.size) | rn(i.src1) | (i.src2.isNone ? 8 : rm(i.src2))
        case .floatSelect: return base | type(i.size) | rm(i.src2) | condition(i) | rn(i.src1) | rd(i.dst)
        case .floatImmediate: return base | type(i.size) | UInt32(truncatingIfNeeded: i.immediate & 0xff) << 13 | rd(i.dst)
        case .floatInteger: return base | type(i.size) | (i.size2 == .w ? 0 : 1 << 31) | rn(i.src1) | rd(i.dst)
        case .vector: return vector(i)
        case .laneAccess: return laneAccess(i, base)
        case .atomic: return atomic(i, base)
        }
    }

    // MARK: Fields

    @inline(__always) private static func number(_ r: Register) -> UInt32 { r.bits & 31 }
    @inline(__always) static func rd(_ r: Register) -> UInt32 { number(r) }
    @inline(__always) static func rn(_ r: Register) -> UInt32 { number(r) << 5 }
    @inline(__always) static func rm(_ r: Register) -> UInt32 { number(r) << 16 }
    @inline(__always) private static func condition(_ i: MachineInstruction) -> UInt32 { UInt32(i.condition.rawValue) << 12 }
    /// Those that there are: `base` has what stands for the others.
    private static func registers(_ i: MachineInstruction) -> UInt32 {
        let second = i.src2.isSome && i.mode == .register ? rm(i.src2) : 0
        // What the operation changes in place is in Rd already.
        let third = i.src3.isSome && !i.opcode.changesDestination ? number(i.src3) << 10 : 0
        return rd(i.dst) | rn(i.src1) | second | third
    }
    @inline(__always) private static func type(_ size: OperandSize) -> UInt32 { size == .d ? 1 << 22 : size == .h ? 3 << 22 : 0 }

    // MARK: Arithmetic and logic

    private static func arithmetic(_ i: MachineInstruction) -> UInt32 {
        let registers = rd(i.dst) | rn(i.src1)
        switch i.mode {
        case .immediate:
            let value = UInt32(truncatingIfNeeded: i.immediate)
            assert(Immediates.isArithmetic(i.immediate))
            return 0x1100_0000 | registers | (value < 4096 ? value << 10 : 1 << 22 | (value >> 12) << 10)
        case .extended:
            return 0x0b20_0000 | registers | rm(i.src2) | UInt32(i.modifier) << 13 | UInt32(i.amount) << 10
        case .register where i.src1 == .sp || i.dst == .sp:
            // The other form takes register 31 for zero.
            return 0x0b20_0000 | registers | rm(i.src2) | UInt32(ExtendKind.uxtx.rawValue) << 13
        default: return 0x0b00_0000 | registers | rm(i.src2) | shift(i)
        }
    }
    private static func logic(_ i: MachineInstruction) -> UInt32 {
        let registers = rd(i.dst) | rn(i.src1)
        if i.mode == .immediate {
            guard let fields = Immediates.logical(UInt64(bitPattern: i.immediate), i.size) else { preconditionFailure("no logical immediate") }
            return 0x1200_0000 | registers | fields << 10
        }
        return 0x0a00_0000 | registers | rm(i.src2) | shift(i)
    }
    private static func shift(_ i: MachineInstruction) -> UInt32 {
        i.mode == .shifted ? UInt32(i.modifier) << 22 | UInt32(i.amount) << 10 : 0
    }

    // MARK: Memory

    /// Size, V and opc.
    private static func loadBits(_ i: MachineInstruction, _ base: UInt32) -> UInt32 {
        switch i.opcode {
        case .ldr: fullWidth(i.size) | 1 << 22
        case .ldrsb, .ldrsh: base | (i.size == .w ? 1 << 22 : 0)
        default: base
        }
    }
    private static func storeBits(_ i: MachineInstruction, _ base: UInt32) -> UInt32 { i.opcode == .str ? fullWidth(i.size) : base }
    private static func fullWidth(_ size: OperandSize) -> UInt32 {
        switch size {
        case .w: 2 << 30
        case .x: 3 << 30
        case .b: 1 << 26
        case .h: 1 << 30 | 1 << 26
        case .s: 2 << 30 | 1 << 26
        case .d: 3 << 30 | 1 << 26
        default: 1 << 26 | 2 << 22
        }
    }
    private static func access(_ i: MachineInstruction, _ bits: UInt32, _ register: UInt32) -> UInt32 {
        let common = bits | rn(i.base) | register
        let bytes = i.opcode.accessBytes(i.size), offset = UInt32(bitPattern: i.displacement)
        switch i.memoryKind {
        case .preIndexed: return common | 0x3800_0c00 | (offset & 0x1ff) << 12
        case .postIndexed: return common | 0x3800_0400 | (offset & 0x1ff) << 12
        default: break
        }
        if i.index.isSome {
            return common | 0x3820_0800 | rm(i.index) | UInt32(i.modifier) << 13 | (i.isScaled ? 1 << 12 : 0)
        }
        assert(Immediates.isOffset(Int64(i.displacement), bytes: bytes))
        if i.displacement >= 0, i.displacement % Int32(bytes) == 0 { return common | 0x3900_0000 | (offset / UInt32(bytes)) << 10 }
        return common | 0x3800_0000 | (offset & 0x1ff) << 12
    }
    private static func pair(_ i: MachineInstruction, _ base: UInt32) -> UInt32 {
        let width: UInt32 = switch i.size {
        case .w: 0
        case .x: 2 << 30
        case .s: 1 << 26
        case .d: 1 << 30 | 1 << 26
        default: 2 << 30 | 1 << 26
        }
        let mode: UInt32 = i.memoryKind == .postIndexed ? 1 : i.memoryKind == .preIndexed ? 3 : 2
        let (first, second) = i.opcode == .ldp ? (i.dst, i.dst2) : (i.src1, i.src2)
        let offset = UInt32(bitPattern: i.displacement / Int32(i.size.bytes)) & 0x7f
        return base | width | mode << 23 | offset << 15 | number(second) << 10 | rn(i.base) | rd(first)
    }
}
