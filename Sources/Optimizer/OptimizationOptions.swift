/// What the optimizer does with a function.
public struct OptimizationOptions: Sendable {
    public enum Level: Sendable, CaseIterable {
        /// Nothing.
        case O0
        /// What costs little and makes code generation faster.
        case O1
        case O2
        case O3
        /// As `O2`, where size and speed disagree for size.
        case Os
    }
    public var level: Level
    /// Names of passes to leave out (``passNames``).
    public var disabledPasses: Set<String> = []
    /// Rewrites after which the optimizer stops, counted per function; nil: no limit. To bisect a miscompilation.
    public var fuel: Int?

    public init(level: Level) { self.level = level }
}
