import CRuntimeABI
import Foundation
import PrecastArtifactFormat
import PrecastWasmTypes
import Testing

@Suite struct FormatTests {
    @Test func sha256OfKnownTexts() {
        // FIPS 180-4 examples, and a million letters.
        let cases: [(String, Int, String)] = [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ]
        for (text, count, digest) in cases {
            let bytes = Array(String(repeating: text, count: count).utf8)
            #expect(bytes.withUnsafeBytes { SHA256.digest($0) }.hex == digest)
        }
    }

    @Test func sha256InPieces() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let whole = bytes.withUnsafeBytes { SHA256.digest($0) }
        for piece in [1, 3, 63, 64, 65, 129, 999] {
            var hash = SHA256()
            for start in stride(from: 0, to: 1000, by: piece) {
                bytes[start..<min(start + piece, 1000)].withUnsafeBytes { hash.update($0) }
            }
            #expect(hash.finish() == whole)
        }
        var zeros = SHA256()
        zeros.update(zeros: 200)
        #expect(zeros.finish() == [UInt8](repeating: 0, count: 200).withUnsafeBytes { SHA256.digest($0) })
    }

    @Test func digestText() {
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Bytes32(hex: text)?.hex == text)
        #expect(Bytes32(hex: text.uppercased())?.hex == text)
        #expect(Bytes32(hex: String(text.dropLast())) == nil)
        #expect(Bytes32(hex: text + "0") == nil)
        #expect(Bytes32(hex: "g" + text.dropFirst()) == nil)
    }

    @Test func stampRoundTrip() throws {
        var stamp = Stamp()
        stamp.compilerVersion = CompilerVersion(major: 3, minor: 4, patch: 5)
        stamp.machine = .aarch64
        stamp.pageSizeLog2 = 16
        stamp.requiredFeatures = CPUFeatures(bits: 0x8000_0000_0000_0001)
        stamp.requestedFeatures = CPUFeatures(bits: 0xffff)
        stamp.cpuName = "neoverse-é"
        stamp.wasmFeatures = 77
        stamp.tunables.memoryReservation = 1
        stamp.tunables.guardBefore = 2
        stamp.tunables.guardAfter = 3
        stamp.tunables.growthRoom = 4
        stamp.tunables.flags = [.fuel, .allFramePointers]
        stamp.tunables.minimumPageSize = 5
        stamp.tunables.maximumPageSize = 6
        stamp.tunables.stackReserve = 7
        stamp.tunables.uncheckedFrame = 8
        stamp.directoryAddress = 9
        stamp.directoryCount = 10
        stamp.imageSize = 11
        let key = try #require(Bytes32(hex: String(repeating: "1f", count: 32)))
        stamp.imageDigest = key
        stamp.keyID = key
        stamp.signature = (Bytes32(), key)
        let bytes = stamp.encoded
        #expect(bytes.count == Stamp.size)
        let read = try bytes.withUnsafeBytes { try Stamp($0) }
        #expect(read == stamp)
        #expect(read.cpuName == stamp.cpuName && read.tunables == stamp.tunables && read.machine == stamp.machine)
        for count in 0..<Stamp.size { #expect(throws: ArtifactError.self) { try bytes[..<count].withUnsafeBytes { try Stamp($0) } } }
    }

    @Test func stampOfAnotherVersionIsReadNoFurther() throws {
        var stamp = Stamp()
        stamp.formatVersion = FormatVersion(number: 9)
        let read = try stamp.encoded[..<16].withUnsafeBytes { try Stamp($0) }
        #expect(mismatches(of: read, on: HostDescription()) == [.formatVersion(expected: .current, found: FormatVersion(number: 9))])
    }

    @Test func recordsRoundTrip() {
        func check<Record: ArtifactRecord>(_: Record.Type, reserved: [Range<Int>] = []) {
            var generator = SeededGenerator(seed: 7)
            for _ in 0..<20 {
                var bytes = (0..<Record.size).map { _ in UInt8.random(in: 0...255, using: &generator) }
                for range in reserved { for i in range { bytes[i] = 0 } }
                var copy = [UInt8](repeating: 0, count: Record.size)
                bytes.withUnsafeBytes { bytes in
                    copy.withUnsafeMutableBytes { copy in
                        if let from = bytes.baseAddress, let to = copy.baseAddress { Record(RecordBytes(from)).store(RecordBuffer(to)) }
                    }
                }
                #expect(copy == bytes, "\(Record.self)")
            }
        }
        check(ModuleRecord.self, reserved: [136..<192])
        check(ValueTypeCode.self)
        check(TypeRecord.self, reserved: [22..<24])
        check(ExternType.self, reserved: [3..<4])
        check(ImportRecord.self, reserved: [19..<20])
        check(ExportRecord.self, reserved: [21..<24])
        check(FunctionRecord.self)
        check(WordRecord.self)
        check(ByteRecord.self)
        check(NameRecord.self)
        check(AddressRecord.self)
        check(InlineFrameRecord.self)
        check(FunctionReferenceRecord.self)
        check(ProducerRecord.self)
        check(MemoryRecord.self, reserved: [3..<4, 76..<80])
        check(TableRecord.self, reserved: [3..<4, 44..<48])
        check(GlobalRecord.self, reserved: [3..<4, 28..<32])
        check(ConstantOperatorRecord.self)
        check(ElementSegmentRecord.self, reserved: [2..<4, 24..<32])
        check(ElementRecord.self)
        check(DataSegmentRecord.self, reserved: [2..<4, 12..<16])
        check(DirectoryRecord.self)
    }

    @Test func contextLayout() throws {
        var counts = ContextCounts()
        #expect(try ContextLayout(counts).size == 64)
        counts.importedFunctions = 1
        counts.importedMemories = 1
        counts.importedTables = 2
        counts.importedGlobals = 3
        counts.memories = 1
        counts.tables = 1
        counts.globals = 2
        counts.types = 5
        counts.functionReferences = 2
        let layout = try ContextLayout(counts)
        #expect(layout.importedFunction(0) == 64)
        #expect(layout.importedMemory(0) == 80)
        #expect(layout.importedTable(1) == 104)
        #expect(layout.importedGlobal(0) == 112)
        #expect(layout.memory(0) == 144)
        #expect(layout.table(0) == 160)
        #expect(layout.global(1) == 192)
        #expect(layout.typeID(4) == 224)
        #expect(layout.functionReference(1) == 264)
        #expect(layout.size == 288)
        counts.importedTags = 3
        counts.tags = 2
        let tagged = try ContextLayout(counts)
        #expect(tagged.importedTag(2) == 160)
        #expect(tagged.memory(0) == 176)
        #expect(tagged.tag(1) == 256)
        #expect(tagged.size == 352)
        counts.importedTags = 0
        counts.tags = 0
        counts.globals = .max
        #expect(throws: ArtifactError.contextTooLarge(byteCount: 64 + 16 + 16 + 16 + 32 + 16 + 16 + 16 * UInt64(UInt32.max) + 32 + 48)) {
            try ContextLayout(counts)
        }
    }

    @Test func layoutIsTheHeadersLayout() {
        #expect(MemoryLayout<precast_vmctx>.size == Int(ContextLayout.headSize))
        #expect(MemoryLayout<precast_import_function>.size == Int(ContextLayout.importedFunctionSize))
        #expect(MemoryLayout<precast_memory>.size == Int(ContextLayout.memorySize))
        #expect(MemoryLayout<precast_table>.size == Int(ContextLayout.tableSize))
        #expect(MemoryLayout<precast_global>.size == Int(ContextLayout.globalSize))
        #expect(MemoryLayout<precast_tag>.size == Int(ContextLayout.tagSize))
        #expect(MemoryLayout<precast_function_reference>.size == Int(ContextLayout.functionReferenceSize))
    }

    /// Changing what compiled code and loader agree on changes ``ABIVersion``; changing a record changes ``FormatVersion``. Then, and only then, this hash.
    @Test func contractIsPinned() throws {
        var text = "format \(FormatVersion.current.number) abi \(ABIVersion.current.number) stamp \(Stamp.size)\n"
        for code in TrapCode.allCases { text += "trap \(code) \(code.rawValue)\n" }
        for builtin in Builtin.allCases { text += "builtin \(builtin) \(builtin.rawValue)\n" }
        for kind in TableKind.allCases { text += "table \(kind) \(kind.rawValue)\n" }
        for feature in X86Feature.allCases { text += "x86 \(feature) \(feature.rawValue)\n" }
        for feature in AArch64Feature.allCases { text += "aarch64 \(feature) \(feature.rawValue)\n" }
        for feature in RISCVFeature.allCases { text += "riscv \(feature) \(feature.rawValue)\n" }
        for feature in Feature.allCases { text += "wasm \(feature) \(feature.rawValue)\n" }
        var counts = ContextCounts()
        counts.importedFunctions = 3
        counts.importedMemories = 1
        counts.importedTables = 3
        counts.importedGlobals = 5
        counts.memories = 2
        counts.tables = 3
        counts.globals = 4
        counts.types = 7
        counts.functionReferences = 9
        counts.importedTags = 2
        counts.tags = 3
        text += "context \(try ContextLayout(counts))\n"
        let sizes = [
            ModuleRecord.size, TypeRecord.size, ImportRecord.size, ExportRecord.size, FunctionRecord.size, AddressRecord.size, InlineFrameRecord.size,
            FunctionReferenceRecord.size, ProducerRecord.size, MemoryRecord.size, TableRecord.size, GlobalRecord.size, ConstantOperatorRecord.size,
            ElementSegmentRecord.size, ElementRecord.size, DataSegmentRecord.size, DirectoryRecord.size,
            ExceptionSiteRecord.size, ExceptionHandlerRecord.size,
        ]
        text += "records \(sizes)\n"
        text += "store \(MemoryLayout<precast_store_context>.size) \(MemoryLayout<precast_store_context>.offset(of: \.pending_trap) ?? 0) "
        text += "\(MemoryLayout<precast_store_context>.offset(of: \.exit_pc) ?? 0) \(MemoryLayout<precast_store_context>.offset(of: \.entry) ?? 0)\n"
        text += "head \(MemoryLayout<precast_vmctx>.offset(of: \.store) ?? 0) \(MemoryLayout<precast_vmctx>.offset(of: \.builtins) ?? 0)\n"
        text += "reference \(MemoryLayout<precast_function_reference>.offset(of: \.type_id) ?? 0)\n"
        text += "exception \(MemoryLayout<precast_exception>.size) \(MemoryLayout<precast_exception>.offset(of: \.tag) ?? 1)\n"
        let hash = Array(text.utf8).withUnsafeBytes { SHA256.digest($0) }.hex
        #expect(hash == "b0d6eec2c96f48dfee2e336f0b6e1a3f60b2f3098f3b998ff77025f868fd419f", "\(text)")
    }

    @Test func trapMessages() {
        #expect(TrapCode.stackOverflow.message == "call stack exhausted")
        #expect(TrapCode(rawValue: 0) == nil)
        #expect(Builtin.allCases.allSatisfy { Int($0.rawValue) < Builtin.tableCount })
        #expect(Set(TrapCode.allCases.map(\.message)).count == TrapCode.allCases.count)
    }

    @Test func everyMismatchAtOnce() {
        var stamp = Stamp()
        stamp.abiVersion = ABIVersion(number: 2)
        stamp.machine = .x86_64
        stamp.operatingSystem = OperatingSystem(number: 9)
        stamp.kindNumber = 2
        stamp.requiredFeatures = .x86_64v3
        stamp.tunables.flags.insert(.fuel)
        stamp.tunables.stackReserve = 1 << 20
        var host = HostDescription()
        host.machine = .x86_64
        host.pageSize = 16384
        host.features = .x86_64v2
        host.cpuName = "elderly"
        host.minimumCompiler = CompilerVersion(major: 1, minor: 0, patch: 0)
        host.providesSignalTraps = false
        host.addressSpace = 1 << 30
        let found = mismatches(of: stamp, on: host)
        #expect(found.count == 10, "\(found)")
        #expect(found.contains(.cpuFeatures(machine: .x86_64, missing: CPUFeatures(.avx, .avx2, .bmi1, .bmi2, .lzcnt, .movbe, .fma, .f16c), cpu: "elderly")))
        #expect(found.contains { $0.text.contains("needs avx, avx2, bmi") && $0.text.contains("which the host's CPU (elderly) lacks") })
        #expect(mismatches(of: Stamp(), on: { var h = HostDescription(); h.machine = .x86_64; return h }()) == [])
    }

    @Test func featureNames() {
        for machine in Machine.all {
            for bit in UInt8(0)..<64 {
                if let name = CPUFeatures.name(of: bit, on: machine) { #expect(CPUFeatures.bit(named: name, on: machine) == bit) }
            }
        }
        #expect(CPUFeatures.named("x86-64-v3", on: .x86_64)?.contains(.bmi2) == true)
        #expect(CPUFeatures.named("pentium", on: .x86_64) == nil)
    }
}

/// A small generator with a seed (SplitMix64), so that every run tries the same.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
