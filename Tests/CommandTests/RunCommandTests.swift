import Foundation
import PrecastArtifactFormat
import PrecastWasmTestSupport
import Testing

/// `precast-run` and `precast run` take the same options for the guest and end with the same statuses.
@Suite(.serialized) struct RunCommandTests {
    /// Runs a module both ways, expects the same of both, and returns the outcome.
    private func runBoth(_ module: TestModule, options: [String] = [], arguments: [String] = []) throws -> Outcome {
        let folder = try WorkFolder()
        let artifact = try folder.compile("guest", module)
        let loaded = try folder.run(.precastRun, options + [artifact] + arguments)
        let compiled = try folder.run(.precast, ["run"] + options + ["guest.wasm"] + arguments)
        #expect(loaded.status == compiled.status && loaded.output == compiled.output, "\(loaded.errors)\(compiled.errors)")
        func message(_ text: String, _ prefix: String, _ file: String) -> String {
            // The note behind a trap has the artifact's build id, and their CPUs differ.
            text.replacingOccurrences(of: prefix, with: "").replacingOccurrences(of: file, with: "FILE").components(separatedBy: "\n")
                .filter { !$0.hasPrefix("note: build id ") }.joined(separator: "\n")
        }
        #expect(message(loaded.errors, "precast-run: ", "guest.pwasm") == message(compiled.errors, "error: ", "guest.wasm"))
        return loaded
    }

    @Test(arguments: [0, 1, 7, 99]) func theGuestsOwnStatus(code: Int) throws {
        #expect(try runBoth(Guests.exit(UInt8(code))).status == Int32(code))
    }

    @Test func invoke() throws {
        #expect(try runBoth(Guests.add, options: ["--invoke", "add"], arguments: ["2", "40"]).text == "42\n")
        #expect(try runBoth(Guests.add, options: ["--invoke=add"], arguments: ["--", "-2", "0x10"]).text == "14\n")
        for arguments in [["1"], ["1", "2", "3"], ["1", "two"], ["1", "4294967296"]] {
            #expect(try runBoth(Guests.add, options: ["--invoke", "add"], arguments: arguments).status == 125)
        }
        #expect(try runBoth(Guests.add, options: ["--invoke", "subtract"]).status == 125)
        #expect(try runBoth(Guests.add).status == 125)
    }

    @Test func everythingAfterTheFileIsTheGuests() throws {
        for (arguments, count) in [([], 1), (["a", "b"], 3), (["--"], 1), (["--", "a"], 2), (["a", "--"], 3), (["--", "--"], 2), (["-O2", "--help", "--dir", "x"], 5)] {
            #expect(try runBoth(Guests.countArguments, arguments: arguments).status == Int32(count), "\(arguments)")
        }
    }

    @Test func traps() throws {
        let outcome = try runBoth(Guests.trap)
        #expect(outcome.status == 134)
        #expect(outcome.errors.contains("unreachable") && outcome.errors.contains("inner") && outcome.errors.contains("outer"), "\(outcome.errors)")
        #expect(outcome.errors.contains("0x"), "the backtrace has offsets: \(outcome.errors)")
    }

    @Test func loaderErrors() throws {
        let missing = try runBoth(Guests.unknownImport)
        #expect(missing.status == 125)
        #expect(missing.errors.contains("unknown import") && !missing.errors.contains("\u{1b}"))
        #expect(try runBoth(Guests.memory, options: ["--max-memory", "1K"]).status == 125)
        #expect(try runBoth(Guests.memory, options: ["--max-memory", "64K"]).status == 0)
        #expect(try runBoth(Guests.memory, options: ["--dir", "no-such-folder"]).status == 125)
    }

    @Test(arguments: [["--bogus"], ["--env", "NOVALUE"], ["--max-memory", "much"], ["--max-memory", "99999999999999999999"], ["--dir"]])
    func badOptions(options: [String]) throws {
        let folder = try WorkFolder()
        _ = try folder.compile("guest", Guests.memory)
        for outcome in [try folder.run(.precastRun, options + ["guest.pwasm"]), try folder.run(.precast, ["run"] + options + ["guest.wasm"])] {
            #expect(outcome.status == (options == ["--dir"] ? outcome.status : 125), "\(outcome.errors)")
            #expect(!outcome.errors.isEmpty && !outcome.errors.contains("Error:"))
        }
    }

    @Test func files() throws {
        let folder = try WorkFolder()
        try folder.write("bad.wasm", [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0xFF])
        let artifact = try folder.compile("guest", Guests.exit(3))
        for (command, options) in [(Command.precastRun, [String]()), (.precast, ["run"])] {
            #expect(try folder.run(command, options + ["missing.pwasm"]).status == 127)
            let folderOutcome = try folder.run(command, options + ["."])
            #expect(folderOutcome.status == 125 && folderOutcome.errors.contains("irectory"))
            #expect(try folder.run(command, options + ["bad.wasm"]).status == 126)
            #expect(try folder.run(command, options).status == 125)
        }
        #expect(try folder.run(.precastRun, ["guest.wasm"]).status == 126)
        // Artifacts are code: not without being told.
        let refused = try folder.run(.precast, ["run", artifact])
        #expect(refused.status == 126 && refused.errors.contains("--allow-precompiled"))
        #expect(try folder.run(.precast, ["run", "--allow-precompiled", artifact]).status == 3)
        #expect(try folder.run(.precast, ["run", "-"], input: Guests.exit(4).encode()).status == 4)
    }

    @Test func damagedArtifacts() throws {
        let folder = try WorkFolder()
        let bytes = try folder.read(try folder.compile("guest", Guests.exit(3)))
        try folder.write("padded.pwasm", bytes + [UInt8](repeating: 0xAA, count: 70_000))
        #expect(try folder.run(.precastRun, ["padded.pwasm"]).status == 3)
        let padded = try folder.run(.precast, ["check", "padded.pwasm"])
        #expect(padded.status == 1 && padded.text.contains("file digest"))
        for length in [0, 3, 64, 500, bytes.count / 2, bytes.count - 1] {
            try folder.write("cut.pwasm", Array(bytes[..<length]))
            let outcome = try folder.run(.precastRun, ["cut.pwasm"])
            #expect(outcome.status == 126 || outcome.status == 3, "\(length) bytes: \(outcome.status) \(outcome.errors)")
        }
    }

    @Test func trust() throws {
        let folder = try WorkFolder()
        let artifact = try folder.compile("guest", Guests.exit(3))
        let bytes = try folder.read(artifact)
        let digest = bytes.withUnsafeBytes { SHA256.digest($0) }.hex
        #expect(try folder.run(.precastRun, ["--trust", "sha256:\(digest)", artifact]).status == 3)
        #expect(try folder.run(.precastRun, ["--trust=sha256:\(digest.uppercased())", artifact]).status == 3)
        let module = try folder.read("guest.wasm").withUnsafeBytes { SHA256.digest($0) }.hex
        #expect(try folder.run(.precast, ["run", "--trust", "sha256:\(module)", "guest.wasm"]).status == 3)
        #expect(try folder.run(.precast, ["run", "--allow-precompiled", "--trust", "sha256:\(digest)", artifact]).status == 3)
        let other = try folder.run(.precast, ["run", "--trust", "sha256:\(digest)", "guest.wasm"])
        #expect(other.status == 126 && other.errors.contains("expected SHA-256 \(digest), found \(module)"))
        var changed = bytes
        changed[changed.count - 1] ^= 1
        try folder.write(artifact, changed)
        let outcome = try folder.run(.precastRun, ["--trust", "sha256:\(digest)", artifact])
        #expect(outcome.status == 126)
        #expect(outcome.errors.contains("expected SHA-256 \(digest)"))
        for wrong in ["sha256:12", "sha256:" + String(repeating: "x", count: 64), "md5:0", ""] {
            #expect(try folder.run(.precastRun, ["--trust", wrong, artifact]).status == 125)
            #expect(try folder.run(.precast, ["run", "--trust", wrong, "guest.wasm"]).status == 125)
        }
    }

    // MARK: What the system refuses

    @Test func addressSpaceLimit() throws {
        let folder = try WorkFolder()
        let artifact = try folder.compile("guest", Guests.memory)
        let limited = try folder.run(.precastRun, [artifact], shell: "ulimit -v 2000000")
        #expect(limited.status == 125)
        #expect(limited.errors.contains("ulimit -v") && limited.errors.contains("--memory-reservation=0"), "\(limited.errors)")
        #expect(try folder.run(.precast, ["run", "guest.wasm"], shell: "ulimit -v 2000000").status == 125)
        let frugal = try folder.compile("frugal", Guests.memory, ["--memory-reservation=0"])
        #expect(try folder.run(.precastRun, [frugal], shell: "ulimit -v 2000000").status == 0)
    }

    @Test(.enabled(if: canMount, "mounting is forbidden here")) func noexecMount() throws {
        let folder = try WorkFolder()
        let artifact = try folder.compile("guest", Guests.exit(3))
        let mounted = "mkdir m && mount -t tmpfs -o noexec tmpfs m && cp \(artifact) m/ || exit 99"
        let inNamespace = { (arguments: [String]) in
            let line = ([Command.precastRun.path] + arguments).joined(separator: " ")
            return try folder.run(.precastRun, ["--version"], shell: "unshare -rm sh -c '\(mounted); \(line)'; code=$?; rmdir m; exit $code")
        }
        let refused = try inNamespace(["m/" + artifact])
        #expect(refused.status == 125)
        #expect(refused.errors.contains("noexec") && refused.errors.contains("sha256:"), "\(refused.errors)")
        // The remedy.
        let digest = try folder.read(artifact).withUnsafeBytes { SHA256.digest($0) }.hex
        #expect(try inNamespace(["--trust", "sha256:" + digest, "m/" + artifact]).status == 3)
    }
}

/// Whether this user may mount a file system in a namespace of its own.
private let canMount: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "unshare -rm mount -t tmpfs tmpfs /mnt 2>/dev/null"]
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}()
