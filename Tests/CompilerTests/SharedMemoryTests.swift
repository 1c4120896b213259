import Foundation
import PrecastArtifactFormat
import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import Testing

/// Shared memories, used by compiled code on several threads at once.
@Suite struct SharedMemoryTests {
    // MARK: Counting

    /// Each operator adds up what all threads do, in memory of its own: nothing is lost, and its neighbours stay as they are.
    @Test(arguments: threadConfigurations.indices) func updatesAreAtomic(_ configuration: Int) throws {
        let rounds: Int32 = 3000
        let module = try ThreadedModule("""
            (func (export "run") (param $rounds i32) (local $old i64)
              (loop $next
                (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
                (drop (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)))
                (drop (i32.atomic.rmw8.add_u offset=1 (i32.const 8) (i32.const 3)))
                (i32.atomic.store16 offset=14 (i32.const 0) (i32.atomic.rmw16.add_u (i32.const 12) (i32.const 0x10001)))
                (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 0x1_0000_0001)))
                (drop (i64.atomic.rmw32.sub_u (i32.const 24) (i64.const 0xffff_ffff_ffff_ffff)))
                ;; And, or and exclusive or with their results, which take a loop: a bit set and cleared, a bit turned twice as often as once.
                (if (i64.eq (i64.and (i64.atomic.rmw.xor (i32.const 32) (i64.const 8)) (i64.const 8)) (i64.const 0))
                  (then (drop (i32.atomic.rmw.add (i32.const 40) (i32.const 1))))
                  (else (drop (i32.atomic.rmw.sub (i32.const 40) (i32.const 1)))))
                (if (i32.eqz (i32.and (i32.atomic.rmw8.or_u (i32.const 48) (i32.const 0x80)) (i32.const 0x80)))
                  (then
                    (drop (i32.atomic.rmw.add (i32.const 52) (i32.const 1)))
                    (if (i32.ne (i32.atomic.rmw16.and_u (i32.const 48) (i32.const 0xff7f)) (i32.const 0x5580)) (then unreachable))))
                ;; An addition by hand.
                (local.set $old (i64.atomic.load (i32.const 56)))
                (loop $again
                  (br_if $again
                    (i64.ne (local.get $old)
                      (local.tee $old
                        (i64.atomic.rmw.cmpxchg (i32.const 56) (local.get $old) (i64.add (local.get $old) (i64.const 5)))))
                    ;; What was found differs from what was expected: local.tee has made it the next expectation.
                    ))
                (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1))))))
            """, threadConfigurations[configuration])
        module.memory.withUnsafeMutableBytes { $0.storeBytes(of: 0x5500, toByteOffset: 48, as: UInt16.self) }
        try module.run(4) { _, instance in try instance.call("run", rounds) }
        let total = UInt32(rounds) * 4
        #expect(module.word(0) == total)
        #expect(module.word(4) == 0 &- total)
        #expect(module.word(8) == ((total * 3) % 256) << 8)
        #expect(module.word(12) & 0xffff == total % 65536)
        #expect(module.word(16) == total && module.word(20) == total)
        #expect(module.word(24) == total && module.word(28) == 0)
        #expect(module.word(32) == 0 && module.word(40) == 0)
        #expect(module.word(48) == 0x5500 && module.word(52) > 0)
        #expect(module.word(56) == total * 5)
    }

    /// A lock made of compare and exchange guards plain accesses.
    @Test(arguments: threadConfigurations.indices) func spinLock(_ configuration: Int) throws {
        let module = try ThreadedModule("""
            (func (export "run") (param $rounds i32) (local $spins i32)
              (loop $next
                (local.set $spins (i32.const 0))
                (block $locked
                  (loop $spin
                    (br_if $locked (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
                    (local.set $spins (i32.add (local.get $spins) (i32.const 1)))
                    ;; Who holds the lock may not run: give it the processor.
                    (if (i32.gt_u (local.get $spins) (i32.const 200))
                      (then (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const 20000)))))
                    (br $spin)))
                (i64.store (i32.const 64) (i64.add (i64.load (i32.const 64)) (i64.const 1)))
                (i64.store (i32.const 128) (i64.sub (i64.load (i32.const 128)) (i64.load (i32.const 64))))
                (i64.store (i32.const 128) (i64.add (i64.load (i32.const 128)) (i64.load (i32.const 64))))
                (i32.atomic.store (i32.const 0) (i32.const 0))
                (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1))))))
            """, threadConfigurations[configuration])
        try module.run(4) { _, instance in try instance.call("run", 2000) }
        #expect(module.word(64) == 8000)
        #expect(module.word(128) == 0)
    }

    // MARK: Waiting

    /// Two threads pass a number to and fro, each asleep while it is the other's turn.
    @Test(arguments: threadConfigurations.indices) func pingPong(_ configuration: Int) throws {
        let module = try ThreadedModule("""
            (func (export "run") (param $me i32) (param $rounds i32)
              (loop $next
                (block $mine
                  (loop $wait
                    (br_if $mine (i32.eq (i32.and (i32.atomic.load (i32.const 8)) (i32.const 1)) (local.get $me)))
                    (drop (memory.atomic.wait32 offset=8 (i32.const 0) (i32.sub (i32.const 1) (local.get $me)) (i64.const -1)))
                    (br $wait)))
                (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
                (i32.atomic.store (i32.const 8) (i32.sub (i32.const 1) (local.get $me)))
                (drop (memory.atomic.notify (i32.const 8) (i32.const 1)))
                (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1))))))
            """, threadConfigurations[configuration])
        try module.run(2) { number, instance in try instance.call("run", Int32(number), 1000) }
        #expect(module.word(16) == 2000)
    }

    private static let waiting = """
        (func (export "wait32") (param i32 i32 i64) (result i32)
          (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
        (func (export "wait64") (param i32 i64 i64) (result i32)
          (memory.atomic.wait64 offset=8 (local.get 0) (local.get 1) (local.get 2)))
        (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
        """

    @Test func timeOuts() throws {
        let module = try ThreadedModule(Self.waiting)
        let instance = try module.instantiate()
        let wait32 = try #require(instance.function("wait32")), wait64 = try #require(instance.function("wait64"))
        #expect(try wait32.result(.i32(0), .i32(0), .i64(0)) == 2)
        #expect(try wait32.result(.i32(0), .i32(1), .i64(-1)) == 1)
        #expect(try wait64.result(.i32(0), .i64(1 << 40), .i64(-1)) == 1)
        let clock = ContinuousClock(), start = clock.now
        #expect(try wait32.result(.i32(4), .i32(0), .i64(30_000_000)) == 2)
        let middle = clock.now
        #expect(middle - start >= .milliseconds(30))
        #expect(try wait64.result(.i32(8), .i64(0), .i64(1_020_000_000)) == 2)
        #expect(clock.now - middle >= .milliseconds(1020))
        #expect(module.memory.wait(at: 0, expecting: 0 as Int32, nanoseconds: 0) == .timedOut)
        #expect(module.memory.wait(at: 0, expecting: 1 as Int64) == .unequal)
        #expect(module.memory.wait(at: 2, expecting: 1 as Int32) == nil)
        #expect(module.memory.wait(at: 65536, expecting: 1 as Int32) == nil)
        #expect(try instance.call("notify", 0, -1) == 0)
    }

    /// Guests that wait for ever are woken by the host and by other guests, each exactly once.
    @Test func hostAndGuestsWakeWaiters() throws {
        let module = try ThreadedModule(Self.waiting)
        try inParallel(7) { number in
            if number < 6 {
                let wait = try #require(try module.instantiate().function(number % 2 == 0 ? "wait32" : "wait64"))
                // A wait for 64 bits names the same address, 64.
                #expect(try (number % 2 == 0 ? wait.result(.i32(64), .i32(0), .i64(.max)) : wait.result(.i32(56), .i64(0), .i64(-1))) == 0)
            } else {
                let instance = try module.instantiate()
                var woken = 0
                while woken < 4 { woken += Int(module.memory.notify(at: 64, count: 1)) }
                while woken < 6 { woken += Int(try instance.call("notify", 64, 1)) }
            }
        }
        #expect(module.memory.notify(at: 64) == 0)
    }

    @Test func waitingNeedsASharedMemory() throws {
        let text = "(module (memory (export \"memory\") 1 1) \(Self.waiting))"
        let engine = try Engine()
        let artifact = try Compiler(CompilerConfiguration()).compile(try parseText(text))
        let module = try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched)))
        let instance = try Linker<Void>(engine).instantiate(module, in: try Store(engine))
        #expect(try instance.call("notify", 0, 1) == 0)
        #expect(trap { try instance.function("wait32")?.call([.i32(0), .i32(0), .i64(0)]) } == .expectedSharedMemory)
        #expect(trap { try instance.call("notify", 2, 1) } == .unalignedAtomic)
        #expect(trap { try instance.call("notify", 65536, 1) } == .memoryOutOfBounds)
        #expect(trap { try instance.function("wait64")?.call([.i32(-8), .i64(0), .i64(0)]) } == .memoryOutOfBounds)
        #expect(instance.memory("memory")?.shared == nil)
    }

    // MARK: Growth

    /// One thread grows the memory page by page. What another has seen of its size is accessible; what it has not may trap.
    @Test(arguments: threadConfigurations.indices) func growthWhileOthersAccess(_ configuration: Int) throws {
        let module = try ThreadedModule("""
            (func (export "grow") (result i32) (memory.grow (i32.const 1)))
            (func (export "size") (result i32) (memory.size))
            ;; Waits for growth in plain code: sizes are loaded anew in each round.
            (func (export "await") (param $pages i32) (result i32)
              (loop $again (br_if $again (i32.lt_u (memory.size) (local.get $pages))))
              (i32.load8_u offset=65535 (i32.shl (i32.sub (local.get $pages) (i32.const 1)) (i32.const 16))))
            (func (export "last") (param $rounds i32) (local $end i32)
              (loop $next
                (local.set $end (i32.shl (memory.size) (i32.const 16)))
                (i32.store (i32.sub (local.get $end) (i32.const 4)) (i32.const 7))
                (drop (i32.atomic.rmw.add (i32.sub (local.get $end) (i32.const 8)) (i32.const 1)))
                (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1))))))
            (func (export "touch") (param i32) (result i32) (i32.load (local.get 0)))
            """, maximum: 200, threadConfigurations[configuration])
        try module.run(4) { number, instance in
            switch number {
            case 0: for page in 1..<200 as Range<Int32> { #expect(try instance.call("grow") == page) }
            case 1: #expect(try instance.call("await", 200) == 0)
            case 2: try instance.call("last", 100_000)
            default:
                var page: Int32 = 1
                while page < 200 {
                    let code = trap { try instance.call("touch", page << 16) }
                    if code == nil { page += 1 } else { #expect(code == .memoryOutOfBounds) }
                }
            }
        }
        #expect(module.memory.pageCount == 200 && module.memory.byteCount == 200 << 16)
        #expect(module.memory.grow(by: 1) == nil)
        #expect(try module.instantiate().call("grow") == -1)
    }

    @Test func growthCountsForTheStoreThatAsks() throws {
        let module = try ThreadedModule("(func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))")
        var limits = StoreLimits()
        limits.memoryBytes = 3 << 16
        let limited = try module.instantiate(limits: limits), free = try module.instantiate()
        #expect(try limited.call("grow", 4) == -1)
        #expect(try limited.call("grow", 3) == 1)
        #expect(try limited.call("grow", 1) == -1)
        #expect(try free.call("grow", 60) == 4)
    }

    // MARK: Lifetime and linking

    private func compile(_ text: String, _ engine: Engine, _ change: (inout CompilerConfiguration) -> Void = { _ in }) throws -> Module {
        var configuration = CompilerConfiguration()
        change(&configuration)
        let artifact = try Compiler(configuration).compile(try parseText(text))
        return try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched)))
    }

    /// The memory that a module defines lives on without its store, and other stores import it.
    @Test(arguments: threadConfigurations.indices) func outlivesItsStore(_ configuration: Int) throws {
        let engine = try Engine()
        let definer = try compile("""
            (module (memory (export "memory") 1 4 shared) (memory $other 2 2 shared)
              (data (i32.const 8) "abcd") (data (memory $other) (i32.const 0) "xyz")
              (func (export "set") (param i32) (i32.atomic.store (i32.const 0) (local.get 0)))
              (func (export "other") (result i32) (i32.add (i32.load8_u $other (i32.const 1)) (memory.size $other)))
              (func (export "grow") (result i32) (memory.grow (i32.const 1))))
            """, engine, threadConfigurations[configuration])
        let user = try compile("""
            (module (memory (import "a" "memory") 1 4 shared)
              (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "size") (result i32) (memory.size)))
            """, engine, threadConfigurations[configuration])
        let linker = Linker<Void>(engine)
        do {
            let instance = try Linker<Void>(engine).instantiate(definer, in: try Store(engine))
            try instance.call("set", 42)
            #expect(try instance.call("grow") == 1)
            #expect(try instance.call("other") == 0x79 + 2)
            try linker.define("a", instance)
            let shared = try #require(instance.memory("memory")?.shared)
            #expect(shared.pageCount == 2 && shared.type.isShared)
        }
        let first = try linker.instantiate(user, in: try Store(engine)), second = try linker.instantiate(user, in: try Store(engine))
        for instance in [first, second] {
            #expect(try instance.call("get", 0) == 42)
            #expect(try instance.call("get", 8) == 0x6463_6261)
            #expect(try instance.call("size") == 2)
            #expect(trap { try instance.call("get", 2 << 16) } == .memoryOutOfBounds)
        }
        // Another instance of the same module has a memory of its own.
        let again = try Linker<Void>(engine).instantiate(definer, in: try Store(engine))
        #expect(again.memory("memory")?.pageCount == 1)
    }

    @Test func typesMustAgree() throws {
        let engine = try Engine()
        let module = try compile("(module (memory (import \"a\" \"m\") 2 8 shared))", engine)
        func error(_ item: (Store<Void>) throws -> Extern) throws -> String? {
            let store = try Store(engine), linker = Linker<Void>(engine)
            try linker.define("a", "m", try item(store))
            do { _ = try linker.instantiate(module, in: store) } catch { return "\(error)" }
            return nil
        }
        func type(_ minimum: UInt64, _ maximum: UInt64?, shared: Bool = true) -> MemoryType {
            MemoryType(limits: Limits(minimum: minimum, maximum: maximum), isShared: shared)
        }
        #expect(try error { .memory(try Memory(type(2, 8), in: $0)) } == nil)
        #expect(try error { _ in .sharedMemory(try SharedMemory(type(3, 8), engine: engine)) } == nil)
        for (item, found) in [(type(2, 8, shared: false), "2…8"), (type(1, 8), "1…8 shared"), (type(2, 9), "2…9 shared")] {
            let text = try #require(try error { .memory(try Memory(item, in: $0)) })
            #expect(text.hasPrefix("incompatible import type: a.m: expected memory 2…8 shared, found memory \(found)"))
        }
        #expect(throws: InstantiationError.self) { try SharedMemory(type(1, nil), engine: engine) }
    }

    /// The whole address space cannot be had: the error names the bytes and what helps.
    @Test func refusedReservation() throws {
        let huge = MemoryType(limits: Limits(minimum: 1, maximum: 1 << 31), is64: true, isShared: true)
        let engine = try Engine()
        do throws(InstantiationError) {
            _ = try SharedMemory(huge, engine: engine)
            Issue.record("128 TiB were reserved")
        } catch {
            #expect(error.description.contains("cannot get 1407375") && error.description.contains("smaller maximum"), "\(error)")
        }
    }

    // MARK: Traps

    /// Traps of several threads at once come back to the right call, with its own backtrace.
    @Test(arguments: threadConfigurations.indices) func trapsOnManyThreads(_ configuration: Int) throws {
        let module = try ThreadedModule("""
            (func $outside (export "outside") (result i32) (i32.load (i32.const 0x7fff0000)))
            (func (export "unaligned") (result i32) (i32.atomic.rmw.add offset=2 (i32.const 0) (i32.const 1)))
            (func (export "atomicOutside") (result i32) (i32.atomic.rmw.xor (i32.const 0x40000000) (i32.const 1)))
            (func (export "divide") (result i32) (i32.div_u (i32.const 1) (i32.load (i32.const 0))))
            (func (export "deep") (result i32) (call $outside))
            """, threadConfigurations[configuration])
        let expected: [(String, TrapCode)] = [
            ("outside", .memoryOutOfBounds), ("unaligned", .unalignedAtomic), ("atomicOutside", .memoryOutOfBounds), ("divide", .integerDivideByZero),
        ]
        try inParallel(8) { number in
            for round in 0..<100 {
                let instance = try module.instantiate()
                for index in 0..<8 {
                    let (name, code) = expected[(number + round + index) % 4]
                    #expect(trap { try instance.call(name) } == code)
                }
                do {
                    try instance.call("deep")
                    Issue.record("no trap")
                } catch CallError.trap(let trap) {
                    #expect(!trap.backtrace.frames.isEmpty)
                }
            }
        }
    }

    private func trap(_ body: () throws -> Any?) -> TrapCode? {
        do {
            _ = try body()
        } catch CallError.trap(let trap) {
            return trap.code
        } catch {
            Issue.record(error)
        }
        return nil
    }
}
