import PrecastEntities
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTestSupport
import PrecastWasmTypes
import Testing

@Suite struct DecodeModuleTests {
    func message(_ bytes: [UInt8], features: FeatureSet = .default, limits: ImplementationLimits = .init()) -> String {
        do throws(DecodeError) {
            let module = try decodeModule(bytes, features: features, limits: limits)
            var reader = OperatorReader(module)
            for position in module.bodies.indices {
                try reader.begin(module.definedFunction(position))
                while !reader.isAtEnd { _ = try reader.next() }
            }
            return "accepted"
        } catch {
            return error.description
        }
    }

    @Test func everySection() throws {
        let module = try decodeModule(everythingModule().encode())
        #expect(module.types.count == 4)
        #expect(module.imports.map(\.name) == ["log", "limit"])
        #expect(module.functions.count == 3 && module.importedFunctionCount == 1)
        #expect(module.globals.count == 4 && module.importedGlobalCount == 1)
        #expect(module.globals[0].initializer == nil && module.globals[1].type == GlobalType(.i32, isMutable: true))
        #expect(module.tables.map(\.type.element) == [.function, .extern])
        #expect(module.tables[0].type.limits == Limits(minimum: 4, maximum: 8))
        #expect(module.memories == [MemoryType(limits: Limits(minimum: 1, maximum: 16))])
        #expect(module.exports.map(\.name) == ["run", "memory", "table", "global"])
        #expect(module.exports[0].item == .function(FunctionIndex(rawValue: 1)))
        #expect(module.elements.map(\.items.count) == [2, 2])
        #expect(module.dataCount == 2 && module.bodies.count == 2)
        #expect(module.bytes.text(module.data[0].contents) == "hello")
        #expect(module.functionType(of: FunctionIndex(rawValue: 0)).parameters == [.i32])
        let initializer = try #require(module.globals[1].initializer)
        #expect(module[initializer].map(\.opcode) == [.globalGet])
        guard case .active(_, let offset) = module.data[0].mode else { return #expect(Bool(false)) }
        #expect(module[offset].map(\.i32) == [8])
    }

    @Test func customSections() throws {
        let module = try decodeModule(everythingModule().encode())
        #expect(module.customSections.map(\.name) == ["name", "producers", ".debug_info"])
        let debug = try #require(module.customSection(named: ".debug_info"))
        #expect(module.bytes.copy(debug) == [1, 2, 3])
        #expect(module.names.module.map { module.bytes.text($0) } == "everything")
        #expect(module.functionNames() == ["log", "run", nil])
        #expect(module.names.locals[1, 2].map { module.bytes.text($0) } == "x")
        #expect(module.producers.first?.values.first == ProducerField.Value(name: "Swift", version: "6.3"))
    }

    @Test func brokenNameSectionIsKeptAsFarAsItGoes() throws {
        var test = TestModule()
        test.addFunction([0x01])
        test.trailing = [custom("name", section(1, vector([[0] + name("f")])) + section(2, [0xFF, 0xFF]) + [0x07, 0x70])]
        let module = try decodeModule(test.encode())
        #expect(module.functionNames() == ["f"])
    }

    @Test func operators() throws {
        let module = try decodeModule(everythingModule().encode())
        var reader = OperatorReader(module)
        try reader.begin(FunctionIndex(rawValue: 2))
        var opcodes: [Opcode] = []
        while !reader.isAtEnd {
            let op = try reader.next()
            opcodes.append(op.opcode)
            if op.opcode == .brTable {
                #expect(reader.brTableTargets == [0, 1] && op.index == 0 && op.count == 2)
            }
            if op.opcode == .f64Const { #expect(Double(bitPattern: op.f64Bits) == 1) }
        }
        #expect(opcodes.prefix(4) == [.block, .block, .localGet, .brTable] && opcodes.last == .end)
        try reader.begin(FunctionIndex(rawValue: 1))
        #expect(reader.localDeclarations == [LocalDeclaration(count: 2, type: .i32), LocalDeclaration(count: 1, type: .f64)])
    }

    @Test func memoryArguments() throws {
        var test = TestModule()
        test.addFunction([0x41, 0x00, 0x28, 0x02, 0x80, 0x10, 0x1A])
        let module = try decodeModule(test.encode())
        var reader = OperatorReader(module)
        try reader.begin(FunctionIndex(rawValue: 0))
        _ = try reader.next()
        let load = try reader.next()
        #expect(load.alignment == 2 && load.memoryOffset == 2048 && load.index == 0)
    }

    @Test func simdIsNotSupportedYet() {
        var test = TestModule()
        test.addFunction([0xFD, 0x0C] + [UInt8](repeating: 0, count: 16) + [0x1A])
        #expect(message(test.encode()).contains("feature not supported yet: simd (at offset 0x17 in function 0)"))
        var local = TestModule()
        local.addFunction(locals: [[1, v128]], [])
        #expect(message(local.encode()).contains("feature not supported yet: simd"))
        var parameter = TestModule()
        parameter.addFunction([v128], [], [])
        #expect(message(parameter.encode()).contains("feature not supported yet: simd"))
    }

    @Test(arguments: [
        ([0xFE, 0x03, 0x00], "threads"), ([0xFB, 0x00, 0x00], "gc"), ([0x08, 0x00], "exceptions"), ([0x1F, 0x40, 0x00], "exceptions"),
        ([0x14, 0x00], "function-references"), ([0xFC, 0x13], "wide-arithmetic"),
    ] as [([UInt8], String)])
    func otherFeaturesAreNotSupportedYet(_ code: [UInt8], _ feature: String) {
        var test = TestModule()
        test.addFunction(code)
        #expect(message(test.encode()).contains("feature not supported yet: \(feature)"))
    }

    @Test(arguments: [
        ([0x12, 0x00], Feature.tailCalls), ([0x41, 0x00, 0xC0, 0x1A], .signExtension), ([0xD0, 0x70, 0x1A], .referenceTypes),
        ([0xFC, 0x0D, 0x00], .bulkMemory), ([0x02, 0x00, 0x0B], .multiValue), ([0x43, 0, 0, 0, 0, 0xFC, 0x00, 0x1A], .saturatingFloatToInt),
    ] as [([UInt8], Feature)])
    func disabledFeatures(_ code: [UInt8], _ feature: Feature) {
        var test = TestModule()
        test.addFunction(code)
        #expect(message(test.encode()) == "accepted")
        let features = FeatureSet.default.subtracting(FeatureSet(feature))
        #expect(message(test.encode(), features: features).contains("\(feature.name) is not enabled"))
    }

    @Test func limits() {
        var limits = ImplementationLimits()
        limits.functions = 1
        limits.parameters = 2
        var test = TestModule()
        test.addFunction([i32, i32, i32], [], [])
        #expect(message(test.encode(), limits: limits).contains("too many parameters: 3, and the limit is 2"))
        test = TestModule()
        test.addFunction([])
        test.addFunction([])
        #expect(message(test.encode(), limits: limits).contains("too many functions"))
        test = TestModule()
        test.addFunction(locals: [[0xFF, 0xFF, 0xFF, 0xFF, 0x0F, i32]], [])
        #expect(message(test.encode()).contains("too many locals"))
        test = TestModule()
        test.addFunction(locals: [unsigned(30_000) + [i32], unsigned(20_001) + [i64]], [])
        #expect(message(test.encode()).contains("too many locals: 50001, and the limit is 50000"))
        limits.moduleSize = 7
        #expect(message(TestModule().encode(), limits: limits).contains("module too large"))
        limits = ImplementationLimits()
        limits.bodySize = 10
        test = TestModule()
        test.addFunction([UInt8](repeating: 1, count: 20))
        #expect(message(test.encode(), limits: limits).contains("function body too large: 22, and the limit is 10"))
        limits.stringSize = 3
        test = TestModule()
        test.exports = [name("long") + [0, 0]]
        #expect(message(test.encode(), limits: limits).contains("name too long"))
    }

    /// Counts near 2**32 with nothing behind them.
    @Test func hugeCounts() {
        for id in UInt8(1)...11 where id != 8 {
            let bytes = TestModule.header + section(id, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
            #expect(message(bytes) != "accepted", "section \(id)")
        }
        var test = TestModule()
        test.addFunction([0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
        #expect(message(test.encode()).contains("br_table"))
    }

    @Test func deepConstantExpressionIsReadWithoutRecursion() {
        var test = TestModule()
        test.globals = [[i32, 0x00] + (0..<500_000).flatMap { _ in [0x02, 0x40] as [UInt8] }]
        #expect(message(test.encode()).contains("unexpected end"))
    }

    @Test func everyTruncation() {
        let bytes = everythingModule().encode()
        for count in 0..<bytes.count {
            let result = message(Array(bytes[..<count]))
            #expect(result != "accepted" || isBoundary(count, in: bytes), "cut at \(count)")
        }
        #expect(message(bytes) == "accepted")
    }

    /// Whether a cut leaves whole sections, with all that the header part declares.
    func isBoundary(_ count: Int, in bytes: [UInt8]) -> Bool {
        var position = 8
        while position < count {
            var size = 0, shift = 0
            position += 1
            repeat {
                size |= Int(bytes[position] & 0x7F) << shift
                shift += 7
                position += 1
            } while bytes[position - 1] & 0x80 != 0
            position += size
        }
        return position == count
    }
}
