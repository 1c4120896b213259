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
final class NativeFunction: Sendable {
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
        /// Number of the first span behind this one whose machine code does not go on where that of the one before ends.
        var runEnd = 0
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
        /// Whether the call stands for this instance alone. Nobody can tell whose the variables of several are.
        var hasVariables = true
        var children: [Int] = []
        /// By guest offset.
        var spans: [Span] = []
    }
    let number: Int
    let size: UInt32
    /// Offset of the first instruction behind the prologue.
    let prologueEnd: UInt32
    let locations: [SourceLocation]
    let segments: [Segment]
    /// The first is the function itself; callers come before what is inlined into them.
    let instances: [Instance]
    private let instanceByLocation: [Int32]
    let places: VariablePlaces

    init(_ emitted: EmittedFunction, number: Int, _ code: GuestCode) {
        self.number = number
        let compiled = emitted.compiled
        size = UInt32(compiled.code.count)
        prologueEnd = compiled.prologueEnd
        locations = emitted.locations
        segments = Self.segments(compiled.sourceRanges, size: size)
        places = VariablePlaces(compiled.variables, staleMemory: compiled.staleMemory)
        var builder = InstanceBuilder(emitted.functionIndex, locations, code)
        builder.addSpans(of: segments)
        (instances, instanceByLocation) = (builder.instances, builder.instanceByLocation)
    }

    /// The instance whose code a place is.
    func instance(of location: UInt32) -> Int { Int(location) < instanceByLocation.count ? Int(instanceByLocation[Int(location)]) : 0 }

    private static func segments(_ ranges: [SourceRange], size: UInt32) -> [Segment] {
        var segments: [Segment] = []
        segments.reserveCapacity(ranges.count)
        for i in ranges.indices {
            let start = ranges[i].offset, end = i + 1 < ranges.count ? ranges[i + 1].offset : size
            if start < end { segments.append(Segment(range: CodeRange(start: start, end: end), location: ranges[i].location)) }
        }
        return segments
    }

    // MARK: Code

    /// Appends the machine code of a stretch of an instance's guest code, with all that was inlined there. Returns whether it ascends, apart from what was there before.
    @discardableResult
    func addCode(of range: GuestRange, in instance: Int, to found: inout [CodeRange]) -> Bool {
        let spans = instances[instance].spans
        var next = spans.partitionPoint { $0.guest < range.start }, isApart = true
        let end = partitionPoint(of: next..<spans.count) { spans[$0].guest < range.end }
        while next < end {
            let runEnd = min(spans[next].runEnd, end)
            let code = CodeRange(start: spans[next].range.start, end: spans[runEnd - 1].range.end)
            next = runEnd
            if let last = found.last, last.end >= code.start {
                if last.end == code.start {
                    found[found.count - 1].end = code.end
                    continue
                }
                isApart = false
            }
            found.append(code)
        }
        return isApart
    }
    /// How many spans lie in stretches of an instance's guest code.
    func spanCount(of ranges: [GuestRange], in instance: Int) -> Int {
        let spans = instances[instance].spans
        return ranges.reduce(0) { count, range in
            let first = spans.partitionPoint { $0.guest < range.start }
            return count + partitionPoint(of: first..<spans.count) { spans[$0].guest < range.end } - first
        }
    }
    /// The machine code of stretches of an instance's guest code: ascending and apart from each other.
    func code(of ranges: [GuestRange], in instance: Int) -> [CodeRange] {
        var found: [CodeRange] = [], isApart = true
        for range in ranges where !addCode(of: range, in: instance, to: &found) { isApart = false }
        if !isApart { Self.merge(&found) }
        return found
    }
    /// All machine code of an instance.
    func code(of instance: Int) -> [CodeRange] {
        var found = instances[instance].spans.map(\.range)
        Self.merge(&found)
        return found
    }

    /// Brings stretches in order, and joins those that touch.
    static func merge(_ ranges: inout [CodeRange]) {
        if ranges.count <= 1 { return }
        ranges.sort { $0.start < $1.start }
        var count = 1
        for i in 1..<ranges.count {
            let range = ranges[i]
            if range.start <= ranges[count - 1].end {
                ranges[count - 1].end = max(ranges[count - 1].end, range.end)
            } else {
                ranges[count] = range
                count += 1
            }
        }
        ranges.removeLast(ranges.count - count)
    }
}

/// Finds the instances in a function's source locations.
private struct InstanceBuilder {
    private(set) var instances: [NativeFunction.Instance]
    private(set) var instanceByLocation: [Int32]
    private let locations: [SourceLocation]
    private let code: GuestCode

    init(_ function: UInt32, _ locations: [SourceLocation], _ code: GuestCode) {
        self.locations = locations
        self.code = code
        instances = [NativeFunction.Instance(function: function, call: .max, callOffset: 0, parent: 0)]
        instanceByLocation = [Int32](repeating: -1, count: locations.count)
        var keys: [UInt64: Int32] = [:]
        // By location: how many functions it calls, as far as one knows.
        var calls = [Int32](repeating: 0, count: locations.count)
        var last: (key: UInt64, instance: Int32) = (.max, 0)
        for i in locations.indices {
            let caller = locations[i].caller
            let key = UInt64(caller) << 32 | UInt64(locations[i].functionIndex)
            if caller >= i { last = (.max, 0) } else if key != last.key {
                if let known = keys[key] { last = (key, known) } else {
                    last = (key, Int32(instances.count))
                    keys[key] = last.instance
                    calls[Int(caller)] += 1
                    addInstance(locations[i])
                }
            }
            instanceByLocation[i] = last.instance
        }
        for i in instances.indices.dropFirst() { instances[i].hasVariables = calls[Int(instances[i].call)] == 1 }
    }

    private mutating func addInstance(_ location: SourceLocation) {
        let parent = Int(instanceByLocation[Int(location.caller)])
        let offset = locations[Int(location.caller)].wasmOffset &- code.start
        instances[parent].children.append(instances.count)
        instances.append(NativeFunction.Instance(function: location.functionIndex, call: location.caller, callOffset: offset, parent: parent))
    }

    mutating func addSpans(of segments: [NativeFunction.Segment]) {
        for segment in segments where Int(segment.location) < locations.count {
            var instance = Int(instanceByLocation[Int(segment.location)])
            var guest = locations[Int(segment.location)].wasmOffset &- code.start
            while true {
                instances[instance].spans.append(NativeFunction.Span(guest: guest, range: segment.range))
                if instance == 0 { break }
                guest = instances[instance].callOffset
                instance = instances[instance].parent
            }
        }
        for i in instances.indices {
            instances[i].spans.sort { $0.guest != $1.guest ? $0.guest < $1.guest : $0.range.start < $1.range.start }
            Self.findRuns(&instances[i].spans)
        }
    }

    /// Most of what follows on in the guest's code does so in the machine's.
    private static func findRuns(_ spans: inout [NativeFunction.Span]) {
        var end = spans.count
        for i in spans.indices.reversed() {
            if i + 1 < spans.count, spans[i].range.end != spans[i + 1].range.start { end = i + 1 }
            spans[i].runEnd = end
        }
    }
}
