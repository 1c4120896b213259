import ArgumentParser
import Foundation
import PrecastFuzzing
import PrecastWasmTypes

/// Differential fuzzing of compiler and loader, and hostile input.
@main struct PrecastFuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precast-fuzz", abstract: "Looks for miscompiled modules and for input that breaks the toolchain.",
        subcommands: [Compare.self, Planted.self, Mutate.self, Variables.self, Generate.self, ListFeatures.self], defaultSubcommand: Compare.self)
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

/// Another engine to compare with.
struct OutsideOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Another engine: a command that speaks like tools/wasmtime-engine.", valueName: "command")) var outside: String?

    func engine() throws -> OutsideEngine? { try outside.map { try OutsideEngine($0.split(separator: " ").map(String.init)) } }
}

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes the module of a seed.")

    @OptionGroup var generator: GeneratorOptions
    @Option(help: "How many functions it has; a handful unless given.") var functions: Int?
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to.", valueName: "file")) var output: String

    func run() throws {
        var maker = Generator(features: try generator.featureSet(), functionCount: functions)
        try Data(maker.module(seed: generator.seed).encode()).write(to: URL(fileURLWithPath: output))
    }
}

struct ListFeatures: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the features that the compiler has and generated modules use, one a line.")

    func run() { for feature in FeatureSet.implemented.features { print(feature.name) } }
}

/// Lines appear as they are printed, in a pipe too.
func printLine(_ line: String) {
    print(line)
    fflush(nil)
}
