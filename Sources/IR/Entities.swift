public import PrecastEntities

/// A value in SSA form: the result of an instruction or a parameter of a block.
@frozen public struct Value: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Handle of an instruction.
@frozen public struct Inst: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Handle of a basic block.
@frozen public struct Block: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A branch target with the arguments for its parameters.
@frozen public struct BlockCall: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The targets of a `br_table`.
@frozen public struct JumpTable: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Where the ways out of a call lead that may be left by an exception.
@frozen public struct ExceptionTable: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A function that this function calls or whose address it takes.
@frozen public struct FunctionReference: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A signature that this function uses.
@frozen public struct SignatureReference: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A piece of the function's frame.
@frozen public struct StackSlot: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Where an instruction comes from: a row of `Function.sourceLocations`.
@frozen public struct SourceLocation: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A 128-bit constant of the function.
@frozen public struct VectorConstant: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}
