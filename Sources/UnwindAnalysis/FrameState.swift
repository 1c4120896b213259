/// What is known of the 64 bits in a register or a stack slot.
enum Value: Hashable {
    case unknown
    /// What the register had when the function was called: the caller's.
    case entry(RegisterNumber)
    case returnAddress
    /// … signed with the CFA (AArch64).
    case signedReturnAddress
    /// CFA + number.
    case frame(Int64)
    case constant(Int64)
    /// An unsigned number up to this one.
    case atMost(Int64)
    /// The address of a place in the text.
    case text(Int64)
    /// One of the entries 0...last of a jump table, and the place that it stands for.
    case tableEntry(table: Int64, last: Int64)
    case tableTarget(table: Int64, last: Int64)
}

/// What is known before an instruction: the values in registers and in the frame's slots of eight bytes, by their distance from the CFA.
struct FrameState: Hashable {
    private(set) var registers: [Value]
    private(set) var slots: [Int64: Value] = [:]

    /// At a function's first instruction.
    init(_ convention: MachineConvention) {
        registers = Array(repeating: .unknown, count: convention.registerCount)
        for register in convention.calleeSaved { registers[Int(register)] = .entry(register) }
        if convention.pushesReturnAddress {
            registers[Int(convention.stackPointer)] = .frame(-8)
            slots[-8] = .returnAddress
        } else {
            registers[Int(convention.stackPointer)] = .frame(0)
            registers[Int(convention.returnAddress)] = .returnAddress
        }
    }

    subscript(register: RegisterNumber) -> Value {
        get { Int(register) < registers.count ? registers[Int(register)] : .unknown }
        set { if Int(register) < registers.count { registers[Int(register)] = newValue } }
    }
    func frameOffset(_ register: RegisterNumber) -> Int64? { if case .frame(let offset) = self[register] { offset } else { nil } }
    func slot(_ offset: Int64) -> Value { slots[offset] ?? .unknown }

    /// Where two ways meet.
    func merged(_ other: FrameState) -> FrameState {
        var result = self
        for n in registers.indices where registers[n] != other.registers[n] { result.registers[n] = .unknown }
        for (offset, value) in slots where other.slots[offset] != value { result.slots[offset] = nil }
        return result
    }

    mutating func apply(_ operation: Operation) {
        switch operation {
        case .add(let to, let from, let number): self[to] = Self.sum(self[from], .constant(number))
        case .copy32(let to, let from):
            switch self[from] {
            case .constant(let value): self[to] = .constant(value & 0xffff_ffff)
            case .atMost(let value) where value >> 32 == 0: self[to] = .atMost(value)
            default: self[to] = .unknown
            }
        case .combine(let to, let a, let b, let subtracts):
            if subtracts, case .constant(let value) = self[b] {
                self[to] = Self.sum(self[a], .constant(0 &- value))
            } else {
                self[to] = subtracts ? .unknown : Self.sum(self[a], self[b])
            }
        case .constant(let to, let value): self[to] = .constant(value)
        case .insert(let to, let bits, let shift):
            if case .constant(let value) = self[to] {
                self[to] = .constant(value & ~(0xffff << shift) | bits)
            } else { self[to] = .unknown }
        case .address(let to, let place): self[to] = .text(place)
        case .select(let to, let a, let b): self[to] = Self.either(self[a], self[b])
        case .load(let to, let base, let number): self[to] = frameOffset(base).map { slot($0 &+ number) } ?? .unknown
        case .loadTable(let to, let base, let index):
            if case .text(let table) = self[base], case .atMost(let last) = self[index] {
                self[to] = .tableEntry(table: table, last: last)
            } else { self[to] = .unknown }
        case .store(let from, let base, let number, let bytes):
            guard let offset = frameOffset(base).map({ $0 &+ number }) else { return }
            invalidate(offset..<offset &+ bytes)
            if let from, self[from] != .unknown { slots[offset] = self[from] }
        case .sign(let register, let modifier): self[register] = self[register] == .returnAddress && self[modifier] == .frame(0) ? .signedReturnAddress : .unknown
        case .authenticate(let register, let modifier):
            self[register] = self[register] == .signedReturnAddress && self[modifier] == .frame(0) ? .returnAddress : .unknown
        case .clobber(let register): self[register] = .unknown
        }
    }

    /// Nothing is known of these bytes any more.
    mutating func invalidate(_ range: Range<Int64>) {
        if range.count <= 64 {
            for offset in (range.lowerBound &- 7)..<range.upperBound where slots[offset] != nil { slots[offset] = nil }
        } else {
            let gone = slots.keys.filter { $0 &+ 8 > range.lowerBound && $0 < range.upperBound }
            for offset in gone { slots[offset] = nil }
        }
    }
    mutating func forgetRegisters(except kept: some Sequence<RegisterNumber>) {
        let old = registers
        for n in registers.indices { registers[n] = .unknown }
        for register in kept { self[register] = old[Int(register)] }
    }

    private static func sum(_ a: Value, _ b: Value) -> Value {
        switch (a, b) {
        case (_, .constant(0)): a
        case (.frame(let x), .constant(let y)), (.constant(let y), .frame(let x)): .frame(x &+ y)
        case (.constant(let x), .constant(let y)): .constant(x &+ y)
        case (.tableEntry(let table, let last), .text(let base)) where table == base: .tableTarget(table: table, last: last)
        case (.text(let base), .tableEntry(let table, let last)) where table == base: .tableTarget(table: table, last: last)
        default: .unknown
        }
    }
    /// The smaller of a number and a constant, as jump tables have it; else nothing is known. Of two constants the second is a table's last entry.
    private static func either(_ a: Value, _ b: Value) -> Value {
        if a == b { return a }
        switch (a, b) {
        case (.constant, .constant(let last)): return last >= 0 ? .atMost(last) : .unknown
        case (.constant(let x), _), (_, .constant(let x)): return x >= 0 ? .atMost(x) : .unknown
        default: return .unknown
        }
    }
}
