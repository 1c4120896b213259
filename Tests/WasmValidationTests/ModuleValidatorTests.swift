import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTestSupport
import PrecastWasmTypes
import PrecastWasmValidation
import Testing

@Suite struct ModuleValidatorTests {
    func message(_ build: (inout TestModule) -> Void) -> String {
        var test = TestModule()
        build(&test)
        return verdict(test.encode())?.message ?? "valid"
    }

    @Test func declarations() {
        #expect(message { $0.memories = [[0x01, 0x02, 0x01]] }.contains("size minimum must not be greater than maximum"))
        #expect(message { $0.memories = [[0x00] + unsigned(65_537)] }.contains("memory size must be at most 65536 pages (4GiB)"))
        #expect(message { $0.memories = [[0x00, 0x01], [0x00, 0x01]] } == "valid")
        #expect(message { $0.tables = [[funcref, 0x00] + unsigned(1 << 32)] }.contains("table size must be at most 2**32-1"))
        #expect(message { $0.imports = [name("a") + name("b") + [0, 3]] }.contains("unknown type 3"))
        #expect(message { $0.exports = [name("m") + [2, 0]] }.contains("unknown memory 0"))
        #expect(message {
            $0.addFunction([])
            $0.exports = [name("f") + [0, 0], name("f") + [0, 0]]
        }.contains("duplicate export name"))
        #expect(message {
            $0.addFunction([i32], [], [])
            $0.start = 0
        }.contains("start function"))
        #expect(message { $0.start = 1 }.contains("unknown function 1"))
    }

    @Test func constantExpressions() {
        #expect(message { $0.globals = [[i32, 0x00, 0x42, 0x00, 0x0B]] }.contains("type mismatch: expected [i32], found [i64]"))
        #expect(message { $0.globals = [[i32, 0x00, 0x0B]] }.contains("type mismatch: expected [i32], found []"))
        #expect(message { $0.globals = [[i32, 0x00, 0x01, 0x0B]] }.contains("constant expression required"))
        #expect(message { $0.globals = [[i32, 0x00, 0x23, 0x00, 0x0B]] }.contains("unknown global 0"))
        let ofMutable: [[UInt8]] = [[i32, 0x01, 0x41, 0x00, 0x0B], [i32, 0x00, 0x23, 0x00, 0x0B]]
        #expect(message { $0.globals = ofMutable }.contains("constant expression required"))
        #expect(message { $0.globals = [[funcref, 0x00, 0xD2, 0x00, 0x0B]] }.contains("unknown function 0"))
        #expect(message { $0.globals = [[i32, 0x00, 0x41, 0x01, 0x41, 0x02, 0x6C, 0x0B]] } == "valid")
        #expect(message { $0.globals = [[i32, 0x00, 0x41, 0x01, 0x6A, 0x0B]] }.contains("type mismatch"))
    }

    @Test func limitsCanBeSet() throws {
        var test = TestModule()
        test.tables = [[funcref, 0x00] + unsigned(10_000_001)]
        #expect(verdict(test.encode()) == nil)
        var limits = ImplementationLimits()
        limits.tableSize = 10_000_000
        #expect(verdict(test.encode(), limits: limits)?.message.contains("table size is limited to 10000000 elements") == true)
        test = TestModule()
        test.memories = [[0x00, 0x01], [0x00, 0x01]]
        #expect(verdict(test.encode(), features: .wasm2)?.message.contains("multiple memories") == true)
    }

    @Test func extendedConstantsCanBeOff() throws {
        var test = TestModule()
        test.globals = [[i32, 0x00, 0x41, 0x01, 0x41, 0x02, 0x6A, 0x0B]]
        let module = try decodeModule(test.encode(), features: .wasm2)
        let error = #expect(throws: ValidationError.self) { try validate(module) }
        #expect(error?.kind == .featureDisabled(.extendedConst))
    }

    @Test func mutableGlobalsCanBeOff() throws {
        var test = TestModule()
        test.globals = [[i32, 0x01, 0x41, 0x01, 0x0B]]
        try validate(decodeModule(test.encode(), features: []))
        test.exports = [name("g") + [3, 0]]
        let error = #expect(throws: ValidationError.self) { try validate(decodeModule(test.encode(), features: [])) }
        #expect(error?.kind == .featureDisabled(.mutableGlobals))
    }

    @Test func segments() {
        #expect(message { $0.elements = [[0x00, 0x41, 0x00, 0x0B, 0x00]] }.contains("unknown table 0"))
        #expect(message { $0.data = [[0x00, 0x41, 0x00, 0x0B, 0x00]] }.contains("unknown memory 0"))
        #expect(message {
            $0.tables = [[externref, 0x00, 0x01]]
            $0.elements = [[0x00, 0x41, 0x00, 0x0B, 0x00]]
        }.contains("type mismatch"))
        #expect(message { $0.elements = [[0x01, 0x00, 0x01, 0x04]] }.contains("unknown function 4"))
    }
}
