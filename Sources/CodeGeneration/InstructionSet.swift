import PrecastIR
public import PrecastISAAArch64
public import PrecastISAX86_64
public import PrecastMachineCode
import PrecastRegisterAllocation

/// The machine that code is generated for, and what instruction selection may assume of it.
public enum TargetMachine: Sendable {
    case x86_64(PrecastISAX86_64.LoweringOptions)
    case aarch64(PrecastISAAArch64.LoweringOptions)

    /// What lowering does to make code better, of what it can leave out.
    public var optimizations: CodeOptimizations {
        get {
            switch self {
            case .x86_64(let options): options.optimizations
            case .aarch64(let options): options.optimizations
            }
        }
        set {
            switch self {
            case .x86_64(var options):
                options.optimizations = newValue
                self = .x86_64(options)
            case .aarch64(var options):
                options.optimizations = newValue
                self = .aarch64(options)
            }
        }
    }
}

/// An instruction set as the stages of code generation see it. They are generic over it and specialised for each: which one it is, is asked once a function.
protocol InstructionSet {
    associatedtype Instruction: BitwiseCopyable & Sendable
    associatedtype Options
    static func lower(_ function: borrowing Function, _ options: Options) -> VCode<Instruction>
    static func makeProblem(_ code: borrowing VCode<Instruction>) -> Problem
    static func emit(_ code: borrowing VCode<Instruction>, _ problem: Problem, _ solution: Solution, _ options: EmitOptions) -> CompiledFunction
    /// The number that DWARF gives to a register.
    static func dwarfNumber(_ register: PhysicalRegister) -> UInt8
    /// For dumps.
    static func text(_ code: borrowing VCode<Instruction>) -> String
}

enum X86_64: InstructionSet {
    typealias Instruction = PrecastISAX86_64.MachineInstruction
    static func lower(_ function: borrowing Function, _ options: PrecastISAX86_64.LoweringOptions) -> VCode<Instruction> {
        PrecastISAX86_64.lower(function, options)
    }
    static func makeProblem(_ code: borrowing VCode<Instruction>) -> Problem { PrecastISAX86_64.makeProblem(code) }
    static func emit(_ code: borrowing VCode<Instruction>, _ problem: Problem, _ solution: Solution, _ options: EmitOptions) -> CompiledFunction {
        PrecastISAX86_64.emit(code, problem, solution, options)
    }
    static func dwarfNumber(_ register: PhysicalRegister) -> UInt8 { PrecastISAX86_64.DWARFRegister.number(register) }
    static func text(_ code: borrowing VCode<Instruction>) -> String { PrecastISAX86_64.InstructionPrinter().text(code) }
}

enum AArch64: InstructionSet {
    typealias Instruction = PrecastISAAArch64.MachineInstruction
    static func lower(_ function: borrowing Function, _ options: PrecastISAAArch64.LoweringOptions) -> VCode<Instruction> {
        PrecastISAAArch64.lower(function, options)
    }
    static func makeProblem(_ code: borrowing VCode<Instruction>) -> Problem { PrecastISAAArch64.makeProblem(code) }
    static func emit(_ code: borrowing VCode<Instruction>, _ problem: Problem, _ solution: Solution, _ options: EmitOptions) -> CompiledFunction {
        PrecastISAAArch64.emit(code, problem, solution, options)
    }
    static func dwarfNumber(_ register: PhysicalRegister) -> UInt8 { PrecastISAAArch64.DWARFRegister.number(register) }
    static func text(_ code: borrowing VCode<Instruction>) -> String { PrecastISAAArch64.InstructionPrinter().text(code) }
}
