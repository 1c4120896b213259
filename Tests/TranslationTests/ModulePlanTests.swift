import PrecastArtifactFormat
import PrecastCompiler
import PrecastTranslation
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmValidation
import Testing

@Suite struct ModulePlanTests {
    private func plan(_ builder: ModuleBuilder) throws -> ModulePlan {
        let module = try decodeModule(builder.bytes)
        return try ModulePlan(module, validate(module).types, tunables: Tunables())
    }

    /// A module with a table of four, two functions of one type in it, and `change`.
    private func tableModule(_ change: (inout ModuleBuilder, _ type: Int) -> Void) -> ModuleBuilder {
        var builder = ModuleBuilder()
        let type = builder.type([ModuleBuilder.i32])
        builder.function(type, [])
        builder.function(builder.type([ModuleBuilder.i32]), [])
        builder.table(4)
        change(&builder, type)
        return builder
    }

    @Test func constantTableIsReadOnlyAndItsFunctionsNeedNoReference() throws {
        let plan = try plan(tableModule { builder, _ in builder.elements(at: Code.one, [1, 0]) })
        let table = try #require(plan.readOnlyTables.first)
        #expect(table.entries.map(\.function) == [.max, 1, 0, .max])
        #expect(table.entries.map(\.typeWord) == [0, 1, 1, 0])
        #expect(plan.readOnlyDataSize == 32)
        #expect(plan.functionReferences.isEmpty)
        #expect(plan.entryTrampolines.isEmpty)
    }

    @Test func laterSegmentsWin() throws {
        let plan = try plan(tableModule { builder, _ in
            builder.elements(at: Code.zero, [1, 1])
            builder.elements(at: Code.one, [0])
        })
        #expect(plan.readOnlyTables.first?.entries.map(\.function) == [1, 0, .max, .max])
    }

    /// A table is stored only if the module gives a fair part of its elements.
    @Test func emptyLargeTableIsNotReadOnly() throws {
        for (size, isReadOnly) in [(20, true), (21, false)] {
            var builder = ModuleBuilder()
            builder.function(builder.type([]), [])
            builder.table(size)
            builder.elements(at: Code.zero, [0])
            #expect(try plan(builder).readOnlyTables.isEmpty != isReadOnly)
        }
    }

    @Test func exportedTableIsNotReadOnly() throws {
        let plan = try plan(tableModule { builder, _ in
            builder.elements(at: Code.one, [0])
            builder.export(1, 0)
        })
        #expect(plan.readOnlyTables.isEmpty)
        #expect(plan.functionReferences == [FunctionIndex(index: 0)])
        #expect(plan.entryTrampolines == [TypeIndex(index: 0)])
    }

    @Test(arguments: [
        [0x41, 0, 0x25, 0, 0x1A],  // table.get
        [0x41, 0, 0xD2, 0, 0x26, 0],  // table.set
        [0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0C, 0, 0],  // table.init
        [0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0E, 0, 0],  // table.copy
        [0xD0, 0x70, 0x41, 0, 0xFC, 0x0F, 0, 0x1A],  // table.grow
        [0x41, 0, 0xD0, 0x70, 0x41, 0, 0xFC, 0x11, 0],  // table.fill
    ] as [[UInt8]]) func touchedTableIsNotReadOnly(_ code: [UInt8]) throws {
        let plan = try plan(tableModule { builder, type in
            builder.elements(at: Code.one, [0])
            builder.function(type, code)
        })
        #expect(plan.readOnlyTables.isEmpty)
    }

    @Test func tableThatTheLoaderMustCheckIsNotReadOnly() throws {
        #expect(try plan(tableModule { builder, _ in builder.elements(at: [0x41, 3], [0, 1]) }).readOnlyTables.isEmpty)
        #expect(try plan(tableModule { builder, _ in builder.elements(at: [0x41, 0x7F], [0]) }).readOnlyTables.isEmpty)
        var builder = ModuleBuilder()
        builder.importGlobal(ModuleBuilder.i32)
        builder.function(builder.type([]), [])
        builder.table(4)
        builder.elements(at: [0x23, 0], [0])
        #expect(try plan(builder).readOnlyTables.isEmpty)
    }

    @Test func importedFunctionInTableNeedsAReference() throws {
        var builder = ModuleBuilder()
        let type = builder.type([])
        _ = builder.importFunction(type)
        builder.function(type, [])
        builder.table(2)
        builder.elements(at: Code.zero, [0, 1])
        let plan = try plan(builder)
        #expect(plan.readOnlyTables.isEmpty)
        #expect(plan.functionReferences.map(\.rawValue) == [0, 1])
        #expect(plan.functionReference(FunctionIndex(index: 1)) == 1)
    }

    @Test func functionThatABodyTakesAReferenceOfHasOne() throws {
        let plan = try plan(tableModule { builder, type in
            builder.elements(at: Code.one, [0, 1])
            builder.function(type, [0xD2, 1] + Code.drop)
        })
        #expect(plan.readOnlyTables.count == 1)
        #expect(plan.functionReferences.map(\.rawValue) == [1])
        #expect(plan.functionReference(FunctionIndex(index: 0)) == nil)
    }

    @Test func trampolinesAreSharedByEqualTypes() throws {
        var builder = ModuleBuilder()
        let types = (0..<4).map { i in i == 2 ? builder.type([ModuleBuilder.i64]) : builder.type([ModuleBuilder.i32]) }
        for type in types { _ = builder.importFunction(type) }
        let functions = types.map { builder.function($0, []) }
        for function in functions.dropFirst() { builder.export(0, function) }
        let plan = try plan(builder)
        #expect(plan.hostTrampolines.map(\.rawValue) == [0, 2])
        #expect(plan.entryTrampolines.map(\.rawValue) == [0, 2])
        #expect(plan.entryTrampoline(for: TypeIndex(index: 3)) == 4)
        #expect(plan.hostTrampoline(for: TypeIndex(index: 3)) == 6)
        #expect(plan.hostTrampoline(for: TypeIndex(index: 2)) == 7)
        #expect(plan.functionCount == 8)
    }

    @Test func bodyThatDoesNotDecodeIsLeftToItsTranslation() throws {
        let plan = try plan(tableModule { builder, type in
            builder.elements(at: Code.one, [0])
            builder.function(type, [0xFF])
        })
        #expect(plan.readOnlyTables.count == 1)
    }

    @Test func layoutHasAPlaceForEverything() throws {
        let plan = try plan(tableModule { builder, _ in
            builder.memory(1)
            builder.export(0, 0)
        })
        let counts = plan.layout.counts
        #expect((counts.memories, counts.tables, counts.types, counts.functionReferences) == (1, 1, 2, 1))
    }
}
