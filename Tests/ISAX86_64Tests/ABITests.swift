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
        let a = X86_64.assignArguments(ABISignature(.precast, parameters: [context, caller, i32, f64, i64, i64, i64, i64, i64], results: [i64, f64]))
        #expect(a.parameters == [
            .register(.rdi), .register(.r10), .register(.rsi), .register(.xmm(0)), .register(.rdx), .register(.rcx), .register(.r8), .register(.r9),
            .register(.rax),
        ])
        #expect(a.results == [.register(.rax), .register(.xmm(0))])
        #expect(a.returnArea == nil)
        #expect(a.stackBytes == 0)
    }

    @Test func stackArgumentsAscendAndAlign() {
        let a = X86_64.assignArguments(ABISignature(
            .precast, parameters: [context] + Array(repeating: i32, count: 7) + Array(repeating: f64, count: 8) + [v128, f64], results: []))
        #expect(a.parameters[7] == .stack(0))
        #expect(a.parameters[16] == .stack(16))
        #expect(a.parameters[17] == .stack(32))
        #expect(a.stackBytes == 48)
    }

    @Test func resultsBeyondTheRegisters() {
        let results = Array(repeating: i64, count: 8) + [f64] + Array(repeating: v128, count: 8)
        let a = X86_64.assignArguments(ABISignature(.precast, parameters: [context, i32, i32], results: results))
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
        let a = X86_64.assignArguments(ABISignature(.systemV, parameters: [context, i64, f64, i64, i64, i64, i64, i64], results: [i64, i64]))
        #expect(a.parameters == [
            .register(.rdi), .register(.rsi), .register(.xmm(0)), .register(.rdx), .register(.rcx), .register(.r8), .register(.r9), .stack(0),
        ])
        #expect(a.results == [.register(.rax), .register(.rdx)])
    }

    @Test func registerSetsAreDisjointAndComplete() {
        let environment = X86_64.registerEnvironment
        var all = PhysicalRegisterSet()
        for r in Array(environment.callerSaved.joined()) + environment.calleeSaved.joined() + environment.scratch {
            #expect(!all.contains(r))
            all.insert(r)
        }
        // All but rsp and rbp.
        #expect(all.integer == 0xffcf)
        #expect(all.float == 0xffff)
        for r in environment.calleeSaved.joined() { #expect(!X86_64.callerSaved.contains(r) && X86_64.calleeSaved.contains(r)) }
        for r in environment.callerSaved.joined() { #expect(X86_64.callerSaved.contains(r)) }
    }
}

@Suite struct FeatureTests {
    @Test func levelsGrow() {
        let levels: [CPUFeatures] = [.v1, .v2, .v3, .v4]
        for (lower, higher) in zip(levels, levels.dropFirst()) { #expect(higher.isSuperset(of: lower)) }
        #expect(CPUFeatures.v3.contains(.bmi2) && !CPUFeatures.v2.contains(.bmi2))
    }
    @Test func namesAreUnique() {
        #expect(Set(CPUFeature.allCases.map(\.name)).count == CPUFeature.allCases.count)
        #expect(CPUFeature.bmi1.name == "bmi")
        #expect(CPUFeature.avx512vl.rawValue == 19)
        #expect(CPUFeature.avxvnni.rawValue == 34)
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
