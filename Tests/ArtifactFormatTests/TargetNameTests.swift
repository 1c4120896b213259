import PrecastArtifactFormat
import Testing

@Suite struct TargetNameTests {
    @Test(arguments: [
        ("x86_64-unknown-linux-gnu", Machine.x86_64), ("x86_64-unknown-linux-musl", .x86_64), ("x86_64-linux-gnu", .x86_64), ("x86_64-pc-linux-gnu", .x86_64),
        ("X86_64-Linux", .x86_64), ("amd64", .x86_64), ("x86-64-unknown-linux-gnu", .x86_64), ("x86-64", .x86_64),
        ("aarch64-unknown-linux-gnu", .aarch64), ("aarch64-alpine-linux-musl", .aarch64), ("ARM64-linux", .aarch64), ("aarch64", .aarch64),
        ("riscv64gc-unknown-linux-gnu", .riscv64), ("riscv64-linux-musl", .riscv64),
    ])
    func triples(name: String, machine: Machine) throws {
        #expect(try Machine(triple: name) == machine)
        #expect(try Machine(triple: machine.triple) == machine)
    }

    @Test(arguments: [
        "", "-", "vax", "x86_64-", "x86_64-unknown", "x86_64-apple-macos", "x86_64-unknown-linux-gnux32", "aarch64_be-linux-gnu", "aarch64--", "x86-32-linux",
        "aarch64-unknown-linux-gnu-extra", "linux", "aarch64-linux-linux-linux",
    ])
    func badTriples(name: String) {
        #expect(throws: TargetError.unknownTarget(name)) { try Machine(triple: name) }
    }

    @Test func messagesNameTheNearestAndAll() {
        #expect("\(TargetError.unknownTarget("aarch46-unknown-linux-gnu"))" == "unknown target 'aarch46-unknown-linux-gnu', did you mean "
            + "'aarch64-unknown-linux-gnu'?; known: x86_64-unknown-linux-gnu, aarch64-unknown-linux-gnu, riscv64gc-unknown-linux-gnu")
        #expect("\(TargetError.unknownCPU("neoverse_n1", .aarch64))".contains("for aarch64, did you mean 'neoverse-n1'?; known: generic, "))
        #expect("\(TargetError.unknownFeature("bmy2", .x86_64))".hasPrefix("unknown CPU feature 'bmy2' for x86_64, did you mean 'bmi2'?; known: sse3, "))
        #expect("\(TargetError.unknownFeature("quantum", .x86_64))".hasPrefix("unknown CPU feature 'quantum' for x86_64; known: "))
        #expect("\(TargetError.unknownTarget("aarch46"))".hasPrefix("unknown target 'aarch46', did you mean 'aarch64'?; known: "))
        #expect("\(TargetError.unknownTarget("vax"))".hasPrefix("unknown target 'vax'; known: "))
    }

    @Test func changes() throws {
        func x86(_ cpu: String, _ changes: String) throws -> CPUFeatures { try CPUFeatures(cpu: cpu, changes: changes, on: .x86_64, native: nil) }
        #expect(try x86("x86-64-v2", "") == .x86_64v2)
        let bmi = try x86("x86-64-v2", "+bmi2,+LZCNT")
        #expect(bmi.contains(.bmi2) && bmi.contains(.lzcnt) && !bmi.contains(.bmi1))
        // What a feature requires comes along; what requires a removed one goes.
        #expect(try x86("x86-64", "+avx2").isSuperset(of: CPUFeatures(.avx, .sse42, .sse41, .ssse3, .sse3)))
        let none = try x86("x86-64-v4", "-avx")
        #expect(!none.contains(.avx2) && !none.contains(.fma) && !none.contains(.avx512vl) && none.contains(.bmi2))
        #expect(throws: TargetError.missingSign("avx")) { try x86("x86-64", "avx") }
        #expect(throws: TargetError.unknownFeature("lse", .x86_64)) { try x86("x86-64", "+lse") }
        #expect(throws: TargetError.unknownCPU("generic", .x86_64)) { try x86("generic", "") }
        #expect(throws: TargetError.notNative(.x86_64)) { try x86("native", "") }
        #expect(try CPUFeatures(cpu: "native", changes: "-avx", on: .x86_64, native: .x86_64v3) == none.subtracting(CPUFeatures(
            .avx512f, .avx512bw, .avx512cd, .avx512dq, .avx512vl)))
        #expect(try CPUFeatures(cpu: "generic", changes: "+sve2,+lse,-sve", on: .aarch64, native: nil) == CPUFeatures(.lse, .fp16))
    }

    /// Every CPU has the features that its features require, and is parsed by its name.
    @Test func cpusAreComplete() throws {
        for machine in Machine.all {
            #expect(machine.cpuNames.contains(machine.baselineCPU))
            #expect(Set(machine.cpuNames).count == machine.cpuNames.count)
            for cpu in machine.cpus {
                #expect(try CPUFeatures(cpu: cpu.name, changes: "", on: machine, native: nil) == cpu.features)
                for bit in UInt8(0)..<64 where cpu.features.contains(bit: bit) {
                    #expect(CPUFeatures.name(of: bit, on: machine) != nil)
                    #expect(cpu.features.isSuperset(of: CPUFeatures.requirements(of: bit, on: machine)), "\(cpu.name), bit \(bit)")
                }
            }
            #expect(Set(machine.featureNames).count == machine.featureNames.count)
        }
    }

    /// Capability words as two machines' kernels print them in /proc/cpuinfo.
    @Test func capabilities() {
        // fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid: Cortex-A72
        let a72 = CPUFeatures(hwcap: 0x8FF, hwcap2: 0)
        #expect(a72 == CPUFeatures(.crc, .aes, .sha2))
        // with atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp ssbs: Neoverse N1
        let n1 = CPUFeatures(hwcap: 0x1011_9FFF, hwcap2: 0)
        #expect(n1.isSuperset(of: CPUFeatures(.lse, .crc, .rdm, .fp16, .dotprod, .rcpc)) && !n1.contains(.i8mm))
        #expect(CPUFeatures(hwcap: 0, hwcap2: 1 << 13 | 1 << 14 | 1 << 17) == CPUFeatures(.i8mm, .bf16, .bti))
        let places = AArch64Feature.allCases.map { $0.capability.word * 64 + Int($0.capability.bit) }
        #expect(Set(places).count == places.count)
    }
}
