import ArgumentParser
import PrecastFuzzing

struct Planted: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plants a miscompilation and says after how many modules it is found.",
        discussion: "Exit status 1 if it is not found. Without a name: lists the faults.")

    @OptionGroup var generator: GeneratorOptions
    @Option(help: "How many modules it may take.") var count: UInt64 = 2000
    @Argument(help: "The fault's name.") var name: String?

    func run() throws {
        guard let name else {
            let features = try generator.featureSet()
            for fault in PlantedFault.allCases where fault.requirements.isSubset(of: features) { print(fault.rawValue) }
            return
        }
        guard let fault = PlantedFault(rawValue: name) else { throw ValidationError("there is no fault '\(name)'") }
        var campaign = try Campaign(features: generator.featureSet(), outside: nil) { fault.plant(in: &$0) }
        var found: Difference?
        try campaign.run(seeds: generator.seed..<generator.seed + count, batch: 1) { difference in
            found = difference
            return false
        }
        guard let found else {
            printLine("\(name): not found in \(count) modules")
            throw ExitCode(1)
        }
        printLine("\(name): found after \(campaign.summary.modules) modules")
        let small = try campaign.minimize(found, attempts: 500)
        printLine("""
              \(small.description); made smaller from \(found.module.size) to \(small.module.size) nodes; \
            first wrong after: \(try campaign.firstWrongStage(small))
            """)
    }
}
