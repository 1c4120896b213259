import PrecastMachineCode

extension MachineInstruction {
    /// The bytes of an instruction over machine registers that ``isEncodable``; a rip-relative displacement is left zero.
    public var encoding: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            guard let p = buffer.baseAddress else { return }
            count = Encoder.encode(self, to: p).length
        }
    }
    /// Whether the operation is a single machine instruction that `Encode` has a row for.
    public var isEncodable: Bool { opcode == .loadImmediate || EncodingRow.of(opcode).form != .none }
}

/// Encodes one instruction whose registers are machine registers.
///
/// Input: an instruction with an encoding row (or `loadImmediate`), its memory operand plain or rip-relative. Output: its
/// bytes, at most 15. A rip-relative displacement field is left zero, and the answer says where it is.
/// Always the shortest encoding of the instruction as given: 8-bit displacements and immediates, accumulator forms, two-byte VEX.
struct EncodedLength {
    var length: Int
    /// Offset of the 32-bit rip-relative field, 0: none.
    var ripField: Int
}

/// Writes at a pointer; the caller made room for 16 bytes.
struct Encoder {
    private var p: UnsafeMutablePointer<UInt8>
    private let start: UnsafeMutablePointer<UInt8>
    private var ripField = 0

    private init(_ p: UnsafeMutablePointer<UInt8>) {
        self.p = p
        start = p
    }

    static func encode(_ i: MachineInstruction, to p: UnsafeMutablePointer<UInt8>) -> EncodedLength {
        var encoder = Encoder(p)
        if i.opcode == .loadImmediate {
            encoder.loadImmediate(i.dst.number, i.immediate)
        } else {
            encoder.encode(i, EncodingRow.of(i.opcode))
        }
        return EncodedLength(length: encoder.p - p, ripField: encoder.ripField)
    }

    // MARK: Forms

    private mutating func encode(_ i: MachineInstruction, _ row: EncodingRow) {
        let isByte = i.size == .b
        /// Opcodes that come in pairs: the lower one is for bytes.
        let paired = row.opcode &- (isByte ? 1 : 0)
        switch row.form {
        case .none: preconditionFailure("\(i.opcode) is not a single instruction")
        case .alu: alu(i, row)
        case .aluMemory:
            if i.src1.isSome {
                legacy(i, row, row.opcode + (isByte ? 0 : 1), reg: i.src1.number, .memory, byteReg: isByte)
            } else {
                aluImmediate(i, row, .memory)
            }
        case .test: test(i, row)
        case .testMemory:
            if i.src1.isSome {
                legacy(i, row, paired, reg: i.src1.number, .memory, byteReg: isByte)
            } else {
                legacy(i, row, isByte ? 0xf6 : 0xf7, reg: 0, .memory)
                immediate(i)
            }
        case .unary: legacy(i, row, paired, reg: row.digit, .register(i.dst.number), byteRM: isByte)
        case .opcodeRegister:
            rex(w: i.size == .q, reg: 0, index: 0, rm: i.dst.number, force: false)
            byte(0x0f)
            byte(row.opcode + i.dst.number & 7)
        case .shift: shift(i, row)
        case .doubleShift:
            if i.flags.contains(.countInCL) {
                legacy(i, row, row.opcode + 1, reg: i.src2.number, .register(i.dst.number))
            } else {
                legacy(i, row, row.opcode, reg: i.src2.number, .register(i.dst.number))
                immediate8(i)
            }
        case .regRM:
            if i.opcode == .mov {
                move(i, row)
            } else {
                legacy(i, row, row.opcode, reg: i.dst.number, rm(i), byteRM: row.width == .operandByteSource)
            }
        case .regRMImmediate:
            let small = i.immediate == Int64(Int8(truncatingIfNeeded: i.immediate))
            legacy(i, row, small ? row.opcode + 2 : row.opcode, reg: i.dst.number, rm(i))
            if small { immediate8(i) } else { immediate(i) }
        case .rmDigit: legacy(i, row, paired, reg: row.digit, rm(i), byteRM: isByte)
        case .store:
            let register = i.opcode == .cmpxchgMemory ? i.src3 : i.src1
            legacy(i, row, paired, reg: register.number, .memory, byteReg: isByte)
        case .storeImmediate:
            legacy(i, row, paired, reg: 0, .memory)
            immediate(i)
        case .setcc: legacy(i, row, row.opcode + i.conditions & 15, reg: 0, .register(i.dst.number), byteRM: true)
        case .cmov: legacy(i, row, row.opcode + i.conditions & 15, reg: i.dst.number, rm(i))
        case .bitTest:
            let target = i.dst.isSome ? i.dst.number : i.src1.number
            if i.mode == .immediate {
                legacy(i, row, 0xba, reg: row.digit, .register(target))
                immediate8(i)
            } else {
                legacy(i, row, row.opcode, reg: i.src2.number, .register(target))
            }
        case .vexRVM: vex(i, row, w: i.size == .q, reg: i.dst.number, vvvv: i.src1.number, rm(i))
        case .vexVM: vex(i, row, w: i.size == .q, reg: row.digit, vvvv: i.dst.number, rm(i))
        case .vexTwoResults: vex(i, row, w: i.size == .q, reg: i.dst.number, vvvv: i.dst2.number, rm(i))
        case .vexRMI:
            vex(i, row, w: i.size == .q, reg: i.dst.number, vvvv: 0, rm(i))
            immediate8(i)
        case .fixed: fixed(i, row)
        case .sseTwoSources: sse(i, row, reg: i.dst.number, vvvv: i.src1.number, rm(i))
        case .sseTwoSourcesImmediate:
            sse(i, row, reg: i.dst.number, vvvv: i.src1.number, rm(i))
            immediate8(i)
        case .sse: load(i, row, vvvv: 0)
        case .sseLowMerge: load(i, row, vvvv: i.src1.number)
        case .sseMerge: sse(i, row, reg: i.dst.number, vvvv: mergeSource(i), rm(i))
        case .sseMergeImmediate:
            sse(i, row, reg: i.dst.number, vvvv: mergeSource(i), rm(i))
            immediate8(i)
        case .sseMergeFromInteger: sse(i, row, reg: i.dst.number, vvvv: i.dst.number, rm(i))
        case .sseCompare: sse(i, row, reg: i.src1.number, vvvv: 0, rm(i))
        case .sseStore: sse(i, row, reg: i.src1.number, vvvv: 0, .memory)
        case .sseReverse: sse(i, row, reg: i.src2.number, vvvv: 0, .register(i.dst.number))
        case .sseImmediate:
            sse(i, row, reg: i.dst.number, vvvv: 0, rm(i))
            immediate8(i)
        case .sseStoreImmediate:
            sse(i, row, reg: i.src1.number, vvvv: 0, .memory)
            immediate8(i)
        case .sseReverseImmediate:
            sse(i, row, reg: i.src2.number, vvvv: 0, .register(i.dst.number))
            immediate8(i)
        case .sseShift: packedShift(i, row)
        case .sseBlend: blend(i, row)
        case .vexTernary: sse(i, row, reg: i.dst.number, vvvv: i.src3.number, rm(i))
        case .vexTernaryImmediate:
            sse(i, row, reg: i.dst.number, vvvv: i.src3.number, rm(i))
            immediate8(i)
        }
    }

    private mutating func alu(_ i: MachineInstruction, _ row: EncodingRow) {
        let isByte = i.size == .b
        let target = i.dst.isSome ? i.dst.number : i.src1.number
        switch i.mode {
        case .immediate: aluImmediate(i, row, .register(target))
        // Both directions exist between registers; assemblers take the one whose rm is the destination.
        case .register: legacy(i, row, row.opcode + (isByte ? 0 : 1), reg: i.src2.number, .register(target), byteReg: isByte, byteRM: isByte)
        default: legacy(i, row, row.opcode + (isByte ? 2 : 3), reg: target, .memory, byteReg: isByte)
        }
    }
    private mutating func move(_ i: MachineInstruction, _ row: EncodingRow) {
        let isByte = i.size == .b
        if i.mode == .register {
            legacy(i, row, isByte ? 0x88 : 0x89, reg: i.src2.number, .register(i.dst.number), byteReg: isByte, byteRM: isByte)
        } else {
            legacy(i, row, isByte ? 0x8a : 0x8b, reg: i.dst.number, .memory, byteReg: isByte)
        }
    }
    /// Loads and moves with two encodings: the shorter one.
    private mutating func load(_ i: MachineInstruction, _ row: EncodingRow, vvvv: UInt8) {
        if i.isVEX, i.mode == .register, i.src2.number >= 8, i.dst.number < 8, let store = storeForm(i.opcode, row) {
            // The store form has the high register in ModRM.reg, which a two-byte prefix can name.
            sse(i, store, reg: i.src2.number, vvvv: vvvv, .register(i.dst.number))
        } else if i.opcode == .movdToFloat, i.mode == .memory, i.size == .q {
            // `movq` from memory needs no REX.W.
            sse(i, EncodingRow(.sse, .x0F, .xF3, 0x7e, .none), reg: i.dst.number, vvvv: 0, .memory)
        } else {
            sse(i, row, reg: i.dst.number, vvvv: vvvv, rm(i))
        }
    }
    private func storeForm(_ opcode: Opcode, _ row: EncodingRow) -> EncodingRow? {
        switch opcode {
        case .movaps, .movssMerge, .movsdMerge: row.with(map: row.map, opcode: row.opcode + 1)
        case .movqLow: EncodingRow(.sse, .x0F, .x66, 0xd6, .none)
        default: nil
        }
    }
    private mutating func packedShift(_ i: MachineInstruction, _ row: EncodingRow) {
        if i.mode == .immediate {
            let byImmediate = row.with(map: row.map, opcode: 0x70 | row.opcode & 3)
            sse(i, byImmediate, reg: row.digit, vvvv: i.dst.number, .register(i.src1.number))
            immediate8(i)
        } else {
            sse(i, row, reg: i.dst.number, vvvv: i.src1.number, rm(i))
        }
    }
    private mutating func blend(_ i: MachineInstruction, _ row: EncodingRow) {
        if i.isVEX {
            let fourOperands = row.with(map: EncodingRow.Map.x0F3A.rawValue, opcode: 0x40 | row.digit)
            sse(i, fourOperands, reg: i.dst.number, vvvv: i.src1.number, rm(i))
            byte(i.src3.number << 4)
        } else {
            sse(i, row, reg: i.dst.number, vvvv: 0, rm(i))
        }
    }
    private mutating func aluImmediate(_ i: MachineInstruction, _ row: EncodingRow, _ place: Place) {
        let isByte = i.size == .b
        let small = i.immediate == Int64(Int8(truncatingIfNeeded: i.immediate))
        if case .register(0) = place, isByte || !small {
            sizePrefix(i.size)
            rex(w: i.size == .q, reg: 0, index: 0, rm: 0, force: false)
            byte(row.opcode + (isByte ? 4 : 5))
            immediate(i)
        } else if isByte {
            legacy(i, row, 0x80, reg: row.digit, place, byteRM: true)
            immediate(i)
        } else {
            legacy(i, row, small ? 0x83 : 0x81, reg: row.digit, place)
            if small { immediate8(i) } else { immediate(i) }
        }
    }
    private mutating func test(_ i: MachineInstruction, _ row: EncodingRow) {
        let isByte = i.size == .b
        let paired = row.opcode &- (isByte ? 1 : 0)
        switch i.mode {
        case .immediate:
            if i.src1.number == 0 {
                sizePrefix(i.size)
                rex(w: i.size == .q, reg: 0, index: 0, rm: 0, force: false)
                byte(isByte ? 0xa8 : 0xa9)
            } else {
                legacy(i, row, isByte ? 0xf6 : 0xf7, reg: 0, .register(i.src1.number), byteRM: isByte)
            }
            immediate(i)
        case .register: legacy(i, row, paired, reg: i.src2.number, .register(i.src1.number), byteReg: isByte, byteRM: isByte)
        default: legacy(i, row, paired, reg: i.src1.number, .memory, byteReg: isByte)
        }
    }
    private mutating func shift(_ i: MachineInstruction, _ row: EncodingRow) {
        let isByte = i.size == .b
        let place = Place.register(i.dst.number)
        if i.flags.contains(.countInCL) {
            legacy(i, row, isByte ? 0xd2 : 0xd3, reg: row.digit, place, byteRM: isByte)
        } else if i.immediate == 1 {
            legacy(i, row, isByte ? 0xd0 : 0xd1, reg: row.digit, place, byteRM: isByte)
        } else {
            legacy(i, row, isByte ? 0xc0 : 0xc1, reg: row.digit, place, byteRM: isByte)
            immediate8(i)
        }
    }
    private mutating func fixed(_ i: MachineInstruction, _ row: EncodingRow) {
        if row.prefix == EncodingRow.Prefix.xF3.rawValue { byte(0xf3) }
        if row.width == .operand, i.size == .q { byte(0x48) }
        if row.map == EncodingRow.Map.x0F.rawValue { byte(0x0f) }
        byte(row.opcode)
        if i.opcode == .mfence { byte(0xf0) }
    }
    private mutating func loadImmediate(_ register: UInt8, _ value: Int64) {
        if value >= 0, value <= Int64(UInt32.max) {
            rex(w: false, reg: 0, index: 0, rm: register, force: false)
            byte(0xb8 + register & 7)
            word(UInt32(truncatingIfNeeded: value))
        } else if value == Int64(Int32(truncatingIfNeeded: value)) {
            rex(w: true, reg: 0, index: 0, rm: register, force: false)
            byte(0xc7)
            byte(0xc0 | register & 7)
            word(UInt32(truncatingIfNeeded: value))
        } else {
            rex(w: true, reg: 0, index: 0, rm: register, force: false)
            byte(0xb8 + register & 7)
            word(UInt32(truncatingIfNeeded: value))
            word(UInt32(truncatingIfNeeded: value >> 32))
        }
    }

    /// The AVX source of the untouched upper lanes: whichever adds no dependency.
    private func mergeSource(_ i: MachineInstruction) -> UInt8 { i.mode == .register ? i.src2.number : i.dst.number }

    // MARK: Prefixes, ModRM, SIB

    /// What ModRM.rm names.
    private enum Place {
        case register(UInt8)
        case memory
    }
    private func rm(_ i: MachineInstruction) -> Place { i.mode == .memory ? .memory : .register(i.src2.number) }

    @inline(__always) private mutating func byte(_ b: UInt8) {
        p.pointee = b
        p += 1
    }
    @inline(__always) private mutating func word(_ w: UInt32) {
        UnsafeMutableRawPointer(p).storeBytes(of: w.littleEndian, as: UInt32.self)
        p += 4
    }
    private mutating func immediate8(_ i: MachineInstruction) { byte(UInt8(truncatingIfNeeded: i.immediate)) }
    private mutating func immediate(_ i: MachineInstruction) {
        switch i.size {
        case .b: immediate8(i)
        case .w:
            immediate8(i)
            byte(UInt8(truncatingIfNeeded: i.immediate >> 8))
        default: word(UInt32(truncatingIfNeeded: i.immediate))
        }
    }
    private mutating func sizePrefix(_ size: OperandSize) {
        if size == .w { byte(0x66) }
    }
    @inline(__always) private mutating func rex(w: Bool, reg: UInt8, index: UInt8, rm: UInt8, force: Bool) {
        let bits = (w ? 8 : 0) | (reg >> 3 & 1) << 2 | (index >> 3 & 1) << 1 | (rm >> 3 & 1)
        if bits != 0 || force { byte(0x40 | bits) }
    }

    /// Registers of the memory operand as the prefixes see them.
    @inline(__always) private func addressBits(_ i: MachineInstruction, _ place: Place) -> (index: UInt8, rm: UInt8) {
        switch place {
        case .register(let n): (0, n)
        case .memory where i.memoryKind == .registers: (i.index.isSome ? i.index.number : 0, i.base.isSome ? i.base.number : 0)
        case .memory: (0, 0)
        }
    }

    private mutating func legacy(
        _ i: MachineInstruction, _ row: EncodingRow, _ opcode: UInt8, reg: UInt8, _ place: Place,
        byteReg: Bool = false, byteRM: Bool = false
    ) {
        let sized = row.width != .none
        if sized, i.size == .w { byte(0x66) }
        if i.flags.contains(.lock) { byte(0xf0) }
        prefix(row.prefix)
        let (index, rm) = addressBits(i, place)
        // spl, bpl, sil, dil need a REX prefix to be named.
        var force = byteReg && reg >= 4
        if case .register(let n) = place, byteRM, n >= 4 { force = true }
        rex(w: sized && i.size == .q, reg: reg, index: index, rm: rm, force: force)
        escape(row.map)
        byte(opcode)
        modRM(i, reg, place)
    }

    private mutating func sse(_ i: MachineInstruction, _ row: EncodingRow, reg: UInt8, vvvv: UInt8, _ place: Place) {
        let w = row.width == .operand && i.size == .q || row.width == .wide
        if row.evexScale != 0 {
            evex(i, row, w: w, reg: reg, vvvv: vvvv, place)
            return
        }
        if i.isVEX {
            vex(i, row, w: w, reg: reg, vvvv: vvvv, place)
            return
        }
        prefix(row.prefix)
        let (index, rm) = addressBits(i, place)
        rex(w: w, reg: reg, index: index, rm: rm, force: false)
        escape(row.map)
        byte(row.opcode)
        modRM(i, reg, place)
    }

    private mutating func vex(
        _ i: MachineInstruction, _ row: EncodingRow, w: Bool, reg: UInt8, vvvv: UInt8, _ place: Place
    ) {
        let (index, rm) = addressBits(i, place)
        let low = (~vvvv & 15) << 3 | (i.size == .y ? 4 : 0) | row.prefix
        let r = ~reg & 8
        if !w, index < 8, rm < 8, row.map == EncodingRow.Map.x0F.rawValue {
            byte(0xc5)
            byte(r << 4 | low)
        } else {
            byte(0xc4)
            byte(r << 4 | (~index & 8) << 3 | (~rm & 8) << 2 | row.map)
            byte((w ? 0x80 : 0) | low)
        }
        byte(row.opcode)
        modRM(i, reg, place)
    }

    /// 128 bits, no mask, no broadcast, registers below 16.
    private mutating func evex(_ i: MachineInstruction, _ row: EncodingRow, w: Bool, reg: UInt8, vvvv: UInt8, _ place: Place) {
        let (index, rm) = addressBits(i, place)
        byte(0x62)
        byte((~reg & 8) << 4 | (~index & 8) << 3 | (~rm & 8) << 2 | 0x10 | row.map)
        byte((w ? 0x80 : 0) | (~vvvv & 15) << 3 | 4 | row.prefix)
        byte(0x08)
        byte(row.opcode)
        modRM(i, reg, place, displacementScale: row.evexScale)
    }

    @inline(__always) private mutating func prefix(_ prefix: UInt8) {
        switch prefix {
        case 1: byte(0x66)
        case 2: byte(0xf3)
        case 3: byte(0xf2)
        default: break
        }
    }
    @inline(__always) private mutating func escape(_ map: UInt8) {
        if map == 0 { return }
        byte(0x0f)
        if map == 2 { byte(0x38) }
        if map == 3 { byte(0x3a) }
    }

    private mutating func modRM(_ i: MachineInstruction, _ reg: UInt8, _ place: Place, displacementScale: UInt8 = 0) {
        let middle = (reg & 7) << 3
        switch place {
        case .register(let n): byte(0xc0 | middle | n & 7)
        case .memory:
            if i.memoryKind != .registers {
                byte(middle | 5)
                ripField = p - start
                word(0)
            } else {
                address(i, middle, displacementScale)
            }
        }
    }

    /// 8-bit displacements are multiplied by 2^`scale`.
    private mutating func address(_ i: MachineInstruction, _ middle: UInt8, _ scale: UInt8) {
        let displacement = i.displacement
        let short = displacement >> Int32(scale)
        guard i.base.isSome else {
            // No base: SIB with base 101 and a 32-bit displacement. Index 100 is none.
            byte(middle | 4)
            byte(i.scale << 6 | (i.index.isSome ? i.index.number & 7 : 4) << 3 | 5)
            word(UInt32(bitPattern: displacement))
            return
        }
        let base = i.base.number
        // rbp and r13 as base have no form without displacement.
        let mode: UInt8
        if displacement == 0, base & 7 != 5 {
            mode = 0
        } else if short << Int32(scale) == displacement, short == Int32(Int8(truncatingIfNeeded: short)) {
            mode = 0x40
        } else {
            mode = 0x80
        }
        if i.index.isSome {
            assert(i.index != .rsp, "rsp cannot be an index")
            byte(mode | middle | 4)
            byte(i.scale << 6 | (i.index.number & 7) << 3 | base & 7)
        } else if base & 7 == 4 {
            // rsp and r12 as base need a SIB byte.
            byte(mode | middle | 4)
            byte(0x24)
        } else {
            byte(mode | middle | base & 7)
        }
        if mode == 0x40 { byte(UInt8(truncatingIfNeeded: short)) }
        if mode == 0x80 { word(UInt32(bitPattern: displacement)) }
    }
}
