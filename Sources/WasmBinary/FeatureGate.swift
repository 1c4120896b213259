internal import PrecastWasmTypes

/// Which features a module may use, and which it has used so far.
struct FeatureGate: BitwiseCopyable {
    /// The bits of what may be used, and ``OpcodeTable/noFeature``.
    private let enabledBits: UInt64
    /// What is enabled, but of no use to whoever asked for the module.
    let unsupported: FeatureSet
    private var usedBits: UInt64 = 0

    private static var featureless: UInt64 { 1 << UInt64(OpcodeTable.noFeature) }

    /// - Parameter supported: what the reader's client can make use of.
    init(enabled: FeatureSet, supported: FeatureSet) {
        self.init(enabled: enabled.intersection(supported), unsupported: enabled.subtracting(supported))
    }

    init(enabled: FeatureSet, unsupported: FeatureSet) {
        enabledBits = enabled.rawValue | Self.featureless
        self.unsupported = unsupported
    }

    /// What may be used.
    var enabled: FeatureSet { FeatureSet(rawValue: enabledBits & ~Self.featureless) }
    var used: FeatureSet { FeatureSet(rawValue: usedBits & ~Self.featureless) }

    @inline(__always)
    func allows(_ feature: Feature) -> Bool { enabledBits >> UInt64(feature.rawValue) & 1 != 0 }

    /// Notes the use of the feature with number `bit`, and says whether it may be used.
    @inline(__always)
    mutating func admits(bit: UInt8) -> Bool {
        usedBits |= 1 &<< UInt64(bit)
        return enabledBits &>> UInt64(bit) & 1 != 0
    }

    /// Notes that `feature` is used at `offset`. `wording` is what a decoder without the feature would say.
    @inline(__always)
    mutating func require(_ feature: Feature, _ wording: String, at offset: Int) throws(DecodeError) {
        guard admits(bit: feature.rawValue) else { throw missing(feature, wording, at: offset) }
    }

    mutating func note(_ features: FeatureSet) { usedBits |= features.rawValue }

    /// The error for something at `offset` that needs `feature`, which is off or not supported.
    @inline(never)
    func missing(_ feature: Feature, _ wording: String, at offset: Int) -> DecodeError {
        if unsupported.contains(feature) {
            return DecodeError(
                "\(wording): feature not supported yet: \(feature.name)", at: offset, kind: .featureUnsupported(feature))
        }
        return DecodeError("\(wording): the feature \(feature.name) is not enabled", at: offset, kind: .featureDisabled(feature))
    }
}
