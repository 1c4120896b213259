/// A stream of pseudo-random numbers that a seed determines (SplitMix64): the same on every machine and in every release.
public struct RandomSource {
    private var state: UInt64

    public init(seed: UInt64) {
        // Mixed, so that neighbouring seeds are not neighbours in one stream.
        state = seed ^ 0x2545_f491_4f6c_dd1d
        state = next() ^ seed &* 0xd605_bbb5_8c8a_bbc9
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
    /// A number in `0..<bound`. - Precondition: `bound > 0`
    public mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
    public mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
    public mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    public mutating func pick<C: RandomAccessCollection>(_ items: C) -> C.Element { items[items.index(items.startIndex, offsetBy: below(items.count))] }
}
