import PrecastCompiler
import PrecastRuntime
import Testing
@testable import PrecastWASI

/// WASI as compiled modules reach it.
@Suite struct LinkerTests {
    /// Imports `proc_exit`, `random_get` and `clock_time_get`; exports a memory of one page, `_start` (exits with 7),
    /// `random` (passes its arguments on) and `time` (the real time).
    static let module: [UInt8] = {
        func name(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }
        func section(_ id: UInt8, _ items: [[UInt8]]) -> [UInt8] {
            let body = [UInt8(items.count)] + items.flatMap { $0 }
            return [id, UInt8(body.count & 0x7F | 0x80), UInt8(body.count >> 7)] + body
        }
        func body(_ code: [UInt8]) -> [UInt8] { [UInt8(code.count + 2), 0] + code + [0x0B] }
        let i32: UInt8 = 0x7F, i64: UInt8 = 0x7E
        let types: [[UInt8]] = [[0x60, 1, i32, 0], [0x60, 2, i32, i32, 1, i32], [0x60, 3, i32, i64, i32, 1, i32], [0x60, 0, 0], [0x60, 0, 1, i64]]
        let imports = zip(["proc_exit", "random_get", "clock_time_get"], [0, 1, 2] as [UInt8]).map { name("wasi_snapshot_preview1") + name($0) + [0, $1] }
        let start: [UInt8] = [0x41, 7, 0x10, 0], random: [UInt8] = [0x20, 0, 0x20, 1, 0x10, 1]
        let time: [UInt8] = [0x41, 0, 0x42, 1, 0x41, 8, 0x10, 2, 0x1A, 0x41, 8, 0x29, 3, 0]
        return [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0] + section(1, types) + section(2, imports) + section(3, [[3], [1], [4]]) + section(5, [[0, 1]])
            + section(7, [name("memory") + [2, 0], name("_start") + [0, 3], name("random") + [0, 4], name("time") + [0, 5]])
            + section(10, [body(start), body(random), body(time)])
    }()

    private func instance() throws -> Instance {
        let engine = try Engine()
        let artifact = try Compiler().compile(LinkerTests.module)
        let loaded = try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched)))
        let linker = Linker<WASIContext>(engine)
        try linker.defineWASI { $0 }
        return try linker.instantiate(loaded, in: Store(engine, data: try WASIContext(WASIConfiguration())))
    }

    @Test func exitEndsTheGuestAlone() throws {
        let instance = try instance()
        let start = try #require(instance.function("_start"))
        for _ in 0..<2 {
            do throws(CallError) {
                _ = try start.call([])
                Issue.record("returned")
            } catch {
                #expect(error.exitCode == 7)
            }
        }
    }

    @Test func callsSeeTheGuestsMemory() throws {
        let instance = try instance()
        let random = try #require(instance.function("random")).typed(as: ((UInt32, UInt32) -> UInt32).self)
        #expect(try random(65528, 8) == 0)
        #expect(try random(65528, 9) == UInt32(Errno.fault.rawValue))
        #expect(try random(UInt32.max, UInt32.max) == UInt32(Errno.inval.rawValue))
        guard case .memory(let memory) = instance.export("memory") else { throw Errno.fault }
        #expect(memory.load(at: 65528, as: UInt64.self) != 0)
        let time = try #require(instance.function("time")).typed(as: (() -> UInt64).self)
        #expect(try time() > 1_600_000_000_000_000_000)
        memory.grow(by: 1)
        #expect(try random(65528, 9) == 0)
    }

    @Test func namesAreDefinedOnce() throws {
        let linker = Linker<WASIContext>(try Engine())
        try linker.defineWASI { $0 }
        #expect(throws: LinkError.self) { try linker.defineWASI { $0 } }
    }

    @Test func typesAreTheInterfaces() {
        let types = Dictionary(uniqueKeysWithValues: WASIFunction.all.map { ($0.name, $0.type.description) })
        #expect(types["path_open"] == "[i32 i32 i32 i32 i32 i64 i64 i32 i32] -> [i32]")
        #expect(types["fd_seek"] == "[i32 i64 i32 i32] -> [i32]")
        #expect(types["proc_exit"] == "[i32] -> []")
        #expect(types["sched_yield"] == "[] -> [i32]")
    }
}
