import PrecastEntities

/// The registers that a problem offers, numbered densely: per class first the caller-saved ones in order of preference, then the callee-saved.
struct RegisterTable {
    private(set) var registers: [PhysicalRegister] = []
    private(set) var isCalleeSaved: [Bool] = []
    /// Per class: where its registers are in `registers`.
    private(set) var integerRun: Range<Int> = 0..<0
    private(set) var floatRun: Range<Int> = 0..<0
    /// Per raw value of a physical register: its dense number or -1.
    private(set) var numbers: [Int16] = []

    init() {}
    init(_ environment: RegisterEnvironment) {
        numbers = Array(repeating: -1, count: 256)
        for c in RegisterClass.allCases {
            let start = registers.count
            let c = Int(c.rawValue)
            add(c < environment.callerSaved.count ? environment.callerSaved[c] : [], isCalleeSaved: false)
            add(c < environment.calleeSaved.count ? environment.calleeSaved[c] : [], isCalleeSaved: true)
            if c == 0 { integerRun = start..<registers.count } else { floatRun = start..<registers.count }
        }
    }
    private mutating func add(_ list: [PhysicalRegister], isCalleeSaved flag: Bool) {
        for r in list {
            numbers[Int(r.rawValue)] = Int16(registers.count)
            registers.append(r)
            isCalleeSaved.append(flag)
        }
    }
    @inline(__always) func run(_ c: RegisterClass) -> Range<Int> { c == .integer ? integerRun : floatRun }
    @inline(__always) func number(of r: PhysicalRegister) -> Int { Int(numbers[Int(r.rawValue)]) }
}

/// For each register one bit per program point: is it reserved by the code itself (clobbers, fixed operands), is it taken by a live range.
/// Conflicts are found by scanning 64 points, sixteen instructions, at a time. A second level says which words have any, so that a long stretch without
/// is passed 4096 points, a group, at a time; a group that one live range takes as a whole is one bit.
struct RegisterTimelines {
    private var reserved: [UInt64] = []
    private var reservedWords: [UInt64] = []
    private var summariesPerRegister = 0
    private var taken: [UInt64] = []
    /// Per group: which words of `taken` may have bits set.
    private var takenWords: [UInt64] = []
    /// Per group: whether all of it is taken; its words in `taken` are then zero.
    private var isFull: [Bool] = []
    private var wordsPerRegister = 0

    mutating func reset(registerCount: Int, slotCount: Int) {
        wordsPerRegister = (slotCount + 15) / 16
        let count = wordsPerRegister * registerCount
        reserved.removeAll(keepingCapacity: true)
        reserved.append(contentsOf: repeatElement(0, count: count))
        summariesPerRegister = (wordsPerRegister + 63) / 64
        reservedWords.removeAll(keepingCapacity: true)
        reservedWords.append(contentsOf: repeatElement(0, count: summariesPerRegister * registerCount))
        taken.removeAll(keepingCapacity: true)
        taken.append(contentsOf: repeatElement(0, count: count))
        takenWords.removeAll(keepingCapacity: true)
        takenWords.append(contentsOf: repeatElement(0, count: summariesPerRegister * registerCount))
        isFull.removeAll(keepingCapacity: true)
        isFull.append(contentsOf: repeatElement(false, count: summariesPerRegister * registerCount))
    }

    mutating func reserve(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) {
        if from >= to { return }
        Self.set(&reserved, register &* wordsPerRegister, from, to)
        for w in Int(from >> 6)...Int((to &- 1) >> 6) {
            reservedWords[register &* summariesPerRegister &+ w >> 6] |= 1 &<< UInt64(w & 63)
        }
    }
    mutating func take(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) {
        if from >= to { return }
        let base = register &* wordsPerRegister
        let (first, last) = (Int(from >> 6), Int((to &- 1) >> 6))
        for group in first >> 6...last >> 6 {
            let summary = register &* summariesPerRegister &+ group
            let words = Self.words(of: group, first, last)
            if Self.isInner(group, first, last) {
                isFull[summary] = true
                continue
            }
            if isFull[summary] { continue }
            for w in words { taken[base &+ w] |= Self.mask(w, first, last, from, to) }
            takenWords[summary] |= Self.bits(words)
        }
    }
    mutating func release(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) {
        if from >= to { return }
        let base = register &* wordsPerRegister
        let (first, last) = (Int(from >> 6), Int((to &- 1) >> 6))
        for group in first >> 6...last >> 6 {
            let summary = register &* summariesPerRegister &+ group
            if Self.isInner(group, first, last) {
                isFull[summary] = false
                if takenWords[summary] == 0 { continue }
            } else if isFull[summary] {
                spellOut(group, register)
            }
            for w in Self.words(of: group, first, last) { taken[base &+ w] &= ~Self.mask(w, first, last, from, to) }
            if Self.isInner(group, first, last) { takenWords[summary] = 0 }
        }
    }
    /// Makes a full group one whose words say so.
    private mutating func spellOut(_ group: Int, _ register: Int) {
        let summary = register &* summariesPerRegister &+ group
        isFull[summary] = false
        takenWords[summary] = .max
        for w in group << 6..<min(group << 6 &+ 64, wordsPerRegister) { taken[register &* wordsPerRegister &+ w] = .max }
    }

    /// The first point of `from ..< to` at which the register is not free.
    @inline(__always)
    func firstConflict(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) -> ProgramPoint? {
        if from >= to { return nil }
        let base = register &* wordsPerRegister
        let (first, last) = (Int(from >> 6), Int((to &- 1) >> 6))
        for group in first >> 6...last >> 6 {
            let summary = register &* summariesPerRegister &+ group
            if isFull[summary] { return max(from, UInt32(truncatingIfNeeded: group << 12)) }
            var words = (takenWords[summary] | reservedWords[summary]) & Self.bits(Self.words(of: group, first, last))
            while words != 0 {
                let w = group << 6 &+ words.trailingZeroBitCount
                let hit = (reserved[base &+ w] | taken[base &+ w]) & Self.mask(w, first, last, from, to)
                if hit != 0 { return UInt32(truncatingIfNeeded: w &* 64 &+ hit.trailingZeroBitCount) }
                words &= words &- 1
            }
        }
        return nil
    }
    /// The first point of `from ..< to` that the code itself reserves.
    func firstReservation(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) -> ProgramPoint? {
        if from >= to { return nil }
        let base = register &* wordsPerRegister
        let (first, last) = (Int(from >> 6), Int((to &- 1) >> 6))
        var w = first
        while w <= last {
            let words = reservedWords[register &* summariesPerRegister &+ w >> 6] &>> UInt64(w & 63)
            if words == 0 {
                w = (w | 63) &+ 1
                continue
            }
            w = w &+ words.trailingZeroBitCount
            if w > last { return nil }
            let hit = reserved[base &+ w] & Self.mask(w, first, last, from, to)
            if hit != 0 { return UInt32(truncatingIfNeeded: w &* 64 &+ hit.trailingZeroBitCount) }
            w = w &+ 1
        }
        return nil
    }
    @inline(__always) func isTaken(_ register: Int, _ point: ProgramPoint) -> Bool {
        isFull[register &* summariesPerRegister &+ Int(point >> 12)] || taken[register &* wordsPerRegister &+ Int(point >> 6)] >> UInt64(point & 63) & 1 != 0
    }

    private static func set(_ words: inout [UInt64], _ base: Int, _ from: ProgramPoint, _ to: ProgramPoint) {
        if from >= to { return }
        let (first, last) = (Int(from >> 6), Int((to &- 1) >> 6))
        for w in first...last { words[base &+ w] |= mask(w, first, last, from, to) }
    }
    /// Whether all words of the group lie between `first` and `last`.
    @inline(__always)
    private static func isInner(_ group: Int, _ first: Int, _ last: Int) -> Bool { group > first >> 6 && group < last >> 6 }
    /// The words of the group from `first` to `last`.
    @inline(__always)
    private static func words(of group: Int, _ first: Int, _ last: Int) -> ClosedRange<Int> { max(first, group << 6)...min(last, group << 6 | 63) }
    /// One bit for each of a group's words.
    @inline(__always)
    private static func bits(_ words: ClosedRange<Int>) -> UInt64 {
        (.max &<< UInt64(words.lowerBound & 63)) & (.max &>> UInt64(63 &- (words.upperBound & 63)))
    }
    @inline(__always)
    private static func mask(_ w: Int, _ first: Int, _ last: Int, _ from: ProgramPoint, _ to: ProgramPoint) -> UInt64 {
        var mask = UInt64.max
        if w == first { mask &= UInt64.max &<< UInt64(from & 63) }
        if w == last { mask &= UInt64.max &>> UInt64(63 &- ((to &- 1) & 63)) }
        return mask
    }
}
