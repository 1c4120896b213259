import Foundation
import PrecastEntities
import PrecastRegisterAllocation
import Testing

@Suite struct CheckedAllocationTests {
    /// A longer search by hand: `ALLOCATION_SEEDS=first,count`.
    static let extra: Range<Int> = {
        let parts = (ProcessInfo.processInfo.environment["ALLOCATION_SEEDS"] ?? "").split(separator: ",").compactMap { Int($0) }
        return parts.count == 2 ? parts[0]..<parts[0] + parts[1] : 0..<0
    }()

    /// Every generated problem, through the allocator and the checker.
    static func check(_ algorithm: AllocationAlgorithm, seeds: Range<Int>, size: Int? = nil) {
        var failures = 0
        for seed in seeds {
            let problem = RandomProblem.make(seed: seed, size: size)
            do {
                try problem.validate()
                let solution = allocateRegisters(problem, algorithm: algorithm)
                try checkAllocation(problem, solution)
            } catch {
                Issue.record("seed \(seed): \(error)")
                failures += 1
                if failures == 3 { return }
            }
        }
    }
    @Test func dumpOne() throws {
        guard let seed = ProcessInfo.processInfo.environment["SHOW_SEED"].flatMap({ Int($0) }) else { return }
        let problem = RandomProblem.make(seed: seed)
        let algorithm: AllocationAlgorithm = ProcessInfo.processInfo.environment["SHOW_SINGLE"] == nil ? .linearScan : .singlePass
        print(dumpAllocation(problem, allocateRegisters(problem, algorithm: algorithm)))
    }
    @Test(arguments: [AllocationAlgorithm.linearScan, .singlePass]) func random(_ algorithm: AllocationAlgorithm) {
        Self.check(algorithm, seeds: 0..<3000)
        Self.check(algorithm, seeds: Self.extra)
    }
    @Test(arguments: [AllocationAlgorithm.linearScan, .singlePass]) func randomLarge(_ algorithm: AllocationAlgorithm) {
        Self.check(algorithm, seeds: 10_000..<10_100, size: 1500)
    }

    @Test func measure() {
        guard ProcessInfo.processInfo.environment["MEASURE"] != nil else { return }
        for (size, count, isTypical) in [(100, 300, false), (100, 400, true), (1000, 40, true), (100_000, 1, true)] {
            let problems = (0..<count).map { RandomProblem.make(seed: 500 + $0, size: size, isTypical: isTypical) }
            let operands = problems.reduce(0) { $0 + $1.operands.count }
            for algorithm in [AllocationAlgorithm.linearScan, .singlePass] {
                var cost = [RunTimeCost](repeating: RunTimeCost(problems[0], Solution()), count: 1)[0]
                var best = Double.infinity
                var allocator = RegisterAllocator(algorithm: algorithm)
                for round in 0..<3 {
                    let start = DispatchTime.now().uptimeNanoseconds
                    for p in problems {
                        let solution = allocator.allocate(p)
                        if round == 0 { cost += RunTimeCost(p, solution) }
                    }
                    best = min(best, Double(DispatchTime.now().uptimeNanoseconds - start) / Double(operands))
                }
                print(size, isTypical, algorithm, "\(operands) operands,", (best * 10).rounded() / 10, "ns/operand;", cost)
            }
        }
    }
}
