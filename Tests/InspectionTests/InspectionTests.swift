import Foundation
import PrecastArtifactFormat
import PrecastInspection
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../testsuite/artifact")

private func sample() throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appendingPathComponent("sample.pwasm"))) }

/// Compares with a golden file; `BLESS=1` rewrites it.
private func expectGolden(_ text: String, _ name: String) throws {
    let url = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["BLESS"] == "1" { try Data(text.utf8).write(to: url) }
    #expect(String(decoding: try Data(contentsOf: url), as: UTF8.self) == text)
}

private func x86Host(_ cpu: String) throws -> HostDescription { try HostDescription(target: "x86_64-unknown-linux-gnu", cpu: cpu) }

@Suite struct InspectionTests {
    @Test func textAndJSON() throws {
        let report = try inspect(sample())
        try expectGolden(report.text, "sample.inspect.txt")
        try expectGolden(report.json, "sample.inspect.json")
        #expect(report.imageDigestMatches && report.fileDigestMatches)
    }

    @Test func inspectShowsADamagedDigest() throws {
        var bytes = try sample()
        bytes[bytes.count - 1] ^= 1
        let report = try inspect(bytes)
        #expect(report.imageDigestMatches && !report.fileDigestMatches)
        #expect(report.text.contains("DOES NOT MATCH"))
    }

    @Test func checkSaysYes() throws {
        let report = check(try sample(), on: try x86Host("x86-64-v3"))
        #expect(report.loads, "\(report.text)")
        #expect(report.text == "loads\n")
    }

    @Test func checkListsEverything() throws {
        var host = try x86Host("x86-64")
        host.pageSize = 65536
        host.providesSignalTraps = false
        var bytes = try sample()
        bytes[bytes.count - 1] ^= 1
        let report = check(bytes, on: host)
        #expect(report.mismatches.count == 3)
        #expect(report.faults == [.digestMismatch("file digest")])
        try expectGolden(report.text, "mismatches.check.txt")
        try expectGolden(report.json, "mismatches.check.json")
    }

    @Test func checkOfOtherMachine() throws {
        let report = check(try sample(), on: try HostDescription(target: "aarch64-unknown-linux-gnu", cpu: nil))
        #expect(report.mismatches == [.machine(expected: .aarch64, found: .x86_64)])
    }

    @Test func checkOfNoArtifact() throws {
        #expect(check([], on: HostDescription()).faults.count == 1)
        #expect(check([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], on: HostDescription()).faults == [.notAnArtifact])
    }

    @Test func hostDescriptionRoundTrip() throws {
        var host = try x86Host("x86-64-v4")
        host.pageSize = 16384
        host.minimumCompiler = CompilerVersion(major: 1, minor: 2, patch: 3)
        host.addressSpace = 1 << 33
        host.providesSignalTraps = false
        #expect(try HostDescription(json: host.json) == host)
        #expect(try HostDescription(json: HostDescription().json) == HostDescription())
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"machine": 3}"#, #"{"machine": "vax"}"#, #"{"machine": "x86_64", "page_size": -1}"#,
        #"{"machine": "x86_64", "page_size": "big"}"#, #"{"machine": "x86_64", "cpu_features": "avx"}"#,
        #"{"machine": "x86_64", "minimum_compiler": "1.x"}"#, #"{"machine": "x86_64", "byte_order": "middle"}"#,
        #"{"machine": "x86_64", "os": "plan9"}"#, #"{"machine": "x86_64", "signal_traps": "perhaps"}"#,
    ])
    func badHostDescriptions(json: String) {
        #expect(throws: HostDescriptionError.self) { try HostDescription(json: json) }
    }

    @Test func badTargets() {
        #expect(throws: TargetError.unknownTarget("vax")) { try HostDescription(target: "vax") }
        #expect(throws: TargetError.unknownTarget("x86_64-apple-macos")) { try HostDescription(target: "x86_64-apple-macos") }
        #expect(throws: TargetError.unknownCPU("pentium", .x86_64)) { try HostDescription(target: "x86_64", cpu: "pentium") }
    }

    @Test func detection() throws {
        #expect(detectPrecompiled(try sample()))
        #expect(try detectPrecompiled(file: folder.appendingPathComponent("sample.pwasm").path))
        #expect(try !detectPrecompiled(file: folder.appendingPathComponent("sample.inspect.txt").path))
        #expect(throws: (any Error).self) { try detectPrecompiled(file: folder.appendingPathComponent("missing").path) }
    }
}
