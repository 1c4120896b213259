public import PrecastIR
public import PrecastRegisterAllocation

/// What the stages that instruction sets share ask of one. A port is this protocol, the instructions, and their encodings (docs/porting.md).
///
/// The stages are ``FunctionLowering`` and ``FunctionEmitter``: generic over the instruction set, and specialised in its module, so that nothing here is a
/// call through a table in a finished compiler. An instruction set extends both with what only it has.
public protocol InstructionSet: Sendable {
    associatedtype Instruction: ControlInstruction
    associatedtype Features: CPUFeatureSet

    // MARK: Stages

    /// Lowers a function: by ``FunctionLowering``. Near linear in its size.
    static func lower(_ function: borrowing Function, _ options: LoweringOptions<Self>) -> VCode<Instruction>
    /// States a function's allocation problem: by ``makeProblem(_:for:)``. O(size).
    static func makeProblem(_ code: borrowing VCode<Instruction>) -> Problem
    /// Emits a function. O(size).
    static func emit(_ code: borrowing VCode<Instruction>, _ problem: Problem, _ solution: Solution, _ options: EmitOptions) -> CompiledFunction
    /// Code before allocation, for dumps.
    static func text(_ code: borrowing VCode<Instruction>) -> String

    // MARK: Conventions (docs/abi.md)

    /// Registers that functions keep for their callers, in the order of their saves.
    static var calleeSaved: [PhysicalRegister] { get }
    static var calleeSavedSet: PhysicalRegisterSet { get }
    /// By the numbers of ``ClobberSet``, then those of the instruction set's own instructions.
    static var clobberSets: [PhysicalRegisterSet] { get }
    static var registerEnvironment: RegisterEnvironment { get }
    /// Between compiled functions, and the platform's own.
    static var precast: ConventionRegisters { get }
    static var system: ConventionRegisters { get }

    // MARK: Lowering

    /// What the instruction set's part of lowering keeps from instruction to instruction.
    associatedtype LoweringState
    /// Those of lowering that can be left out.
    static var loweringOptimizations: CodeOptimizations { get }
    static func makeLoweringState(_ options: LoweringOptions<Self>) -> LoweringState
    /// Emits what computes an instruction that is no terminator.
    static func lower(_ inst: Inst, _ lowering: inout FunctionLowering<Self>)
    /// The register to read a constant from: made anew, or that which its definition writes.
    static func useConstant(_ value: Value, _ data: InstructionData, _ lowering: inout FunctionLowering<Self>) -> Register
    /// Ends a block by a branch on `condition`.
    static func lowerBranch(_ condition: Value, then: BlockNumber, else other: BlockNumber, _ lowering: inout FunctionLowering<Self>)
    /// clamped = the smaller of `index` and `last`, unsigned; `bound` is free for `last`.
    static func lowerClamp(_ clamped: Register, _ index: Register, bound: Register, last: Int, _ lowering: inout FunctionLowering<Self>)
    static func lowerIndirectCall(_ target: Value, callInfo: UInt32, _ lowering: inout FunctionLowering<Self>)
    /// Reads or writes an argument or result in memory, which does not fault.
    static func lowerLoad(_ type: Type, _ dst: Register, _ place: Instruction.Place, _ lowering: inout FunctionLowering<Self>)
    static func lowerStore(_ type: Type, _ place: Instruction.Place, _ value: Value, _ lowering: inout FunctionLowering<Self>)
    /// Whether an instruction without effect or wanted result is needed all the same.
    static func isNeeded(_ inst: Inst, _ data: InstructionData, _ lowering: borrowing FunctionLowering<Self>) -> Bool
    /// Sees every instruction before it is lowered or left out.
    static func visit(_ data: InstructionData, _ lowering: inout FunctionLowering<Self>)
    /// Adds what belongs between a block's body and its terminator.
    static func lowerEnd(of block: Block, _ lowering: inout FunctionLowering<Self>)
    /// Sees the function when all is lowered.
    static func lowerEnd(_ lowering: inout FunctionLowering<Self>)

    // MARK: Emission

    /// What the instruction set's part of emission keeps from instruction to instruction.
    associatedtype EmissionState
    static func makeEmissionState(_ options: EmitOptions) -> EmissionState
    /// What a conditional branch tests.
    associatedtype Test: InvertibleTest
    /// DWARF's number of a register.
    static func dwarfNumber(_ r: PhysicalRegister) -> UInt8
    static var stackPointer: PhysicalRegister { get }
    static var framePointer: PhysicalRegister { get }
    /// What a call pushes.
    static var returnAddressBytes: Int32 { get }
    /// What lies between the frame pointer and the caller's stack, by offset from the latter. The caller's frame pointer is at -16.
    static var frameRecord: [(register: PhysicalRegister, offset: Int32)] { get }
    /// Whether `count` saved registers lie at the bottom of a frame of about `bytes` rather than below the frame pointer.
    static func savesAtBottom(_ count: Int, frameBytes bytes: Int) -> Bool
    /// A guess at an instruction's length in bytes.
    static var typicalLength: Int { get }

    /// How the code buffer sizes and writes what holds a distance, and padding.
    static func branchForms(_ options: EmitOptions) -> [CodeBuffer.BranchForm]
    static func writeBranch(_ kind: UInt8, _ isLong: Bool, _ displacement: Int, _ word: UInt32, _ p: UnsafeMutablePointer<UInt8>)
    static func writePadding(_ count: Int, _ p: UnsafeMutablePointer<UInt8>)
    static var longestNop: Int { get }

    /// Emits an instruction with machine registers. It is number `n` in `block`.
    static func emit(_ i: Instruction, _ n: Int, _ instructions: [Instruction], in block: Int, _ emitter: inout FunctionEmitter<Self>)
    /// Makes a constant where it is wanted; `next` is the first instruction behind.
    static func materialize(_ i: Instruction, before next: Int, _ instructions: [Instruction], _ emitter: inout FunctionEmitter<Self>)
    /// Copies 8 or 16 bytes between registers of a class.
    static func emitMove(_ dst: PhysicalRegister, _ src: PhysicalRegister, size: UInt8, _ emitter: inout FunctionEmitter<Self>)
    /// … between a register and a place of the spill area.
    static func emitReload(_ dst: PhysicalRegister, offset: Int32, size: UInt8, _ emitter: inout FunctionEmitter<Self>)
    static func emitSpill(offset: Int32, _ src: PhysicalRegister, size: UInt8, _ emitter: inout FunctionEmitter<Self>)
    static func emitBranch(_ test: Test, to label: UInt32, _ emitter: inout FunctionEmitter<Self>)
    static func emitJump(to label: UInt32, _ emitter: inout FunctionEmitter<Self>)
    static func emitTrap(_ code: UInt8, _ emitter: inout FunctionEmitter<Self>)
    /// Calls `raise(context, code)`, which does not return. Only from a prologue, where the context is in its register.
    static func emitRaise(_ code: UInt8, _ raise: (tableOffset: Int32, entryOffset: Int32), _ emitter: inout FunctionEmitter<Self>)
    /// Sets up the frame and describes it. Reads the instance context in its register; changes scratch registers and flags besides.
    static func emitPrologue(_ emitter: inout FunctionEmitter<Self>)
    /// Marks a function's entry, and a block that an indirect jump or an exception leads to, if that was asked for.
    static func emitEntry(_ emitter: inout FunctionEmitter<Self>)
    static func emitIndirectTarget(_ emitter: inout FunctionEmitter<Self>)
    /// Pads before the head of a loop.
    static func align(_ loop: LoopExtent, _ emitter: inout FunctionEmitter<Self>)
    /// Control may come from elsewhere here: nothing is known of what came before.
    static func forget(_ emitter: inout FunctionEmitter<Self>)
}

extension InstructionSet {
    @inlinable public static func isNeeded(_ inst: Inst, _ data: InstructionData, _ lowering: borrowing FunctionLowering<Self>) -> Bool { false }
    @inlinable public static func visit(_ data: InstructionData, _ lowering: inout FunctionLowering<Self>) {}
    @inlinable public static func lowerEnd(of block: Block, _ lowering: inout FunctionLowering<Self>) {}
    @inlinable public static func lowerEnd(_ lowering: inout FunctionLowering<Self>) {}

    @inlinable public static func emitEntry(_ emitter: inout FunctionEmitter<Self>) {}
    @inlinable public static func emitIndirectTarget(_ emitter: inout FunctionEmitter<Self>) {}

    /// Assigns registers and stack offsets to a signature. O(count).
    public static func assignArguments(_ signature: ABISignature) -> ArgumentAssignment {
        PrecastMachineCode.assignArguments(signature, signature.convention == .precast ? precast : system)
    }
}

/// Numbers of register sets that instructions destroy, for `CallInfo.clobbers`. An instruction set's own follow.
public enum ClobberSet {
    public static let none: UInt8 = 0
    /// Both conventions destroy the same registers.
    public static let call: UInt8 = 1
    /// At a landing pad.
    public static let everything: UInt8 = 2
}

/// What the shared part of lowering emits. Branch arguments belong to the block (`VCode.endBlock`), not to the branch.
public protocol ControlInstruction: EmittableInstruction {
    /// How the instruction set writes a memory operand.
    associatedtype Place: FramePlace
    /// Of a branch: targets (`then` low, `else` high word); of a call: call info low, function number high.
    var immediate: Int64 { get set }

    /// At the head of block 0: defines the arguments that arrive in registers (the call info's defs).
    static func arguments(callInfo: UInt32) -> Self
    /// At the head of a landing pad: defines the exception (the call info's def); no register holds anything before it.
    static func landingPad(callInfo: UInt32) -> Self
    static func jump(_ target: BlockNumber) -> Self
    /// dst = address of entry `index` (64-bit, in range) of a jump table; then ``branchTable(_:table:)``.
    static func jumpTableAddress(_ dst: Register, index: Register, table: UInt32) -> Self
    /// Terminator: to the address that ``jumpTableAddress(_:index:table:)`` made.
    static func branchTable(_ address: Register, table: UInt32) -> Self
    static func call(function: UInt32, callInfo: UInt32) -> Self
    /// Terminator. Stack arguments were stored to the outgoing area as for a call; emission moves them.
    static func tailCall(function: UInt32, callInfo: UInt32) -> Self
    static func tailCallIndirect(_ target: Register, callInfo: UInt32) -> Self
    /// Terminator: results are the call info's uses. Pops the function's stack arguments where its convention says so.
    static func functionReturn(callInfo: UInt32) -> Self
    /// Terminator.
    static func trap(_ code: UInt8) -> Self
    /// dst = the low half of src, zero-extended.
    static func widen(_ dst: Register, _ src: Register) -> Self
    /// dst = address of a place in the frame.
    static func frameAddress(_ dst: Register, _ place: Place) -> Self
}

extension ControlInstruction {
    @inlinable public var lowWord: UInt32 { UInt32(truncatingIfNeeded: immediate) }
    @inlinable public var highWord: UInt32 { UInt32(truncatingIfNeeded: immediate >> 32) }
    @inlinable public var callInfo: Int { Int(lowWord) }
    @inlinable public mutating func setWords(low: UInt32, high: UInt32) {
        immediate = Int64(bitPattern: UInt64(low) | UInt64(high) << 32)
    }
}

/// A memory operand that arguments and results are read from and written to.
public protocol FramePlace {
    static func base(_ r: Register, _ displacement: Int32, trap: UInt8) -> Self
    static func stackSlot(_ number: UInt32, _ displacement: Int32) -> Self
    /// From the function's first stack argument.
    static func incomingArgument(_ offset: Int32) -> Self
    /// From the first stack argument of a call.
    static func outgoingArgument(_ offset: Int32) -> Self
}

/// A set of CPU features, one bit each: the raw values, which are the bits that artifacts store.
public protocol CPUFeatureSet: Hashable, Sendable, BitwiseCopyable, ExpressibleByArrayLiteral {
    associatedtype Feature: RawRepresentable, CaseIterable, Sendable where Feature.RawValue == UInt8
    var bits: UInt64 { get set }
    init(bits: UInt64)
}

extension CPUFeatureSet {
    @inlinable public init(arrayLiteral features: Feature...) {
        self.init(bits: features.reduce(0) { $0 | 1 << UInt64($1.rawValue) })
    }
    @inlinable public func contains(_ f: Feature) -> Bool { bits >> UInt64(f.rawValue) & 1 != 0 }
    @inlinable public func isSuperset(of other: Self) -> Bool { other.bits & ~bits == 0 }
    @inlinable public mutating func insert(_ f: Feature) { bits |= 1 << UInt64(f.rawValue) }
    @inlinable public mutating func remove(_ f: Feature) { bits &= ~(1 << UInt64(f.rawValue)) }
    @inlinable public func union(_ other: Self) -> Self { Self(bits: bits | other.bits) }
}
