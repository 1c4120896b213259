import PrecastArtifactFormat
import PrecastCompiler
import PrecastISAAArch64
import PrecastISAX86_64
import PrecastRuntime
import Testing

/// The artifact format and each back end have a table of CPU features: the loader links no back end, back ends know no artifacts.
@Suite struct FeatureTableTests {
    @Test func bitsAndNamesAgree() {
        #expect(X86Feature.allCases.map(\.rawValue) == PrecastISAX86_64.CPUFeature.allCases.map(\.rawValue))
        #expect(X86Feature.allCases.map(\.name) == PrecastISAX86_64.CPUFeature.allCases.map(\.name))
        // Code for AArch64 asks for no more than the first of them.
        for used in PrecastISAAArch64.CPUFeature.allCases { #expect(AArch64Feature(rawValue: used.rawValue)?.name == "\(used)") }
    }

    @Test func requirementsAgree() {
        for (known, used) in zip(X86Feature.allCases, PrecastISAX86_64.CPUFeature.allCases) {
            #expect(known.requirements.bits == used.requirements.bits, "\(known.name)")
        }
    }

    @Test func levelsAgree() {
        let levels: [(String, PrecastISAX86_64.CPUFeatures)] = [("x86-64", .v1), ("x86-64-v2", .v2), ("x86-64-v3", .v3), ("x86-64-v4", .v4)]
        for (name, features) in levels {
            #expect(PrecastArtifactFormat.CPUFeatures.named(name, on: .x86_64)?.bits == features.bits, "\(name)")
        }
    }

    /// What the compiler finds on this machine is what the loader finds.
    @Test func thisMachineIsTheSame() throws {
        #expect(try Target(cpu: "native").features.subtracting(HostDescription.current.features).isEmpty)
    }
}

@Suite struct TargetTests {
    @Test func hostIsTheDefault() throws {
        #expect(try Target() == .host)
        #expect(try Target(triple: Target.host.triple) == .host)
        #expect(try Target(triple: Target.host.triple, cpu: Machine.host.baselineCPU.uppercased()) == .host)
    }

    /// Naming this machine changes nothing; what names the machine otherwise gives the same bytes, too.
    @Test(arguments: ["x86_64-unknown-linux-gnu", "x86_64-linux-musl", "amd64"])
    func namedTargetGivesTheSameBytes(triple: String) throws {
        let module: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7F, 3, 2, 1, 0, 7, 5, 1, 1, 0x61, 0, 0, 10, 6, 1, 4, 0, 0x41, 42, 0x0B]
        var configuration = CompilerConfiguration()
        configuration.target = try Target(triple: "x86_64-unknown-linux-gnu")
        let expected = try Compiler(configuration).compile(module)
        configuration.target = try Target(triple: triple)
        #expect(try Compiler(configuration).compile(module) == expected)
        if Machine.host == .x86_64 { #expect(try Compiler().compile(module) == expected) }
    }

    @Test func loaderOnlyTargetsAreRefused() throws {
        for machine in Machine.all where !Target.compilable.contains(machine) {
            var configuration = CompilerConfiguration()
            configuration.target = try Target(triple: machine.triple)
            let target = configuration.target
            #expect(throws: ConfigurationError.cannotCompile(target)) { try Compiler(configuration) }
        }
    }

    @Test func foreignNative() throws {
        let foreign: Machine = Machine.host == .aarch64 ? .x86_64 : .aarch64
        #expect(throws: ConfigurationError.target(.notNative(foreign))) { try Target(triple: foreign.triple, cpu: "native") }
    }
}
