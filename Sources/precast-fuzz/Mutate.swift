public import ArgumentParser
import Foundation
public import PrecastFuzzing

extension HostileKind: ExpressibleByArgument {}

struct Mutate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Feeds spoiled input to the toolchain: errors are fine, a crash, a hang or much memory is not.",
        discussion: "KIND is binary, text, script, artifact or debug. Exit status 1 if an input took more memory than the bound, 3 if one took too long.")

    @Argument(help: "What is spoiled.") var kind: HostileKind
    @Argument(help: ArgumentHelp("What to begin with, besides generated modules.", valueName: "file")) var files: [String] = []
    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "How many inputs.") var count: UInt64 = 5000
    @Option(name: .shortAndLong, help: ArgumentHelp("Write the input of the first seed there, and do nothing else.", valueName: "file")) var output: String?

    func run() throws {
        let campaign = try HostileCampaign(kind, files: files)
        if let output {
            try Data(campaign.input(seed: seed)).write(to: URL(fileURLWithPath: output))
            return
        }
        let start = Date()
        campaign.run(seeds: seed..<seed + count)
        let summary = campaign.summary, bound = HostileCampaign.memoryBound
        printLine("""
            \(kind.rawValue), seeds \(seed)..<\(seed + count): \(summary.refused) refused, \(summary.accepted) accepted in \(Int(-start.timeIntervalSinceNow)) s; \
            largest input \(summary.largestInput) bytes; slowest \(summary.slowest.milliseconds) ms (seed \(summary.slowest.seed)); \
            most memory \(summary.largestGrowth.bytes >> 10) KiB (seed \(summary.largestGrowth.seed))
            """)
        for seed in summary.overBound { printLine("MEMORY seed \(seed): more than \(bound.fixed >> 20) MiB and \(bound.multiple) bytes for each byte of input") }
        for seed in summary.wronglyRefused { printLine("REFUSED seed \(seed): what is wrong with debug information must not keep a module from being compiled") }
        let failed = Set(summary.overBound + summary.wronglyRefused).count
        printLine("\(Int(count) - failed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode(1) }
    }
}
