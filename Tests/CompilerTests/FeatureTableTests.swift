import PrecastArtifactFormat
import PrecastCompiler
import PrecastISAX86_64
import PrecastRuntime
import Testing

/// The loader and the x86-64 back end each have a table of CPU features: the loader links no back end, the back end knows no artifacts.
@Suite struct FeatureTableTests {
    @Test func bitsAndNamesAgree() {
        #expect(X86Feature.allCases.map(\.rawValue) == CPUFeature.allCases.map(\.rawValue))
        #expect(X86Feature.allCases.map(\.name) == CPUFeature.allCases.map(\.name))
    }

    @Test func levelsAgree() {
        for level in PrecastISAX86_64.CPUFeatures.levels {
            #expect(PrecastArtifactFormat.CPUFeatures.named(level.name, on: .x86_64)?.bits == level.features.bits, "\(level.name)")
        }
        #expect(Target.cpuNames == PrecastISAX86_64.CPUFeatures.levels.map(\.name) + ["native"])
    }

    /// What the compiler finds on this machine is what the loader finds.
    @Test func thisMachineIsTheSame() throws {
        #expect(try Target(cpu: "native").features.subtracting(HostDescription.current.features).isEmpty)
    }
}
