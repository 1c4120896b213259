import PrecastArtifactFormat
import PrecastCompiler
import PrecastWasmTestSupport
import Testing

/// The same module and configuration give the same bytes, whatever the threads do.
@Suite struct DeterminismTests {
    @Test(arguments: OptimizationLevel.allCases)
    func sameBytesOnAnyNumberOfThreads(level: OptimizationLevel) throws {
        let module = generatedModule(functions: 150).encode()
        var configuration = CompilerConfiguration()
        configuration.optimizationLevel = level
        let expected = try Compiler(configuration).compile(module)
        for threads in [1, 2, 5] {
            configuration.threadCount = threads
            #expect(try Compiler(configuration).compile(module) == expected, "\(threads) threads")
        }
    }

    /// One compiler may be used from several threads at once.
    @Test func sameBytesAtTheSameTime() async throws {
        let modules = (1...6).map { generatedModule(functions: 20, seed: UInt64($0)).encode() }
        var configuration = CompilerConfiguration()
        configuration.threadCount = 2
        let compiler = try Compiler(configuration)
        let expected = try modules.map { try compiler.compile($0) }
        try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for (index, module) in modules.enumerated() { group.addTask { (index, try compiler.compile(module)) } }
            for try await (index, artifact) in group { #expect(artifact == expected[index]) }
        }
    }

    /// Dumps, timing and progress watch; they change nothing.
    @Test func watchingChangesNothing() throws {
        let module = everythingModule().encode()
        var compiler = try Compiler()
        let expected = try compiler.compile(module)
        let points = ["translate", "opt", "opt:dead-code", "lower", "regalloc", "asm"].compactMap { DumpRequest.Point(name: $0) }
        #expect(points.count == 6)
        compiler.dump = DumpRequest(points: Set(points), function: nil) { _ in }
        compiler.progress = { _, _ in }
        #expect(try compiler.compile(module, timing: Timing()) == expected)
    }

    @Test func optionsAreInTheStamp() throws {
        let module = everythingModule().encode()
        var configuration = CompilerConfiguration()
        configuration.usesSignals = false
        configuration.memoryReservation = 0
        configuration.target = try Target(cpu: "x86-64-v3", features: "-avx2")
        let stamp = try view(try Compiler(configuration).compile(module)) { $0.stamp }
        #expect(!stamp.tunables.flags.contains(.signalTraps))
        #expect(stamp.tunables.memoryReservation == 0)
        #expect(stamp.cpuName == "x86-64-v3")
        #expect(stamp.requestedFeatures.contains(.bmi2) && !stamp.requestedFeatures.contains(.avx2))
        #expect(stamp.requiredFeatures.subtracting(stamp.requestedFeatures).isEmpty)
    }
}

/// What `body` makes of a view of the artifact.
func view<Result>(_ artifact: [UInt8], _ body: (ArtifactView) throws -> Result) throws -> Result {
    try artifact.withUnsafeBytes { try body(try ArtifactView(image: $0)) }
}
