/// What back ends do to make code better, and may leave out. Each ISA heeds those that it has.
@frozen public struct CodeOptimizations: OptionSet, Sendable {
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Additions and shifts become parts of addresses.
    public static let addressFolding = CodeOptimizations(rawValue: 1 << 0)
    /// Instructions read their operands from memory, or change memory in place.
    public static let loadFolding = CodeOptimizations(rawValue: 1 << 1)
    /// Sums and differences of several words pass the carry on in the flags.
    public static let carryChains = CodeOptimizations(rawValue: 1 << 2)
    /// One multiplication for both halves of a product.
    public static let wideProducts = CodeOptimizations(rawValue: 1 << 3)
    /// Branches to a block that only jumps go on to where it leads.
    public static let jumpSkipping = CodeOptimizations(rawValue: 1 << 4)
    /// Loops end in their conditional branch.
    public static let loopTurning = CodeOptimizations(rawValue: 1 << 5)
    /// Heads of loops are at multiples of 16 or 32.
    public static let loopAlignment = CodeOptimizations(rawValue: 1 << 6)
    /// No comparison with zero of what the flags show already.
    public static let flagReuse = CodeOptimizations(rawValue: 1 << 7)
    /// The shortest of several encodings.
    public static let shortEncodings = CodeOptimizations(rawValue: 1 << 8)
    /// A function that can return without a frame sets it up only where it cannot.
    public static let delayedFrames = CodeOptimizations(rawValue: 1 << 9)

    public static let all: CodeOptimizations = lowering.union(emission)
    /// Those of lowering, and those of emission, behind register allocation.
    public static let lowering: CodeOptimizations = [.addressFolding, .loadFolding, .carryChains, .wideProducts]
    public static let emission: CodeOptimizations = [.delayedFrames, .jumpSkipping, .loopTurning, .loopAlignment, .flagReuse, .shortEncodings]

    /// Each with its name on the command line and in docs/passes, in the order in which a function meets them.
    public static let names: [(name: String, optimization: CodeOptimizations)] = [
        ("address-folding", .addressFolding), ("load-folding", .loadFolding), ("carry-chains", .carryChains), ("wide-products", .wideProducts),
        ("delayed-frames", .delayedFrames), ("jump-skipping", .jumpSkipping), ("loop-turning", .loopTurning), ("loop-alignment", .loopAlignment), ("flag-reuse", .flagReuse),
        ("short-encodings", .shortEncodings),
    ]
}
