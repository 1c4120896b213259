import PrecastIR
import PrecastISAX86_64
import PrecastMachineCode
import Testing

/// Instructions that carries, borrows and wide products become.
@Suite struct CarryLoweringTests {
    /// The mnemonics of a function of four i64, without what comes before and after its own code.
    private func mnemonics(_ features: CPUFeatures = .v2, _ make: (inout FunctionBuilder, [Value]) -> [Value]) -> [String] {
        let parameters = Array(repeating: ABIParameter(.i64), count: 4)
        var b = FunctionBuilder(number: 0, signature: Signature(parameters: parameters, results: [ABIParameter(.i64), ABIParameter(.i64)]))
        let entry = b.makeBlock()
        let arguments = parameters.map { b.function.dfg.appendParameter(entry, $0.type) }
        b.startBlock(entry)
        b.seal(entry)
        let results = make(&b, arguments)
        b.return(results.count == 2 ? results : [results[0], arguments[0]])
        let options = LoweringOptions<X86_64>(features: features, traps: .init(divideByZero: 1, integerOverflow: 2, invalidConversion: 3))
        let lines = InstructionPrinter().text(X86_64.lower(b.finish(), options)).split(separator: "\n")
        let words = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
        return words.filter { !$0.hasPrefix("block") && $0 != "arguments" && $0 != "ret" }
    }
    private func flag(_ b: inout FunctionBuilder, _ condition: IntegerCondition, _ x: Value, _ y: Value) -> Value {
        b.unary(.uextend, .i64, b.compare(condition, x, y))
    }

    @Test func `a carry comes from the sum below`() {
        #expect(mnemonics { b, v in
            let low = b.binary(.iadd, .i64, v[0], v[2]), carry = flag(&b, .unsignedLess, low, v[0])
            return [low, b.binary(.iadd, .i64, b.binary(.iadd, .i64, v[1], v[3]), carry)]
        } == ["add", "adc"])
        // The operands of the comparison and of the sums in other orders.
        #expect(mnemonics { b, v in
            let low = b.binary(.iadd, .i64, v[0], v[2]), carry = flag(&b, .unsignedGreater, v[2], low)
            return [low, b.binary(.iadd, .i64, b.binary(.iadd, .i64, carry, v[1]), v[3])]
        } == ["add", "adc"])
        #expect(mnemonics { b, v in
            let low = b.binary(.isub, .i64, v[0], v[2]), borrow = flag(&b, .unsignedLess, v[0], v[2])
            return [low, b.binary(.isub, .i64, b.binary(.isub, .i64, v[1], v[3]), borrow)]
        } == ["sub", "sbb"])
    }

    @Test func `a sum that something reads before stays where it is`() {
        let words = mnemonics { b, v in
            let low = b.binary(.iadd, .i64, v[0], v[2])
            b.store(low, v[3], offset: 0, MemoryFlags(rawValue: 0))
            let carry = flag(&b, .unsignedLess, low, v[0])
            return [low, b.binary(.iadd, .i64, b.binary(.iadd, .i64, v[1], v[3]), carry)]
        }
        #expect(words.suffix(2) == ["cmp", "adc"] && words.contains("mov"), "\(words)")
    }

    @Test func `other comparisons count, too`() {
        #expect(mnemonics { b, v in [b.binary(.iadd, .i64, v[0], flag(&b, .unsignedLess, v[1], v[2]))] } == ["cmp", "adc"])
        #expect(mnemonics { b, v in [b.binary(.iadd, .i64, v[0], flag(&b, .unsignedGreaterOrEqual, v[1], v[2]))] } == ["cmp", "sbb"])
        #expect(mnemonics { b, v in [b.binary(.isub, .i64, v[0], flag(&b, .unsignedLessOrEqual, v[1], v[2]))] } == ["cmp", "adc"])
        // No carry tells of signed order.
        #expect(mnemonics { b, v in [b.binary(.iadd, .i64, v[0], flag(&b, .signedLess, v[1], v[2]))] }.contains("setl"))
        // The bare carry of a sum.
        #expect(mnemonics { b, v in
            let low = b.binary(.iadd, .i64, v[0], v[2])
            return [low, flag(&b, .unsignedLess, low, v[0])]
        } == ["add", "setb"])
    }

    @Test func `both halves of a product are one instruction`() {
        func product(_ upperHalf: PrecastIR.Opcode, swapped: Bool) -> (inout FunctionBuilder, [Value]) -> [Value] {
            { b, v in [b.binary(.imul, .i64, v[0], v[1]), b.binary(upperHalf, .i64, v[swapped ? 1 : 0], v[swapped ? 0 : 1])] }
        }
        #expect(mnemonics(.v2, product(.umulhi, swapped: false)) == ["mul"])
        #expect(mnemonics(.v2, product(.umulhi, swapped: true)) == ["mul"])
        #expect(mnemonics(.v2, product(.smulhi, swapped: false)) == ["imul"])
        #expect(mnemonics(.v3, product(.umulhi, swapped: false)) == ["mulx"])
        // The upper half alone, and halves of different products.
        #expect(mnemonics { b, v in [b.binary(.umulhi, .i64, v[0], v[1])] } == ["mul"])
        #expect(mnemonics { b, v in [b.binary(.imul, .i64, v[0], v[1]), b.binary(.umulhi, .i64, v[0], v[2])] } == ["imul", "mul"])
        // A factor in memory.
        let words = mnemonics { b, v in
            let x = b.load(.i64, v[0], offset: 0, MemoryFlags(rawValue: 0))
            return [b.binary(.imul, .i64, x, v[1]), b.binary(.umulhi, .i64, x, v[1])]
        }
        #expect(words == ["mul"])
    }
}
