/// The machine that code is for: ELF's `e_machine` numbers.
@frozen public struct Machine: Hashable, Sendable, BitwiseCopyable {
    public var elfMachine: UInt16
    @inlinable public init(elfMachine: UInt16) { self.elfMachine = elfMachine }
    @inlinable public static var x86_64: Machine { Machine(elfMachine: 62) }
    @inlinable public static var aarch64: Machine { Machine(elfMachine: 183) }
    @inlinable public static var riscv64: Machine { Machine(elfMachine: 243) }
    /// Every machine this version knows.
    public static var all: [Machine] { [.x86_64, .aarch64, .riscv64] }

    /// The first word of a target triple, or "machine 40" for an unknown one.
    public var name: String {
        switch self {
        case .x86_64: "x86_64"
        case .aarch64: "aarch64"
        case .riscv64: "riscv64gc"
        default: "machine \(elfMachine)"
        }
    }

    /// The machine this code runs on.
    public static var host: Machine {
        #if arch(x86_64)
        .x86_64
        #elseif arch(arm64)
        .aarch64
        #else
        .riscv64
        #endif
    }

    /// Segments of artifacts start at multiples of this: the largest page a host of this machine may have.
    @inlinable public var segmentAlignment: UInt64 { self == .aarch64 ? 65536 : 4096 }
}

/// The operating system that code is for.
@frozen public struct OperatingSystem: Hashable, Sendable, BitwiseCopyable {
    public var number: UInt8
    @inlinable public init(number: UInt8) { self.number = number }
    @inlinable public static var linux: OperatingSystem { OperatingSystem(number: 1) }
    public var name: String { self == .linux ? "linux" : "system \(number)" }
}

/// A set of CPU features of one machine, by bit number. The numbers are part of the format: fixed, and never reused.
@frozen public struct CPUFeatures: Hashable, Sendable, BitwiseCopyable {
    public var bits: UInt64
    @inlinable public init(bits: UInt64) { self.bits = bits }
    @inlinable public init() { bits = 0 }
    @inlinable public init(_ features: X86Feature...) {
        bits = 0
        for feature in features { bits |= 1 << UInt64(feature.rawValue) }
    }
    @inlinable public func contains(_ feature: X86Feature) -> Bool { bits >> UInt64(feature.rawValue) & 1 != 0 }
    @inlinable public mutating func insert(_ feature: X86Feature) { bits |= 1 << UInt64(feature.rawValue) }
    @inlinable public mutating func remove(_ feature: X86Feature) { bits &= ~(1 << UInt64(feature.rawValue)) }
    @inlinable public func contains(bit: UInt8) -> Bool { bits >> UInt64(bit & 63) & 1 != 0 }
    @inlinable public mutating func insert(bit: UInt8) { bits |= 1 << UInt64(bit & 63) }
    @inlinable public mutating func remove(bit: UInt8) { bits &= ~(1 << UInt64(bit & 63)) }
    @inlinable public func isSuperset(of other: CPUFeatures) -> Bool { other.bits & ~bits == 0 }
    @inlinable public func subtracting(_ other: CPUFeatures) -> CPUFeatures { CPUFeatures(bits: bits & ~other.bits) }
    @inlinable public var isEmpty: Bool { bits == 0 }

    /// The name of feature `bit` of `machine`, or nil for a bit without meaning.
    public static func name(of bit: UInt8, on machine: Machine) -> String? {
        switch machine {
        case .x86_64: X86Feature(rawValue: bit)?.name
        case .aarch64: AArch64Feature(rawValue: bit)?.name
        case .riscv64: RISCVFeature(rawValue: bit)?.name
        default: nil
        }
    }

    /// The features without which feature `bit` of `machine` cannot be used.
    public static func requirements(of bit: UInt8, on machine: Machine) -> CPUFeatures {
        switch machine {
        case .x86_64: X86Feature(rawValue: bit)?.requirements ?? CPUFeatures()
        case .aarch64: AArch64Feature(rawValue: bit)?.requirements ?? CPUFeatures()
        default: CPUFeatures()
        }
    }

    /// The bit of the feature called `name` on `machine`.
    public static func bit(named name: String, on machine: Machine) -> UInt8? {
        for bit in UInt8(0)..<64 {
            if let known = Self.name(of: bit, on: machine), known.isSame(name) { return bit }
        }
        return nil
    }

    /// The names of all features in the set, in bit order; an unknown bit is "feature 40".
    public func names(on machine: Machine) -> [String] {
        var names: [String] = []
        for bit in UInt8(0)..<64 where bits >> UInt64(bit) & 1 != 0 {
            names.append(Self.name(of: bit, on: machine) ?? "feature \(bit)")
        }
        return names
    }
}
