import Glibc
import PrecastEntities
import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

/// Writes functions block by block, forward, for tests.
struct TestFunction {
    struct Block {
        var instructions: [MachineInstruction] = []
        var parameters: [Register] = []
        var arguments: [Register] = []
        var successors: [Int] = []
        var loopDepth = 0
        var isCold = false
    }
    static let algorithms: [AllocationAlgorithm] = [.linearScan, .singlePass]
    var blocks: [Block]
    /// Registers, call infos and pools are made here; blocks are put in by `finish`.
    private(set) var registers: [(RegisterClass, UInt8)] = []
    private(set) var calls: [(uses: [CallOperand], defs: [CallOperand], clobbers: UInt8, stack: Int, pops: Int)] = []
    private(set) var constants: [PoolConstant] = []
    private(set) var tables: [[Int]] = []
    private(set) var slots: [(Int, Int)] = []
    var incomingBytes = 0

    init(blocks: Int) { self.blocks = Array(repeating: Block(), count: blocks) }

    mutating func integer() -> Register { register(.integer, 8) }
    mutating func float() -> Register { register(.float, 8) }
    mutating func vector() -> Register { register(.float, 16) }
    mutating func register(_ c: RegisterClass, _ size: UInt8) -> Register {
        registers.append((c, size))
        return Register(VirtualRegister(rawValue: UInt32(registers.count - 1)))
    }
    mutating func call(uses: [CallOperand] = [], defs: [CallOperand] = [], clobbers: UInt8 = 0, stack: Int = 0, pops: Int = 0) -> UInt32 {
        calls.append((uses, defs, clobbers, stack, pops))
        return UInt32(calls.count - 1)
    }
    mutating func constant(_ c: PoolConstant) -> UInt32 {
        constants.append(c)
        return UInt32(constants.count - 1)
    }
    mutating func table(_ targets: [Int]) -> UInt32 {
        tables.append(targets)
        return UInt32(tables.count - 1)
    }
    mutating func slot(_ size: Int, _ alignment: Int = 8) -> UInt32 {
        slots.append((size, alignment))
        return UInt32(slots.count - 1)
    }
    mutating func emit(_ block: Int = 0, _ i: MachineInstruction) { blocks[block].instructions.append(i) }
    /// The function's arguments in machine registers.
    mutating func arguments(_ operands: [(Register, PhysicalRegister)]) {
        emit(0, .arguments(callInfo: call(defs: operands.map { CallOperand($0.0, $0.1) })))
    }
    mutating func ret(_ block: Int = 0, _ operands: [(Register, PhysicalRegister)]) {
        emit(block, .functionReturn(callInfo: call(uses: operands.map { CallOperand($0.0, $0.1) })))
    }
    mutating func jump(_ from: Int, to: Int, _ arguments: [Register] = []) {
        emit(from, .jump(BlockNumber(index: to)))
        blocks[from].successors = [to]
        blocks[from].arguments = arguments
    }
    mutating func branch(_ cc: Condition, _ from: Int, then: Int, else other: Int) {
        emit(from, .jcc(cc, then: BlockNumber(index: then), else: BlockNumber(index: other)))
        blocks[from].successors = [then, other]
    }

    func finish() -> VCode<MachineInstruction> {
        var code = VCode<MachineInstruction>(blockCount: blocks.count)
        for (c, size) in registers { _ = code.makeRegister(c, spillSize: size) }
        for c in calls { _ = code.makeCall(uses: c.uses, defs: c.defs, clobbers: c.clobbers, stackArgumentBytes: c.stack, calleePops: c.pops) }
        for c in constants { _ = code.constant(c) }
        for t in tables { _ = code.makeJumpTable(t.map { BlockNumber(index: $0) }) }
        for (size, alignment) in slots { _ = code.makeStackSlot(size: size, alignment: alignment) }
        code.incomingArgumentBytes = UInt32(incomingBytes)
        for b in blocks.indices.reversed() {
            let block = blocks[b]
            code.beginBlock(BlockNumber(index: b), loopDepth: block.loopDepth, isCold: block.isCold)
            for (n, i) in block.instructions.enumerated() {
                code.location = UInt32(b * 1000 + n)
                code.emit(i)
            }
            code.endBlock(
                BlockNumber(index: b), successors: block.successors.map { BlockNumber(index: $0) }, arguments: block.arguments, parameters: block.parameters)
        }
        code.finish()
        return code
    }

    /// All stages after lowering.
    func compile(_ algorithm: AllocationAlgorithm = .linearScan, _ change: (inout EmitOptions) -> Void = { _ in }) -> CompiledFunction {
        var options = EmitOptions(stackOverflowTrap: 10, storeOffset: 8, stackLimitOffset: 0)
        options.checksStack = false
        change(&options)
        let code = finish()
        let problem = X86_64.makeProblem(code)
        let solution = allocateRegisters(problem, algorithm: algorithm)
        do {
            try checkAllocation(problem, solution)
        } catch {
            Issue.record("\(error)\n\(dumpAllocation(problem, solution))")
        }
        return X86_64.emit(code, problem, solution, options)
    }
}

/// Functions linked next to each other in executable memory.
final class Executable {
    let memory: UnsafeMutableRawPointer
    let size: Int
    let entries: [UnsafeMutableRawPointer]

    init(_ functions: [CompiledFunction]) {
        var offsets: [Int] = []
        var end = 0
        for f in functions {
            let alignment = Int(f.alignment)
            end = (end + alignment - 1) & ~(alignment - 1)
            offsets.append(end)
            end += f.code.count
        }
        size = (end + 4095) & ~4095
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED else { preconditionFailure("mmap") }
        self.memory = memory
        entries = offsets.map { memory + $0 }
        for (f, offset) in zip(functions, offsets) {
            f.code.withUnsafeBytes { memory.advanced(by: offset).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            for r in f.relocations {
                precondition(r.kind == .x86PCRelative32 && r.target.kind == .function)
                let field = offset + Int(r.offset)
                let value = Int32(offsets[Int(r.target.index)] + Int(r.addend) - field)
                memory.storeBytes(of: value, toByteOffset: field, as: Int32.self)
            }
        }
        mprotect(memory, size, PROT_READ | PROT_EXEC)
    }
    deinit { munmap(memory, size) }

    typealias Entry = @convention(c) (Int, Int, Int, Int, Int, Int) -> Int
    /// Calls function `n`; the first argument arrives in rdi as the instance context does, the others in rsi, rdx, rcx, r8, r9.
    func call(_ n: Int = 0, _ context: Int = 0, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0) -> Int {
        unsafeBitCast(entries[n], to: Entry.self)(context, a, b, c, d, e)
    }
    typealias FloatEntry = @convention(c) (Double, Double, Double) -> Double
    func callFloat(_ n: Int = 0, _ a: Double = 0, _ b: Double = 0, _ c: Double = 0) -> Double {
        unsafeBitCast(entries[n], to: FloatEntry.self)(a, b, c)
    }
}

/// A small deterministic generator (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
