/// Where a variable is, stretch by stretch of a function's code. The operations of all stretches are in one array.
struct NativeLocations {
    struct Stretch {
        var code: CodeRange
        fileprivate var operations: Range<Int>
    }
    private(set) var stretches: [Stretch] = []
    private var bytes: [UInt8] = []
    /// Whether stretches ascend and none overlaps the next.
    private var isApart = true

    mutating func removeAll() {
        stretches.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        isApart = true
    }

    /// Adds a stretch with the operations that `write` appends, or none where that returns false. It goes on a stretch that ends where it begins and says the same.
    @inline(__always)
    mutating func add(_ code: CodeRange, _ write: (inout [UInt8]) -> Bool) {
        let start = bytes.count
        guard write(&bytes) else { return bytes.removeLast(bytes.count - start) }
        if let last = stretches.last {
            if last.code.end == code.start, isSame(last.operations, start..<bytes.count) {
                bytes.removeLast(bytes.count - start)
                stretches[stretches.count - 1].code.end = code.end
                return
            }
            if last.code.end > code.start { isApart = false }
        }
        stretches.append(Stretch(code: code, operations: start..<bytes.count))
    }
    private func isSame(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        if a.count != b.count { return false }
        for i in 0..<a.count where bytes[a.lowerBound + i] != bytes[b.lowerBound + i] { return false }
        return true
    }

    func operations(of stretch: Stretch) -> ArraySlice<UInt8> { bytes[stretch.operations] }

    /// Brings stretches in order. Where two claim the same code, neither is certain to be right: there is none.
    mutating func separate() {
        if isApart { return }
        isApart = true
        let sorted = stretches.sorted { ($0.code.start, $0.code.end) < ($1.code.start, $1.code.end) }
        stretches.removeAll(keepingCapacity: true)
        var claimed: UInt32 = 0
        for var stretch in sorted {
            let end = stretch.code.end
            if stretch.code.start < claimed {
                if let last = stretches.last, last.code.end > stretch.code.start {
                    stretches[stretches.count - 1].code.end = stretch.code.start
                    if last.code.start >= stretch.code.start { stretches.removeLast() }
                }
                stretch.code.start = claimed
            }
            if stretch.code.start < end { stretches.append(stretch) }
            claimed = max(claimed, end)
        }
    }

    /// Appends the stretches to a location list. - Parameter function: the one in whose code they are.
    func write(_ function: Int, to list: inout SectionBuilder) {
        list.bytes.append(ListEntry.locationBaseAddress)
        list.appendAddress(function: function)
        for stretch in stretches {
            list.bytes.append(ListEntry.offsetPair)
            list.bytes.appendUnsigned(UInt64(stretch.code.start))
            list.bytes.appendUnsigned(UInt64(stretch.code.end))
            list.bytes.appendUnsigned(UInt64(stretch.operations.count))
            list.bytes += bytes[stretch.operations]
        }
    }
}
