import PrecastIR
import PrecastMachineCode

/// Atomic updates as loops around exclusive accesses, between which no other access may be. Besides their operands they need x16 and x17.
extension Emitter {
    mutating func emitUpdateLoop(_ i: MachineInstruction) {
        let access = i.atomicAccess, old = i.dst, operand = i.src1, again = buffer.makeLabel()
        bind(again)
        put(.loadExclusive(access, old, i.memory))
        switch AtomicOperation(rawValue: UInt8(truncatingIfNeeded: i.immediate)) ?? .add {
        case .add: put(.add(access.size, .x17, old, .register(operand)))
        case .subtract: put(.sub(access.size, .x17, old, .register(operand)))
        case .and: put(.logic(.and, access.size, .x17, old, .register(operand)))
        case .or: put(.logic(.orr, access.size, .x17, old, .register(operand)))
        case .xor: put(.logic(.eor, access.size, .x17, old, .register(operand)))
        case .exchange: return store(operand, i, else: again)
        }
        store(.x17, i, else: again)
    }
    mutating func emitCompareExchangeLoop(_ i: MachineInstruction) {
        let access = i.atomicAccess, again = buffer.makeLabel(), done = buffer.makeLabel()
        bind(again)
        put(.loadExclusive(access, i.dst, i.memory))
        // The difference of the accessed bits: flags are not ours.
        let expected: Source = switch access {
        case .b: .extended(i.src2, .uxtb, 0)
        case .h: .extended(i.src2, .uxth, 0)
        default: .register(i.src2)
        }
        put(.sub(access.size, .x16, i.dst, expected))
        branch(.nonzero(.x16, access.size), done)
        store(i.src1, i, else: again)
        bind(done)
    }
    private mutating func store(_ new: Register, _ i: MachineInstruction, else again: UInt32) {
        put(.storeExclusive(i.atomicAccess, status: .x16, i.memory, new))
        branch(.nonzero(.x16, .w), again)
    }
}
