import Foundation
import PrecastArtifactFormat
import PrecastCompiler
import PrecastUnwindAnalysis
import PrecastWasmTestSupport
import PrecastWasmText
import Testing

private let machines: [Machine] = [.x86_64, .aarch64]

private func compilers(_ levels: [OptimizationLevel] = [.none, .standard]) throws -> [(name: String, compiler: Compiler)] {
    try machines.flatMap { machine in
        try levels.map { level in
            var configuration = CompilerConfiguration()
            configuration.features = .all
            configuration.target = Target(baselineOf: machine)
            configuration.optimizationLevel = level
            return ("\(machine.name) \(level)", try Compiler(configuration))
        }
    }
}

/// The same numbers each time (SplitMix64).
private struct FixedRandom: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

private func report(_ artifact: [UInt8]) throws -> UnwindReport {
    try artifact.withUnsafeBytes { try checkUnwinding(of: try ArtifactView(image: $0)) }
}

/// Calls with arguments on the stack, tail calls that need more and less of them, a switch, an exception caught, a division that traps, an early return.
private let everything = """
    (module
      (type $wide (func (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)))
      (import "host" "f" (func $host (param i64 f64) (result i64)))
      (table 2 funcref) (elem (i32.const 0) $wide $narrow)
      (tag $t (param i64))
      (memory (export "m") 1)
      (func $wide (export "wide") (type $wide)
        (call_indirect (param i64) (result i64) (i64.add (local.get 11) (i64.load (i32.const 8))) (i32.const 1)))
      (func $narrow (export "narrow") (param i64) (result i64)
        (if (i64.eqz (local.get 0)) (then (return (i64.const 1))))
        (return_call $wide (local.get 0) (call $host (local.get 0) (f64.const 1)) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6)
          (i64.const 7) (i64.const 8) (i64.const 9) (local.get 0) (call $narrow (i64.sub (local.get 0) (i64.const 1)))))
      (func $less (export "less") (type $wide) (return_call $narrow (i64.div_s (local.get 11) (local.get 3))))
      (func (export "switch") (param i32 i64) (result i64)
        (block $c (block $b (block $a (br_table $a $b $c $a $b $c (local.get 0)))
            (return (call $narrow (local.get 1))))
          (return (call $less (local.get 1) (local.get 1) (local.get 1) (local.get 1) (local.get 1) (local.get 1) (local.get 1) (local.get 1)
            (local.get 1) (local.get 1) (local.get 1) (local.get 1))))
        (call $host (local.get 1) (f64.const 2)))
      (func (export "catch") (param i64) (result i64)
        (block $caught (result i64)
          (try_table (result i64) (catch $t $caught)
            (if (i64.eqz (local.get 0)) (then (throw $t (i64.const 5))))
            (i64.add (call $narrow (local.get 0)) (call $host (local.get 0) (f64.const 3)))))))
    """

@Suite struct UnwindAnalysisTests {
    @Test func everythingIsExact() throws {
        let module = try parseText(everything)
        for (name, compiler) in try compilers() {
            let report = try report(try compiler.compile(module))
            #expect(report.isExact, "\(name): \(report.text)")
            #expect(report.functions >= 6 && report.instructions > 150, "\(name): \(report.text)")
        }
    }

    private static let official = [
        "br_table", "call", "call_indirect", "call_ref", "fac", "float_exprs", "func", "left-to-right", "memory_grow", "return_call", "return_call_indirect",
        "return_call_ref", "simd_splat", "skip-stack-guard-page", "table_init", "throw", "throw_ref", "try_table", "unwind",
    ]
    private static var scripts: [URL] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../testsuite/wast/regressions")
        let own = (try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? []
        let suite = suiteFolder().map { folder in official.map { URL(fileURLWithPath: "\(folder)/\($0).wast") } } ?? []
        return own.filter { $0.pathExtension == "wast" } + suite
    }

    /// All modules of our own scripts, and of those of the official suite that are about calls.
    @Test(arguments: scripts) func scriptIsExact(_ file: URL) throws {
        let script = try parseScript([UInt8](try Data(contentsOf: file)))
        let compilers = try compilers()
        for command in script.commands {
            guard case .module(let module) = command.kind, let bytes = try? module.encode() else { continue }
            for (name, compiler) in compilers {
                guard let artifact = try? compiler.compile(bytes) else { continue }
                let report = try report(artifact)
                #expect(report.isExact, "line \(command.line), \(name): \(report.text)")
            }
        }
    }

    /// A wrong table is found: nearly every byte of it counts.
    @Test(arguments: machines) func changedTables(_ machine: Machine) throws {
        let module = try parseText(everything)
        for (name, compiler) in try compilers([.standard]) where name.hasPrefix(machine.name) {
            var artifact = try compiler.compile(module)
            let row = try artifact.withUnsafeBytes { try #require(try ArtifactView(image: $0).entry(.unwind)) }
            var found = 0, count = 0
            for at in Int(row.address)..<Int(row.address + row.byteCount) where artifact[at] != 0 {
                artifact[at] ^= 1
                count += 1
                do { if try !report(artifact).isExact { found += 1 } } catch is UnwindCheckError { found += 1 }
                artifact[at] ^= 1
            }
            #expect(count > 100 && found * 100 >= count * 85, "\(name): \(found) of \(count) changes found")
            print("\(name): \(found) of \(count) changes of .eh_frame found")
        }
    }

    /// Any code gets a report.
    @Test(arguments: machines) func changedCode(_ machine: Machine) throws {
        let module = try parseText(everything)
        for (name, compiler) in try compilers([.none]) where name.hasPrefix(machine.name) {
            var artifact = try compiler.compile(module)
            let row = try artifact.withUnsafeBytes { try #require(try ArtifactView(image: $0).entry(.text)) }
            var random = FixedRandom(state: 7)
            for _ in 0..<2000 {
                let at = Int(UInt64.random(in: row.address..<row.address + row.byteCount, using: &random)), old = artifact[at]
                artifact[at] = UInt8.random(in: 0...255, using: &random)
                _ = try report(artifact)
                if Bool.random(using: &random) { artifact[at] = old }
            }
        }
    }
}
