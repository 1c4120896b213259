/// The artifact's layout: which bytes mean what. Changes only when that layout does, so a release reads
/// what the last one wrote unless the layout moved.
@frozen public struct FormatVersion: Hashable, Sendable, BitwiseCopyable {
    public var number: UInt32
    @inlinable public init(number: UInt32) { self.number = number }
    /// What this source tree writes and reads.
    @inlinable public static var current: FormatVersion { FormatVersion(number: 1) }
}

/// What compiled code and the loader agree on (docs/abi.md): conventions, context layout, builtins, trap codes.
@frozen public struct ABIVersion: Hashable, Sendable, BitwiseCopyable {
    public var number: UInt32
    @inlinable public init(number: UInt32) { self.number = number }
    /// What this source tree compiles for and runs.
    @inlinable public static var current: ABIVersion { ABIVersion(number: 1) }
}

/// The compiler's release. It informs; only a host that sets a minimum refuses by it.
@frozen public struct CompilerVersion: Hashable, Comparable, Sendable, BitwiseCopyable {
    public var major: UInt16
    public var minor: UInt16
    public var patch: UInt16
    @inlinable public init(major: UInt16, minor: UInt16, patch: UInt16) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }
    @inlinable public static var current: CompilerVersion { CompilerVersion(major: 0, minor: 1, patch: 0) }

    @inlinable public static func < (a: CompilerVersion, b: CompilerVersion) -> Bool { a.order < b.order }
    @inlinable var order: UInt64 { UInt64(major) << 32 | UInt64(minor) << 16 | UInt64(patch) }
    /// "0.1.0"
    public var text: String { "\(major).\(minor).\(patch)" }
}
