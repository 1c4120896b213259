// Running scripts of the official test suite through the real path: text → binary → artifact → loader.
//
// Input: a script, a compiler, and the list of what is skipped. Output: how many assertions passed, failed and were skipped, and
// what failed where. Every script runs in an engine and a store of its own; scripts share nothing and may run in parallel.
public import PrecastCompiler
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
public func runScript(_ source: [UInt8], name: String, compiler: Compiler, skips: SkipList) -> WastResult {
    let script: Script
    do throws(TextError) {
        script = try parseScript(source)
    } catch {
        var result = WastResult()
        result.failed = 1
        result.failures = [WastResult.Failure(line: error.line, message: error.description)]
        return result
    }
    let runner: ScriptRunner
    do {
        runner = try ScriptRunner(compiler: compiler, skips: skips.entries(for: name))
    } catch {
        var result = WastResult()
        result.failed = 1
        result.failures = [WastResult.Failure(line: 1, message: "\(error)")]
        return result
    }
    runner.run(script.commands)
    return runner.result
}
