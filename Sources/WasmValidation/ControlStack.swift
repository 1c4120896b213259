/// An open block. WebAssembly core specification, appendix 7.3.
public struct ControlFrame: Hashable, Sendable, BitwiseCopyable {
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        case function, block, loop, `if`, `else`, tryTable
    }

    public var kind: Kind
    /// Whether the rest of the block cannot be reached.
    public var isUnreachable: Bool
    /// How many locals had been initialised when the block began, of those that need it.
    var initializedHeight: UInt32
    /// How many operands lie below the block's own, its parameters included.
    public var height: Int
    public var startTypes: TypeList
    public var endTypes: TypeList

    init(kind: Kind, initializedHeight: Int, height: Int, startTypes: TypeList, endTypes: TypeList) {
        self.kind = kind
        isUnreachable = false
        self.initializedHeight = UInt32(truncatingIfNeeded: initializedHeight)
        self.height = height
        self.startTypes = startTypes
        self.endTypes = endTypes
    }

    /// What a branch to the block carries.
    @inlinable public var labelTypes: TypeList { kind == .loop ? startTypes : endTypes }
}

/// The open blocks, outermost first.
@usableFromInline typealias ControlStack = PointerStack<ControlFrame>
