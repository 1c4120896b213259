public import PrecastIR
public struct OptimizationOptions: Sendable {
  public enum Level: Sendable { case O0, O1, O2, O3, Os }
  public var level: Level
  public var disabledPasses: Set<String> = []
  public var fuel: Int?
  public init(level: Level) { self.level = level }
}
public func optimize(_ function: inout Function, _ options: OptimizationOptions) {}
