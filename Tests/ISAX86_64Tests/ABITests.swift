import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

@Suite struct ABITests {
    private let context = ABIValue(.integer, size: 8, purpose: .vmctx)
    private let caller = ABIValue(.integer, size: 8, purpose: .callerContext)
    private let i32 = ABIValue(.integer, size: 4)
    private let i64 = ABIValue(.integer, size: 8)
    private let f64 = ABIValue(.float, size: 8)
    private let v128 = ABIValue(.float, size: 16)

    @Test func ourConvention() {
        let a = assignArguments(ABISignature(.precast, parameters: [context, caller, i32, f64, i64, i64, i64, i64, i64], results: [i64, f64]))
        #expect(a.parameters == [
            .register(.rdi), .register(.r10), .register(.rsi), .register(.xmm(0)), .register(.rdx), .register(.rcx), .register(.r8), .register(.r9),
            .register(.rax),
        ])
        #expect(a.results == [.register(.rax), .register(.xmm(0))])
        #expect(a.returnArea == nil)
        #expect(a.stackBytes == 0)
    }

    @Test func stackArgumentsAscendAndAlign() {
        let a = assignArguments(ABISignature(
            .precast, parameters: [context] + Array(repeating: i32, count: 7) + Array(repeating: f64, count: 8) + [v128, f64], results: []))
        #expect(a.parameters[7] == .stack(0))
        #expect(a.parameters[16] == .stack(16))
        #expect(a.parameters[17] == .stack(32))
        #expect(a.stackBytes == 48)
    }

    @Test func resultsBeyondTheRegisters() {
        let results = Array(repeating: i64, count: 8) + [f64] + Array(repeating: v128, count: 8)
        let a = assignArguments(ABISignature(.precast, parameters: [context, i32, i32], results: results))
        #expect(a.results.prefix(6) == [.register(.rax), .register(.rdx), .register(.rcx), .register(.rsi), .register(.r8), .register(.r9)])
        #expect(a.results[6...7] == [.area(0), .area(8)])
        #expect(a.results[8] == .register(.xmm(0)))
        #expect(a.results.last == .area(16))
        #expect(a.returnArea == .register(.rsi))
        #expect(a.returnAreaBytes == 32)
        // The area's address comes before all other arguments.
        #expect(a.parameters == [.register(.rdi), .register(.rdx), .register(.rcx)])
    }

    @Test func systemV() {
        let a = assignArguments(ABISignature(.systemV, parameters: [context, i64, f64, i64, i64, i64, i64, i64], results: [i64, i64]))
        #expect(a.parameters == [
            .register(.rdi), .register(.rsi), .register(.xmm(0)), .register(.rdx), .register(.rcx), .register(.r8), .register(.r9), .stack(0),
        ])
        #expect(a.results == [.register(.rax), .register(.rdx)])
    }

    @Test func registerSetsAreDisjointAndComplete() {
        let environment = X86ABI.registerEnvironment
        var all = PhysicalRegisterSet()
        for r in Array(environment.callerSaved.joined()) + environment.calleeSaved.joined() + environment.scratch {
            #expect(!all.contains(r))
            all.insert(r)
        }
        // All but rsp and rbp.
        #expect(all.integer == 0xffcf)
        #expect(all.float == 0xffff)
        for r in environment.calleeSaved.joined() { #expect(!X86ABI.callerSaved.contains(r) && X86ABI.calleeSaved.contains(r)) }
        for r in environment.callerSaved.joined() { #expect(X86ABI.callerSaved.contains(r)) }
    }
}

@Suite struct FeatureTests {
    @Test func levelsGrow() {
        for (lower, higher) in zip(CPUFeatures.levels, CPUFeatures.levels.dropFirst()) { #expect(higher.features.isSuperset(of: lower.features)) }
        #expect(CPUFeatures.v3.contains(.bmi2) && !CPUFeatures.v2.contains(.bmi2))
    }
    @Test func namesAreUnique() {
        #expect(Set(CPUFeature.allCases.map(\.name)).count == CPUFeature.allCases.count)
        #expect(CPUFeature.bmi1.name == "bmi")
        #expect(CPUFeature.avx512vl.rawValue == 19)
        #expect(CPUFeature.avxvnni.rawValue == 34)
    }
    @Test func parsing() throws {
        #expect(try CPUFeatures.parse(cpu: "x86-64-v2") == .v2)
        let bmi = try CPUFeatures.parse(cpu: "x86-64-v2", changes: "+bmi2,+lzcnt")
        #expect(bmi.contains(.bmi2) && bmi.contains(.lzcnt) && !bmi.contains(.bmi1))
        // What a feature requires comes along; what requires a removed one goes.
        #expect(try CPUFeatures.parse(cpu: "x86-64", changes: "+avx2").isSuperset(of: [.avx, .sse42, .sse41, .ssse3, .sse3]))
        let none = try CPUFeatures.parse(cpu: "x86-64-v4", changes: "-avx")
        #expect(!none.contains(.avx2) && !none.contains(.fma) && !none.contains(.avx512vl) && none.contains(.bmi2))
        #expect(try CPUFeatures.parse(cpu: "native") == .native)
    }
    @Test func errorsNameTheNearest() {
        #expect(throws: CPUFeatureError.unknownCPU("x86-64-v5", nearest: "x86-64-v2")) { try CPUFeatures.parse(cpu: "x86-64-v5") }
        #expect(throws: CPUFeatureError.unknownFeature("bmy2", nearest: "bmi2")) { try CPUFeatures.parse(cpu: "x86-64", changes: "+bmy2") }
        #expect(throws: CPUFeatureError.unknownFeature("quantum", nearest: nil)) { try CPUFeatures.parse(cpu: "x86-64", changes: "-quantum") }
        #expect(throws: CPUFeatureError.missingSign("avx")) { try CPUFeatures.parse(cpu: "x86-64", changes: "avx") }
        #expect("\(CPUFeatureError.unknownFeature("bmy2", nearest: "bmi2"))" == "unknown CPU feature 'bmy2' for x86_64, did you mean 'bmi2'?")
    }
    #if arch(x86_64)
    @Test func nativeHasTheBaseline() { #expect(CPUFeatures.native.contains(.sse3)) }
    #endif
}

@Suite struct InstructionTests {
    @Test func instructionsAreSmallAndTrivial() {
        #expect(MemoryLayout<MachineInstruction>.size == 48)
        #expect(_isPOD(MachineInstruction.self))
    }
}
