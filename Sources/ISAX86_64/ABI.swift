public import PrecastMachineCode
public import PrecastRegisterAllocation

/// Register sets of the conventions (docs/abi.md).
extension X86_64 {
    /// By the numbers of `ClobberSet`.
    public static let clobberSets: [PhysicalRegisterSet] = [[], callerSaved, calleeSaved.reduce(into: callerSaved) { $0.insert($1) }, [.rax], [.rdx]]
    public static let callerSaved = PhysicalRegisterSet(integer: 0b0000_1111_1100_0111, float: 0xffff)
    /// In the order of their saves below the frame pointer.
    public static let calleeSaved: [PhysicalRegister] = [.rbx, .r12, .r13, .r14, .r15]
    public static let calleeSavedSet = calleeSaved.reduce(into: PhysicalRegisterSet()) { $0.insert($1) }

    /// Cheap encodings first. r12 and r13 come last: as address bases they cost a byte.
    public static let registerEnvironment = RegisterEnvironment(
        callerSaved: [
            [.rax, .rcx, .rdx, .rsi, .rdi, .r8, .r9, .r10],
            (0..<15).map { .xmm($0) },
        ],
        calleeSaved: [[.rbx, .r14, .r15, .r12, .r13], []],
        scratch: [.r11, .xmm(15)])

    public static let precast = ConventionRegisters(
        context: .rdi, callerContext: .r10, integerArguments: [.rsi, .rdx, .rcx, .r8, .r9, .rax], floatArguments: (0..<8).map { .xmm($0) },
        integerResults: [.rax, .rdx, .rcx, .rsi, .r8, .r9], floatResults: (0..<8).map { .xmm($0) })
    /// The System V AMD64 psABI.
    public static let system = ConventionRegisters(
        integerArguments: [.rdi, .rsi, .rdx, .rcx, .r8, .r9], floatArguments: (0..<8).map { .xmm($0) },
        integerResults: [.rax, .rdx], floatResults: [.xmm(0), .xmm(1)])
}

extension ClobberSet {
    static let rax: UInt8 = 3
    static let rdx: UInt8 = 4
}
