import PrecastEntities
import PrecastIR

extension RandomFunction {
    mutating func constant(_ type: Type) -> Value {
        switch type {
        case .i32:
            let pool: [Int64] = [0, 1, -1, 2, 3, 7, 8, 10, 16, 31, 32, 100, 255, 65535, 641, 0x7fff_ffff, -0x8000_0000, -2, -7]
            return builder.constant(.i32, random.chance(80) ? random.pick(pool) : Int64(Int32(truncatingIfNeeded: random.next())))
        case .i64:
            let pool: [Int64] = [0, 1, -1, 2, 3, 5, 6, 8, 10, 63, 64, 127, 0xff, 0xffff_ffff, 1 << 32, .min, .max, -3, 1000]
            return builder.constant(.i64, random.chance(80) ? random.pick(pool) : Int64(bitPattern: random.next()))
        case .f32:
            let pool: [Float] = [0, -0.0, 1, -1, 0.5, 2, 1e10, -3.25, .infinity, .greatestFiniteMagnitude, 2147483648, 1e-40]
            return builder.constant(.f32, Int64(random.pick(pool).bitPattern))
        default:
            let pool: [Double] = [0, -0.0, 1, -1, 0.5, 3, 1e100, -2.75, .infinity, 4294967296, 9.3e18, 1e-310]
            return builder.constant(.f64, Int64(bitPattern: random.pick(pool).bitPattern))
        }
    }

    mutating func expression(_ type: Type, depth: Int) -> Value {
        if depth == 0 || random.chance(15) {
            let index = Self.types.firstIndex(of: type) ?? 0
            return random.chance(70) ? builder.read(random.pick(variables[index])) : constant(type)
        }
        return type.isInteger ? integer(type, depth - 1) : float(type, depth - 1)
    }
    /// A right operand: often constant, so that rules about constants are met.
    private mutating func right(_ type: Type, _ depth: Int) -> Value {
        random.chance(50) ? constant(type) : expression(type, depth: depth)
    }

    private mutating func integer(_ type: Type, _ depth: Int) -> Value {
        switch random.below(20) {
        case 0..<8:
            let opcode = random.pick([Opcode.iadd, .isub, .imul, .band, .bor, .bxor, .ishl, .ushr, .sshr, .rotl, .rotr, .umulhi, .smulhi])
            let a = random.chance(15) ? right(type, depth) : expression(type, depth: depth)
            return builder.binary(opcode, type, a, right(type, depth))
        case 8: return division(type, depth)
        case 9: return builder.unary(random.pick([.clz, .ctz, .popcnt, .sextend8, .sextend16]), type, expression(type, depth: depth))
        case 10..<12:
            if type == .i32 { return builder.unary(.ireduce, .i32, expression(.i64, depth: depth)) }
            return builder.unary(random.chance(60) ? .uextend : .sextend, .i64, expression(.i32, depth: depth))
        case 12..<15 where type == .i32: return condition(depth)
        case 15..<17:
            let opcode: Opcode = random.chance(80) ? .select : .selectGuard
            let condition = condition(depth), a = expression(type, depth: depth), b = right(type, depth)
            return builder.emit(InstructionData(opcode, type, a: condition.rawValue, b: a.rawValue, c: b.rawValue))
        case 17: return load(type)
        case 18: return globalLoad(type)
        case 19 where usesFloats:
            let source: Type = random.chance(50) ? .f32 : .f64
            if random.chance(20) { return builder.unary(.bitcast, type, expression(type == .i32 ? .f32 : .f64, depth: depth)) }
            let trapping = random.chance(5)
            let opcodes: [Opcode] = trapping ? [.fcvtToSigned, .fcvtToUnsigned] : [.fcvtToSignedSaturating, .fcvtToUnsignedSaturating]
            return builder.unary(random.pick(opcodes), type, expression(source, depth: depth))
        default: return builder.binary(.iadd, type, expression(type, depth: depth), right(type, depth))
        }
    }
    private mutating func division(_ type: Type, _ depth: Int) -> Value {
        let opcode = random.pick([Opcode.udiv, .sdiv, .urem, .srem])
        let a = expression(type, depth: depth)
        if random.chance(80) {
            var divisor = Int64(bitPattern: random.next()) >> Int64(random.below(64))
            if type == .i32 { divisor = Int64(Int32(truncatingIfNeeded: divisor)) }
            return builder.binary(opcode, type, a, builder.constant(type, divisor == 0 ? 7 : divisor))
        }
        return builder.binary(opcode, type, a, builder.binary(.bor, type, expression(type, depth: depth), builder.constant(type, random.chance(90) ? 1 : 0)))
    }
    private mutating func condition(_ depth: Int) -> Value {
        if usesFloats && random.chance(20) {
            let type: Type = random.chance(50) ? .f32 : .f64
            return builder.compare(random.pick(FloatCondition.allCases), expression(type, depth: depth), expression(type, depth: depth))
        }
        let type: Type = random.chance(50) ? .i32 : .i64
        return builder.compare(random.pick(IntegerCondition.allCases), expression(type, depth: depth), right(type, depth))
    }

    private mutating func float(_ type: Type, _ depth: Int) -> Value {
        switch random.below(12) {
        case 0..<5:
            let opcode = random.pick([Opcode.fadd, .fsub, .fmul, .fdiv, .fmin, .fmax, .fcopysign])
            return builder.binary(opcode, type, expression(type, depth: depth), expression(type, depth: depth))
        case 5..<7: return builder.unary(random.pick([.fabs, .fneg, .fsqrt, .fceil, .ffloor, .ftrunc, .fnearest]), type, expression(type, depth: depth))
        case 7: return builder.unary(random.chance(50) ? .fcvtFromSigned : .fcvtFromUnsigned, type, expression(random.chance(50) ? .i32 : .i64, depth: depth))
        case 8:
            return type == .f32 ? builder.unary(.fdemote, .f32, expression(.f64, depth: depth)) : builder.unary(.fpromote, .f64, expression(.f32, depth: depth))
        case 9: return load(type)
        case 10: return builder.select(type, condition(depth), expression(type, depth: depth), expression(type, depth: depth))
        default: return builder.unary(.bitcast, type, expression(type == .f32 ? .i32 : .i64, depth: depth))
        }
    }
}
