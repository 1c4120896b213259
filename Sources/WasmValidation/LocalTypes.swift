internal import PrecastEntities
internal import PrecastWasmBinary
internal import PrecastWasmModel
internal import PrecastWasmTypes

/// The types of a function's locals.
///
/// A body of a few bytes may declare tens of thousands, so only the first ``expanded`` are spelled out; the others are found by binary
/// search over the runs. That keeps validation linear in the module's size.
struct LocalTypes {
    static let expanded = 128

    private(set) var parameterCount = 0
    private(set) var count = 0
    private var first: [ValueType] = []
    /// Runs that end beyond the expanded part, each with the index behind its last local.
    private var runs: [(end: UInt32, type: ValueType)] = []

    init() {
        first.reserveCapacity(Self.expanded)
    }

    mutating func reset(_ parameters: TypeList, _ declarations: [LocalDeclaration], _ pool: [ValueType]) {
        first.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        count = 0
        for position in 0..<parameters.count { append(1, parameters.type(position, in: pool)) }
        parameterCount = count
        for declaration in declarations { append(Int(declaration.count), declaration.type) }
    }

    private mutating func append(_ number: Int, _ type: ValueType) {
        count += number
        for _ in 0..<min(number, Self.expanded - first.count) { first.append(type) }
        if count > Self.expanded { runs.append((end: UInt32(count), type: type)) }
    }

    /// The type of a local, or nil if there is none with that index.
    @inline(__always)
    subscript(index: UInt32) -> ValueType? {
        let position = Int(index)
        return position < first.count ? first[position] : find(position)
    }

    @inline(never)
    private func find(_ position: Int) -> ValueType? {
        guard position < count else { return nil }
        return runs[runs.partitionPoint { Int($0.end) <= position }].type
    }
}
