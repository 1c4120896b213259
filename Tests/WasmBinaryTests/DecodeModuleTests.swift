import PrecastEntities
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTestSupport
import PrecastWasmTypes
import Testing

@Suite struct DecodeModuleTests {
    func message(
        _ bytes: [UInt8], features: FeatureSet = .default, supported: FeatureSet = .all, limits: ImplementationLimits = .init()
    ) -> String {
        do throws(DecodeError) {
            let module = try decodeModule(bytes, features: features, supported: supported, limits: limits)
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

    /// A feature that is on, but of no use to the caller.
    @Test func unsupportedFeatures() {
        let supported = FeatureSet.wasm2.subtracting(FeatureSet(.simd))
        func message(_ build: (inout TestModule) -> Void) -> String {
            var test = TestModule()
            build(&test)
            #expect(self.message(test.encode(), features: .all) == "accepted")
            return self.message(test.encode(), features: .all, supported: supported)
        }
        let constant = message { $0.addFunction([0xFD, 0x0C] + [UInt8](repeating: 0, count: 16) + [0x1A]) }
        #expect(constant.contains("illegal opcode v128.const: feature not supported yet: simd (at offset 0x17 in function 0)"))
        #expect(message { $0.addFunction(locals: [[1, v128]], []) }.contains("feature not supported yet: simd"))
        #expect(message { $0.addFunction([v128], [], []) }.contains("feature not supported yet: simd"))
        #expect(message { $0.tags = [[0, 0]] }.contains("feature not supported yet: exceptions (at offset 0x8)"))
        #expect(message { $0.types = [structType([])] }.contains("feature not supported yet: gc"))
        #expect(message { $0.memories = [[0x04, 0]] }.contains("feature not supported yet: memory64"))
        #expect(message { $0.memories = [[0x08, 0, 0]] }.contains("feature not supported yet: custom-page-sizes"))
        #expect(message { $0.tables = [[0x63, 0x70, 0, 0]] }.contains("feature not supported yet: function-references"))
        #expect(self.message(TestModule().encode(), features: .all, supported: supported) == "accepted")
    }

    @Test(arguments: [
        ([0xFE, 0x03, 0x00], Feature.threads), ([0xFB, 0x00, 0x00], .gc), ([0x08, 0x00], .exceptions), ([0x1F, 0x40, 0x00, 0x0B], .exceptions),
        ([0x14, 0x00], .functionReferences), ([0xFC, 0x13], .wideArithmetic), ([0xD3], .gc), ([0xFD, 0x80, 0x02], .relaxedSIMD),
        ([0xD0, 0x6E], .gc), ([0xD0, 0x00], .functionReferences), ([0xD0, 0x74], .exceptions), ([0x28, 0x42, 0x00, 0x00], .multiMemory),
        ([0xFD, 0x50], .simd),
    ] as [([UInt8], Feature)])
    func laterFeatures(_ code: [UInt8], _ feature: Feature) {
        var test = TestModule()
        test.addFunction(code)
        #expect(message(test.encode(), features: .all) == "accepted")
        let features = FeatureSet.all.subtracting(FeatureSet(feature))
        #expect(message(test.encode(), features: features).contains("the feature \(feature.name) is not enabled (at offset 0x"))
        let supported = message(test.encode(), features: .all, supported: features)
        #expect(supported.contains("feature not supported yet: \(feature.name) (at offset 0x"))
    }

    @Test func usedFeatures() throws {
        var test = TestModule()
        test.addFunction([0xD0, 0x70, 0x1A, 0xFE, 0x03, 0x00])
        test.addFunction(locals: [[1, v128]], [])
        test.tags = [[0, 0]]
        let module = try decodeModule(test.encode())
        #expect(module.usedFeatures == FeatureSet(.exceptions))
        var reader = OperatorReader(module)
        try reader.begin(FunctionIndex(rawValue: 0))
        #expect(reader.usedFeatures == [])
        while !reader.isAtEnd { _ = try reader.next() }
        #expect(reader.usedFeatures == FeatureSet(.referenceTypes, .threads))
        try reader.begin(FunctionIndex(rawValue: 1))
        #expect(reader.usedFeatures == FeatureSet(.referenceTypes, .threads, .simd))
    }

    @Test func typeSection() throws {
        var test = TestModule()
        test.types = [
            functionType([i32], []), recursive([open(structType([[0x78, 1], [0x63, 2, 0]])), open(arrayType([0x64, 1, 1]))]),
            [0x4F, 1, 1] + structType([[0x78, 1], [0x63, 2, 0], [0x77, 0]]), recursive([]),
        ]
        let module = try decodeModule(test.encode())
        #expect(module.recursionGroups == [0..<1, 1..<3, 3..<4, 4..<4])
        #expect(module.types[0].function?.parameters == [.i32] && module.subtyping[0].isFinal && !module.subtyping[0].supertype.isSome)
        #expect(module.types[1].structure?.fields.map(\.storage) == [.i8, StorageType(.reference(ReferenceType(.concrete(2), isNullable: true)))])
        #expect(module.types[1].structure?.fields.map(\.isMutable) == [true, false] && !module.subtyping[1].isFinal)
        #expect(module.types[2].array?.element.storage.unpacked == .reference(ReferenceType(.concrete(1), isNullable: false)))
        #expect(module.subtyping[3].supertype == TypeIndex(rawValue: 1) && module.subtyping[3].isFinal)
    }

    @Test func tagsAndTables() throws {
        var test = TestModule()
        test.types = [functionType([i32], [])]
        test.imports = [name("m") + name("t") + [4, 0, 0]]
        test.tags = [[0, 0]]
        test.tables = [[0x40, 0x00, funcref, 0x04, 0x01, 0xD0, 0x70, 0x0B]]
        test.exports = [name("t") + [4, 1]]
        let module = try decodeModule(test.encode())
        #expect(module.tags.count == 2 && module.importedTagCount == 1)
        #expect(module.exports[0].item == .tag(TagIndex(rawValue: 1)) && module.imports[0].item == .tag(TypeIndex(rawValue: 0)))
        #expect(module.tables[0].type.is64)
        let initializer = try #require(module.tables[0].initializer)
        #expect(module[initializer].map(\.opcode) == [.refNull])
    }

    @Test func laterImmediates() throws {
        var test = TestModule()
        test.addFunction([
            0x1F, 0x40, 0x02, 0x01, 0x03, 0x00, 0x02, 0x01, 0x0B,  // try_table (catch_ref 3 0) (catch_all 1)
            0xFB, 0x18, 0x01, 0x02, 0x6E, 0x05,  // br_on_cast 2 anyref (ref 5)
            0xFB, 0x15, 0x6C,  // ref.test i31ref
            0xFB, 0x02, 0x07, 0x09,  // struct.get 7 9
            0xFD, 0x0C, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,  // v128.const
            0xFD, 0x54, 0x40, 0x01, 0x07, 0x0C,  // v128.load8_lane 1 offset=7 12
        ])
        let module = try decodeModule(test.encode())
        var reader = OperatorReader(module)
        try reader.begin(FunctionIndex(rawValue: 0))
        let block = try reader.next()
        #expect(block.blockType == .empty && block.count == 2)
        #expect(reader.catchClauses == [
            CatchClause(.tagReference, tag: TagIndex(rawValue: 3), label: 0), CatchClause(.all, tag: .none, label: 1),
        ])
        _ = try reader.next()
        let branch = try reader.next()
        #expect(branch.index == 2 && branch.branchCastSource == ReferenceType(.any, isNullable: true))
        #expect(branch.branchCastTarget == ReferenceType(.concrete(5), isNullable: false))
        #expect(try reader.next().castTarget == ReferenceType(.i31, isNullable: true))
        let field = try reader.next()
        #expect(field.index == 7 && field.secondIndex == 9)
        let vector = try reader.next()
        #expect(vector.v128.low == 0x0807_0605_0403_0201 && vector.v128.high == 0x100F_0E0D_0C0B_0A09)
        let load = try reader.next()
        #expect(load.lane == 12 && load.memoryOffset == 7 && load.index == 1 && load.alignment == 0)
    }

    /// The hints of a function whose `if` is its second operator, and of offsets that fit nothing.
    @Test func branchHints() throws {
        func module(_ hints: [[UInt8]], name title: String = BranchHint.sectionName) throws -> Module {
            var test = TestModule()
            test.addFunction([0x41, 0x00, 0x04, 0x40, 0x0B])
            test.beforeCode = [custom(title, vector(hints))]
            return try decodeModule(test.encode())
        }
        let good = try module([[0x00, 0x01, 0x03, 0x01, 0x01]])
        let body = good.bodies[0].range
        #expect(good.branchHints == [BranchHint(function: FunctionIndex(rawValue: 0), offset: body.start + 3, isLikely: true)])
        #expect(good.customSectionErrors.isEmpty && checkBranchHints(good).isEmpty)
        let elsewhere = try module([[0x00, 0x01, 0x01, 0x01, 0x01]])
        #expect(checkBranchHints(elsewhere).first?.message.contains("invalid target") == true)
        #expect(try module([[0x00, 0x01, 0x03, 0x01, 0x02]]).customSectionErrors.first?.message.contains("value 2") == true)
        #expect(try module([[0x00, 0x01, 0x03, 0x02, 0x00, 0x00]]).customSectionErrors.first?.message.contains("2 bytes") == true)
        #expect(try module([[0x00, 0x01, 0x7F, 0x01, 0x01]]).customSectionErrors.first?.message.contains("outside") == true)
        #expect(try module([[0x00, 0x00], [0x00, 0x00]]).customSectionErrors.first?.message.contains("out of order") == true)
        #expect(try module([[0x01]], name: "other").customSectionErrors.isEmpty)
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
        for id in UInt8(1)...13 where id != 8 && id != 12 {
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
