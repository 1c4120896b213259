import PrecastEntities
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTestSupport
import PrecastWasmTypes
import PrecastWasmValidation
import Testing

@Suite struct FunctionValidatorTests {
    /// The verdict on a function `[i32 i64] -> results` in a module with a memory, a table and a mutable and an immutable global.
    func check(_ results: [UInt8] = [], _ code: [UInt8]) -> String {
        var test = TestModule()
        test.memories = [[0x00, 0x01]]
        test.tables = [[funcref, 0x00, 0x01]]
        test.globals = [[i32, 0x00, 0x41, 0x00, 0x0B], [i64, 0x01, 0x42, 0x00, 0x0B]]
        test.addFunction([i32, i64], results, code)
        return verdict(test.encode())?.message ?? "valid"
    }

    @Test(arguments: [
        ([0x20, 0x00, 0x20, 0x01, 0x6A, 0x1A], "type mismatch: instruction requires [i32] but stack has [i64] (at offset 0x35 in function 0)"),
        ([0x6A, 0x1A], "type mismatch: instruction requires [i32] but stack has []"),
        ([0x20, 0x02, 0x1A], "unknown local 2"),
        ([0x41, 0x00], "type mismatch: 1 values remain"),
        ([0x0C, 0x01], "unknown label 1"),
        ([0x23, 0x02, 0x1A], "unknown global 2"),
        ([0x41, 0x00, 0x24, 0x00], "immutable global"),
        ([0x10, 0x05], "unknown function 5"),
        ([0x41, 0x00, 0x28, 0x03, 0x00, 0x1A], "alignment must not be larger than natural"),
        ([0x41, 0x00, 0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1A], "offset out of range"),
        ([0x41, 0x00, 0x11, 0x09, 0x00], "unknown type 9"),
        ([0x41, 0x00, 0x11, 0x00, 0x01], "unknown table 1"),
        ([0xD2, 0x00, 0x1A], "undeclared function reference"),
        ([0x41, 0x00, 0x41, 0x00, 0x41, 0x00, 0x1C, 0x00], "invalid result arity"),
        ([0xD0, 0x70, 0xD0, 0x70, 0x41, 0x00, 0x1B, 0x1A], "type mismatch"),
        ([0x41, 0x00, 0x42, 0x00, 0x41, 0x00, 0x1B, 0x1A], "type mismatch: instruction requires [i32] but stack has [i64]"),
        ([0xFC, 0x0D, 0x00], "unknown elem segment 0"),
        ([0x05], "END opcode expected"),
        ([0x0B, 0x01], "unexpected content"),
        ([0x02, 0x40], "END opcode expected"),
        ([0x41, 0x00, 0x04, 0x7F, 0x41, 0x01, 0x0B, 0x1A], "type mismatch: an if without else"),
        ([0x02, 0x7F, 0x41, 0x00, 0x41, 0x00, 0x0E, 0x01, 0x01, 0x00, 0x0B, 0x1A], "type mismatch"),
        ([0x12, 0x07], "unknown function 7"),
    ] as [([UInt8], String)])
    func refused(_ code: [UInt8], _ message: String) {
        #expect(check([], code).contains(message), "\(check([], code))")
    }

    @Test(arguments: [
        [0x00, 0x6A, 0x1A],  // unreachable code pops what it likes
        [0x00, 0x1B, 0x1A],  // select of two open types
        [0x0F, 0x41, 0x00, 0x1B, 0x1A],
        [0x02, 0x7F, 0x41, 0x01, 0x20, 0x00, 0x0D, 0x00, 0x0B, 0x1A],
        [0x20, 0x00, 0x04, 0x40, 0x0F, 0x05, 0x01, 0x0B],
        [0x20, 0x00, 0x20, 0x01, 0x12, 0x00],  // return_call of itself
        [0x20, 0x00, 0x20, 0x01, 0x41, 0x00, 0x13, 0x00, 0x00],
        [0x41, 0x00, 0x41, 0x00, 0x41, 0x00, 0xFC, 0x0A, 0x00, 0x00],
        [0x41, 0x00, 0x25, 0x00, 0xD1, 0x1A],
        [0x03, 0x40, 0x0C, 0x00, 0x0B],
    ] as [[UInt8]])
    func accepted(_ code: [UInt8]) {
        #expect(check([], code) == "valid")
    }

    @Test func tailCallMustReturnTheSame() {
        #expect(check([i32], [0x20, 0x00, 0x20, 0x01, 0x12, 0x00]) == "valid")
        var test = TestModule()
        test.addFunction([], [i32], [0x41, 0x00])
        test.addFunction([], [], [0x12, 0x00])
        #expect(verdict(test.encode())?.message.contains("type mismatch: a tail call returns [i32], and the function returns []") == true)
    }

    @Test func blockParametersAndResults() {
        var test = TestModule()
        test.types = [functionType([i32, i64], [i64, i32])]
        let swap: [UInt8] = [0x02, 0x00, 0x21, 0x01, 0x21, 0x00, 0x20, 0x01, 0x20, 0x00, 0x0B]
        test.addFunction([i32, i64], [i64, i32], [0x20, 0x00, 0x20, 0x01] + swap)
        #expect(verdict(test.encode())?.message == nil)
        test.addFunction([i32, i64], [i64, i32], [0x20, 0x00] + swap)
        #expect(verdict(test.encode())?.message.contains("type mismatch: instruction requires [i64] but stack has [i32]") == true)
    }

    @Test func manyLocals() {
        var test = TestModule()
        let runs: [[UInt8]] = [unsigned(100) + [i32], unsigned(1000) + [i64], unsigned(3) + [f32], unsigned(40_000) + [f64]]
        test.addFunction([i32], [], locals: runs, [
            0x20, 0x64, 0x45, 0x1A,  // local 100 is an i32
            0x20, 0x65, 0x50, 0x1A, 0x20, 0xCC, 0x08, 0x50, 0x1A,  // locals 101 and 1100 are i64
            0x20, 0xCD, 0x08, 0x8B, 0x1A, 0x20, 0xCF, 0x08, 0x8B, 0x1A,  // 1101 and 1103 are f32
            0x20, 0xD0, 0x08, 0x99, 0x1A,  // 1104 is an f64
        ])
        #expect(verdict(test.encode())?.message == nil)
        test.addFunction([], [], locals: runs, [0x20] + unsigned(41_103) + [0x1A])
        #expect(verdict(test.encode())?.message.contains("unknown local 41103") == true)
        test = TestModule()
        test.addFunction([i32], [], locals: [unsigned(50_000) + [i32]], [])
        #expect(verdict(test.encode())?.message.contains("too many locals: 50001") == true)
    }

    @Test func deepNesting() {
        let depth = 200_000
        var test = TestModule()
        let opening = (0..<depth).flatMap { _ in [0x02, 0x40] as [UInt8] }
        test.addFunction(opening + [UInt8](repeating: 0x0B, count: depth))
        #expect(verdict(test.encode())?.message.contains("nesting too deep") == true)
        var limits = ImplementationLimits()
        limits.nesting = depth + 1
        #expect(verdict(test.encode(), limits: limits)?.message == nil)
    }

    @Test func queries() throws {
        var test = TestModule()
        test.addFunction([i32], [i32], [
            0x02, 0x7F,  // block (result i32)
            0x41, 0x01, 0x42, 0x02, 0x1A,  // i32.const, i64.const, drop
            0x0C, 0x00,  // br 0
            0x1A, 0x0B,  // drop, end
        ])
        let module = try decodeModule(test.encode())
        let context = try validate(module)
        var reader = OperatorReader(module)
        var validator = FunctionValidator(context)
        let function = FunctionIndex(rawValue: 0)
        try reader.begin(function)
        try validator.begin(function, reader)
        #expect(validator.controlDepth == 1 && validator.isReachable && validator.operandHeight == 0)
        #expect(validator.localCount == 1 && validator.parameterCount == 1 && validator.localType(0) == .i32)
        #expect(validator.localType(1) == nil)
        for _ in 0..<3 { try validator.step(try reader.next(), reader) }
        #expect(validator.controlDepth == 2 && validator.operandHeight == 2)
        #expect(validator.operandType(depth: 0) == .i64 && validator.operandType(depth: 1) == .i32)
        let block = validator.frame(depth: 0)
        #expect(block.kind == .block && block.height == 0 && block.labelTypes.single == .i32 && block.startTypes.isEmpty)
        #expect(validator.frame(depth: 1).kind == .function)
        for _ in 0..<2 { try validator.step(try reader.next(), reader) }
        #expect(!validator.isReachable && validator.operandHeight == 0 && validator.operandType(depth: 0) == .bottom)
        #expect(validator.frame(depth: 0).isUnreachable)
        for _ in 0..<2 { try validator.step(try reader.next(), reader) }
        #expect(validator.isReachable && validator.controlDepth == 1 && validator.operandType(depth: 0) == .i32)
        try validator.step(try reader.next(), reader)
        #expect(validator.controlDepth == 0 && reader.isAtEnd)
        try validator.finish(reader)
    }
}
