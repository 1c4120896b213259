public import PrecastArtifactFormat

/// A machine to compile for: its triple, CPU and features.
public struct Target: Hashable, Sendable, CustomStringConvertible {
    public let machine: Machine
    public let operatingSystem = OperatingSystem.linux
    /// The CPU as asked for.
    public let cpuName: String
    public let features: CPUFeatures

    /// The canonical triple.
    public var triple: String { machine.triple }
    /// The names of ``features``.
    public var featureNames: [String] { features.names(on: machine) }

    /// Checks that a file can be made for targets: there is a code generator for each, none is there twice, and there are not too many.
    public static func check(_ targets: [Target]) throws(ConfigurationError) {
        guard (1...Container.maximumMembers).contains(targets.count) else { throw .targetCount(targets.count) }
        for second in targets.indices {
            for first in targets[..<second] where first.machine == targets[second].machine && first.features == targets[second].features {
                throw .repeatedTarget(first, targets[second])
            }
            if !compilable.contains(targets[second].machine) { throw .cannotCompile(targets[second]) }
        }
    }

    /// The machines that there is a code generator for.
    public static let compilable: [Machine] = [.x86_64, .aarch64]

    /// This machine's architecture with its baseline CPU.
    public static var host: Target { Target(baselineOf: .host) }

    /// The CPU that code for `machine` is for when none is named.
    public init(baselineOf machine: Machine) {
        self.machine = machine
        cpuName = machine.baselineCPU
        features = CPUFeatures.named(cpuName, on: machine) ?? CPUFeatures()
    }

    /// - Parameters:
    ///   - triple: as clang writes it, or the machine alone; `gnu` and `musl` mean the same here. Nil: the host's.
    ///   - cpu: one of the machine's ``Machine/cpuNames``; `native` is the machine this runs on. Nil: ``Machine/baselineCPU``.
    ///   - changes: changes to the CPU's features: `+bmi2,-avx2`.
    public init(triple: String? = nil, cpu: String? = nil, features changes: String? = nil) throws(ConfigurationError) {
        do throws(TargetError) {
            machine = try triple.map { (triple) throws(TargetError) in try Machine(triple: triple) } ?? .host
            cpuName = cpu?.lowercased() ?? machine.baselineCPU
            features = try CPUFeatures(cpu: cpuName, changes: changes ?? "", on: machine, native: machine == .host ? nativeFeatures() : nil)
        } catch {
            throw .target(error)
        }
    }

    /// - Parameters:
    ///   - text: `TRIPLE`, `TRIPLE:CPU` or `TRIPLE:CPU:CHANGES`, such as `x86_64-unknown-linux-gnu:x86-64-v2:+bmi2`.
    ///   - cpu: the CPU where `text` names none.
    ///   - changes: the changes to its features, likewise.
    public init(parsing text: String, cpu: String? = nil, features changes: String? = nil) throws(ConfigurationError) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        try self.init(triple: parts.first ?? "", cpu: parts.count > 1 ? parts[1] : cpu, features: parts.count > 2 ? parts[2] : changes)
    }

    /// As ``init(parsing:cpu:features:)`` reads it.
    public var description: String { targetText(machine, cpuName, features) }
}
