import ArgumentParser
import Glibc
import PrecastCompiler
import PrecastGuestRunner
import PrecastInspection
import PrecastSymbolication

/// The option that says which WebAssembly features a module may use.
struct FeatureOptions: ParsableArguments {
    @Option(name: .customLong("features"), parsing: .unconditional, help: ArgumentHelp("Changes to the WebAssembly features that a module may use: +threads,-simd.", valueName: "list"))
    var changes: String?

    /// `features`, changed as the option says.
    func change(_ features: FeatureSet) throws(CommandFailure) -> FeatureSet {
        guard let changes else { return features }
        var features = features
        do throws(UnknownFeature) { try features.change(changes) } catch { throw .usage("--features: \(printable("\(error)"))") }
        return features
    }

    /// What to add to a message about a module that uses a feature which is off.
    static func hint(_ feature: Feature?) -> String { feature.map { "; --features +\($0.name) turns it on" } ?? "" }
}

struct Features: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "List the WebAssembly features.",
        discussion: """
            For each: whether modules may use it unless --features says otherwise, whether it can be compiled or only validated, and the \
            features that it is built on, which it turns on with it and which turn it off with them.

            Examples:
              precast features
              precast features --features +wide-arithmetic,-simd
            """)
    @OptionGroup var options: FeatureOptions

    func run() throws {
        let enabled = try options.change(.default)
        var text = ""
        for feature in Feature.allCases {
            let requirements = feature.requirements.features.map(\.name).joined(separator: ", ")
            let row = column(feature.name, 26) + (enabled.contains(feature) ? "on    " : "off   ")
                + (FeatureSet.implemented.contains(feature) ? "compiled" : "validated")
            text += (requirements.isEmpty ? row : column(row, 44) + "built on " + requirements) + "\n"
        }
        writeText(text, to: STDOUT_FILENO)
    }
}
