internal import PrecastWasmTypes

/// Which features a module may use, and which it has used so far.
struct FeatureGate: BitwiseCopyable {
    /// What may be used.
    let enabled: FeatureSet
    /// What is enabled, but of no use to whoever asked for the module.
    let unsupported: FeatureSet
    private(set) var used = FeatureSet()

    /// - Parameter supported: what the reader's client can make use of.
    init(enabled: FeatureSet, supported: FeatureSet) {
        self.enabled = enabled.intersection(supported)
        unsupported = enabled.subtracting(supported)
    }

    /// A gate like `other`, with nothing used yet.
    init(likeThatOf enabled: FeatureSet, unsupported: FeatureSet) {
        self.enabled = enabled
        self.unsupported = unsupported
    }

    @inline(__always)
    func allows(_ feature: Feature) -> Bool { enabled.contains(feature) }

    /// Notes that `feature` is used at `offset`. `wording` is what a decoder without the feature would say.
    @inline(__always)
    mutating func require(_ feature: Feature, _ wording: String, at offset: Int) throws(DecodeError) {
        guard enabled.contains(feature) else { throw missing(feature, wording, at: offset) }
        used.insert(feature)
    }

    mutating func note(_ features: FeatureSet) { used.formUnion(features) }

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
