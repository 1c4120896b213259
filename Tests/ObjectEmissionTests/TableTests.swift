import Foundation
import PrecastArtifactFormat
import PrecastMachineCode
import PrecastObjectEmission
import Testing

/// What a reader finds in the tables of the sample.
@Suite struct TableTests {
    /// The bytes are part of the format: a change here is a change that the next release must still read. `BLESS=1` rewrites the file.
    @Test func bytesArePinned() throws {
        let bytes = try writeArtifact(sampleModule())
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../testsuite/artifact/sample.pwasm")
        if ProcessInfo.processInfo.environment["BLESS"] == "1" { try Data(bytes).write(to: url) }
        #expect([UInt8](try Data(contentsOf: url)) == bytes)
    }

    @Test func opensAndVerifies() throws {
        try withSampleView { view, bytes in
            try verifyTables(view)
            try view.verifyImageDigest()
            try view.verifyFileDigest(bytes)
            #expect(view.stamp.cpuName == "x86-64-v2")
            #expect(view.stamp.requiredFeatures == .x86_64v2)
            #expect(view.header.textRange.lowerBound % 4096 == 0)
        }
    }

    @Test func codeAndTraps() throws {
        try withSampleView { view, _ in
            let functions = try view.table(.functions, of: FunctionRecord.self)
            #expect((0..<3).map { functions[unchecked: $0].functionIndex } == [2, noIndex, 1])
            #expect(functions.containing(31) == nil)
            let leaf = try #require(functions.containing(48 + 5))
            #expect(leaf.functionIndex == 1 && leaf.isFrameless)
            let traps = try view.table(.trapOffsets, of: WordRecord.self)
            let row = try #require(traps.row(of: 48 + 3))
            #expect(try view.table(.trapCodes, of: ByteRecord.self).record(row).value == TrapCode.unreachable.rawValue)
            let type = try view.table(.types, of: TypeRecord.self).record(0)
            #expect(type.entryTrampoline == 32 && type.hostTrampoline == noIndex)
            #expect(try view.table(.definedFunctions, of: WordRecord.self).record(2).value == noIndex)
        }
    }

    @Test func addressesLeadThroughInlinedFrames() throws {
        try withSampleView { view, _ in
            let map = try AddressMap(view)
            #expect(map.location(22).wasmOffset == 210)
            #expect(map.location(23).wasmOffset == 200)
            #expect(map.location(32).isUnknown)
            let row = try #require(map.location(51).inlineRow)
            let frame = try view.table(.inlineFrames, of: InlineFrameRecord.self).record(row)
            #expect(frame == InlineFrameRecord(functionIndex: 3, wasmOffset: 300, caller: .wasm(offset: 110)))
        }
    }

    @Test func relocationsAndFixupsReachTheirTargets() throws {
        try withSampleView { view, _ in
            let text = try view.region(.text), data = try view.region(.readOnlyData)
            let textAddress = Int(try #require(try view.entry(.text)).address), dataAddress = Int(try #require(try view.entry(.readOnlyData)).address)
            func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int { Int(bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)) }
            #expect(textAddress + 18 + word(text, 14) == dataAddress + 8)
            #expect(23 + word(text, 19) == 48)
            #expect(dataAddress + word(data, 0) == textAddress + 48)
            #expect(word(data, 12) == 0)
        }
    }

    @Test func exportsAreSortedAndImportsInOrder() throws {
        try withSampleView { view, _ in
            let exports = try view.table(.exports, of: ExportRecord.self)
            let names = try (0..<exports.count).map { String(decoding: try view.name(exports[unchecked: $0].name), as: UTF8.self) }
            #expect(names == ["add", "memory", "run"])
            #expect(exports[unchecked: 2].functionReference == 1)
            let item = try view.table(.imports, of: ImportRecord.self).record(0)
            #expect(String(decoding: try view.name(item.module), as: UTF8.self) == "env")
            #expect(item.type == .function(typeIndex: 1))
        }
    }

    @Test func memoryImage() throws {
        try withSampleView { view, _ in
            let memory = try view.table(.memories, of: MemoryRecord.self).record(0)
            #expect(memory.imageOffset == 4096 && memory.imageByteCount == 12288)
            let image = view.image.bytes[Int(memory.imageAddress)..<Int(memory.imageAddress + memory.imageByteCount)]
            #expect(image[image.startIndex + 5000 - 4096] == 7 && image[image.startIndex + 5000 - 4096 - 1] == 0)
            #expect(Array(image[(image.startIndex + 6000 - 4096)...].prefix(4)) == [1, 2, 3, 7])
            let segments = try view.table(.dataSegments, of: DataSegmentRecord.self)
            #expect(segments[unchecked: 0].isInImage && segments[unchecked: 2].isInImage && !segments[unchecked: 1].isInImage)
            #expect(String(decoding: try view.region(.data), as: UTF8.self) == "passive")
        }
    }

    /// The image ends where a segment's place is not known, and thin or small data gets none.
    @Test(arguments: [
        ([(0, 5000), (-1, 10), (8000, 100)], [true, false, false]),
        ([(0, 5000), (131000, 100)], [true, false]),
        ([(0, 100)], [false]),
        ([(0, 5000), (120000, 100)], [false, false]),
        ([(126072, 5000)], [true]),
    ])
    func imagePlanning(segments: [(Int, Int)], inImage: [Bool]) throws {
        var module = LinkedModule()
        module.metadata.memories = [.init(type: .memory(minimum: 2, maximum: nil), reservation: 0, guardBefore: 0, guardAfter: 0, isMovable: true)]
        module.metadata.globals = [.init(type: .global(.i32, mutable: false), initializer: [])]
        module.metadata.dataSegments = segments.map { place, count in
            let offset = place < 0 ? ConstantOperatorRecord(.globalGet) : ConstantOperatorRecord(.i32Constant, low: UInt64(place))
            return .init(mode: .active, offset: [offset], bytes: [UInt8](repeating: 1, count: count))
        }
        let bytes = try writeArtifact(module)
        try bytes.withUnsafeBytes { bytes in
            let view = try ArtifactView(image: bytes)
            try verifyTables(view)
            let rows = try view.table(.dataSegments, of: DataSegmentRecord.self)
            #expect((0..<rows.count).map { rows[unchecked: $0].isInImage } == inImage)
        }
    }

    @Test func manyFunctionsStayConsistent() throws {
        var module = LinkedModule()
        module.metadata.types = [.function(parameters: [], results: [])]
        module.metadata.definedFunctionCount = 3000
        for index in 0..<3000 {
            var function = CompiledFunction()
            function.code = [UInt8](repeating: 0x90, count: index % 700) + [0x0f, 0x0b]
            function.traps = [TrapSite(offset: UInt32(index % 700), code: 1)]
            function.unwind = index % 700 > 300 ? [UnwindStep(offset: 299, rule: .defineCFA(register: 7, offset: 4096))] : []
            module.functions.append(EmittedFunction(function, functionIndex: UInt32(index), typeIndex: 0))
        }
        module.layoutOrder = Array((0..<3000).reversed())
        let bytes = try writeArtifact(module)
        try bytes.withUnsafeBytes { try verifyTables(try ArtifactView(image: $0)) }
        try withFile(bytes) { path in
            let frames = try run(["readelf", "--debug-dump=frames", path])
            let all = try run(["readelf", "-aW", path])
            #expect(frames.errors == "" && all.errors == "")
        }
    }
}

private func withSampleView(_ body: (ArtifactView, UnsafeRawBufferPointer) throws -> Void) throws {
    try writeArtifact(sampleModule()).withUnsafeBytes { try body(try ArtifactView(image: $0), $0) }
}
