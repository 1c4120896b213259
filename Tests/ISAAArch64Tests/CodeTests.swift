import Foundation
import PrecastCodeTestSupport
import PrecastIR
import PrecastISAAArch64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

/// Functions of testsuite/isa/aarch64 as code: each file has the IR and, in comments behind each function, the instructions it becomes.
@Suite struct CodeTests {
    static let options = LoweringOptions<AArch64>(features: [.lse], traps: TrapCodes(divideByZero: 7, integerOverflow: 8, invalidConversion: 9))
    static var files: [String] {
        let folder = repositoryPath("testsuite/isa/aarch64")
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".ir") && $0 != "protected.ir" }.sorted()
    }

    /// The machine code of a function, allocated as at -O2, proved and emitted.
    static func compile(_ function: borrowing Function, _ change: (inout EmitOptions) -> Void = { _ in }) throws -> CompiledFunction {
        let code = AArch64.lower(function, options)
        let problem = AArch64.makeProblem(code)
        var allocator = RegisterAllocator(algorithm: .linearScan)
        let solution = allocator.allocate(problem)
        try checkAllocation(problem, solution)
        var emission = EmitOptions(stackOverflowTrap: 10, storeOffset: 8, stackLimitOffset: 0)
        emission.marksInstructions = true
        change(&emission)
        return AArch64.emit(code, problem, solution, emission)
    }

    @Test(arguments: files) func golden(_ file: String) throws {
        let path = repositoryPath("testsuite/isa/aarch64/\(file)")
        let text = try String(contentsOf: path, encoding: .utf8)
        // Comments at the start of a line behind a function are its code.
        let functions = text.components(separatedBy: "\n}\n").dropLast().map { part in
            part.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.isEmpty || $0.hasPrefix(";;") }.joined(separator: "\n") + "\n}\n"
        }
        #expect(!functions.isEmpty)
        var written = ""
        for function in functions {
            let compiled = try Self.compile(parseFunction(function))
            let lines = compiled.marks.map { ";; " + $0.text + ($0.target.map { " -> \($0)" } ?? "") }
            written += function + lines.joined(separator: "\n") + "\n\n"
        }
        if ProcessInfo.processInfo.environment["BLESS"] != nil { try written.write(to: path, atomically: true, encoding: .utf8) }
        #expect(text == written, "\(file) is out of date; BLESS=1 rewrites it")
    }

    /// With branches that hardly reach anything, each goes a long way round and comes to the same place.
    @Test func branchesOutOfReach() throws {
        let text = try String(contentsOf: repositoryPath("testsuite/isa/aarch64/control.ir"), encoding: .utf8)
        for part in text.components(separatedBy: "\n}\n").dropLast() {
            let function = part.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.isEmpty || $0.hasPrefix(";;") }.joined(separator: "\n") + "\n}\n"
            let near = try Self.compile(parseFunction(function)), far = try Self.compile(parseFunction(function)) { $0.branchReach = 8 }
            #expect(far.code.count >= near.code.count && far.marks.map(\.text) == near.marks.map(\.text))
            for (a, b) in zip(near.marks, far.marks) {
                #expect((a.target == nil) == (b.target == nil))
                guard let target = b.target, b.text.hasPrefix("cb") || b.text.hasPrefix("tb") || b.text.hasPrefix("b.") else { continue }
                #expect(Self.destination(far.code, Int(b.offset)) == Int(target), "\(b.text)")
            }
        }
    }
    /// Signing and authenticating take turns on every way through the code, as the unwinder follows it.
    @Test func unwindingFollowsSignatures() throws {
        let text = try String(contentsOf: repositoryPath("testsuite/isa/aarch64/protected.ir"), encoding: .utf8)
        var signatures = 0
        for part in text.components(separatedBy: "\n}\n").dropLast() {
            let function = part.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.isEmpty || $0.hasPrefix(";;") }.joined(separator: "\n") + "\n}\n"
            let compiled = try Self.compile(parseFunction(function)) {
                $0.marksBranchTargets = true
                $0.signsReturnAddresses = true
                $0.probesStores = true
            }
            var isSigned = false, remembered: [Bool] = [], states: [(UInt32, Bool)] = [(0, false)]
            for step in compiled.unwind {
                switch step.rule {
                case .negatedReturnAddressState: isSigned.toggle()
                case .rememberState: remembered.append(isSigned)
                case .restoreState:
                    let last = remembered.popLast()
                    isSigned = try #require(last as Bool?)
                default: continue
                }
                states.append((step.offset, isSigned))
            }
            for mark in compiled.marks {
                let before = states.last { $0.0 <= mark.offset }?.1, after = states.last { $0.0 <= mark.offset + 4 }?.1
                switch mark.text {
                case "paciasp": #expect(before == false && after == true)
                case "autiasp", "autia1716": #expect(before == true)
                case "ret", "br x16": #expect(before == false)
                case let call where call.hasPrefix("bl"): #expect(before == true)
                default: continue
                }
                signatures += mark.text == "paciasp" ? 1 : 0
            }
        }
        #expect(signatures > 3)
    }

    /// Where the conditional branch at `offset` leads when it is taken, perhaps by an inverted branch over an unconditional one.
    private static func destination(_ code: [UInt8], _ offset: Int) -> Int {
        func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(code[at + $1]) << UInt32(8 * $1) } }
        func signed(_ bits: UInt32, _ width: UInt32) -> Int { Int(Int32(bitPattern: bits << (32 - width)) >> Int32(32 - width)) }
        let branch = word(offset), isBit = branch >> 25 & 0x3f == 0x1b
        let distance = isBit ? signed(branch >> 5 & 0x3fff, 14) : signed(branch >> 5 & 0x7_ffff, 19)
        let next = offset + 8 <= code.count ? word(offset + 4) : 0
        if distance == 2, next >> 26 == 5 { return offset + 4 + 4 * signed(next & 0x3ff_ffff, 26) }
        return offset + 4 * distance
    }
}
