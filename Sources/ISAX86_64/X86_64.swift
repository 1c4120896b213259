public import PrecastIR
public import PrecastMachineCode
public import PrecastRegisterAllocation

/// The instruction set x86-64, as the shared stages see it. Conventions are in ABI.swift.
public enum X86_64: InstructionSet {
    public typealias Instruction = MachineInstruction
    public typealias Features = CPUFeatures
    public typealias LoweringState = PrecastISAX86_64.LoweringState
    public typealias EmissionState = PrecastISAX86_64.EmissionState
    public typealias Test = Condition

    public static func lower(_ function: borrowing Function, _ options: LoweringOptions<Self>) -> VCode<MachineInstruction> {
        Lowering(function, options).run()
    }
    public static func makeProblem(_ code: borrowing VCode<MachineInstruction>) -> Problem { PrecastMachineCode.makeProblem(code, for: Self.self) }
    public static func emit(
        _ code: borrowing VCode<MachineInstruction>, _ problem: Problem, _ solution: Solution, _ options: EmitOptions
    ) -> CompiledFunction {
        Emitter(code, problem, solution, options).run(code, problem, solution)
    }
    public static func text(_ code: borrowing VCode<MachineInstruction>) -> String { InstructionPrinter().text(code) }
}

/// Lowering.
extension X86_64 {
    public static let loweringOptimizations = CodeOptimizations.all

    public static func makeLoweringState(_ options: LoweringOptions<Self>) -> LoweringState {
        LoweringState(avx: options.features.contains(.avx))
    }
    public static func lower(_ inst: Inst, _ lowering: inout FunctionLowering<Self>) { lowering.lowerInstruction(inst) }
    public static func useConstant(_ value: Value, _ data: InstructionData, _ lowering: inout FunctionLowering<Self>) -> Register {
        lowering.useConstant(value, data)
    }
    public static func lowerBranch(_ condition: Value, then: BlockNumber, else other: BlockNumber, _ lowering: inout FunctionLowering<Self>) {
        lowering.lowerBranch(condition, then: then, else: other)
    }
    public static func lowerClamp(_ clamped: Register, _ index: Register, bound: Register, last: Int, _ lowering: inout FunctionLowering<Self>) {
        lowering.emitClamp(clamped, index, bound: bound, last: last)
    }
    public static func lowerIndirectCall(_ target: Value, callInfo: UInt32, _ lowering: inout FunctionLowering<Self>) {
        lowering.emitIndirectCall(target, callInfo: callInfo)
    }
    public static func lowerLoad(_ type: Type, _ dst: Register, _ place: MemoryOperand, _ lowering: inout FunctionLowering<Self>) {
        lowering.emitLoad(type, dst, place)
    }
    public static func lowerStore(_ type: Type, _ place: MemoryOperand, _ value: Value, _ lowering: inout FunctionLowering<Self>) {
        lowering.emitStore(type, place, value)
    }
    public static func isNeeded(_ inst: Inst, _ data: InstructionData, _ lowering: borrowing FunctionLowering<Self>) -> Bool {
        data.opcode == .imul && lowering.state.wideProducts[inst] != nil
    }
    public static func visit(_ data: InstructionData, _ lowering: inout FunctionLowering<Self>) {
        switch data.opcode {
        case .vunary, .vbinary, .vternary: lowering.noteVectorFeatures()
        default: break
        }
    }
    public static func lowerEnd(_ lowering: inout FunctionLowering<Self>) {
        if lowering.avx && lowering.code.registerClasses.contains(.float) { lowering.usedFeatures.insert(.avx) }
    }
}

/// Emission.
extension X86_64 {
    public static func makeEmissionState(_ options: EmitOptions) -> EmissionState { EmissionState() }
    public static func dwarfNumber(_ r: PhysicalRegister) -> UInt8 { DWARFRegister.number(r) }
    public static var stackPointer: PhysicalRegister { .rsp }
    public static var framePointer: PhysicalRegister { .rbp }
    public static var returnAddressBytes: Int32 { 8 }
    public static let frameRecord: [(register: PhysicalRegister, offset: Int32)] = [(.rbp, -16)]
    public static func savesAtBottom(_ count: Int, frameBytes bytes: Int) -> Bool { false }
    public static var typicalLength: Int { 6 }

    public static func branchForms(_ options: EmitOptions) -> [CodeBuffer.BranchForm] { Branches.forms }
    public static func writeBranch(_ kind: UInt8, _ isLong: Bool, _ displacement: Int, _ word: UInt32, _ p: UnsafeMutablePointer<UInt8>) {
        Branches.write(kind, isLong, displacement, p)
    }
    public static func writePadding(_ count: Int, _ p: UnsafeMutablePointer<UInt8>) { Branches.pad(count, p) }
    public static var longestNop: Int { Branches.longestNop }

    public static func emit(
        _ i: MachineInstruction, _ n: Int, _ instructions: [MachineInstruction], in block: Int, _ emitter: inout FunctionEmitter<Self>
    ) {
        emitter.emitInstruction(i, n, instructions, block)
    }
    public static func materialize(
        _ i: MachineInstruction, before next: Int, _ instructions: [MachineInstruction], _ emitter: inout FunctionEmitter<Self>
    ) {
        emitter.materialize(i, flagsLive: emitter.flagsAreLive(from: next, instructions))
    }
    public static func emitMove(_ dst: PhysicalRegister, _ src: PhysicalRegister, size: UInt8, _ emitter: inout FunctionEmitter<Self>) {
        emitter.emitMove(dst, src)
    }
    public static func emitReload(_ dst: PhysicalRegister, offset: Int32, size: UInt8, _ emitter: inout FunctionEmitter<Self>) {
        emitter.emitReload(dst, MemoryOperand(kind: .spill, displacement: offset), size: size)
    }
    public static func emitSpill(offset: Int32, _ src: PhysicalRegister, size: UInt8, _ emitter: inout FunctionEmitter<Self>) {
        emitter.emitSpill(MemoryOperand(kind: .spill, displacement: offset), src, size: size)
    }
    public static func emitBranch(_ test: Condition, to label: UInt32, _ emitter: inout FunctionEmitter<Self>) { emitter.branch(test, label) }
    public static func emitJump(to label: UInt32, _ emitter: inout FunctionEmitter<Self>) { emitter.jump(to: label) }
    public static func emitTrap(_ code: UInt8, _ emitter: inout FunctionEmitter<Self>) { emitter.put(.trap(code)) }
    public static func emitRaise(_ code: UInt8, _ raise: (tableOffset: Int32, entryOffset: Int32), _ emitter: inout FunctionEmitter<Self>) {
        emitter.emitRaise(code, raise)
    }
    public static func emitPrologue(_ emitter: inout FunctionEmitter<Self>) { emitter.emitPrologue() }
    /// A short loop lies in as few cache lines as it can: CPUs fetch, and predict branches, by the line. Others begin at a multiple of 16.
    public static func align(_ loop: LoopExtent, _ emitter: inout FunctionEmitter<Self>) {
        if loop.isShort {
            emitter.buffer.alignToLine(until: loop.end)
        } else {
            emitter.buffer.align(16)
        }
    }
    public static func forget(_ emitter: inout FunctionEmitter<Self>) { emitter.state.shown.forget() }
}
