// Running scripts of the official test suite through the real path: text → binary → artifact → loader.
//
// Input: a script, a compiler, and the list of what is skipped. Output: how many assertions passed, failed and were skipped, and
// what failed where. Every script runs in an engine and a store of its own, in this process or another (`ScriptExecutor`); scripts share
// nothing and may run in parallel.
public import PrecastCompiler
public import PrecastWasmTypes
import PrecastWasmText

/// What running a script, or several, came to.
public struct WastResult: Sendable {
    public struct Failure: Sendable {
        public var line: Int
        public var message: String
    }

    public var passed = 0
    public var failed = 0
    public var skipped = 0
    public var failures: [Failure] = []

    public init() {}

    /// A single failure.
    public init(failure message: String, line: Int) {
        failed = 1
        failures = [Failure(line: line, message: message)]
    }

    /// `N passed, N failed, N skipped`
    public var summary: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }

    public static func += (left: inout WastResult, right: WastResult) {
        left.passed += right.passed
        left.failed += right.failed
        left.skipped += right.skipped
        left.failures += right.failures
    }
}

/// Runs a script. Assertions and bare actions count; a module that should work and does not counts as a failure.
///
/// - Parameters:
///   - source: the script's text.
///   - name: its path; entries of `skips` name its end.
///   - runner: the process to run its modules in; nil: this one.
public func runScript(_ source: [UInt8], name: String, compiler: Compiler, skips: SkipList, runner process: RunnerProcess? = nil) -> WastResult {
    let script: Script
    do throws(TextError) {
        script = try parseScript(source)
    } catch {
        return WastResult(failure: error.description, line: error.line)
    }
    let runner: ScriptRunner
    do throws(RunnerError) {
        runner = try ScriptRunner(compiler: compiler, skips: skips.entries(for: name)) { () throws(RunnerError) in
            if let process { try process.executor() } else { try LocalExecutor() }
        }
    } catch {
        return WastResult(failure: "\(error)", line: 1)
    }
    runner.run(script.commands)
    runner.finish()
    runner.checkSkips()
    return runner.result
}

/// The features that a script of the suite is about: those of WebAssembly 3.0 with threads, in the folder of a proposal those it
/// adds, and in that of threads, which is older than they are, neither several tables nor several memories.
public func scriptFeatures(_ path: String) -> FeatureSet {
    func isIn(_ folder: String) -> Bool { path.contains("proposals/\(folder)/") }
    if isIn("threads") { return FeatureSet.wasm2.subtracting(FeatureSet(.referenceTypes)).union(FeatureSet(.threads)) }
    if isIn("wide-arithmetic") { return FeatureSet.default.union(FeatureSet(.wideArithmetic)) }
    if isIn("custom-page-sizes") { return FeatureSet.default.union(FeatureSet(.customPageSizes)) }
    return .default
}
