import PrecastIR
import PrecastMachineCode

extension Lowering {
    // MARK: Addressing modes

    /// The memory operand of a load or store.
    mutating func address(_ inst: Inst) -> MemoryOperand {
        let data = dfg.instructions[inst]
        return address(base: data.address, Int64(data.offset), bytes: data.accessSize, trap: data.memoryFlags.trap)
    }

    /// `base + displacement` for an access to `bytes`: a register and a constant, or two registers, the second one shifted or extended,
    /// with additions taken in that are not in a register anyway.
    mutating func address(base start: Value, _ displacement: Int64, bytes: Int, trap: UInt8 = 0) -> MemoryOperand {
        var base = dfg.resolve(start)
        var total = displacement
        let folds = options.optimizations.contains(.addressFolding)
        if folds { foldConstants(&base, &total) }
        if let slot = definition(base, .stackAddress), let small = Int32(exactly: total + Int64(Int32(bitPattern: slot.b))) {
            return .stackSlot(slot.a, small)
        }
        if total == 0 { return folds ? indexed(base, bytes, trap) : .base(use(base), trap: trap) }
        if Immediates.isOffset(total, bytes: bytes) { return .base(use(base), Int32(total), trap: trap) }
        let x = use(base)
        // The upper part by an addition, if what is left fits.
        let low = total & 0xfff, high = total - low
        if Immediates.isArithmetic(high), Immediates.isOffset(low, bytes: bytes) {
            let sum = temporary()
            code.emit(.add(.x, sum, x, .immediate(high)))
            return .base(sum, Int32(low), trap: trap)
        }
        let offset = temporary()
        code.emit(.loadImmediate(.x, offset, total))
        return .indexed(x, offset, trap: trap)
    }
    private mutating func indexed(_ base: Value, _ bytes: Int, _ trap: UInt8) -> MemoryOperand {
        guard !hasOwnRegister(base), dfg.type(base) == .i64, let sum = definition(base, .iadd) else { return .base(use(base), trap: trap) }
        for (a, b) in [(sum.valueA, sum.valueB), (sum.valueB, sum.valueA)] {
            if let shift = unwanted(b, .ishl), bytes > 1, let n = shiftAmount(shift), 1 << Int(n) == bytes {
                let x = use(a)
                if let extended = unwanted(shift.valueA, .sextend) {
                    return .indexed(x, useLow(extended.valueA), extend: .sxtw, isScaled: true, trap: trap)
                }
                return .indexed(x, use(shift.valueA), isScaled: true, trap: trap)
            }
            if let extended = unwanted(b, .sextend) {
                let x = use(a)
                return .indexed(x, useLow(extended.valueA), extend: .sxtw, trap: trap)
            }
        }
        // The low half of an i64, widened.
        for (a, b) in [(sum.valueA, sum.valueB), (sum.valueB, sum.valueA)] {
            guard let extended = unwanted(b, .uextend), unwanted(extended.valueA, .ireduce) != nil else { continue }
            let x = use(a)
            return .indexed(x, useLow(extended.valueA), extend: .uxtw, trap: trap)
        }
        let x = use(sum.valueA)
        return .indexed(x, use(sum.valueB), trap: trap)
    }
    /// The instruction with `opcode` that defines `value`, unless that is in a register anyway.
    private func unwanted(_ value: Value, _ opcode: PrecastIR.Opcode) -> InstructionData? {
        hasOwnRegister(value) ? nil : definition(value, opcode)
    }

    /// Moves constant addends of `base` into `displacement`.
    private func foldConstants(_ base: inout Value, _ displacement: inout Int64) {
        while !hasOwnRegister(base), let sum = definition(base, .iadd), dfg.type(base) == .i64, let addend = dfg.integerConstant(sum.valueB),
            Int32(exactly: addend) != nil, Int32(exactly: displacement + addend) != nil {
            displacement += addend
            base = dfg.resolve(sum.valueA)
        }
    }

    // MARK: Loads and stores

    mutating func lowerLoad(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst), m = address(inst), size = size(data.type)
        switch data.opcode {
        case .load: code.emit(.load(size, dst, m))
        case .uload8: code.emit(.load(.unsigned8, .w, dst, m))
        case .uload16: code.emit(.load(.unsigned16, .w, dst, m))
        case .uload32: code.emit(.load(.w, dst, m))
        case .sload8: code.emit(.load(.signed8, size, dst, m))
        case .sload16: code.emit(.load(.signed16, size, dst, m))
        default: code.emit(.load(.signed32, .x, dst, m))
        }
    }

    mutating func lowerStore(_ inst: Inst, _ data: InstructionData) {
        if lowerLaneStore(inst, data) { return }
        let size = size(data.type)
        if size.isFloat {
            // All bits zero are the integer zero.
            if let zero = definition(data.valueA, data.type == .f32 ? .f32const : .f64const), data.type != .v128, floatBits(zero) == 0 {
                return code.emit(.store(data.type == .f32 ? .w : .x, address(inst), .zr))
            }
            let value = use(data.valueA)
            return code.emit(.store(size, address(inst), value))
        }
        // Only the low bytes are stored.
        let value: Register = dfg.integerConstant(data.valueA) == 0 ? .zr
            : data.opcode == .store && size == .x ? use(data.valueA) : useLow(data.valueA)
        let m = address(inst)
        switch data.opcode {
        case .store8: code.emit(.store(.low8, .w, m, value))
        case .store16: code.emit(.store(.low16, .w, m, value))
        case .store32: code.emit(.store(.w, m, value))
        default: code.emit(.store(size, m, value))
        }
    }
}
