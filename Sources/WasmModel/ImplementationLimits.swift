/// How large the parts of a module may be. The specification lets every implementation set such limits; these defaults are the ones that
/// engines agree on, so that a module refused here is refused elsewhere. docs/limits.md lists them.
public struct ImplementationLimits: Hashable, Sendable {
    /// Bytes of a module.
    public var moduleSize = 1 << 30
    public var types = 1_000_000
    /// Functions, imports included.
    public var functions = 1_000_000
    public var imports = 1_000_000
    public var exports = 1_000_000
    public var globals = 1_000_000
    public var tables = 100_000
    public var memories = 100
    /// Exception tags, imports included.
    public var tags = 1_000_000
    public var elementSegments = 100_000
    public var dataSegments = 100_000
    /// The initial size of one table. A store has a limit of its own for tables that are really made.
    public var tableSize = UInt64.max
    /// Elements of one element segment.
    public var segmentElements = 10_000_000
    /// Pages of 64 KiB that a 32-bit memory may have.
    public var memoryPages: UInt64 = 65_536
    public var parameters = 1_000
    public var results = 1_000
    /// Fields of one structure type.
    public var fields = 10_000
    /// How many types a type extends, directly or not.
    public var subtypingDepth = 63
    /// Operands of one `array.new_fixed`.
    public var fixedArrayElements = 10_000
    /// Locals of one function, parameters included.
    public var locals = 50_000
    /// Bytes of one function body.
    public var bodySize = 7_654_321
    /// Open blocks at one point of a function, the function's own included.
    public var nesting = 100_000
    /// Targets of one `br_table`, the default apart, and clauses of one `try_table`.
    public var branchTableSize = 65_520
    /// Bytes of one name.
    public var stringSize = 100_000
    public var customSections = 100_000

    public init() {}
}
