import PrecastEntities
import PrecastMachineCode
import PrecastObjectEmission

/// Where the module's functions are in the guest's code section.
public struct GuestCode: Sendable {
    /// Offset in the binary of the code section's payload, which addresses in DWARF count from.
    public var start: UInt32
    /// The bodies of the functions that the module defines, as ranges of the binary: ascending.
    public var bodies: [Range<UInt32>]
    public var importedFunctionCount: UInt32
    public init(start: UInt32, bodies: [Range<UInt32>], importedFunctionCount: UInt32) {
        self.start = start
        self.bodies = bodies
        self.importedFunctionCount = importedFunctionCount
    }

    /// The position of the function whose body has all of `range`, which is relative to the payload. Logarithmic.
    func function(containing range: GuestRange) -> Int? {
        let at = UInt64(start) + UInt64(range.start)
        let position = bodies.partitionPoint { UInt64($0.upperBound) <= at }
        guard position < bodies.count, UInt64(bodies[position].lowerBound) <= at, UInt64(start) + UInt64(range.end) <= UInt64(bodies[position].upperBound) else {
            return nil
        }
        return position
    }
    /// Whether a range that begins in a function's body ends where the body does.
    func ends(_ range: GuestRange, _ function: Int) -> Bool { UInt64(start) + UInt64(range.end) == UInt64(bodies[function].upperBound) }
    var limit: UInt64 { UInt64(bodies.last?.upperBound ?? start) - UInt64(start) }
}

/// A stretch of a function's machine code.
struct CodeRange: Hashable {
    var start: UInt32
    var end: UInt32
}

/// What machine code of a function came from which places, by the calls that were inlined.
final class NativeFunction {
    /// Code of one place.
    struct Segment {
        var range: CodeRange
        /// Handle of the place; all ones: nobody knows.
        var location: UInt32
    }
    /// The code of a place in an instance or of what was inlined there.
    struct Span {
        /// In the guest's code section.
        var guest: UInt32
        var range: CodeRange
    }
    /// The function itself, or a function inlined into it at one call.
    struct Instance {
        /// In the function index space.
        var function: UInt32
        /// Handle of the call's place.
        var call: UInt32
        /// Offset of the call in the guest's code section.
        var callOffset: UInt32
        var parent: Int
        var children: [Int] = []
        /// By guest offset.
        var spans: [Span] = []
    }
    let number: Int
    let size: UInt32
    /// Offset of the first instruction behind the prologue.
    let prologueEnd: UInt32
    let locations: [SourceLocation]
    private(set) var segments: [Segment] = []
    /// The first is the function itself; callers come before what is inlined into them.
    private(set) var instances: [Instance] = []
    private var instanceByLocation: [Int32]
    private(set) var places = VariablePlaces([], instanceOfCall: [:])

    init(_ emitted: EmittedFunction, number: Int, _ code: GuestCode) {
        self.number = number
        let compiled = emitted.compiled
        size = UInt32(compiled.code.count)
        prologueEnd = compiled.prologueEnd
        locations = emitted.locations
        instances = [Instance(function: emitted.functionIndex, call: .max, callOffset: 0, parent: 0)]
        instanceByLocation = [Int32](repeating: -1, count: emitted.locations.count)
        makeSegments(compiled.sourceRanges)
        var keys: [UInt64: Int] = [:]
        for location in locations.indices { addInstance(UInt32(location), &keys, code) }
        places = VariablePlaces(compiled.variables, staleMemory: compiled.staleMemory, instanceOfCall: Self.instancesOfCalls(instances))
        for segment in segments where Int(segment.location) < locations.count { addSpans(segment, code) }
        for i in instances.indices { instances[i].spans.sort { ($0.guest, $0.range.start) < ($1.guest, $1.range.start) } }
    }

    /// By the handle of a call. Where one call stands for several functions, nobody can tell whose variables they are.
    private static func instancesOfCalls(_ instances: [Instance]) -> [UInt32: Int] {
        var result: [UInt32: Int] = [:], ambiguous: Set<UInt32> = []
        for (number, instance) in instances.enumerated().dropFirst() {
            if result.updateValue(number, forKey: instance.call) != nil { ambiguous.insert(instance.call) }
        }
        for call in ambiguous { result[call] = nil }
        return result
    }

    /// The instance whose code a place is.
    func instance(of location: UInt32) -> Int { Int(location) < instanceByLocation.count ? Int(instanceByLocation[Int(location)]) : 0 }

    private func makeSegments(_ ranges: [SourceRange]) {
        segments.reserveCapacity(ranges.count)
        for (i, range) in ranges.enumerated() {
            let end = i + 1 < ranges.count ? ranges[i + 1].offset : size
            if range.offset < end { segments.append(Segment(range: CodeRange(start: range.offset, end: end), location: range.location)) }
        }
    }

    private func addInstance(_ location: UInt32, _ keys: inout [UInt64: Int], _ code: GuestCode) {
        let data = locations[Int(location)]
        guard data.caller < location else { return instanceByLocation[Int(location)] = 0 }
        let key = UInt64(data.caller) << 32 | UInt64(data.functionIndex)
        if let known = keys[key] { return instanceByLocation[Int(location)] = Int32(known) }
        let parent = Int(instanceByLocation[Int(data.caller)])
        let offset = locations[Int(data.caller)].wasmOffset &- code.start
        keys[key] = instances.count
        instanceByLocation[Int(location)] = Int32(instances.count)
        instances[parent].children.append(instances.count)
        instances.append(Instance(function: data.functionIndex, call: data.caller, callOffset: offset, parent: parent))
    }

    private func addSpans(_ segment: Segment, _ code: GuestCode) {
        var instance = Int(instanceByLocation[Int(segment.location)])
        var guest = locations[Int(segment.location)].wasmOffset &- code.start
        while true {
            instances[instance].spans.append(Span(guest: guest, range: segment.range))
            if instance == 0 { return }
            guest = instances[instance].callOffset
            instance = instances[instance].parent
        }
    }

    /// The machine code of stretches of an instance's guest code, with all that was inlined there: ascending and apart from each other.
    func code(of ranges: [GuestRange], in instance: Int) -> [CodeRange] {
        let spans = instances[instance].spans
        var found: [CodeRange] = []
        for range in ranges {
            var next = spans.partitionPoint { $0.guest < range.start }
            while next < spans.count, spans[next].guest < range.end {
                // Most of what follows on in the guest's code does so in the machine's.
                if let last = found.last, last.end == spans[next].range.start {
                    found[found.count - 1].end = spans[next].range.end
                } else {
                    found.append(spans[next].range)
                }
                next += 1
            }
        }
        return merged(found)
    }
    /// All machine code of an instance.
    func code(of instance: Int) -> [CodeRange] { merged(instances[instance].spans.map(\.range)) }

    private func merged(_ ranges: [CodeRange]) -> [CodeRange] {
        if ranges.count <= 1 { return ranges }
        var result: [CodeRange] = []
        for range in ranges.sorted(by: { $0.start < $1.start }) {
            if let last = result.last, range.start <= last.end {
                result[result.count - 1].end = max(last.end, range.end)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
