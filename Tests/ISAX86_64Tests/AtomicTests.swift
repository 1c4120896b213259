import PrecastEntities
import PrecastIR
import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

/// What atomic operations become, and what the loop for and, or, exclusive or does.
@Suite struct AtomicTests {
    /// The instructions for `body`, which has the address v0, and v1 and v2 of `type`; its result is v9.
    private func instructions(_ type: String, _ body: String, isUsed: Bool = true) throws -> [String] {
        var parser = FunctionParser("""
            function 0(i64, \(type), \(type)) -> \(type) precast {
            block0(v0: i64, v1: \(type), v2: \(type)):
                \(body)
                return \(isUsed ? "v9" : "v1")
            }
            """)
        guard let function = try parser.next() else { return [] }
        try verify(function)
        let options = LoweringOptions<X86_64>(features: .v2, traps: .init(divideByZero: 1, integerOverflow: 2, invalidConversion: 3))
        let lines = InstructionPrinter().text(X86_64.lower(function, options)).split(separator: "\n").map { $0.drop { $0 == " " } }
        return lines.map { line in
            let words = line.split(separator: " ", maxSplits: 2)
            return words.first == "lock" ? words.prefix(2).joined(separator: " ") : String(words.first ?? "")
        }.filter { !$0.hasPrefix("block") && $0 != "arguments" && $0 != "ret" }
    }

    @Test func loadsArePlain() throws {
        #expect(try instructions("i32", "v9 = atomic_load.i32 32 v0") == ["mov"])
        #expect(try instructions("i64", "v9 = atomic_load.i64 64 v0") == ["mov"])
        #expect(try instructions("i64", "v9 = atomic_load.i64 32 v0") == ["mov"])
        #expect(try instructions("i64", "v9 = atomic_load.i64 16 v0") == ["movzx"])
        // It happens even where nobody wants the value, and is no operand of another instruction.
        #expect(try instructions("i32", "v9 = atomic_load.i32 8 v0", isUsed: false) == ["movzx"])
        #expect(try instructions("i32", "v8 = atomic_load.i32 32 v0\n    v9 = iadd.i32 v1, v8") == ["mov", "add"])
    }
    @Test func whatWritesIsLocked() throws {
        #expect(try instructions("i32", "atomic_store.i32 16 v1, v0", isUsed: false) == ["xchg"])
        #expect(try instructions("i32", "fence", isUsed: false) == ["lock or"])
        #expect(try instructions("i32", "v9 = atomic_update.i32 xchg 32 v1, v0") == ["xchg"])
        #expect(try instructions("i64", "v9 = atomic_update.i64 xchg 8 v1, v0") == ["xchg", "movzx"])
        #expect(try instructions("i64", "v9 = atomic_update.i64 add 64 v1, v0") == ["lock xadd"])
        #expect(try instructions("i64", "v9 = atomic_update.i64 add 32 v1, v0") == ["lock xadd"])
        #expect(try instructions("i32", "v9 = atomic_update.i32 sub 16 v1, v0") == ["neg", "lock xadd", "movzx"])
        #expect(try instructions("i32", "v9 = atomic_update.i32 or 8 v1, v0") == ["movzx", "update.or"])
        #expect(try instructions("i64", "v9 = atomic_update.i64 xor 64 v1, v0") == ["mov", "update.xor"])
        #expect(try instructions("i32", "v9 = atomic_compare_exchange.i32 32 v1, v2, v0") == ["lock cmpxchg"])
        #expect(try instructions("i64", "v9 = atomic_compare_exchange.i64 64 v1, v2, v0") == ["lock cmpxchg"])
        #expect(try instructions("i64", "v9 = atomic_compare_exchange.i64 32 v1, v2, v0") == ["lock cmpxchg", "mov"])
        #expect(try instructions("i32", "v9 = atomic_compare_exchange.i32 8 v1, v2, v0") == ["lock cmpxchg", "movzx"])
    }
    @Test func unusedResultsCostNothing() throws {
        for (operation, instruction) in [("add", "add"), ("sub", "sub"), ("and", "and"), ("or", "or"), ("xor", "xor")] {
            for bits in [8, 16, 32, 64] {
                #expect(try instructions("i64", "v9 = atomic_update.i64 \(operation) \(bits) v1, v0", isUsed: false) == ["lock \(instruction)"])
            }
        }
        // Constants of the access's width are immediates.
        #expect(try instructions("i32", "v3 = iconst.i32 -2\n    v9 = atomic_update.i32 and 16 v3, v0", isUsed: false) == ["lock and"])
        #expect(try instructions("i64", "v3 = iconst.i64 4294967296\n    v9 = atomic_update.i64 or 64 v3, v0", isUsed: false) == ["movabs", "lock or"])
    }

    #if arch(x86_64)
    /// The loop over every width, with registers for it scarce: old value and memory.
    @Test(arguments: TestFunction.algorithms, [OperandSize.b, .w, .l, .q])
    func updateLoop(_ algorithm: AllocationAlgorithm, _ size: OperandSize) {
        for op in [ALUOperation.and, .or, .xor] {
            var f = TestFunction(blocks: 1)
            let address = f.integer(), operand = f.integer(), seen = f.integer(), old = f.integer()
            f.arguments([(address, .rsi), (operand, .rdx)])
            // Live across it: more values than there are registers.
            let others = (0..<14).map { _ in f.integer() }
            for (n, other) in others.enumerated() { f.emit(0, .loadImmediate(.q, other, Int64(1) << Int64(n))) }
            let m = MemoryOperand.base(address, 8)
            f.emit(0, size == .b || size == .w ? .movzx(from: size, seen, .memory(m)) : .load(size, seen, m))
            f.emit(0, .update(op, size, old, seen: seen, operand: operand, m))
            var sum = old
            for other in others + [operand] {
                let next = f.integer()
                f.emit(0, .alu(.add, .q, next, sum, .register(other)))
                sum = next
            }
            f.ret(0, [(sum, .rax)])
            let word: UInt64 = 0x8877_6655_4433_2211, mask: UInt64 = 0xf0ff_00aa_5a0f_f0c3
            let code = Executable([f.compile(algorithm)])
            var memory: [UInt64] = [~0, word, ~0]
            let result = memory.withUnsafeMutableBytes { code.call(0, 0, Int(bitPattern: $0.baseAddress), Int(bitPattern: UInt(mask))) }
            let accessed = UInt64.max >> UInt64(64 - 8 * size.bytes)
            let new = op == .and ? word & mask : op == .or ? word | mask : word ^ mask
            #expect(memory == [~0, word & ~accessed | new & accessed, ~0])
            #expect(UInt64(bitPattern: Int64(result)) == (word & accessed) &+ 0x3fff &+ mask)
        }
    }
    #endif
}
