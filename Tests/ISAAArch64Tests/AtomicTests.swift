import PrecastIR
import PrecastIRInterpreter
import PrecastISAAArch64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

/// What atomic operations become, and what both kinds of code for them do.
@Suite struct AtomicLoweringTests {
    /// The instructions for `body`, which has the address v0, and v1 and v2 of `type`; its result is v9.
    private func instructions(_ features: CPUFeatures, _ type: String, _ body: String, isUsed: Bool = true) throws -> [String] {
        var parser = FunctionParser("""
            function 0(i64, \(type), \(type)) -> \(type) precast {
            block0(v0: i64, v1: \(type), v2: \(type)):
                \(body)
                return \(isUsed ? "v9" : "v1")
            }
            """)
        guard let function = try parser.next() else { return [] }
        try verify(function)
        let options = LoweringOptions<AArch64>(features: features, traps: .init(divideByZero: 1, integerOverflow: 2, invalidConversion: 3))
        let lines = InstructionPrinter().text(AArch64.lower(function, options)).split(separator: "\n")
        let words = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
        return words.filter { !$0.hasPrefix("block") && $0 != "arguments" && $0 != "ret" }
    }

    @Test func loadsAndStores() throws {
        #expect(try instructions([], "i32", "v9 = atomic_load.i32 32 v0") == ["ldar"])
        #expect(try instructions([], "i64", "v9 = atomic_load.i64 16 v0") == ["ldarh"])
        #expect(try instructions([], "i64", "v9 = atomic_load.i64 64 v0") == ["ldar"])
        // It happens even where nobody wants the value.
        #expect(try instructions([], "i32", "v9 = atomic_load.i32 8 v0", isUsed: false) == ["ldarb"])
        #expect(try instructions([], "i32", "atomic_store.i32 16 v1, v0", isUsed: false) == ["stlrh"])
        #expect(try instructions([], "i32", "fence", isUsed: false) == ["dmb"])
    }
    @Test func updates() throws {
        #expect(try instructions([.lse], "i32", "v9 = atomic_update.i32 add 8 v1, v0") == ["ldaddalb"])
        #expect(try instructions([.lse], "i64", "v9 = atomic_update.i64 sub 64 v1, v0") == ["neg", "ldaddal"])
        #expect(try instructions([.lse], "i64", "v9 = atomic_update.i64 and 16 v1, v0") == ["mvn", "ldclralh"])
        #expect(try instructions([.lse], "i32", "v9 = atomic_update.i32 or 32 v1, v0") == ["ldsetal"])
        #expect(try instructions([.lse], "i32", "v9 = atomic_update.i32 xor 32 v1, v0") == ["ldeoral"])
        #expect(try instructions([.lse], "i32", "v9 = atomic_update.i32 xchg 16 v1, v0", isUsed: false) == ["swpalh"])
        #expect(try instructions([], "i32", "v9 = atomic_update.i32 sub 8 v1, v0") == ["updateb.sub"])
        #expect(try instructions([.lse], "i64", "v9 = atomic_compare_exchange.i64 32 v1, v2, v0") == ["casal"])
        #expect(try instructions([], "i64", "v9 = atomic_compare_exchange.i64 8 v1, v2, v0") == ["cmpxchgb"])
    }

    /// Every operation and width against the interpreter, by single instructions and by loops, with few registers left for them.
    @Test(.enabled(if: GuestProgram.isPossible, "needs binutils-aarch64-linux-gnu and qemu-user-static"), arguments: [[], [.lse]] as [CPUFeatures], TestFunctions.algorithms)
    func machineAndInterpreterAgree(_ features: CPUFeatures, _ algorithm: AllocationAlgorithm) throws {
        var program = GuestProgram(), expected: [(bytes: [UInt8]?, text: String)] = []
        let input: [UInt8] = [0x88, 0x77, 0x66, 0x55, 0xf4, 0x33, 0x22, 0x91, 0x0f, 0xa5, 0xc3, 0xff, 0x80, 0x01, 0x7e, 0x5a]
        for type in ["i32", "i64"] {
            for bits in [8, 16, 32, 64] where type == "i64" || bits < 64 {
                var bodies = ["add", "sub", "and", "or", "xor", "xchg"].map { "atomic_update.\(type) \($0) \(bits) v4, v2" }
                // Equal in the accessed bits, and different.
                bodies += ["atomic_compare_exchange.\(type) \(bits) v3, v4, v2", "atomic_compare_exchange.\(type) \(bits) v4, v3, v2"]
                bodies.append("atomic_load.\(type) \(bits) v2")
                for body in bodies { try add(function(type, body), input, features, algorithm, &program, &expected) }
            }
        }
        for (found, (bytes, text)) in zip(try program.run(), expected) where found != bytes {
            Issue.record("machine and interpreter differ: \(text)")
        }
    }
    /// Stores one number, does `body` to it with another, and stores what comes of that; many values are live meanwhile.
    private func function(_ type: String, _ body: String) -> String {
        let others = (10..<40)
        let loads = others.map { "v\($0) = load.i64 v1+\($0 % 8)" }, stores = others.map { "store.i64 v\($0), v2+\(16 + ($0 - 10) * 8)" }
        let lines = loads + [
            "v3 = load.\(type) v1", "v4 = load.\(type) v1+8", "v5 = load.i64 v1", "store.i64 v5, v2", "v6 = \(body)", "store.\(type) v6, v2+8",
        ] + stores + ["return"]
        return "function 0(i64 context, i64, i64) precast {\nblock0(v0: i64, v1: i64, v2: i64):\n    " + lines.joined(separator: "\n    ") + "\n}\n"
    }
    private func add(
        _ text: String, _ input: [UInt8], _ features: CPUFeatures, _ algorithm: AllocationAlgorithm, _ program: inout GuestProgram,
        _ expected: inout [(bytes: [UInt8]?, text: String)]
    ) throws {
        var parser = FunctionParser(text)
        guard let function = try parser.next() else {
            Issue.record("no function")
            return
        }
        try verify(function)
        program.call(program.add(try TestFunctions.compile(function, features, algorithm)), input: input, outputBytes: 256)
        let machine = Machine()
        machine.define(function)
        let (from, to) = (machine.memory.map(input), machine.memory.map([UInt8](repeating: 0, count: 256)))
        _ = try machine.call(0, [0, from, to])
        expected.append((machine.memory.bytes(to, 256), text))
    }
}
