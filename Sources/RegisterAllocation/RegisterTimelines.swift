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
/// Conflicts are found by scanning 64 points, sixteen instructions, at a time. Reservations are few and far between: a second
/// level says which words have any, so that a long stretch without is passed 4096 points at a time.
struct RegisterTimelines {
    private var reserved: [UInt64] = []
    private var reservedWords: [UInt64] = []
    private var summariesPerRegister = 0
    private var taken: [UInt64] = []
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
    }

    mutating func reserve(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) {
        if from >= to { return }
        Self.set(&reserved, register &* wordsPerRegister, from, to)
        for w in Int(from >> 6)...Int((to &- 1) >> 6) {
            reservedWords[register &* summariesPerRegister &+ w >> 6] |= 1 &<< UInt64(w & 63)
        }
    }
    mutating func take(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) {
        Self.set(&taken, register &* wordsPerRegister, from, to)
    }
    mutating func release(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) {
        if from >= to { return }
        let base = register &* wordsPerRegister
        let (first, last) = (Int(from >> 6), Int((to &- 1) >> 6))
        for w in first...last { taken[base &+ w] &= ~Self.mask(w, first, last, from, to) }
    }

    /// The first point of `from ..< to` at which the register is not free.
    @inline(__always)
    func firstConflict(_ register: Int, _ from: ProgramPoint, _ to: ProgramPoint) -> ProgramPoint? {
        if from >= to { return nil }
        let base = register &* wordsPerRegister
        let (first, last) = (Int(from >> 6), Int((to &- 1) >> 6))
        for w in first...last {
            let hit = (reserved[base &+ w] | taken[base &+ w]) & Self.mask(w, first, last, from, to)
            if hit != 0 { return UInt32(truncatingIfNeeded: w &* 64 &+ hit.trailingZeroBitCount) }
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
        taken[register &* wordsPerRegister &+ Int(point >> 6)] >> UInt64(point & 63) & 1 != 0
    }

    private static func set(_ words: inout [UInt64], _ base: Int, _ from: ProgramPoint, _ to: ProgramPoint) {
        if from >= to { return }
        let (first, last) = (Int(from >> 6), Int((to &- 1) >> 6))
        for w in first...last { words[base &+ w] |= mask(w, first, last, from, to) }
    }
    @inline(__always)
    private static func mask(_ w: Int, _ first: Int, _ last: Int, _ from: ProgramPoint, _ to: ProgramPoint) -> UInt64 {
        var mask = UInt64.max
        if w == first { mask &= UInt64.max &<< UInt64(from & 63) }
        if w == last { mask &= UInt64.max &>> UInt64(63 &- ((to &- 1) & 63)) }
        return mask
    }
}
