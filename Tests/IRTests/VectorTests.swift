import PrecastIR
import Testing

@Suite struct VectorTests {
    @Test(arguments: [
        "v2 = vunary.i8x16_extract_lane_s v1, 16", "v2 = vbinary.i8x16_bitmask v1", "v2 = vbinary.i16x8_shl v1, v1",
        "v2 = vbinary.i8x16_shuffle v1, v1, vc0", "v2 = vbinary.i8x16_shuffle v1, v1, vc1", "v2 = vunary.i32x4_splat v1",
    ]) func refused(_ line: String) {
        #expect(throws: (any Error).self) {
            try verify(parseFunction("function 0(i64 context, v128) precast {\n vc0 = vector 32 0\nblock0(v0: i64, v1: v128):\n \(line)\n return\n}"))
        }
    }

    @Test(arguments: VectorOperation.allCases) func operandsFitTheOpcode(_ operation: VectorOperation) {
        let count = switch operation.signature.opcode { case .vunary: 1 case .vbinary: 2 default: 3 }
        #expect(operation.signature.operands.count == count)
    }
}
