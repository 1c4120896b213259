import PrecastCodeTestSupport
import PrecastIR
import PrecastISAAArch64
import PrecastMachineCode
import Testing

/// Instructions that vector operations become: the mnemonics between the loads of two operands and the stores of what there is.
@Suite struct VectorLoweringTests {
    private func mnemonics(_ function: borrowing Function, _ features: CPUFeatures = []) -> [String] {
        PrecastCodeTestSupport.mnemonics(function, AArch64.self, features).filter { $0 != "ldr" && $0 != "str" }
    }
    private func mnemonics(_ features: CPUFeatures = [], _ make: (inout FunctionBuilder, Value, Value) -> Value) -> [String] {
        mnemonics(makeVectorFunction(make), features)
    }
    private func binary(_ op: VectorOperation) -> [String] { mnemonics(makeBinary(op)) }
    private func shuffle(_ lanes: [UInt8]) -> [String] { mnemonics(makeShuffle(lanes)) }

    @Test func shufflesOfOneInstruction() {
        #expect(shuffle([4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7]) == ["dup"])
        #expect(shuffle((0..<16).map { $0 ^ 7 }) == ["rev64"])
        #expect(shuffle((0..<16).map { $0 ^ 2 }) == ["rev32"])
        #expect(shuffle([0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23]) == ["zip1"])
        #expect(shuffle([24, 25, 8, 9, 26, 27, 10, 11, 28, 29, 12, 13, 30, 31, 14, 15]) == ["zip2"])
        #expect(shuffle((0..<16).map { 2 * $0 }) == ["uzp1"])
        #expect(shuffle([4, 5, 6, 7, 12, 13, 14, 15, 4, 5, 6, 7, 12, 13, 14, 15]) == ["uzp2"])
        #expect(shuffle([0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29]) == ["trn1"])
        #expect(shuffle((0..<16).map { $0 | 1 | $0 % 2 * 16 }) == ["trn2"])
        #expect(shuffle((5..<21).map { $0 }) == ["ext"])
        #expect(shuffle((20..<36).map { $0 & 31 }) == ["ext"])
        #expect(shuffle([0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 12, 13, 14, 15]) == ["ins"])
        #expect(shuffle([16, 17, 18, 3, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]) == ["ins"])
        #expect(shuffle([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]) == ["tbl"])
        #expect(shuffle([3, 17, 4, 1, 25, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]) == ["tbl"])
    }
    @Test func sumsTakeProductsIn() {
        func sum(_ op: VectorOperation, _ product: VectorOperation, swapped: Bool = false) -> [String] {
            mnemonics { b, x, y in
                let term = product.signature.opcode == .vunary ? b.vector(product, y) : b.vector(product, x, y)
                return swapped ? b.vector(op, term, x) : b.vector(op, x, term)
            }
        }
        #expect(sum(.i32x4Add, .i32x4Mul) == ["mla"])
        #expect(sum(.i32x4Add, .i32x4Mul, swapped: true) == ["mla"])
        #expect(sum(.i16x8Sub, .i16x8Mul) == ["mls"])
        #expect(sum(.i16x8Sub, .i16x8Mul, swapped: true) == ["mul", "sub"])
        #expect(sum(.i32x4Add, .i16x8Mul) == ["mul", "add"])
        #expect(sum(.i64x2Add, .i64x2ExtmulHighI32x4U) == ["umlal2"])
        #expect(sum(.i16x8Add, .i16x8ExtaddPairwiseI8x16S) == ["sadalp"])
    }
    @Test func comparisonsWithZero() {
        func compared(_ op: VectorOperation, zeroFirst: Bool = false) -> [String] {
            mnemonics { b, x, _ in
                let zero = b.constant(VectorConstantData(low: 0, high: 0))
                return zeroFirst ? b.vector(op, zero, x) : b.vector(op, x, zero)
            }
        }
        #expect(compared(.i8x16LtS) == ["cmlt"])
        #expect(compared(.i64x2GtS, zeroFirst: true) == ["cmlt"])
        #expect(compared(.f32x4Ge) == ["fcmge"])
        #expect(compared(.f64x2Le, zeroFirst: true) == ["fcmge"])
        #expect(compared(.i32x4Ne) == ["cmtst"])
        #expect(binary(.i32x4LtU) == ["cmhi"])
        #expect(binary(.f32x4Ne) == ["fcmeq", "not"])
    }
    @Test func shifts() {
        func shifted(_ op: VectorOperation, by n: Int64) -> [String] { mnemonics { b, x, _ in b.vector(op, x, b.constant(.i32, n)) } }
        #expect(shifted(.i8x16ShrS, by: 11) == ["sshr"])
        #expect(shifted(.i64x2Shl, by: 63) == ["shl"])
        #expect(shifted(.i16x8ShrU, by: 16) == ["shl"])
    }
    @Test func choices() {
        // The mask is made for the choice, and overwritten.
        #expect(mnemonics { b, x, y in b.vector(.v128Bitselect, x, y, b.vector(.i32x4GtS, x, y)) } == ["cmgt", "bsl"])
        // The inverse of a comparison exchanges what is chosen.
        #expect(mnemonics { b, x, y in b.vector(.v128Bitselect, x, y, b.vector(.f32x4Ne, x, x)) } == ["fcmeq", "bsl"])
        #expect(mnemonics { b, x, y in b.vector(.v128Bitselect, b.vector(.i8x16Neg, x), x, y) } == ["neg", "bif"])
        #expect(mnemonics { b, x, y in b.vector(.v128Bitselect, x, b.vector(.i8x16Neg, x), y) } == ["neg", "bit"])
    }
    @Test func complements() {
        #expect(mnemonics { b, x, y in b.vector(.v128And, x, b.vector(.v128Not, y)) } == ["bic"])
        #expect(mnemonics { b, x, y in b.vector(.v128Or, b.vector(.v128Not, y), x) } == ["orn"])
        #expect(mnemonics { b, x, y in b.vector(.v128Andnot, x, y) } == ["bic"])
    }
    @Test func bitmasks() {
        func mask(_ op: VectorOperation, of comparison: VectorOperation?) -> [String] {
            mnemonics { b, x, y in b.vector(.i32x4Splat, b.vector(op, comparison.map { b.vector($0, x, y) } ?? x)) }
        }
        #expect(mask(.i32x4Bitmask, of: nil) == ["cmlt", "and", "addv", "umov", "dup"])
        // Lanes of a comparison are signs all over, if they are as wide.
        #expect(mask(.i32x4Bitmask, of: .f32x4Lt) == ["fcmgt", "and", "addv", "umov", "dup"])
        #expect(mask(.i8x16Bitmask, of: .i16x8Eq) == ["cmeq", "cmlt", "and", "addp", "addp", "addp", "umov", "dup"])
    }
    @Test func features() {
        func dot(_ features: CPUFeatures) -> [String] { mnemonics(features) { b, x, y in b.vector(.i32x4RelaxedDotI8x16I7x16AddS, x, y, x) } }
        #expect(dot([]) == ["smull", "smull2", "addp", "sadalp"])
        #expect(dot([.dotprod]) == ["sdot"])
    }
}
