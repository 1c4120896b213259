/// A named part of WebAssembly that a module may use. The raw value is a bit number and part of artifact stamps: append only.
public enum Feature: UInt8, CaseIterable, Sendable {
    case mutableGlobals = 0, signExtension, saturatingFloatToInt, multiValue, bulkMemory, referenceTypes, simd
    case tailCalls, extendedConst, multiMemory, memory64, threads, relaxedSIMD, exceptions
    case functionReferences, gc, customPageSizes, wideArithmetic

    /// The name that `--features` and messages use.
    public var name: String {
        switch self {
        case .mutableGlobals: "mutable-globals"
        case .signExtension: "sign-extension"
        case .saturatingFloatToInt: "saturating-float-to-int"
        case .multiValue: "multi-value"
        case .bulkMemory: "bulk-memory"
        case .referenceTypes: "reference-types"
        case .simd: "simd"
        case .tailCalls: "tail-call"
        case .extendedConst: "extended-const"
        case .multiMemory: "multi-memory"
        case .memory64: "memory64"
        case .threads: "threads"
        case .relaxedSIMD: "relaxed-simd"
        case .exceptions: "exceptions"
        case .functionReferences: "function-references"
        case .gc: "gc"
        case .customPageSizes: "custom-page-sizes"
        case .wideArithmetic: "wide-arithmetic"
        }
    }

    /// The features that this one is built on.
    public var requirements: FeatureSet {
        switch self {
        case .relaxedSIMD: FeatureSet(.simd)
        case .exceptions, .functionReferences: FeatureSet(.referenceTypes)
        case .gc: FeatureSet(.functionReferences)
        default: FeatureSet()
        }
    }

    /// The feature called `name`, or nil.
    public init?(name: String) {
        for feature in Self.allCases where feature.name == name {
            self = feature
            return
        }
        return nil
    }
}

/// A set of features, one bit each.
public struct FeatureSet: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt64

    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
    public init(_ features: Feature...) { rawValue = features.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }
    @inlinable public init(_ feature: Feature) { rawValue = 1 << UInt64(feature.rawValue) }

    @inlinable public func contains(_ feature: Feature) -> Bool { rawValue >> UInt64(feature.rawValue) & 1 != 0 }
    public mutating func insert(_ feature: Feature) { self = union(FeatureSet(feature)) }
    public mutating func remove(_ feature: Feature) { self = subtracting(FeatureSet(feature)) }

    /// The features of WebAssembly 1.0 (with mutable globals across module borders).
    public static var wasm1: FeatureSet { FeatureSet(.mutableGlobals) }
    /// The features of WebAssembly 2.0.
    public static var wasm2: FeatureSet { FeatureSet(rawValue: 0b111_1111) }
    /// The features of WebAssembly 3.0.
    public static var wasm3: FeatureSet {
        FeatureSet(
            .mutableGlobals, .signExtension, .saturatingFloatToInt, .multiValue, .bulkMemory, .referenceTypes, .simd, .tailCalls, .extendedConst,
            .multiMemory, .memory64, .relaxedSIMD, .exceptions, .functionReferences, .gc)
    }
    /// What is accepted unless the user says otherwise: WebAssembly 3.0 and threads.
    public static var `default`: FeatureSet { wasm3.union(FeatureSet(.threads)) }
    /// All that the front end knows.
    public static var all: FeatureSet { FeatureSet(rawValue: 1 << UInt64(Feature.allCases.count) - 1) }
    /// What the compiler translates. It refuses a module that uses another feature as "not supported yet", even where that is enabled. Of `gc` it
    /// translates what needs no collector; it refuses operators that make or use structures and arrays.
    public static var implemented: FeatureSet {
        wasm2.union(
            FeatureSet(
                .tailCalls, .extendedConst, .multiMemory, .functionReferences, .gc, .memory64, .customPageSizes, .wideArithmetic, .relaxedSIMD,
                .exceptions, .threads))
    }

    /// The members in bit order.
    public var features: [Feature] { Feature.allCases.filter { contains($0) } }
}

/// A name that `--features` does not know.
public struct UnknownFeature: Error, Hashable, Sendable, CustomStringConvertible {
    public var name: String

    public var description: String {
        "unknown WebAssembly feature '\(name)'; known are " + Feature.allCases.map { $0.name }.joined(separator: ", ")
    }
}

extension FeatureSet {
    /// Adds a feature and what it is built on.
    public mutating func enable(_ feature: Feature) {
        insert(feature)
        for requirement in feature.requirements.features { enable(requirement) }
    }

    /// Removes a feature and what is built on it.
    public mutating func disable(_ feature: Feature) {
        remove(feature)
        for other in features where other.requirements.contains(feature) { disable(other) }
    }

    /// Changes the set as `--features` says: a list of names separated by commas, each with `+` (or nothing) or `-` in front, from left to right.
    public mutating func change(_ list: String) throws(UnknownFeature) {
        for item in list.utf8.split(separator: UInt8(ascii: ",")) {
            let isRemoved = item.first == UInt8(ascii: "-")
            let hasSign = isRemoved || item.first == UInt8(ascii: "+")
            let name = String(decoding: hasSign ? item.dropFirst() : item, as: UTF8.self)
            guard let feature = Feature(name: name) else { throw UnknownFeature(name: name) }
            if isRemoved { disable(feature) } else { enable(feature) }
        }
    }
}
