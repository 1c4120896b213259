import PrecastEntities
import PrecastIR
import PrecastIRInterpreter
import Testing

@Suite struct MachineTests {
    /// Runs one operation on its operands. Floats are given and found as bits.
    private func evaluate(_ line: String, _ operandTypes: [Type], _ result: Type, _ operands: [UInt64]) throws -> UInt64 {
        let parameters = operandTypes.map(\.name).joined(separator: ", ")
        let values = operandTypes.enumerated().map { "v\($0.offset): \($0.element.name)" }.joined(separator: ", ")
        let function = try parseFunction("function 0(\(parameters)) -> \(result.name) precast {\nblock0(\(values)):\n    v9 = \(line)\n    return v9\n}")
        try verify(function)
        let machine = Machine()
        machine.define(function)
        return try machine.call(0, operands)[0]
    }
    private func trap(_ line: String, _ types: [Type], _ result: Type, _ operands: [UInt64]) throws -> UInt8? {
        do {
            _ = try evaluate(line, types, result, operands)
            return nil
        } catch MachineError.trap(let code) {
            return code
        }
    }

    @Test(arguments: [
        ("ishl.i32 v0, v1", 1, 33, 2), ("ushr.i32 v0, v1", 0x8000_0000, 31, 1), ("sshr.i32 v0, v1", 0x8000_0000, 63, 0xffff_ffff),
        ("rotl.i32 v0, v1", 0x8000_0001, 1, 3), ("rotr.i32 v0, v1", 3, 32, 3), ("sdiv.i32 v0, v1", 0xffff_fff9, 2, 0xffff_fffd),
        ("srem.i32 v0, v1", 0xffff_fff9, 2, 0xffff_ffff), ("srem.i32 v0, v1", 0x8000_0000, 0xffff_ffff, 0), ("udiv.i32 v0, v1", 0xffff_fff9, 2, 0x7fff_fffc),
        ("umulhi.i32 v0, v1", 0xffff_ffff, 0xffff_ffff, 0xffff_fffe), ("smulhi.i32 v0, v1", 0xffff_ffff, 0xffff_ffff, 0),
        ("icmp.slt v0, v1", 0xffff_ffff, 0, 1), ("icmp.ult v0, v1", 0xffff_ffff, 0, 0), ("isub.i32 v0, v1", 0, 1, 0xffff_ffff),
    ] as [(String, UInt64, UInt64, UInt64)]) func integers32(_ line: String, _ a: UInt64, _ b: UInt64, _ expected: UInt64) throws {
        #expect(try evaluate(line, [.i32, .i32], .i32, [a, b]) == expected)
    }
    /// An exception goes to the innermost handler that takes it, through a frame without one, or out.
    @Test func exceptions() throws {
        let machine = Machine()
        let texts = ["""
            function 0(i64, i32) -> i32 precast {
                sig0 = (i64, i32) -> i32 precast
                fn0 = function 1 sig0
            block0(v0: i64, v1: i32):
                v2, v3 = try_call fn0(v0, v1), block1, [tag 5 block2(v3, v1), tag 6 block3]
            block1:
                v4 = iadd.i32 v2, v1
                return v4
            block2(v5: i64, v6: i32):
                v7 = load.i32 v5+8
                v8 = iadd.i32 v7, v6
                return v8
            block3:
                v9 = iconst.i32 66
                return v9
            }
            """, """
            function 1(i64, i32) -> i32 precast {
                sig0 = (i64, i32) -> i32 precast
                fn0 = function 2 sig0
            block0(v0: i64, v1: i32):
                v2 = call fn0(v0, v1)
                return v2
            }
            """]
        for text in texts {
            let function = try parseFunction(text)
            try verify(function)
            machine.define(function)
        }
        let object = machine.memory.map(Array(repeating: 0, count: 16))
        let isStored = machine.memory.store(100, object + 8, 4)
        #expect(isStored)
        machine.define(2) { machine, arguments throws(MachineError) in
            if arguments[1] == 1 { return [1000] }
            _ = machine.memory.store(arguments[1], object, 8)
            throw .exception(object)
        }
        #expect(try machine.call(0, [0, 1]) == [1001])
        #expect(try machine.call(0, [0, 5]) == [105])
        #expect(try machine.call(0, [0, 6]) == [66])
        #expect(throws: MachineError.exception(object)) { try machine.call(0, [0, 7]) }
        #expect(try machine.call(0, [0, 1]) == [1001])
    }
    @Test func divisionTraps() throws {
        for type in [Type.i32, .i64] {
            let least: UInt64 = type == .i32 ? 0x8000_0000 : 1 << 63
            for opcode in ["sdiv", "udiv", "srem", "urem"] { #expect(try trap("\(opcode).\(type.name) v0, v1", [type, type], type, [5, 0]) == 7) }
            #expect(try trap("sdiv.\(type.name) v0, v1", [type, type], type, [least, .max]) == 8)
            #expect(try trap("srem.\(type.name) v0, v1", [type, type], type, [least, .max]) == nil)
        }
    }
    @Test(arguments: [
        ("clz.i32 v0", Type.i32, Type.i32, 0, 32), ("ctz.i32 v0", .i32, .i32, 0, 32), ("clz.i64 v0", .i64, .i64, 1, 63), ("popcnt.i64 v0", .i64, .i64, .max, 64),
        ("sextend8.i32 v0", .i32, .i32, 0x180, 0xffff_ff80), ("sextend16.i64 v0", .i64, .i64, 0x8000, 0xffff_ffff_ffff_8000), ("sextend.i64 v0", .i32, .i64, 0x8000_0000, 0xffff_ffff_8000_0000),
        ("uextend.i64 v0", .i32, .i64, 0x8000_0000, 0x8000_0000), ("ireduce.i32 v0", .i64, .i32, 0x1_2345_6789, 0x2345_6789),
    ] as [(String, Type, Type, UInt64, UInt64)]) func unary(_ line: String, _ type: Type, _ result: Type, _ a: UInt64, _ expected: UInt64) throws {
        #expect(try evaluate(line, [type], result, [a]) == expected)
    }

    private func f64(_ line: String, _ a: Double, _ b: Double) throws -> Double {
        Double(bitPattern: try evaluate(line, [.f64, .f64], .f64, [a.bitPattern, b.bitPattern]))
    }
    @Test func floatCorners() throws {
        #expect(try f64("fmin.f64 v0, v1", 0.0, -0.0).sign == .minus && f64("fmax.f64 v0, v1", -0.0, 0.0).sign == .plus)
        #expect(try f64("fmin.f64 v0, v1", 1, .nan).isNaN && f64("fmax.f64 v0, v1", .nan, 1).isNaN)
        #expect(try evaluate("fadd.f64 v0, v1", [.f64, .f64], .f64, [(-Double.nan).bitPattern, 0]) == 0x7ff8_0000_0000_0000)
        #expect(try f64("fcopysign.f64 v0, v1", 2, -0.0) == -2)
        for (x, nearest) in [(2.5, 2.0), (3.5, 4), (-0.5, -0.0), (-2.5, -2)] { #expect(try f64("fnearest.f64 v0", x, 0).bitPattern == nearest.bitPattern) }
        #expect(try evaluate("fneg.f64 v0", [.f64], .f64, [0x7ff0_0000_0000_0001]) == 0xfff0_0000_0000_0001)
        #expect(try evaluate("fcmp.ne v0, v1", [.f64, .f64], .i32, [Double.nan.bitPattern, Double.nan.bitPattern]) == 1)
        #expect(try evaluate("fcmp.ge v0, v1", [.f64, .f64], .i32, [Double.nan.bitPattern, 0]) == 0)
    }
    @Test func conversions() throws {
        func bits(_ x: Double) -> [UInt64] { [x.bitPattern] }
        #expect(try evaluate("fcvt_to_s.i32 v0", [.f64], .i32, bits(-2147483648.9)) == 0x8000_0000)
        #expect(try trap("fcvt_to_s.i32 v0", [.f64], .i32, bits(2147483648)) == 8)
        #expect(try trap("fcvt_to_s.i32 v0", [.f64], .i32, bits(-2147483649)) == 8)
        #expect(try trap("fcvt_to_u.i64 v0", [.f64], .i64, bits(-1)) == 8 && evaluate("fcvt_to_u.i64 v0", [.f64], .i64, bits(-0.9)) == 0)
        #expect(try trap("fcvt_to_s.i64 v0", [.f64], .i64, bits(.nan)) == 9 && trap("fcvt_to_u.i64 v0", [.f64], .i64, bits(0x1p64)) == 8)
        #expect(try evaluate("fcvt_to_u.i64 v0", [.f64], .i64, bits(0x1.fffffffffffffp63)) == 0xffff_ffff_ffff_f800)
        #expect(try evaluate("fcvt_to_s_sat.i32 v0", [.f64], .i32, bits(1e10)) == 0x7fff_ffff && evaluate("fcvt_to_s_sat.i64 v0", [.f64], .i64, bits(-1e30)) == 1 << 63)
        #expect(try evaluate("fcvt_to_u_sat.i32 v0", [.f64], .i32, bits(1e10)) == 0xffff_ffff && evaluate("fcvt_to_u_sat.i32 v0", [.f64], .i32, bits(.nan)) == 0)
        #expect(try evaluate("fcvt_from_u.f64 v0", [.i32], .f64, [0xffff_ffff]) == 4294967295.0.bitPattern)
        #expect(try evaluate("fcvt_from_s.f64 v0", [.i32], .f64, [0xffff_ffff]) == (-1.0).bitPattern)
        #expect(try evaluate("fcvt_from_u.f32 v0", [.i64], .f32, [0xffff_ff80_0000_0000]) == UInt64(Float(0xffff_ff80_0000_0000 as UInt64).bitPattern))
    }

    @Test func memory() throws {
        let machine = Machine()
        let at = machine.memory.map([0x80, 0xff, 3, 4, 5, 6, 7, 8])
        machine.define(try parseFunction("""
            function 0(i64) -> i32, i64, i64, i32 precast {
            block0(v0: i64):
                v1 = sload8.i32 v0 region 11 trap 2
                v2 = uload16.i64 v0 region 11 trap 2
                v3 = sload32.i64 v0+4 region 11 trap 2
                store16.i32 v1, v0+6 region 11 trap 2
                v4 = load.i32 v0+4 region 11 trap 2
                return v1, v2, v3, v4
            }
            """))
        #expect(try machine.call(0, [at]) == [0xffff_ff80, 0xff80, 0x0807_0605, 0xff80_0605])
        #expect(throws: MachineError.trap(2)) { try machine.call(0, [at + 1]) }
        #expect(throws: MachineError.trap(2)) { try machine.call(0, [UInt64.max]) }
        machine.memory.resize(at, to: 9)
        #expect(throws: Never.self) { try machine.call(0, [at + 1]) }
    }

    @Test func atomics() throws {
        let machine = Machine()
        let at = machine.memory.map([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88])
        machine.define(try parseFunction("""
            function 0(i64, i64) -> i64, i32, i64, i64, i32, i64 precast {
            block0(v0: i64, v1: i64):
                v2 = atomic_load.i64 16 v0 region 11 trap 2
                v3 = iconst.i32 -1
                v4 = atomic_update.i32 add 8 v3, v0 region 11 trap 2
                v5 = atomic_update.i64 sub 32 v1, v0 region 11 trap 2
                v6 = atomic_compare_exchange.i64 16 v1, v2, v0 region 11 trap 2
                fence
                v7 = iconst.i32 16
                v8 = atomic_update.i32 xor 8 v7, v0 region 11 trap 2
                atomic_store.i64 16 v1, v0 region 11 trap 2
                v9 = atomic_load.i64 64 v0 region 11 trap 2
                return v2, v4, v5, v6, v8, v9
            }
            """))
        // 0x44332210 - 0x7788_0000_2210 in 32 bits is 0x44330000; the comparison with 0x2210 fails.
        #expect(try machine.call(0, [at, 0x7788_0000_2210]) == [0x2211, 0x11, 0x4433_2210, 0x0000, 0x00, 0x8877_6655_4433_2210])
        #expect(throws: MachineError.trap(2)) { try machine.call(0, [at + 4, 0]) }
    }
    @Test(arguments: [
        ("add", 0xff, 2, 0x01), ("sub", 0x01, 2, 0xff), ("and", 0xcc, 0xaa, 0x88), ("or", 0xcc, 0xaa, 0xee), ("xor", 0xcc, 0xaa, 0x66),
        ("xchg", 0xcc, 0x1aa, 0xaa),
    ] as [(String, UInt8, UInt64, UInt64)]) func atomicUpdates(_ operation: String, _ old: UInt8, _ operand: UInt64, _ new: UInt64) throws {
        let machine = Machine()
        let at = machine.memory.map([old, 0x77])
        machine.define(try parseFunction("""
            function 0(i64, i32) -> i32, i32 precast {
            block0(v0: i64, v1: i32):
                v2 = atomic_update.i32 \(operation) 8 v1, v0
                v3 = uload16.i32 v0
                return v2, v3
            }
            """))
        #expect(try machine.call(0, [at, operand]) == [UInt64(old), 0x7700 | new])
    }

    @Test func callsTailCallsAndFuel() throws {
        let machine = Machine()
        // A tail call in a loop of a million steps needs no depth.
        machine.define(try parseFunction("""
            function 0(i32) -> i32 precast {
                sig0 = (i32) -> i32 precast
                fn0 = function 0 sig0
            block0(v0: i32):
                br_if v0, block1, block2
            block1:
                v1 = iconst.i32 1
                v2 = isub.i32 v0, v1
                v3 = func_addr.i64 fn0
                return_call_indirect sig0, v3(v2)
            block2:
                return v0
            }
            """))
        #expect(try machine.call(0, [100_000]) == [0])
        machine.define(try parseFunction("""
            function 1(i32) -> i32 precast {
                sig0 = (i32) -> i32 precast
                fn0 = function 1 sig0
            block0(v0: i32):
                v1 = call fn0(v0)
                return v1
            }
            """))
        #expect(throws: MachineError.stackExhausted) { try machine.call(1, [1]) }
        machine.fuel = 1000
        #expect(throws: MachineError.outOfFuel) { try machine.call(0, [100_000]) }
        machine.fuel = nil
        #expect(try machine.call(0, [5]) == [0])
        #expect(throws: MachineError.noFunction(9)) { try machine.call(9, []) }
        #expect(throws: MachineError.signatureMismatch(function: 0)) { try machine.call(0, []) }
        machine.define(2) { (machine, arguments) throws(MachineError) in try machine.call(0, arguments) }
        #expect(try machine.call(2, [3]) == [0])
    }

    @Test func stackSlots() throws {
        let machine = Machine()
        machine.define(try parseFunction("""
            function 0(i32) -> i32 precast {
                sig0 = (i32) -> i32 precast
                fn0 = function 0 sig0
                ss0 = stack_slot 4 align 4
                ss1 = stack_slot 8 align 8
            block0(v0: i32):
                v1 = stack_addr.i64 ss1+4
                store.i32 v0, v1
                br_if v0, block1, block2
            block1:
                v2 = iconst.i32 1
                v3 = isub.i32 v0, v2
                v4 = call fn0(v3)
                v5 = load.i32 v1
                v6 = iadd.i32 v4, v5
                return v6
            block2:
                return v0
            }
            """))
        #expect(try machine.call(0, [10]) == [55])
    }

    @Test func tables() throws {
        let machine = Machine()
        machine.define(try parseFunction("""
            function 0(i32) -> i32 precast {
            block0(v0: i32):
                v1 = iconst.i32 10
                v2 = iconst.i32 20
                v3 = iconst.i32 30
                br_table v0, block1(v3), [block1(v1), block1(v2)]
            block1(v4: i32):
                return v4
            }
            """))
        for (index, result) in [(0, 10), (1, 20), (2, 30), (0xffff_ffff, 30)] as [(UInt64, UInt64)] { #expect(try machine.call(0, [index]) == [result]) }
    }
}
