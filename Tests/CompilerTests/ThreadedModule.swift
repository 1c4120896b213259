import Foundation
import PrecastCompiler
import PrecastRuntime
import PrecastWasmText
import PrecastWasmTypes
import Synchronization

/// A compiled module that imports the shared memory `env.memory`, for instances on several threads.
struct ThreadedModule: Sendable {
    let engine: Engine
    let module: Module
    let memory: SharedMemory

    /// - Parameter text: fields of the module, behind the import of the memory as `$m`.
    init(_ text: String, pages: UInt64 = 1, maximum: UInt64 = 64, _ change: (inout CompilerConfiguration) -> Void = { _ in }) throws {
        var configuration = CompilerConfiguration()
        configuration.checksItself = true
        change(&configuration)
        let source = "(module (memory $m (import \"env\" \"memory\") \(pages) \(maximum) shared) \(text))"
        let artifact = try Compiler(configuration).compile(try parseText(source))
        engine = try Engine()
        module = try Module(engine, LoadedModule(try ArtifactImage.open(copying: artifact, trust: .vouched)))
        memory = try SharedMemory(MemoryType(limits: Limits(minimum: pages, maximum: maximum), isShared: true), engine: engine)
    }

    /// An instance in a store of its own.
    func instantiate(limits: StoreLimits = StoreLimits()) throws -> Instance {
        let linker = Linker<Void>(engine)
        try linker.define("env", "memory", .sharedMemory(memory))
        return try linker.instantiate(module, in: try Store(engine, limits: limits))
    }

    /// Runs `body` on `count` threads at once, each with an instance of its own; throws the first error when all have ended.
    func run(_ count: Int, _ body: @escaping @Sendable (Int, Instance) throws -> Void) throws {
        try inParallel(count) { try body($0, try instantiate()) }
    }

    /// The 32-bit word at `offset`.
    func word(_ offset: Int) -> UInt32 { memory.withUnsafeMutableBytes { $0.load(fromByteOffset: offset, as: UInt32.self) } }
}

/// Runs `body` on `count` threads; throws the first error when all have ended.
func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let failures = Failures()
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        let thread = Thread {
            do { try body(number) } catch { failures.add(error) }
            group.leave()
        }
        thread.stackSize = 4 << 20
        thread.start()
    }
    group.wait()
    try failures.check()
}

private final class Failures: Sendable {
    private let first = Mutex<(any Error)?>(nil)
    func add(_ error: any Error) { first.withLock { if $0 == nil { $0 = error } } }
    func check() throws { if let error = first.withLock({ $0 }) { throw error } }
}

extension Instance {
    /// Calls an exported function over i32 values.
    @discardableResult func call(_ name: String, _ arguments: Int32...) throws -> Int32 {
        guard let function = function(name) else { throw MissingExport(name: name) }
        guard case .i32(let result)? = try function.call(arguments.map { .i32($0) }).first else { return 0 }
        return result
    }
}
extension Function {
    /// The i32 that the function returns.
    func result(_ arguments: Value...) throws -> Int32? {
        if case .i32(let result)? = try call(arguments).first { result } else { nil }
    }
}
struct MissingExport: Error { let name: String }

/// What code is compiled for: levels, and how accesses are checked.
let threadConfigurations: [@Sendable (inout CompilerConfiguration) -> Void] = [
    { $0.optimizationLevel = .none },
    { $0.optimizationLevel = .standard },
    { $0.memoryReservation = 0 },
    { $0.usesSignals = false; $0.memoryReservation = 0 },
]
