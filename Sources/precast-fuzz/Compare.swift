import ArgumentParser
import Foundation
import PrecastFuzzing
import PrecastWasmTypes
import PrecastWastRunner

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs generated modules through all engines and compares results, traps, memories, globals and tables.",
        discussion: """
            Engines: the interpreter of the IR, artifacts at -O0, -O2 and one more way, those for AArch64, and the outside engine. What differs is made smaller, and the first
            stage that goes wrong is named. Exit status 1 if there is a difference.
            """)

    @OptionGroup var generator: GeneratorOptions
    @OptionGroup var other: OutsideOptions
    @Option(help: ArgumentHelp("Compile for AArch64, too, and run it with this: a command of a precast-script-host.", valueName: "command")) var aarch64: String?
    @Option(help: "How many modules.") var count: UInt64 = 1000
    @Option(help: ArgumentHelp("Put the modules that differ, and what they were made smaller to, here.", valueName: "dir")) var keep: String?
    @Option(help: "Say how far it is, every so many modules.") var progress: UInt64?
    @Flag(inversion: .prefixedNo, help: "Make modules that differ smaller.") var minimize = true

    func run() throws {
        var campaign = try Campaign(features: generator.featureSet(), outside: other.engine(), aarch64: aarch64Runner)
        var differences = 0
        let start = Date(), end = generator.seed + count
        for first in stride(from: generator.seed, to: end, by: Int(progress ?? count)) {
            var found: [Difference] = []
            try campaign.run(seeds: first..<min(first + (progress ?? count), end)) { difference in
                printLine(difference.description)
                found.append(difference)
                return true
            }
            differences += found.count
            for difference in found { try show(difference, &campaign) }
            if progress != nil { printLine("\(campaign.summary.modules) modules, \(differences) differences, \(Int(-start.timeIntervalSinceNow)) s") }
        }
        report(campaign.summary, end, -start.timeIntervalSinceNow)
        printLine("\(campaign.summary.modules - differences) passed, \(differences) failed")
        if differences > 0 { throw ExitCode(1) }
    }

    private var aarch64Runner: RunnerProcess? { aarch64.map { RunnerProcess($0.split(separator: " ").map(String.init), timeout: 120) } }

    private func report(_ summary: Campaign.Summary, _ end: UInt64, _ seconds: Double) {
        for (reason, number) in summary.reasons.sorted(by: { $0.value > $1.value }).prefix(5) { print("  the interpreter gave up on \(number): \(reason)") }
        print("  traps: " + summary.traps.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
        printLine("""
            seeds \(generator.seed)..<\(end): \(summary.bytes / max(summary.modules, 1)) bytes a module; calls: \(summary.returned) returned, \(summary.trapped) trapped; \
            \(summary.comparisons) comparisons; \(Int(Double(summary.modules) / max(seconds, 0.001))) modules/s
            """)
    }

    private func show(_ difference: Difference, _ campaign: inout Campaign) throws {
        let small = minimize ? try campaign.minimize(difference) : difference
        if minimize {
            printLine("  smaller (\(difference.module.size) to \(small.module.size) nodes): \(small.description)")
            printLine("  first wrong after: \(try campaign.firstWrongStage(small))")
        }
        guard let keep else { return }
        try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        try Data(difference.module.encode()).write(to: URL(fileURLWithPath: "\(keep)/\(difference.module.seed).wasm"))
        try Data(small.module.encode()).write(to: URL(fileURLWithPath: "\(keep)/\(difference.module.seed).small.wasm"))
    }
}
