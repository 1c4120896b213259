import Foundation
import PrecastWasmTestSupport
import Testing

@Suite(.serialized) struct CompileCommandTests {
    /// Threads, folders, names, pipes and repetition do not show in an artifact.
    @Test func sameBytesEverywhere() throws {
        let here = try WorkFolder(), there = try WorkFolder()
        let module = generatedModule(functions: 200)
        let expected = try here.read(try here.compile("a", module, ["-j1"]))
        #expect(try here.read(try here.compile("b", module, ["-j2"])) == expected)
        #expect(try there.read(try there.compile("other name", module, ["-j", "2"])) == expected)
        #expect(try here.run(.precast, ["compile", here.path("a.wasm"), "-o", "-"]).output == expected)
        #expect(try here.run(.precast, ["compile", "-"], input: module.encode()).output == expected)
        #expect(try here.read(try here.compile("c", module, ["-O0"])) != expected)
        #expect(try here.names == ["a.pwasm", "a.wasm", "b.pwasm", "b.wasm", "c.pwasm", "c.wasm"])
    }

    @Test(arguments: [["-O2"], ["-O", "2"], ["-Os", "-j2"], ["-O3", "--cpu=x86-64-v3"], ["--cpu-features", "+bmi2,-sse4.2"], ["--cpu-features", "-popcnt"], ["--no-signals"],
        ["--disable-opt=selects,flag-reuse", "--disable-opt", "inlining"], ["--disable-opt", "all"]])
    func optionsAreTaken(options: [String]) throws {
        let folder = try WorkFolder()
        _ = try folder.compile("a", Guests.add, options)
    }

    @Test(arguments: [
        ["-O9"], ["-j0"], ["-jx"], ["--cpu", "x86-64-v9"], ["--cpu-features", "+warp"], ["--cpu-features", "avx"], ["--target", "vax"], ["--dump=everything"],
        ["--dump=opt:no-such-pass"], ["--function", "3"], ["--disable-opt", "selects,no-such-pass"], ["--opt-fuel=-1"], ["--memory-reservation=1"], ["--frame-pointers=some"], ["--bogus"],
        ["--features", "+no-such"], ["--features=simd;threads"],
    ])
    func optionsAreRefused(options: [String]) throws {
        let folder = try WorkFolder()
        try folder.write("a.wasm", Guests.add.encode())
        let outcome = try folder.run(.precast, ["compile", "a.wasm"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("error: ") && !outcome.errors.contains("Error:"), "\(outcome.errors)")
        #expect(try folder.names == ["a.wasm"])
    }

    @Test func errorsNameTheFile() throws {
        let folder = try WorkFolder()
        let module = Guests.add.encode()
        try folder.write("cut.wasm", Array(module.dropLast()))
        try folder.write("empty.wasm", [])
        try folder.write("text.wat", Array("(module (func nonsense))".utf8))
        try folder.write("component.wasm", [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0])
        _ = try folder.compile("good", Guests.add)
        let before = try folder.names
        for (file, message) in [
            ("cut.wasm", "at offset 0x"), ("empty.wasm", "unexpected end of the magic header"), ("component.wasm", "components are not supported yet"),
            ("good.pwasm", "compiled artifact already"), ("missing.wasm", "No such file or directory"), (".", "Is a directory"),
        ] {
            for command in ["compile", "validate"] {
                let outcome = try folder.run(.precast, [command, file])
                #expect(outcome.status == 1)
                #expect(outcome.errors.hasPrefix("error: \(file): ") && outcome.errors.contains(message), "\(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1)
            }
        }
        let text = try folder.run(.precast, ["compile", "text.wat"])
        #expect(text.status == 1)
        #expect(text.errors.hasPrefix("error: text.wat:1:15: unknown operator"), "\(text.errors)")
        #expect(try folder.run(.precast, ["compile", "-"], input: Array(module.dropLast())).errors.hasPrefix("error: standard input: "))
        #expect(try folder.run(.precast, ["validate", "good.wasm"]).status == 0)
        #expect(try folder.names == before)
    }

    /// The use of a feature that is off names it, the place and the option; what is on is in the stamp only where it is used.
    @Test func features() throws {
        let folder = try WorkFolder()
        try folder.write("a.wat", Array("(module (func (export \"f\") (param i32) (result i32 i32) (i32.extend8_s (local.get 0)) (local.get 0)))".utf8))
        #expect(try folder.run(.precast, ["parse", "a.wat"]).status == 0)
        for (command, file) in [(["compile"], "a.wasm"), (["compile", "-j2"], "a.wat"), (["validate"], "a.wasm"), (["print"], "a.wasm"), (["run", "--invoke=f"], "a.wasm")] {
            for (list, feature, place) in [("-sign-extension", "sign-extension", "in function 0"), ("+simd,-multi-value", "multi-value", "offset 0x")] {
                let outcome = try folder.run(.precast, command + ["--features", list, file] + (command[0] == "run" ? ["5"] : []))
                #expect(outcome.status == (command[0] == "run" ? 126 : 1))
                #expect(outcome.errors.hasPrefix("error: \(file): ") && outcome.errors.contains("the feature \(feature) is not enabled (at offset 0x"))
                #expect(outcome.errors.contains(place) && outcome.errors.hasSuffix("; --features +\(feature) turns it on\n"), "\(outcome.errors)")
            }
            let allowed = try folder.run(.precast, command + ["--features=-simd,sign-extension", file] + (command[0] == "run" ? ["5"] : []))
            #expect(allowed.status == 0 && allowed.errors.isEmpty, "\(allowed.errors)")
        }
        let report = try folder.run(.precast, ["inspect", "a.pwasm"]).text
        #expect(report.contains("wasm features         sign-extension, multi-value\n"), "\(report)")
        let plain = try folder.run(.precast, ["inspect", try folder.compile("plain", Guests.add)]).text
        #expect(plain.contains("wasm features         none\n"), "\(plain)")
        try folder.write("b.wast", Array("(assert_invalid (module (func (i32.extend8_s (i64.const 0)) drop)) \"type mismatch\")".utf8))
        #expect(try folder.run(.precast, ["wast", "b.wast"]).status == 0)
        #expect(try folder.run(.precast, ["wast", "b.wast", "--features=-sign-extension"]).status == 1)
    }

    @Test func vectorsNeedTheCPU() throws {
        let folder = try WorkFolder()
        let body = "(i64x2.abs (i8x16.add (local.get 0) (local.get 1)))"
        try folder.write("a.wat", Array("(module (func (export \"f\") (param v128 v128) (result v128) \(body)))".utf8))
        let refused = try folder.run(.precast, ["compile", "a.wat", "--cpu", "x86-64"])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("simd needs a CPU with sse4.1") && refused.errors.contains("--cpu x86-64-v2"), "\(refused.errors)")
        for (cpu, features) in [("v2", "sse3, ssse3, sse4.1"), ("v3", "sse3, ssse3, sse4.1, avx"), ("v4", "sse3, ssse3, sse4.1, avx, avx512vl")] {
            #expect(try folder.run(.precast, ["compile", "a.wat", "-o", "a.pwasm", "--cpu", "x86-64-\(cpu)"]).status == 0)
            let report = String(decoding: try folder.run(.precast, ["inspect", "a.pwasm"]).output, as: UTF8.self)
            #expect(report.split(separator: "\n").contains { $0.hasPrefix("cpu features ") && $0.hasSuffix(" " + features) }, "\(report)")
        }
        let sum = try folder.run(.precast, ["run", "--invoke", "f", "a.wat", "0xFE00000000000000000000000000000001", "0x1"])
        #expect(sum.status != 0)
        let result = try folder.run(.precast, ["run", "--invoke", "f", "a.wat", "0xfe000000000000000000000000000001", "0x1"])
        #expect(String(decoding: result.output, as: UTF8.self) == "0x02000000000000000000000000000002\n")
    }

    @Test func outputs() throws {
        let folder = try WorkFolder()
        try folder.write("a.wasm", Guests.add.encode())
        // The input stays, whatever the output is called.
        #expect(try folder.run(.precast, ["compile", "a.wasm", "-o", "./a.wasm"]).errors.contains("would replace the input"))
        #expect(try folder.read("a.wasm") == Guests.add.encode())
        #expect(try folder.run(.precast, ["compile", "a.wasm", "-o", "no/such/folder/a.pwasm"]).status == 1)
        // Devices are written to, not replaced.
        #expect(try folder.run(.precast, ["compile", "a.wasm", "-o", "/dev/null"]).status == 0)
        let full = try folder.run(.precast, ["compile", "a.wasm", "-o", "/dev/full"])
        #expect(full.status == 1 && full.errors.contains("/dev/full: cannot write: No space left"))
        // A link stays one, and its file is replaced.
        try folder.write("real.pwasm", [1])
        try FileManager.default.createSymbolicLink(atPath: folder.path("link.pwasm"), withDestinationPath: "real.pwasm")
        #expect(try folder.run(.precast, ["compile", "a.wasm", "-o", "link.pwasm"]).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link.pwasm")) == "real.pwasm")
        #expect(try folder.read("real.pwasm").count > 1000)
        #expect(try folder.names == ["a.wasm", "link.pwasm", "real.pwasm"])
    }

    @Test func dependencyFile() throws {
        let folder = try WorkFolder()
        try folder.write("a b.wasm", Guests.add.encode())
        #expect(try folder.run(.precast, ["compile", "a b.wasm", "-MD", "-o", "out.pwasm"]).status == 0)
        #expect(String(decoding: try folder.read("out.d"), as: UTF8.self) == "out.pwasm: a\\ b.wasm\n")
    }

    @Test func dumpsAndTimes() throws {
        let folder = try WorkFolder()
        try folder.write("a.wasm", generatedModule(functions: 3).encode())
        let outcome = try folder.run(
            .precast, ["compile", "a.wasm", "--dump=translate,opt,opt:inlining,opt:dead-code,lower,regalloc,asm", "--function", "1", "--time-passes", "--verify"])
        #expect(outcome.status == 0)
        for stage in ["translate", "opt", "opt:inlining", "opt:dead-code", "lower", "regalloc", "asm"] { #expect(outcome.text.contains("; function 1 after \(stage)\n")) }
        #expect(!outcome.text.contains("; function 0 ") && !outcome.text.contains("; function 2 "))
        #expect(outcome.text.contains(" after asm\n000000: "))
        for stage in ["decode", "translate", "optimize", "lower", "allocate", "emit", "link", "total"] { #expect(outcome.errors.contains(stage)) }
        #expect(try folder.run(.precast, ["compile", "a.wasm", "--dump=opt", "-o", "-"]).status == 1)
    }

    /// Fuel says how far it reached; a name that is none gets the nearest that is one.
    @Test func optimizationsLeftOut() throws {
        let folder = try WorkFolder()
        let module = generatedModule(functions: 20)
        let plain = try folder.read(try folder.compile("a", module))
        let none = try folder.read(try folder.compile("b", module, ["--disable-opt=all"]))
        #expect(none != plain)
        for (fuel, report, expected) in [(0, "steps: 0 of", none), (7, "steps: 7 of", nil), (1_000_000, " of ", plain)] {
            let outcome = try folder.run(.precast, ["compile", "a.wasm", "-j3", "--opt-fuel", "\(fuel)", "-o", "c.pwasm"])
            #expect(outcome.status == 0 && outcome.errors.hasPrefix("optimization steps: ") && outcome.errors.contains(report), "\(outcome.errors)")
            if let expected { #expect(try folder.read("c.pwasm") == expected) }
        }
        let names = try folder.run(.precast, ["settings", "--list-opts"]).text.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names.count > 20 && names.contains("inlining") && names.contains("flag-reuse"))
        let settings = try folder.run(.precast, ["settings", "--disable-opt", "selects,dead-code"]).text
        #expect(settings.split(separator: "\n").contains { $0.hasPrefix("optimizations off ") && $0.hasSuffix(" dead-code, selects") }, "\(settings)")
        let refused = try folder.run(.precast, ["compile", "a.wasm", "--disable-opt", "dead-cod"])
        #expect(refused.status == 64 && refused.errors.contains("'dead-cod', did you mean 'dead-code'?; known: read-only-tables, "), "\(refused.errors)")
    }

    /// However and whenever it is ended, a compilation leaves its whole output or nothing.
    @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
    func interruptionLeavesNoFile(signal: Int32) throws {
        let folder = try WorkFolder()
        let started = Date()
        let expected = try folder.read(try folder.compile("a", generatedModule(functions: 1500)))
        let duration = -started.timeIntervalSinceNow
        try FileManager.default.removeItem(atPath: folder.path("a.pwasm"))
        var random = SeededGenerator(seed: UInt64(signal))
        for _ in 0..<10 {
            let process = try folder.process(Command.precast.path, ["compile", "a.wasm"])
            try process.run()
            Thread.sleep(forTimeInterval: .random(in: 0...duration, using: &random))
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            if FileManager.default.fileExists(atPath: folder.path("a.pwasm")) {
                #expect(try folder.read("a.pwasm") == expected)
                try FileManager.default.removeItem(atPath: folder.path("a.pwasm"))
            }
            #expect(try folder.names == ["a.wasm"])
        }
    }

    /// Where memory ends, so does the compilation: with one line, status 1 and no file; and it does not wait for threads that it cannot have.
    @Test(arguments: ["-j1", "-j4"]) func outOfMemory(threads: String) throws {
        let folder = try WorkFolder()
        try folder.write("a.wasm", generatedModule(functions: 3000).encode())
        var refused = 0, kilobytes = 40_000
        while true {
            let outcome = try folder.run(.precast, ["compile", "a.wasm", threads], shell: "ulimit -v \(kilobytes)")
            kilobytes += 2_000
            if outcome.status == 0 { break }
            #expect(try folder.names == ["a.wasm"])
            // Less than the command itself takes.
            if outcome.status == 127 && outcome.errors.contains("shared librar") { continue }
            #expect(outcome.status == 1)
            #expect(outcome.errors.hasPrefix("error: out of memory: ") && outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            refused += 1
            try #require(kilobytes < 2_000_000)
        }
        #expect(refused > 0)
    }

    /// A small module asks for 200 tables of 262,144 elements: what is not in the module does not get into the artifact.
    @Test func artifactsStayInProportion() throws {
        let folder = try WorkFolder()
        let tables = String(repeating: "(table 262144 funcref)", count: 200)
        try folder.write("a.wat", Array("(module \(tables) (func (param i32) (call_indirect 7 (local.get 0))))".utf8))
        #expect(try folder.run(.precast, ["compile", "a.wat"], shell: "ulimit -v 1000000").status == 0)
        #expect(try folder.read("a.pwasm").count < 100_000)
    }

    @Test func inputsAreLimited() throws {
        let folder = try WorkFolder()
        try folder.write("a.wasm", [])
        #expect(truncate(folder.path("a.wasm"), off_t(1) << 40) == 0)
        for (command, limit) in [("compile", 1 << 30), ("validate", 1 << 30), ("print", 1 << 30), ("inspect", 4 << 30)] {
            let outcome = try folder.run(.precast, [command, "a.wasm"])
            #expect(outcome.status == 1 && outcome.errors == "error: a.wasm: File too large: the limit is \(limit) bytes\n", "\(outcome.errors)")
        }
        #expect(try folder.run(.precast, ["validate", "/dev/zero"]).errors.contains("/dev/zero: File too large"))
    }

    @Test func listingsAndHelp() throws {
        let folder = try WorkFolder()
        #expect(try folder.run(.precast, ["targets"]).text.contains("x86_64-unknown-linux-gnu"))
        let features = try folder.run(.precast, ["features", "--features", "+wide-arithmetic,-simd"]).text
        #expect(features.contains("\nsimd                      off   "), "\(features)")
        #expect(features.contains("\nrelaxed-simd              off   ") && features.contains("\nwide-arithmetic           on    "))
        #expect(try folder.run(.precast, ["settings", "--features=-simd"]).text.contains(", reference-types, tail-call,"))
        #expect(try folder.run(.precast, ["settings", "-Os", "--cpu", "x86-64"]).text.contains("optimization                -Os\n"))
        for command in ["compile", "run", "inspect", "check", "validate", "parse", "print", "wast", "features", "settings"] {
            let help = try folder.run(.precast, [command, "--help"])
            #expect(help.status == 0 && help.text.contains("Examples:\n") && help.text.contains("precast \(command)"))
        }
        for shell in ["bash", "zsh", "fish"] { #expect(try folder.run(.precast, ["--generate-completion-script", shell]).text.contains("compile")) }
        #expect(try folder.run(.precast, ["--version"]).text.hasPrefix("precast "))
    }
}
