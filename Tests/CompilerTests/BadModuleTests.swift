import Foundation
import PrecastArtifactFormat
import PrecastCompiler
import PrecastWasmTestSupport
import Testing

/// Bad modules give a typed error; what compiles all the same gives a sound artifact. Nothing crashes.
@Suite struct BadModuleTests {
    /// Compiles, and checks the artifact if there is one. - Returns: whether there is one.
    @discardableResult private func compile(_ bytes: [UInt8], _ compiler: Compiler) throws -> Bool {
        let artifact: [UInt8]
        do throws(CompileError) { artifact = try compiler.compile(bytes) } catch {
            #expect(!"\(error)".isEmpty)
            if case .internalInconsistency(let text) = error { Issue.record("\(text)") }
            if case .emission(let text) = error { Issue.record("\(text)") }
            return false
        }
        try view(artifact) { view in
            try verifyTables(view)
            try artifact.withUnsafeBytes { try view.verifyFileDigest($0) }
        }
        return true
    }

    private func compilers() throws -> [Compiler] {
        try [OptimizationLevel.none, .standard].map { level in
            var configuration = CompilerConfiguration()
            configuration.optimizationLevel = level
            configuration.checksItself = true
            return try Compiler(configuration)
        }
    }

    @Test func everyTruncationOfASmallModule() throws {
        let bytes = everythingModule().encode()
        let compiler = try Compiler()
        #expect(try compile(bytes, compiler))
        for length in bytes.indices { try compile(Array(bytes[..<length]), compiler) }
    }

    @Test func sampledTruncationsOfALargerModule() throws {
        let bytes = generatedModule(functions: 400).encode()
        let compiler = try Compiler()
        #expect(try compile(bytes, compiler))
        var random = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            #expect(try !compile(Array(bytes[..<Int.random(in: 8..<bytes.count, using: &random)]), compiler))
        }
    }

    /// 20,000 mutations in all, or 2,000 times `$PRECAST_FUZZ_PARTS`. The seed of each is its number, so that one can be repeated alone.
    @Test(arguments: 0..<(Int(ProcessInfo.processInfo.environment["PRECAST_FUZZ_PARTS"] ?? "") ?? 10))
    func mutations(part: Int) throws {
        let modules = [
            everythingModule().encode(), generatedModule(functions: 6, seed: 3).encode(), generatedModule(functions: 3, statements: 40, seed: 4).encode(),
        ]
        let compilers = try compilers()
        var compiled = 0
        for number in part * 2000..<(part + 1) * 2000 {
            var random = SeededGenerator(seed: UInt64(number))
            // Edits of any kind hardly ever leave a valid module; a changed byte often does.
            let module = modules[number % modules.count]
            let bytes = number % 2 == 0 ? mutated(module, &random) : withOneByteChanged(module, &random)
            if try compile(bytes, compilers[number / 6 % 2]) { compiled += 1 }
        }
        #expect(compiled > 200, "\(compiled) are valid: too few to say anything about what follows validation")
    }

    private func withOneByteChanged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var result = bytes
        let position = Int.random(in: 8..<bytes.count, using: &random)
        result[position] = Bool.random(using: &random) ? result[position] ^ 1 << UInt8.random(in: 0..<8, using: &random) : .random(in: 0...255, using: &random)
        return result
    }

    @Test func sizesThatLie() throws {
        let compiler = try Compiler()
        // A vector of 2^32 - 1 entries in each section, and a section that claims to be as long.
        for id in UInt8(0)...12 {
            let count: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]
            #expect(try !compile(TestModule.header + section(id, count), compiler) || id == 0)
            #expect(try !compile(TestModule.header + [id] + count, compiler))
        }
    }

    @Test func otherFormatsAreNamed() throws {
        let compiler = try Compiler()
        #expect(throws: CompileError.self) { try compiler.compile([]) }
        #expect(throws: CompileError.self) { try compiler.compile(Array("(module)".utf8)) }
        #expect(throws: CompileError.self) { try compiler.compile(try compiler.compile(everythingModule().encode())) }
    }

    @Test func settingsThatCannotBeAreRefused() {
        var configuration = CompilerConfiguration()
        configuration.threadCount = 0
        #expect(throws: ConfigurationError.self) { try Compiler(configuration) }
        configuration = CompilerConfiguration()
        configuration.memoryReservation = 65537
        #expect(throws: ConfigurationError.self) { try Compiler(configuration) }
        configuration = CompilerConfiguration()
        configuration.disabledOptimizations = ["no-such-pass"]
        #expect(throws: ConfigurationError.self) { try Compiler(configuration) }
        #expect(throws: ConfigurationError.self) { try Target(triple: "pdp11-dec-unix") }
        #expect(throws: ConfigurationError.self) { try Target(cpu: "x86-64-v9") }
        #expect(throws: ConfigurationError.self) { try Target(features: "avx2") }
    }
}
