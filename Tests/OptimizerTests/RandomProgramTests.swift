import Foundation
import PrecastEntities
import PrecastIR
import PrecastIRInterpreter
import PrecastIRTestSupport
@testable import PrecastOptimizer
import Testing

/// What a run showed to the outside.
struct Outcome: Equatable {
    var results: [UInt64] = []
    var error: MachineError?
    var hostCalls: [UInt64] = []
    var memory: [[UInt8]] = []
}

/// Runs function 0 of a program in a fresh machine.
func execute(_ define: (Machine) -> Void, arguments seed: UInt64) -> Outcome {
    let machine = Machine()
    machine.fuel = 300_000
    machine.maximumDepth = 40
    var random = RandomNumbers(seed: seed)
    func bytes() -> [UInt8] { (0..<RandomFunction.memorySize).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
    let memories = [machine.memory.map(bytes()), machine.memory.map(bytes())]
    let context = machine.memory.map(Array(repeating: 0, count: RandomFunction.Layout.size))
    for (i, address) in memories.enumerated() { _ = machine.memory.store(address, context + UInt64(i * 8), 8) }
    for i in 2..<6 { _ = machine.memory.store(random.next(), context + UInt64(i * 8), 8) }
    var outcome = Outcome()
    machine.define(RandomFunction.host) { (machine, arguments) throws(MachineError) in
        outcome.hostCalls.append(arguments[1])
        let at = memories[0] + arguments[1] % 500
        _ = machine.memory.store(arguments[1] &* 0x9e37_79b9, at, 4)
        _ = machine.memory.store(arguments[1], context + 16, 4)
        return [arguments[1] &* 31 &+ 7 & 0xffff_ffff]
    }
    define(machine)
    let arguments = [context, random.next() & 0xffff_ffff, random.next() >> UInt64(random.below(64)), UInt64(Float(random.below(1000)).bitPattern), (Double(random.below(100000)) / 7).bitPattern]
    do throws(MachineError) {
        outcome.results = try machine.call(0, arguments)
    } catch {
        outcome.error = error
    }
    for address in memories { outcome.memory.append(machine.memory.bytes(address, RandomFunction.memorySize) ?? []) }
    outcome.memory.append(machine.memory.bytes(context, RandomFunction.Layout.size) ?? [])
    return outcome
}

/// A program of three random functions, each changed by `transform`.
func outcome(seed: UInt64, _ transform: (inout Function) -> Void) -> Outcome {
    execute({ machine in
        for number in 0..<3 as Range<UInt32> {
            var function = RandomFunction.make(seed: seed &* 31 &+ UInt64(number), number: number, of: 3, size: Int(10 + seed % 60))
            transform(&function)
            machine.define(function)
        }
    }, arguments: seed)
}

@Suite struct RandomProgramTests {
    static let count = UInt64(ProcessInfo.processInfo.environment["RANDOM_COUNT"] ?? "") ?? 400
    static let start = UInt64(ProcessInfo.processInfo.environment["RANDOM_START"] ?? "") ?? 1

    private func check(_ what: String, _ transform: (inout Function) throws -> Void) {
        for seed in Self.start..<(Self.start + Self.count) {
            let expected = outcome(seed: seed) { _ in }
            if expected.error == .outOfFuel { continue }
            let found = outcome(seed: seed) { function in
                do {
                    try transform(&function)
                    try verify(function)
                } catch {
                    Issue.record("seed \(seed), \(what): \(error)")
                }
            }
            if found != expected {
                Issue.record("seed \(seed), \(what): found \(found.results) \(String(describing: found.error)), expected \(expected.results) \(String(describing: expected.error)); memory equal: \(found.memory == expected.memory)")
                return
            }
        }
    }

    @Test func generatedFunctionsAreValid() throws {
        var ended = 0
        for seed in Self.start..<(Self.start + Self.count) {
            let result = outcome(seed: seed) { function in
                do { try verify(function) } catch { Issue.record("seed \(seed): \(error)") }
            }
            if result.error == nil { ended += 1 }
            if case .invalidAccess(let address) = result.error { Issue.record("seed \(seed): wild access \(address)") }
        }
        #expect(ended * 3 > Int(Self.count), "only \(ended) of \(Self.count) programs end without a trap")
    }
    @Test(arguments: Pass.allCases) func onePassKeepsMeaning(_ pass: Pass) { check(pass.rawValue) { try run(pass, &$0) } }
    @Test(arguments: Pass.allCases, [Pass.valueNumbering, .controlFlow]) func twoPassesKeepMeaning(_ second: Pass, _ first: Pass) {
        check("\(first.rawValue), \(second.rawValue)") { function in
            try run(first, &function)
            try run(second, &function)
        }
    }
    @Test(arguments: OptimizationLevel.allCases) func thePipelineKeepsMeaning(_ level: OptimizationLevel) {
        var options = OptimizationOptions(level: level)
        options.verifies = true
        check("\(level)") { try optimize(&$0, options) }
    }
}
