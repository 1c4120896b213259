/// The first number of `range` for which `isBefore` does not hold, or the range's end: binary search.
///
/// `isBefore` must hold for a prefix of the range and for nothing after it. O(log n) calls.
@inlinable @inline(__always)
public func partitionPoint<Number: FixedWidthInteger>(of range: Range<Number>, _ isBefore: (Number) -> Bool) -> Number {
    var low = range.lowerBound, high = range.upperBound
    while low < high {
        let middle = low + (high - low) / 2
        if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
}

extension Array {
    /// The number of leading elements for which `isBefore` holds, in an array where it holds for none after them. O(log n)
    @inlinable @inline(__always)
    public func partitionPoint(_ isBefore: (Element) -> Bool) -> Int {
        PrecastEntities.partitionPoint(of: 0..<count) { isBefore(self[$0]) }
    }
}
