import Foundation
import PrecastArtifactFormat
import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import Testing
@testable import PrecastProfiling

/// Profiles of real runs. One profiler runs at a time.
@Suite(.serialized) struct GuestProfilerTests {
    static let levels: [OptimizationLevel] = [.none, .standard]

    /// Its functions take time in themselves, in a callee without a frame, in recursion, in a builtin, in the host, and in a guest that the host calls.
    private static let module = #"""
        (module
          (import "env" "work" (func $work (param i32) (result i32)))
          (import "env" "again" (func $again (param i32) (result i32)))
          (memory (export "memory") 64)
          (func $spin (param $n i32) (result i32) (local $x i32)
            (loop $l
              (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 31)) (i32.rotl (local.get $n) (local.get $x))))
              (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $x))
          (func $recurse (param $depth i32) (param $n i32) (result i32)
            (if (result i32) (local.get $depth)
              (then (i32.add (i32.const 1) (call $recurse (i32.sub (local.get $depth) (i32.const 1)) (local.get $n))))
              (else (call $spin (local.get $n)))))
          (func $copies (param $n i32) (result i32)
            (loop $l
              (memory.copy (i32.const 8) (i32.const 0) (i32.const 4000000))
              (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $n))
          (func $host_calls (param $n i32) (result i32) (call $work (local.get $n)))
          (func (export "inner") (param $n i32) (result i32) (call $spin (local.get $n)))
          (func (export "run") (param $n i32) (result i32)
            (drop (call $recurse (i32.const 9) (local.get $n)))
            (drop (call $copies (i32.const 4)))
            (drop (call $host_calls (local.get $n)))
            (drop (call $again (local.get $n)))
            (call $spin (local.get $n))))
        """#

    private func artifact(_ level: OptimizationLevel) throws -> [UInt8] {
        var configuration = CompilerConfiguration()
        configuration.optimizationLevel = level
        return try Compiler(configuration).compile(try parseText(Self.module))
    }

    private final class Guest {
        var inner: Function?
    }

    private func instance(_ artifact: [UInt8]) throws -> Instance {
        var configuration = EngineConfiguration()
        configuration.marksHostCalls = true
        let engine = try Engine(configuration)
        let guest = Guest(), store = try Store(engine, data: guest), linker = Linker<Guest>(engine)
        try linker.define("env", "work", type: FunctionType(parameters: [.i32], results: [.i32])) { _, arguments in
            guard case .i32(let count) = arguments[0] else { return [.i32(0)] }
            var sum = count
            for number in 0..<count { sum = sum &* 31 ^ number }
            return [.i32(sum)]
        }
        try linker.define("env", "again", type: FunctionType(parameters: [.i32], results: [.i32])) { caller, arguments throws(HostError) in
            do throws(CallError) { return try caller.data.inner?.call(arguments) ?? [] } catch { throw .failure("\(error)") }
        }
        let instance = try linker.instantiate(try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched))), in: store)
        guest.inner = instance.function("inner")
        return instance
    }

    /// Runs the module until there are enough samples for all that is asked of them.
    private func profile(_ artifact: [UInt8], samples: Int) throws -> GuestProfile {
        let instance = try instance(artifact)
        let run = try #require(instance.function("run"))
        let profiler = try GuestProfiler(frequency: 2000)
        let limit = Date(timeIntervalSinceNow: 60)
        while profiler.sampleCount < samples, Date() < limit { _ = try run.call([.i32(300_000)]) }
        return profiler.stop()
    }

    /// A sample's functions, outermost first.
    private func stack(_ profile: GuestProfile, _ sample: GuestProfile.Sample) -> [GuestProfile.Frame] {
        var stack: [GuestProfile.Frame] = [], node = sample.node
        while let number = node {
            stack.append(profile.frames[profile.nodes[number].frame])
            node = profile.nodes[number].parent
        }
        return stack.reversed()
    }

    @Test(arguments: levels) func everyStackIsWhole(level: OptimizationLevel) throws {
        let profile = try profile(try artifact(level), samples: 600)
        #expect(profile.samples.count >= 600)
        #expect(profile.lostCount == 0)
        var seen: Set<[String]> = []
        for sample in profile.samples {
            let stack = stack(profile, sample)
            // On its way in or out no frame of the guest's is there yet, or any more.
            if stack.isEmpty { continue }
            #expect(stack[0].name == "function 6" || stack[0].name == "run", "\(stack.map { $0.name })")
            #expect(!stack.contains { $0.kind == .cut }, "\(stack.map { $0.name })")
            seen.insert(stack.map { $0.name })
        }
        let innermost = Set(seen.compactMap { $0.last })
        #expect(innermost.contains("spin") && innermost.contains("[host] memoryCopy") && innermost.contains("[host] work"), "\(innermost)")
        #expect(seen.contains { $0.last == "[host] memoryCopy" && $0.contains("copies") })
        #expect(seen.contains { $0.last == "[host] work" && $0.dropLast().last == "host_calls" })
        // Through the host into the guest again.
        #expect(seen.contains { $0.contains("[host] again") && $0.last == "spin" })
        #expect(seen.contains { $0.filter { $0 == "recurse" }.count == 10 && $0.last == "spin" })
        #expect(profile.frames.contains { $0.kind == .inlined } == (level != .none))
    }

    @Test func threadsHaveSamplesOfTheirOwn() throws {
        let artifact = try artifact(.standard)
        let profiler = try GuestProfiler()
        let limit = Date(timeIntervalSinceNow: 60)
        let group = DispatchGroup()
        for _ in 0..<2 {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                guard let instance = try? instance(artifact), let run = instance.function("run") else { return }
                while profiler.sampleCount < 200, Date() < limit { _ = try? run.call([.i32(100_000)]) }
            }
        }
        group.wait()
        let profile = profiler.stop()
        #expect(profile.threads.count == 2)
        #expect(Set(profile.samples.map { $0.thread }).count == 2)
    }

    @Test func oneAtATime() throws {
        let profiler = try GuestProfiler()
        defer { _ = profiler.stop() }
        #expect(throws: ProfilerError.self) { try GuestProfiler() }
        #expect(throws: ProfilerError.self) { try GuestProfiler(frequency: 0) }
    }

    @Test func textIsTheSameUnderTheProfiler() throws {
        let before = try artifact(.standard)
        let profiler = try GuestProfiler()
        let during = try artifact(.standard)
        _ = profiler.stop()
        #expect(before == during)
    }
}
