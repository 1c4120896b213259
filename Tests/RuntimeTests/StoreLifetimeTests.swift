import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import Testing

/// A store ends with the last that refers to it, however its instances are linked.
@Suite struct StoreLifetimeTests {
    private final class HostData {}

    private func module(_ engine: Engine, _ text: String) throws -> Module {
        try Module(engine, LoadedModule(ArtifactImage.open(copying: Compiler().compile(parseText(text)), trust: .vouched)))
    }

    @Test func `a store ends, though its instances import from each other and from the host`() throws {
        let engine = try Engine()
        let first = try module(engine, """
            (module (import "host" "f" (func $f)) (memory (export "m") 1) (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 7))
              (tag (export "e")) (func (export "f") (call $f)))
            """)
        let second = try module(engine, """
            (module (import "a" "m" (memory 1)) (import "a" "t" (table 1 funcref)) (import "a" "g" (global i32)) (import "a" "e" (tag))
              (import "a" "f" (func $f)) (export "f" (func $f)) (func (export "call") (result i32) (call $f) (global.get 0)))
            """)
        weak var data: HostData?
        var calls = 0
        func run() throws {
            let store = try Store(engine, data: HostData())
            data = store.data
            let linker = Linker<HostData>(engine)
            try linker.define("host", "f", type: FunctionType(parameters: [], results: [])) { _, _ throws(HostError) in
                calls += 1
                return []
            }
            try linker.define("a", linker.instantiate(first, in: store))
            let instance = try linker.instantiate(second, in: store)
            let results = try #require(instance.function("call")).call([])
            guard case .i32(7) = try #require(results.first) else { throw CallError.mismatch("expected 7, found \(results)") }
            #expect(data != nil)
        }
        try run()
        #expect(calls == 1)
        #expect(data == nil)
    }

    @Test func `an instance keeps host functions and shared memories that nothing else has`() throws {
        let engine = try Engine(), store = try Store(engine)
        let module = try module(engine, """
            (module (import "h" "f" (func $f (result i32))) (import "h" "m" (memory 1 1 shared))
              (func (export "g") (result i32) (i32.add (call $f) (i32.load (i32.const 8)))))
            """)
        func instantiate() throws -> Instance {
            let linker = Linker<Void>(engine)
            try linker.define("h", "f", type: FunctionType(parameters: [], results: [.i32])) { _, _ throws(HostError) in [.i32(40)] }
            let memory = try SharedMemory(MemoryType(limits: Limits(minimum: 1, maximum: 1), isShared: true), engine: engine)
            memory.withUnsafeMutableBytes { $0.storeBytes(of: 2, toByteOffset: 8, as: Int32.self) }
            try linker.define("h", "m", .sharedMemory(memory))
            return try linker.instantiate(module, in: store)
        }
        let results = try #require(instantiate().function("g")).call([])
        guard case .i32(42) = try #require(results.first) else { throw CallError.mismatch("expected 42, found \(results)") }
    }
}
