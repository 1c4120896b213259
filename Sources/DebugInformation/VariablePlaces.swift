import PrecastEntities
import PrecastMachineCode

/// Where a function's locals, its instance context and its memory are, by code.
struct VariablePlaces {
    private let variables: [VariableRange]
    /// By ``key(_:_:)``.
    private var ranges: [UInt64: Range<Int>] = [:]
    /// Code at which a variable in memory may not have its value there yet: ascending, apart.
    let staleMemory: [Range<UInt32>]

    init(_ variables: [VariableRange], staleMemory: [Range<UInt32>] = [], instanceOfCall: [UInt32: Int]) {
        self.variables = variables
        self.staleMemory = staleMemory
        var start = 0
        while start < variables.count {
            let first = variables[start]
            var end = start + 1
            while end < variables.count, variables[end].inlinedAt == first.inlinedAt, variables[end].subject == first.subject { end += 1 }
            if let instance = first.inlinedAt == .max ? 0 : instanceOfCall[first.inlinedAt] {
                ranges[Self.key(instance, first.subject)] = start..<end
            }
            start = end
        }
    }

    private static func key(_ instance: Int, _ subject: VariableRange.Subject) -> UInt64 {
        let number: UInt64 = switch subject {
        case .instanceContext: 0
        case .memoryBase: 1
        case .local(let index): UInt64(index) + 2
        case .localAddress(let index): 1 << 33 | UInt64(index)
        }
        return UInt64(instance) << 34 | number
    }

    /// The stretches over which a subject of an instance has places, ascending.
    func ranges(_ subject: VariableRange.Subject, in instance: Int) -> ArraySlice<VariableRange> {
        ranges[Self.key(instance, subject)].map { variables[$0] } ?? []
    }
    var isEmpty: Bool { ranges.isEmpty }
}

/// Steps through a subject's places along ascending code.
struct PlaceCursor {
    private let ranges: ArraySlice<VariableRange>
    private var next: Int

    init(_ ranges: ArraySlice<VariableRange>, from offset: UInt32) {
        self.ranges = ranges
        next = partitionPoint(of: ranges.indices) { ranges[$0].offsets.upperBound <= offset }
    }

    /// The place at `offset`, and where that may change. - Precondition: offsets do not go down.
    mutating func place(at offset: UInt32) -> (place: VariableRange.Place?, until: UInt32) {
        while next < ranges.endIndex, ranges[next].offsets.upperBound <= offset { next += 1 }
        guard next < ranges.endIndex else { return (nil, .max) }
        let range = ranges[next]
        return offset < range.offsets.lowerBound ? (nil, range.offsets.lowerBound) : (range.place, range.offsets.upperBound)
    }
}
