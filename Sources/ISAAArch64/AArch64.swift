public import PrecastIR
public import PrecastMachineCode
public import PrecastRegisterAllocation

/// The instruction set AArch64, as the shared stages see it. Conventions are in ABI.swift.
public enum AArch64: InstructionSet {
    public typealias Instruction = MachineInstruction
    public typealias Features = CPUFeatures
    public typealias LoweringState = PrecastISAAArch64.LoweringState
    public typealias EmissionState = PrecastISAAArch64.EmissionState
    public typealias Test = PrecastISAAArch64.Test

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
extension AArch64 {
    public static let loweringOptimizations = CodeOptimizations.addressFolding

    public static func makeLoweringState(_ options: LoweringOptions<Self>) -> LoweringState { LoweringState() }
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
    public static func lowerEnd(of block: Block, _ lowering: inout FunctionLowering<Self>) { lowering.lowerHoistedConstants(of: block) }
}

/// Emission.
extension AArch64 {
    public static func makeEmissionState(_ options: EmitOptions) -> EmissionState { EmissionState() }
    public static func dwarfNumber(_ r: PhysicalRegister) -> UInt8 { DWARFRegister.number(r) }
    public static var stackPointer: PhysicalRegister { .sp }
    public static var framePointer: PhysicalRegister { .fp }
    public static var returnAddressBytes: Int32 { 0 }
    public static let frameRecord: [(register: PhysicalRegister, offset: Int32)] = [(.fp, -16), (.lr, -8)]
    /// Where one instruction saves the first ones and makes room for the frame: its displacement has 9 bits for one register, 7 in units of 8 for two.
    public static func savesAtBottom(_ count: Int, frameBytes bytes: Int) -> Bool { bytes <= (count > 1 ? 496 : 240) }
    public static var typicalLength: Int { 4 }

    public static func branchForms(_ options: EmitOptions) -> [CodeBuffer.BranchForm] { Branches.forms(reach: options.branchReach) }
    public static func writeBranch(_ kind: UInt8, _ isLong: Bool, _ displacement: Int, _ word: UInt32, _ p: UnsafeMutablePointer<UInt8>) {
        Branches.write(kind, isLong, displacement, word, p)
    }
    public static func writePadding(_ count: Int, _ p: UnsafeMutablePointer<UInt8>) { Branches.pad(count, p) }
    public static var longestNop: Int { 4 }

    public static func emit(
        _ i: MachineInstruction, _ n: Int, _ instructions: [MachineInstruction], in block: Int, _ emitter: inout FunctionEmitter<Self>
    ) {
        emitter.emitInstruction(i, block)
    }
    public static func materialize(
        _ i: MachineInstruction, before next: Int, _ instructions: [MachineInstruction], _ emitter: inout FunctionEmitter<Self>
    ) {
        emitter.materialize(i)
    }
    public static func emitMove(_ dst: PhysicalRegister, _ src: PhysicalRegister, size: UInt8, _ emitter: inout FunctionEmitter<Self>) {
        emitter.emitMove(dst, src, size: size)
    }
    public static func emitReload(_ dst: PhysicalRegister, offset: Int32, size: UInt8, _ emitter: inout FunctionEmitter<Self>) {
        emitter.emitReload(dst, MemoryOperand(.spill, displacement: offset), size: size)
    }
    public static func emitSpill(offset: Int32, _ src: PhysicalRegister, size: UInt8, _ emitter: inout FunctionEmitter<Self>) {
        emitter.emitSpill(MemoryOperand(.spill, displacement: offset), src, size: size)
    }
    public static func emitBranch(_ test: Test, to label: UInt32, _ emitter: inout FunctionEmitter<Self>) { emitter.branch(test, label) }
    public static func emitJump(to label: UInt32, _ emitter: inout FunctionEmitter<Self>) { emitter.jump(to: label) }
    public static func emitTrap(_ code: UInt8, _ emitter: inout FunctionEmitter<Self>) { emitter.put(MachineInstruction(.udf, .x).trapping(code)) }
    public static func emitRaise(_ code: UInt8, _ raise: (tableOffset: Int32, entryOffset: Int32), _ emitter: inout FunctionEmitter<Self>) {
        emitter.emitRaise(code, raise)
    }
    public static func emitPrologue(_ emitter: inout FunctionEmitter<Self>) { emitter.emitPrologue() }
    /// The head of a short innermost loop: others gain nothing from a place at the start of a fetch group.
    public static func align(_ loop: LoopExtent, _ emitter: inout FunctionEmitter<Self>) {
        if loop.isShort, loop.isInnermost { emitter.buffer.align(16) }
    }
    public static func forget(_ emitter: inout FunctionEmitter<Self>) { emitter.forgetLast() }
    public static func emitEntry(_ emitter: inout FunctionEmitter<Self>) { emitter.emitEntryTarget() }
    public static func emitIndirectTarget(_ emitter: inout FunctionEmitter<Self>) { emitter.put(.branchTarget(.jump)) }
}
