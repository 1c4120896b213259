import CLoaderSupport
import Foundation
import PrecastArtifactFormat
import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import Testing

/// Bad artifacts, and faults that are none of the guest's.
@Suite struct HostileTests {
    /// Opens and, when that succeeds, reads everything there is and instantiates. Runs no code.
    private func exercise(_ bytes: [UInt8], _ engine: Engine) {
        do {
            let image = try ArtifactImage.open(copying: bytes, trust: .vouched)
            let loaded = try LoadedModule(image)
            let module = try Module(engine, loaded)
            for index in 0..<32 { _ = loaded.functionName(UInt32(index)) }
            _ = module.exports.map(\.type.description)
            let linker = Linker<Counts>(engine)
            for item in module.imports {
                if case .function(let type) = item.type {
                    try? linker.define(item.module, item.name, type: type) { (caller: borrowing Caller<Counts>, arguments: [Value]) throws(HostError) -> [Value] in [] }
                }
            }
            var limits = StoreLimits()
            limits.tableElements = 100_000
            limits.memoryBytes = 1 << 30
            let store = try Store(engine, data: Counts(), limits: limits)
            guard !loaded.hasStartFunction else { return }
            let instance = try linker.instantiate(module, in: store)
            for export in module.exports { _ = instance.export(export.name) }
        } catch {
            #expect(!"\(error)".isEmpty)
        }
    }

    @Test func truncations() throws {
        let engine = try Engine()
        let bytes = try TestArtifact.sample().build()
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: LoadError.self) { try ArtifactImage.open(copying: Array(bytes[..<count]), trust: .vouched) }
        }
        exercise(bytes, engine)
    }

    @Test func mutations() throws {
        let engine = try Engine()
        let bytes = try TestArtifact.sample().build()
        var state: UInt64 = 0x5EED
        func next(_ bound: Int) -> Int {
            state = state &* 6364136223846793005 &+ 1442695040888963407
            return Int(state >> 33) % bound
        }
        let interesting: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
        for _ in 0..<20_000 {
            var changed = bytes
            for _ in 0...next(4) {
                let at = next(min(bytes.count, 4096))
                changed[at] = next(2) == 0 ? interesting[next(interesting.count)] : changed[at] ^ UInt8(1 << next(8))
            }
            exercise(changed, engine)
        }
    }

    @Test func everyChangedByteIsRefused() throws {
        let bytes = try TestArtifact.sample().build()
        let digest = bytes.withUnsafeBytes { SHA256.digest($0) }
        for at in stride(from: 0, to: bytes.count, by: 41) {
            var changed = bytes
            changed[at] ^= 0x10
            #expect(throws: LoadError.self) { try ArtifactImage.open(copying: changed, trust: .sha256(digest)) }
        }
    }

    @Test func aHostFunctionsFaultIsNoTrap() async throws {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let engine = try Engine()
            let store = try Store(engine, data: Counts())
            let linker = Linker<Counts>(engine)
            try linker.define("env", "host") { (caller: borrowing Caller<Counts>, a: Int32, b: Int32) throws(HostError) -> Int32 in
                UnsafePointer<Int32>(bitPattern: 0x5000 + Int(a))!.pointee
            }
            try linker.define("env", "callback") { (caller: borrowing Caller<Counts>) throws(HostError) in }
            let module = try Module(engine, LoadedModule(ArtifactImage.open(copying: try TestArtifact.sample().build(), trust: .vouched)))
            signal(SIGSEGV, SIG_DFL)
            _ = try linker.instantiate(module, in: store).function("call_host")!.call([.i32(0), .i32(0)])
        }
    }

    @Test func aFaultElsewhereInCompiledCodeIsNoTrap() async throws {
        // The instruction is in the trap table; the address is in no guard.
        await #expect(processExitsWith: .exitCode(42)) {
            signal(SIGSEGV) { _ in _exit(42) }
            let fixture = try Fixture()
            _ = try fixture.instance.function("host_fault")!.call([.i32(0)])
        }
    }

    @Test func theHandlerThatWasThereIsCalled() async throws {
        await #expect(processExitsWith: .exitCode(43)) {
            signal(SIGILL) { _ in _exit(43) }
            let fixture = try Fixture()
            guard try fixture.trap("unreachable", []).code == .unreachable else { _exit(1) }
            kill(getpid(), SIGILL)
            sleep(5)
        }
    }

    @Test func theUnwinderWalksThrough() throws {
        var configuration = EngineConfiguration()
        configuration.codeObservers = .systemUnwinder
        let engine = try Engine(configuration)
        let store = try Store(engine, data: Counts())
        let linker = Linker<Counts>(engine)
        try linker.define("env", "host") { (caller: borrowing Caller<Counts>, a: Int32, b: Int32) throws(HostError) -> Int32 in Int32(precast_unwind_depth()) }
        let artifact = try Compiler().compile(parseText("""
            (module (import "env" "host" (func $host (param i32 i32) (result i32)))
              (func (export "call_host") (param i32 i32) (result i32)
                (i32.add (i32.const 0) (call $host (local.get 0) (local.get 1)))))
            """))
        let image = try ArtifactImage.open(copying: artifact, trust: .vouched)
        let instance = try linker.instantiate(try Module(engine, LoadedModule(image)), in: store)
        let call = try instance.function("call_host", as: ((Int32, Int32) -> Int32).self)
        let outside = Int32(precast_unwind_depth())
        // Host function, its wrappers, trampoline, function, entry trampoline, entry, and everything outside.
        #expect(try call(0, 0) > outside + 4)
    }

    @Test func addressSpaceLimit() async throws {
        await #expect(processExitsWith: .exitCode(44)) {
            let artifact = try TestArtifact.sample().build()
            let engine = try Engine()
            let module = try Module(engine, LoadedModule(ArtifactImage.open(copying: artifact, trust: .vouched)))
            let linker = Linker<Counts>(engine)
            try linker.define("env", "host") { (caller: borrowing Caller<Counts>, a: Int32, b: Int32) throws(HostError) -> Int32 in a }
            try linker.define("env", "callback") { (caller: borrowing Caller<Counts>) throws(HostError) in }
            let store = try Store(engine, data: Counts())
            var limit = rlimit(rlim_cur: 3 << 30, rlim_max: 3 << 30)
            setrlimit(__rlimit_resource_t(9), &limit) // RLIMIT_AS
            do {
                _ = try linker.instantiate(module, in: store)
            } catch {
                let text = "\(error)"
                _exit(text.contains("4362076160 bytes") && text.contains("--memory-reservation") && text.contains("ulimit -v") ? 44 : 1)
            }
        }
    }
}
