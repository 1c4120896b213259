/// Every stage that one function passes, in order.
///
/// Input: a function in the IR, already optimized. Output: its machine code. Each stage takes the value of the one before; nothing calls back up.
/// The stages that look at several functions (translation, inlining) are the compiler's.
public import PrecastIR
import PrecastISAAArch64
import PrecastISAX86_64
public import PrecastMachineCode
public import PrecastRegisterAllocation

/// What code generation may assume and has to do.
public struct CodeGenerationSettings: Sendable {
    public var machine: TargetMachine
    public var emission: EmitOptions
    public var allocation: AllocationAlgorithm
    /// Where `raise` is, when traps are calls of it.
    public var explicitTraps: RaiseBuiltin?
    /// Prove each register allocation.
    public var checksAllocations: Bool
    /// Functions say where their variables are. The code is the same.
    public var tracksVariables = false

    public init(machine: TargetMachine, emission: EmitOptions, allocation: AllocationAlgorithm, explicitTraps: RaiseBuiltin?, checksAllocations: Bool) {
        self.machine = machine
        self.emission = emission
        self.allocation = allocation
        self.explicitTraps = explicitTraps
        self.checksAllocations = checksAllocations
    }
}

/// Compiles functions one after the other, keeping its memory. One per thread.
public struct FunctionCompiler: ~Copyable {
    /// May change between functions.
    public var settings: CodeGenerationSettings { didSet { allocator.algorithm = settings.allocation } }
    /// Called before and after each stage.
    public var observer: StageObserver?
    /// For tests: called with each solution after it was checked, and the function's signature.
    public var changeSolution: ((Signature, inout Solution) -> Void)?
    private var allocator: RegisterAllocator

    public init(_ settings: CodeGenerationSettings, observer: StageObserver? = nil) {
        self.settings = settings
        self.observer = observer
        allocator = RegisterAllocator(algorithm: settings.allocation)
    }

    /// - Throws: only if allocations are checked and one is wrong.
    public mutating func compile(_ function: inout Function) throws(AllocationError) -> CompiledFunction {
        if let raise = settings.explicitTraps { makeTrapsExplicit(&function, raise) }
        switch settings.machine {
        case .x86_64(let options): return try generate(function, X86_64.self, options)
        case .aarch64(let options): return try generate(function, AArch64.self, options)
        }
    }

    private mutating func generate<ISA: InstructionSet>(
        _ function: borrowing Function, _: ISA.Type, _ options: LoweringOptions<ISA>
    ) throws(AllocationError) -> CompiledFunction {
        observer?.begin(.lower)
        let code = ISA.lower(function, options)
        observer?.end(.lower) { ISA.text(code) }

        observer?.begin(.allocate)
        var problem = ISA.makeProblem(code)
        let followed = settings.tracksVariables ? followVariables(function, code) : FollowedVariables()
        problem.debugValues = followed.debugValues
        var solution = allocator.allocate(problem)
        observer?.end(.allocate) { describe(problem, solution) }
        if settings.checksAllocations { try checkAllocation(problem, solution) }
        changeSolution?(function.signature, &solution)

        observer?.begin(.emit)
        var options = settings.emission
        options.keepsRecord = settings.tracksVariables
        var compiled = ISA.emit(code, problem, solution, options)
        if let record = compiled.record {
            locateVariables(&compiled, record, function.variables, followed, code, problem, solution, dwarfNumber: ISA.dwarfNumber)
            compiled.staleMemory = staleMemory(function, record, code)
        }
        observer?.end(.emit) { describe(compiled) }
        return compiled
    }
}
