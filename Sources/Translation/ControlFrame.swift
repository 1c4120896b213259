import PrecastIR

/// An open block, loop, `if` or the function itself.
struct ControlFrame {
    enum Kind: UInt8 { case function, block, loop, `if`, `else`, tryTable }
    var kind: Kind
    /// Entered where control does not reach: nothing in it is translated.
    var isDead = false
    /// Operands below the block's parameters.
    var height = 0
    var shape = BlockShape()
    /// Where branches go: a loop's header, or the block behind the end. None until something branches there.
    var label = Block.none
    /// Tells apart the frames of a function, and an `if` from its `else`.
    var serial: UInt32 = 0
    /// Of an `if`: the edge taken on zero. It goes to the label, until an `else` takes it.
    var elseEdge = BlockCall.none

    /// What a branch to this frame carries.
    var labelTypes: Range<Int> { kind == .loop ? shape.parameters : shape.results }
}

/// A value that was computed from the instance context and never changes, with the control depth at which it was.
struct Invariant: BitwiseCopyable {
    var key: InvariantKey
    var depth: Int
    var value: Value
}

/// The place of an invariant: an offset in the instance context, itself or what its pointer leads to.
struct InvariantKey: BitwiseCopyable, Equatable {
    var offset: Int32
    var isIndirect: Bool
}

/// The address that an index has in a memory that needs no check, and the frame in which it was computed.
struct KnownAddress: BitwiseCopyable {
    var index = Value.none
    var memory: Int32 = 0
    var depth = 0
    var serial: UInt32 = 0
    var address = Value.none
}

/// A value that a place in the frame was read or written with: at hand until its block ends or calls.
struct KnownLocal: BitwiseCopyable {
    var value = Value.none
    var block = Block.none
    var calls = 0
}
