import ArgumentParser
import Foundation
import PrecastFuzzing

struct Variables: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stops generated modules and compares what debug information says of locals, optimized and not.",
        discussion: "On x86-64. Exit status 1 if a local is said to be where it is not.")

    @OptionGroup var generator: GeneratorOptions
    @Option(help: "How many modules.") var count: UInt64 = 1000

    func run() throws {
        #if arch(x86_64)
        var campaign = try VariableCampaign(features: try generator.featureSet())
        var wrong = 0
        let start = Date()
        try campaign.run(seeds: generator.seed..<generator.seed + count) {
            printLine($0)
            wrong += 1
            return wrong < 50
        }
        let summary = campaign.summary
        printLine("""
            \(summary.modules) modules, \(summary.stops) stops (\(summary.unlike) unlike), \(summary.frames) frames, \(summary.locals) locals: \
            \(summary.present * 100 / max(summary.locals, 1)) % have a place, \(wrong) wrong; \(summary.contexts) contexts, \(summary.memoryBases) memory bases, \(summary.dumps) core dumps; \
            \(Int(-start.timeIntervalSinceNow)) s
            """)
        if wrong > 0 { throw ExitCode(1) }
        #else
        throw ValidationError("only on x86-64")
        #endif
    }
}
