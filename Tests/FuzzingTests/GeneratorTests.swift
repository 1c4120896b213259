import PrecastCompiler
import PrecastFuzzing
import PrecastWasmTypes
import Testing

struct GeneratorTests {
    /// All that the front end knows: what is not compiled yet is valid all the same.
    @Test func modulesAreValid() throws {
        var settings = CompilerConfiguration()
        settings.features = .all
        let compiler = try Compiler(settings)
        for features in [FeatureSet.wasm1, .wasm2, .implemented, .all] {
            var generator = Generator(features: features)
            for seed in 0..<100 as Range<UInt64> { try compiler.validate(generator.module(seed: seed).encode()) }
        }
    }

    @Test func aSeedGivesOneModule() {
        var generator = Generator(features: .all)
        let modules = (0..<20 as Range<UInt64>).map { generator.module(seed: $0).encode() }
        #expect(Set(modules).count == 20)
        for seed in (0..<20 as Range<UInt64>).reversed() { #expect(generator.module(seed: seed).encode() == modules[Int(seed)]) }
    }
}
