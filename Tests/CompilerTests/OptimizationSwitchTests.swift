import PrecastArtifactFormat
import PrecastCompiler
import PrecastWasmTestSupport
import PrecastWasmText
import Synchronization
import Testing

/// Optimizations can be left out by name, or from a step on.
@Suite struct OptimizationSwitchTests {
    private static let names = Optimization.all.map(\.name)
    private static let module = generatedModule(functions: 12).encode()

    private func compile(_ bytes: [UInt8] = module, _ change: (inout CompilerConfiguration) -> Void) throws -> [UInt8] {
        var configuration = CompilerConfiguration()
        change(&configuration)
        return try Compiler(configuration).compile(bytes)
    }

    /// The steps of a compilation, in order.
    private func steps(fuel: Int? = nil, without disabled: Set<String> = []) throws -> [OptimizationStep] {
        let record = Record()
        var configuration = CompilerConfiguration()
        configuration.optimizationFuel = fuel
        configuration.disabledOptimizations = disabled
        configuration.threadCount = 3
        var compiler = try Compiler(configuration)
        compiler.stepObserver = record.add
        _ = try compiler.compile(Self.module)
        return record.steps.withLock { $0 }
    }
    private final class Record: Sendable {
        let steps = Mutex<[OptimizationStep]>([])
        func add(_ step: OptimizationStep) { steps.withLock { $0.append(step) } }
    }

    @Test func namesAreUnique() { #expect(Set(Self.names).count == Self.names.count) }

    /// A module in which there is nothing to optimize becomes the same bytes, stamp included, whatever is left out.
    @Test(arguments: names) func theStampKnowsNothingOfIt(_ name: String) throws {
        let empty = try parseText("(module (memory (export \"m\") 1))")
        #expect(try compile(empty) { $0.disabledOptimizations = [name] } == compile(empty) { _ in })
        let found = try view(try compile { $0.disabledOptimizations = [name] }) { $0.stamp }
        let expected = try view(try compile { _ in }) { $0.stamp }
        #expect(found.tunables == expected.tunables && found.cpuName == expected.cpuName && found.requestedFeatures == expected.requestedFeatures)
    }

    @Test(arguments: names) func leftOutIsNotAStep(_ name: String) throws {
        #expect(try steps().contains { $0.optimization == name })
        #expect(try !steps(without: [name]).contains { $0.optimization == name })
    }

    @Test func noFuelIsNoOptimization() throws {
        #expect(try compile { $0.optimizationFuel = 0 } == compile { $0.disabledOptimizations = Set(Self.names) })
        #expect(try compile { $0.optimizationFuel = .max } == compile { _ in })
        #expect(try compile { $0.optimizationFuel = 0 } != compile { _ in })
    }

    @Test(arguments: [0, 1, 2, 40, 163]) func fuelDoesNotDependOnThreads(_ fuel: Int) throws {
        let expected = try compile { $0.optimizationFuel = fuel }
        for threads in [1, 2, 5] {
            #expect(try compile { $0.optimizationFuel = fuel; $0.threadCount = threads } == expected)
        }
    }

    /// The same steps come in the same order however much fuel there is, and exactly the first are taken. (Without the first, tables are made at run time, which takes
    /// another trampoline.)
    @Test(arguments: [1, 2, 17, 100, 250]) func stepsAreTakenInOrder(_ fuel: Int) throws {
        let all = try steps(), limited = try steps(fuel: fuel)
        #expect(all.count > 250 && all.allSatisfy(\.isTaken))
        #expect(all.map(\.number) == Array(1...all.count))
        #expect(limited.map(\.description) == all.map(\.description))
        #expect(limited.map(\.isTaken) == all.map { $0.number <= fuel })
    }

    /// One step more changes the function that it names, its callers, and nothing else.
    @Test func aStepIsOneFunctions() throws {
        let all = try steps()
        let step = try #require(all.last { $0.optimization == "value-numbering" })
        let before = try code(fuel: step.number - 1), after = try code(fuel: step.number)
        #expect(before.count == after.count)
        #expect(before.indices.filter { before[$0] != after[$0] } == [try #require(step.function)])
    }
    /// The optimized IR of each function.
    private func code(fuel: Int) throws -> [String] {
        let box = Box()
        var configuration = CompilerConfiguration()
        configuration.optimizationFuel = fuel
        var compiler = try Compiler(configuration)
        compiler.dump = DumpRequest(points: [.optimize], function: nil, output: box.add)
        _ = try compiler.compile(Self.module)
        return box.texts.withLock { $0 }.sorted { Self.number($0) < Self.number($1) }
    }
    private static func number(_ text: String) -> Int { text.split(separator: " ").dropFirst(2).first.flatMap { Int($0) } ?? -1 }
    private final class Box: Sendable {
        let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    @Test(arguments: [("selcts", "selects"), ("addres-folding", "address-folding"), ("Inlinning", "inlining")])
    func misspeltNames(_ name: String, _ meant: String) throws {
        #expect(throws: ConfigurationError.unknownOptimization(name, known: Self.names)) { try compile { $0.disabledOptimizations = ["inlining", name] } }
        #expect("\(ConfigurationError.unknownOptimization(name, known: Self.names))".contains("did you mean '\(meant)'?"))
    }
}
