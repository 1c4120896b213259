import PrecastIR
import PrecastIRInterpreter
import Testing

/// Vector operations against results written down by hand.
@Suite struct VectorTests {
    private func run(_ text: String, _ arguments: [UInt64]) throws -> [UInt64] {
        let function = try parseFunction(text)
        try verify(function)
        let machine = Machine()
        machine.define(function)
        return try machine.call(0, arguments)
    }
    private func unary(_ operation: String, _ a: [UInt64], _ result: String = "v128") throws -> [UInt64] {
        try run("function 0(v128) -> \(result) precast {\nblock0(v0: v128):\n    v1 = vunary.\(operation)\n    return v1\n}", a)
    }
    private func binary(_ operation: String, _ a: [UInt64], _ b: [UInt64]) throws -> [UInt64] {
        try run("function 0(v128, v128) -> v128 precast {\nblock0(v0: v128, v1: v128):\n    v2 = vbinary.\(operation) v0, v1\n    return v2\n}", a + b)
    }

    @Test(arguments: [
        ("i8x16_add", [0xff01, 0], [0x0101, 1], [0x0002, 1]),
        ("i16x8_sub_sat_s", [0x8000_7fff, 0], [0x0001_ffff, 0], [0x8000_7fff, 0]),
        ("i8x16_avgr_u", [0x02ff, 0], [0x01fe, 0], [0x02ff, 0]),
        ("i32x4_lt_u", [0x1_ffff_ffff, 0], [0x2_0000_0001, 0], [0xffff_ffff_0000_0000, 0]),
        ("i64x2_gt_s", [1, .max], [.max, 0], [.max, 0]),
        ("i16x8_q15mulr_sat_s", [0x8000_4000, 0], [0x8000_4000, 0], [0x7fff_2000, 0]),
        ("i8x16_narrow_i16x8_u", [0x0100_00ff_ffff_0001, 0], [0x7f, 0], [0xff_ff_00_01, 0x7f]),
        ("i32x4_dot_i16x8_s", [0x8000_8000, 0], [0x8000_8000, 0], [0x8000_0000, 0]),
        ("i16x8_extmul_high_i8x16_s", [0, 0x80ff], [0, 0x8002], [0x4000_fffe, 0]),
        ("i8x16_swizzle", [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908], [0x10_ff_0f_01, 0], [0x00_00_0f_01, 0]),
        ("f32x4_min", [0x8000_0000_0000_0000, 0x7fc0_0001_3f80_0000], [0x0000_0000_8000_0000, 0x3f80_0000_4000_0000], [0x8000_0000_8000_0000, 0x7fc0_0000_3f80_0000]),
        ("f64x2_pmax", [0x7ff8_0000_0000_0001, 0], [0x3ff0_0000_0000_0000, 0x8000_0000_0000_0000], [0x7ff8_0000_0000_0001, 0]),
    ] as [(String, [UInt64], [UInt64], [UInt64])]) func pairs(_ operation: String, _ a: [UInt64], _ b: [UInt64], _ expected: [UInt64]) throws {
        #expect(try binary(operation, a, b) == expected)
    }

    @Test(arguments: [
        ("i8x16_popcnt v0", [0xff01, 0x80], [0x0801, 0x01]),
        ("i16x8_extadd_pairwise_i8x16_s v0", [0x8080_7f7f, 0], [0xff00_00fe, 0]),
        ("i64x2_extend_high_i32x4_s v0", [0, 0x1_ffff_ffff], [.max, 1]),
        ("i32x4_trunc_sat_f64x2_u_zero v0", [0xbff0_0000_0000_0000, 0x41f0_0000_0000_0000], [0xffff_ffff_0000_0000, 0]),
        ("i32x4_trunc_sat_f32x4_s v0", [0x7fc0_0000_4f00_0000, 0xcf80_0000_bfc0_0000], [0x0000_0000_7fff_ffff, 0x8000_0000_ffff_ffff]),
        ("f64x2_promote_low_f32x4 v0", [0x7fc0_1234_bf80_0000, 0], [0xbff0_0000_0000_0000, 0x7ff8_0000_0000_0000]),
        ("f32x4_nearest v0", [0x4020_0000_3f00_0000, 0], [0x4000_0000_0000_0000, 0]),
    ] as [(String, [UInt64], [UInt64])]) func singles(_ operation: String, _ a: [UInt64], _ expected: [UInt64]) throws {
        #expect(try unary(operation, a) == expected)
    }

    @Test func scalarsOfVectors() throws {
        #expect(try unary("i8x16_extract_lane_s v0, 9", [0, 0x8000], "i32") == [0xffff_ff80])
        #expect(try unary("i8x16_bitmask v0", [0x80, 0x8000_0000_0000_0000], "i32") == [0x8001])
        #expect(try unary("i32x4_all_true v0", [0x1_0000_0001, 0x1_0000_0000], "i32") == [0])
        #expect(try unary("f64x2_extract_lane v0, 1", [1, 2], "f64") == [2])
    }

    @Test func vectorsGoThroughCallsBlocksAndMemory() throws {
        let machine = Machine()
        machine.define(try parseFunction("""
            function 0(i64, v128, i32) -> v128, i32 precast {
                sig0 = (i32, v128, i32) -> i32, v128 precast
                fn0 = function 1 sig0
                vc0 = vector 3 4
            block0(v0: i64, v1: v128, v2: i32):
                v3 = vconst.v128 vc0
                v4 = select.v128 v2, v1, v3
                store.v128 v4, v0+8 trap 2
                v5 = load.v128 v0+8 trap 2
                jump block1(v5, v3, v2)
            block1(v6: v128, v7: v128, v8: i32):
                br_if v8, block2(v7, v6), block2(v6, v7)
            block2(v9: v128, v10: v128):
                v11, v12 = call fn0(v2, v9, v2)
                v13 = vbinary.i64x2_add v12, v10
                return v13, v11
            }
            """))
        machine.define(1) { (_, words) throws(MachineError) in [words[3] + 1, words[1] * 10, words[2] * 10] }
        let at = machine.memory.map(Array(repeating: 0, count: 24))
        #expect(try machine.call(0, [at, 1, 2, 1]) == [31, 42, 2])
        #expect(try machine.call(0, [at, 1, 2, 0]) == [33, 44, 1])
        #expect(machine.memory.load(at + 16, 8) == 4)
        #expect(throws: MachineError.trap(2)) { try machine.call(0, [at + 1, 1, 2, 0]) }
        #expect(throws: MachineError.signatureMismatch(function: 0)) { try machine.call(0, [at, 1, 0]) }
    }
}
