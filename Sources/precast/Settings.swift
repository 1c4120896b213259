import ArgumentParser
import Foundation
import PrecastCompiler
import PrecastGuestRunner

struct Targets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what can be compiled for: targets, CPUs and CPU features.",
        discussion: "Every build of the compiler has every target.")

    func run() throws {
        var text = ""
        for triple in Target.triples {
            text += "\(triple)\n  CPUs:\n"
            for name in Target.cpuNames {
                let features = (try? Target(triple: triple, cpu: name))?.featureNames ?? []
                text += "    \(name.padding(toLength: 12, withPad: " ", startingAt: 0))\(features.joined(separator: " "))\n"
            }
            text += "  CPU features:\n    \(Target.knownFeatureNames.joined(separator: " "))\n"
        }
        writeText(text, to: STDOUT_FILENO)
    }
}

struct Settings: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what a compilation with the given options would go by.",
        discussion: """
            Takes the options of `precast compile`.

            Examples:
              precast settings
              precast settings --cpu native -Os
            """)
    @OptionGroup var options: CompileOptions

    func run() throws {
        let settings = try options.configuration(defaultCPU: nil)
        do { try settings.validate() } catch { throw CommandFailure.usage("\(error)") }
        func flag(_ value: Bool) -> String { value ? "yes" : "no" }
        let rows = [
            ("target", settings.target.triple), ("cpu", settings.target.cpuName),
            ("cpu features", settings.target.featureNames.joined(separator: ", ")),
            ("optimization", "-O" + settings.optimizationLevel.rawValue), ("passes left out", settings.disabledPasses.sorted().joined(separator: ", ")),
            ("wasm features", settings.features.features.map(\.name).joined(separator: ", ")),
            ("threads", "\(settings.threadCount)"), ("memory reservation", "\(settings.memoryReservation)"),
            ("memory guard", "\(settings.memoryGuard)"), ("signal traps", flag(settings.usesSignals)),
            ("speculation masks", flag(settings.masksSpeculation)), ("all frame pointers", flag(settings.keepsAllFramePointers)),
            ("canonical nans", flag(settings.canonicalizesNaNs)),
        ]
        let text = rows.map { $0.0.padding(toLength: 20, withPad: " ", startingAt: 0) + ($0.1.isEmpty ? "none" : $0.1) + "\n" }.joined()
        writeText(text, to: STDOUT_FILENO)
    }
}
