/// Which values the variables of the source program have, by offset in the module's binary: for debug information (docs/debug-information.md).
///
/// A table beside the code. Its values are no uses, so a pass may remove, alias or move what they name; no pass reads it to decide anything. What copies
/// code with new values copies the table too. A value stands for itself wherever it is computed: an entry stays true under whatever keeps values' meaning.
public struct VariableTable: Sendable {
    /// What a local holds from one offset to its next change in the order of the binary.
    @frozen public struct Change: Sendable, BitwiseCopyable {
        public var offset: UInt32
        public var local: UInt32
        /// ``VariableTable/zero`` for the zero that a local begins with; none where nobody can say.
        public var value: Value
        @inlinable public init(offset: UInt32, local: UInt32, value: Value) {
            self.offset = offset
            self.local = local
            self.value = value
        }
    }
    /// The locals of the function itself, or of one that was inlined.
    public struct Scope: Sendable {
        /// Location of the call that the code was inlined at; none: the function's own.
        public var inlinedAt: SourceLocation
        /// Ascending offsets; at one offset a local changes once.
        public var changes: [Change]
        public init(inlinedAt: SourceLocation, changes: [Change]) {
            self.inlinedAt = inlinedAt
            self.changes = changes
        }
    }
    /// A piece of the frame in which the instance context (at its start) and all locals are throughout.
    @frozen public struct Homes: Sendable, BitwiseCopyable {
        public var slot: StackSlot
        /// Bytes from one local to the next, and from the slot's start to the first.
        public var stride: UInt32
        public var localCount: UInt32
        @inlinable public init(slot: StackSlot, stride: UInt32, localCount: UInt32) {
            self.slot = slot
            self.stride = stride
            self.localCount = localCount
        }
    }
    /// A store to the guest's memory that was left out because another one, behind it, overwrites all of it.
    @frozen public struct OmittedStore: Sendable, BitwiseCopyable {
        public var store: SourceLocation
        public var overwriter: SourceLocation
        @inlinable public init(store: SourceLocation, overwriter: SourceLocation) {
            self.store = store
            self.overwriter = overwriter
        }
    }

    /// Stands for a zero of the local's type.
    public static var zero: Value { Value(rawValue: .max - 1) }

    /// The instance context; none where nobody asked for variables.
    public var context = Value.none
    public var scopes: [Scope] = []
    /// Values that are the address at which memory 0 begins, as long as the instance lives.
    public var memoryBases: [Value] = []
    public var homes: Homes?
    public var omittedStores: [OmittedStore] = []
    public init() {}
}
