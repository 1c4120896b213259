import PrecastEntities
import PrecastIR

/// Changes of width and representation, float operations, loads and stores.
extension Simplifier {
    // MARK: Width

    mutating func extendUnsigned(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        let x = data.valueA
        if let c = f.dfg.constant(x) { return number(.i64, c & 0xffff_ffff) }
        let inner = f.dfg.definingData(x)
        switch inner.opcode {
        case .ireduce: return possibleBits(inner.valueA, f) >> 32 == 0 ? .value(inner.valueA) : .keep
        // Out of the extension, where nothing wraps around: an address takes in the constant or the scale.
        case .iadd:
            guard let c = f.dfg.constant(inner.valueB), c > 0 else { return .keep }
            let possible = possibleBits(inner.valueA, f)
            guard possible + UInt64(c) <= 0xffff_ffff else { return .keep }
            return with(.iadd, .i64, unary(.uextend, .i64, inner.valueA, &f), c, &f)
        case .ishl:
            guard let n = f.dfg.constant(inner.valueB), (1...3).contains(n) else { return .keep }
            guard possibleBits(inner.valueA, f) << UInt64(n) <= 0xffff_ffff else { return .keep }
            return with(.ishl, .i64, unary(.uextend, .i64, inner.valueA, &f), n, &f)
        default: return .keep
        }
    }

    mutating func extendSigned(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let c = f.dfg.constant(data.valueA) { return number(.i64, c) }
        return isNonNegative(data.valueA, .i32, f) ? .instruction(.unary(.uextend, .i64, data.valueA)) : .keep
    }

    mutating func reduce(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        let x = data.valueA
        if let c = f.dfg.constant(x) { return number(.i32, c) }
        let inner = f.dfg.definingData(x)
        switch inner.opcode {
        case .uextend, .sextend: return .value(inner.valueA)
        case .band:
            if let mask = f.dfg.constant(inner.valueB), mask & 0xffff_ffff == 0xffff_ffff { return .instruction(.unary(.ireduce, .i32, inner.valueA)) }
            return reduceOperation(inner, &f)
        case .iadd, .isub, .imul, .bor, .bxor: return reduceOperation(inner, &f)
        default: return .keep
        }
    }
    /// The low half of an operation on extended values: the operation on the values.
    private mutating func reduceOperation(_ inner: InstructionData, _ f: inout Function) -> Rewrite {
        let (left, right) = (f.dfg.definingData(inner.valueA), f.dfg.definingData(inner.valueB))
        guard left.opcode == .uextend || left.opcode == .sextend else { return .keep }
        if right.opcode == .uextend || right.opcode == .sextend { return .instruction(.binary(inner.opcode, .i32, left.valueA, right.valueA)) }
        guard right.opcode == .iconst else { return .keep }
        return with(inner.opcode, .i32, left.valueA, right.immediate, &f)
    }

    /// `sextend8` and `sextend16`.
    mutating func extendLow(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if case let folded = foldUnary(data, f), case .instruction = folded { return folded }
        let x = data.valueA
        let bits = data.opcode == .sextend8 ? 8 : 16
        if possibleBits(x, f) >> UInt64(bits - 1) == 0 { return .value(x) }
        let inner = f.dfg.definingData(x)
        switch inner.opcode {
        case .sextend8: return .value(x)
        case .sextend16: return data.opcode == .sextend16 ? .value(x) : .instruction(.unary(.sextend8, data.type, inner.valueA))
        case .band:
            let low = Int64(1) << Int64(bits) - 1
            guard let mask = f.dfg.constant(inner.valueB), mask & low == low else { return .keep }
            return .instruction(.unary(data.opcode, data.type, inner.valueA))
        case .sload8: return .value(x)
        case .sload16 where data.opcode == .sextend16: return .value(x)
        default: return .keep
        }
    }

    func bitcast(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        let inner = f.dfg.definingData(data.valueA)
        switch inner.opcode {
        case .bitcast: return f.dfg.type(inner.valueA) == data.type ? .value(inner.valueA) : .keep
        case .iconst where data.type == .f32: return .instruction(.constant(Float(bitPattern: UInt32(truncatingIfNeeded: inner.immediate))))
        case .iconst where data.type == .f64: return .instruction(.constant(Double(bitPattern: UInt64(bitPattern: inner.immediate))))
        case .f32const, .f64const: return number(data.type, inner.immediate)
        default: return .keep
        }
    }

    func fromInteger(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        let x = data.valueA, type = f.dfg.type(x)
        if f.dfg.constant(x) != nil { return foldFromInteger(data, f) }
        // Signed conversion is one instruction on most machines.
        if data.opcode == .fcvtFromUnsigned && isNonNegative(x, type, f) { return .instruction(.unary(.fcvtFromSigned, data.type, x)) }
        return .keep
    }

    // MARK: Floats

    mutating func floatUnary(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldFloatUnary(data, f) { return folded }
        let inner = f.dfg.definingData(data.valueA)
        switch (data.opcode, inner.opcode) {
        case (.fneg, .fneg): return .value(inner.valueA)
        case (.fabs, .fabs): return .value(data.valueA)
        case (.fabs, .fneg), (.fabs, .fcopysign): return .instruction(.unary(.fabs, data.type, inner.valueA))
        default: return .keep
        }
    }

    /// Only what is the same for every operand, signed zeros and NaNs with it.
    mutating func floatBinary(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        if let folded = foldFloatBinary(data, f) { return folded }
        guard let c = floatConstant(data.valueB, f) else { return .keep }
        switch data.opcode {
        case .fmul where c == 2: return .instruction(.binary(.fadd, data.type, data.valueA, data.valueA))
        case .fdiv:
            // The reciprocal of a power of two is exact.
            guard c.significand == 1, c.isNormal, abs(c.exponent) < (data.type == .f32 ? 126 : 1022) else { return .keep }
            return .instruction(.binary(.fmul, data.type, data.valueA, make(.float(data.type, 1 / c), &f)))
        case .fcopysign:
            let magnitude = InstructionData.unary(.fabs, data.type, data.valueA)
            return .instruction(c.sign == .plus ? magnitude : .unary(.fneg, data.type, make(magnitude, &f)))
        default: return .keep
        }
    }

    // MARK: Memory

    /// Moves constant addends of the address into the offset: both are added in 64 bits.
    private func folded(_ address: Value, _ offset: Int32, _ f: borrowing Function) -> (Value, Int32)? {
        let data = f.dfg.definingData(address)
        guard data.opcode == .iadd, let c = f.dfg.constant(data.valueB) else { return nil }
        let (sum, overflow) = Int64(offset).addingReportingOverflow(c)
        guard !overflow, let small = Int32(exactly: sum) else { return nil }
        return (data.valueA, small)
    }

    func load(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        guard let (address, offset) = folded(data.address, data.offset, f) else { return .keep }
        return .instruction(InstructionData(data.opcode, data.type, flags: data.flags, a: address.rawValue, b: UInt32(bitPattern: offset)))
    }

    func store(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        if let (address, offset) = folded(data.address, data.offset, f) {
            return .instruction(InstructionData(
                data.opcode, data.type, flags: data.flags, a: data.a, b: address.rawValue, c: UInt32(bitPattern: offset)))
        }
        return data.opcode == .store ? .keep : storeLow(data, f)
    }
    /// A narrow store takes the low bits: what only changes others is left out.
    private func storeLow(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        let inner = f.dfg.definingData(data.valueA)
        let bits = data.accessSize * 8
        switch inner.opcode {
        case .uextend, .sextend:
            return .instruction(InstructionData(
                data.opcode == .store32 ? .store : data.opcode, .i32, flags: data.flags, a: inner.a, b: data.b, c: data.c))
        case .band:
            let low = Int64(1) << Int64(bits) - 1
            guard let mask = f.dfg.constant(inner.valueB), mask & low == low else { return .keep }
        case .sextend8 where bits == 8: break
        case .sextend16 where bits <= 16: break
        default: return .keep
        }
        var new = data
        new.a = inner.a
        return .instruction(new)
    }
}
