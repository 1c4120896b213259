import PrecastArtifactFormat
import PrecastCompiler
import PrecastRuntime
import PrecastWasmTestSupport
import Testing

/// Compiled artifacts through the loader's door: each reason against one is an error of its own.
@Suite struct LoadingTests {
    private func artifact(_ change: (inout CompilerConfiguration) throws -> Void = { _ in }) throws -> [UInt8] {
        var configuration = CompilerConfiguration()
        try change(&configuration)
        return try Compiler(configuration).compile(generatedModule(functions: 5).encode())
    }

    @Test func loadsAndRuns() throws {
        let engine = try Engine()
        let image = try ArtifactImage.open(copying: try artifact(), trust: .vouched)
        let module = try Module(engine, LoadedModule(image))
        let instance = try Linker<Void>(engine).instantiate(module, in: try Store(engine, data: ()))
        let first = try #require(instance.function("first"))
        #expect(try first.call([.i32(1), .i32(2)]).count == 1)
    }

    /// Bytes behind the image change nothing that is loaded; the file's digest notices them.
    @Test func padding() throws {
        let padded = try artifact() + [UInt8](repeating: 0, count: 100_000)
        let image = try ArtifactImage.open(copying: padded, trust: .vouched)
        #expect(image.stamp.formatVersion == .current)
        try view(padded) { view in
            try verifyTables(view)
            try view.verifyImageDigest()
            #expect(throws: ArtifactError.self) { try padded.withUnsafeBytes { try view.verifyFileDigest($0) } }
        }
    }

    private func mismatch(_ bytes: [UInt8], _ change: (inout HostDescription) -> Void) throws -> Mismatch? {
        var host = HostDescription.current
        change(&host)
        do throws(LoadError) {
            _ = try ArtifactImage.open(copying: bytes, trust: .vouched, host: host)
            return nil
        } catch {
            guard case .mismatch(let mismatch) = error else { throw error }
            #expect(error.isRefusal && !error.isNotFound)
            return mismatch
        }
    }

    @Test func eachMismatchIsItsOwnError() throws {
        let bytes = try artifact()
        #expect(try mismatch(bytes) { _ in } == nil)
        let older = FormatVersion(number: FormatVersion.current.number + 1)
        #expect(try mismatch(bytes) { $0.formatVersion = older } == .formatVersion(expected: older, found: .current))
        let otherABI = ABIVersion(number: ABIVersion.current.number + 1)
        #expect(try mismatch(bytes) { $0.abiVersion = otherABI } == .abiVersion(expected: otherABI, found: .current))
        #expect(try mismatch(bytes) { $0.machine = .riscv64 } == .machine(expected: .riscv64, found: .x86_64))
        #expect(try mismatch(bytes) { $0.isLittleEndian = false } == .byteOrder(expectedLittle: false, foundLittle: true))
        let future = CompilerVersion(major: 900, minor: 0, patch: 0)
        #expect(try mismatch(bytes) { $0.minimumCompiler = future } == .compilerTooOld(minimum: future, found: .current))
        guard case .pageSize(host: 65536, _, _) = try mismatch(bytes, { $0.pageSize = 65536 }) else {
            Issue.record("an x86-64 artifact on pages of 64 KiB")
            return
        }
    }

    @Test func cpuLevels() throws {
        let bytes = try artifact { $0.target = try Target(cpu: "x86-64-v3") }
        let required = try view(bytes) { $0.stamp.requiredFeatures }
        for host in [CPUFeatures.x86_64v1, .x86_64v2, .x86_64v3, .x86_64v4] {
            let missing = required.subtracting(host)
            let expected: Mismatch? = missing.isEmpty ? nil : .cpuFeatures(machine: .x86_64, missing: missing, cpu: "elderly")
            #expect(try mismatch(bytes) { $0.features = host; $0.cpuName = "elderly" } == expected)
        }
        #expect(!required.subtracting(.x86_64v2).isEmpty, "code for v3 uses what v2 lacks")
        #expect(try mismatch(try artifact { $0.target = try Target(cpu: "x86-64") }) { $0.features = .x86_64v1 } == nil)
    }

    @Test func signals() throws {
        #expect(try mismatch(try artifact()) { $0.providesSignalTraps = false } == .signalTraps)
        #expect(try mismatch(try artifact { $0.usesSignals = false; $0.memoryReservation = 0 }) { $0.providesSignalTraps = false } == nil)
    }

    @Test func digests() throws {
        let bytes = try artifact()
        let digest = bytes.withUnsafeBytes { SHA256.digest($0) }
        _ = try ArtifactImage.open(copying: bytes, trust: .sha256(digest))
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            #expect(throws: LoadError.self) { try ArtifactImage.open(copying: changed, trust: .sha256(digest)) }
        }
    }
}
