/// The head of a run of address map entries: the run's first entry, and where the bytes of the others begin. Sorted by text offset.
@frozen public struct AddressRecord: ArtifactRecord {
    @inlinable public static var size: Int { 12 }
    public var textOffset: UInt32            // 0
    public var location: CodeLocation        // 4
    /// Offset in `addressSteps` of the run's steps, which end where the next run's begin.
    public var steps: UInt32                 // 8
    @inlinable public init(textOffset: UInt32, location: CodeLocation, steps: UInt32) {
        self.textOffset = textOffset
        self.location = location
        self.steps = steps
    }
    @inlinable public init(_ r: RecordBytes) {
        textOffset = r.u32(0)
        location = CodeLocation(word: r.u32(4))
        steps = r.u32(8)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, textOffset)
        b.put(4, location.word)
        b.put(8, steps)
    }
}

/// From an entry's text offset on, to the next entry, code comes from its location. A call is looked up by its return address minus
/// one.
///
/// Entries come in runs: a fixed-width record for the first, found by binary search, then a few bytes for each other. A step is two LEB128 numbers: the
/// distance in the text, and what changes in the location, `zigzag(difference) << 2 | kind`. Kind 0 is an offset in the binary, as the difference from
/// the run's last one; 1 is a row of inlined frames, likewise; 2 is unknown, with no difference. A step takes little more than two bytes.
public struct AddressMap: Sendable {
    public let runs: TableView<AddressRecord>
    private let steps: SendableBytes

    public init(_ view: ArtifactView) throws(ArtifactError) {
        self.init(runs: try view.table(.addressMap), steps: SendableBytes(try view.region(.addressSteps)))
    }
    init(runs: TableView<AddressRecord>, steps: SendableBytes) {
        self.runs = runs
        self.steps = steps
    }

    /// Where the instruction at text offset `offset` came from. O(log runs), and a walk through one run. Any bytes give an answer.
    public func location(_ offset: UInt32) -> CodeLocation {
        let index = runs.partitionPoint { $0.textOffset <= offset }
        if index == 0 { return .unknown }
        var cursor = cursor(run: index - 1)
        var location = cursor.location
        while cursor.advance(), cursor.textOffset <= offset { location = cursor.location }
        return location
    }

    /// - Precondition: `run` is one of `0 ..< runs.count`.
    func cursor(run: Int) -> AddressCursor {
        let end = run + 1 < runs.count ? Int(runs[unchecked: run + 1].steps) : steps.bytes.count
        return AddressCursor(runs[unchecked: run], steps.bytes, end: min(end, steps.bytes.count))
    }
}

/// Walks the entries of one run.
struct AddressCursor {
    private(set) var textOffset: UInt32
    private(set) var location: CodeLocation
    /// Whether a step could not be read.
    private(set) var isBroken: Bool
    private var lastOffset: UInt32
    private var lastRow: UInt32
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int

    init(_ run: AddressRecord, _ bytes: UnsafeRawBufferPointer, end: Int) {
        textOffset = run.textOffset
        location = run.location
        lastOffset = run.location.wasmOffset ?? 0
        lastRow = run.location.inlineRow ?? 0
        self.bytes = bytes
        self.end = end
        position = Int(run.steps)
        isBroken = position > end
    }

    /// Goes to the next entry. - Returns: false at the end of the run, or of what can be read of it.
    mutating func advance() -> Bool {
        if isBroken || position >= end { return false }
        guard let distance = number(), let change = number(), distance > 0, distance <= UInt64(UInt32.max - textOffset), let next = applied(change) else {
            isBroken = true
            return false
        }
        textOffset += UInt32(distance)
        location = next
        return true
    }

    private mutating func applied(_ change: UInt64) -> CodeLocation? {
        let zigzag = change >> 2
        let difference = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
        func moved(_ last: UInt32) -> UInt32? {
            let sum = Int64(last) + difference
            return sum >= 0 && sum < 1 << 31 - 1 ? UInt32(sum) : nil
        }
        switch change & 3 {
        case 0:
            guard let offset = moved(lastOffset) else { return nil }
            lastOffset = offset
            return .wasm(offset: offset)
        case 1:
            guard let row = moved(lastRow) else { return nil }
            lastRow = row
            return .inlined(row: row)
        case 2: return .unknown
        default: return nil
        }
    }

    /// An unsigned LEB128 number of at most 35 bits.
    private mutating func number() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 35, by: 7) {
            if position >= end { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}

/// Writes an address map.
public struct AddressMapBuilder {
    public private(set) var runs: [AddressRecord] = []
    public private(set) var steps: [UInt8] = []
    private var last = CodeLocation.unknown
    private var lastText: UInt32 = 0
    private var lastOffset: UInt32 = 0
    private var lastRow: UInt32 = 0
    private var runLength = 0

    /// Entries in a run: what a look-up walks through at most.
    static let runLimit = 64

    public init() {}

    /// Adds an entry, unless it says what the one before says.
    ///
    /// - Precondition: `textOffset` is greater than that of the entry before.
    public mutating func add(_ textOffset: UInt32, _ location: CodeLocation) {
        if !runs.isEmpty && location == last { return }
        precondition(runs.isEmpty || textOffset > lastText, "entries must ascend")
        if runs.isEmpty || runLength == Self.runLimit {
            runs.append(AddressRecord(textOffset: textOffset, location: location, steps: UInt32(steps.count)))
            lastOffset = location.wasmOffset ?? 0
            lastRow = location.inlineRow ?? 0
            runLength = 1
        } else {
            put(UInt64(textOffset - lastText))
            put(change(to: location))
            runLength += 1
        }
        lastText = textOffset
        last = location
    }

    private mutating func change(to location: CodeLocation) -> UInt64 {
        func change(_ kind: UInt64, _ value: UInt32, _ last: inout UInt32) -> UInt64 {
            let difference = Int64(value) - Int64(last)
            last = value
            return UInt64(bitPattern: difference << 1 ^ difference >> 63) << 2 | kind
        }
        if let offset = location.wasmOffset { return change(0, offset, &lastOffset) }
        if let row = location.inlineRow { return change(1, row, &lastRow) }
        return 2
    }
    private mutating func put(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            steps.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        steps.append(UInt8(rest))
    }
}
