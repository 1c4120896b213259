/// What emission may assume and has to do. Numbers of the runtime's are the compiler's to give.
public struct EmitOptions: Sendable {
    /// x86-64: moves and zeroing use VEX forms.
    public var usesAVX = false
    /// Frames even where none is needed (`--frame-pointers=all`).
    public var keepsFramePointers = false
    public var optimizations = CodeOptimizations.all
    /// Compare with the stack limit in the prologue of functions that docs/abi.md does not exempt.
    public var checksStack = true
    /// Trap code of a failed stack check.
    public var stackOverflowTrap: UInt8
    /// Byte offset of the store context's address in the instance context, and of the stack limit in the store context.
    public var storeOffset: Int32
    public var stackLimitOffset: Int32
    /// The function gets marks that say what its bytes are.
    public var marksInstructions = false
    /// The function gets a record of where instructions and the parts of the frame are.
    public var keepsRecord = false
    /// Without signals: byte offset of the builtin table's address in the instance context, and of `raise` in the table.
    public var raise: (tableOffset: Int32, entryOffset: Int32)?

    /// AArch64: landing pads where indirect branches may lead.
    public var marksBranchTargets = false
    /// AArch64: functions with a frame sign their return address.
    public var signsReturnAddresses = false
    /// AArch64: a store to linear memory that may trap comes after a load of the same bytes.
    public var probesStores = false
    /// AArch64: branches are taken to reach no further than this many bytes. For tests of those that do not reach.
    public var branchReach: Int?

    public init(stackOverflowTrap: UInt8, storeOffset: Int32, stackLimitOffset: Int32) {
        self.stackOverflowTrap = stackOverflowTrap
        self.storeOffset = storeOffset
        self.stackLimitOffset = stackLimitOffset
    }
}

/// Trap codes that lowering itself needs.
public struct TrapCodes: Sendable {
    public var divideByZero: UInt8
    public var integerOverflow: UInt8
    public var invalidConversion: UInt8
    public init(divideByZero: UInt8, integerOverflow: UInt8, invalidConversion: UInt8) {
        self.divideByZero = divideByZero
        self.integerOverflow = integerOverflow
        self.invalidConversion = invalidConversion
    }
}
