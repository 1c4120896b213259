import PrecastMachineCode
import PrecastRegisterAllocation

/// Moves that allocation asked for, and constants made anew.
extension Emitter {
    mutating func emitMove(_ dst: PhysicalRegister, _ src: PhysicalRegister) {
        put(dst.registerClass == .integer ? .move(.q, Register(dst), Register(src)) : .moveFloat(Register(dst), Register(src), avx: options.usesAVX))
    }
    mutating func emitSpill(_ m: MemoryOperand, _ src: PhysicalRegister, size: UInt8) {
        if src.registerClass == .integer {
            put(.store(.q, m, Register(src)))
        } else if size == 16 {
            put(.storeVector(m, Register(src), avx: options.usesAVX))
        } else {
            put(.storeFloat(.double, m, Register(src), avx: options.usesAVX))
        }
    }
    mutating func emitReload(_ dst: PhysicalRegister, _ m: MemoryOperand, size: UInt8) {
        if dst.registerClass == .integer {
            put(.load(.q, Register(dst), m))
        } else if size == 16 {
            put(.loadVector(Register(dst), m, avx: options.usesAVX))
        } else {
            put(.loadFloat(.double, Register(dst), m, avx: options.usesAVX))
        }
    }

    /// Whether instruction `n` or one after it reads flags that were set before it. Says yes when it is far to know.
    func flagsAreLive(from n: Int, _ instructions: [MachineInstruction]) -> Bool {
        for j in n..<min(n + 12, instructions.count) {
            let opcode = instructions[j].opcode
            if opcode.readsFlags { return true }
            if opcode.writesFlags || opcode == .jmp || opcode == .ret { return false }
        }
        return n + 12 < instructions.count
    }

    mutating func materialize(_ i: MachineInstruction, flagsLive: Bool) {
        switch i.opcode {
        case .loadImmediate where i.immediate == 0 && !flagsLive: put(.alu(.xor, .l, i.dst, i.dst, .register(i.dst)))
        case .zeroFloat: put(.logic(.xor, i.dst, i.dst, .register(i.dst), avx: options.usesAVX))
        case .onesFloat: put(.packed(.pcmpeqd, i.dst, i.dst, .register(i.dst), avx: options.usesAVX))
        default: put(i)
        }
    }
}
