import ArgumentParser
import Foundation
import PrecastFuzzing
import PrecastWasmTypes

/// Differential fuzzing of compiler and loader.
@main struct PrecastFuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precast-fuzz", abstract: "Looks for miscompiled modules and for input that breaks the toolchain.",
        subcommands: [Compare.self, Generate.self, ListFeatures.self], defaultSubcommand: Compare.self)
}

/// Which modules to make.
struct GeneratorOptions: ParsableArguments {
    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "WebAssembly features to add (+name) or leave out (-name) of those that the compiler has.") var features: String?

    func featureSet() throws -> FeatureSet {
        var set = FeatureSet.implemented
        if let features { try set.change(features) }
        return set
    }
}

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs generated modules through all engines and compares results, traps, memories, globals and tables.",
        discussion: "Engines: the interpreter of the IR, artifacts at -O0, -O2 and one more way, and the outside engine. Exit status 1 if there is a difference.")

    @OptionGroup var generator: GeneratorOptions
    @Option(help: "How many modules.") var count: UInt64 = 1000
    @Option(help: ArgumentHelp("Another engine: a command that speaks like tools/wasmtime-engine.", valueName: "command")) var outside: String?
    @Option(help: ArgumentHelp("Put the modules that differ here.", valueName: "dir")) var keep: String?
    @Option(help: "Say how far it is, every so many modules.") var progress: UInt64?

    func run() throws {
        let outside = try outside.map { try OutsideEngine($0.split(separator: " ").map(String.init)) }
        var campaign = try Campaign(features: generator.featureSet(), outside: outside)
        var differences = 0
        let start = Date(), end = generator.seed + count
        for first in stride(from: generator.seed, to: end, by: Int(progress ?? count)) {
            try campaign.run(seeds: first..<min(first + (progress ?? count), end)) { difference in
                differences += 1
                try show(difference)
                return true
            }
            if progress != nil { print("\(campaign.summary.modules) modules, \(differences) differences, \(Int(-start.timeIntervalSinceNow)) s") }
        }
        let summary = campaign.summary
        for (reason, number) in summary.reasons.sorted(by: { $0.value > $1.value }).prefix(5) { print("  the interpreter gave up on \(number): \(reason)") }
        print("  traps: " + summary.traps.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
        let speed = Double(summary.modules) / max(-start.timeIntervalSinceNow, 0.001)
        print("""
            seeds \(generator.seed)..<\(end): \(summary.bytes / max(summary.modules, 1)) bytes a module; calls: \(summary.returned) returned, \(summary.trapped) trapped; \
            \(summary.comparisons) comparisons; \(Int(speed)) modules/s
            \(summary.modules - differences) passed, \(differences) failed
            """)
        if differences > 0 { throw ExitCode(1) }
    }

    private func show(_ difference: Difference) throws {
        print(difference.description)
        guard let keep else { return }
        try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        try Data(difference.module.encode()).write(to: URL(fileURLWithPath: "\(keep)/\(difference.module.seed).wasm"))
    }
}

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes the module of a seed.")

    @OptionGroup var generator: GeneratorOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to.", valueName: "file")) var output: String

    func run() throws {
        var maker = Generator(features: try generator.featureSet())
        try Data(maker.module(seed: generator.seed).encode()).write(to: URL(fileURLWithPath: output))
    }
}

struct ListFeatures: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the features that the compiler has and generated modules use, one a line.")

    func run() { for feature in FeatureSet.implemented.features { print(feature.name) } }
}
