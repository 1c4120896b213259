import PrecastMachineCode

extension MachineInstruction {
    /// An instruction with the same effect, flags included, and no longer encoding.
    var shortened: MachineInstruction {
        switch opcode {
        case .cmp where mode == .immediate && immediate == 0:
            // Both clear carry and overflow.
            var i = self
            i.opcode = .test
            i.mode = .register
            i.src2 = src1
            return i
        case .test where mode == .immediate && immediate >= 0 && size != .w:
            // A mask without the tested width's sign bit: the sign flag is clear in any width.
            var i = self
            i.size = immediate < 128 ? .b : .l
            return i
        case .and where mode == .immediate && immediate >= 0 && size == .q:
            var i = self
            i.size = .l
            return i
        case _ where isVEX && mode == .register && src2.number >= 8 && src1.isSome && src1.number < 8 && opcode.isCommutativeVector:
            // Only ModRM.reg and vvvv can be high registers in a two-byte prefix.
            var i = self
            i.src1 = src2
            i.src2 = src1
            return i
        default: break
        }
        return mode == .memory && memoryKind == .registers ? withShorterAddress : self
    }

    private var withShorterAddress: MachineInstruction {
        guard index.isSome else { return self }
        var i = self
        if base.isNone, scale <= 1 {
            // Without a base the displacement takes 32 bits: [r*2] is [r + r].
            i.base = index
            if scale == 0 { i.index = .none }
            i.flags = Flags(rawValue: flags.rawValue & ~Flags.scaleMask)
        } else if scale == 0, displacement == 0, base.isSome, base.number & 7 == 5, index.number & 7 != 5 {
            // rbp and r13 cannot be a base without displacement, but an index.
            i.base = index
            i.index = base
        }
        return i
    }
}

extension Opcode {
    /// VEX operations whose sources may change places without any difference, of map 0F, where it can save a byte.
    fileprivate var isCommutativeVector: Bool {
        switch self {
        case .paddb, .paddw, .paddd, .paddq, .paddsb, .paddsw, .paddusb, .paddusw, .pmullw, .pmuludq, .pmulhw, .pmulhuw, .pmaddwd, .psadbw,
            .pand, .por, .pxor, .andps, .orps, .xorps, .pcmpeqb, .pcmpeqw, .pcmpeqd, .pminsw, .pminub, .pmaxsw, .pmaxub, .pavgb, .pavgw: true
        default: false
        }
    }
}
