import PrecastIR
import PrecastMachineCode

extension Lowering {
    // MARK: Addressing modes

    /// The memory operand of a load or store.
    mutating func address(_ inst: Inst) -> MemoryOperand {
        let data = dfg.instructions[inst]
        return address(base: data.address, Int64(data.offset), trap: data.memoryFlags.trap)
    }

    /// `base + displacement` as `[base + index << scale + displacement]`, taking in additions, small shifts and frame addresses
    /// that are not in a register anyway. The parts stay live instead of the sum.
    mutating func address(base start: Value, _ displacement: Int64, trap: UInt8 = 0) -> MemoryOperand {
        var base = dfg.resolve(start)
        if !options.optimizations.contains(.addressFolding) { return .base(use(base), Int32(displacement), trap: trap) }
        var total = displacement
        foldConstants(&base, &total)
        if let slot = definition(base, .stackAddress) {
            let offset = total + Int64(Int32(bitPattern: slot.b))
            if let small = Int32(exactly: offset) { return .stackSlot(slot.a, small) }
        }
        guard let sum = definition(base, .iadd), dfg.type(base) == .i64 else {
            return .base(use(base), Int32(total), trap: trap)
        }
        var (a, b) = (dfg.resolve(sum.valueA), dfg.resolve(sum.valueB))
        if scale(a) != nil { swap(&a, &b) }
        foldConstants(&a, &total)
        var shift: UInt8 = 0
        if let (index, amount) = scale(b) {
            b = index
            shift = amount
        } else {
            foldConstants(&b, &total)
        }
        let x = use(a)
        return .indexed(x, use(b), scale: shift, Int32(total), trap: trap)
    }

    /// Moves constant addends of `base` into `displacement` while it fits 32 bits.
    private func foldConstants(_ base: inout Value, _ displacement: inout Int64) {
        while let sum = definition(base, .iadd), dfg.type(base) == .i64, let addend = dfg.integerConstant(sum.valueB),
            Int32(exactly: addend) != nil, Int32(exactly: displacement + addend) != nil {
            displacement += addend
            base = dfg.resolve(sum.valueA)
        }
    }
    /// `index << 1…3` in 64 bits.
    private func scale(_ value: Value) -> (Value, UInt8)? {
        guard let shift = definition(value, .ishl), dfg.type(value) == .i64, !hasOwnRegister(value),
            let amount = dfg.integerConstant(shift.valueB), (1...3).contains(amount)
        else { return nil }
        return (shift.valueA, UInt8(amount))
    }

    // MARK: Loads and stores

    mutating func lowerLoad(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        let m = address(inst)
        switch data.opcode {
        case .load where data.type.isFloat: code.emit(.loadFloat(floatSize(data.type), dst, m, avx: avx))
        case .load where data.type == .v128: code.emit(.loadVector(dst, m, avx: avx))
        case .load: code.emit(.load(size(data.type), dst, m))
        case .uload8: code.emit(.movzx(from: .b, dst, .memory(m)))
        case .uload16: code.emit(.movzx(from: .w, dst, .memory(m)))
        case .uload32: code.emit(.load(.l, dst, m))
        case .sload8: code.emit(.movsx(from: .b, to: size(data.type), dst, .memory(m)))
        case .sload16: code.emit(.movsx(from: .w, to: size(data.type), dst, .memory(m)))
        default: code.emit(.movsx(from: .l, to: .q, dst, .memory(m)))
        }
    }

    mutating func lowerStore(_ inst: Inst, _ data: InstructionData) {
        let width: OperandSize = switch data.opcode {
        case .store8: .b
        case .store16: .w
        case .store32: .l
        default: size(data.type)
        }
        if lowerLaneStore(inst, data, width) { return }
        if data.type.isFloat || data.type.isVector {
            let value = use(data.valueA)
            let m = address(inst)
            if data.type.isVector { return code.emit(.storeVector(m, value, avx: avx)) }
            return code.emit(.storeFloat(floatSize(data.type), m, value, avx: avx))
        }
        if let constant = dfg.integerConstant(data.valueA), let i = storable(constant, width) {
            return code.emit(.store(width, address(inst), immediate: i))
        }
        if lowerReadModifyWrite(inst, data, width) { return }
        // Only the low bytes are stored.
        let value = width == .q ? use(data.valueA) : useLow(data.valueA)
        code.emit(.store(width, address(inst), value))
    }
    func storable(_ constant: Int64, _ width: OperandSize) -> Int32? {
        width == .q ? Int32(exactly: constant) : Int32(truncatingIfNeeded: constant)
    }

    /// `store(op(load(p), x), p)` as one instruction on memory.
    private mutating func lowerReadModifyWrite(_ inst: Inst, _ data: InstructionData, _ width: OperandSize) -> Bool {
        guard data.opcode == .store, let opInst = dfg.definition(data.valueA), analysis.useCount(dfg.result(opInst)) == 1,
            layout.block(of: opInst) == layout.block(of: inst), registers[dfg.result(opInst).index].isNone
        else { return false }
        let op = dfg.instructions[opInst]
        let alu: ALUOperation
        switch op.opcode {
        case .iadd: alu = .add
        case .isub: alu = .sub
        case .band: alu = .and
        case .bor: alu = .or
        case .bxor: alu = .xor
        default: return false
        }
        for (loaded, other) in op.opcode.isCommutative ? [(op.valueA, op.valueB), (op.valueB, op.valueA)] : [(op.valueA, op.valueB)] {
            guard let load = foldableLoad(loaded) else { continue }
            let from = dfg.instructions[load]
            guard dfg.resolve(from.address) == dfg.resolve(data.address), from.offset == data.offset, from.type == data.type else { continue }
            swallowed.insert(load)
            swallowed.insert(opInst)
            let right: RegisterOrImmediate = if let i = immediate(other) { .immediate(i) } else { .register(operand(other, data.type)) }
            // The load faults first.
            code.location = dfg.locations[load.index].rawValue
            code.emit(.aluMemory(alu, width, address(inst), right))
            return true
        }
        return false
    }
}
