public import PrecastIR
public import PrecastMachineCode
public import PrecastRegisterAllocation

/// The instruction set x86-64, as the shared stages see it. Conventions are in ABI.swift.
public enum X86_64: InstructionSet {
    public typealias Instruction = MachineInstruction
    public typealias Features = CPUFeatures
    public typealias LoweringState = PrecastISAX86_64.LoweringState

    public static func lower(_ function: borrowing Function, _ options: LoweringOptions<Self>) -> VCode<MachineInstruction> {
        Lowering(function, options).run()
    }
    public static func makeProblem(_ code: borrowing VCode<MachineInstruction>) -> Problem { PrecastMachineCode.makeProblem(code, for: Self.self) }
    public static func emit(
        _ code: borrowing VCode<MachineInstruction>, _ problem: Problem, _ solution: Solution, _ options: EmitOptions
    ) -> CompiledFunction {
        var emitter = Emitter(code, problem, solution, options)
        emitter.emitBody(code, problem, solution)
        return emitter.finish(code)
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
