/// A function's code while it is being emitted, and the last step that lays it out.
///
/// Input: bytes, labels, branches, alignments and side records (traps, locations, relocations, unwinding), all in ascending
/// order of code. Output: a ``CompiledFunction`` without open ends.
///
/// Branches to labels are not bytes yet but records, each standing for one placeholder byte ("raw" offsets count it so).
/// ``finish(writeBranch:writePadding:)`` starts with every branch in its short form, lengthens those that do not reach until
/// none is left (lengths only grow, so this ends), and copies the bytes between the records to their places.
/// The result is optimal up to alignment padding (Szymanski, "Assembling code for machines with span-dependent instructions", 1978).
/// An ISA whose short forms reach less than a function is long gives the long form as a veneer in place (an inverted branch over a far one).
public struct CodeBuffer: ~Copyable {
    /// A place in the code, by number. Labels are made before or while code is emitted and bound once.
    public typealias Label = UInt32

    /// Sizes and reach of a kind of branch. Displacements count from the branch's first byte.
    @frozen public struct BranchForm: Sendable {
        public var shortSize: UInt8
        public var longSize: UInt8
        public var shortReach: ClosedRange<Int>
        @inlinable public init(shortSize: UInt8, longSize: UInt8, shortReach: ClosedRange<Int>) {
            self.shortSize = shortSize
            self.longSize = longSize
            self.shortReach = shortReach
        }
    }

    @usableFromInline struct Record {
        var raw: UInt32
        /// Label of a branch, or of the end of what a `linePaddingKind` serves; alignment of a `paddingKind`.
        var target: UInt32
        /// The ISA's number of the branch; `paddingKind`, `linePaddingKind`.
        var kind: UInt8
        /// Index in `forms`.
        var form: UInt8
        var isPadding: Bool { kind >= CodeBuffer.linePaddingKind }
        var isLong = false
        /// Final size less the placeholder.
        var growth: Int32 = 0
        /// The rest of the instruction.
        var word: UInt32 = 0
    }
    /// A 32-bit field that holds `label - base + addend`, where base is a label or the field's own place.
    struct Fixup {
        var raw: UInt32
        var label: Label
        var base: Label
        var addend: Int32
    }
    /// A mark of ``mark(_:to:)``; padding has its record's number instead of a text.
    private struct Mark {
        var raw: UInt32
        var text: String
        var target: Label?
        var padding: Int?
    }
    struct BoundLabel {
        var raw: UInt32
        /// Records before it.
        var record: UInt32
    }

    @usableFromInline var start: UnsafeMutablePointer<UInt8>
    /// Bytes (and placeholders) so far.
    public private(set) var count: Int
    @usableFromInline var capacity: Int
    let forms: [BranchForm]
    var records: [Record] = []
    var labels: [BoundLabel] = []
    var fixups: [Fixup] = []
    /// Where constants and jump tables begin, all behind the code.
    public var dataOffset: UInt32?
    public var traps: [TrapSite] = []
    public var sourceRanges: [SourceRange] = []
    public var relocations: [Relocation] = []
    /// Until the end the handlers' offsets are labels.
    public var callSites: [CallSite] = []
    public var unwind: [UnwindStep] = []
    /// Offsets of ``point()``.
    private var points: [UInt32] = []
    /// By unwind step: how many records are before it. A step behind a padding is not one before it, though nothing lies between.
    private var unwindRecords: [Int] = []
    var alignment: UInt32 = 16
    /// Whether ``mark(_:to:)`` keeps what it is told.
    @usableFromInline let isMarked: Bool
    private var marks: [Mark] = []

    static var paddingKind: UInt8 { .max }
    static var linePaddingKind: UInt8 { .max - 1 }
    /// Bytes that a CPU fetches at a time.
    static var lineSize: UInt32 { 64 }
    static var unbound: UInt32 { .max }

    /// - Parameters:
    ///   - forms: the ISA's branch forms, by the index that ``branch(kind:form:to:)`` takes.
    ///   - isMarked: whether the function gets ``CompiledFunction/marks``.
    public init(forms: [BranchForm], capacity: Int = 4096, isMarked: Bool = false) {
        self.forms = forms
        self.isMarked = isMarked
        self.capacity = max(capacity, 256)
        start = .allocate(capacity: self.capacity)
        count = 0
    }
    deinit { start.deallocate() }

    // MARK: Bytes

    /// Makes room for `n` bytes and returns where they go; ``advance(_:)`` then counts them.
    @inlinable @inline(__always) public mutating func reserve(_ n: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - count < n { grow(n) }
        return start + count
    }
    @inline(__always) public mutating func advance(_ n: Int) {
        assert(count + n <= capacity)
        count += n
    }
    @usableFromInline @inline(never) mutating func grow(_ n: Int) {
        let bigger = max(capacity * 2, capacity + n)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: bigger)
        moved.update(from: start, count: count)
        start.deallocate()
        start = moved
        capacity = bigger
    }
    public mutating func append(_ bytes: some Collection<UInt8>) {
        let p = reserve(bytes.count)
        var n = 0
        for b in bytes {
            p[n] = b
            n += 1
        }
        advance(n)
    }
    public mutating func append(littleEndian value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { append($0) }
    }
    /// The offset that side records of the next instruction take.
    public var offset: UInt32 { UInt32(truncatingIfNeeded: count) }

    // MARK: Labels, branches, alignment

    public mutating func makeLabel() -> Label {
        labels.append(BoundLabel(raw: Self.unbound, record: 0))
        return Label(labels.count - 1)
    }
    /// Makes labels 0 ..< n the first ones. - Precondition: none was made.
    public mutating func makeLabels(_ n: Int) {
        precondition(labels.isEmpty)
        labels = Array(repeating: BoundLabel(raw: Self.unbound, record: 0), count: n)
    }
    public mutating func bind(_ label: Label) {
        assert(labels[Int(label)].raw == Self.unbound, "label bound twice")
        labels[Int(label)] = BoundLabel(raw: offset, record: UInt32(records.count))
    }
    /// A branch to `label`, or whatever instruction has a distance in it. `kind` (any but 254 and 255) and `word` are handed to `writeBranch` at the end.
    public mutating func branch(kind: UInt8, form: UInt8, to label: Label, word: UInt32 = 0) {
        records.append(Record(raw: offset, target: label, kind: kind, form: form, word: word))
        _ = reserve(1)
        advance(1)
    }
    /// Pads to a multiple of `alignment` (a power of two), with instructions that do nothing.
    public mutating func align(_ alignment: UInt32) {
        pad(Record(raw: offset, target: alignment, kind: Self.paddingKind, form: 0), alignment)
    }
    /// Pads to a cache line (64 bytes), if the code from here to `end` would otherwise lie in more lines than it fills.
    public mutating func alignToLine(until end: Label) {
        pad(Record(raw: offset, target: end, kind: Self.linePaddingKind, form: 0), Self.lineSize)
    }
    private mutating func pad(_ record: Record, _ alignment: UInt32) {
        if alignment > self.alignment { self.alignment = alignment }
        if isMarked { marks.append(Mark(raw: offset, text: "", padding: records.count)) }
        records.append(record)
        _ = reserve(1)
        advance(1)
    }
    /// The 32-bit field at raw offset `field` becomes the distance from itself to `label`, plus `addend`.
    public mutating func fixup(field: UInt32, to label: Label, addend: Int32) {
        fixups.append(Fixup(raw: field, label: label, base: Self.unbound, addend: addend))
    }
    /// Appends a 32-bit entry `label - base`.
    public mutating func appendDistance(to label: Label, from base: Label) {
        fixups.append(Fixup(raw: offset, label: label, base: base, addend: 0))
        append(littleEndian: 0 as UInt32)
    }

    // MARK: Side records

    /// Says what the bytes that follow are. `target` is where a branch leads. The text is made only if marks are kept.
    @inlinable @inline(__always) public mutating func mark(to target: Label? = nil, _ text: @autoclosure () -> String) {
        if isMarked { keepMark(text(), target) }
    }
    @usableFromInline @inline(never) mutating func keepMark(_ text: String, _ target: Label?) {
        marks.append(Mark(raw: offset, text: text, target: target))
    }

    /// Changes what the last mark says, when its bytes were changed.
    @inlinable @inline(__always) public mutating func remark(_ text: @autoclosure () -> String) {
        if isMarked { changeMark(text()) }
    }
    @usableFromInline @inline(never) mutating func changeMark(_ text: String) {
        if !marks.isEmpty { marks[marks.count - 1].text = text }
    }

    public mutating func trap(_ code: UInt8) { traps.append(TrapSite(offset: offset, code: code)) }
    public mutating func location(_ location: UInt32) {
        if let last = sourceRanges.last {
            if last.location == location { return }
            if last.offset == offset {
                sourceRanges[sourceRanges.count - 1].location = location
                return
            }
        }
        sourceRanges.append(SourceRange(offset: offset, location: location))
    }
    /// Remembers this place for ``EmissionRecord/points``.
    public mutating func point() { points.append(offset) }
    public mutating func unwind(_ rule: UnwindStep.Rule) {
        unwind.append(UnwindStep(offset: offset, rule: rule))
        unwindRecords.append(records.count)
    }

    // MARK: Layout

    /// Chooses branch sizes and makes the function. All labels that are used must be bound. O(bytes + records × rounds), at most 12 rounds.
    ///
    /// - Parameters:
    ///   - writeBranch: writes branch `kind` (long or short), made with `word`, over `displacement` from its first byte.
    ///   - writePadding: writes so many bytes of no operation.
    ///   - longestNop: how many of them are at most one instruction.
    public consuming func finish(
        writeBranch: (_ kind: UInt8, _ isLong: Bool, _ displacement: Int, _ word: UInt32, UnsafeMutablePointer<UInt8>) -> Void,
        writePadding: (Int, UnsafeMutablePointer<UInt8>) -> Void, longestNop: Int = 1
    ) -> CompiledFunction {
        var places = [UInt32](repeating: 0, count: records.count)
        relax(&places)
        let total = count + records.reduce(0) { $0 + Int($1.growth) }
        var function = CompiledFunction()
        function.code = [UInt8](unsafeUninitializedCapacity: total) { output, filled in
            guard let out = output.baseAddress else { return }
            copy(to: out, places, writeBranch, writePadding)
            filled = total
        }
        apply(to: &function.code, places)
        var cursor = Cursor()
        for i in traps.indices { traps[i].offset = moved(traps[i].offset, &cursor) }
        cursor = Cursor()
        for i in sourceRanges.indices { sourceRanges[i].offset = moved(sourceRanges[i].offset, &cursor) }
        cursor = Cursor()
        for i in relocations.indices { relocations[i].offset = moved(relocations[i].offset, &cursor) }
        cursor = Cursor()
        for i in callSites.indices {
            callSites[i].offset = moved(callSites[i].offset, &cursor)
            for h in callSites[i].handlers.indices {
                callSites[i].handlers[h].offset = place(of: labels[Int(callSites[i].handlers[h].offset)], places)
            }
        }
        cursor = Cursor()
        for i in unwind.indices { unwind[i].offset = moved(unwind[i].offset, behind: unwindRecords[i], &cursor) }
        function.alignment = alignment
        function.traps = traps
        function.sourceRanges = sourceRanges
        function.relocations = relocations
        function.callSites = callSites
        function.unwind = unwind
        if !points.isEmpty {
            cursor = Cursor()
            for i in points.indices { points[i] = moved(points[i], &cursor) }
            function.record = EmissionRecord(points: points)
        }
        if let dataOffset {
            cursor = Cursor()
            function.dataOffset = moved(dataOffset, &cursor)
        }
        if isMarked { function.marks = finalMarks(places, longestNop) }
        return function
    }

    private borrowing func finalMarks(_ places: [UInt32], _ longestNop: Int) -> [CodeMark] {
        var cursor = Cursor()
        var result: [CodeMark] = []
        for mark in marks {
            let offset = moved(mark.raw, &cursor)
            if let padding = mark.padding {
                for done in stride(from: 0, to: Int(records[padding].growth) + 1, by: longestNop) {
                    result.append(CodeMark(offset: offset + UInt32(done), text: "nop"))
                }
            } else {
                result.append(CodeMark(offset: offset, text: mark.text, target: mark.target.map { place(of: labels[Int($0)], places) }))
            }
        }
        return result
    }

    /// Sets every record's size; `places` gets their final offsets.
    private mutating func relax(_ places: inout [UInt32]) {
        // A padding that looks ahead sees what follows as the round before left it.
        if records.contains(where: { $0.kind == Self.linePaddingKind }) { place(&places) }
        var round = 0
        var changed = true
        while changed {
            changed = false
            round += 1
            place(&places)
            for i in records.indices where !records[i].isPadding && !records[i].isLong {
                let target = Int(place(of: labels[Int(records[i].target)], places))
                if round > 10 || !forms[Int(records[i].form)].shortReach.contains(target - Int(places[i])) {
                    records[i].isLong = true
                    changed = true
                }
            }
        }
    }
    private mutating func place(_ places: inout [UInt32]) {
        var grown: Int32 = 0
        for i in records.indices {
            let place = UInt32(Int32(records[i].raw) + grown)
            records[i].growth = size(of: i, at: place, places) - 1
            places[i] = place
            grown += records[i].growth
        }
    }
    private borrowing func size(of i: Int, at start: UInt32, _ places: [UInt32]) -> Int32 {
        let record = records[i]
        switch record.kind {
        case Self.paddingKind: return Int32((0 &- start) & (record.target - 1))
        case Self.linePaddingKind:
            let length = place(of: labels[Int(record.target)], places) &- (places[i] &+ UInt32(truncatingIfNeeded: record.growth + 1))
            let gap = (0 &- start) & (Self.lineSize - 1)
            return gap < (length &- 1) & (Self.lineSize - 1) &+ 1 ? Int32(gap) : 0
        default:
            let form = forms[Int(record.form)]
            return Int32(record.isLong ? form.longSize : form.shortSize)
        }
    }

    private borrowing func place(of label: BoundLabel, _ places: [UInt32]) -> UInt32 {
        assert(label.raw != Self.unbound, "label not bound")
        if label.record == 0 { return label.raw }
        let i = Int(label.record) - 1
        // The bytes since the record are as many as in the raw code.
        return UInt32(Int32(places[i]) + records[i].growth + Int32(label.raw - records[i].raw))
    }

    private borrowing func copy(
        to out: UnsafeMutablePointer<UInt8>, _ places: [UInt32],
        _ writeBranch: (UInt8, Bool, Int, UInt32, UnsafeMutablePointer<UInt8>) -> Void, _ writePadding: (Int, UnsafeMutablePointer<UInt8>) -> Void
    ) {
        var from = 0
        var to = 0
        for i in records.indices {
            let record = records[i]
            let length = Int(record.raw) - from
            (out + to).initialize(from: start + from, count: length)
            to += length
            from += length + 1
            assert(to == Int(places[i]))
            if record.isPadding {
                writePadding(Int(record.growth) + 1, out + to)
            } else {
                let displacement = Int(place(of: labels[Int(record.target)], places)) - to
                writeBranch(record.kind, record.isLong, displacement, record.word, out + to)
            }
            to += Int(record.growth) + 1
        }
        (out + to).initialize(from: start + from, count: count - from)
    }

    private borrowing func apply(to code: inout [UInt8], _ places: [UInt32]) {
        var cursor = Cursor()
        for fixup in fixups {
            let field = moved(fixup.raw, &cursor)
            let base = fixup.base == Self.unbound ? field : place(of: labels[Int(fixup.base)], places)
            let value = Int32(place(of: labels[Int(fixup.label)], places)) - Int32(base) + fixup.addend
            withUnsafeBytes(of: value.littleEndian) { bytes in
                for n in 0..<4 { code[Int(field) + n] = bytes[n] }
            }
        }
    }

    /// Walks raw offsets in ascending order.
    private struct Cursor {
        var record = 0
        var grown: Int32 = 0
    }
    private borrowing func moved(_ raw: UInt32, behind count: Int, _ cursor: inout Cursor) -> UInt32 {
        while cursor.record < count {
            cursor.grown += records[cursor.record].growth
            cursor.record += 1
        }
        return UInt32(Int32(raw) + cursor.grown)
    }
    private borrowing func moved(_ raw: UInt32, _ cursor: inout Cursor) -> UInt32 {
        while cursor.record < records.count, records[cursor.record].raw < raw {
            cursor.grown += records[cursor.record].growth
            cursor.record += 1
        }
        return UInt32(Int32(raw) + cursor.grown)
    }
}
