public struct CPUFeatures: OptionSet, Sendable { public let rawValue: UInt64; public init(rawValue: UInt64) { self.rawValue = rawValue }
public static let sse41 = CPUFeatures(rawValue: 1<<2), popcnt = CPUFeatures(rawValue: 1<<4), avx = CPUFeatures(rawValue: 1<<7), bmi1 = CPUFeatures(rawValue: 1<<9), bmi2 = CPUFeatures(rawValue: 1<<10), lzcnt = CPUFeatures(rawValue: 1<<11) }
