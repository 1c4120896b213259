import Foundation
import PrecastCodeTestSupport
import PrecastIR
import PrecastISAAArch64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

/// Functions and calls of them as a static program for AArch64, which QEMU runs: each call gets the addresses of bytes to read and of bytes to fill.
struct GuestProgram {
    private var code: [UInt8] = []
    private var inputs: [UInt8] = []
    private var outputSizes: [Int] = []
    /// Offsets into code, inputs and outputs.
    private var calls: [(function: Int, input: Int, output: Int)] = []

    private static let assembler = "/usr/bin/aarch64-linux-gnu-as", linker = "/usr/bin/aarch64-linux-gnu-ld", emulator = "/usr/bin/qemu-aarch64-static"
    static var isPossible: Bool { [assembler, linker, emulator].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) } }

    /// Adds a function, which refers to no other.
    mutating func add(_ function: CompiledFunction) -> Int {
        precondition(function.relocations.isEmpty)
        code += Array(repeating: 0, count: -code.count & 31)
        defer { code += function.code }
        return code.count
    }
    /// Calls a function that ``add(_:)`` gave, as (context, input, output).
    mutating func call(_ function: Int, input: [UInt8], outputBytes: Int) {
        inputs += Array(repeating: 0, count: -inputs.count & 15)
        calls.append((function, inputs.count, outputSizes.reduce(0, +)))
        inputs += input
        outputSizes.append(outputBytes)
    }

    /// What each call filled.
    func run(cpu: String = "max") throws -> [[UInt8]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("precast-guest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try Data(code).write(to: URL(fileURLWithPath: path("code")))
        try Data(inputs).write(to: URL(fileURLWithPath: path("input")))
        try source(code: path("code"), input: path("input")).write(toFile: path("a.s"), atomically: true, encoding: .utf8)
        for (tool, arguments) in [(Self.assembler, ["-o", path("a.o"), path("a.s")]), (Self.linker, ["-static", "-o", path("a"), path("a.o")])] {
            let messages = try output(of: tool, arguments)
            if !messages.isEmpty { throw GuestError(message: String(decoding: messages, as: UTF8.self)) }
        }
        let bytes = try output(of: Self.emulator, ["-cpu", cpu, path("a")])
        let total = outputSizes.reduce(0, +)
        if bytes.count != total { throw GuestError(message: "\(bytes.count) bytes of \(total): \(String(decoding: bytes.prefix(500), as: UTF8.self))") }
        var start = 0
        return outputSizes.map { size in
            defer { start += size }
            return Array(bytes[start..<start + size])
        }
    }

    private func source(code: String, input: String) -> String {
        let table = calls.map { ".quad code + \($0.function), input + \($0.input), output + \($0.output)\n" }.joined()
        let size = max(outputSizes.reduce(0, +), 16)
        return """
            .text
            .global _start
            _start: ldr x19, =table
            next: ldp x20, x1, [x19], #16
                cbz x20, done
                ldr x2, [x19], #8
                ldr x0, =context
                blr x20
                b next
            done: ldr x20, =output
                ldr x21, =\(outputSizes.reduce(0, +))
            more: mov x0, #1
                mov x1, x20
                mov x2, x21
                mov x8, #64
                svc #0
                add x20, x20, x0
                subs x21, x21, x0
                b.gt more
                mov x0, #0
                mov x8, #93
                svc #0
            .p2align 6
            code: .incbin "\(code)"
            .data
            .p2align 4
            input: .incbin "\(input)"
            .p2align 4
            context: .zero 256
            table: \(table) .quad 0, 0
            .bss
            .p2align 4
            output: .zero \(size)

            """
    }
}

struct GuestError: Error { let message: String }

/// Functions of the IR to code, with every allocation checked.
enum TestFunctions {
    static let algorithms: [AllocationAlgorithm] = [.linearScan, .singlePass]

    static func compile(_ function: borrowing Function, _ features: CPUFeatures, _ algorithm: AllocationAlgorithm) throws -> CompiledFunction {
        let code = AArch64.lower(function, LoweringOptions<AArch64>(features: features, traps: .init(divideByZero: 1, integerOverflow: 2, invalidConversion: 3)))
        #expect(code.features & ~features.bits == 0)
        var options = EmitOptions(stackOverflowTrap: 10, storeOffset: 8, stackLimitOffset: 0)
        options.checksStack = false
        let problem = AArch64.makeProblem(code), solution = allocateRegisters(problem, algorithm: algorithm)
        try checkAllocation(problem, solution)
        return AArch64.emit(code, problem, solution, options)
    }
}
