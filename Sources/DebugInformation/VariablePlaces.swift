import PrecastEntities
import PrecastMachineCode

/// Where a function's locals, its instance context and its memory are, by code.
struct VariablePlaces: Sendable {
    private let variables: [VariableRange]
    /// Where the variables of each subject begin, by ascending ``VariableRange/order``.
    private var starts: [(order: UInt64, first: Int)] = []
    /// Code at which a variable in memory may not have its value there yet: ascending, apart.
    let staleMemory: [Range<UInt32>]

    /// - Parameter variables: in the order of ``VariableRange/order``, each subject's by code.
    init(_ variables: [VariableRange], staleMemory: [Range<UInt32>] = []) {
        self.variables = variables
        self.staleMemory = staleMemory
        for i in variables.indices where starts.last?.order != variables[i].order { starts.append((variables[i].order, i)) }
    }

    /// A cursor over the stretches where a subject has places. - Parameter call: handle of the inlined call that it belongs to; all ones: none.
    func cursor(_ subject: VariableRange.Subject, of call: UInt32) -> PlaceCursor {
        let order = VariableRange.order(subject, inlinedAt: call)
        let run = starts.partitionPoint { $0.order < order }
        guard run < starts.count, starts[run].order == order else { return PlaceCursor(0..<0) }
        return PlaceCursor(starts[run].first..<(run + 1 < starts.count ? starts[run + 1].first : variables.count))
    }
    var isEmpty: Bool { variables.isEmpty }

    fileprivate func offsets(_ number: Int) -> Range<UInt32> { variables[number].offsets }
    fileprivate func place(_ number: Int) -> VariableRange.Place { variables[number].place }
}

/// Steps through a subject's places along ascending code.
struct PlaceCursor {
    private var rest: Range<Int>

    init(_ variables: Range<Int>) { rest = variables }

    /// Whether there is a place from here on.
    var isAtEnd: Bool { rest.isEmpty }

    /// Goes to the first stretch that ends behind `offset`. Logarithmic.
    mutating func seek(_ offset: UInt32, in places: VariablePlaces) {
        if rest.isEmpty || places.offsets(rest.lowerBound).upperBound > offset { return }
        rest = partitionPoint(of: rest) { places.offsets($0).upperBound <= offset }..<rest.upperBound
    }

    /// The place at `offset`; lowers `until` to where that may change. - Precondition: offsets do not go down.
    mutating func place(at offset: UInt32, until: inout UInt32, in places: VariablePlaces) -> VariableRange.Place? {
        while let first = rest.first {
            let range = places.offsets(first)
            if range.upperBound <= offset {
                rest.removeFirst()
                continue
            }
            if offset < range.lowerBound {
                until = min(until, range.lowerBound)
                return nil
            }
            until = min(until, range.upperBound)
            return places.place(first)
        }
        return nil
    }
}
