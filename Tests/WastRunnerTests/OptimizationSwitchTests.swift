import Foundation
import PrecastCompiler
import PrecastWasmTestSupport
import PrecastWastRunner
import Testing

/// Scripts pass whichever optimization is left out.
@Suite struct OptimizationSwitchTests {
    private static let own = ["carry-chains", "exceptions", "small-copies", "tail-calls", "memory64-checks", "float-bounds"]
    private static let official = ["i64", "f32", "br_table", "loop", "call_indirect", "memory_copy", "simd_load", "float_exprs"]

    private static var scripts: [String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        return own.map { "\(root)/testsuite/wast/regressions/\($0).wast" } + (suiteFolder().map { folder in official.map { "\(folder)/\($0).wast" } } ?? [])
    }

    @Test(arguments: Optimization.all.map(\.name) + ["all"]) func without(_ name: String) throws {
        var configuration = CompilerConfiguration()
        configuration.features = .all
        configuration.checksItself = true
        configuration.disabledOptimizations = name == "all" ? Set(Optimization.all.map(\.name)) : [name]
        let compiler = try Compiler(configuration)
        for script in Self.scripts {
            let source = try [UInt8](Data(contentsOf: URL(fileURLWithPath: script)))
            let result = try runScript(source, name: script, compiler: compiler, skips: SkipList(parsing: ""))
            #expect(result.failures.isEmpty, "\(script): \(result.failures.prefix(3))")
            #expect(result.passed > 0)
        }
    }
}
