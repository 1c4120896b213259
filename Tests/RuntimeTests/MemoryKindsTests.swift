import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import Testing

/// Memories and tables of every kind through the host's door: sizes in pages and bytes, limits, imports that suit the code they are lent to.
@Suite struct MemoryKindsTests {
    private let engine: Engine
    private let linker: Linker<Void>

    init() throws {
        engine = try Engine()
        linker = Linker<Void>(engine)
        linker.allowsShadowing = true
    }

    private func module(_ text: String, _ change: (inout CompilerConfiguration) -> Void = { _ in }) throws -> Module {
        var configuration = CompilerConfiguration()
        configuration.features = FeatureSet.default.union(FeatureSet(.customPageSizes))
        change(&configuration)
        let artifact = try Compiler(configuration).compile(parseText(text))
        return try Module(engine, LoadedModule(ArtifactImage.open(copying: artifact, trust: .vouched)))
    }
    private func store(memoryBytes: UInt64 = .max, tableElements: UInt64 = 10_000_000) throws -> Store<Void> {
        var limits = StoreLimits()
        limits.memoryBytes = memoryBytes
        limits.tableElements = tableElements
        return try Store(engine, limits: limits)
    }

    private let reader = """
        (module (memory (import "host" "m") i64 1 8)
          (func (export "load") (param i64) (result i64) (i64.load (local.get 0)))
          (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0))))
        """

    @Test func `a 64-bit memory of the host`() throws {
        let store = try store()
        let memory = try Memory(MemoryType(limits: Limits(minimum: 1, maximum: 4), is64: true), in: store)
        #expect((memory.pageCount, memory.byteCount) == (1, 65536))
        #expect(memory.store(UInt64(77), at: 65528) && !memory.store(UInt64(77), at: 65529) && !memory.store(UInt8(1), at: .max))
        #expect(memory.load(at: UInt64.max - 3, as: UInt64.self) == nil && memory.read(at: 1, count: .max) == nil)
        try linker.define("host", "m", .memory(memory))
        let instance = try linker.instantiate(module(reader), in: store)
        let load = try instance.function("load", as: ((Int64) -> Int64).self)
        let grow = try instance.function("grow", as: ((Int64) -> Int64).self)
        #expect(try load(65528) == 77)
        #expect(throws: CallError.self) { try load(65529) }
        #expect(throws: CallError.self) { try load(1 << 32) }
        #expect(memory.grow(by: 1) == 1)
        #expect(try load(131_064) == 0)
        #expect(try grow(1) == 2)
        #expect((memory.pageCount, memory.byteCount) == (3, 3 * 65536))
        #expect(memory.grow(by: 2) == nil && memory.grow(by: .max) == nil && memory.grow(by: 1 << 48) == nil)
        #expect(memory.grow(by: 1) == 3)
    }

    @Test func `a memory of single bytes`() throws {
        let store = try store()
        let instance = try linker.instantiate(module("""
            (module (memory (export "m") 5 5000 (pagesize 1)) (data (i32.const 0) "abcde")
              (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0))))
            """), in: store)
        let memory = try #require(instance.memory("m"))
        let load = try instance.function("load", as: ((Int32) -> Int32).self)
        #expect((memory.pageCount, memory.byteCount, store.memoryBytes) == (5, 5, 5))
        #expect(memory.type.pageSize == 1)
        #expect(memory.read(at: 3, count: 2)! == Array("de".utf8) && memory.read(at: 3, count: 3) == nil)
        #expect(throws: CallError.self) { try load(5) }
        #expect(memory.grow(by: 1) == 5)
        #expect(try load(5) == 0)
        #expect(memory.grow(by: 4995) == nil && memory.grow(by: 4000) == 6)
        #expect(try load(4005) == 0)
        #expect(throws: CallError.self) { try load(4006) }
        #expect((memory.pageCount, memory.byteCount, store.memoryBytes) == (4006, 4006, 4006))
    }

    @Test func `limits of the store count bytes of all kinds`() throws {
        let store = try store(memoryBytes: 200_000)
        let wide = try Memory(MemoryType(limits: Limits(minimum: 2), is64: true), in: store)
        let bytes = try Memory(MemoryType(limits: Limits(minimum: 60_000), pageSizeLog2: 0), in: store)
        #expect(store.memoryBytes == 2 * 65536 + 60_000)
        #expect(wide.grow(by: 1) == nil && bytes.grow(by: 8929) == nil)
        #expect(bytes.grow(by: 8928) == 60_000 && bytes.grow(by: 1) == nil)
        #expect(throws: InstantiationError.self) { try Memory(MemoryType(limits: Limits(minimum: 1), is64: true), in: store) }
    }

    @Test func `sizes that no machine has are refused`() throws {
        let store = try store()
        for minimum in [1 << 31, 1 << 40, 1 << 48] as [UInt64] {
            #expect(throws: InstantiationError.self) { try Memory(MemoryType(limits: Limits(minimum: minimum), is64: true), in: store) }
        }
        #expect(throws: InstantiationError.self) { try Memory(MemoryType(limits: Limits(minimum: .max), is64: true, pageSizeLog2: 0), in: store) }
        for minimum in [10_000_001, 1 << 61, .max] as [UInt64] {
            #expect(throws: InstantiationError.self) {
                try Table(TableType(element: .function, limits: Limits(minimum: minimum), is64: true), in: store)
            }
        }
        let huge = try module("(module (memory i64 0x1000000000000))")
        #expect(throws: InstantiationError.self) { try linker.instantiate(huge, in: store) }
        #expect(store.memoryBytes == 0)
    }

    @Test func `a 64-bit table of the host`() throws {
        let store = try store(tableElements: 100)
        let table = try Table(TableType(element: .function, limits: Limits(minimum: 2), is64: true), in: store)
        try linker.define("host", "t", .table(table))
        let instance = try linker.instantiate(module("""
            (module (table (import "host" "t") i64 1 funcref) (func $seven (export "seven") (result i32) (i32.const 7))
              (func (export "call") (param i64) (result i32) (call_indirect (result i32) (local.get 0)))
              (func (export "grow") (param i64) (result i64) (table.grow (ref.func $seven) (local.get 0))))
            """), in: store)
        let call = try instance.function("call", as: ((Int64) -> Int32).self), grow = try instance.function("grow", as: ((Int64) -> Int64).self)
        #expect(throws: CallError.self) { try call(1) }
        #expect(table.set(1, .function(instance.function("seven"))) && !table.set(1 << 32, .function(nil)))
        #expect(try call(1) == 7)
        #expect(throws: CallError.self) { try call(1 << 32 | 1) }
        #expect(try grow(99) == -1)
        #expect(try grow(.min) == -1)
        #expect(try grow(98) == 2)
        #expect(try call(99) == 7)
        #expect(table.count == 100 && table.grow(by: .max, .function(nil)) == nil)
    }

    // MARK: Memories lent to code that was compiled otherwise

    private let lender = "(module (memory (export \"m\") 1 2))"
    private let borrower = "(module (memory (import \"lender\" \"m\") 1) (func (export \"load\") (param i32) (result i32) (i32.load (local.get 0))))"

    private func lend(_ lender: (inout CompilerConfiguration) -> Void, to borrower: (inout CompilerConfiguration) -> Void) throws -> Instance {
        let store = try store()
        try linker.define("lender", try linker.instantiate(module(self.lender, lender), in: store))
        return try linker.instantiate(module(self.borrower, borrower), in: store)
    }

    @Test func `code gets only memories with the address space that it counts on`() throws {
        // Without a reservation and guard, an unchecked access could hit what lies behind.
        #expect(throws: InstantiationError.self) { try lend({ $0.memoryReservation = 0 }, to: { _ in }) }
        #expect(throws: InstantiationError.self) { try lend({ $0.memoryGuard = 65536 }, to: { _ in }) }
        #expect(throws: InstantiationError.self) { try lend({ _ in }, to: { $0.memoryGuard = 64 << 20 }) }
        // A memory that moves would leave code behind that knows its place.
        #expect(throws: InstantiationError.self) { try lend({ $0.memoryReservation = 65536 }, to: { ($0.usesSignals, $0.memoryReservation) = (false, 4 << 30) }) }
        // Code that checks everything takes any.
        for lent in [0, 65536, 4 << 30] as [UInt64] {
            let instance = try lend({ $0.memoryReservation = lent }, to: { ($0.usesSignals, $0.memoryReservation) = (false, 0) })
            let load = try instance.function("load", as: ((Int32) -> Int32).self)
            #expect(try load(65532) == 0)
            #expect(throws: CallError.self) { try load(65533) }
        }
        #expect(throws: Never.self) { try lend({ $0.memoryGuard = 64 << 20 }, to: { _ in }) }
    }
}
