import PrecastArtifactFormat
import PrecastIR
import PrecastModuleInterpreter
import PrecastWasmModel
import PrecastWasmValidation
import Testing

@Suite struct FunctionTranslatorTests {
    private static let i32 = ModuleBuilder.i32

    private func module(_ code: [UInt8], locals: [(Int, UInt8)] = [], parameters: [UInt8] = [i32], results: [UInt8] = []) -> [UInt8] {
        var builder = ModuleBuilder()
        builder.function(builder.type(parameters, results), locals: locals, code)
        return builder.bytes
    }

    /// Translates the one function; returns it after verification.
    private func translated(_ bytes: [UInt8]) throws -> Function {
        let module = try TranslatedModule(bytes)
        return try module.function(0)
    }

    // MARK: Errors

    @Test func invalidBodyIsRefusedWhereItIsWrong() throws {
        let module = try TranslatedModule(module([0x20, 0, 0x7C] + Code.drop))
        let offset = Int(module.module.bodies[0].range.start) + 3
        let error = #expect(throws: ModuleError.self) { _ = try module.function(0) }
        guard case .validation(let invalid) = error else {
            Issue.record("expected a validation error, found \(String(describing: error))")
            return
        }
        #expect(invalid.offset == offset)
        #expect(invalid.message.contains("type mismatch"))
    }

    @Test func unreachableCodeIsValidated() throws {
        let module = try TranslatedModule(module([0x00] + Code.zero + [0x42, 0, 0x6A] + Code.drop))
        #expect(throws: ModuleError.self) { _ = try module.function(0) }
    }

    @Test func malformedBodyIsRefused() throws {
        let module = try TranslatedModule(module([0xFF]))
        let error = #expect(throws: ModuleError.self) { _ = try module.function(0) }
        guard case .decode = error else {
            Issue.record("expected a decoding error, found \(String(describing: error))")
            return
        }
    }

    @Test func translatorWorksOnAfterAnError() throws {
        var builder = ModuleBuilder()
        let type = builder.type([Self.i32], [Self.i32])
        builder.function(type, Code.loop + Code.localGet(0) + [0x7C])
        builder.function(type, Code.localGet(0))
        let module = try TranslatedModule(builder.bytes)
        #expect(throws: ModuleError.self) { _ = try module.function(0) }
        let function = try module.function(1)
        try verify(function)
        #expect(function.layout.blocks.reduce(0) { n, _ in n + 1 } == 1)
    }

    // MARK: Order and reuse

    @Test func resultDoesNotDependOnWhatWasTranslatedBefore() throws {
        let files = try GoldenTests.files.map {
            try GoldenFile(String(contentsOf: GoldenTests.directory.appendingPathComponent($0), encoding: .utf8))
        }
        for golden in files {
            let module = try TranslatedModule(golden.binary, features: golden.features)
            var forward: [String] = [], backward: [String] = []
            for i in module.module.bodies.indices { forward.append(print(try module.function(i))) }
            for i in module.module.bodies.indices.reversed() { backward.append(print(try module.function(i))) }
            #expect(forward == backward.reversed())
        }
    }

    // MARK: Source locations

    @Test func everyInstructionNamesItsOperator() throws {
        let bytes = module(
            Code.localGet(0) + Code.localGet(0) + [0x6D] + Code.if + Code.one + Code.localSet(0) + Code.end + Code.localGet(0),
            results: [Self.i32])
        let module = try TranslatedModule(bytes)
        let function = try module.function(0)
        let start = module.module.bodies[0].range.start + 1
        var found: [String: UInt32] = [:]
        for block in function.layout.blocks {
            for inst in function.layout.instructions(block) {
                let location = function.dfg.locations[inst.index]
                try #require(location.isSome)
                found[function.dfg.instructions[inst].opcode.name] = function.sourceLocations[location].offset - start
            }
        }
        #expect(found == ["sdiv": 4, "br_if": 5, "iconst": 7, "jump": 11, "return": 14])
    }

    // MARK: Size

    /// A function whose cost must stay linear, and whether its locals end up in the frame.
    struct Large: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: [UInt8]
        var locals = 10
        var isInFrame = false
    }
    private static let manyLocals = 40_000
    static let large: [Large] = [
        Large(testDescription: "nested blocks", code: Code.repeated(90_000, Code.block) + Code.repeated(90_000, Code.end)),
        Large(
            testDescription: "nested loops",
            code: Code.repeated(90_000, Code.loop) + Code.localGet(0) + Code.localSet(1) + Code.repeated(90_000, Code.localGet(1) + Code.brIf(0) + Code.end)),
        Large(
            testDescription: "nested ifs",
            code: Code.repeated(90_000, Code.localGet(0) + Code.if) + Code.one + Code.localSet(1) + Code.repeated(90_000, Code.end)),
        Large(testDescription: "joins", code: Code.repeated(100_000, Code.localGet(0) + Code.if + Code.one + Code.localSet(1) + Code.end) + Code.localGet(1) + Code.drop),
        Large(
            testDescription: "locals", code: (1..<manyLocals).flatMap { Code.localGet($0 - 1) + Code.localSet($0) }, locals: manyLocals),
        Large(
            testDescription: "many locals through many branches",
            code: Code.repeated(50_000, Code.localGet(0) + Code.brIf(0)) + (1..<manyLocals).flatMap { Code.localGet($0) + Code.drop },
            locals: manyLocals, isInFrame: true),
        Large(
            testDescription: "many locals through many joins",
            code: Code.repeated(50_000, Code.localGet(0) + Code.if + Code.end) + (1..<manyLocals).flatMap { Code.localGet($0) + Code.drop },
            locals: manyLocals, isInFrame: true),
        Large(
            testDescription: "many locals around many back edges",
            code: Code.loop + (1..<manyLocals).flatMap { Code.localGet($0) + Code.localSet(1) } + Code.repeated(50_000, Code.localGet(0) + Code.brIf(0)) + Code.end,
            locals: manyLocals, isInFrame: true),
    ]

    @Test(arguments: large) func largeFunction(_ large: Large) throws {
        let function = try translated(module(large.code, locals: [(large.locals, Self.i32)]))
        #expect(function.dfg.stackSlots.isEmpty == !large.isInFrame)
        #expect(function.dfg.values.count < 4 * large.code.count)
    }

    @Test func localsInTheFrameKeepTheirTypesAndStartAsZero() throws {
        let count = 4 * 10_000
        let runs = (0..<count / 4).flatMap { _ in [(1, ModuleBuilder.i32), (1, ModuleBuilder.i64), (1, ModuleBuilder.f32), (1, ModuleBuilder.f64)] }
        let code = Code.repeated(50_000, Code.localGet(0) + Code.if + Code.end) + (1..<count).flatMap { Code.localGet($0) + Code.localSet($0) }
        let function = try translated(module(code, locals: runs))
        try verify(function)
        #expect(function.dfg.stackSlots.storage == [StackSlotData(size: UInt32(8 * (count + 1)), alignment: 8)])
        let stores = function.layout.instructions(function.entry).filter { function.dfg.instructions[$0].opcode == .store }
        // The parameter, and zeros for two locals at a time.
        #expect(stores.count == count / 2 + 1)
    }

    @Test func tableOfBranchesSharesItsArguments() throws {
        var builder = ModuleBuilder()
        let wide = builder.type([], Array(repeating: ModuleBuilder.i32, count: 500))
        let entries = 60_000
        let code = [0x02] + leb(wide) + Code.repeated(500, Code.zero) + Code.localGet(0) + [0x0E] + leb(entries) + Code.repeated(entries + 1, [0]) + Code.end
        builder.function(builder.type([ModuleBuilder.i32]), code + Code.repeated(500, Code.drop))
        let function = try translated(builder.bytes)
        try verify(function)
        #expect(function.dfg.values.count < 2_000)
    }

    @Test func passingTooManyValuesIsAnError() throws {
        var builder = ModuleBuilder()
        let wide = Array(repeating: ModuleBuilder.i32, count: 900)
        let type = builder.type(wide, wide)
        builder.function(type, (0..<900).flatMap { Code.localGet($0) } + Code.repeated(100_000, Code.call(0)))
        let module = try TranslatedModule(builder.bytes)
        let error = #expect(throws: ModuleError.self) { _ = try module.function(0) }
        guard case .validation(let refused) = error else {
            Issue.record("expected a validation error, found \(String(describing: error))")
            return
        }
        #expect(refused.kind == .limitExceeded)
        #expect(refused.message.contains("too complex"))
    }
}
