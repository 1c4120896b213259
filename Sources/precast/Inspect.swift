import ArgumentParser
import FoundationEssentials
import Glibc
import PrecastArtifactFormat
import PrecastGuestRunner
import PrecastInspection
import PrecastRuntime
import PrecastUnwindAnalysis

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what is in an artifact.",
        discussion: """
            Prints its stamp (target, CPU features, versions, settings, digests), sections, imports and exports. Nothing of it is run.
            Of a file for several targets it lists the artifacts, and says which of them this machine loads.
            Exit status 0, or 1 with an error for what is no artifact, or a damaged one.

            Examples:
              precast inspect app.pwasm
              precast inspect --json app.pwasm | jq .cpu_features
              precast inspect app.pwasm --target x86_64-unknown-linux-gnu:x86-64-v3
            """)
    @Option(name: .long, help: ArgumentHelp("Of a file for several targets, the artifact for this one.", valueName: "triple[:cpu]"))
    var target: String?
    @Flag(name: .long, help: "Print a JSON object.")
    var json = false
    @Argument(help: ArgumentHelp("The artifact, or - for standard input.", valueName: "file"))
    var file: String

    func run() throws {
        var bytes = try readFile(file, limit: artifactLimit)
        if target != nil { bytes = try member(bytes, file, target) }
        do throws(ArtifactError) {
            if isContainer(bytes) {
                let report = try inspectContainer(bytes, on: .current)
                return writeText(json ? report.json : report.text, to: STDOUT_FILENO)
            }
            let report = try inspect(bytes)
            writeText(json ? report.json : report.text, to: STDOUT_FILENO)
        } catch {
            let hint = bytes.starts(with: [0, 0x61, 0x73, 0x6D]) ? ": it is a WebAssembly module, which `precast compile` makes one of" : ""
            throw CommandFailure("\(inputName(file)): \(error.text)\(hint)")
        }
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether an artifact will load on a host.",
        discussion: """
            Without options the host is this one. Lists every mismatch at once, and every fault of the file itself: its tables are \
            walked, its digests compared. Of a file for several targets it says which artifact the host loads, and why it does not load the \
            others. Exit status 0 if it will load, 1 if not.

            With --unwind it compares the unwind table (.eh_frame) with the code, instruction by instruction, whatever the host. Exit status 0 if the \
            file is sound and the table is exact, 1 if not.

            Examples:
              precast check app.pwasm
              precast check --unwind app.pwasm
              precast check app.pwasm --cpu x86-64-v3
              precast check app.pwasm --target aarch64-unknown-linux-gnu
              precast check app.pwasm --host aarch64:neoverse-n1
              ssh edge precast-run --describe-host > edge.json; precast check app.pwasm --host edge.json
            """)
    @Option(name: .long, help: ArgumentHelp("A host of this target.", valueName: "triple"))
    var target: String?
    @Option(name: .long, help: ArgumentHelp("A host with this CPU, named as for compile.", valueName: "name"))
    var cpu: String?
    @Option(name: .customLong("cpu-features"), parsing: .unconditional, help: ArgumentHelp("Changes to the CPU's features: +bmi2,-avx2.", valueName: "list"))
    var cpuFeatures: String?
    @Option(name: .long, help: ArgumentHelp("The host that this file describes, written by `precast-run --describe-host` there, or a target with its CPU.", valueName: "host.json|triple:cpu"))
    var host: String?
    @Flag(name: .long, help: "Compare the unwind table with the code.")
    var unwind = false
    @Flag(name: .long, help: "Print a JSON object.")
    var json = false
    @Argument(help: ArgumentHelp("The artifact, or - for standard input.", valueName: "file"))
    var file: String

    func validate() throws {
        if unwind && (host != nil || cpu != nil || cpuFeatures != nil || json) {
            throw ValidationError("--unwind goes with --target alone, which names the artifact in a file for several targets")
        }
        if host != nil && (target != nil || cpu != nil || cpuFeatures != nil) {
            throw ValidationError("--host already says all; leave out --target, --cpu and --cpu-features")
        }
        if host == "-" && file == "-" { throw ValidationError("the artifact and the host cannot both come from standard input") }
    }

    func run() throws {
        if unwind { return try checkUnwindTable() }
        let described = try describedHost()
        let bytes = try readFile(file, limit: artifactLimit)
        if isContainer(bytes) {
            let report = checkContainer(bytes, on: described)
            try show(report.text, report.json, loads: report.loads)
        } else {
            let report = check(bytes, on: described)
            try show(report.text, report.json, loads: report.loads)
        }
    }

    private func checkUnwindTable() throws {
        var bytes = try readFile(file, limit: artifactLimit)
        if target != nil || isContainer(bytes) { bytes = try member(bytes, file, target) }
        let report: UnwindReport
        do {
            report = try bytes.withUnsafeBytes { bytes in
                let view = try ArtifactView(image: bytes)
                try verifyTables(view)
                return try checkUnwinding(of: view)
            }
        } catch let error as ArtifactError {
            throw CommandFailure("\(inputName(file)): \(error.text)")
        } catch let error as UnwindCheckError {
            throw CommandFailure("\(inputName(file)): \(error.text)")
        }
        try show(report.text, "", loads: report.isExact)
    }

    private func show(_ report: String, _ object: String, loads: Bool) throws {
        writeText(json ? object : "\(inputName(file)): \(report)", to: STDOUT_FILENO)
        if !loads { throw ExitCode(1) }
    }

    private func describedHost() throws -> HostDescription {
        if let host, host.contains(":"), !FileManager.default.fileExists(atPath: host) {
            let parts = host.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            return try describedHost(target: parts[0], cpu: parts[1], features: parts.count > 2 ? parts[2] : nil)
        }
        if let host {
            let text = String(decoding: try readFile(host), as: UTF8.self)
            do { return try HostDescription(json: text) } catch { throw CommandFailure("\(inputName(host)): \(error)") }
        }
        if target == nil && cpu == nil && cpuFeatures == nil { return .current }
        return try describedHost(target: target ?? Machine.host.name, cpu: cpu, features: cpuFeatures)
    }
    private func describedHost(target: String, cpu: String?, features: String?) throws -> HostDescription {
        do throws(TargetError) {
            return try HostDescription(target: target, cpu: cpu, features: features, native: .current)
        } catch {
            throw CommandFailure.usage("\(error)")
        }
    }
}
