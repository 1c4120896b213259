import PrecastIR
import PrecastMachineCode

/// Atomic operations, sequentially consistent: loads acquire, stores release, and no such load is ahead of such a store.
/// What updates does both, by one instruction where the CPU has them, else by a loop around an exclusive access.
extension Lowering {
    mutating func lowerAtomic(_ inst: Inst, _ data: InstructionData) {
        switch data.opcode {
        case .atomicLoad: code.emit(.atomicLoad(access(data), result(inst), atomicAddress(data)))
        case .atomicStore: code.emit(.atomicStore(access(data), atomicAddress(data), low(data.valueA, data)))
        case .atomicUpdate: lowerUpdate(inst, data)
        case .atomicCompareExchange: lowerCompareExchange(inst, data)
        default: code.emit(.barrier)
        }
    }

    private func access(_ data: InstructionData) -> AtomicAccess { AtomicAccess(rawValue: data.memoryFlags.atomicSizeLog2) ?? .x }
    private mutating func atomicAddress(_ data: InstructionData) -> MemoryOperand { .base(use(data.address), trap: data.memoryFlags.trap) }
    /// The operand's register; only the accessed bits of it count.
    private mutating func low(_ value: Value, _ data: InstructionData) -> Register { access(data) == .x ? use(value) : useLow(value) }

    private mutating func lowerUpdate(_ inst: Inst, _ data: InstructionData) {
        let access = access(data), dst = result(inst), operand = low(data.valueA, data), m = atomicAddress(data)
        guard uses(.lse) else { return code.emit(.updateLoop(data.atomicOperation, access, dst, operand, m)) }
        switch data.atomicOperation {
        case .add: code.emit(.update(.add, access, dst, operand, m))
        case .subtract:
            let negative = temporary()
            code.emit(.sub(access.size, negative, .zr, .register(operand)))
            code.emit(.update(.add, access, dst, negative, m))
        case .and:
            let cleared = temporary()
            code.emit(.logic(.orn, access.size, cleared, .zr, .register(operand)))
            code.emit(.update(.clear, access, dst, cleared, m))
        case .or: code.emit(.update(.set, access, dst, operand, m))
        case .xor: code.emit(.update(.exclusiveOr, access, dst, operand, m))
        case .exchange: code.emit(.update(.exchange, access, dst, operand, m))
        }
    }
    private mutating func lowerCompareExchange(_ inst: Inst, _ data: InstructionData) {
        let access = access(data), dst = result(inst)
        let expected = low(data.valueA, data), replacement = low(data.valueB, data), m = atomicAddress(data)
        if uses(.lse) {
            code.emit(.compareExchange(access, dst, expected: expected, replacement: replacement, m))
        } else {
            code.emit(.compareExchangeLoop(access, dst, expected: expected, replacement: replacement, m))
        }
    }
}
