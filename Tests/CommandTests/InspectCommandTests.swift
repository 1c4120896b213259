import Foundation
import PrecastArtifactFormat
import PrecastInspection
import PrecastWasmTestSupport
import Testing

@Suite(.serialized) struct InspectCommandTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../testsuite/artifact")

    private func golden(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: Self.golden.appendingPathComponent(name))) }
    private func goldenText(_ name: String) throws -> String { String(decoding: try golden(name), as: UTF8.self) }

    @Test func inspect() throws {
        let folder = try WorkFolder()
        try folder.write("sample.pwasm", try golden("sample.pwasm"))
        #expect(try folder.run(.precast, ["inspect", "sample.pwasm"]).text == goldenText("sample.inspect.txt"))
        #expect(try folder.run(.precast, ["inspect", "--json", "-"], input: golden("sample.pwasm")).text == goldenText("sample.inspect.json"))
    }

    @Test func inspectOfSomethingElse() throws {
        let folder = try WorkFolder()
        try folder.write("a.wasm", Guests.add.encode())
        let outcome = try folder.run(.precast, ["inspect", "a.wasm"])
        #expect(outcome.status == 1)
        #expect(outcome.errors == "error: a.wasm: not a Precast artifact: it is a WebAssembly module, which `precast compile` makes one of\n")
        #expect(try folder.run(.precast, ["inspect", "missing"]).status == 1)
    }

    @Test func checkListsEveryMismatch() throws {
        let folder = try WorkFolder()
        var sample = try golden("sample.pwasm")
        sample[sample.count - 1] ^= 1
        try folder.write("sample.pwasm", sample)
        var host = try HostDescription(target: "x86_64-unknown-linux-gnu", cpu: "x86-64")
        host.pageSize = 65536
        host.providesSignalTraps = false
        try folder.write("host.json", Array(host.json.utf8))
        let outcome = try folder.run(.precast, ["check", "sample.pwasm", "--host", "host.json"])
        #expect(outcome.status == 1)
        #expect(outcome.text == "sample.pwasm: " + (try goldenText("mismatches.check.txt")))
        let json = try folder.run(.precast, ["check", "--json", "sample.pwasm", "--host", "-"], input: Array(host.json.utf8))
        #expect(json.status == 1)
        #expect(json.text == (try goldenText("mismatches.check.json")))
    }

    @Test func checkOfTargets() throws {
        let folder = try WorkFolder()
        let artifact = try folder.compile("a", Guests.shift, ["--cpu", "x86-64-v3"])
        #expect(try folder.run(.precast, ["check", artifact, "--cpu", "x86-64-v4"]).text == "a.pwasm: loads\n")
        let old = try folder.run(.precast, ["check", artifact, "--cpu", "x86-64"])
        #expect(old.status == 1 && old.text.contains("CPU features"))
        let other = try folder.run(.precast, ["check", artifact, "--target", "aarch64-unknown-linux-gnu"])
        #expect(other.status == 1 && other.text.contains("machine: the host is aarch64, the artifact is for x86_64"))
        #expect(try folder.run(.precast, ["check", artifact, "--cpu", "pentium"]).status == 64)
        #expect(try folder.run(.precast, ["check", artifact, "--target", "vax"]).status == 64)
        try folder.write("bad.json", Array("{}".utf8))
        let bad = try folder.run(.precast, ["check", artifact, "--host", "bad.json"])
        #expect(bad.status == 1 && bad.errors.hasPrefix("error: bad.json: "))
        #expect(try folder.run(.precast, ["check", artifact, "--host", "bad.json", "--cpu", "x86-64"]).status == 64)
    }

    @Test func describeHost() throws {
        let folder = try WorkFolder()
        let described = try folder.run(.precastRun, ["--describe-host"])
        #expect(described.status == 0)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(described.output)) as? [String: Any])
        let keys = ["precast_host", "format_version", "abi_version", "machine", "os", "byte_order", "page_size", "cpu", "cpu_features", "signal_traps"]
        #expect(Set(object.keys).subtracting(["address_space"]) == Set(keys))
        let host = try HostDescription(json: described.text)
        #expect(host.machine == .host && host.formatVersion == .current && host.abiVersion == .current)
        // What is compiled for this CPU loads on this host, however it is described.
        let artifact = try folder.compile("a", Guests.add, ["--cpu", "native"])
        try folder.write("host.json", described.output)
        for options in [["--host", "host.json"], [], ["--cpu", "native"]] {
            #expect(try folder.run(.precast, ["check", artifact] + options).status == 0)
        }
    }
}
