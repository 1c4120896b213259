public import PrecastMachineCode
public import PrecastRegisterAllocation

/// Register sets of the conventions (docs/abi.md).
extension AArch64 {
    /// By the numbers of `ClobberSet`.
    public static let clobberSets: [PhysicalRegisterSet] = [[], callerSaved, calleeSaved.reduce(into: callerSaved) { $0.insert($1) }]
    /// Compiled code keeps no vector register for its callers, and takes it that nobody else does.
    public static let callerSaved = PhysicalRegisterSet(integer: 0xffff, float: 0x7fff_ffff)
    /// In the order of their saves below the frame pointer.
    public static let calleeSaved: [PhysicalRegister] = (19...28).map { .x($0) }
    public static let calleeSavedSet = calleeSaved.reduce(into: PhysicalRegisterSet()) { $0.insert($1) }

    public static let registerEnvironment = RegisterEnvironment(
        callerSaved: [(0..<16).map { .x($0) }, (0..<31).map { .v($0) }],
        calleeSaved: [calleeSaved, []],
        scratch: [.x(16), .v(31)])

    public static let precast = ConventionRegisters(
        context: .x(0), callerContext: .x(9), integerArguments: (1...8).map { .x($0) }, floatArguments: (0..<8).map { .v($0) },
        integerResults: (0..<8).map { .x($0) }, floatResults: (0..<8).map { .v($0) })
    /// The Procedure Call Standard for the Arm 64-bit Architecture, in the place of System V's convention.
    public static let system = ConventionRegisters(
        integerArguments: (0..<8).map { .x($0) }, floatArguments: (0..<8).map { .v($0) },
        integerResults: [.x(0), .x(1)], floatResults: [.v(0), .v(1)])
}
