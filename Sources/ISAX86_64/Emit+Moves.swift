import PrecastMachineCode
import PrecastRegisterAllocation

/// Moves that allocation asked for, and constants made anew.
extension Emitter {
    mutating func emitMove(_ i: MachineInstruction, _ places: (source: Allocation, destination: Allocation), _ vcode: borrowing VCode<MachineInstruction>) {
        if places.destination.isNone || places.source == places.destination { return }
        move(places.source, places.destination, size: vcode.spillSizes[Int(i.dst.bits)])
    }

    mutating func emitEdit(_ edit: Edit, before n: Int, _ instructions: [MachineInstruction]) {
        if edit.source == edit.destination { return }
        guard let recipe = edit.source.asRecipe else {
            move(edit.source, edit.destination, size: edit.size)
            return
        }
        var i = instructions[Int(recipe)]
        let isFloat = i.opcode != .loadImmediate && i.opcode != .lea
        let target = edit.destination.asRegister ?? (isFloat ? .xmm(15) : .r11)
        i.dst = Register(target)
        materialize(i, flagsLive: flagsAreLive(from: n, instructions))
        if edit.destination.asRegister == nil { move(.register(target), edit.destination, size: edit.size) }
    }

    /// Copies 8 or 16 bytes between places. From memory to memory it takes a scratch register.
    private mutating func move(_ source: Allocation, _ destination: Allocation, size: UInt8) {
        let avx = options.usesAVX
        switch (source.asRegister, destination.asRegister) {
        case (let from?, let to?):
            switch (from.registerClass, to.registerClass) {
            case (.integer, .integer): put(.move(.q, Register(to), Register(from)))
            case (.float, .float): put(.moveFloat(Register(to), Register(from), avx: avx))
            default: preconditionFailure("a move between classes")
            }
        case (let from?, nil):
            let m = spill(destination)
            if from.registerClass == .integer {
                put(.store(.q, m, Register(from)))
            } else if size == 16 {
                put(.storeVector(m, Register(from), avx: avx))
            } else {
                put(.storeFloat(.double, m, Register(from), avx: avx))
            }
        case (nil, let to?):
            let m = spill(source)
            if to.registerClass == .integer {
                put(.load(.q, Register(to), m))
            } else if size == 16 {
                put(.loadVector(Register(to), m, avx: avx))
            } else {
                put(.loadFloat(.double, Register(to), m, avx: avx))
            }
        case (nil, nil):
            let scratch = Allocation.register(size == 16 ? .xmm(15) : .r11)
            move(source, scratch, size: size)
            move(scratch, destination, size: size)
        }
    }
    private func spill(_ place: Allocation) -> MemoryOperand {
        guard let offset = place.asSlot else { preconditionFailure("a move from or to nowhere") }
        return MemoryOperand(kind: .spill, displacement: Int32(offset))
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
