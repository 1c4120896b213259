import ArgumentParser
import Glibc
import PrecastArtifactFormat
import PrecastCompiler
import PrecastGuestRunner
import PrecastInspection

struct Targets: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "targets",
        abstract: "List what can be compiled for: targets, CPUs and CPU features.",
        discussion: """
            Every build of the compiler has every target. A target that is marked "loader only" can be checked for, not compiled for.

            Examples:
              precast targets
              precast targets --json | jq '.targets[].cpus[].name'
            """)
    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let targets = Machine.all.map(TargetRow.init)
        if json {
            writeText(jsonText(TargetSummaries(host: Target.host.triple, targets: targets.map(\.summary))), to: STDOUT_FILENO)
        } else {
            writeText(targets.map(\.text).joined(), to: STDOUT_FILENO)
        }
    }
}

/// One target, as `precast targets` shows it.
private struct TargetRow {
    let machine: Machine
    let cpus: [(name: String, features: [String])]
    var isCompilable: Bool { Target.compilable.contains(machine) }

    init(_ machine: Machine) {
        self.machine = machine
        cpus = machine.cpuNames.map { ($0, (try? Target(triple: machine.triple, cpu: $0))?.featureNames ?? []) }
    }

    var text: String {
        let marks = (machine == .host ? " (this machine)" : "") + (isCompilable ? "" : " (loader only)")
        let width = 1 + (cpus.map(\.name.count).max() ?? 0)
        var text = machine.triple + marks + "\n  CPUs (default \(machine.baselineCPU)):\n"
        for cpu in cpus {
            let row = "    " + column(cpu.name, width) + cpu.features.joined(separator: " ")
            text += (cpu.features.isEmpty ? "    " + cpu.name : row) + "\n"
        }
        return text + "  CPU features:\n    \(machine.featureNames.joined(separator: " "))\n"
    }

    var summary: TargetSummaries.Target {
        TargetSummaries.Target(
            triple: machine.triple, machine: machine.name, canCompile: isCompilable, defaultCPU: machine.baselineCPU,
            cpus: cpus.map { TargetSummaries.CPU(name: $0.name, features: $0.features) }, cpuFeatures: machine.featureNames)
    }
}

/// What `precast targets --json` prints.
private struct TargetSummaries: Encodable {
    struct Target: Encodable {
        var triple: String
        var machine: String
        var canCompile: Bool
        var defaultCPU: String
        var cpus: [CPU]
        var cpuFeatures: [String]
    }
    struct CPU: Encodable {
        var name: String
        var features: [String]
    }
    var host: String
    var targets: [Target]
}

struct Settings: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "List what a compilation with the given options would go by.",
        discussion: """
            Takes the options of `precast compile`.

            Examples:
              precast settings
              precast settings --cpu native -Os
              precast settings --list-opts
            """)
    @OptionGroup var options: CompileOptions
    @Flag(name: .customLong("list-opts"), help: "List the optimizations that --disable-opt takes, in the order in which a function meets them, and the stages that they are part of.")
    var listsOptimizations = false

    func run() throws {
        if listsOptimizations {
            let text = Optimization.all.map { column($0.name, 24) + $0.stage.rawValue + "\n" }.joined()
            return writeText(text, to: STDOUT_FILENO)
        }
        let settings = try options.configuration(defaultCPU: nil)
        do { try settings.validate() } catch { throw CommandFailure.usage("\(error)") }
        let targets = try options.targets(defaultCPU: nil).flatMap {
            [("target", $0.triple), ("cpu", $0.cpuName), ("cpu features", $0.featureNames.joined(separator: ", "))]
        }
        func flag(_ value: Bool) -> String { value ? "yes" : "no" }
        let rows = targets + [
            ("optimization", "-O" + settings.optimizationLevel.rawValue), ("optimizations off", settings.disabledOptimizations.sorted().joined(separator: ", ")),
            ("wasm features", settings.features.features.map(\.name).joined(separator: ", ")),
            ("threads", "\(settings.threadCount)"), ("memory reservation", "\(settings.memoryReservation)"),
            ("memory guard", "\(settings.memoryGuard)"), ("signal traps", flag(settings.usesSignals)),
            ("speculation masks", flag(settings.masksSpeculation)), ("all frame pointers", flag(settings.keepsAllFramePointers)),
            ("branch targets", flag(settings.marksBranchTargets)), ("signed return addresses", flag(settings.signsReturnAddresses)),
            ("whole stores", flag(settings.keepsStoresWhole)), ("canonical nans", flag(settings.canonicalizesNaNs)), ("deterministic relaxed simd", flag(settings.makesRelaxedSIMDDeterministic)),
            ("optimization fuel", settings.optimizationFuel.map { "\($0)" } ?? "unlimited"), ("self checks", flag(settings.checksItself)),
        ]
        let text = rows.map { column($0.0, 28) + ($0.1.isEmpty ? "none" : $0.1) + "\n" }.joined()
        writeText(text, to: STDOUT_FILENO)
    }
}
