import PrecastIR
import PrecastMachineCode

/// Atomic operations, sequentially consistent. The machine keeps all accesses in order but a load behind a store to another
/// address: so loads are plain, and everything that writes is locked, which drains the stores before any later load.
extension Lowering {
    mutating func lowerAtomic(_ inst: Inst, _ data: InstructionData) {
        switch data.opcode {
        case .atomicLoad: lowerAtomicLoad(inst, data)
        case .atomicStore: lowerExchange(temporary(), data)
        case .atomicUpdate: lowerUpdate(inst, data)
        case .atomicCompareExchange: lowerCompareExchange(inst, data)
        // A locked operation on the stack orders as `mfence` does, in less time.
        default: code.emit(.aluMemory(.or, .l, .base(.rsp), .immediate(0), lock: true))
        }
    }

    private func width(_ data: InstructionData) -> OperandSize {
        switch data.accessSize {
        case 1: .b
        case 2: .w
        case 4: .l
        default: .q
        }
    }
    private mutating func atomicAddress(_ data: InstructionData) -> MemoryOperand { address(base: data.address, 0, trap: data.memoryFlags.trap) }
    /// The operand's register; only the accessed bytes of it count.
    private mutating func low(_ value: Value, _ width: OperandSize) -> Register { width == .q ? use(value) : useLow(value) }

    private mutating func lowerAtomicLoad(_ inst: Inst, _ data: InstructionData) {
        loadExtended(width(data), result(inst), atomicAddress(data))
    }
    private mutating func loadExtended(_ width: OperandSize, _ dst: Register, _ m: MemoryOperand) {
        code.emit(width == .b || width == .w ? .movzx(from: width, dst, .memory(m)) : .load(width, dst, m))
    }
    /// `dst` = the low `width` of `old`, zero-extended. A 32-bit exchange has extended it already.
    private mutating func extend(_ width: OperandSize, _ dst: Register, _ old: Register) {
        code.emit(width == .l ? .move(.l, dst, old) : .movzx(from: width, dst, .register(old)))
    }

    // MARK: Updates

    private mutating func lowerUpdate(_ inst: Inst, _ data: InstructionData) {
        let isUnused = !hasOwnRegister(dfg.result(inst))
        switch data.atomicOperation {
        case .exchange: withOldValue(inst, data) { $0.lowerExchange($1, data) }
        case .add where isUnused: lowerLocked(.add, data)
        case .subtract where isUnused: lowerLocked(.sub, data)
        case .and where isUnused: lowerLocked(.and, data)
        case .or where isUnused: lowerLocked(.or, data)
        case .xor where isUnused: lowerLocked(.xor, data)
        case .add: withOldValue(inst, data) { $0.lowerExchangeAdd($1, data, negated: false) }
        case .subtract: withOldValue(inst, data) { $0.lowerExchangeAdd($1, data, negated: true) }
        case .and: lowerLoop(.and, inst, data)
        case .or: lowerLoop(.or, inst, data)
        case .xor: lowerLoop(.xor, inst, data)
        }
    }

    /// Lets `body` write the old value, and extends it if its register has other bits above.
    private mutating func withOldValue(_ inst: Inst, _ data: InstructionData, _ body: (inout Lowering, Register) -> Void) {
        let width = width(data)
        if width == .b || width == .w, hasOwnRegister(dfg.result(inst)) {
            let old = temporary()
            body(&self, old)
            extend(width, result(inst), old)
        } else {
            body(&self, result(inst))
        }
    }
    private mutating func lowerExchange(_ dst: Register, _ data: InstructionData) {
        let width = width(data), value = low(data.valueA, width)
        code.emit(.xchg(width, dst, value, atomicAddress(data)))
    }
    private mutating func lowerExchangeAdd(_ dst: Register, _ data: InstructionData, negated: Bool) {
        let width = width(data)
        var value = low(data.valueA, width)
        if negated {
            let negative = temporary()
            code.emit(.neg(width == .q ? .q : .l, negative, value))
            value = negative
        }
        code.emit(.xadd(width, dst, value, atomicAddress(data)))
    }
    private mutating func lowerLocked(_ op: ALUOperation, _ data: InstructionData) {
        let width = width(data)
        let operand: RegisterOrImmediate = if let constant = dfg.integerConstant(data.valueA), let i = storable(constant, width) {
            .immediate(i)
        } else {
            .register(low(data.valueA, width))
        }
        code.emit(.aluMemory(op, width, atomicAddress(data), operand, lock: true))
    }
    private mutating func lowerLoop(_ op: ALUOperation, _ inst: Inst, _ data: InstructionData) {
        let width = width(data), seen = temporary(), operand = low(data.valueA, width), m = atomicAddress(data)
        loadExtended(width, seen, m)
        code.emit(.update(op, width, result(inst), seen: seen, operand: operand, m))
    }

    // MARK: Compare and exchange

    private mutating func lowerCompareExchange(_ inst: Inst, _ data: InstructionData) {
        let width = width(data), dst = result(inst)
        let expected = width == .q || data.type == .i32 ? use(data.valueA) : useLow(data.valueA)
        let replacement = low(data.valueB, width), m = atomicAddress(data)
        if width == .q || width == .l && data.type == .i32 {
            code.emit(.cmpxchg(width, dst, expected: expected, replacement: replacement, m))
        } else {
            let old = temporary()
            code.emit(.cmpxchg(width, old, expected: expected, replacement: replacement, m))
            extend(width, dst, old)
        }
    }
}
