import Foundation
import PrecastArtifactFormat
import PrecastRuntime
import PrecastWasmTypes
import Testing

struct Counts {
    var calls = 0
    var seen: [Int32] = []
}

/// An engine, a store and an instance of the sample module.
struct Fixture {
    let engine: Engine
    let store: Store<Counts>
    let linker: Linker<Counts>
    let module: Module
    let instance: Instance

    init(_ change: (inout TestArtifact) -> Void = { _ in }) throws {
        engine = try Engine()
        store = try Store(engine, data: Counts())
        linker = Linker<Counts>(engine)
        try linker.define("env", "host") { (caller: borrowing Caller<Counts>, a: Int32, b: Int32) throws(HostError) -> Int32 in
            caller.data.calls += 1
            if a == 99 { throw .failure("the host says no") }
            if a == 98 { throw .exit(7) }
            return a &* b
        }
        try linker.define("env", "callback") { (caller: borrowing Caller<Counts>) throws(HostError) in
            let backtrace = caller.backtrace()
            caller.data.seen = backtrace.frames.map { Int32($0.functionIndex) }
            do throws(CallError) {
                guard let function = caller.instance?.function("load") else { return }
                _ = try function.call([.i32(1 << 20)])
            } catch {
                throw HostError(error)
            }
        }
        var artifact = TestArtifact.sample()
        change(&artifact)
        let image = try ArtifactImage.open(copying: try artifact.build(), trust: .vouched)
        module = try Module(engine, LoadedModule(image))
        instance = try linker.instantiate(module, in: store)
    }

    func trap(_ name: String, _ arguments: [Value]) throws -> Trap {
        do throws(CallError) {
            let results = try instance.function(name)!.call(arguments)
            throw CallError.mismatch("returned \(results.count) results")
        } catch {
            guard case .trap(let trap) = error else { throw error }
            return trap
        }
    }
}

@Suite struct RuntimeTests {
    @Test func callsTypedAndUntyped() throws {
        let fixture = try Fixture()
        let add = try fixture.instance.function("add", as: ((Int32, Int32) -> Int32).self)
        #expect(try add(2, 40) == 42)
        let results = try fixture.instance.function("add")!.call([.i32(-1), .i32(1)])
        guard case .i32(0) = results[0] else { Issue.record("wrong result"); return }
        #expect(throws: CallError.self) { try fixture.instance.function("add")!.call([.i32(1)]) }
        #expect(throws: CallError.self) { try fixture.instance.function("add", as: ((Int64) -> Int32).self) }
    }

    @Test func trapsNameTheirFrames() throws {
        let fixture = try Fixture()
        let trap = try fixture.trap("unreachable", [])
        #expect(trap.code == .unreachable)
        #expect(trap.message == "unreachable")
        #expect(trap.backtrace.frames.map(\.name) == ["unreachable"])
        #expect(trap.backtrace.frames[0].wasmOffset == 30)
        #expect(trap.description.contains("unreachable (function 3) at 0x1e"))
    }

    @Test func faultsInFramelessLeaves() throws {
        let fixture = try Fixture()
        let trap = try fixture.trap("outer", [.i32(65536)])
        #expect(trap.code == .memoryOutOfBounds)
        #expect(trap.backtrace.frames.map(\.name) == ["leaf", "outer"])
        #expect(trap.access?.address == 65536)
        #expect(trap.access?.memoryBytes == 65536)
        let last = try fixture.trap("load", [.i32(-1)])
        #expect(last.access?.address == 0xFFFF_FFFF)
        #expect(last.backtrace.frames.map(\.name) == ["load"])
    }

    @Test func recursionEnds() throws {
        let fixture = try Fixture()
        let recurse = try fixture.instance.function("recurse", as: ((Int32) -> Int32).self)
        #expect(throws: Never.self) { _ = try recurse(100) }
        let trap = try fixture.trap("recurse", [.i32(1_000_000)])
        #expect(trap.code == .stackOverflow)
        #expect(trap.message == "call stack exhausted")
        #expect(UInt64(trap.backtrace.frames.count) + trap.backtrace.omittedCount > 400)
    }

    @Test func hostFunctions() throws {
        let fixture = try Fixture()
        let call = try fixture.instance.function("call_host", as: ((Int32, Int32) -> Int32).self)
        #expect(try call(6, 7) == 42)
        #expect(fixture.store.data.calls == 1)
        do throws(CallError) {
            _ = try call(99, 0)
            Issue.record("no error")
        } catch {
            guard case .host(.failure(let text), let backtrace) = error else { Issue.record("\(error)"); return }
            #expect(text == "the host says no")
            #expect(backtrace.frames.map(\.name) == ["call_host"])
        }
        do throws(CallError) { _ = try call(98, 0) } catch { #expect(error.exitCode == 7) }
        // The host function that the module imports and exports again.
        guard case .i32(30) = try fixture.instance.function("reexported")!.call([.i32(5), .i32(6)])[0] else { Issue.record("wrong"); return }
    }

    @Test func nestedCallsPassTrapsOn() throws {
        let fixture = try Fixture()
        let trap = try fixture.trap("call_callback", [])
        #expect(trap.code == .memoryOutOfBounds)
        #expect(trap.backtrace.frames.map(\.name) == ["load", "call_callback"])
        #expect(fixture.store.data.seen == [11])
    }

    @Test func memories() throws {
        let fixture = try Fixture()
        let memory = fixture.instance.memory("memory")!
        #expect(memory.read(at: 0, count: 7)! == Array("precast".utf8))
        #expect(memory.read(at: 100, count: 3)! == [7, 8, 9])
        #expect(memory.byteCount == 65536)
        let grow = try fixture.instance.function("grow", as: ((Int32) -> Int32).self)
        #expect(try grow(2) == 1)
        #expect(try grow(2) == -1)
        #expect(memory.pageCount == 3)
        let load = try fixture.instance.function("load", as: ((Int32) -> Int32).self)
        #expect(try load(65536) == 0)
        #expect(memory.store(UInt32(77), at: 3 * 65536 - 4))
        #expect(!memory.store(UInt32(77), at: 3 * 65536 - 3))
        #expect(try load(3 * 65536 - 4) == 77)
        #expect(try fixture.trap("load", [.i32(3 * 65536)]).code == .memoryOutOfBounds)
        let copy = try fixture.instance.function("copy", as: ((Int32, Int32) -> Int32).self)
        #expect(try copy(3, 100) == 0)
        #expect(memory.read(at: 0, count: 7)! == Array("pre".utf8) + [7, 8, 9] + Array("t".utf8))
        let trap = try fixture.trap("copy", [.i32(3 * 65536 - 2), .i32(0)])
        #expect(trap.code == .memoryOutOfBounds)
        #expect(trap.backtrace.frames.map(\.name) == ["copy"])
    }

    @Test func tablesAndGlobals() throws {
        let fixture = try Fixture()
        let indirect = try fixture.instance.function("indirect", as: ((Int32, Int32) -> Int32).self)
        // Element 1 is `add`, element 2 the imported host function, the others are null.
        #expect(throws: Never.self) { _ = try indirect(1, 5) }
        #expect(try fixture.trap("indirect", [.i32(4), .i32(0)]).code == .undefinedElement)
        #expect(try fixture.trap("indirect", [.i32(0), .i32(0)]).code == .uninitializedElement)
        let table = fixture.instance.table("table")!
        #expect(table.set(3, .function(fixture.instance.function("load"))))
        #expect(try fixture.trap("indirect", [.i32(3), .i32(0)]).code == .indirectCallTypeMismatch)
        #expect(table.grow(by: 4, .function(nil)) == 4)
        #expect(table.grow(by: 1, .function(nil)) == nil)
        let calls = fixture.store.data.calls
        #expect(throws: Never.self) { _ = try indirect(2, 5) }
        #expect(fixture.store.data.calls == calls + 1)
        let made = HostFunction { (caller: borrowing Caller<Counts>, a: Int32, b: Int32) throws(HostError) -> Int32 in 1234 }
        #expect(table.set(5, .function(Function(made, in: fixture.store))))
        #expect(try indirect(5, 0) == 1234)
        let counter = fixture.instance.global("counter")!
        guard case .i64(41) = counter.value else { Issue.record("wrong value"); return }
        #expect(counter.set(.i64(-5)))
        guard case .i64(-5) = counter.value else { Issue.record("wrong value"); return }
        #expect(!counter.set(.i32(1)))
    }

    @Test func bulkBuiltins() throws {
        let fixture = try Fixture()
        let builtin = try fixture.instance.function("builtin", as: ((Int32, Int32, Int32, Int32, Int32, Int32) -> Int32).self)
        func call(_ number: Builtin, _ a: Int32, _ b: Int32 = 0, _ c: Int32 = 0, _ d: Int32 = 0, _ e: Int32 = 0) throws -> Int32 {
            try builtin(Int32(number.rawValue), a, b, c, d, e)
        }
        let memory = fixture.instance.memory("memory")!, table = fixture.instance.table("table")!
        func isNull(_ index: UInt64) -> Bool { if case .function(nil)? = table[index] { true } else { false } }

        #expect(try call(.memoryInit, 0, 1, 1000, 1, 2) == 0)
        #expect(memory.read(at: 1000, count: 3)! == [8, 9, 0])
        #expect(try call(.memoryInit, 0, 1, 1000, 2, 2) == -1)
        #expect(try call(.memoryInit, 0, 1, 65535, 0, 2) == -1)
        #expect(try call(.memoryInit, 0, 0, 1000, 0, 1) == -1) // active: dropped
        _ = try call(.dataDrop, 1)
        #expect(try call(.memoryInit, 0, 1, 1000, 0, 1) == -1)
        #expect(try call(.memoryInit, 0, 1, 65536, 0, 0) == 0)
        #expect(try call(.memoryFill, 0, 2000, 0x1FF, 3) == 0)
        #expect(memory.read(at: 1999, count: 5)! == [0, 255, 255, 255, 0])
        #expect(try call(.memoryFill, 0, 65535, 0, 2) == -1)
        #expect(try call(.memoryCopy, 0, 0, 2001, 2000, 3) == 0)
        #expect(memory.read(at: 2000, count: 5)! == [255, 255, 255, 255, 0])

        #expect(isNull(0) && !isNull(1) && !isNull(2) && isNull(3))
        #expect(try call(.tableInit, 0, 1, 3, 1, 1) == 0)
        #expect(!isNull(3))
        #expect(try call(.tableInit, 0, 1, 3, 0, 2) == -1)
        #expect(try call(.tableInit, 0, 0, 0, 0, 1) == -1) // active: dropped
        _ = try call(.elementDrop, 1)
        #expect(try call(.tableInit, 0, 1, 0, 0, 1) == -1)
        #expect(try call(.tableCopy, 0, 0, 0, 2, 2) == 0)
        #expect(!isNull(0) && !isNull(1))
        #expect(try call(.tableFill, 0, 1, 0, 3) == 0)
        #expect(!isNull(0) && isNull(1) && isNull(3))
        #expect(try call(.tableFill, 0, 3, 0, 2) == -1)
        #expect(try call(.tableGrow, 0, 0, 4) == 4)
        #expect(try call(.tableGrow, 0, 0, 1) == -1)
        #expect(table.count == 8)
    }

    @Test func instancesImportFromEachOther() throws {
        let fixture = try Fixture()
        let linker = Linker<Counts>(fixture.engine)
        try linker.define("a", fixture.instance)
        let image = try ArtifactImage.open(copying: try TestArtifact.importing().build(), trust: .vouched)
        let module = try Module(fixture.engine, LoadedModule(image))
        let other = try linker.instantiate(module, in: fixture.store)
        let forward = try other.function("forward", as: ((Int32) -> Int32).self)
        #expect(try forward(100) & 0xFFFFFF == 0x090807)
        let count = try other.function("count", as: ((Int32) -> Int32).self)
        #expect(try count(1) == 42)
        guard case .i64(42) = fixture.instance.global("counter")!.value else { Issue.record("wrong value"); return }
        #expect(fixture.instance.memory("memory")!.grow(by: 1) == 1)
        let peek = try other.function("peek", as: ((Int32) -> Int32).self)
        #expect(try peek(70000) == 0)
        #expect(other.memory("memory")!.byteCount == 2 * 65536)
        do throws(CallError) {
            _ = try forward(1 << 20)
            Issue.record("no trap")
        } catch {
            guard case .trap(let trap) = error else { Issue.record("\(error)"); return }
            #expect(trap.backtrace.frames.map(\.name) == ["load", "forward"])
            #expect(trap.backtrace.frames[0].module !== trap.backtrace.frames[1].module)
        }
        // The imported function, exported again, is the same function.
        guard case .i32 = try other.function("again")!.call([.i32(0)])[0] else { Issue.record("wrong"); return }
        let stranger = try Store(fixture.engine, data: Counts())
        #expect { try linker.instantiate(module, in: stranger) } throws: { "\($0)" == "a.load belongs to another store" }
        // A memory that is too small, and one without a maximum.
        let small = Linker<Counts>(fixture.engine)
        small.allowsShadowing = true
        try small.define("a", fixture.instance)
        try small.define("a", "memory", .memory(Memory(MemoryType(limits: Limits(minimum: 1)), in: fixture.store)))
        #expect { try small.resolve(module) } throws: { "\($0)".hasPrefix("incompatible import type: a.memory: expected memory 1…10, found memory 1…") }
    }

    @Test func importErrors() throws {
        let fixture = try Fixture()
        let linker = Linker<Counts>(fixture.engine)
        func failure() -> String {
            do throws(InstantiationError) { _ = try linker.instantiate(fixture.module, in: fixture.store); return "" } catch { return error.description }
        }
        #expect(failure() == "unknown import: env.host (expected function [i32 i32] -> [i32])")
        try linker.define("env", "host") { (caller: borrowing Caller<Counts>, a: Int32) throws(HostError) -> Int64 in 0 }
        #expect(failure() == "incompatible import type: env.host: expected function [i32 i32] -> [i32], found function [i32] -> [i64]")
        #expect(throws: LinkError.self) { try linker.define("env", "host") { (caller: borrowing Caller<Counts>) throws(HostError) in } }
    }

    @Test func segmentsThatDoNotFit() throws {
        #expect { try Fixture { $0.dataSegments[0].byteCount = 3; $0.constants[2].low = 65534 } } throws: { "\($0)".contains("out of bounds memory access") }
        #expect { try Fixture { $0.constants[0].low = 3 } } throws: { "\($0)".contains("out of bounds table access") }
    }

    @Test func startFunction() throws {
        #expect { try Fixture { $0.startFunction = 11 } } throws: { "\($0)".contains("out of bounds memory access") }
    }

    @Test func limits() throws {
        let fixture = try Fixture()
        var limits = StoreLimits()
        limits.memoryBytes = 2 * 65536
        let store = try Store(fixture.engine, data: Counts(), limits: limits)
        let instance = try fixture.linker.instantiate(fixture.module, in: store)
        #expect(instance.memory("memory")!.grow(by: 1) == 1)
        #expect(instance.memory("memory")!.grow(by: 1) == nil)
        #expect(throws: InstantiationError.self) { _ = try fixture.linker.instantiate(fixture.module, in: store) }
    }

    @Test func trust() throws {
        let bytes = try TestArtifact.sample().build()
        let digest = bytes.withUnsafeBytes { SHA256.digest($0) }
        _ = try ArtifactImage.open(copying: bytes, trust: .sha256(digest))
        var changed = bytes
        changed[changed.count - 1] ^= 1
        #expect { try ArtifactImage.open(copying: changed, trust: .sha256(digest)) } throws: { "\($0)".contains("untrusted artifact: expected SHA-256 \(digest.hex)") }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("precast-\(UUID().uuidString).pwasm").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try ArtifactImage.open(path, trust: .immutableFile)
        let image = try ArtifactImage.open(path, trust: .sha256(digest))
        try Data(changed).write(to: URL(fileURLWithPath: path))
        #expect(image.stamp.formatVersion == .current)
        #expect(throws: LoadError.self) { try ArtifactImage.open(path, trust: .sha256(digest)) }
        #expect { try ArtifactImage.open("/nonexistent/x.pwasm", trust: .immutableFile) } throws: { ($0 as! LoadError).isNotFound }
    }

    @Test func refusals() throws {
        func refusal(_ change: (inout TestArtifact) -> Void) throws -> String {
            var artifact = TestArtifact.sample()
            change(&artifact)
            let bytes = try artifact.build()
            do throws(LoadError) {
                _ = try ArtifactImage.open(copying: bytes, trust: .vouched)
                return ""
            } catch {
                #expect(error.isRefusal)
                return error.description
            }
        }
        #expect(try refusal { $0.stamp.formatVersion = FormatVersion(number: 9) }.contains("format version"))
        #expect(try refusal { $0.stamp.abiVersion = ABIVersion(number: 9) }.contains("ABI version"))
        #expect(try refusal { $0.stamp.machine = .aarch64 }.contains("machine"))
        #expect(try refusal { $0.stamp.requiredFeatures = CPUFeatures(bits: 1 << 63) }.contains("feature 63"))
        #expect(try refusal { $0.stamp.tunables.flags.insert(.fuel) }.contains("tunables"))
        #expect(try refusal { $0.stamp.tunables.minimumPageSize = 65536; $0.stamp.tunables.maximumPageSize = 65536 }.contains("page size"))
    }

    @Test func storesOnThreads() throws {
        let engine = try Engine()
        let image = try ArtifactImage.open(copying: try TestArtifact.sample().build(), trust: .vouched)
        let module = try Module(engine, LoadedModule(image))
        let failures = Mutex0()
        DispatchQueue.concurrentPerform(iterations: 16) { number in
            do {
                let store = try Store(engine, data: Counts())
                let linker = Linker<Counts>(engine)
                try linker.define("env", "host") { (caller: borrowing Caller<Counts>, a: Int32, b: Int32) throws(HostError) -> Int32 in a }
                try linker.define("env", "callback") { (caller: borrowing Caller<Counts>) throws(HostError) in }
                let instance = try linker.instantiate(module, in: store)
                let load = try instance.function("load", as: ((Int32) -> Int32).self)
                let recurse = try instance.function("recurse", as: ((Int32) -> Int32).self)
                for _ in 0..<200 {
                    do throws(CallError) { _ = try load(65536); failures.add() } catch { if case .trap(let trap) = error, trap.code == .memoryOutOfBounds {} else { failures.add() } }
                    do throws(CallError) { _ = try recurse(1 << 20); failures.add() } catch { if case .trap(let trap) = error, trap.code == .stackOverflow {} else { failures.add() } }
                    if try load(100) & 0xFFFFFF != 0x090807 { failures.add() }
                }
            } catch {
                failures.add()
            }
        }
        #expect(failures.count == 0)
    }
}

/// A counter that threads share.
final class Mutex0: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0
    func add() { lock.withLock { value += 1 } }
    var count: Int { lock.withLock { value } }
}
