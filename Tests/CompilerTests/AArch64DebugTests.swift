@testable import PrecastCompiler
import PrecastMachineCode
import PrecastObjectEmission
import PrecastWasmText
import Synchronization
import Testing

/// What code for AArch64 says of itself for debuggers.
@Suite struct AArch64DebugTests {
    private static func function(_ text: String, _ level: OptimizationLevel) throws -> (module: [UInt8], function: EmittedFunction) {
        var configuration = CompilerConfiguration()
        configuration.target = try Target(triple: "aarch64-unknown-linux-gnu", cpu: "generic")
        configuration.optimizationLevel = level
        configuration.debugInformation = true
        var compiler = try Compiler(configuration)
        let emitted = Emitted()
        compiler.hooks.emitted = emitted.add
        let module = try parseText(text)
        _ = try compiler.compile(module)
        return (module, try #require(emitted.first.withLock { $0 }))
    }
    private final class Emitted: Sendable {
        let first = Mutex<EmittedFunction?>(nil)
        func add(_ function: EmittedFunction) { first.withLock { if $0 == nil, function.functionIndex == 0 { $0 = function } } }
    }

    /// A constant that a loop needs is made before it. It comes from there: a breakpoint at the constant's line would stop too early.
    @Test(arguments: [OptimizationLevel.none, .standard]) func constantsBeforeALoopComeFromBeforeIt(_ level: OptimizationLevel) throws {
        let (module, function) = try Self.function(
            """
            (module (memory 1)
              (func (export "f") (param $n i32) (param $at i32) (result i32)
                (loop $again
                  (i32.store (local.get $at) (i32.mul (i32.load (local.get $at)) (i32.const 24)))
                  (local.set $at (i32.add (local.get $at) (i32.const 4)))
                  (br_if $again (i32.lt_u (local.get $at) (local.get $n))))
                (local.get $at)))
            """, level)
        // i32.const 24; i32.mul
        let constant = try #require(module.indices.first { module[$0...].starts(with: [0x41, 24, 0x6c]) })
        let places = function.compiled.sourceRanges.compactMap { range in
            range.location == .max ? nil : Int(function.locations[Int(range.location)].wasmOffset)
        }
        #expect(places.contains(constant + 2))
        #expect(!places.contains(constant))
    }

    /// A pointer is added to the start of memory once; then it is known by its address alone.
    @Test func addressesStandForLocals() throws {
        let (_, function) = try Self.function(
            """
            (module (memory 1)
              (func (export "f") (param $p i32) (result i32)
                (i32.store offset=4 (local.get $p) (i32.const 1))
                (i32.store offset=8 (local.get $p) (i32.const 2))
                (i32.store offset=12 (local.get $p) (i32.load offset=40 (local.get $p)))
                (i32.store offset=16 (local.get $p) (i32.const 3))
                (i32.load offset=20 (local.get $p))))
            """, .standard)
        let addresses = function.compiled.variables.filter { $0.subject == .localAddress(0) }
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { if case .register = $0.place { true } else { false } })
    }
}
