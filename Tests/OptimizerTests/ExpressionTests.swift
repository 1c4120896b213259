import Foundation
import PrecastEntities
import PrecastIR
import PrecastIRInterpreter
import PrecastIRTestSupport
@testable import PrecastOptimizer
import Testing

/// Small expressions whose constants are what the algebraic rules look for, on operands where such rules go wrong.
@Suite struct ExpressionTests {
    static let count = Int(ProcessInfo.processInfo.environment["RANDOM_COUNT"] ?? "").map { $0 * 10 } ?? 4000
    static let signature = Signature(
        parameters: [ABIParameter(.i32), ABIParameter(.i32), ABIParameter(.i64), ABIParameter(.i64)], results: [ABIParameter(.i64)])

    static let edges: [UInt64] = [
        0, 1, 2, 3, 7, 31, 32, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0x8000_0001,
        0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_8000_0000, 0xffff_ffff_ffff_ff80,
        0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
    ]

    /// A function whose result is a random expression of its parameters.
    static func make(_ random: inout RandomNumbers, number: UInt32) -> Function {
        var builder = FunctionBuilder(number: number, signature: signature)
        let entry = builder.makeBlock()
        let parameters = signature.parameters.map { builder.function.dfg.appendParameter(entry, $0.type) }
        builder.startBlock(entry)
        builder.seal(entry)
        let value = expression(.i64, depth: 4, &random, &builder, parameters)
        builder.return([value])
        return builder.finish()
    }

    static func expression(_ type: Type, depth: Int, _ random: inout RandomNumbers, _ builder: inout FunctionBuilder, _ parameters: [Value]) -> Value {
        func leaf() -> Value {
            if random.chance(45) { return builder.constant(type, Int64(bitPattern: random.chance(80) ? random.pick(edges) : random.next() >> UInt64(random.below(64)))) }
            return parameters[(type == .i32 ? 0 : 2) + random.below(2)]
        }
        if depth == 0 { return leaf() }
        func operand(_ type: Type) -> Value { expression(type, depth: depth - 1, &random, &builder, parameters) }
        /// A divisor that is not 0 or -1, so that most functions end.
        func divisor() -> Value {
            if random.chance(70) { return builder.constant(type, Int64(bitPattern: random.chance(50) ? random.pick(edges) & ~1 | 2 : random.next() >> UInt64(random.below(62)) & ~1 | 4)) }
            return builder.binary(.bor, type, operand(type), builder.constant(type, 2))
        }
        let other: Type = type == .i32 ? .i64 : .i32
        switch random.below(30) {
        case 0..<10:
            let opcodes: [Opcode] = [.iadd, .isub, .imul, .band, .bor, .bxor, .iadd, .isub, .band, .umulhi, .smulhi]
            let left = operand(type)
            return builder.binary(random.pick(opcodes), type, left, random.chance(10) ? left : operand(type))
        case 10..<16:
            let opcodes: [Opcode] = [.ishl, .ushr, .sshr, .rotl, .rotr]
            let left = operand(type)
            let amount = random.chance(80) ? builder.constant(type, Int64(random.pick([1, 2, 3, 8, 16, 24, 31, 32, 33, 48, 56, 63, 64, 65] as [Int]))) : operand(type)
            return builder.binary(random.pick(opcodes), type, left, amount)
        case 16, 17:
            let opcodes: [Opcode] = [.udiv, .urem, .sdiv, .srem]
            let dividend = operand(type)
            return builder.binary(random.pick(opcodes), type, dividend, divisor())
        case 18..<22: return type == .i32 ? builder.unary(.ireduce, .i32, operand(other)) : builder.unary(random.chance(60) ? .uextend : .sextend, .i64, operand(other))
        case 22: return builder.unary(random.pick([.clz, .ctz, .popcnt, .sextend8, .sextend16] as [Opcode]), type, operand(type))
        case 23..<26:
            let compared: Type = random.chance(50) ? .i32 : .i64
            let left = operand(compared)
            let result = builder.compare(random.pick(IntegerCondition.allCases), left, operand(compared))
            return type == .i32 ? result : builder.unary(.uextend, .i64, result)
        case 26..<28:
            let condition = operand(.i32), yes = operand(type)
            return builder.select(type, condition, yes, operand(type))
        case 28:
            // (x << n) op (x >> m), often a rotation
            let x = operand(type), n = random.below(type.bitCount), variable = random.chance(40)
            let amount = variable ? operand(type) : builder.constant(type, Int64(n))
            let rest = variable ? builder.binary(.isub, type, builder.constant(type, Int64(random.pick([0, 32, 64] as [Int]))), amount) : builder.constant(type, Int64(type.bitCount - n))
            let up = builder.binary(.ishl, type, x, amount), down = builder.binary(.ushr, type, x, rest)
            return builder.binary(random.pick([.bor, .bor, .iadd, .bxor] as [Opcode]), type, up, down)
        default: return leaf()
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func simplifiedExpressionsHaveTheSameValue(_ seed: UInt64) throws {
        var random = RandomNumbers(seed: seed &* 977 &+ 5)
        let machine = Machine()
        for round in 0..<(Self.count / 4) {
            let function = Self.make(&random, number: 0)
            var optimized = function.clone()
            optimized.number = 1
            try run(.valueNumbering, &optimized)
            try run(.deadCode, &optimized)
            try verify(optimized)
            let text = PrecastIR.print(function), after = PrecastIR.print(optimized)
            machine.define(function)
            machine.define(optimized)
            for _ in 0..<24 {
                let arguments = (0..<4).map { i in
                    let value = random.chance(70) ? random.pick(Self.edges) : random.next() >> UInt64(random.below(64))
                    return i < 2 ? value & 0xffff_ffff : value
                }
                let (expected, found) = (Self.outcome(machine, 0, arguments), Self.outcome(machine, 1, arguments))
                if expected != found {
                    Issue.record("seed \(seed), round \(round), arguments \(arguments): \(expected) became \(found)\n\(text)\n\(after)")
                    return
                }
            }
        }
    }
    private static func outcome(_ machine: Machine, _ number: UInt32, _ arguments: [UInt64]) -> String {
        do throws(MachineError) {
            return "\(try machine.call(number, arguments))"
        } catch {
            return "\(error)"
        }
    }

    /// Every divisor of a list, with both signs, on operands around its multiples.
    @Test(arguments: [Type.i32, .i64]) func divisionByConstants(_ type: Type) throws {
        let machine = Machine()
        var random = RandomNumbers(seed: 77)
        let small = Array(1...130) as [UInt64]
        let divisors = small + Self.edges.filter { $0 != 0 } + (0..<100).map { _ in random.next() >> UInt64(random.below(64)) | 1 }
        for divisor in divisors {
            for opcode in [.udiv, .urem, .sdiv, .srem] as [Opcode] {
                var function = Self.division(opcode, type, divisor, number: 0)
                machine.define(function.clone())
                function.number = 1
                try run(.valueNumbering, &function)
                try verify(function)
                machine.define(function)
                var dividends = Self.edges
                for k in [1, 2, 3, 1000, .max / divisor] as [UInt64] { dividends += [divisor &* k, divisor &* k &- 1, divisor &* k &+ 1, 0 &- divisor &* k] }
                dividends.append(random.next())
                for dividend in dividends {
                    let argument = type == .i32 ? dividend & 0xffff_ffff : dividend
                    let arguments = type == .i32 ? [argument, 0, 0, 0] : [0, 0, argument, 0]
                    let (expected, found) = (Self.outcome(machine, 0, arguments), Self.outcome(machine, 1, arguments))
                    if expected != found {
                        Issue.record("\(opcode).\(type) \(argument) by \(divisor): \(expected) became \(found)")
                        return
                    }
                }
            }
        }
    }
    private static func division(_ opcode: Opcode, _ type: Type, _ divisor: UInt64, number: UInt32) -> Function {
        var builder = FunctionBuilder(number: number, signature: signature)
        let entry = builder.makeBlock()
        let parameters = signature.parameters.map { builder.function.dfg.appendParameter(entry, $0.type) }
        builder.startBlock(entry)
        builder.seal(entry)
        let result = builder.binary(opcode, type, parameters[type == .i32 ? 0 : 2], builder.constant(type, Int64(bitPattern: divisor)))
        builder.return([type == .i32 ? builder.unary(.uextend, .i64, result) : result])
        return builder.finish()
    }
}
