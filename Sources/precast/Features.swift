import ArgumentParser
import Foundation
import PrecastCompiler
import PrecastGuestRunner
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
        func column(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
        var text = ""
        for feature in Feature.allCases {
            let requirements = feature.requirements.features.map(\.name).joined(separator: ", ")
            let row = column(feature.name, 26) + (enabled.contains(feature) ? "on    " : "off   ")
                + column(FeatureSet.implemented.contains(feature) ? "compiled" : "validated", 12) + (requirements.isEmpty ? "" : "built on " + requirements)
            text += row.trimmingCharacters(in: .whitespaces) + "\n"
        }
        writeText(text, to: STDOUT_FILENO)
    }
}
