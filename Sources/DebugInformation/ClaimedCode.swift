import PrecastEntities

/// Code that scopes beside each other have. A guest's may overlap, those of DWARF must not: what several name belongs to the first.
struct ClaimedCode {
    /// Ascending, apart.
    private var ranges: [GuestRange] = []

    /// Takes what nobody has yet of `wanted`, and returns it, ascending. O(`wanted` × log ranges), but for insertions.
    mutating func claim(_ wanted: [GuestRange]) -> [GuestRange] {
        var result: [GuestRange] = []
        for range in wanted {
            var start = range.start
            var next = ranges.partitionPoint { $0.end <= start }
            while start < range.end {
                if next < ranges.count, ranges[next].start <= start {
                    start = ranges[next].end
                } else {
                    let free = GuestRange(start: start, end: next < ranges.count ? min(ranges[next].start, range.end) : range.end)
                    result.append(free)
                    ranges.insert(free, at: next)
                    start = free.end
                }
                next += 1
            }
        }
        return result
    }
}
